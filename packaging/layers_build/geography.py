"""Jurisdictions, land, lakes and borders from Natural Earth, repaired and generalised."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyogrio.raw
import shapely

from layers_build.sources import read_csv

Shapes = npt.NDArray[np.object_]

#: Natural Earth's own codes where the fact tables use ISO 3166 (or XKX for Kosovo). Its ISO_A3 is
#: -99 for France, Norway and Kosovo, and its ISO_A3_EH gives one code to several areas.
ISO_OF_ADM0: Final = {"SDS": "SSD", "PSX": "PSE", "SAH": "ESH", "KOS": "XKX", "ALD": "ALA"}

#: Overseas parts that Natural Earth draws inside their sovereign and ISO 3166 codes apart:
#: sovereign's code, own code, name, box (west, south, east, north) around the parts.
OVERSEAS: Final[tuple[tuple[str, str, str, tuple[float, float, float, float]], ...]] = (
    ("FRA", "GUF", "French Guiana", (-55, 2, -51, 6)),
    ("FRA", "MTQ", "Martinique", (-61.3, 14.3, -60.7, 15)),
    ("FRA", "GLP", "Guadeloupe", (-62, 15.7, -60.9, 16.6)),
    ("FRA", "REU", "Réunion", (55, -21.6, 56, -20.7)),
    ("FRA", "MYT", "Mayotte", (44.9, -13.1, 45.4, -12.5)),
    ("NOR", "SJM", "Svalbard and Jan Mayen", (-10, 70.5, 36, 81.5)),
    ("NOR", "BVT", "Bouvet Island", (3, -55, 4, -54)),
    ("NLD", "BES", "Bonaire, Sint Eustatius and Saba", (-69, 11.9, -62, 18)),
    ("NZL", "TKL", "Tokelau", (-173, -10, -171, -8)),
    ("IOA", "CXR", "Christmas Island", (105, -11, 106, -10)),
    ("IOA", "CCK", "Cocos (Keeling) Islands", (96, -13, 97.5, -11)),
)
#: Svalbard's box also holds the north of Norway: only islands north of these latitudes leave it.
_JAN_MAYEN_EAST, _SVALBARD_SOUTH = -7.0, 73.5

LANGUAGES: Final = (
    *("ar", "bn", "de", "el", "es", "fa", "fr", "he", "hi", "hu", "id", "it", "ja"),
    *("ko", "nl", "pl", "pt", "ru", "sv", "tr", "uk", "ur", "vi", "zh", "zht"),
)


@dataclass(frozen=True)
class Geography:
    """Jurisdictions with their columns, the physical backdrop, and what was repaired."""

    jurisdictions: Shapes
    columns: Mapping[str, npt.NDArray[Any]]
    land: Shapes
    lakes: Shapes
    borders: Shapes
    repairs: tuple[str, ...]

    @property
    def codes(self) -> list[str]:
        """The jurisdictions' codes, in order."""
        return [str(code) for code in self.columns["iso"]]


def read(sources: Path) -> Geography:
    """Read Natural Earth from a folder of sources; shapes are in EPSG:4326, lon, lat.

    Names that `country_names.csv` beside it lists are put in place of Natural Earth's.
    """
    folder = sources / "natural-earth"
    # The .cpg is missing and the text is UTF-8: GDAL would guess Latin 1.
    meta, _, wkb, values = pyogrio.raw.read(
        folder / "ne_10m_admin_0_countries_deu.shp", encoding="UTF-8"
    )
    raw = dict(zip(meta["fields"], values, strict=True))
    repairs: list[str] = []
    shapes = _repaired(shapely.from_wkb(wkb), raw["ADMIN"], "jurisdictions", repairs)
    rows = [
        {
            "iso": ISO_OF_ADM0.get(raw["ADM0_A3"][i], raw["ADM0_A3"][i]),
            "iso_a2": None if raw["ISO_A2_EH"][i] == "-99" else raw["ISO_A2_EH"][i],
            "name": raw["NAME_EN"][i] or raw["ADMIN"][i],
            "sovereign": raw["SOVEREIGNT"][i],
            "type": raw["TYPE"][i],
            "continent": raw["CONTINENT"][i],
            **{f"name_{lang}": raw[f"NAME_{lang.upper()}"][i] for lang in LANGUAGES},
        }
        for i in range(len(shapes))
    ]
    by_code = {row["iso"]: row for row in rows}
    for change in read_csv(sources / "country_names.csv"):
        by_code[change["iso"]][change["column"]] = change["value"] or None
    shapes, rows = _split_overseas(shapes, rows)
    order = sorted(range(len(rows)), key=lambda i: rows[i]["iso"])
    names = list(rows[0])
    columns = {n: np.array([rows[i].get(n) for i in order], dtype=object) for n in names}
    return Geography(
        jurisdictions=shapes[order],
        columns=columns,
        land=_backdrop(folder, "land", repairs),
        lakes=_backdrop(folder, "lakes", repairs),
        borders=_backdrop(folder, "admin_0_boundary_lines_land", repairs),
        repairs=tuple(repairs),
    )


def _backdrop(folder: Path, name: str, repairs: list[str]) -> Shapes:
    wkb = pyogrio.raw.read(folder / f"ne_10m_{name}.shp")[2]
    shapes = shapely.from_wkb(wkb)
    return _repaired(shapes, np.arange(len(shapes)), name, repairs)


def _repaired(shapes: Shapes, names: npt.NDArray[Any], layer: str, repairs: list[str]) -> Shapes:
    """Make invalid polygons valid, and say which; lines and nothing else is left over."""
    result = shapes.copy()
    for i in np.flatnonzero(~shapely.is_valid(shapes)):
        reason = shapely.is_valid_reason(shapes[i])
        parts = shapely.get_parts(shapely.make_valid(shapes[i]))
        areas = parts[shapely.get_dimensions(parts) == 2]
        result[i] = areas[0] if len(areas) == 1 else shapely.multipolygons(shapely.get_parts(areas))
        repairs.append(f"{layer}, {names[i]}: {reason}; made valid")
    return result


def _split_overseas(
    shapes: Shapes, rows: list[dict[str, Any]]
) -> tuple[Shapes, list[dict[str, Any]]]:
    """Give the overseas parts that have a code of their own their own row."""
    result, out = list(shapes), list(rows)
    index = {row["iso"]: i for i, row in enumerate(rows)}
    for parent, code, name, box in OVERSEAS:
        i = index[parent]
        parts = shapely.get_parts(result[i])
        inside = shapely.covers(shapely.box(*box), parts)
        if code == "SJM":
            bounds = shapely.bounds(parts)
            inside &= (bounds[:, 1] > _SVALBARD_SOUTH) | (bounds[:, 2] < _JAN_MAYEN_EAST)
        if not inside.any():
            raise ValueError(f"{parent} has no part in the box of {code}")
        result[i] = shapely.multipolygons(parts[~inside]) if (~inside).any() else None
        result.append(shapely.multipolygons(parts[inside]))
        out.append(
            {
                "iso": code,
                "name": name,
                "sovereign": rows[i]["sovereign"],
                "type": "Overseas part",
                "continent": rows[i]["continent"],
            }
        )
    keep = [i for i, shape in enumerate(result) if shape is not None]
    kept = np.empty(len(keep), dtype=object)
    kept[:] = [result[i] for i in keep]
    return kept, [out[i] for i in keep]


#: Jurisdictions smaller than this, in square degrees, are island states of which the largest
#: islands stay whatever their size.
_ISLAND_STATE: Final = 0.5
_ISLANDS_KEPT: Final = 8


def simplified_coverage(
    shapes: Shapes, tolerance: float, smallest: float, digits: int = 3
) -> Shapes:
    """Generalise areas that share borders so that they still share them.

    Parameters
    ----------
    shapes
        Polygons that form a coverage, degrees, shape (n,).
    tolerance
        Side in degrees of the square whose area a bend must have to stay (Visvalingam).
    smallest
        Parts below this area in square degrees go, save a jurisdiction's largest ones.
    digits
        Decimals that the coordinates keep; an area that rounding would break keeps all.

    Returns
    -------
    numpy.ndarray
        A geometry for every one given, none of them empty, shape (n,).
    """
    thinned = np.empty(len(shapes), dtype=object)
    thinned[:] = [_without_islets(shape, smallest) for shape in shapes]
    simple = shapely.coverage_simplify(thinned, tolerance)
    rounded = shapely.set_precision(simple, 10.0**-digits, mode="pointwise")
    usable = shapely.is_valid(rounded) & ~shapely.is_empty(rounded)
    return np.asarray(np.where(usable, rounded, simple), dtype=object)


def _without_islets(shape: Any, smallest: float) -> Any:
    parts = shapely.get_parts(shape)
    area = shapely.area(parts)
    kept = _ISLANDS_KEPT if area.sum() < _ISLAND_STATE else 1
    rank = np.argsort(np.argsort(-area, kind="stable"))
    return shapely.multipolygons(parts[(area >= smallest) | (rank < kept)])
