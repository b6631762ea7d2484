"""A small map of where features would land, drawn by the basemap's own tiles."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from gisapp.gui.looks import colors_of
from gisapp.render.locator import Located

_DOT: Final = 5.0


class LocatorView(QWidget):
    """Shows what `render.locator.locate` made for its size."""

    def __init__(self, width: int, height: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedSize(width, height)
        self.setAccessibleName("Where the features land")
        self._located: Located | None = None
        self._images: list[tuple[QPointF, QImage]] = []

    @property
    def located(self) -> Located | None:
        """What is shown."""
        return self._located

    def sizeHint(self) -> QSize:
        """Return the size that the map is made for."""
        return self.size()

    def show_located(self, located: Located | None) -> None:
        """Show a map, or an empty frame."""
        self._located = located
        tiles = () if located is None else located.tiles
        self._images = [(QPointF(x, y), QImage.fromData(png)) for x, y, png in tiles]
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint tiles, then dots, then a frame."""
        painter = QPainter(self)
        painter.setRenderHints(
            QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform
        )
        colors = colors_of(self)
        painter.fillRect(self.rect(), QColor(colors.water))
        if self._located is not None:
            side = self._located.side
            for place, image in self._images:
                painter.drawImage(QRectF(place.x(), place.y(), side, side), image)
            painter.setPen(QPen(QColor(colors.paper), 1.0))
            painter.setBrush(QColor(colors.leader))
            for x, y in self._located.dots.tolist():
                painter.drawEllipse(QPointF(x, y), _DOT / 2, _DOT / 2)
        painter.setPen(QPen(QColor(colors.rule), 1.0))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5))
