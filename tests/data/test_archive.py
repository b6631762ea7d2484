"""Archives are unpacked inside their folder, within bounds, or not at all."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from gisapp.data import archive
from gisapp.model.feedback import Cancelled, Feedback, GisappError


def packed(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in members.items():
            file.writestr(name, data)
    return path


def test_folders_are_kept(tmp_path: Path) -> None:
    path = packed(tmp_path / "a.zip", {"a/b/c.txt": b"c", "d.txt": b"d", "e\\f.txt": b"f"})
    archive.unpack(path, tmp_path / "out")
    found = {p.relative_to(tmp_path / "out").as_posix() for p in (tmp_path / "out").rglob("*.txt")}
    assert found == {"a/b/c.txt", "d.txt", "e/f.txt"}


@pytest.mark.parametrize(
    "name", ["../x", "a/../../x", "/etc/x", "..\\x", "C:/x", "C:\\x", "a/b/../../../x"]
)
def test_members_outside_are_refused(tmp_path: Path, name: str) -> None:
    path = packed(tmp_path / "a.zip", {"good.txt": b"x", name: b"x"})
    with pytest.raises(GisappError) as caught:
        archive.unpack(path, tmp_path / "out" / "deep")
    assert caught.value.code == "zip_unsafe"
    assert [p.name for p in tmp_path.rglob("*")] == ["a.zip"]


def test_sizes_in_headers_are_not_believed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MAX_BYTES", 2_000_000)
    path = packed(tmp_path / "a.zip", {"a.txt": bytes(1_500_000), "b.txt": bytes(1_500_000)})
    with pytest.raises(GisappError) as caught:
        archive.unpack(path, tmp_path / "out")
    assert caught.value.code == "zip_too_large"
    # both sizes in the headers become 1 byte: the bound then holds while unpacking, or the
    # archive is found to be broken; never is more than the bound written
    lie = path.read_bytes().replace((1_500_000).to_bytes(4, "little"), (1).to_bytes(4, "little"))
    path.write_bytes(lie)
    with pytest.raises(GisappError):
        archive.unpack(path, tmp_path / "out")
    written = sum(p.stat().st_size for p in (tmp_path / "out").rglob("*") if p.is_file())
    assert written <= 2_000_000


def test_too_many_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MAX_FILES", 3)
    path = packed(tmp_path / "a.zip", {f"{i}.txt": b"x" for i in range(4)})
    with pytest.raises(GisappError) as caught:
        archive.unpack(path, tmp_path / "out")
    assert caught.value.code == "zip_too_large"


def test_a_password(tmp_path: Path) -> None:
    path = packed(tmp_path / "a.zip", {"a.txt": b"secret"})
    data = bytearray(path.read_bytes())
    data[6] |= 1  # the bit "encrypted" of the local header ...
    data[data.index(b"PK\1\2") + 8] |= 1  # ... and of the directory
    path.write_bytes(bytes(data))
    with pytest.raises(GisappError) as caught:
        archive.unpack(path, tmp_path / "out")
    assert caught.value.code == "zip_locked"


def test_cancelling(tmp_path: Path) -> None:
    path = packed(tmp_path / "a.zip", {"a.txt": b"x"})
    feedback = Feedback()
    feedback.cancel()
    with pytest.raises(Cancelled):
        archive.unpack(path, tmp_path / "out", feedback=feedback)
