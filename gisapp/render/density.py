"""Many points as few signs: clusters with their counts, and the density of points as a picture.

All lengths are pixels of the plane that the points are given in, so that the live map and a page
ask the same functions.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from math import ceil, log10
from typing import Final

import numpy as np
import numpy.typing as npt

from gisapp.model.features import Floats
from gisapp.model.layer import Layer
from gisapp.model.numbers import rounded
from gisapp.model.style import Heat
from gisapp.render.picture import Theme
from gisapp.render.ramps import ramp_colors
from gisapp.render.symbology import Symbol, palette

Ints = npt.NDArray[np.int64]

#: Up to so many cells neighbours are joined too; more are too far apart to touch.
_MOST_JOINED: Final = 20_000
#: The radius of a kernel in widths of its bell.
_BELLS: Final = 2.5
#: The least contrast of a count on its bubble: it is bold.
_READ: Final = 3.0
#: What is less than this share of the most is not drawn.
LEAST_HEAT: Final = 0.05
HEAT_STEPS: Final = 8
_HEAT_ALPHA: Final = 0.82


@dataclass(frozen=True, eq=False)
class Bunches:
    """Bunches of points: their middles, shape (m, 2), counts and the first member of each, (m,)."""

    middles: Floats
    counts: Ints
    first: Ints


def bunches(xy: Floats, radius: float) -> Bunches:
    """Return points within about `radius` of each other as one each, shape (n, 2) to (m, 2).

    Cells of a grid are counted; then the fuller ones take in the neighbours whose middle is
    within the radius. Points without a position are left out.
    """
    known = np.flatnonzero(np.isfinite(xy).all(axis=1))
    if not len(known):
        return Bunches(np.empty((0, 2)), np.empty(0, np.int64), np.empty(0, np.int64))
    cells = np.floor(xy[known] / radius).astype(np.int64)
    low, high = cells.min(axis=0), cells.max(axis=0)
    keys = (cells[:, 0] - low[0]) * (high[1] - low[1] + 1) + cells[:, 1] - low[1]
    _, first, inverse, counts = np.unique(
        keys, return_index=True, return_inverse=True, return_counts=True
    )
    sums = [np.bincount(inverse, xy[known, axis]) for axis in (0, 1)]
    found = Bunches(np.column_stack(sums) / counts[:, None], counts.astype(np.int64), known[first])
    return found if len(counts) > _MOST_JOINED else _joined(found, cells[first], radius)


def _joined(found: Bunches, cells: Ints, radius: float) -> Bunches:
    places = {(x, y): i for i, (x, y) in enumerate(cells.tolist())}
    middles, counts = found.middles, found.counts
    taken: dict[int, list[int]] = defaultdict(list)
    free = np.ones(len(counts), dtype=bool)
    for i in np.argsort(-counts, kind="stable").tolist():
        if not free[i]:
            continue
        free[i] = False
        x, y = cells[i].tolist()
        around = [places.get((x + dx, y + dy)) for dx in (-1, 0, 1) for dy in (-1, 0, 1)]
        near = [
            k
            for k in around
            if k is not None and free[k] and np.hypot(*(middles[k] - middles[i])) < radius
        ]
        free[near] = False
        taken[i] = [i, *near]
    groups = list(taken.values())
    totals = np.array([counts[group].sum() for group in groups], dtype=np.int64)
    at = [np.average(middles[group], axis=0, weights=counts[group]) for group in groups]
    return Bunches(np.array(at), totals, found.first[[group[0] for group in groups]])


def cluster_symbol(layer: Layer, theme: Theme, count: int, scale: float = 1.0) -> Symbol:
    """Return the bubble of so many points: a tenfold number is six pixels wider."""
    colors = palette(theme)
    fill = layer.style.color or colors.of_role(layer.role)
    size = (17.0 + 6.0 * log10(max(count, 1))) * scale
    return Symbol("circle", fill, colors.halo, 1.2 * scale, size, colors.halo, 0.0, opacity=0.94)


def cluster_text(count: int) -> str:
    """Return a count short enough for its bubble: 1.2k."""
    if count < 10_000:
        return str(count)
    return f"{rounded(count / 1e3, 2)}k" if count < 1_000_000 else f"{rounded(count / 1e6, 2)}M"


def cluster_ink(symbol: Symbol) -> str:
    """Return white where it is read on a bubble, else near black."""
    red, green, blue = ((c / 255) ** 2.2 for c in bytes.fromhex(symbol.fill.removeprefix("#")))
    light = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return "#FFFFFF" if 1.05 / (light + 0.05) > _READ else "#101820"


def density(
    xy: Floats, weights: Floats | None, shape: tuple[int, int], cell: float, radius: float
) -> Floats:
    """Return the kernel density of points on a grid, shape (height, width).

    Parameters
    ----------
    xy
        Pixels from the grid's upper left corner, shape (n, 2).
    weights
        Of each point, shape (n,); None counts each as one, NaN counts none.
    shape
        Rows and columns of the grid.
    cell
        Width of a cell in pixels.
    radius
        Where the kernel, a bell, ends, in pixels.
    """
    rows, columns = shape
    at = np.floor(xy / cell)
    inside = ((at >= 0) & (at < (columns, rows))).all(axis=1)
    flat = (at[inside, 1] * columns + at[inside, 0]).astype(np.int64)
    given = None if weights is None else np.nan_to_num(weights[inside])
    grid = np.bincount(flat, given, minlength=rows * columns).astype(np.float64)
    grid = grid.reshape(rows, columns)
    bell = radius / _BELLS / cell
    reach = ceil(radius / cell)
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) / bell) ** 2)
    for axis in (0, 1):
        grid = np.apply_along_axis(np.convolve, axis, grid, kernel, "same")
    return grid


def heat_colors(heat: Heat, theme: Theme) -> tuple[str, ...]:
    """Return the colours of the steps from few to many."""
    return ramp_colors(heat.ramp, HEAT_STEPS, theme)


def heat_share(values: Floats, top: float) -> Floats:
    """Return how far densities stand on the ramp, 0 to 1: by the root, so that few are seen."""
    share: Floats = np.sqrt(np.clip(values / (top or 1.0), 0.0, 1.0))
    return share


def heat_alpha(share: npt.ArrayLike) -> Floats:
    """Return how opaque a share of the most is drawn: faint where there is little."""
    values = np.asarray(share, dtype=np.float64)
    rise = np.clip((values - LEAST_HEAT) / 0.35, 0.0, 1.0)
    return np.asarray(_HEAT_ALPHA * rise * (1.0 - 0.25 * (1.0 - values)))
