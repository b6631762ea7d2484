"""Edits of the active scenario; where none is active they begin a new one."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from gisapp.analysis.changed import check_scenario, site_ids, unknown_sites
from gisapp.model.facts import Facts
from gisapp.model.feedback import Feedback, GisappError
from gisapp.model.layer import Layer
from gisapp.model.scenario import AddedPlant, Scenario, StatusWeight
from gisapp.model.vocabulary import MINERALS, Role, Status, mineral_code, status_code
from gisapp.workspace.commands import Job, Outcome
from gisapp.workspace.params import choice, listed, number
from gisapp.workspace.passages import known_passages
from gisapp.workspace.state import ProjectState

_MOST_TONNES: Final = 1e9
Change = Callable[[Scenario], Scenario]


def active_or_new(state: ProjectState) -> Scenario:
    """Return the scenario that an edit goes to; one that no project has yet where none is on."""
    return state.supposed or Scenario(free_name(state, "Scenario 1"))


def free_name(state: ProjectState, name: str) -> str:
    """Return a name that no scenario has: "Scenario 2", "No Malacca 2"."""
    taken = {s.name for s in state.scenarios}
    base = re.sub(r" \d+$", "", name)
    count = 2
    while name in taken:
        name, count = f"{base} {count}", count + 1
    return name


def put(state: ProjectState, scenario: Scenario, old: str = "") -> ProjectState:
    """Return the state with a scenario in its place, or behind the others, and active."""
    at = old or scenario.name
    if any(s.name == at for s in state.scenarios):
        scenarios = tuple(scenario if s.name == at else s for s in state.scenarios)
    else:
        scenarios = (*state.scenarios, scenario)
    if scenarios == state.scenarios and state.scenario == scenario.name:
        return state
    return state.with_(scenarios=scenarios, scenario=scenario.name)


@dataclass(frozen=True, eq=False)
class ScenarioEdits:
    """The edits, each a command's `run`; countries and their codes are those of the facts.

    All refuse what a scenario cannot be, as `changed.check_scenario` does.
    """

    facts: Facts

    def _edit(self, state: ProjectState, change: Change) -> ProjectState:
        before = active_or_new(state)
        changed = change(before)
        layers = [entry.layer for entry in state.layers]
        # what a removed layer held may stay, and be taken back
        lost = unknown_sites(before, layers)
        fitting = replace(changed, off=changed.off - lost, on=changed.on - lost)
        check_scenario(fitting, layers, self.facts)
        return put(state, changed)

    def site(self, state: ProjectState, *, site: str, runs: bool | None = None) -> ProjectState:
        """Switch a site on or off; None leaves it as it is in the world."""
        return self._edit(
            state,
            lambda s: replace(
                s,
                off=_switched(s.off, site, on=runs is False),
                on=_switched(s.on, site, on=runs is True),
            ),
        )

    def selected(self, state: ProjectState, *, runs: bool | None = None) -> ProjectState:
        """Switch the selected sites on or off; None turns over what most of them do."""
        entry = next((e for e in state.layers if e.id == state.selection.layer), None)
        if entry is None or not entry.layer.role.is_facility:
            raise GisappError(
                "no_selection", "No site is selected.", "Select sites on the map or in the table."
            )
        sites = frozenset(site_ids(entry.layer, list(state.selection.rows)))
        if runs is None:
            before = active_or_new(state)
            off = sites & before.off or sites - before.on - _idle(entry.layer, state)
            runs = bool(sites & before.off) or not off
        return self._edit(
            state,
            lambda s: replace(
                s,
                off=s.off - sites if runs else s.off | sites,
                on=s.on | (sites & _idle(entry.layer, state)) if runs else s.on - sites,
            ),
        )

    def member(
        self, state: ProjectState, *, country: str, inside: bool | None = None
    ) -> ProjectState:
        """Let a country join or leave the alliance; None leaves it as it is signed."""
        code = country.upper()
        return self._edit(
            state,
            lambda s: replace(
                s,
                joined=_switched(s.joined, code, on=inside is True),
                left=_switched(s.left, code, on=inside is False),
            ),
        )

    def passage(
        self, state: ProjectState, *, passage: str, opened: bool | None = None
    ) -> ProjectState:
        """Close or open a passage; None leaves it as it is."""
        known_passages({passage})
        return self._edit(
            state,
            lambda s: replace(
                s,
                closed=_switched(s.closed, passage, on=opened is False),
                opened=_switched(s.opened, passage, on=opened is True),
            ),
        )

    def avoid(self, state: ProjectState, *, country: str, avoided: bool = False) -> ProjectState:
        """Let no way lead through a country, or lift that."""
        code = country.upper()
        return self._edit(
            state, lambda s: replace(s, avoided=_switched(s.avoided, code, on=avoided))
        )

    def day(self, state: ProjectState, *, as_of: date | str | None = None) -> ProjectState:
        """Ask at another day than the question's; None takes the question's."""
        try:
            when = date.fromisoformat(as_of) if isinstance(as_of, str) and as_of else as_of or None
        except ValueError:
            raise GisappError(
                "bad_date", f'"{as_of}" is not a date.', "Write it as 2030-01-01."
            ) from None
        return self._edit(state, lambda s: replace(s, as_of=when))

    def weight(
        self, state: ProjectState, *, status: Status | str, weight: float | None = None
    ) -> ProjectState:
        """Let the figures of sites of a status count by a share 0 to 1; None as usual."""
        which = choice(Status, status, "status")

        def change(scenario: Scenario) -> Scenario:
            kept = [each for each in scenario.weights if each.status is not which]
            if weight is not None:
                kept.append(StatusWeight(which, number(weight, "weight", 0.0, 1.0)))
            kept.sort(key=lambda each: list(Status).index(each.status))
            return replace(scenario, weights=tuple(kept))

        return self._edit(state, change)

    def drop_plant(self, state: ProjectState, *, plant: str) -> ProjectState:
        """Take an added plant off again."""
        return self._edit(
            state, lambda s: replace(s, plants=tuple(p for p in s.plants if p.id != plant))
        )

    def add_plant(
        self,
        state: ProjectState,
        *,
        lon: float,
        lat: float,
        capacity: float,
        name: str = "",
        role: Role | str = "",
        mineral: str = "",
        country: str = "",
        owner_country: str = "",
    ) -> Outcome:
        """Put a hypothetical plant on the map; its country is found where none is given."""
        kind = choice(Role, role or state.question.to, "role")
        code = mineral_code(mineral or state.question.mineral or "")
        if code is None:
            raise GisappError(
                "unknown_mineral",
                f'No mineral is called "{mineral}".' if mineral else "A plant needs a mineral.",
                f"Choose of {listed(MINERALS)}.",
            )
        plant = AddedPlant(
            id="new",
            name=" ".join(name.split()) or f"New {kind.label.lower()}",
            role=kind,
            mineral=code,
            lon=(number(lon, "longitude", -1080, 1080) + 180.0) % 360.0 - 180.0,
            lat=number(lat, "latitude", -90, 90),
            capacity=number(capacity, "capacity (t/yr)", 0, _MOST_TONNES),
            country=country.upper(),
            owner_country=owner_country.upper(),
        )

        def stand(now: ProjectState, found: str) -> ProjectState:
            def change(scenario: Scenario) -> Scenario:
                placed = replace(plant, id=_free_plant(scenario), country=found)
                return replace(scenario, plants=(*scenario.plants, placed))

            return self._edit(now, change)

        check_scenario(Scenario("", plants=(plant,)), (), self.facts)
        if country:
            return stand(state, plant.country)
        return Job("scenario.plant", "Adding a plant", lambda f: _country_of(plant, f), stand)


def _idle(layer: Layer, state: ProjectState) -> frozenset[str]:
    """Return the ids of the selected sites that do not operate in the world."""
    statuses = layer.values("status")
    if statuses is None:
        return frozenset()
    rows = [
        row
        for row in state.selection.rows
        if status_code(str(statuses[row] or "")) not in (None, Status.OPERATING)
    ]
    return frozenset(site_ids(layer, rows))


def _switched(codes: frozenset[str], code: str, *, on: bool) -> frozenset[str]:
    return codes | {code} if on else codes - {code}


def _free_plant(scenario: Scenario) -> str:
    taken = {plant.id for plant in scenario.plants}
    count = 1
    while f"new-plant-{count}" in taken:
        count += 1
    return f"new-plant-{count}"


def _country_of(plant: AddedPlant, feedback: Feedback) -> str:
    """Return the jurisdiction at a plant's position; "" at sea."""
    from gisapp.workspace.placing import country_at

    return country_at(plant.lon, plant.lat, feedback)
