"""What a kilometre, a port, a border and a canal cost: one table, sourced, that users may edit.

The shipped table is `layers/transport_costs.csv`. A user's own file has at least the columns `id`
and `value` and replaces the rows that it names.
"""

from __future__ import annotations

import csv
import hashlib
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from gisapp.analysis.network.journey import Measure, Mode
from gisapp.model.feedback import GisappError

#: Name of the shipped table in the folder of layers.
FILE: Final = "transport_costs.csv"
#: Canals that take a fee and time, as passages of the sea network.
CANALS: Final = ("suez", "panama")
#: Rows that are divided by, so that nought is no value.
_POSITIVE: Final = tuple(
    f"{mode}.{what}" for mode in Mode for what in ("km_day", "usd_t_km", "kg_co2_t_km")
)
_BUILT_IN: Final = "is built into the networks that ship and cannot be changed"
#: Rows that the shipped networks are made with, so that another value would change nothing.
BUILT_IN: Final = ("circuity.dense", "circuity.sparse")
_AT_LEAST_ONE: Final = ("circuity.dense", "circuity.sparse", "hinterland.factor")


@dataclass(frozen=True)
class Coefficient:
    """A row of the table.

    Parameters
    ----------
    low, high
        The range that the sources or, where there is none, we give; NaN where there is none.
    source
        The publication; "Assumption" where it is ours, a user's file where it is theirs.
    """

    id: str
    title: str
    value: float
    low: float
    high: float
    unit: str
    source: str
    note: str

    @property
    def assumed(self) -> bool:
        """True where no publication stands behind the value."""
        return self.source == "Assumption"


@dataclass(frozen=True)
class Rates:
    """What a measure takes: each km by mode, and once at what lies between.

    Parameters
    ----------
    km
        By mode, per km.
    load
        At each end of the journey, on land.
    port
        At each port.
    transfer
        Between road and rail.
    border
        At each border on land.
    canal
        By id of the passage.
    """

    km: Mapping[Mode, float]
    load: float
    port: float
    transfer: float
    border: float
    canal: Mapping[str, float]


class Coefficients:
    """The table, checked.

    Parameters
    ----------
    rows
        Every coefficient.
    table
        The values that ship, by id, where these are not all of them.
    """

    def __init__(
        self, rows: Iterable[Coefficient], table: Mapping[str, float] | None = None
    ) -> None:
        self.rows = tuple(rows)
        self._value = {row.id: row.value for row in self.rows}
        self.table = self._value if table is None else table

    def __getitem__(self, coefficient: str) -> float:
        return self._value[coefficient]

    @property
    def key(self) -> str:
        """A short name of the values, the same for the same values."""
        text = "\n".join(f"{name} {value!r}" for name, value in sorted(self._value.items()))
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    @classmethod
    def load(cls, path: Path) -> Coefficients:
        """Read the shipped table.

        Raises
        ------
        GisappError
            `costs` where the file cannot be read or a row is no coefficient.
        """
        return cls(_read(path, None))

    def changed(self, path: Path) -> Coefficients:
        """Return the table with the rows of a user's file in place of its own.

        Raises
        ------
        GisappError
            `costs` where the file cannot be read, or names a row that there is none of, twice,
            or gives it a value that it cannot have.
        """
        own = {row.id: row for row in _read(path, {row.id: row for row in self.rows})}
        return Coefficients((own.get(row.id, row) for row in self.rows), self.table)

    def with_(self, values: Mapping[str, float] | Iterable[tuple[str, float]]) -> Coefficients:
        """Return the table with values of one's own; those not named stay as they are.

        Raises
        ------
        GisappError
            `costs` for an id that there is none of, or a value that it cannot have.
        """
        rows = {row.id: row for row in self.rows}
        for name, value in dict(values).items():
            if name not in rows:
                raise GisappError(
                    "costs", f'No cost is called "{name}".', f"Known: {', '.join(rows)}."
                )
            row = rows[name]
            if _impossible(name, value):
                raise GisappError(
                    "costs",
                    f"{row.title} cannot be {value:g}.",
                    f"Its usual range is {row.low:g} to {row.high:g} ({row.unit}).",
                )
            if name in BUILT_IN and value != row.value:
                raise GisappError("costs", f"{row.title} {_BUILT_IN}.")
            rows[name] = replace(row, value=float(value))
        return Coefficients(rows.values(), self.table)

    @property
    def own(self) -> tuple[tuple[str, float], ...]:
        """The values that are not those that ship, sorted by id."""
        return tuple(sorted(item for item in self._value.items() if item[1] != self.table[item[0]]))

    def rates(self, measure: Measure) -> Rates:
        """Return what a measure takes."""
        if measure is Measure.KM:
            return Rates(dict.fromkeys(Mode, 1.0), 0.0, 0.0, 0.0, 0.0, dict.fromkeys(CANALS, 0.0))
        if measure is Measure.CO2:
            km = {mode: self[f"{mode}.kg_co2_t_km"] for mode in Mode}
            return Rates(km, 0.0, 0.0, 0.0, 0.0, dict.fromkeys(CANALS, 0.0))
        days = {mode: 1.0 / self[f"{mode}.km_day"] for mode in Mode}
        if measure is Measure.DAYS:
            return self._once(days, "days")
        time = self["time.usd_t_day"]
        km = {mode: self[f"{mode}.usd_t_km"] + time * days[mode] for mode in Mode}
        money, waiting = self._once(km, "usd_t"), self._once(days, "days")
        return Rates(
            km,
            money.load + time * waiting.load,
            money.port + time * waiting.port,
            money.transfer + time * waiting.transfer,
            money.border + time * waiting.border,
            {canal: money.canal[canal] + time * waiting.canal[canal] for canal in CANALS},
        )

    def _once(self, km: Mapping[Mode, float], unit: str) -> Rates:
        return Rates(
            km,
            self[f"load.{unit}"],
            self[f"port.{unit}"],
            self[f"transfer.{unit}"],
            self[f"border.{unit}"],
            {canal: self[f"{canal}.{unit}"] for canal in CANALS},
        )


def _read(path: Path, known: Mapping[str, Coefficient] | None) -> list[Coefficient]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise GisappError(
            "costs", f"The table of costs {path} cannot be read: {error}.", "Give a UTF-8 CSV file."
        ) from error
    if not rows or not {"id", "value"} <= set(rows[0]):
        raise GisappError(
            "costs",
            f"The table of costs {path} has no columns id and value, or no rows.",
            f"Take {FILE} of the shipped layers as a pattern.",
        )
    found: dict[str, Coefficient] = {}
    for number, row in enumerate(rows, start=2):
        coefficient = _row(path, number, row, known)
        if coefficient.id in found:
            raise _bad(path, number, f'"{coefficient.id}" stands in it twice')
        found[coefficient.id] = coefficient
    return list(found.values())


def _row(
    path: Path,
    number: int,
    row: Mapping[str, str | None],
    known: Mapping[str, Coefficient] | None,
) -> Coefficient:
    name = (row.get("id") or "").strip()
    if known is not None and name not in known:
        raise _bad(path, number, f'there is no coefficient "{name}"')
    value = _number(row.get("value"))
    low, high = _number(row.get("low")), _number(row.get("high"))
    if not math.isfinite(value):
        raise _bad(path, number, f'"{row.get("value") or ""}" is no number ({name})')
    if _impossible(name, value):
        raise _bad(path, number, f"{name} cannot be {value:g}")
    if known is None:
        texts = [(row.get(column) or "").strip() for column in ("unit", "source", "note")]
        title = (row.get("title") or "").strip() or name
        return Coefficient(name, title, value, low, high, *texts)
    if name in BUILT_IN and value != known[name].value:
        raise _bad(path, number, f"{name} {_BUILT_IN}")
    unit = (row.get("unit") or "").strip()
    if unit and unit != known[name].unit:
        raise _bad(path, number, f'{name} is in {known[name].unit}, not in "{unit}"')
    source = (row.get("source") or "").strip() or path.name
    return replace(
        known[name], value=value, low=low, high=high, source=source, note=row.get("note") or ""
    )


def _impossible(name: str, value: float) -> bool:
    if not math.isfinite(value) or value < 0:
        return True
    return (value == 0 and name in _POSITIVE) or (value < 1 and name in _AT_LEAST_ONE)


def _number(text: str | None) -> float:
    try:
        return float(text or "nan")
    except ValueError:
        return math.nan


def _bad(path: Path, number: int, reason: str) -> GisappError:
    return GisappError(
        "costs",
        f"The table of costs {path}, line {number}: {reason}.",
        f"Take {FILE} of the shipped layers as a pattern.",
    )
