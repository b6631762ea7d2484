"""Layers as they are in a scenario, and what a scenario cannot be; without heavy libraries."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from gisapp.analysis.network.journey import Avoidance
from gisapp.model.facts import Facts
from gisapp.model.features import Features
from gisapp.model.feedback import GisappError
from gisapp.model.layer import Layer, Source
from gisapp.model.scenario import AddedPlant, Scenario
from gisapp.model.style import Style
from gisapp.model.units import numbers_of
from gisapp.model.vocabulary import STAGE_OF_ROLE, Role, Status, mineral_code, status_code

if TYPE_CHECKING:  # the window draws scenarios before scipy is loaded
    from gisapp.analysis.jurisdiction import JurisdictionIndex

#: The status of what a scenario switches off, and of what runs in it.
OFF: Final = Status.CLOSED.value
RUNS: Final = Status.OPERATING.value
#: Ids of the layers of added plants start so; no layer of a file has a colon in its id.
ADDED: Final = "scenario:"
FULL: Final = 1.0
#: A colour that nothing real has, told from the roles' by people who see no red or green.
_HYPOTHETICAL: Final = "#CC79A7"

Texts = npt.NDArray[np.object_]


@dataclass(frozen=True)
class SiteChange:
    """What becomes of one site: the status it had, and how much of its figures counts."""

    status: str
    share: float


def changes_nothing(scenario: Scenario) -> bool:
    """Return whether a scenario has a name and nothing else."""
    return scenario == Scenario(scenario.name)


def changed_layers(
    scenario: Scenario, layers: Sequence[Layer], jurisdictions: JurisdictionIndex | None = None
) -> tuple[Layer, ...]:
    """Return layers as a scenario has them, and those of added plants behind.

    Layers keep order and rows, so that a row number means the same site before and after; what is
    not touched is shared. Unknown ids change nothing.
    """
    return (
        *(
            changed_layer(layer, rows) if (rows := site_changes(scenario, layer)) else layer
            for layer in layers
        ),
        *added_layers(scenario, jurisdictions),
    )


def avoidance(scenario: Scenario, avoid: Avoidance) -> Avoidance:
    """Return what journeys keep away from in a scenario, which has the last word."""
    return replace(
        avoid,
        passages=(avoid.passages - scenario.opened) | scenario.closed,
        opened=(avoid.opened - scenario.closed) | scenario.opened,
        countries=avoid.countries | scenario.avoided,
    )


def check_scenario(scenario: Scenario, layers: Iterable[Layer], facts: Facts) -> None:
    """Refuse what cannot be: raises `GisappError` as `applied` does."""
    lost = unknown_sites(scenario, layers)
    if lost:
        raise GisappError(
            "unknown_facility",
            f"No open layer has a site with the id {_listed(lost)}.",
            "Ids stand in the column id of the attribute table.",
        )
    both = scenario.off & scenario.on
    if both:
        raise _bad(f"{_listed(both)} cannot be both on and off.")
    if scenario.joined & scenario.left:
        raise _bad(f"{_listed(scenario.joined & scenario.left)} cannot both join and leave.")
    if scenario.closed & scenario.opened:
        raise _bad(f"{_listed(scenario.closed & scenario.opened)} cannot be both open and closed.")
    codes = scenario.joined | scenario.left | scenario.avoided
    codes |= {p.country for p in scenario.plants} | {p.owner_country for p in scenario.plants}
    wrong = {code for code in codes if code and code not in facts.countries}
    if wrong:
        raise GisappError(
            "unknown_jurisdiction",
            f"No country has the code {_listed(wrong)}.",
            "Countries are named by ISO 3166-1 alpha-3 codes (AUS, CHN, ...).",
        )
    for plant in scenario.plants:
        _check_plant(plant)
    if len({plant.id for plant in scenario.plants}) < len(scenario.plants):
        raise _bad("Two added plants have the same id.")
    for each in scenario.weights:
        if not 0.0 <= each.weight <= FULL:
            raise _bad(f"The weight {each.weight:g} of {each.status.value} is not from 0 to 1.")


def unknown_sites(scenario: Scenario, layers: Iterable[Layer]) -> frozenset[str]:
    """Return the ids that a scenario switches and that no facility of the layers has."""
    lost = set(scenario.off | scenario.on)
    for layer in layers:
        if lost and layer.role.is_facility:
            lost -= site_rows(layer, lost).keys()
    return frozenset(lost)


def site_changes(scenario: Scenario, layer: Layer) -> dict[int, SiteChange]:
    """Return by row what becomes of the sites of a layer that change at all."""
    if not layer.role.is_facility or not (scenario.off or scenario.on or scenario.weights):
        return {}
    rows: dict[int, SiteChange] = {}
    statuses = layer.values("status")
    if scenario.weights and statuses is not None:
        known = {word: status_code(str(word)) for word in set(statuses.tolist()) if word}
        for each in scenario.weights:
            usual = FULL if each.status is Status.OPERATING else 0.0
            if each.weight != usual:
                words = [word for word, code in known.items() if code is each.status]
                for row in np.flatnonzero(np.isin(statuses, words)).tolist():
                    rows[row] = SiteChange(each.status.value, each.weight)
    for ids, share in ((scenario.on, FULL), (scenario.off, 0.0)):
        for row in site_rows(layer, ids).values():
            word = "" if statuses is None else str(statuses[row] or "")
            rows[row] = SiteChange(status_code(word) or "", share)
    return rows


def site_rows(layer: Layer, ids: Collection[str]) -> dict[str, int]:
    """Return the row numbers of these ids; a site without one is called "layer:row"."""
    if not ids:
        return {}
    found: dict[str, int] = {}
    prefix = f"{layer.id}:"
    for site in ids:
        number = site.removeprefix(prefix)
        if site.startswith(prefix) and number.isdecimal() and int(number) < len(layer.features):
            found[site] = int(number)
    values = layer.values("id")
    if values is not None:
        rows = np.flatnonzero(np.isin(values.astype(str), list(ids)))
        found |= {str(values[row]): row for row in rows.tolist()}
    return found


def site_ids(layer: Layer, rows: list[int]) -> list[str]:
    """Return the ids of rows, as the analyses call them: one without is "layer:row"."""
    values = layer.values("id")
    return [
        str(values[row]) if values is not None and values[row] else f"{layer.id}:{row}"
        for row in rows
    ]


def changed_layer(layer: Layer, rows: Mapping[int, SiteChange]) -> Layer:
    """Return a layer with status, start and capacity of these rows changed, all else shared."""
    at = np.array(list(rows), dtype=np.int64)
    share = np.array([change.share for change in rows.values()])
    columns, constants = dict(layer.mapping.columns), dict(layer.mapping.constants)
    given = layer.values("status")
    status = (
        np.full(len(layer.features), None, dtype=object)
        if given is None
        else given.astype(object, copy=True)
    )
    status[at] = np.where(share > 0, RUNS, OFF)
    fresh: dict[str, Any] = {layer.column_of("status") or "status": status}
    constants.pop("status", None)  # it held for every row, and does no more
    column = layer.column_of("start_year")
    if column is not None:
        years = layer.features.columns[column]
        if np.issubdtype(years.dtype, np.number):
            years = years.astype(np.float64)
            years[at[share > 0]] = np.nan
        else:
            years = years.astype(object)
            years[at[share > 0]] = None
        fresh[column] = years
    column = layer.column_of("capacity")
    if column is not None:
        capacity = layer.features.columns[column]
        amounts, units = numbers_of(capacity[at])
        amounts = np.where(share > 0, amounts * share, amounts)
        if np.issubdtype(capacity.dtype, np.number):
            capacity = capacity.astype(np.float64)
            capacity[at] = amounts
        else:  # texts keep the unit that stands in them
            capacity = capacity.astype(object)
            known = np.isfinite(amounts)
            capacity[at[known]] = [
                f"{float(amounts[i])!r} {units[i]}".strip() for i in np.flatnonzero(known).tolist()
            ]
        fresh[column] = capacity
    mapping = replace(
        layer.mapping, columns=tuple(columns.items()), constants=tuple(constants.items())
    )
    return layer.with_(features=layer.features.with_columns(**fresh), mapping=mapping)


def added_layers(
    scenario: Scenario, jurisdictions: JurisdictionIndex | None = None
) -> tuple[Layer, ...]:
    """Return the added plants as layers, one for each role, in the order of the chain."""
    return tuple(
        _added_layer(role, plants, scenario.name, jurisdictions)
        for role in STAGE_OF_ROLE
        if (plants := [p for p in scenario.plants if p.role is role])
    )


def _added_layer(
    role: Role, plants: list[AddedPlant], name: str, jurisdictions: JurisdictionIndex | None
) -> Layer:
    lonlat = np.array([(p.lon, p.lat) for p in plants])
    country = _texts([p.country for p in plants])
    unnamed = country == ""
    if jurisdictions is not None and unnamed.any():
        country[unnamed] = jurisdictions.country_of(lonlat[unnamed])
    n = len(plants)
    columns: dict[str, Any] = {
        "id": _texts([p.id for p in plants]),
        "name": _texts([p.name for p in plants]),
        "mineral": _texts([p.mineral for p in plants]),
        "country": country,
        "owner_country": _texts([p.owner_country for p in plants]),
        "status": _texts([RUNS] * n),
        "capacity": np.array([p.capacity for p in plants]),
        "capacity_unit": _texts(["t/yr"] * n),
        "source": _texts([f"Hypothetical, scenario {name}"] * n),
    }
    noun = "refineries" if role is Role.REFINERY else f"{role.label.lower()}s"
    return Layer(
        f"{ADDED}{role.value}",
        f"Hypothetical {noun}",
        role,
        Features.from_points(lonlat, columns),
        Source(title=f"Hypothetical, scenario {name}"),
        style=Style(color=_HYPOTHETICAL),
    )


def _check_plant(plant: AddedPlant) -> None:
    if mineral_code(plant.mineral) is None:
        raise _bad(f'{plant.name}: no mineral is called "{plant.mineral}".')
    if not plant.role.is_facility:
        raise _bad(f"{plant.name} cannot be a {plant.role.label.lower()}.")
    if not (-180.0 <= plant.lon <= 180.0 and -90.0 <= plant.lat <= 90.0):
        raise _bad(f"{plant.name} has no position on Earth ({plant.lon:g}, {plant.lat:g}).")
    if not 0.0 < plant.capacity < np.inf:
        raise _bad(f"The capacity of {plant.name} is not a number of tonnes a year above 0.")


def _bad(message: str) -> GisappError:
    return GisappError("bad_scenario", message, "Change the scenario.")


def _texts(words: Sequence[str]) -> Texts:
    return np.array(words, dtype=object)


def _listed(words: Iterable[str]) -> str:
    return ", ".join(sorted(words))
