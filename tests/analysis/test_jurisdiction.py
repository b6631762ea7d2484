from __future__ import annotations

import numpy as np
import pytest
import shapely

from gisapp.analysis.jurisdiction import JurisdictionIndex
from gisapp.model.features import Features
from gisapp.model.feedback import Cancelled, Feedback, GisappError
from gisapp.model.geodesy import WGS84
from gisapp.model.layer import Layer
from gisapp.model.vocabulary import Role


@pytest.fixture(scope="module")
def index(jurisdictions: Layer) -> JurisdictionIndex:
    return JurisdictionIndex(jurisdictions)


def square(west: float, south: float, east: float, north: float, iso: str = "SQR") -> Layer:
    shapes = [shapely.box(west, south, east, north)]
    columns = {"iso": np.array([iso], dtype=object)}
    return Layer("s", "Square", Role.JURISDICTION, Features.from_shapes(shapes, columns))


def test_known_places(index: JurisdictionIndex) -> None:
    places = {
        "AUS": (133.9, -25.0),
        "USA": (-115.5, 35.5),
        "GRL": (-40.0, 75.0),
        "NCL": (165.5, -21.5),
        "FJI": (178.0, -17.8),
        "RUS": (-175.0, 66.5),
        "LSO": (28.3, -29.5),
        "ATA": (0.0, -85.0),
        "": (-140.0, 0.0),
    }
    found = index.country_of(np.array(list(places.values())))
    assert found.tolist() == list(places)


def test_equal_to_polygons_one_by_one(index: JurisdictionIndex, jurisdictions: Layer) -> None:
    rng = np.random.default_rng(2)
    points = np.column_stack([rng.uniform(-180, 180, 400), rng.uniform(-85, 85, 400)])
    found = index.country_of(points, coast_km=0)
    codes, shapes = jurisdictions.features.columns["iso"], jurisdictions.features.geometry
    for (lon, lat), code in zip(points, found, strict=True):
        hits = codes[shapely.intersects_xy(shapes, lon, lat)]
        assert (code in hits) if len(hits) else code == ""


@pytest.mark.parametrize("azimuth", [0, 45, 90, 180, 270])
@pytest.mark.parametrize("corner", [(10.0, 50.0), (179.0, -17.0), (-60.0, 80.0)])
def test_the_coast_is_five_kilometres_wide(corner: tuple[float, float], azimuth: float) -> None:
    west, south = corner
    east, north = min(west + 2, 180.0), south + 1
    index = JurisdictionIndex(square(west, south, east, north))
    # the middle of the side that the azimuth leaves by
    lon = {90: east, 45: east, 270: west}.get(int(azimuth), (west + east) / 2)
    lat = {0: north, 45: north, 180: south}.get(int(azimuth), (south + north) / 2)
    inside, outside = (WGS84.fwd(lon, lat, azimuth, d)[:2] for d in (4900.0, 5100.0))
    found = index.country_of(np.array([inside, outside]))
    assert found.tolist() == ["SQR", ""]


def test_the_coast_across_the_antimeridian() -> None:
    index = JurisdictionIndex(square(178.0, -18.0, 180.0, -17.0))
    assert index.country_of(np.array([[-179.98, -17.5], [-179.9, -17.5]])).tolist() == ["SQR", ""]
    assert index.country_of(np.array([[180.02, -17.5]])).tolist() == ["SQR"]


def test_nearest_of_two_coasts(index: JurisdictionIndex) -> None:
    # in the Strait of Gibraltar, off Tarifa and off Cires
    found = index.country_of(np.array([[-5.62, 35.98], [-5.50, 35.93]]))
    assert found.tolist()[0] == "ESP"
    shapes = [shapely.box(0, 0, 1, 1), shapely.box(1.05, 0, 2, 1)]
    layer = Layer(
        "two",
        "Two",
        Role.JURISDICTION,
        Features.from_shapes(shapes, {"iso": np.array(["AAA", "BBB"], dtype=object)}),
    )
    two = JurisdictionIndex(layer)
    assert two.country_of(np.array([[1.02, 0.5], [1.03, 0.5]])).tolist() == ["AAA", "BBB"]


def test_missing_positions_are_nowhere(index: JurisdictionIndex) -> None:
    assert index.country_of(np.array([[np.nan, 1.0], [2.0, np.nan]])).tolist() == ["", ""]
    assert index.country_of(np.empty((0, 2))).tolist() == []


def test_a_layer_without_codes_is_refused() -> None:
    layer = square(0, 0, 1, 1)
    bare = layer.with_(features=Features.from_shapes(layer.features.geometry))
    with pytest.raises(GisappError, match="no column iso"):
        JurisdictionIndex(bare)


def test_cancel(index: JurisdictionIndex) -> None:
    feedback = Feedback()
    feedback.cancel()
    with pytest.raises(Cancelled):
        index.country_of(np.zeros((10, 2)) + 10.0, feedback=feedback)


def test_shipped_sites_stand_where_they_say(
    index: JurisdictionIndex, shipped_layers: tuple[Layer, ...]
) -> None:
    for layer in shipped_layers:
        lonlat, said = layer.features.lonlat, layer.features.columns["country"]
        known = np.isfinite(lonlat).all(axis=1)
        found = index.country_of(lonlat[known])
        # coarse positions near borders may fall beyond them
        assert (found == said[known]).mean() > 0.985
