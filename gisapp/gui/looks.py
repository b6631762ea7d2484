"""What the panels share of looks: colours of the theme, text styles, swatches, hatching."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum, auto
from math import cos, pi, sin
from typing import Final

import qtawesome
from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QEnterEvent,
    QFont,
    QFontMetrics,
    QGuiApplication,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPalette,
    QPen,
)
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QComboBox,
    QHeaderView,
    QLabel,
    QLayout,
    QScrollArea,
    QSizePolicy,
    QSlider,
    QTableView,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from gisapp.model.places import resources_dir
from gisapp.render.legend import LegendEntry
from gisapp.render.picture import ThemeName
from gisapp.render.shapes import rings_of
from gisapp.render.symbology import AreaSymbol, LineSymbol, Palette, Symbol, palette

#: The grid of the window in pixels; every margin and gap is a multiple of it.
GRID: Final = 8


def theme_of(_widget: QWidget) -> ThemeName:
    """Return the theme that fits the palette of the application.

    A widget's own palette is no guide: a style sheet may have made its ground transparent.
    """
    window = QGuiApplication.palette().color(QPalette.ColorRole.Window)
    return ThemeName.DARK if window.lightness() < 128 else ThemeName.LIGHT


def colors_of(widget: QWidget) -> Palette:
    """Return the colours of the theme that fits the widget's palette."""
    return palette(theme_of(widget))


def tabular(font: QFont) -> QFont:
    """Return the font with figures of one width, so that columns of numbers align."""
    copy = QFont(font)
    copy.setFeature(QFont.Tag("tnum"), 1)
    return copy


def tick_sheet(widget: QWidget) -> str:
    """Return the style sheet of check boxes: the style's own frame is invisible on dark ground."""
    colors, theme = colors_of(widget), theme_of(widget).value
    tick = (resources_dir() / "theme" / f"check_{theme}.svg").as_posix()
    return (
        "QCheckBox::indicator, QListView::indicator, QTableView::indicator {"
        " width: 14px; height: 14px;"
        f" border: 1px solid {colors.muted}; border-radius: 3px; background: transparent; }}"
        "QCheckBox::indicator:checked, QListView::indicator:checked,"
        " QTableView::indicator:checked {"
        f" background: {colors.accent}; border-color: {colors.accent}; image: url({tick}); }}"
        f"QCheckBox::indicator:focus {{ border: 2px solid {colors.text};"
        " width: 12px; height: 12px; }"
        "QListView::item { padding: 3px 0; }"
    )


class Kind(Enum):
    """The steps of the type hierarchy."""

    HEADLINE = auto()
    LONG_HEADLINE = auto()
    TITLE = auto()
    HEADING = auto()
    BODY = auto()
    FIGURE = auto()
    LEGEND = auto()
    NOTE = auto()
    CAPTION = auto()
    WARNING = auto()


_SIZES: Final = {
    Kind.HEADLINE: 1.34,
    Kind.LONG_HEADLINE: 1.18,
    Kind.TITLE: 1.06,
    Kind.FIGURE: 1.3,
    Kind.LEGEND: 0.92,
    Kind.NOTE: 0.92,
    Kind.CAPTION: 0.88,
    Kind.WARNING: 0.92,
}
_HEAVY: Final = {Kind.HEADLINE, Kind.LONG_HEADLINE, Kind.TITLE, Kind.HEADING, Kind.FIGURE}


def font_of(kind: Kind, base: QFont) -> QFont:
    """Return the font of a step of the hierarchy, from the font of the widget."""
    font = tabular(base)
    if base.pointSizeF() > 0:
        font.setPointSizeF(base.pointSizeF() * _SIZES.get(kind, 1.0))
    if kind in _HEAVY:
        font.setWeight(QFont.Weight.DemiBold)
    return font


def ink_of(kind: Kind, colors: Palette) -> str:
    """Return the colour of a step of the hierarchy."""
    if kind is Kind.WARNING:
        return colors.limit
    return colors.muted if kind in (Kind.NOTE, Kind.CAPTION) else colors.text


class Text(QLabel):
    """A label of one step of the hierarchy: wraps, never widens its panel, can be selected."""

    def __init__(self, kind: Kind, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.kind = kind
        self._ink = ""
        self.setWordWrap(True)
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._dress()

    def fit(self) -> Text:
        """Take the width of the text instead of all there is; returns itself."""
        self.setWordWrap(False)
        self.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Minimum)
        return self

    def set_kind(self, kind: Kind) -> None:
        """Become another step of the hierarchy."""
        if kind is not self.kind:
            self.kind, self._ink = kind, ""
            self._dress()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the theme."""
        super().changeEvent(event)
        changes = (QEvent.Type.ApplicationPaletteChange, QEvent.Type.PaletteChange)
        if event.type() in changes:
            self._dress()

    def _dress(self) -> None:
        ink = ink_of(self.kind, colors_of(self))
        if ink != self._ink:  # dressing is a change of the palette itself
            self._ink = ink
            # a palette would give way to the window's style sheet
            self.setStyleSheet(f"color: {ink}; background: transparent")
            self.setFont(font_of(self.kind, QGuiApplication.font()))


class Rule(QWidget):
    """A quiet horizontal line."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(1)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the line."""
        QPainter(self).fillRect(self.rect(), QColor(colors_of(self).rule))


class _Inner(QWidget):
    """The content of a scroll column; its height follows from its width alone."""

    def minimumSizeHint(self) -> QSize:
        """Return next to nothing: a layout's own guess is of labels at their narrowest."""
        return QSize(1, 1)


class _NoWheel(QObject):
    """Keeps the wheel from boxes, which leave it to what they stand in."""

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Take the wheel alone."""
        if event.type() == QEvent.Type.Wheel:
            event.ignore()
            return True
        return False


class ScrollColumn(QScrollArea):
    """A column of widgets that scrolls down, never sideways."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._inner = inner = _Inner()
        self.column = QVBoxLayout(inner)
        self.column.setContentsMargins(2 * GRID, GRID, 2 * GRID, 2 * GRID)
        self.column.setSpacing(GRID)
        self.setWidget(inner)
        self._wheel = _NoWheel(self)

    def minimumSizeHint(self) -> QSize:
        """Return a small size: the panel decides, the column scrolls."""
        return QSize(1, 6 * GRID)

    def enterEvent(self, event: QEnterEvent) -> None:
        """Have the wheel scroll the column and change nothing that it passes over."""
        super().enterEvent(event)
        for kind in (QComboBox, QAbstractSpinBox, QSlider):
            for box in self._inner.findChildren(kind):
                box.installEventFilter(self._wheel)
                if box.focusPolicy() == Qt.FocusPolicy.WheelFocus:
                    box.setFocusPolicy(Qt.FocusPolicy.StrongFocus)


def clear(layout: QLayout) -> None:
    """Remove all widgets of a layout and of the layouts in it."""
    while layout.count():
        item = layout.takeAt(0)
        if item is None:
            continue
        widget, inner = item.widget(), item.layout()
        if inner is not None:
            clear(inner)
        if widget is not None:
            widget.hide()
            widget.deleteLater()


class IconButton(QToolButton):
    """A flat button with an icon of the kept set, in the colour of the theme."""

    def __init__(self, icon: str, tip: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon = icon
        self._ink = ""
        self.setAutoRaise(True)
        self.setMinimumSize(3 * GRID, 3 * GRID)
        self.setToolTip(tip)
        self.setAccessibleName(tip)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._dress()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the theme."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.ApplicationPaletteChange, QEvent.Type.PaletteChange):
            self._dress()

    def _dress(self) -> None:
        colors = colors_of(self)
        if self._ink != colors.muted:
            self._ink = colors.muted
            self.setIcon(qtawesome.icon(self._icon, color=colors.muted, color_disabled=colors.rule))


class LinkButton(QAbstractButton):
    """A button that reads like text; elides where it does not fit."""

    def __init__(self, text: str, kind: Kind = Kind.BODY, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kind = kind
        self.setText(text)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(text)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Return the size of the text."""
        metrics = QFontMetrics(font_of(self._kind, self.font()))
        return QSize(metrics.horizontalAdvance(self.text()) + 2, metrics.height() + 2)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the text, underlined under the pointer or with the focus."""
        painter = QPainter(self)
        font = font_of(self._kind, self.font())
        font.setUnderline(self.underMouse() or self.hasFocus())
        painter.setFont(font)
        painter.setPen(QColor(ink_of(self._kind, colors_of(self))))
        mode = Qt.TextElideMode.ElideRight
        text = painter.fontMetrics().elidedText(self.text(), mode, self.width())
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignVCenter, text)


def quiet_table(table: QTableView) -> None:
    """Dress a table: whole rows of one height, no grid, figures of one width, sorted by header."""
    table.setFont(tabular(table.font()))
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setShowGrid(False)
    table.setWordWrap(False)
    table.setTabKeyNavigation(False)
    table.setFrameShape(QTableView.Shape.NoFrame)
    lines = table.verticalHeader()
    lines.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
    lines.setDefaultSectionSize(table.fontMetrics().height() + GRID)
    lines.hide()
    header = table.horizontalHeader()
    header.setSectionsClickable(True)
    header.setHighlightSections(False)
    # the text of a heading stands where that of its cells stands
    header.setStyleSheet("QHeaderView::section { padding: 4px 3px; }")


def draw_symbol(painter: QPainter, center: QPointF, symbol: Symbol) -> None:
    """Draw a point symbol of the symbology table around a position."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setOpacity(symbol.opacity)
    painter.translate(center)
    path = QPainterPath()
    for corners in rings_of(symbol.shape):
        path.addPolygon([QPointF(x * symbol.size, y * symbol.size) for x, y in corners])
        if symbol.shape != "cross":
            path.closeSubpath()
    pen = QPen(QColor(symbol.stroke), max(symbol.stroke_width, 0.01))
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    if symbol.shape == "cross":
        painter.setPen(pen)
        painter.drawPath(path)
    else:
        painter.setPen(pen if symbol.stroke_width else Qt.PenStyle.NoPen)
        painter.setBrush(Qt.BrushStyle.NoBrush if symbol.hollow else QColor(symbol.fill))
        painter.drawPath(path)
    if symbol.ring != "none":
        ring = QPen(QColor(symbol.ring_color), 1.1)
        if symbol.ring == "dotted":
            ring.setDashPattern([1.0, 1.8])
        painter.setPen(ring)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        radius = symbol.size / 2 + 2.2
        painter.drawEllipse(QPointF(0, 0), radius, radius)
    painter.restore()


def draw_line(painter: QPainter, rect: QRectF, line: LineSymbol) -> None:
    """Draw a sample of a line through the middle of a rectangle."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setOpacity(line.opacity)
    width = max(line.width, 1.2)
    pen = QPen(QColor(line.color), width)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    if line.dash:
        pen.setDashPattern([step / width for step in line.dash])
    painter.setPen(pen)
    middle = rect.center()
    painter.drawLine(QPointF(rect.left(), middle.y()), QPointF(rect.right(), middle.y()))
    if line.arrow:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(line.color))
        tip = middle + QPointF(4.0, 0.0)
        painter.drawPolygon([tip, tip + QPointF(-7.0, -3.6), tip + QPointF(-7.0, 3.6)])
    painter.restore()


def draw_area(painter: QPainter, rect: QRectF, area: AreaSymbol) -> None:
    """Draw a sample of a filled area."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    box = rect.adjusted(0.5, 0.5, -0.5, -0.5)
    if area.fill:
        fill = QColor(area.fill)
        fill.setAlphaF(area.alpha)
        painter.fillRect(box, fill)
    if area.hatch:
        path = QPainterPath()
        path.addRect(box)
        draw_hatch(painter, path, area.outline, backwards=area.hatch == "\\")
    pen = QPen(QColor(area.outline), area.width)
    if area.dash:
        pen.setDashPattern(list(area.dash))
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(box)
    painter.restore()


def draw_ramp(painter: QPainter, rect: QRectF, colors: Sequence[str]) -> None:
    """Draw colours side by side."""
    wide = rect.width() / len(colors)
    for i, color in enumerate(colors):
        painter.fillRect(QRectF(rect.left() + i * wide, rect.top(), wide, rect.height()), color)


def draw_hatch(
    painter: QPainter,
    path: QPainterPath,
    color: str,
    *,
    backwards: bool = False,
    step: float = 4.5,
) -> None:
    """Hatch a path with thin slanting lines; crisp at any scaling, unlike a brush pattern."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setClipPath(path, Qt.ClipOperation.IntersectClip)
    painter.setPen(QPen(QColor(color), 1.0))
    box = path.boundingRect()
    x = box.left() - box.height()
    while x < box.right():
        low, high = QPointF(x, box.bottom()), QPointF(x + box.height(), box.top())
        if backwards:
            low, high = QPointF(x, box.top()), QPointF(x + box.height(), box.bottom())
        painter.drawLine(low, high)
        x += step
    painter.restore()


def draw_sizes(
    painter: QPainter, left: QPointF, sizes: Sequence[tuple[float, float]], symbol: Symbol
) -> None:
    """Draw nested circles that stand on one line; `left` is the left end of that line."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(symbol.stroke), 1.0))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    largest = max(size for _, size in sizes)
    for _, size in sizes:
        painter.drawEllipse(left + QPointF(largest / 2, -size / 2), size / 2, size / 2)
    painter.restore()


class Swatch(QWidget):
    """The sample of a legend entry or symbol; `hollow` marks a value that is not confirmed."""

    def __init__(self, parent: QWidget | None = None, *, width: int = 24, height: int = 18) -> None:
        super().__init__(parent)
        self.setFixedSize(width, height)
        self._symbol: Symbol | None = None
        self._line: LineSymbol | None = None
        self._area: AreaSymbol | None = None
        self._ramp: tuple[str, ...] = ()

    def show_symbol(self, symbol: Symbol) -> None:
        """Show a point symbol."""
        self._symbol, self._line, self._area, self._ramp = symbol, None, None, ()
        self.update()

    def show_entry(self, entry: LegendEntry) -> None:
        """Show what a legend entry shows."""
        self._symbol, self._line, self._area = entry.symbol, entry.line, entry.area
        self._ramp = entry.ramp
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the sample."""
        painter = QPainter(self)
        box = QRectF(self.rect())
        if self._ramp:
            draw_ramp(painter, box.adjusted(2, 4, -2, -4), self._ramp)
        if self._area is not None:
            draw_area(painter, box.adjusted(2, 3, -2, -3), self._area)
        if self._line is not None:
            draw_line(painter, box.adjusted(1, 0, -1, 0), self._line)
        if self._symbol is not None:
            draw_symbol(painter, box.center(), self._symbol)


def dotted_circle(painter: QPainter, center: QPointF, radius: float, color: str) -> None:
    """Draw a small hollow dotted circle: the mark of what is not confirmed."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(color))
    for i in range(8):
        angle = i * pi / 4
        spot = center + QPointF(radius * cos(angle), radius * sin(angle))
        painter.drawEllipse(spot, 0.8, 0.8)
    painter.restore()
