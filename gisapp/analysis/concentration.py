"""How concentrated a supply is: HHI and its bounds, top shares, what is left without the largest.

Formulas: Hirschman 1945 for the index; its bounds where a remainder is unnamed are our own; N-1
as in IEA, Global Critical Minerals Outlook 2025. Shares are fractions of 0 to 1.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

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
