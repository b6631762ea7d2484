"""Dialogs: what to export and how, the sheet of shortcuts, the credits, the map's title."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from gisapp import __version__
from gisapp.gui.looks import GRID, Kind, ScrollColumn, Text
from gisapp.model.places import layers_dir
from gisapp.render.layout import PAGE_SIZES
from gisapp.render.picture import ThemeName
from gisapp.render.projection import PROJECTIONS
from gisapp.workspace.formats import DATA_SUFFIXES
from gisapp.workspace.session import Session

Bounds = tuple[float, float, float, float]

FORMATS: Final = (
    (".pptx", "PowerPoint slide, every part editable"),
    (".pdf", "PDF"),
    (".png", "PNG picture"),
    (".svg", "SVG drawing"),
    (".html", "Web page that opens offline"),
    (".gpkg", "Data: GeoPackage"),
    (".csv", "Data: CSV table"),
    (".geojson", "Data: GeoJSON"),
    (".shp", "Data: shapefile"),
    (".parquet", "Data: GeoParquet"),
)
_THEMES: Final = {ThemeName.LIGHT: "Light", ThemeName.DARK: "Dark", ThemeName.PRINT: "Print"}


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


class ExportDialog(QDialog):
    """Format, page and file of an export; what is framed is what comes out.

    Parameters
    ----------
    view
        West, south, east, north that the map shows now, degrees; None if it shows nothing yet.
    exported
        Called with the path of the file that is being written.
    """

    def __init__(
        self,
        session: Session,
        folder: str,
        view: Bounds | None,
        exported: Callable[[Path], None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        column = column_of(self, "Export", 520)
        self._session, self._view, self._exported = session, view, exported
        frame = session.state.frame
        self.format = self._combo("Format", [(text, suffix) for suffix, text in FORMATS])
        self.page = self._combo(
            "Page", [(name[0].upper() + name[1:], name) for name in PAGE_SIZES], frame.size
        )
        self.projection = self._combo(
            "Projection",
            [(kind.title, name) for name, kind in PROJECTIONS.items()],
            frame.projection,
        )
        extents: list[tuple[str, Bounds | None]] = [("The whole world", None)]
        if view is not None:
            extents.append(("What the map shows now", view))
        if frame.bounds is not None:
            extents.append(("The frame on the map", frame.bounds))
        self.extent = self._combo("Extent", extents, frame.bounds)
        self.theme = self._combo("Colours", [(t, n) for n, t in _THEMES.items()], frame.theme)
        self.dpi = QSpinBox()
        self.dpi.setRange(72, 600)
        self.dpi.setValue(frame.dpi)
        self.dpi.setSuffix(" dots per inch")
        self.dpi.setAccessibleName("Resolution")
        self.title = QLineEdit(session.state.title)
        answer = session.answer
        self.title.setPlaceholderText(answer.headline if answer is not None else "The finding")
        self.title.setAccessibleName("Title")
        self.subtitle = QLineEdit(session.state.subtitle)
        self.subtitle.setAccessibleName("Subtitle")
        self.subtitle.setPlaceholderText("What is shown, its unit and year")
        self.path = QLineEdit(str(Path(folder) / "map.pptx"))
        self.path.setAccessibleName("File")
        browse = QPushButton("Browse…")
        browse.setToolTip("Choose where the file goes")
        browse.clicked.connect(self._browse)
        browse.setAutoDefault(False)
        row = QHBoxLayout()
        row.addWidget(self.path, 1)
        row.addWidget(browse)
        self.form = QFormLayout()
        self.form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self.form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.form.setHorizontalSpacing(2 * GRID)
        self.form.setVerticalSpacing(GRID)
        self._of_map: tuple[QWidget, ...] = (
            self.title, self.subtitle, self.page, self.extent, self.projection, self.theme,
            self.dpi,
        )  # fmt: skip
        self.form.addRow("Format", self.format)
        for title, widget in zip(
            ("Title", "Subtitle", "Page", "Extent", "Projection", "Colours", "Resolution"),
            self._of_map,
            strict=True,
        ):
            self.form.addRow(title, widget)
        self.form.addRow("File", row)
        column.addLayout(self.form)
        self.note = Text(Kind.NOTE, "Legend, scale bar, sources and dates are always on it.")
        column.addWidget(self.note)
        self.export = put_buttons(self, column, "Export")
        self.format.currentIndexChanged.connect(self._show)
        self._show()

    def accept(self) -> None:
        """Start the export and close; how it goes is told by the window."""
        path = Path(self.path.text().strip()).expanduser()
        if not path.name:
            self.path.setFocus()
            return
        if self.format.currentData() in DATA_SUFFIXES:
            self._exported(path)
            self._session.run("data.export", path=path)
        else:
            self._export_map(path)
        super().accept()

    def _export_map(self, path: Path) -> None:
        session = self._session
        title, subtitle = self.title.text().strip(), self.subtitle.text().strip()
        if (title, subtitle) != (session.state.title, session.state.subtitle):
            session.run("title.set", title=title, subtitle=subtitle)
        chosen: dict[str, Any] = {
            "size": self.page.currentData(),
            "projection": self.projection.currentData(),
            "theme": self.theme.currentData(),
            "dpi": self.dpi.value(),
            "bounds": self.extent.currentData(),
        }
        # What was chosen is the project's frame from now on: exported again, it is the same.
        if any(getattr(session.state.frame, name) != value for name, value in chosen.items()):
            session.run("frame.set", **chosen)
        self._exported(path)
        session.run("map.export", path=path)

    def _combo(self, name: str, items: Iterable[tuple[str, Any]], current: Any = None) -> QComboBox:
        combo = QComboBox()
        combo.setAccessibleName(name)
        for text, value in items:
            combo.addItem(text, value)
        for index in range(combo.count()):
            if combo.itemData(index) == current:
                combo.setCurrentIndex(index)
        return combo

    def _show(self) -> None:
        suffix = self.format.currentData()
        path = Path(self.path.text())
        self.path.setText(str(path.with_suffix(suffix)) if path.name else "")
        of_map = suffix not in DATA_SUFFIXES
        for widget in self._of_map:
            shown = of_map and (widget is not self.dpi or suffix == ".png")
            self.form.setRowVisible(widget, shown)
        self.note.setText(
            "Legend, scale bar, sources and dates are always on it."
            if of_map
            else "What the filter shows, with sources and dates of every row."
        )
        self.adjustSize()

    def _browse(self) -> None:
        suffix = self.format.currentData()
        dialog = QFileDialog(self, "Export to", self.path.text(), f"*{suffix}")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(suffix.removeprefix("."))
        dialog.fileSelected.connect(self.path.setText)
        dialog.open()


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
