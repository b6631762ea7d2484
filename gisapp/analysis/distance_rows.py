"""The rows of a distance to processing: ranked plants of every deposit with all measures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from gisapp.analysis.distance_terms import COLUMNS, NO_PLANT, OK, DistanceQuery, spoken_passage
from gisapp.analysis.fragile import fragility
from gisapp.analysis.network.journey import JourneyMatrix, Measure
from gisapp.analysis.plants import Pairing
from gisapp.analysis.ranking import Ranking
from gisapp.model.facts import Facts
from gisapp.model.features import Floats

Ints: TypeAlias = npt.NDArray[np.int64]
Mask: TypeAlias = npt.NDArray[np.bool_]
Texts: TypeAlias = npt.NDArray[np.object_]


@dataclass(frozen=True, eq=False)
class Ways:
    """Plants ranked, and every measure of the pairs: of the matrix, or kilometres alone."""

    ranking: Ranking
    matrix: JourneyMatrix | None

    def of(self, name: str, who: Ints, column: Ints) -> Floats:
        """Return a measure of the plants in these columns of these deposits; NaN unknown."""
        plant = self._at(self.ranking.index, who, column, -1)
        if self.matrix is None:
            if name != "km":
                return np.full(len(who), np.nan)
            return np.asarray(self._at(self.ranking.value, who, column, np.nan), dtype=np.float64)
        values = np.column_stack(
            [getattr(self.matrix, name), np.full(len(self.ranking.index), np.nan)]
        )
        return np.asarray(values[who, plant], dtype=np.float64)

    def plants(self, who: Ints, column: Ints) -> npt.NDArray[np.int64]:
        """Return the numbers of the plants in these columns of these deposits; -1 for none."""
        return np.asarray(self._at(self.ranking.index, who, column, -1), dtype=np.int64)

    @staticmethod
    def _at(
        values: npt.NDArray[np.generic],
        who: Ints,
        column: Ints,
        without: float,
    ) -> npt.NDArray[np.generic]:
        wide = values.shape[1]
        if not wide:
            return np.full(len(who), without)
        found = values[who, np.minimum(column, wide - 1)]
        return np.where(column < wide, found, without)


@dataclass(frozen=True, eq=False)
class Answered:
    """The ranked plants of a query, with and without its restriction.

    Parameters
    ----------
    allowed
        By group of deposits, the plants that count within the restriction, shape (groups, m).
    bound, free
        The ways within the restriction and without it.
    """

    query: DistanceQuery
    pairing: Pairing
    allowed: Mask
    bound: Ways
    free: Ways
    facts: Facts | None

    def table(self) -> tuple[pd.DataFrame, Ints, Ints, Ints]:
        """Return the rows, and of each the number of its deposit, plant and plant if all count.

        -1 stands for no plant.
        """
        sites, works = self.pairing.sites, self.pairing.works
        who, column, rank = self._shown()
        plant = self.bound.plants(who, column)
        other = self.free.plants(who, rank - 1)
        ids, names, countries = (np.append(a, "") for a in (works.id, works.name, works.country))
        km, free_km = self.bound.of("km", who, column), self.free.of("km", who, rank - 1)
        columns: dict[str, Any] = {
            "deposit_id": sites.id[who],
            "plant_id": ids[plant],
            "rank": rank,
            "distance_km": km,
            "deposit_country": sites.country[who],
            "plant_country": countries[plant],
            "unrestricted_plant_id": ids[other],
            "unrestricted_km": free_km,
            "penalty_km": km - free_km,
            "status": np.where(plant >= 0, OK, NO_PLANT).astype(object),
            "deposit_name": sites.name[who],
            "plant_name": names[plant],
            "unrestricted_plant_name": names[other],
            "reason": self._reasons(who, plant),
            "ships": self.pairing.ships[who],
            "passages": _passages(self.bound.matrix, who, plant),
        }
        for name in (Measure.DAYS.value, Measure.USD.value, Measure.CO2.value):
            columns[name] = self.bound.of(name, who, column)
            columns[f"penalty_{name}"] = columns[name] - self.free.of(name, who, rank - 1)
        for name in ("sea_km", "road_km", "rail_km", "assumed_km"):
            columns[name] = self.bound.of(name, who, column)
        columns |= self._fragile(who, column)
        return pd.DataFrame(columns, columns=list(COLUMNS)), who, plant, other

    def _shown(self) -> tuple[Ints, Ints, Ints]:
        """Return deposit, column of the ranking and rank of every row."""
        ranks = self.bound.ranking.rank
        shown = np.zeros((len(ranks), max(ranks.shape[1], 1)), dtype=bool)
        shown[:, : ranks.shape[1]] = (ranks > 0) & (ranks <= self.query.nearest)
        shown[:, 0] = True  # a deposit without a plant is a row too
        who, column = np.nonzero(shown)
        rank = np.ones(len(who), dtype=np.int64)
        if ranks.shape[1]:
            rank = np.maximum(ranks[who, column], 1)
        return who, column, rank

    def _fragile(self, who: Ints, column: Ints) -> dict[str, Any]:
        n, wide = self.bound.ranking.index.shape
        works = self.pairing.works
        every = np.repeat(np.arange(n), wide)
        km = self.bound.of("km", every, np.tile(np.arange(wide), n)).reshape(n, wide)
        found = fragility(
            self.pairing.sites,
            works,
            self.bound.ranking,
            km,
            along_routes=self.query.routed,
        )
        first = np.equal(column, 0)
        has: Mask = np.logical_and(first, self.bound.plants(who, column) >= 0)
        ids, names = np.append(works.id, ""), np.append(works.name, "")
        runner_up = np.where(has, found.runner_up[who], -1)
        runner_up_km = np.where(has, found.runner_up_km[who], np.nan)
        return {
            "fragile": np.where(has, found.words[who], ""),
            "runner_up_id": ids[runner_up],
            "runner_up_name": names[runner_up],
            "runner_up_km": runner_up_km,
            "extra_km": runner_up_km - self.bound.of("km", who, column),
            "error_km": np.where(has, found.error_km[who], np.nan),
        }

    def _reasons(self, who: Ints, plant: Ints) -> Texts:
        """Return why a deposit has no plant; "" where it has."""
        reachable: Mask = np.any(self.allowed, axis=1, keepdims=False)
        words = np.full(len(who), "", dtype=object)
        for row in np.flatnonzero(plant < 0):
            kind = self.pairing.group[who[row]]
            words[row] = self.pairing.barred[kind] or (
                self._no_way() if reachable[kind] else self.pairing.outside
            )
        return words

    def _no_way(self) -> str:
        named = {} if self.facts is None else self.facts.countries
        avoid = self.query.avoid
        passages = [spoken_passage(p) for p in sorted(avoid.passages)]
        countries = [named.get(c, c) for c in sorted(avoid.countries)]
        parts = [f"without {_listed(passages)}"] if passages else []
        if countries:
            parts.append(f"around {_listed(countries)}")
        inside = " to one inside" if self.query.bars_plants else ""
        return f"no way{inside} {' and '.join(parts) or 'leads there'}"


def _listed(words: Sequence[str], most: int = 3) -> str:
    if len(words) > most:
        return f"{', '.join(words[:most])} and {len(words) - most} more"
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _passages(matrix: JourneyMatrix | None, who: Ints, plant: Ints) -> npt.NDArray[np.object_]:
    """Return the ids of the passages of each way, divided by ";"."""
    words = np.full(len(who), "", dtype=object)
    if matrix is None:
        return words
    bits = np.where(plant >= 0, matrix.passages[who, np.maximum(plant, 0)], np.uint64(0))
    for row, value in enumerate(bits.tolist()):
        if value:
            words[row] = ";".join(
                name for i, name in enumerate(matrix.passage_ids) if value >> i & 1
            )
    return words
