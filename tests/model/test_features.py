"""Features: held as coordinates or shapes, never changed, the same to the reader."""

import numpy as np
import pytest
import shapely

from gisapp.model.features import Features


def points() -> Features:
    lonlat = np.array([[115.7, -32.1], [np.nan, np.nan], [-79.4, 43.6]])
    names = np.array(["Perth", None, "Toronto"], dtype=object)
    return Features.from_points(lonlat, {"name": names})


def test_points_become_shapes_when_asked_and_missing_positions_stay_missing():
    features = points()
    assert features.geometry[0].equals(shapely.Point(115.7, -32.1))
    assert features.geometry[1] is None
    assert features.bounds == pytest.approx((-79.4, -32.1, 115.7, 43.6))
    assert features.geometry_type == "Point"


def test_nothing_can_be_changed():
    features = points()
    with pytest.raises(ValueError, match="read-only"):
        features.lonlat[0, 0] = 0.0
    with pytest.raises(ValueError, match="read-only"):
        features.columns["name"][0] = "Fremantle"
    with pytest.raises(TypeError):
        features.columns["more"] = features.columns["name"]


def test_columns_of_the_wrong_length_are_refused_by_name():
    with pytest.raises(ValueError, match="capacity"):
        Features.from_points(np.zeros((2, 2)), {"capacity": np.zeros(3)})


def test_take_keeps_rows_and_attributes_together():
    taken = points().take([2, 0])
    assert list(taken.columns["name"]) == ["Toronto", "Perth"]
    assert taken.lonlat[0] == pytest.approx([-79.4, 43.6])
    assert len(points().take(np.array([True, False, False]))) == 1


def test_none_may_be_taken():
    features = Features.from_points([[0, 0], [1, 1]], {"name": np.array(["a", "b"], dtype=object)})
    for nothing in ([], (), np.array([])):
        assert len(features.take(nothing)) == 0
        assert list(features.take(nothing).columns) == ["name"]


@pytest.mark.parametrize(
    ("wkts", "name"),
    [
        (["POLYGON((0 0,1 0,1 1,0 0))"], "Polygon"),
        (["POLYGON((0 0,1 0,1 1,0 0))", "MULTIPOLYGON(((0 0,1 0,1 1,0 0)))"], "MultiPolygon"),
        (["POINT(0 0)", "LINESTRING(0 0,1 1)"], "Mixed"),
        ([None], "None"),
    ],
)
def test_geometry_type_names_what_is_there(wkts, name):
    shapes = [None if w is None else shapely.from_wkt(w) for w in wkts]
    assert Features.from_shapes(shapes).geometry_type == name


def test_a_concave_area_has_its_position_inside():
    horseshoe = shapely.from_wkt("POLYGON((0 0,10 0,10 10,9 10,9 1,1 1,1 10,0 10,0 0))")
    features = Features.from_shapes([horseshoe, None])
    assert horseshoe.contains(shapely.Point(features.lonlat[0]))
    assert np.isnan(features.lonlat[1]).all()


def test_an_empty_layer_has_no_bounds():
    assert Features.from_points(np.empty((0, 2))).bounds is None
    assert Features.from_shapes([None]).bounds is None
