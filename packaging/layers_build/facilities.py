"""Facility layers: the columns of the fact table, a capacity, and how sure each row is."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import shapely

from gisapp.model.vocabulary import family
from layers_build.sources import Row, Rows, Tables

LAYERS: Final = {"deposit": "deposits", "refinery": "refineries", "magnet_plant": "magnet_plants"}

#: Text columns in the order of the attribute table; a pair renames.
TEXT: Final = (
    ("id", "id"), ("name", "name"), ("minerals", "mineral"), ("country", "country"),
    ("admin1", "admin1"), ("status", "status"), ("process", "process"),
    ("operator", "operator"), ("owner", "owner"), ("owner_country", "owner_country"),
    ("listing", "listing"),
)  # fmt: skip
TEXT_LAST: Final = (
    ("coord_precision", "precision"), ("as_of", "as_of"), ("source", "source"),
    ("source_url", "source_url"), ("notes", "notes"),
)  # fmt: skip

#: Products whose tonnes are not the metal's: see facts/README.md, "Capacities".
_NOT_CONTAINED: Final = re.compile(
    r"\(wet\)|\bgross\b|lithium ore|run-of-mine|throughput|\btreated\b|\bfed\b|SWU"
    r"|separative work|alumina|ferro(?!nickel\))|silicomanganese|copper anode",
    re.IGNORECASE,
)
#: Figures that stand on one site for several, or for no whole year of it.
_NOT_THE_SITE: Final = re.compile(
    r"together|\bwhole\b|\ball (\w+ )?mines|\ball of\b|\b(both|two|three)\b.*\b(mines|plants)\b"
    r"|\(company|company\)|company[- ]wide|\b(company|group|country|Tinto) total|group\)"
    r"|[(,] ?with |district|not site specific|\bmonths\b|cancelled|before closure",
    re.IGNORECASE,
)
_PLANNED: Final = re.compile(r"\(planned|\bplanned\b", re.IGNORECASE)
_CONTAINED: Final = re.compile(r"^contained|\bLCE\b|in concentrate|refined|REO|U3O8 as uranium")
_UNCONFIRMED: Final = re.compile(r"from memory of|coords: compiler estimate", re.IGNORECASE)
_NOT_YET: Final = frozenset({"planned", "construction"})


@dataclass(frozen=True)
class Capacity:
    """The one figure that stands for a site, or the unknown one."""

    value: float = float("nan")
    unit: str | None = None
    year: float = float("nan")
    kind: str | None = None
    product: str | None = None


def capacity_of(facility: Row, rows: Rows) -> Capacity:
    """Choose a site's figure for its main mineral; unknown where several say different things.

    The latest of 2024, else 2023, else the latest there is; production before capacity for
    mines, capacity before production for plants. What is planned stands only for a site that is
    not built yet, with the kind "planned".
    """
    main = facility["minerals"].split(";")[0]
    wanted = [r for r in rows if r["mineral"] in family(main)]
    wanted = [r for r in wanted if r["kind"] in {"capacity", "production"} and r["unit"] == "t/yr"]
    wanted = [r for r in wanted if not _NOT_CONTAINED.search(r["product"])]
    wanted = [r for r in wanted if not _NOT_THE_SITE.search(r["product"])]
    planned = facility["status"] in _NOT_YET
    if not planned:
        wanted = [r for r in wanted if not _PLANNED.search(r["product"])]
    if not wanted:
        return Capacity()
    first = "production" if facility["layer"] == "deposit" else "capacity"
    kind = first if any(r["kind"] == first for r in wanted) else wanted[0]["kind"]
    wanted = [r for r in wanted if r["kind"] == kind]
    years = {int(r["year"]) for r in wanted}
    year = next((y for y in (2024, 2023) if y in years), max(years))
    wanted = [r for r in wanted if int(r["year"]) == year]
    if len(wanted) > 1:
        wanted = [r for r in wanted if _CONTAINED.search(r["product"])]
    if len(wanted) != 1:
        return Capacity()
    row = wanted[0]
    return Capacity(
        float(row["value"]), row["unit"], year, "planned" if planned else kind, row["product"]
    )


def unconfirmed(row: Row, recalled: frozenset[str]) -> bool:
    """Say whether a row is to be confirmed first: from memory, or its position an estimate."""
    return row["id"] in recalled or bool(
        _UNCONFIRMED.search(f"{row['source']} {row.get('notes', '')}")
    )


def recalled_ids(tables: Tables, table: str) -> frozenset[str]:
    """Return the ids of a table's rows whose check says "recalled"."""
    return frozenset(
        r["id"] for r in tables["row_checks"] if r["table"] == table and r["basis"] == "recalled"
    )


def text(rows: Rows, column: str) -> npt.NDArray[Any]:
    """Return a text column, empty text as None."""
    return np.array([row[column] or None for row in rows], dtype=object)


def numbers(rows: Rows, column: str) -> npt.NDArray[np.float64]:
    """Return a column of numbers, empty text as NaN."""
    return np.array([float(row[column]) if row[column] else np.nan for row in rows])


def facility_layer(
    tables: Tables, kind: str
) -> tuple[npt.NDArray[np.object_], dict[str, npt.NDArray[Any]]]:
    """Return points and columns of one facility layer, sorted by id.

    Parameters
    ----------
    tables
        The fact tables.
    kind
        "deposit", "refinery" or "magnet_plant".
    """
    rows = sorted((r for r in tables["facilities"] if r["layer"] == kind), key=lambda r: r["id"])
    quantities: dict[str, Rows] = defaultdict(list)
    for row in tables["capacities"]:
        quantities[row["facility_id"]].append(row)
    chosen = [capacity_of(row, quantities[row["id"]]) for row in rows]
    recalled = recalled_ids(tables, "facilities")
    checked = tables["position_checks"]
    position = {r["id"]: float(r["distance_km"]) for r in checked if r["distance_km"]}
    columns = {new: text(rows, old) for old, new in TEXT}
    columns["start_year"] = numbers(rows, "start_year")
    columns["capacity"] = np.array([c.value for c in chosen])
    columns["capacity_unit"] = np.array([c.unit for c in chosen], dtype=object)
    columns["capacity_year"] = np.array([c.year for c in chosen], dtype=float)
    columns["capacity_kind"] = np.array([c.kind for c in chosen], dtype=object)
    columns["capacity_product"] = np.array([c.product for c in chosen], dtype=object)
    columns |= {new: text(rows, old) for old, new in TEXT_LAST}
    columns["position_km"] = np.array([position.get(r["id"], np.nan) for r in rows])
    columns["unconfirmed"] = np.array([unconfirmed(r, recalled) for r in rows])
    points = shapely.points(numbers(rows, "longitude"), numbers(rows, "latitude"))
    return points, columns
