"""A PostGIS server of the system's packages, started for the tests and ended with them."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

#: Who may come in how: everybody through the socket, "locked" over the network with a password.
_ENTRY = """
local all all trust
host all locked 127.0.0.1/32 scram-sha-256
host all all 127.0.0.1/32 trust
"""
#: A server that lives for a minute writes nothing for good.
_SETTINGS = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "shared_buffers": "64MB",
    "listen_addresses": "127.0.0.1",
    "max_connections": "20",
    "jit": "off",
}
_READY = "ready to accept connections"


@dataclass(frozen=True)
class PostGIS:
    """A running server; user `gis` may do everything."""

    folder: Path
    port: int
    tools: Path

    def url(self, database: str = "geo", user: str = "gis") -> str:
        """Return the address of a database over the network of this machine."""
        return f"postgresql://{user}@127.0.0.1:{self.port}/{database}"

    def sql(self, statements: str, database: str = "geo") -> str:
        """Run statements as the owner; return what psql prints."""
        done = subprocess.run(
            [
                *(self.tools / "psql", "-h", self.folder, "-p", str(self.port), "-U", "gis"),
                *("-d", database, "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-f", "-"),
            ],
            input=statements,
            text=True,
            capture_output=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()


@contextmanager
def server() -> Iterator[PostGIS]:
    """Start a server with a database `geo` that has PostGIS; end it and leave nothing behind."""
    tools = max(
        Path("/usr/lib/postgresql").glob("*/bin"),
        key=lambda path: int(path.parent.name),
        default=Path(shutil.which("postgres") or "/nowhere").parent,
    )
    assert (tools / "initdb").exists(), "packaging/debian-tools-for-tests.txt is not installed"
    folder = Path(tempfile.mkdtemp(prefix="gisapp-pg-"))
    started: subprocess.Popen[str] | None = None
    try:
        become = _other_user(folder)
        made = subprocess.run(
            [
                *(*become, tools / "initdb", "-D", folder / "data", "-U", "gis", "-A", "trust"),
                *("--no-sync", "-E", "UTF8", "--locale=C"),
            ],
            capture_output=True,
            text=True,
            check=False,
            cwd=folder,
        )
        assert made.returncode == 0, made.stderr
        (folder / "data" / "pg_hba.conf").write_text(_ENTRY, encoding="ascii")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        settings = [part for k, v in _SETTINGS.items() for part in ("-c", f"{k}={v}")]
        # should the tests be killed, the system ends the server
        started = subprocess.Popen(
            [
                *(*become, "setpriv", "--pdeathsig", "QUIT", tools / "postgres"),
                *("-D", folder / "data", "-k", folder, "-p", str(port), *settings),
            ],
            stderr=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            text=True,
            cwd=folder,
            env={**os.environ, "LC_ALL": "C"},
        )
        assert started.stderr is not None
        said = []
        for line in started.stderr:
            said.append(line)
            if _READY in line:
                break
        assert started.poll() is None, "".join(said)
        running = PostGIS(folder, port, tools)
        running.sql("CREATE DATABASE geo", "postgres")
        running.sql("CREATE EXTENSION postgis")
        yield running
    finally:
        if started is not None and started.stderr is not None:
            started.send_signal(3)  # at once, without a last checkpoint
            started.stderr.read()
            started.wait()
            started.stderr.close()
        shutil.rmtree(folder, ignore_errors=True)


def _other_user(folder: Path) -> list[str]:
    """Return what starts a program as somebody else where we are root, whom the server refuses."""
    if os.getuid() != 0:
        return []
    other = pwd.getpwnam("postgres")
    os.chown(folder, other.pw_uid, other.pw_gid)
    return ["setpriv", f"--reuid={other.pw_uid}", f"--regid={other.pw_gid}", "--clear-groups"]
