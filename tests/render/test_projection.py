import numpy as np
import pytest
import shapely

from gisapp.data.shipped import load_layer
from gisapp.model.feedback import Cancelled, Feedback, GisappError
from gisapp.model.geodesy import WGS84, geodesic_path
from gisapp.render.projected_frame import frame_of
from gisapp.render.projection import PROJECTIONS, projection_for

SEAMED = [name for name, kind in PROJECTIONS.items() if kind.family == "seam"]
DISCS = [name for name, kind in PROJECTIONS.items() if kind.family == "disc"]


def countries():
    features = load_layer("jurisdictions_simple").features
    return dict(zip(features.columns["iso"], features.geometry, strict=True))


def true_area(shape, south=-57.0, north=84.0):
    """Square metres on the ellipsoid within the latitudes of a world map."""
    seen = shapely.intersection(shape, shapely.box(-180, south, 180, north))
    dense = shapely.segmentize(seen, 0.5)
    return abs(WGS84.geometry_area_perimeter(shapely.orient_polygons(dense))[0])


@pytest.mark.parametrize("center", [0.0, 11.0, 150.0, -100.0])
def test_equal_earth_keeps_every_area_wherever_the_seam_is(center):
    """A country that smeared over the map would be larger; one that was lost, smaller."""
    shapes = countries()
    projection = projection_for("equal_earth", center_lon=center)
    flat = projection.areas(shapes.values())
    for code, shape, plane in zip(shapes, shapes.values(), flat, strict=True):
        true = true_area(shape)
        if true > 1e10:
            assert plane.area == pytest.approx(true, rel=0.01), code


@pytest.mark.parametrize("name", SEAMED)
@pytest.mark.parametrize("center", [0.0, 150.0, -100.0])
def test_nothing_smears_or_leaves_the_map(name, center):
    projection = projection_for(name, center_lon=center)
    outline = projection.outline.buffer(2e3)
    shapes = countries()
    xmin, _, xmax, _ = projection.outline.bounds
    for code, plane in zip(shapes, projection.areas(shapes.values()), strict=True):
        assert shapely.is_valid(plane), code
        assert plane.is_empty or outline.covers(plane), code
        for part in shapely.get_parts(plane):
            west, _, east, _ = part.bounds
            if name != "lambert_conformal" and code != "ATA":
                assert east - west < 0.55 * (xmax - xmin), code


@pytest.mark.parametrize("name", DISCS)
@pytest.mark.parametrize("bounds", [None, (80.0, 0.0, 140.0, 55.0), (-80.0, -60.0, -40.0, 0.0)])
def test_discs_show_what_lies_within_their_horizon(name, bounds):
    """The antipode lies in a country for some of these centres (China and Argentina)."""
    projection = projection_for(name, bounds=bounds)
    outline = projection.outline.buffer(3e3)
    shapes = countries()
    planes = projection.areas(shapes.values())
    for code, plane in zip(shapes, planes, strict=True):
        assert plane.is_empty or outline.covers(plane), code
    if PROJECTIONS[name].proj == "laea":
        by_code = dict(zip(shapes, planes, strict=True))
        for code in ("CHN", "ARG", "RUS", "USA"):
            assert by_code[code].area <= true_area(shapes[code], -90, 90) * 1.01


def test_russia_is_whole_where_the_seam_does_not_cut_it():
    russia = countries()["RUS"]
    whole = projection_for("equal_earth", center_lon=100.0).areas([russia])[0]
    largest = max(shapely.get_parts(whole), key=lambda part: part.area)
    assert largest.area > 0.95 * whole.area
    # the 180th meridian is no border: no edge runs along it inside Chukotka
    chukotka = projection_for("equal_earth", center_lon=100.0).points([(179.0, 68.0)])[0]
    beyond = projection_for("equal_earth", center_lon=100.0).points([(-179.0, 68.0)])[0]
    assert largest.contains(shapely.LineString([chukotka, beyond]))


@pytest.mark.parametrize("name", SEAMED)
def test_paths_are_cut_at_the_seam_and_nowhere_else(name):
    pacific = geodesic_path((170.0, 10.0), (-160.0, 20.0))
    cut = projection_for(name, center_lon=0.0).path(pacific)
    whole = projection_for(name, center_lon=180.0).path(pacific)
    assert len(whole) == 1
    if name != "lambert_conformal":
        assert len(cut) == 2
    for piece in [*cut, *whole]:
        assert np.hypot(*np.diff(piece, axis=0).T).max() < 1e6


def test_points_follow_pyproj_and_unseen_ones_are_nan():
    from pyproj import Transformer

    projection = projection_for("robinson", center_lon=10.0)
    expected = Transformer.from_crs("EPSG:4326", "+proj=robin +lon_0=10", always_xy=True)
    at = np.array([(20.0, 50.0), (-170.0, 70.0), (200.0, 10.0)])
    assert projection.points(at) == pytest.approx(
        np.column_stack(expected.transform(at[:, 0], at[:, 1])), abs=1.0
    )
    assert np.isnan(projection.points([(0.0, np.nan), (0.0, -80.0)])).all()
    globe = projection_for("orthographic", bounds=(-10.0, 40.0, 30.0, 60.0))
    assert np.isnan(globe.points([(-170.0, -50.0)])).all()


def test_the_scale_is_that_of_the_place():
    mercator = projection_for("mercator")
    at_60 = mercator.km_per_meter(60.0)
    assert mercator.km_per_meter(0.0) / at_60 == pytest.approx(2.0, rel=0.01)


@pytest.mark.parametrize("name", PROJECTIONS)
@pytest.mark.parametrize(
    "bounds", [None, (-10.0, 35.0, 40.0, 70.0), (160.0, -50.0, -150.0, 10.0), (100, 0, 240, 60)]
)
def test_every_projection_frames_every_region(name, bounds):
    projection = projection_for(name, bounds=bounds)
    try:
        xmin, ymin, xmax, ymax = frame_of(projection, bounds)
    except GisappError as refusal:
        assert refusal.code == "frame_unseen"  # noqa: PT017 - a pole far from the frame
        assert "polar" in name
        return
    assert np.isfinite([xmin, ymin, xmax, ymax]).all()
    assert xmax > xmin
    assert ymax > ymin


def test_unknown_projections_are_refused_and_work_can_be_cancelled():
    with pytest.raises(GisappError) as refused:
        projection_for("peters")
    assert "equal_earth" in refused.value.hint
    feedback = Feedback()
    feedback.cancel()
    with pytest.raises(Cancelled):
        projection_for("robinson").areas(countries().values(), feedback=feedback)


@pytest.mark.parametrize(
    ("name", "bounds"),
    [
        ("lambert_azimuthal", (5.0, 57.0, 30.0, 71.0)),
        ("lambert_conformal", (165.0, 50.0, 190.0, 70.0)),
        ("equal_earth", (110.0, -45.0, 150.0, -10.0)),
    ],
)
def test_what_is_seen_covers_the_frame(name, bounds):
    projection = projection_for(name, bounds=bounds)
    seen = projection.seen_from(frame_of(projection, bounds))
    assert seen is not None
    assert seen[0] <= bounds[0]
    assert seen[1] <= bounds[1]
    assert seen[2] >= bounds[2]
    assert seen[3] >= bounds[3]
    globe = projection_for("orthographic", bounds=(0.0, 0.0, 40.0, 40.0))
    assert globe.seen_from(globe.outline.bounds) is None
    polar = projection_for("north_polar")
    assert polar.seen_from((-1e6, -1e6, 1e6, 1e6)) is None


@pytest.mark.parametrize(
    ("name", "bounds", "why"),
    [
        ("mercator", (0.0, 50.0, 60.0, 89.0), "80° north"),
        ("north_polar", (-20.0, -20.0, 40.0, 15.0), "60 degrees from the pole"),
        ("orthographic", (-180.0, -60.0, 180.0, 80.0), "89 degrees from its middle"),
        ("lambert_conformal", (-70.0, -30.0, -40.0, 25.0), "one side of the equator"),
        ("lambert_conformal", (-180.0, 10.0, 180.0, 80.0), "150 degrees"),
    ],
)
def test_what_cannot_show_a_frame_says_why_and_what_can(name, bounds, why):
    with pytest.raises(GisappError) as refused:
        frame_of(projection_for(name, bounds=bounds), bounds)
    assert refused.value.code == "frame_unseen"
    assert why in refused.value.message
    titles = refused.value.hint.removeprefix("These can: ").rstrip(".").split(", ")
    assert "Equal Earth" in titles
    assert PROJECTIONS[name].title not in titles
    for kind in PROJECTIONS.values():
        if kind.title in titles:
            frame_of(projection_for(kind.name, bounds=bounds), bounds)


def test_a_polar_map_shows_its_frame_and_no_more():
    bounds = (-180.0, 66.0, 180.0, 90.0)
    projection = projection_for("north_polar", bounds=bounds)
    xmin, ymin, xmax, ymax = frame_of(projection, bounds)
    # radius of the circle of 66 degrees in an equal-area map of the pole: a chord of the sphere
    chord = 2.0 * 6_371_007.2 * np.sin(np.radians(12.0))
    assert [-xmin, -ymin, xmax, ymax] == pytest.approx([chord] * 4, rel=0.01)


@pytest.mark.parametrize("name", ["orthographic", "lambert_azimuthal"])
def test_what_is_seen_whole_needs_no_cutting(name):
    """The short way over a disc gives what the long way gives."""
    projection = projection_for(name, bounds=(80.0, 0.0, 140.0, 55.0))
    every = countries()
    shapes = {code: every[code] for code in sorted(every)[::6]}
    short = projection.areas(shapes.values())
    long = [projection._disc_area(shape) for shape in shapes.values()]
    for code, a, b in zip(shapes, short, long, strict=True):
        assert a.area == pytest.approx(b.area, rel=2e-3, abs=1e6), code
