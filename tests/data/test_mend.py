"""Geometry is mended with its areas kept, and every repair names its rows."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import shapely

from gisapp.data import mend
from gisapp.data.raw import Raw
from gisapp.model.feedback import Cancelled, Feedback, Problem

SQUARE = shapely.box(10, 10, 12, 12)
BOWTIE = shapely.Polygon([(0, 0), (2, 2), (2, 0), (0, 2)])  # two triangles of area 1


def mended(*, points: Any = None, shapes: list[Any] | None = None) -> Raw:
    raw = Raw("a", "test", {}, points=None if points is None else np.array(points, float))
    if shapes is not None:
        raw.shapes = np.array(shapes, dtype=object)
    mend.check(raw, mend.drop_non_finite(raw))
    return raw


def only(raw: Raw) -> Problem:
    (problem,) = raw.problems
    return problem


def test_a_bow_tie_keeps_its_area() -> None:
    raw = mended(shapes=[SQUARE, BOWTIE])
    assert raw.shapes is not None
    assert shapely.is_valid(raw.shapes).all()
    assert raw.shapes[1].geom_type == "MultiPolygon"
    assert shapely.area(raw.shapes[1]) == pytest.approx(2.0)
    assert only(raw).message.startswith("1 feature (row 2) ")


def test_a_hole_outside_its_shell() -> None:
    polygon = shapely.Polygon(SQUARE.exterior.coords, [shapely.box(20, 20, 21, 21).exterior.coords])
    raw = mended(shapes=[polygon])
    assert raw.shapes is not None
    assert shapely.is_valid(raw.shapes[0])
    assert only(raw).code == "rings_mended"


def test_a_polygon_without_area_is_lost_and_told() -> None:
    flat = shapely.Polygon([(0, 0), (1, 1), (2, 2), (0, 0)])
    raw = mended(shapes=[flat, SQUARE])
    assert raw.shapes is not None
    assert raw.shapes[0] is None
    assert "1 had no area" in only(raw).hint


def test_valid_shapes_stay_as_they_are() -> None:
    raw = mended(shapes=[SQUARE])
    assert raw.problems == []
    assert raw.shapes is not None
    assert raw.shapes[0] is SQUARE


def test_rows_are_named_up_to_three() -> None:
    raw = mended(points=[[1, 1], [0, 0], [0, 0], [2, 2], [0, 0], [0, 0]])
    assert only(raw).code == "zero_zero"
    assert only(raw).count == 4
    assert "(rows 2, 3, 5, ...)" in only(raw).message


def test_nothing_is_lost_at_the_edge_of_the_world() -> None:
    raw = mended(points=[[180, 90], [-180, -90], [180 + 1e-9, 0]])
    assert raw.problems == []


def test_a_shape_beyond_180_moves_west_whole() -> None:
    raw = mended(shapes=[shapely.box(190, 10, 200, 20), shapely.box(170, 10, 190, 20)])
    assert raw.shapes is not None
    assert shapely.bounds(raw.shapes[0]).tolist() == [-170, 10, -160, 20]
    assert shapely.bounds(raw.shapes[1]).tolist() == [170, 10, 190, 20], "crosses the seam: stays"


def test_swapped_axes_are_told_once() -> None:
    raw = mended(points=[[-31.95, 115.86], [41.77, 109.97], [10.0, 12.0]])
    assert {p.code: p.count for p in raw.problems} == {"axes_swapped": 2, "out_of_range": 2}


def test_a_few_wrong_latitudes_are_not_swapped_axes() -> None:
    raw = mended(points=[[10.0, 50.0]] * 9 + [[10.0, 120.0]])
    assert [p.code for p in raw.problems] == ["out_of_range"]


def test_wrong_numbers_are_not_taken_for_swapped_axes() -> None:
    raw = mended(points=[[150.0, 999.0], [120.0, 30.0]])
    assert [p.code for p in raw.problems] == ["out_of_range"]


def test_lines_and_points_among_shapes() -> None:
    raw = mended(
        shapes=[
            shapely.Point(0, 0),
            shapely.LineString([(100, 0), (100, 95)]),
            shapely.Point(),
            None,
        ]
    )
    assert raw.shapes is not None
    assert [p.code for p in raw.problems] == ["no_geometry", "out_of_range", "zero_zero"]
    assert shapely.is_missing(raw.shapes).tolist() == [False, True, True, True]


def test_cancelling() -> None:
    raw = Raw("a", "test", {}, shapes=np.array([SQUARE], dtype=object))
    feedback = Feedback()
    feedback.cancel()
    with pytest.raises(Cancelled):
        mend.check(raw, np.array([False]), feedback=feedback)
