"""What the window remembers between runs, kept in the workspace's settings file."""

from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QByteArray, QStandardPaths

from gisapp.workspace.report import Report
from gisapp.workspace.settings import Settings, load_settings, save_settings

log = logging.getLogger("gisapp")


class Memory:
    """The settings at hand; a change is written at once, and a failure to write is no fault."""

    def __init__(self) -> None:
        self.settings: Settings
        self.reports: tuple[Report, ...]
        self.settings, self.reports = load_settings()

    def keep(self, **changes: Any) -> None:
        """Change settings and write them."""
        changed = replace(self.settings, **changes)
        if changed == self.settings:
            return
        self.settings = changed
        try:
            save_settings(changed)
        except OSError as error:
            log.warning("The settings could not be written: %s", error)

    def recent(self) -> list[Path]:
        """Return the files opened or saved last that still exist, the latest first."""
        return [path for path in map(Path, self.settings.recent) if path.exists()]

    def remember(self, path: Path) -> None:
        """Put a file first among the recent ones, and its folder for the next dialog."""
        full = path.resolve()
        self.keep(recent=self.settings.with_recent(full).recent, folder=str(full.parent))

    def folder(self) -> str:
        """Return where a file dialog opens."""
        folder = Path(self.settings.folder)
        return str(folder if self.settings.folder and folder.is_dir() else Path.home())

    def exported(self, path: Path) -> None:
        """Note where an export goes, for the next one; it is no file that was opened."""
        folder = str(path.resolve().parent)
        self.keep(export_folder=folder, export_format=path.suffix.lower())

    def export_folder(self) -> str:
        """Return where the next export goes."""
        folder = self.settings.export_folder
        return folder if folder and Path(folder).is_dir() else _documents()


def _documents() -> str:
    found = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
    return found if found and Path(found).is_dir() else str(Path.home())


def packed(data: QByteArray) -> str:
    """Return what Qt wrote as text."""
    return bytes(data.toBase64().data()).decode("ascii")


def unpacked(text: str) -> QByteArray:
    """Return what `packed` made text of."""
    return QByteArray.fromBase64(QByteArray(text.encode("ascii", "ignore")))
