"""The question as a sentence of words; changing a word changes everything below."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, Final

import qtawesome
from PySide6.QtCore import QDate, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QTextCharFormat
from PySide6.QtWidgets import (
    QCalendarWidget,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from gisapp.gui.alliance_choices import alliance_choices
from gisapp.gui.alliance_dialog import AllianceDialog
from gisapp.gui.looks import GRID, colors_of
from gisapp.gui.panel import Panel
from gisapp.gui.popup import Choice, Chooser
from gisapp.model.vocabulary import MINERALS, PARENT, Basis, Role, Stage, Weight
from gisapp.workspace.session import Session
from gisapp.workspace.state import ProjectState

_WEIGHTS: Final = {
    Weight.COUNT: "of sites",
    Weight.CAPACITY: "of capacity",
    Weight.PRODUCTION: "of production",
    Weight.RESERVES: "of reserves",
}
#: What a choice is about, under its title.
_ABOUT_WEIGHT: Final = {
    Weight.COUNT: "The number of sites",
    Weight.CAPACITY: "What the sites can make, as far as published",
    Weight.PRODUCTION: "National output, a year",
    Weight.RESERVES: "National reserves, of mining alone",
}
_BASES: Final = {
    Basis.LOCATION: "by location",
    Basis.CONTROL: "by control",
    Basis.LISTING: "by listing",
    Basis.EQUITY: "by equity",
    Basis.FOREIGN: "foreign-owned inside",
    Basis.ABROAD: "owned abroad",
}
_ABOUT_BASIS: Final = {
    Basis.LOCATION: "Where the site stands",
    Basis.CONTROL: "Where its controlling owner is at home",
    Basis.LISTING: "Where its owner is listed",
    Basis.EQUITY: "Every owner with its share",
    Basis.FOREIGN: "Stands inside, controlled from outside",
    Basis.ABROAD: "Stands outside, controlled from inside",
}
#: A distance restricts plants by these; the others are shares.
_OF_PLANTS: Final = (Basis.LOCATION, Basis.CONTROL, Basis.LISTING)
_PLANTS: Final = {Role.REFINERY: "to refineries", Role.MAGNET_PLANT: "to magnet plants"}
_MONTHS: Final = (
    "Jan",
    "Feb",
    "Mar",
    "Apr",
    "May",
    "Jun",
    "Jul",
    "Aug",
    "Sep",
    "Oct",
    "Nov",
    "Dec",
)


#: Stands among the alliances for the dialog that makes them.
_EDIT: Final = object()

#: How many letters of a word are shown, where there is room and where there is less and less.
_LIMITS: Final = (26, 18, 16, 14, 13, 12, 11, 10, 9, 8, 7, 6)


def day_text(day: date) -> str:
    """Return a day as the sentence says it: 22 Nov 2026."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


class Word(QToolButton):
    """One word of the sentence; a click drops what it may become."""

    def __init__(self, name: str, tip: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("word")
        self.name = name
        self._tip = tip
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self._said = ""
        self._limit = _LIMITS[0]

    def narrow(self, letters: int) -> None:
        """Show at most about so many letters."""
        if letters != self._limit:
            self._limit = letters
            self._write()

    def _write(self) -> None:
        metrics = self.fontMetrics()
        width = self._limit * metrics.averageCharWidth()
        self.setText(metrics.elidedText(self._said, Qt.TextElideMode.ElideRight, width))
        whole = self.text() == self._said
        self.setToolTip(self._tip if whole else f"{self._said}: {self._tip}")

    def say(self, text: str, *, empty: bool = False) -> None:
        """Show a word; `empty` shows it as not asked."""
        self._said = text
        self._write()
        self.setAccessibleName(f"{self.name}: {text}")
        if self.property("empty") != empty:
            self.setProperty("empty", empty)
            self.style().unpolish(self)
            self.style().polish(self)

    def sizeHint(self) -> QSize:
        """Return the width of the text in its weight, which Qt measures in the plain one."""
        hint = super().sizeHint()
        font = self.font()
        font.setBold(True)
        return QSize(hint.width() + 4, hint.height())


class DayChooser(QFrame):
    """A calendar that drops from the date."""

    chosen = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setObjectName("popup")
        self.calendar = QCalendarWidget(self)
        self.calendar.setVerticalHeaderFormat(QCalendarWidget.VerticalHeaderFormat.NoVerticalHeader)
        self.calendar.setFirstDayOfWeek(Qt.DayOfWeek.Monday)
        for weekday in (Qt.DayOfWeek.Saturday, Qt.DayOfWeek.Sunday):
            self.calendar.setWeekdayTextFormat(weekday, QTextCharFormat())
        self.calendar.setMinimumDate(QDate(1945, 1, 1))
        self.calendar.setMaximumDate(QDate(2060, 12, 31))
        self.calendar.setAccessibleName("Date whose membership counts")
        self.calendar.clicked.connect(self._take)
        self.calendar.activated.connect(self._take)
        today = QPushButton("Today", self)
        today.setObjectName("quiet")
        today.clicked.connect(lambda: self._take(QDate.currentDate()))
        column = QVBoxLayout(self)
        column.setContentsMargins(GRID, GRID, GRID, GRID)
        column.addWidget(self.calendar)
        column.addWidget(today, 0, Qt.AlignmentFlag.AlignLeft)

    def open_under(self, anchor: QWidget, day: date) -> None:
        """Show the calendar below a widget."""
        colors = colors_of(self)
        for name, icon, tip in (
            ("qt_calendar_prevmonth", "mdi6.chevron-left", "Month before"),
            ("qt_calendar_nextmonth", "mdi6.chevron-right", "Month after"),
        ):
            button = self.calendar.findChild(QToolButton, name)
            if isinstance(button, QToolButton):
                button.setIcon(qtawesome.icon(icon, color=colors.text))
                button.setToolTip(tip)
                button.setAccessibleName(tip)
        self.calendar.setSelectedDate(QDate(day.year, day.month, day.day))
        self.adjustSize()
        self.move(anchor.mapToGlobal(QPoint(0, anchor.height() + 2)))
        self.show()
        self.calendar.setFocus()

    def _take(self, day: QDate) -> None:
        self.hide()
        self.chosen.emit(date(day.year(), day.month(), day.day()))


class QuestionBar(Panel):
    """Mineral, stage, alliance, date, by what; and to which plants where distance is asked."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.setAccessibleName("Question")
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(0)
        self._glue: dict[Word, QLabel] = {}
        self.mineral = self._word("Mineral", "Which mineral is asked about", self._minerals)
        self.stage = self._word("Stage", "Mining, refining or magnet making", self._stages)
        self.alliance = self._word(
            "Alliance", "Whose jurisdictions count as inside", self._alliances
        )
        self.day = self._plain_word("Date", "The day whose membership counts")
        self.by = self._word(
            "By", "A site belongs by its location, its controlling owner or its listing", self._bys
        )
        self.weight = self._word("Share of", "What the share is a share of", self._weights)
        self.to = self._word("To", "To which plants the distance runs", self._plants)
        self._days = DayChooser(self)
        self.day.clicked.connect(
            lambda: self._days.open_under(self.day, session.state.question.as_of)
        )
        self._days.chosen.connect(lambda day: session.run("question.date", as_of=day))
        self.listen(session.changed, self._show)
        self._show(session.state)

    def fit(self, room: int) -> None:
        """Take at most so many pixels: without the dots first, then with shorter words."""
        words = [word for word in self._glue if not word.isHidden()]
        for step, letters in enumerate((_LIMITS[0], *_LIMITS)):
            for number, word in enumerate(words):
                self._glue[word].setVisible(step == 0 and number > 0)
                word.narrow(letters)
            self._row.invalidate()
            if self._row.totalSizeHint().width() <= room:
                return

    def ask(self, name: str) -> None:
        """Open the word of a command, "mineral" or "date"."""
        word: Word = {"date": self.day}.get(name) or getattr(self, name)
        word.click()

    def _plain_word(self, name: str, tip: str) -> Word:
        word = Word(name, tip, self)
        glue = QLabel("·", self)
        glue.setObjectName("glue")
        glue.setVisible(bool(self._glue))
        self._glue[word] = glue
        self._row.addWidget(glue)
        self._row.addWidget(word)
        return word

    def _word(
        self,
        name: str,
        tip: str,
        choices: Callable[[], tuple[str, str, Sequence[Choice], Any]],
    ) -> Word:
        word = self._plain_word(name, tip)
        width = 400 if name == "Alliance" else 260
        chooser = Chooser(word, f"Choose: {name.lower()}", width=width)

        def drop() -> None:
            _, _, offered, current = choices()
            chooser.open_under(word, offered, current)

        def take(value: Any) -> None:
            if value is _EDIT:
                AllianceDialog(self.session, parent=self.window()).open()
                return
            command, parameter, _, _ = choices()
            self.session.run(command, **{parameter: value})

        word.clicked.connect(drop)
        chooser.chosen.connect(take)
        return word

    def _minerals(self) -> tuple[str, str, Sequence[Choice], Any]:
        offered = [Choice("All minerals", None)]
        offered += [
            Choice(("   " if code in PARENT else "") + title, code, code)
            for code, title in MINERALS.items()
        ]
        return "question.mineral", "mineral", offered, self.session.state.question.mineral

    def _stages(self) -> tuple[str, str, Sequence[Choice], Any]:
        offered = [Choice(stage.label, stage) for stage in Stage]
        return "question.stage", "stage", offered, self.session.state.question.stage

    def _alliances(self) -> tuple[str, str, Sequence[Choice], Any]:
        offered = [Choice("No alliance", None), Choice("Make or change alliances\u2026", _EDIT)]
        offered += alliance_choices(self.session.facts, self.session.state.question.as_of)
        return "question.alliance", "alliance", offered, self.session.state.question.alliance

    def _bys(self) -> tuple[str, str, Sequence[Choice], Any]:
        distance = self.session.state.question.view == "distance"
        offered = [
            Choice(basis.label, basis, detail=_ABOUT_BASIS[basis])
            for basis in (_OF_PLANTS if distance else Basis)
        ]
        return "question.by", "by", offered, self.session.state.question.by

    def _weights(self) -> tuple[str, str, Sequence[Choice], Any]:
        offered = [
            Choice(f"Share {text}", weight, detail=_ABOUT_WEIGHT[weight])
            for weight, text in _WEIGHTS.items()
        ]
        return "question.weight", "weight", offered, self.session.state.question.weight

    def _plants(self) -> tuple[str, str, Sequence[Choice], Any]:
        offered = [Choice(text.capitalize(), role) for role, text in _PLANTS.items()]
        return "question.to", "role", offered, self.session.state.question.to

    def _show(self, state: ProjectState) -> None:
        asked = state.question
        mineral = MINERALS[asked.mineral] if asked.mineral else "All minerals"
        self.mineral.say(mineral, empty=asked.mineral is None)
        self.stage.say(asked.stage.value)
        if asked.alliance is None:
            self.alliance.say("no alliance", empty=True)
        else:
            self.alliance.say(self.session.facts.alliances.get(asked.alliance).short_name)
        self.day.say(day_text(asked.as_of))
        self.by.say(_BASES[asked.by])
        self.weight.say(_WEIGHTS[asked.weight])
        self.to.say(_PLANTS[asked.to])
        distance = asked.view == "distance"
        for word, shown in ((self.weight, not distance), (self.to, distance)):
            word.setVisible(shown)
            self._glue[word].setVisible(shown)
