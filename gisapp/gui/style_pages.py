"""The pages of size, labels and drawing."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from PySide6.QtWidgets import QCheckBox

from gisapp.gui.looks import Kind, Text
from gisapp.gui.style_controls import (
    Page,
    columns_of,
    combo,
    fill_combo,
    number_box,
    ramp_box,
)
from gisapp.model.layer import Layer
from gisapp.model.style import (
    MAX_ZOOM,
    Clusters,
    Heat,
    Labels,
    Sized,
)
from gisapp.render.layer_labels import unknown_fields
from gisapp.render.shapes import ICONS, SHAPES
from gisapp.render.symbology import LARGEST_WEIGHTED, SMALLEST_WEIGHTED, WORLD_SIZE

_DASHES: Final[dict[str, tuple[float, ...]]] = {
    "Solid": (),
    "Dashed": (5.0, 3.0),
    "Dotted": (1.0, 2.5),
    "Long dashes": (10.0, 4.0),
}
_ARROWS: Final = {"By role": None, "None": "none", "At the middle": "middle", "At the end": "end"}
_HATCHES: Final = {"Plain": None, "Hatched, rising": "/", "Hatched, falling": "\\"}
_PX: Final = "\u00a0px"


class SizePage(Page):
    """One size, or the size by a column: areas of symbols or widths of lines go with the value."""

    def __init__(self, panel: Any) -> None:
        super().__init__(panel)
        self.field = combo()
        self.field.activated.connect(self._choose)
        self.row("By column", self.field)
        self.one = number_box(0.5, 60.0, _PX)
        self.one.valueChanged.connect(lambda value: self.say(lambda: self._one(value)))
        self.row("Size", self.one)
        self.smallest = number_box(0.3, 60.0, _PX)
        self.largest = number_box(1.0, 80.0, _PX)
        for box, title, name in (
            (self.smallest, "Smallest", "smallest"),
            (self.largest, "Largest", "largest"),
        ):
            box.valueChanged.connect(
                lambda value, name=name: self.say(lambda: self._change(**{name: value}))
            )
            self.row(title, box)
        self.shape = combo(
            [("By role", None), *((shape.capitalize(), shape) for shape in (*SHAPES, *ICONS))]
        )
        self.shape.activated.connect(lambda _row: panel.set(shape=self.shape.currentData()))
        self.row("Shape", self.shape)
        self.note = Text(Kind.NOTE)
        self.form.addRow(self.note)

    def fill(self, layer: Layer) -> None:
        """Show the sizes of a layer."""
        style, kind = layer.style, layer.features.geometry_type
        line, point = "Line" in kind, "Point" in kind
        numbers = [(name, name) for name in columns_of(layer, "fiu")] if line or point else []
        fill_combo(
            self.field, [("One size", ""), *numbers], style.sized.field if style.sized else ""
        )
        self.show_row(self.field, shown=line or point)
        usual = style.width or 1.2 if not point else style.size or WORLD_SIZE
        self.one.setValue(usual)
        sized = style.sized
        self.show_row(self.one, shown=sized is None)
        for box in (self.smallest, self.largest):
            self.show_row(box, shown=sized is not None)
        if sized is not None:
            self.smallest.setValue(sized.smallest or (0.6 if line else SMALLEST_WEIGHTED))
            self.largest.setValue(sized.largest or (8.0 if line else LARGEST_WEIGHTED))
        self.show_row(self.shape, shown=point)
        self.shape.setCurrentIndex(max(self.shape.findData(style.shape), 0))
        what = "width of a line" if line else "area of a symbol"
        self.note.setText(f"The {what} is proportional to the value." if sized else "")

    def _choose(self, _row: int) -> None:
        field = self.field.currentData()
        self.panel.set(sized=Sized(field) if field else None)

    def _one(self, value: float) -> None:
        point = "Point" in self.panel.layer.features.geometry_type
        self.panel.set(**{"size" if point else "width": value})

    def _change(self, **changes: float) -> None:
        sized = self.panel.layer.style.sized
        if sized is not None:
            self.panel.set(sized=replace(sized, **changes))


class LabelPage(Page):
    """What is written beside the features, how large, from which zoom on, and which goes first."""

    def __init__(self, panel: Any) -> None:
        super().__init__(panel)
        self.text = combo()
        self.text.setEditable(True)
        self.text.setInsertPolicy(self.text.InsertPolicy.NoInsert)
        self.text.activated.connect(lambda _row: self._write(self.text.currentData() or ""))
        line = self.text.lineEdit()
        if line is not None:
            line.setPlaceholderText("No labels")
            line.editingFinished.connect(lambda: self.say(lambda: self._write(line.text())))
        self.row("Text", self.text)
        self.size_of = number_box(6.0, 40.0, _PX)
        self.size_of.valueChanged.connect(lambda size: self.say(lambda: self._change(size=size)))
        self.row("Size", self.size_of)
        self.halo = QCheckBox("Halo")
        self.halo.toggled.connect(lambda on: self.say(lambda: self._change(halo=on)))
        self.row("", self.halo)
        self.zoom = number_box(0.0, 16.0)
        self.zoom.valueChanged.connect(lambda zoom: self.say(lambda: self._change(min_zoom=zoom)))
        self.row("From zoom", self.zoom)
        self.priority = combo()
        self.priority.activated.connect(
            lambda _row: self._change(priority=self.priority.currentData())
        )
        self.row("First by", self.priority)
        self.note = Text(Kind.NOTE)
        self.form.addRow(self.note)

    def fill(self, layer: Layer) -> None:
        """Show the labels of a layer."""
        labels = layer.style.labels
        text = labels.text if labels else ""
        columns = [(name, name) for name in layer.features.columns]
        fill_combo(self.text, [("", ""), *columns], text)
        self.text.setEditText(text)
        for widget in (self.size_of, self.halo, self.zoom, self.priority):
            self.show_row(widget, shown=labels is not None)
        numbers = [(name, name) for name in columns_of(layer, "fiu")]
        offered = [("Size, then order", ""), *numbers]
        fill_combo(self.priority, offered, labels.priority if labels else "")
        self.note.setText("Several columns: {name}, {country}")
        if labels is None:
            return
        self.size_of.setValue(labels.size)
        self.halo.setChecked(labels.halo)
        self.zoom.setValue(labels.min_zoom)
        missing = unknown_fields(layer, labels.text)
        words = f"There is no column {', '.join(missing)}." if missing else ""
        self.note.setText(words or "Labels never overlap: what finds no room is left out.")

    def _write(self, text: str) -> None:
        labels = self.panel.layer.style.labels
        if text == (labels.text if labels else ""):
            return
        made = replace(labels, text=text) if labels else Labels(text)
        self.panel.set(labels=made if text else None)

    def _change(self, **changes: Any) -> None:
        labels = self.panel.layer.style.labels
        if labels is not None:
            self.panel.set(labels=replace(labels, **changes))


class DrawPage(Page):
    """Clusters and heat of points, dashes and arrows of lines, fill of areas, scale range."""

    def __init__(self, panel: Any) -> None:
        super().__init__(panel)
        ways = (("Symbols", ""), ("Clusters with counts", "clusters"), ("Heat", "heat"))
        self.way = combo(ways)
        self.way.activated.connect(self._choose)
        self.row("Draw as", self.way)
        self.radius = number_box(8.0, 120.0, _PX, 0)
        self.radius.valueChanged.connect(lambda value: self.say(lambda: self._radius(value)))
        self.row("Within", self.radius)
        self.until = number_box(1.0, 16.0, decimals=0)
        self.until.valueChanged.connect(lambda value: self.say(lambda: self._until(value)))
        self.row("Up to zoom", self.until)
        self.weight = combo()
        self.weight.activated.connect(lambda _row: self._heat(weight=self.weight.currentData()))
        self.row("Weight", self.weight)
        self.ramp = ramp_box(self)
        self.ramp.activated.connect(lambda _row: self._heat(ramp=self.ramp.currentData()))
        self.row("Colours", self.ramp)
        self.dash = combo(_DASHES.items())
        self.dash.activated.connect(
            lambda _row: panel.set(dash=_DASHES[self.dash.currentText()] or None)
        )
        self.row("Line", self.dash)
        self.arrow = combo(_ARROWS.items())
        self.arrow.activated.connect(lambda _row: panel.set(arrow=self.arrow.currentData()))
        self.row("Arrow", self.arrow)
        self.hatch = combo(_HATCHES.items())
        self.hatch.activated.connect(lambda _row: panel.set(hatch=self.hatch.currentData()))
        self.row("Fill", self.hatch)
        self.opaque = number_box(0.0, 100.0, "\u00a0%", 0)
        self.opaque.valueChanged.connect(
            lambda value: self.say(lambda: panel.set(fill=round(value / 100.0, 2)))
        )
        self.row("Opacity of fill", self.opaque)
        self.outlined = QCheckBox("Outline")
        self.outlined.toggled.connect(
            lambda on: self.say(lambda: panel.set(outline=None if on else ""))
        )
        self.row("", self.outlined)
        self.nearest = number_box(0.0, MAX_ZOOM, decimals=0)
        self.nearest.valueChanged.connect(lambda value: self.say(lambda: panel.set(min_zoom=value)))
        self.row("Shown from zoom", self.nearest)
        self.farthest = number_box(0.0, MAX_ZOOM, decimals=0)
        self.farthest.valueChanged.connect(
            lambda value: self.say(lambda: panel.set(max_zoom=value))
        )
        self.row("Shown up to zoom", self.farthest)
        self.now = Text(Kind.NOTE, "")
        self.row("", self.now)

    def fill(self, layer: Layer) -> None:
        """Show how a layer is drawn."""
        style, kind = layer.style, layer.features.geometry_type
        point, line, area = (word in kind for word in ("Point", "Line", "Polygon"))
        way = "heat" if style.heat else "clusters" if style.clusters else ""
        self.way.setCurrentIndex(self.way.findData(way))
        self.show_row(self.way, shown=point)
        self.show_row(self.radius, shown=point and bool(way))
        self.show_row(self.until, shown=point and way == "clusters")
        for widget in (self.weight, self.ramp):
            self.show_row(widget, shown=point and way == "heat")
        self.show_row(self.dash, shown=line)
        self.show_row(self.arrow, shown=line)
        self.show_row(self.hatch, shown=area)
        self.show_row(self.opaque, shown=area)
        self.show_row(self.outlined, shown=area)
        if style.clusters is not None:
            self.radius.setValue(style.clusters.radius)
            self.until.setValue(style.clusters.until)
        numbers = [(name, name) for name in columns_of(layer, "fiu")]
        heat = style.heat
        fill_combo(self.weight, [("Each counts as one", ""), *numbers], heat.weight if heat else "")
        if heat is not None:
            self.radius.setValue(heat.radius)
            self.ramp.setCurrentIndex(self.ramp.findData(heat.ramp))
        dashes = list(_DASHES.values())
        held = style.dash or ()
        self.dash.setCurrentIndex(dashes.index(held) if held in dashes else -1)
        self.arrow.setCurrentIndex(self.arrow.findData(style.arrow))
        self.hatch.setCurrentIndex(self.hatch.findData(style.hatch))
        by_value = bool(style.categories or style.graduated or style.ramp)
        usual = 0.78 if by_value else 0.18
        self.opaque.setValue(100.0 * (usual if style.fill is None else style.fill))
        self.outlined.setChecked(style.outline != "")
        self.nearest.setValue(style.min_zoom)
        self.farthest.setValue(style.max_zoom)
        zoom = self.panel.session.state.view.zoom
        self.now.setText(f"The map is at zoom {zoom:.1f}; one more is twice as large.")

    def _choose(self, _row: int) -> None:
        way = self.way.currentData()
        clusters = Clusters() if way == "clusters" else None
        self.panel.set(clusters=clusters, heat=Heat() if way == "heat" else None)

    def _radius(self, value: float) -> None:
        style = self.panel.layer.style
        if style.clusters is not None:
            self.panel.set(clusters=replace(style.clusters, radius=value))
        elif style.heat is not None:
            self.panel.set(heat=replace(style.heat, radius=value))

    def _until(self, value: float) -> None:
        clusters = self.panel.layer.style.clusters
        if clusters is not None:
            self.panel.set(clusters=replace(clusters, until=value))

    def _heat(self, **changes: Any) -> None:
        heat = self.panel.layer.style.heat
        if heat is not None:
            self.panel.set(heat=replace(heat, **changes))
