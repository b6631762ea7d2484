"""What a user of a million points waits for in the window: first picture, pan, identify, table.

The memory that the process holds above the empty window stands in the benchmark's extra
information, in MB; the web engine's processes do not count.
"""

from __future__ import annotations

import gc
import itertools
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.bench.desk import Desk, held_mb
from tests.bench.large import points_file

COUNT = 1_000_000


@pytest.fixture(scope="module")
def million(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A million sites with five columns; every name differs."""
    return points_file(tmp_path_factory.mktemp("million"), COUNT)


@pytest.fixture
def loaded(desk: Desk, million: Path) -> Desk:
    desk.pictured(lambda: desk.session.run("layer.open", paths=[million], role="deposit"))
    desk.settle()
    return desk


def test_first_picture(benchmark: Any, desk: Desk, million: Path) -> None:
    """From the choice of the file to its points on the canvas."""

    def empty() -> None:
        desk.settle()
        desk.session.jobs.cancel(f"open {million}")
        if len(desk.session.state.layers[0].layer.features) == COUNT:
            desk.session.undo()
            desk.settle()

    benchmark.pedantic(
        lambda: desk.pictured(lambda: desk.session.run("layer.open", paths=[million])),
        setup=empty,
        rounds=3,
    )


@pytest.mark.parametrize("what", ["points", "points and basemap"])
def test_pan(benchmark: Any, loaded: Desk, what: str) -> None:
    """All tiles of a view not seen before, 6 x 4 at zoom 6, by three threads as in the map."""
    hub = loaded.view._hub
    (key,) = [key for _, key in loaded.view._tiled]
    hub.source(key)
    views = itertools.cycle((x, y) for y in (15, 20, 25) for x in (5, 12, 19, 26, 33, 40))

    with ThreadPoolExecutor(3) as threads:

        def view() -> None:
            left, top = next(views)
            paths = [
                f"/tiles/{token}/6/{left + i}/{top + j}@1.png"
                for i in range(6)
                for j in range(4)
                for token in ((key,) if what == "points" else (key, "base-light"))
            ]
            assert all(threads.map(hub.answer, paths))

        view()
        benchmark.pedantic(view, rounds=8)


def test_identify(benchmark: Any, loaded: Desk) -> None:
    """A click: found among the points, selected, and its card shown."""
    hub = loaded.view._hub
    (key,) = [key for _, key in loaded.view._tiled]
    layer = loaded.session.state.layers[0].layer
    rows = itertools.count(1000, 777)

    def click() -> None:
        lon, lat = layer.features.lonlat[next(rows)]
        row = hub.pick(key, lon, lat, 6)
        loaded.view.identified.emit(layer.id, row, lon, lat)
        assert loaded.session.state.selection.rows == {row}

    hub.source(key)
    benchmark.pedantic(click, rounds=10)


@pytest.mark.parametrize("column", ["name", "capacity"])
def test_sort_the_table(benchmark: Any, loaded: Desk, column: str) -> None:
    table = loaded.window.table
    table.show_layer(loaded.session.state.layers[0].id)
    loaded.settle()
    downwards = itertools.cycle([False, True])

    def sort() -> None:
        table.sort(column, descending=next(downwards))
        loaded.settle()

    benchmark.pedantic(sort, rounds=4)


@pytest.mark.parametrize("step", ["mineral", "country", "text"])
def test_filter(benchmark: Any, loaded: Desk, step: str) -> None:
    """From the choice to what passes on the canvas."""
    session = loaded.session
    act = {
        "mineral": lambda: session.run("question.mineral", mineral="lithium"),
        "country": lambda: session.run("filter.set", countries=["CHL"]),
        "text": lambda: session.run("filter.set", text="site 12"),
    }[step]
    benchmark.pedantic(lambda: loaded.pictured(act), rounds=1)


def test_select_a_third(benchmark: Any, loaded: Desk) -> None:
    session = loaded.session
    edges = itertools.cycle([-60.0, -61.0])

    def select() -> None:
        session.run("select.box", west=-180, south=-60, east=next(edges), north=75)
        loaded.settle()

    benchmark.pedantic(select, rounds=4)
    assert len(session.state.selection.rows) > 300_000


def test_memory(benchmark: Any, desk: Desk, million: Path) -> None:
    """Loaded, asked about, taken off, and after a new project begins."""
    session = desk.session
    gc.collect()
    empty = held_mb()

    def use() -> None:
        desk.pictured(lambda: session.run("layer.open", paths=[million], role="deposit"))
        desk.settle()
        benchmark.extra_info["loaded_mb"] = held_mb() - empty
        desk.pictured(lambda: session.run("question.mineral", mineral="lithium"))
        session.run("question.view", view="distance")
        desk.settle()
        benchmark.extra_info["answered_mb"] = held_mb() - empty
        session.run("question.mineral", mineral=None)
        session.run("project.new")
        desk.settle()
        for mineral in ("nickel", "cobalt", "copper"):  # the map keeps what it showed last
            session.run("question.mineral", mineral=mineral)
            desk.settle()
        gc.collect()
        benchmark.extra_info["given_back_to_mb"] = held_mb() - empty

    benchmark.pedantic(use, rounds=1)
    assert benchmark.extra_info["answered_mb"] < 600
