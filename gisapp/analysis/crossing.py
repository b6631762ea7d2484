"""Where sites stand against who controls them: inside and foreign, outside and one's own.

Amounts by pairs of jurisdictions, the site's and the controlling owner's. Seen from an alliance A
a pair counts, does not, or may: with an unknown side it may, unless the known side decides.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from gisapp.analysis.concentration import Bounds
from gisapp.analysis.ownership import ANYWHERE
from gisapp.analysis.selection import Facilities
from gisapp.analysis.supply import Supply, share_bounds
from gisapp.model.vocabulary import Basis

#: Jurisdictions of the site and of its controlling owner; "" is unknown.
Pair = tuple[str, str]
#: The bases that set the place against the owner.
CROSSED: Final = frozenset({Basis.FOREIGN, Basis.ABROAD})


@dataclass(frozen=True)
class Other:
    """What one country has of the other side: its share of the world, and the amount."""

    share: Bounds
    amount: float


@dataclass(frozen=True)
class Crossing:
    """Amounts by pairs, of the same world, unit and year as `supply`.

    Parameters
    ----------
    amounts
        They sum to the supply's world.
    room
        Pairs among which at most an amount may come on top (see `Supply.room`).
    supply
        What was crossed, by location.
    """

    amounts: Mapping[Pair, float]
    room: tuple[tuple[frozenset[Pair], float], ...]
    supply: Supply

    def share(self, by: Basis, inside: frozenset[str]) -> Bounds:
        """Return how much of the world is foreign, or abroad, seen from a set of jurisdictions."""
        sure_in = sure_out = loose = room_in = room_out = 0.0
        for pair, amount in self.amounts.items():
            counts = _counts(pair, by, inside)
            if counts is None:
                loose += amount
            elif counts:
                sure_in += amount
            else:
                sure_out += amount
        for pairs, amount in self.room:
            verdicts = {_counts(pair, by, inside) for pair in pairs}
            room_in += amount if verdicts != {False} else 0.0
            room_out += amount if verdicts != {True} else 0.0
        return share_bounds(sure_in, sure_out, loose, room_in, room_out)

    def other_side(self, by: Basis, inside: frozenset[str]) -> dict[str, Other]:
        """Return what is foreign by owner, or what is abroad by place.

        Largest first; the key "" holds what is of unknown owner, or at an unknown place.
        """
        side = 1 if by is Basis.FOREIGN else 0
        sure: dict[str, float] = {}
        most: dict[str, float] = {}
        for pair, amount in self.amounts.items():
            counts = _counts(pair, by, inside)
            if counts is not False:
                code = pair[side]
                known = counts is True and code != ANYWHERE
                sure[code] = sure.get(code, 0.0) + (amount if known else 0.0)
                most[code] = most.get(code, 0.0) + amount
        world = self.supply.world
        full = world + sum(amount for _, amount in self.room)
        found = {}
        for code, amount in most.items():
            room = sum(
                more
                for pairs, more in self.room
                if any(p[side] == code and _counts(p, by, inside) is not False for p in pairs)
            )
            share = Bounds(sure[code] / full, min((amount + room) / (world + room), 1.0))
            found[code] = Other(share, sure[code] if code != ANYWHERE else amount)
        order = sorted(
            found, key=lambda c: (c == ANYWHERE, -found[c].share.low, -found[c].share.high, c)
        )
        return {code: found[code] for code in order}


def crossed(supply: Supply, sites: Facilities, tonnes: np.ndarray) -> Crossing:
    """Set places against owners.

    Parameters
    ----------
    supply
        By location. What its sites do not account for in a country has an unknown owner there.
    sites, tonnes
        What each site stands for in the supply's unit, shape (n,); NaN has no figure.
    """
    amounts: dict[Pair, float] = {}
    for country, owner, amount in zip(sites.country, sites.owner_country, tonnes, strict=True):
        if amount > 0:
            amounts[country, owner] = amounts.get((country, owner), 0.0) + float(amount)
    for country, left in _left(supply, amounts):
        amounts[country, ANYWHERE] = amounts.get((country, ANYWHERE), 0.0) + left
    silent = ~(np.nan_to_num(tonnes) > 0)
    room = []
    for lot in supply.room:
        here = silent & np.isin(sites.country.astype(str), list(lot.among))
        pairs = zip(sites.country[here], sites.owner_country[here], strict=True)
        room.append((frozenset(pairs), lot.amount))
    return Crossing(amounts, tuple(room), supply)


def _left(supply: Supply, amounts: Mapping[Pair, float]) -> Iterator[tuple[str, float]]:
    """Yield what is counted in a country, or at no known place, and at no site."""
    by_country: dict[str, float] = {}
    for (country, _), amount in amounts.items():
        by_country[country] = by_country.get(country, 0.0) + amount
    nowhere = supply.others + supply.unknown - by_country.pop(ANYWHERE, 0.0)
    for country, amount in (*supply.known.items(), (ANYWHERE, nowhere + 0.0)):
        left = amount - by_country.get(country, 0.0)
        if left > 1e-9 * supply.world:
            yield country, left


def _counts(pair: Pair, by: Basis, inside: frozenset[str]) -> bool | None:
    stands, held = (None if code == ANYWHERE else code in inside for code in pair)
    wanted, unwanted = (stands, held) if by is Basis.FOREIGN else (held, stands)
    if wanted is False or unwanted is True:
        return False
    return True if wanted and unwanted is False else None
