"""Menus of the attribute table: of a heading, of a row, of all columns."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QInputDialog, QMenu

from gisapp.gui.column_model import cell_text, column_title
from gisapp.model.expression.syntax import quote, text_literal
from gisapp.model.numbers import number

if TYPE_CHECKING:
    from gisapp.gui.table_panel import AttributeTablePanel


def column_menu(panel: AttributeTablePanel, column: int) -> QMenu:
    """Return what can be done with a column."""
    layer, name = panel.layer, panel.model.names[column]
    menu = QMenu(panel)
    if layer is None:
        return menu
    session, layer_id = panel.session, layer.id
    _add(menu, "Sort upwards", lambda: panel.sort(name))
    _add(menu, "Sort downwards", lambda: panel.sort(name, descending=True))
    _add(menu, "Statistics\u2026", lambda: panel.statisticsAsked.emit(layer_id, name))
    _add(menu, "Filter\u2026", lambda: panel.ask_condition(f"{quote(name)} "))
    menu.addSeparator()
    _add(menu, "Calculate\u2026", lambda: panel.calculatorAsked.emit(layer_id, name))
    _add(menu, "Rename\u2026", lambda: _rename(panel, layer_id, name))
    _add(
        menu,
        "Remove column",
        lambda: session.run("column.remove", layer_id=layer_id, name=name),
    )
    menu.addSeparator()
    _add(menu, "Hide", lambda: panel.hide_column(column))
    return menu


def columns_menu(panel: AttributeTablePanel) -> QMenu:
    """Return the columns to show or hide, and what makes new ones."""
    menu = QMenu(panel)
    if panel.layer is None:
        return menu
    layer_id = panel.layer.id
    _add(menu, "New column\u2026", lambda: panel.calculatorAsked.emit(layer_id, ""))
    menu.addSeparator()
    for column, name in enumerate(panel.model.names):
        action = menu.addAction(column_title(name))
        action.setCheckable(True)
        action.setChecked(not panel.view.isColumnHidden(column))
        action.toggled.connect(lambda on, column=column: panel.hide_column(column, hidden=not on))
    return menu


def row_menu(panel: AttributeTablePanel, line: int, column: int) -> QMenu:
    """Return what can be done with a row, and with all that are selected."""
    layer, name = panel.layer, panel.model.names[column]
    menu = QMenu(panel)
    if layer is None:
        return menu
    session, layer_id = panel.session, layer.id
    row = int(panel.model.order[line])
    chosen = len(panel.view.selected_lines())
    what = "the selected row" if chosen == 1 else f"the {number(chosen)} selected rows"
    _add(menu, "Zoom to it", lambda: panel.rowActivated.emit(layer_id, row))
    if chosen > 1:
        _add(menu, f"Zoom to {what}", panel.zoom)
    menu.addSeparator()
    same = condition_of(name, panel.model.value(line, column))
    _add(menu, "Filter: rows like this", lambda: _narrow(panel, same))
    _add(menu, "Filter: all but these", lambda: _narrow(panel, f"not ({same})"))
    _add(menu, "Select rows like this", lambda: session.run(
        "select.where", layer_id=layer_id, expression=same
    ))  # fmt: skip
    _add(
        menu,
        "Invert selection",
        lambda: session.run("select.invert", layer_id=layer_id),
    )
    menu.addSeparator()
    _add(menu, "Edit this cell", lambda: _edit(panel, line, column))
    if chosen:
        title = column_title(name)
        _add(menu, f"Set {title} in {what}\u2026", lambda: _fill(panel, column))
    if layer.features.is_points or "Point" in layer.features.geometry_type:
        _add(menu, "Move the point\u2026", lambda: panel.pointAsked.emit(layer_id, row))
    if chosen:
        _add(menu, f"Delete {what}", lambda: session.run("row.delete", layer_id=layer_id))
    menu.addSeparator()
    _add(menu, "Copy as text", lambda: panel.copy("\t"))
    _add(menu, "Copy as CSV", lambda: panel.copy(","))
    return menu


def condition_of(name: str, value: object) -> str:
    """Return the condition that holds for rows with a value in a column."""
    text = cell_text(value)
    column = quote(name)
    if value is None or (not text and not isinstance(value, str)):
        return f"{column} is null"
    if isinstance(value, str):
        return f"{column} = {text_literal(value)}"
    if text in {"yes", "no"}:
        return column if text == "yes" else f"{column} = false"
    is_date = "datetime" in type(value).__name__
    return f"{column} = {text_literal(str(value)) if is_date else repr(value.item())}"  # type: ignore[attr-defined]


def _narrow(panel: AttributeTablePanel, condition: str) -> None:
    """Filter by a condition besides the one that the layer has."""
    if panel.layer is None:
        return
    before = panel.session.state.entry(panel.layer.id).where
    both = f"({before}) and {condition}" if before else condition
    panel.session.run("layer.where", layer_id=panel.layer.id, where=both)


def _edit(panel: AttributeTablePanel, line: int, column: int) -> None:
    panel.set_editing(True)
    panel.view.setFocus()
    panel.view.edit(panel.model.index(line, column))


def _fill(panel: AttributeTablePanel, column: int) -> None:
    name = column_title(panel.model.names[column])
    dialog = _asking(panel, "Set cells", f"Value of {name} for the selected rows, empty for none:")
    dialog.textValueSelected.connect(lambda text: panel.fill(column, text))
    dialog.open()


def _rename(panel: AttributeTablePanel, layer_id: str, name: str) -> None:
    dialog = _asking(panel, "Rename column", f"New name of {column_title(name)}:")
    dialog.setTextValue(name)
    dialog.textValueSelected.connect(
        lambda new: panel.session.run("column.rename", layer_id=layer_id, name=name, new=new)
    )
    dialog.open()


def _asking(panel: AttributeTablePanel, title: str, label: str) -> QInputDialog:
    dialog = QInputDialog(panel)
    dialog.setWindowTitle(title)
    dialog.setLabelText(label)
    dialog.setMinimumWidth(360)
    dialog.finished.connect(dialog.deleteLater)
    dialog.move(panel.mapToGlobal(QPoint(80, -40)))
    return dialog


def _add(menu: QMenu, title: str, run: Callable[[], object]) -> None:
    menu.addAction(title).triggered.connect(lambda _on=False: run())
