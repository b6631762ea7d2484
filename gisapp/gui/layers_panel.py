"""Layers: the list, and below it the tools of the current one; its look unfolds on demand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import QColor, QGuiApplication, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import (
    QColorDialog,
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QMenu,
    QSizePolicy,
    QSlider,
    QSpinBox,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from gisapp.gui.layer_list import LayerList, serious
from gisapp.gui.looks import GRID, IconButton, Kind, Text, theme_of
from gisapp.gui.panel import Panel
from gisapp.gui.problems_popup import ProblemsPopup
from gisapp.gui.style_panel import StylePanel
from gisapp.model.layer import Layer
from gisapp.model.vocabulary import Role
from gisapp.render.shapes import ICONS, SHAPES
from gisapp.render.symbology import palette, symbol_of
from gisapp.workspace.kept import stale_layers
from gisapp.workspace.session import Session
from gisapp.workspace.state import LayerEntry, ProjectState

_COLOURS: Final = (
    "#D55E00", "#E69F00", "#F0E442", "#009E73", "#56B4E9", "#0072B2", "#8A4FA3", "#CC79A7",
    "#5B6B77",
)  # fmt: skip


class LayersPanel(Panel):
    """`mapping_asked` carries the id of a layer whose role and columns are to be set.

    `look_asked` carries the id of one whose reading is to be looked at.
    """

    mapping_asked = Signal(str)
    look_asked = Signal(str)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._shown: tuple[LayerEntry, ...] | None = None
        self._filling = False
        self.list = LayerList(self)
        self.details = QWidget(self)
        self._build()
        run = session.run
        self.list.ticked.connect(lambda layer_id: run("layer.show", layer_id=layer_id))
        self.list.badged.connect(self.show_problems)
        self.list.renewed.connect(lambda i: run("result.rerun", layer_id=i))
        self.list.renamed.connect(lambda i, name: run("layer.rename", layer_id=i, name=name))
        self.list.moved.connect(lambda i, row: run("layer.move", layer_id=i, index=row))
        self.list.removed.connect(lambda i: run("layer.remove", layer_id=i))
        self.list.currentRowChanged.connect(lambda _row: self._show_details())
        self.listen(session.changed, self._show)
        self._show(session.state)

    @property
    def current(self) -> str | None:
        """The id of the current layer."""
        return self.list.current_id

    def rename(self) -> None:
        """Edit the name of the current layer in place."""
        item = self.list.currentItem()
        if item is not None:
            self.list.editItem(item)

    def show_problems(self, layer_id: str | None = None) -> None:
        """Show what is wrong with a layer and its record, or what is wrong with all layers."""
        chosen = [e.layer for e in self._shown or () if layer_id is None or e.id == layer_id]
        chosen.sort(key=lambda layer: not serious(layer))
        from_file = len(chosen) == 1 and chosen[0].source.path and chosen[0].derivation is None
        look = (lambda: self.look_asked.emit(chosen[0].id)) if from_file else None
        popup = ProblemsPopup(chosen, self, look)
        popup.move(self.mapToGlobal(QPoint(self.width() + 4, 0)))
        popup.show()

    def _build(self) -> None:
        self.role = QComboBox()
        for role in Role:
            self.role.addItem(role.label, role)
        self.role.setAccessibleName("Role of the layer")
        self.role.setToolTip("What the layer is to the analyses")
        self.role.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.role.activated.connect(
            lambda _row: self._run("layer.role", role=self.role.currentData())
        )
        self.opacity = QSlider(Qt.Orientation.Horizontal)
        self.opacity.setRange(0, 100)
        self.opacity.setAccessibleName("Opacity")
        self.opacity.setToolTip("Opacity")
        self.opacity.valueChanged.connect(self._set_opacity)
        self.colour = QToolButton()
        self.colour.setToolTip("Colour")
        self.colour.setAccessibleName("Colour")
        self.colour.setIconSize(QSize(28, 16))
        self.colour.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.colour.setMenu(self._colours())
        self.shape = QComboBox()
        self.shape.addItem("By role", None)
        for shape in (*SHAPES, *ICONS):
            self.shape.addItem(shape.capitalize(), shape)
        self.shape.setAccessibleName("Shape")
        self.shape.setToolTip("Shape of the symbol")
        self.shape.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.shape.activated.connect(
            lambda _row: self._run("layer.style", shape=self.shape.currentData())
        )
        self.extent = QSpinBox()
        self.extent.setRange(2, 40)
        self.extent.setSuffix("\u00a0pt")
        self.extent.setAccessibleName("Size")
        self.extent.setToolTip("Size of symbols, or width of lines")
        self.extent.setKeyboardTracking(False)
        self.extent.valueChanged.connect(self._set_size)
        self.buttons = QHBoxLayout()
        self.buttons.setSpacing(0)
        head = QHBoxLayout()
        head.addLayout(self.buttons)
        head.addStretch(1)
        for icon, tip, call in self._tools():
            button = IconButton(icon, tip, self.details)
            button.setIconSize(QSize(18, 18))
            button.clicked.connect(call)
            self.buttons.addWidget(button)
        self.more = IconButton("mdi6.tune-variant", "Role and look of the layer", self.details)
        self.more.setIconSize(QSize(18, 18))
        self.more.setCheckable(True)
        self.buttons.insertWidget(0, self.more)
        self.looks = QWidget(self.details)
        self.looks.hide()
        self.more.toggled.connect(self.looks.setVisible)
        look = QHBoxLayout()
        look.setSpacing(GRID // 2)
        look.addWidget(self.colour)
        look.addWidget(self.extent)
        look.addStretch(1)
        grid = QGridLayout(self.looks)
        grid.setContentsMargins(0, GRID // 2, 0, GRID // 2)
        grid.setHorizontalSpacing(GRID)
        grid.setVerticalSpacing(GRID // 2)
        grid.setColumnStretch(1, 1)
        for row, title in enumerate(("Role", "Shape", "Colour", "Opacity")):
            label = QLabel(title)
            label.setObjectName("muted")
            grid.addWidget(label, row, 0)
        grid.addWidget(self.role, 0, 1)
        grid.addWidget(self.shape, 1, 1)
        grid.addLayout(look, 2, 1)
        grid.addWidget(self.opacity, 3, 1)
        rows = QVBoxLayout(self.details)
        rows.setContentsMargins(2 * GRID, GRID // 2, GRID, GRID // 2)
        rows.setSpacing(0)
        rows.addLayout(head)
        rows.addWidget(self.looks)
        self.empty = Text(Kind.NOTE, "No layers. Open a file, or add a shipped layer.")
        self.empty.setContentsMargins(2 * GRID, GRID, GRID, GRID)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, GRID // 2, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.empty)
        column.addWidget(self.list, 1)
        column.addWidget(self.details)

    def _tools(self) -> tuple[tuple[str, str, Callable[[], None]], ...]:
        return (
            ("mdi6.magnify-plus-outline", "Zoom to the layer", lambda: self._run("view.fit")),
            ("mdi6.palette-outline", "Style of the layer…", self.show_style),
            ("mdi6.table-column", "Role and columns of the layer…", self._ask_mapping),
            ("mdi6.rename-outline", "Rename the layer", self.rename),
            ("mdi6.delete-outline", "Remove the layer", lambda: self._run("layer.remove")),
        )

    def _colours(self) -> QMenu:
        menu = QMenu(self)
        menu.addAction("Colour by role", lambda: self._set_colour(None))
        menu.addSeparator()
        for colour in _COLOURS:
            menu.addAction(
                QIcon(_patch(colour)),
                colour,
                lambda c=colour: self._set_colour(c),
            )
        menu.addSeparator()
        menu.addAction("Other colour…", self._other_colour)
        return menu

    def _other_colour(self) -> None:
        dialog = QColorDialog(self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setOption(QColorDialog.ColorDialogOption.DontUseNativeDialog)
        dialog.colorSelected.connect(lambda colour: self._set_colour(colour.name().upper()))
        dialog.open()

    def _set_colour(self, colour: str | None) -> None:
        """Give all features one colour: it takes the place of colours by value."""
        self._run("layer.style", color=colour, categories=None, graduated=None, ramp=None)

    def _run(self, command: str, **params: object) -> None:
        if self.current is not None and not self._filling:
            self.session.run(command, layer_id=self.current, **params)

    def show_style(self) -> None:
        """Open the style of the current layer, or bring it to the front."""
        if self.current is None:
            return
        for panel in self.window().findChildren(StylePanel):
            if panel.layer_id == self.current and panel.isVisible():
                panel.raise_()
                panel.activateWindow()
                return
        StylePanel(self.session, self.current, self.window()).show()

    def paste_style(self) -> None:
        """Give the current layer the style of the clipboard."""
        self._run("style.paste", text=QGuiApplication.clipboard().text())

    def _ask_mapping(self) -> None:
        if self.current is not None:
            self.mapping_asked.emit(self.current)

    def _set_opacity(self, percent: int) -> None:
        if not self._filling:
            self._run("layer.opacity", opacity=percent / 100)

    def _set_size(self, size: int) -> None:
        entry = self.list.entry(self.current or "")
        if not self._filling and entry is not None:
            line = "Line" in entry.layer.features.geometry_type
            self._run("layer.style", **{"width" if line else "size": float(size)})

    def _show(self, state: ProjectState) -> None:
        self._show_layers(state)
        if any(entry.layer.derivation is not None for entry in state.layers):
            rows = sum(len(e.layer.features) for e in state.layers if e.layer.role.is_facility)
            self.work_if_long(
                rows,
                "layers.stale",
                "Looking for results out of date",
                lambda _feedback: stale_layers(state),
                self.list.mark_stale,
            )

    def _show_layers(self, state: ProjectState) -> None:
        if self._shown == state.layers:
            return
        before = {entry.id for entry in self._shown or ()}
        fresh = [entry.id for entry in state.layers if entry.id not in before]
        first = self._shown is None
        self._shown = state.layers
        self.list.fill(state.layers)
        if fresh and not first:
            self.list.select(fresh[0])
        self._show_details()

    def _show_details(self) -> None:
        entry = self.list.entry(self.current or "")
        self.details.setVisible(entry is not None)
        self.empty.setVisible(entry is None)
        self.list.setVisible(entry is not None)
        if entry is None:
            return
        layer = entry.layer
        self._filling = True
        self.details.setAccessibleName(f"Tools of {layer.name}")
        self.role.setCurrentIndex(self.role.findData(layer.role))
        self.opacity.setValue(round(entry.opacity * 100))
        theme = theme_of(self)
        self.colour.setIcon(QIcon(_patch(layer.style.color or palette(theme).of_role(layer.role))))
        self.shape.setCurrentIndex(max(self.shape.findData(layer.style.shape), 0))
        self.extent.setValue(round(_size(layer)))
        points = "Point" in layer.features.geometry_type
        self.shape.setEnabled(points)
        self._filling = False


def _size(layer: Layer) -> float:
    if "Line" in layer.features.geometry_type:
        return layer.style.width or 2.0
    return layer.style.size or symbol_of(layer.role).size


def _patch(colour: str) -> QPixmap:
    pixmap = QPixmap(56, 32)
    pixmap.setDevicePixelRatio(2.0)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(colour))
    painter.drawRoundedRect(0, 0, 28, 16, 4, 4)
    painter.end()
    return pixmap
