"""Which country a row names and where countries lie: what positions are checked against.

Borders are the generalised ones that ship, with some kilometres of slack: this is about places
that are wrong by far. Which country a site counts for is found by `analysis.jurisdiction`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from gisapp.data.shipped import country_names, load_layer
from gisapp.data.suggest import suggest_mapping
from gisapp.model.country_names import COUNTRY_WORDS, congo_of, plain_name
from gisapp.model.features import Column, Features, Floats
from gisapp.model.mapping import ColumnMapping

Mask = npt.NDArray[np.bool_]
Index = npt.NDArray[np.int64]

#: Degrees by which generalised borders may be off, and a site off the coast.
_SLACK: Final = 0.15
_EXACT: Final = 300
_ISLAND: Final = 0.1


@dataclass(frozen=True)
class Named:
    """The countries that rows name: `of_row` indexes `codes` (ISO alpha-3), -1 where none is."""

    of_row: Index
    codes: tuple[str, ...]
    column: str


def named(columns: dict[str, Column], mapping: ColumnMapping | None = None) -> Named | None:
    """Return the countries that a layer's rows name, or None where no column names them."""
    if not columns:
        return None
    if mapping is None:
        count = len(next(iter(columns.values())))
        mapping = suggest_mapping(Features.from_points(np.zeros((count, 2)), columns))
    column = dict(mapping.columns).get("country")
    if column is None or column not in columns or columns[column].dtype != object:
        return None
    of_row, texts = pd.factorize(columns[column])
    found = [code_of(text) for text in texts]
    codes = tuple(sorted({code for code in found if code}))
    table = np.array([codes.index(c) if c else -1 for c in found] + [-1], dtype=np.int64)
    return Named(table[of_row], codes, column) if codes else None


def code_of(text: object) -> str:
    """Return the ISO alpha-3 code of a country named in any of the shipped languages, or ""."""
    plain = plain_name(str(text))
    return country_names().get(plain) or COUNTRY_WORDS.get(plain) or congo_of(plain)


class Lands:
    """Where the countries lie, roughly and quickly."""

    def __init__(self) -> None:
        features = load_layer("jurisdictions_simple").features
        self._codes = features.columns["iso"]
        self._names = features.columns["name"]
        self._sovereign = features.columns["sovereign"]
        self._shapes = features.geometry
        self._parts, self._owner = shapely.get_parts(features.geometry, return_index=True)
        self._tree = shapely.STRtree(self._parts)
        self._wide: dict[str, shapely.Geometry] = {}

    def name(self, code: str) -> str:
        """Return a country's English name."""
        hits = np.flatnonzero(self._codes == code)
        return str(self._names[hits[0]]) if len(hits) else code

    def knows(self, code: str) -> bool:
        """Tell whether a country has an area."""
        return bool((self._codes == code).any())

    def bounds(self, code: str) -> tuple[float, float, float, float] | None:
        """Return west, south, east, north of a country's largest part."""
        parts = self._parts[np.isin(self._owner, np.flatnonzero(self._codes == code))]
        if not len(parts):
            return None
        west, south, east, north = shapely.bounds(parts[np.argmax(shapely.area(parts))]).tolist()
        return west, south, east, north

    def side(self, code: str) -> int:
        """Return 1 for a country north of the equator, -1 south of it, 0 where it spans it.

        Islands of less than a tenth of its largest part do not count.
        """
        parts = self._parts[np.isin(self._owner, np.flatnonzero(self._codes == code))]
        if not len(parts):
            return 0
        area = shapely.area(parts)
        _, south, _, north = shapely.total_bounds(parts[area >= _ISLAND * area.max()])
        return int(south >= 0) - int(north <= 0)

    def inside(self, code: str, lonlat: Floats, *, near: float = _SLACK) -> Mask:
        """Return where positions lie in a country, its sovereign's territories, or `near` them.

        Positions are degrees, shape (n, 2); `near` is degrees. NaN lies nowhere.
        """
        wide = self._area(code, near)
        return np.asarray(shapely.contains_xy(wide, lonlat[:, 0], lonlat[:, 1]))

    def exactly_inside(self, code: str, lonlat: Floats) -> Mask:
        """Return the same on borders in full detail, of the first hundreds only: it is slow."""
        found = np.zeros(len(lonlat), dtype=bool)
        columns = load_layer("jurisdictions").features
        sovereign = set(self._sovereign[self._codes == code])
        same = np.isin(columns.columns["sovereign"], list(sovereign))
        parts = shapely.get_parts(columns.geometry[same])
        points = shapely.points(lonlat[:_EXACT])
        row, _ = shapely.STRtree(parts).query(points, predicate="dwithin", distance=_SLACK)
        found[row] = True
        return found

    def at(self, lonlat: Floats) -> npt.NDArray[np.object_]:
        """Return the code of the country at positions, shape (n,); "" at sea and where NaN."""
        codes = np.full(len(lonlat), "", dtype=object)
        known = np.flatnonzero(np.isfinite(lonlat).all(axis=1))
        row, part = self._tree.query(shapely.points(lonlat[known]), predicate="intersects")
        codes[known[row]] = self._codes[self._owner[part]]
        return codes

    def on_land(self, lonlat: Floats) -> Mask:
        """Return where positions lie on land, or within the slack of it."""
        on_land = np.zeros(len(lonlat), dtype=bool)
        known = np.flatnonzero(np.isfinite(lonlat).all(axis=1))
        points = shapely.points(lonlat[known])
        row, _ = self._tree.query(points, predicate="dwithin", distance=_SLACK)
        on_land[known[row]] = True
        return on_land

    def _area(self, code: str, near: float) -> shapely.Geometry:
        key = f"{code} {near}"
        if key not in self._wide:
            sovereign = set(self._sovereign[self._codes == code])
            same = np.array([s in sovereign for s in self._sovereign])
            # a buffer is round in degrees: in the north it must be wider to be as far in km
            wide = shapely.buffer(self._shapes[same], near * 1.5, quad_segs=2)
            self._wide[key] = shapely.union_all(wide)
            shapely.prepare(self._wide[key])
        return self._wide[key]


@cache
def lands() -> Lands:
    """Return where the countries lie, loaded once."""
    return Lands()
