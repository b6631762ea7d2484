"""Where the next plants should go, for the window: places, proof and words."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from gisapp.analysis.flows import FlowResult
from gisapp.analysis.siting import Sited, candidates, site
from gisapp.model.facts import Facts
from gisapp.model.feedback import Feedback
from gisapp.workspace.costs import Costs
from gisapp.workspace.flow_words import sited_words
from gisapp.workspace.routing import router

#: Seconds that the window waits for a proof.
PATIENCE: Final = 15.0


@dataclass(frozen=True, eq=False)
class NextPlants:
    """The places and the words that say them."""

    sited: Sited
    words: str


def next_plants(
    found: FlowResult,
    facts: Facts,
    costs: Costs,
    kinds: Collection[str],
    feedback: Feedback,
    *,
    count: int,
    capacity: float | None,
) -> NextPlants:
    """Find the best places for new plants beside those of a result.

    Parameters
    ----------
    costs
        Of transport, one's own.
    kinds
        Of places, see `siting.KINDS`.
    capacity
        Of each, tonnes of product a year; the usual one with None.

    Raises
    ------
    GisappError
        What `siting.site` refuses.
    """
    ways = router(costs)
    sited = site(
        found,
        candidates(ways.ports, found, kinds),
        ways,
        count=count,
        capacity=capacity,
        seconds=PATIENCE,
        feedback=feedback,
    )
    return NextPlants(sited, sited_words(sited, facts.countries))
