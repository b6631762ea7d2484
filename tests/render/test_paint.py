import threading
from dataclasses import replace

import numpy as np
import pytest

from gisapp.model.feedback import Cancelled, Feedback, GisappError
from gisapp.render.paint import HATCH_STEP, hatch_lines, scene_image
from gisapp.render.picture import FrameSpec
from gisapp.render.scene import Area, Block, Box, Image, Ink, Mark, Words
from gisapp.render.typeset import missing_characters, typesetter
from tests.render import reference_pages
from tests.render.sample_scene import TEXT, png_logo, ring, sample_scene, symbol, words


def drawn(*items, scale=4.0):
    return scene_image(sample_scene(items=items), scale)


def box_of(mask):
    rows, columns = np.nonzero(mask)
    return columns.min(), rows.min(), columns.max() + 1, rows.max() + 1


@pytest.mark.parametrize("name", reference_pages.PAGES)
def test_pages_look_as_they_did_when_last_looked_at(name):
    now = reference_pages.pixels_of(name).astype(int)
    then = reference_pages.kept(name).astype(int)
    assert now.shape == then.shape
    apart = np.abs(now - then).max(axis=2)
    # another version of the font engine may shade an edge otherwise; nothing may move
    assert (apart > 48).mean() < 0.002, "python -m tests.render.reference_pages draws them again"
    assert apart.mean() < 0.5


def test_the_image_has_the_size_and_the_paper():
    image = scene_image(sample_scene(paper=Ink("#102030")), 1366 / 360)
    assert image.shape == (956, 1366, 4)
    assert image.dtype == np.uint8
    assert image[0, 0].tolist() == [16, 32, 48, 255]
    assert image[-1, -1].tolist() == [16, 32, 48, 255]


def test_a_part_of_the_page_stands_on_nothing():
    scene = sample_scene()
    half = Block("Half", "Blocks", Box(0, 0, 180, 252), Ink("#FF0000", 0.5))
    image = scene_image(scene, 1.0, [half])
    assert image[10, 10].tolist() == [255, 0, 0, 128]
    assert image[10, 300].tolist() == [0, 0, 0, 0]


def test_text_stands_where_the_layout_has_it():
    # the feet of an H are its baseline, its left stem stands a side bearing from x
    for align, left in (("left", 100), ("center", 100 - 9.0), ("right", 100 - 18.0)):
        x0, y0, _, y1 = box_of(drawn(words("H", 100, 50, "H", 24.0, align=align))[..., 0] < 128)
        assert y1 / 4 == pytest.approx(50 + 24.0, abs=0.5)
        assert (y1 - y0) / 4 == pytest.approx(24 * 0.72, abs=0.8)
        assert x0 / 4 == pytest.approx(left + 2.2, abs=1.2)
    two = drawn(Words("Two", "Labels", 20, 20, ("H", "H"), 20.0, TEXT))[..., 0] < 128
    feet = np.flatnonzero(np.diff(two.any(axis=1).astype(int)) == -1)
    assert np.diff(feet) / 4 == pytest.approx(20 * 1.22, abs=0.3)


def test_a_hole_is_not_filled_whichever_way_it_runs():
    for hole in (ring(40, 40, 20, 20), ring(40, 40, 20, 20)[::-1]):
        image = drawn(Area("A", "Areas", ((ring(20, 20, 60, 60), hole),), Ink("#000000")), scale=1)
        assert image[30, 30, 0] == 0
        assert image[50, 50, 0] == 255


@pytest.mark.parametrize("hatch", ["/", "\\"])
def test_hatches_of_neighbours_are_one(hatch):
    whole = drawn(Block("W", "B", Box(20, 20, 64, 40), hatch=hatch, hatch_ink=TEXT))
    halves = drawn(
        Block("L", "B", Box(20, 20, 33, 40), hatch=hatch, hatch_ink=TEXT),
        Block("R", "B", Box(53, 20, 31, 40), hatch=hatch, hatch_ink=TEXT),
    )
    assert np.abs(whole.astype(int) - halves).mean() < 0.05
    for x0, y0, x1, y1 in hatch_lines(Box(3.3, 7.7, 50, 20), hatch):
        assert {y0, y1} == {7.7, 27.7}
        turn = x0 + y0 if hatch == "/" else x0 - y0
        assert turn / HATCH_STEP == pytest.approx(round(turn / HATCH_STEP))
        assert abs(x1 - x0) == pytest.approx(20)


def test_dashes_are_as_long_as_they_say():
    edge = Area("E", "A", ((ring(20, 20, 200, 100),),), None, TEXT, 1.0, (6.0, 4.0))
    row = drawn(edge)[80, 80:880, 0] < 128
    assert row.mean() == pytest.approx(0.6, abs=0.01)
    # an odd number of lengths runs on: on 6, off 4, on 2, off 6, on 4, off 2
    row = drawn(replace(edge, dash=(6.0, 4.0, 2.0)))[80, 80:860, 0] < 128
    assert row.mean() == pytest.approx(0.5, abs=0.03)


def test_every_script_is_set_in_some_font_and_what_is_not_is_told():
    assert missing_characters(sample_scene()) == ""
    odd = words("Odd", 10, 10, "a\u200d \U0010fff0")
    assert missing_characters(sample_scene(items=(odd,))) == "\U0010fff0"
    setter = typesetter(sample_scene().theme)
    assert setter.face(setter.home_of("A"))[0] == "Lato"
    assert "CJK" in setter.face(setter.home_of("稀"))[0]
    # joined Arabic letters are narrower than the same letters alone
    alone = sum(setter.line(char, 20.0).width for char in "مناجم")
    assert setter.line("مناجم", 20.0).width < 0.9 * alone


def test_a_text_that_runs_leftward_begins_at_the_right():
    digits = box_of(drawn(words("A", 20, 20, "مناجم 11111", 20.0))[..., 0] < 128)
    setter = typesetter(sample_scene().theme)
    outline = setter.line("مناجم 11111", 20.0).outline()
    assert outline.getBounds().width() == pytest.approx((digits[2] - digits[0]) / 4, abs=1.0)
    ones = setter.line("11111", 20.0).width
    left = drawn(words("A", 20, 20, "مناجم 11111", 20.0))[:, 80 : 80 + int(ones * 4), 0] < 128
    alone = drawn(words("A", 20, 20, "11111", 20.0))[:, 80 : 80 + int(ones * 4), 0] < 128
    assert (left != alone).mean() < 0.02, "the figures stand at the left"


def test_threads_draw_the_same_at_the_same_time():
    scene = sample_scene()
    first = scene_image(scene, 2.0)
    found = []
    threads = [
        threading.Thread(target=lambda: found.append(scene_image(scene, 2.0))) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4
    assert all((each == first).all() for each in found)


def test_marks_are_centred_and_faded_by_their_opacity():
    for shape in ("circle", "square", "hexagon", "diamond", "cross"):
        item = Mark("M", "Sites", 100, 60, symbol(shape, stroke="#D55E00", stroke_width=1.0))
        x0, y0, x1, y1 = box_of(drawn(item)[..., 2] < 100)
        assert ((x0 + x1) / 8, (y0 + y1) / 8) == pytest.approx((100, 60), abs=0.15)
    faded = drawn(Mark("M", "Sites", 100, 60, symbol("circle", opacity=0.25, halo_width=0.0)))
    assert faded[240, 400, 2] == pytest.approx(191, abs=2)


def test_a_picture_that_is_none_is_refused():
    broken = Image("Logo", "Logo", Box(0, 0, 10, 10), b"\x89PNG no picture")
    with pytest.raises(GisappError, match="Logo"):
        drawn(broken)
    # an SVG that names no size fills its box, and one that does is stretched to it
    for size in ("", 'width="4" height="2"'):
        data = f'<svg xmlns="http://www.w3.org/2000/svg" {size} viewBox="0 0 4 2"><rect width="4" '
        svg = (data + 'height="2" fill="#00f"/></svg>').encode()
        image = drawn(Image("Logo", "Logo", Box(10, 10, 80, 40), svg), scale=1)
        assert box_of(image[..., 0] < 128) == (10, 10, 90, 50)
    # an SVG that cannot be drawn gives way to its fallback
    odd = Image("Logo", "Logo", Box(0, 0, 80, 80), b"no drawing", png_logo())
    assert drawn(odd, scale=1)[40, 20].tolist() == [255, 0, 0, 255]


def test_drawing_can_be_cancelled():
    feedback = Feedback()
    feedback.cancel()
    with pytest.raises(Cancelled):
        scene_image(sample_scene(spec=FrameSpec()), 1.0, feedback=feedback)
