import sys

import numpy as np
import pytest

from gisapp.data.shipped import load_layer
from gisapp.model.feedback import GisappError
from gisapp.workspace import routing
from gisapp.workspace.routing import cache_dir, find_place, router


def test_a_place_is_a_position_a_facility_or_a_port():
    place = find_place(" 119.3 , -23.5 ")
    assert (place.lon, place.lat, place.hint) == (119.3, -23.5, "")
    mine = find_place("kamoto-kcc-mine")
    columns = load_layer("deposits").features.columns
    (row,) = (k for k, id_ in enumerate(columns["id"]) if id_ == "kamoto-kcc-mine")
    assert (mine.lon, mine.lat) == tuple(load_layer("deposits").features.lonlat[row])
    assert mine.name == columns["name"][row]
    port = find_place("CN TXG")
    assert port.name == "Tianjin Xingang"
    assert find_place("cntxg") == port


def test_a_minus_of_print_is_a_minus():
    assert find_place("\u2212115.5,35.5").lon == -115.5


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        ("-23.5,119.3", "bad_coordinate", "latitude 119.3"),
        ("10,95", "bad_coordinate", "latitude 95"),
        ("190,10", "bad_coordinate", "no longitude and latitude"),
        ("", "unknown_place", "no facility and no port"),
        ("1,2,3", "unknown_place", "no facility and no port"),
    ],
)
def test_what_is_no_place_is_refused_in_one_sentence(text, code, said):
    with pytest.raises(GisappError) as caught:
        find_place(text)
    assert caught.value.code == code
    assert said in caught.value.message
    assert caught.value.hint


def test_swapped_numbers_are_given_the_right_way_round():
    with pytest.raises(GisappError) as caught:
        find_place("-23.5,119.3")
    assert caught.value.hint == "Did you mean 119.3,-23.5?"


def test_a_facility_without_a_position_says_so():
    for layer_id in ("deposits", "refineries", "magnet_plants"):
        features = load_layer(layer_id).features
        unplaced = features.columns["id"][~np.isfinite(features.lonlat).all(axis=1)]
        for facility in unplaced[:1]:
            with pytest.raises(GisappError, match="stands is not known"):
                find_place(facility)


def test_the_router_is_read_once():
    assert router() is router()


def test_the_cache_is_where_the_user_wants_it(monkeypatch, tmp_path):
    monkeypatch.setenv(routing.CACHE_VARIABLE, str(tmp_path / "here"))
    assert cache_dir() == tmp_path / "here"
    monkeypatch.delenv(routing.CACHE_VARIABLE)
    if sys.platform == "linux":
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
        assert cache_dir() == tmp_path / "gisapp"
