"""The legend: what is on the map now, in the order of the chain."""

from __future__ import annotations

from itertools import groupby
from typing import Final

from PySide6.QtCore import QEvent, QPointF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from gisapp.gui.looks import (
    GRID,
    Kind,
    ScrollColumn,
    Swatch,
    Text,
    clear,
    colors_of,
    draw_sizes,
    font_of,
    theme_of,
)
from gisapp.gui.panel import Panel, rows_of
from gisapp.model.numbers import number
from gisapp.render.legend import LegendEntry, legend_entries
from gisapp.render.picture import Picture
from gisapp.workspace.session import Session

#: Groups that need a word to be understood, and those that stand side by side.
_HEADINGS: Final = {"status": "Status"}
_PAIRED: Final = {"status"}
#: What is longer than this has no room in half a card.
_SHORT: Final = 12


class LegendPanel(Panel):
    """The entries of the picture on show, grouped; empty where the map is empty."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.setAccessibleName("Legend")
        self._picture: Picture | None = None
        self.entries: tuple[LegendEntry, ...] = ()
        self._scroll = ScrollColumn()
        self._scroll.column.setContentsMargins(GRID * 3 // 2, 0, GRID * 3 // 2, GRID)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._scroll)
        self.listen(session.pictured, self.show_picture)
        self._fill(())

    def show_picture(self, picture: Picture) -> None:
        """Show the legend of a picture."""
        self._picture = picture
        theme = theme_of(self)
        self.work_if_long(
            rows_of(picture),
            "legend",
            "Legend",
            lambda _feedback: legend_entries(picture, theme),
            self._fill,
        )

    def changeEvent(self, event: QEvent) -> None:
        """Follow the theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self._picture is not None:
            self.show_picture(self._picture)

    def _fill(self, entries: tuple[LegendEntry, ...]) -> None:
        column = self._scroll.column
        if entries and entries == self.entries and column.count():
            return
        self.entries = entries
        clear(column)
        column.setSpacing(1)
        if not entries:
            column.addWidget(Text(Kind.NOTE, "Nothing is on the map. Tick a layer to see it here."))
        for group, found in groupby(entries, key=lambda entry: entry.group):
            members = tuple(found)
            if column.count():
                column.addSpacing(GRID * 3 // 4)
            if members[0].sizes:
                column.addWidget(Text(Kind.CAPTION, f"Size of a symbol, {members[0].label}"))
            elif group in _HEADINGS:
                column.addWidget(Text(Kind.CAPTION, _HEADINGS[group]))
            if group in _PAIRED:
                column.addLayout(_pairs(members))
                continue
            for entry in members:
                if entry.is_heading:
                    column.addWidget(Text(Kind.CAPTION, entry.label))
                else:
                    column.addWidget(SizeLegend(entry) if entry.sizes else _Line(entry))
        column.addStretch(1)


def _pairs(entries: tuple[LegendEntry, ...]) -> QGridLayout:
    """Return entries in two columns, read downwards; one that is long takes a whole row."""
    grid = QGridLayout()
    grid.setHorizontalSpacing(GRID)
    grid.setVerticalSpacing(1)
    short = [entry for entry in entries if len(entry.label) <= _SHORT]
    rows = (len(short) + 1) // 2
    for i, entry in enumerate(short):
        grid.addWidget(_Line(entry), i % rows, i // rows)
    for i, entry in enumerate(entry for entry in entries if len(entry.label) > _SHORT):
        grid.addWidget(_Line(entry), rows + i, 0, 1, 2)
    grid.setColumnStretch(0, 1)
    grid.setColumnStretch(1, 1)
    return grid


class _Line(QWidget):
    """One entry: sample, label, count."""

    def __init__(self, entry: LegendEntry) -> None:
        super().__init__()
        swatch = Swatch()
        swatch.show_entry(entry)
        # names of files may be one long word: they break behind an underscore
        label = Text(Kind.LEGEND, entry.label.replace("_", "_\u200b"))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GRID * 3 // 4)
        row.addWidget(swatch, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(label, 1)
        name = entry.label
        if entry.count is not None:
            what = "\u00a0jurisdictions" if entry.group == "alliance" else ""
            count = number(entry.count) + what
            row.addWidget(Text(Kind.NOTE, count).fit(), 0, _TOP_RIGHT)
            name += f", {count}"
        self.setAccessibleName(name)
        self.setToolTip(name)


_TOP_RIGHT: Final = Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignRight


class SizeLegend(QWidget):
    """Nested circles with the values that they stand for."""

    def __init__(self, entry: LegendEntry, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._entry = entry
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        values = ", ".join(f"{number(value)} {entry.label}" for value, _ in entry.sizes)
        self.setAccessibleName(f"Size of the symbols: {values}")
        self.setToolTip(f"The area of a symbol stands for {entry.label}")

    def sizeHint(self) -> QSize:
        """Return the height of the circles and of their labels."""
        return QSize(120, int(max(self._largest(), self._line() * len(self._entry.sizes)) + 4))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the circles, leader lines and values."""
        painter = QPainter(self)
        colors = colors_of(self)
        sizes, symbol = self._entry.sizes, self._entry.symbol
        if symbol is None:
            return
        painter.setFont(font_of(Kind.NOTE, self.font()))
        line, largest = self._line(), self._largest()
        base = (self.height() + max(largest, line * len(sizes))) / 2 - 1
        draw_sizes(painter, QPointF(1, base), sizes, symbol)
        top = base - max(largest, line * len(sizes))
        for i, (value, size) in enumerate(sizes):
            middle = top + line * (i + 0.5)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QColor(colors.rule))
            start, end = QPointF(1 + largest / 2, base - size), QPointF(largest + 14, middle)
            painter.drawLine(start, end)
            painter.setPen(QColor(colors.text))
            at = QPointF(largest + 18, middle + QFontMetricsF(painter.font()).capHeight() / 2)
            painter.drawText(at, number(value))

    def _line(self) -> float:
        return QFontMetricsF(font_of(Kind.NOTE, self.font())).height()

    def _largest(self) -> float:
        return max(size for _, size in self._entry.sizes)
