"""A way by land as it is told: legs by mode, with countries, borders and what is assumed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby, pairwise

import numpy as np

from gisapp.model.features import Floats
from gisapp.model.geodesy import unroll


class LandMode(StrEnum):
    """How goods travel by land."""

    ROAD = "road"
    RAIL = "rail"


@dataclass(frozen=True, eq=False)
class Piece:
    """A part of a way: its course in degrees, shape (n, 2), and the countries it passes."""

    mode: LandMode
    km: float
    path: Floats
    countries: tuple[str, ...]
    assumed_km: float

    def turned(self) -> Piece:
        """Return the piece in the other direction."""
        return Piece(self.mode, self.km, self.path[::-1], self.countries[::-1], self.assumed_km)


@dataclass(frozen=True, eq=False)
class LandLeg:
    """A part of a way by one mode.

    Parameters
    ----------
    km
        Its length.
    path
        Its course, longitude and latitude in degrees, shape (n, 2).
    countries
        ISO alpha-3 codes of the countries passed, in order.
    borders
        Pairs of codes of the borders crossed, in order; one that is crossed when changing
        between modes belongs to the leg that follows.
    assumed_km
        Kilometres that are not in the source.
    """

    mode: LandMode
    km: float
    path: Floats
    countries: tuple[str, ...]
    borders: tuple[tuple[str, str], ...]
    assumed_km: float


@dataclass(frozen=True, eq=False)
class LandRoute:
    """A way by land: its legs in order, and what it costs in the units asked for."""

    legs: tuple[LandLeg, ...]
    cost: float

    @property
    def km(self) -> float:
        """Its length."""
        return sum(leg.km for leg in self.legs)

    @property
    def assumed_km(self) -> float:
        """Kilometres that are not in the source."""
        return sum(leg.assumed_km for leg in self.legs)

    @property
    def countries(self) -> tuple[str, ...]:
        """ISO alpha-3 codes of the countries passed, in order."""
        return tuple(_changes(code for leg in self.legs for code in leg.countries))

    @property
    def borders(self) -> tuple[tuple[str, str], ...]:
        """Pairs of codes of the borders crossed, in order."""
        return tuple(border for leg in self.legs for border in leg.borders)

    @property
    def path(self) -> Floats:
        """Its whole course, longitude and latitude in degrees, shape (n, 2)."""
        return _course([leg.path for leg in self.legs])


def legs_of(pieces: list[Piece]) -> tuple[LandLeg, ...]:
    """Return the legs that pieces make, one after the other; pieces of no length are left out."""
    legs: list[LandLeg] = []
    last = ""
    for mode, group in groupby((p for p in pieces if p.km > 0.0), key=lambda piece: piece.mode):
        some = list(group)
        countries = list(_changes(code for piece in some for code in piece.countries if code))
        seen = [last, *countries] if last and countries and last != countries[0] else countries
        last = countries[-1] if countries else last
        legs.append(
            LandLeg(
                mode,
                sum(piece.km for piece in some),
                _course([piece.path for piece in some]),
                tuple(countries),
                tuple(pairwise(seen)),
                sum(piece.assumed_km for piece in some),
            )
        )
    return tuple(legs)


def _changes(codes: Iterable[str]) -> Iterator[str]:
    """Return codes without those that repeat the one before."""
    return (code for code, _ in groupby(codes))


def _course(paths: list[Floats]) -> Floats:
    """Return paths as one, without doubled positions; it never jumps at 180 degrees."""
    course = np.concatenate(paths)
    moved = np.append(True, (np.diff(course, axis=0) != 0.0).any(axis=1))
    return unroll(course[moved])
