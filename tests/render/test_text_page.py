"""Pages of words, tables and charts: all of it is there, nothing is cut, nothing overlaps."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date

import pytest

from gisapp.render.deck import Paragraph, TextPage, scenes_of
from gisapp.render.fonts import LINE_HEIGHT, width_of
from gisapp.render.picture import Bar, BarChart, FrameSpec, PageTable
from gisapp.render.scene import Box, Scene, Words
from gisapp.render.table import table_plan
from gisapp.render.text_page import text_pages

DAY = date(2026, 11, 22)
SIZES = ("16:9", "4:3", "A4 portrait", "A3", "square")
LONG = "Figures whose country is not known count as outside for the lower bound. " * 4


def words_of(scene: Scene, *groups: str) -> list[Words]:
    return [i for i in scene.items if isinstance(i, Words) and (not groups or i.group in groups)]


def box_of(words: Words) -> Box:
    wide = max(width_of(line, words.size, bold=words.bold) for line in words.lines)
    left = {"left": words.x, "right": words.x - wide, "center": words.x - wide / 2}[words.align]
    return Box(left, words.y, wide, len(words.lines) * words.size * LINE_HEIGHT)


def check(scene: Scene) -> None:
    """Refuse what leaves the page, and texts that overlap."""
    boxes = [(each.name, box_of(each)) for each in words_of(scene)]
    page = Box(0.0, 0.0, scene.width, scene.height)
    assert not [name for name, box in boxes if not page.contains(box)]
    clashes = [
        (name, other)
        for i, (name, box) in enumerate(boxes)
        for other, second in boxes[i + 1 :]
        if box.overlaps(second, slack=0.6)
    ]
    assert not clashes


def agenda(entries: int, size: str, *, findings: bool = False) -> TextPage:
    found = []
    for number in range(entries):
        found.append(Paragraph(f"Mineral {number}", 1, number + 2))
        if findings:
            found.append(Paragraph(LONG[:110], 2, number + 2))
    return TextPage("Agenda", FrameSpec(size=size), DAY, "What is shown", tuple(found))


def table(rows: int) -> PageTable:
    cells = tuple((f"Mineral {i}", f"{i}.5", "12 to 14", "United States 49 %") for i in range(rows))
    heads = ("Mineral", "Mining, %", "Refining, %", "Largest supplier")
    return PageTable("By stage", heads, cells, (False, True, True, False), "Bounds differ.")


def chart(bars: int) -> BarChart:
    found = tuple(Bar(f"Mineral {i}", 30.0 - i / 2, 31.0 - i / 2) for i in range(bars))
    return BarChart("The share inside", "Of world output, %", "%", found)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(("entries", "findings"), [(3, True), (8, True), (31, False), (140, False)])
def test_an_agenda_of_any_length_leads_to_every_page(
    size: str, entries: int, findings: bool
) -> None:
    scenes = scenes_of([agenda(entries, size, findings=findings)])
    links = [each.link for scene in scenes for each in words_of(scene) if each.align == "right"]
    assert [link for link in links if link] == list(range(2, entries + 2))
    for scene in scenes:
        check(scene)
    assert len(scenes) == 1 or entries > 31


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(("bars", "rows"), [(3, 3), (14, 14), (31, 31), (60, 200)])
def test_a_chart_and_its_table_are_there_in_full(size: str, bars: int, rows: int) -> None:
    page = TextPage("Side by side", FrameSpec(size=size), DAY, table=table(rows), chart=chart(bars))
    scenes = scenes_of([page])
    shown = [each.text for scene in scenes for each in words_of(scene, "Chart")]
    assert {f"Mineral {i}" for i in range(bars)} <= set(shown)
    assert not [text for text in shown if "not shown" in text]
    parts = [scene.table for scene in scenes if scene.table is not None]
    assert tuple(row for part in parts for row in part.rows) == table(rows).rows
    for scene in scenes:
        check(scene)
        if scene.table_box is not None:
            inside = map(box_of, words_of(scene, "Table"))
            assert all(scene.table_box.contains(box, slack=1.0) for box in inside)
    if rows == 200:
        several = len(parts)
        assert scenes[-1].title == f"By stage ({several} of {several})"
        assert max(len(p.rows) for p in parts) - min(len(p.rows) for p in parts) <= several


@pytest.mark.parametrize("size", ["16:9", "A4 portrait"])
def test_long_texts_go_on_and_no_word_is_lost(size: str) -> None:
    chance = random.Random(7)
    texts = [" ".join(f"w{i}x{j}" for j in range(chance.randint(5, 400))) for i in range(30)]
    paragraphs = [p for t in texts for p in (Paragraph(t[:14], 0), Paragraph(t))]
    page = TextPage("Method", FrameSpec(size=size), DAY, paragraphs=tuple(paragraphs))
    scenes = scenes_of([page])
    assert len(scenes) > 1
    said = " ".join(each.text for scene in scenes for each in words_of(scene, "Text"))
    assert said.split() == " ".join(p.text for p in paragraphs).split()
    assert len({scene.spec for scene in scenes}) == 1
    for scene in scenes:
        check(scene)
        # a heading never stands alone at the end of a column
        bold = [each for each in words_of(scene, "Text") if each.bold]
        for heading in bold:
            under = [w for w in words_of(scene, "Text") if w.x == heading.x and w.y > heading.y]
            assert under


def test_pages_that_fit_stay_as_they_are_and_parts_fit() -> None:
    page = agenda(5, "16:9")
    assert text_pages(page) == (page,)
    for part in text_pages(agenda(300, "16:9")):
        assert text_pages(part) == (part,)


def test_texts_of_other_scripts_and_long_words_fit() -> None:
    texts = (
        "稀土元素的精炼能力主要集中在中国" * 12,
        "تكرير العناصر الأرضية النادرة " * 12,
        "x" * 300,
    )
    page = TextPage(
        "Méthode · 方法", FrameSpec(), DAY, paragraphs=tuple(Paragraph(text) for text in texts)
    )
    for scene in scenes_of([page]):
        check(scene)


def test_a_table_wraps_words_before_it_cuts_figures() -> None:
    wide = replace(table(3), rows=(("A very long name of a deposit " * 3, "1.5", "12 to 14", "x"),))
    plan = table_plan(wide, 300.0, 10.0)
    assert plan.wraps
    assert plan.width <= 300.0 + 0.01
    assert plan.cells[0][1] == ("1.5",)
    assert plan.parts(plan.height) == (1,)


def test_an_empty_page_is_a_title_and_a_footer() -> None:
    (scene,) = scenes_of([TextPage("Nothing", FrameSpec(), DAY)])
    assert [each.text for each in words_of(scene)] == ["Nothing", "As of 22 Nov 2026"]
