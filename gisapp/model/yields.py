"""Yields of the chain from ore to product: visible assumptions with ranges, one value chosen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from gisapp.model.feedback import GisappError


@dataclass(frozen=True)
class Yield:
    """One number of the chain.

    Parameters
    ----------
    id
        Of the table ("y_metal"); of a deposit's own value with its id behind a colon
        ("ndpr_share:mountain-pass-mine").
    low, default, high
        The range it can have and the value taken, in `unit`.
    unit
        "fraction" or what else it counts.
    assumption
        True where the value is ours or from memory, and not from the source.
    """

    id: str
    name: str
    low: float
    default: float
    high: float
    unit: str
    assumption: bool
    source: str
    notes: str = ""


@dataclass(frozen=True)
class Yields:
    """The yields of the table, with the user's own values over the defaults."""

    rows: tuple[Yield, ...] = ()
    chosen: Mapping[str, float] = field(default_factory=dict)

    def __getitem__(self, yield_id: str) -> float:
        own = self.chosen.get(yield_id)
        return self.row(yield_id).default if own is None else own

    def __contains__(self, yield_id: str) -> bool:
        return any(row.id == yield_id for row in self.rows)

    def row(self, yield_id: str) -> Yield:
        """Return the row of an id; raises `GisappError` (`unknown_yield`)."""
        for row in self.rows:
            if row.id == yield_id:
                return row
        known = ", ".join(row.id for row in self.rows)
        raise GisappError("unknown_yield", f'No yield is called "{yield_id}".', f"Known: {known}.")

    def of(self, yield_id: str, place: str) -> float:
        """Return a deposit's own value of a yield where the table has one, else the common one."""
        own = f"{yield_id}:{place}"
        return self[own] if own in self else self[yield_id]

    def with_(self, values: Mapping[str, float] | Iterable[tuple[str, float]]) -> Yields:
        """Return the yields with values of one's own; those not named stay as they are.

        Raises
        ------
        GisappError
            `unknown_yield`; `bad_yield` for a fraction that is none, or a number below nought.
        """
        chosen = dict(self.chosen)
        for yield_id, value in dict(values).items():
            row = self.row(yield_id)
            most = 1.0 if row.unit == "fraction" else float("inf")
            # what is divided by, or what everything is multiplied by, cannot be nought
            least = 0.0 if row.low == 0.0 else 1e-6
            if not least <= value <= most:
                raise GisappError(
                    "bad_yield",
                    f"{row.name} cannot be {value:g}.",
                    f"Its usual range is {row.low:g} to {row.high:g} ({row.unit}).",
                )
            if value == row.default:
                chosen.pop(yield_id, None)
            else:
                chosen[yield_id] = float(value)
        return replace(self, chosen=chosen)

    @property
    def changed(self) -> tuple[tuple[str, float], ...]:
        """The values that are not the table's, sorted by id."""
        return tuple(sorted(self.chosen.items()))
