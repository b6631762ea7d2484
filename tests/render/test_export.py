import os
import resource
import signal
import zipfile
from contextlib import contextmanager
from dataclasses import replace

import pytest
from PIL import Image
from pypdf import PdfReader

from gisapp.model.feedback import Cancelled, Feedback, GisappError
from gisapp.render.deck import scenes_of
from gisapp.render.deck_pages import ManyPage, MapPage, Paragraph, TextPage
from gisapp.render.export import FORMATS, export_pages, export_picture, write_together
from gisapp.render.lineage import read_lineage
from gisapp.render.picture import Brand, FrameSpec
from gisapp.render.pixels import gif_of, png_of
from gisapp.render.slides import slide_scenes
from tests.render.sample_pictures import AS_OF, distance
from tests.render.sample_scene import LINEAGE, sample_scene

FRAME = FrameSpec(dpi=50)
PICTURE = replace(distance(), lineage=LINEAGE)
#: Two pages of words: quick to draw.
WORDS = [
    TextPage(title, FRAME, AS_OF, paragraphs=(Paragraph("One"), Paragraph("Two")), lineage=LINEAGE)
    for title in ("First", "Second")
]
MAP = [MapPage(PICTURE, FRAME)]


@contextmanager
def full_disk(size=2000):
    """Let no file grow beyond so many bytes, as on a disk that is full."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, ignored)


@pytest.mark.parametrize("ending", FORMATS)
def test_the_ending_says_what_is_written_and_every_file_tells_its_lineage(tmp_path, ending):
    path = tmp_path / f"Karte ü 稀土{ending.upper()}"
    written = export_pages(MAP if ending == ".html" else WORDS[:1], path)
    assert written.files == (path,)
    assert written.notices == ()
    assert list(tmp_path.iterdir()) == [path]
    begins = {
        ".png": b"\x89PNG",
        ".svg": b"<?xml",
        ".pdf": b"%PDF",
        ".pptx": b"PK",
        ".gif": b"GIF89a",
        ".html": b"<!DOCTYPE html>",
    }
    assert path.read_bytes().lstrip().lower().startswith(begins[ending].lower())
    assert read_lineage(path) == LINEAGE


def test_other_endings_are_refused(tmp_path):
    for name in ("map.jpg", "map", "map.PPT"):
        with pytest.raises(GisappError) as refused:
            export_picture(PICTURE, FRAME, tmp_path / name)
        assert refused.value.code == "unknown_format"
        assert ".pptx" in refused.value.hint
        with pytest.raises(GisappError):
            read_lineage(tmp_path / name)
    with pytest.raises(GisappError, match="no page"):
        export_pages([], tmp_path / "map.pdf")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("ending", [".png", ".svg"])
def test_several_pages_are_numbered_pictures(tmp_path, ending):
    written = export_pages(WORDS, tmp_path / f"deck{ending}")
    assert [path.name for path in written.files] == [f"deck-01{ending}", f"deck-02{ending}"]
    assert sorted(tmp_path.iterdir()) == list(written.files)


def test_several_pages_are_one_document_or_one_animation(tmp_path):
    for ending in (".pdf", ".pptx", ".gif"):
        path = tmp_path / f"deck{ending}"
        assert export_pages(WORDS, path, seconds=1.5).files == (path,)
    assert len(PdfReader(tmp_path / "deck.pdf").pages) == 2
    with Image.open(tmp_path / "deck.gif") as animation:
        assert animation.n_frames == 2
        assert animation.info["duration"] == 1500
        assert animation.info["loop"] == 0
        assert animation.size == (667, 375)


def test_a_web_page_holds_one_map(tmp_path):
    for pages in (WORDS, WORDS[:1], MAP * 2):
        with pytest.raises(GisappError, match="holds one map") as refused:
            export_pages(pages, tmp_path / "deck.html")
        assert ".pptx" in refused.value.hint
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("ending", [".png", ".pptx", ".pdf", ".svg"])
def test_the_older_file_stays_whole_when_somebody_cancels(tmp_path, ending):
    path = tmp_path / f"map{ending}"
    path.write_bytes(b"older")
    feedback = Feedback(lambda fraction, _text: feedback.cancel() if fraction > 0.5 else None)
    with pytest.raises(Cancelled):
        export_pages(WORDS * 2, path, feedback=feedback)
    assert path.read_bytes() == b"older"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("made", [scenes_of, slide_scenes])
def test_a_page_can_be_stopped_while_its_map_is_laid_out(made):
    many = ManyPage(PICTURE, (PICTURE, PICTURE), FRAME)
    for page in (*MAP, many):
        done = []
        made([page], feedback=Feedback(lambda fraction, _text, done=done: done.append(fraction)))
        assert len(set(done)) > 3
        assert done == sorted(done)
        assert done[-1] <= 0.6


@pytest.mark.parametrize("ending", FORMATS)
def test_the_older_file_stays_whole_when_the_disk_is_full(tmp_path, ending):
    path = tmp_path / f"map{ending}"
    path.write_bytes(b"older")
    pages = MAP if ending == ".html" else WORDS[:1]
    with full_disk(), pytest.raises(GisappError) as refused:
        export_pages(pages, path)
    assert refused.value.code == "not_written"
    assert f"map{ending} cannot be written: file too large" in refused.value.message
    assert path.read_bytes() == b"older"
    assert list(tmp_path.iterdir()) == [path]


def test_of_several_files_all_are_written_or_none(tmp_path):
    first, second = tmp_path / "deck-01.png", tmp_path / "deck-02.png"
    first.write_bytes(b"older")
    second.mkdir()  # no file can take its place
    with pytest.raises(GisappError, match=r"deck-02\.png cannot be written"):
        export_pages(WORDS, tmp_path / "deck.png")
    assert first.read_bytes() == b"older"
    assert sorted(tmp_path.iterdir()) == [first, second]
    second.rmdir()
    export_pages(WORDS, tmp_path / "deck.png")
    assert first.read_bytes() != b"older"
    assert sorted(tmp_path.iterdir()) == [first, second]


def test_what_a_killed_process_left_is_swept_away_later(tmp_path):
    names = (".first.gisapp-old.png", ".first.gisapp-new.png", ".first-own.png")
    for name in names:
        (tmp_path / name).write_bytes(b"half")
        if "new" not in name:
            os.utime(tmp_path / name, (0, 0))
    export_pages(WORDS[:1], tmp_path / "first.png")
    assert {path.name for path in tmp_path.iterdir()} == {*names[1:], "first.png"}


def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    with pytest.raises(GisappError) as refused:
        export_picture(PICTURE, FRAME, tmp_path / "missing" / "map.png")
    assert refused.value.code == "not_written"
    assert "map.png" in refused.value.message
    taken = tmp_path / "map.png"
    taken.mkdir()
    with pytest.raises(GisappError):
        export_pages(WORDS[:1], taken)
    assert list(tmp_path.iterdir()) == [taken]


def test_files_are_readable_by_others(tmp_path):
    write_together([tmp_path / "a.png"], lambda asides: asides[0].write_bytes(b"x"))
    assert (tmp_path / "a.png").stat().st_mode & 0o777 == 0o644


def test_what_no_font_has_is_told(tmp_path):
    odd = replace(WORDS[0], title="Odd \U0010fff0")
    (notice,) = export_pages([odd], tmp_path / "a.png").notices
    assert "\U0010fff0" in notice
    assert "font" in notice


def test_colours_of_a_house_that_are_hard_to_read_are_told(tmp_path):
    pale = Brand("Fog", colors=(("text", "#F4F4F4"),))
    page = replace(WORDS[0], frame=replace(WORDS[0].frame, brand=pale))
    said = export_pages([page], tmp_path / "fog.png").notices
    assert any(each.startswith("Text (#F4F4F4) on the paper") for each in said)


def test_a_png_has_its_exact_size_its_resolution_and_its_texts(tmp_path):
    path = tmp_path / "a.png"
    for dpi, size in ((72, (360, 252)), (100, (500, 350)), (97, (485, 340))):
        path.write_bytes(png_of(sample_scene(), dpi))
        with Image.open(path) as image:
            assert image.size == size
            assert image.mode == "RGB"
            assert image.info["dpi"] == pytest.approx((dpi, dpi), abs=0.02)
            assert image.info["Title"] == sample_scene().title
            assert image.info["Description"] == sample_scene().alt
    assert read_lineage(path) == LINEAGE
    with pytest.raises(GisappError, match="million pixels"):
        png_of(sample_scene(width=3000.0, height=2000.0), 1200)


def test_an_animation_keeps_its_flat_colours_and_needs_one_size(tmp_path):
    pages = [sample_scene(), sample_scene(items=sample_scene().items[:3], title="Two")]
    path = tmp_path / "a.gif"
    path.write_bytes(gif_of(pages, dpi=96))
    with Image.open(path) as animation:
        for number, page in enumerate(pages):
            animation.seek(number)
            colors = {color for _, color in animation.convert("RGB").getcolors(2**24)}
            assert {(255, 255, 255), (0xE9, 0xF0, 0xF4)} <= colors, page.title
    assert read_lineage(path) == LINEAGE
    with pytest.raises(GisappError, match="one size"):
        gif_of([*pages, sample_scene(width=400.0)], dpi=96)


@pytest.mark.parametrize("ending", [".png", ".svg", ".gif", ".pptx"])
def test_the_same_pages_give_the_same_bytes(tmp_path, ending):
    first, second = tmp_path / f"a{ending}", tmp_path / f"b{ending}"
    for path in (first, second):
        export_pages(WORDS[:1], path)
    assert first.read_bytes() == second.read_bytes()


def test_what_is_framed_is_what_comes_out(tmp_path):
    frame = FrameSpec(size="A4", dpi=72)
    page = replace(WORDS[0], frame=frame)
    for name in ("a.png", "a.pdf", "a.pptx"):
        export_pages([page], tmp_path / name)
    with Image.open(tmp_path / "a.png") as image:
        assert image.size == (842, 595)
    page = PdfReader(tmp_path / "a.pdf").pages[0]
    assert float(page.mediabox[2]) == pytest.approx(841.89, abs=0.01)
    with zipfile.ZipFile(tmp_path / "a.pptx") as package:
        assert 'cx="10692003"' in package.read("ppt/presentation.xml").decode()
