"""A file that does not say its CRS: what is offered, why, and that it is where the sites are."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyproj
import pytest
import shapely

from gisapp.data import crs_guess
from gisapp.data.inspection import inspect
from gisapp.data.raw import Raw
from gisapp.data.reader import read_layers
from gisapp.data.shipped import load_layer
from gisapp.model.feedback import GisappError
from gisapp.model.reading import Finding, ReadOptions
from tests.data.corpus import write

SERBIA = np.array([(20.46, 44.8), (21.9, 43.3), (19.8, 45.25), (21.0, 44.0)])
WKT_34N = pyproj.CRS.from_epsg(32634).to_wkt("WKT1_ESRI")


def in_crs(code: str, lonlat: Any) -> np.ndarray:
    mover = pyproj.Transformer.from_crs(4326, code, always_xy=True)
    return np.column_stack(mover.transform(*np.asarray(lonlat, float).T))


def raw_in(code: str, lonlat: Any, name: str = "sites", **columns: Any) -> Raw:
    texts = {key: np.array(values, dtype=object) for key, values in columns.items()}
    return Raw(name, "test", texts, points=in_crs(code, lonlat))


def saved(folder: Path, code: str = "EPSG:32634", lonlat: Any = SERBIA, **columns: Any) -> Path:
    """Write a shapefile without a .prj."""
    shapes = shapely.points(in_crs(code, lonlat))
    return write(folder / "sites.shp", shapes, columns or {"n": [1] * len(shapes)}, crs=None)


def refusal(path: Path) -> tuple[GisappError, Finding]:
    with pytest.raises(GisappError) as caught:
        read_layers(path)
    assert caught.value.code == "no_crs"
    return caught.value, caught.value.findings[0]


def test_metres_without_a_crs_are_refused_with_the_reason_for_the_best_guess(
    tmp_path: Path,
) -> None:
    error, finding = refusal(saved(tmp_path, COUNTRY=["Serbia"] * 4))
    assert finding.option == "crs"
    assert finding.free
    best = finding.choices[0]
    assert best.value == "EPSG:32634"
    assert best.label == "EPSG:32634 - WGS 84 / UTM zone 34N"
    assert "puts the sites into serbia, which the column country names" in best.reason.lower()
    assert "--crs EPSG:32634" in error.hint
    assert 1 < len(finding.choices) <= 8


def test_a_choice_opens_the_file(tmp_path: Path) -> None:
    path = saved(tmp_path, COUNTRY=["Serbia"] * 4)
    _, finding = refusal(path)
    (layer,) = read_layers(path, options=ReadOptions().choosing("crs", finding.choices[0].value))
    np.testing.assert_allclose(layer.features.lonlat, SERBIA, atol=1e-6)
    assert (layer.source.crs, layer.source.crs_guessed) == ("EPSG:32634", False)


@pytest.mark.parametrize(
    ("code", "area"),
    [
        ("EPSG:32719", "CHL"), ("EPSG:28350", "AUS"), ("EPSG:26912", "USA"), ("EPSG:3978", "CAN"),
        ("EPSG:3067", "FIN"), ("EPSG:5880", "BRA"), ("EPSG:28413", "KAZ"), ("EPSG:4499", "CHN"),
        ("ESRI:102022", "COD"), ("EPSG:7755", "IND"), ("EPSG:3857", "PER"), ("EPSG:5179", "KOR"),
    ],
)  # fmt: skip
def test_sites_of_a_country_come_out_where_they_are(code: str, area: str) -> None:
    features = load_layer("deposits").features
    refined = load_layer("refineries").features
    lonlat = np.concatenate([features.lonlat, refined.lonlat])
    country = np.concatenate([features.columns["country"], refined.columns["country"]])
    made_for = pyproj.CRS.from_user_input(code).area_of_use
    assert made_for is not None
    box = (made_for.west, made_for.south, made_for.east, made_for.north)
    some = (country == area) & crs_guess.in_box(lonlat, box, 0.0)
    moved = lonlat[some][:20] + np.array([0.07, 0.09])  # ten kilometres off what is known
    raw = raw_in(code, moved, country=[area] * len(moved))
    best = crs_guess.guess_metric(raw, None)[0]
    back = pyproj.Transformer.from_crs(best.code, 4326, always_xy=True)
    assert raw.points is not None
    lon, lat = back.transform(*raw.points.T)
    metres = pyproj.Geod(ellps="WGS84").inv(*moved.T, lon, lat)[2]
    assert np.median(metres) < 500, best


@pytest.mark.parametrize(
    ("columns", "code"),
    [
        ({"epsg": ["32634"] * 4}, "EPSG:32634"),
        ({"UTM_ZONE": ["34N"] * 4}, "EPSG:32634"),
        ({"zone": [34] * 4}, "EPSG:32634"),
        ({"UTM34N_E": ["1"] * 4}, "EPSG:32634"),
        ({"X_EPSG_25834": ["1"] * 4}, "EPSG:25834"),
    ],
)
def test_what_columns_say(columns: dict[str, Any], code: str) -> None:
    best = crs_guess.guess_metric(raw_in("EPSG:32634", SERBIA, **columns), None)[0]
    assert best.code == code
    assert next(iter(columns)) in best.reason


def test_what_the_name_of_the_layer_says() -> None:
    raw = raw_in("EPSG:28351", [(121.5, -30.0), (121.0, -29.0)], name="tenements_MGA94_z51")
    assert crs_guess.guess_metric(raw, None)[0].code == "EPSG:28351"
    raw = raw_in("EPSG:2154", [(2.0, 47.0), (3.0, 46.0)], name="sites lambert 93")
    assert crs_guess.guess_metric(raw, None)[0].code == "EPSG:2154"


def test_a_column_that_is_wrong_does_not_win_over_the_countries() -> None:
    raw = raw_in("EPSG:32634", SERBIA, zone=["19S"] * 4, country=["Serbia"] * 4)
    assert crs_guess.guess_metric(raw, None)[0].code == "EPSG:32634"


def test_a_neighbours_crs_is_a_guess(tmp_path: Path) -> None:
    path = saved(tmp_path)
    (tmp_path / "roads.prj").write_text(pyproj.CRS.from_epsg(25834).to_wkt("WKT1_ESRI"))
    _, finding = refusal(path)
    assert finding.choices[0].value == "EPSG:25834"
    assert "roads.prj" in finding.choices[0].reason


def test_a_neighbouring_geopackage_is_asked(tmp_path: Path) -> None:
    path = saved(tmp_path)
    write(tmp_path / "roads.gpkg", shapely.points([(500_000.0, 5e6)]), crs="EPSG:25834")
    _, finding = refusal(path)
    assert finding.choices[0].value == "EPSG:25834"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("sites.qpj", pyproj.CRS.from_epsg(32634).to_wkt()),
        ("sites.shp.aux.xml", f"<PAMDataset><SRS>{WKT_34N}</SRS></PAMDataset>"),
        ("sites.shp.xml", '<metadata><refSysID><identCode code="32634"/></refSysID></metadata>'),
        (
            "sites.xml",
            "<gmd:RS><gmd:code>urn:ogc:def:crs:EPSG::32634</gmd:code></gmd:RS>",
        ),
    ],
)
def test_what_stands_beside_the_file_about_itself_is_taken_and_told(
    tmp_path: Path, name: str, text: str
) -> None:
    path = saved(tmp_path)
    (tmp_path / name).write_text(text.replace('"', "&quot;") if "aux" in name else text)
    (layer,) = read_layers(path)
    np.testing.assert_allclose(layer.features.lonlat, SERBIA, atol=1e-6)
    assert layer.source.crs_guessed
    (finding,) = layer.findings
    assert (finding.option, finding.chosen) == ("crs", "EPSG:32634")
    assert name in layer.problems[0].message


@pytest.mark.parametrize(
    "text", ["EPSG:4326", "EPSG:2193", 'LOCAL_CS["Mine grid",UNIT["metre",1]]', "nothing"]
)
def test_a_statement_beside_that_cannot_be_is_not_taken(tmp_path: Path, text: str) -> None:
    path = saved(tmp_path)
    (tmp_path / "sites.qpj").write_text(text)
    refusal(path)


def test_a_year_in_a_sentence_of_the_metadata_is_no_crs(tmp_path: Path) -> None:
    path = saved(tmp_path)
    (tmp_path / "sites.shp.xml").write_text("<p>EPSG database of 2015, WKID by Esri 2019</p>")
    refusal(path)


def test_degrees_are_wgs84_with_the_datums_of_the_place_to_choose(tmp_path: Path) -> None:
    path = write(tmp_path / "a.shp", shapely.points([(-98.0, 39.0), (-100.0, 40.0)]), crs=None)
    (layer,) = read_layers(path)
    (finding,) = layer.findings
    assert (finding.chosen, finding.sure) == ("EPSG:4326", True)
    choices = {choice.value: choice.reason for choice in finding.choices}
    assert "m off WGS 84" in choices["EPSG:4267"]
    assert "EPSG:4283" not in choices, "Australia's"


def test_the_command_line_tells_the_same(tmp_path: Path) -> None:
    document: Any = json.loads(json.dumps(inspect(saved(tmp_path, COUNTRY=["Serbia"] * 4))))
    (finding,) = document["error"]["findings"]
    assert finding["choices"][0]["value"] == "EPSG:32634"
