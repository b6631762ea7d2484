"""The map in the real web engine: what it draws, what it says, what it refuses."""

import json
import os
import signal
from datetime import date
from itertools import pairwise

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage, QMouseEvent
from PySide6.QtWidgets import QApplication

from gisapp.gui.mapview import MapView, ShownFrame
from gisapp.model.features import Features
from gisapp.model.layer import Layer
from gisapp.model.vocabulary import Role
from gisapp.render.basemap import shipped_world
from gisapp.render.hub import MapHub
from gisapp.render.mercator import to_world
from gisapp.render.picture import (
    Connection,
    DrawnLayer,
    Label,
    Picture,
    Shading,
    ThemeName,
)
from gisapp.render.symbology import palette
from gisapp.workspace.state import MapView as ViewState

EVIL = '<img src="x" onerror="window.hacked=1">'
SIZE = (600, 400)


def layer(lonlat, role=Role.DEPOSIT, name="sites", **columns):
    values = {k: np.array(v, dtype=object) for k, v in columns.items()}
    return Layer(name, name, role, Features.from_points(np.array(lonlat, float), values))


def picture(*layers, **changes):
    drawn = tuple(DrawnLayer(each) for each in layers)
    return Picture("Sites", "", drawn, date(2026, 11, 22), (), **changes)


@pytest.fixture(scope="module")
def shared(qapp):
    view = MapView(MapHub(shipped_world()))
    view.resize(*SIZE)
    view.show()
    view.problems = []
    view.problem.connect(view.problems.append)
    yield view
    page = view._page
    view.shut_down()
    view.close()
    view.deleteLater()
    gone = []
    page.destroyed.connect(lambda: gone.append(1))
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert gone


@pytest.fixture
def view(shared, qtbot):
    shared.problems.clear()
    yield shared
    shared.set_mode("pan")
    shared.set_frame(None)
    shared.set_selection("", [])


def run(view, qtbot, code):
    """Return what an expression, or the last of several statements, gives in the page."""
    *first, last = code.split("; ")
    body = "".join(f"{each};" for each in first)
    answers = []
    view._page.runJavaScript(
        f"(() => {{{body} return JSON.stringify({last})}})()", 0, answers.append
    )
    qtbot.waitUntil(lambda: bool(answers), timeout=10_000)
    return json.loads(answers[0])


def set_mode(view, qtbot, mode):
    """Choose a mode and wait until the page has it: pointer events may overtake messages."""
    view.set_mode(mode)
    qtbot.waitUntil(lambda: run(view, qtbot, "gisapp.map.getContainer().dataset.mode") == mode)


def show(view, qtbot, shown, theme=ThemeName.LIGHT, at=(0.0, 0.0, 3)):
    number = view._number + 1
    view.set_view(ViewState(*at))
    with qtbot.waitSignal(view.shown, check_params_cb=lambda n: n == number, timeout=20_000):
        view.show_picture(shown, theme)


def pixel_of(lon, lat, at=(0.0, 0.0, 3)):
    """Return where a place is on the widget: Leaflet centres the view on `at`."""
    side = 256 * 2 ** at[2]
    dx, dy = (to_world([[lon, lat]]) - to_world([at[:2]]))[0] * side
    return QPoint(round(SIZE[0] / 2 + dx), round(SIZE[1] / 2 + dy))


def mouse(view, kind, where, button=Qt.MouseButton.NoButton):
    """Send a real mouse event to the engine's own widget."""
    target = view._view.focusProxy() or view._view
    position = QPointF(where)
    held = button if kind != QEvent.Type.MouseButtonRelease else Qt.MouseButton.NoButton
    event = QMouseEvent(
        kind, position, view.mapToGlobal(position), button, held, Qt.KeyboardModifier.NoModifier
    )
    QApplication.sendEvent(target, event)


def click(view, where):
    mouse(view, QEvent.Type.MouseMove, where)
    mouse(view, QEvent.Type.MouseButtonPress, where, Qt.MouseButton.LeftButton)
    mouse(view, QEvent.Type.MouseButtonRelease, where, Qt.MouseButton.LeftButton)


def near(color, name, reach=40):
    wanted = QColor(name)
    return all(
        abs(a - b) <= reach for a, b in zip(color.getRgb()[:3], wanted.getRgb()[:3], strict=True)
    )


def count(image: QImage, name, reach=12):
    """Return how many pixels have a colour."""
    image = image.convertToFormat(QImage.Format.Format_RGBA8888)
    data = (
        np.frombuffer(image.constBits(), np.uint8)
        .reshape(image.height(), image.bytesPerLine() // 4, 4)[:, : image.width(), :3]
        .astype(int)
    )
    wanted = np.array(QColor(name).getRgb()[:3])
    return int((np.abs(data - wanted).max(axis=2) <= reach).sum())


def test_draws_land_water_and_symbols(view, qtbot):
    show(view, qtbot, picture(layer([(10.0, 10.0), (-20.0, 0.0)])), at=(0.0, 0.0, 3))
    colors = palette(ThemeName.LIGHT)
    qtbot.waitUntil(lambda: count(view.image(), colors.land) > 20_000, timeout=20_000)
    image = view.image()
    assert count(image, colors.water) > 20_000
    ratio = image.devicePixelRatio()
    for lon, lat in ((10.0, 10.0), (-20.0, 0.0)):
        there = image.pixelColor((QPointF(pixel_of(lon, lat)) * ratio).toPoint())
        assert near(there, colors.deposit)
    assert view.problems == []


def test_dark_theme_recolours_everything(view, qtbot):
    show(view, qtbot, picture(layer([(10.0, 10.0)])), theme=ThemeName.DARK)
    dark = palette(ThemeName.DARK)
    qtbot.waitUntil(lambda: count(view.image(), dark.land, 4) > 20_000, timeout=20_000)
    light = palette(ThemeName.LIGHT)
    qtbot.waitUntil(lambda: count(view.image(), light.land, 4) < 50, timeout=20_000)


def test_shading_colours_the_alliance(view, qtbot):
    shading = (Shading("Two", frozenset({"NER", "TCD"})),)
    show(view, qtbot, picture(shading=shading), at=(13.0, 17.0, 4))
    colors = palette(ThemeName.LIGHT)
    land, green = QColor(colors.land), QColor(colors.alliance)
    a = colors.shade_alpha
    mixed = QColor(
        *(
            round(x * (1 - a) + y * a)
            for x, y in zip(land.getRgb()[:3], green.getRgb()[:3], strict=True)
        )
    )
    qtbot.waitUntil(lambda: count(view.image(), mixed.name(), 6) > 8_000, timeout=20_000)


def test_a_click_identifies_the_site(view, qtbot):
    show(view, qtbot, picture(layer([(10.0, 10.0), (-20.0, 0.0)])))
    with qtbot.waitSignal(view.identified, timeout=10_000) as heard:
        click(view, pixel_of(-20.0, 0.0))
    layer_id, row, lon, lat = heard.args
    assert (layer_id, row) == ("sites", 1)
    assert lon == pytest.approx(-20.0, abs=0.5)
    assert lat == pytest.approx(0.0, abs=0.5)


def test_a_click_on_nothing_says_so(view, qtbot):
    show(view, qtbot, picture(layer([(10.0, 10.0)])))
    with qtbot.waitSignal(view.identified, timeout=10_000) as heard:
        click(view, pixel_of(-30.0, -20.0))
    assert heard.args[:2] == ["", -1]


def test_a_click_identifies_in_a_layer_drawn_as_tiles(view, qtbot):
    points = np.vstack([np.random.default_rng(3).uniform(60, 80, (6000, 2)) - (0, 50), [(-20, 5)]])
    show(view, qtbot, picture(layer(points)))
    with qtbot.waitSignal(view.identified, timeout=10_000) as heard:
        click(view, pixel_of(-20.0, 5.0))
    assert heard.args[:2] == ["sites", 6000]


def test_large_layers_show(view, qtbot):
    points = np.random.default_rng(4).uniform((-15, -10), (15, 10), (20_000, 2))
    show(view, qtbot, picture(layer(points)), at=(0.0, 0.0, 4))
    orange = QColor(palette(ThemeName.LIGHT).deposit)

    def inked():
        image = view.image()
        color = image.pixelColor(image.width() // 2, image.height() // 2)
        return color.red() - color.blue() > (orange.red() - orange.blue()) / 3

    qtbot.waitUntil(inked, timeout=20_000)


def test_attributes_never_run(view, qtbot):
    sites = layer([(10.0, 10.0)], name="sites", country=[EVIL], owner=[EVIL])
    evil = Layer(
        "evil", EVIL, Role.DEPOSIT, sites.features.with_columns(name=np.array([EVIL], object))
    )
    shown = picture(evil)
    show(view, qtbot, shown)
    mouse(view, QEvent.Type.MouseMove, pixel_of(10.0, 10.0))
    qtbot.waitUntil(
        lambda: EVIL in run(view, qtbot, "document.querySelector('.tip').textContent"),
        timeout=10_000,
    )
    assert run(view, qtbot, "document.querySelectorAll('.tip img').length") == 0
    assert run(view, qtbot, "typeof window.hacked") == "undefined"


def test_markup_put_in_by_force_is_stopped_by_the_policy(view, qtbot):
    show(view, qtbot, picture(layer([(10.0, 10.0)])))
    code = f"document.querySelector('.tip').innerHTML = {EVIL!r}; 1"
    with qtbot.waitSignal(view.problem, timeout=10_000):
        run(view, qtbot, code)
    assert run(view, qtbot, "typeof window.hacked") == "undefined"
    run(view, qtbot, "document.querySelector('.tip').replaceChildren(); 1")


@pytest.mark.parametrize(
    "address", ["https://example.org/x.js", "http://127.0.0.1:9/x", "file:///etc/hostname"]
)
def test_the_page_reaches_nothing_else(view, qtbot, address):
    code = (
        "window.outcome = ''; "
        f"fetch({address!r}).then(() => window.outcome = 'reached', () => window.outcome = 'refused'); 1"
    )
    run(view, qtbot, code)
    qtbot.waitUntil(lambda: run(view, qtbot, "window.outcome") != "", timeout=10_000)
    assert run(view, qtbot, "window.outcome") == "refused"


@pytest.mark.parametrize(
    "path",
    [
        "/nothing",
        "/app/../../pyproject.toml",
        "/app/%2e%2e/theme/light.json",
        "/tiles/base-light/2/9/0@1.png",
        "/tiles/none/0/0/0@1.png",
        "/layer/none.json",
    ],
)
def test_unknown_addresses_are_not_found(view, qtbot, path):
    run(
        view,
        qtbot,
        f"window.outcome = ''; fetch('gisapp://map{path}').then((a) => window.outcome = 'got ' + a.status, "
        "() => window.outcome = 'failed'); 1",
    )
    qtbot.waitUntil(lambda: run(view, qtbot, "window.outcome") != "", timeout=10_000)
    assert run(view, qtbot, "window.outcome") == "got 404"


@pytest.mark.parametrize(
    "message",
    [
        "no json",
        "[]",
        "{}",
        '{"type": "quit"}',
        '{"type": "identify", "layer": "sites", "row": 7, "lon": 0, "lat": 0}',
        '{"type": "identify", "layer": "sites", "row": true, "lon": 0, "lat": 0}',
        '{"type": "identify", "layer": ["sites"], "row": 0, "lon": 0, "lat": 0}',
        '{"type": "hover", "lon": 1e999, "lat": 0}',
        '{"type": "hover", "lon": "0", "lat": 0}',
        '{"type": "hover", "lon": 200, "lat": 0}',
        '{"type": "box", "w": 1, "s": 2, "e": 3}',
        '{"type": "measure", "points": 5, "fixed": true}',
        '{"type": "measure", "points": [[1, 2, 3]], "fixed": true}',
        '{"type": "view", "lon": 0, "lat": 0, "zoom": NaN, "w": 0, "s": 0, "e": 0, "n": 0}',
        '{"type": "hover", "lon": 0, "lat": 0, "x": "' + "y" * 30_000 + '"}',
    ],
)
def test_odd_messages_are_refused_and_told(view, qtbot, message):
    show(view, qtbot, picture(layer([(10.0, 10.0)])))
    heard = []
    ends = [
        told.connect(lambda *a: heard.append(a))
        for told in (view.identified, view.hovered, view.boxSelected, view.measured)
    ]
    with qtbot.waitSignal(view.problem):
        view._bridge.post(message)
    assert heard == []
    for told, end in zip(
        (view.identified, view.hovered, view.boxSelected, view.measured), ends, strict=True
    ):
        told.disconnect(end)


def test_view_changes_are_told(view, qtbot):
    show(view, qtbot, picture())
    with qtbot.waitSignal(
        view.viewChanged, timeout=10_000, check_params_cb=lambda *a: a[2] == 5.0
    ) as heard:
        view.set_view(ViewState(25.0, -10.0, 5))
    lon, lat, _, west, south, east, north = heard.args
    assert (lon, lat) == (pytest.approx(25.0, abs=0.05), pytest.approx(-10.0, abs=0.05))
    assert west < 25.0 < east
    assert south < -10.0 < north


def test_fit_shows_a_box_over_the_antimeridian(view, qtbot):
    show(view, qtbot, picture())
    with qtbot.waitSignal(
        view.viewChanged, timeout=10_000, check_params_cb=lambda *a: a[2] > 3
    ) as heard:
        view.fit_bounds(170.0, -20.0, -175.0, -10.0)
    lon, _, _, west, _, east, _ = heard.args
    assert abs(lon) > 170.0
    assert east - west < 60.0


def test_box_selects(view, qtbot):
    show(view, qtbot, picture(layer([(10.0, 10.0)])))
    set_mode(view, qtbot, "select")
    start, end = pixel_of(0.0, 20.0), pixel_of(20.0, 0.0)
    with qtbot.waitSignal(view.boxSelected, timeout=10_000) as heard:
        mouse(view, QEvent.Type.MouseMove, start)
        mouse(view, QEvent.Type.MouseButtonPress, start, Qt.MouseButton.LeftButton)
        mouse(
            view,
            QEvent.Type.MouseMove,
            QPoint((start.x() + end.x()) // 2, end.y()),
            Qt.MouseButton.LeftButton,
        )
        mouse(view, QEvent.Type.MouseMove, end, Qt.MouseButton.LeftButton)
        mouse(view, QEvent.Type.MouseButtonRelease, end, Qt.MouseButton.LeftButton)
    assert heard.args[:4] == pytest.approx([0.0, 0.0, 20.0, 20.0], abs=0.4)
    assert heard.args[4] is False


def haversine(start, end):
    lon1, lat1, lon2, lat2 = np.radians([*start, *end])
    h = (
        np.sin((lat2 - lat1) / 2) ** 2
        + np.cos(lat1) * np.cos(lat2) * np.sin((lon2 - lon1) / 2) ** 2
    )
    return 2 * 6371.0088 * np.arcsin(np.sqrt(h))


def test_measures_on_the_ellipsoid(view, qtbot):
    show(view, qtbot, picture())
    set_mode(view, qtbot, "measure")
    heard = []
    view.measured.connect(lambda km, points: heard.append((km, points)))
    for place in ((0.0, 0.0), (20.0, 10.0)):
        before = len(heard)
        click(view, pixel_of(*place))
        qtbot.waitUntil(lambda n=before: len(heard) > n, timeout=10_000)
    km, points = heard[-1]
    assert km == pytest.approx(haversine(*points), rel=0.006)  # a sphere is within 0.6 %
    assert points[0] == pytest.approx((0.0, 0.0), abs=0.2)
    assert len(points) == 2
    path = run(view, qtbot, "gisapp.tools.measure.path")
    assert len(path) > 20  # a geodesic, not a straight line on the map


def test_measure_path_never_jumps(view, qtbot):
    sent = []
    post, view._post = view._post, sent.append
    view._receive('{"type": "measure", "points": [[150, 40], [210, 45], [240, 40]], "fixed": true}')
    view._post = post
    lons = [lon for lon, _ in sent[0]["path"]]
    assert max(abs(b - a) for a, b in pairwise(lons)) < 5
    assert lons[-1] == pytest.approx(240.0)
    assert "nm" in sent[0]["total"]


def test_selection_flash_and_frame_draw(view, qtbot):
    show(view, qtbot, picture(layer([(10.0, 10.0)])))
    accent = palette(ThemeName.LIGHT).accent
    qtbot.waitUntil(lambda: count(view.image(), accent) == 0, timeout=10_000)
    view.set_selection("sites", [0])
    qtbot.waitUntil(lambda: count(view.image(), accent, 30) > 20, timeout=10_000)
    view.set_selection("sites", [])
    qtbot.waitUntil(lambda: count(view.image(), accent) == 0, timeout=10_000)
    ring = np.array([(-30.0, -20.0), (30.0, -20.0), (30.0, 20.0), (-30.0, 20.0)])
    view.set_frame(ShownFrame((ring,), (-30.0, -20.0, 30.0, 20.0), "16:9"))
    qtbot.waitUntil(lambda: count(view.image(), accent, 30) > 300, timeout=10_000)
    view.set_frame(None)
    view.flash("sites", 0)
    view.flash("sites", 99)  # gone by now: nothing happens
    assert run(view, qtbot, "gisapp.tools.flashes.length") == 1


def test_sites_on_one_spot_fan_out(view, qtbot):
    places = [(10.0, 10.0)] * 5
    show(view, qtbot, picture(layer(places, name="a"), layer([(10.0, 10.0)], Role.REFINERY, "b")))
    mouse(view, QEvent.Type.MouseMove, pixel_of(10.0, 10.0))
    qtbot.waitUntil(lambda: run(view, qtbot, "!!gisapp.tools.fan"), timeout=10_000)
    assert run(view, qtbot, "gisapp.tools.fan.items.length") == 6
    assert run(view, qtbot, "document.querySelector('.tip b').textContent") == "6 sites here"
    where = run(
        view,
        qtbot,
        "const i = gisapp.tools.fan.items.find((i) => i.point.layer.id === 'b'); "
        "const p = gisapp.map.layerPointToContainerPoint([i.x, i.y]); [p.x, p.y]",
    )
    with qtbot.waitSignal(view.identified, timeout=10_000) as heard:
        click(view, QPoint(round(where[0]), round(where[1])))
    assert heard.args[:2] == ["b", 0]


def test_names_stand_within_the_view_and_never_overlap(view, qtbot):
    rng = np.random.default_rng(6)
    places = rng.uniform((-35, -25), (35, 25), (60, 2))
    labels = tuple(Label(f"Site number {i}", tuple(place)) for i, place in enumerate(places))
    show(view, qtbot, picture(layer(places), labels=labels))
    boxes = np.array(run(view, qtbot, "gisapp.scene._taken"))
    left, top = run(
        view, qtbot, "const p = gisapp.map.containerPointToLayerPoint([0, 0]); [p.x, p.y]"
    )
    assert 4 <= len(boxes) <= 16
    assert (boxes[:, 0] >= left).all()
    assert (boxes[:, 1] >= top).all()
    assert (boxes[:, 2] <= left + SIZE[0]).all()
    assert (boxes[:, 3] <= top + SIZE[1]).all()
    a, b = np.triu_indices(len(boxes), 1)
    apart = (
        (boxes[a, 2] <= boxes[b, 0])
        | (boxes[b, 2] <= boxes[a, 0])
        | (boxes[a, 3] <= boxes[b, 1])
        | (boxes[b, 3] <= boxes[a, 1])
    )
    assert apart.all()


def test_lines_show_on_every_copy_of_the_world(view, qtbot):
    path = np.array([(170.0, 0.0), (180.0, 2.0), (190.0, 0.0)])
    shown = picture(connections=(Connection(path, 2226.0, True, "A", "B"),))
    show(view, qtbot, shown, at=(-179.0, 0.0, 4))
    assert run(view, qtbot, "gisapp.scene.hits.lines.length") == 1
    xs = run(view, qtbot, "Array.from(gisapp.scene.hits.lines[0].drawn.xs)")
    assert max(abs(b - a) for a, b in pairwise(xs)) < 200


def test_an_untouched_map_tells_its_first_view(qtbot):
    view = MapView(MapHub(shipped_world()))
    with qtbot.waitSignal(view.viewChanged, timeout=20_000) as heard:
        view.show()
    assert heard.args[:3] == pytest.approx([5.0, 22.0, 2.0], abs=0.2)
    view.shut_down()
    view.deleteLater()


def test_messages_before_the_page_is_ready_wait(qtbot):
    view = MapView(MapHub(shipped_world()))
    view.resize(300, 200)
    with qtbot.waitSignals([view.ready, view.shown], timeout=20_000):
        view.show_picture(picture(), ThemeName.LIGHT)
        view.set_mode("select")
        view.show()
    assert run(view, qtbot, "gisapp.map.getContainer().dataset.mode") == "select"
    view.shut_down()
    view.shut_down()
    view.deleteLater()


def test_a_killed_page_comes_back_as_it_was(view, qtbot):
    show(view, qtbot, picture(layer([(10.0, 10.0)])), at=(20.0, 10.0, 4))
    set_mode(view, qtbot, "select")
    with qtbot.waitSignals([view.problem, view.ready, view.shown], timeout=30_000):
        os.kill(view._page.renderProcessPid(), signal.SIGTERM)
    assert run(view, qtbot, "gisapp.map.getContainer().dataset.mode") == "select"
    assert run(view, qtbot, "gisapp.map.getZoom()") == 4
    qtbot.waitUntil(
        lambda: run(view, qtbot, "gisapp.scene.hits.points.length") == 1, timeout=10_000
    )
