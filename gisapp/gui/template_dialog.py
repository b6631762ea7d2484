"""A presentation as template: which of its layouts slides take, and what goes into its places."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QComboBox, QDialog, QFormLayout, QLabel, QWidget

from gisapp.gui.dialogs import column_of, put_buttons
from gisapp.gui.looks import GRID, Kind, ScrollColumn, Text, colors_of
from gisapp.gui.style_controls import combo
from gisapp.render.picture import SlideTemplate

if TYPE_CHECKING:  # the slides load with the first template
    from gisapp.render.slide_template import TemplateLayout

_WORDS: Final = {
    "": "Nothing",
    "title": "Title",
    "subtitle": "Subtitle",
    "caption": "Caption",
    "sources": "Sources",
    "date": "Date",
    "number": "Page number",
    "chart": "Chart",
    "table": "Table",
    "map": "Map",
    "logo": "Logo",
}
#: The entry of `SlideTemplate.places` that names a layout, see `slide_template.LAYOUT`.
_LAYOUT: Final = "layout"


class LayoutView(QWidget):
    """A layout of a template in small: its places with what goes into them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("The slide with its places")
        self.setMinimumHeight(24 * GRID)
        self._layout: TemplateLayout | None = None
        self._purposes: Sequence[str] = ()

    def sizeHint(self) -> QSize:
        """Return the size of a small slide."""
        return QSize(48 * GRID, 27 * GRID)

    def show_layout(self, layout: TemplateLayout, purposes: Sequence[str]) -> None:
        """Show a layout with what goes into each of its places."""
        self._layout, self._purposes = layout, purposes
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the slide and its places."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colors = colors_of(self)
        layout = self._layout
        if layout is None:
            return
        wide, high = layout.slide.w, layout.slide.h
        scale = min((self.width() - 2) / wide, (self.height() - 2) / high)
        left, top = (self.width() - wide * scale) / 2, (self.height() - high * scale) / 2
        painter.setPen(QPen(QColor(colors.rule), 1.0))
        painter.setBrush(QColor(colors.paper))
        painter.drawRect(QRectF(left, top, wide * scale, high * scale))
        for place, purpose in zip(layout.places, self._purposes, strict=True):
            box = place.box
            spot = QRectF(left + box.x * scale, top + box.y * scale, box.w * scale, box.h * scale)
            used = QColor(colors.accent if purpose else colors.grey)
            painter.setPen(
                QPen(used, 1.0, Qt.PenStyle.SolidLine if purpose else Qt.PenStyle.DotLine)
            )
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(spot)
            painter.setPen(QColor(colors.text if purpose else colors.muted))
            word = _WORDS[purpose] if purpose else place.name
            said = painter.fontMetrics().elidedText(
                word, Qt.TextElideMode.ElideRight, max(int(spot.width()) - 6, 0)
            )
            painter.drawText(spot.adjusted(3, 0, -3, 0), Qt.AlignmentFlag.AlignVCenter, said)


class TemplateDialog(QDialog):
    """Asks for the layout and for what goes into its places; the guess stands there at first.

    Parameters
    ----------
    layouts
        As `slide_template.template_places` finds them.
    taken
        Called with the template when the user agrees.
    """

    def __init__(
        self,
        chosen: SlideTemplate,
        layouts: Sequence[TemplateLayout],
        taken: Callable[[SlideTemplate], None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        column = column_of(self, f"Template {Path(chosen.path).name}", 520)
        self._chosen, self._taken = chosen, taken
        self._layouts = list(layouts)
        best = max(range(len(layouts)), key=lambda i: layouts[i].serves)
        self._named = any(name == _LAYOUT for name, _ in chosen.places)
        self._guess = best
        self.layout_box = combo((layout.name, i) for i, layout in enumerate(layouts))
        self.layout_box.setAccessibleName("Layout")
        self.layout_box.setToolTip("The layout of the template that slides take")
        self.layout_box.setCurrentIndex(best)
        self.layout_box.currentIndexChanged.connect(lambda _i: self._fill())
        column.addWidget(Text(Kind.BODY, "Slides take this layout, with its colours and fonts:"))
        column.addWidget(self.layout_box)
        self.drawing = LayoutView()
        column.addWidget(self.drawing)
        scroll = ScrollColumn(self)
        holder = QWidget()
        self._form = QFormLayout(holder)
        self._form.setContentsMargins(0, 0, 0, 0)
        self._form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        scroll.column.setContentsMargins(0, 0, 0, 0)
        scroll.column.addWidget(holder)
        scroll.column.addStretch(1)
        column.addWidget(scroll, 1)
        self.boxes: list[QComboBox] = []
        self.use = put_buttons(self, column, "Use this template")
        self._fill()

    def sizeHint(self) -> QSize:
        """Return a size with room for the places of a usual layout."""
        return QSize(560, 620)

    @property
    def template(self) -> SlideTemplate:
        """The template with what the user chose; what was guessed needs no naming."""
        layout = self._layouts[self.layout_box.currentIndex()]
        pairs = [
            (place.name, box.currentData())
            for place, box in zip(layout.places, self.boxes, strict=True)
            if box.currentData() != place.purpose
            or (place.name, place.purpose) in self._chosen.places
        ]
        if self._named or self.layout_box.currentIndex() != self._guess:
            pairs.append((_LAYOUT, layout.name))
        return SlideTemplate(self._chosen.path, tuple(pairs))

    def accept(self) -> None:
        """Give the template and close."""
        self._taken(self.template)
        super().accept()

    def _fill(self) -> None:
        layout = self._layouts[self.layout_box.currentIndex()]
        while self._form.rowCount():
            self._form.removeRow(0)
        self.boxes = []
        for place in layout.places:
            box = combo((word, purpose) for purpose, word in _WORDS.items())
            box.setCurrentIndex(box.findData(place.purpose))
            box.setAccessibleName(f"What goes into {place.name}")
            box.setToolTip(box.accessibleName())
            box.currentIndexChanged.connect(lambda _i: self._draw())
            label = QLabel(place.name)
            label.setObjectName("muted")
            label.setBuddy(box)
            self._form.addRow(label, box)
            self.boxes.append(box)
        self._draw()

    def _draw(self) -> None:
        layout = self._layouts[self.layout_box.currentIndex()]
        purposes = [box.currentData() for box in self.boxes]
        self.drawing.show_layout(layout, purposes)
