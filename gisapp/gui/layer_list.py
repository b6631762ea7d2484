"""The list of layers: tick, swatch, name, count and problems in one line each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
import qtawesome
from PySide6.QtCore import (
    QAbstractItemModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QPointF,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QDropEvent, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolTip,
    QWidget,
)

from gisapp.gui.looks import (
    GRID,
    colors_of,
    draw_area,
    draw_line,
    draw_ramp,
    draw_symbol,
    tabular,
    theme_of,
)
from gisapp.model.feedback import Severity
from gisapp.model.layer import Layer
from gisapp.model.numbers import number
from gisapp.model.style import Style
from gisapp.model.vocabulary import Role
from gisapp.render.density import heat_colors
from gisapp.render.looks import classed
from gisapp.render.picture import ThemeName
from gisapp.render.symbology import AreaSymbol, palette, route_line, symbol_of
from gisapp.workspace.state import LayerEntry

_HEIGHT: Final = 4 * GRID
_FUNNEL: Final = 20
#: Colours of a ramp that a sample shows.
_STRIPES: Final = 5
#: Rows that a sample is taken of: the classes are the style's, whatever the rows.
_SAMPLED: Final = 200
#: Where the symbols of classes stand in a sample.
_SCATTER: Final = ((-5.0, -3.0), (5.5, -3.5), (0.0, 4.0))
_ID: Final = Qt.ItemDataRole.UserRole
Index = QModelIndex | QPersistentModelIndex


def draw_sample(painter: QPainter, box: QRectF, layer: Layer, theme: ThemeName) -> None:
    """Draw what a layer's features look like on the map; a few of its classes where it has some."""
    kind, styles = layer.features.geometry_type, _samples(layer, theme)
    if layer.style.heat is not None:
        draw_ramp(painter, box.adjusted(2, 4, -2, -4), heat_colors(layer.style.heat, theme))
    elif "Polygon" in kind or layer.role is Role.JURISDICTION:
        inner = box.adjusted(2, 3, -2, -3)
        if len(styles) > 1:
            draw_ramp(painter, inner, [style.color or "" for style in styles])
            return
        color = layer.style.color or palette(theme).of_role(layer.role)
        area = AreaSymbol(fill=color, alpha=0.35, outline=color, width=1.0)
        draw_area(painter, inner.adjusted(1, 0, -1, 0), area)
    elif "Line" in kind or layer.role is Role.TRADE_ROUTE:
        for i, style in enumerate(styles[:3]):
            lines = min(len(styles), 3)
            stripe = box.translated(0.0, (i - (lines - 1) / 2) * 4.5)
            draw_line(painter, stripe, route_line(theme, share=0.3, style=style))
    elif len(styles) == 1:
        size = min(layer.style.size or 11.0, 16.0)
        symbol = symbol_of(layer.role, theme=theme, style=layer.style, size=size)
        draw_symbol(painter, box.center(), symbol)
    else:
        for style, (dx, dy) in zip(styles, _SCATTER, strict=False):
            symbol = symbol_of(layer.role, theme=theme, style=style, size=6.5)
            draw_symbol(painter, box.center() + QPointF(dx, dy), symbol)


def _samples(layer: Layer, theme: ThemeName) -> tuple[Style, ...]:
    """Return the styles of up to five classes, from first to last, or the layer's own."""
    some = classed(layer, np.arange(min(len(layer.features), _SAMPLED)), theme).classes
    if len(some) == 1:
        return (layer.style,)
    known = some if layer.style.ramp else some[:-1]  # the last are the others, or have no value
    picked = np.unique(np.linspace(0, len(known) - 1, _STRIPES).round().astype(int))
    return tuple(known[i].style for i in picked.tolist())


def serious(layer: Layer) -> int:
    """Return how many problems of a layer are more than a remark."""
    return sum(problem.severity is not Severity.INFO for problem in layer.problems)


class _Delegate(QStyledItemDelegate):
    """Paints a line and knows where its parts are."""

    def __init__(self, view: LayerList) -> None:
        super().__init__(view)
        self._view = view

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        """Return the height of a line; the width is the panel's."""
        return QSize(1, _HEIGHT)

    def tick(self, rect: QRect) -> QRect:
        """Return where the tick is."""
        return QRect(rect.left() + 6, rect.center().y() - 7, 16, 16)

    def name(self, rect: QRect) -> QRect:
        """Return where the name starts."""
        return rect.adjusted(58, 0, -4, 0)

    def badge(self, rect: QRect) -> QRect:
        """Return where the mark of problems is."""
        return QRect(rect.right() - 24, rect.center().y() - 9, 20, 20)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint a line."""
        entry = self._view.entry(index.data(_ID))
        if entry is None:
            return
        layer, colors = entry.layer, colors_of(self._view)
        rect = option.rect
        state = option.state
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        back = QColor(colors.text)
        if state & QStyle.StateFlag.State_Selected:
            back = QColor(colors.accent)
            back.setAlphaF(0.18)
        else:
            back.setAlphaF(0.06 if state & QStyle.StateFlag.State_MouseOver else 0.0)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(back)
        painter.drawRoundedRect(QRectF(rect).adjusted(2, 1, -2, -1), 4, 4)
        if state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QPen(QColor(colors.accent), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(rect).adjusted(2.5, 1.5, -2.5, -1.5), 4, 4)
        self._paint_tick(painter, QRectF(self.tick(rect)), on=entry.visible)
        drawn = len(layer.features) > 0
        painter.setOpacity(entry.opacity if entry.visible and drawn else 0.35)
        sample = QRectF(rect.left() + 28, rect.top() + 6, 24, rect.height() - 12)
        draw_sample(painter, sample, layer, theme_of(self._view))
        painter.setOpacity(1.0)
        self._paint_text(painter, option, rect, entry)
        painter.restore()

    def _paint_text(
        self, painter: QPainter, option: QStyleOptionViewItem, rect: QRect, entry: LayerEntry
    ) -> None:
        layer, colors = entry.layer, colors_of(self._view)
        right = rect.right() - GRID
        mark = "mdi6.refresh" if entry.id in self._view.stale else "mdi6.alert"
        if serious(layer) or entry.id in self._view.stale:
            badge = self.badge(rect)
            qtawesome.icon(mark, color=colors.leader).paint(painter, badge)
            right = badge.left() - 4
        font = tabular(option.font)
        painter.setFont(font)
        metrics = painter.fontMetrics()
        count = number(len(layer.features), 12)
        width = metrics.horizontalAdvance(count)
        painter.setPen(QColor(colors.muted))
        where = QRect(right - width, rect.top(), width, rect.height())
        painter.drawText(where, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, count)
        if entry.where:  # some of its rows are left out
            width += _FUNNEL
            place = QRect(right - width, rect.center().y() - 7, 14, 14)
            qtawesome.icon("mdi6.filter", color=colors.accent).paint(painter, place)
        painter.setPen(QColor(colors.text if entry.visible else colors.muted))
        name = QRect(rect.left() + 58, rect.top(), right - width - 8 - rect.left() - 58, _HEIGHT)
        text = metrics.elidedText(layer.name, Qt.TextElideMode.ElideRight, name.width())
        painter.drawText(name, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)

    def _paint_tick(self, painter: QPainter, box: QRectF, *, on: bool) -> None:
        colors = colors_of(self._view)
        inner = box.adjusted(0.5, 0.5, -0.5, -0.5)
        strong = (
            colors.accent if theme_of(self._view) is ThemeName.DARK else colors.alliance_outline
        )
        painter.setPen(QPen(QColor(strong if on else colors.muted), 1.2))
        painter.setBrush(QColor(strong) if on else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(inner, 3, 3)
        if on:
            painter.setPen(QPen(QColor(colors.paper), 1.8))
            left, top = box.left(), box.top()
            painter.drawPolyline(
                [
                    QPointF(left + 3.8, top + 8.2),
                    QPointF(left + 6.9, top + 11.2),
                    QPointF(left + 12.2, top + 4.9),
                ]
            )

    def updateEditorGeometry(
        self, editor: QWidget, option: QStyleOptionViewItem, _index: Index
    ) -> None:
        """Put the editor of the name over the name."""
        editor.setGeometry(self.name(option.rect).adjusted(-8, 2, 0, -2))

    def editorEvent(
        self,
        event: QEvent,
        model: QAbstractItemModel,
        option: QStyleOptionViewItem,
        index: Index,
    ) -> bool:
        """Tick on a click on the tick; show the problems on a click on the badge."""
        if isinstance(event, QMouseEvent) and event.button() == Qt.MouseButton.LeftButton:
            spot = event.position().toPoint()
            rect = option.rect
            entry = self._view.entry(index.data(_ID))
            on_tick = self.tick(rect).adjusted(-6, -8, 4, 8).contains(spot)
            stale = index.data(_ID) in self._view.stale
            marked = entry is not None and (stale or bool(serious(entry.layer)))
            on_badge = marked and self.badge(rect).contains(spot)
            if on_tick or on_badge:
                if event.type() == QEvent.Type.MouseButtonRelease:
                    badge = self._view.renewed if stale else self._view.badged
                    (self._view.ticked if on_tick else badge).emit(index.data(_ID))
                return True
        return super().editorEvent(event, model, option, index)

    def helpEvent(
        self,
        event: QHelpEvent,
        view: QAbstractItemView,
        option: QStyleOptionViewItem,
        index: Index,
    ) -> bool:
        """Say what a layer is, where it comes from and what is wrong with it."""
        entry = self._view.entry(index.data(_ID))
        if event.type() == QEvent.Type.ToolTip and entry is not None:
            stale = self._view.stale.get(entry.id, "")
            words = f"\nOut of date: {stale} Click the mark to make it anew." if stale else ""
            if entry.where:
                words = f"\nOnly rows where {entry.where}{words}"
            QToolTip.showText(event.globalPos(), told(entry.layer) + words, view)
            return True
        return super().helpEvent(event, view, option, index)


def told(layer: Layer) -> str:
    """Return what a tooltip says of a layer."""
    lines = [
        f"{layer.name}: {number(len(layer.features), 12)} features, {layer.role.label.lower()}"
    ]
    source = " · ".join(t for t in (layer.source.title, layer.source.date) if t)
    lines += [text for text in (source, layer.source.licence) if text]
    lines += [problem.message for problem in layer.problems if problem.severity != Severity.INFO]
    return "\n".join(lines)


class LayerList(QListWidget):
    """Layers top to bottom, as they are drawn.

    `ticked`, `badged` and `renewed` (a result that is out of date) carry a layer's id, `renamed`
    an id and a name, `moved` an id and the place counted without it, `removed` an id.
    """

    ticked = Signal(str)
    badged = Signal(str)
    renewed = Signal(str)
    renamed = Signal(str, str)
    moved = Signal(str, int)
    removed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._entries: dict[str, LayerEntry] = {}
        #: Kept results that are out of date, by id, with the reasons.
        self.stale: Mapping[str, str] = {}
        self._filling = False
        self.setAccessibleName("Layers")
        self.setMouseTracking(True)
        self.setItemDelegate(_Delegate(self))
        self.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.setDefaultDropAction(Qt.DropAction.MoveAction)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        triggers = QAbstractItemView.EditTrigger
        self.setEditTriggers(triggers.EditKeyPressed | triggers.DoubleClicked)
        self.itemChanged.connect(self._edited)

    def entry(self, layer_id: str) -> LayerEntry | None:
        """Return the entry of a layer that is listed."""
        return self._entries.get(layer_id)

    @property
    def current_id(self) -> str | None:
        """The id of the current layer."""
        item = self.currentItem()
        return None if item is None else str(item.data(_ID))

    def fill(self, entries: tuple[LayerEntry, ...]) -> None:
        """Show entries; the current one stays."""
        self._filling = True
        current = self.current_id
        known = [self.item(row).data(_ID) for row in range(self.count())]
        self._entries = {entry.id: entry for entry in entries}
        if known != list(self._entries):
            self.clear()
            for entry in entries:
                item = QListWidgetItem(self)
                item.setData(_ID, entry.id)
                item.setFlags(
                    (item.flags() | Qt.ItemFlag.ItemIsEditable) & ~Qt.ItemFlag.ItemIsDropEnabled
                )
        for row, entry in enumerate(entries):
            item = self.item(row)
            item.setText(entry.layer.name)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, _spoken(entry))
            if entry.id == current:
                self.setCurrentRow(row)
        if self.currentRow() < 0 and entries:
            self.setCurrentRow(0)
        self._filling = False
        self.viewport().update()

    def mark_stale(self, stale: Mapping[str, str]) -> None:
        """Mark kept results that are out of date, by id, with the reasons in sentences."""
        if stale == self.stale:
            return
        self.stale = stale
        for row in range(self.count()):
            entry = self._entries[self.item(row).data(_ID)]
            words = _spoken(entry) + (", out of date" if entry.id in stale else "")
            self.item(row).setData(Qt.ItemDataRole.AccessibleTextRole, words)
        self.viewport().update()

    def select(self, layer_id: str) -> None:
        """Make a layer the current one."""
        for row in range(self.count()):
            if self.item(row).data(_ID) == layer_id:
                self.setCurrentRow(row)

    def dropEvent(self, event: QDropEvent) -> None:
        """Move a line, and tell where it went."""
        moved = self.current_id
        super().dropEvent(event)
        for row in range(self.count()):
            if moved is not None and self.item(row).data(_ID) == moved:
                self.moved.emit(moved, row)
                return

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Tick with space, remove with Delete, move with Alt and the arrows."""
        current, row = self.current_id, self.currentRow()
        alt = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
        if current is None:
            super().keyPressEvent(event)
        elif event.key() == Qt.Key.Key_Space:
            self.ticked.emit(current)
        elif event.key() == Qt.Key.Key_Delete:
            self.removed.emit(current)
        elif alt and event.key() == Qt.Key.Key_Up and row > 0:
            self.moved.emit(current, row - 1)
        elif alt and event.key() == Qt.Key.Key_Down and row < self.count() - 1:
            self.moved.emit(current, row + 1)
        else:
            super().keyPressEvent(event)

    def _edited(self, item: QListWidgetItem) -> None:
        entry = self._entries.get(item.data(_ID))
        if not self._filling and entry is not None and item.text() != entry.layer.name:
            self.renamed.emit(entry.id, item.text())


def _spoken(entry: LayerEntry) -> str:
    shown = "shown" if entry.visible else "hidden"
    faults = serious(entry.layer)
    return f"{entry.layer.name}, {shown}" + (f", {faults} problems" if faults else "")
