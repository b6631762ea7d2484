"""The keys of a deck: which minerals, alliances, deposits, scenarios or years, and their names."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

import numpy as np

from gisapp.analysis.changed import unknown_sites
from gisapp.analysis.distance import DistanceResult
from gisapp.analysis.selection import select
from gisapp.model.facts import Facts
from gisapp.model.feedback import GisappError
from gisapp.model.scenario import Scenario
from gisapp.model.vocabulary import FACILITY_ROLES, MINERALS, PARENT, Role, Status, mineral_code
from gisapp.workspace.answer import Answer
from gisapp.workspace.comparison import AS_IT_IS
from gisapp.workspace.coverage_time import layers_day
from gisapp.workspace.deck_plan import DeckPlan, Per
from gisapp.workspace.own_facts import project_facts
from gisapp.workspace.params import listed
from gisapp.workspace.state import ProjectState
from gisapp.workspace.titles import alliance_title

#: The years of a deck that names none, where the alliance has members.
YEARS: Final = (2015, 2030)
MOST_DEPOSITS: Final = 10
#: A deck of more pages is no deck.
MOST_KEYS: Final = 200
#: The alliances that are compared first, as far as they have members on the day.
_MAIN: Final = (
    *("g7", "eu", "msp", "quad", "five_eyes", "usmca", "oecd", "brics"),
    "four_nation_us_can_gbr_aus",
)
#: Views that show the same whatever alliance is asked about, and that of all scenarios at once.
_SAME_FOR_ALL: Final = frozenset({"facilities", "routes", "scenarios"})
_AHEAD: Final = frozenset({Status.CONSTRUCTION, Status.PLANNED})


@dataclass(frozen=True)
class Key:
    """One slide's word: its code, and what people call it."""

    id: str
    title: str


def keys_of(
    state: ProjectState, facts: Facts, plan: DeckPlan, located: Answer | None
) -> tuple[Key, ...]:
    """Return the keys of a plan, or a sensible set where it names none.

    Parameters
    ----------
    located
        The answer of distances of the state, for deposits alone.

    Raises
    ------
    GisappError
        `unknown_...` for a key that is none, `no_mineral`, `no_alliance`, `no_scenario` or
        `no_deposit` where the project lacks what the deck is about, `too_many_keys`.
    """
    facts = project_facts(state, facts)
    find = {
        Per.MINERAL: _minerals,
        Per.ALLIANCE: _alliances,
        Per.SCENARIO: _scenarios,
        Per.YEAR: _years,
    }
    if plan.per is Per.DEPOSIT:
        found = _deposits(plan.keys, located)
    else:
        found = find[plan.per](plan.keys, state, facts)
    found = tuple(dict.fromkeys(found))
    if len(found) > MOST_KEYS:
        raise GisappError(
            "too_many_keys",
            f"A deck of {len(found)} {plan.per.plural} is too long.",
            f"Name at most {MOST_KEYS}.",
        )
    return found


def _minerals(keys: Iterable[str], _state: ProjectState, _facts: Facts) -> tuple[Key, ...]:
    codes = []
    for key in keys:
        code = mineral_code(key)
        if code is None:
            raise GisappError(
                "unknown_mineral", f'No mineral is called "{key}".', f"Known: {listed(MINERALS)}."
            )
        codes.append(code)
    # the whole group speaks for its parts
    codes = codes or [code for code in MINERALS if code not in PARENT]
    return tuple(Key(code, MINERALS[code]) for code in codes)


def _alliances(keys: Iterable[str], state: ProjectState, facts: Facts) -> tuple[Key, ...]:
    _needs_mineral(state)
    book, day = facts.alliances, state.question.as_of
    found = [book.get(key).id for key in keys]
    if not found:
        asked = (state.question.alliance,) if state.question.alliance else ()
        own = tuple(alliance.id for alliance in state.alliances)
        known = (a for a in (*asked, *own, *_MAIN) if a in book.alliances)
        found = [a for a in dict.fromkeys(known) if book.jurisdictions(a, day)]
    return tuple(Key(a, _heading(alliance_title(facts, a))) for a in found)


def _deposits(keys: Iterable[str], located: Answer | None) -> tuple[Key, ...]:
    near = None if located is None else located.distance
    if located is None or near is None or not len(near.rows):
        raise GisappError(
            "no_deposit",
            "No deposit of the question's mineral is in the layers.",
            "Ask about a mineral, or show a layer of deposits.",
        )
    names = dict(zip(near.rows["deposit_id"], near.rows["deposit_name"], strict=True))
    for key in keys:
        if key not in names:
            raise GisappError(
                "unknown_facility",
                f'No deposit of the question has the id "{key}".',
                f"Some that have one: {listed(list(names)[:5])}.",
            )
    found = tuple(keys) or _largest(near, located)
    return tuple(Key(str(each), str(names[each])) for each in found)


def _largest(near: DistanceResult, located: Answer) -> tuple[str, ...]:
    """Return the ids of the deposits of most tonnes a year, as far as figures are known."""
    tonnes: dict[str, float] = {}
    for each, (layer, row) in zip(near.rows["deposit_id"], near.deposit_rows, strict=True):
        weights = located.weights.get(layer)
        tonnes.setdefault(str(each), np.nan if weights is None else float(weights[row]))
    order = sorted(tonnes, key=lambda each: -np.nan_to_num(tonnes[each], nan=-1.0))
    known = [each for each in order if np.isfinite(tonnes[each])]
    return tuple((known or order)[:MOST_DEPOSITS])


def _scenarios(keys: Iterable[str], state: ProjectState, _facts: Facts) -> tuple[Key, ...]:
    _needs_mineral(state)
    names = [scenario.name for scenario in state.scenarios]
    if not names:
        raise GisappError(
            "no_scenario",
            "The project has no scenario.",
            "Switch a site off, close a passage or add a plant first.",
        )
    for key in keys:
        if key and key not in names:
            raise GisappError(
                "unknown_scenario", f'No scenario is called "{key}".', f"Known: {listed(names)}."
            )
    return tuple(Key(name, name or AS_IT_IS) for name in (tuple(keys) or ("", *names)))


def _years(keys: Iterable[str], state: ProjectState, facts: Facts) -> tuple[Key, ...]:
    _needs_mineral(state)
    asked = state.question.alliance
    found = tuple(keys)
    for key in found:
        if not (key.isdecimal() and 1900 <= int(key) <= 2100):
            raise GisappError("bad_year", f'"{key}" is no year.', "Write it as 2026.")
    if not found:
        book = facts.alliances
        found = tuple(
            str(year)
            for year in range(YEARS[0], YEARS[1] + 1)
            if asked is None or book.jurisdictions(asked, date(year, 12, 31))
        )
    return tuple(Key(year, year) for year in found)


def _needs_mineral(state: ProjectState) -> None:
    if state.question.mineral is None:
        raise GisappError(
            "no_mineral", "The question names no mineral.", "Choose the mineral of the deck."
        )


def _heading(title: str) -> str:
    return f"{title[0].upper()}{title[1:]}"


def asked_of(state: ProjectState, per: Per, key: str, located: Answer | None) -> ProjectState:
    """Return the state of a slide: the same question with one word changed.

    Parameters
    ----------
    located
        As in `keys_of`.
    """
    question = state.question
    state = state.with_(title="", subtitle="")  # what was written for one map is not every slide's
    if per is Per.MINERAL:
        return state.with_(question=replace(question, mineral=key))
    if per is Per.ALLIANCE:
        view = "coverage" if question.view in _SAME_FOR_ALL else question.view
        return state.with_(question=replace(question, alliance=key, view=view))
    if per is Per.SCENARIO:
        view = "coverage" if question.view == "scenarios" else question.view
        return state.with_(scenario=key, question=replace(question, view=view))
    if per is Per.YEAR:
        return _in_year(state, int(key))
    return _of_deposit(state, key, located)


def _in_year(state: ProjectState, year: int) -> ProjectState:
    """Return a state at the end of a year: its members, and the plants that had started by then.

    After the day of the layers, sites that are said to start by then run, as in `over_time`.
    """
    last = state.filter.last_year
    state = state.with_(
        question=replace(state.question, as_of=date(year, 12, 31)),
        filter=replace(state.filter, last_year=year if last is None else min(last, year)),
    )
    if year <= layers_day().year:
        return state
    running = frozenset(str(site) for role in FACILITY_ROLES for site in _ahead(state, role, year))
    given = state.supposed or Scenario(f"Sites that are to start by {year}")
    supposed = replace(given, on=given.on | (running - given.off))
    others = tuple(s for s in state.scenarios if s.name != supposed.name)
    return state.with_(scenarios=(*others, supposed), scenario=supposed.name)


def _ahead(state: ProjectState, role: Role, year: int) -> Iterable[str]:
    sites = select(state.layers_of(role), role, mineral=state.question.mineral, statuses=_AHEAD)
    return map(str, sites.id[sites.start_year <= year])


def _of_deposit(state: ProjectState, key: str, located: Answer | None) -> ProjectState:
    """Return a state that has one deposit alone and asks how far it is to a plant."""
    near = None if located is None else located.distance
    if near is None:
        return state
    at = list(near.rows["deposit_id"]).index(key)
    layer_id, row = near.deposit_rows[at]
    entries = []
    for entry in state.layers:
        if entry.id == layer_id:
            one = entry.layer.with_(features=entry.layer.features.take([row]))
            entries.append(replace(entry, layer=one, where=""))
        elif entry.layer.role is not Role.DEPOSIT:
            entries.append(entry)
    question = replace(state.question, view="distance", deposit=key)
    alone = state.with_(layers=tuple(entries), question=question)
    supposed = state.supposed
    if supposed is None:
        return alone
    # a scenario adds no other deposit, and what it switches elsewhere is not worth a note
    away = unknown_sites(supposed, (entry.layer for entry in entries))
    away -= unknown_sites(supposed, (entry.layer for entry in state.layers))
    plants = tuple(p for p in supposed.plants if p.role is not Role.DEPOSIT or p.id == key)
    own = replace(supposed, off=supposed.off - away, on=supposed.on - away, plants=plants)
    return alone.with_(scenarios=tuple(own if s is supposed else s for s in state.scenarios))
