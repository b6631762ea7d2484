"""Edits that go back to the file they came from: asked first, whole or not at all."""

from __future__ import annotations

import zipfile
from pathlib import Path

import geopandas
import numpy as np
import pytest
import shapely

from gisapp.workspace.example import new_state


@pytest.fixture
def mines(tmp_path):
    return geopandas.GeoDataFrame(
        {"name": ["A", "B", "C"], "grade": [1.5, np.nan, 3.0]},
        geometry=[shapely.Point(500_000 + 1_000 * i, 7_000_000) for i in range(3)],
        crs="EPSG:32750",
    )


def opened(desk, path: Path) -> str:
    desk.session.open(new_state(()))
    desk.run("layer.open", paths=[path], role="reference")
    return desk.state.layers[0].id


@pytest.mark.parametrize("ending", [".gpkg", ".shp", ".parquet"])
def test_a_file_is_replaced_after_it_was_asked(desk, mines, tmp_path, ending):
    path = tmp_path / f"mines{ending}"
    mines.to_parquet(path) if ending == ".parquet" else mines.to_file(path)
    before = path.read_bytes()
    layer = opened(desk, path)
    desk.run("cell.set", layer_id=layer, column="name", rows=[1], value="edited")
    desk.run("row.delete", layer_id=layer, rows=[0])
    assert path.read_bytes() == before  # the file is left alone until it is asked for
    steps = desk.session.history.index
    desk.run("layer.write_back", layer_id=layer)
    assert path.read_bytes() == before
    asked = desk.reports[-1]
    assert str(path) in asked.message
    desk.run(asked.command, **dict(asked.params))
    assert "holds" in desk.reports[-1].message
    assert desk.session.history.index == steps
    now = geopandas.read_parquet(path) if ending == ".parquet" else geopandas.read_file(path)
    assert now["name"].tolist() == ["edited", "C"]
    assert now.crs.to_epsg() == 32750
    np.testing.assert_allclose(now.geometry.x, [501_000, 502_000], atol=1e-3)
    desk.run("cell.set", layer_id=layer, column="name", rows=[0], value="again")
    desk.run("layer.write_back", layer_id=layer, confirmed=True)  # its own writing is no surprise
    now = geopandas.read_parquet(path) if ending == ".parquet" else geopandas.read_file(path)
    assert now["name"].tolist() == ["again", "C"]


def test_what_was_changed_meanwhile_is_left_alone(desk, mines, tmp_path):
    path = tmp_path / "mines.gpkg"
    mines.to_file(path)
    layer = opened(desk, path)
    desk.run("cell.set", layer_id=layer, column="name", rows=[1], value="edited")
    mines.assign(name="theirs").to_file(path)
    theirs = path.read_bytes()
    for confirmed in (False, True):
        desk.run("layer.write_back", layer_id=layer, confirmed=confirmed)
        assert "changed by somebody else" in desk.reports[-1].message
    assert path.read_bytes() == theirs
    path.unlink()
    desk.run("layer.write_back", layer_id=layer, confirmed=True)
    assert "not there any more" in desk.reports[-1].message


def test_files_that_would_lose_more_are_refused(desk, mines, tmp_path):
    both = tmp_path / "both.gpkg"
    mines.to_file(both, layer="one")
    mines.to_file(both, layer="two")
    layer = opened(desk, both)
    desk.run("layer.write_back", layer_id=layer)
    assert "other layers" in desk.reports[-1].message
    mines.to_file(tmp_path / "m.geojson", driver="GeoJSON")
    with zipfile.ZipFile(tmp_path / "m.zip", "w") as archive:
        archive.write(tmp_path / "m.geojson", "m.geojson")
    layer = opened(desk, tmp_path / "m.zip")
    desk.run("layer.write_back", layer_id=layer)
    assert "not written" in desk.reports[-1].message
    desk.session.open(new_state(()))
    desk.run("layer.add_shipped", id="deposits")
    desk.run("cell.set", layer_id="deposits", column="name", rows=[1], value="edited")
    desk.run("layer.write_back", layer_id="deposits", confirmed=True)
    assert "file of yours" in desk.reports[-1].message
