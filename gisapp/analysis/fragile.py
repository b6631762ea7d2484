"""Answers that hang by a thread: within the error of distances, or on one plant alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from gisapp.analysis.ranking import Ranking
from gisapp.analysis.selection import Facilities
from gisapp.model.features import Floats
from gisapp.model.geodesy import WGS84, distance_km

#: How far a position may be off, km, by the precision that its row states. The first two are the
#: fact tables' own words, a region is taken as three times a locality; without a word it is exact.
POSITION_ERROR_KM: Final = {"site": 2.0, "locality": 15.0, "region": 50.0}
#: How far the length of a way may be off: 95 of 100 sea ways of 1,000 nm and more are within it.
ROUTE_ERROR: Final = 0.05
#: Losing the nearest plant matters where the way more than doubles, by so many km at least.
FAR_FACTOR: Final = 2.0
FAR_KM: Final = 1000.0

ERROR: Final = "within the error"
ONLY: Final = "no other plant"
CLOSURE: Final = "far to the next plant"
Texts = npt.NDArray[np.object_]


@dataclass(frozen=True, eq=False)
class Fragility:
    """How sure the nearest plant of every deposit is; all of shape (n,).

    Parameters
    ----------
    words
        "" where the answer stands, else `ERROR`, `ONLY`, `CLOSURE` or two of them with "; ".
    runner_up
        Number of the plant that is next if the nearest closes, -1 without one.
    runner_up_km, error_km
        How far it is, and how far the difference of the two distances may be off.
    """

    words: Texts
    runner_up: npt.NDArray[np.int64]
    runner_up_km: Floats
    error_km: Floats


def fragility(
    sites: Facilities, works: Facilities, ranking: Ranking, km: Floats, *, along_routes: bool
) -> Fragility:
    """Say which answers flip within the error, or hang on one plant.

    The difference of two distances moves with the deposit by 2 sin(a/2) of its shift, where a is
    the angle between the two directions, and with each plant by the plant's own shift; the three
    are independent, so that their squares add. Along routes 5 % of the shorter way is added, the
    error of the engine.

    Parameters
    ----------
    ranking
        By whatever is the least.
    km
        Kilometres of the ranked plants, shape (n, K).
    """
    n, wide = ranking.index.shape
    rows = np.arange(n)
    has = ranking.rank[:, 0] == 1 if wide else np.zeros(n, dtype=bool)
    second = ranking.index[:, 1] if wide > 1 else np.full(n, -1, dtype=np.int64)
    second_km = np.where(second >= 0, km[:, 1], np.nan) if wide > 1 else np.full(n, np.nan)
    error = np.full(n, np.nan)
    words: list[list[str]] = [[] for _ in range(n)]
    if not has.any():
        return Fragility(np.full(n, "", dtype=object), second, second_km, error)
    other = ranking.elsewhere
    pair = has & (other >= 0)
    at = other[pair]
    first, next_ = ranking.index[pair, 0], ranking.index[rows[pair], at]
    error[pair] = _error_km(sites.take(pair), works.take(first), works.take(next_))
    if along_routes:
        apart = distance_km(works.lonlat[first], works.lonlat[next_])
        error[pair] = np.hypot(error[pair], ROUTE_ERROR * np.minimum(km[pair, 0], apart))
    # in whatever is ranked by, the error has the same share of the whole as it has of the length
    gap = ranking.value[rows[pair], at] - ranking.value[pair, 0]
    scale = np.maximum(km[pair, 0], 1e-9) / np.maximum(ranking.value[pair, 0], 1e-9)
    flips = np.zeros(n, dtype=bool)
    flips[pair] = gap * scale < error[pair]
    lone = has & (second < 0)
    far = np.zeros(n, dtype=bool)
    if wide > 1:
        known = has & (second >= 0)
        extra = second_km[known] - km[known, 0]
        far[known] = (second_km[known] > FAR_FACTOR * km[known, 0]) & (extra >= FAR_KM)
    for mask, word in ((flips, ERROR), (lone, ONLY), (far, CLOSURE)):
        for row in np.flatnonzero(mask):
            words[row].append(word)
    told = np.array(["; ".join(found) for found in words], dtype=object)
    return Fragility(told, second, second_km, error)


def _error_km(sites: Facilities, first: Facilities, second: Facilities) -> Floats:
    towards = [
        np.radians(WGS84.inv(*sites.lonlat.T, *works.lonlat.T)[0]) for works in (first, second)
    ]
    turn = 2.0 * np.abs(np.sin((towards[0] - towards[1]) / 2.0))
    of_site, of_first, of_second = (
        np.array([POSITION_ERROR_KM.get(word, 0.0) for word in found.precision])
        for found in (sites, first, second)
    )
    return np.asarray(np.sqrt((turn * of_site) ** 2 + of_first**2 + of_second**2))
