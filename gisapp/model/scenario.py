"""A scenario: what is different from the world as it is, as one named value."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from gisapp.model.vocabulary import Role, Status


@dataclass(frozen=True)
class AddedPlant:
    """A plant that does not exist, put on the map to see what it would change.

    Parameters
    ----------
    lon, lat
        Degrees.
    capacity
        Tonnes a year of the product that the mineral is counted in at this stage.
    country, owner_country
        ISO 3166-1 alpha-3; the country "" is found from the position, the owner "" is unknown.
    """

    id: str
    name: str
    role: Role
    mineral: str
    lon: float
    lat: float
    capacity: float
    country: str = ""
    owner_country: str = ""


@dataclass(frozen=True)
class StatusWeight:
    """How much of the figures of sites of a status counts (planned: 0.5), 0 to 1."""

    status: Status
    weight: float


@dataclass(frozen=True)
class Scenario:
    """What is different; an empty one changes nothing.

    Parameters
    ----------
    off
        Ids of facilities that do not run.
    on
        Ids of facilities that run, whatever their status is and whenever they start.
    plants
        Plants that are added.
    joined, left
        Jurisdictions (ISO alpha-3) that are inside the alliance, and that are not.
    closed, opened
        Ids of passages.
    avoided
        Countries that no way leads through.
    as_of
        Another date than the question's.
    weights
        How statuses count; without one only what operates does.
    """

    name: str
    off: frozenset[str] = frozenset()
    on: frozenset[str] = frozenset()
    plants: tuple[AddedPlant, ...] = ()
    joined: frozenset[str] = frozenset()
    left: frozenset[str] = frozenset()
    closed: frozenset[str] = frozenset()
    opened: frozenset[str] = frozenset()
    avoided: frozenset[str] = frozenset()
    as_of: date | None = None
    weights: tuple[StatusWeight, ...] = ()
