"""The window put together: bars, panels, map and what runs between them and the session."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import isfinite
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import QEvent, QObject, QPoint, QSize, Qt, Signal
from PySide6.QtWidgets import QMenu, QSizePolicy, QToolBar, QToolButton, QWidget

from gisapp.data.shipped import manifest
from gisapp.gui.actions import Actions
from gisapp.gui.arrangement import Arrangement
from gisapp.gui.files import Files
from gisapp.gui.filter_panel import FilterPanel
from gisapp.gui.frame_bar import FrameBar
from gisapp.gui.identify_card import IdentifyPanel
from gisapp.gui.layers_panel import LayersPanel
from gisapp.gui.legend_panel import LegendPanel
from gisapp.gui.looks import GRID
from gisapp.gui.map_area import MapArea
from gisapp.gui.map_link import MapLink
from gisapp.gui.messages import Messages
from gisapp.gui.page_area import PageArea
from gisapp.gui.page_copy import PageCopy
from gisapp.gui.page_panel import PagePanel
from gisapp.gui.palette import Palette
from gisapp.gui.plant_form import PlantForm
from gisapp.gui.point_editor import PointEditor
from gisapp.gui.popup import Choice, Chooser
from gisapp.gui.question_bar import QuestionBar
from gisapp.gui.records import HistoryPanel, LogPanel
from gisapp.gui.repair_dialog import Subject
from gisapp.gui.results_panel import ResultsPanel
from gisapp.gui.scenario_banner import ScenarioBanner
from gisapp.gui.shell import Shell
from gisapp.gui.status_bar import StatusBar
from gisapp.gui.table_panel import AttributeTablePanel
from gisapp.gui.theme import Theme
from gisapp.gui.welcome import Try, WelcomeCard
from gisapp.gui.window_commands import own_commands, suppliers
from gisapp.gui.window_dialogs import WindowDialogs
from gisapp.model.feedback import GisappError
from gisapp.workspace.remember import keep_habits
from gisapp.workspace.session import Session
from gisapp.workspace.source_commands import is_address
from gisapp.workspace.state import ProjectState

#: The menu of a layer; "" is a line.
_OF_A_LAYER: Final = (
    "view.fit", "window.table", "",
    "layer.mapping", "layer.reread", "window.record", "layer.forget", "",
    "layer.link", "layer.relink", "layer.write_back", "",
    "layer.style", "layer.rename", "layer.show", "",
    "layer.compare", "layer.combine", "",
    "window.export_layer", "layer.remove",
)  # fmt: skip

#: What stands beside Export: the frame on the map, and the page that comes of it.
_PRESENTING: Final = ("window.frame", "window.page")

#: At each end of the bar and between what stands in it, as the style sheet has it.
_BAR_MARGIN, _BAR_GAP = GRID, 2

#: Letters that the window is wide at least where its bar has room for words beside icons.
_ROOM: Final = 170


class MainWindow(QObject):
    """Fills a shell with everything that works on a session.

    Parameters
    ----------
    area
        The middle of the window with the live map.
    """

    closed = Signal()

    def __init__(self, shell: Shell, session: Session, theme: Theme, area: MapArea) -> None:
        super().__init__(shell)
        self.shell, self.session, self.theme, self.area = shell, session, theme, area
        self._leave: list[Callable[[], None]] = []
        self._closing = False
        self.notices = area.notices
        self.files = Files(session, shell.memory, area.notices, shell)
        self.link = MapLink(session, area.view, theme, self)
        self.question = QuestionBar(session)
        self.layers = LayersPanel(session)
        self.filter = FilterPanel(session)
        self.results = ResultsPanel(session)
        self.identify = IdentifyPanel(session)
        self.table = AttributeTablePanel(session)
        self.log = LogPanel(session)
        self.history = HistoryPanel(session)
        self.status = StatusBar(session, shell)
        self.messages = Messages(session, self.notices, self.status, self)
        self.banner = ScenarioBanner(session, area.ground)
        self.frame_bar = FrameBar(session, area.ground, self.banner)
        self._placing = False
        self.points = PointEditor(session, area.view, area.ground)
        self.page = PageArea(session)
        area.put_page(self.page)
        self.copier = PageCopy(session, self.page, self)
        self.page_panel = PagePanel(session, lambda: self.link.bounds, shell.memory.folder)
        self.dialogs = WindowDialogs(self)
        self._put_docks()
        self.actions = Actions(session, shell, suppliers(self), own_commands(self))
        self.palette = Palette(session, self.actions, shell)
        self._put_bars()
        self._connect()
        self.arrangement.restore()
        self._welcome()
        for report in shell.memory.reports:
            session.report(report)
        self.files.offer_recovery()

    # --- put together --------------------------------------------------------------------------

    def _put_docks(self) -> None:
        self.arrangement = Arrangement(
            self.shell,
            self.area,
            left=(("layers", "Layers", self.layers), ("filter", "Filter", self.filter)),
            right=(
                ("feature", "Feature", self.identify),
                ("result", "Result", self.results),
                ("page", "Page", self.page_panel),
            ),
            bottom=(
                ("Attribute table", self.table),
                ("Log", self.log),
                ("History", self.history),
            ),
        )
        self.docks, self.bottom = self.arrangement.docks, self.arrangement.bottom
        add = self.docks["layers"].add_button("mdi6.plus", "Add layers…")
        menu = QMenu(add)
        menu.aboutToShow.connect(lambda: self._fill_add(menu))
        add.setMenu(menu)
        add.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.shell.setStatusBar(self.status)
        self.area.put_legend(LegendPanel(self.session))

    def _put_bars(self) -> None:
        shell, actions = self.shell, self.actions
        shell.drop_skeleton()
        self.recent = QMenu("Open recent", shell)
        self.recent.setToolTipsVisible(True)
        self.recent.aboutToShow.connect(lambda: self.files.fill_recent(self.recent))
        self.shipped = QMenu("Add shipped layer", shell)
        self.shipped.aboutToShow.connect(lambda: self._fill_shipped(self.shipped))
        actions.fill(shell.menuBar(), self.recent, self.shipped)
        bar = QToolBar("Tools", shell)
        bar.setObjectName("tools")
        bar.setMovable(False)
        bar.setIconSize(QSize(20, 20))
        bar.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        for name in (
            "layer.open", "project.save", "edit.undo", "edit.redo", "",
            "window.pan", "window.select", "window.measure", "",
        ):  # fmt: skip
            if name:
                bar.addAction(actions[name])
            else:
                bar.addSeparator()
        bar.addWidget(self.question)
        gap = QWidget(bar)
        gap.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        bar.addWidget(gap)
        for name in _PRESENTING:
            bar.addAction(actions[name])
        export = QToolButton(bar)
        export.setObjectName("primary")
        export.setText("Export")
        export.setToolTip(actions["map.export"].toolTip())
        export.setAccessibleName("Export")
        export.clicked.connect(actions["map.export"].trigger)
        bar.addWidget(export)
        for button in bar.findChildren(QToolButton):
            action = button.defaultAction()
            if action is not None:
                button.setAccessibleName(action.text().removesuffix("…"))
        shell.addToolBar(bar)
        self.bar = bar
        shell.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Fit the question into the bar: what stands at its right stays in sight."""
        if watched is self.shell and event.type() == QEvent.Type.Resize:
            self._fit_question()
        return super().eventFilter(watched, event)

    def _fit_question(self) -> None:
        style = Qt.ToolButtonStyle
        letters = self.shell.width() // self.shell.fontMetrics().averageCharWidth()
        for name in _PRESENTING:
            button = self.bar.widgetForAction(self.actions[name])
            if isinstance(button, QToolButton):
                wide = letters >= _ROOM
                button.setToolButtonStyle(
                    style.ToolButtonTextBesideIcon if wide else style.ToolButtonIconOnly
                )
        # asked one by one: the bar's own hint is of before the letters or words changed
        beside = [self.bar.widgetForAction(action) for action in self.bar.actions()]
        others = [w.sizeHint().width() for w in beside if w not in (None, self.question)]
        gaps = (len(others) + 1) * _BAR_GAP + 2 * _BAR_MARGIN
        self.question.fit(self.shell.width() - sum(others) - gaps - 2 * GRID)

    def _connect(self) -> None:
        session, view, status = self.session, self.area.view, self.status
        shell = self.shell
        self._leave += [
            session.changed.connect(self._changed),
            session.jobs.changed.connect(status.show_jobs),
            session.jobs.changed.connect(self.area.show_jobs),
            keep_habits(session),
        ]
        view.hovered.connect(status.show_position)
        view.viewChanged.connect(
            lambda _lon, lat, zoom, _w, _s, _e, _n: status.show_scale(lat, zoom)
        )
        view.measured.connect(lambda km, points: status.show_measure(km if points else None))
        self.link.identified.connect(self._identified)
        self.frame_bar.here.connect(self._frame_here)
        self.frame_bar.sought.connect(self.link.frame.show_on_map)
        self.frame_bar.closed.connect(self.actions["window.frame"].trigger)
        self.identify.closed.connect(self.docks["feature"].hide)
        self.table.rowActivated.connect(self.go_to_feature)
        self.table.calculatorAsked.connect(self.dialogs.calculate)
        self.table.statisticsAsked.connect(self.dialogs.show_statistics)
        self.table.pointAsked.connect(self.points.move)
        self.page.composed.connect(self.page_panel.show_scene)
        self.page.exporting.connect(self.dialogs.export)
        self.page.copying.connect(self.copier.copy)
        self.page_panel.put_back.connect(self.page.put_back)
        self.points.finished.connect(lambda: self.set_mode("pan"))
        self.results.rowActivated.connect(self.go_to_feature)
        self.layers.mapping_asked.connect(self.dialogs.map_columns)
        self.layers.look_asked.connect(self.dialogs.show_reading)
        self.layers.list.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.layers.list.customContextMenuRequested.connect(self._open_layer_menu)
        self.layers.list.itemClicked.connect(
            lambda _item: self.table.show_layer(self.layers.current or "")
        )
        self.messages.layer_opened.connect(lambda: self.table.show_layer(self.layers.current or ""))
        self.messages.mapping_asked.connect(self.dialogs.map_columns)
        self.messages.look_asked.connect(self.dialogs.show_reading)
        self.messages.refused.connect(lambda it: self.dialogs.repair(Subject.of_refused(it)))
        status.problems_asked.connect(self.layers.show_problems)
        status.show_scale(session.state.view.lat, session.state.view.zoom)
        shell.dropped.connect(self.files.open)
        shell.ask_before_close(self._may_close)
        self.results.scenarios.placing.connect(self.place_plant)
        view.placed.connect(self._placed)
        view.escaped.connect(self._end_placing)
        self.theme.changed.connect(lambda _name: self.actions.paint())
        self.actions["window.pan"].setChecked(True)
        self.actions[f"window.theme_{self.theme.mode.value}"].setChecked(True)
        self._changed(session.state)

    def _welcome(self) -> None:
        if self.shell.memory.settings.welcome_closed:
            return

        def leave() -> None:
            self.shell.memory.keep(welcome_closed=True)

        card = WelcomeCard(
            self.area.ground,
            (
                Try(
                    "mdi6.help-circle-outline",
                    "Ask",
                    "Choose another mineral and see the answer change.",
                    lambda: self.question.ask("mineral"),
                ),
                Try(
                    "mdi6.folder-open-outline",
                    "Load",
                    "Open your own layer, or drop a file on the window.",
                    self.files.open_dialog,
                ),
                Try(
                    "mdi6.presentation",
                    "Present",
                    "Export the map as a slide that you can edit.",
                    self.dialogs.export,
                ),
            ),
        )
        card.closed.connect(leave)
        # who found a way in has it in the way now
        self.messages.layer_opened.connect(card.leave)
        self.messages.exported.connect(card.leave)
        self.actions["window.frame"].toggled.connect(card.leave)
        self.area.put_welcome(card)

    # --- what the user does --------------------------------------------------------------------

    def open_named(self, names: Sequence[str | Path]) -> None:
        """Open what the command line names: files, and addresses of databases and services."""
        files = [Path(name) for name in names if not is_address(name)]
        if files:
            self.files.open(files)
        for name in names:
            if is_address(name):
                self.dialogs.add_source(str(name))

    def go_to_feature(self, layer_id: str, row: int) -> None:
        """Look at a feature, and show its card."""
        self.show_page(shown=False)
        layer = self.session.state.entry(layer_id).layer
        lon, lat = (float(value) for value in layer.features.lonlat[row])
        if isfinite(lon):  # a site without a position is not on the map
            zoom = max(self.session.state.view.zoom, 6.0)
            self.session.run("view.set", lon=lon, lat=lat, zoom=zoom)
            self.area.view.flash(layer_id, row)
        self.session.run("select.set", layer_id=layer_id, rows=[row])
        self._identified(layer_id, row, lon, lat)

    def _identified(self, layer_id: str, row: int, lon: float, lat: float) -> None:
        if layer_id:
            self.identify.show_feature(layer_id, row, lon, lat)
            self.arrangement.open_feature()
        else:
            self.docks["feature"].hide()

    def set_framed(self, framed: bool) -> None:
        """Draw the frame of the export on the map, or not; at first it is within what is seen."""
        if framed:
            self.show_page(shown=False)
        self.link.frame.set_shown(shown=framed, seen=self.link.bounds)
        self.frame_bar.setVisible(framed)

    def _frame_here(self) -> None:
        if self.link.bounds is not None:
            self.link.frame.frame_here(self.link.bounds)

    def show_page(self, *, shown: bool) -> None:
        """Show the page that an export would write in place of the map, or the map again."""
        if shown == self.page.isVisible():
            return
        self.actions["window.page"].setChecked(shown)
        self.area.show_page(shown=shown)
        if shown:
            self.arrangement.open_page()
            self.page.sheet.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.arrangement.close_page()

    def open_table(self) -> None:
        """Open the table of the current layer."""
        self.table.show_layer(self.layers.current or "")
        self.bottom.open_tab(0)

    def on_table(self, command: str) -> None:
        """Run a command on the layer of the table."""
        if self.table.layer is not None:
            self.session.run(command, layer_id=self.table.layer.id)

    def ask_condition(self, layer_id: str | None = None) -> None:
        """Open the table, that of a layer if one is named, with the line of its condition."""
        self.bottom.open_tab(0)
        if layer_id is not None:
            self.table.show_layer(layer_id)
        self.table.ask_condition()

    def edit_point(self, *, add: bool) -> None:
        """Add a point to the layer of the table, or move the selected one."""
        self.show_page(shown=False)
        layer, selection = self.table.layer, self.session.state.selection
        if add and layer is not None:
            self.points.add(layer.id)
        elif not add and len(selection.rows) == 1:
            self.points.move(selection.layer, int(selection.rows.array[0]))
        elif not add:
            hint = "Click the one that shall be moved, then try again."
            self.session.report_error(GisappError("no_point", "No point is selected.", hint))

    def on_layer(self, command: str) -> None:
        """Run a command on the current layer."""
        if self.layers.current is not None:
            self.session.run(command, layer_id=self.layers.current)

    def show_control(self, control: QWidget) -> None:
        """Put the focus on a control of the layers panel."""
        self.arrangement.open("layers")
        self.layers.more.setChecked(True)
        control.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def choose(
        self, title: str, choices: list[Choice], take: Callable[[Any], None], current: Any
    ) -> None:
        """Drop choices under the question."""
        chooser = Chooser(self.shell, title)
        chooser.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        chooser.chosen.connect(take)
        chooser.open_under(self.question, choices, current)

    def find(self, *, places: bool = False) -> None:
        """Open the command palette, or its line of places."""
        if places:
            self.palette.open_places()
        else:
            self.palette.open()

    def set_mode(self, mode: str) -> None:
        """Choose what the pointer does on the map."""
        self.actions[f"window.{mode}"].trigger()

    def place_plant(self) -> None:
        """Ask for a place on the map, then for the plant that shall stand there."""
        self.show_page(shown=False)
        self._placing = True
        self.area.view.set_mode("place")
        self.area.view.setFocus()
        self.banner.ask("Click where the plant shall stand; Escape gives up")

    def _end_placing(self) -> None:
        if self._placing:
            self._placing = False
            self.banner.ask("")
            self.set_mode("pan")

    def _placed(self, lon: float, lat: float, x: int, y: int) -> None:
        if not self._placing:
            return
        form = PlantForm(self.session, lon, lat, self.shell)
        form.closed.connect(self._end_placing)
        form.open_at(self.area.view.mapToGlobal(QPoint(x, y)))

    def quit(self) -> None:
        """Close the window, if nothing is lost by it."""
        self.shell.close()

    def toggle_full_screen(self) -> None:
        """Use the whole screen, or a window again."""
        if self.shell.isFullScreen():
            self.shell.showNormal()
        else:
            self.shell.showFullScreen()

    def _open_layer_menu(self, spot: QPoint) -> None:
        """Open the menu of the layer under the pointer: all that can be done with it."""
        if self.layers.list.itemAt(spot) is None:
            return
        self.table.show_layer(self.layers.current or "")  # what the menu opens is of this layer
        menu = QMenu(self.layers.list)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.setToolTipsVisible(True)
        for command_id in _OF_A_LAYER:
            if command_id:
                menu.addAction(self.actions[command_id])
            else:
                menu.addSeparator()
        menu.popup(self.layers.list.viewport().mapToGlobal(spot))

    def _fill_add(self, menu: QMenu) -> None:
        menu.clear()
        menu.addAction(self.actions["layer.open"])
        menu.addAction(self.actions["layer.add_source"])
        menu.addSeparator()
        self._add_shipped(menu)

    def _fill_shipped(self, menu: QMenu) -> None:
        menu.clear()
        self._add_shipped(menu)

    def _adder(self, shipped: str) -> Callable[[], None]:
        return lambda: self.session.run("layer.add_shipped", id=shipped)

    def _add_shipped(self, menu: QMenu) -> None:
        present = {entry.id for entry in self.session.state.layers}
        for entry in manifest():
            if entry.role is None:
                continue
            action = menu.addAction(
                entry.title,
                self._adder(entry.id),
            )
            action.setEnabled(entry.id not in present)

    # --- what the session tells ----------------------------------------------------------------

    def _changed(self, state: ProjectState) -> None:
        self._fit_question()
        self.actions.refresh(state)
        self.status.show_state(state)
        name = self.files.name() if self.session.path is not None else "Untitled"
        self.shell.setWindowTitle(f"{name}[*] \N{EN DASH} gisapp")
        self.shell.setWindowModified(self.session.dirty)

    # --- the end -------------------------------------------------------------------------------

    def _may_close(self) -> bool:
        if self.session.dirty and not self._closing:
            self.files.when_saved(self._close_now)
            return False
        self._close()
        return True

    def _close_now(self) -> None:
        self._closing = True
        self.shell.close()

    def _close(self) -> None:
        self.show_page(shown=False)
        self.arrangement.keep()
        for leave in self._leave:
            leave()
        self._leave = []
        self.link.leave()
        self.banner.leave()
        self.frame_bar.leave()
        self.messages.leave()
        self.files.close()
        self.area.view.shut_down()
        self.session.close()
        self.closed.emit()
