"""How concentrated a supply is: HHI and its bounds, top shares, what is left without the largest.

Formulas: Hirschman 1945 for the index; its bounds where a remainder is unnamed are our own; N-1
as in IEA, Global Critical Minerals Outlook 2025. Shares are fractions of 0 to 1.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from gisapp.model.facts import Threshold
from gisapp.model.vocabulary import Stage

#: A share of world output above this is screened. The EU's rule is about its own consumption.
SCREEN: Final = 0.65
#: The Herfindahl-Hirschman index is usually printed with shares in percent.
HHI_SCALE: Final = 10_000.0


@dataclass(frozen=True)
class Bounds:
    """A number known to lie between two others; equal where it is known."""

    low: float
    high: float

    @property
    def exact(self) -> bool:
        """True where both agree to a billionth."""
        return math.isclose(self.low, self.high, rel_tol=1e-9, abs_tol=1e-12)


def hhi(shares: Iterable[float], remainder: float = 0.0, largest: float = 1.0) -> Bounds:
    """Return the Herfindahl-Hirschman index on the scale 0 to 1, with its bounds.

    The lower bound spreads the unnamed remainder R over infinitely many, the upper gives it to
    as few as can be: floor(R/t) t^2 + (R - floor(R/t) t)^2, with t = `largest`, the most that one
    unnamed country can have (1 if nothing is known).

    Parameters
    ----------
    shares
        Named shares.
    remainder
        What is not named.
    """
    named = math.fsum(s * s for s in shares)
    remainder = max(remainder, 0.0)
    cap = min(max(largest, 0.0), 1.0)
    if remainder <= 0.0 or cap <= 0.0:
        return Bounds(named, named)
    whole = math.floor(remainder / cap)
    rest = remainder - whole * cap
    return Bounds(named, named + whole * cap * cap + rest * rest)


def hhi_between(lows: Sequence[float], highs: Sequence[float], unnamed: float = 0.0) -> Bounds:
    """Return bounds of the HHI, 0 to 1, of shares that are only known to lie between two each.

    The lower bound levels the shares as far as they go (the sum of squares under given bounds is
    least where all are clipped to one level), the upper is the greatest sum of s_i h_i with h_i
    the upper limits, which no sum of squares exceeds.

    Parameters
    ----------
    lows, highs
        Of every possible supplier, named or not; the lows sum to at most 1.
    unnamed
        How much of the whole may be spread over any number of others.
    """
    order = sorted(range(len(lows)), key=lambda i: -highs[i])
    left, most = 1.0 - math.fsum(lows), math.fsum(s * h for s, h in zip(lows, highs, strict=True))
    for i in order:
        more = min(max(left, 0.0), highs[i] - lows[i])
        most += more * highs[i]
        left -= more
    if left > 0.0:  # more than the limits have room for: one more supplier has it
        most += left * left
    wanted = 1.0 - max(unnamed, 0.0)
    low, high = 0.0, 1.0
    for _ in range(60):
        level = (low + high) / 2.0
        if math.fsum(_clip(level, lows, highs)) < wanted:
            low = level
        else:
            high = level
    least = math.fsum(s * s for s in _clip(low, lows, highs))
    return Bounds(min(least, 1.0), min(most, 1.0))


def _clip(level: float, lows: Sequence[float], highs: Sequence[float]) -> list[float]:
    return [min(max(level, low), high) for low, high in zip(lows, highs, strict=True)]


def scaled(index: Bounds) -> Bounds:
    """Return an index of 0 to 1 on the scale 0 to 10,000."""
    return Bounds(index.low * HHI_SCALE, index.high * HHI_SCALE)


def effective_number(index: float) -> float:
    """Return how many equal suppliers give this HHI (0 to 1); infinity for 0."""
    return math.inf if index <= 0.0 else 1.0 / index


def top(shares: Iterable[float], n: int) -> float:
    """Return the sum of the n largest shares."""
    return math.fsum(sorted(shares, reverse=True)[:n])


def without_largest(
    supply: Mapping[str, float], demand: Mapping[str, float] | None = None
) -> float:
    """Return what remains without the largest supplier, over the demand outside it (N-1).

    N1 = (Q - Q_L) / (D - D_L). Without `demand` the ratio is to world supply: a cruder figure,
    to be labelled "remaining supply over world demand".
    """
    total = math.fsum(supply.values())
    leader = max(supply, key=lambda country: (supply[country], country))
    remaining = total - supply[leader]
    base = total
    if demand is not None:
        base = math.fsum(demand.values()) - demand.get(leader, 0.0)
    return math.nan if base <= 0.0 else remaining / base


def above_screen(share: Bounds) -> bool | None:
    """Return whether a share exceeds 65 %; None where the bounds leave it open."""
    if share.low > SCREEN:
        return True
    return None if share.high > SCREEN else False


@dataclass(frozen=True)
class Band:
    """Where an index lies by one set of guidelines: low, moderate or high, and both where open."""

    source: str
    year: int | None
    scope: str
    lowest: str
    highest: str
    moderate: float
    high: float

    @property
    def text(self) -> str:
        """Return "US 2023: high", or "moderate to high" where the bounds leave it open."""
        where = _SCOPES.get(self.scope, self.scope)
        level = self.lowest if self.lowest == self.highest else f"{self.lowest} to {self.highest}"
        return f"{where} {self.year}: {level}"


_SCOPES: Final = {"USA": "US", "EU": "EU"}
_LEVELS: Final = ("low", "moderate", "high")


def bands(index: Bounds, thresholds: Iterable[Threshold]) -> tuple[Band, ...]:
    """Return where an index of 0 to 10,000 lies by every set of merger guidelines that ships.

    The guidelines are about companies in a market; for countries they are a custom, no rule.
    Newest first. An index on a limit is not above it.
    """
    sets: dict[tuple[str, int], list[Threshold]] = {}
    for limit in thresholds:
        if limit.metric == "hhi" and limit.year is not None:
            sets.setdefault((limit.scope, limit.year), []).append(limit)
    found = []
    for (scope, year), limits in sorted(sets.items(), key=lambda item: (-item[0][1], item[0][0])):
        for low, high in pairwise(sorted(limits, key=lambda limit: limit.value)):
            levels = [
                _LEVELS[(value >= low.value) + (value > high.value)]
                for value in (index.low, index.high)
            ]
            found.append(
                Band(high.source, year, scope, levels[0], levels[1], low.value, high.value)
            )
    return tuple(found)


def benchmarks(
    thresholds: Iterable[Threshold], stage: Stage, *, scope: str = "EU"
) -> tuple[Threshold, ...]:
    """Return the legal shares that somebody set himself for a stage, as they ship.

    They are of the consumption of who set them, which is not of our tables: a share of world
    output is beside them and not a test of them.
    """
    return tuple(
        limit
        for limit in thresholds
        if limit.scope == scope
        and limit.id.startswith("eu-crma-")
        and limit.stage in {stage.value, "all"}
    )
