"""Controls that the pages of a style share: rows with a name, colours, ramps, columns."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import (
    QColorDialog,
    QComboBox,
    QDoubleSpinBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QSizePolicy,
    QToolButton,
    QWidget,
)

from gisapp.gui.looks import GRID, colors_of, draw_ramp, theme_of
from gisapp.model.layer import Layer
from gisapp.render.ramps import RAMPS, ramp_colors

_RAMP_STEPS: Final = 7


class Page(QWidget):
    """A page of named controls; `filling` holds while it shows a layer, and nothing is said."""

    def __init__(self, panel: Any) -> None:
        super().__init__()
        self.panel = panel
        self.filling = False
        self.form = QFormLayout(self)
        self.form.setContentsMargins(0, GRID * 3 // 2, 0, 0)
        self.form.setHorizontalSpacing(2 * GRID)
        self.form.setVerticalSpacing(GRID)
        self.form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
        self.form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)

    def show_layer(self, layer: Layer) -> None:
        """Show what the style of a layer says."""
        self.filling = True
        try:
            self.fill(layer)
        finally:
            self.filling = False

    def fill(self, layer: Layer) -> None:
        """Show what the style of a layer says; every page has its own way."""
        raise NotImplementedError

    def say(self, call: Callable[[], None]) -> None:
        """Call unless the page is being filled."""
        if not self.filling:
            call()

    def row(self, title: str, widget: QWidget) -> QLabel:
        """Add a control with its name, which screen readers say too."""
        widget.setAccessibleName(title)
        label = QLabel(title)
        label.setObjectName("muted")
        label.setBuddy(widget)
        label.setMinimumHeight(widget.sizeHint().height())
        self.form.addRow(label, widget)
        return label

    def show_row(self, widget: QWidget, *, shown: bool) -> None:
        """Show or hide a control with its name."""
        self.form.setRowVisible(widget, shown)


def combo(offered: Iterable[tuple[str, Any]] = ()) -> QComboBox:
    """Return a list of words with values that is as wide as there is room."""
    box = QComboBox()
    box.setMaxVisibleItems(16)
    box.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
    for text, value in offered:
        box.addItem(text, value)
    return box


def fill_combo(box: QComboBox, offered: Iterable[tuple[str, Any]], value: Any) -> None:
    """Offer words with values, one of which holds."""
    box.clear()
    for text, each in offered:
        box.addItem(text, each)
    box.setCurrentIndex(max(box.findData(value), 0))


def number_box(low: float, high: float, suffix: str = "", decimals: int = 1) -> QDoubleSpinBox:
    """Return a box for a number; it tells a change at its end, not at every key."""
    box = QDoubleSpinBox()
    box.setRange(low, high)
    box.setDecimals(decimals)
    box.setSuffix(suffix)
    box.setKeyboardTracking(False)
    box.lineEdit().setTextMargins(GRID // 2, 0, 0, 0)  # its frame leaves none
    box.setSingleStep(1.0 if high > 10 else 0.1)
    return box


def columns_of(layer: Layer, kinds: str) -> list[str]:
    """Return the columns whose values are of these kinds of numpy."""
    return [name for name, values in layer.features.columns.items() if values.dtype.kind in kinds]


def side_by_side(*widgets: QWidget) -> QWidget:
    """Return controls in one row, of which the first one takes the room."""
    holder = QWidget()
    row = QHBoxLayout(holder)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(GRID)
    for i, widget in enumerate(widgets):
        row.addWidget(widget, 0 if i else 1)
    return holder


def quiet_line(text: str, owner: QWidget) -> QLineEdit:
    """Return a text that can be edited and shows no frame until it is."""
    line = QLineEdit(text)
    line.setStyleSheet(
        "QLineEdit { border: 1px solid transparent; background: transparent; padding: 1px 4px; }"
        f"QLineEdit:hover {{ border-color: {colors_of(owner).rule}; }}"
        f"QLineEdit:focus {{ border-color: {colors_of(owner).accent}; }}"
    )
    return line


def ramp_box(owner: QWidget) -> QComboBox:
    """Return the list of ramps with their colours."""
    box = combo()
    box.setIconSize(QSize(84, 14))
    for name, title in RAMPS.items():
        colors = ramp_colors(name, _RAMP_STEPS, theme_of(owner))
        box.addItem(QIcon(strip(colors, 84, 14)), title, name)
    return box


def strip(colors: tuple[str, ...], width: int, height: int) -> QPixmap:
    """Return colours side by side."""
    pixmap = QPixmap(2 * width, 2 * height)
    pixmap.setDevicePixelRatio(2.0)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    draw_ramp(painter, QRectF(0, 0, width, height), colors)
    painter.end()
    return pixmap


class ColourButton(QToolButton):
    """A colour that opens a dialog of colours; `pick` is called with the one that was chosen."""

    def __init__(self, pick: Callable[[str], None], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pick = pick
        self._color = ""
        self.setAutoRaise(True)
        self.setIconSize(QSize(22, 14))
        self.clicked.connect(self._ask)

    def show_color(self, color: str, tip: str) -> None:
        """Show a colour, with what it is for."""
        self._color = color
        self.setIcon(QIcon(strip((color,), 22, 14)))
        self.setToolTip(tip)
        self.setAccessibleName(f"{tip}: {color}")

    def _ask(self) -> None:
        dialog = QColorDialog(QColor(self._color), self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setOption(QColorDialog.ColorDialogOption.DontUseNativeDialog)
        dialog.colorSelected.connect(lambda color: self._pick(color.name().upper()))
        dialog.open()
