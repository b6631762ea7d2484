from dataclasses import replace
from random import Random

import pytest

from gisapp.model.feedback import GisappError
from gisapp.model.vocabulary import Role
from gisapp.render.fonts import width_of
from gisapp.render.layout import (
    CellText,
    PageText,
    Wanted,
    WantedMany,
    page_frame,
    place,
    place_many,
)
from gisapp.render.legend import LegendEntry
from gisapp.render.page_sizes import MARGIN, PAGE_SIZES, page_size
from gisapp.render.picture import Bar, BarChart, PageTable
from gisapp.render.symbology import round_weights, size_of, symbol_of
from tests.render.layout_faults import faults_of

WORDS = {
    "latin": "mine refinery Förderung Größe of rare earths 12 % Lanthanoid-Trennanlage the and",
    "arabic": "المعادن الحرجة في العالم مصانع التكرير والمناجم والمغناطيس",
    "hebrew": "מחצבים קריטיים בעולם מכרות ובתי זיקוק של אדמות נדירות",
    "cjk": "稀土矿山、精炼厂与磁体厂「全球分布图」。レアアースの鉱山と製錬所、한국의 희토류 공장",
}
KINDS = ("facilities", "lines", "alliance", "status")


def text(random, longest, script=None):
    words = WORDS[script or random.choice((*WORDS, "latin", "latin"))].split()
    found = " ".join(random.choices(words, k=random.randint(1, max(longest // 6, 1))))
    return found[:longest].strip()


def entry(label, number, kind="facilities"):
    symbol = symbol_of(Role.DEPOSIT)
    if kind == "size":
        values = round_weights(240_000)
        sizes = tuple(zip(values, size_of(values).tolist(), strict=True))
        return LegendEntry(f"size{number}", label, "size", symbol, sizes=sizes)
    if kind == "heading":
        return LegendEntry(f"k{number}", label, "classes", None)
    return LegendEntry(f"k{number}", label, kind, symbol, count=number * 100)


def legend(random, most):
    count = random.choice((0, 3, 6, 12, 20, most))
    entries = [
        entry(text(random, 44), i, KINDS[i * 4 // count] if i % 9 != 4 else "heading")
        for i in range(count)
    ]
    return tuple([*entries, entry("t REO per year", 99, "size")] if count % 4 == 0 else entries)


def chart(random):
    bars = [Bar(text(random, 30), 3.0, 4.0) for _ in range(random.choice((2, 5, 9, 14)))]
    note = text(random, 90) if random.random() < 0.5 else ""
    return BarChart(text(random, 70), text(random, 60), "%", tuple(bars), 65.0, "65 %", note)


def table(random):
    columns = random.randint(2, 4)
    rows = [
        tuple(text(random, 24) for _ in range(columns)) for _ in range(random.choice((2, 6, 15)))
    ]
    return PageTable(text(random, 40), tuple(text(random, 16) for _ in range(columns)), tuple(rows))


def size(random):
    if random.random() < 0.6:
        return random.choice(sorted(PAGE_SIZES))
    wide = random.uniform(90.0, 900.0)
    high = wide * random.uniform(0.5, 1.8)
    return f"{wide:.1f}x{max(high, 60.0):.1f}mm"


def page(random):
    return page_frame(
        PageText(
            text(random, random.choice((30, 90, 220))),
            text(random, random.choice((40, 160, 300))),
            tuple(text(random, 150) for _ in range(random.randint(0, 8))),
            ("As of 22 Nov 2026",),
        ),
        size=size(random),
        logo=random.choice((0.0, 0.0, 0.4, 1.0, 5.0)),
        number=random.choice((None, 7, 112)),
    )


def maybe(random, share, make):
    return make(random) if random.random() < share else None


@pytest.mark.parametrize("block", range(4))
def test_nothing_overlaps_nor_leaves_the_margins_on_200_pages(block):
    for seed in range(block * 40, block * 40 + 40):
        random = Random(seed)
        small = [random.uniform(0.55, 2.2) for _ in range(random.choice((0, 0, 1, 2, 4)))]
        wanted = Wanted(
            aspect=random.uniform(0.8, 2.6),
            flexible=random.random() < 0.4,
            entries=legend(random, 40),
            chart=maybe(random, 0.5, chart),
            table=maybe(random, 0.2, table),
            small_maps=tuple(small),
            located=random.random() < 0.5,
            caption=text(random, 160) if random.random() < 0.4 else "",
            strip=random.random() < 0.9,
            small_strip=random.random() < 0.5,
        )
        frame = page(random)
        layout = place(frame, wanted)
        assert faults_of(layout) == (), seed
        missing = {e.key for e in wanted.entries} - {row.entry.key for row in layout.legend}
        assert not missing or any("legend" in notice for notice in layout.notices), seed
        for had, has, word in (
            (wanted.chart, layout.chart, "chart"),
            (wanted.table, layout.table_box, "table"),
            (wanted.small_maps, layout.small_maps, "inset"),
        ):
            assert bool(had) == bool(has) or any(word in n for n in layout.notices), seed
        assert (layout.strip is not None) == wanted.strip
        box = layout.map_box
        if not wanted.flexible:
            assert box.w / box.h == pytest.approx(wanted.aspect)
        alone = min(frame.body.w, frame.body.h * box.w / box.h)
        most = min(frame.body.w * frame.body.h, 2.2 * alone * alone * box.h / box.w)
        assert box.w * box.h > 0.14 * most, seed


def test_nothing_overlaps_nor_leaves_the_margins_on_40_pages_of_several_maps():
    for seed in range(40):
        random = Random(seed)
        cells = tuple(
            CellText(text(random, 50), maybe(random, 0.3, lambda r: text(r, 60)) or "", seed % 2)
            for _ in range(random.randint(2, 12))
        )
        wanted = WantedMany(
            cells,
            random.uniform(0.8, 2.6),
            seed % 3 == 0,
            legend(random, 14),
            maybe(random, 0.15, chart),
            text(random, 80) if seed % 5 == 0 else "",
        )
        layout = place_many(page(random), wanted)
        assert faults_of(layout) == (), seed
        assert len(layout.cells) == len(cells)
        sizes = {(round(c.map_box.w, 6), round(c.map_box.h, 6)) for c in layout.cells}
        assert len(sizes) == 1
        assert bool(layout.legend) == bool(wanted.entries) or layout.notices, seed
        assert (layout.chart is None) == (wanted.chart is None) or layout.notices, seed


def simple(size="16:9", title="A finding in one sentence", **more):
    return page_frame(PageText(title, "What is shown", ("Source: USGS",)), size=size, **more)


def test_an_ordinary_page_gives_the_map_most_of_its_width():
    entries = tuple(entry(name, i) for i, name in enumerate(("Deposits", "Refineries")))
    layout = place(simple(), Wanted(2.3, entries=entries))
    assert layout.map_box.w > 0.75 * layout.inner.w
    title = layout.texts[0]
    assert title.size == 28
    assert title.box.x == title.box.y == MARGIN
    assert layout.notices == ()


@pytest.mark.parametrize(
    ("size", "bars", "share"), [("16:9", 5, 0.68), ("16:9", 9, 0.6), ("square", 5, 0.99)]
)
def test_a_chart_leaves_the_map_most_of_the_width(size, bars, share):
    names = ("Deposits", "Refineries", "Magnet plants", "Trade routes (indicative)", "FORGE")
    entries = [entry(name, i, KINDS[i % 3]) for i, name in enumerate(names)]
    states = ("Operating", "Planned", "Idle", "Position known by region")
    entries += [entry(name, 10 + i, "status") for i, name in enumerate(states)]
    entries.append(entry("t REO per year", 30, "size"))
    shown = BarChart("A title", "Share", "%", tuple(Bar(f"Land {i}", 1, 1) for i in range(bars)))
    layout = place(simple(size), Wanted(2.3, entries=tuple(entries), chart=shown))
    assert faults_of(layout) == ()
    assert layout.map_box.w > share * layout.inner.w
    assert len(layout.legend) == len(entries)
    assert all(len(row.lines) == 1 for row in layout.legend)


def test_what_is_switched_off_gives_its_room_to_the_map():
    entries = tuple(entry(f"A layer {i}", i) for i in range(9))
    bars = BarChart("A title", "Share", "%", tuple(Bar(f"Land {i}", 1, 1) for i in range(6)))
    full = Wanted(1.5, True, entries, bars, small_maps=(1.0,), located=True)
    sizes = [
        place(simple(), wanted).map_box
        for wanted in (
            replace(full, small_maps=(1.6, 1.6, 1.2)),
            Wanted(1.5, True, entries, bars),
            Wanted(1.5, True, entries),
            Wanted(1.5, True),
            Wanted(1.5, True, strip=False),
        )
    ]
    areas = [box.w * box.h for box in sizes]
    assert areas == sorted(areas)
    assert len(set(areas)) == len(areas)


def test_long_titles_get_smaller_then_wrap_then_say_that_they_were_cut():
    def title_of(text):
        frame = page_frame(PageText(text), size="16:9")
        return frame.texts[0], frame.notices

    sizes = [title_of("Mines and refineries " * n)[0].size for n in (1, 3, 7, 12)]
    assert sizes == sorted(sizes, reverse=True)
    cut, notices = title_of("Mines and refineries " * 60)
    assert cut.lines[-1].endswith("…")
    assert notices == ("The title text was shortened to fit the page.",)


@pytest.mark.parametrize("script", ["arabic", "hebrew"])
def test_scripts_that_run_leftward_stand_at_the_right(script):
    frame = page_frame(PageText(WORDS[script], WORDS[script], (WORDS[script],)), size="16:9")
    for block in frame.texts:
        assert block.align == "right"
        assert block.box.right == pytest.approx(frame.inner.right)


def test_a_logo_keeps_its_shape_and_the_title_stays_away_from_it():
    for aspect in (0.5, 1.0, 8.0):
        frame = simple(title="Mines and refineries " * 5, logo=aspect)
        logo = frame.logo
        assert logo.w / logo.h == pytest.approx(aspect)
        assert logo.right == pytest.approx(frame.inner.right)
        assert logo.y == frame.inner.y
        assert all(block.box.right < logo.x for block in frame.texts if block.purpose == "title")
        assert frame.body.y > logo.bottom


def test_legend_entries_that_do_not_fit_are_counted_on_the_page():
    entries = tuple(entry(f"A layer with quite a long name {i}", i) for i in range(190))
    layout = place(simple("4:3"), Wanted(2.0, entries=entries))
    assert faults_of(layout) == ()
    more = layout.legend[-1]
    missing = 190 - (len(layout.legend) - 1)
    assert more.entry.label == f"and {missing} more"
    assert layout.notices == (f"{missing} legend entries did not fit the page.",)


def test_rows_of_a_table_that_do_not_fit_are_counted_on_the_page():
    rows = tuple((f"Mine {i}", "12 000") for i in range(80))
    shown = PageTable("Mines", ("Name", "t per year"), rows, (False, True))
    layout = place(simple(), Wanted(2.0, table=shown))
    assert faults_of(layout) == ()
    kept = len(layout.table.rows)
    assert 3 <= kept < 80
    assert layout.table.note == f"{80 - kept} more rows are not shown."
    assert layout.notices == (f"The table shows {kept} of its 80 rows.",)


def test_a_heading_stays_with_what_it_heads():
    entries = [
        entry("Classes", 0, "heading"),
        *(entry(f"Class {i}", i, "classes") for i in range(1, 6)),
    ]
    entries = (*entries, *(entry(f"Layer {i}", i, "lines") for i in range(10, 20)))
    for aspect in (1.0, 1.5, 2.0, 2.5):
        layout = place(simple(), Wanted(aspect, entries=entries))
        head, first = layout.legend[:2]
        assert first.box.x == head.box.x
        assert first.box.y == pytest.approx(head.box.bottom)


def test_a_wide_map_on_a_high_page_still_has_its_legend():
    entries = tuple(entry(f"A layer {i}", i) for i in range(9))
    layout = place(simple("90x160mm"), Wanted(2.3, entries=entries))
    assert len(layout.legend) == 9
    assert layout.map_box.w > 0.95 * layout.inner.w


def test_sizes_of_ones_own_have_a_unit():
    assert page_size("254x190.5mm") == pytest.approx((720.0, 540.0))
    assert page_size("10 x 7.5 in") == pytest.approx((720.0, 540.0))
    assert page_size("25,4x19,05cm") == pytest.approx((720.0, 540.0))
    assert page_size("720x540pt") == (720.0, 540.0)
    assert page_size("1920×1080px", dpi=144) == (960.0, 540.0)  # noqa: RUF001


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("A9", "unknown_size"),
        ("200x100", "unknown_size"),
        ("0x0mm", "page_too_small"),
        ("60x60mm", "page_too_small"),
        ("3x2m", "unknown_size"),
        ("2000x1000mm", "page_too_large"),
        ("900x200mm", "page_too_narrow"),
    ],
)
def test_other_sizes_are_refused_in_a_sentence(name, code):
    with pytest.raises(GisappError) as refused:
        page_size(name)
    assert refused.value.code == code
    assert name in refused.value.message
    assert refused.value.hint


def test_the_smallest_page_holds_what_it_can_and_says_what_not():
    wanted = Wanted(
        2.3,
        entries=tuple(entry(f"Layer {i}", i) for i in range(12)),
        chart=chart(Random(1)),
        table=table(Random(2)),
        small_maps=(1.0, 1.5),
    )
    layout = place(simple("80x50mm", title="A finding " * 9), wanted)
    assert faults_of(layout) == ()
    assert layout.notices
    assert all(
        width_of(line, b.size, bold=b.bold) <= b.box.w + 0.5
        for b in layout.texts
        for line in b.lines
    )
