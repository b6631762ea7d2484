"""The operation that moves a layer to WGS 84: the best one where its features lie, and how good.

PROJ knows many operations between two datums, each for an area and with an accuracy (EPSG
guidance note 7-2); some need a grid of shifts. Grids in the public domain ship in
`resources/proj`, a user's own are found in the folders that PROJ_DATA names.
"""

from __future__ import annotations

import os
import threading
import warnings
from collections import Counter
from dataclasses import dataclass
from typing import Final

import numpy as np
import pyproj
from pyproj.exceptions import ProjError
from pyproj.transformer import AreaOfInterest, TransformerGroup

from gisapp.data.crs_text import HINT, label
from gisapp.data.gdal import FILTERS
from gisapp.model.features import Floats
from gisapp.model.feedback import GisappError
from gisapp.model.places import resources_dir

_ASKED: Final = 40
_THREAD: Final = threading.local()
#: GDA94 has drifted 1.8 m from today's WGS 84, which PROJ's operation from it says nothing of;
#: GDA2020 is within its accuracy of it (ICSM, GDA2020 Technical Manual, 2.2).
_THROUGH: Final = {"Geocentric Datum of Australia 1994": "EPSG:7844"}


@dataclass(frozen=True)
class Operation:
    """How coordinates are moved, in words, and with which accuracy.

    Parameters
    ----------
    text
        Names of the operations used, each with its accuracy in metres.
    accuracy
        Metres, of the worst that was used; NaN where nobody knows.
    ballpark
        True where no shift between the datums is known: hundreds of metres may be amiss.
    better
        What is more accurate but cannot be used here, and why; one sentence or "".
    """

    transformer: pyproj.Transformer
    text: str
    accuracy: float
    ballpark: bool
    better: str


def find_grids() -> tuple[str, ...]:
    """Make the grids that ship, and those of a user's PROJ_DATA, known to PROJ in this thread.

    PROJ keeps its search path for each thread. Returns the folders.
    """
    folders: tuple[str, ...] | None = getattr(_THREAD, "folders", None)
    if folders is None:
        named = os.environ.get("PROJ_DATA", os.environ.get("PROJ_LIB", "")).split(os.pathsep)
        folders = (str(resources_dir() / "proj"), *(folder for folder in named if folder))
        known = pyproj.datadir.get_data_dir().split(os.pathsep)
        pyproj.datadir.set_data_dir(os.pathsep.join(dict.fromkeys((*known, *folders))))
        _THREAD.folders = folders
    return folders


def operation(crs: pyproj.CRS, xy: Floats) -> Operation:
    """Return the best operation from a CRS to WGS 84 for a sample of its positions, shape (k, 2).

    Raises
    ------
    GisappError
        no_transformation.
    """
    find_grids()
    datum = (crs.source_crs if crs.is_bound and crs.source_crs else crs).datum
    through = None if datum is None or crs.is_bound else _THROUGH.get(datum.name)
    target = pyproj.CRS.from_user_input(through or "EPSG:4326")
    try:
        rough = pyproj.Transformer.from_crs(crs, target, always_xy=True)
        area = _area(rough, xy)
        mover = pyproj.Transformer.from_crs(crs, target, always_xy=True, area_of_interest=area)
    except ProjError as error:
        raise GisappError(
            "no_transformation", f"There is no way from {label(crs)} to WGS 84.", HINT
        ) from error
    used = _used(mover, xy)
    accuracies = [accuracy for _, accuracy in used]
    accuracy = max(accuracies) if accuracies and min(accuracies) >= 0 else float("nan")
    ballpark = any("ballpark" in name.casefold() for name, _ in used)
    text = "; ".join(f"{name} ({_metres(metres)})" for name, metres in used)
    if through:
        text += ", which stands for WGS 84 (to 3 m)"
    better = "" if area is None or accuracy == 0 else _better(crs, target, area, accuracy)
    return Operation(mover, text, accuracy, ballpark, better)


def _metres(accuracy: float) -> str:
    return f"{accuracy:g} m" if accuracy >= 0 else "unknown accuracy"


def _area(rough: pyproj.Transformer, xy: Floats) -> AreaOfInterest | None:
    lon, lat = rough.transform(xy[:, 0], xy[:, 1])
    known = np.isfinite(lon) & np.isfinite(lat) & (np.abs(lat) <= 90) & (np.abs(lon) <= 180)
    if not known.any():
        return None
    lon, lat = lon[known], lat[known]
    return AreaOfInterest(float(lon.min()), float(lat.min()), float(lon.max()), float(lat.max()))


def _used(mover: pyproj.Transformer, xy: Floats) -> list[tuple[str, float]]:
    """Return the operations that a sample is moved by, the most used first, and accuracies."""
    found: Counter[tuple[str, float]] = Counter()
    for x, y in xy[:: max(len(xy) // _ASKED, 1)]:
        if not np.isfinite(mover.transform(x, y)).all():
            continue
        try:
            used = mover.get_last_used_operation()
        except ProjError:
            used = mover
        steps = [s for s in used.description.split(" + ") if not s.startswith("axis order change")]
        found[" + ".join(steps), float(used.accuracy)] += 1
    return [name for name, _ in found.most_common()]


def _better(crs: pyproj.CRS, target: pyproj.CRS, area: AreaOfInterest, accuracy: float) -> str:
    with FILTERS, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that the best one is missing is told below
        group = TransformerGroup(crs, target, always_xy=True, area_of_interest=area)
    limit = np.inf if np.isnan(accuracy) else accuracy
    best, needs = limit, ""
    for way in group.unavailable_operations:
        grids = [grid.short_name for grid in way.grids if not grid.available]
        covers = way.area_of_use
        inside = covers is None or (
            covers.south <= area.south_lat_degree and area.north_lat_degree <= covers.north
        )
        if grids and inside and 0 <= way.accuracy < best:
            best, needs = way.accuracy, ", ".join(grids)
    if not needs:
        return ""
    return f"The best operation ({best:g} m) needs the grid {needs}, which is not installed."
