"""Commands on how the distance is measured, which plants count and what ways keep away from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any, Final

from gisapp.analysis.network.journey import Avoidance, Measure, ship_class
from gisapp.model.facts import Facts
from gisapp.model.feedback import GisappError
from gisapp.model.vocabulary import METRICS, Basis
from gisapp.workspace.commands import Command
from gisapp.workspace.params import choice, listed, number
from gisapp.workspace.passages import avoidance, passages
from gisapp.workspace.state import ProjectState, Question

#: Tonnes a year that no plant reaches.
_MOST_TONNES: Final = 1e9


def _ask(state: ProjectState, **changes: Any) -> ProjectState:
    return state.with_(question=replace(state.question, **changes))


def _metric(state: ProjectState, *, metric: str) -> ProjectState:
    if metric not in METRICS:
        raise GisappError(
            "unknown_metric", f'There is no metric "{metric}".', f"Choose of {listed(METRICS)}."
        )
    return _ask(state, metric=metric)


def _measure(state: ProjectState, *, measure: Measure | str) -> ProjectState:
    """Ask for the plant with the least of a measure, which only routes have."""
    return _ask(state, metric="route", measure=choice(Measure, measure, "measure"))


def _inside(
    state: ProjectState, *, plant: bool | None = None, owner: bool | None = None
) -> ProjectState:
    """Say what has to be inside the alliance; the word of the question follows where it can."""
    question = replace(
        state.question,
        plant_inside=state.question.plant_inside if plant is None else bool(plant),
        owner_inside=state.question.owner_inside if owner is None else bool(owner),
    )
    switches = (question.plant_inside, question.owner_inside)
    by = {(True, False): Basis.LOCATION, (False, True): Basis.CONTROL}.get(switches)
    return state.with_(question=question if by is None else replace(question, by=by))


def bases(question: Question) -> frozenset[Basis]:
    """Return by what a plant has to be inside the alliance: all of them have to hold."""
    by = question.by.of_a_site
    found = set()
    if by is Basis.LISTING:
        found.add(Basis.LISTING)
    elif by is Basis.CONTROL and not question.owner_inside:
        return frozenset({Basis.CONTROL})  # as it was asked before there were switches
    elif question.plant_inside:
        found.add(Basis.LOCATION)
    if question.owner_inside:
        found.add(Basis.CONTROL)
    return frozenset(found)


def _plants(state: ProjectState, **changes: Any) -> ProjectState:
    """Say which plants count; what is not named stays, None lifts it."""
    clean: dict[str, Any] = {}
    for name, value in changes.items():
        if name == "starts_by":
            year = None if value is None else int(number(value, "year", 1900, 2200))
            clean[name] = year
        elif name == "min_capacity":
            least = None if value is None else number(value, "capacity", 0, _MOST_TONNES)
            clean[name] = least or None
        elif name == "unknown_capacity":
            clean[name] = bool(value)
        else:
            raise GisappError("unknown_choice", f'Plants have no "{name}" to choose by.')
    return _ask(state, **clean)


def _avoid(facts: Facts) -> Callable[..., ProjectState]:
    def run(
        state: ProjectState,
        *,
        countries: Iterable[str] | None = None,
        closed: Iterable[str] | None = None,
        opened: Iterable[str] | None = None,
        places: Sequence[str] | None = None,
        ship: str | None = None,
    ) -> ProjectState:
        """Say what ways keep away from; what is None stays, an empty list lifts it.

        `places` names passages and countries together, `ship` the class of ships.
        """
        changes: dict[str, Any] = {} if ship is None else {"ship": ship_class(ship)}
        if places is not None:
            found = avoidance(places, facts.countries)
            changes |= {"avoided": found.countries, "closed": found.passages}
        if countries is not None:
            codes = frozenset(str(code).upper() for code in countries)
            for code in sorted(codes - set(facts.countries)):
                raise GisappError(
                    "unknown_jurisdiction", f'"{code}" is no ISO 3166-1 alpha-3 code of a country.'
                )
            changes["avoided"] = codes
        for name, given in (("closed", closed), ("opened", opened)):
            if given is not None:
                changes[name] = passages(given)
        return _ask(state, **changes)

    return run


def _lift(state: ProjectState) -> ProjectState:
    return _ask(state, avoided=frozenset(), closed=frozenset(), opened=frozenset(), ship="any")


def _avoids(state: ProjectState) -> bool:
    return state.question.avoidance != Avoidance()


def distance_commands(facts: Facts) -> tuple[Command, ...]:
    """Return the commands of the distance page."""
    ask = "Question"
    return (
        Command(
            "question.metric",
            "Measure distances by",
            _metric,
            "As the crow flies, or along roads, railways and sea lanes",
            "",
            "mdi6.map-marker-distance",
            ask,
            ("metric",),
        ),
        Command(
            "question.measure",
            "Nearest by",
            _measure,
            "Routes: the plant with the least km, days, dollars or emissions",
            "",
            "mdi6.speedometer",
            ask,
            ("measure",),
        ),
        Command(
            "question.inside",
            "Inside the alliance",
            _inside,
            "What has to be inside: the plant, its owner, or both",
            "",
            "mdi6.select-group",
            ask,
            ("plant", "owner"),
        ),
        Command(
            "question.plants",
            "Plants that count",
            _plants,
            "By capacity, and those that start by a year",
            "",
            "mdi6.factory",
            ask,
            ("starts_by", "min_capacity", "unknown_capacity"),
        ),
        Command(
            "question.avoid",
            "Ways avoid",
            _avoid(facts),
            "Countries and passages that no way leads through, and the class of ships",
            "",
            "mdi6.sign-caution",
            ask,
            ("countries", "closed", "opened", "places", "ship"),
        ),
        Command(
            "question.avoid_nothing",
            "Avoid nothing",
            _lift,
            "Let ways lead anywhere again",
            "",
            "mdi6.sign-direction",
            ask,
            enabled=_avoids,
        ),
    )
