"""The fact tables as they stand, and how a fault in them is named."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

Row = dict[str, str]
Rows = list[Row]

#: The tables and the columns that tell one row of them from another.
KEYS: Mapping[str, tuple[str, ...]] = {
    "facilities": ("id",),
    "capacities": ("facility_id", "mineral", "product", "kind", "year"),
    "trade_routes": ("id",),
    "chokepoints": ("id",),
    "finance_hubs": ("id",),
    "alliances": ("id",),
    "alliance_members": ("alliance_id", "member", "role", "from"),
    "territories": ("territory",),
    "agreements": ("id",),
    "country_production": ("mineral", "stage", "country", "year", "unit", "kind"),
    "world_totals": ("mineral", "stage", "year", "unit", "kind"),
    "thresholds": ("id",),
    "companies": ("company",),
    "yields": ("id",),
    "row_checks": ("table", "id", "what"),
    "position_checks": ("id",),
}


@dataclass(frozen=True)
class Fault:
    """A row of a table that cannot ship as it is, and why."""

    table: str
    row: str
    reason: str

    def __str__(self) -> str:
        return f"{self.table}: {self.row}: {self.reason}"


@dataclass(frozen=True)
class Tables:
    """All fact tables by name, as text."""

    rows: Mapping[str, Rows]

    def __getitem__(self, table: str) -> Rows:
        return self.rows[table]

    @classmethod
    def read(cls, folder: Path) -> Tables:
        """Read every table of a folder; a missing one is a `FileNotFoundError`."""
        return cls({table: read_csv(folder / f"{table}.csv") for table in KEYS})


def read_csv(path: Path) -> Rows:
    """Read a UTF-8 table with a header, surrounding blanks removed."""
    with path.open(encoding="utf-8", newline="") as file:
        return [{k: v.strip() for k, v in row.items()} for row in csv.DictReader(file)]


def row_name(table: str, row: Row) -> str:
    """Return what names a row of a table: the values of its key."""
    return " / ".join(row[column] for column in KEYS[table])


def fault(table: str, row: Row, reason: str) -> Fault:
    """Name a fault of a row."""
    return Fault(table, row_name(table, row), reason)


def by_id(rows: Iterable[Row], key: str = "id") -> dict[str, Row]:
    """Return rows by the value of one column."""
    return {row[key]: row for row in rows}


def lonlat(facility: Row) -> tuple[float, float]:
    """Return longitude and latitude of a facility in degrees; NaN where they are no numbers."""
    try:
        return float(facility["longitude"]), float(facility["latitude"])
    except ValueError:
        return float("nan"), float("nan")
