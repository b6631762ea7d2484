"""The router of the application, and places as people name them."""

from __future__ import annotations

import os
import re
import sys
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Final

import numpy as np

from gisapp.analysis.jurisdiction import JurisdictionIndex
from gisapp.analysis.network.ports import Port
from gisapp.analysis.network.router import Router
from gisapp.data.shipped import load_facts, load_layer
from gisapp.model.feedback import GisappError
from gisapp.model.places import layers_dir
from gisapp.workspace.costs import Costs, cost_table
from gisapp.workspace.settings import data_dir

#: A folder for what was worked out before, in place of the user's cache folder.
CACHE_VARIABLE: Final = "GISAPP_CACHE"
_NUMBER: Final = r"\s*([+\-\u2212]?\d+(?:\.\d+)?)\s*"
_PAIR: Final = re.compile(rf"{_NUMBER}[,;]{_NUMBER}")
_LOCODE: Final = re.compile(r"[A-Za-z]{2}[ ]?[A-Za-z2-9]{3}")
_FACILITIES: Final = ("deposits", "refineries", "magnet_plants")


@dataclass(frozen=True)
class Place:
    """A place of a journey: degrees, what it is called, and a hint where it looks mistaken."""

    lon: float
    lat: float
    name: str
    hint: str = ""


def cache_dir() -> Path:
    """Return the folder of what can be worked out again; it may not exist yet."""
    chosen = os.environ.get(CACHE_VARIABLE)
    if chosen:
        return Path(chosen)
    if sys.platform == "win32":
        return data_dir() / "cache"
    if sys.platform == "darwin":
        return Path.home() / "Library/Caches/gisapp"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "gisapp"


def router(costs: Costs = ()) -> Router:
    """Return the router on the shipped networks; the same object again for the same costs.

    Parameters
    ----------
    costs
        Values of one's own in place of the table's.

    Raises
    ------
    GisappError
        `unreadable`, `costs`.
    """
    table = cost_table(costs)
    return _costing(table.own) if table.own else _router()


@cache
def _router() -> Router:
    return Router.load(layers_dir(), cache=cache_dir() / "journeys")


@lru_cache(maxsize=4)
def _costing(own: Costs) -> Router:
    return _router().costing(cost_table(own))


def find_place(text: str) -> Place:
    """Return the place that is meant by longitude and latitude, a facility's id or a UN/LOCODE.

    Raises
    ------
    GisappError
        `bad_coordinate` for numbers out of range, `unknown_place`.
    """
    pair = _PAIR.fullmatch(text)
    if pair is not None:
        lon, lat = (float(number.replace("\u2212", "-")) for number in pair.groups())
        return _coordinate(text, lon, lat)
    name = text.strip()
    found = _facility(name) or _port(name)
    if found is None:
        raise GisappError(
            "unknown_place",
            f'"{name}" is no facility and no port.',
            "Give longitude,latitude such as 119.3,-23.5, the id of a facility or a UN/LOCODE.",
        )
    return found


def _coordinate(text: str, lon: float, lat: float) -> Place:
    if abs(lat) > 90.0 >= abs(lon) and abs(lat) <= 180.0:
        raise GisappError(
            "bad_coordinate",
            f'"{text.strip()}" has latitude {lat:g}: longitude comes first.',
            f"Did you mean {lat:g},{lon:g}?",
        )
    if abs(lat) > 90.0 or abs(lon) > 180.0:
        raise GisappError(
            "bad_coordinate",
            f'"{text.strip()}" is no longitude and latitude on the Earth.',
            "Longitude comes first, within 180 degrees; latitude within 90.",
        )
    return Place(lon, lat, f"{lon:g}, {lat:g}", _swapped(lon, lat))


def _swapped(lon: float, lat: float) -> str:
    """Return a hint where a position is far out at sea and its swap is on land."""
    if abs(lon) > 90.0 or lon == lat:
        return ""
    # generalised borders do for a hint and are there at once
    index = JurisdictionIndex(load_layer("jurisdictions_simple"))
    inside = index.country_of(np.array([(lon, lat), (lat, lon)]), coast_km=100.0)
    if inside[0] or not inside[1]:
        return ""
    name = load_facts().countries.get(str(inside[1]), str(inside[1]))
    return (
        f"{lon:g},{lat:g} lies at sea, {lat:g},{lon:g} in {name}: longitude comes first; check "
        "that they are not swapped."
    )


def _facility(name: str) -> Place | None:
    for layer_id in _FACILITIES:
        features = load_layer(layer_id).features
        rows = np.flatnonzero(features.columns["id"] == name)
        if len(rows):
            lon, lat = (float(x) for x in features.lonlat[rows[0]])
            title = str(features.columns["name"][rows[0]])
            if not np.isfinite([lon, lat]).all():
                raise GisappError("unknown_place", f"Where {title} stands is not known.")
            return Place(lon, lat, title)
    return None


def _port(name: str) -> Place | None:
    if not _LOCODE.fullmatch(name):
        return None
    port: Port | None = router().ports.by_code(name)
    return None if port is None else Place(port.lon, port.lat, port.name)
