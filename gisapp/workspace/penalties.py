"""Who pays for a restriction: the largest penalties as a chart, and reasons of no plant."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

import numpy as np

from gisapp.model.numbers import percent, whole
from gisapp.render.picture import Bar, BarChart

if TYPE_CHECKING:  # pandas loads with the first answer, not before
    from gisapp.analysis.distance import DistanceResult

_MOST: Final = 8


def penalty_chart(result: DistanceResult) -> BarChart | None:
    """Return the deposits that pay most for the restriction; None where nothing restricts.

    The penalty is in what plants are ranked by, the way within the restriction minus the way
    without it. Deposits that no plant is left for have none and are counted in the note.
    """
    query, rows = result.query, result.rows
    if not query.restricted:
        return None
    unit = query.ranked_by
    first = rows[rows["status"] == "ok"].drop_duplicates("deposit_id")
    penalty = first[f"penalty_{unit.value}"].to_numpy(dtype=np.float64)
    if not len(penalty):
        return None
    paying = penalty > 1e-6
    share = float(paying.mean())
    order = np.argsort(-penalty, kind="stable")[:_MOST]
    names = first["deposit_name"].to_numpy(dtype=object)
    bars = tuple(
        Bar(str(names[i]), float(penalty[i]), float(penalty[i]), "leader")
        for i in order.tolist()
        if penalty[i] > 1e-6
    )
    none = result.summary.without_plant - result.summary.needs_none
    lost = f" {whole(none)} more have no plant within it." if none else ""
    if not bars:
        title = "The restriction costs nothing where a plant is left"
    else:
        told = percent(share, share, 0)
        title = f"{told[0].upper()}{told[1:]} of the deposits pay for the restriction"
    return BarChart(
        title=title,
        subtitle=f"Largest penalties of {whole(len(penalty))} deposits, {unit.unit}",
        unit=unit.unit,
        bars=bars,
        note=f"Way within the restriction minus way without it.{lost}",
    )


def no_plant_reasons(result: DistanceResult) -> tuple[tuple[str, int], ...]:
    """Return why deposits have no plant and how many, most frequent first."""
    without = result.rows[result.rows["status"] != "ok"]
    return tuple(Counter(map(str, without["reason"])).most_common())
