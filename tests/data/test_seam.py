"""Lines and polygons across 180 degrees and around the poles keep their area on the ellipsoid."""

from __future__ import annotations

import numpy as np
import pyproj
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gisapp.data import mend, seam
from gisapp.data.raw import Raw
from gisapp.data.shipped import load_layer

GEOD = pyproj.Geod(ellps="WGS84")
SQUARE = shapely.box(170, 10, 190, 20)


def around(lat: float, *, backwards: bool = False) -> list[tuple[float, float]]:
    ring = [(float(lon), lat) for lon in range(-170, 180, 20)]
    return ring[::-1] if backwards else ring


def cut(shape: shapely.Geometry) -> shapely.Geometry:
    assert seam.crossing(np.array([shape], dtype=object))[0]
    piece = seam.cut(shape)
    west, south, east, north = shapely.bounds(piece)
    assert -180 <= west <= east <= 180
    assert -90 <= south <= north <= 90
    assert piece.is_valid
    return piece


@pytest.mark.parametrize(
    "shape",
    [
        SQUARE,
        shapely.box(-190, 10, -170, 20),
        shapely.Polygon([(170, 10), (-170, 10), (-170, 20), (170, 20)]),
        shapely.Polygon([(170, 10), (170, 20), (-170, 20), (-170, 10)]),
    ],
)
def test_four_ways_to_write_one_box(shape: shapely.Polygon) -> None:
    both = shapely.union(shapely.box(170, 10, 180, 20), shapely.box(-180, 10, -170, 20))
    assert cut(shape).equals(both)


def test_a_hole_across_the_seam() -> None:
    ring = [(178, 14), (-178, 14), (-178, 16), (178, 16)]
    holed = shapely.Polygon(SQUARE.exterior.coords, [ring])
    assert cut(holed).area == pytest.approx(200 - 8)
    west_side = shapely.Polygon(
        [(170, 10), (-170, 10), (-170, 20), (170, 20)],
        [[(-175, 14), (-172, 14), (-172, 16), (-175, 16)]],
    )
    assert cut(west_side).area == pytest.approx(200 - 6)


@pytest.mark.parametrize("backwards", [True, False])
@pytest.mark.parametrize("lat", [-70.0, 70.0])
def test_a_ring_around_a_pole_holds_the_pole(lat: float, backwards: bool) -> None:
    cap = cut(shapely.Polygon(around(lat, backwards=backwards)))
    assert cap.equals(shapely.box(-180, min(lat, lat / 70 * 90), 180, max(lat, lat / 70 * 90)))


def test_a_ring_around_a_pole_with_a_hole_around_it() -> None:
    belt = cut(shapely.Polygon(around(70), [around(80, backwards=True)]))
    assert belt.equals(shapely.box(-180, 70, 180, 80))


def test_a_line_is_cut_where_it_crosses() -> None:
    pieces = cut(shapely.LineString([(170, 0), (-170, 10)]))
    assert pieces.equals(shapely.MultiLineString([[(170, 0), (180, 5)], [(-180, 5), (-170, 10)]]))


@pytest.mark.parametrize(
    "shape",
    [
        shapely.box(-180, -90, 180, 90),
        shapely.box(-100, -10, 100, 10),
        shapely.box(170, 10, 180, 20),
        shapely.Polygon([(-180, -90), (-180, -80), (0, -70), (180, -80), (180, -90)]),
        shapely.MultiPolygon([shapely.box(170, 10, 180, 20), shapely.box(-180, 10, -170, 20)]),
        shapely.Point(179, 0),
    ],
)
def test_what_is_right_stays(shape: shapely.Geometry) -> None:
    assert not seam.crossing(np.array([shape], dtype=object))[0]


@pytest.mark.parametrize("layer", ["jurisdictions", "land", "borders", "trade_routes"])
def test_what_ships_stays(layer: str) -> None:
    assert not seam.crossing(load_layer(layer).features.geometry).any()


def areas(lon: st.SearchStrategy[float], size: st.SearchStrategy[float]) -> st.SearchStrategy:
    """Return rough circles anywhere between 85 degrees north and south."""

    def circle(x: float, y: float, r: float, points: int) -> shapely.Polygon:
        turn = np.linspace(0, 2 * np.pi, points, endpoint=False)
        ring = np.column_stack([x + r * np.cos(turn), np.clip(y + r * np.sin(turn), -89, 89)])
        return shapely.Polygon(ring)

    return st.builds(circle, lon, st.floats(-60, 60), size, st.integers(4, 30))


@settings(max_examples=150, deadline=None)
@given(areas(st.floats(-180, 180), st.floats(0.01, 25)))
def test_area_is_kept_however_the_seam_is_written(shape: shapely.Polygon) -> None:
    true = abs(GEOD.geometry_area_perimeter(shapely.segmentize(shape, 0.5))[0])

    def folded(xy: np.ndarray) -> np.ndarray:
        return np.column_stack([(xy[:, 0] + 180) % 360 - 180, xy[:, 1]])

    shapes = np.array([shape, shapely.transform(shape, folded)], dtype=object)
    raw = Raw("a", "test", {}, shapes=shapes)
    mend.check(raw, mend.drop_non_finite(raw))
    assert raw.shapes is not None
    for piece in raw.shapes:
        assert shapely.is_valid(piece)
        assert -180 <= shapely.bounds(piece)[0] <= shapely.bounds(piece)[2] <= 180
        dense = shapely.segmentize(piece, 0.5)
        area = sum(abs(GEOD.geometry_area_perimeter(p)[0]) for p in shapely.get_parts(dense))
        assert area == pytest.approx(true, rel=1e-3)


#: Numbers as files have them, most of them no coordinates.
NUMBERS = st.one_of(
    st.floats(-400, 400),
    st.sampled_from([0.0, 180.0, -180.0, 90.0, -90.0, 360.0, 1e9, -1e9, 1e-12, np.nan, np.inf]),
)
PAIRS = st.tuples(NUMBERS, NUMBERS)


def made(kind: str, pairs: list[tuple[float, float]]) -> shapely.Geometry | None:
    try:
        if kind == "point":
            return shapely.Point(pairs[0])
        if kind == "line":
            return shapely.LineString(pairs)
        if kind == "area":
            return shapely.Polygon(pairs)
        if kind == "mixed":
            return shapely.GeometryCollection([shapely.Polygon(pairs), shapely.LineString(pairs)])
    except (shapely.GEOSException, ValueError):
        return None
    return None


SHAPES = st.builds(
    made,
    st.sampled_from(["point", "line", "area", "mixed", "null"]),
    st.lists(PAIRS, min_size=4, max_size=9),
)


@settings(max_examples=250, deadline=None)
@given(st.lists(SHAPES, min_size=1, max_size=6))
@pytest.mark.filterwarnings("ignore:invalid value encountered:RuntimeWarning")
def test_any_mess_becomes_valid_shapes_in_the_world(shapes: list[shapely.Geometry | None]) -> None:
    raw = Raw("a", "test", {}, shapes=np.array([*shapes, None], dtype=object)[:-1])
    mend.check(raw, mend.drop_non_finite(raw))
    assert raw.shapes is not None
    assert len(raw.shapes) == len(shapes)
    known = raw.shapes[~shapely.is_missing(raw.shapes)]
    assert shapely.is_valid(known).all()
    box = shapely.bounds(known)
    assert (np.abs(box[:, [0, 2]]) <= 180 + 1e-6).all()
    assert (np.abs(box[:, [1, 3]]) <= 90 + 1e-6).all()
    assert not np.isin(shapely.get_type_id(known), 7).any()
    lost = {f for f, s in zip(shapes, raw.shapes, strict=True) if f is not None and s is None}
    assert not lost or raw.problems, "what has no position any more is told"


@settings(max_examples=200, deadline=None)
@given(st.lists(PAIRS, min_size=1, max_size=30))
def test_any_points_keep_their_count_and_stay_in_the_world(
    pairs: list[tuple[float, float]],
) -> None:
    raw = Raw("a", "test", {}, points=np.array(pairs))
    mend.check(raw, mend.drop_non_finite(raw))
    assert raw.points is not None
    assert len(raw.points) == len(pairs)
    known = np.isfinite(raw.points).all(axis=1)
    assert (np.abs(raw.points[known]) <= [180 + 1e-6, 90 + 1e-6]).all()
    taken = {"no_geometry", "non_finite", "zero_zero", "out_of_range"}
    assert sum(p.count for p in raw.problems if p.code in taken) == (~known).sum()
