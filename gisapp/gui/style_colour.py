"""The page of colours: one for all, by category, or by the classes of a number."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any, Final

import numpy as np
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QSpinBox, QWidget

from gisapp.gui.break_editor import BreakEditor
from gisapp.gui.looks import GRID, Kind, ScrollColumn, Swatch, Text, clear, theme_of
from gisapp.gui.style_controls import (
    ColourButton,
    Page,
    combo,
    fill_combo,
    quiet_line,
    ramp_box,
    side_by_side,
)
from gisapp.model.feedback import Feedback
from gisapp.model.layer import Layer
from gisapp.model.numbers import number
from gisapp.model.style import SCHEMES, Categories, Graduated
from gisapp.render.histogram import Histogram, histogram
from gisapp.render.legend import layer_swatch
from gisapp.render.looks import Classed, classed
from gisapp.render.ramps import ramp_colors

_ONE: Final = "One colour"
_WAYS: Final = {"categories": "Categories", "graduated": "Classes of a number"}


class ColourPage(Page):
    """Column, way, and for a number scheme, ramp and breaks; below, the classes with counts."""

    def __init__(self, panel: Any) -> None:
        super().__init__(panel)
        self._shown: Layer | None = None
        self.field = combo()
        self.field.activated.connect(self._choose_field)
        self.row("By column", self.field)
        self.way = combo((title, way) for way, title in _WAYS.items())
        self.way.activated.connect(self._choose_way)
        self.row("As", self.way)
        self.color = ColourButton(lambda color: panel.set(color=color))
        self.row("Colour", self.color)
        self.scheme = combo((title, name) for name, title in SCHEMES.items())
        self.scheme.activated.connect(lambda _row: self._classify())
        self.count = QSpinBox()
        self.count.setRange(2, 12)
        self.count.lineEdit().setTextMargins(GRID // 2, 0, 0, 0)
        self.count.setKeyboardTracking(False)
        self.count.valueChanged.connect(lambda _count: self.say(self._classify))
        self.count.setAccessibleName("Number of classes")
        self.count.setToolTip("Number of classes")
        self.breaks = side_by_side(self.scheme, self.count)
        self.row("Breaks by", self.breaks)
        self.ramp = ramp_box(self)
        self.ramp.activated.connect(lambda _row: self._recolour())
        self.reverse = QCheckBox("Reverse")
        self.reverse.toggled.connect(lambda _on: self.say(self._recolour))
        self.colours = side_by_side(self.ramp, self.reverse)
        self.row("Colours", self.colours)
        self.editor = BreakEditor(self)
        self.editor.moved.connect(self._dragged)
        self.editor.released.connect(self._released)
        self.form.addRow(self.editor)
        self.note = Text(Kind.NOTE)
        self.form.addRow(self.note)
        self.list = ScrollColumn(self)
        self.list.column.setContentsMargins(0, 0, GRID, 0)
        self.list.column.setSpacing(GRID // 4)
        self.form.addRow(self.list)

    def fill(self, layer: Layer) -> None:
        """Show the colours of a layer."""
        style = layer.style
        categories, graduated = style.categories, style.graduated
        by = categories or graduated
        columns = [(name, name) for name in layer.features.columns]
        if by is not None and by.field not in layer.features.columns:
            columns.append((f"{by.field} (missing)", by.field))
        fill_combo(self.field, [(_ONE, ""), *columns], by.field if by else "")
        self.way.setCurrentIndex(self.way.findData("graduated" if graduated else "categories"))
        known = None if by is None else layer.features.columns.get(by.field)
        numeric = known is not None and known.dtype.kind in "fiu"
        self.show_row(self.way, shown=numeric)
        self.show_row(self.color, shown=by is None)
        self.show_row(self.breaks, shown=graduated is not None)
        self.show_row(self.colours, shown=graduated is not None)
        show_editor = graduated is not None and numeric
        self.editor.setVisible(show_editor)
        swatch = layer_swatch(layer, theme_of(self), style)
        self.color.show_color(_color_of(swatch), "Colour")
        if graduated is not None:
            fill_combo(
                self.scheme,
                [
                    *((title, name) for name, title in SCHEMES.items()),
                    *([("Set by hand", "manual")] if graduated.scheme == "manual" else []),
                ],
                graduated.scheme,
            )
            self.count.setValue(graduated.classes)
            self.ramp.setCurrentIndex(self.ramp.findData(graduated.ramp))
            self.reverse.setChecked(graduated.reverse)
        before, self._shown = self._shown, layer
        if before is None or before.style != style or before.features is not layer.features:
            self._count(layer)

    def _count(self, layer: Layer) -> None:
        """Count the rows of each class, and show them when they are known."""
        theme = theme_of(self)

        def work(_feedback: Feedback) -> tuple[Classed, Histogram | None]:
            graduated, columns = layer.style.graduated, layer.features.columns
            values = None if graduated is None else columns.get(graduated.field)
            spread = None
            if values is not None and values.dtype.kind in "fiu":
                spread = histogram(values.astype(np.float64))
            return classed(layer, np.arange(len(layer.features)), theme), spread

        self.panel.work(len(layer.features), work, lambda found: self._show_classes(layer, *found))

    def _show_classes(self, layer: Layer, by_class: Classed, spread: Histogram | None) -> None:
        graduated = layer.style.graduated
        self.note.setText("")
        if graduated is not None and spread is not None:
            colors = ramp_colors(
                graduated.ramp, graduated.classes, theme_of(self), reverse=graduated.reverse
            )
            self.editor.show_breaks(spread, graduated.breaks, colors)
            missing = f"{number(spread.missing, 9)} rows have no number." if spread.missing else ""
            scale = "The scale is logarithmic." if spread.logarithmic else ""
            self.note.setText(" ".join(part for part in (missing, scale) if part))
        clear(self.list.column)
        many = len(by_class.classes) > 1
        self.form.setRowVisible(self.list, many)
        if many:
            for i, count in enumerate(by_class.counts):
                # who has no value or is beside the categories is listed where there is one
                if count or i < len(by_class.classes) - 1:
                    self.list.column.addWidget(self._line(layer, by_class, i))
            self.list.column.addStretch(1)

    def _line(self, layer: Layer, by_class: Classed, i: int) -> QWidget:
        line = QWidget()
        row = QHBoxLayout(line)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GRID)
        each, count = by_class.classes[i], by_class.counts[i]
        categories, graduated = layer.style.categories, layer.style.graduated
        if categories is not None:
            button = ColourButton(partial(self._recolour_category, i))
            button.show_color(each.style.color or "", f"Colour of {each.label}")
            row.addWidget(button)
        else:
            swatch = Swatch()
            swatch.show_entry(layer_swatch(layer, theme_of(self), each.style))
            row.addWidget(swatch)
        last = i == len(by_class.classes) - 1
        if graduated is not None and last:
            words = Text(Kind.BODY, each.label)
            words.setContentsMargins(GRID - 1, GRID // 4, 0, GRID // 4)
            row.addWidget(words, 1)
        else:
            name = quiet_line(each.label, self)
            name.setAccessibleName(f"Name of class {i + 1} in the legend")
            name.editingFinished.connect(lambda i=i, n=name: self._rename(i, n.text()))
            row.addWidget(name, 1)
        row.addWidget(Text(Kind.NOTE, number(count, 9)).fit())
        return line

    def _choose_field(self, _row: int) -> None:
        field = self.field.currentData()
        if not field:
            self.panel.set(categories=None, graduated=None, ramp=None)
            return
        self.panel.run("style.by_column", field=field, colour=True)

    def _choose_way(self, _row: int) -> None:
        field, way = self.field.currentData(), self.way.currentData()
        if field:
            self.panel.run(
                "style.classify" if way == "graduated" else "style.categorise", field=field
            )

    def _graduated(self) -> Graduated | None:
        layer = self.panel.layer
        return None if layer is None else layer.style.graduated

    def _classify(self) -> None:
        graduated = self._graduated()
        scheme = self.scheme.currentData()
        if graduated is not None:
            self.panel.run(
                "style.classify",
                field=graduated.field,
                scheme="quantiles" if scheme == "manual" else scheme,
                count=self.count.value(),
                ramp=graduated.ramp,
                reverse=graduated.reverse,
            )

    def _recolour(self) -> None:
        graduated = self._graduated()
        if graduated is not None:
            ramp, reverse = self.ramp.currentData(), self.reverse.isChecked()
            self.panel.set(graduated=replace(graduated, ramp=ramp, reverse=reverse))

    def _with_breaks(self, breaks: tuple[float, ...]) -> Graduated | None:
        graduated = self._graduated()
        if graduated is None:
            return None
        return replace(graduated, breaks=breaks, scheme="manual")

    def _dragged(self, breaks: tuple[float, ...]) -> None:
        graduated, layer = self._with_breaks(breaks), self.panel.layer
        if graduated is not None and layer is not None:
            self._count(layer.with_(style=replace(layer.style, graduated=graduated)))
            self.panel.glimpse(graduated=graduated)

    def _released(self, breaks: tuple[float, ...]) -> None:
        graduated = self._with_breaks(breaks)
        if graduated is not None:
            self.panel.set(graduated=graduated)

    def _categories(self) -> Categories | None:
        layer = self.panel.layer
        return None if layer is None else layer.style.categories

    def _recolour_category(self, i: int, color: str) -> None:
        categories = self._categories()
        if categories is None:
            return
        if i == len(categories.items):
            self.panel.set(categories=replace(categories, other=color))
            return
        items = list(categories.items)
        items[i] = replace(items[i], color=color)
        self.panel.set(categories=replace(categories, items=tuple(items)))

    def _rename(self, i: int, text: str) -> None:
        categories, graduated = self._categories(), self._graduated()
        if self.filling or self._shown is None:
            return
        if categories is not None and i < len(categories.items):
            if text != categories.items[i].title:
                items = list(categories.items)
                items[i] = replace(items[i], label=text.strip())
                self.panel.set(categories=replace(categories, items=tuple(items)))
        elif categories is not None:
            if text != categories.other_label:
                self.panel.set(categories=replace(categories, other_label=text.strip() or "Other"))
        elif graduated is not None:
            labels = list(graduated.labels) + [""] * (graduated.classes - len(graduated.labels))
            plain = classed(self._shown, np.arange(0), theme_of(self)).classes[i].label
            if text != plain:
                labels[i] = text.strip()
                self.panel.set(graduated=replace(graduated, labels=tuple(labels)))


def _color_of(entry: Any) -> str:
    if entry.symbol is not None:
        return str(entry.symbol.fill or entry.symbol.stroke)
    if entry.line is not None:
        return str(entry.line.color)
    return str(entry.area.fill)
