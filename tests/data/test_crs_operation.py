"""Datum shifts against published control values, and grids that are found or told as missing."""

from __future__ import annotations

import hashlib
import json
import threading
from pathlib import Path

import numpy as np
import pyproj
import pytest

from gisapp.data import crs, crs_operation
from gisapp.data.raw import Raw
from gisapp.model.places import resources_dir

GEOD = pyproj.Geod(ellps="WGS84")


def dms(degrees: float, minutes: float, seconds: float) -> float:
    return degrees + minutes / 60 + seconds / 3600


def moved(code: str, *xy: tuple[float, float]) -> tuple[Raw, str]:
    raw = Raw("a", "test", {}, points=np.array(xy), crs=code)
    return raw, crs.to_wgs84(raw)[2]


def metres_off(raw: Raw, lon: float, lat: float) -> float:
    assert raw.points is not None
    return float(GEOD.inv(*raw.points[0], lon, lat)[2])


#: Where from, source position, published position, metres within.
PUBLISHED = {
    # Ordnance Survey, Transformations and OSGM15 user guide, annexe A: Caister water tower
    "OSGB36": ("EPSG:27700", (651409.804, 313177.450), (1.716073973, 52.658007833), 0.15),
    # Ordnance Survey, OSTN15 test points, TP01: St Mary's
    "OSGB36 Scilly": ("EPSG:27700", (91492.146, 11318.804), (-6.29977752014, 49.9222639373), 0.15),
    # ICSM, GDA2020 Technical Manual, 3.1.1: Alice Springs
    "GDA94": ("EPSG:4283", (133.88551329, -23.67012389), (133.8855216, -23.67011014), 0.01),
    "GDA2020": ("EPSG:7844", (133.8855216, -23.67011014), (133.8855216, -23.67011014), 0.001),
    # NGS: NADCON's own example, and the one of PROJ's cs2cs
    "NAD27 Maine": (
        "EPSG:4267",
        (-71.25, dms(44, 20, 15)),
        (-dms(71, 14, 58.27), dms(44, 20, 15.227)),
        0.1,
    ),
    "NAD27 Baja": (
        "EPSG:4267",
        (-117.0, 30.0),
        (-dms(117, 0, 2.901), dms(30, 0, 0.407)),
        0.1,
    ),
    # IOGP guidance note 7-2, 4.3.3.1 (Molodensky): North Sea
    "ED50": (
        "EPSG:4230",
        (dms(2, 7, 51.477), dms(53, 48, 36.563)),
        (dms(2, 7, 46.38), dms(53, 48, 33.82)),
        1.0,
    ),
    # Geospatial Information Authority of Japan: the origin of longitude and latitude
    "Tokyo": (
        "EPSG:4301",
        (dms(139, 44, 40.5020), dms(35, 39, 17.5148)),
        (dms(139, 44, 28.8759), dms(35, 39, 29.1572)),
        1.0,
    ),
}


@pytest.mark.parametrize("name", PUBLISHED)
def test_published_positions(name: str) -> None:
    code, start, (lon, lat), within = PUBLISHED[name]
    raw, _ = moved(code, start)
    assert metres_off(raw, lon, lat) < within


def helmert(lon: float, lat: float) -> tuple[float, float]:
    """Move by GOST R 51794-2008, written out: Krassowsky to WGS 84 by coordinate frame."""
    a, f = 6378245.0, 1 / 298.3
    e2 = f * (2 - f)
    phi, lam = np.radians(lat), np.radians(lon)
    nu = a / np.sqrt(1 - e2 * np.sin(phi) ** 2)
    place = np.array(
        [
            nu * np.cos(phi) * np.cos(lam),
            nu * np.cos(phi) * np.sin(lam),
            nu * (1 - e2) * np.sin(phi),
        ]
    )
    rx, ry, rz = np.radians(np.array([0.0, -0.35, -0.79]) / 3600)
    turn = np.array([[1, rz, -ry], [-rz, 1, rx], [ry, -rx, 1]])
    x, y, z = np.array([23.57, -140.95, -79.8]) + (1 - 0.22e-6) * turn @ place
    a, f = 6378137.0, 1 / 298.257223563
    e2 = f * (2 - f)
    lat_new, p = np.arctan2(z, np.hypot(x, y)), np.hypot(x, y)
    for _ in range(10):
        nu = a / np.sqrt(1 - e2 * np.sin(lat_new) ** 2)
        lat_new = np.arctan2(z + e2 * nu * np.sin(lat_new), p)
    return float(np.degrees(np.arctan2(y, x))), float(np.degrees(lat_new))


def test_pulkovo_1942_by_its_formula() -> None:
    raw, operation = moved("EPSG:4284", (40.0, 55.0))
    assert metres_off(raw, *helmert(40.0, 55.0)) < 0.01
    assert operation == "Pulkovo 1942 to WGS 84 (20) (3 m)"


def test_the_same_place_on_two_datums_of_australia_is_one_place() -> None:
    old, _ = moved("EPSG:28350", (500_000.0, 6_500_000.0))
    to_2020 = pyproj.Transformer.from_crs(28350, 7850, always_xy=True)
    new, _ = moved("EPSG:7850", to_2020.transform(500_000.0, 6_500_000.0))
    assert new.points is not None
    assert metres_off(old, *new.points[0]) < 0.01


def test_every_operation_used_is_told_with_its_accuracy() -> None:
    _, operation = moved("EPSG:4267", (-98.0, 39.0), (-150.0, 62.0))
    assert operation == "NAD27 to WGS 84 (79) (5 m); NAD27 to WGS 84 (85) (5 m)"


def test_a_better_operation_whose_grid_is_missing_is_told() -> None:
    raw, operation = moved("EPSG:4267", (-71.25, 44.3375))
    (problem,) = raw.problems
    assert problem.code == "grid_missing"
    assert "The best operation (1.5 m) needs the grid us_noaa_nehpgn.tif" in problem.message
    assert "PROJ_DATA" in problem.hint
    assert operation.endswith("which is not installed.")


def test_a_datum_that_nobody_can_move_is_told() -> None:
    raw, operation = moved("+proj=longlat +ellps=bessel +type=crs", (10.0, 50.0))
    assert [p.code for p in raw.problems] == ["datum_shift_unknown"]
    assert "unknown accuracy" in operation


def test_custom_shifts_are_used() -> None:
    bound = "+proj=utm +zone=33 +ellps=bessel +towgs84=598.1,73.7,418.2,0.202,0.045,-2.455,6.7"
    raw, _ = moved(bound, (400_000.0, 5_600_000.0))
    lon, lat = pyproj.Transformer.from_pipeline(
        "+proj=pipeline +step +inv +proj=utm +zone=33 +ellps=bessel "
        "+step +proj=push +v_3 +step +proj=cart +ellps=bessel "
        "+step +proj=helmert +x=598.1 +y=73.7 +z=418.2 +rx=0.202 +ry=0.045 +rz=-2.455 +s=6.7 "
        "+convention=position_vector +step +inv +proj=cart +ellps=WGS84 +step +proj=pop +v_3 "
        "+step +proj=unitconvert +xy_in=rad +xy_out=deg"
    ).transform(400_000.0, 5_600_000.0)
    assert metres_off(raw, lon, lat) < 0.001


def test_grids_are_found_in_a_thread_that_used_proj_before() -> None:
    ready, go = threading.Event(), threading.Event()
    operations: list[str] = []

    def work() -> None:
        pyproj.Transformer.from_crs(3857, 4326).transform(1, 2)
        ready.set()
        go.wait()
        operations.append(moved("EPSG:27700", (400_000.0, 300_000.0))[1])

    thread = threading.Thread(target=work)
    thread.start()
    ready.wait()
    operations.append(moved("EPSG:27700", (400_000.0, 300_000.0))[1])
    go.set()
    thread.join()
    assert operations[0] == operations[1]
    assert "(1 m)" in operations[0]


def test_a_users_folder_of_grids_is_searched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROJ_DATA", str(tmp_path))
    found: list[tuple[str, ...]] = []
    thread = threading.Thread(target=lambda: found.append(crs_operation.find_grids()))
    thread.start()
    thread.join()
    assert found[0][-1] == str(tmp_path)


def test_the_grids_that_ship_are_those_of_the_manifest() -> None:
    folder = resources_dir() / "proj"
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    for entry in manifest:
        assert hashlib.sha256((folder / entry["file"]).read_bytes()).hexdigest() == entry["sha256"]
        assert entry["source"]
        assert entry["licence"]
    assert {p.name for p in folder.iterdir()} == {e["file"] for e in manifest} | {"manifest.json"}
