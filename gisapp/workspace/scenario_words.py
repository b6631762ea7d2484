"""What is different in a scenario, in words that can be taken back one by one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from gisapp.analysis.changed import ADDED, site_ids, site_rows
from gisapp.model.layer import Layer
from gisapp.model.numbers import NO_BREAK, number, percent
from gisapp.model.scenario import AddedPlant, Scenario
from gisapp.model.vocabulary import MINERALS, Role, Status, status_code
from gisapp.workspace.passages import passage_titles
from gisapp.workspace.titles import country_title, day_title


@dataclass(frozen=True)
class Difference:
    """One thing that is different: what people read, and the command that takes it back."""

    text: str
    command: str
    params: Mapping[str, Any]


def differences(
    scenario: Scenario, layers: Iterable[Layer], countries: Mapping[str, str]
) -> tuple[Difference, ...]:
    """Return what is different, in the order in which people ask for it."""
    switched = sorted(scenario.off) + sorted(scenario.on)
    names = site_names(layers, switched)
    found = [
        _one(f"{names[site]} {'off' if site in scenario.off else 'on'}", "site", site=site)
        for site in switched
    ]
    found += [_one(plant_words(plant), "drop_plant", plant=plant.id) for plant in scenario.plants]
    for codes, verb in ((scenario.joined, "joins"), (scenario.left, "leaves")):
        found += [
            _one(f"{country_title(code, countries)} {verb}", "member", country=code)
            for code in sorted(codes)
        ]
    titles = passage_titles()
    for passages, word in ((scenario.closed, "closed"), (scenario.opened, "open")):
        found += [
            _one(f"{titles.get(passage, passage)} {word}", "passage", passage=passage)
            for passage in sorted(passages)
        ]
    found += [
        _one(f"no way through {country_title(code, countries)}", "avoid", country=code)
        for code in sorted(scenario.avoided)
    ]
    if scenario.as_of is not None:
        found.append(_one(f"on {day_title(scenario.as_of)}", "day"))
    found += [
        _one(
            f"{each.status.value} sites count {percent(each.weight, each.weight, 0)}",
            "weight",
            status=each.status,
        )
        for each in scenario.weights
    ]
    return tuple(found)


def offers(scenario: Scenario | None, layer: Layer, row: int) -> tuple[Difference, ...]:
    """Return what a scenario may change of a site, as buttons of its card.

    Parameters
    ----------
    layer
        As it is in the scenario.
    """
    site = site_ids(layer, [row])[0]
    if layer.id.startswith(ADDED):
        return (_one("Take it off the scenario", "drop_plant", plant=site),)
    if scenario is not None and site in scenario.off | scenario.on:
        switched = "off" if site in scenario.off else "on"
        return (_one(f"Switched {switched}: make it as it is in the world", "site", site=site),)
    statuses = layer.values("status")
    word = "" if statuses is None else str(statuses[row] or "")
    if status_code(word) in (None, Status.OPERATING):
        return (_one("Switch off in scenario", "site", site=site, runs=False),)
    return (_one("Switch on in scenario", "site", site=site, runs=True),)


def scenario_note(scenario: Scenario, layers: Iterable[Layer], countries: Mapping[str, str]) -> str:
    """Return a scenario as one sentence for text and notes."""
    words = [each.text for each in differences(scenario, layers, countries)]
    return f"Scenario {quoted(scenario.name)}, not the world as it is: {', '.join(words)}."


def quoted(name: str) -> str:
    """Return a name in quotation marks."""
    return f"\N{LEFT DOUBLE QUOTATION MARK}{name}\N{RIGHT DOUBLE QUOTATION MARK}"


def plant_words(plant: AddedPlant) -> str:
    """Return an added plant in words: name, what it makes, how much."""
    product = "magnets" if plant.role is Role.MAGNET_PLANT else MINERALS[plant.mineral].lower()
    tonnes = f"{number(plant.capacity, 3)}{NO_BREAK}t/yr"
    return f"+ {plant.name} ({tonnes} {product})"


def site_names(layers: Iterable[Layer], ids: Iterable[str]) -> dict[str, str]:
    """Return the names of sites by id; one that no layer has, or without a name, is its id."""
    wanted = list(ids)
    names = dict(zip(wanted, wanted, strict=True))
    for layer in layers:
        values = layer.values("name") if layer.role.is_facility else None
        if values is not None:
            for site, row in site_rows(layer, wanted).items():
                names[site] = str(values[row] or site)
    return names


def _one(text: str, command: str, **params: Any) -> Difference:
    return Difference(text, f"scenario.{command}", params)
