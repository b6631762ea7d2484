"""Arrays kept between runs."""

from __future__ import annotations

import os

import numpy as np

from gisapp.analysis import kept_arrays
from gisapp.analysis.kept_arrays import read_arrays, write_arrays


def test_what_was_kept_is_read_again(tmp_path):
    file = tmp_path / "new" / "some.npz"
    assert read_arrays(file, "km") is None
    km, bits = np.arange(6.0).reshape(2, 3), np.array([1, 2**63], dtype=np.uint64)
    assert write_arrays(file, km=km, bits=bits)
    found = read_arrays(file, "bits", "km")
    np.testing.assert_array_equal(found[0], bits)
    np.testing.assert_array_equal(found[1], km)
    assert list(file.parent.iterdir()) == [file]


def test_what_is_not_whole_is_none(tmp_path):
    file = tmp_path / "some.npz"
    write_arrays(file, km=np.arange(1000.0))
    assert read_arrays(file, "km", "bits") is None
    file.write_bytes(file.read_bytes()[:700])
    assert read_arrays(file, "km") is None


def test_where_nothing_can_be_written_nothing_fails(tmp_path):
    (tmp_path / "folder").write_text("no folder", encoding="utf-8")
    assert not write_arrays(tmp_path / "folder" / "some.npz", km=np.arange(3.0))
    taken = tmp_path / "taken.npz"
    taken.mkdir()
    assert not write_arrays(taken, km=np.arange(3.0))
    assert {path.name for path in tmp_path.iterdir()} == {"folder", "taken.npz"}


def test_a_full_folder_loses_what_is_oldest(tmp_path, monkeypatch):
    monkeypatch.setattr(kept_arrays, "FOLDER_BYTES", 2500)
    for age, name in ((3, "old"), (2, "middle")):
        write_arrays(tmp_path / f"{name}.npz", km=np.zeros(100))
        os.utime(tmp_path / f"{name}.npz", (1e9 - age, 1e9 - age))
    write_arrays(tmp_path / "new.npz", km=np.zeros(100))
    assert {path.stem for path in tmp_path.iterdir()} == {"middle", "new"}
