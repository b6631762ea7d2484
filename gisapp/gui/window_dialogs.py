"""The dialogs of the window: what asks the user before a command runs, with what it needs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from shiboken6 import isValid

from gisapp.gui.calculator import Calculator
from gisapp.gui.column_card import ColumnCard
from gisapp.gui.deck_dialog import DeckDialog
from gisapp.gui.export_dialog import ExportDialog, Further
from gisapp.gui.export_layer_dialog import ExportLayerDialog
from gisapp.gui.mapping_dialog import MappingDialog
from gisapp.gui.popup import Choice
from gisapp.gui.repair_dialog import RepairDialog, Subject
from gisapp.gui.source_dialog import SourceDialog
from gisapp.model.numbers import number

if TYPE_CHECKING:
    from gisapp.gui.main_window import MainWindow


class WindowDialogs:
    """Opens dialogs over a window, on its current layer or on what stands in its table."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window
        self._session, self._shell = window.session, window.shell
        self._repairing: RepairDialog | None = None

    def export(self, suffix: str = "") -> None:
        """Ask what to export, beginning with a format or with that of the last time."""
        further = Further(
            lambda: self._window.show_page(shown=True), self.export_deck, self.export_layer
        )
        dialog = ExportDialog(
            self._session, self._shell.memory, self._window.messages.exporting, further, self._shell
        )
        if suffix:
            dialog.choose(suffix)
        dialog.open()

    def export_deck(self) -> None:
        """Ask for a deck: one slide per mineral, alliance, deposit, scenario or year."""
        DeckDialog(
            self._session, self._shell.memory, self._window.messages.exporting, self._shell
        ).open()

    def export_layer(self) -> None:
        """Ask how the current layer shall be saved."""
        layer_id = self._window.layers.current
        if layer_id is None:
            return
        layer = self._session.state.entry(layer_id).layer
        folder = self._shell.memory.export_folder()
        ExportLayerDialog(self._session, layer, folder, self._exporting, self._shell).open()

    def add_source(self, address: str = "") -> None:
        """Ask for layers of a database or service, of the one at an address where it is known."""
        bounds = self._window.link.bounds
        dialog = SourceDialog(self._session, self._shell.memory, bounds, self._shell)
        dialog.open()
        if address:
            dialog.ask(address)

    def choose_partner(self, command: str) -> None:
        """Ask which layer of the same role the current one is set beside, and run a command."""
        entry = self._window.layers.list.entry(self._window.layers.current or "")
        if entry is None:
            return
        layer = entry.layer
        others = [
            e.layer
            for e in self._session.state.layers
            if e.id != entry.id and e.layer.role is layer.role and layer.role.is_facility
        ]
        if not others:
            role = layer.role.label.lower()
            self._window.status.showMessage(f"There is no other layer with the role {role}.", 6000)
            return
        verb = "Compare" if command == "layer.compare" else "Combine"
        choices = [
            Choice(other.name, other.id, aside=number(len(other.features), 12)) for other in others
        ]
        self._window.choose(
            f"{verb} {layer.name} with",
            choices,
            lambda other_id: self._session.run(command, layer_id=layer.id, other_id=other_id),
            None,
        )

    def map_columns(self, layer_id: str | None) -> None:
        """Open the dialog of role and columns of a layer."""
        if layer_id is not None:
            self._window.notices.drop_key(f"mapping:{layer_id}")
            layer = self._session.state.entry(layer_id).layer
            MappingDialog(self._session, layer, self._shell).show()

    def show_reading(self, layer_id: str | None) -> None:
        """Show how a layer was read, with other ways to read it."""
        if layer_id is None:
            return
        self._window.notices.drop_key(f"guesses:{layer_id}")
        layer = self._session.state.entry(layer_id).layer
        if layer.source.path and layer.derivation is None:
            self.repair(Subject.of_layer(layer))
        else:
            self._window.status.showMessage(f"{layer.name} was not read from a file.", 6000)

    def repair(self, subject: Subject) -> None:
        """Open the dialog of how something is read, in place of the one before."""
        if self._repairing is not None and isValid(self._repairing):
            self._repairing.close()
        online = self._shell.memory.settings.online
        self._repairing = RepairDialog(self._session, subject, self._shell, online=online)
        self._repairing.show()

    def calculate(self, layer_id: str = "", column: str = "") -> None:
        """Open the calculator of a layer, without one that of the table's."""
        layer = self._window.table.layer
        if layer is not None:
            rows = self._window.table.model.order
            Calculator(self._session, layer_id or layer.id, column, rows, self._shell).show()

    def show_statistics(self, layer_id: str, column: str) -> None:
        """Show the statistics of a column, of the rows that the table shows."""
        rows = self._window.table.model.order
        ColumnCard(self._session, layer_id, column, rows, self._shell).show()

    def _exporting(self, path: Path) -> None:
        self._window.messages.exporting(path)
        self._shell.memory.exported(path)
