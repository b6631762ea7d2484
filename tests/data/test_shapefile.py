"""Parts of shapefiles that are missing, damaged, or do not fit each other."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest
import shapely

from gisapp.data.reader import read_layers
from gisapp.model.feedback import GisappError
from gisapp.model.layer import Layer
from tests.data import shapes
from tests.data.shapes import Field, multipatch, point, polygon

POINTS = [point(x, 5.0) for x in range(4)]
SQUARE = [(0.0, 0.0), (0.0, 2.0), (2.0, 2.0), (2.0, 0.0), (0.0, 0.0)]


def read(path: Path) -> tuple[Layer, dict[str, int]]:
    (layer,) = read_layers(path)
    return layer, {problem.code: problem.count for problem in layer.problems}


def patched(path: Path, at: int, data: bytes) -> Path:
    whole = path.read_bytes()
    path.write_bytes(whole[:at] + data + whole[at + len(data) :])
    return path


def test_an_index_made_anew_says_what_came_back(tmp_path: Path) -> None:
    layer, codes = read(shapes.write(tmp_path, 1, POINTS, index=False))
    assert codes == {"shx_rebuilt": 4}
    assert "4 records came back" in layer.problems[0].message
    assert not (tmp_path / "made.shx").exists()


def test_shapes_that_were_replaced_are_not_revived(tmp_path: Path) -> None:
    """The second record was moved and stands at the end anew; the old one is still in the file."""
    names = [Field("name", "C", 4, [b"a", b"b", b"c", b"d"])]
    path = shapes.write(
        tmp_path, 1, [*POINTS, point(50, 50)], names, numbers=[1, 2, 3, 4, 2], index=False
    )
    layer, codes = read(path)
    assert codes == {"shx_rebuilt": 4, "shapes_not_revived": 1}
    assert dict(zip(layer.features.columns["name"], layer.features.lonlat[:, 0], strict=True)) == {
        "a": 0, "b": 50, "c": 2, "d": 3,
    }  # fmt: skip


@pytest.mark.parametrize("numbers", [[0, 0, 0, 0], [7, 7, 8, 9], [1, 1, 2, 3], [4, 3, 2, 1]])
def test_record_numbers_that_mean_nothing_lose_nothing(tmp_path: Path, numbers: list[int]) -> None:
    layer, codes = read(shapes.write(tmp_path, 1, POINTS, numbers=numbers, index=False))
    assert codes == {"shx_rebuilt": 4}
    assert list(layer.features.columns["name"]) == ["n0", "n1", "n2", "n3"]
    np.testing.assert_array_equal(layer.features.lonlat[:, 0], range(4))


def test_rows_marked_as_deleted_stay_away_after_a_repair(tmp_path: Path) -> None:
    layer, codes = read(shapes.write(tmp_path, 1, POINTS, deleted=(1,), index=False))
    assert codes == {"shx_rebuilt": 4, "rows_deleted": 1}
    assert list(layer.features.columns["name"]) == ["n0", "n2", "n3"]
    np.testing.assert_array_equal(layer.features.lonlat[:, 0], [0, 2, 3])


@pytest.mark.parametrize("stated", [0, 2, 5, 0xFFFFFFFF])
def test_the_table_has_the_rows_that_it_has(tmp_path: Path, stated: int) -> None:
    path = shapes.write(tmp_path, 1, POINTS)
    patched(path.with_suffix(".dbf"), 4, struct.pack("<I", stated))
    layer, codes = read(path)
    assert set(codes) == ({"table_header"} if stated < 4 else set())
    assert list(layer.features.columns["name"]) == ["n0", "n1", "n2", "n3"]


@pytest.mark.parametrize(("words", "code"), [(0, ""), (-5, ""), (50, ""), (2**31 - 1, "truncated")])
def test_the_length_in_the_header_is_not_believed(tmp_path: Path, words: int, code: str) -> None:
    path = patched(shapes.write(tmp_path, 1, POINTS), 24, struct.pack(">i", words))
    layer, codes = read(path)
    assert len(layer.features) == 4
    assert set(codes) == ({code} if code else set())


@pytest.mark.parametrize("parts", [500, 2**31 - 1, -1])
def test_a_record_with_more_parts_than_points(tmp_path: Path, parts: int) -> None:
    layer, codes = read(
        shapes.write(tmp_path, 5, [polygon([SQUARE]), polygon([SQUARE], parts=parts)])
    )
    assert codes == {"no_geometry": 1}
    assert shapely.area(layer.features.geometry[0]) == 4


def test_multipatches_are_read_as_their_footprint(tmp_path: Path) -> None:
    ring = [(x, y, 7.0) for x, y in SQUARE]
    layer, codes = read(shapes.write(tmp_path, 31, [multipatch(ring)]))
    assert "heights_dropped" in codes
    assert shapely.area(layer.features.geometry[0]) == 4


def test_cells_that_gdal_makes_a_date_or_a_nought_of(tmp_path: Path) -> None:
    fields = [
        Field("day", "D", 8, [b"20200229", b"20209999", b"00000000", b""]),
        Field("number", "N", 9, [b"1,5", b"abc", b"****", b"7"], decimals=2),
        Field("float", "F", 12, [b"1.5e3", b"nan", b"", b"-2.5"], decimals=2),
        Field("big", "N", 19, [b"9223372036854775807", b"-1", b"3", b"4"]),
        Field("yes", "L", 1, [b"T", b"n", b"?", b" "]),
    ]
    layer, codes = read(shapes.write(tmp_path, 1, POINTS, fields))
    columns = layer.features.columns
    assert codes == {"values_unread": 1, "decimal_commas": 1}
    assert [str(d) for d in columns["day"]][:2] == ["2020-02-29", "NaT"]
    np.testing.assert_array_equal(columns["number"], [1.5, np.nan, np.nan, 7])
    np.testing.assert_array_equal(columns["float"], [1500, np.nan, np.nan, -2.5])
    assert columns["big"][0] == 2**63 - 1
    assert list(columns["yes"]) == ["true", "false", None, None]


def test_memo_fields_are_told(tmp_path: Path) -> None:
    _, codes = read(
        shapes.write(tmp_path, 1, POINTS, [Field("memo", "M", 10, [b"1", b"2", b"", b"3"])])
    )
    assert set(codes) == {"memos_left_out"}


def test_larger_than_two_gigabytes(tmp_path: Path) -> None:
    """A file whose length is beyond a signed number of bytes, and whose rest is a hole."""
    path = shapes.write(tmp_path, 1, POINTS, index=False)
    with path.open("r+b") as file:
        file.truncate(3 * 1024**3)
    patched_header = struct.pack(">I", 3 * 1024**3 // 2)
    with path.open("r+b") as file:
        file.seek(24)
        file.write(patched_header)
    layer, codes = read(path)
    assert len(layer.features) == 4
    assert codes
    path.unlink()


@pytest.mark.parametrize("ending", [".shx", ".dbf", ".prj", ".cpg"])
def test_parts_are_found_in_any_case(tmp_path: Path, ending: str) -> None:
    path = shapes.write(tmp_path, 1, POINTS)
    path.with_suffix(".cpg").write_text("UTF-8")
    part = path.with_suffix(ending)
    part.rename(part.with_name(part.name.swapcase()))
    layer, codes = read(path)
    assert codes == {}
    assert list(layer.features.columns["name"]) == ["n0", "n1", "n2", "n3"]


def test_absurd_counts_in_the_index(tmp_path: Path) -> None:
    path = shapes.write(tmp_path, 1, POINTS)
    patched(path.with_suffix(".shx"), 24, struct.pack(">i", 2**31 - 1))
    layer, codes = read(path)
    assert codes == {"shx_rebuilt": 4}
    assert len(layer.features) == 4


def test_a_shape_type_that_does_not_exist(tmp_path: Path) -> None:
    path = patched(shapes.write(tmp_path, 1, POINTS), 32, struct.pack("<i", 77))
    with pytest.raises(GisappError) as caught:
        read_layers(path)
    assert caught.value.code == "not_a_shapefile"
