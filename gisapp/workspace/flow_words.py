"""Flows of ore, exposure to passages and places for plants in words and bars."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from gisapp.analysis.exposure import Closing, ExposureResult
from gisapp.analysis.flows import FlowResult
from gisapp.analysis.sentences import the
from gisapp.analysis.siting import Sited
from gisapp.model.numbers import NO_BREAK, percent, rounded, rounded_km, whole
from gisapp.model.vocabulary import MINERALS, Role
from gisapp.render.picture import Bar, BarChart
from gisapp.workspace.amounts import detour_words, dollars, passage, tonnes
from gisapp.workspace.titles import country_title

_MOST_BARS: Final = 8


def _share(part: float, of: float) -> str:
    share = part / of if of else float("nan")
    return percent(share, share, 0)


def stuff(result: FlowResult) -> str:
    """Return what flows, as a noun: "rare earths (t REO)" without the unit."""
    name = MINERALS[result.query.mineral].lower()
    return f"{name} for magnets" if result.query.to is Role.MAGNET_PLANT else name


# Flows


def flows_headline(result: FlowResult) -> str:
    """Return the finding: how much of the ore finds a plant, inside or anywhere."""
    what = stuff(result)
    inside = result.inside
    if inside is None:
        return (
            f"Plants of known capacity can take {_share(result.world.placed, result.world.supply)} "
            f"of the {tonnes(result.world.supply)} of {what} a year"
        )
    who = the(result.query.within_title)
    verb = "refines" if result.query.to is Role.MAGNET_PLANT else "mines"
    if not inside.supply:
        return f"{who} {verb} no {what} that has a figure"
    whose = f"it {verb}" if result.query.ore_inside else f"the world {verb}"
    return (
        f"{who} has plants for {_share(inside.placed, inside.supply)} of the "
        f"{tonnes(inside.supply)} of {what} {whose}"
    )


def flows_text(result: FlowResult) -> str:
    """Return the result in three or four sentences with its sources."""
    shown = result.world if result.inside is None else result.inside
    lines = [f"{flows_headline(result)}."]
    if shown.placed:
        lines.append(
            f"The way is {rounded_km(shown.km)} on average and costs {dollars(shown.usd)} a year "
            f"({rounded(shown.co2_t)}{NO_BREAK}t of CO\u2082)."
        )
    if result.inside is not None and result.same.placed:
        lines.append(
            f"Free to go anywhere, {tonnes(result.same.placed)} would be taken, "
            f"{percent(outside_share(result), outside_share(result), 0)} of it outside, "
            f"over {rounded_km(result.same.km)}."
        )
    left = _left_words(result)
    if left:
        lines.append(left)
    best = result.plants[result.plants["places"] > 0]
    if len(best):
        row = best.iloc[0]
        lines.append(
            f"Room is what lacks: one more tonne a year at {row['plant_name']} would place "
            f"{rounded(row['places'])}{NO_BREAK}t."
        )
    lines.append(f"Sources: {'; '.join(result.sources)}.")
    return " ".join(lines)


def outside_share(result: FlowResult) -> float:
    """Return how much of the ore that takes part leaves when it is free to, 0 to 1."""
    free = result.free
    of = result.ore[free.source]
    placed = float(free.tonnes[of].sum())
    left = float(free.tonnes[of & ~result.plants_inside[free.plant]].sum())
    return left / placed if placed else float("nan")


def _left_words(result: FlowResult) -> str:
    high, low = result.unplaced_high, result.unplaced_low
    if high <= 0:
        return ""
    if low >= high * (1.0 - 1e-6):
        return f"{tonnes(high)} a year find no place."
    unknown = result.works_unknown
    plants = "one more plant has" if unknown == 1 else f"{whole(unknown)} more plants have"
    rest = "all of it" if low <= 0 else f"all but {tonnes(low)}"
    return (
        f"{tonnes(high)} a year find no place where capacity is known; {plants} no figure and may "
        f"take {rest}."
    )


def _least(result: FlowResult) -> str:
    label = result.query.least.label
    return f"{label[0].lower()}{label[1:]}"


def flows_subtitle(result: FlowResult) -> str:
    """Return what is shown, with unit and what it is the least of."""
    least = _least(result)
    return f"Ore given to plants within their capacities at the least {least}, {_unit(result)}"


def _unit(result: FlowResult) -> str:
    return f"{result.network.of.unit} a year"


def flows_chart(result: FlowResult, countries: Mapping[str, str]) -> BarChart | None:
    """Return where the ore goes: plants within the alliance, countries without one, and nowhere."""
    shown = result.world if result.inside is None else result.inside
    if not shown.supply:
        return None
    by = "plant_country" if result.bound is None else "plant_name"
    summed = result.rows.groupby(by)["tonnes"].sum()
    sums = summed.sort_values(ascending=False, kind="stable").reset_index()
    kind = "other" if result.bound is None else "alliance"
    bars = [
        _bar(
            country_title(row[by], countries) if result.bound is None else row[by],
            row["tonnes"],
            shown.supply,
            kind,
        )
        for row in sums.head(_MOST_BARS).to_dict("records")
    ]
    rest = sums.iloc[_MOST_BARS:]
    if len(rest):
        words = "Other countries" if result.bound is None else "Other plants"
        bars.append(_bar(f"{words} ({len(rest)})", rest["tonnes"].sum(), shown.supply, kind))
    if result.unplaced_high > 0:
        low, high = result.unplaced_low, result.unplaced_high
        bars.append(
            Bar("No place", 100.0 * low / shown.supply, 100.0 * high / shown.supply, "unknown")
        )
    return BarChart(
        title=_taking(bars, result),
        subtitle=f"Share of {tonnes(shown.supply)} ({_unit(result)}) by the plant that takes it, %"
        if result.bound is not None
        else f"Share of {tonnes(shown.supply)} ({_unit(result)}) by the country of the plant, %",
        unit="%",
        bars=tuple(bars),
        note="No place: from plants without a figure taking all of it to taking none."
        if result.unplaced_high > result.unplaced_low
        else "",
    )


def _taking(bars: list[Bar], result: FlowResult) -> str:
    """Return who takes most, and what is left: the finding of the bars."""
    left = result.unplaced_high
    shown = result.world if result.inside is None else result.inside
    none = f"{_share(left, shown.supply)} finds no place" if left > 0 else "all finds a place"
    if not len(result.rows):
        return f"{none[0].upper()}{none[1:]}"
    first = f"{bars[0].label} takes {percent(bars[0].low / 100.0, bars[0].low / 100.0, 0)}"
    return f"{first}; {'up to ' if result.unplaced_low < left else ''}{none}"


def _bar(label: str, part: float, of: float, kind: str) -> Bar:
    share = 100.0 * float(part) / of
    return Bar(label, share, share, kind)


# Exposure


def exposure_headline(found: ExposureResult, what: str) -> str:
    """Return the finding: the passage that most goes through, and what its closing costs."""
    if not len(found.traffic.tonnes):
        return f"No {what} is on its way"
    if found.together is not None:
        return closing_words(found.together, found.names, what)
    if not found.passages:
        return f"No shipment of {what} goes through a passage that can be closed"
    return closing_words(found.passages[0], found.names, what)


def closing_words(closing: Closing, names: Mapping[str, str], what: str) -> str:
    """Return what goes through some passages and what their closing does, as a clause."""
    named = [passage(names.get(code, code)) for code in closing.passages]
    where = _listed(named, "or")
    if not closing.tonnes:
        return f"No {what} goes through {where}"
    share = percent(closing.share_tonnes, closing.share_tonnes, 0)
    head = f"{share[0].upper()}{share[1:]} of {what} goes through {where}"
    it = "it" if len(named) == 1 else "both" if len(named) == 2 else "all of them"
    longer = detour_words(closing)
    if not longer:
        return f"{head}, and there is no other way"
    left = (
        f" and leaves {tonnes(closing.unreachable_tonnes)} without a way"
        if closing.unreachable_tonnes
        else ""
    )
    return f"{head}; closing {it} adds {longer}{left}"


def exposure_text(found: ExposureResult, result: FlowResult) -> str:
    """Return the result in sentences with its sources."""
    what = stuff(result)
    lines = [f"{exposure_headline(found, what)}."]
    told = found.together
    others = found.passages[:2] if told is not None else found.passages[1:2]
    lines += [f"{closing_words(closing, found.names, what)}." for closing in others]
    first = told or (found.passages[0] if found.passages else None)
    if first is not None and first.loss_usd > 0:
        lines.append(f"Going round would cost {dollars(first.loss_usd)} a year.")
    lines.append(
        f"Where the ore goes is the allocation of least {_least(result)}, not contracts. "
        f"Sources: {'; '.join(result.sources)}."
    )
    return " ".join(lines)


def exposure_chart(found: ExposureResult) -> BarChart | None:
    """Return the share of tonnes by passage; what is closed together is marked."""
    if not found.passages:
        return None
    closed = set() if found.together is None else set(found.together.passages)
    bars = tuple(
        Bar(
            found.names.get(code, code),
            100.0 * closing.share_tonnes,
            100.0 * closing.share_tonnes,
            "leader" if code in closed or (not closed and number == 0) else "other",
        )
        for number, closing in enumerate(found.passages[:_MOST_BARS])
        for code in closing.passages
    )
    total = float(found.traffic.tonnes.sum())
    most = percent(bars[0].low / 100.0, bars[0].low / 100.0, 0)
    return BarChart(
        title=f"Most goes through {passage(bars[0].label)}: {most}",
        subtitle=f"Share of {tonnes(total)} of cargo a year by the passage that it takes, %",
        unit="%",
        bars=bars,
    )


# Siting


def sited_words(found: Sited, countries: Mapping[str, str]) -> str:
    """Return where the plants should go and what that gives, in two sentences."""
    named = [
        f"{row['name']} ({country_title(row['country'], countries)})"
        for row in found.rows.to_dict("records")
    ]
    where = named[0] if len(named) == 1 else f"{', '.join(named[:-1])} and {named[-1]}"
    one = len(named) == 1
    size = f"{rounded(found.capacity)}{NO_BREAK}{found.product_unit} a year"
    more = found.after.placed - found.before.placed
    gains = []
    if more > 1e-6 * found.supply:
        gains.append(f"{rounded(more)}{NO_BREAK}{found.unit} more find a place")
    saved = found.before.usd - found.after.usd
    if found.after.km < found.before.km - 0.5:
        gains.append(
            f"the mean way falls from {rounded_km(found.before.km)} to {rounded_km(found.after.km)}"
        )
    if saved > 0:
        gains.append(f"ways cost {dollars(saved)} less a year")
    result = _listed(gains) if gains else "nothing would be gained"
    sure = (
        "No other choice of these places is better."
        if found.gap == 0
        else f"At most {percent(found.gap, found.gap, 1)} more could be gained elsewhere."
    )
    verb = "The next plant belongs in" if one else "The next plants belong in"
    each = "with" if one else "each with"
    return f"{verb} {where}, {each} {size}: {result}. {sure}"


def _listed(words: list[str], last: str = "and") -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {last} {words[-1]}"
