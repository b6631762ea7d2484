"""How concentrated a supply is, as a grid of figures; formula and source are in the tooltips."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from gisapp.gui.looks import GRID, Kind, Text
from gisapp.model.facts import Facts
from gisapp.model.numbers import number, share_range
from gisapp.model.vocabulary import Weight
from gisapp.workspace.titles import country_title

_HHI: Final = (
    "Herfindahl-Hirschman index: the sum of the squared shares of the countries, 0 to 10\u202f000 "
    "(0 to 1 in brackets).\nWith unknowns from low (spread over many) to high (one country has "
    "them).\nHirschman 1945; bounds: our own. Not weighted by governance: the World Bank's "
    "indicators do not ship."
)
_EFFECTIVE: Final = (
    "1 / HHI: how many equal suppliers are as concentrated.\nFrom the upper and the lower HHI."
)
_WITHOUT: Final = (
    "What is left without the largest supplier, of the same total (N-1).\nThe IEA divides by the "
    "demand outside the largest supplier, which does not ship: its figures are higher.\nIEA, "
    "Global Critical Minerals Outlook 2025."
)
_TOPS: Final = "The sum of the shares of the {n} largest countries that are named."
_MAPPED: Final = {
    Weight.PRODUCTION.value: "How much of the published output the figures name",
    Weight.RESERVES.value: "How much of the published reserves the figures name",
    Weight.CAPACITY.value: "The figures of the mapped sites over a year's published world output",
    Weight.COUNT.value: "A number of sites cannot be set beside world output",
}
_COLUMNS: Final = 3


class ConcentrationGrid(QWidget):
    """Six figures of a coverage row, and where the HHI lies by each set of guidelines."""

    def __init__(self, row: Mapping[Any, Any], facts: Facts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID)
        column.addLayout(_grid(cells(row, facts)))
        named = bands_text(str(row["hhi_bands"] or ""))
        if named:
            line = Text(Kind.CAPTION, named)
            line.setToolTip(bands_tip(facts))
            column.addWidget(line)


def cells(row: Mapping[Any, Any], facts: Facts) -> tuple[tuple[str, str, str], ...]:
    """Return caption, figure and tooltip of each cell."""
    leader = country_title(str(row["top1_country"]), facts.countries) or "Largest"
    low, high = float(row["hhi_low"]), float(row["hhi_high"])
    fractions = f"\n({low / 1e4:.3f}\u2013{high / 1e4:.3f})" if low == low else ""  # noqa: PLR0124
    return (
        ("HHI", bounds_text(low, high), _HHI + fractions),
        (
            "Equal suppliers",
            _range(float(row["effective_suppliers_low"]), float(row["effective_suppliers_high"])),
            _EFFECTIVE,
        ),
        (
            "Without largest",
            share_range(float(row["without_largest_low"]), float(row["without_largest_high"])),
            _WITHOUT,
        ),
        (leader, _share(row["top1_share"]), "The largest country that is named."),
        ("Top three", _share(row["top3_share"]), _tops(row)),
        ("Mapped", _share(row["mapped_share_of_world"]), _MAPPED.get(str(row["weight"]), "")),
    )


def bands_text(said: str) -> str:
    """Return "HHI by merger guidelines: US 2023 high, EU 2004 high" of the table's words."""
    if not said:
        return ""
    parts = said.replace(": ", " ").split("; ")
    return f"HHI by merger guidelines: {', '.join(parts)}"


def bands_tip(facts: Facts) -> str:
    """Return limits and sources of the guidelines."""
    limits = [t for t in facts.thresholds if t.metric == "hhi"]
    lines = [f"{limit.name}: {number(limit.value, 5)} ({limit.source})" for limit in limits]
    return "\n".join([*lines, "They are about companies; for countries a custom, no rule."])


def bounds_text(low: float, high: float) -> str:
    """Return an index as one figure where its bounds agree, else as both."""
    if low != low:  # noqa: PLR0124 - NaN
        return "unknown"
    first, last = number(round(low), 5), number(round(high), 5)
    return first if first == last else f"{first}\u2013{last}"


def _range(low: float, high: float) -> str:
    if low != low:  # noqa: PLR0124 - NaN
        return "unknown"
    first, last = f"{low:.1f}", f"{high:.1f}"
    return first if first == last else f"{first}\u2013{last}"


def _share(value: Any) -> str:
    return "unknown" if value is None else share_range(float(value), float(value))


def _tops(row: Mapping[Any, Any]) -> str:
    two, three = _share(row["top2_share"]), _share(row["top3_share"])
    return f"{_TOPS.format(n='three')}\nThe two largest: {two}, the three largest: {three}."


def _grid(found: tuple[tuple[str, str, str], ...]) -> QGridLayout:
    grid = QGridLayout()
    grid.setHorizontalSpacing(GRID)
    grid.setVerticalSpacing(0)
    for i, (caption, value, tip) in enumerate(found):
        row, column = 3 * (i // _COLUMNS), i % _COLUMNS
        for line, text in enumerate((Text(Kind.CAPTION, caption), Text(Kind.BODY, value))):
            text.setToolTip(tip)
            grid.addWidget(text, row + line, column)
        if row:
            grid.setRowMinimumHeight(row - 1, GRID)
        grid.setColumnStretch(column, 1)
    return grid
