"""Every file of the corpus loads with its problems named, or is refused in one sentence."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pyproj
import pytest

from gisapp.data.reader import read_layers
from gisapp.model.feedback import Cancelled, Feedback, GisappError
from gisapp.model.layer import Layer
from gisapp.model.mapping import ColumnMapping
from gisapp.model.reading import ReadOptions
from gisapp.model.vocabulary import Role
from tests.data.corpus import (
    CASES,
    KML,
    LONLAT,
    METRES,
    NAMES,
    Case,
    at,
    changed,
    deleted_row,
    sites,
    text,
    two_layers,
    without,
)


def fingerprint(folder: Path) -> dict[str, str]:
    files = (p for p in folder.rglob("*") if p.is_file())
    return {str(p): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_corpus(case: Case, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = case.build(tmp_path)
    before = fingerprint(tmp_path)
    if case.error:
        with pytest.raises(GisappError) as caught:
            read_layers(path, options=case.options)
        assert caught.value.code == case.error
        assert caught.value.message.endswith(".")
        assert "\n" not in caught.value.message
    else:
        layers = read_layers(path, options=case.options)
        assert tuple(len(layer.features) for layer in layers) == case.features
        found = {problem.code for layer in layers for problem in layer.problems}
        assert case.problems <= found
        assert "reader_warning" not in found
        if case.names:
            (layer,) = layers
            assert list(layer.features.columns["name"]) == case.names
        assert all(p.message.endswith(".") for layer in layers for p in layer.problems)
        assert len({layer.id for layer in layers}) == len(layers)
    assert fingerprint(tmp_path) == before, "the user's files stay untouched"
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize(
    "case", [case for case in CASES if not case.error], ids=lambda case: case.name
)
def test_geometry_first_gives_the_same(case: Case, tmp_path: Path) -> None:
    path = case.build(tmp_path)
    early: list[Layer] = []
    late = read_layers(path, options=case.options, on_geometry=early.append)
    whole = read_layers(path, options=case.options)
    assert [layer.id for layer in early] == [e.id for e in late if len(e.features)]
    for one, two in zip(late, whole, strict=True):
        assert one.features.is_points == two.features.is_points
        np.testing.assert_array_equal(one.features.lonlat, two.features.lonlat)
        assert list(one.features.columns) == list(two.features.columns)
        for name, values in one.features.columns.items():
            np.testing.assert_array_equal(values, two.features.columns[name])
        assert one.problems == two.problems
        assert one.source == two.source


def test_values_and_types(tmp_path: Path) -> None:
    (layer,) = read_layers(sites(tmp_path))
    features = layer.features
    assert features.is_points
    np.testing.assert_array_equal(features.lonlat, LONLAT)
    assert features.columns["capacity"].dtype == np.float64
    assert features.columns["year"].dtype == np.int64
    assert layer.name == "sites"
    assert layer.role is Role.DEPOSIT
    assert layer.column_of("mineral") == "mineral"
    assert layer.source.driver == "ESRI Shapefile"
    assert not layer.source.crs_guessed
    assert not layer.source.encoding_guessed


def test_projected_coordinates_are_moved(tmp_path: Path) -> None:
    (layer,) = read_layers(at(METRES, crs="EPSG:32632")(tmp_path))
    lon, lat = pyproj.Proj("EPSG:32632")(*np.array(METRES).T, inverse=True)
    np.testing.assert_allclose(layer.features.lonlat, np.column_stack([lon, lat]), atol=1e-9)
    assert layer.source.crs == "EPSG:32632"
    assert "UTM zone 32N" in layer.source.operation
    assert layer.source.operation.endswith("m)")


def test_a_datum_is_shifted(tmp_path: Path) -> None:
    potsdam = [[3_500_000.0, 5_700_000.0]]
    (layer,) = read_layers(at(potsdam, crs="EPSG:31467")(tmp_path))
    # false easting 500 km on the meridian of 9 degrees; DHDN lies some 100 m off WGS 84
    lon, lat = layer.features.lonlat[0]
    assert 0.0005 < abs(lon - 9.0) < 0.003
    assert lat == pytest.approx(51.435, abs=0.01)
    assert "DHDN" in layer.source.operation


def test_zero_to_360_moves_west(tmp_path: Path) -> None:
    (layer,) = read_layers(at([[289.5, -23.0], [2.0, 3.0]])(tmp_path))
    np.testing.assert_allclose(layer.features.lonlat, [[-70.5, -23.0], [2.0, 3.0]])


def test_deleted_rows_keep_geometry_and_attributes_together(tmp_path: Path) -> None:
    path = changed(".dbf", deleted_row)(tmp_path)
    (layer,) = read_layers(path, on_geometry=lambda _: None)
    np.testing.assert_array_equal(layer.features.lonlat, LONLAT[[0, 2, 3]])
    assert list(layer.features.columns["name"]) == [NAMES[i] for i in (0, 2, 3)]


def test_the_early_layer_has_geometry_only(tmp_path: Path) -> None:
    early: list[Layer] = []
    (layer,) = read_layers(sites(tmp_path), on_geometry=early.append)
    assert not early[0].features.columns
    np.testing.assert_array_equal(early[0].features.lonlat, layer.features.lonlat)


def test_options_win(tmp_path: Path) -> None:
    mapping = ColumnMapping(columns=(("name", "country"),))
    options = ReadOptions(role=Role.REFINERY, mapping=mapping, crs="EPSG:4258")
    (layer,) = read_layers(sites(tmp_path), options=options)
    assert layer.role is Role.REFINERY
    assert layer.mapping is mapping
    assert layer.source.crs == "EPSG:4258"


def test_cancelling_between_batches(tmp_path: Path) -> None:
    feedback = Feedback()
    feedback.cancel()
    with pytest.raises(Cancelled):
        read_layers(sites(tmp_path), feedback=feedback)


def test_progress_reaches_the_end(tmp_path: Path) -> None:
    seen: list[float] = []
    read_layers(sites(tmp_path), feedback=Feedback(lambda f, _: seen.append(f)))
    assert seen[-1] == 1.0


def test_layers_of_a_file_have_their_own_names(tmp_path: Path) -> None:
    mines, countries = read_layers(two_layers(tmp_path))
    assert (mines.name, countries.name) == ("mines", "countries")
    assert (mines.role, countries.role) == (Role.DEPOSIT, Role.JURISDICTION)
    assert mines.source.title == "two.gpkg"


def test_natural_earth_in_every_language() -> None:
    sources = Path(__file__).parents[2] / "packaging" / "sources" / "natural-earth"
    (layer,) = read_layers(sources / "ne_10m_admin_0_countries_deu.shp")
    columns = layer.features.columns
    row = list(columns["ADM0_A3"]).index("IDN")
    languages = {"DE": "Indonesien", "ES": "Indonesia", "FR": "Indonésie", "JA": "インドネシア",
                 "RU": "Индонезия", "ZH": "印度尼西亚", "EL": "Ινδονησία", "TR": "Endonezya",
                 "VI": "Indonesia", "HE": "אינדונזיה"}  # fmt: skip
    assert {code: columns[f"NAME_{code}"][row] for code in languages} == languages
    assert (layer.source.encoding, layer.source.encoding_guessed) == ("UTF-8", True)
    assert {p.code: p.count for p in layer.problems} == {"rings_mended": 1, "encoding_guessed": 1}
    assert layer.role is Role.JURISDICTION
    assert layer.column_of("country") in {"ADM0_A3", "ISO_A3_EH"}


def test_kml_lists_only_what_is_said(tmp_path: Path) -> None:
    (layer,) = read_layers(text("a.kml", KML)(tmp_path))
    assert list(layer.features.columns) == ["Name"]
    assert layer.column_of("name") == "Name"


def test_gml_leaves_no_file_behind(tmp_path: Path) -> None:
    path = sites(tmp_path, "a.gml")
    path.with_suffix(".xsd").unlink()
    read_layers(path)
    assert [p.name for p in tmp_path.iterdir()] == ["a.gml"]


def test_a_missing_crs_says_what_was_taken(tmp_path: Path) -> None:
    (layer,) = read_layers(without(".prj")(tmp_path))
    assert layer.source.crs == "EPSG:4326"
    assert layer.source.crs_guessed
    (problem,) = [p for p in layer.problems if p.code == "crs_guessed"]
    assert "WGS 84" in problem.message
    assert problem.hint
