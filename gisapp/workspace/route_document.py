"""A journey as a document of plain values, and in sentences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from gisapp.analysis.network.journey import Journey, Leg, Measure, Travel
from gisapp.analysis.network.router import ATTRIBUTION
from gisapp.data.shipped import load_facts
from gisapp.model.features import Floats
from gisapp.model.feedback import Feedback
from gisapp.model.geodesy import KM_PER_NAUTICAL_MILE, split_at_antimeridian
from gisapp.workspace.costs import read_costs
from gisapp.workspace.passages import avoidance
from gisapp.workspace.routing import find_place, router

#: Decimals of degrees in a document: about a metre.
_DECIMALS: Final = 5
#: What a way is called by what it is the least of.
LEAST: Final = {
    Measure.KM: "Shortest way",
    Measure.DAYS: "Fastest way",
    Measure.USD: "Cheapest way",
    Measure.CO2: "Way of least emissions",
}


@dataclass(frozen=True, eq=False)
class RouteResult:
    """A journey, its document, and the sentences that say it."""

    journey: Journey
    document: dict[str, Any]
    lines: tuple[str, ...]


def run_route(
    start: str,
    end: str,
    *,
    avoid: Sequence[str] = (),
    opened: Sequence[str] = (),
    travel: Travel = Travel.ANY,
    least: Measure | None = None,
    ship: str = "any",
    costs_file: Path | None = None,
    feedback: Feedback | None = None,
) -> RouteResult:
    """Return the way that goods travel between two places.

    Parameters
    ----------
    start, end
        Longitude and latitude, id of a facility, or UN/LOCODE.
    avoid
        Passages and ISO alpha-3 codes of countries.
    opened
        Passages that are usually closed (ice, shallow water) and are open here.
    least
        What the way is the least of: by default USD/t where goods change between land and sea,
        for that is how they travel, and km by one of them alone.
    ship
        The class of ships.
    costs_file
        Own costs.

    Raises
    ------
    GisappError
        `bad_coordinate`, `unknown_place`, `unknown_passage`, `costs`, `no_way`.
    """
    least = least or (Measure.USD if travel is Travel.ANY else Measure.KM)
    a, b = find_place(start), find_place(end)
    avoided = avoidance(avoid, load_facts().countries, opened=opened, ship=ship)
    journey = router(read_costs(costs_file)).journey(
        (a.lon, a.lat),
        (b.lon, b.lat),
        least=least,
        travel=travel,
        avoid=avoided,
        names=(a.name, b.name),
        feedback=feedback,
    )
    hints = tuple(place.hint for place in (a, b) if place.hint)
    document = {
        "from": _place(a.name, a.lon, a.lat),
        "to": _place(b.name, b.lon, b.lat),
        "mode": travel.value,
        "least": least.value,
        "avoided": sorted(avoided.passages | avoided.countries),
        **journey_document(journey),
    }
    document["notes"] = [*hints, *document["notes"]]
    return RouteResult(journey, document, (*sentences(journey), *hints))


def journey_document(journey: Journey) -> dict[str, Any]:
    """Return a journey as plain values; positions are longitude, latitude in degrees."""
    pieces = [piece for leg in journey.legs for piece in _pieces(leg.path)]
    return {
        "distance_km": round(journey.km, 3),
        "distance_nm": round(journey.km / KM_PER_NAUTICAL_MILE, 3),
        "days": round(journey.total(Measure.DAYS), 2),
        "usd_t": round(journey.total(Measure.USD), 2),
        "kg_co2_t": round(journey.total(Measure.CO2), 2),
        "legs": [_leg(leg) for leg in journey.legs],
        "passages": [
            {"id": passed.id, "name": passed.name, "at_km": round(passed.at_km, 1)}
            for passed in journey.passages
        ],
        "countries": list(journey.countries),
        "borders": [list(border) for border in journey.borders],
        "assumed_km": round(sum(leg.assumed_km for leg in journey.legs), 1),
        "geometry": {"type": "MultiLineString", "coordinates": pieces},
        "notes": list(journey.notes),
        "sources": list(journey.sources),
        "attribution": ATTRIBUTION,
    }


def sentences(journey: Journey) -> tuple[str, ...]:
    """Return what there is to say of a journey, numbers and sources included."""
    if not journey.legs:
        return (f"{journey.start} and {journey.end} are one place: there is no way to go.",)
    modes = list(dict.fromkeys(leg.mode.value for leg in journey.legs))
    headline = (
        f"{journey.start} to {journey.end}: {journey.km:,.0f} km "
        f"({journey.km / KM_PER_NAUTICAL_MILE:,.0f} nm) by {_listed(modes)}, "
        f"{journey.total(Measure.DAYS):.1f} days, {journey.total(Measure.USD):,.0f} USD/t, "
        f"{journey.total(Measure.CO2):,.0f} kg CO2/t."
    )
    lines = [headline]
    if journey.passages:
        through = _listed([f"{p.name} (km {p.at_km:,.0f})" for p in journey.passages])
        lines.append(f"Through {through}.")
    if len(journey.countries) > 1:
        names = load_facts().countries
        lines.append(f"By land through {_listed([names.get(c, c) for c in journey.countries])}.")
    lines += journey.notes
    lines.append(f"Sources: {'; '.join(journey.sources)}.")
    return tuple(lines)


def _leg(leg: Leg) -> dict[str, Any]:
    return {
        "mode": leg.mode.value,
        "from": leg.start,
        "to": leg.end,
        "km": round(leg.km, 3),
        "days": round(leg.days, 2),
        "usd_t": round(leg.usd_t, 2),
        "kg_co2_t": round(leg.kg_co2_t, 2),
        "countries": list(leg.countries),
        "borders": [list(border) for border in leg.borders],
        "assumed_km": round(leg.assumed_km, 1),
    }


def _place(name: str, lon: float, lat: float) -> dict[str, Any]:
    return {"name": name, "lon": lon, "lat": lat}


def _pieces(path: Floats) -> list[list[list[float]]]:
    if len(path) < 2:
        return []
    pieces = split_at_antimeridian(path)
    return [[[round(x, _DECIMALS), round(y, _DECIMALS)] for x, y in piece] for piece in pieces]


def _listed(words: Sequence[str]) -> str:
    return " and ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)
