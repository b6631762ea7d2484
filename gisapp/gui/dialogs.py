"""Dialogs: what to export and how, the sheet of shortcuts, the credits, the map's title."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QGridLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from gisapp import __version__
from gisapp.gui.looks import GRID, Kind, ScrollColumn, Text
from gisapp.model.places import layers_dir
from gisapp.workspace.session import Session


def column_of(dialog: QDialog, title: str, width: int) -> QVBoxLayout:
    """Return the column of a dialog that closes for good and blocks nothing."""
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setWindowTitle(title)
    dialog.setMinimumWidth(width)
    column = QVBoxLayout(dialog)
    column.setContentsMargins(3 * GRID, 2 * GRID, 3 * GRID, 2 * GRID)
    column.setSpacing(2 * GRID)
    return column


def put_buttons(dialog: QDialog, column: QVBoxLayout, title: str) -> QPushButton:
    """End a dialog with Cancel and a button that accepts it, which is returned."""
    buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
    accept = buttons.addButton(title, QDialogButtonBox.ButtonRole.AcceptRole)
    accept.setDefault(True)
    buttons.accepted.connect(dialog.accept)
    buttons.rejected.connect(dialog.reject)
    column.addWidget(buttons)
    return accept


class TitleDialog(QDialog):
    """The headline of map and slide."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = column_of(self, "Title of map and slide", 520)
        self._session = session
        self.title = QLineEdit(session.state.title)
        self.title.setAccessibleName("Title")
        answer = session.answer
        self.title.setPlaceholderText(answer.headline if answer is not None else "The finding")
        self.subtitle = QLineEdit(session.state.subtitle)
        self.subtitle.setAccessibleName("Subtitle")
        form = QFormLayout()
        form.addRow("Title", self.title)
        form.addRow("Subtitle", self.subtitle)
        column.addLayout(form)
        column.addWidget(Text(Kind.NOTE, "Left empty, the result is the title."))
        buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel
        )
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        column.addWidget(buttons)

    def accept(self) -> None:
        """Set the title and close."""
        self._session.run(
            "title.set", title=self.title.text(), subtitle=self.subtitle.text().strip()
        )
        super().accept()


class ShortcutsDialog(QDialog):
    """Every shortcut, by menu; made from the actions themselves."""

    def __init__(
        self, actions: Iterable[tuple[str, QAction]], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        column = column_of(self, "Shortcuts", 480)
        grid = QGridLayout()
        grid.setHorizontalSpacing(3 * GRID)
        grid.setVerticalSpacing(GRID // 2)
        grid.setColumnStretch(0, 1)
        menu, row = "", 0
        for title, action in actions:
            if action.shortcut().isEmpty():
                continue
            if title != menu:
                menu = title
                heading = Text(Kind.HEADING, title)
                grid.addWidget(heading, row, 0, 1, 2)
                row += 1
            keys = QLabel(action.shortcut().toString(QKeySequence.SequenceFormat.NativeText))
            keys.setObjectName("strong")
            grid.addWidget(QLabel(action.text().removesuffix("…")), row, 0)
            grid.addWidget(keys, row, 1)
            row += 1
        scroll = ScrollColumn(self)
        scroll.column.addLayout(grid)
        scroll.column.addStretch(1)
        column.addWidget(scroll, 1)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        column.addWidget(buttons)
        self.resize(480, 560)


class AboutDialog(QDialog):
    """What this is, and whom the data is owed to."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = column_of(self, "About gisapp", 620)
        column.addWidget(Text(Kind.HEADLINE, f"gisapp {__version__}"))
        column.addWidget(
            Text(
                Kind.BODY,
                "Distance to processing, alliance coverage and maps for presentations of "
                "critical-mineral supply chains.",
            )
        )
        credits_file = layers_dir() / "ATTRIBUTION.md"
        text = credits_file.read_text(encoding="utf-8") if credits_file.is_file() else ""
        scroll = ScrollColumn(self)
        credit = QLabel(text)
        credit.setTextFormat(Qt.TextFormat.MarkdownText)
        credit.setWordWrap(True)
        credit.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        scroll.column.addWidget(credit)
        scroll.column.addStretch(1)
        column.addWidget(scroll, 1)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        column.addWidget(buttons)
        self.resize(620, 520)
