"""Features in a GeoPackage: they come back as they were, and nothing is said on the way."""

import numpy as np
import shapely

from gisapp.data.store import load, store
from gisapp.model.features import Features


def test_single_and_multi_parts_come_back_as_they_were_without_a_word(tmp_path, capfd):
    square = shapely.box(0, 0, 1, 1)
    shapes = [square, shapely.MultiPolygon([square, shapely.box(2, 2, 3, 3)]), None]
    names = np.array(["one", "two", None], dtype=object)
    features = Features.from_shapes(shapes, {"name": names})
    path = tmp_path / "stored.gpkg"
    back = load(path, store(path, "areas", features))
    assert [None if s is None else s.geom_type for s in back.geometry] == [
        "Polygon",
        "MultiPolygon",
        None,
    ]
    assert all(shapely.equals(a, b) for a, b in zip(back.geometry[:2], shapes, strict=False))
    assert list(back.columns["name"]) == ["one", "two", None]
    assert capfd.readouterr().err == ""
