"""Alliances of one's own: made, copied, edited with days, read from and shared as a file."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QComboBox,
    QCompleter,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QWidget,
)

from gisapp.gui.dialogs import column_of
from gisapp.gui.looks import GRID, Kind, Text
from gisapp.gui.member_table import MemberTable
from gisapp.model.alliance import Alliance, MemberRole, Membership, TerritoryRule
from gisapp.model.feedback import GisappError
from gisapp.model.own_alliance import EU, check_alliance, copy_of, new_alliance
from gisapp.workspace.session import Session
from gisapp.workspace.titles import country_title, day_title

_EU_NAME: Final = "European Union"
_MOST_NAMED: Final = 12
_FILTER: Final = "Alliances (*.json *.csv)"


class AllianceDialog(QDialog):
    """One alliance at a time: its name, its members with days, and who is inside at the date.

    What ships is shown and not changed: a copy of it is.
    """

    def __init__(
        self, session: Session, alliance: str | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._facts = session.facts
        self._names = {
            EU: _EU_NAME,
            **{c: country_title(c, self._facts.countries) for c in self._facts.countries},
        }
        column = column_of(self, "Alliances", 640)
        self.choice = QComboBox()
        self.choice.setAccessibleName("Alliance")
        self.choice.setToolTip("Yours first, then those that ship")
        self.copy_button = _button("Copy", "Make one of your own with these members")
        self.new_button = _button("New", "Make an alliance without members")
        self.remove_button = _button("Remove", "Take this one out of the project")
        top = QHBoxLayout()
        top.setSpacing(GRID)
        top.addWidget(self.choice, 1)
        for button in (self.new_button, self.copy_button, self.remove_button):
            top.addWidget(button)
        column.addLayout(top)
        self.name = QLineEdit()
        self.name.setAccessibleName("Name")
        self.about = QLineEdit()
        self.about.setAccessibleName("What it is")
        self.about.setPlaceholderText("What it is, and where the members are from")
        form = QFormLayout()
        form.setHorizontalSpacing(2 * GRID)
        form.setVerticalSpacing(GRID)
        form.addRow("Name", self.name)
        form.addRow("About", self.about)
        column.addLayout(form)
        self.table = MemberTable(self)
        self.table.setMinimumHeight(24 * GRID)
        column.addWidget(self.table, 1)
        self.who = _AddLine()
        self.who.setPlaceholderText("Add a country by its name, or the European Union")
        self.who.setAccessibleName("Country to add")
        completer = QCompleter(sorted(self._names.values()), self)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        self.who.setCompleter(completer)
        self.add_button = _button("Add", "Add this member")
        row = QHBoxLayout()
        row.setSpacing(GRID)
        row.addWidget(self.who, 1)
        row.addWidget(self.add_button)
        column.addLayout(row)
        self.rule = QComboBox()
        self.rule.setAccessibleName("Territories and disputed areas")
        for rule in TerritoryRule:
            self.rule.addItem(rule.label, rule)
        self.rule.setCurrentIndex(self.rule.findData(session.state.territories))
        self.rule.setToolTip("For all alliances of this project: Greenland, New Caledonia, ...")
        rules = QFormLayout()
        rules.setHorizontalSpacing(2 * GRID)
        rules.addRow("Territories count", self.rule)
        column.addLayout(rules)
        self.preview = Text(Kind.NOTE)
        self.problem = Text(Kind.WARNING)
        column.addWidget(self.preview)
        column.addWidget(self.problem)
        column.addLayout(self._bottom())
        self._draft = new_alliance("")
        self._wire()
        self._fill(alliance or session.state.question.alliance)
        self.resize(640, 640)

    def _bottom(self) -> QHBoxLayout:
        self.import_button = _button("Import\u2026", "Read alliances of a .json or .csv file")
        self.share_button = _button("Share\u2026", "Write this one to a .json or .csv file")
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.save_button = buttons.addButton("Save", QDialogButtonBox.ButtonRole.AcceptRole)
        self.save_button.setDefault(True)
        self.save_button.setToolTip("Keep it in the project and ask about it")
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        row = QHBoxLayout()
        row.setSpacing(GRID)
        row.addWidget(self.import_button)
        row.addWidget(self.share_button)
        row.addStretch(1)
        row.addWidget(buttons)
        return row

    def _wire(self) -> None:
        self.choice.currentIndexChanged.connect(self._chosen)
        self.new_button.clicked.connect(lambda: self._show(self._fresh()))
        self.copy_button.clicked.connect(self._copy)
        self.remove_button.clicked.connect(self._remove)
        self.name.textEdited.connect(self._told)
        self.table.edited.connect(self._told)
        self.rule.currentIndexChanged.connect(self._told)
        self.add_button.clicked.connect(self._add)
        self.who.returnPressed.connect(self._add)
        self.import_button.clicked.connect(self._import)
        self.share_button.clicked.connect(self._share)

    def accept(self) -> None:
        """Save the alliance, the rule for territories, and ask about it."""
        try:
            alliance = self._checked()
        except (GisappError, ValueError) as error:
            self._tell(error)
            return
        session, rule = self._session, self._rule()
        if rule != session.state.territories:
            session.run("alliance.territories", rule=rule)
        if alliance.is_own:
            session.run("alliance.save", alliance=alliance)
        elif session.state.question.alliance != alliance.id:
            session.run("question.alliance", alliance=alliance.id)
        super().accept()

    def _checked(self) -> Alliance:
        draft = self._draft
        if not draft.is_own:
            return draft
        name = self.name.text().strip()
        made = replace(
            draft,
            id=draft.id if draft.id in self._own_ids() else new_alliance(name, self._taken()).id,
            name=name,
            short_name=name,
            description=self.about.text().strip(),
        )
        whole = replace(made, memberships=self.table.members(made.id))
        return check_alliance(whole, self._facts.countries)

    def _fill(self, current: str | None) -> None:
        """Fill the list of alliances and show one, or a new one."""
        self._facts = self._session.facts
        self.choice.blockSignals(True)
        self.choice.clear()
        book = self._facts.alliances.alliances.values()
        for alliance in sorted(book, key=lambda a: (not a.is_own, a.short_name.casefold())):
            mark = "yours" if alliance.is_own else "ships"
            self.choice.addItem(f"{alliance.short_name or alliance.name}  \u00b7  {mark}", alliance)
        ids = [self.choice.itemData(i).id for i in range(self.choice.count())]
        at = ids.index(current) if current in ids else -1
        self.choice.setCurrentIndex(at)
        self.choice.setPlaceholderText("A new alliance")
        self.choice.blockSignals(False)
        self._show(self.choice.itemData(at) if at >= 0 else self._fresh())

    def _fresh(self) -> Alliance:
        self.choice.blockSignals(True)
        self.choice.setCurrentIndex(-1)
        self.choice.blockSignals(False)
        return new_alliance("")

    def _chosen(self, index: int) -> None:
        if index >= 0:
            self._show(self.choice.itemData(index))

    def _show(self, alliance: Alliance) -> None:
        self._draft = alliance
        own = alliance.is_own
        self.name.setText(alliance.name)
        self.about.setText(alliance.description)
        self.about.setCursorPosition(0)
        self.table.show_members(alliance.memberships, self._names)
        for line in (self.name, self.about):
            line.setReadOnly(not own)
        for widget in (self.table, self.who, self.add_button):
            widget.setEnabled(own)
        saved = alliance.id in self._own_ids()
        self.remove_button.setEnabled(saved)
        self.share_button.setEnabled(saved or not own)
        self.copy_button.setEnabled(bool(alliance.memberships))
        self.save_button.setText("Save" if own else "Ask about it")
        if own and not alliance.name:
            self.name.setFocus()
        self._told()

    def _told(self) -> None:
        """Say who is inside at the date of the question."""
        self.problem.hide()
        try:
            members = self.table.members(self._draft.id)
        except ValueError as error:
            self._tell(error)
            return
        day = self._session.state.question.as_of
        book = self._facts.alliances
        draft = replace(self._draft, id="draft", memberships=members)
        others = tuple(a for a in book.alliances.values() if a.is_own and a.id != "draft")
        trial = book.including((*others, draft), self._rule())
        if not self._draft.is_own:
            trial, draft = book.including(others, self._rule()), self._draft
        inside = trial.jurisdictions(draft.id, day)
        territories = book.territories
        states = sorted(self._names.get(c, c) for c in inside if c not in territories)
        more = len(states) - _MOST_NAMED
        named = ", ".join(states[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
        count = f"{len(states)} countries and {len(inside) - len(states)} territories"
        text = f"Inside on {day_title(day)}: {count}. {named}" if inside else "Nobody is inside"
        self.preview.setText(f"{text}{'.' if inside else f' on {day_title(day)}.'}")

    def _add(self) -> None:
        word = self.who.text().strip()
        if not word:
            return
        by_name = {name.casefold(): code for code, name in self._names.items()}
        by_name |= {name.casefold(): code for code, name in self._facts.countries.items()}
        code = by_name.get(word.casefold()) or word.upper()
        if code not in self._names:
            starts = [c for n, c in by_name.items() if n.startswith(word.casefold())]
            code = starts[0] if len(set(starts)) == 1 else ""
        if not code:
            self._tell(ValueError(f'No country is called "{word}".'))
            return
        if code in self.table.codes():
            self._tell(ValueError(f"{self._names[code]} is in the table already."))
            return
        self.table.add(Membership("", code, MemberRole.MEMBER, None, None, ""), self._names[code])
        self.table.scrollToBottom()
        self.who.clear()
        self._told()

    def _copy(self) -> None:
        name = f"{self._draft.short_name or self._draft.name} (copy)"
        made = copy_of(self._draft, name, self._taken())
        self._fresh()
        self._show(made)
        self.name.setFocus()
        self.name.selectAll()

    def _remove(self) -> None:
        self._session.run("alliance.remove", alliance=self._draft.id)
        self._fill(None)

    def _import(self) -> None:
        dialog = QFileDialog(self, "Read alliances", "", _FILTER)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self.read)
        dialog.open()

    def read(self, path: str) -> None:
        """Read the alliances of a file into the project; how it goes is told by the window."""
        self._session.run("alliance.import", path=Path(path))
        super().accept()

    def _share(self) -> None:
        dialog = QFileDialog(self, "Share", f"{self._draft.id}.json", _FILTER)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("json")
        alliance = self._draft.id
        dialog.fileSelected.connect(
            lambda path: self._session.run("alliance.export", path=Path(path), alliance=alliance)
        )
        dialog.open()

    def _rule(self) -> TerritoryRule:
        return TerritoryRule(self.rule.currentData())

    def _own_ids(self) -> set[str]:
        return {a.id for a in self._session.state.alliances}

    def _taken(self) -> set[str]:
        return set(self._facts.alliances.alliances)

    def _tell(self, error: Exception) -> None:
        text = error.message if isinstance(error, GisappError) else str(error)
        self.problem.setText(text)
        self.problem.show()


class _AddLine(QLineEdit):
    """A line whose Enter stays its own: it adds a country, the dialog does not save."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take Enter, which a line would leave to the dialog as well."""
        super().keyPressEvent(event)
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            event.accept()


def _button(text: str, tip: str) -> QPushButton:
    button = QPushButton(text)
    button.setToolTip(tip)
    button.setAutoDefault(False)
    return button
