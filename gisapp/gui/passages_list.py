"""The passages that goods go through: each with its share, and a tick that closes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QCheckBox, QGridLayout, QVBoxLayout, QWidget

from gisapp.gui.column_model import join_rows
from gisapp.gui.looks import GRID, Kind, Rule, Text, tick_sheet
from gisapp.model.numbers import NO_BREAK, kilometres, rounded, share_range
from gisapp.workspace.amounts import dollars, tonnes

if TYPE_CHECKING:  # scipy loads with the first answer, not before
    from gisapp.analysis.exposure import Closing, ExposureResult

_HEADS: Final = (
    ("Passage", "Tick it to close it"),
    ("Of the cargo", "Share of the tonnes that go through"),
    ("Longer by", "If it closes: the mean of what can go round"),
    ("Costs", "Going round, a year"),
)
#: Movements without a way that are named.
_NAMED: Final = 4


class PassagesList(QWidget):
    """Passages by share. `closed` carries the ids of all that are ticked when one changes."""

    closed = Signal(object)

    def __init__(
        self, found: ExposureResult, ticked: frozenset[str], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._found = found
        self._ticked = ticked
        self.boxes: dict[str, QCheckBox] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID)
        if found.together is not None:
            column.addWidget(_Together(found.together))
        grid = QGridLayout()
        grid.setHorizontalSpacing(GRID)
        grid.setVerticalSpacing(GRID // 2)
        grid.setColumnStretch(0, 1)
        right = Qt.AlignmentFlag.AlignRight
        for j, (word, tip) in enumerate(_HEADS):
            head = Text(Kind.CAPTION, word).fit()
            head.setToolTip(tip)
            grid.addWidget(head, 0, j, Qt.AlignmentFlag.AlignLeft if j == 0 else right)
        by_id = {closing.passages[0]: closing for closing in found.passages}
        unused = sorted(ticked - set(by_id))
        for i, code in enumerate((*by_id, *unused), start=1):
            grid.addWidget(self._box(code), i, 0)
            closing = by_id.get(code)
            for j, (text, tip) in enumerate(cells(closing), start=1):
                label = Text(Kind.NOTE, text).fit()
                label.setToolTip(tip)
                grid.addWidget(label, i, j, right)
        column.addLayout(grid)
        stuck = [closing for closing in found.passages if closing.unreachable]
        if stuck:
            column.addWidget(Rule())
            column.addWidget(Text(Kind.BODY, "No way round"))
            for closing in stuck:
                name = found.names.get(closing.passages[0], closing.passages[0])
                column.addWidget(Text(Kind.CAPTION, f"{name}: {_named(closing)}"))

    def copy(self) -> None:
        """Put the table on the clipboard."""
        table = self._found.rows
        lines = [list(map(str, table.columns))]
        lines += [[f"{v:.10g}" if isinstance(v, float) else str(v) for v in row]
                  for row in table.itertuples(index=False)]  # fmt: skip
        QGuiApplication.clipboard().setText(join_rows(lines))

    def _box(self, code: str) -> QCheckBox:
        name = self._found.names.get(code, code)
        box = QCheckBox(name)
        box.setStyleSheet(tick_sheet(box))
        box.setChecked(code in self._ticked)
        box.setAccessibleName(f"Close {name}")
        box.setToolTip(f"Open {name} again" if code in self._ticked else f"Close {name}")
        box.clicked.connect(lambda on: self._change(code, on=on))
        self.boxes[code] = box
        return box

    def _change(self, code: str, *, on: bool) -> None:
        self._ticked = self._ticked | {code} if on else self._ticked - {code}
        self.closed.emit(self._ticked)


class _Together(QWidget):
    """What closing all that are ticked does."""

    def __init__(self, closing: Closing) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID // 2)
        count = len(closing.passages)
        title = "If it is closed" if count == 1 else f"If these {count} are closed together"
        column.addWidget(Text(Kind.BODY, title))
        if not closing.tonnes:
            column.addWidget(Text(Kind.NOTE, "Nothing changes: no ore goes through."))
            return
        share = share_range(closing.share_tonnes, closing.share_tonnes)
        words = [f"{share} of the cargo goes through"]
        if closing.detour_km == closing.detour_km:
            words.append(
                f"it travels {kilometres(closing.detour_km)} and "
                f"{rounded(closing.detour_days, 2)}{NO_BREAK}days more, "
                f"for {dollars(closing.loss_usd)} a year"
            )
        column.addWidget(Text(Kind.NOTE, f"{'; '.join(words)}."))
        if closing.unreachable_tonnes:
            text = f"{tonnes(closing.unreachable_tonnes)} of cargo have no way: {_named(closing)}."
            column.addWidget(Text(Kind.WARNING, text))


def cells(closing: Closing | None) -> tuple[tuple[str, str], ...]:
    """Return share, detour and cost of a passage, each with a tooltip."""
    dash = "\N{EN DASH}"
    if closing is None:
        return (("none", "No ore goes through"), (dash, ""), (dash, ""))
    share = share_range(closing.share_tonnes, closing.share_tonnes)
    of_work = share_range(closing.share_tonne_km, closing.share_tonne_km)
    first = (share, f"{tonnes(closing.tonnes)} of cargo; {of_work} of the tonne-kilometres")
    if closing.detour_km != closing.detour_km:
        return (first, ("no way", "There is no other way"), (dash, ""))
    tip = f"{rounded(closing.detour_days, 2)} days more for each tonne"
    weight = f"Criticality {rounded(closing.criticality, 2)}: detour over all tonne-kilometres"
    return (
        first,
        (kilometres(closing.detour_km), f"{tip}\n{weight}"),
        (dollars(closing.loss_usd), f"{dollars(closing.detour_usd_t)} a tonne"),
    )


def _named(closing: Closing) -> str:
    names = list(dict.fromkeys(closing.unreachable))
    rest = len(names) - _NAMED
    return ", ".join(names[:_NAMED]) + (f" and {rest} more" if rest > 0 else "")
