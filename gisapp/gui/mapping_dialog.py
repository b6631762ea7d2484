"""Say what a layer is and which of its columns hold what; the first rows show whether it fits."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QSizePolicy,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from gisapp.gui.looks import GRID, Kind, Text
from gisapp.model.layer import Layer
from gisapp.model.mapping import ColumnMapping
from gisapp.model.numbers import NO_BREAK, number
from gisapp.model.units import guess_unit, parse_amount, parse_unit
from gisapp.model.vocabulary import MINERALS, Role, Status, mineral_code, status_code
from gisapp.workspace.session import Session

#: What is asked, with what it is for.
_ASKED: Final = (
    ("mineral", "Mineral", "Without it the layer answers no question about a mineral."),
    ("name", "Name", "What labels and tables call a site."),
    ("country", "Country", "Left out, the country is taken from the position."),
    ("status", "Status", "Left out, every site counts as operating."),
    ("capacity", "Capacity", "A year. Left out, shares go by number of sites."),
    ("owner", "Owner", "Who runs or owns the site."),
    ("owner_country", "Owner's country", "Left out, control is unknown."),
    ("listing", "Listing", "The stock exchange of the owner."),
    ("start_year", "Start year", "For the filter of years."),
)
_UNITS: Final = (
    "t", "kt", "Mt", "kg", "lb", "Mlb", "short tons", "oz troy", "t LCE", "kt LCE", "t Li2O",
    "t REO", "kt REO", "Mlb U3O8", "t V2O5", "t WO3",
)  # fmt: skip
_NO_UNIT: Final = "tonnes of what is counted"
_ROWS: Final = 5
_NONE: Final = ("none", "")


def missing_fields(layer: Layer) -> tuple[str, ...]:
    """Return the fields that a facility layer cannot do without and does not have."""
    if not layer.role.is_facility:
        return ()
    constants = dict(layer.mapping.constants)
    return tuple(
        field for field in ("mineral",) if field not in constants and layer.column_of(field) is None
    )


class MappingDialog(QDialog):
    """Changes role and columns of one layer in one go; it blocks nothing while it is open."""

    def __init__(self, session: Session, layer: Layer, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(f"Role and columns of {layer.name}")
        self._session, self._layer = session, layer
        self.role = QComboBox()
        self.role.setAccessibleName("Role")
        for role in Role:
            self.role.addItem(role.label, role)
        self.role.setCurrentIndex(self.role.findData(layer.role))
        self.role.currentIndexChanged.connect(self._show)
        self.choices: dict[str, QComboBox] = {}
        self.unit = self._units()
        grid = QGridLayout()
        grid.setHorizontalSpacing(2 * GRID)
        grid.setVerticalSpacing(GRID // 2)
        grid.setColumnStretch(2, 1)
        grid.addWidget(QLabel("This layer holds"), 0, 0)
        grid.addWidget(self.role, 0, 1)
        for row, (field, title, why) in enumerate(_ASKED, start=1):
            choice = self._choice(field, title)
            self.choices[field] = choice
            note = QLabel(why)
            note.setObjectName("muted")
            grid.addWidget(QLabel(title), row, 0)
            grid.addWidget(choice, row, 1)
            if field == "capacity":
                beside = QHBoxLayout()
                beside.setSpacing(GRID)
                beside.addWidget(QLabel("in"))
                beside.addWidget(self.unit)
                beside.addWidget(note, 1)
                grid.addLayout(beside, row, 2)
            else:
                grid.addWidget(note, row, 2)
        self.choices["capacity"].activated.connect(self._guess_unit)
        self.remark = Text(Kind.NOTE)
        self.preview = QTableWidget(min(_ROWS, len(layer.features)), len(_ASKED), self)
        self.preview.setAccessibleName("First rows as they will be read")
        self.preview.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.preview.setHorizontalHeaderLabels([title for _, title, _ in _ASKED])
        self.preview.verticalHeader().hide()
        self.preview.setWordWrap(False)
        self.preview.setShowGrid(False)
        head = self.preview.horizontalHeader()
        head.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        head.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        head.setStyleSheet("QHeaderView::section { padding: 4px 3px; }")
        self.preview.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.preview.setFixedHeight(34 + 30 * max(self.preview.rowCount(), 1))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.apply = buttons.addButton("Apply", QDialogButtonBox.ButtonRole.AcceptRole)
        self.apply.setDefault(True)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(3 * GRID, 2 * GRID, 3 * GRID, 2 * GRID)
        column.setSpacing(GRID)
        column.addLayout(grid)
        column.addSpacing(GRID)
        caption = QLabel("The first rows, as they will be read")
        caption.setObjectName("strong")
        column.addWidget(caption)
        column.addWidget(self.preview)
        column.addWidget(self.remark)
        column.addWidget(buttons)
        self.resize(936, 10)
        self._show()

    @property
    def mapping(self) -> ColumnMapping:
        """The mapping as it is chosen."""
        columns: list[tuple[str, str]] = []
        constants: list[tuple[str, str]] = []
        for field, choice in self.choices.items():
            kind, text = choice.currentData()
            if kind == "column":
                columns.append((field, text))
            elif kind == "constant":
                constants.append((field, text))
        # Fields that are not asked for here keep what they have.
        columns += [c for c in self._layer.mapping.columns if c[0] not in self.choices]
        constants += [c for c in self._layer.mapping.constants if c[0] not in self.choices]
        units = {f: u for f, u in self._layer.mapping.units if f not in self.choices}
        if self.unit_text and any(field == "capacity" for field, _ in columns):
            units["capacity"] = self.unit_text
        return ColumnMapping(
            tuple(sorted(columns)), tuple(sorted(constants)), tuple(sorted(units.items()))
        )

    @property
    def unit_text(self) -> str:
        """The unit of the capacity as it is chosen, "" for none."""
        text = self.unit.currentText().strip()
        return "" if text == _NO_UNIT else text

    def accept(self) -> None:
        """Change the layer and close."""
        role = Role(self.role.currentData())
        if role is not self._layer.role:
            self._session.run("layer.role", layer_id=self._layer.id, role=role)
        if self.mapping != self._layer.mapping:
            self._session.run("layer.mapping", layer_id=self._layer.id, mapping=self.mapping)
        super().accept()

    def _units(self) -> QComboBox:
        unit = QComboBox()
        unit.setAccessibleName("Unit of the capacity")
        unit.setToolTip("Choose, or type another: kt contained Ni, t/day, koz Pt")
        unit.setEditable(True)
        unit.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        unit.setMinimumWidth(200)
        unit.addItems([_NO_UNIT, *_UNITS])
        unit.setCurrentText(dict(self._layer.mapping.units).get("capacity", _NO_UNIT))
        unit.currentTextChanged.connect(lambda _text: self._show())
        return unit

    def _guess_unit(self) -> None:
        """Take the unit that the name or the values of the chosen column tell."""
        kind, name = self.choices["capacity"].currentData()
        values = self._layer.features.columns.get(name)
        guess = guess_unit(name, values) if kind == "column" and values is not None else ""
        self.unit.setCurrentText(guess or _NO_UNIT)

    def _choice(self, field: str, title: str) -> QComboBox:
        choice = QComboBox()
        choice.setAccessibleName(f"Column of {title.lower()}")
        choice.setMinimumWidth(200)
        choice.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        choice.addItem("(not in this layer)", _NONE)
        for name in self._layer.features.columns:
            choice.addItem(name, ("column", name))
        offered = {"mineral": MINERALS, "status": {s.value: s.value.capitalize() for s in Status}}
        if field in offered:
            choice.insertSeparator(choice.count())
            for code, text in offered[field].items():
                choice.addItem(f"All are {text.lower()}", ("constant", code))
        constant = dict(self._layer.mapping.constants).get(field)
        column = self._layer.column_of(field)
        wanted = ("constant", constant) if constant else ("column", column) if column else _NONE
        for index in range(choice.count()):
            data = choice.itemData(index)
            if data is not None and tuple(data) == wanted:
                choice.setCurrentIndex(index)
        choice.currentIndexChanged.connect(self._show)
        return choice

    def _show(self) -> None:
        role = Role(self.role.currentData())
        for choice in self.choices.values():
            choice.setEnabled(role.is_facility)
        kind, _column = self.choices["capacity"].currentData()
        self.unit.setEnabled(role.is_facility and kind == "column")
        self.apply.setEnabled(not self.unit_text or parse_unit(self.unit_text) is not None)
        read = self._layer.with_(mapping=self.mapping)
        for place, (field, _title, _why) in enumerate(_ASKED):
            values = read.values(field)
            for row in range(self.preview.rowCount()):
                value = None if values is None else values[row]
                text = "" if value is None or value != value else str(value)  # noqa: PLR0124 - NaN
                item = QTableWidgetItem(_as_read(field, text, self.unit_text))
                item.setToolTip(text)
                self.preview.setItem(row, place, item)
        self.remark.setText(self._remark(read, role))

    def _remark(self, read: Layer, role: Role) -> str:
        if not role.is_facility:
            return "A layer of this role needs no columns."
        if not self.apply.isEnabled():
            return (
                f"\u201c{self.unit_text}\u201d is no unit that can be told: write t, kt LCE, "
                "Mlb U3O8 or t REO."
            )
        values = read.values("mineral")
        if values is None:
            return "Choose the column of the mineral, or say that all are of one mineral."
        parts = [
            part
            for value in values[:200]
            if value is not None
            for part in str(value).replace(",", ";").replace("/", ";").split(";")
            if part.strip()
        ]
        strange = sorted({part.strip() for part in parts if mineral_code(part) is None})
        if not strange:
            said = "Every mineral of the first 200 rows is known."
        else:
            named = ", ".join(f"“{word}”" for word in strange[:4])
            said = f"Not known as minerals, and left out of questions: {named}."
        return said + _unknown_statuses(read) + self._unknown_countries(read)

    def _unknown_countries(self, read: Layer) -> str:
        """Return a sentence on what is no country to us, or nothing."""
        code_of = self._session.facts.country_code
        words: dict[str, None] = {}
        for field in ("country", "owner_country"):
            values = read.values(field)
            if values is not None:
                words |= dict.fromkeys(str(v) for v in values[:200] if v and not code_of(str(v)))
        named = ", ".join(f"“{word}”" for word in list(words)[:4])
        return f" Not known as a country: {named}." if words else ""


def _as_read(field: str, text: str, unit: str) -> str:
    """Return a value in our own words, where it is one of them; a capacity in tonnes."""
    if field == "capacity":
        amount = parse_amount(text)
        said = None if amount is None else parse_unit(amount[1] or unit or "t")
        if amount is None or said is None:
            return text
        return f"{number(amount[0] * said.tonnes)}{NO_BREAK}t {said.form}".rstrip()
    if field == "mineral":
        parts = [part.strip() for part in text.replace(",", ";").replace("/", ";").split(";")]
        return ", ".join(MINERALS.get(mineral_code(part) or "", part) for part in parts)
    status = status_code(text) if field == "status" else None
    return text if status is None else status.value.capitalize()


def _unknown_statuses(read: Layer) -> str:
    """Return a sentence on statuses that say nothing to us, or nothing."""
    values = read.values("status")
    words = () if values is None else {str(value) for value in values[:200] if value is not None}
    strange = sorted(word for word in words if status_code(word) is None)
    if not strange:
        return ""
    named = ", ".join(f"“{word}”" for word in strange[:4])
    return f" Not known as a status: {named}."
