"""The flows as a table for a file."""

from __future__ import annotations

from typing import Final

import pandas as pd

from gisapp.analysis.flows import FlowResult

#: Columns that are for the program alone.
_INNER: Final = ["source_row", "plant_row"]


def flow_rows(found: FlowResult) -> pd.DataFrame:
    """Return the flows by tonnes."""
    return found.rows.drop(columns=_INNER)
