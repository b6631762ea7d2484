import pytest

from gisapp.model.feedback import GisappError
from gisapp.workspace.goto import find_place, fit, parse_coordinate


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
