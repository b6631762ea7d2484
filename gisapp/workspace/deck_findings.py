"""The finding of a deck in one sentence, of the very figures that its chart shows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Final

from gisapp.analysis.sentences import BY_WORDS, adjective_of, inner, restriction, the
from gisapp.model.facts import Facts
from gisapp.model.numbers import NONE, percent, rounded, whole
from gisapp.model.vocabulary import MINERALS, Basis, Role, Stage, Weight
from gisapp.workspace.deck_plan import DeckPlan, Per
from gisapp.workspace.deck_values import Figure, Told, stage_row
from gisapp.workspace.scenario_words import quoted
from gisapp.workspace.titles import alliance_title

STEP: Final = {Stage.MINING: "mining", Stage.REFINING: "refining", Stage.MAGNETS: "magnet making"}
_VERB: Final = {Stage.MINING: "mines", Stage.REFINING: "refines", Stage.MAGNETS: "makes"}
_HOLDS: Final = {
    Basis.LOCATION: "{who} holds",
    Basis.CONTROL: "{who} controls",
    Basis.LISTING: "{who} lists",
    Basis.EQUITY: "{who} owns",
    Basis.FOREIGN: "foreign owners control, inside {who},",
    Basis.ABROAD: "{who} controls, outside its borders,",
}
_WEIGHED: Final = {
    Weight.PRODUCTION: "",
    Weight.CAPACITY: "of the mapped capacity, ",
    Weight.COUNT: "of the mapped sites, ",
    Weight.RESERVES: "of the published reserves, ",
}
_MAPPED: Final = {
    Weight.PRODUCTION: "",
    Weight.CAPACITY: ", by mapped capacity",
    Weight.COUNT: ", by mapped sites",
    Weight.RESERVES: ", by published reserves",
}
_SITES: Final = {
    Stage.MINING: "deposits",
    Stage.REFINING: "refineries",
    Stage.MAGNETS: "magnet plants",
}
_HALF: Final = 50.0


def finding(told: Sequence[Told], known: Sequence[Told], plan: DeckPlan, facts: Facts) -> str:
    """Return what the deck says as a whole.

    Parameters
    ----------
    told
        All keys with an answer.
    known
        Those with a figure that compares.
    """
    if told[0].state.question.view == "chain" and len(told) > 1:
        return _chains(told, plan, facts)
    near = told[0].answer.distance
    if not known and near is not None and plan.per is Per.DEPOSIT:
        plant = "refinery" if near.query.to is Role.REFINERY else "magnet plant"
        return f"No {plant}{restriction(near)} can take the ore of any of {len(told)} deposits"
    if len(known) < 2:
        return f"What {len(told)} {plan.per.plural} come to, side by side"
    words = _FINDINGS.get(told[0].state.question.view, _sites)
    text = words(known, plan, facts)
    return f"{text[0].upper()}{text[1:]}"


def share_words(figure: Figure) -> str:
    """Return a share as it stands in a sentence."""
    return percent(figure.low / 100.0, figure.high / 100.0, 0)


def short_words(each: Told) -> str:
    """Return a slide's finding for the head of a small map: its figure alone, where it has one."""
    question, figure = each.state.question, each.figure
    stage = question.stage
    if question.view == "coverage" and question.alliance is not None:
        row = stage_row(each.answer, stage)
        if row is not None:
            share = percent(row["share_low"], row["share_high"], 0)
            return f"{share[0].upper()}{share[1:]} of {STEP[stage]}"
    if question.view == "distance" and figure is not None:
        return f"Median way {rounded(figure.low)}\N{NO-BREAK SPACE}{figure.unit}"
    return each.answer.headline


def _figure(each: Told) -> Figure:
    if each.figure is None:
        raise ValueError(f"{each.key.title} has no figure")
    return each.figure


def _extremes(known: Sequence[Told]) -> tuple[Told, Told]:
    """Return who has least and who has most, by what they have at most."""
    least = min(known, key=lambda each: (_figure(each).high, _figure(each).low))
    most = max(known, key=lambda each: (_figure(each).high, _figure(each).low))
    return least, most


def _name(each: Told, plan: DeckPlan) -> str:
    """Return a key inside a sentence."""
    title = each.key.title
    if plan.per is Per.MINERAL:
        return title.lower()
    if plan.per is Per.ALLIANCE:
        return inner(title.replace("Proposed", "proposed", 1))
    return quoted(title) if plan.per is Per.SCENARIO and each.key.id else title


# Shares


def _shares(known: Sequence[Told], plan: DeckPlan, facts: Facts) -> str:
    question = known[0].state.question
    if question.alliance is None and plan.per is not Per.ALLIANCE:
        return _suppliers(known, plan)
    words = {
        Per.MINERAL: _over_minerals,
        Per.ALLIANCE: _over_alliances,
        Per.YEAR: _over_years,
        Per.SCENARIO: _over_scenarios,
    }
    return words[plan.per](known, plan, facts)


def _holds(each: Told, facts: Facts) -> tuple[str, str]:
    """Return who does what, and of what it is a share: "the G7 refines", "of lithium"."""
    question = each.state.question
    title = "" if question.alliance is None else alliance_title(facts, question.alliance)
    by, weight = Basis(question.by), Weight(question.weight)
    mineral = MINERALS[question.mineral or ""].lower()
    if by is Basis.LOCATION and weight is Weight.PRODUCTION:
        of = "of the magnets" if each.stage is Stage.MAGNETS else f"of {mineral}"
        return f"{inner(title)} {_VERB[each.stage]}", of
    holds = _HOLDS[by].format(who=inner(title))
    return f"{_WEIGHED[weight]}{holds}", (
        f"of {adjective_of(question.mineral or '')} {STEP[each.stage]}"
    )


def _over_minerals(known: Sequence[Told], plan: DeckPlan, facts: Facts) -> str:
    who, of = _holds(known[0], facts)
    question = known[0].state.question
    plain = of == f"of {MINERALS[question.mineral or ''].lower()}"
    plain = plain or question.weight is Weight.RESERVES
    the_step = "" if plain else f"the {STEP[known[0].stage]} of "
    sure = sum(_figure(each).low >= _HALF for each in known)
    may = sum(_figure(each).low < _HALF <= _figure(each).high for each in known)
    number = len(known)
    each_of = "both minerals" if number == 2 else f"each of {number} minerals"
    if not sure and not may:
        head = f"{who} less than half of {the_step}{each_of}"
    elif sure == number:
        head = f"{who} half or more of {the_step}{each_of}"
    else:
        count = f"{sure} to {sure + may}" if sure and may else f"{sure or f'at most {may}'}"
        head = f"{who} half or more of {the_step}{count} of {number} minerals"
    least, most = _extremes(known)
    low, high = (f"{_span(_figure(each))} of {_name(each, plan)}" for each in (least, most))
    return f"{head}: from {low} to {high}"


def _over_alliances(known: Sequence[Told], plan: DeckPlan, _facts: Facts) -> str:
    least, most = _extremes(known)
    figure, question = _figure(most), most.state.question
    by, weight = Basis(question.by), Weight(question.weight)
    of = f"{adjective_of(question.mineral or '')} {STEP[most.stage]}"
    how = "" if by is Basis.LOCATION else f" {BY_WORDS[by]}"
    sure = all(_figure(each).low <= figure.low for each in known)
    largest = "the largest share" if sure else "at best the largest share"
    last = f"{_name(least, plan)} {share_words(_figure(least))}"
    nothing = sum(share_words(_figure(each)) == NONE for each in known)
    if nothing > 1:
        last = f"{nothing} of them none"
    return (
        f"of {len(known)} alliances {_name(most, plan)} has {largest} of {of}{how}"
        f"{_MAPPED[weight]}: {share_words(figure)}; {last}"
    )


def _over_years(known: Sequence[Told], _plan: DeckPlan, facts: Facts) -> str:
    first, last = known[0], known[-1]
    who, of = _holds(first, facts)
    told = [share_words(_figure(each)) for each in known]
    start, end = first.key.title, last.key.title
    if len(set(told)) == 1:
        return f"{who} {told[0]} {of} in every year from {start} to {end}"
    if told[0] != told[-1]:
        return f"{who} {told[-1]} {of} in {end}, against {told[0]} in {start}"
    middle = _figure(first).low + _figure(first).high
    other = max(known, key=lambda each: abs(_figure(each).low + _figure(each).high - middle))
    return (
        f"{who} {told[0]} {of} in {start} as in {end}, but {share_words(_figure(other))} in "
        f"{other.key.title}"
    )


def _over_scenarios(known: Sequence[Told], plan: DeckPlan, facts: Facts) -> str:
    base = known[0]
    who, of = _holds(base, facts)
    before = share_words(_figure(base))
    middle = _figure(base).low + _figure(base).high
    other = max(known, key=lambda each: abs(_figure(each).low + _figure(each).high - middle))
    after = share_words(_figure(other))
    if after == before:
        return f"{who} {before} {of} in each of {len(known)} scenarios"
    return f"{_name(other, plan)} changes most: {who} {after} {of} instead of {before}"


def _suppliers(known: Sequence[Told], plan: DeckPlan) -> str:
    """Return how concentrated it is, where no alliance is asked about."""
    sure, number = sum(_figure(each).low >= _HALF for each in known), len(known)
    least, most = _extremes(known)
    low, high = (
        f"{_span(_figure(each))} {_in(plan)} {_name(each, plan)}" for each in (least, most)
    )
    step, of = STEP[known[0].stage], f"{number} {plan.per.plural}"
    if sure == number:
        head = f"one country has half or more of the {step} in each of {of}"
    elif sure:
        head = f"one country has half or more of the {step} in {sure} of {of}"
    else:
        head = f"in none of {of} has one country surely half of the {step}"
    return f"{head}: the largest share runs from {low} to {high}"


def _span(figure: Figure) -> str:
    """Return a share after "from" or "to", where "between" would not read well."""
    low, high = f"{figure.low:.0f}", f"{figure.high:.0f}"
    told = share_words(figure)
    return told if low == high else f"{low}\N{EN DASH}{high}\N{NO-BREAK SPACE}%"


def _in(plan: DeckPlan) -> str:
    return {Per.MINERAL: "of", Per.SCENARIO: "under"}.get(plan.per, "in")


# Ways, flows, passages, sites


def _ways(known: Sequence[Told], plan: DeckPlan, _facts: Facts) -> str:
    near = known[0].answer.distance
    if near is None:
        raise ValueError("a slide of distances without distances")
    plant = "refinery" if near.query.to is Role.REFINERY else "magnet plant"
    where = restriction(near)
    unit = near.query.ranked_by.unit
    if plan.per is Per.ALLIANCE:
        where = " inside an alliance"
    least, most = _extremes(known)
    middle = "" if plan.per is Per.DEPOSIT else "median "

    def value(each: Told) -> str:
        return f"{rounded(_figure(each).low)}\N{NO-BREAK SPACE}{unit}"

    if plan.per in {Per.YEAR, Per.SCENARIO}:
        first, last = known[0], known[-1]
        if plan.per is Per.SCENARIO:
            last = max(known, key=lambda each: abs(_figure(each).low - _figure(first).low))
        head = f"the {middle}way to a {plant}{where}"
        several = f"{len(known)} {plan.per.plural}"
        if len({value(each) for each in known}) == 1:
            return f"{head} is {value(first)} in each of {several}"
        if plan.per is Per.SCENARIO:
            return f"{head} is {value(last)} under {_name(last, plan)}, against {value(first)}"
        start, end = first.key.title, last.key.title
        if value(first) == value(last):
            return f"{head} is {value(first)} in {start} as in {end}"
        return f"{head} is {value(last)} in {end}, against {value(first)} in {start}"
    name = "({})" if plan.per is Per.DEPOSIT else "for {}"
    low, high = (f"{value(each)} {name.format(_name(each, plan))}" for each in (least, most))
    return f"the {middle}way to the nearest {plant}{where} runs from {low} to {high}"


def _placed(known: Sequence[Told], plan: DeckPlan, facts: Facts) -> str:
    least, most = _extremes(known)
    asked = known[0].state.question.alliance
    inside = f" inside {inner(alliance_title(facts, asked))}" if asked else ""
    inside = " inside" if plan.per is Per.ALLIANCE else inside
    low, high = _pair(least, most, plan)
    return f"the ore that finds a plant{inside} runs from {low} to {high}"


def _exposed(known: Sequence[Told], plan: DeckPlan, _facts: Facts) -> str:
    least, most = _extremes(known)
    if _figure(most).high == 0.0:
        several = f"any of {len(known)} {plan.per.plural}"
        return f"no shipment goes through a passage that can be closed {_in(plan)} {several}"
    low, high = _pair(least, most, plan)
    return f"what goes through a single passage runs from {low} to {high}"


def _pair(least: Told, most: Told, plan: DeckPlan) -> tuple[str, str]:
    word = _in(plan)
    low, high = (f"{_span(_figure(e))} {word} {_name(e, plan)}" for e in (least, most))
    return low, high


def _sites(known: Sequence[Told], plan: DeckPlan, _facts: Facts) -> str:
    least, most = _extremes(known)
    what = _SITES[known[0].stage]
    if _figure(least) == _figure(most):
        number = whole(_figure(least).low)
        return f"{number} {what} are known for each of {len(known)} {plan.per.plural}"
    low, high = (
        f"{whole(_figure(each).low)} {_in(plan)} {_name(each, plan)}" for each in (least, most)
    )
    return f"known {what} run from {low} to {high}"


def _chains(told: Sequence[Told], plan: DeckPlan, facts: Facts) -> str:
    """Return the step that stops most chains."""
    stops: Counter[str] = Counter()
    for each in told:
        chain = each.answer.chain
        if chain is not None:
            steps = {s.step.id: s.step.title for s in chain.steps}
            stops[steps[(chain.binding if chain.carried.low > 0 else chain.binding_high)[0]]] += 1
    asked = told[0].state.question.alliance
    (step, most), *_ = sorted(stops.items(), key=lambda item: (-item[1], item[0]))
    of = f"for {most} of {len(told)} {plan.per.plural}"
    if asked and plan.per is not Per.ALLIANCE:
        who = the(alliance_title(facts, asked))
        return f"{who}\N{RIGHT SINGLE QUOTATION MARK}s chain stops at {step} {of}"
    return f"The chain stops at {step} {of}"


_FINDINGS: Final[dict[str, Callable[[Sequence[Told], DeckPlan, Facts], str]]] = {
    "coverage": _shares,
    "distance": _ways,
    "flows": _placed,
    "exposure": _exposed,
    "facilities": _sites,
}
