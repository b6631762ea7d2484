"""Answers a project's question: the one place where state, facts and analyses meet."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import TYPE_CHECKING, Any, Final, TypeVar

import numpy as np
import pandas as pd

from gisapp.analysis import sentences
from gisapp.analysis.coverage import AllianceSet, CoverageQuery, breakdown, coverage
from gisapp.analysis.jurisdiction import JurisdictionIndex
from gisapp.analysis.measures import measure_of
from gisapp.analysis.quantity import figures
from gisapp.analysis.scenario import applied
from gisapp.analysis.selection import select
from gisapp.data.memory import give_back
from gisapp.data.shipped import load_layer
from gisapp.model import numbers
from gisapp.model.facts import Facts
from gisapp.model.features import Floats
from gisapp.model.feedback import Feedback, GisappError
from gisapp.model.layer import Layer
from gisapp.model.rows import Rows
from gisapp.model.vocabulary import MINERALS, ROLE_OF_STAGE, STAGE_OF_ROLE, Basis, Role, Stage
from gisapp.workspace.answer import Answer
from gisapp.workspace.charting import coverage_chart, supplier_verb
from gisapp.workspace.costs import cost_notes
from gisapp.workspace.filtering import rows_shown
from gisapp.workspace.own_facts import own_yields, project_facts
from gisapp.workspace.passages import ship_notes
from gisapp.workspace.scenario_words import scenario_note
from gisapp.workspace.state import Filter, ProjectState
from gisapp.workspace.supposing import Supposed, suppose
from gisapp.workspace.titles import alliance_title, country_title, day_title, member_count

if TYPE_CHECKING:
    from gisapp.analysis.distance import DistanceResult
    from gisapp.analysis.network.router import Router

T = TypeVar("T")

#: Inside of no alliance: the analyses refuse an empty set, and no jurisdiction has this code.
NOBODY: Final = frozenset({"-"})
_NO_FILTER: Final = Filter()
#: What a row of national output remarks on its source: whose figure was counted twice.
_REMARK: Final = re.compile(r"([A-Z]{3}) taken out of ")
#: Views that show how far the plants are.
_MEASURED: Final = frozenset({"distance", "scenarios"})
#: Views whose goods travel along routes, however distances are measured.
_TRAVELLING: Final = frozenset({"routes", "flows", "exposure"})


@dataclass(frozen=True)
class _Counted:
    """A layer as the filter leaves it, and the row numbers of what is left (None: all)."""

    layer: Layer
    rows: Rows | None


@dataclass
class _Case:
    """One question on its way to an answer; `asked` are state and facts before the scenario."""

    state: ProjectState
    facts: Facts
    feedback: Feedback
    counted: tuple[_Counted, ...]
    notes: list[str] = field(default_factory=list)
    asked: tuple[ProjectState, Facts] | None = None

    @property
    def layers(self) -> tuple[Layer, ...]:
        return tuple(c.layer for c in self.counted)

    @property
    def index(self) -> JurisdictionIndex | None:
        """Finds countries of rows that name none; the shipped layers all name theirs."""
        return index_for(self.layers)

    def attempt(self, work: Callable[[], T]) -> T | None:
        """Return what a part of the answer is; where it is refused a note says why."""
        try:
            return work()
        except GisappError as error:
            self.notes.append(error.message)
            return None


@cache
def jurisdiction_index() -> JurisdictionIndex:
    """Return the index of the shipped jurisdictions, made once."""
    return JurisdictionIndex(load_layer("jurisdictions"))


def index_for(layers: Iterable[Layer]) -> JurisdictionIndex | None:
    """Return what finds countries of rows that name none; None where all do."""
    return jurisdiction_index() if any(map(_lacks_country, layers)) else None


def answer_of(state: ProjectState, facts: Facts, feedback: Feedback) -> Answer:
    """Answer the question of a state on its visible layers, after its filter.

    A part that cannot be answered is None, and a note says why.
    """
    asked, now = (state, facts), supposed(state, facts, feedback)
    state, facts = now.state, now.facts
    case = _Case(state, facts, feedback, _counted(state), [*now.notes], asked=asked)
    question = state.question
    table = shares = None
    near: DistanceResult | None = None
    if question.mineral is not None:
        query = coverage_query(state, facts)
        shares = case.attempt(lambda: _shares(case, query))
        if query.alliances[0][2] is not NOBODY:
            table = case.attempt(lambda: _table(case, query))
        feedback.check(0.5, "Distances")
        if question.view in _MEASURED:
            near = case.attempt(lambda: _distance(case))
    answer = Answer("", "", table, shares, near)
    answer = _VIEWS[question.view](case, answer)
    weights, units = _weights(case)
    answer = replace(
        answer,
        notes=tuple(
            dict.fromkeys((*_membership(case), *case.notes, *answer.notes, *_travelling(state)))
        ),
        weights=weights,
        weight_units=units,
    )
    give_back()  # what the answer before this one was worked out with
    return _supposing(now, answer)


def supposed(state: ProjectState, facts: Facts, feedback: Feedback) -> Supposed:
    """Return a state and facts as an answer is made of them.

    The facts are the project's, with its own alliances and yields, and as its scenario has them:
    members, figures of sites and national output.
    """
    facts = own_yields(state, project_facts(state, facts))
    now = suppose(state, facts)
    if now.scenario is None:
        return now
    question = now.state.question
    _, changed = applied(
        now.scenario,
        [entry.layer for entry in state.layers],
        facts,
        alliance=question.alliance,
        minerals=() if question.mineral is None else (question.mineral,),
        as_of=question.as_of,
        jurisdictions=None if all(p.country for p in now.scenario.plants) else jurisdiction_index(),
        feedback=feedback,
    )
    return replace(now, facts=changed)


def _supposing(now: Supposed, answer: Answer) -> Answer:
    """Return an answer that begins by saying under which scenario it is given."""
    if now.scenario is None:
        return answer
    layers = [entry.layer for entry in now.state.layers]
    note = scenario_note(now.scenario, layers, now.facts.countries)
    return replace(answer, text=f"{note} {answer.text}", notes=(note, *answer.notes))


def coverage_query(state: ProjectState, facts: Facts) -> CoverageQuery:
    """Return the coverage that a state asks for; without an alliance nobody is inside."""
    question = state.question
    alliance: AllianceSet = ("", "", NOBODY)
    if question.alliance is not None:
        inside = facts.alliances.jurisdictions(question.alliance, question.as_of) or NOBODY
        alliance = (question.alliance, alliance_title(facts, question.alliance), inside)
    query = CoverageQuery(
        alliances=(alliance,),
        minerals=(question.mineral or "",),
        by=question.by,
        weight=question.weight,
        as_of=question.as_of,
    )
    return replace(query, statuses=state.filter.statuses) if state.filter.statuses else query


def _counted(state: ProjectState) -> tuple[_Counted, ...]:
    found = []
    for entry in state.layers:
        if not entry.visible:
            continue
        rows = rows_shown(entry.layer, state.filter, None, entry.where)
        if rows is None:
            found.append(_Counted(entry.layer, None))
        else:
            left = entry.layer.with_(features=entry.layer.features.take(rows))
            found.append(_Counted(left, rows))
    return tuple(found)


def counted_layers(state: ProjectState) -> tuple[Layer, ...]:
    """Return the layers that answers are made of: what is visible, after the filter."""
    return tuple(counted.layer for counted in _counted(state))


def _lacks_country(layer: Layer) -> bool:
    """Return whether a layer of facilities has rows that name no country."""
    if not layer.role.is_facility:
        return False
    values = layer.values("country")
    return values is None or bool(pd.isna(values).any() or (values == "").any())


def _shares(case: _Case, query: CoverageQuery) -> pd.DataFrame:
    one = replace(query, stages=(case.state.question.stage,))
    return breakdown(one, case.layers, case.facts, jurisdictions=case.index, feedback=case.feedback)


def _table(case: _Case, query: CoverageQuery) -> pd.DataFrame:
    return coverage(
        query, case.layers, case.facts, jurisdictions=case.index, feedback=case.feedback
    )


def _distance(case: _Case) -> DistanceResult:
    from gisapp.analysis.distance import distance
    from gisapp.workspace.answer_distance import distance_query

    result = distance(
        distance_query(case.state, case.facts),
        [layer for layer in case.layers if layer.role is Role.DEPOSIT],
        [layer for layer in case.layers if layer.role is case.state.question.to],
        case.facts,
        jurisdictions=case.index,
        router=_router(case.state) if case.state.question.metric == "route" else None,
        feedback=case.feedback,
    )
    back = {c.layer.id: c.rows for c in case.counted}
    if all(rows is None for rows in back.values()):
        return result

    def whole(layer: str, row: int) -> tuple[str, int]:
        rows = back[layer]
        return layer, row if rows is None else int(rows[row])

    return replace(result, deposit_rows=tuple(whole(*place) for place in result.deposit_rows))


def _weights(case: _Case) -> tuple[Mapping[str, Floats], Mapping[str, str]]:
    """Return sizes of the facilities where one mineral is asked: tonnes a year, NaN unknown."""
    question = case.state.question
    weights: dict[str, Floats] = {}
    units: dict[str, str] = {}
    if question.mineral is None:
        return weights, units
    for entry in case.state.layers:
        layer = entry.layer
        stage = STAGE_OF_ROLE.get(layer.role)
        if stage is None or not entry.visible:
            continue
        sites = select([layer], layer.role, mineral=question.mineral, feedback=case.feedback)
        values, _ = figures(
            sites, question.mineral, stage, case.facts.quantities, question.as_of.year
        )
        measure = measure_of(question.mineral, stage)
        whole = np.full(len(layer.features), np.nan)
        whole[sites.row] = values
        if np.isfinite(whole).any():
            weights[layer.id] = whole
            units[layer.id] = f"{measure.unit if measure is not None else 't'}/yr"
    return weights, units


def _travelling(state: ProjectState) -> tuple[str, ...]:
    """Return what is to be said of ships and costs, where goods travel at all."""
    question = state.question
    if question.metric != "route" and question.view not in _TRAVELLING:
        return ()
    return (*ship_notes(question.avoidance), *cost_notes(state.costs))


def _membership(case: _Case) -> Iterable[str]:
    question, book = case.state.question, case.facts.alliances
    if question.alliance is None:
        return
    alliance = book.get(question.alliance)
    inside = book.jurisdictions(alliance.id, question.as_of)
    if not inside:
        ended = (
            "" if alliance.dissolved is None else f" It ended on {day_title(alliance.dissolved)}."
        )
        yield f"{alliance.name} has no members on {day_title(question.as_of)}.{ended}"
        return
    count = member_count(inside)
    word = "proposed members" if alliance.is_proposal else "members"
    yield (
        f"{alliance.name}: {count} on {day_title(question.as_of)} ({word}, the EU and "
        f"territories expanded). Source: {alliance.source}."
    )


# The views: each fills in headline, text, subtitle, and what the picture shows of it.


def _facilities(case: _Case, answer: Answer) -> Answer:
    counts = []
    for stage in Stage:
        role = ROLE_OF_STAGE[stage]
        number = sum(
            _number_of(c, case.state.question.mineral) for c in case.counted if c.layer.role is role
        )
        if number:
            counts.append(f"{numbers.whole(number)} {_plural(role, number)}")
    mineral = case.state.question.mineral
    what = f" for {MINERALS[mineral].lower()}" if mineral else ""
    headline = f"{_listed(counts)}{what}" if counts else f"No facility{what} is shown"
    return replace(
        answer,
        headline=headline,
        text=f"{headline}. Sources stand in every row.",
        subtitle="Sites by stage and status"
        + (", size by tonnes per year where known" if mineral else ""),
    )


def _routes(case: _Case, answer: Answer) -> Answer:
    if case.state.question.start and case.state.question.end:
        from gisapp.workspace.answer_routes import journey_answer

        return journey_answer(case.state, case.layers, answer, case.feedback)
    mineral = case.state.question.mineral
    layers = [c for c in case.counted if c.layer.role is Role.TRADE_ROUTE]
    number = sum(_number_of(c, mineral) for c in layers)
    what = f"{MINERALS[mineral].lower()} " if mineral else ""
    headline = f"{numbers.whole(number)} {what}trade routes"
    return replace(
        answer,
        headline=headline,
        text=f"{headline}. Indicative ones, with a likely port or buyer, are drawn dashed.",
        subtitle="Flows from origin to destination; dashed: indicative",
    )


def _coverage(case: _Case, answer: Answer) -> Answer:
    question = case.state.question
    if question.mineral is None:
        return replace(
            _facilities(case, answer),
            notes=("Choose a mineral to see who holds how much of it.",),
        )
    if answer.coverage is None or question.alliance is None:
        return _suppliers(case, answer)
    title = alliance_title(case.facts, question.alliance)
    row = _row_of(answer.coverage, question.stage)
    countries = case.facts.countries
    return replace(
        answer,
        headline=sentences.coverage_headline(answer.coverage, title),
        text=sentences.coverage_text(row, title, countries),
        subtitle=sentences.coverage_subtitle(row),
        chart=coverage_chart(answer.breakdown, row, title, countries),
        sources=_split(row["sources"], case.facts.countries),
        notes=tuple(note for note in (str(row["note"]),) if note),
    )


def _suppliers(case: _Case, answer: Answer) -> Answer:
    """Without an alliance: who the largest supplier is."""
    question = case.state.question
    shares = answer.breakdown
    if shares is None or not len(shares) or question.mineral is None:
        return _facilities(case, answer)
    if question.by in {Basis.FOREIGN, Basis.ABROAD}:
        why = "Choose an alliance to see what is controlled from outside, or outside from inside."
        return replace(_facilities(case, answer), notes=(why,))
    query = coverage_query(case.state, case.facts)
    row = _row_of(_table(case, query), question.stage)
    first = shares.iloc[0]
    share = numbers.percent(first["low"], first["high"], 0)
    mineral = MINERALS[question.mineral].lower()
    what = "the magnets" if question.stage is Stage.MAGNETS else mineral
    name = country_title(first["country"], case.facts.countries)
    headline = f"{name} {supplier_verb(row)} {share} of {what}"
    return replace(
        answer,
        headline=headline,
        text=f"{headline}. Source: {row['sources']}.",
        subtitle=sentences.coverage_subtitle(row),
        chart=coverage_chart(shares, row, "", case.facts.countries),
        sources=_split(row["sources"], case.facts.countries),
        notes=tuple(note for note in (str(row["note"]),) if note),
    )


def _distances(case: _Case, answer: Answer) -> Answer:
    from gisapp.workspace.answer_distance import distance_answer

    near = answer.distance
    if near is None:
        asked = case.state.question.mineral is not None
        why = () if asked else ("Choose a mineral to see how far its ore is from a plant.",)
        return replace(_facilities(case, answer), notes=why)
    ways = _router(case.state) if case.state.question.metric == "route" else None
    return distance_answer(near, answer, ways, case.feedback)


def _router(state: ProjectState) -> Router:
    """Return the router that counts with the costs of a state."""
    from gisapp.workspace.routing import router

    return router(state.costs)


def _scenarios(case: _Case, answer: Answer) -> Answer:
    from gisapp.workspace.answer_scenarios import scenarios_answer

    state, facts = case.asked or (case.state, case.facts)
    return scenarios_answer(state, facts, answer, answer_of, case.feedback)


def _chain(case: _Case, answer: Answer) -> Answer:
    from gisapp.workspace.answer_chain import chain_answer

    return chain_answer(
        case.state,
        case.facts,
        case.layers,
        answer,
        jurisdictions=case.index,
        feedback=case.feedback,
    )


def _flows(case: _Case, answer: Answer) -> Answer:
    from gisapp.workspace.answer_flows import flows_answer

    return flows_answer(
        case.state,
        case.facts,
        case.layers,
        answer,
        _router(case.state),
        jurisdictions=case.index,
        feedback=case.feedback,
    )


def _exposure(case: _Case, answer: Answer) -> Answer:
    from gisapp.workspace.answer_exposure import exposure_answer

    return exposure_answer(
        case.state,
        case.facts,
        case.layers,
        answer,
        _router(case.state),
        jurisdictions=case.index,
        feedback=case.feedback,
    )


_VIEWS: Final[dict[str, Callable[[_Case, Answer], Answer]]] = {
    "facilities": _facilities,
    "coverage": _coverage,
    "distance": _distances,
    "routes": _routes,
    "chain": _chain,
    "flows": _flows,
    "exposure": _exposure,
    "scenarios": _scenarios,
}


def _row_of(table: pd.DataFrame, stage: Stage) -> dict[str, Any]:
    rows = table[table["stage"] == stage.value]
    return {str(key): value for key, value in rows.iloc[0].to_dict().items()}


def _number_of(counted: _Counted, mineral: str | None) -> int:
    from_layer = rows_shown(counted.layer, _NO_FILTER, mineral)
    return len(counted.layer.features) if from_layer is None else len(from_layer)


def _split(sources: str, countries: Mapping[str, str]) -> tuple[str, ...]:
    """Return the sources of a row; what is remarked of one stands in brackets behind it."""
    found: list[str] = []
    for part in (each.strip() for each in sources.split(";")):
        remark = _REMARK.match(part)
        if remark and found:
            who = country_title(remark[1], countries)
            found[-1] = f"{found[-1]} ({who}{part[3:]})"
        elif part:
            found.append(part)
    return tuple(found)


def _plural(role: Role, number: int) -> str:
    word = role.label.lower()
    if number == 1:
        return word
    return f"{word[:-1]}ies" if word.endswith("y") else f"{word}s"


def _listed(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
