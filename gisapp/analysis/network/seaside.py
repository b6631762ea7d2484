"""The sea side of journeys: which places ships reach, and the least ways between berths."""

from __future__ import annotations

from collections.abc import Hashable
from itertools import combinations

import numpy as np

from gisapp.analysis.network.berths import Berth, Bits, Kept, SeaWays, Terms
from gisapp.analysis.network.coefficients import CANALS, Rates
from gisapp.analysis.network.joining import Ints
from gisapp.analysis.network.journey import Avoidance, Mode
from gisapp.analysis.network.ports import Bools
from gisapp.analysis.network.sea import SeaNetwork
from gisapp.analysis.network.tables import Table
from gisapp.model.features import Floats
from gisapp.model.feedback import Feedback

_HALF, _LOW = np.uint64(32), np.uint64(2**32 - 1)


class SeaSide:
    """Asks the sea network, and keeps what it says."""

    def __init__(self, sea: SeaNetwork, kept: Kept) -> None:
        self.sea, self._kept = sea, kept
        self._base = kept.base("sea", sea_content())
        self._afloat: dict[tuple[float, float], bool] = {}

    def afloat(self, place: Floats) -> bool:
        """Say whether the sea network reaches a place (2,)."""
        return bool(self.reached(place[None])[0])

    def reached(self, places: Floats) -> Bools:
        """Say which places, degrees (n, 2), the sea network reaches; the others lie inland."""
        keys = [(float(lon), float(lat)) for lon, lat in places]
        new = [key for key in dict.fromkeys(keys) if key not in self._afloat]
        if self._base is not None and new:
            rows = self._base.rows(np.array(new))
            led = self._base.led(rows)
            self._afloat |= {
                key: bool(is_led)
                for key, row, is_led in zip(new, rows, led, strict=True)
                if row >= 0
            }
        self._afloat |= {key: self.sea.reaches(key) for key in new if key not in self._afloat}
        return np.array([self._afloat[key] for key in keys], dtype=np.bool_)

    def to_shore(self, place: Floats) -> tuple[float, Floats]:
        """Return how far the shore is from a place, and the straight path there, degrees (2, 2)."""
        if not self.afloat(place):
            return 0.0, np.array([place, place])
        km, shore = self.sea.shore(place)
        return km, np.array([place, shore])

    def ways(self, berths: tuple[Berth, ...], terms: Terms, feedback: Feedback) -> SeaWays:
        """Return the least ways by sea between berths, with both ports and the canals' fees."""
        rates, best = terms.rates, SeaWays.none(len(berths))
        for shut in self.shut(rates, terms.avoid):
            km, bits = self._km(berths, shut, terms.avoid, feedback)
            cost = rates.km[Mode.SEA] * km + 2.0 * rates.port + self.fees(bits, rates)
            best = best.or_less(SeaWays(cost, km, bits))
        np.fill_diagonal(best.cost, np.inf)
        return best

    def shut(self, rates: Rates, avoid: Avoidance) -> list[frozenset[str]]:
        """Return the sets of canals that ways may leave alone because they take a fee."""
        dear = [canal for canal in CANALS if rates.canal[canal] > 0 and canal not in avoid.passages]
        return [
            frozenset(some) for size in range(len(dear) + 1) for some in combinations(dear, size)
        ]

    def fees(self, bits: Bits, rates: Rates) -> Floats:
        """Return what the canals take on ways with these passages, shape kept."""
        fees = np.zeros(bits.shape)
        for i, passage in enumerate(self.sea.passages):
            if passage.id in rates.canal:
                fees += np.where(bits >> np.uint64(i) & np.uint64(1), rates.canal[passage.id], 0.0)
        return fees

    def _km(
        self,
        berths: tuple[Berth, ...],
        shut: frozenset[str],
        avoid: Avoidance,
        feedback: Feedback,
    ) -> tuple[Floats, Bits]:
        """Return km and passages between berths."""
        closed = avoid.passages | shut
        lonlat = np.array([berth.lonlat for berth in berths]).reshape(-1, 2)
        found = self.table(closed, avoid.opened).between(lonlat, lonlat, feedback)
        km, bits = found[0], _bits(found)
        inland = np.array([berth.inland_km for berth in berths])
        return np.maximum(km - inland[:, None] - inland, 0.0), bits

    def table(self, closed: frozenset[str], opened: frozenset[str]) -> Table:
        """Return the table of ways with some passages closed: km and halves of the bits."""

        def ask(starts: Floats, ends: Floats, feedback: Feedback) -> Floats:
            if not closed:
                return self._asked(starts, ends, closed, opened, feedback=feedback)
            # ways that pass none of the closed passages stay as they are
            canals = closed & frozenset(CANALS)
            before = canals if canals < closed else frozenset()
            free = self.table(before, opened).between(starts, ends, feedback)
            shut = sum(1 << i for i, p in enumerate(self.sea.passages) if p.id in closed)
            rows, columns = np.nonzero(_bits(free) & np.uint64(shut))
            if not len(rows):
                return free
            places, number = np.unique(np.concatenate([starts, ends]), axis=0, return_inverse=True)
            a, b = np.split(number.reshape(-1), [len(starts)])
            cover = _cover(a[rows], b[columns], len(places))
            # others need not be joined to the sea lanes
            some = np.unique(np.concatenate([a[rows], b[columns]]))
            found = self._asked(places[cover], places[some], closed, opened, feedback=feedback)
            place = np.full(len(places), -1)
            place[cover] = np.arange(len(cover))
            there = place[a[rows]] >= 0
            i = np.where(there, place[a[rows]], place[b[columns]])
            j = np.searchsorted(some, np.where(there, b[columns], a[rows]))
            free[:, rows, columns] = found[:, i, j]
            return free

        key = sea_content(closed, opened)
        file = self._kept.file("sea", key)
        return self._kept.get(
            key, lambda: Table(ask, np.empty((0, 2)), file, self._kept.base("sea", key))
        )

    def _asked(
        self,
        starts: Floats,
        ends: Floats,
        closed: frozenset[str],
        opened: frozenset[str],
        *,
        feedback: Feedback,
    ) -> Floats:
        """Return km and the two halves of the passages' bits, (3, n, m); inf where none leads."""
        figures = np.zeros((3, len(starts), len(ends)))
        figures[0] = np.inf
        wet = [np.flatnonzero(self.reached(side)) for side in (starts, ends)]
        found = self.sea.matrix(
            starts[wet[0]], ends[wet[1]], closed=closed, opened=opened, feedback=feedback
        )
        # a float holds half of the bits exactly
        halves = found.passages & _LOW, found.passages >> _HALF
        for figure, part in zip(figures, (found.km, *halves), strict=True):
            figure[np.ix_(*wet)] = part
        return figures


def sea_content(
    closed: frozenset[str] = frozenset(), opened: frozenset[str] = frozenset()
) -> Hashable:
    """Return what ways by sea hang on, besides the network."""
    return ("sea", tuple(sorted(closed)), tuple(sorted(opened)))


def _bits(figures: Floats) -> Bits:
    bits: Bits = figures[1].astype(np.uint64) | (figures[2].astype(np.uint64) << _HALF)
    return bits


def _cover(a: Ints, b: Ints, count: int) -> Ints:
    """Return few places of which one stands in every pair; the one in most pairs comes first."""
    chosen = []
    while len(a):
        most = int((np.bincount(a, minlength=count) + np.bincount(b, minlength=count)).argmax())
        chosen.append(most)
        left = (a != most) & (b != most)
        a, b = a[left], b[left]
    return np.array(chosen, dtype=np.int64)
