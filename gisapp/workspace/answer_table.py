"""An answer in figures, for pages that are read aloud or copied from."""

from __future__ import annotations

from typing import Final

import pandas as pd

from gisapp.model.facts import Facts
from gisapp.model.numbers import percent, share_range
from gisapp.model.vocabulary import Basis, Stage
from gisapp.render.picture import PageTable
from gisapp.workspace.answer import Answer
from gisapp.workspace.state import Question
from gisapp.workspace.titles import alliance_title, country_title

_STEP: Final = {Stage.MINING: "Mining", Stage.REFINING: "Refining", Stage.MAGNETS: "Magnets"}


def answer_table(answer: Answer, question: Question, facts: Facts) -> PageTable | None:
    """Return the shares of an alliance along the chain, one row for each stage.

    None where the question's view is another, or asks who crosses the alliance's border.
    """
    rows, alliance = answer.coverage, question.alliance
    crossed = question.by in {Basis.FOREIGN, Basis.ABROAD}
    if rows is None or alliance is None or question.view != "coverage" or crossed:
        return None
    name = alliance_title(facts, alliance)
    cells = tuple(
        (
            _STEP[Stage(row["stage"])],
            share_range(row["share_low"], row["share_high"]),
            _largest(row["top1_country"], row["top1_share"], facts),
            f"{'output' if row['unit'] == 'percent' else row['unit']}, {row['year']}",
        )
        for row in rows.to_dict("records")
    )
    columns = ("Stage", "Inside", "Largest supplier", "Of")
    return PageTable(f"{name[0].upper()}{name[1:]} along the chain", columns, cells)


def _largest(country: object, share: float, facts: Facts) -> str:
    if not country or pd.isna(share):
        return ""
    return f"{country_title(str(country), facts.countries)}, {percent(share, share, 0)}"
