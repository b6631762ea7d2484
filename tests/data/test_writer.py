"""What is written is read again as it was, and a failed writing leaves the old file whole."""

from __future__ import annotations

import csv
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pyogrio
import pytest
import shapely

from gisapp.data import gdal
from gisapp.data.reader import read_layers
from gisapp.data.writer import write_layers
from gisapp.model.features import Features
from gisapp.model.feedback import Cancelled, Feedback, GisappError
from gisapp.model.layer import Layer
from gisapp.model.vocabulary import Role
from tests.data.corpus import LONLAT, NAMES

EXACT = ["gpkg", "parquet", "geojson", "fgb", "shp"]
SQUARE = shapely.box(10, 10, 12, 12)


def texts(*values: str | None) -> Any:
    return np.array(values, dtype=object)


def layer(features: Features, name: str = "sites") -> Layer:
    return Layer(id=name, name=name, role=Role.DEPOSIT, features=features)


@pytest.fixture
def points() -> Layer:
    lonlat = LONLAT.copy()
    lonlat[3] = np.nan
    return layer(
        Features.from_points(
            lonlat,
            {
                "name": texts(*NAMES[:3], None),
                "code": texts("007", "1", "NA", "4"),
                "value": np.array([1.5, np.nan, -3.25, 1e300]),
                "count": np.array([1, -2, 3, 2**40]),
                "since": np.array(["1984-01-02", "NaT", "2021-12-31", "1957-05-05"], "M8[D]"),
            },
        )
    )


def same_columns(one: Features, two: Features) -> None:
    assert list(one.columns) == list(two.columns)
    for name, values in one.columns.items():
        np.testing.assert_array_equal(values, two.columns[name], err_msg=name)


@pytest.mark.parametrize("ending", [*EXACT, "csv"])
def test_points_come_back(points: Layer, tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"sites.{ending}"
    if ending == "shp":
        values = np.array([1.5, np.nan, -3.25, 12.0])  # dBASE has no room for 1e300
        points = points.with_(features=points.features.with_columns(value=values))
    told = {p.code for p in write_layers(path, [points])}
    assert told == ({"written_as_time"} if ending == "fgb" else set())
    (back,) = read_layers(path)
    assert back.name == "sites"
    np.testing.assert_array_equal(back.features.lonlat, points.features.lonlat)
    columns = dict(back.features.columns)
    if ending == "csv":
        del columns["lon"], columns["lat"]
    same_columns(points.features, Features.from_points(back.features.lonlat, columns))
    assert back.source.crs == "EPSG:4326"
    assert not {p.code for p in back.problems} - {"no_geometry", "crs_guessed", "encoding_guessed"}


@pytest.mark.parametrize("ending", [*EXACT, "csv"])
@pytest.mark.parametrize(
    "shapes",
    [
        [SQUARE, None, shapely.box(0, 0, 1, 1)],
        [SQUARE, shapely.MultiPolygon([SQUARE, shapely.box(0, 0, 1, 1)])],
        [shapely.LineString([(0, 0), (1 / 3, 2 / 3)])],
        [shapely.LineString([(0, 0), (1, 1)]), shapely.MultiLineString([[(0, 0), (1, 0)]])],
        [shapely.MultiPoint([(0, 0), (1, 1)])],
    ],
    ids=["polygons", "multipolygons", "lines", "multilines", "multipoints"],
)
def test_shapes_come_back(shapes: list[Any], tmp_path: Path, ending: str) -> None:
    columns = {"a": np.arange(len(shapes))}
    written = layer(Features.from_shapes(shapes, columns))
    write_layers(tmp_path / f"sites.{ending}", [written])
    (back,) = read_layers(tmp_path / f"sites.{ending}")
    pairs = list(zip(back.features.geometry, written.features.geometry, strict=True))
    assert all(a is b is None or shapely.equals(a, shapely.snap(b, a, 1e-14)) for a, b in pairs)
    np.testing.assert_array_equal(back.features.columns["a"], columns["a"])
    if ending not in {"shp", "csv"}:
        assert back.features.geometry_type == written.features.geometry_type


@pytest.mark.parametrize("ending", EXACT)
def test_a_layer_without_features(tmp_path: Path, ending: str) -> None:
    empty = layer(Features.from_points(np.empty((0, 2)), {"name": texts()}))
    write_layers(tmp_path / f"sites.{ending}", [empty])
    (back,) = read_layers(tmp_path / f"sites.{ending}")
    assert len(back.features) == 0


def test_a_geopackage_holds_several(points: Layer, tmp_path: Path) -> None:
    others = [points, points.with_(name="SITES"), layer(Features.from_shapes([SQUARE]), "area")]
    problems = write_layers(tmp_path / "all.gpkg", others)
    assert [p.code for p in problems] == ["renamed"]
    assert [one.name for one in read_layers(tmp_path / "all.gpkg")] == ["sites", "SITES_2", "area"]


def test_several_layers_become_several_files(points: Layer, tmp_path: Path) -> None:
    problems = write_layers(tmp_path / "all.geojson", [points, points.with_(name="a/b")])
    assert [p.code for p in problems] == ["several_files"]
    assert {p.name for p in tmp_path.iterdir()} == {"all_sites.geojson", "all_a_b.geojson"}


def test_mixed_kinds_in_one_layer(tmp_path: Path) -> None:
    mixed = layer(Features.from_shapes([SQUARE, shapely.Point(1, 2), None]))
    for ending in ("gpkg", "geojson", "fgb", "parquet"):
        write_layers(tmp_path / f"m.{ending}", [mixed])
        (back,) = read_layers(tmp_path / f"m.{ending}")
        assert back.features.geometry_type == "Mixed"
    (told,) = write_layers(tmp_path / "m.shp", [mixed])
    assert told.code == "split_by_kind"
    found = {p.stem: read_layers(p)[0].features for p in tmp_path.glob("*.shp")}
    assert {n: f.geometry_type for n, f in found.items()} == {
        "m_points": "Point",
        "m_areas": "Polygon",
    }
    assert sum(map(len, found.values())) == 3


def test_points_and_groups_of_points_in_a_shapefile(tmp_path: Path) -> None:
    both = layer(Features.from_shapes([shapely.Point(1, 2), shapely.MultiPoint([(3, 4), (5, 6)])]))
    (told,) = write_layers(tmp_path / "m.shp", [both])
    assert told.code == "points_grouped"
    (back,) = read_layers(tmp_path / "m.shp")
    assert [g.geom_type for g in back.features.geometry] == ["MultiPoint", "MultiPoint"]


def test_shapefile_names_are_unique_and_told(tmp_path: Path) -> None:
    columns = {
        "owner_country_2024": texts("a"),
        "owner_country_2025": texts("b"),
        "OWNER_COUN": texts("c"),
        "Страна владельца": texts("d"),
    }
    written = layer(Features.from_points(LONLAT[:1], columns))
    (problem,) = write_layers(tmp_path / "s.shp", [written])
    assert problem.code == "renamed"
    assert problem.count == 4
    (back,) = read_layers(tmp_path / "s.shp")
    assert list(back.features.columns) == ["owner_coun", "owner_co_2", "OWNER_CO_3", "Стран"]
    assert [v[0] for v in back.features.columns.values()] == ["a", "b", "c", "d"]
    assert (tmp_path / "s.cpg").read_text().strip() == "UTF-8"


def test_shapefile_tells_what_it_cannot_hold(tmp_path: Path) -> None:
    columns = {
        "text": texts("ä" * 200),
        "time": np.array(["2024-05-06T07:08:09"], "M8[ms]"),
        "truth": np.array([True]),
    }
    problems = write_layers(tmp_path / "s.shp", [layer(Features.from_points(LONLAT[:1], columns))])
    assert {p.code for p in problems} == {"text_cut", "written_as_text"}
    (back,) = read_layers(tmp_path / "s.shp")
    assert back.features.columns["text"][0] == "ä" * 127
    assert back.features.columns["time"][0].startswith("2024-05-06T07:08:09")


def test_geopackage_keeps_awkward_columns(tmp_path: Path) -> None:
    columns = {"fid": np.array([7]), "geom": texts("x"), "Name": texts("a"), "name": texts("b")}
    problems = write_layers(tmp_path / "s.gpkg", [layer(Features.from_points(LONLAT[:1], columns))])
    assert [p.code for p in problems] == ["renamed"]
    (back,) = read_layers(tmp_path / "s.gpkg")
    assert list(back.features.columns) == ["fid", "geom", "Name", "name_2"]


def test_csv_runs_no_formula(tmp_path: Path) -> None:
    columns = {"=danger": texts("=HYPERLINK(1)", "-5", "+1,5", "@x", "\tx", "plain")}
    lonlat = np.column_stack([np.arange(6.0), np.arange(6.0)])
    (*_, problem) = write_layers(tmp_path / "s.csv", [layer(Features.from_points(lonlat, columns))])
    assert problem.code == "formula_neutralised"
    with (tmp_path / "s.csv").open(newline="") as file:
        rows = list(csv.reader(file))
    assert rows[0] == ["lon", "lat", "'=danger"]
    assert [row[2] for row in rows[1:]] == ["'=HYPERLINK(1)", "-5", "+1,5", "'@x", "'\tx", "plain"]


def test_csv_column_that_differs_from_the_geometry(points: Layer, tmp_path: Path) -> None:
    features = points.features.with_columns(lat=np.zeros(4), lon=points.features.lonlat[:, 0])
    (problem,) = write_layers(tmp_path / "s.csv", [points.with_(features=features)])
    assert problem.code == "column_replaced"
    assert '"lat"' in problem.message


@pytest.mark.parametrize("ending", [*EXACT, "csv"])
def test_an_old_file_survives_a_cancelled_writing(
    points: Layer, tmp_path: Path, ending: str
) -> None:
    path = tmp_path / f"s.{ending}"
    write_layers(path, [points])
    before = {p.name: p.read_bytes() for p in tmp_path.iterdir()}
    feedback = Feedback()
    feedback.cancel()
    with pytest.raises(Cancelled):
        write_layers(path, [points], feedback=feedback)
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == before


def test_an_old_shapefile_leaves_no_stale_parts(points: Layer, tmp_path: Path) -> None:
    path = tmp_path / "s.shp"
    write_layers(path, [points])
    path.with_suffix(".qix").write_bytes(b"an index of the old one")
    write_layers(path, [points])
    assert not path.with_suffix(".qix").exists()
    assert pyogrio.read_info(path)["features"] == 4


@pytest.mark.parametrize(
    ("name", "code"), [("s.docx", "unknown_format"), ("none/s.gpkg", "not_written")]
)
def test_refusals(points: Layer, tmp_path: Path, name: str, code: str) -> None:
    with pytest.raises(GisappError) as caught:
        write_layers(tmp_path / name, [points])
    assert caught.value.code == code
    assert list(tmp_path.iterdir()) == []


def test_nothing_to_write(tmp_path: Path) -> None:
    with pytest.raises(GisappError) as caught:
        write_layers(tmp_path / "s.gpkg", [])
    assert caught.value.code == "nothing_to_write"


def test_a_full_disk_is_called_so(tmp_path, monkeypatch):
    """GDAL says that a table is missing, which it had no room to make."""
    error = pyogrio.errors.DataLayerError("sqlite3_exec() failed: no such table: gpkg_contents")
    monkeypatch.setattr(gdal.shutil, "disk_usage", lambda _folder: SimpleNamespace(free=4096))
    with (
        pytest.raises(GisappError, match=r"a\.gpkg could not be written\. The disk is full"),
        gdal.quiet(tmp_path / "a.gpkg", "not_written", "could not be written"),
    ):
        raise error
