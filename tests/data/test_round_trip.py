"""A nasty layer through every format that is written: what comes back, or what was told before."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import numpy as np
import pytest
import shapely

from gisapp.data import formats
from gisapp.data.arrow import type_name
from gisapp.data.fit import Preview, preview_losses
from gisapp.data.layer_list import layer_list
from gisapp.data.reader import read_layers
from gisapp.data.writer import write_layers
from gisapp.model.features import Features
from gisapp.model.feedback import GisappError
from gisapp.model.layer import Layer
from gisapp.model.vocabulary import Role

SQUARE = shapely.box(10, 10, 12, 12)
HOLED = shapely.Polygon(SQUARE.exterior, [shapely.box(11, 11, 11.5, 11.5).exterior])
DATE_LINE = shapely.MultiPolygon([shapely.box(170, 0, 180, 5), shapely.box(-180, 0, -175, 5)])
ENDINGS = sorted(set(formats.WRITABLE) - {".json", ".ndjson", ".geojsons", ".geoparquet"})
#: How many degrees a format's coordinates may be off.
FINENESS: Final = {".tab": 2e-7}
#: Formats that say no CRS, or hold texts alone.
UNTYPED: Final = {"CSV", "XLSX", "GPX"}


def texts(*values: str | None) -> Any:
    return np.array(values, dtype=object)


def columns(count: int) -> dict[str, Any]:
    """Names that clash, missing values, digits beyond a float, all types."""
    whole = {
        "name": texts("Äöß Ω", "白云鄂博", None, "=1+1", 'a"b,c;d\n<e>&'),
        "a long name for a column": texts("x" * 260, "y", "", "z", None),
        "a long name for a colour": texts("1", "2", "3", "4", "5"),
        "Name": texts("p", "q", "r", "s", None),
        "large": np.array([2**53 + 1, -7, 5, 2**60, 0]),
        "whole": np.array([1, 2, 3, 4, 5]),
        "real": np.array([1.5, np.nan, -1 / 3, 1e300, 1e-20]),
        "truth": np.array([True, False, True, True, False]),
        "day": np.array(["1984-01-02", "NaT", "2021-12-31", "1957-05-05", "1850-01-01"], "M8[D]"),
        "time": np.array(
            ["2024-05-06T07:08:09.123", "NaT", "1999-12-31T23:59:59", "2000-01-01", "1970-01-01"],
            "M8[ms]",
        ),
    }
    return {name: values[:count] for name, values in whole.items()}


def layers() -> dict[str, Features]:
    points = [[7.123456789, 51.2], [179.9999, -10], [-180, 0], [np.nan, np.nan], [1 / 3, 89.99]]
    shapes: dict[str, list[Any]] = {
        "areas": [SQUARE, DATE_LINE, None, HOLED],
        "lines": [
            shapely.LineString([(0, 0), (1 / 3, 2 / 3)]),
            shapely.MultiLineString([[(0, 0), (1, 0)], [(2, 2), (3, 3)]]),
            None,
        ],
        "mixed": [SQUARE, shapely.Point(1, 2), shapely.LineString([(0, 0), (1, 1)]), None],
    }
    made = {n: Features.from_shapes(s, columns(len(s))) for n, s in shapes.items()}
    return {"points": Features.from_points(np.array(points), columns(5)), **made}


def same(one: Any, two: Any) -> bool:
    if isinstance(one, float) and isinstance(two, float):
        return one == pytest.approx(two, rel=1e-14, nan_ok=True)
    return bool(one == two)


@pytest.mark.parametrize("kind", ["points", "areas", "lines", "mixed"])
@pytest.mark.parametrize("ending", ENDINGS)
def test_what_is_not_kept_was_told(ending: str, kind: str, tmp_path: Path) -> None:
    features = layers()[kind]
    layer = Layer(id="a", name="sites", role=Role.REFERENCE, features=features)
    driver = formats.WRITABLE[ending]
    preview = preview_losses(driver, layer)
    path = tmp_path / f"sites{ending}"
    if preview.refused:
        with pytest.raises(GisappError) as caught:
            write_layers(path, [layer])
        assert str(caught.value) == preview.refused
        return
    told = write_layers(path, [layer])
    assert [p.message for p in told] == [p.message for p in preview.problems]
    codes = {p.code for p in told}
    if "split_by_kind" in codes:
        parts = [read_layers(p)[0].features for p in sorted(tmp_path.glob(f"*{ending}"))]
        assert sum(map(len, parts)) == len(features)
        return
    (back,) = read_layers(path)
    assert back.source.crs == "EPSG:4326"
    kept = np.ones(len(features), dtype=bool)
    if "unplaced_lost" in codes:
        kept = np.isfinite(features.lonlat).all(axis=1)
    if "parts_split" not in codes:
        assert_geometry(features.take(kept), back.features, FINENESS.get(ending, 1e-9))
    assert_columns(features.take(kept), back.features, preview)


def assert_geometry(given: Features, back: Features, fineness: float) -> None:
    assert len(given) == len(back)
    for one, two in zip(given.geometry, back.geometry, strict=True):
        assert (one is None) == (two is None)
        if one is not None:
            assert shapely.get_num_coordinates(one) == shapely.get_num_coordinates(two)
            assert shapely.hausdorff_distance(one, two) <= fineness


def assert_columns(given: Features, back: Features, preview: Preview) -> None:
    """Every value is as it was, but where its column's losses were told."""
    said = " ".join(p.message for p in preview.problems)
    for loss in preview.columns:
        if not loss.written:
            assert f'"{loss.column}"' in said
            continue
        assert loss.column == loss.written or f'"{loss.column}" is now "{loss.written}"' in said
        before, after = given.columns[loss.column], back.columns[loss.written]
        if preview.driver not in UNTYPED:
            assert type_name(after) == loss.written_kind, loss
        if loss.cut:
            assert f'"{loss.column}" were cut' in said
        elif type_name(before) == type_name(after):
            pairs = list(zip(before.tolist(), after.tolist(), strict=True))
            differing = [(a, b) for a, b in pairs if not same(a, b)]
            assert not differing or f'"{loss.column}"' in said or "apostrophe" in said, differing
        else:
            assert f'"{loss.column}"' in said


def test_a_shapefile_holds_255_columns(tmp_path: Path) -> None:
    many = {f"column {i}": np.array([i]) for i in range(300)}
    layer = Layer("a", "s", Role.REFERENCE, Features.from_points(np.array([[1.0, 2.0]]), many))
    preview = preview_losses("ESRI Shapefile", layer)
    lost = [c for c in preview.columns if not c.written]
    assert len(lost) == 45
    assert len({c.written.lower() for c in preview.columns if c.written}) == 255
    assert all(len(c.written.encode()) <= 10 for c in preview.columns)
    assert "columns_lost" in {p.code for p in preview.problems}
    write_layers(tmp_path / "s.shp", [layer])
    (back,) = read_layers(tmp_path / "s.shp")
    assert len(back.features.columns) == 255
    last = list(back.features.columns)[-1]
    assert back.features.columns[last][0] == 254


def test_a_preview_says_nothing_where_nothing_is_lost() -> None:
    features = Features.from_points(np.array([[1.0, 2.0]]), {"name": texts("a")})
    preview = preview_losses("GPKG", Layer("a", "s", Role.REFERENCE, features))
    assert all(column.is_lossless for column in preview.columns)
    assert preview.problems == ()


def test_xlsx_holds_texts_and_no_formulas(tmp_path: Path) -> None:
    import openpyxl

    cells = texts("=HYPERLINK(1)", "+1", "@x")
    features = Features.from_points(np.array([[1.0, 2.0]] * 3), {"=danger": cells})
    write_layers(tmp_path / "s.xlsx", [Layer("a", "s", Role.REFERENCE, features)])
    sheet = openpyxl.load_workbook(tmp_path / "s.xlsx").active
    assert sheet is not None
    found = [[cell.data_type for cell in row] for row in sheet.iter_rows(min_col=3)]
    assert found == [["s"]] * 4
    assert [row[2] for row in sheet.iter_rows(values_only=True)] == ["=danger", *cells]


@pytest.mark.parametrize("ending", [".gpkg", ".shp", ".geojson", ".parquet", ".csv", ".xlsx"])
def test_layers_are_listed_without_reading(ending: str, tmp_path: Path) -> None:
    layer = Layer("a", "sites", Role.REFERENCE, layers()["points"])
    write_layers(tmp_path / f"sites{ending}", [layer])
    (listed,) = layer_list(tmp_path / f"sites{ending}")
    assert listed.name == "sites"
    assert listed.features in {5, None}
    if ending in {".gpkg", ".shp", ".geojson", ".parquet"}:
        assert listed.features == 5
        assert "whole" in listed.fields
    if ending in {".gpkg", ".shp", ".geojson"}:
        assert listed.geometry_type == "Point"
