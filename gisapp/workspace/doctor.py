"""Whether all is there that the application needs, and what to do where it is not."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import platform
import subprocess
import sys
import tempfile
from importlib import metadata
from pathlib import Path
from typing import Any, Final

from gisapp.data.shipped import manifest
from gisapp.data.versions import gdal_version, proj_version
from gisapp.model.feedback import GisappError
from gisapp.workspace.settings import config_dir, data_dir

_PACKAGES: Final = (
    *("PySide6", "numpy", "pandas", "shapely", "pyproj", "pyogrio", "pyarrow", "geopandas"),
    *("scipy", "folium", "skia-python", "pypdf", "fonttools", "python-pptx", "qtawesome"),
    *("duckdb", "adbc-driver-postgresql"),
)
_AGAIN: Final = "Install again: pip install --force-reinstall gisapp"


def examine() -> list[dict[str, Any]]:
    """Return one entry a check: check, ok, found, what_to_do (empty where all is well)."""
    return [
        _check("python", f"{platform.python_version()} on {platform.platform()}"),
        *_packages(),
        _check("gdal", gdal_version()),
        _check("proj", proj_version()),
        _data(),
        _web_engine(),
        _display(),
        *(
            _writable(name, path)
            for name, path in (("settings", config_dir()), ("recovery", data_dir()))
        ),
    ]


def _check(name: str, found: str, *, ok: bool = True, what_to_do: str = "") -> dict[str, Any]:
    return {"check": name, "ok": ok, "found": found, "what_to_do": "" if ok else what_to_do}


def _packages() -> list[dict[str, Any]]:
    checks = []
    for name in _PACKAGES:
        try:
            checks.append(_check(name, metadata.version(name)))
        except metadata.PackageNotFoundError:
            checks.append(_check(name, "missing", ok=False, what_to_do=f"pip install {name}"))
    return checks


def _data() -> dict[str, Any]:
    try:
        entries = manifest()
    except GisappError as error:
        return _check("shipped data", error.message, ok=False, what_to_do=error.hint)
    broken = [entry.file for entry in entries if _digest(entry.path) != entry.sha256]
    if broken:
        found = f"changed or missing: {', '.join(sorted(set(broken)))}"
        return _check("shipped data", found, ok=False, what_to_do=_AGAIN)
    return _check("shipped data", f"{len(entries)} layers and tables, {entries[0].date}")


def _digest(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""


def _web_engine() -> dict[str, Any]:
    """Import the web engine in a process of its own: its libraries may be missing here."""
    if importlib.util.find_spec("PySide6") is None:
        return _check("web engine", "missing", ok=False, what_to_do="pip install PySide6")
    done = subprocess.run(
        [sys.executable, "-c", "import PySide6.QtWebEngineWidgets"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    lines = done.stderr.strip().splitlines()
    if done.returncode == 0:
        return _check("web engine", "loads")
    return _check(
        "web engine",
        lines[-1] if lines else f"exit {done.returncode}",
        ok=False,
        what_to_do="Install the system libraries of Qt: packaging/debian-libraries.txt lists them",
    )


def _display() -> dict[str, Any]:
    if sys.platform != "linux" or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
        return _check("display", "present")
    return _check("display", "none: no window, but all commands")


def _writable(name: str, folder: Path) -> dict[str, Any]:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        found = f"{folder}: {error.strerror or error}"
        return _check(name, found, ok=False, what_to_do="Make the folder writable")
    return _check(name, str(folder))
