"""Icons of projections: the world as each of them shows it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPainterPath, QPen, QPixmap

from gisapp.model.features import Floats
from gisapp.render.symbology import Palette

if TYPE_CHECKING:  # the countries load with the first page
    from gisapp.render.glimpse import Glimpse

SIZE: Final = QSize(46, 28)
_RATIO: Final = 2.0  # drawn twice as fine, for screens that are


def projection_icon(glimpse: Glimpse, colors: Palette) -> QIcon:
    """Return a projection as an icon in the colours of a theme."""
    pixmap = QPixmap(SIZE * _RATIO)
    pixmap.setDevicePixelRatio(_RATIO)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    room = min((SIZE.width() - 2) / glimpse.width, (SIZE.height() - 2) / glimpse.height)
    painter.translate(
        (SIZE.width() - glimpse.width * room) / 2, (SIZE.height() - glimpse.height * room) / 2
    )
    painter.setPen(QPen(QColor(colors.coast), 1.0))
    painter.setBrush(QColor(colors.water))
    painter.drawPath(_path(glimpse.sea, room))
    painter.fillPath(_path(glimpse.land, room), QColor(colors.muted))
    painter.end()
    return QIcon(pixmap)


def _path(rings: Iterable[Floats], room: float) -> QPainterPath:
    path = QPainterPath()
    for ring in rings:
        path.addPolygon([QPointF(x, y) for x, y in (ring * room).tolist()])
        path.closeSubpath()
    return path
