import gc
import re
import subprocess
import unicodedata
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image
from pypdf import PdfReader

from gisapp.model.feedback import Cancelled, Feedback
from gisapp.render.compose import compose
from gisapp.render.deck import TextPage, scenes_of
from gisapp.render.lineage import read_lineage
from gisapp.render.paint import scene_image
from gisapp.render.pdf import write_pdf
from gisapp.render.picture import FrameSpec, PageTable, ThemeName
from tests.render.sample_pictures import AS_OF, coverage
from tests.render.sample_scene import LINEAGE, sample_scene, words

ARABIC = "مناجم الأتربة النادرة"


@pytest.fixture(scope="module")
def pages():
    """Return a map, a page of everything and a page of links."""
    agenda = (
        words("One", 20, 40, "1  The map", purpose="text", link=1),
        words("Two", 20, 60, "2  Everything", purpose="text", link=2),
        words("Beyond", 20, 80, "No such page", purpose="text", link=9),
    )
    return [
        compose(replace(coverage(), lineage=LINEAGE), FrameSpec()),
        sample_scene(ThemeName.DARK),
        sample_scene(items=agenda, title="Agenda", width=500.0),
    ]


@pytest.fixture(scope="module")
def path(pages, tmp_path_factory):
    path = tmp_path_factory.mktemp("pdf") / "deck.pdf"
    write_pdf(pages, path)
    return path


@pytest.fixture(scope="module")
def reader(path):
    return PdfReader(path)


def test_every_page_has_its_size_and_its_bookmark(reader, pages):
    sizes = [tuple(float(v) for v in page.mediabox[2:]) for page in reader.pages]
    assert sizes == [(960, 540), (360, 252), (500, 252)]
    assert [each.title for each in reader.outline] == [page.title for page in pages]
    assert [reader.get_destination_page_number(each) for each in reader.outline] == [0, 1, 2]


def test_text_is_found_as_it_was_typed(reader, path, pages):
    # this reader knows nothing of marks: it goes by what each glyph stands for
    read = reader.pages[1].extract_text()
    for text in ("稀土", ARABIC.split(maxsplit=1)[0], "x & <b>y</b> $z$", "Operating offices"):
        assert text in read
    poppler = subprocess.run(["pdftotext", path, "-"], check=True, capture_output=True).stdout
    seen = poppler.decode()
    for text in (pages[0].title, "As of 22 Nov 2026", "Under construction", "Facilities compiled"):
        assert text in seen
    assert "稀土" in seen
    # as search does: lam-alef is one sign
    assert ARABIC in unicodedata.normalize("NFKC", seen)
    assert seen.count("Operating offices") == 1, "a halo is no second text"


def test_fonts_are_embedded_as_subsets_and_nothing_is_a_picture(reader, path):
    listed = subprocess.run(["pdffonts", path], check=True, capture_output=True).stdout.decode()
    rows = [line for line in listed.splitlines()[2:] if line.strip()]
    assert rows
    for row in rows:
        assert re.search(r"\byes (yes|no ) yes\b", row), row
        assert "Lato" in row or "DejaVu" in row or "Type 3" in row
    assert "/XObject" not in reader.pages[0]["/Resources"]
    content = reader.pages[0].get_contents().get_data()
    assert content.count(b" l\n") > 10_000, "coasts are lines"


def test_what_leads_to_a_page_does(reader):
    links = [each.get_object() for each in reader.pages[2].get("/Annots", [])]
    assert len(links) == 2
    targets = [reader.get_page_number(link["/Dest"][0].get_object()) for link in links]
    assert targets == [0, 1]
    left, bottom, right, top = (float(v) for v in links[0]["/Rect"])
    assert (left, top) == (20, 252 - 40)
    assert bottom == pytest.approx(top - 12 * 1.22, abs=0.1)
    assert 50 < right - left < 70


def test_the_reading_order_is_headings_then_figures_then_words(reader):
    document = reader.root_object["/StructTreeRoot"]["/K"]
    assert reader.root_object["/MarkInfo"]["/Marked"]
    assert reader.root_object["/Lang"] == "en-GB"
    chapter = document["/K"][0]
    kinds = [part["/S"] for part in chapter["/K"]]
    assert kinds[:4] == ["/H1", "/H2", "/Figure", "/Figure"]
    assert set(kinds[4:]) == {"/P"}
    figure, chart = chapter["/K"][2], chapter["/K"][3]
    assert "118 Deposits" in figure["/Alt"]
    assert "China 91.0" in chart["/Alt"]
    # every mark of the page belongs to one part, and the page finds it back
    marks = sorted(int(mark) for part in chapter["/K"] for mark in part["/K"])
    assert marks == list(range(len(marks)))
    content = reader.pages[0].get_contents().get_data()
    assert content.count(b"BDC") == content.count(b"EMC") == len(marks)
    numbers = reader.root_object["/StructTreeRoot"]["/ParentTree"]["/Nums"]
    assert len(numbers[1].get_object()) == len(marks)


def test_the_page_looks_like_the_picture(tmp_path):
    scene = sample_scene()
    write_pdf([scene], tmp_path / "a.pdf")
    drawn = ["pdftoppm", "-r", "96", "-png", "-singlefile", tmp_path / "a.pdf", tmp_path / "a"]
    subprocess.run(drawn, check=True)
    with Image.open(tmp_path / "a.png") as image:
        shown = image.convert("RGB")
    ours = Image.fromarray(scene_image(scene, 96 / 72)[..., :3])
    assert shown.size == ours.size
    apart = np.abs(np.asarray(shown.reduce(4)).astype(int) - np.asarray(ours.reduce(4)))
    # poppler draws thin lines a pixel wide: shapes are where they are all the same
    assert apart.max(axis=2).mean() < 6.0
    assert (apart.max(axis=2) > 90).mean() < 0.003


def test_a_table_is_read_by_row_and_column(tmp_path):
    table = PageTable("Shares", ("Mineral", "Share, %"), (("Lithium", "4"), ("Cobalt", "12")))
    page = TextPage("Shares", FrameSpec(), AS_OF, table=table)
    write_pdf(scenes_of([page]), tmp_path / "a.pdf")
    chapter = PdfReader(tmp_path / "a.pdf").root_object["/StructTreeRoot"]["/K"]["/K"][0]
    (found,) = [part for part in chapter["/K"] if part["/S"] == "/Table"]
    kinds = [[cell["/S"] for cell in row["/K"]] for row in found["/K"]]
    assert kinds == [["/TH", "/TH"], ["/TD", "/TD"], ["/TD", "/TD"]]


@pytest.mark.parametrize("last", [0.0, 0.2, 0.4, 0.6])
def test_a_drawing_that_is_broken_off_leaves_nothing_behind(tmp_path, last):
    feedback = Feedback(lambda fraction, _text: feedback.cancel() if fraction >= last else None)
    with pytest.raises(Cancelled):
        write_pdf([sample_scene()] * 4, tmp_path / "a.pdf", feedback=feedback)
    gc.collect()
    assert list(tmp_path.iterdir()) == []


def test_the_document_tells_what_it_is_and_what_it_was_made_of(reader, path, pages):
    assert path.read_bytes().startswith(b"%PDF-1.7")
    assert reader.metadata.title == pages[0].title
    assert reader.viewer_preferences.display_doctitle
    assert reader.metadata.subject == pages[0].alt
    assert reader.metadata.creation_date.date() == AS_OF
    assert "project: 3f2a" in reader.metadata["/Keywords"]
    assert read_lineage(path) == LINEAGE


def test_the_same_pages_give_the_same_bytes(pages, path, tmp_path):
    write_pdf(pages, tmp_path / "again.pdf")
    assert (tmp_path / "again.pdf").read_bytes() == path.read_bytes()


def test_a_page_of_nothing_and_texts_that_show_nothing(tmp_path):
    odd = (
        words("Blank", 10, 10, "  \u00a0"),
        words("Away", 9_000, 10, "far off the page"),
        words("Empty", 10, 10, ""),
        words("Seen", 10, 10, "seen"),
    )
    write_pdf([sample_scene(items=()), sample_scene(items=odd)], tmp_path / "odd.pdf")
    pages = PdfReader(tmp_path / "odd.pdf").pages
    assert [page.extract_text().strip() for page in pages] == ["", "seen"]
