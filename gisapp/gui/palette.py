"""One line for everything: commands, words of the question, places; opened with Ctrl+K."""

from __future__ import annotations

from itertools import islice
from typing import Any, Final

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QWidget

from gisapp.gui.actions import Actions
from gisapp.gui.popup import Choice, Chooser
from gisapp.model.vocabulary import MINERALS, Basis, Stage
from gisapp.workspace.goto import named_rows
from gisapp.workspace.session import Session

_MOST_NAMES: Final = 20
#: Layers beyond this many features are not searched while one types.
_MOST_ROWS: Final = 50_000
_WIDTH: Final = 480


def places(session: Session, text: str) -> list[Choice]:
    """Return what a text may mean as a place: itself, and the sites whose names hold it."""
    word = text.strip().casefold()
    if not word:
        return []
    found: list[Choice] = []
    for entry in session.state.layers:
        if len(entry.layer.features) > _MOST_ROWS:
            continue
        kind = entry.layer.role.label.lower()
        named = (name for _row, name in named_rows(entry) if word in name.casefold())
        found += [Choice(f"{name}, {kind}", ("goto", name)) for name in islice(named, _MOST_NAMES)]
    found.sort(key=lambda choice: not choice.title.casefold().startswith(word))
    itself = Choice(f"Go to “{text.strip()}”", ("goto", text.strip()))
    return [itself, *found[:_MOST_NAMES]]


class Palette:
    """Opens the line over the top of the window."""

    def __init__(self, session: Session, actions: Actions, window: QWidget) -> None:
        self._session, self._actions, self._window = session, actions, window
        self.everything = Chooser(
            window,
            "Type a command, a mineral, an alliance or a place",
            searched=lambda text: places(session, text),
            width=_WIDTH,
        )
        self.places = Chooser(
            window,
            "Coordinate (latitude first), facility or country",
            searched=lambda text: places(session, text),
            width=_WIDTH,
        )
        for chooser in (self.everything, self.places):
            chooser.chosen.connect(self._take)

    def open(self) -> None:
        """Offer everything."""
        self.everything.open_at(self._spot(), [*self._commands(), *self._words()])

    def open_places(self) -> None:
        """Offer places alone."""
        self.places.open_at(self._spot(), [])

    def _spot(self) -> QPoint:
        return self._window.mapToGlobal(QPoint((self._window.width() - _WIDTH) // 2, 72))

    def _commands(self) -> list[Choice]:
        return [
            Choice(
                f"{action.text()}",
                ("action", action.objectName()),
                f"{menu} {action.toolTip()}",
                action.icon(),
            )
            for menu, action in self._actions.all()
            if action.isEnabled()
        ]

    def _words(self) -> list[Choice]:
        alliances = self._session.facts.alliances.alliances.values()
        asked: list[tuple[str, str, dict[str, Any]]] = [
            *((f"Mineral: {t}", "mineral", {"mineral": code}) for code, t in MINERALS.items()),
            *((f"Stage: {stage.value}", "stage", {"stage": stage}) for stage in Stage),
            *((f"Alliance: {a.name}", "alliance", {"alliance": a.id}) for a in alliances),
            *((basis.label, "by", {"by": basis}) for basis in Basis),
        ]
        return [Choice(title, ("ask", f"question.{name}", how)) for title, name, how in asked]

    def _take(self, value: tuple[Any, ...]) -> None:
        match value:
            case ("action", name):
                self._actions[name].trigger()
            case ("ask", command, how):
                self._session.run(command, **how)
            case ("goto", text):
                self._session.run("view.goto", text=text)
        self._window.setFocus(Qt.FocusReason.OtherFocusReason)
