"""What chain, page and report say alike; light, for the window loads it before any analysis."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from gisapp.model.numbers import NO_BREAK, rounded
from gisapp.model.vocabulary import Role

if TYPE_CHECKING:  # scipy must not load before the window shows
    from gisapp.analysis.chain import ChainResult, Rung
    from gisapp.analysis.chain_sites import Step
    from gisapp.analysis.concentration import Bounds

_ONE: Final = {
    "mines": "mine",
    "separation plants": "separation plant",
    "magnet plants": "magnet plant",
    "refineries": "refinery",
}


def range_words(bounds: Bounds) -> str:
    """Return tonnes as one figure, as two, or as the most that is known."""
    low, high = rounded(bounds.low), rounded(bounds.high)
    if low == high:
        return f"{low}{NO_BREAK}t"
    return f"at most {high}{NO_BREAK}t" if bounds.low <= 0 else f"{low} to {high}{NO_BREAK}t"


def span(bounds: Bounds) -> str:
    """Return tonnes between bounds without a word: "1 690 to 3 540 t"."""
    low, high = rounded(bounds.low), rounded(bounds.high)
    return f"{low}{NO_BREAK}t" if low == high else f"{low} to {high}{NO_BREAK}t"


def count_words(number: int, step: Step) -> str:
    """Return "1 mine", "2 magnet plants"."""
    return f"{number} {_ONE.get(step.plants, step.plants) if number == 1 else step.plants}"


def rung_words(rung: Rung, product: str) -> str:
    """Return what lifts the chain to its next step, without a full stop."""
    unit = rung.step.unit.removeprefix("t ")
    return (
        f"With {rounded(rung.more)}{NO_BREAK}t of {unit} a year from others it would make "
        f"{rounded(rung.carried)}{NO_BREAK}t of {product}, and then stop at {rung.binding.title}"
    )


def weakest_words(found: ChainResult) -> str:
    """Return which step is the weakest link, and what would lift it: the title of the bars."""
    steps = {s.step.id: s.step for s in found.steps}
    bound = steps[found.binding[0]]
    title = bound.title[0].upper() + bound.title[1:]
    if found.rungs and found.rungs[0].more > 0:
        rung = found.rungs[0]
        unit = rung.step.unit.removeprefix("t ")
        return (
            f"{title} is the weakest link: {rounded(rung.more)}{NO_BREAK}t more {unit} a year "
            f"would lift the chain to {rounded(rung.carried)}{NO_BREAK}t"
        )
    return f"{title} is the weakest link"


def listed(parts: list[str]) -> str:
    """Return words in a row, the last two joined by "and"."""
    return ", ".join(parts[:-1]) + f" and {parts[-1]}" if len(parts) > 1 else "".join(parts)


def chain_labels(found: ChainResult) -> list[tuple[str, tuple[float, float], Role]]:
    """Return name, place and role of the sites worth naming: where it stops, then the fullest."""
    used = [row for row in found.rows if row.through > 0]
    at = {step.step.id: i for i, step in enumerate(found.steps)}[found.binding[0]]
    used.sort(key=lambda row: (row.site.step != at, -row.through))
    return [
        (row.site.name, row.site.lonlat, found.steps[row.site.step].step.role)
        for row in used
        if row.site.lonlat is not None
    ]
