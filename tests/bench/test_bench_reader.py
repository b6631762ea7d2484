"""Files of a million points: the first picture's geometry, everything, and the memory it takes."""

from __future__ import annotations

import tracemalloc
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyogrio
import pytest
import shapely

from gisapp.data.reader import read_layers
from gisapp.model.layer import Layer

COUNT = 1_000_000


class FirstPictureError(Exception):
    """Stops reading once the geometry is there."""


@pytest.fixture(scope="module")
def million(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A million sites with five columns; every name differs."""
    rng = np.random.default_rng(1)
    lonlat = np.column_stack([rng.uniform(-180, 180, COUNT), rng.uniform(-60, 75, COUNT)])
    table = pa.table(
        {
            "name": pa.array([f"Site {i}" for i in range(COUNT)]),
            "mineral": pa.array(rng.choice(["lithium", "nickel", "cobalt"], COUNT)),
            "country": pa.array(rng.choice(["CHL", "CHN", "COD"], COUNT)),
            "year": pa.array(rng.integers(1950, 2025, COUNT)),
            "capacity": pa.array(rng.uniform(0, 1000, COUNT)),
            "geometry": pa.array(shapely.to_wkb(shapely.points(lonlat))),
        }
    )
    folder = tmp_path_factory.mktemp("million")
    for name in ("million.shp", "million.gpkg"):
        pyogrio.raw.write_arrow(
            table, folder / name, geometry_name="geometry", geometry_type="Point", crs="EPSG:4326"
        )
    return folder


@pytest.mark.parametrize("name", ["million.shp", "million.gpkg"])
def test_first_geometry(benchmark: Any, million: Path, name: str) -> None:
    def first() -> None:
        def stop(layer: Layer) -> None:
            assert len(layer.features) == COUNT
            raise FirstPictureError

        with pytest.raises(FirstPictureError):
            read_layers(million / name, on_geometry=stop)

    benchmark.pedantic(first, rounds=3)


@pytest.mark.parametrize("name", ["million.shp", "million.gpkg"])
def test_everything(benchmark: Any, million: Path, name: str) -> None:
    (layer,) = benchmark.pedantic(read_layers, args=(million / name,), rounds=3)
    assert len(layer.features.columns) == 5


def test_memory_of_a_million_features(benchmark: Any, million: Path) -> None:
    """The bytes that the features hold, in the extra information of the benchmark."""
    tracemalloc.start()
    (layer,) = benchmark.pedantic(read_layers, args=(million / "million.shp",), rounds=1)
    held, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    benchmark.extra_info.update(held_mb=held / 1e6, peak_mb=peak / 1e6)
    assert len(layer.features) == COUNT
    assert held < 200e6
