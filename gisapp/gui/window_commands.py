"""What the window adds to the registry: how parameters are asked for, and its own commands."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from gisapp.gui.actions import WindowCommand
from gisapp.gui.alliance_dialog import AllianceDialog
from gisapp.gui.calibration_dialog import CalibrationDialog
from gisapp.gui.dialogs import AboutDialog, ShortcutsDialog, TitleDialog
from gisapp.gui.popup import Choice
from gisapp.gui.theme import Mode
from gisapp.model.alliance import TerritoryRule
from gisapp.model.vocabulary import VIEWS

if TYPE_CHECKING:
    from gisapp.gui.main_window import MainWindow

_NEAREST: Final = (1, 2, 3, 5, 10)


def suppliers(window: MainWindow) -> dict[str, Callable[[], None]]:
    """Return, for commands with parameters, what asks the user for them."""
    session, question = window.session, window.question
    return {
        "layer.open": window.files.open_dialog,
        "layer.add_source": window.dialogs.add_source,
        "project.open": window.files.open_project,
        "project.new": lambda: window.files.when_saved(lambda: session.run("project.new")),
        "project.example": lambda: window.files.when_saved(lambda: session.run("project.example")),
        "project.save": window.files.save,
        "project.save_copy": window.files.save_copy,
        "title.set": lambda: TitleDialog(session, window.shell).open(),
        "map.export": window.dialogs.export,
        "deck.export": window.dialogs.export_deck,
        "data.export": lambda: window.dialogs.export(".gpkg"),
        "layer.remove": lambda: window.on_layer("layer.remove"),
        "layer.rename": window.layers.rename,
        "layer.show": lambda: window.on_layer("layer.show"),
        "result.rerun": lambda: window.on_layer("result.rerun"),
        "layer.compare": lambda: window.dialogs.choose_partner("layer.compare"),
        "layer.combine": lambda: window.dialogs.choose_partner("layer.combine"),
        "layer.reread": lambda: window.dialogs.show_reading(window.layers.current),
        "layer.link": lambda: window.on_layer("layer.link"),
        "layer.relink": lambda: window.files.find_file(window.layers.current),
        "layer.forget": lambda: window.on_layer("layer.forget"),
        "layer.where": lambda: window.ask_condition(window.layers.current),
        "select.where": window.ask_condition,
        "select.all": lambda: window.on_table("select.all"),
        "select.invert": lambda: window.on_table("select.invert"),
        "row.delete": lambda: session.run("row.delete", layer_id=session.state.selection.layer),
        "layer.write_back": lambda: window.on_layer("layer.write_back"),
        "column.add": window.dialogs.calculate,
        "column.calculate": window.dialogs.calculate,
        "point.add": lambda: window.edit_point(add=True),
        "point.move": lambda: window.edit_point(add=False),
        "layer.mapping": lambda: window.dialogs.map_columns(window.layers.current),
        "layer.role": lambda: window.show_control(window.layers.role),
        "layer.style": window.layers.show_style,
        "style.paste": window.layers.paste_style,
        "style.keep": lambda: window.on_layer("style.keep"),
        "style.drop": lambda: window.on_layer("style.drop"),
        "style.reset": lambda: window.on_layer("style.reset"),
        "layer.opacity": lambda: window.show_control(window.layers.opacity),
        "question.mineral": lambda: question.ask("mineral"),
        "question.stage": lambda: question.ask("stage"),
        "question.alliance": lambda: question.ask("alliance"),
        "alliance.make": lambda: AllianceDialog(session, parent=window.shell).open(),
        "alliance.territories": lambda: window.choose(
            "How territories and disputed areas count",
            [Choice(rule.label, rule) for rule in TerritoryRule],
            lambda rule: session.run("alliance.territories", rule=rule),
            session.state.territories,
        ),
        "question.date": lambda: question.ask("date"),
        "question.by": lambda: question.ask("by"),
        "question.weight": lambda: question.ask("weight"),
        "question.to": lambda: question.ask("to"),
        "question.nearest": lambda: window.choose(
            "How many nearest plants",
            [Choice(str(n), n) for n in _NEAREST],
            lambda n: session.run("question.nearest", count=n),
            session.state.question.nearest,
        ),
        "question.view": lambda: window.choose(
            "What to see",
            [Choice(view.capitalize(), view) for view in VIEWS],
            lambda view: session.run("question.view", view=view),
            session.state.question.view,
        ),
        "scenario.choose": lambda: session.run("question.view", view="scenarios"),
        "scenario.add_plant": window.place_plant,
        "filter.set": lambda: window.arrangement.open("filter"),
        "view.fit": lambda: window.on_layer("view.fit"),
        "view.goto": lambda: window.find(places=True),
        "history.go": lambda: window.bottom.open_tab(2),
    }


def own_commands(window: MainWindow) -> tuple[WindowCommand, ...]:
    """Return what the window itself can do."""
    mode = window.area.view.set_mode

    def pan() -> None:
        mode("pan")
        window.status.show_measure(None)

    return (
        WindowCommand(
            "window.quit", "Quit", window.quit, "Close the window", "File",
            "Ctrl+Q", "mdi6.exit-to-app",
        ),
        WindowCommand(
            "window.record", "Problems and record", lambda: window.layers.show_problems(
                window.layers.current
            ), "Where the layer came from, and all that was found and repaired", "Layer", "",
            "mdi6.file-document-check-outline",
        ),
        WindowCommand(
            "window.export_layer", "Export layer…", window.dialogs.export_layer,
            "Save one layer: format, rows, coordinates; what is lost is shown first", "Layer", "",
            "mdi6.database-export-outline",
        ),
        WindowCommand(
            "window.palette", "Command palette…", window.find,
            "Commands, minerals, alliances and places in one line", "Edit", "Ctrl+K",
            "mdi6.console-line",
        ),
        WindowCommand(
            "map.copy", "Copy page", window.copier.copy,
            "Picture, drawing, table and words at once, to paste anywhere", "Edit", "Ctrl+C",
            "mdi6.content-copy", at=window.area,
        ),
        WindowCommand(
            "map.copy_command", "Copy as command", window.copier.copy_command,
            "The line that makes this page again, for a terminal", "Edit", "", "mdi6.console",
        ),
        WindowCommand(
            "window.pan", "Pan", pan, "Drag the map, click a feature", "View", "Ctrl+1",
            "mdi6.cursor-move", group="mode",
        ),
        WindowCommand(
            "window.select", "Select by box", lambda: mode("select"),
            "Draw a box to select features", "View", "Ctrl+2", "mdi6.select-drag", group="mode",
        ),
        WindowCommand(
            "window.measure", "Measure", lambda: mode("measure"),
            "Click points, double-click to end: kilometres on the ellipsoid", "View", "Ctrl+3",
            "mdi6.ruler", group="mode",
        ),
        WindowCommand(
            "window.frame", "Frame", window.set_framed,
            "Show on the map what an export will show", "View", "Ctrl+R", "mdi6.crop-free",
            switch=True,
        ),
        WindowCommand(
            "window.page", "Page", lambda on: window.show_page(shown=on),
            "The very page that an export writes: edit its words, move its labels", "View",
            "Ctrl+P", "mdi6.presentation", switch=True,
        ),
        WindowCommand(
            "window.table", "Attribute table", window.open_table,
            "Open the attribute table", "View", "Ctrl+T", "mdi6.table",
        ),
        WindowCommand(
            "window.log", "Log", lambda: window.bottom.open_tab(1), "Open the log", "View", "",
            "mdi6.text-box-outline",
        ),
        WindowCommand(
            "window.panels", "Side panels", window.arrangement.toggle_sides,
            "Hide or show the panels at the sides", "View", "Ctrl+B", "mdi6.dock-left",
        ),
        WindowCommand(
            "window.theme_system", "Colours of the system",
            lambda: window.theme.set_mode(Mode.SYSTEM), "Light or dark as the system is", "View",
            "", "mdi6.theme-light-dark", group="theme",
        ),
        WindowCommand(
            "window.theme_light", "Light colours", lambda: window.theme.set_mode(Mode.LIGHT),
            "Always light, whatever the system is", "View", "", "mdi6.weather-sunny", group="theme",
        ),
        WindowCommand(
            "window.theme_dark", "Dark colours", lambda: window.theme.set_mode(Mode.DARK),
            "Always dark, whatever the system is", "View", "", "mdi6.weather-night", group="theme",
        ),
        WindowCommand(
            "window.full_screen", "Full screen", window.toggle_full_screen,
            "Use the whole screen, or a window again", "View", "F11", "mdi6.fullscreen",
        ),
        WindowCommand(
            "window.shortcuts", "Shortcuts…",
            lambda: ShortcutsDialog(window.actions.all(), window.shell).open(),
            "All shortcuts", "Help", "F1", "mdi6.keyboard-outline",
        ),
        WindowCommand(
            "window.calibration", "How exact the sea routes are…",
            lambda: CalibrationDialog(window.session, window.shell).open(),
            "Our distances by sea beside published ones", "Help", "", "mdi6.target",
        ),
        WindowCommand(
            "window.about", "About and credits…", lambda: AboutDialog(window.shell).open(),
            "Version, and whom the data is owed to", "Help", "", "mdi6.information-outline",
        ),
    )  # fmt: skip
