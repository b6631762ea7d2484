"""The filter: stage, status, countries, years and text; every change runs a command at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, Final

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QSignalBlocker,
    QSortFilterProxyModel,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QColor, QFontMetrics, QPainter
from PySide6.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QLineEdit,
    QListView,
    QPushButton,
    QSpinBox,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from gisapp.data.shipped import load_facts
from gisapp.gui.looks import (
    GRID,
    IconButton,
    Kind,
    ScrollColumn,
    Text,
    colors_of,
    tabular,
    tick_sheet,
)
from gisapp.gui.panel import Panel
from gisapp.model.feedback import Feedback
from gisapp.model.numbers import number
from gisapp.model.vocabulary import FACILITY_ROLES, STAGE_OF_ROLE, Stage, Status, status_code
from gisapp.render.symbology import status_title
from gisapp.workspace.filtering import rows_shown
from gisapp.workspace.session import Session
from gisapp.workspace.state import Filter, LayerEntry, ProjectState
from gisapp.workspace.titles import country_title

_NO_YEAR: Final = 1799
_LAST_YEAR: Final = 2100
_LINES: Final = 6


class Counts:
    """What there is to filter: how many sites of each value, and how many pass."""

    def __init__(self) -> None:
        self.stages: Counter[str] = Counter()
        self.statuses: Counter[str] = Counter()
        self.countries: Counter[str] = Counter()
        self.owner_countries: Counter[str] = Counter()
        self.shown = 0
        self.total = 0


def count_sites(
    entries: Iterable[LayerEntry],
    passing: Filter,
    mineral: str | None,
    feedback: Feedback | None = None,
) -> Counts:
    """Count the sites of a mineral by what the panel offers, and those that pass the filter."""
    feedback = feedback or Feedback()
    counts, code_of = Counts(), load_facts().country_code
    for entry in entries:
        layer = entry.layer
        feedback.check(text=f"Counting {layer.name}")
        about = rows_shown(layer, Filter(), mineral, entry.where)
        through = rows_shown(layer, passing, mineral, entry.where)
        n = len(layer.features) if about is None else len(about)
        counts.total += n
        counts.shown += len(layer.features) if through is None else len(through)
        counts.stages[STAGE_OF_ROLE[layer.role].value] += n
        for field, counter in (
            ("status", counts.statuses),
            ("country", counts.countries),
            ("owner_country", counts.owner_countries),
        ):
            values = layer.values(field)
            if values is None:
                continue
            here = values if about is None else values[about]
            words = Counter(str(v).strip() for v in here.tolist() if v)
            for word, count in words.items():
                if field != "status":
                    known = code_of(word)
                    if known:  # what is no country is no choice
                        counter[known] += count
                    continue
                status = status_code(word)
                counter[word if status is None else status.value] += count
            feedback.check()
    return counts


class FilterPanel(Panel):
    """Which sites are shown and counted. The mineral comes from the question bar."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.setAccessibleName("Filter")
        self._asked: tuple[Any, ...] = ()
        self.count = Text(Kind.TITLE)
        self.clear_button = QPushButton("Clear all")
        self.clear_button.setToolTip("Show and count every site again")
        self.clear_button.clicked.connect(lambda: session.run("filter.clear"))
        self.text = QLineEdit()
        self.text.setClearButtonEnabled(True)
        self.text.setPlaceholderText("Name, owner or id")
        self.text.setAccessibleName("Text in name, owner or id")
        self.stages = CheckGroup({stage.value: stage.label for stage in Stage}, "Stage")
        self.statuses = CheckGroup({s.value: status_title(s) for s in Status}, "Status")
        self.countries = CountryList("Country of the site", session.facts.countries)
        self.owners = CountryList("Country of the owner", session.facts.countries)
        self.first_year, self.last_year = _year_box("First"), _year_box("Last")
        self._build()
        self._wire()
        self.listen(session.changed, self._follow)
        self._follow(session.state)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.ApplicationPaletteChange:
            self.setStyleSheet(tick_sheet(self))

    def _build(self) -> None:
        self.setStyleSheet(tick_sheet(self))
        head = QHBoxLayout()
        head.addWidget(self.count, 1)
        head.addWidget(self.clear_button)
        years = QHBoxLayout()
        years.setSpacing(GRID)
        years.addWidget(self.first_year, 1)
        years.addWidget(Text(Kind.NOTE, "to").fit())
        years.addWidget(self.last_year, 1)
        scroll = ScrollColumn()
        column = scroll.column
        column.addLayout(head)
        column.addWidget(self.text)
        for title, content in (
            ("Stage", self.stages),
            ("Status", self.statuses),
            ("Country of the site", self.countries),
            ("Country of the owner", self.owners),
        ):
            column.addSpacing(GRID // 2)
            column.addWidget(Text(Kind.CAPTION, title))
            column.addWidget(content)
        column.addSpacing(GRID // 2)
        column.addWidget(Text(Kind.CAPTION, "Year of start"))
        column.addLayout(years)
        column.addWidget(Text(Kind.CAPTION, "A site whose year is unknown stays in."))
        column.addStretch(1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(scroll)

    def _wire(self) -> None:
        self._typed = QTimer(self, interval=250, singleShot=True)
        self._typed.timeout.connect(lambda: self._set(text=self.text.text()))
        self.text.textEdited.connect(lambda _text: self._typed.start())
        self.stages.changed.connect(lambda codes: self._set(stages=codes))
        self.statuses.changed.connect(lambda codes: self._set(statuses=codes))
        self.countries.changed.connect(lambda codes: self._set(countries=codes))
        self.owners.changed.connect(lambda codes: self._set(owner_countries=codes))
        self.first_year.editingFinished.connect(self._set_years)
        self.last_year.editingFinished.connect(self._set_years)

    def _set(self, **fields: Any) -> None:
        now = self.session.state.filter
        if any(getattr(now, name) != value for name, value in fields.items()):
            self.session.run("filter.set", **fields)

    def _set_years(self) -> None:
        def year(box: QSpinBox) -> int | None:
            return None if box.value() == _NO_YEAR else box.value()

        self._set(first_year=year(self.first_year), last_year=year(self.last_year))

    def _follow(self, state: ProjectState) -> None:
        passing = state.filter
        self.clear_button.setEnabled(passing != Filter())
        if self.text.text() != passing.text and not self._typed.isActive():
            self.text.setText(passing.text)
        self.stages.check(passing.stages)
        self.statuses.check(passing.statuses)
        self.countries.check(passing.countries)
        self.owners.check(passing.owner_countries)
        for box, value in (
            (self.first_year, passing.first_year),
            (self.last_year, passing.last_year),
        ):
            with QSignalBlocker(box):
                box.setValue(_NO_YEAR if value is None else value)
        entries = tuple(e for e in state.layers if e.visible and e.layer.role in FACILITY_ROLES)
        mineral = state.question.mineral
        asked = (tuple((e.layer.features, e.where) for e in entries), passing, mineral)
        if asked == self._asked:
            return
        self._asked = asked
        self.work(
            "filter.count",
            "Counting sites",
            lambda feedback: count_sites(entries, passing, mineral, feedback),
            self._show_counts,
        )

    def _show_counts(self, counts: Counts) -> None:
        self.count.setText(f"{number(counts.shown)} of {number(counts.total)} sites")
        self.stages.count(counts.stages)
        self.statuses.count(counts.statuses)
        self.countries.count(counts.countries)
        self.owners.count(counts.owner_countries)


def _year_box(which: str) -> QSpinBox:
    box = QSpinBox()
    box.setRange(_NO_YEAR, _LAST_YEAR)
    box.setSpecialValueText("any")
    box.setValue(_NO_YEAR)
    box.setAccessibleName(f"{which} year of start")
    box.setToolTip(f"{which} year of start; the lowest value means any")
    box.setMinimumWidth(64)
    return box


class CheckGroup(QWidget):
    """Check boxes of a few codes with their counts; none ticked lets everything pass."""

    changed = Signal(object)

    def __init__(self, titles: Mapping[str, str], name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self._boxes: dict[str, QCheckBox] = {}
        self._counts: dict[str, Text] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID // 4)
        for code, title in titles.items():
            box = QCheckBox(title)
            box.toggled.connect(lambda _on: self.changed.emit(self.checked()))
            count = Text(Kind.NOTE).fit()
            row = QHBoxLayout()
            row.addWidget(box, 1)
            row.addWidget(count)
            column.addLayout(row)
            self._boxes[code], self._counts[code] = box, count

    def checked(self) -> frozenset[str]:
        """Return the codes that are ticked."""
        return frozenset(code for code, box in self._boxes.items() if box.isChecked())

    def check(self, codes: Iterable[str]) -> None:
        """Tick these codes alone, without telling anybody."""
        wanted = set(codes)
        for code, box in self._boxes.items():
            with QSignalBlocker(box):
                box.setChecked(code in wanted)

    def count(self, counts: Mapping[str, int]) -> None:
        """Show how many sites each code has."""
        for code, label in self._counts.items():
            label.setText(number(counts.get(code, 0)))


Index = QModelIndex | QPersistentModelIndex
COUNT_ROLE: Final = Qt.ItemDataRole.UserRole + 1
_ROOT: Final = QModelIndex()


class _Countries(QAbstractListModel):
    """Countries with their counts, ticked or not."""

    def __init__(self, names: Mapping[str, str], parent: QWidget) -> None:
        super().__init__(parent)
        self._names = names
        self._codes: list[str] = []
        self._counts: Mapping[str, int] = {}
        self.checked: frozenset[str] = frozenset()

    def show(self, counts: Mapping[str, int], checked: frozenset[str]) -> None:
        """Show countries that occur, or are ticked: ticked ones first, then by count."""
        self.beginResetModel()
        self._counts, self.checked = counts, checked
        codes = [code for code in {*counts, *checked} if code]
        self._codes = sorted(codes, key=lambda c: (c not in checked, -counts.get(c, 0), c))
        self.endResetModel()

    def rowCount(self, parent: Index = _ROOT) -> int:
        """Return the number of countries."""
        return 0 if parent.isValid() else len(self._codes)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return name and count, the tick, or what the search looks at."""
        code = self._codes[index.row()]
        name = country_title(code, self._names)
        if role == Qt.ItemDataRole.DisplayRole:
            return name
        if role == COUNT_ROLE:
            return number(self._counts.get(code, 0))
        if role == Qt.ItemDataRole.CheckStateRole:
            on = code in self.checked
            return Qt.CheckState.Checked if on else Qt.CheckState.Unchecked
        if role == Qt.ItemDataRole.UserRole:
            return f"{name} {self._names.get(code, '')} {code}"
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Return that a country can be ticked."""
        return super().flags(index) | Qt.ItemFlag.ItemIsUserCheckable

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Tick a country or not."""
        if role != Qt.ItemDataRole.CheckStateRole:
            return False
        code = frozenset({self._codes[index.row()]})
        on = Qt.CheckState(value) == Qt.CheckState.Checked
        self.checked = self.checked | code if on else self.checked - code
        self.dataChanged.emit(index, index, [role])
        return True


class _CountDelegate(QStyledItemDelegate):
    """Paints the count of an item at the right, after its tick and name."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint tick and name, then the count."""
        count = str(index.data(COUNT_ROLE))
        view = option.widget
        font = tabular(option.font)
        room = QFontMetrics(font).horizontalAdvance(count) + GRID
        whole = QRect(option.rect)
        option.rect = whole.adjusted(0, 0, -room, 0)
        super().paint(painter, option, index)
        painter.save()
        painter.setFont(font)
        painter.setPen(QColor(colors_of(view).muted))
        place = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(whole.adjusted(0, 0, -GRID // 2, 0), place, count)
        painter.restore()


class CountryList(QWidget):
    """A searchable list of countries to tick."""

    changed = Signal(object)

    def __init__(self, title: str, names: Mapping[str, str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = _Countries(names, self)
        self._found = QSortFilterProxyModel(self)
        self._found.setSourceModel(self._model)
        self._found.setFilterRole(Qt.ItemDataRole.UserRole)
        self._found.setFilterCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.search = QLineEdit()
        self.search.setPlaceholderText("Search countries")
        self.search.setClearButtonEnabled(True)
        self.search.setAccessibleName(f"Search: {title.lower()}")
        self.search.textChanged.connect(self._found.setFilterFixedString)
        self.none_button = IconButton("mdi6.close", f"{title}: any", self)
        self.none_button.clicked.connect(lambda: self.changed.emit(frozenset()))
        self.view = QListView()
        self.view.setModel(self._found)
        self.view.setAccessibleName(title)
        self.view.setItemDelegate(_CountDelegate(self.view))
        self.view.setUniformItemSizes(True)
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._model.dataChanged.connect(lambda *_: self.changed.emit(self._model.checked))
        row = QHBoxLayout()
        row.setSpacing(GRID // 2)
        row.addWidget(self.search, 1)
        row.addWidget(self.none_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID // 2)
        column.addLayout(row)
        column.addWidget(self.view)
        self._counts: Mapping[str, int] = {}

    def checked(self) -> frozenset[str]:
        """Return the codes that are ticked."""
        return self._model.checked

    def check(self, codes: frozenset[str]) -> None:
        """Tick these countries alone, without telling anybody."""
        self.none_button.setEnabled(bool(codes))
        if codes != self._model.checked:
            self._model.show(self._counts, codes)

    def count(self, counts: Mapping[str, int]) -> None:
        """Show the countries that occur, with the number of their sites."""
        if counts != self._counts:
            self._counts = counts
            self._model.show(counts, self._model.checked)
            line = max(self.view.sizeHintForRow(0), self.view.fontMetrics().height())
            self.view.setFixedHeight(_LINES * line + 2)
