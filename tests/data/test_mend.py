"""Geometry is mended with its areas kept, and every repair names its rows."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import shapely

from gisapp.data import mend
from gisapp.data.raw import Raw
from gisapp.model.feedback import Cancelled, Feedback, Problem
from gisapp.model.reading import DEFAULTS, ReadOptions

SQUARE = shapely.box(10, 10, 12, 12)
BOWTIE = shapely.Polygon([(0, 0), (2, 2), (2, 0), (0, 2)])  # two triangles of area 1


def mended(
    *, points: Any = None, shapes: list[Any] | None = None, options: ReadOptions = DEFAULTS
) -> Raw:
    raw = Raw("a", "test", {}, points=None if points is None else np.array(points, float))
    if shapes is not None:
        raw.shapes = np.array(shapes, dtype=object)
    mend.check(raw, mend.drop_non_finite(raw, options), options)
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
    raw = mended(shapes=[shapely.box(190, 10, 200, 20)])
    assert raw.shapes is not None
    assert shapely.bounds(raw.shapes[0]).tolist() == [-170, 10, -160, 20]
    assert only(raw).code == "longitude_wrapped"


def test_latitudes_beyond_90_that_lie_on_land_once_swapped_are_put_right() -> None:
    raw = mended(points=[[-31.95, 115.86], [41.77, 109.97], [10.0, 12.0]])
    np.testing.assert_array_equal(raw.points, [[115.86, -31.95], [109.97, 41.77], [12.0, 10.0]])
    assert only(raw).code == "axes_swapped"
    (finding,) = raw.findings
    assert (finding.option, finding.chosen, finding.sure) == ("axes_swapped", "yes", True)


def test_the_user_may_say_that_nothing_is_swapped() -> None:
    raw = mended(
        points=[[-31.95, 115.86], [41.77, 109.97], [10.0, 12.0]],
        options=DEFAULTS.choosing("axes_swapped", "no"),
    )
    assert {p.code: p.count for p in raw.problems} == {"axes_swapped": 3, "out_of_range": 2}
    assert raw.findings[0].chosen == "no"


def test_all_at_sea_and_on_land_once_swapped_is_asked() -> None:
    sites = [[51.5, -0.1], [53.5, 10.0], [52.5, 13.4], [52.4, 4.9], [51.3, 12.4]]
    raw = mended(points=sites)
    np.testing.assert_array_equal(raw.points, sites, "in the Indian Ocean until the user says so")
    assert raw.findings[0].chosen == "no"
    raw = mended(points=sites, options=DEFAULTS.choosing("axes_swapped", "yes"))
    np.testing.assert_array_equal(raw.points, np.fliplr(sites))


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
    assert [p.code for p in raw.problems] == ["zero_zero", "no_geometry", "out_of_range"]
    assert shapely.is_missing(raw.shapes).all()


def test_lines_without_length_are_left_out_and_told() -> None:
    flat = shapely.LineString([(1, 1), (1, 1)])
    long = shapely.LineString([(0, 0), (1, 1)])
    raw = mended(shapes=[flat, shapely.MultiLineString([flat, long]), long])
    assert raw.shapes is not None
    assert shapely.length(raw.shapes[1]) == pytest.approx(np.sqrt(2))
    assert raw.shapes[0] is None
    assert only(raw).code == "lines_without_length"
    assert only(raw).count == 2


def test_cancelling() -> None:
    raw = Raw("a", "test", {}, shapes=np.array([SQUARE], dtype=object))
    feedback = Feedback()
    feedback.cancel()
    with pytest.raises(Cancelled):
        mend.check(raw, np.array([False]), feedback=feedback)


def test_collections_of_one_kind_are_taken_apart() -> None:
    nested = shapely.GeometryCollection([SQUARE, shapely.GeometryCollection([SQUARE])])
    raw = mended(shapes=[nested, shapely.GeometryCollection([shapely.Point(1, 1)])])
    assert raw.shapes is not None
    assert [shape.geom_type for shape in raw.shapes] == ["Polygon", "Point"]
    assert shapely.area(raw.shapes[0]) == pytest.approx(4.0), "the same twice is one"
    assert [p.code for p in raw.problems] == ["rings_mended", "mixed_geometry"]


def test_of_mixed_collections_the_areas_are_kept_and_told() -> None:
    line = shapely.LineString([(0, 0), (1, 1)])
    raw = mended(shapes=[shapely.GeometryCollection([SQUARE, line, shapely.Point(5, 5)])])
    assert raw.shapes is not None
    assert raw.shapes[0].equals(SQUARE)
    assert only(raw).code == "collection_parts_dropped"


def test_slivers_are_told() -> None:
    sliver = shapely.Polygon([(10, 10), (12, 12), (12, 12.000001)])
    raw = mended(shapes=[SQUARE, sliver])
    assert raw.shapes is not None
    assert raw.shapes[1] is sliver
    assert only(raw).code == "slivers"
    assert "(row 2)" in only(raw).message


def test_kinds_in_one_layer_are_told() -> None:
    raw = mended(shapes=[SQUARE, shapely.Point(1, 1), shapely.LineString([(0, 0), (1, 1)])])
    assert only(raw).message.startswith("The layer holds points, lines and areas;")


def test_wrongly_wound_rings_hold_the_same_area() -> None:
    clockwise = shapely.Polygon(
        SQUARE.exterior.coords[::-1], [shapely.box(11, 11, 11.5, 11.5).exterior.coords]
    )
    raw = mended(shapes=[clockwise])
    assert raw.problems == []
    assert raw.shapes is not None
    assert shapely.area(raw.shapes[0]) == pytest.approx(4 - 0.25)


def test_across_180_degrees_is_cut_and_told() -> None:
    raw = mended(shapes=[shapely.box(170, 10, 190, 20), SQUARE])
    assert raw.shapes is not None
    assert shapely.bounds(raw.shapes[0]).tolist() == [-180, 10, 180, 20]
    assert shapely.area(raw.shapes[0]) == pytest.approx(200)
    assert only(raw).code == "cut_at_180"
