"""Controls of the page's parts: which elements stand on it, how many names, which small maps."""

from __future__ import annotations

import re
from functools import partial
from typing import Final

from PySide6.QtCore import QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QGridLayout,
    QHBoxLayout,
    QMenu,
    QPushButton,
    QSizePolicy,
    QSlider,
    QVBoxLayout,
    QWidget,
)

from gisapp.gui.looks import GRID, IconButton, Kind, Text, clear, tick_sheet
from gisapp.gui.page_texts import LABELS
from gisapp.render.picture import Elements, FrameSpec, Show
from gisapp.render.scene import Scene, Words

Bounds = tuple[float, float, float, float]

#: Field of `Elements`, its word, and the group or object of the page that it is.
_ELEMENTS: Final = (
    ("legend", "Legend", "Legend"),
    ("chart", "Chart", "Chart"),
    ("table", "Table", "Table"),
    ("labels", "Names of places", ""),
    ("lengths", "Kilometres and tonnes", ""),
    ("bundles", "Bundled flows", "Flows"),
    ("scale_bar", "Scale bar", "Scale bar"),
    ("north_arrow", "North arrow", "North arrow"),
    ("graticule", "Latitude and longitude", "Graticule"),
    ("locator", "Place on the globe", "Locator"),
    ("logo", "Logo", "Logo"),
)
#: Why an element that the user wants is not there.
_NONE: Final = {
    "legend": "Nothing on this map needs a legend.",
    "chart": "This result has no chart.",
    "table": "This result has no table.",
    "labels": "Nothing on this map has a name to show.",
    "lengths": "No line on this map has a length or tonnes.",
    "bundles": "No flows on this map.",
    "scale_bar": "This map has no scale that holds.",
    "north_arrow": "North is not one way on this map.",
    "graticule": "No such line crosses this map.",
    "locator": "The map shows the whole world.",
    "logo": "The house style has no logo: see Colours.",
}
_AMOUNT: Final = re.compile(r"\d\s(km|t)$")
#: Names at most, by the steps of the slider; the first leaves it to the map's size.
_COUNTS: Final = (None, 0, 5, 8, 12, 16, 24, 32, 48, 64, 96, 128, 200, 300, 400, 500)
_REST_MS: Final = 200
#: Parts of the world that a page may show: west, south, east, north, degrees.
REGIONS: Final[dict[str, Bounds]] = {
    "Africa": (-20.0, -36.0, 53.0, 38.0),
    "Central Asia": (46.0, 34.0, 90.0, 56.0),
    "East Asia": (95.0, 17.0, 147.0, 54.0),
    "Europe": (-12.0, 34.0, 42.0, 71.0),
    "Middle East": (25.0, 11.0, 64.0, 43.0),
    "North America": (-170.0, 14.0, -50.0, 73.0),
    "Oceania": (110.0, -48.0, 180.0, 1.0),
    "South America": (-83.0, -56.0, -33.0, 14.0),
    "South Asia": (59.0, 4.0, 98.0, 38.0),
    "South-East Asia": (91.0, -12.0, 142.0, 29.0),
}


class ElementsList(QWidget):
    """A tick for every element: set where it stands on the page, by itself or because it must.

    `chosen` carries an element's name and whether it is shown; auto gives it back to the page.
    """

    chosen = Signal(str, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.ticks: dict[str, QCheckBox] = {}
        self.autos: dict[str, QPushButton] = {}
        self.nones: dict[str, Text] = {}
        self._elements = Elements()
        self._drawn: Elements | None = None
        self._there: frozenset[str] = frozenset()
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(GRID // 4)
        grid.setColumnStretch(0, 1)
        for row, (name, word, _) in enumerate(_ELEMENTS):
            tick = QCheckBox(word)
            tick.setStyleSheet(tick_sheet(self))
            tick.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
            tick.clicked.connect(lambda on, name=name: self._choose(name, on))
            auto = QPushButton("Auto")
            auto.setObjectName("quiet")
            auto.setToolTip(f"{word}: let the page decide again")
            auto.setAccessibleName(auto.toolTip())
            auto.clicked.connect(lambda _on, name=name: self.chosen.emit(name, Show.AUTO))
            grid.setRowMinimumHeight(2 * row, auto.sizeHint().height())
            none = Text(Kind.NOTE, _NONE[name])
            none.setContentsMargins(3 * GRID, 0, 0, GRID // 2)
            grid.addWidget(tick, 2 * row, 0)
            grid.addWidget(auto, 2 * row, 1)
            grid.addWidget(none, 2 * row + 1, 0, 1, 2)
            self.ticks[name], self.autos[name], self.nones[name] = tick, auto, none

    def show_elements(self, elements: Elements) -> None:
        """Show what the frame says of each element."""
        self._elements = elements
        self._paint()

    def show_scene(self, scene: Scene) -> None:
        """Tick what the page decided by itself."""
        self._there, self._drawn = standing(scene), scene.spec.elements
        self._paint()

    def _paint(self) -> None:
        for name, word, _ in _ELEMENTS:
            said = getattr(self._elements, name)
            on = name in self._there if said is Show.AUTO else said is Show.YES
            tick = self.ticks[name]
            tick.setChecked(on)
            by = "as it decides itself" if said is Show.AUTO else "as you chose"
            tick.setToolTip(f"{word}: {'on' if on else 'not on'} the page, {by}")
            tick.setAccessibleDescription(tick.toolTip())
            self.autos[name].setVisible(said is not Show.AUTO)
            drawn = self._drawn is not None and getattr(self._drawn, name) is Show.YES
            self.nones[name].setVisible(said is Show.YES and drawn and name not in self._there)

    def _choose(self, name: str, on: bool) -> None:
        self.chosen.emit(name, Show.YES if on else Show.NO)


def standing(scene: Scene) -> frozenset[str]:
    """Return the fields of `Elements` that stand on a page."""
    names = {*scene.groups, *(item.name for item in scene.items)}
    found = {field for field, _, mark in _ELEMENTS if mark in names}
    for item in scene.items:
        if isinstance(item, Words) and item.group == LABELS:
            found.add("lengths" if _AMOUNT.search(item.text) else "labels")
    return frozenset(found)


class LabelsBox(QWidget):
    """How many names there are at most, and those that were moved by hand.

    `limited` carries a number, or None where the map's size decides; `put_back` a label's text,
    "" for all of them.
    """

    limited = Signal(object)
    put_back = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(0, len(_COUNTS) - 1)
        self.slider.setPageStep(2)
        self.slider.setAccessibleName("Names of places at most")
        self.slider.setToolTip("How many names the map takes at most")
        self._said = Text(Kind.NOTE)
        self._moved = QVBoxLayout()
        self._moved.setSpacing(0)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID // 2)
        column.addWidget(self._said)
        column.addWidget(self.slider)
        column.addLayout(self._moved)
        self._rest = QTimer(self, interval=_REST_MS, singleShot=True)
        self._rest.timeout.connect(lambda: self.limited.emit(_COUNTS[self.slider.value()]))
        self.slider.valueChanged.connect(self._slide)

    def show_frame(self, frame: FrameSpec) -> None:
        """Show what a frame says of labels."""
        known = [most for most in _COUNTS if most is not None]
        most = frame.max_labels
        near = 0 if most is None else 1 + min(
            range(len(known)), key=lambda i: abs(known[i] - most)
        )  # fmt: skip
        with QSignalBlocker(self.slider):
            self.slider.setValue(near)
        self._say(most)
        clear(self._moved)
        for nudge in frame.nudges:
            self._moved.addWidget(
                _removable(f"Moved: {nudge.text}", f"Put {nudge.text} back", "mdi6.undo-variant",
                           partial(self.put_back.emit, nudge.text))
            )  # fmt: skip
        if len(frame.nudges) > 1:
            button = QPushButton("Put all labels back")
            button.setObjectName("quiet")
            button.setToolTip("Let the page place every label again")
            button.clicked.connect(partial(self.put_back.emit, ""))
            self._moved.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)

    def _slide(self, step: int) -> None:
        self._say(_COUNTS[step])
        self._rest.start()

    def _say(self, most: int | None) -> None:
        if most is None:
            self._said.setText("Names: as many as read well")
        else:
            self._said.setText(f"Names: at most {most}" if most else "Names: none")


class Small(QWidget):
    """The small maps on the page; `removing` carries the number of one.

    `adding` carries what another one is to show, None for what the map shows now.
    """

    adding = Signal(object)
    removing = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows = QVBoxLayout()
        self._rows.setSpacing(0)
        self.add = QPushButton("Add a small map")
        self.add.setToolTip("A further small map of the same layers")
        menu = QMenu(self.add)
        menu.addAction("What the map shows now", partial(self.adding.emit, None))
        menu.addSeparator()
        for region, bounds in REGIONS.items():
            menu.addAction(region, partial(self.adding.emit, bounds))
        self.add.setMenu(menu)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID // 2)
        column.addLayout(self._rows)
        column.addWidget(self.add, 0, Qt.AlignmentFlag.AlignLeft)

    def show_insets(self, insets: tuple[Bounds, ...]) -> None:
        """Show the small maps of a frame."""
        clear(self._rows)
        for number, bounds in enumerate(insets):
            text = region_of(bounds)
            self._rows.addWidget(
                _removable(text, f"Remove the small map: {text}", "mdi6.close",
                           partial(self.removing.emit, number))
            )  # fmt: skip


def region_of(bounds: Bounds) -> str:
    """Return the name of the part of the world that a box shows, else its degrees."""
    west, south, east, north = bounds
    known = (name for name, box in REGIONS.items() if box == bounds)
    return next(known, f"{_lon(west)} to {_lon(east)}, {_lat(south)} to {_lat(north)}")


def _removable(text: str, tip: str, icon: str, remove: object) -> QWidget:
    holder = QWidget()
    row = QHBoxLayout(holder)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(GRID // 2)
    row.addWidget(Text(Kind.NOTE, text), 1)
    button = IconButton(icon, tip)
    button.clicked.connect(remove)
    row.addWidget(button)
    return holder


def _lon(value: float) -> str:
    value = (value + 180.0) % 360.0 - 180.0
    return f"{abs(value):.0f}\u00b0\u00a0{'E' if value >= 0 else 'W'}"


def _lat(value: float) -> str:
    return f"{abs(value):.0f}\u00b0\u00a0{'N' if value >= 0 else 'S'}"
