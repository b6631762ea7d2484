"""What a format gives, before it is mended and moved to WGS 84."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import shapely

from gisapp.model.features import Column, Floats
from gisapp.model.feedback import Problem, Severity
from gisapp.model.reading import Finding

_ROWS: Final = 3  # how many are named


@dataclass
class Raw:
    """One layer as it stands in its file.

    Parameters
    ----------
    crs
        As the file states it (WKT, PROJJSON or "EPSG:n"), or None.
    points
        Coordinates in that CRS, axis order x, y, shape (n, 2), where every feature is a point;
        NaN where there is none. Else None, and `shapes` holds shapely geometries, shape (n,).
    columns
        As in `Features`.
    layer
        What it is called where it comes from, if that is not `name` ("public.mines").
    units
        Units that the cells of columns of numbers name, as written.
    heights
        Of points, shape (n,), NaN where there is none; None where nothing has one.
    beyond
        Points that lie outside the world and were taken out, shape (n, 2), NaN elsewhere.
    """

    name: str
    driver: str
    columns: dict[str, Column]
    points: Floats | None = None
    shapes: npt.NDArray[np.object_] | None = None
    crs: Any = None
    crs_assumed: str = ""
    encoding: str = "UTF-8"
    encoding_guessed: bool = False
    problems: list[Problem] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    layer: str = ""
    units: dict[str, str] = field(default_factory=dict)
    heights: Floats | None = None
    beyond: Floats | None = None

    def cut(self, limit: int | None) -> None:
        """Keep no more than the first `limit` features."""
        if limit is not None:
            self.keep(slice(limit))

    def keep(self, rows: slice | npt.NDArray[np.bool_]) -> None:
        """Keep these features only, with all that is held of each."""
        self.points = None if self.points is None else self.points[rows]
        self.shapes = None if self.shapes is None else self.shapes[rows]
        self.heights = None if self.heights is None else self.heights[rows]
        self.beyond = None if self.beyond is None else self.beyond[rows]
        self.columns = {name: values[rows] for name, values in self.columns.items()}

    def noun(self, count: int) -> str:
        """Return what its features are called: "1 site", "12 sites", "3 features"."""
        word = "site" if self.points is not None else "feature"
        return word if count == 1 else f"{word}s"

    def tell(
        self,
        code: str,
        where: npt.NDArray[np.bool_],
        message: str,
        hint: str,
        *,
        severity: Severity = Severity.WARNING,
    ) -> str:
        """Add a problem that names the first rows (from 1) where it is; "" where it is nowhere.

        `message` gets "{n}" filled in; the sentence is returned.
        """
        rows = np.flatnonzero(where) + 1
        if not len(rows):
            return ""
        noun = "1 feature" if len(rows) == 1 else f"{len(rows):,} features"
        listed = ", ".join(str(row) for row in rows[:_ROWS]) + (
            ", ..." if len(rows) > _ROWS else ""
        )
        noun += f" (row{'s' if len(rows) > 1 else ''} {listed})"
        text = message.format(n=noun)
        self.problems.append(Problem(code, severity, text, hint, len(rows)))
        return text


def coordinates(raw: Raw) -> Floats:
    """Return all vertices of a raw layer, shape (m, 2)."""
    if raw.points is not None:
        return raw.points
    if raw.shapes is not None:
        return np.asarray(shapely.get_coordinates(raw.shapes))
    return np.empty((0, 2))


def sample(raw: Raw, most: int) -> tuple[npt.NDArray[np.int64], Floats]:
    """Return rows spread over a layer and a position of each: the point, or a box's middle.

    Returns
    -------
    tuple of numpy.ndarray
        Row numbers, shape (k,), and positions in the file's axis order, shape (k, 2); k is at
        most `most`, and rows without a position are left out.
    """
    if raw.points is not None:
        rows = _spread(raw.points, most)
        return rows, raw.points[rows]
    if raw.shapes is None:
        return np.empty(0, dtype=np.int64), np.empty((0, 2))
    rows = _spread(shapely.bounds(raw.shapes), most)
    west, south, east, north = shapely.bounds(raw.shapes[rows]).T
    return rows, np.column_stack([(west + east) / 2, (south + north) / 2])


def _spread(numbers: Floats, most: int) -> npt.NDArray[np.int64]:
    """Return rows, evenly spread, among those whose numbers are all finite."""
    rows = np.flatnonzero(np.isfinite(numbers).all(axis=1))
    return rows[np.linspace(0, len(rows) - 1, min(len(rows), most)).astype(np.int64)]
