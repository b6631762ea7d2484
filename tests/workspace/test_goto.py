import numpy as np
import pytest
import shapely

from gisapp.model.features import Features
from gisapp.model.feedback import GisappError
from gisapp.model.layer import Layer
from gisapp.model.vocabulary import Role
from gisapp.workspace.goto import box_of, find_place, fit, hits_in_box, parse_coordinate
from gisapp.workspace.state import LayerEntry, ProjectState


@pytest.mark.parametrize(
    ("text", "lonlat"),
    [
        ("-23.5, 119.3", (119.3, -23.5)),
        ("-23.5 119.3", (119.3, -23.5)),
        ("\N{MINUS SIGN}23.5;119.3", (119.3, -23.5)),
        ("119.3, -23.5", (119.3, -23.5)),  # no latitude is 119
        ("119.3 E 23.5 S", (119.3, -23.5)),
        ("E119.3 S23.5", (119.3, -23.5)),
        ("23.5°S, 119.3°E", (119.3, -23.5)),
        ("23°30'S 119°18'E", (119.3, -23.5)),
        ("23°30'0\"s 119°18'00.0\"e", (119.3, -23.5)),
        ("23d30m0s S 119d18m E", (119.3, -23.5)),
        ("N 40 26 46", None),
        ("10 W 5 N", (-10.0, 5.0)),
        ("0, 0", (0.0, 0.0)),
        ("Mount Weld", None),
        ("12", None),
        ("", None),
    ],
)
def test_coordinates_as_people_write_them(text, lonlat):
    found = parse_coordinate(text)
    assert found == (None if lonlat is None else pytest.approx(lonlat))


@pytest.mark.parametrize("text", ["95, 190", "91 N 5 E", "5 N 6 N", "5°61'N 6°E", "5°10'75\"N 6°E"])
def test_impossible_coordinates_are_refused(text):
    with pytest.raises(GisappError) as caught:
        parse_coordinate(text)
    assert caught.value.code == "bad_coordinate"


def test_a_facility_is_found_by_name_or_part_of_it(desk, facts):
    layer = desk.state.entry("deposits").layer
    row = list(layer.values("name")).index("Mountain Pass mine")
    for text in ("mountain pass MINE", "Mountain Pass m"):
        view = find_place(text, desk.state, facts.countries)
        assert (view.lon, view.lat) == pytest.approx(tuple(layer.features.lonlat[row]))
    desk.run("layer.show", layer_id="deposits", visible=False)
    with pytest.raises(GisappError, match="Mountain Pass mine"):
        find_place("Mountain Pass mine", desk.state, facts.countries)


def test_what_a_condition_leaves_out_is_not_found(desk, facts):
    desk.run("layer.where", layer_id="deposits", where="country <> 'USA'")
    with pytest.raises(GisappError, match="Mountain Pass mine"):
        find_place("Mountain Pass mine", desk.state, facts.countries)
    assert find_place("Olympic Dam", desk.state, facts.countries).lat < 0


def test_among_many_names_a_place_is_sought_in_a_job(desk):
    count = 200_000
    names = np.array([f"site {i}" for i in range(count)], dtype=object)
    points = np.column_stack([np.linspace(-170, 170, count), np.zeros(count)])
    layer = Layer("many", "Many", Role.DEPOSIT, Features.from_points(points, {"name": names}))
    desk.session.open(ProjectState(layers=(LayerEntry(layer),)))
    desk.session.jobs.wait()
    desk.session.run("view.goto", text="site 199999")
    assert [job.purpose for job in desk.session.jobs.running] == ["goto"]
    desk.session.jobs.wait()
    assert desk.state.view.lon == pytest.approx(170)


@pytest.mark.parametrize(
    ("text", "lon", "lat"), [("Chile", -71, -37), ("chl", -71, -37), ("Fiji", 178, -18)]
)
def test_a_country_is_found_by_name_or_code(desk, facts, text, lon, lat):
    view = find_place(text, desk.state, facts.countries)
    assert view.lon == pytest.approx(lon, abs=3)
    assert view.lat == pytest.approx(lat, abs=4)
    assert view.zoom > 3


def test_nothing_is_no_place(desk, facts):
    with pytest.raises(GisappError, match="No place"):
        find_place("  ", desk.state, facts.countries)


def test_a_box_fits_the_window():
    world = fit((-180, -90, 180, 90))
    assert (world.lon, world.zoom) == (0.0, 1.5)
    across = fit((170, -20, -170, -10))
    assert across.lon == pytest.approx(-180)
    small = fit((10, 50, 10, 50))
    assert (small.lon, small.lat, small.zoom) == (pytest.approx(10), pytest.approx(50), 8.5)


def test_shapes_in_a_box_are_those_with_a_point_inside_in_it():
    rng = np.random.default_rng(4)
    west, south = rng.uniform((-230, -80), (170, 70), (3000, 2)).T
    wide, high = rng.uniform(0.1, (60, 30), (3000, 2)).T
    features = Features.from_shapes(shapely.box(west, south, west + wide, south + high))
    entry = LayerEntry(Layer("a", "A", Role.REFERENCE, features))
    for box in [
        (-10, -20, 50, 40),
        (150, -60, 230, 60),
        (170, -10, -170, 80),
        (-180, -90, 180, 90),
    ]:
        lon, lat = features.lonlat.T
        span = 360 if box[2] - box[0] >= 360 else (box[2] - box[0]) % 360
        wanted = (lat >= box[1]) & (lat <= box[3]) & ((lon - box[0]) % 360 <= span)
        found = hits_in_box(entry, ProjectState(), box)
        assert np.array_equal(found.array, np.flatnonzero(wanted))


def layer_of(features: Features) -> Layer:
    return Layer("own", "Own", Role.REFERENCE, features)


def test_a_box_goes_across_180_degrees_where_that_is_smaller():
    eez = shapely.MultiPolygon([shapely.box(172, -25, 180, -12), shapely.box(-180, -25, -176, -12)])
    assert box_of([layer_of(Features.from_shapes([eez]))]) == (172, -25, 184, -12)
    sites = Features.from_points(np.array([[178.4, -18.1], [-175.2, -21.1], [np.nan, np.nan]]))
    assert box_of([layer_of(sites)]) == (178, -21.1, 185, -18.1)
    world = Features.from_points(np.array([[-120.0, 50], [-40.0, 0], [40.0, 0], [120.0, -30]]))
    assert box_of([layer_of(world)]) == (-120, -30, 121, 50)
    assert box_of([layer_of(Features.from_points(np.full((1, 2), np.nan)))]) is None
