"""The three large layers of the benchmarks: made by script, the same each time, never checked in.

python tests/bench/large.py FOLDER
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyogrio
import shapely

from gisapp.data.shipped import load_layer

POINTS = 1_000_000
POLYGONS = 100_000
VERTICES = 200


def columns(count: int, seed: int = 1) -> dict[str, pa.Array]:
    """Five columns of sites; every name differs."""
    rng = np.random.default_rng(seed)
    return {
        "name": pa.array([f"Site {i}" for i in range(count)]),
        "mineral": pa.array(rng.choice(["lithium", "nickel", "cobalt"], count)),
        "zone": pa.array(rng.choice(["north", "middle", "south"], count)),
        "year": pa.array(rng.integers(1950, 2025, count)),
        "capacity": pa.array(rng.uniform(0, 1000, count)),
    }


def places(count: int, seed: int = 1) -> npt.NDArray[np.float64]:
    """Positions all over the world, degrees, shape (count, 2)."""
    rng = np.random.default_rng(seed)
    return np.column_stack([rng.uniform(-180, 180, count), rng.uniform(-60, 75, count)])


def blobs(
    count: int = POLYGONS, vertices: int = VERTICES, seed: int = 1
) -> npt.NDArray[np.object_]:
    """Polygons in a grid over the world, none touching another, shape (count,).

    Each is a ragged circle in a cell of its own, of `vertices` corners.
    """
    rng = np.random.default_rng(seed)
    across = round(np.sqrt(count * 2.5))
    cell = np.arange(count)
    width, height = 360.0 / across, 135.0 / -(-count // across)
    middle = np.column_stack(
        [-180.0 + (cell % across + 0.5) * width, -60.0 + (cell // across + 0.5) * height]
    )
    turn = np.linspace(0.0, 2 * np.pi, vertices, endpoint=False)
    ragged = sum(
        rng.uniform(0.0, 0.3 / k, (count, 1)) * np.sin(k * turn + rng.uniform(0, 6.3, (count, 1)))
        for k in (2, 3, 7, 31)
    )
    reach = 0.3 * (1.0 + ragged)
    xy = np.stack(
        [
            middle[:, :1] + width * reach * np.cos(turn),
            middle[:, 1:] + height * reach * np.sin(turn),
        ],
        axis=-1,
    )
    return np.asarray(shapely.polygons(xy))


def write(
    path: Path, shapes: npt.NDArray[np.object_], kind: str, named: dict[str, pa.Array]
) -> Path:
    """Write a layer in WGS 84, unless it is there."""
    if not path.exists():
        table = pa.table({**named, "geometry": pa.array(shapely.to_wkb(shapes))})
        options: dict[str, Any] = {"geometry_name": "geometry", "crs": "EPSG:4326"}
        pyogrio.raw.write_arrow(table, path, geometry_type=kind, **options)
    return path


def points_file(folder: Path, count: int = POINTS) -> Path:
    """Points in a shapefile."""
    shapes = shapely.points(places(count))
    return write(folder / "points.shp", shapes, "Point", columns(count))


def polygons_file(folder: Path, count: int = POLYGONS) -> Path:
    """Polygons of 200 vertices in a GeoPackage."""
    return write(folder / "polygons.gpkg", blobs(count), "Polygon", columns(count))


def coast_file(folder: Path) -> Path:
    """The 1:10 million countries of Natural Earth in a shapefile."""
    features = load_layer("jurisdictions").features
    named = {name: pa.array([str(v) for v in features.columns[name]]) for name in ("iso", "name")}
    return write(folder / "coast.shp", features.geometry, "MultiPolygon", named)


if __name__ == "__main__":
    chosen = Path(sys.argv[1])
    chosen.mkdir(parents=True, exist_ok=True)
    for made in (points_file, polygons_file, coast_file):
        made(chosen)
