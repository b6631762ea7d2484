"""The frame of the export on the map: exactly what the page shows, moved by pointer and keys."""

from __future__ import annotations

import json

import numpy as np
import pytest

from gisapp.render.arranging import map_frame_of
from gisapp.render.framing import around

LONG = 30_000
#: Press a handle at its middle, move the pointer by so many pixels in two steps, let go.
DRAG = """
const at = document.querySelector('.frame [data-at="%s"]');
const box = at.getBoundingClientRect();
const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
const fire = (on, type, k) => on.dispatchEvent(new MouseEvent(type,
  { bubbles: true, button: 0, clientX: x + k * %d, clientY: y + k * %d }));
fire(at, "mousedown", 0);
fire(document, "mousemove", 0.5);
fire(document, "mousemove", 1);
fire(document, "mouseup", 1);
"""
KEYS = """
const at = document.querySelector('.frame [data-at="%s"]');
at.focus();
for (let i = 0; i < %d; i++) at.dispatchEvent(new KeyboardEvent("keydown", { key: "%s", bubbles: true }));
at.dispatchEvent(new KeyboardEvent("keyup", { key: "%s", bubbles: true }));
"""


def in_page(window, code):
    window.area.view._page.runJavaScript(f"(() => {{{code}}})()")


def asked(window, qtbot, expression):
    answers = []
    window.area.view._page.runJavaScript(f"JSON.stringify({expression})", 0, answers.append)
    qtbot.waitUntil(lambda: bool(answers), timeout=LONG)
    return json.loads(answers[0])


def settled(window, qtbot):
    """Wait until the frame that the project has is laid out and on the map; return its bounds."""
    frame = window.link.frame

    def is_there():
        spec = window.session.state.frame
        return frame.where is not None and frame.where.spec == spec and spec.bounds is not None

    qtbot.waitUntil(is_there, timeout=LONG)
    return window.session.state.frame.bounds


@pytest.fixture
def framed(window, qtbot):
    """The window on East Asia and the Pacific, with the frame switched on."""
    window.session.run("view.set", lon=170.0, lat=30.0, zoom=4)
    qtbot.waitUntil(
        lambda: window.link.bounds is not None and window.link.bounds[2] > 180.0, timeout=LONG
    )
    window.actions["window.frame"].trigger()
    settled(window, qtbot)
    return window


def test_the_frame_is_moved_and_resized_one_step_a_drag(framed, qtbot):
    session, seen = framed.session, framed.link.bounds
    assert framed.frame_bar.isVisible()
    first = settled(framed, qtbot)
    shown = around(framed.link.frame.where)
    # across 180 degrees, and all of it with its handles within what is seen
    assert shown[0] < 180.0 < shown[2]
    assert seen[0] < shown[0]
    assert seen[1] < shown[1]
    assert shown[2] < seen[2]
    assert shown[3] < seen[3]
    # what the map draws is what the page's own engine says
    where = map_frame_of(framed.link.frame._picture, session.state.frame)
    assert around(where) == pytest.approx(shown, abs=1e-9)

    steps = len(session.history.steps)
    in_page(framed, DRAG % ("se", -80, -40))
    qtbot.waitUntil(lambda: session.state.frame.bounds != first, timeout=LONG)
    smaller = settled(framed, qtbot)
    assert len(session.history.steps) == steps + 1
    assert smaller[2] - smaller[0] < 0.95 * (first[2] - first[0])
    corner = around(framed.link.frame.where)
    assert corner[3] == pytest.approx(shown[3], abs=1.0)  # the opposite edge stays

    in_page(framed, KEYS % ("move", 3, "ArrowRight", "ArrowRight"))
    qtbot.waitUntil(lambda: session.state.frame.bounds != smaller, timeout=LONG)
    moved = settled(framed, qtbot)
    degrees = 3 * 8 * 360.0 / (256 * 2**4)
    assert np.subtract(moved, smaller) == pytest.approx([degrees, 0, degrees, 0], abs=1e-3)
    assert len(session.history.steps) == steps + 2

    session.undo()
    session.undo()
    assert settled(framed, qtbot) == first
    qtbot.waitUntil(
        lambda: (
            asked(framed, qtbot, "gisapp.tools.frame.wanted.x0")
            == pytest.approx(first[0] / 360 + 0.5, abs=1e-6)
        ),
        timeout=LONG,
    )

    framed.frame_bar.page.setEditText("A4 portrait")
    framed.frame_bar._choose()
    assert session.state.frame.size == "A4 portrait"
    framed.frame_bar.page.setEditText("as large as can be")
    framed.frame_bar._choose()
    assert session.state.frame.size == "A4 portrait"  # what is no page is said, and not taken
    assert framed.frame_bar.page.currentText() == "A4 portrait"

    session.run("view.set", lon=10.0, lat=0.0, zoom=6)
    offered = "!document.querySelector('.frame .away').hidden"
    qtbot.waitUntil(lambda: asked(framed, qtbot, offered), timeout=LONG)
    in_page(framed, "document.querySelector('.frame .away').click()")
    qtbot.waitUntil(lambda: not asked(framed, qtbot, offered), timeout=LONG)

    before = settled(framed, qtbot)
    framed.frame_bar.view.click()
    qtbot.waitUntil(lambda: session.state.frame.bounds != before, timeout=LONG)
    settled(framed, qtbot)

    framed.frame_bar.world.click()
    assert session.state.frame.bounds is None
    framed.frame_bar.close_button.click()
    assert not framed.frame_bar.isVisible()
    assert framed.link.frame.where is None
    dropped(framed.area.view)


ODD = (
    {"w": 200.0, "e": 100.0}, {"s": 50.0, "n": 40.0}, {"n": 95.0}, {"e": 700.0}, {"w": "1"},
    {"w": None}, {"e": float("inf")}, {"s": True},
)  # fmt: skip


def dropped(view):
    """Send frames that enclose nothing, or are none: each is dropped and said."""
    good = {"type": "frame", "w": 170.0, "s": -10.0, "e": 200.0, "n": 20.0, "done": False}
    came, said = [], []
    view.frameMoved.connect(lambda *frame: came.append(frame))
    view.problem.connect(said.append)
    view._receive(json.dumps(good | {"w": 530.0, "e": 560.0}))
    assert came == [(170.0, -10.0, 200.0, 20.0, False)]
    for number, change in enumerate(ODD, 1):
        view._receive(json.dumps(good | change))
        assert len(said) == number, change
    assert len(came) == 1
