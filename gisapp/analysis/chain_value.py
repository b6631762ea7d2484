"""Sites of a chain in tonnes of the end product, with bounds, for any set of yields."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt

from gisapp.analysis.chain_flow import Carried, Node, most_carried
from gisapp.analysis.chain_sites import Site, Sites, end_tonnes, factors
from gisapp.analysis.changed import ADDED
from gisapp.analysis.ownership import ANYWHERE
from gisapp.model.features import Floats
from gisapp.model.yields import Yields

Index = npt.NDArray[np.int64]
#: The yield that says which of the known plants one without a figure is taken as.
UNKNOWN_SITE: Final = "unknown_site"


@dataclass(frozen=True, eq=False)
class Valued:
    """Sites with bounds in tonnes of the end product, shape (n,).

    Parameters
    ----------
    low, high
        What is known, and with what a site without a figure is taken as.
    """

    prepared: Prepared
    low: Floats
    high: Floats

    @property
    def sure(self) -> Floats:
        """The low amounts of the sites that are inside without doubt."""
        return self.low * self.prepared.sure

    @property
    def possible(self) -> Floats:
        """The high amounts of the sites that may be inside."""
        return self.high * self.prepared.maybe

    def solve(self, amounts: Floats, lent: frozenset[int] = frozenset()) -> Carried:
        """Return the largest flow; sites alike are one node and share what it carries."""
        at = self.prepared
        total = np.bincount(at.group, weights=amounts, minlength=len(at.nodes))
        nodes = [replace(n, capacity=float(t)) for n, t in zip(at.nodes, total, strict=True)]
        found = most_carried(nodes, len(at.sites.steps), lent=lent)
        rate = found.through / np.where(total > 0, total, 1.0)
        return replace(found, through=amounts * rate[at.group])


class Prepared:
    """Sites made ready to be valued many times.

    Parameters
    ----------
    inside
        The alliance's jurisdictions; None counts all as inside.

    Attributes
    ----------
    sure, maybe
        How much of a site is inside, and how much is or may be, 0 to 1, shape (n,).
    group
        The number of each site's node among `nodes`, shape (n,).
    """

    def __init__(self, sites: Sites, inside: frozenset[str] | None) -> None:
        self.sites = sites
        self.amount = np.array([site.amount for site in sites.sites], dtype=np.float64)
        self.step = np.array([site.step for site in sites.sites], dtype=np.int64)
        self.sure = np.ones(len(sites.sites))
        self.maybe = np.ones(len(sites.sites))
        if inside is not None:
            parts = [share_inside(site, inside) for site in sites.sites]
            self.sure, self.maybe = np.array(parts, dtype=np.float64).reshape(-1, 2).T
        self.mapped = np.array([site.row >= 0 for site in sites.sites], dtype=bool)
        #: What stands in the world; a plant that is only supposed tells nothing of others.
        self.real = np.array(
            [site.row >= 0 and not site.layer.startswith(ADDED) for site in sites.sites], dtype=bool
        )
        self.silent = ~np.isfinite(self.amount)
        self.open = self.silent & ~np.array([site.pooled for site in sites.sites], dtype=bool)
        self.group, firsts = _numbered((s.step, s.takes, s.makes) for s in sites.sites)
        self.nodes = [
            Node(site.step, 0.0, site.takes, site.makes)
            for site in (sites.sites[i] for i in firsts)
        ]
        self._kind, self._of_kind = _numbered((s.step, s.form, s.share) for s in sites.sites)

    def at(self, yields: Yields) -> Valued:
        """Return the sites' bounds at these yields."""
        table = factors(self.sites.mineral, yields)
        ones = [replace(self.sites.sites[i], amount=1.0) for i in self._of_kind]
        each = np.array([end_tonnes(one, self.sites, yields, table) for one in ones])
        own = self.amount * each[self._kind] if len(each) else self.amount
        low = np.where(self.silent, 0.0, own)
        high = low.copy()
        for group in np.unique(self.group[self.open]):
            members = self.open & (self.group == group)
            high[members] = self._typical(own, int(group), yields[UNKNOWN_SITE])
        return Valued(self, low, high)

    def per_step(self, amounts: npt.ArrayLike) -> Floats:
        """Return the sums by step, shape (steps,)."""
        weights = np.asarray(amounts, dtype=np.float64)
        total = np.bincount(self.step, weights=weights, minlength=len(self.sites.steps))
        return total.astype(np.float64)

    @cached_property
    def _counted(self) -> npt.NDArray[np.bool_]:
        return np.asarray(self.real & ~self.silent & (self.amount > 0))

    def _typical(self, own: Floats, group: int, rank: float) -> float:
        """Return the known site at a rank of those that are alike, else of the step."""
        alike = self._counted & (self.group == group)
        of_step = self._counted & (self.step == self.nodes[group].step)
        values = own[alike if alike.any() else of_step]
        return float(np.quantile(values, rank)) if len(values) else 0.0


def share_inside(site: Site, inside: frozenset[str]) -> tuple[float, float]:
    """Return how much of a site is surely inside, and how much may be, 0 to 1.

    By equity it is the share of those whose home is inside; what the owners do not say may be.
    """
    if site.holdings is None or not site.holdings:
        sure = site.home in inside
        return float(sure), float(sure or site.home == "")
    sure_share = sum(h.share for h in site.holdings if h.homes <= inside)
    open_ = sum(h.share for h in site.holdings if h.homes & inside or ANYWHERE in h.homes)
    told = sum(h.share for h in site.holdings)
    return sure_share, min(max(open_, sure_share) + max(1.0 - told, 0.0), 1.0)


def _numbered(keys: Iterable[Hashable]) -> tuple[Index, list[int]]:
    """Return the number of each key among the different ones, and where each first stands."""
    known: dict[Hashable, int] = {}
    firsts: list[int] = []
    numbers = []
    for i, key in enumerate(keys):
        if key not in known:
            known[key] = len(known)
            firsts.append(i)
        numbers.append(known[key])
    return np.array(numbers, dtype=np.int64), firsts
