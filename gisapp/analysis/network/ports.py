"""Ports: where journeys change between land and sea."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.spatial import cKDTree

from gisapp.model.features import Floats
from gisapp.model.feedback import GisappError
from gisapp.model.geodesy import MEAN_RADIUS_KM, unit_vectors

Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]

#: Name of the shipped table in the folder of layers.
FILE: Final = "ports.csv"


@dataclass(frozen=True)
class Port:
    """A port.

    Parameters
    ----------
    locode
        UN/LOCODE without a blank, "" where it has none.
    country
        ISO 3166-1 alpha-3.
    lon, lat
        Degrees.
    coast_km
        How far the coast of the sea is.
    main
        True where journeys of others are planned over it, not only those that begin or end there.
    """

    locode: str
    name: str
    country: str
    lon: float
    lat: float
    main: bool
    coast_km: float


class Ports:
    """All ports, in the order of the table."""

    def __init__(self, ports: tuple[Port, ...]) -> None:
        self.all = ports
        self.lonlat: Floats = np.array([(p.lon, p.lat) for p in ports], dtype=float).reshape(-1, 2)
        self.coast_km: Floats = np.array([p.coast_km for p in ports], dtype=float)
        self.country = np.array([p.country for p in ports], dtype=object)
        self.main: Ints = np.flatnonzero([p.main for p in ports])

    @classmethod
    def load(cls, path: Path) -> Ports:
        """Read the shipped table; raises `GisappError` (`unreadable`) if it is damaged."""
        try:
            with path.open(encoding="utf-8", newline="") as file:
                return cls(
                    tuple(
                        Port(
                            row["locode"], row["name"], row["country"], float(row["lon"]),
                            float(row["lat"]), row["main"] == "yes",
                            float(row["coast_km"]),
                        )
                        for row in csv.DictReader(file)
                    )
                )  # fmt: skip
        except (OSError, ValueError, KeyError) as error:
            raise GisappError(
                "unreadable",
                f"The table of ports {path} cannot be read: {error}.",
                "Install again, or run packaging/build_layers.py in a checkout.",
            ) from error

    def by_code(self, locode: str) -> Port | None:
        """Return the port of a UN/LOCODE, with or without the blank and in any case."""
        return self._codes.get(locode.replace(" ", "").upper())

    def near(self, lonlat: Floats, reach_km: float, most: int = 1) -> Ints:
        """Return the numbers of the ports nearest to a position (2,), the nearest first."""
        far, number = self._tree.query(unit_vectors(np.atleast_2d(lonlat))[0], k=most)
        far, number = np.atleast_1d(far), np.atleast_1d(number)
        found: Ints = number[far * MEAN_RADIUS_KM <= reach_km].astype(np.int64)
        return found

    @cached_property
    def _codes(self) -> dict[str, Port]:
        return {port.locode: port for port in self.all if port.locode}

    @cached_property
    def _tree(self) -> cKDTree:
        return cKDTree(unit_vectors(self.lonlat))
