"""Lines and polygons mended: taken apart, cut at 180 degrees, rings made valid, slivers told."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
import shapely

from gisapp.data import seam
from gisapp.data.raw import Raw
from gisapp.data.tangled import tangled
from gisapp.model.feedback import Feedback, Problem, Severity

_BATCH: Final = 2_000
_AREAL: Final = (3, 6)
_COLLECTION: Final = 7
#: A polygon whose area is this share of the square of its length is a sliver.
_SLIVER: Final = 1e-6

Shapes = npt.NDArray[np.object_]


def mended(raw: Raw, shapes: Shapes, feedback: Feedback | None) -> Shapes:
    """Return valid shapes within -180 to 180 degrees; what was done is told on the layer."""
    shapes = _cut(raw, _flattened(raw, shapes), feedback)
    shapes = _mend_rings(raw, _mend_lines(raw, shapes), feedback)
    _tell_kinds(raw, shapes)
    return shapes


def _flattened(raw: Raw, shapes: Shapes) -> Shapes:
    """Take collections apart: of each the parts of the highest dimension are kept."""
    rows = np.flatnonzero(shapely.get_type_id(shapes) == _COLLECTION)
    if not len(rows):
        return shapes
    shapes = shapes.copy()
    mixed = np.zeros(len(shapes), dtype=bool)
    for row in rows:
        parts = np.array(_leaves(shapes[row]), dtype=object)
        kinds = shapely.get_dimensions(parts)
        mixed[row] = len(np.unique(kinds)) > 1
        kept = parts[kinds == kinds.max(initial=-1)]
        maker = (shapely.multipoints, shapely.multilinestrings, shapely.multipolygons)
        shapes[row] = maker[int(kinds.max())](kept) if len(kept) else None
        if len(kept) == 1:
            shapes[row] = kept[0]
    raw.tell(
        "collection_parts_dropped",
        mixed,
        "{n} with points, lines and areas in one; only the areas, or else the lines, are kept.",
        "Save the kinds as layers of their own.",
    )
    return shapes


def _leaves(shape: shapely.Geometry) -> list[shapely.Geometry]:
    parts = shapely.get_parts(shape)
    nested = [leaf for p in parts if hasattr(p, "geoms") for leaf in _leaves(p)]
    return [p for p in parts if not hasattr(p, "geoms") and not p.is_empty] + nested


def _cut(raw: Raw, shapes: Shapes, feedback: Feedback | None) -> Shapes:
    """Cut what lies across 180 degrees, so that all of it lies within them."""
    across = seam.crossing(shapes)
    if not across.any():
        return shapes
    shapes = shapes.copy()
    for row in np.flatnonzero(across):
        if feedback:
            feedback.check()
        piece = seam.cut(shapes[row])
        shapes[row] = None if piece.is_empty else piece
    raw.tell(
        "cut_at_180",
        across,
        "{n} across 180 degrees of longitude, cut there into parts on either side.",
        "",
        severity=Severity.INFO,
    )
    return shapes


def _tell_kinds(raw: Raw, shapes: Shapes) -> None:
    """Tell of slivers, and of points, lines and areas in one layer."""
    areal = np.isin(shapely.get_type_id(shapes), _AREAL)
    with np.errstate(all="ignore"):  # numbers of any size, with which it is no sliver
        thin = areal & (shapely.area(shapes) < _SLIVER * shapely.length(shapes) ** 2)
    raw.tell(
        "slivers",
        thin,
        "{n} with an area that is next to nothing beside the length of its border.",
        "They mostly come from laying borders over each other; leave them out at the source.",
        severity=Severity.INFO,
    )
    kinds = np.unique(shapely.get_dimensions(shapes))
    if (kinds >= 0).sum() > 1:
        words = [w for d, w in ((0, "points"), (1, "lines"), (2, "areas")) if d in kinds]
        listed = " and ".join([", ".join(words[:-1]), words[-1]])
        raw.problems.append(
            Problem(
                "mixed_geometry",
                Severity.INFO,
                f"The layer holds {listed}; the analyses take one kind at a time.",
                "Save each kind as a layer of its own.",
            )
        )


def _mend_lines(raw: Raw, shapes: Shapes) -> Shapes:
    """Leave out lines without a length."""
    rows = np.flatnonzero(shapely.get_dimensions(shapes) == 1)
    flat = np.zeros(len(shapes), dtype=bool)
    flat[rows] = ~shapely.is_valid(shapes[rows])
    if not flat.any():
        return shapes
    shapes = shapes.copy()
    for row in np.flatnonzero(flat):
        parts = shapely.get_parts(shapes[row])
        parts = parts[shapely.length(parts) > 0]
        shapes[row] = shapely.multilinestrings(parts) if len(parts) else None
    raw.tell(
        "lines_without_length",
        flat,
        "{n} with lines that have no length, left out.",
        "Draw them again at the source.",
    )
    return shapes


def _mend_rings(raw: Raw, shapes: Shapes, feedback: Feedback | None) -> Shapes:
    """Make polygons valid and keep their areas only."""
    over = tangled(shapes)
    if over.any():
        shapes = shapes.copy()
        shapes[over] = None
        raw.tell(
            "tangled",
            over,
            "{n} with tens of thousands of rings over each other, left without a position.",
            "Dissolve them in the program that made them.",
        )
    areal = np.flatnonzero(np.isin(shapely.get_type_id(shapes), _AREAL))
    invalid: list[int] = []
    for start in range(0, len(areal), _BATCH):
        rows = areal[start : start + _BATCH]
        invalid.extend(rows[~shapely.is_valid(shapes[rows])].tolist())
        if feedback:
            feedback.check(start / len(areal), "Checking polygons")
    if not invalid:
        return shapes
    shapes = shapes.copy()
    lost = 0
    for row in invalid:
        if feedback:
            feedback.check()
        mended = _areas(shapely.make_valid(shapes[row], method="structure", keep_collapsed=False))
        lost += mended is None
        shapes[row] = mended
    raw.tell(
        "rings_mended",
        np.isin(np.arange(len(shapes)), invalid),
        "{n} with polygons that cross themselves, mended.",
        "Areas may differ slightly from the file's." + (f" {lost} had no area." if lost else ""),
    )
    return shapes


def _areas(shape: shapely.Geometry) -> shapely.Geometry | None:
    if shape.is_empty:
        return None
    if shapely.get_type_id(shape) in _AREAL:
        return shape
    parts = [p for p in shapely.get_parts(shape) if shapely.get_type_id(p) in _AREAL]
    return shapely.union_all(parts) if parts else None
