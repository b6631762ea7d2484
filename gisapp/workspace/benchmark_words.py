"""Benchmarks beside a share, in words: what each is of, and that it is not tested by the share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gisapp.analysis.concentration import benchmarks
from gisapp.model.facts import Facts
from gisapp.model.numbers import NO_BREAK
from gisapp.model.vocabulary import Stage, Weight


def benchmark_lines(row: Mapping[Any, Any], facts: Facts) -> list[tuple[str, str]]:
    """Return the EU's benchmarks for the stage of a coverage row, each with its source.

    They are of the EU's consumption, which does not ship. Of a share of world output the 65 %
    screen is said besides, named as what it is.
    """
    lines = []
    for limit in benchmarks(facts.thresholds, Stage(row["stage"])):
        most = limit.metric == "single_country_share"
        bound = "at most" if most else "at least"
        who = "from one third country" if most else "made in the EU"
        told = f"{bound} {limit.value:.0f}{NO_BREAK}% of EU consumption {who}"
        lines.append(
            (
                f"{limit.name} {limit.year}: {told}. Not tested: EU consumption does not ship.",
                f"{limit.source}\n{limit.notes}",
            )
        )
    if lines and row["weight"] == Weight.PRODUCTION.value:
        over = row["over_65_percent"]
        told = "may be" if over is None else "is" if over else "is not"
        lines.append(
            (
                f"Screen: one country {told} above 65{NO_BREAK}% of world output.",
                "A screen of world output, not the EU's rule on its own consumption.",
            )
        )
    return lines
