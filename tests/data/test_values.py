"""Cells as people write them: numbers with marks, units, footnotes; dates; truth values."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gisapp.data.raw import Raw
from gisapp.data.reader import read_layers
from gisapp.data.table import read_table
from gisapp.model.reading import Finding, ReadOptions


def read(tmp_path: Path, *cells: str, rest: str = "", options: ReadOptions | None = None) -> Raw:
    """Read a column "v" of a table delimited by tabs; `rest` is a cell of another column."""
    path = tmp_path / "t.tsv"
    rows = "".join(f"1\t2\t{rest}\t{cell}\n" for cell in cells)
    path.write_text(f"lon\tlat\tother\tv\n{rows}", encoding="utf-8")
    return read_table(path, options or ReadOptions())


def finding(raw: Raw, code: str) -> Finding:
    (found,) = (f for f in raw.findings if f.code == code)
    return found


@pytest.mark.parametrize(
    ("cells", "rest", "values"),
    [
        (("1,234,567", "12"), "", [1_234_567, 12]),
        (("1.234.567", "12"), "", [1_234_567, 12]),
        (("1 234,5", "12 000"), "", [1234.5, 12_000]),
        (("1\u202f234", "12"), "", [1234, 12]),
        (("1'234.5", "12"), "", [1234.5, 12]),
        (("1,234.5", "12"), "", [1234.5, 12]),
        (("1.234,5", "12"), "", [1234.5, 12]),
        (("\u22125", "3"), "", [-5, 3]),
        (("1,234", "12"), "0.25", [1234, 12]),  # another column has decimal points
        (("1,234", "12"), "0,25", [1.234, 12]),
        (("1.234", "12"), "0,25", [1234, 12]),
        (("1.234", "12"), "0.25", [1.234, 12]),
        (("0,500", "0,250"), "", [0.5, 0.25]),
    ],
)
def test_decimal_and_thousands(
    tmp_path: Path, cells: tuple[str, ...], rest: str, values: list[float]
) -> None:
    np.testing.assert_array_equal(read(tmp_path, *cells, rest=rest).columns["v"], values)


def test_thousands_or_thousandths_are_asked(tmp_path: Path) -> None:
    raw = read(tmp_path, "1,234", "12,345")
    asked = finding(raw, "thousands")
    assert not asked.sure
    np.testing.assert_array_equal(raw.columns["v"], [1234, 12_345])
    other = read(tmp_path, "1,234", "12,345", options=ReadOptions().choosing(asked.option, "no"))
    np.testing.assert_array_equal(other.columns["v"], [1.234, 12.345])
    assert finding(other, "thousands").sure


def test_large_whole_numbers_lose_no_digit(tmp_path: Path) -> None:
    assert read(tmp_path, "9007199254740993", "1").columns["v"].tolist() == [2**53 + 1, 1]
    gaps = read(tmp_path, "9007199254740993", "").columns["v"].tolist()
    assert gaps == ["9007199254740993", None]
    assert read(tmp_path, "9" * 19, "1").columns["v"].tolist() == ["9" * 19, "1"]
    assert read(tmp_path, "1" * 25, "1").columns["v"].tolist() == ["1" * 25, "1"]


@pytest.mark.parametrize(
    ("cells", "values", "sure"),
    [
        (("88,000", "1213,000", "41,300", "9,000"), [88_000, 13_000, 41_300, 9_000], False),
        (("88,000e", "49,000 r", "e 5"), [88_000, 49_000, 5], True),
        (("41300\u00b9\u00b2", "12 [3]", "7*"), [41_300, 12, 7], True),
    ],
)
def test_footnotes(tmp_path: Path, cells: tuple[str, ...], values: list[int], sure: bool) -> None:
    raw = read(tmp_path, *cells)
    np.testing.assert_array_equal(raw.columns["v"], values)
    asked = finding(raw, "footnotes")
    assert asked.sure is sure
    left = read(tmp_path, *cells, options=ReadOptions().choosing(asked.option, "no"))
    assert left.columns["v"].tolist() == list(cells)


def test_withheld_is_unknown_and_told(tmp_path: Path) -> None:
    raw = read(tmp_path, "5", "W", "W", "--", "7")
    np.testing.assert_array_equal(raw.columns["v"], [5, np.nan, np.nan, np.nan, 7])
    (told,) = (p for p in raw.problems if p.code == "values_unknown")
    assert told.count == 3
    assert "not 0" in told.message
    assert read(tmp_path, "NA", "CL", "W").columns["v"].tolist() == ["NA", "CL", "W"]


@pytest.mark.parametrize(
    ("cells", "values", "unit"),
    [
        (("12.5 kt", "3 kt", ""), [12.5, 3, np.nan], "kt"),
        (("1 200 t", "45 t", "7"), [1200, 45, 7], "t"),
        (("45 %", "1.5%"), [45, 1.5], "%"),
        (("3 kt LCE", "12,500 kt LCE"), [3, 12_500], "kt LCE"),
        (("12 tpa REO", "~3 tpa REO"), [12, 3], "tpa REO"),
    ],
)
def test_units_in_cells(
    tmp_path: Path, cells: tuple[str, ...], values: list[float], unit: str
) -> None:
    raw = read(tmp_path, *cells)
    np.testing.assert_array_equal(raw.columns["v"], values)
    assert raw.units == {"v": unit}
    assert unit in finding(raw, "units_read").message


def test_several_units_stay_text(tmp_path: Path) -> None:
    raw = read(tmp_path, "12.5 kt", "300 t")
    assert raw.columns["v"].tolist() == ["12.5 kt", "300 t"]
    assert "units_mixed" in {p.code for p in raw.problems}


@pytest.mark.parametrize("cells", [("3M", "4M"), ("12 A", "12 B"), ("e1", "e2"), ("R5", "R6")])
def test_names_are_no_numbers(tmp_path: Path, cells: tuple[str, ...]) -> None:
    assert read(tmp_path, *cells).columns["v"].tolist() == list(cells)


def test_codes_in_groups_are_no_thousands(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("lon,lat,postcode,people\n1,2,12 345,12 345\n1,3,67 890,67 890\n")
    raw = read_table(path)
    assert raw.columns["postcode"].tolist() == ["12 345", "67 890"]
    assert raw.columns["people"].tolist() == [12_345, 67_890]


def test_a_few_words_among_numbers_are_asked(tmp_path: Path) -> None:
    cells = [*map(str, range(9)), "about ten"]
    raw = read(tmp_path, *cells)
    assert raw.columns["v"].tolist() == cells
    asked = finding(raw, "numbers_unsure")
    assert asked.count == 1
    loose = read(tmp_path, *cells, options=ReadOptions().choosing(asked.option, "yes"))
    np.testing.assert_array_equal(loose.columns["v"], [*range(9), np.nan])


@pytest.mark.parametrize(
    ("cells", "values"),
    [
        (("31.12.2020", "1.2.2021"), [dt.date(2020, 12, 31), dt.date(2021, 2, 1)]),
        (("31/12/2020", "01/02/2021"), [dt.date(2020, 12, 31), dt.date(2021, 2, 1)]),
        (("12/31/2020", "01/02/2021"), [dt.date(2020, 12, 31), dt.date(2021, 1, 2)]),
        (("2020/12/31", ""), [dt.date(2020, 12, 31), None]),
        (("5 May 2021", "Mar 5, 2021"), [dt.date(2021, 5, 5), dt.date(2021, 3, 5)]),
        (
            ("2021-05-06T07:08:09Z", "2021-05-06 07:08:09+02:00"),
            [dt.datetime(2021, 5, 6, 7, 8, 9), dt.datetime(2021, 5, 6, 5, 8, 9)],
        ),
    ],
)
def test_dates(tmp_path: Path, cells: tuple[str, ...], values: list[Any]) -> None:
    raw = read(tmp_path, *cells)
    assert raw.columns["v"].tolist() == values
    assert not any(f.code == "date_order" for f in raw.findings)


def test_day_or_month_first_is_asked(tmp_path: Path) -> None:
    asked = finding(read(tmp_path, "03/04/2021", "01/02/2021"), "date_order")
    assert not asked.sure
    other = read(tmp_path, "03/04/2021", options=ReadOptions().choosing(asked.option, "no"))
    assert other.columns["v"].tolist() == [dt.date(2021, 3, 4)]
    assert read(tmp_path, "30/02/2021", "31/12/2021").columns["v"].dtype == object


@pytest.mark.parametrize(
    ("cells", "values"),
    [
        (("true", "FALSE"), [True, False]),
        (("yes", "No"), [True, False]),
        (("ja", "nein"), [True, False]),
        (("да", "нет"), [True, False]),
        (("NO", "NO"), ["NO", "NO"]),  # Norway
        (("1", "0"), [1, 0]),
        (("yes", "no", ""), ["yes", "no", None]),
    ],
)
def test_truth(tmp_path: Path, cells: tuple[str, ...], values: list[Any]) -> None:
    found = read(tmp_path, *cells).columns["v"].tolist()
    assert found == values
    assert [type(v) for v in found] == [type(v) for v in values]


def test_units_reach_the_mapping(tmp_path: Path) -> None:
    path = tmp_path / "mines.csv"
    path.write_text(
        "name,mineral,lon,lat,capacity\na,lithium,1,2,3 kt LCE\nb,lithium,2,3,5 kt LCE\n"
    )
    (layer,) = read_layers(path)
    assert dict(layer.mapping.units)["capacity"] == "kt LCE"
    assert layer.features.columns["capacity"].tolist() == [3, 5]
