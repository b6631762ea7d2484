"""The passages that goods go through: each with its share, and a tick that closes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QVBoxLayout, QWidget

from gisapp.gui.column_model import join_rows
from gisapp.gui.looks import GRID, Kind, Rule, Text, tick_sheet
from gisapp.model.numbers import rounded, share_range
from gisapp.workspace.amounts import detour_words, dollars, tonnes

if TYPE_CHECKING:  # scipy loads with the first answer, not before
    from gisapp.analysis.exposure import Closing, ExposureResult

#: Where the words below a tick begin, pixels.
_INDENT: Final = 22
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
        by_id = {closing.passages[0]: closing for closing in found.passages}
        for code in (*by_id, *sorted(ticked - set(by_id))):
            column.addLayout(self._line(code, by_id.get(code)))
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

    def _line(self, code: str, closing: Closing | None) -> QVBoxLayout:
        """Return a passage with its share, and below it what its closing does."""
        share, words, tip = told(closing)
        first = QHBoxLayout()
        first.addWidget(self._box(code), 1)
        figure = Text(Kind.BODY, share).fit()
        figure.setToolTip("Of the cargo")
        first.addWidget(figure)
        below = Text(Kind.CAPTION, words)
        below.setToolTip(tip)
        below.setIndent(_INDENT)
        line = QVBoxLayout()
        line.setSpacing(2)
        line.addLayout(first)
        line.addWidget(below)
        return line

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
        longer = detour_words(closing)
        if longer:
            cost = f", for {dollars(closing.loss_usd)} a year" if closing.loss_usd > 0 else ""
            words.append(f"it travels {longer} more{cost}")
        column.addWidget(Text(Kind.NOTE, f"{'; '.join(words)}."))
        if closing.unreachable_tonnes:
            text = f"{tonnes(closing.unreachable_tonnes)} of cargo have no way: {_named(closing)}."
            column.addWidget(Text(Kind.WARNING, text))


def told(closing: Closing | None) -> tuple[str, str, str]:
    """Return a passage's share, what its closing does, and the figures behind it."""
    if closing is None:
        return "none", "No ore goes through", ""
    share = share_range(closing.share_tonnes, closing.share_tonnes)
    of_work = share_range(closing.share_tonne_km, closing.share_tonne_km)
    tip = (
        f"{tonnes(closing.tonnes)} of cargo, {of_work} of the tonne-kilometres; criticality "
        f"{rounded(closing.criticality, 2)} (detour over all tonne-kilometres)"
    )
    longer = detour_words(closing)
    if not longer:
        return share, "No other way", tip
    cost = f", {dollars(closing.loss_usd)} a year" if closing.loss_usd > 0 else ""
    left = f"; {tonnes(closing.unreachable_tonnes)} stuck" if closing.unreachable_tonnes else ""
    return share, f"{longer} more{cost}{left}", tip


def _named(closing: Closing) -> str:
    names = list(dict.fromkeys(closing.unreachable))
    rest = len(names) - _NAMED
    return ", ".join(names[:_NAMED]) + (f" and {rest} more" if rest > 0 else "")
