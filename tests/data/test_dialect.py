"""Where the header of a table is, what stands above and below it; sheets of workbooks."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import openpyxl
import pytest

from gisapp.data.raw import Raw
from gisapp.data.reader import read_layers
from gisapp.data.table import read_table
from gisapp.model.feedback import GisappError
from gisapp.model.reading import ReadOptions


def read(tmp_path: Path, content: str, **options: int) -> Raw:
    path = tmp_path / "t.csv"
    path.write_bytes(content.encode())
    return read_table(path, ReadOptions(**options))


def told(raw: Raw) -> dict[str, str]:
    return {p.code: p.message for p in raw.problems}


@pytest.mark.parametrize(
    "above",
    ["Title,,,\nTable 3. Lithium,,,\n\n", "Title\n", "Title of this, with a comma\n", "\n\n"],
)
def test_titles_above_and_notes_below(tmp_path: Path, above: str) -> None:
    rows = "name,lon,lat,v\na,1.5,2.5,10\nb,3,4,20\nc,5,6,30\n"
    raw = read(tmp_path, f"{above}{rows}Source: USGS\n1 Rounded\n")
    assert raw.columns["v"].tolist() == [10, 20, 30]
    assert ("title_lines" in told(raw)) == bool(above.strip())
    assert '"Source: USGS / 1 Rounded"' in told(raw)["notes_left_out"]


def test_two_lines_of_headings(tmp_path: Path) -> None:
    raw = read(tmp_path, "Site,Location,,Production,\n,lat,lon,2022,2023\na,1.5,2.5,10,11\n"
               "b,3,4,20,22\n")  # fmt: skip
    assert list(raw.columns) == [
        "Site", "Location lat", "Location lon", "Production 2022", "Production 2023",
    ]  # fmt: skip
    np.testing.assert_array_equal(raw.points, [[2.5, 1.5], [4, 3]])


def test_no_header(tmp_path: Path) -> None:
    raw = read(tmp_path, "51.2345,102.3456,aa\n52.4567,95.1234,bb\n")
    assert list(raw.columns) == ["column 1", "column 2", "column 3"]
    np.testing.assert_array_equal(raw.points, [[102.3456, 51.2345], [95.1234, 52.4567]])
    assert "no_header" in told(raw)


def test_rows_of_another_length_keep_their_place(tmp_path: Path) -> None:
    raw = read(tmp_path, 'name,lon,lat,v\n"a\nA",1,2,1\n\nb,3,4\nc,5,6,,\nd,7,8,9,10\ne,9,9,5\n')
    assert raw.columns["name"].tolist() == ["a\nA", "b", "c", "e"]
    np.testing.assert_array_equal(raw.columns["v"], [1, np.nan, np.nan, 5])
    assert "2 rows (rows 2, 3)" in told(raw)["rows_ragged"]
    assert "1 row (row 4)" in told(raw)["rows_dropped"]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_and_mark(tmp_path: Path, end: str) -> None:
    raw = read(tmp_path, "\ufeff" + end.join(["name,lon,lat", "x,1,2", "y,3,4", ""]))
    assert list(raw.columns) == ["name", "lon", "lat"]
    assert raw.columns["name"].tolist() == ["x", "y"]


def test_headings_without_name_or_twice_are_told(tmp_path: Path) -> None:
    raw = read(tmp_path, "lon,lat,a,a,\n1,2,3,4,5\n")
    assert list(raw.columns) == ["lon", "lat", "a", "a_2", "column"]
    assert '"a_2", "column"' in told(raw)["columns_renamed"]


def test_many_columns(tmp_path: Path) -> None:
    names = ",".join(f"c{i}" for i in range(400))
    raw = read(tmp_path, f"lon,lat,{names}\n1,2,{','.join(map(str, range(400)))}\n")
    assert len(raw.columns) == 402
    assert raw.columns["c399"].tolist() == [399]


def test_a_preview_reads_the_first_rows_only(tmp_path: Path) -> None:
    lines = ["name,lon,lat", *(f"n{i},{i % 180},{i % 90}" for i in range(200_000))]
    raw = read(tmp_path, "\n".join(lines) + "\n", limit=5)
    assert raw.columns["name"].tolist() == ["n0", "n1", "n2", "n3", "n4"]


def workbook(path: Path) -> Path:
    """Make a workbook as people do: a title, merged headings, dates, notes, an empty sheet."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Mines"
    rows = [
        ["Mines of the world"],
        [],
        ["Name", "Location", None, "Production", None, "Opened", "Share"],
        [None, "Latitude", "Longitude", 2022, 2023, None, None],
        ["Kwinana", -31.95, 115.86, 48_000, "W", dt.date(2021, 9, 1), "45 %"],
        ["Atacama", -23.5, -70.0, 180_500, 9, dt.date(1984, 1, 2), "5 %"],
        ["Source: nobody"],
    ]
    for row in rows:
        sheet.append(row)
    sheet.merge_cells("B3:C3")
    sheet.merge_cells("D3:E3")
    book.create_sheet("Empty")
    notes = book.create_sheet("Notes")
    notes.append(["read", "me"])
    notes.append(["this is", "a note"])
    book.save(path)
    return path


def test_a_workbook(tmp_path: Path) -> None:
    (layer,) = read_layers(workbook(tmp_path / "w.xlsx"))
    assert layer.name == "Mines"
    columns = layer.features.columns
    assert list(columns) == [
        "Name", "Location Latitude", "Location Longitude", "Production 2022", "Production 2023",
        "Opened", "Share",
    ]  # fmt: skip
    np.testing.assert_array_equal(layer.features.lonlat, [[115.86, -31.95], [-70, -23.5]])
    np.testing.assert_array_equal(columns["Production 2023"], [np.nan, 9])
    assert columns["Opened"].tolist() == [dt.date(2021, 9, 1), dt.date(1984, 1, 2)]
    assert columns["Share"].tolist() == [45, 5]
    codes = {p.code for p in layer.problems}
    assert {"title_lines", "notes_left_out", "values_unknown", "no_coordinates"} <= codes


def test_a_sheet_is_a_layer(tmp_path: Path) -> None:
    path = workbook(tmp_path / "w.xlsx")
    with pytest.raises(GisappError) as caught:
        read_layers(path, options=ReadOptions(layers=("Notes",)))
    assert caught.value.code == "no_coordinates"
    assert "w.xlsx/Notes" in caught.value.message


def test_a_locked_or_broken_workbook(tmp_path: Path) -> None:
    path = workbook(tmp_path / "w.xlsx")
    path.write_bytes(path.read_bytes()[:3000])
    with pytest.raises(GisappError):
        read_layers(path)
