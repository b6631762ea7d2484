"""Journeys of a small world for tests: straight ways, and which meridians they cross."""

from __future__ import annotations

import numpy as np

from gisapp.analysis.network.journey import (
    Avoidance,
    Journey,
    JourneyMatrix,
    Leg,
    Measure,
    Mode,
    Travel,
)
from gisapp.model.features import Floats
from gisapp.model.feedback import Feedback
from gisapp.model.geodesy import distance_km

#: Passages of this world: the meridians on which they lie, and how much longer a way round is.
PASSAGES = {
    "west-gate": (10.0, 1500.0),
    "east-gate": (50.0, 4000.0),
    "no-way-round": (90.0, np.inf),
}


OPEN = Avoidance()


class StraightWays:
    """Geodesics; a closed passage makes each way over its meridian longer by a fixed length."""

    def __init__(self) -> None:
        self.asked: list[Avoidance] = []

    def matrix(
        self,
        starts: Floats,
        ends: Floats,
        *,
        least: Measure = Measure.KM,
        travel: Travel = Travel.ANY,
        avoid: Avoidance = OPEN,
        feedback: Feedback | None = None,
    ) -> JourneyMatrix:
        assert travel is Travel.ANY
        if feedback is not None:
            feedback.check()
        self.asked.append(avoid)
        shape = (len(starts), len(ends))
        km = np.array(
            [distance_km(np.broadcast_to(s, ends.shape), ends) for s in starts], dtype=float
        ).reshape(shape)
        bits = np.zeros(shape, dtype=np.uint64)
        for number, (passage, (meridian, round_km)) in enumerate(PASSAGES.items()):
            crosses = (starts[:, :1] < meridian) != (ends[None, :, 0] < meridian)
            if passage in avoid.passages:
                km = np.where(crosses, km + round_km, km)
            else:
                bits |= crosses.astype(np.uint64) << np.uint64(number)
        bits[np.isinf(km)] = 0
        none = np.zeros(shape)
        return JourneyMatrix(
            least, km, km / 500.0, km * 0.02, km * 0.01, km, none, none, bits, tuple(PASSAGES), none
        )  # fmt: skip

    def journey(
        self,
        start: tuple[float, float],
        end: tuple[float, float],
        *,
        least: Measure = Measure.KM,
        avoid: Avoidance = OPEN,
    ) -> Journey:
        table = self.matrix(np.array([start]), np.array([end]), least=least, avoid=avoid)
        km = float(table.km[0, 0])
        path = np.array([start, end])
        leg = Leg(Mode.SEA, "a", "b", km, km / 500.0, km * 0.02, km * 0.01, path)
        return Journey("a", "b", (leg,))
