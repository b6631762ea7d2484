"""Coordinates in every usual writing, one in a cell or two."""

from __future__ import annotations

import pytest

from gisapp.data.angles import read_angle, read_pair

DMS = 12 + 34 / 60 + 56 / 3600


@pytest.mark.parametrize(
    ("text", "degrees", "axis"),
    [
        ("12.5", 12.5, ""),
        ("-12,5", -12.5, ""),
        ("\u221223.5", -23.5, ""),
        ("-1.3e-05", -0.000013, ""),
        ("6E-05 N", 0.00006, "lat"),
        ("12.5 W", -12.5, "lon"),
        ("W 070.5", -70.5, "lon"),
        ("12.5°E", 12.5, "lon"),
        ("23°30'S", -23.5, "lat"),
        ("N 23 30 36", 23.51, "lat"),
        ("12°34'56\"N", DMS, "lat"),
        ("12\u00ba34\u203256\u2033 N", DMS, "lat"),
        ("12 34 56 N", DMS, "lat"),
        ("12-34-56N", DMS, "lat"),
        ("12:34:56", DMS, ""),
        ("12d34m56sN", DMS, "lat"),
        ("12 deg 34 min 56 sec north", DMS, "lat"),
        ("12°N 34' 56\"", DMS, "lat"),
        ("12N34 56", DMS, "lat"),
        ("S12°34.5'", -12.575, "lat"),
        ("12º34'30''O", -12.575, "lon"),
        ("123456N", DMS, "lat"),
        ("0123456W", -DMS, "lon"),
        ("1230N", 12.5, "lat"),
        ("-70 30 0", -70.5, ""),
        ("10Â°30'N", 10.5, "lat"),
        ("Lat: 12.5", 12.5, "lat"),
        ("12.5 Ost", 12.5, "lon"),
        ("52° 30' n. Br.", 52.5, "lat"),
        ("13° 24' ö. L.", 13.4, "lon"),
        ("55°45\u2032 \u0441. ш.", 55.75, "lat"),
        ("37°30\u2032 в. д.", 37.5, "lon"),
        ("北緯35度30分", 35.5, "lat"),
        ("西经70度30分", -70.5, "lon"),
    ],
)
def test_angles(text: str, degrees: float, axis: str) -> None:
    angle = read_angle(text)
    assert angle is not None
    assert angle.degrees == pytest.approx(degrees, abs=1e-12)
    assert angle.axis == axis


@pytest.mark.parametrize(
    "text", ["", "unknown", "12.5 kt", "Peñasquito", "3M", "12°75'N", "12.5°30'", "1 2 3 4", "N S"]
)
def test_what_is_no_angle(text: str) -> None:
    assert read_angle(text) is None


def test_o_is_west_or_east() -> None:
    west, east = read_angle("7°30'O"), read_angle("7°30'O", west_o=False)
    assert west is not None
    assert east is not None
    assert (west.degrees, east.degrees) == (-7.5, 7.5)


@pytest.mark.parametrize(
    ("text", "one", "two"),
    [
        ("12.5, 23.4", 12.5, 23.4),
        ("12.5,23.4", 12.5, 23.4),
        ("12,5 23,4", 12.5, 23.4),
        ("12,5, 23,4", 12.5, 23.4),
        ("12,5,23,4", 12.5, 23.4),
        ("12,5;23,4", 12.5, 23.4),
        ("(12.5, -23.4)", 12.5, -23.4),
        ("-1.3e-05, 145.8", -0.000013, 145.8),
        ("-23.5 -70.1", -23.5, -70.1),
        ("geo:12.5,23.4", 12.5, 23.4),
        ("12°34'56\"N 23°45'W", DMS, -23.75),
        ("N12.5E23.4", 12.5, 23.4),
        ("12.5N23.4W", 12.5, -23.4),
        ("lat: 12.5, lon: 23.4", 12.5, 23.4),
        ("Lon 23.4 Lat 12.5", 23.4, 12.5),
        ("12 34 56 23 45 00", DMS, 23.75),
        ("12°30' 23°45'", 12.5, 23.75),
        ("403000N 0743000W", 40.5, -74.5),
        ("55°45\u203200″ \u0441. ш. 37°30\u203200″ в. д.", 55.75, 37.5),
    ],
)
def test_pairs(text: str, one: float, two: float) -> None:
    pair = read_pair(text)
    assert pair is not None
    assert [a.degrees for a in pair] == pytest.approx([one, two], abs=1e-12)


@pytest.mark.parametrize("text", ["hello, world", "12.5", "12 May 2021", "a1, b2", "12 N, 13 N"])
def test_what_is_no_pair(text: str) -> None:
    assert read_pair(text) is None
