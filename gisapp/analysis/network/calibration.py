"""How far our distances by sea are from published ones.

The published ones are pairs of ports of NGA Pub. 151, Distances Between Ports (US Government
work), which ship as `layers/pub151_pairs.csv`. They are a navigator's choice (currents, ice,
depth, the season), and some are misprints, so no engine reaches an error of 0.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from gisapp.analysis.network.clearance import Ints
from gisapp.analysis.network.sea import SeaNetwork
from gisapp.model.features import Floats
from gisapp.model.feedback import Feedback, GisappError

#: Classes of pairs by their published distance in nautical miles: from, up to.
CLASSES: Final = ((1000.0, np.inf), (150.0, 1000.0))
#: Share of pairs named beside the median, in percent of the error.
CLOSE_PERCENT: Final = 5.0


@dataclass(frozen=True, eq=False)
class Pairs:
    """Published distances.

    Parameters
    ----------
    start, end
        Names of the ports, shape (n,).
    start_lonlat, end_lonlat
        Their positions in degrees, shape (n, 2).
    nm
        Published nautical miles, the mean of there and back; shape (n,).
    geodesic_nm
        Nautical miles on the ellipsoid, shape (n,).
    """

    start: npt.NDArray[np.str_]
    end: npt.NDArray[np.str_]
    start_lonlat: Floats
    end_lonlat: Floats
    nm: Floats
    geodesic_nm: Floats

    def __len__(self) -> int:
        return len(self.nm)

    def take(self, rows: Ints) -> Pairs:
        """Return some of them."""
        return Pairs(
            self.start[rows],
            self.end[rows],
            self.start_lonlat[rows],
            self.end_lonlat[rows],
            self.nm[rows],
            self.geodesic_nm[rows],
        )


@dataclass(frozen=True)
class ErrorClass:
    """The errors of a class of pairs, in percent of the published distance.

    `from_nm` and `to_nm` bound the class; `signed` is the median with its sign, `within` the
    percentage of pairs with an error of at most `CLOSE_PERCENT`, `no_way` the number without one.
    """

    from_nm: float
    to_nm: float
    pairs: int
    median: float
    signed: float
    p90: float
    p95: float
    within: float
    no_way: int


def read_pairs(path: Path) -> Pairs:
    """Read published distances; raises `GisappError` (`unreadable`)."""
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        numbers = {
            name: np.array([float(row[name]) for row in rows])
            for name in (
                *("lon_from", "lat_from", "lon_to", "lat_to"),
                *("published_nm", "published_nm_reverse", "geodesic_nm"),
            )
        }
        names = [np.array([row[name] for row in rows]) for name in ("from", "to")]
    except (OSError, ValueError, KeyError) as error:
        raise GisappError(
            "unreadable", f"The published distances {path} cannot be read."
        ) from error
    return Pairs(
        names[0],
        names[1],
        np.column_stack([numbers["lon_from"], numbers["lat_from"]]),
        np.column_stack([numbers["lon_to"], numbers["lat_to"]]),
        (numbers["published_nm"] + numbers["published_nm_reverse"]) / 2.0,
        numbers["geodesic_nm"],
    )


def distances(sea: SeaNetwork, pairs: Pairs, feedback: Feedback | None = None) -> Floats:
    """Return our nautical miles for each pair, NaN where there is no way; shape (n,)."""
    found = np.full(len(pairs), np.nan)
    for i in range(len(pairs)):
        if feedback is not None:
            feedback.check(i / len(pairs), "Ways between published ports")
        try:
            found[i] = sea.route(pairs.start_lonlat[i], pairs.end_lonlat[i]).nm
        except GisappError as error:
            if error.code not in {"no_way", "not_at_sea"}:
                raise
    return found


def errors(nm: Floats, pairs: Pairs) -> tuple[ErrorClass, ...]:
    """Return the distribution of the error of each class, for the `distances` of the pairs."""
    percent = 100.0 * (nm / pairs.nm - 1.0)
    found = []
    for low, high in CLASSES:
        some = percent[(pairs.nm >= low) & (pairs.nm < high)]
        size = np.nan_to_num(np.abs(some), nan=np.inf)
        if not len(some):
            continue
        found.append(
            ErrorClass(
                low,
                high,
                len(some),
                float(np.median(size)),
                float(np.nanmedian(some)),
                float(np.percentile(size, 90)),
                float(np.percentile(size, 95)),
                100.0 * float(np.mean(size <= CLOSE_PERCENT)),
                int(np.isnan(some).sum()),
            )
        )
    return tuple(found)


def calibrate(
    sea: SeaNetwork, path: Path, feedback: Feedback | None = None
) -> tuple[ErrorClass, ...]:
    """Measure a network against the published distances in a file."""
    pairs = read_pairs(path)
    return errors(distances(sea, pairs, feedback), pairs)
