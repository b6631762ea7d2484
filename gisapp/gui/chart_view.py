"""Charts painted natively: horizontal bars with bounds, and a histogram of distances."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QGuiApplication,
    QHelpEvent,
    QKeyEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QToolTip, QVBoxLayout, QWidget

from gisapp.gui.column_model import join_rows
from gisapp.gui.looks import (
    GRID,
    IconButton,
    Kind,
    Text,
    colors_of,
    draw_hatch,
    font_of,
    theme_of,
)
from gisapp.model.numbers import number, share_range
from gisapp.render.picture import Bar, BarChart
from gisapp.render.symbology import bar_color

_BAR: Final = 14.0
_ROW: Final = 26.0
_GAP: Final = 8.0


@dataclass(frozen=True)
class Histogram:
    """Counts of values between edges: `edges` has one value more than `counts`."""

    title: str
    subtitle: str
    edges: tuple[float, ...]
    counts: tuple[int, ...]
    unit: str
    noun: str
    median: float | None = None


def bar_value(bar: Bar, unit: str) -> str:
    """Return what stands at the end of a bar: one figure where the bounds agree, else both."""
    if unit.startswith("%"):
        return share_range(bar.low / 100.0, bar.high / 100.0)
    low, high = number(bar.low), number(bar.high)
    return low if low == high else f"{low}\u2013{high}"


class Canvas(QWidget):
    """What charts share: a cursor for the keyboard, tooltips, the focus frame."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._cursor = -1
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def count(self) -> int:
        """Return how many marks there are."""
        raise NotImplementedError

    def mark_at(self, position: QPointF) -> int:
        """Return the number of the mark at a position, -1 for none."""
        raise NotImplementedError

    def mark_text(self, index: int) -> str:
        """Return what the tooltip says of a mark."""
        raise NotImplementedError

    def minimumSizeHint(self) -> QSize:
        """Return a width that every panel has."""
        return QSize(120, self.sizeHint().height())

    def event(self, event: QEvent) -> bool:
        """Show the tooltip of the mark under the pointer."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            index = self.mark_at(QPointF(event.pos()))
            if index >= 0:
                QToolTip.showText(event.globalPos(), self.mark_text(index), self)
            else:
                QToolTip.hideText()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go from mark to mark with the arrow keys; the text is told to screen readers."""
        steps = {
            Qt.Key.Key_Down: 1,
            Qt.Key.Key_Right: 1,
            Qt.Key.Key_Up: -1,
            Qt.Key.Key_Left: -1,
        }
        step = steps.get(Qt.Key(event.key()))
        if step is None or not self.count():
            super().keyPressEvent(event)
            return
        self._cursor = min(max(self._cursor + step, 0), self.count() - 1)
        self.setAccessibleDescription(self.mark_text(self._cursor))
        self.update()

    def paint_cursor(self, painter: QPainter, box: QRectF) -> None:
        """Paint the frame around the mark that the keyboard stands on."""
        painter.setPen(QPen(QColor(colors_of(self).accent), 1.5))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(box.adjusted(0.75, 0.75, -0.75, -0.75), 3, 3)


class BarCanvas(Canvas):
    """The bars alone: sorted as given, labelled directly, bounds as the bar's lighter end."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._chart: BarChart | None = None

    def show_chart(self, chart: BarChart) -> None:
        """Show other bars."""
        self._chart, self._cursor = chart, -1
        self.updateGeometry()
        self.update()

    def count(self) -> int:
        """Return how many bars there are."""
        return len(self._chart.bars) if self._chart else 0

    def sizeHint(self) -> QSize:
        """Return the height of all bars, and of the limit's label above them."""
        return QSize(300, int(self._top() + self.count() * self._row() + 2))

    def mark_at(self, position: QPointF) -> int:
        """Return the number of the bar at a position, -1 for none."""
        index = int((position.y() - self._top()) // self._row())
        return index if 0 <= index < self.count() and position.y() >= self._top() else -1

    def mark_text(self, index: int) -> str:
        """Return name and value of a bar, bounds explained."""
        if self._chart is None:
            return ""
        bar = self._chart.bars[index]
        text = f"{bar.label}: {bar_value(bar, self._chart.unit)}"
        if not self._chart.unit.startswith("%"):
            text += f"\u00a0{self._chart.unit}"
        if bar.low != bar.high:
            text += "\nThe lighter end is what is unknown."
        return text

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the bars."""
        chart = self._chart
        if chart is None or not chart.bars:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colors = colors_of(self)
        font, value_font = font_of(Kind.NOTE, self.font()), font_of(Kind.NOTE, self.font())
        metrics = QFontMetricsF(font)
        values = [bar_value(bar, chart.unit) for bar in chart.bars]
        widest = max(metrics.horizontalAdvance(bar.label) for bar in chart.bars)
        left = min(widest, self.width() * 0.45)
        start = left + _GAP
        ends = [metrics.horizontalAdvance(value) + _GAP for value in values]
        scale = self._scale(chart, start, ends)
        row = self._row()
        limit = start + (chart.limit or 0.0) * scale
        crossed: set[int] = set()
        for i, (bar, value) in enumerate(zip(chart.bars, values, strict=True)):
            top = self._top() + i * row
            middle = top + row / 2
            name = metrics.elidedText(bar.label, Qt.TextElideMode.ElideRight, left)
            strong = bar.kind in {"alliance", "leader"}
            painter.setFont(font)
            painter.setPen(QColor(colors.text if strong else colors.muted))
            flags = Qt.AlignmentFlag.AlignVCenter
            painter.drawText(QRectF(0, top, left + 1, row), flags | _RIGHT, name)
            self._paint_bar(painter, bar, QRectF(start, middle - _BAR / 2, 0, _BAR), scale)
            painter.setFont(value_font)
            painter.setPen(QColor(colors.text))
            end = start + max(bar.high, bar.low) * scale + _GAP * 0.75
            painter.drawText(QRectF(end, top, self.width() - end, row), flags, value)
            if end - 3 < limit < end + metrics.horizontalAdvance(value) + 3:
                crossed.add(i)
            if i == self._cursor and self.hasFocus():
                self.paint_cursor(painter, QRectF(0, top, self.width(), row))
        if chart.limit is not None:
            self._paint_limit(painter, limit, chart.limit_label, crossed)

    def _paint_bar(self, painter: QPainter, bar: Bar, box: QRectF, scale: float) -> None:
        fill = QColor(bar_color(theme_of(self), bar.kind))
        low, high = bar.low * scale, bar.high * scale
        solid = QRectF(box.left(), box.top(), max(low, 1.0 if high else 0.0), box.height())
        whole = QRectF(box.left(), box.top(), max(high, solid.width()), box.height())
        if bar.kind == "unknown":
            path = QPainterPath()
            path.addRect(whole)
            draw_hatch(painter, path, colors_of(self).muted)
            return
        lighter = QColor(fill)
        lighter.setAlphaF(0.38)
        painter.fillRect(whole.adjusted(solid.width(), 0, 0, 0), lighter)
        painter.fillRect(solid, fill)

    def _paint_limit(self, painter: QPainter, x: float, label: str, crossed: set[int]) -> None:
        """Paint the line of the limit; it breaks off in rows where a value stands in its way."""
        colors = colors_of(self)
        font = font_of(Kind.CAPTION, self.font())
        painter.setFont(font)
        painter.setPen(QPen(QColor(colors.limit), 1.0))
        x = round(x) + 0.5
        top = self._top()
        row = self._row()
        painter.drawLine(QPointF(x, top - 3), QPointF(x, top))
        for i in set(range(self.count())) - crossed:
            painter.drawLine(QPointF(x, top + i * row), QPointF(x, top + (i + 1) * row))
        width = QFontMetricsF(font).horizontalAdvance(label)
        left = min(max(x - width / 2, 0.0), max(self.width() - width, 0.0))
        painter.drawText(QRectF(left, 0, width + 2, top - 4), Qt.AlignmentFlag.AlignBottom, label)

    def _scale(self, chart: BarChart, start: float, ends: Sequence[float]) -> float:
        """Return pixels per unit such that every value label still fits behind its bar."""
        room = max(self.width() - start, 1.0)
        fits = [
            (room - end) / max(bar.high, bar.low)
            for bar, end in zip(chart.bars, ends, strict=True)
            if max(bar.high, bar.low) > 0
        ]
        if chart.limit:
            fits.append((room - 2) / chart.limit)
        return max(min(fits, default=1.0), 0.0)

    def _row(self) -> float:
        return max(_ROW, QFontMetricsF(font_of(Kind.NOTE, self.font())).height() + 6)

    def _top(self) -> float:
        if self._chart is None or self._chart.limit is None:
            return 0.0
        return QFontMetricsF(font_of(Kind.CAPTION, self.font())).height() + 4


_RIGHT: Final = Qt.AlignmentFlag.AlignRight


class HistogramCanvas(Canvas):
    """Columns of a histogram with their counts on top and round edges below."""

    HEIGHT: Final = 120.0

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._chart: Histogram | None = None

    def show_chart(self, chart: Histogram) -> None:
        """Show other columns."""
        self._chart, self._cursor = chart, -1
        self.updateGeometry()
        self.update()

    def count(self) -> int:
        """Return how many classes there are."""
        return len(self._chart.counts) if self._chart else 0

    def sizeHint(self) -> QSize:
        """Return the height with labels."""
        return QSize(300, int(self.HEIGHT + 3.8 * self._line()))

    def mark_at(self, position: QPointF) -> int:
        """Return the number of the class at a position, -1 for none."""
        if not self.count():
            return -1
        index = int((position.x() - self._left()) / self._step())
        return index if 0 <= index < self.count() else -1

    def mark_text(self, index: int) -> str:
        """Return count and edges of a class."""
        if self._chart is None:
            return ""
        low, high = self._chart.edges[index : index + 2]
        count = self._chart.counts[index]
        unit = self._chart.unit
        return f"{number(count)} {self._chart.noun}, {number(low)}\u2013{number(high)}\u00a0{unit}"

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint columns, counts, edges and the median."""
        chart = self._chart
        if chart is None or not chart.counts:
            return
        painter = QPainter(self)
        colors = colors_of(self)
        font = font_of(Kind.CAPTION, self.font())
        painter.setFont(font)
        metrics = QFontMetricsF(font)
        line, step, left = self._line(), self._step(), self._left()
        base = round(2.5 * line + self.HEIGHT)
        tallest = max(*chart.counts, 1)
        for i, count in enumerate(chart.counts):
            height = round(self.HEIGHT * count / tallest)
            x0, x1 = round(left + i * step) + 1, round(left + (i + 1) * step) - 1
            painter.fillRect(QRectF(x0, base - height, x1 - x0, height), QColor(colors.inside))
            if i == self._cursor and self.hasFocus():
                self.paint_cursor(painter, QRectF(x0, base - height, x1 - x0, max(height, 6)))
        painter.fillRect(QRectF(left, base, step * len(chart.counts), 1), QColor(colors.muted))
        self._paint_edges(painter, chart, base, metrics)
        if chart.median is not None:
            x = left + step * chart.median / (chart.edges[1] - chart.edges[0])
            pen = QPen(QColor(colors.text), 1.0, Qt.PenStyle.DashLine)
            painter.setPen(pen)
            painter.drawLine(QPointF(round(x) + 0.5, 1), QPointF(round(x) + 0.5, base))
            text = f"median {number(chart.median)}\u00a0{chart.unit}"
            width = metrics.horizontalAdvance(text)
            at = x + 4 if x + 4 + width < self.width() else x - 4 - width
            painter.setPen(QColor(colors.text))
            painter.drawText(QRectF(at, 0, width + 2, line), Qt.AlignmentFlag.AlignTop, text)
        self._paint_counts(painter, chart, base, metrics)

    def _paint_counts(
        self, painter: QPainter, chart: Histogram, base: int, metrics: QFontMetricsF
    ) -> None:
        """Paint the counts, each on a ground of its own so that the median does not cross it."""
        colors = colors_of(self)
        line, step, left = self._line(), self._step(), self._left()
        tallest = max(*chart.counts, 1)
        for i, count in enumerate(chart.counts):
            if not count:
                continue
            text = number(count)
            width = metrics.horizontalAdvance(text)
            top = base - round(self.HEIGHT * count / tallest) - line - 2
            box = QRectF(left + (i + 0.5) * step - width / 2, top, width + 1, line)
            painter.fillRect(box.adjusted(-1, 0, 1, 0), QColor(colors.panel))
            painter.setPen(QColor(colors.text))
            painter.drawText(box, Qt.AlignmentFlag.AlignBottom, text)

    def _paint_edges(
        self, painter: QPainter, chart: Histogram, base: int, metrics: QFontMetricsF
    ) -> None:
        painter.setPen(QColor(colors_of(self).muted))
        step, left, line = self._step(), self._left(), self._line()
        free, last = -1.0, len(chart.edges) - 1
        closing = f"{number(chart.edges[-1])}\u00a0{chart.unit}"
        end = self.width() - metrics.horizontalAdvance(closing)
        for i, edge in enumerate(chart.edges):
            text = closing if i == last else number(edge)
            width = metrics.horizontalAdvance(text)
            x = end if i == last else max(left + i * step - width / 2, 0.0)
            if i != last and (x < free or x + width + _GAP > end):
                continue
            painter.drawText(QRectF(x, base + 3, width + 2, line), 0, text)
            free = x + width + _GAP

    def _line(self) -> float:
        return QFontMetricsF(font_of(Kind.CAPTION, self.font())).height()

    def _left(self) -> float:
        return 6.0

    def _step(self) -> float:
        return (self.width() - 2 * self._left()) / max(self.count(), 1)


class ChartView(QWidget):
    """A chart with its finding as title, what is shown below it, and its table to copy."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: list[list[str]] = []
        self.title = Text(Kind.TITLE)
        self.subtitle = Text(Kind.NOTE)
        self.bars = BarCanvas()
        self.columns = HistogramCanvas()
        self.note = Text(Kind.CAPTION)
        self.copy_button = IconButton("mdi6.content-copy", "Copy the chart as a table", self)
        self.copy_button.clicked.connect(self.copy)
        head = QHBoxLayout()
        head.setSpacing(GRID // 2)
        head.addWidget(self.title, 1)
        head.addWidget(self.copy_button, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID // 2)
        column.addLayout(head)
        column.addWidget(self.subtitle)
        column.addSpacing(GRID // 2)
        column.addWidget(self.bars)
        column.addWidget(self.columns)
        column.addWidget(self.note)

    def show_bars(self, chart: BarChart) -> None:
        """Show a bar chart."""
        self._head(chart.title, chart.subtitle, chart.note)
        self.bars.show_chart(chart)
        self.bars.show()
        self.columns.hide()
        self._rows = [["", f"low ({chart.unit})", f"high ({chart.unit})"]]
        self._rows += [[bar.label, f"{bar.low:.10g}", f"{bar.high:.10g}"] for bar in chart.bars]
        self._tell(self.bars)

    def show_histogram(self, chart: Histogram) -> None:
        """Show a histogram."""
        self._head(chart.title, chart.subtitle, "")
        self.columns.show_chart(chart)
        self.columns.show()
        self.bars.hide()
        self._rows = [[f"from ({chart.unit})", f"to ({chart.unit})", chart.noun]]
        self._rows += [
            [f"{low:.10g}", f"{high:.10g}", str(count)]
            for low, high, count in zip(chart.edges, chart.edges[1:], chart.counts, strict=False)
        ]
        self._tell(self.columns)

    def table_text(self) -> str:
        """Return the figures as lines with tabs, for a spreadsheet."""
        return join_rows(self._rows)

    def copy(self) -> None:
        """Put the figures on the clipboard."""
        QGuiApplication.clipboard().setText(self.table_text())

    def _head(self, title: str, subtitle: str, note: str) -> None:
        for label, text in ((self.title, title), (self.subtitle, subtitle), (self.note, note)):
            label.setText(text)
            label.setVisible(bool(text))

    def _tell(self, canvas: QWidget) -> None:
        canvas.setAccessibleName(self.title.text() or "Chart")
        canvas.setAccessibleDescription(self.table_text())
