"""The file as PowerPoint reads it: against the schema of Office, and what the schema cannot say."""

import io
import os
import posixpath
import re
import shutil
import subprocess
import zipfile
from dataclasses import replace
from unicodedata import category

import numpy as np
import PIL.Image
import pytest
from lxml import etree
from openxml_audit import FileFormat, OpenXmlValidator
from pypdf import PdfReader

from gisapp.render.deck_pages import MapPage, Paragraph, TextPage
from gisapp.render.paint import scene_image
from gisapp.render.picture import FrameSpec, Heavy, PageTable, SlideTemplate, ThemeName
from gisapp.render.scene import Area, Box, Image, Line, Words, ink
from gisapp.render.slides import slide_scenes, write_pptx
from gisapp.render.symbology import palette
from tests.render.sample_pictures import AS_OF, CHART, SOURCES, coverage, distance, world
from tests.render.slide_templates import COLORS, brand, recolored, rewritten

TABLE = PageTable(
    "Largest refiners",
    ("Country", "Refined, t", "Share, %"),
    (("China", "270\u202f000", "91.0"), ("Côte d\u2019Ivoire", "", "0.1")),
    (False, True, True),
    "Unknown plants are left out.",
)
LIGHT = {
    "dk1": "402010",
    "lt1": "FFF4E0",
    "dk2": "705040",
    "lt2": "CFE3CB",
    "accent1": "7030A0",
    "accent2": "008080",
    "accent3": "C00000",
    "accent4": "0070C0",
}
PAGES = (
    TextPage(
        "Agenda",
        FrameSpec(),
        AS_OF,
        paragraphs=(Paragraph("Parts", 0), Paragraph("Coverage", 1, 2), Paragraph("Table", 1, 3)),
        notes="What follows.",
    ),
    MapPage(replace(coverage(), lineage=(("Project", "abc <1>"),)), FrameSpec()),
    TextPage("Comparison", FrameSpec(), AS_OF, table=TABLE, chart=CHART, sources=SOURCES),
)


@pytest.fixture(scope="module")
def scenes():
    return slide_scenes(PAGES)


@pytest.fixture(scope="module")
def deck(scenes, tmp_path_factory):
    path = tmp_path_factory.mktemp("deck") / "deck.pptx"
    write_pptx(scenes, path)
    return path


def thinned(scene):
    """Return a scene with a few items of every kind, of a few corners: checking takes its time."""
    seen, kept = {}, []
    for item in scene.items:
        key = item.group, type(item), getattr(getattr(item, "symbol", None), "ring", "")
        seen[key] = seen.get(key, 0) + 1
        if seen[key] > 2 and item.group not in ("Chart", "Table"):
            continue
        if isinstance(item, Area):
            kept.append(replace(item, parts=tuple((part[0][:5],) for part in item.parts[:1])))
        elif isinstance(item, Line):
            kept.append(replace(item, parts=tuple(path[:5] for path in item.parts[:2])))
        else:
            kept.append(item)
    return replace(scene, items=tuple(kept))


def test_the_schema_of_office_has_nothing_to_say(scenes, tmp_path):
    colors = palette(ThemeName.LIGHT)
    drawing = b'<svg xmlns="http://www.w3.org/2000/svg" width="4" height="4"/>'
    png = io.BytesIO()
    PIL.Image.new("RGBA", (4, 4)).save(png, "PNG")
    odd = (
        Image("Logo", "Logo", Box(900, 10, 24, 24), drawing, png.getvalue(), "A house's mark"),
        Image("Seal", "Logo", Box(870, 10, 24, 24), png.getvalue()),
        Words("<&\"'> 稀土 \t", "Labels", 90, 90, ("a", "b"), 9, ink(colors, "text"), link=3),
    )
    frames = [FrameSpec(), FrameSpec(theme=ThemeName.PRINT), FrameSpec(heavy=Heavy.PICTURE)]
    pictures = (coverage(), distance(), world())
    maps = slide_scenes([MapPage(p, f) for p, f in zip(pictures, frames, strict=True)])
    own = [thinned(scene) for scene in (*scenes, *maps)]
    own[1] = replace(own[1], items=(*own[1].items, *odd))
    write_pptx(own, tmp_path / "own.pptx")
    template = brand(tmp_path / "brand.pptx", colors=COLORS)
    frame = FrameSpec(template=SlideTemplate(str(template)))
    fitted = slide_scenes([replace(page, frame=frame) for page in PAGES])
    write_pptx([thinned(scene) for scene in fitted], tmp_path / "fitted.pptx")
    validator = OpenXmlValidator(FileFormat.OFFICE_2019)
    for name in ("own.pptx", "fitted.pptx"):
        result = validator.validate(tmp_path / name)
        assert [str(error) for error in result.errors] == []
        assert result.is_valid


def test_every_part_is_reached_typed_and_named_once(deck):
    with zipfile.ZipFile(deck) as package:
        names = package.namelist()
        content = {name: package.read(name) for name in names}
    assert len(names) == len(set(names))
    types = etree.fromstring(content["[Content_Types].xml"])
    typed = [each.get("PartName") for each in types if each.tag.endswith("Override")]
    assert len(typed) == len(set(typed))
    assert {f"/{n}" for n in names if not n.endswith((".rels", "[Content_Types].xml"))} == set(
        typed
    )
    reached = set()
    for name in (n for n in names if n.endswith(".rels")):
        source = name.replace("_rels/", "").removesuffix(".rels")
        ids = []
        for tie in etree.fromstring(content[name]):
            ids.append(tie.get("Id"))
            if tie.get("TargetMode") == "External":
                continue
            target = tie.get("Target")
            whole = (
                target.lstrip("/")
                if target.startswith("/")
                else posixpath.normpath(posixpath.join(posixpath.dirname(source), target))
            )
            assert whole in names, (name, target)
            reached.add(whole)
        assert len(ids) == len(set(ids))
        if source in content and source.endswith(".xml"):
            used = set(re.findall(rb'r:(?:id|embed|link)="(.*?)"', content[source]))
            assert used <= {each.encode() for each in ids}, source
    assert {f"/{name}" for name in reached} == set(typed)


def test_ids_and_names_are_unique_on_every_slide_and_texts_are_never_empty(deck):
    space = {"a": "http://schemas.openxmlformats.org/drawingml/2006/main"}
    with zipfile.ZipFile(deck) as package:
        slides = [n for n in package.namelist() if re.fullmatch(r"ppt/slides/slide\d+\.xml", n)]
        roots = [etree.fromstring(package.read(name)) for name in sorted(slides)]
    assert len(roots) == 3
    for root in roots:
        heads = list(root.iter("{*}cNvPr"))[1:]  # the first is the slide's own
        ids, names = ([each.get(key) for each in heads] for key in ("id", "name"))
        assert len(ids) == len(set(ids))
        assert len(names) == len(set(names))
        assert all(0 < len(name) <= 255 for name in names)
        assert not any(category(char).startswith("C") for name in names for char in name)
        assert all(int(each) > 0 for each in ids)
        for body in root.iter("{http://schemas.openxmlformats.org/presentationml/2006/main}txBody"):
            assert "".join(body.itertext()).strip()
        for size in root.iter("{*}ext"):
            if size.get("cx"):
                assert 0 < int(size.get("cx")) < 20_000_000
                assert 0 < int(size.get("cy")) < 20_000_000
        assert not root.xpath("//a:latin", namespaces=space)  # fonts are the theme's


def test_the_deck_has_links_numbers_notes_and_lineage(deck):
    with zipfile.ZipFile(deck) as package:
        first = package.read("ppt/slides/slide1.xml").decode()
        ties = package.read("ppt/slides/_rels/slide1.xml.rels")
        second = package.read("ppt/slides/slide2.xml").decode()
        custom = package.read("docProps/custom.xml").decode()
        notes = [package.read(f"ppt/notesSlides/notesSlide{n}.xml").decode() for n in (1, 2)]
    clicks = re.findall(r'hlinkClick [^>]*r:id="(rId\d+)"[^>]*hlinksldjump', first)
    targets = {each.get("Id"): each.get("Target") for each in etree.fromstring(ties)}
    assert {posixpath.basename(targets[each]) for each in clicks} == {"slide2.xml", "slide3.xml"}
    for slide in (first, second):
        assert re.search(
            r'<p:ph type="sldNum"[^>]*/></p:nvPr>.*?<a:fld [^>]*type="slidenum"', slide
        )
    assert "abc &lt;1&gt;" in custom
    assert "What follows." in notes[0]
    assert coverage().notes in notes[1]


def test_what_is_read_first_comes_first(deck):
    with zipfile.ZipFile(deck) as package:
        root = etree.fromstring(package.read("ppt/slides/slide2.xml"))
    tree = root.find(".//{*}spTree")
    names = [head.get("name") for each in tree[2:] if (head := each.find("*/{*}cNvPr")) is not None]
    order = [
        "Title",
        "Subtitle",
        "Countries",
        "Refineries",
        "Scale bar",
        "Legend",
        "Chart",
        "Footer",
    ]
    assert [name for name in names if name in order] == order
    inner = [each.get("name") for each in root.iter("{*}cNvPr")]
    assert inner.index("Legend") < inner.index("Caption") < inner.index("Sources")


def test_the_table_is_a_table(deck):
    with zipfile.ZipFile(deck) as package:
        root = etree.fromstring(package.read("ppt/slides/slide3.xml"))
    table = root.find(".//{*}tbl")
    rows = [
        ["".join(cell.itertext()) for cell in row.findall("{*}tc")]
        for row in table.findall("{*}tr")
    ]
    assert rows == [list(TABLE.columns), *(list(row) for row in TABLE.rows)]
    assert table.find("{*}tblPr").get("firstRow") == "1"
    sides = [[p.get("algn") for p in row.iter("{*}pPr")] for row in table.findall("{*}tr")]
    assert sides == [["l", "r", "r"]] * 3
    assert b"srgbClr" not in etree.tostring(table)
    frame = root.xpath("//*[local-name()='graphicFrame'][.//*[local-name()='tbl']]")[0]
    assert "Largest refiners" in frame.find(".//{*}cNvPr").get("descr")


def test_an_office_suite_draws_what_the_page_shows_in_the_colours_of_its_theme(
    scenes, deck, tmp_path
):
    """LibreOffice is one of the packages that .ci/run installs: there it may not be missing."""
    office = shutil.which("soffice")
    if office is None:
        assert "CI" not in os.environ, ".ci/run did not install LibreOffice"
        pytest.skip("needs LibreOffice: see packaging/debian-tools-for-tests.txt")
    own, other = tmp_path / "own.pptx", tmp_path / "other.pptx"
    for path in (own, other):
        path.write_bytes(deck.read_bytes())
    rewritten(other, lambda n, c: recolored(c, LIGHT) if n == "ppt/theme/theme1.xml" else c)
    home = f"-env:UserInstallation={(tmp_path / 'home').as_uri()}"
    command = [office, home, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path)]
    subprocess.run([*command, str(own), str(other)], check=True, capture_output=True, timeout=100)
    pages = PdfReader(own.with_suffix(".pdf")).pages
    assert len(pages) == 3
    text = " ".join(pages[1].extract_text().split())
    for words in ("The Quad refines 1 % of rare earths", "Deposits (118)", "Natural Earth", "65 %"):
        assert words in text
    pictures = {}
    for path in (own, other):
        pdf = path.with_suffix(".pdf")
        subprocess.run(
            [
                "pdftoppm",
                "-r",
                "72",
                "-f",
                "2",
                "-l",
                "2",
                "-png",
                str(pdf),
                str(pdf.with_suffix("")),
            ],
            check=True,
        )
        (drawn,) = tmp_path.glob(f"{path.stem}-*.png")
        with PIL.Image.open(drawn) as opened:
            pictures[path.stem] = np.asarray(opened.convert("RGB")).astype(float)
    page = scene_image(scenes[1], 1.0)[..., :3].astype(float)
    slide = pictures["own"][: page.shape[0], : page.shape[1]]
    assert slide.shape == page.shape
    assert np.abs(slide - page).mean() < 9.0
    box = scenes[1].map_box
    inside = np.s_[int(box.y) : int(box.bottom), int(box.x) : int(box.right)]
    near = np.abs(slide - page).max(axis=-1)[inside] < 40
    assert near.mean() > 0.9
    # another theme: paper, water and symbols follow
    for token, changed, kept in (
        ("paper", "lt1", 0.2),
        ("water", "lt2", 0.05),
        ("deposit", "accent1", 0.0005),
        ("refinery", "accent2", 0.0001),
    ):
        before = bytes.fromhex(getattr(palette(ThemeName.LIGHT), token)[1:])
        after = bytes.fromhex(LIGHT[changed])
        for picture, wanted, gone in (
            (pictures["own"], before, after),
            (pictures["other"], after, before),
        ):
            assert (np.abs(picture - list(wanted)).max(axis=-1) < 4).mean() > kept, token
            assert (np.abs(picture - list(gone)).max(axis=-1) < 4).mean() < kept / 5, token
