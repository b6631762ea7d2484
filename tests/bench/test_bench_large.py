"""The three large layers in the window: a million points, 100,000 polygons, the 1:10 m coast.

Beside each time stands in the extra information: `peak_mb` and `held_mb`, the memory above that
of the empty window, `gap_ms` and `own_ms`, the longest time between two rounds of the window's
loop, in all and of its own thread. `tests/bench/qgis_peer.py FOLDER` does the same in QGIS.
"""

from __future__ import annotations

import gc
import itertools
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest

from gisapp.data.reader import read_layers
from gisapp.data.writer import write_layers
from gisapp.model.feedback import Cancelled, Feedback
from gisapp.model.layer import Layer
from tests.bench.desk import Desk, forget_peak, held_mb, peak_mb
from tests.bench.large import coast_file, points_file, polygons_file

MAKERS: dict[str, Callable[[Path], Path]] = {
    "points": points_file,
    "polygons": polygons_file,
    "coast": coast_file,
}
#: Zoom and west-, northmost tile of views with much in them.
VIEWS = {"points": (6, 8, 12), "polygons": (4, 0, 3), "coast": (5, 12, 6)}


@pytest.fixture(scope="module", params=list(MAKERS))
def large(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return MAKERS[request.param](tmp_path_factory.mktemp("large"))


@pytest.fixture
def loaded(desk: Desk, large: Path) -> Layer:
    desk.pictured(lambda: desk.session.run("layer.open", paths=[large], role="reference"))
    desk.settle()
    desk.drawn()
    return desk.session.state.layers[_place(desk, large.stem)].layer


def _place(desk: Desk, name: str) -> int:
    return [entry.layer.name for entry in desk.session.state.layers].index(name)


def test_open_and_remove(benchmark: Any, desk: Desk, large: Path) -> None:
    """From the choice of the file to its geometry on the canvas; then the rest, and all undone."""
    desk.drawn()
    gc.collect()
    empty = held_mb()
    forget_peak()
    desk.heart.restart()

    def first() -> None:
        desk.pictured(lambda: desk.session.run("layer.open", paths=[large], role="reference"))

    benchmark.pedantic(first, rounds=1)
    desk.settle()
    desk.drawn()
    told = benchmark.extra_info
    told["peak_mb"] = round(peak_mb() - empty)
    told["held_mb"] = round(held_mb() - empty)
    session = desk.session
    layer_id = session.state.layers[_place(desk, large.stem)].id
    for lon, lat, zoom in ((10, 45, 4), (10, 45, 7), (-60, 0, 5), (5, 22, 2)):
        session.run("view.set", lon=lon, lat=lat, zoom=zoom)
        desk.drawn()
    session.run("layer.remove", layer_id=layer_id)
    desk.settle()
    session.undo()
    desk.settle()
    told["gap_ms"] = round(1000 * desk.heart.worst)
    told["own_ms"] = round(1000 * desk.heart.worst_own)
    session.run("project.new")
    desk.settle()
    for mineral in ("nickel", "cobalt", "copper"):  # the map keeps what it showed last
        session.run("question.mineral", mineral=mineral)
        desk.settle()
    gc.collect()
    desk.until(_later(3.0))
    told["given_back_to_mb"] = round(held_mb() - empty)


def _later(seconds: float) -> Callable[[], bool]:
    end = time.monotonic() + seconds
    return lambda: time.monotonic() > end


def test_pan(benchmark: Any, desk: Desk, loaded: Layer, large: Path) -> None:
    """All tiles of a view not seen before, 6 x 4, by three threads as in the map."""
    hub = desk.view._hub
    key = dict(desk.view._tiled)[loaded.id]
    hub.prepare()
    zoom, left, top = VIEWS[large.stem]
    most = 2**zoom
    views = itertools.cycle((x, y) for y in (top, top + 4) for x in range(left, left + 36, 6))
    with ThreadPoolExecutor(3) as threads:

        def view() -> None:
            x, y = next(views)
            paths = [
                f"/tiles/{key}/{zoom}/{(x + i) % most}/{y + j}@1.png"
                for i in range(6)
                for j in range(4)
            ]
            assert all(threads.map(hub.answer, paths))

        view()
        benchmark.pedantic(view, rounds=2 if zoom < 5 else 6)


def test_identify(benchmark: Any, desk: Desk, loaded: Layer) -> None:
    """From the click on the map to the card of what is there."""
    hub = desk.view._hub
    key = dict(desk.view._tiled)[loaded.id]
    hub.source(key)
    count = len(loaded.features)
    rows = itertools.count(count // 7, count // 31)
    heard: list[tuple[str, int]] = []
    desk.view.identified.connect(lambda layer, row, _lon, _lat: heard.append((layer, row)))

    def click() -> None:
        (lon, lat) = loaded.features.take([next(rows) % count]).lonlat[0]
        before = len(heard)
        desk.view._receive(f'{{"type": "click", "lon": {lon}, "lat": {lat}, "zoom": 6}}')
        desk.until(lambda: len(heard) > before)
        assert heard[-1][0] == loaded.id

    benchmark.pedantic(click, rounds=10)


def test_select_by_box(benchmark: Any, desk: Desk, loaded: Layer) -> None:
    edges = itertools.cycle([30.0, 31.0])

    def select() -> None:
        box = {"west": -20, "south": 10, "east": next(edges), "north": 60}
        desk.session.run("select.box", **box, layer_id=loaded.id)
        desk.until(lambda: not desk.session.jobs.running)

    benchmark.pedantic(select, rounds=6)
    assert desk.session.state.selection.rows


def test_sort_the_table(benchmark: Any, desk: Desk, loaded: Layer) -> None:
    table = desk.window.table
    table.show_layer(loaded.id)
    desk.settle()
    downwards = itertools.cycle([False, True])

    def sort() -> None:
        table.sort("name", descending=next(downwards))
        desk.settle()

    benchmark.pedantic(sort, rounds=4)


def test_save_the_project(benchmark: Any, desk: Desk, loaded: Layer, tmp_path: Path) -> None:
    del loaded
    numbers = itertools.count()

    def save() -> None:
        path = tmp_path / f"{next(numbers)}.gisapp"
        desk.session.run("project.save", path=path)
        desk.until(lambda: not desk.session.jobs.running)
        assert path.exists()

    benchmark.pedantic(save, rounds=1)


def test_save_as_geopackage(benchmark: Any, desk: Desk, loaded: Layer, tmp_path: Path) -> None:
    del desk
    numbers = itertools.count()
    benchmark.pedantic(lambda: write_layers(tmp_path / f"{next(numbers)}.gpkg", [loaded]), rounds=1)


def test_reading_is_called_off(benchmark: Any, large: Path) -> None:
    """From the cancel to the end of the reader's thread; the promise is 0.3 s."""
    started: list[tuple[Feedback, Thread]] = []

    def read(feedback: Feedback) -> None:
        with suppress(Cancelled):
            read_layers(large, feedback=feedback)

    def begin() -> None:
        begun = Event()
        feedback = Feedback(lambda _fraction, _text: begun.set())
        thread = Thread(target=read, args=(feedback,))
        thread.start()
        begun.wait()
        started.append((feedback, thread))

    def cancel() -> None:
        feedback, thread = started[-1]
        feedback.cancel()
        thread.join()

    benchmark.pedantic(cancel, setup=begin, rounds=3)
