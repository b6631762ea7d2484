import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gisapp.model.feedback import GisappError
from gisapp.model.vocabulary import Role
from gisapp.render.layout import MARGIN, PAGE_SIZES, PageText, check, place
from gisapp.render.legend import LegendEntry
from gisapp.render.symbology import round_weights, size_of, symbol_of

ALPHABET = st.sampled_from("abc defg hijklm nopqrs tuvw xyz ÄÖÜß 稀土矿山精炼厂 12 % éжщ")


def entry(label, number, kind="facilities"):
    symbol = symbol_of(Role.DEPOSIT)
    if kind == "size":
        values = round_weights(240_000)
        sizes = tuple(zip(values, size_of(values).tolist(), strict=True))
        return LegendEntry(f"size{number}", label, "size", symbol, sizes=sizes)
    return LegendEntry(f"k{number}", label, kind, symbol, count=number * 100)


def words(longest):
    return st.text(ALPHABET, max_size=longest)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    title=words(220),
    subtitle=words(300),
    caption=words(200),
    sources=st.lists(words(160), max_size=8),
    labels=st.lists(words(50), max_size=24),
    size=st.sampled_from(sorted(PAGE_SIZES)),
    aspect=st.floats(0.8, 2.6),
    flexible=st.booleans(),
    bars=st.sampled_from([0, 0, 3, 8, 20]),
    sized=st.booleans(),
)
def test_nothing_overlaps_or_leaves_the_margins(
    title, subtitle, caption, sources, labels, size, aspect, flexible, bars, sized
):
    kinds = ("facilities", "lines", "alliance", "status")
    entries = [entry(label, i, kinds[i * 4 // len(labels)]) for i, label in enumerate(labels)]
    if sized:
        entries.append(entry("t REO per year", 99, "size"))
    text = PageText(title, subtitle, caption, tuple(sources), ("As of 22 Nov 2026",))
    layout = place(text, entries, size=size, aspect=aspect, flexible=flexible, bars=bars)
    assert check(layout) == ()
    shown = {row.entry.key for row in layout.legend}
    assert shown == {e.key for e in entries} or layout.notices
    assert layout.map_box.w * layout.map_box.h > 0.06 * layout.page.w * layout.page.h
    if not flexible:
        assert layout.map_box.w / layout.map_box.h == pytest.approx(aspect)
    assert (layout.chart is not None) == bool(bars)


def test_an_ordinary_page_gives_the_map_most_of_its_width():
    entries = [entry(name, i) for i, name in enumerate(("Deposits", "Refineries"))]
    text = PageText("A finding in one sentence", "What is shown", sources=("Source: USGS",))
    layout = place(text, entries, size="16:9", aspect=2.3)
    assert layout.map_box.w > 0.75 * layout.inner.w
    title = layout.texts[0]
    assert title.size == 28
    assert title.box.x == title.box.y == MARGIN
    assert layout.notices == ()


@pytest.mark.parametrize(
    ("size", "bars", "share"), [("16:9", 5, 0.68), ("16:9", 9, 0.62), ("square", 5, 0.99)]
)
def test_a_chart_leaves_the_map_most_of_the_width(size, bars, share):
    entries = [
        *(entry(name, i) for i, name in enumerate(("Deposits", "Refineries", "Magnet plants"))),
        *(
            entry(f"Trade routes ({kind})", i, "lines")
            for i, kind in enumerate(("indicative", "suspended"), 3)
        ),
        entry("FORGE", 6, "alliance"),
        *(entry(name, i, "status") for i, name in enumerate(("Operating", "Planned", "Idle"), 11)),
        entry("Position known by region", 9, "status"),
        entry("t REO per year", 10, "size"),
    ]
    text = PageText("The finding in one sentence", "What is shown", sources=("Source: IEA",) * 20)
    layout = place(text, entries, size=size, aspect=2.3, bars=bars)
    assert check(layout) == ()
    assert layout.map_box.w > share * layout.inner.w
    assert len(layout.legend) == len(entries)


def test_long_titles_get_smaller_then_wrap_then_say_that_they_were_cut():
    def title_of(text):
        layout = place(PageText(text), (), size="16:9", aspect=2.0)
        return layout.texts[0], layout.notices

    sizes = [title_of("Mines and refineries " * n)[0].size for n in (1, 4, 7, 12)]
    assert sizes == sorted(sizes, reverse=True)
    cut, notices = title_of("Mines and refineries " * 60)
    assert cut.lines[-1].endswith("…")
    assert notices == ("The title text was shortened to fit the page.",)


def test_legend_entries_that_do_not_fit_are_counted_on_the_page():
    entries = [entry(f"A layer with quite a long name {i}", i) for i in range(150)]
    layout = place(PageText("Title"), entries, size="4:3", aspect=2.0)
    assert check(layout) == ()
    more = layout.legend[-1]
    assert more.entry.label == f"and {150 - (len(layout.legend) - 1)} more"
    assert layout.notices


def test_an_unknown_page_size_is_refused():
    with pytest.raises(GisappError) as refused:
        place(PageText("x"), (), size="A9", aspect=2.0)
    assert "16:9" in refused.value.hint
