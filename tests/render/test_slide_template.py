import base64
import io
import zipfile
from dataclasses import replace

import PIL.Image
import pytest
from pptx import Presentation
from pptx.util import Inches

from gisapp.model.feedback import GisappError
from gisapp.render.deck_pages import MapPage, Paragraph, TextPage
from gisapp.render.picture import Brand, FrameSpec, PageTable, SlideTemplate
from gisapp.render.scene import Box, Words
from gisapp.render.slide_fit import slide_scenes
from gisapp.render.slide_template import template_places
from gisapp.render.slides import write_pptx
from gisapp.render.text_page import text_pages
from tests.render.sample_pictures import AS_OF, SOURCES, coverage
from tests.render.slide_templates import COLORS, as_kind, brand


def written(template, path, *pages):
    frame = FrameSpec(template=template)
    scenes = slide_scenes([replace(page, frame=frame) for page in pages])
    write_pptx(scenes, path)
    return Presentation(str(path)), scenes


@pytest.fixture(scope="module")
def potx(tmp_path_factory):
    return as_kind(
        brand(tmp_path_factory.mktemp("brand") / "marke.pptx", colors=COLORS), "template"
    )


@pytest.fixture(scope="module")
def fitted(potx, tmp_path_factory):
    path = tmp_path_factory.mktemp("fitted") / "a.pptx"
    return *written(SlideTemplate(str(potx)), path, MapPage(coverage(), FrameSpec())), path


def test_the_layouts_say_what_goes_where(potx):
    layouts = template_places(SlideTemplate(str(potx)), ("title", "subtitle", "chart", "sources"))
    best = max(layouts, key=lambda each: each.serves)
    assert best.name == "Nur Karte"
    told = {place.name: place.purpose for place in best.places}
    assert told["Untertitel 1"] == "subtitle"
    assert told["Diagrammplatzhalter 2"] == "chart"
    assert told["Quelle 3"] == "sources"
    assert told["Werbung"] == ""
    # between band and chart, under the subtitle, over the sources
    inches = Box(*(side / 72.0 for side in (best.free.x, best.free.y, best.free.w, best.free.h)))
    assert inches.x >= 0.66
    assert inches.right <= 9.2
    assert inches.y >= 1.7
    assert inches.bottom <= 6.45
    assert inches.w * inches.h > 30.0


def test_texts_chart_and_foot_are_in_the_templates_own_placeholders(fitted):
    deck, _, _ = fitted
    slide, picture = deck.slides[0], coverage()
    texts = {
        p.placeholder_format.idx: p.text_frame.text for p in slide.placeholders if p.has_text_frame
    }
    assert slide.slide_layout.name == "Nur Karte"
    assert texts[0] == picture.title
    assert texts[20] == picture.subtitle
    assert texts[22] == "  ·  ".join(picture.sources)
    assert 23 not in texts
    foot = {
        p.element.xpath(".//p:ph/@type")[0]: p.text_frame.text
        for p in slide.placeholders
        if p.element.xpath(".//p:ph/@type")[:1] and p.placeholder_format.idx in (10, 11, 12)
    }
    assert foot == {"dt": "22 Nov 2026", "ftr": "Vertraulich", "sldNum": "1"}
    assert slide.element.xpath('.//a:fld[@type="slidenum"]')
    (chart,) = [s for s in slide.shapes if s.has_chart]
    assert chart.element.xpath(".//p:ph/@idx") == ["21"]
    # fonts and places are the template's: nothing is set on the slide
    assert not slide.shapes.title.element.xpath(".//a:rPr/@sz | .//p:spPr/a:xfrm")


def test_the_map_stands_in_the_free_area_and_nothing_over_another(fitted):
    deck, scenes, _ = fitted
    slide = deck.slides[0]
    kept = [
        Box(*(side / 914_400 for side in (p.left, p.top, p.width, p.height)))
        for p in slide.placeholders
    ]
    groups = [
        Box(*(side / 914_400 for side in (s.left, s.top, s.width, s.height)))
        for s in slide.shapes
        if not s.is_placeholder and s.name != "Chart texts" and not s.name.startswith("Limit")
    ]
    assert len(groups) > 6
    for box in groups:
        assert box.x >= 0.6
        assert not any(box.overlaps(other, slack=0.02) for other in kept)
    # composed for the area, not squeezed into it: type keeps its size
    assert scenes[0].fitted is not None
    sizes = slide.element.xpath('.//p:sp[.//p:cNvPr[starts-with(@name, "Legend: Deposits")]]//@sz')
    assert int(sizes[0]) >= 650


def test_the_templates_slides_are_gone_with_all_that_was_theirs(fitted):
    _, _, path = fitted
    with zipfile.ZipFile(path) as package:
        everything = b"".join(package.read(name) for name in package.namelist())
        names = package.namelist()
    assert b"Alte" not in everything
    assert b"sectionLst" not in everything
    assert sum(name.startswith("ppt/slides/slide") for name in names) == 1
    assert sum(name.startswith("ppt/notesSlides/notes") for name in names) == 1
    assert b"template.main" not in everything


def test_a_dark_template_takes_our_dark_shades(fitted):
    deck, _, _ = fitted
    land = deck.slides[0].element.xpath('.//p:sp[.//p:cNvPr[@name="Chile"]]/p:spPr/a:solidFill')[0]
    assert land[0].get("val") == "bg2"
    steps = {each.tag.rpartition("}")[2]: int(each.get("val")) for each in land[0]}
    assert steps.get("lumMod", 100_000) > 80_000  # a little lighter than the ground, not near white


def test_a_placeholder_can_be_given_and_a_layout_named(potx, tmp_path):
    chosen = SlideTemplate(
        str(potx), (("Werbung", "caption"), ("Quelle 3", ""), ("layout", "Nur Karte"))
    )
    deck, _ = written(chosen, tmp_path / "a.pptx", MapPage(coverage(), FrameSpec()))
    slide = deck.slides[0]
    texts = {
        p.placeholder_format.idx: p.text_frame.text for p in slide.placeholders if p.has_text_frame
    }
    assert texts[23] == coverage().caption
    assert 22 not in texts
    with pytest.raises(GisappError) as refused:
        template_places(SlideTemplate(str(potx), (("layout", "Titel"),)))
    assert refused.value.code == "no_layout"


def test_a_logo_and_a_table_too_long_for_its_place(potx, tmp_path):
    mark = io.BytesIO()
    PIL.Image.new("RGB", (60, 20), "#7030A0").save(mark, "PNG")
    house = Brand("Acme", logo=base64.b64encode(mark.getvalue()).decode())
    chosen = SlideTemplate(
        str(potx),
        (("Werbung", "logo"), ("Diagrammplatzhalter 2", "table"), ("layout", "Nur Karte")),
    )
    rows = tuple((f"Country {i}", f"{i}") for i in range(90))
    table = PageTable("All", ("Country", "t"), rows, (False, True))
    frame = FrameSpec(template=chosen, brand=house)
    page = TextPage("A table", frame, AS_OF, table=table)
    (scene,) = slide_scenes([page])
    path = tmp_path / "a.pptx"
    write_pptx([scene], path)
    slide = Presentation(str(path)).slides[0]
    (logo,) = [s for s in slide.shapes if s.name == "Logo"]
    assert logo.width == pytest.approx(3 * logo.height, rel=0.01)
    assert abs(logo.left - Inches(9.2)) < 20_000
    (shown,) = [s for s in slide.shapes if s.has_table]
    count = len(shown.table.rows) - 1
    assert 5 < count < 60
    assert shown.top + shown.height <= Inches(1.9 + 3.0) + 20_000
    assert scene.notices == (f"A table has room for {count} of its 90 rows.",)


def test_pages_of_words_and_long_titles_fit_too(potx, tmp_path):
    table = PageTable("", ("Country", "t"), (("China", "1"), ("Chile", "2")), (False, True))
    title = "A finding that takes a good many words because the matter is difficult " * 3
    page = TextPage(title, FrameSpec(), AS_OF, table=table, sources=SOURCES, notes="How.")
    deck, scenes = written(SlideTemplate(str(potx)), tmp_path / "a.pptx", page)
    slide = deck.slides[0]
    assert scenes[0].title == title.strip() or scenes[0].title == title
    assert int(slide.shapes.title.element.xpath(".//a:normAutofit/@fontScale")[0]) < 70_000
    assert [s.has_table for s in slide.shapes].count(True) == 1
    assert slide.notes_slide.notes_text_frame.text == "How."


def test_an_agenda_leads_to_its_slides_where_a_template_has_less_room(tmp_path):
    deck = Presentation()
    deck.slide_width, deck.slide_height = Inches(7.5), Inches(10.8)
    for layout in [each for each in deck.slide_layouts if each.name != "Title Only"]:
        deck.slide_layouts.remove(layout)
    for holder in (deck.slide_master, *deck.slide_layouts):
        for shape in holder.placeholders:
            across = [round(side * 0.75) for side in (shape.left, shape.width)]
            down = [round(side * 1.44) for side in (shape.top, shape.height)]
            (shape.left, shape.width), (shape.top, shape.height) = across, down
    path = tmp_path / "portrait.pptx"
    deck.save(str(path))
    frame = FrameSpec(template=SlideTemplate(str(path)))
    entries = tuple(Paragraph(f"Entry number {i} with a name", 1, 3) for i in range(60))
    pages = text_pages(TextPage("Agenda", frame, AS_OF, paragraphs=entries))
    assert len(pages) == 2
    scenes = slide_scenes([*pages, TextPage("The end", frame, AS_OF, paragraphs=entries[:1])])
    assert len(scenes) > 3
    words = [item for scene in scenes for item in scene.items if isinstance(item, Words)]
    assert {item.link for item in words} - {None} == {len(scenes)}
    assert scenes[-1].title == "The end"


def test_a_plain_presentation_is_a_template_too(tmp_path):
    template = Presentation()
    template.slide_width, template.slide_height = Inches(10), Inches(7.5)
    source = tmp_path / "plain.pptx"
    template.save(str(source))
    deck, scenes = written(
        SlideTemplate(str(source)), tmp_path / "a.pptx", MapPage(coverage(), FrameSpec())
    )
    assert deck.slide_width == Inches(10)
    for shape in deck.slides[0].shapes:
        assert shape.left >= 0
        assert shape.left + shape.width <= deck.slide_width
        assert shape.top + shape.height <= deck.slide_height
    assert scenes[0].fitted is not None


def test_bad_templates_are_refused_in_one_sentence(tmp_path):
    good = brand(tmp_path / "good.pptx")
    cases = {
        "words.pptx": b"no presentation",
        "locked.pptx": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
        "cut.pptx": good.read_bytes()[:5000],
        "empty.pptx": b"",
    }
    for name, content in cases.items():
        (tmp_path / name).write_bytes(content)
    book = io.BytesIO()
    with zipfile.ZipFile(book, "w") as package:
        package.writestr("word/document.xml", "<a/>")
    (tmp_path / "other.pptx").write_bytes(book.getvalue())
    for part in ("slideMaster1", "theme1"):
        lacking = tmp_path / f"{part}.pptx"
        with zipfile.ZipFile(good) as old, zipfile.ZipFile(lacking, "w") as new:
            for name in old.namelist():
                if not name.endswith(f"/{part}.xml"):
                    new.writestr(name, old.read(name))
        cases[lacking.name] = b""
    paths = [*(tmp_path / name for name in cases), tmp_path / "other.pptx", tmp_path / "none.pptx"]
    for path in (*paths, as_kind(good, "macro")):
        with pytest.raises(GisappError) as refused:
            template_places(SlideTemplate(str(path)))
        assert refused.value.code == "unreadable_template"
        assert path.name in refused.value.message
        assert refused.value.hint
    untitled = Presentation()
    for layout in untitled.slide_layouts:
        for holder in list(layout.placeholders):
            holder.element.getparent().remove(holder.element)
    untitled.save(str(tmp_path / "untitled.pptx"))
    with pytest.raises(GisappError) as refused:
        template_places(SlideTemplate(str(tmp_path / "untitled.pptx")))
    assert refused.value.code == "no_placeholder"
