"""A layer of 200,000 points in the whole window: it never stands still, and gives all back.

How long the window stands still is measured as processor time of the main thread from one round
of the event loop to the next: what other programs do on the machine does not count.
"""

from __future__ import annotations

import gc
import time
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyogrio
import pytest
import shapely
from PySide6.QtCore import QTimer

from gisapp.model.layer import Layer
from gisapp.render.shape_index import shape_index
from gisapp.workspace.answer_distance import MOST_CONNECTIONS
from tests.bench.large import blobs, columns, write

COUNT = 200_000
LONG = 30_000
#: Seconds; the promise is 0.1 s. Here the first steps also make widgets and load fonts, and a
#: busy machine slows a thread's own time too; what this catches took seconds.
STANDSTILL = 0.2


class Rounds:
    """The most processor time that the main thread took between two rounds of its loop."""

    def __init__(self) -> None:
        self.worst = 0.0
        self.count = 0
        self._last = time.thread_time()
        self._timer = QTimer(interval=2)
        self._timer.timeout.connect(self._tick)
        self._timer.start()

    def restart(self) -> None:
        self.worst, self.count, self._last = 0.0, 0, time.thread_time()

    def come_round(self, qtbot) -> None:
        """Wait for the loop: what a step did at once is counted when that comes round."""
        seen = self.count
        qtbot.waitUntil(lambda: self.count > seen, timeout=LONG)

    def stop(self) -> None:
        self._timer.stop()

    def _tick(self) -> None:
        now = time.thread_time()
        self.worst = max(self.worst, now - self._last)
        self.count += 1
        self._last = now


@pytest.fixture
def rounds(qapp) -> Iterator[Rounds]:
    counted = Rounds()
    yield counted
    counted.stop()


@pytest.fixture(scope="module")
def lonlat():
    rng = np.random.default_rng(7)
    return np.column_stack([rng.uniform(-180, 180, COUNT), rng.uniform(-60, 75, COUNT)])


@pytest.fixture(scope="module")
def many(tmp_path_factory, lonlat) -> Path:
    rng = np.random.default_rng(8)
    table = pa.table(
        {
            "name": pa.array([f"Site {i}" for i in range(COUNT)]),
            "mineral": pa.array(rng.choice(["lithium", "nickel", "cobalt"], COUNT)),
            "country": pa.array(rng.choice(["CHL", "CHN", "COD"], COUNT)),
            "capacity": pa.array(rng.uniform(0, 1000, COUNT)),
            "geometry": pa.array(shapely.to_wkb(shapely.points(lonlat))),
        }
    )
    path = tmp_path_factory.mktemp("many") / "many.shp"
    pyogrio.raw.write_arrow(
        table, path, geometry_name="geometry", geometry_type="Point", crs="EPSG:4326"
    )
    return path


@pytest.fixture
def settled(qtbot, window) -> Callable[[], None]:
    """Wait until no job runs."""

    def settle() -> None:
        qtbot.waitUntil(lambda: not window.session.jobs.running, timeout=LONG)

    return settle


@pytest.fixture
def opened(window, many, settled) -> Layer:
    """The layer of many points in the window, as deposits, with no mineral asked for."""
    window.session.run("question.mineral", mineral=None)
    window.session.run("layer.open", paths=[many], role="deposit")
    settled()
    layer: Layer = window.session.state.layers[0].layer
    assert len(layer.features) == COUNT
    return layer


def test_no_step_holds_the_window(qtbot, window, many, rounds, settled) -> None:
    session, table = window.session, window.table
    window.bottom.set_folded(folded=False)
    session.run("question.mineral", mineral=None)
    settled()
    key: dict[str, str] = {}

    def load() -> None:
        session.run("layer.open", paths=[many], role="deposit")

    def show_table() -> None:
        key["layer_id"] = session.state.layers[0].id
        table.show_layer(key["layer_id"])

    steps: dict[str, Callable[[], None]] = {
        "load": load,
        "table": show_table,
        "mineral": lambda: session.run("question.mineral", mineral="lithium"),
        "filter": lambda: session.run("filter.set", countries=["CHL"], text="site 1"),
        "no filter": lambda: session.run("filter.clear"),
        "every mineral": lambda: session.run("question.mineral", mineral=None),
        "box": lambda: session.run("select.box", west=-180, south=-60, east=90, north=75, **key),
        "nothing": lambda: session.run("select.clear"),
        "undo": session.undo,
        "all": table.view.selectAll,
        "sort": lambda: table.sort("name", descending=True),
        "invert": lambda: session.run("select.invert", **key),
        "condition": lambda: session.run("layer.where", where="capacity > 500", **key),
        "by condition": lambda: session.run(
            "select.where", expression="capacity > 900 and mineral = 'nickel'", **key
        ),
        "fill": lambda: table.fill(table.model.names.index("country"), "AUS"),
        "copy": lambda: table.copy("\t"),
        "delete": lambda: session.run("row.delete", **key),
        "point": lambda: session.run("point.add", lon=1.0, lat=2.0, **key),
        "colours": lambda: session.run("style.by_column", field="country", **key),
        "place": lambda: session.run("view.goto", text="site 7"),
        "look": lambda: window.go_to_feature(key["layer_id"], 7),
        "distance": lambda: session.run("question.view", view="distance"),
        "hide": lambda: session.run("layer.show", **key),
        "remove": lambda: session.run("layer.remove", **key),
    }
    taken: dict[str, float] = {}
    for name, step in steps.items():
        rounds.restart()
        step()
        settled()
        rounds.come_round(qtbot)
        taken[name] = round(rounds.worst, 3)
        assert name != "load" or rounds.count > 20
    assert max(taken.values()) < STANDSTILL, taken


def gone(held: list[weakref.ref]) -> bool:
    """Return whether nothing is held: the recovery copy lets go when it is written next."""
    gc.collect()
    return not any(ref() is not None for ref in held)


@pytest.fixture(scope="module")
def patches(tmp_path_factory) -> Path:
    """20,000 polygons of 60 vertices, all over the world."""
    folder = tmp_path_factory.mktemp("patches")
    return write(folder / "patches.gpkg", blobs(20_000, 60), "Polygon", columns(20_000))


def test_many_polygons_never_hold_the_window_and_go_without_a_trace(
    qtbot, window, patches, rounds, settled
) -> None:
    session, view = window.session, window.area.view
    session.run("question.mineral", mineral=None)
    settled()
    key: dict[str, str] = {}

    def drawn() -> None:
        settled()
        qtbot.waitUntil(lambda: not view._handler._jobs, timeout=LONG)

    def look(lon: float, lat: float, zoom: int) -> None:
        session.run("view.set", lon=lon, lat=lat, zoom=zoom)

    def click() -> None:
        (lon, lat) = session.state.entry(key["layer_id"]).layer.features.take([9000]).lonlat[0]
        with qtbot.waitSignal(view.identified, timeout=LONG) as heard:
            view._receive(f'{{"type": "click", "lon": {lon}, "lat": {lat}, "zoom": 5}}')
        assert heard.args[:2] == [key["layer_id"], 9000]

    rounds.restart()
    session.run("layer.open", paths=[patches], role="reference")
    drawn()
    at = [entry.layer.name for entry in session.state.layers].index("patches")
    key["layer_id"] = session.state.layers[at].id
    taken = {"open": round(rounds.worst, 3)}
    steps: dict[str, Callable[[], None]] = {
        "far": lambda: look(10, 45, 3),
        "near": lambda: look(10, 45, 6),
        "pan": lambda: look(25, 45, 6),
        "click": click,
        "box": lambda: session.run("select.box", west=-20, south=0, east=60, north=60, **key),
        "remove": lambda: session.run("layer.remove", **key),
        "undo": session.undo,
        "remove again": lambda: session.run("layer.remove", **key),
    }
    held = [weakref.ref(shape_index(session.state.entry(key["layer_id"]).layer.features))]
    held.append(weakref.ref(session.state.entry(key["layer_id"]).layer.features))
    for name, step in steps.items():
        rounds.restart()
        step()
        drawn()
        rounds.come_round(qtbot)
        taken[name] = round(rounds.worst, 3)
    assert max(taken.values()) < STANDSTILL, taken
    session.run("project.new")
    drawn()
    for mineral in ("nickel", "cobalt"):  # the map keeps what it showed last
        session.run("question.mineral", mineral=mineral)
        drawn()
    qtbot.waitUntil(lambda: gone(held), timeout=LONG)


def test_many_rows_are_selected(window, opened, settled) -> None:
    window.session.run("select.box", west=-100, south=-20, east=20, north=30, layer_id=opened.id)
    settled()
    lon, lat = opened.features.lonlat.T
    inside = (lon >= -100) & (lon <= 20) & (lat >= -20) & (lat <= 30)
    assert np.array_equal(window.session.state.selection.rows.array, np.flatnonzero(inside))
    window.session.run("select.clear")
    assert not window.session.state.selection.rows
    window.session.undo()
    assert len(window.session.state.selection.rows) == inside.sum()


def test_removal_gives_all_back(qtbot, window, many, settled) -> None:
    session, view = window.session, window.area.view
    session.run("question.mineral", mineral=None)
    session.run("layer.open", paths=[many], role="deposit")
    settled()
    layer_id = session.state.layers[0].id
    window.table.show_layer(layer_id)
    settled()
    keys = [key for layer, key in view._tiled if layer == layer_id]
    held = [weakref.ref(session.state.layers[0].layer.features)]
    held += [weakref.ref(view._hub.source(key)) for key in keys]
    assert len(held) == 2
    session.run("layer.remove", layer_id=layer_id)
    settled()
    session.undo()
    settled()
    assert session.state.layers[0].layer.features is held[0]()
    session.run("project.new")
    settled()
    for mineral in ("nickel", "cobalt", "copper"):  # the map keeps what it showed last
        session.run("question.mineral", mineral=mineral)
        settled()
    qtbot.waitUntil(lambda: gone(held), timeout=LONG)


@pytest.mark.parametrize("moment", ["at once", "with its geometry shown"])
def test_reading_is_called_off(qtbot, window, many, settled, moment) -> None:
    session = window.session
    session.run("question.mineral", mineral=None)
    settled()
    before = session.state
    pictures = []
    leave = session.pictured.connect(pictures.append)
    session.run("layer.open", paths=[many])
    if moment != "at once":
        qtbot.waitUntil(lambda: bool(pictures), timeout=LONG)
        assert max(len(d.layer.features) for d in pictures[-1].layers) == COUNT
    session.jobs.cancel(f"open {many}")
    qtbot.waitUntil(lambda: moment == "at once" or len(pictures) > 1, timeout=LONG)
    settled()
    assert session.state is before
    if pictures:
        assert max(len(d.layer.features) for d in pictures[-1].layers) < COUNT
    leave()


def test_lines_of_many_deposits_are_bounded(window, opened, settled) -> None:
    session = window.session
    session.run("question.mineral", mineral="lithium")
    session.run("question.alliance", alliance="eu")
    session.run("question.view", view="distance")
    settled()
    answer = session.answer
    assert answer is not None
    assert answer.distance is not None
    deposits = np.isin(opened.features.columns["mineral"], ["lithium"]).sum()
    assert answer.distance.summary.deposits >= deposits
    assert 0 < len(answer.connections) <= MOST_CONNECTIONS
    assert any("evenly picked" in note for note in answer.notes)
    starts = np.array([line.path[0] for line in answer.connections])
    assert np.ptp(starts[:, 0] % 360) > 300  # from all over, not the first of the table
