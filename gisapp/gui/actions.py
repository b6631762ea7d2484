"""Menus, tool bar, shortcuts sheet and palette: all of them made from the one registry."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import qtawesome
from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QActionGroup, QIcon, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar, QWidget

from gisapp.gui.looks import colors_of
from gisapp.workspace.session import Session
from gisapp.workspace.state import ProjectState

MENUS: Final = ("File", "Edit", "Layer", "Question", "Scenario", "View", "Help")
#: What a command is called where the window chooses its parameters.
_TITLES: Final = {"view.fit": "Zoom to layer", "history.go": "History"}
#: Further shortcuts of a command.
_ALSO: Final = {"edit.redo": ("Ctrl+Y",)}
#: Where a menu has a line before a command.
_BREAKS: Final = frozenset(
    {
        "project.save",
        "frame.set",
        "map.export",
        "title.set",
        "filter.set",
        "select.where",
        "question.view",
        "question.by",
        "scenario.add_plant",
        "layer.rename",
        "layer.compare",
        "result.keep",
        "window.record",
        "layer.style",
        "window.theme_system",
        "window.pan",
        "window.quit",
        "window.about",
    }
)
#: Submenus: what they are called, and the commands of their menu that stand in them. A menu of all
#: that can be done with a layer is taller than a small screen.
_FOLDED: Final[Mapping[str, tuple[str, ...]]] = {
    "Style": (
        "layer.style",
        "layer.opacity",
        "style.paste",
        "style.keep",
        "style.drop",
        "style.reset",
    ),
    "Rows and columns": (
        "layer.where",
        "column.add",
        "column.calculate",
        "point.add",
        "point.move",
        "row.delete",
    ),
    "The file it came from": (
        "layer.reread",
        "layer.forget",
        "layer.link",
        "layer.relink",
        "layer.write_back",
    ),
}
_FOLD_OF: Final = {command: fold for fold, some in _FOLDED.items() for command in some}


@dataclass(frozen=True)
class WindowCommand:
    """What the window itself can do: no part of the project, hence no part of its registry.

    Of a `group` one is on at a time; the `run` of a `switch` is called with its new state. The
    shortcut holds `at` a widget and those on it, elsewhere it is another's.
    """

    id: str
    title: str
    run: Callable[..., None]
    tip: str
    menu: str
    shortcut: str = ""
    icon: str = ""
    group: str = ""
    switch: bool = False
    at: QWidget | None = None


class Actions(QObject):
    """One QAction for each command that the window can run.

    Parameters
    ----------
    suppliers
        For a command with parameters, by id: what asks the user for them and then runs it.
    own
        The window's own commands.
    """

    def __init__(
        self,
        session: Session,
        parent: QWidget,
        suppliers: Mapping[str, Callable[[], None]],
        own: tuple[WindowCommand, ...],
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._window = parent
        self._actions: dict[str, QAction] = {}
        self._icons: dict[str, str] = {}
        self._menus: dict[str, str] = {}
        self._groups: dict[str, QActionGroup] = {}
        for command in session.registry:
            if command.params and command.id not in suppliers:
                continue
            run = suppliers.get(command.id) or self._runner(command.id)
            said = WindowCommand(
                command.id,
                _TITLES.get(command.id, command.title),
                run,
                command.tip,
                command.menu,
                command.shortcut,
                command.icon,
            )
            self._add(said)
        for mine in own:
            action = self._add(mine)
            if mine.group:
                action.setCheckable(True)
                if mine.group not in self._groups:
                    self._groups[mine.group] = QActionGroup(self)
                self._groups[mine.group].addAction(action)
        self.paint()
        self.refresh(session.state)

    def __getitem__(self, command_id: str) -> QAction:
        return self._actions[command_id]

    def all(self) -> tuple[tuple[str, QAction], ...]:
        """Return all actions with their menus, in the order of the menus."""
        return tuple(
            (menu, self._actions[command_id])
            for menu in MENUS
            for command_id, of_menu in self._menus.items()
            if of_menu == menu
        )

    def fill(self, bar: QMenuBar, recent: QMenu, shipped: QMenu) -> None:
        """Make the menus; the two submenus stand in File after Open and in Layer on top."""
        for title in MENUS:
            menu = bar.addMenu(f"&{title}")
            menu.setToolTipsVisible(True)
            if title == "Layer":
                menu.addMenu(shipped)
            folds: dict[str, QMenu] = {}
            for command_id, of_menu in self._menus.items():
                if of_menu != title:
                    continue
                fold = _FOLD_OF.get(command_id, "")
                if command_id in _BREAKS and fold not in folds:
                    menu.addSeparator()
                if fold and fold not in folds:
                    folds[fold] = menu.addMenu(fold)
                    folds[fold].setToolTipsVisible(True)
                folds.get(fold, menu).addAction(self._actions[command_id])
                if command_id == "project.open":
                    menu.addMenu(recent)

    def refresh(self, _state: ProjectState) -> None:
        """Enable what would do something now."""
        for command_id, action in self._actions.items():
            if command_id in self._session.registry:
                action.setEnabled(self._session.can(command_id))

    def paint(self) -> None:
        """Give every action its icon in the colours of the theme."""
        for command_id, action in self._actions.items():
            if self._icons[command_id]:
                action.setIcon(self.icon(self._icons[command_id]))

    def icon(self, name: str) -> QIcon:
        """Return an icon of the kept set in the colours of the theme."""
        colors = colors_of(self._window)
        icon: QIcon = qtawesome.icon(
            name, color=colors.text, color_disabled=colors.grey, color_on=colors.text
        )
        return icon

    def _runner(self, command_id: str) -> Callable[[], None]:
        return lambda: self._session.run(command_id)

    def _add(self, command: WindowCommand) -> QAction:
        action = QAction(command.title, self._window)
        action.setObjectName(command.id)
        said = command.tip or command.title
        if command.shortcut:
            keys = QKeySequence(command.shortcut)
            # what another system's programs use works besides
            also = [QKeySequence(text) for text in _ALSO.get(command.id, ())]
            action.setShortcuts([keys, *also])
            context = Qt.ShortcutContext
            there = (
                context.WindowShortcut if command.at is None else context.WidgetWithChildrenShortcut
            )
            action.setShortcutContext(there)
            said = f"{said} ({keys.toString(QKeySequence.SequenceFormat.NativeText)})"
        action.setToolTip(said)
        action.setMenuRole(QAction.MenuRole.NoRole)
        run = command.run
        action.setCheckable(command.switch)
        action.triggered.connect(run if command.switch else lambda _checked=False: run())
        (command.at or self._window).addAction(action)
        self._actions[command.id] = action
        self._icons[command.id] = command.icon
        self._menus[command.id] = command.menu
        return action
