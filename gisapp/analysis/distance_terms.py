"""What is asked of the distance to processing, and what is answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final, Protocol

import numpy as np
import numpy.typing as npt
import pandas as pd

from gisapp.analysis.network.journey import Avoidance, JourneyMatrix, Measure, Travel
from gisapp.analysis.plants import DEPOSIT_STATUSES, PLANT_STATUSES
from gisapp.model.features import Floats
from gisapp.model.feedback import Feedback
from gisapp.model.vocabulary import Basis, Role, Status

NOTHING_AVOIDED: Final = Avoidance()
#: The columns of `DistanceResult.rows`; the first ten are the command line's contract.
COLUMNS: Final = (
    "deposit_id",
    "plant_id",
    "rank",
    "distance_km",
    "deposit_country",
    "plant_country",
    "unrestricted_plant_id",
    "unrestricted_km",
    "penalty_km",
    "status",
    "deposit_name",
    "plant_name",
    "unrestricted_plant_name",
    "reason",
    "ships",
    "days",
    "usd_t",
    "kg_co2_t",
    "penalty_days",
    "penalty_usd_t",
    "penalty_kg_co2_t",
    "sea_km",
    "road_km",
    "rail_km",
    "assumed_km",
    "passages",
    "fragile",
    "runner_up_id",
    "runner_up_name",
    "runner_up_km",
    "extra_km",
    "error_km",
)
OK: Final = "ok"
NO_PLANT: Final = "no_plant"
#: More ways than these are no matrix for a desk.
MOST_WAYS: Final = 2_000_000


class Router(Protocol):
    """What finds ways: `network.router.Router`, or a small one of a test."""

    def matrix(
        self,
        starts: Floats,
        ends: Floats,
        *,
        least: Measure = Measure.KM,
        travel: Travel = Travel.ANY,
        avoid: Avoidance = NOTHING_AVOIDED,
        feedback: Feedback | None = None,
    ) -> JourneyMatrix:
        """Return the least journeys from n places to m others, degrees, (n, 2) and (m, 2)."""
        ...


@dataclass(frozen=True)
class DistanceQuery:
    """What is asked.

    Parameters
    ----------
    mineral
        Code; its children count.
    to
        Role of the plants: refinery or magnet plant.
    within
        Jurisdictions of the plants that count; None counts all.
    within_title
        What people call the jurisdictions ("Minerals Security Partnership").
    by
        Whether a plant is within by its site, its controlling owner or its listing.
    inside
        By several of them, all of which have to hold; None takes `by` alone.
    statuses
        Of the plants; operating alone by default.
    deposit_statuses
        Of the deposits; all but closed by default.
    starts_by
        Counts plants that are said to start by then, too.
    min_capacity, unknown_capacity
        Tonnes a year of a plant, and whether it counts where its capacity is unknown.
    nearest
        How many plants to each deposit, 1 to 100.
    metric
        "geodesic" or "route".
    measure
        Of a route: which measure the nearest plant is the least of.
    avoid
        What routes keep away from: passages, and the countries that they lead through.
    """

    mineral: str
    to: Role = Role.REFINERY
    within: frozenset[str] | None = None
    within_title: str = ""
    by: Basis = Basis.LOCATION
    inside: frozenset[Basis] | None = None
    statuses: frozenset[Status] = PLANT_STATUSES
    deposit_statuses: frozenset[Status] = DEPOSIT_STATUSES
    as_of: date | None = None
    starts_by: date | None = None
    min_capacity: float | None = None
    unknown_capacity: bool = True
    nearest: int = 1
    metric: str = "geodesic"
    measure: Measure = Measure.KM
    avoid: Avoidance = NOTHING_AVOIDED

    @property
    def bases(self) -> frozenset[Basis]:
        """By what a plant has to be inside."""
        asked = frozenset({self.by}) if self.inside is None else self.inside
        return frozenset(basis.of_a_site for basis in asked)

    @property
    def routed(self) -> bool:
        """Whether distances are along routes."""
        return self.metric == "route"

    @property
    def bars_plants(self) -> bool:
        """Whether an alliance restricts the plants."""
        return self.within is not None and bool(self.bases)

    @property
    def bars_ways(self) -> bool:
        """Whether ways keep away from something."""
        return self.routed and bool(self.avoid.passages or self.avoid.countries)

    @property
    def restricted(self) -> bool:
        """Whether there is anything that a penalty could come from."""
        return self.bars_plants or self.bars_ways

    @property
    def ranked_by(self) -> Measure:
        """What the nearest plant is the least of."""
        return self.measure if self.routed else Measure.KM


@dataclass(frozen=True)
class Named:
    """One deposit with its answer, for a sentence; the value in what is ranked by."""

    deposit: str
    deposit_id: str
    plant: str
    plant_id: str
    km: float
    value: float


@dataclass(frozen=True)
class Summary:
    """Figures over the nearest plants; NaN where no deposit has a plant.

    What ends in km is kilometres, what does not is in the measure that is ranked by (kilometres
    for geodesics). `without_plant` includes `needs_none`, the deposits that need no such plant.
    """

    deposits: int
    without_plant: int
    plants: int
    plants_within: int
    median_km: float
    p90_km: float
    mean_penalty_km: float
    median_penalty_km: float
    unrestricted_median_km: float
    nearest: Named | None
    farthest: Named | None
    histogram_counts: npt.NDArray[np.int64]
    histogram_edges_km: Floats
    needs_none: int = 0
    fragile: int = 0
    median: float = float("nan")
    p90: float = float("nan")
    mean_penalty: float = float("nan")
    median_penalty: float = float("nan")
    unrestricted_median: float = float("nan")
    worst_penalty: Named | None = None


@dataclass(frozen=True, eq=False)
class DistanceResult:
    """The answer.

    Parameters
    ----------
    rows
        `COLUMNS`, one row per deposit and plant, in the order of the deposits, nearest first.
        Plants at the same distance to a metre share their rank and are all there, so that k
        nearest may be more than k rows. A deposit for which no plant counts has one row with
        status no_plant, "" and NaN, and the reason. What routes alone have is NaN for geodesics;
        `fragile` and what follows stand in the first row of a deposit.
    deposit_lonlat, plant_lonlat
        Degrees, shape (rows, 2), for lines on a map; the plant's is NaN where there is none.
    other_lonlat
        As `plant_lonlat`, of the plant without the restriction.
    deposit_rows
        Layer id and row number of each row's deposit, so that a map can select it.
    notes, sources
        Assumptions and sources in sentences.
    """

    query: DistanceQuery
    rows: pd.DataFrame
    deposit_lonlat: Floats
    plant_lonlat: Floats
    other_lonlat: Floats
    deposit_rows: tuple[tuple[str, int], ...]
    summary: Summary
    notes: tuple[str, ...]
    sources: tuple[str, ...]


def spoken_passage(passage: str) -> str:
    """Return the id of a passage as a name."""
    return passage.replace("_", " ").replace("-", " ").title()
