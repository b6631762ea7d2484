import zipfile

import pytest
from PIL import Image
from pypdf import PdfReader

from gisapp.model.feedback import Cancelled, Feedback, GisappError
from gisapp.render.export import FORMATS, export_picture
from gisapp.render.picture import FrameSpec
from tests.render.sample_pictures import distance

FRAME = FrameSpec(dpi=50)


@pytest.mark.parametrize("ending", FORMATS)
def test_the_ending_says_what_is_written(tmp_path, ending):
    path = tmp_path / f"Karte ü 稀土{ending.upper()}"
    assert export_picture(distance(), FRAME, path) == ()
    assert list(tmp_path.iterdir()) == [path]
    begins = {
        ".png": b"\x89PNG",
        ".svg": b"<?xml",
        ".pdf": b"%PDF",
        ".pptx": b"PK",
        ".html": b"<!DOCTYPE html>",
    }
    assert path.read_bytes().lstrip().lower().startswith(begins[ending].lower())


def test_other_endings_are_refused(tmp_path):
    for name in ("map.jpg", "map", "map.PPT"):
        with pytest.raises(GisappError) as refused:
            export_picture(distance(), FRAME, tmp_path / name)
        assert refused.value.code == "unknown_format"
        assert ".pptx" in refused.value.hint
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("ending", [".png", ".pptx"])
def test_the_older_file_stays_whole_when_something_fails(tmp_path, ending):
    path = tmp_path / f"map{ending}"
    path.write_bytes(b"older")
    feedback = Feedback(lambda fraction, _text: feedback.cancel() if fraction > 0.5 else None)
    with pytest.raises(Cancelled):
        export_picture(distance(), FRAME, path, feedback=feedback)
    assert path.read_bytes() == b"older"
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    with pytest.raises(GisappError) as refused:
        export_picture(distance(), FRAME, tmp_path / "missing" / "map.png")
    assert refused.value.code == "cannot_write"
    assert "map.png" in refused.value.message
    taken = tmp_path / "map.png"
    taken.mkdir()
    with pytest.raises(GisappError):
        export_picture(distance(), FRAME, taken)
    assert list(tmp_path.iterdir()) == [taken]


def test_what_is_framed_is_what_comes_out(tmp_path):
    frame = FrameSpec(size="A4", dpi=72, projection="lambert_conformal", bounds=(95, 15, 150, 50))
    for name in ("a.png", "a.pdf", "a.pptx"):
        export_picture(distance(), frame, tmp_path / name)
    with Image.open(tmp_path / "a.png") as image:
        assert image.size == pytest.approx((842, 595), abs=1)
    page = PdfReader(tmp_path / "a.pdf").pages[0]
    assert float(page.mediabox[2]) == pytest.approx(841.89, abs=0.01)
    with zipfile.ZipFile(tmp_path / "a.pptx") as package:
        assert 'cx="10692003"' in package.read("ppt/presentation.xml").decode()
