"""A deck: of what, which slides with which titles, what stands around them, and its file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

from PySide6.QtCore import QSignalBlocker, QSize, Qt, QTimer
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)
from shiboken6 import isValid

from gisapp.gui.chips import FlowLayout
from gisapp.gui.dialogs import column_of, put_buttons
from gisapp.gui.file_line import FileLine
from gisapp.gui.looks import GRID, Kind, Text, colors_of, quiet_table, tick_sheet
from gisapp.gui.memory import Memory
from gisapp.gui.segments import Segments
from gisapp.model.feedback import Feedback, GisappError
from gisapp.workspace.deck_commands import planned
from gisapp.workspace.deck_plan import DeckPlan, Per
from gisapp.workspace.file_names import suggested_deck_name
from gisapp.workspace.session import Session

if TYPE_CHECKING:  # the analyses load with the first answer
    from gisapp.workspace.deck_preview import Offer

T = TypeVar("T")

FORMATS: Final = (
    (".pptx", "PowerPoint"),
    (".pdf", "PDF"),
    (".png", "PNG pictures"),
    (".svg", "SVG drawings"),
    (".gif", "Animated GIF"),
)
_PARTS: Final = (
    ("agenda", "Agenda", "A first page that lists the slides by number"),
    ("comparison", "Comparison", "A page that sets all findings side by side"),
    ("multiples", "Small maps", "A page of small maps, one for each"),
    ("appendix", "Sources and method", "Method, sources with licences, and how the deck was made"),
    ("same_scale", "Same scale", "Every deposit's map shows the same stretch of land"),
)
_KEY, _TITLE = 0, 1
_ID: Final = Qt.ItemDataRole.UserRole
_REST_MS: Final = 400


class DeckDialog(QDialog):
    """Plans a deck and has it made.

    Parameters
    ----------
    exported
        Called with the path of the file that is being written.
    """

    def __init__(
        self,
        session: Session,
        memory: Memory,
        exported: Callable[[Path], None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        column = column_of(self, "Make a deck", 640)
        self._session, self._memory, self._exported = session, memory, exported
        self.plan = session.state.deck
        self._offer: Offer | None = None
        self._written: dict[str, str] = {}
        self._told: dict[str, str] = {}
        self.per = Segments(
            "One slide per", [(per.value.capitalize(), per, per.label) for per in Per]
        )
        self.per.choose(self.plan.per)
        self.per.chosen.connect(lambda per: self._be_of(Per(per)))
        self.table = self._make_table()
        self.count = Text(Kind.NOTE)
        picks = QHBoxLayout()
        picks.addWidget(self.count, 1)
        for title, tip, pick in (
            ("Usual", "Choose those that a deck takes by itself", self._pick_usual),
            ("All", "Choose all", lambda: self._pick(lambda _key: True)),
            ("None", "Choose none", lambda: self._pick(lambda _key: False)),
            ("Reset titles", "Let the results speak again", self._reset_titles),
        ):
            picks.addWidget(_quiet(title, tip, pick))
        self.parts: dict[str, QCheckBox] = {}
        parts = QWidget()
        flow = FlowLayout(parts)
        flow.setSpacing(2 * GRID)
        for name, word, tip in _PARTS:
            tick = QCheckBox(word)
            tick.setToolTip(tip)
            tick.setStyleSheet(tick_sheet(self))
            tick.setChecked(getattr(self.plan, name))
            flow.addWidget(tick)
            self.parts[name] = tick
        self.title = QLineEdit(self.plan.title)
        self.title.setAccessibleName("Title of the deck")
        self.title.setPlaceholderText("Title of the deck; empty: made from the question")
        self.file = FileLine(FORMATS)
        self.note = Text(Kind.NOTE)
        for widget in (self.per, self.table):
            column.addWidget(widget, 1 if widget is self.table else 0)
        column.addLayout(picks)
        for each in (self.title, parts, self.file, self.note):
            column.addWidget(each)
        self.make = put_buttons(self, column, "Make the deck")
        self._rest = QTimer(self, interval=_REST_MS, singleShot=True)
        self._rest.timeout.connect(self._ask_titles)
        self.table.itemChanged.connect(self._item_changed)
        self.file.changed.connect(self._check)
        self.finished.connect(lambda _result: self._cancel())
        known = [suffix for suffix, _ in FORMATS]
        kept = memory.settings.export_format
        self.file.show_file(
            Path(memory.export_folder())
            / suggested_deck_name(session.state, session.facts, self.plan.per),
            kept if kept in known else known[0],
        )
        self._be_of(self.plan.per)
        # left to itself, Qt takes two thirds of the screen at most
        self.resize(self.sizeHint().boundedTo(self.screen().availableSize() - QSize(80, 80)))
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def sizeHint(self) -> QSize:
        """Return a size with room for ten slides and their titles."""
        letters = self.fontMetrics().averageCharWidth()
        return QSize(max(720, 100 * letters), 680)

    @property
    def chosen(self) -> tuple[str, ...]:
        """The keys that are ticked, in their order."""
        items = (self._item(row, _KEY) for row in range(self.table.rowCount()))
        return tuple(i.data(_ID) for i in items if i.checkState() is Qt.CheckState.Checked)

    def accept(self) -> None:
        """Keep the plan, start the work and close; how it goes is told by the window."""
        path = self.file.path
        if not self.make.isEnabled() or self.file.fault:
            return
        plan = self._planned()
        if plan != self._session.state.deck:
            changes = {f.name: getattr(plan, f.name) for f in fields(plan)}
            self._session.run("deck.set", **changes)
        self._memory.exported(path)
        self._exported(path)
        self._session.run("deck.export", path=path)
        super().accept()

    def _planned(self) -> DeckPlan:
        chosen = self.chosen
        usual = self._offer is not None and chosen == self._offer.usual
        headlines = tuple((key, text) for key, text in self._written.items() if key in chosen)
        return planned(
            self.plan,
            keys=() if usual else chosen,
            headlines=headlines,
            title=self.title.text().strip(),
            **{name: tick.isChecked() for name, tick in self.parts.items()},
        )

    # --- which slides --------------------------------------------------------------------------

    def _be_of(self, per: Per) -> None:
        """Offer the keys of another word of the question."""
        self._cancel()  # titles of the keys before come too late
        self.plan = planned(self.plan, per=per)
        self._written = dict(self.plan.headlines)
        self._told, self._offer = {}, None
        self.parts["same_scale"].setVisible(per is Per.DEPOSIT)
        name = suggested_deck_name(self._session.state, self._session.facts, per)
        self.file.rename(name)
        self.table.setRowCount(0)
        self.table.setHorizontalHeaderLabels([per.value.capitalize(), "Title of the slide"])
        state, facts = self._session.state, self._session.facts
        self._say("Looking for what there is\u2026")

        def work(feedback: Feedback) -> Offer:
            from gisapp.workspace.deck_preview import offered

            return offered(state, facts, per, feedback=feedback)

        self._start("deck.keys", "Looking for slides", work, self._show_offer)
        self._check()

    def _start(
        self,
        purpose: str,
        title: str,
        work: Callable[[Feedback], T],
        done: Callable[[T], None],
    ) -> None:
        def finish(result: T) -> None:
            if isValid(self):
                done(result)

        def fail(error: Exception) -> None:
            if isValid(self) and isinstance(error, GisappError):
                self._say(str(error), warning=True)
            else:
                self._session.report_error(error)

        self._session.jobs.start(purpose, title, work, finish, fail)

    def _show_offer(self, offer: Offer) -> None:
        self._offer = offer
        ticked = set(self.plan.keys or offer.usual)
        with QSignalBlocker(self.table):
            self.table.setRowCount(len(offer.keys))
            for row, key in enumerate(offer.keys):
                item = QTableWidgetItem(key.title)
                item.setData(_ID, key.id)
                flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
                item.setFlags(flags | Qt.ItemFlag.ItemIsUserCheckable)
                on = key.id in ticked
                item.setCheckState(Qt.CheckState.Checked if on else Qt.CheckState.Unchecked)
                self.table.setItem(row, _KEY, item)
                self.table.setItem(row, _TITLE, QTableWidgetItem())
        self._paint()
        self._rest.start()

    def _pick(self, wanted: Callable[[str], bool]) -> None:
        with QSignalBlocker(self.table):
            for row in range(self.table.rowCount()):
                item = self._item(row, _KEY)
                on = wanted(item.data(_ID))
                item.setCheckState(Qt.CheckState.Checked if on else Qt.CheckState.Unchecked)
        self._paint()
        self._rest.start()

    def _pick_usual(self) -> None:
        usual = set(self._offer.usual) if self._offer is not None else set()
        self._pick(usual.__contains__)

    def _item(self, row: int, column: int) -> QTableWidgetItem:
        item = self.table.item(row, column)
        if item is None:
            raise IndexError(f"no row {row} in the table of slides")
        return item

    # --- their titles --------------------------------------------------------------------------

    def _ask_titles(self) -> None:
        """Have the titles worked out of slides whose title is not known yet."""
        missing = tuple(key for key in self.chosen if key not in self._told)
        if not missing:
            return
        state, facts, per = self._session.state, self._session.facts, self.plan.per

        def work(feedback: Feedback) -> dict[str, str]:
            from gisapp.workspace.deck_preview import headlines

            return headlines(state, facts, per, missing, feedback=feedback)

        self._say("Working out the titles\u2026")
        self._start("deck.titles", "Working out titles", work, self._show_titles)

    def _show_titles(self, told: dict[str, str]) -> None:
        self._told |= told
        self._paint()

    def _reset_titles(self) -> None:
        self._written = {}
        self._paint()

    def _item_changed(self, item: QTableWidgetItem) -> None:
        key = self._item(item.row(), _KEY).data(_ID)
        if item.column() == _KEY:
            self._rest.start()
        else:
            text = item.text().strip()
            if text and text != self._told.get(key):
                self._written[key] = text
            else:
                self._written.pop(key, None)
        self._paint()

    def _paint(self) -> None:
        """Show titles, what is chosen, and whether a deck can be made of it."""
        chosen, quiet = set(self.chosen), QColor(colors_of(self).muted)
        plain = QColor(colors_of(self).text)
        with QSignalBlocker(self.table):
            for row in range(self.table.rowCount()):
                key, item = self._item(row, _KEY).data(_ID), self._item(row, _TITLE)
                text = self._written.get(key) or self._told.get(key, "")
                item.setText(text if key in chosen else "")
                item.setToolTip(text)
                item.setForeground(plain if key in self._written else quiet)
        self.table.viewport().update()
        count = f"{len(chosen)} of {self.table.rowCount()} {self.plan.per.plural}"
        self.count.setText(f"{count}; double-click a title to write your own")
        self._say("")
        self._check()

    # --- the file ------------------------------------------------------------------------------

    def _check(self) -> None:
        self.make.setEnabled(bool(self.chosen) and not self.file.fault)
        self.make.setText("Replace the deck" if self.file.replaces else "Make the deck")

    def _say(self, text: str, *, warning: bool = False) -> None:
        self.note.set_kind(Kind.WARNING if warning else Kind.NOTE)
        self.note.setText(text)

    def _cancel(self) -> None:
        for purpose in ("deck.keys", "deck.titles"):
            self._session.jobs.cancel(purpose)

    def _make_table(self) -> QTableWidget:
        table = QTableWidget(0, 2)
        table.setAccessibleName("Slides")
        quiet_table(table)
        table.setStyleSheet(tick_sheet(self))
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        triggers = QAbstractItemView.EditTrigger
        table.setEditTriggers(triggers.DoubleClicked | triggers.EditKeyPressed)
        header = table.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionsClickable(False)
        header.setSectionResizeMode(_KEY, QHeaderView.ResizeMode.Interactive)
        header.setSectionResizeMode(_TITLE, QHeaderView.ResizeMode.Stretch)
        table.setColumnWidth(_KEY, 26 * self.fontMetrics().averageCharWidth())
        return table


def _quiet(title: str, tip: str, call: Callable[[], None]) -> QPushButton:
    button = QPushButton(title)
    button.setObjectName("quiet")
    button.setToolTip(tip)
    button.setAutoDefault(False)
    button.clicked.connect(lambda _on=False: call())
    return button
