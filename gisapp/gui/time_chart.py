"""A share over the years as a line with its bounds; what is only announced is dashed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from gisapp.gui.chart_view import Canvas
from gisapp.gui.looks import GRID, Kind, colors_of, font_of
from gisapp.model.numbers import share_range

_HEIGHT: Final = 132
_NICE: Final = (0.01, 0.02, 0.05, 0.1, 0.2, 0.25, 0.5, 0.75, 1.0)


@dataclass(frozen=True)
class Moment:
    """The share at the end of a year, fractions; `told` is what happened in that year."""

    year: int
    low: float
    high: float
    told: str = ""


class TimeCanvas(Canvas):
    """The line: solid up to the day of the layers, dashed beyond, the bounds as a lighter band."""

    def __init__(
        self, moments: Sequence[Moment], present: int, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._moments, self._present = tuple(moments), present
        self.setAccessibleName("Share over time")

    def count(self) -> int:
        """Return how many years there are."""
        return len(self._moments)

    def sizeHint(self) -> QSize:
        """Return the size."""
        return QSize(300, _HEIGHT)

    def mark_at(self, position: QPointF) -> int:
        """Return the year at a position."""
        if not self._moments:
            return -1
        plot = self._plot()
        step = plot.width() / max(self.count() - 1, 1)
        index = round((position.x() - plot.left()) / step)
        return index if 0 <= index < self.count() else -1

    def mark_text(self, index: int) -> str:
        """Return year, share and what happened."""
        moment = self._moments[index]
        text = f"End of {moment.year}: {share_range(moment.low, moment.high)} inside"
        if moment.year > self._present:
            text += ", as announced"
        return f"{text}\n{moment.told}" if moment.told else text

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the line, its band and the years."""
        if not self._moments:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colors, plot, top = colors_of(self), self._plot(), self._top()
        metrics = QFontMetricsF(font_of(Kind.CAPTION, self.font()))
        painter.setFont(font_of(Kind.CAPTION, self.font()))
        for share in (0.0, top):
            y = self._y(share)
            painter.setPen(QPen(QColor(colors.rule), 1.0))
            painter.drawLine(QPointF(plot.left(), y), QPointF(plot.right(), y))
            painter.setPen(QColor(colors.muted))
            label = f"{100 * share:.0f}\u00a0%"
            box = QRectF(0, y - 10, plot.left() - GRID / 2, 20)
            painter.drawText(
                box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, label
            )
        self._paint_years(painter, metrics)
        self._paint_line(painter)
        for i, moment in enumerate(self._moments):
            if moment.told:
                painter.setPen(QPen(QColor(colors.panel), 1.5))
                painter.setBrush(QColor(colors.alliance))
                painter.drawEllipse(QPointF(self._x(i), self._y(moment.low)), 4.0, 4.0)
        if self.hasFocus() and self._cursor >= 0:
            x = self._x(self._cursor)
            self.paint_cursor(painter, QRectF(x - 8, plot.top(), 16, plot.height()))

    def _paint_line(self, painter: QPainter) -> None:
        color = QColor(colors_of(self).alliance)
        lighter = QColor(color)
        lighter.setAlphaF(0.28)
        lows = [QPointF(self._x(i), self._y(m.low)) for i, m in enumerate(self._moments)]
        highs = [QPointF(self._x(i), self._y(m.high)) for i, m in enumerate(self._moments)]
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(lighter)
        painter.drawPolygon(QPolygonF([*lows, *reversed(highs)]))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        ahead = [m.year > self._present for m in self._moments]
        for i in range(1, self.count()):
            style = Qt.PenStyle.DashLine if ahead[i] else Qt.PenStyle.SolidLine
            painter.setPen(QPen(color, 2.0, style))
            painter.drawLine(lows[i - 1], lows[i])

    def _paint_years(self, painter: QPainter, metrics: QFontMetricsF) -> None:
        colors, plot = colors_of(self), self._plot()
        painter.setPen(QColor(colors.muted))
        room = metrics.horizontalAdvance("2026") + GRID
        each = max(int(room * self.count() / max(plot.width(), 1.0)) + 1, 1)
        for i in range(0, self.count(), each):
            text = str(self._moments[i].year)
            width = metrics.horizontalAdvance(text)
            left = min(max(self._x(i) - width / 2, 0.0), self.width() - width)
            painter.drawText(QPointF(left, self.height() - 3.0), text)
        years = [m.year for m in self._moments]
        if years[0] < self._present < years[-1]:
            x = round(self._x(years.index(self._present))) + 0.5
            painter.setPen(QPen(QColor(colors.rule), 1.0, Qt.PenStyle.DotLine))
            painter.drawLine(QPointF(x, plot.top()), QPointF(x, plot.bottom()))

    def _plot(self) -> QRectF:
        metrics = QFontMetricsF(font_of(Kind.CAPTION, self.font()))
        left = metrics.horizontalAdvance("100\u00a0%") + GRID
        bottom = metrics.height() + GRID
        return QRectF(left, GRID, self.width() - left - GRID, self.height() - bottom - GRID)

    def _top(self) -> float:
        """Return the end of the axis: the next round share above all."""
        most = max(moment.high for moment in self._moments)
        return next((share for share in _NICE if share >= most), 1.0)

    def _x(self, index: int) -> float:
        plot = self._plot()
        return plot.left() + plot.width() * index / max(self.count() - 1, 1)

    def _y(self, share: float) -> float:
        plot = self._plot()
        return plot.bottom() - plot.height() * share / self._top()
