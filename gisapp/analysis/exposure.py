"""How much depends on a passage: what goes through it, and what its closing would cost.

With q_ij tonnes on the chosen way of length L_ij, use_p(i,j) = 1 where it crosses passage p, and
detour_p(i,j) what the way is longer with p closed (methods 5; criticality after Verschuur, Lumma
and Hall 2025, Nature Communications 16:10421):

    E_p  = sum q use_p / sum q            share of tonnes
    TK_p = sum q L use_p / sum q L        share of tonne-kilometres
    criticality_p = sum q detour_p / sum q L

Where goods go stays the same when a passage closes; only the way there changes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from gisapp.analysis.flows import FlowResult, Ways
from gisapp.analysis.network.journey import Avoidance, JourneyMatrix, Measure, Travel
from gisapp.model.features import Floats
from gisapp.model.feedback import Feedback, GisappError

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Traffic:
    """Goods on their ways: k movements between n starts and m ends.

    Parameters
    ----------
    starts, ends
        Longitude, latitude in degrees, shapes (n, 2) and (m, 2).
    source, target
        Rows of start and end of each movement, shape (k,).
    tonnes
        Of cargo a year, shape (k,).
    start_names, end_names
        Of the starts and ends.
    """

    starts: Floats
    ends: Floats
    source: Ints
    target: Ints
    tonnes: Floats
    start_names: tuple[str, ...]
    end_names: tuple[str, ...]

    def take(self, rows: npt.ArrayLike) -> Traffic:
        """Return some movements, with only the places that they need."""
        chosen = np.asarray(rows)
        first, source = np.unique(self.source[chosen], return_inverse=True)
        last, target = np.unique(self.target[chosen], return_inverse=True)
        return Traffic(
            self.starts[first],
            self.ends[last],
            source.astype(np.int64),
            target.astype(np.int64),
            self.tonnes[chosen],
            tuple(self.start_names[i] for i in first),
            tuple(self.end_names[i] for i in last),
        )


@dataclass(frozen=True)
class Closing:
    """What the closing of some passages does to the traffic.

    Parameters
    ----------
    passages
        Ids, sorted.
    tonnes, share_tonnes, share_tonne_km
        What goes through them, of cargo a year, and as shares of all traffic.
    detour_km, detour_days, detour_usd_t
        Means over the tonnes that go through and can go round; NaN where there are none.
    loss_usd
        What going round costs a year.
    unreachable_tonnes
        What has no way round.
    unreachable
        "Mine to plant" of those movements, most tonnes first.
    criticality
        Detour in tonne-kilometres over all tonne-kilometres; of what can go round.
    """

    passages: tuple[str, ...]
    tonnes: float
    share_tonnes: float
    share_tonne_km: float
    detour_km: float
    detour_days: float
    detour_usd_t: float
    loss_usd: float
    unreachable_tonnes: float
    unreachable: tuple[str, ...]
    criticality: float


@dataclass(frozen=True)
class Terms:
    """Of which measure ways are the least, how goods travel, and what is closed already."""

    least: Measure = Measure.KM
    travel: Travel = Travel.ANY
    avoid: Avoidance = field(default_factory=Avoidance)


@dataclass(frozen=True, eq=False)
class ExposureResult:
    """The answer.

    Parameters
    ----------
    traffic
        What was looked at: movements that have a way.
    passages
        One closing for every passage that is used, by share of tonnes.
    together
        All passages asked for closed at once; None where none was asked for.
    rows
        `passages` as a table with the columns `COLUMNS`.
    names
        Of passages, by id.
    ways
        Of the traffic, before anything closes; None where nothing moves.
    terms
        Of all ways.
    """

    traffic: Traffic
    passages: tuple[Closing, ...]
    together: Closing | None
    rows: pd.DataFrame
    names: Mapping[str, str]
    tonne_km: float
    ways: JourneyMatrix | None = None
    terms: Terms = Terms()


#: Of `ExposureResult.rows`.
COLUMNS: Final = (
    "passage",
    "name",
    "tonnes",
    "share_tonnes",
    "share_tonne_km",
    "detour_km",
    "detour_days",
    "detour_usd_t",
    "loss_usd",
    "unreachable_tonnes",
    "criticality",
)


def traffic_of(result: FlowResult) -> Traffic:
    """Return the allocation that a result shows as traffic, in tonnes of cargo."""
    found, of = result.shown, result.network.of
    return Traffic(
        of.sites.lonlat,
        of.works.lonlat,
        found.source,
        found.plant,
        found.tonnes * of.cargo,
        tuple(of.sites.name.tolist()),
        tuple(of.works.name.tolist()),
    )


def exposure(
    traffic: Traffic,
    router: Ways,
    *,
    least: Measure = Measure.KM,
    travel: Travel = Travel.ANY,
    avoid: Avoidance | None = None,
    together: Iterable[str] = (),
    names: Mapping[str, str] | None = None,
    feedback: Feedback | None = None,
) -> ExposureResult:
    """Say what goes through each passage and what its closing would do.

    Parameters
    ----------
    least
        Of which measure ways are the least, before and after.
    avoid
        What is closed already.
    together
        Passages to close at once.
    names
        Of passages by id; an id without one is its own name.

    Raises
    ------
    GisappError
        `unknown_passage` for one that the network does not have.
    Cancelled
        If the feedback was cancelled.
    """
    terms = Terms(least, travel, Avoidance() if avoid is None else avoid)
    known = {} if names is None else names
    if not len(traffic.tonnes):
        rows = pd.DataFrame(columns=list(COLUMNS))
        return ExposureResult(traffic, (), None, rows, known, 0.0, None, terms)
    traffic = traffic.take(np.arange(len(traffic.tonnes)))
    now = _ways(traffic, router, terms, feedback)
    led = np.isfinite(now.km[traffic.source, traffic.target])
    if not led.all():
        traffic = traffic.take(led)
        now = _ways(traffic, router, terms, feedback)
    i, j = traffic.source, traffic.target
    total = float((traffic.tonnes * now.km[i, j]).sum())
    result = ExposureResult(traffic, (), None, pd.DataFrame(), known, total, now, terms)
    used = [p for p in now.passage_ids if now.uses(p)[i, j].any()]
    found = []
    for number, passage in enumerate(used):
        if feedback is not None:
            feedback.check(number / len(used), f"Closing {known.get(passage, passage)}")
        found.append(_closing(result, (passage,), router, feedback))
    found.sort(key=lambda c: (-c.share_tonnes, -c.criticality, c.passages))
    result = replace(result, passages=tuple(found), rows=_table(found, known))
    return closed_together(result, together, router, feedback=feedback)


def closed_together(
    result: ExposureResult,
    passages: Iterable[str],
    router: Ways,
    *,
    feedback: Feedback | None = None,
) -> ExposureResult:
    """Return a result with what closing these passages at once does, None where there are none.

    Raises
    ------
    GisappError
        `unknown_passage` for one that the network does not have.
    Cancelled
        If the feedback was cancelled.
    """
    asked = tuple(sorted(set(passages) - result.terms.avoid.passages))
    if result.ways is None or not asked:
        return replace(result, together=None)
    unknown = [p for p in asked if p not in result.ways.passage_ids]
    if unknown:
        raise GisappError(
            "unknown_passage",
            f'No passage of the network is called "{unknown[0]}".',
            f"Known: {', '.join(result.ways.passage_ids)}.",
        )
    return replace(result, together=_closing(result, asked, router, feedback))


def _ways(traffic: Traffic, router: Ways, terms: Terms, feedback: Feedback | None) -> JourneyMatrix:
    return router.matrix(
        traffic.starts,
        traffic.ends,
        least=terms.least,
        travel=terms.travel,
        avoid=terms.avoid,
        feedback=feedback,
    )


def _closing(
    before: ExposureResult,
    passages: tuple[str, ...],
    router: Ways,
    feedback: Feedback | None,
) -> Closing:
    """Compare the ways of the movements that go through with those round."""
    traffic, now, total = before.traffic, before.ways, before.tonne_km
    through = np.zeros(len(traffic.tonnes), dtype=bool)
    if now is not None:
        for passage in passages:
            through |= now.uses(passage)[traffic.source, traffic.target]
    if now is None or not through.any():
        nan = float("nan")
        return Closing(passages, 0.0, 0.0, 0.0, nan, nan, nan, 0.0, 0.0, (), 0.0)
    i, j = traffic.source[through], traffic.target[through]
    tonnes, km = traffic.tonnes[through], now.km[i, j]
    part = traffic.take(through)
    avoid = before.terms.avoid
    shut = replace(avoid, passages=avoid.passages | set(passages))
    after = _ways(part, router, replace(before.terms, avoid=shut), feedback)
    a, b = part.source, part.target
    goes = np.isfinite(after.km[a, b])
    round_ = tonnes[goes]

    def more(of: Measure) -> Floats:
        longer: Floats = (after.of(of)[a, b] - now.of(of)[i, j])[goes]
        return longer

    def mean(values: Floats) -> float:
        return float((values * round_).sum() / round_.sum()) if len(round_) else float("nan")

    lost = np.flatnonzero(~goes)
    lost = lost[np.argsort(-tonnes[lost], kind="stable")]
    detour, dearer = more(Measure.KM), more(Measure.USD)
    return Closing(
        passages=passages,
        tonnes=float(tonnes.sum()),
        share_tonnes=float(tonnes.sum() / traffic.tonnes.sum()),
        share_tonne_km=float((tonnes * km).sum() / total) if total else 0.0,
        detour_km=mean(detour),
        detour_days=mean(more(Measure.DAYS)),
        detour_usd_t=mean(dearer),
        loss_usd=float((dearer * round_).sum()),
        unreachable_tonnes=float(tonnes[~goes].sum()),
        unreachable=tuple(
            f"{part.start_names[a[k]]} to {part.end_names[b[k]]}" for k in lost.tolist()
        ),
        criticality=float((detour * round_).sum() / total) if total else 0.0,
    )


def _table(found: list[Closing], names: Mapping[str, str]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                **{name: getattr(c, name) for name in COLUMNS[2:]},
                "passage": c.passages[0],
                "name": names.get(c.passages[0], c.passages[0]),
            }
            for c in found
        ],
        columns=list(COLUMNS),
    )
