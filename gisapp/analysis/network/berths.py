"""What journeys are planned with: terms, the berths of ships, and the ways to and between them."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar, cast

import numpy as np
import numpy.typing as npt

from gisapp.analysis.network.coefficients import Rates
from gisapp.analysis.network.joining import Ints, Land
from gisapp.analysis.network.journey import Avoidance, Mode, Travel
from gisapp.analysis.network.ports import Bools
from gisapp.analysis.network.ways import Base, Shipped
from gisapp.model.features import Floats

Bits = npt.NDArray[np.uint64]
T = TypeVar("T")

#: So many answers of the networks are kept in memory.
_KEPT: Final = 24
#: Of how ways are found: tables that were made otherwise are not taken.
_VERSION: Final = 3


@dataclass(frozen=True)
class Terms:
    """What a journey is the least of, by what it goes, and what it keeps away from."""

    rates: Rates
    travel: Travel
    avoid: Avoidance

    @property
    def land(self) -> Hashable:
        """What ways by land hang on."""
        km, avoided = self.rates.km, self.avoid.countries
        return km[Mode.ROAD], km[Mode.RAIL], self.rates.transfer, self.rates.border, avoided


@dataclass(frozen=True, eq=False)
class Berth:
    """Where a ship loads or discharges.

    `number` is the port's in the list, -1 for the shore off a place that reaches no port;
    `inland_km` is how far that shore is from the place.
    """

    number: int
    name: str
    country: str
    lonlat: Floats
    inland_km: float = 0.0


@dataclass(frozen=True, eq=False)
class Side:
    """Places and what reaches which berth: `land` and `at_berth` are (n, p)."""

    land: Land
    at_berth: Bools

    def of(self, rows: Ints) -> Side:
        """Return the side of some of the places."""
        return Side(self.land.map(lambda values: values[rows]), self.at_berth[rows])

    def over(self, berths: Ints) -> Side:
        """Return the side with some of the berths."""
        land = self.land.map(lambda values: values[:, berths])
        return Side(land, self.at_berth[:, berths])

    def cost(self, rates: Rates) -> Floats:
        """Return what it takes to a berth, loading included; nothing for a place at it."""
        return np.where(self.at_berth, 0.0, self.land.cost + rates.load)


@dataclass(frozen=True, eq=False)
class SeaWays:
    """Ways between berths, (p, p): what is the least, km, and bits of passages."""

    cost: Floats
    km: Floats
    bits: Bits

    @classmethod
    def none(cls, count: int) -> SeaWays:
        """Return no ways at all."""
        shape = (count, count)
        return cls(np.full(shape, np.inf), np.full(shape, np.inf), np.zeros(shape, np.uint64))

    def or_less(self, other: SeaWays) -> SeaWays:
        """Return, of each pair's two ways, the one that takes less."""
        less = other.cost < self.cost
        return SeaWays(
            np.where(less, other.cost, self.cost),
            np.where(less, other.km, self.km),
            np.where(less, other.bits, self.bits),
        )


class Kept:
    """Things that are made once, and forgotten when not asked for longest.

    Parameters
    ----------
    folder
        Where tables are kept between runs; None keeps nothing.
    digests
        What stands for the content of each network.
    shipped
        Tables that need not be made.
    """

    def __init__(
        self, folder: Path | None, digests: Mapping[str, str], shipped: Shipped | None = None
    ) -> None:
        self._folder, self._digests, self._shipped = folder, digests, shipped
        self._things: OrderedDict[Hashable, Any] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return what was made before, or make it; making takes no time."""
        with self._lock:
            if key not in self._things:
                self._things[key] = make()
                while len(self._things) > _KEPT:
                    self._things.popitem(last=False)
            self._things.move_to_end(key)
            return cast("T", self._things[key])

    def file(self, name: str, content: Hashable) -> Path | None:
        """Return where a table of this network and content is kept."""
        return None if self._folder is None else self._folder / f"{self.name(name, content)}.npz"

    def base(self, name: str, content: Hashable) -> Base | None:
        """Return what ships of a table of this content."""
        return None if self._shipped is None else self._shipped.base(self.name(name, content))

    def name(self, name: str, content: Hashable) -> str:
        """Return what a table of this content is called."""
        made_of = (_VERSION, self._digests.get(name, ""), content)
        return f"{name}-{hashlib.sha256(repr(made_of).encode()).hexdigest()[:32]}"
