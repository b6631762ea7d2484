"""What the project's question is answered with: tables, a picture and the sentence above them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gisapp.model.features import Floats
from gisapp.render.picture import BarChart, Connection

if TYPE_CHECKING:  # names for the reader: pandas and scipy must not load before the window shows
    import pandas as pd

    from gisapp.analysis.chain import ChainResult
    from gisapp.analysis.chain_journey import DepositChain
    from gisapp.analysis.distance import DistanceResult
    from gisapp.analysis.exposure import ExposureResult
    from gisapp.analysis.flows import FlowResult
    from gisapp.analysis.network.journey import Journey
    from gisapp.workspace.comparison import Comparison


@dataclass(frozen=True, eq=False)
class Answer:
    """Everything that the window, the command line and an export show of one question.

    `coverage` has the columns of `gisapp coverage`, one row per stage for the question's mineral
    and alliance; `breakdown` one row per country of the question's stage. Each is None where the
    question does not ask for it (no mineral, no alliance). `text` is the result in two or three
    sentences with its sources; `notes` are assumptions and caveats.

    For the picture: `subtitle` says what is shown, unit, year and denominator; `chart` and
    `connections` are those of the question's view; `weights` gives by layer id a size for every
    row, tonnes per year of `weight_units`, NaN unknown; `sources` are complete lines.
    """

    headline: str
    text: str
    coverage: pd.DataFrame | None
    breakdown: pd.DataFrame | None
    distance: DistanceResult | None
    notes: tuple[str, ...] = ()
    subtitle: str = ""
    chart: BarChart | None = None
    connections: tuple[Connection, ...] = ()
    weights: Mapping[str, Floats] = field(default_factory=dict)
    weight_units: Mapping[str, str] = field(default_factory=dict)
    sources: tuple[str, ...] = ()
    comparison: Comparison | None = None
    chain: ChainResult | None = None
    journey: DepositChain | None = None
    flows: FlowResult | None = None
    exposure: ExposureResult | None = None
    route: Journey | None = None
