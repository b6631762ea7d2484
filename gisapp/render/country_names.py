"""Names of countries on the map of a region: where one is, said quietly."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import shapely

from gisapp.render.fonts import OURS, FontFiles
from gisapp.render.labels import Wanted

#: Words that a label does without.
SHORT_NAMES: Final = {
    "People's Republic of China": "China",
    "Czech Republic": "Czechia",
    "United States of America": "United States",
    "Dem. Rep. Congo": "DR Congo",
    "Democratic Republic of the Congo": "DR Congo",
    "Republic of the Congo": "Congo",
    "Central African Republic": "Central African Rep.",
    "United Arab Emirates": "UAE",
    "Bosnia and Herzegovina": "Bosnia and Herz.",
    "United Republic of Tanzania": "Tanzania",
    "Republic of Serbia": "Serbia",
}
#: Of a country's width and height that its name may take.
_SHARE: Final = 0.92
#: Rows and columns of places in a country where its name is tried.
_GRID: Final = np.linspace(0.15, 0.85, 8)
_MOST_SPOTS: Final = 24


def country_names(
    countries: Sequence[tuple[str, Any]], size: float, fonts: FontFiles = OURS
) -> list[Wanted]:
    """Return the names that fit into what is seen of their countries, the largest first.

    Parameters
    ----------
    countries
        Names, and areas in page points.
    """
    found: list[tuple[float, Wanted]] = []
    for name, area in countries:
        parts = [part for part in shapely.get_parts(area) if part.geom_type == "Polygon"]
        if not parts or not name:
            continue
        part = max(parts, key=lambda each: each.area)
        text = SHORT_NAMES.get(name, name).upper()
        label = Wanted(text, 0.0, 0.0, size, 0.0, middle=True)
        wide, high = label.extent(fonts)
        left, top, right, bottom = part.bounds
        if wide > _SHARE * (right - left) or high > _SHARE * (bottom - top):
            continue
        spots = _spots(part, wide, high)
        if spots:
            (x, y), *others = spots
            wanted = Wanted(text, x, y, size, 0.0, middle=True, spots=tuple(others))
            found.append((part.area, wanted))
    return [wanted for _, wanted in sorted(found, key=lambda pair: -pair[0])]


def _spots(part: Any, wide: float, high: float) -> list[tuple[float, float]]:
    """Return where a box fits into a country, the places nearest to its middle first."""
    left, top, right, bottom = part.bounds
    simple = shapely.simplify(part, 0.5)
    x, y = (
        axis.ravel()
        for axis in np.meshgrid(left + _GRID * (right - left), top + _GRID * (bottom - top))
    )
    middle = simple.centroid
    x, y = np.append(x, middle.x), np.append(y, middle.y)
    boxes = shapely.box(x - wide / 2.0, y - high / 2.0, x + wide / 2.0, y + high / 2.0)
    shapely.prepare(simple)
    fits = np.flatnonzero(shapely.contains(simple, boxes))
    away = np.hypot((x[fits] - middle.x) / (right - left), (y[fits] - middle.y) / (bottom - top))
    order = fits[np.argsort(away, kind="stable")][:_MOST_SPOTS]
    return [(float(x[i]), float(y[i])) for i in order]
