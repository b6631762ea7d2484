import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import ImageFont

from gisapp.render.fonts import balanced, font_path, shorten, width_of, wrap

SAMPLES = (
    "The four-nation alliance mines 15 % of rare earths and refines 1 %",
    "Seltene Erden: Förderung nach Hoheitsgebiet, Größe nach Kapazität",
    "Sources: USGS Mineral Commodity Summaries 2026; IEA (CC BY 4.0)",
)


@pytest.mark.parametrize("bold", [False, True])
@pytest.mark.parametrize("text", SAMPLES)
def test_what_is_measured_is_never_less_than_what_is_drawn(text, bold):
    drawn = ImageFont.truetype(str(font_path(bold=bold)), 50).getlength(text)
    assert drawn <= width_of(text, 50, bold=bold) <= drawn * 1.12


def test_east_asian_text_is_an_em_wide_and_breaks_anywhere():
    text = "稀土矿山精炼厂与磁体厂分布图"
    assert width_of(text, 10) == pytest.approx(10 * len(text))
    lines = wrap(text, 52, 10)
    assert [len(line) for line in lines] == [5, 5, 4]
    assert "".join(lines) == text


@settings(max_examples=80, deadline=None)
@given(
    st.text(st.sampled_from("abcdefgh ÄÖü稀土,.-éж"), max_size=120),
    st.floats(20, 300),
    st.booleans(),
)
@example("-abb", 20.0, False)  # what is left after the hyphen is too wide as well
def test_no_line_is_wider_than_asked_and_nothing_is_lost(text, width, bold):
    lines = wrap(text, width, 12, bold=bold)
    assert all(width_of(line, 12, bold=bold) <= width + 1e-6 for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())


@pytest.mark.parametrize("text", [*SAMPLES, "China refines 70 %; FORGE has between 2 and 4 %"])
def test_balanced_lines_leave_no_short_word_alone(text):
    for width in (120, 200, 300):
        plain, lines = wrap(text, width, 12, bold=True), balanced(text, width, 12, bold=True)
        assert len(lines) == len(plain)
        assert " ".join(lines) == " ".join(plain)
        wide = [width_of(line, 12, bold=True) for line in lines]
        assert max(wide) <= width
        assert min(wide) > 0.4 * max(wide)
    assert balanced("One line", 300, 12) == ("One line",)


def test_shortened_text_says_so():
    assert shorten("Lynas Malaysia", 500, 10) == "Lynas Malaysia"
    short = shorten("Lynas Malaysia advanced materials plant", 80, 10)
    assert short.endswith("…")
    assert width_of(short, 10) <= 80


def test_a_word_too_wide_for_its_line_is_cut_at_a_hyphen_or_a_fixed_space() -> None:
    word = "US-CAN-UK-AUS\u00a0(115)"
    assert wrap(word, width_of(word[:-2], 9.0), 9.0) == ("US-CAN-UK-AUS", "(115)")
    assert wrap(word, width_of("US-CAN-U", 9.0), 9.0)[0] == "US-CAN-"


def test_no_line_begins_with_a_blank_or_with_what_closes():
    text = "Sources: one  ·  two  ·  three  ·  four"
    for width in range(40, 160, 3):
        assert all(line == line.strip() for line in wrap(text, width, 10))
    cjk = "稀土矿山、精炼厂「全球」分布图。レアアース"
    for width in range(24, 120, 7):
        lines = wrap(cjk, width, 10)
        assert not any(line[0] in "、」。ー" for line in lines)
        assert not any(line.endswith("「") for line in lines)


@pytest.mark.parametrize("text", ["المعادن الحرجة في العالم", "מחצבים קריטיים בעולם"])
def test_scripts_that_our_font_lacks_are_measured_no_narrower_than_others_draw_them(text):
    drawn = ImageFont.truetype("DejaVuSans.ttf", 50)
    assert width_of(text, 50) >= drawn.getlength(text)
