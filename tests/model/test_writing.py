from __future__ import annotations

import errno

import pytest

from gisapp.model.feedback import GisappError
from gisapp.model.writing import check_target, not_written, write_text


@pytest.mark.parametrize(
    ("name", "why", "hint"),
    [
        ("none/a.csv", "there is no folder", "Make it first"),
        ("file/a.csv", "is no folder", "Choose a folder."),
        ("folder", "a folder has that name", "another name"),
        ("x" * 300, "its name is too long", "shorter"),
    ],
)
def test_what_stands_in_the_way_is_said_with_what_helps(tmp_path, name, why, hint):
    (tmp_path / "file").touch()
    (tmp_path / "folder").mkdir()
    before = sorted(tmp_path.iterdir())
    for refuses in (lambda path: write_text("text", path), check_target):
        if len(name) > 250 and refuses is check_target:
            continue
        with pytest.raises(GisappError) as refused:
            refuses(tmp_path / name)
        assert refused.value.code == "not_written"
        assert why in refused.value.message
        assert hint in refused.value.hint
        assert len(refused.value.message) < 80 + len(str(tmp_path))
    assert sorted(tmp_path.iterdir()) == before


def test_a_full_disk_wants_space(tmp_path):
    error = not_written(tmp_path / "a.csv", OSError(errno.ENOSPC, "No space left on device"))
    assert str(error) == (
        "a.csv cannot be written: no space left on device. "
        "Free some space, or choose another folder."
    )


def test_what_can_be_written_leaves_no_trace_of_the_look(tmp_path):
    check_target(tmp_path / "a.csv")
    assert list(tmp_path.iterdir()) == []
    write_text("text", tmp_path / "a.csv")
    assert [path.read_text() for path in tmp_path.iterdir()] == ["text"]
