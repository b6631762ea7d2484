import io
import re
import xml.etree.ElementTree as ET
import zipfile
from dataclasses import replace

import pytest
from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.enum.shapes import MSO_SHAPE_TYPE

from gisapp.model.feedback import Cancelled, Feedback
from gisapp.model.style import Style
from gisapp.render.compose import compose
from gisapp.render.deck_pages import ManyPage
from gisapp.render.picture import FrameSpec, ThemeName
from gisapp.render.slides import slide_scenes, write_pptx
from gisapp.render.symbology import palette
from tests.render.sample_pictures import AS_OF, CHART, coverage, distance, world

SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def made(picture, path, frame=None, **options):
    scene = compose(picture, frame or FrameSpec())
    write_pptx([scene], path, **options)
    return Presentation(str(path))


@pytest.fixture(scope="module")
def deck(tmp_path_factory):
    return made(coverage(), tmp_path_factory.mktemp("deck") / "coverage.pptx")


def every_shape(shapes):
    for shape in shapes:
        yield shape
        if shape.shape_type == MSO_SHAPE_TYPE.GROUP:
            yield from every_shape(shape.shapes)


def groups(deck):
    return {s.name: s for s in deck.slides[0].shapes if s.shape_type == MSO_SHAPE_TYPE.GROUP}


def test_everything_is_a_named_shape_in_the_group_of_its_layer(deck):
    found = groups(deck)
    assert {"Countries", "Alliance: Quad", "Deposits", "Refineries", "Legend", "Footer"} <= set(
        found
    )
    countries = {s.name: s for s in found["Countries"].shapes}
    assert countries["Chile"].shape_type == MSO_SHAPE_TYPE.FREEFORM
    sites = [*found["Deposits"].shapes, *found["Deposits (large)"].shapes]
    assert len(sites) == 118
    # a large deposit hides no small refinery
    names = list(found)
    assert names.index("Deposits (large)") < names.index("Refineries")
    kinds = {
        s.auto_shape_type
        for s in every_shape(found["Refineries"].shapes)
        if s.shape_type == MSO_SHAPE_TYPE.AUTO_SHAPE
    }
    assert len(kinds) >= 1
    assert not any(
        s.shape_type == MSO_SHAPE_TYPE.PICTURE for s in every_shape(deck.slides[0].shapes)
    )


def test_on_small_multiples_symbols_lie_on_their_own_map(tmp_path):
    picture = coverage()
    years = tuple(replace(picture, title=year, chart=None) for year in ("2020", "2024"))
    path = tmp_path / "many.pptx"
    write_pptx(slide_scenes([ManyPage(picture, years, FrameSpec())]), path)
    names = [shape.name for shape in Presentation(str(path)).slides[0].shapes]
    for year in ("2020", "2024"):
        below, large, small = (
            names.index(f"{year}: {each}")
            for each in ("Coastline", "Deposits (large)", "Refineries")
        )
        assert below < large < small


def test_every_object_has_alt_text_and_an_id_of_its_own(deck):
    ids, names, said = [], [], 0
    for shape in every_shape(deck.slides[0].shapes):
        described = shape._element.xpath(".//p:cNvPr")[0]
        decoration = described.findall(".//{*}decorative")
        assert bool(described.get("descr")) != bool(decoration), shape.name
        ids.append(shape.shape_id)
        names.append(shape.name)
        said += bool(described.get("descr"))
    assert len(ids) == len(set(ids))
    assert len(names) == len(set(names))
    assert said > 0.9 * len(ids) - 120  # halos, rings and rules are decoration


def test_title_notes_footer_and_properties_say_what_it_is(deck):
    slide, picture = deck.slides[0], coverage()
    assert slide.shapes.title.text_frame.text.replace("\v", "") == picture.title
    notes = slide.notes_slide.notes_text_frame.text
    for words in (picture.notes, *picture.sources, "2026-11-22"):
        assert words in notes
    (footer,) = [s for s in groups(deck)["Footer"].shapes if s.name == "Sources"]
    assert "Natural Earth" in footer.text_frame.text
    assert "As of 22 Nov 2026" in footer.text_frame.text
    assert deck.core_properties.title == picture.title
    assert deck.core_properties.modified.date() == AS_OF
    assert (deck.slide_width, deck.slide_height) == (12_192_000, 6_858_000)


def test_the_chart_is_a_chart_with_its_data_sheet(deck):
    (frame,) = [s for s in deck.slides[0].shapes if s.has_chart]
    chart = frame.chart
    assert list(chart.plots[0].categories) == [bar.label for bar in CHART.bars]
    upper, lower = chart.plots[0].series
    assert list(upper.values) == [bar.high for bar in CHART.bars]
    assert list(lower.values) == [bar.low for bar in CHART.bars]
    with zipfile.ZipFile(io.BytesIO(chart.part.chart_workbook.xlsx_part.blob)) as book:
        sheet = ET.fromstring(book.read("xl/worksheets/sheet1.xml"))
        texts = ET.fromstring(book.read("xl/sharedStrings.xml"))
    cells = {c.get("r"): c.findtext(f"{SHEET}v") for c in sheet.iter(f"{SHEET}c")}
    shared = ["".join(node.itertext()) for node in texts]
    assert shared[int(cells["A2"])] == "China"
    assert (float(cells["B2"]), float(cells["C2"])) == (91.4, 91.0)
    # what the chart replaces is not there a second time; what stands around it is
    names = [s.name for s in every_shape(deck.slides[0].shapes)]
    assert "Chart title" in names
    assert "China label" not in names
    assert "Limit" in names


@pytest.mark.parametrize("theme", ThemeName)
def test_every_colour_is_one_of_the_theme_but_the_red_of_a_limit(theme, tmp_path):
    path = tmp_path / "a.pptx"
    deck = made(coverage(), path, FrameSpec(theme=theme))
    colors = palette(theme)
    with zipfile.ZipFile(path) as package:
        parts = {
            name: package.read(name)
            for name in package.namelist()
            if re.match(r"ppt/(slides|charts)/\w+.xml", name)
        }
        own = package.read("ppt/theme/theme1.xml").decode()
    assert len(parts) == 2
    written = {
        found for part in parts.values() for found in re.findall(b'srgbClr val="(.*?)"', part)
    }
    assert written <= {colors.limit[1:].encode()}
    for color in (colors.deposit, colors.refinery, colors.magnet_plant, colors.alliance):
        assert f'val="{color[1:]}"' in own
    assert 'typeface="Arial"' in own
    assert deck.slides[0].shapes.title is not None


def test_a_deck_has_one_theme_that_pages_of_another_take(tmp_path):
    scenes = [
        compose(distance(), FrameSpec(theme=theme)) for theme in (ThemeName.DARK, ThemeName.LIGHT)
    ]
    path = tmp_path / "a.pptx"
    write_pptx(scenes, path)
    with zipfile.ZipFile(path) as package:
        first, second = (package.read(f"ppt/slides/slide{n}.xml") for n in (1, 2))
    land = re.compile(rb'name="Chile".*?(<a:solidFill>.*?</a:solidFill>)')
    assert land.search(first)[1] == land.search(second)[1]


def test_what_a_user_coloured_keeps_its_colour(tmp_path):
    picture = distance()
    first = picture.layers[0]
    styled = replace(first, layer=replace(first.layer, style=Style(color="#ABCDEF")))
    path = tmp_path / "a.pptx"
    made(replace(picture, layers=(styled,)), path)
    with zipfile.ZipFile(path) as package:
        slide = package.read("ppt/slides/slide1.xml").decode()
    assert 'srgbClr val="ABCDEF"' in slide


def test_points_are_where_the_scene_has_them(tmp_path):
    picture = distance()
    scene = compose(picture, FrameSpec(size="A4"))
    path = tmp_path / "a.pptx"
    write_pptx([scene], path)
    shapes = {s.name: s for s in every_shape(Presentation(str(path)).slides[0].shapes)}
    marks = [i for i in scene.items if i.group == "Refineries" and i.symbol.ring == "none"]
    for mark in marks:
        shape = shapes[mark.name]
        if shape.shape_type == MSO_SHAPE_TYPE.AUTO_SHAPE:
            assert (shape.left + shape.width / 2) / 12_700 == pytest.approx(mark.x, abs=0.02)
            assert (shape.top + shape.height / 2) / 12_700 == pytest.approx(mark.y, abs=0.02)


def test_the_whole_world_is_small_and_the_same_every_time(tmp_path):
    picture = world()
    scene = compose(picture, FrameSpec())
    first, second = tmp_path / "a.pptx", tmp_path / "b.pptx"
    write_pptx([scene], first)
    assert first.stat().st_size < 5_000_000
    write_pptx([scene], second)
    assert first.read_bytes() == second.read_bytes()


def test_the_charts_data_can_be_edited(deck, tmp_path):
    path = tmp_path / "edited.pptx"
    deck.save(str(path))
    again = Presentation(str(path))
    chart = next(s for s in again.slides[0].shapes if s.has_chart).chart
    data = CategoryChartData()
    data.categories = ["China", "Quad together", "Chile"]
    data.add_series("Upper bound, %", (50.0, 30.0, 20.0))
    data.add_series("Lower bound, %", (50.0, 25.0, 20.0))
    chart.replace_data(data)
    again.save(str(path))
    chart = next(s for s in Presentation(str(path)).slides[0].shapes if s.has_chart).chart
    assert list(chart.plots[0].categories) == ["China", "Quad together", "Chile"]
    labels = chart.plots[0].series[0]._element.find("{*}dLbls")
    # what has no bounds is labelled with its own value, whatever that becomes
    assert labels.find("{*}showVal").get("val") == "1"
    assert "%" in labels.find("{*}numFmt").get("formatCode")
    written = {each.find("{*}idx").get("val") for each in labels.findall("{*}dLbl")}
    bounded = {str(i) for i, bar in enumerate(CHART.bars) if bar.low != bar.high}
    assert bounded <= written
    assert "3" not in written  # Estonia, 0.3 %


def test_no_clock_is_in_the_package_nor_in_the_data_sheet(deck):
    sheet = next(s for s in deck.slides[0].shapes if s.has_chart).chart.part.chart_workbook
    with zipfile.ZipFile(io.BytesIO(sheet.xlsx_part.blob)) as book:
        assert b"2026-11-22T00:00:00Z" in book.read("docProps/core.xml")
        assert {entry.date_time[0] for entry in book.infolist()} == {1980}


def test_markup_and_control_characters_in_names_do_no_harm(tmp_path):
    picture = replace(
        distance(), title='Mines & <refineries> "now" \x07稀土', subtitle="a\x00b" * 100
    )
    deck = made(picture, tmp_path / "a.pptx")
    assert "<refineries>" in deck.slides[0].shapes.title.text_frame.text


def test_making_a_slide_can_be_cancelled(tmp_path):
    scene = compose(distance(), FrameSpec())
    feedback = Feedback()
    feedback.cancel()
    with pytest.raises(Cancelled):
        write_pptx([scene], tmp_path / "a.pptx", feedback=feedback)
    assert not (tmp_path / "a.pptx").exists()
