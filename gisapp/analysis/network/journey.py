"""What a journey is: legs by road, rail and sea with their figures, and a matrix of journeys."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

import numpy as np
import numpy.typing as npt

from gisapp.model.features import Floats
from gisapp.model.feedback import GisappError

#: Classes of ships and what people call them; `any` uses all passages that are open.
SHIPS: Final[Mapping[str, str]] = {
    "any": "Any ship",
    "coaster": "Coaster",
    "handysize": "Handysize",
    "panamax": "Panamax",
    "neopanamax": "Neopanamax",
    "capesize": "Capesize",
    "vlcc": "VLCC",
}
#: What the place between a road and a railway is called.
CHANGE: Final = "change of mode"


def ship_class(word: str) -> str:
    """Return the class of ships that a word means; raises `GisappError` (`unknown_ship_class`)."""
    found = word.strip().lower()
    if found not in SHIPS:
        raise GisappError(
            "unknown_ship_class",
            f'No class of ships is called "{word}".',
            f"Known are {', '.join(SHIPS)}.",
        )
    return found


class Mode(StrEnum):
    """How goods travel on a leg."""

    ROAD = "road"
    RAIL = "rail"
    SEA = "sea"


class Measure(StrEnum):
    """In what a journey is measured, and which of them a way is the least of."""

    KM = "km"
    DAYS = "days"
    USD = "usd_t"
    CO2 = "kg_co2_t"

    @property
    def label(self) -> str:
        """The word of the screen, with the unit."""
        return {
            Measure.KM: "Distance (km)",
            Measure.DAYS: "Time (days)",
            Measure.USD: "Cost (USD/t)",
            Measure.CO2: "Emissions (kg CO\u2082/t)",
        }[self]

    @property
    def unit(self) -> str:
        """The unit as it stands after a number."""
        return {
            Measure.KM: "km",
            Measure.DAYS: "days",
            Measure.USD: "USD/t",
            Measure.CO2: "kg CO\u2082/t",
        }[self]


class Travel(StrEnum):
    """Which modes a journey may use."""

    ANY = "any"
    SEA = "sea"
    LAND = "land"


@dataclass(frozen=True)
class Avoidance:
    """What journeys keep away from.

    Parameters
    ----------
    passages
        Ids of closed passages, beside those that the ship class cannot use.
    opened
        Ids of passages that are closed by default and are open here (the Northern Sea Route).
    countries
        ISO 3166-1 alpha-3 codes of countries that no land leg enters and in whose ports no ship
        loads or discharges; where a journey begins or ends there it cannot be made.
    ship
        The class of `SHIPS` that carries the goods: it does not use every open passage.
    """

    passages: frozenset[str] = frozenset()
    opened: frozenset[str] = frozenset()
    countries: frozenset[str] = frozenset()
    ship: str = "any"

    @property
    def unrestricted(self) -> Avoidance:
        """The same ships with no passage closed and no country avoided."""
        return replace(self, passages=frozenset(), countries=frozenset())


@dataclass(frozen=True, eq=False)
class Leg:
    """A stretch of a journey by one mode.

    Parameters
    ----------
    days, usd_t, kg_co2_t
        With what the leg's start costs (loading, waiting), per tonne of cargo.
    path
        Longitude, latitude in degrees, longitudes unrolled, shape (n, 2).
    countries, borders
        Countries that a land leg passes in order, and the borders that it crosses.
    assumed_km
        How much of it is assumed: the way to the next road, and mended gaps of the network.
    """

    mode: Mode
    start: str
    end: str
    km: float
    days: float
    usd_t: float
    kg_co2_t: float
    path: Floats
    countries: tuple[str, ...] = ()
    borders: tuple[tuple[str, str], ...] = ()
    assumed_km: float = 0.0


@dataclass(frozen=True)
class Passed:
    """A passage on a journey, with the km from the journey's start."""

    id: str
    name: str
    at_km: float


@dataclass(frozen=True, eq=False)
class Journey:
    """The way from a place to another, legs in order."""

    start: str
    end: str
    legs: tuple[Leg, ...]
    passages: tuple[Passed, ...] = ()
    notes: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()

    def total(self, measure: Measure) -> float:
        """Return the sum over the legs."""
        name = "days" if measure is Measure.DAYS else measure.value
        return float(sum(getattr(leg, name) for leg in self.legs))

    @property
    def km(self) -> float:
        """Length in kilometres."""
        return self.total(Measure.KM)

    @property
    def countries(self) -> tuple[str, ...]:
        """Countries that land legs pass, in order, each once."""
        return tuple(dict.fromkeys(c for leg in self.legs for c in leg.countries))

    @property
    def borders(self) -> tuple[tuple[str, str], ...]:
        """Borders crossed on land, in order."""
        return tuple(b for leg in self.legs for b in leg.borders)


@dataclass(frozen=True, eq=False)
class JourneyMatrix:
    """The least journeys from n places to m others; all arrays (n, m), inf where none leads.

    Parameters
    ----------
    least
        Of which measure each journey is the least; the other measures are those of that journey.
    km, days, usd_t, kg_co2_t
        The totals.
    sea_km, road_km, rail_km
        The length by mode.
    passages
        Bit i is set where the journey passes `passage_ids[i]`.
    assumed_km
        How much of the length is assumed.
    """

    least: Measure
    km: Floats
    days: Floats
    usd_t: Floats
    kg_co2_t: Floats
    sea_km: Floats
    road_km: Floats
    rail_km: Floats
    passages: npt.NDArray[np.uint64]
    passage_ids: tuple[str, ...]
    assumed_km: Floats

    def of(self, measure: Measure) -> Floats:
        """Return the totals in a measure."""
        found: Floats = getattr(self, "days" if measure is Measure.DAYS else measure.value)
        return found

    def uses(self, passage: str) -> npt.NDArray[np.bool_]:
        """Say which journeys pass a passage."""
        bit = np.uint64(1) << np.uint64(self.passage_ids.index(passage))
        return np.asarray((self.passages & bit) != 0)
