import pytest

from gisapp.render.chart import axis_end, chart_items, value_text
from gisapp.render.fonts import LINE_HEIGHT
from gisapp.render.picture import Bar, BarChart, ThemeName
from gisapp.render.scene import Block, Box, Line, Words
from gisapp.render.symbology import palette
from tests.render.sample_pictures import CHART

BOX = Box(600, 100, 300, 260)


def items(chart, kind, box=BOX):
    return [i for i in chart_items(chart, box, ThemeName.LIGHT, 1.0) if isinstance(i, kind)]


def test_bars_are_as_long_as_their_values_and_bounds_are_lighter():
    blocks = {b.name: b for b in items(CHART, Block)}
    china, malaysia = blocks["China"], blocks["Malaysia"]
    assert china.box.w / malaysia.box.w == pytest.approx(91.0 / 3.9)
    rest = blocks["Quad together, upper bound"]
    assert rest.box.x == pytest.approx(blocks["Quad together"].box.right)
    assert rest.fill.alpha < 1
    colors = palette(ThemeName.LIGHT)
    assert china.fill.color == colors.leader
    assert blocks["Quad together"].fill.color == colors.alliance
    assert blocks["Unknown"].hatch


def test_the_limit_stands_at_its_value():
    blocks = {b.name: b for b in items(CHART, Block)}
    (limit,) = [i for i in items(CHART, Line) if i.name == "Limit"]
    china = blocks["China"].box
    assert limit.parts[0][0, 0] == pytest.approx(china.x + china.w * 65 / 91.0)


def test_everything_stays_in_the_box():
    for item in chart_items(CHART, BOX, ThemeName.DARK, 1.0):
        if isinstance(item, Block):
            assert BOX.contains(item.box)
        if isinstance(item, Words):
            assert BOX.y <= item.y <= BOX.bottom


def test_bars_that_do_not_fit_are_counted():
    many = BarChart("T", "s", "%", tuple(Bar(f"C{i}", 50 - i, 50 - i) for i in range(40)))
    shown = [b for b in items(many, Block) if b.name.startswith("C")]
    note = [w.text for w in items(many, Words) if w.name == "Chart note"]
    assert 0 < len(shown) < 40
    assert note == [f"{40 - len(shown)} smaller ones are not shown."]


@pytest.mark.parametrize(
    ("bar", "unit", "text"),
    [
        (Bar("a", 14.7, 14.7), "%", "14.7\u00a0%"),
        (Bar("a", 14.7, 14.9), "%", "14.7\u2009\u2013\u200914.9\u00a0%"),
        (Bar("a", 0.01, 0.01), "%", "< 0.1\u00a0%"),
        (Bar("a", 12_345.0, 12_345.0), "km", "12\u202f345"),
    ],
)
def test_values_are_written_as_people_read_them(bar, unit, text):
    assert value_text(bar, unit) == text


def test_shares_have_the_whole_as_their_axis():
    assert axis_end(CHART) == 100.0
    km = BarChart("T", "s", "km", (Bar("0-500", 12, 12), Bar("500+", 30, 30)))
    assert axis_end(km) == 30
    assert axis_end(BarChart("T", "s", "km", ())) > 0


def test_long_names_of_bars_are_wrapped_or_smaller_and_never_cut():
    bars = (
        Bar("Korea (Tsushima) Strait and river", 40.0, 40.0, "leader"),
        Bar("Not named by the source", 12.0, 12.0, "unknown"),
    )
    chart = BarChart("A finding", "What is shown", "%", bars)
    for wide, high in ((200.0, 160.0), (240.0, 90.0), (420.0, 200.0)):
        box = Box(10.0, 10.0, wide, high)
        words = [w for w in chart_items(chart, box, ThemeName.LIGHT, 1.0) if isinstance(w, Words)]
        names = {w.name: w for w in words if w.name.endswith(" label")}
        for bar in bars:
            name = names[f"{bar.label} label"]
            assert name.text == bar.label
            assert box.contains(Box(box.x, name.y, 1.0, len(name.lines) * name.size * LINE_HEIGHT))
