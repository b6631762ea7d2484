"""Which column of a user's layer holds which field, and in which unit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

#: What the analyses read of a facility; a column of these names needs no mapping.
FIELDS: Final = (
    "id",
    "name",
    "mineral",
    "country",
    "owner_country",
    "owner",
    "listing",
    "status",
    "start_year",
    "capacity",
    "process",
    "precision",
)


@dataclass(frozen=True)
class ColumnMapping:
    """Which column of a user's layer holds which of `FIELDS`.

    Parameters
    ----------
    columns
        Pairs of field and column name. A field that is absent is read from the column of its own
        name, if there is one.
    constants
        Pairs of field and text that holds for every feature ("this whole layer is lithium").
    units
        Pairs of field and unit of its numbers ("kt LCE"); a field that is absent is in the unit
        that the analyses work in, for a capacity tonnes a year.
    """

    columns: tuple[tuple[str, str], ...] = ()
    constants: tuple[tuple[str, str], ...] = ()
    units: tuple[tuple[str, str], ...] = ()
