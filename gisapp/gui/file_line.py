"""Where a file goes: a line with a button, and what stands in the way or would be replaced."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QGridLayout,
    QLineEdit,
    QPushButton,
    QWidget,
)

from gisapp.gui.looks import GRID, Kind, Text
from gisapp.model.numbers import NO_BREAK


class FileLine(QWidget):
    """The path of a file to write; `changed` says that it is another one.

    Parameters
    ----------
    formats
        Ending and word of each format that is offered beside the path; none where the format is
        chosen elsewhere, see `set_suffix`.
    """

    changed = Signal()

    def __init__(
        self, formats: Sequence[tuple[str, str]] = (), parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._suffix = ""
        self._agreed: Path | None = None
        self.format = QComboBox(self)
        self.format.setAccessibleName("Format")
        for suffix, word in formats:
            self.format.addItem(word, suffix)
        self.line = QLineEdit()
        self.line.setAccessibleName("File")
        self.browse = QPushButton("Browse\u2026")
        self.browse.setToolTip("Choose where the file goes")
        self.browse.setAutoDefault(False)
        self.note = Text(Kind.WARNING)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(GRID)
        self.format.setVisible(bool(formats))
        if formats:
            grid.addWidget(self.format, 0, 0)
        grid.addWidget(self.line, 0, 1 if formats else 0, 1, 1 if formats else 2)
        grid.addWidget(self.browse, 0, 2)
        grid.addWidget(self.note, 1, 0, 1, 3)
        grid.setColumnStretch(1, 1)
        self.format.activated.connect(lambda _i: self.set_suffix(self.format.currentData()))
        self.line.textChanged.connect(lambda _text: self._check())
        self.browse.clicked.connect(self._browse)

    @property
    def path(self) -> Path:
        """The file, with the ending of its format."""
        path = Path(self.line.text().strip()).expanduser()
        return path if path.suffix.lower() == self._suffix else Path(f"{path}{self._suffix}")

    @property
    def fault(self) -> str:
        """Why no file can be written there, "" if one can."""
        path = self.path
        if not self.line.text().strip() or path.name.startswith("."):
            return "Give the file a name."
        if not path.parent.is_dir():
            return f"There is no folder {path.parent}."
        if path.is_dir():
            return f"{path.name} is a folder."
        if not os.access(path.parent, os.W_OK):
            return f"Nothing can be written to {path.parent}. Choose another folder."
        return ""

    @property
    def replaces(self) -> bool:
        """Whether a file is there already that the user did not agree to replace yet."""
        path = self.path
        return not self.fault and path.exists() and path != self._agreed

    def show_file(self, path: Path, suffix: str) -> None:
        """Propose a file."""
        self.line.setText(str(path))
        self.set_suffix(suffix)

    def rename(self, name: str) -> None:
        """Propose another name in the same folder."""
        self.line.setText(str(self.path.with_name(f"{name}{self._suffix}")))

    def set_suffix(self, suffix: str) -> None:
        """Write another format, under the same name."""
        before, self._suffix = self._suffix, suffix
        with QSignalBlocker(self.format):
            self.format.setCurrentIndex(self.format.findData(suffix))
        text = self.line.text()
        if text:
            bare = text.removesuffix(before) if before else text
            self.line.setText(f"{bare}{suffix}")
        self._check()

    def _check(self) -> None:
        said = self.fault
        if self.replaces:
            said = f"{self.path.name} is there already and will be replaced."
        # an empty line keeps its height: nothing below moves away under the pointer
        self.note.setText(said or NO_BREAK)
        self.changed.emit()

    def _browse(self) -> None:
        dialog = QFileDialog(self, "Export to", str(self.path), f"*{self._suffix}")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(self._suffix.removeprefix("."))
        dialog.fileSelected.connect(self._take)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _take(self, name: str) -> None:
        self._agreed = Path(name)  # the file dialog has asked already
        self.line.setText(name)
        self._check()
