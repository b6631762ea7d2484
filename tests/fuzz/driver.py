"""Damaged files given to a reading process, and what must never come of it."""

from __future__ import annotations

import json
import select
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.fuzz.mutate import Edit
from tests.fuzz.seeds import COUNT, SEEDS

ROOT = Path(__file__).parents[2]
_SECONDS = 20.0
_MEGABYTES = 4_000
#: What begins a feature in formats that do not say how many they hold: a piece out of the middle
#: may leave a whole file with fewer.
_BEGINS = {
    ".csv": b"\n", ".tsv": b"\n\0", ".geojsonl": b'"Feature"', ".geojson": b'"geometry"',
    ".topojson": b'"coordinates"', ".json": b'"geometry"', ".kml": b"<Placemark", ".kmz": b"",
    ".gpx": b"<wpt", ".gml": b"featureMember>", ".dxf": b"\nLINE", ".mif": b"POINT",
}  # fmt: skip


#: Problems that say nothing of features that are missing.
_SAYS_NOTHING = frozenset({"encoding_guessed", "crs_guessed", "heights_dropped", "reader_warning"})


class Reader:
    """A process that reads; a new one takes its place when it dies or hangs."""

    def __init__(self) -> None:
        self._process = self._started()

    @staticmethod
    def _started() -> subprocess.Popen[str]:
        command = [sys.executable, "-W", "error", "-m", "tests.fuzz.worker", str(_MEGABYTES)]
        return subprocess.Popen(
            command, cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip

    def read(self, path: Path) -> dict[str, Any]:
        """Return what came of a file: loaded, refused, raised, crashed or hung."""
        process = self._process
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(f"{path}\n")
        process.stdin.flush()
        ready, _, _ = select.select([process.stdout], [], [], _SECONDS)
        line = process.stdout.readline() if ready else ""
        if line:
            return dict(json.loads(line))
        if not ready:
            process.kill()
        process.communicate()
        self._process = self._started()
        came = "crashed" if ready else "hung"
        return {"came": came, "fault": f"{came}: {process.returncode}"}

    def close(self) -> None:
        self._process.kill()
        self._process.communicate()


@dataclass
class Run:
    """Whole files once built, the process that reads damaged copies, and what came of them."""

    folder: Path
    reader: Reader
    whole: dict[str, Path] = field(default_factory=dict)
    counted: Counter[str] = field(default_factory=Counter)
    slowest: tuple[float, str] = (0.0, "")
    megabytes: int = 0

    def build(self) -> None:
        for number, seed in enumerate(SEEDS):
            folder = self.folder / f"whole-{number}"
            folder.mkdir()
            self.whole[seed.name] = seed.build(folder)

    def fault(self, name: str, part: float, edits: list[Edit]) -> str:
        """Damage a file and read it; return what is wrong with what came of it, "" if nothing."""
        whole = self.whole[name]
        folder = self.folder / "damaged"
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(whole.parent, folder)
        path = folder / whole.name
        files = sorted(p for p in folder.rglob("*") if p.is_file())
        victim = files[min(int(part * len(files)), len(files) - 1)]
        other = files[-1 - files.index(victim)].read_bytes()
        data = victim.read_bytes()
        for edit in edits:
            data = edit.apply(data, other)
        same = data == victim.read_bytes()
        victim.write_bytes(data)
        said = self.reader.read(path)
        self.counted[said["came"]] += 1
        self.slowest = max(self.slowest, (said.get("seconds", _SECONDS), name))
        self.megabytes = max(self.megabytes, said.get("mb", 0))
        if said.get("fault"):
            return str(said["fault"])
        if same and said["came"] != "loaded":
            return f"a whole file was refused: {said}"
        begins = _BEGINS.get(path.suffix.lower())
        held = (
            COUNT
            if begins is None
            else min(COUNT, path.read_bytes().count(begins) - path.name.endswith(("csv", "tsv")))
        )
        if (
            said["came"] == "loaded"
            and said["features"] < held
            and not set(said["codes"]) - _SAYS_NOTHING
        ):
            return f"silent loss: {said['features']} of {held}, {said['codes']}"
        return ""


@contextmanager
def running(folder: Path) -> Iterator[Run]:
    reader = Reader()
    try:
        run = Run(folder, reader)
        run.build()
        yield run
    finally:
        reader.close()
