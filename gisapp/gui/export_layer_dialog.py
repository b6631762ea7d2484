"""Save one layer: format, rows, CRS and file; what the format will lose is shown before."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from gisapp.gui.crs_choices import crs_choices
from gisapp.gui.dialogs import column_of, put_buttons
from gisapp.gui.looks import GRID, Kind, Text
from gisapp.gui.popup import Chooser
from gisapp.gui.result_table import ResultTable
from gisapp.model.features import Column
from gisapp.model.feedback import Feedback
from gisapp.model.layer import Layer
from gisapp.model.numbers import number
from gisapp.workspace.session import Session

if TYPE_CHECKING:  # the writers load with the first look at what is lost
    from gisapp.data.fit import ColumnLoss, Preview

_PURPOSE: Final = "export.preview"
_WGS84: Final = "EPSG:4326"
_ROWS: Final = {"all": "All rows", "shown": "The rows that are shown", "selected": "Selected rows"}
_ANOTHER: Final = "another"
_LINES: Final = 7
#: Formats that are in WGS 84 always.
_FIXED: Final = frozenset({".geojson", ".geojsonl", ".kml", ".gpx"})
_FORMATS: Final = (
    (".gpkg", "GeoPackage"),
    (".shp", "Shapefile"),
    (".geojson", "GeoJSON"),
    (".csv", "CSV table"),
    (".xlsx", "Excel table"),
    (".parquet", "GeoParquet"),
    (".fgb", "FlatGeobuf"),
    (".kml", "KML"),
    (".gpx", "GPX waypoints"),
    (".geojsonl", "GeoJSON lines"),
    (".tab", "MapInfo"),
    (".dxf", "DXF drawing"),
    (".sqlite", "SpatiaLite"),
)


class ExportLayerDialog(QDialog):
    """Asks how a layer shall be saved; `exported` is called with the file that is being written."""

    def __init__(
        self,
        session: Session,
        layer: Layer,
        folder: str,
        exported: Callable[[Path], None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        column = column_of(self, f"Export {layer.name}", 560)
        self._session, self._layer, self._exported = session, layer, exported
        self.format = QComboBox()
        self.format.setAccessibleName("Format")
        for suffix, title in _FORMATS:
            self.format.addItem(title, suffix)
        self.rows = QComboBox()
        self.rows.setAccessibleName("Rows")
        for key, title in _ROWS.items():
            self.rows.addItem(title, key)
        self.crs = QComboBox()
        self.crs.setAccessibleName("Coordinate reference system")
        self.crs.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.crs.setMinimumContentsLength(20)
        self.crs.addItem("WGS 84 (EPSG:4326)", _WGS84)
        if layer.source.crs not in {"", _WGS84}:
            self.crs.addItem(f"As the file it came from ({layer.source.crs})", layer.source.crs)
        self.crs.addItem("Another\u2026", _ANOTHER)
        stem = "".join(c if c.isalnum() or c in "-_ " else "_" for c in layer.name).strip()
        self.path = QLineEdit(str(_unused(Path(folder) / f"{stem or 'layer'}.gpkg")))
        self.path.setAccessibleName("File")
        self.path.textChanged.connect(self._warn)
        browse = QPushButton("Browse\u2026")
        browse.setToolTip("Choose where the file goes")
        browse.setAutoDefault(False)
        browse.clicked.connect(self._browse)
        row = QHBoxLayout()
        row.setSpacing(GRID)
        row.addWidget(self.path, 1)
        row.addWidget(browse)
        form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        form.setHorizontalSpacing(2 * GRID)
        form.setVerticalSpacing(GRID)
        form.addRow("Format", self.format)
        form.addRow("Rows", self.rows)
        form.addRow("Coordinates", self.crs)
        form.addRow("File", row)
        self.replaced = Text(Kind.WARNING, "")
        self.replaced.hide()
        form.addRow("", self.replaced)
        column.addLayout(form)
        self.losses = QWidget()
        inner = QVBoxLayout(self.losses)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(GRID)
        self.heading = Text(Kind.HEADING, "")
        self.names = ResultTable("Columns and their names in the file", most=_LINES)
        self.told = Text(Kind.BODY, "")
        self.instead = QPushButton("Save a GeoPackage instead")
        self.instead.setObjectName("quiet")
        self.instead.setAutoDefault(False)
        self.instead.clicked.connect(self._choose_geopackage)
        inner.addWidget(self.heading)
        inner.addWidget(self.names)
        inner.addWidget(self.told)
        inner.addWidget(self.instead, 0, Qt.AlignmentFlag.AlignLeft)
        self.losses.hide()
        column.addWidget(self.losses)
        self.note = Text(Kind.NOTE, "")
        column.addWidget(self.note)
        column.addStretch(1)
        self.export = put_buttons(self, column, "Export")
        self.format.currentIndexChanged.connect(self._changed)
        self.rows.currentIndexChanged.connect(self._changed)
        self.crs.activated.connect(self._choose_crs)
        self.finished.connect(lambda _code: session.jobs.cancel(_PURPOSE))
        selected = session.state.selection
        if selected.layer == layer.id and len(selected.rows):
            self.rows.setCurrentIndex(self.rows.findData("selected"))
        self._changed()

    @property
    def suffix(self) -> str:
        """The extension of the format."""
        return str(self.format.currentData())

    def accept(self) -> None:
        """Start the export and close; how it goes is told by the window."""
        path = Path(self.path.text().strip()).expanduser()
        if not path.name:
            self.path.setFocus()
            return
        self._exported(path)
        self._session.run(
            "data.export",
            path=path,
            layer_id=self._layer.id,
            rows=self.rows.currentData(),
            crs=_WGS84 if self.suffix in _FIXED else self.crs.currentData(),
        )
        super().accept()

    def take_crs(self, code: str) -> None:
        """Choose a CRS, listed or not."""
        if self.crs.findData(code) < 0:
            self.crs.insertItem(self.crs.count() - 1, code, code)
        self.crs.setCurrentIndex(self.crs.findData(code))

    def _choose_crs(self, _index: int) -> None:
        if self.crs.currentData() != _ANOTHER:
            return
        self.crs.setCurrentIndex(0)
        chooser = Chooser(self, "Code, name or country", searched=crs_choices, width=400)
        chooser.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        chooser.chosen.connect(self.take_crs)
        chooser.open_under(self.crs, (), None)

    def _warn(self, text: str) -> None:
        """Say before it happens that a file will be replaced."""
        path = Path(text)
        there = path.is_file()
        origin = there and path == Path(self._layer.source.path)
        said = "is the file the layer was read from" if origin else "is there already"
        self.replaced.setText(f"{path.name} {said}, and will be replaced.")
        self.replaced.setVisible(there)

    def _choose_geopackage(self) -> None:
        self.format.setCurrentIndex(self.format.findData(".gpkg"))

    def _changed(self) -> None:
        """Follow the format, and look in a job at what it will lose."""
        path = Path(self.path.text())
        if path.name:
            self.path.setText(str(path.with_suffix(self.suffix)))
        self.crs.setEnabled(self.suffix not in _FIXED)
        self.crs.setToolTip(
            "This format is in WGS 84 always" if self.suffix in _FIXED else "What the file is in"
        )
        state, layer_id = self._session.state, self._layer.id
        suffix, chosen = self.suffix, str(self.rows.currentData())

        def work(_feedback: Feedback) -> tuple[Mapping[str, int], Preview]:
            from gisapp.workspace.saving import Rows, foreseen, rows_of

            layers = {rows.value: rows_of(state, layer_id, rows) for rows in Rows}
            counts = {key: len(layer.features) for key, layer in layers.items()}
            return counts, foreseen(layers[chosen], suffix)

        def done(found: tuple[Mapping[str, int], Preview]) -> None:
            if isValid(self):
                self._show(*found)

        self._session.jobs.start(
            _PURPOSE, "Looking at what is lost", work, done, self._session.report_error
        )

    def _show(self, counts: Mapping[str, int], lost: Preview) -> None:
        for index in range(self.rows.count()):
            key = self.rows.itemData(index)
            self.rows.setItemText(index, f"{_ROWS[key]} ({number(counts[key], 12)})")
        some = counts[self.rows.currentData()]
        self.export.setEnabled(bool(some) and not lost.refused)
        changed = [column for column in lost.columns if not column.is_lossless]
        # what the table shows of each column is not said again
        told = [p.message for p in lost.problems if p.code != "renamed"]
        told = [lost.refused, *told] if lost.refused else told
        self.losses.setVisible(bool(changed or told))
        self.heading.setText(_heading(changed))
        self.heading.setVisible(bool(changed))
        self.names.setVisible(bool(changed))
        if changed:
            self.names.show_lines(
                {
                    "Column": _texts(column.column for column in changed),
                    "In the file": _texts(column.written or "(left out)" for column in changed),
                    "Values": _texts(map(_values, changed)),
                },
                wide=2,
            )
        self.told.setText("\n".join(told))
        self.told.setVisible(bool(told))
        self.note.setText("" if some else "There are no such rows to save.")
        if some and not (changed or told):
            self.note.setText("Nothing is lost: names, types and texts are kept as they are.")
        self.adjustSize()

    def _browse(self) -> None:
        dialog = QFileDialog(self, "Export to", self.path.text(), f"*{self.suffix}")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(self.suffix.removeprefix("."))
        dialog.fileSelected.connect(self.path.setText)
        dialog.open()


def _unused(path: Path) -> Path:
    """Return a path, or one like it of a file that there is not yet."""
    number_of, free = 2, path
    while free.exists():
        free, number_of = path.with_stem(f"{path.stem} {number_of}"), number_of + 1
    return free


def _heading(changed: Sequence[ColumnLoss]) -> str:
    if len(changed) == 1:
        return "1 column changes in this format"
    return f"{len(changed)} columns change in this format"


def _values(column: ColumnLoss) -> str:
    if not column.written:
        return ""
    parts = []
    if column.kind != column.written_kind:
        parts.append(f"{column.kind} becomes {column.written_kind}")
    if column.cut:
        parts.append(f"{number(column.cut, 12)} texts cut")
    return ", ".join(parts)


def _texts(values: Iterable[str]) -> Column:
    return np.array([*values, None], dtype=object)[:-1]
