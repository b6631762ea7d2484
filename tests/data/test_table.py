"""Tables: dialects, types and coordinates as people write them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from gisapp.data.raw import Raw
from gisapp.data.table import read_table


def read(tmp_path: Path, content: str) -> Raw:
    path = tmp_path / "t.csv"
    path.write_text(content, encoding="utf-8")
    return read_table(path)


def column(tmp_path: Path, *cells: str) -> np.ndarray:
    rows = "".join(f"1\t2\t{cell}\n" for cell in cells)
    return read(tmp_path, "lon\tlat\tv\n" + rows).columns["v"]


@pytest.mark.parametrize(
    ("cells", "kind", "values"),
    [
        (("1", "2"), "i", [1, 2]),
        (("1", ""), "f", [1.0, np.nan]),
        (("1.5", "NA"), "f", [1.5, np.nan]),
        (("1,5", "2,25"), "f", [1.5, 2.25]),
        (("1e3", "-.5"), "f", [1000.0, -0.5]),
        (("007", "12"), "O", ["007", "12"]),
        (("NA", "CL"), "O", ["NA", "CL"]),
        (("1", "x"), "O", ["1", "x"]),
        (("", ""), "O", [None, None]),
        (("1.234,5", "2"), "f", [1234.5, 2.0]),
    ],
)
def test_types(tmp_path: Path, cells: tuple[str, ...], kind: str, values: list[object]) -> None:
    found = column(tmp_path, *cells)
    assert found.dtype.kind == kind
    np.testing.assert_array_equal(found, np.array(values, dtype=found.dtype))


def test_dates(tmp_path: Path) -> None:
    found = column(tmp_path, "2024-02-29", "1999-12-31")
    assert found.dtype == "datetime64[D]"
    assert column(tmp_path, "2023-02-29", "1999-12-31").dtype == object


@pytest.mark.parametrize(
    ("text", "degrees"),
    [
        ("12.5", 12.5),
        ("-12,5", -12.5),
        ("12.5 W", -12.5),
        ("12.5°E", 12.5),
        ("23°30'S", -23.5),
        ("N 23 30 36", 23.51),
        ("\u221223.5", -23.5),
        ("unknown", np.nan),
        ("", np.nan),
    ],
)
def test_coordinates(tmp_path: Path, text: str, degrees: float) -> None:
    raw = read(tmp_path, f"name\tlon\tlat\nsure\tx\t0\na\t{text}\t0\n")
    assert raw.points is not None
    assert raw.points[1, 0] == pytest.approx(degrees, nan_ok=True)


@pytest.mark.parametrize(
    "header",
    ["lon,lat", "Longitude,Latitude", "LONG_DD,LAT_DD", "x,y", "Längengrad,Breitengrad",
     "Länge,Breite", "Geogr. Länge,Geogr. Breite", "longitud,latitud", "经度,纬度", "decimalLongitude,decimalLatitude", "Lng,Lat",
     "POINT_X,POINT_Y"],
)  # fmt: skip
def test_names_of_coordinates(tmp_path: Path, header: str) -> None:
    raw = read(tmp_path, f"id,{header}\n1,10.5,20.5\n")
    np.testing.assert_array_equal(raw.points, [[10.5, 20.5]])


def test_quotes_and_line_breaks(tmp_path: Path) -> None:
    raw = read(tmp_path, 'name,lon,lat\r\n"a, ""b""\nc",1,2\r\n')
    assert list(raw.columns["name"]) == ['a, "b"\nc']


def test_names_are_made_unique(tmp_path: Path) -> None:
    raw = read(tmp_path, "a,a,,lon,lat\n1,2,3,4,5\n")
    assert list(raw.columns) == ["a", "a_2", "column", "lon", "lat"]
