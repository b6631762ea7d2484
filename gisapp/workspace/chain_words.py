"""The weakest link in words: the finding first, then what it rests on, with numbers and units."""

from __future__ import annotations

from typing import Final

from gisapp.analysis.chain import ChainResult
from gisapp.analysis.sentences import inner, the
from gisapp.model.numbers import NO_BREAK, percent, rounded
from gisapp.model.vocabulary import Basis
from gisapp.render.picture import Bar, BarChart
from gisapp.workspace.chain_terms import (
    count_words,
    listed,
    range_words,
    rung_words,
    span,
    weakest_words,
)

_BY: Final = {
    Basis.CONTROL: ", by controlling owner,",
    Basis.EQUITY: ", by equity share,",
    Basis.LISTING: ", by stock exchange,",
}


def chain_headline(found: ChainResult, title: str) -> str:
    """Return the finding: whose chain, where it stops, and how much it carries."""
    steps = {s.step.id: s.step.title for s in found.steps}
    of = f"of {found.product} a year"
    if found.query.inside is None:
        stop = steps[found.binding[0]]
        step = next(s for s in found.steps if s.step.id == found.binding[0])
        silent = f", where {step.open} of {step.sites} have no figure" if step.open else ""
        carried = range_words(found.carried)
        return f"The mapped world chain carries {carried} {of}, least in {stop}{silent}"
    if found.carried.low > 0:
        stop = steps[found.binding[0]]
        return f"{_owning(title)} chain stops at {stop}: {range_words(found.carried)} {of}"
    if found.carried.high > 0:
        lost = listed([steps[step] for step in found.binding])
        return (
            f"{_owning(title)} chain carries {range_words(found.carried)} {of}: "
            f"no figure is known for {lost}"
        )
    lost = listed([steps[step] for step in found.binding_high])
    return f"{_owning(title)} chain does not close: no {lost} is mapped"


def chain_text(found: ChainResult, title: str) -> str:
    """Return the result in three sentences with its sources."""
    lines = [_carried_words(found, title)]
    each = listed([f"{span(s.capacity)} ({s.step.title})" for s in found.steps])
    lines.append(f"Step by step its sites would suffice for {each}.")
    if found.rungs and found.rungs[0].more > 0:
        lines.append(f"{rung_words(found.rungs[0], found.product)}.")
    if found.carried.low > 0:
        moved = listed([_name(s.name) for s in found.sensitivity if s.flips])
        over, now = span(found.over_yields), f"{rounded(found.carried.low)}{NO_BREAK}t"
        link = f"the weakest link moves with {moved}" if moved else "none moves the weakest link"
        lines.append(
            f"With every yield at the worse or the better end of its range the {now} become "
            f"{over}; {link}."
            if over != now
            else "No yield within its range changes this."
        )
    sources = "; ".join((*found.sources, "the figures of sites, each in its row"))
    lines.append(f"Sources: {sources}.")
    return " ".join(lines)


def _carried_words(found: ChainResult, title: str) -> str:
    inside = found.query.inside is not None
    who = f"{inner(title)}{_BY.get(found.query.by, '')}" if inside else "the mapped world"
    low, high = rounded(found.carried.low), rounded(found.carried.high)
    share = found.share
    of_world = (
        f" ({percent(share.low, share.high)} of a world output of about "
        f"{rounded(found.yardstick)}{NO_BREAK}t)"
        if inside and share.high == share.high and share.high > 0
        else ""
    )
    line = f"On published figures {who} can make {low}{NO_BREAK}t of {found.product} a year"
    if inside:
        line += " without ore or plants from outside"
    if low == high:
        return f"{line}{of_world}."
    silent = [count_words(s.open, s.step) for s in found.steps if s.open]
    unknown = f"{listed(silent)} without a figure" if silent else "what has no known home"
    return f"{line}, and up to {high}{NO_BREAK}t counting {unknown}{of_world}."


def chain_chart(found: ChainResult) -> BarChart:
    """Return the steps with their bounds, in the order of the chain, what limits marked."""
    bars = tuple(
        Bar(
            s.step.title[0].upper() + s.step.title[1:],
            s.capacity.low,
            s.capacity.high,
            "leader" if s.step.id in found.binding else _kind(found),
        )
        for s in found.steps
    )
    carried = found.carried.low
    return BarChart(
        title=weakest_words(found),
        subtitle=f"What each step suffices for, {found.unit} a year; lighter: sites without a "
        "figure or home; amber: the weakest link",
        unit=found.unit,
        bars=bars,
        limit=carried if carried > 0 else None,
        limit_label=f"carried {rounded(carried)}{NO_BREAK}t" if carried > 0 else "",
    )


def _kind(found: ChainResult) -> str:
    return "alliance" if found.query.inside is not None else "other"


def _name(text: str) -> str:
    return f"{text[0].lower()}{text[1:]}" if text[1:2].islower() else text


def _owning(title: str) -> str:
    whose = the(title)
    return f"{whose}\N{RIGHT SINGLE QUOTATION MARK}{'' if whose.endswith('s') else 's'}"
