"""A histogram whose classes are coloured, with breaks that can be dragged."""

from __future__ import annotations

from typing import Final

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from gisapp.gui.looks import GRID, Kind, colors_of, font_of
from gisapp.render.histogram import Histogram
from gisapp.render.looks import figure

_HIGH: Final = 14 * GRID
_FOOT: Final = 2.5 * GRID
_REACH: Final = 6.0
#: How far an arrow key moves a break, as a share of the width.
_STEP: Final = 0.01


class BreakEditor(QWidget):
    """`moved` carries the breaks while one is dragged, `released` those at its end.

    Breaks can be moved by mouse, or by keys: Tab and Shift+Tab pick one, the arrows move it.
    """

    moved = Signal(tuple)
    released = Signal(tuple)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._histogram: Histogram | None = None
        self._breaks: tuple[float, ...] = ()
        self._colors: tuple[str, ...] = ()
        self._picked: int | None = None
        self._held = False
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Histogram with breaks")
        self.setToolTip("Drag a break to move it")

    def sizeHint(self) -> QSize:
        """Return a height that shows the spread."""
        return QSize(320, int(_HIGH))

    def show_breaks(
        self, histogram: Histogram, breaks: tuple[float, ...], colors: tuple[str, ...]
    ) -> None:
        """Show a histogram with the classes between breaks in these colours."""
        if self._held:
            return
        self._histogram, self._breaks, self._colors = histogram, breaks, colors
        inner = ", ".join(figure(value, breaks) for value in breaks[1:-1])
        self.setAccessibleDescription(f"Breaks at {inner}" if inner else "One class")
        self.update()

    @property
    def breaks(self) -> tuple[float, ...]:
        """The breaks as they stand."""
        return self._breaks

    def x_of(self, value: float) -> float:
        """Return where a value stands, pixels."""
        low, high = self._ends()
        return 1.0 + (self._scaled(value) - low) / (high - low) * (self.width() - 2.0)

    def _value_at(self, x: float) -> float:
        low, high = self._ends()
        scaled = low + (x - 1.0) / (self.width() - 2.0) * (high - low)
        return float(10.0**scaled) if self._logarithmic else float(scaled)

    @property
    def _logarithmic(self) -> bool:
        return self._histogram is not None and self._histogram.logarithmic

    def _scaled(self, value: float) -> float:
        return float(np.log10(value)) if self._logarithmic and value > 0.0 else value

    def _ends(self) -> tuple[float, float]:
        if self._histogram is None:
            return 0.0, 1.0
        edges = self._histogram.edges
        return self._scaled(float(edges[0])), self._scaled(float(edges[-1]))

    def _near(self, x: float) -> int | None:
        inner = range(1, len(self._breaks) - 1)
        away = {i: abs(self.x_of(self._breaks[i]) - x) for i in inner}
        best = min(away, key=lambda i: away[i], default=None)
        return best if best is not None and away[best] <= _REACH else None

    def _move(self, number: int, x: float) -> None:
        """Move a break, never beyond its neighbours."""
        left, right = self.x_of(self._breaks[number - 1]), self.x_of(self._breaks[number + 1])
        value = self._value_at(min(max(x, left + 1.0), right - 1.0))
        kept = list(self._breaks)
        kept[number] = float(f"{value:.4g}")  # a break is read by people
        if kept == sorted(set(kept)):
            self._breaks = tuple(kept)
            self.update()
            self.moved.emit(self._breaks)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of the break under the pointer."""
        self._picked = self._near(event.position().x())
        self._held = self._picked is not None
        self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Move the break that is held, or show that one could be."""
        x = event.position().x()
        if self._held and self._picked is not None:
            self._move(self._picked, x)
            value = figure(self._breaks[self._picked], self._breaks)
            QToolTip.showText(event.globalPosition().toPoint(), value, self)
            return
        over = self._near(x) is not None
        self.setCursor(Qt.CursorShape.SplitHCursor if over else Qt.CursorShape.ArrowCursor)

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        """Let go: one step of the history."""
        if self._held:
            self._held = False
            self.released.emit(self._breaks)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move the picked break by the arrows."""
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if step is None or self._picked is None or self._picked >= len(self._breaks) - 1:
            super().keyPressEvent(event)
            return
        self._move(
            self._picked, self.x_of(self._breaks[self._picked]) + step * self.width() * _STEP
        )
        self.released.emit(self._breaks)

    def event(self, event: QEvent) -> bool:
        """Pick the next break by Tab, as long as there is one."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            step = {Qt.Key.Key_Tab: 1, Qt.Key.Key_Backtab: -1}.get(Qt.Key(event.key()))
            if step is not None:
                following = (self._picked or (0 if step > 0 else len(self._breaks) - 1)) + step
                if 0 < following < len(self._breaks) - 1:
                    self._picked = following
                    self.update()
                    return True
                self._picked = None
        return super().event(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint bars in the colours of their classes, breaks, and the ends of the range."""
        if self._histogram is None:
            return
        painter, colors = QPainter(self), colors_of(self)
        base = self.height() - _FOOT
        counts, edges = self._histogram.counts, self._histogram.edges
        tallest = max(float(np.sqrt(counts.max(initial=1))), 1.0)
        middles = np.sqrt(edges[:-1] * edges[1:]) if self._logarithmic else edges[:-1] + edges[1:]
        if not self._logarithmic:
            middles = middles / 2.0
        classes = np.searchsorted(np.asarray(self._breaks[1:-1]), middles)
        for i, count in enumerate(counts.tolist()):
            left, right = self.x_of(float(edges[i])), self.x_of(float(edges[i + 1]))
            # by the root: one bar that towers would hide all the others
            high = np.sqrt(count) / tallest * (base - GRID)
            bar = QRectF(left, base - high, max(right - left - 1.0, 1.0), high)
            number = min(int(classes[i]), len(self._colors) - 1)
            painter.fillRect(bar, QColor(self._colors[number]) if self._colors else colors.grey)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(colors.rule), 1.0))
        painter.drawLine(QPointF(0, base + 0.5), QPointF(self.width(), base + 0.5))
        for number in range(1, len(self._breaks) - 1):
            self._paint_break(painter, number, base)
        painter.setPen(QColor(colors.muted))
        painter.setFont(font_of(Kind.CAPTION, self.font()))
        foot = QRectF(0, base + 4, self.width(), _FOOT - 4)
        first, last = (figure(self._breaks[i], self._breaks) for i in (0, -1))
        painter.drawText(foot, Qt.AlignmentFlag.AlignLeft, first)
        painter.drawText(foot, Qt.AlignmentFlag.AlignRight, last)

    def _paint_break(self, painter: QPainter, number: int, base: float) -> None:
        colors = colors_of(self)
        x = self.x_of(self._breaks[number])
        picked = number == self._picked and (self._held or self.hasFocus())
        ink = QColor(colors.accent if picked else colors.text)
        painter.setPen(QPen(QColor(colors.panel), 3.0))
        painter.drawLine(QPointF(x, 0), QPointF(x, base))
        painter.setPen(QPen(ink, 1.6 if picked else 1.0))
        painter.drawLine(QPointF(x, 3), QPointF(x, base))
        painter.setBrush(ink)
        painter.drawEllipse(QPointF(x, base), 4.0 if picked else 3.2, 4.0 if picked else 3.2)
