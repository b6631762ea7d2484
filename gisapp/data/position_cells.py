"""Columns that may hold positions: judged by a sample of their values."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import islice
from typing import Final

import numpy as np
import shapely

from gisapp.data.angles import read_angle, read_pair
from gisapp.data.raw import Raw
from gisapp.model.features import Column

_WKT: Final = re.compile(
    r"\s*(SRID=\d+;)?\s*(MULTI)?(POINT|LINESTRING|POLYGON|GEOMETRYCOLLECTION)\s*(Z|M|ZM)?\s*(\(|EMPTY)",
    re.IGNORECASE,
)
_HEX: Final = re.compile(r"(00|01)[0-9A-Fa-f]{40,}")
_JSON: Final = re.compile(r'\s*\{.*"type"\s*:\s*"(Multi)?(Point|LineString|Polygon|Geometry)')
#: Beyond this no number is a degree, however it was wrapped.
_DEGREES: Final = 400.0
#: How many values of a column are looked at to judge it.
SAMPLE: Final = 300


def points_only(raw: Raw) -> None:
    """Hold a column of nothing but points as coordinates."""
    assert raw.shapes is not None
    kinds = shapely.get_type_id(raw.shapes)
    if len(kinds) and (kinds >= 0).any() and np.isin(kinds, (-1, 0)).all():
        raw.points = np.column_stack([shapely.get_x(raw.shapes), shapely.get_y(raw.shapes)])
        raw.shapes = None


def in_degrees(raw: Raw) -> bool:
    """Tell whether a layer's coordinates are degrees rather than metres."""
    if raw.points is not None:
        xy = raw.points
    else:
        xy = np.asarray(shapely.get_coordinates(raw.shapes if raw.shapes is not None else []))
    known = np.abs(xy[np.isfinite(xy).all(axis=1)])
    return not len(known) or float(np.median(known.max(axis=1))) <= _DEGREES


def some(names: list[str], most: int) -> str:
    """Return the first names as a list in words."""
    return ", ".join(names[:most]) + (", ..." if len(names) > most else "")


def texts_of(values: Column, most: int | None = None) -> list[str]:
    """Return the texts of a column that hold something, no more than the first `most` of them."""
    if values.dtype != object:
        return []
    return list(islice((v for v in values if isinstance(v, str) and v.strip()), most))


def share(values: Column, test: Callable[[str], bool]) -> float:
    """Return which share of a sample of a column's texts passes; 0 where there is none."""
    if values.dtype != object:
        return 0.0
    step = max(len(values) // SAMPLE, 1)
    sample = texts_of(values[::step]) or texts_of(values, SAMPLE)
    return sum(map(test, sample)) / len(sample) if sample else 0.0


def is_angle(text: str) -> bool:
    """Tell whether a text is one coordinate."""
    return read_angle(text) is not None


def has_letter(axis: str) -> Callable[[str], bool]:
    """Return a test for coordinates whose letter names this axis."""

    def test(text: str) -> bool:
        angle = read_angle(text)
        return angle is not None and angle.axis == axis

    return test


def is_geometry(text: str) -> bool:
    """Tell whether a text is WKT, WKB in hex or GeoJSON."""
    return bool(_WKT.match(text) or _HEX.fullmatch(text.strip()) or _JSON.match(text))


def is_pair(text: str) -> bool:
    """Tell whether a text is two coordinates."""
    return read_pair(text) is not None


def is_sure_pair(text: str) -> bool:
    """Tell whether a text is two coordinates and nothing else could be meant."""
    pair = read_pair(text)
    if pair is None:
        return False
    if pair[0].axis:
        return True
    fractions = re.findall(r"\d+\.(\d{3,})", text)
    return len(fractions) == 2 and all(abs(a.degrees) <= 180 for a in pair)


def is_degrees(values: Column) -> bool:
    """Tell whether a column's values are degrees rather than metres."""
    if values.dtype == object:
        return True
    known = np.abs(values.astype(float))
    known = known[np.isfinite(known)]
    return not len(known) or float(np.median(known)) <= _DEGREES


def looks_degrees(values: Column) -> bool:
    """Tell whether numbers look like degrees: in range, with three decimals or more, and varied."""
    if values.dtype.kind != "f":
        return False
    known = values[np.isfinite(values)]
    if not len(known) or np.abs(known).max() > 180:
        return False
    fine = np.abs(known * 100 - np.round(known * 100)) > 1e-6
    return bool(fine.mean() >= 0.7)
