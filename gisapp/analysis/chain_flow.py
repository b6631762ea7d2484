"""The most that a chain of steps can carry: a maximum flow, and the cut that limits it.

A site gives its product to any site of the next step that takes such a product. Goods of one
class are interchangeable, so sites that take and make the same are one node of a small linear
programme, solved exactly by HiGHS; by max-flow min-cut its dual names the sites that limit it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.optimize import linprog

from gisapp.model.features import Floats

#: The price of a tonne through what is only lent to the chain, so that no more is lent than needed.
_LENT: Final = 1e-4
#: Shares of a cut smaller than this are rounding.
_ROUNDING: Final = 1e-9
#: So many times the least step's sum is as good as without limit.
_PLENTY: Final = 4.0


@dataclass(frozen=True)
class Node:
    """A site, or sites alike.

    Parameters
    ----------
    step
        Number of its step, from 0.
    capacity
        How much it can carry, in tonnes of the end product a year.
    takes, makes
        Classes of products; empty at the chain's ends.
    """

    step: int
    capacity: float
    takes: frozenset[str] = frozenset()
    makes: frozenset[str] = frozenset()


@dataclass(frozen=True, eq=False)
class Carried:
    """What a chain carries.

    Parameters
    ----------
    total
        Tonnes of the end product a year.
    through
        Of it through each node, shape (nodes,).
    cut
        How much of the smallest cut stands at each step, shape (steps,); sums to the total. Where
        nothing is carried, 1 at the steps that carry nothing.
    lent
        Through what is lent at each step, shape (steps,).
    """

    total: float
    through: Floats
    cut: Floats
    lent: Floats

    @property
    def binding(self) -> int:
        """The step at which the chain stops: that with the most of the smallest cut."""
        return int(self.cut.argmax())


def most_carried(
    nodes: Sequence[Node], steps: int, *, lent: frozenset[int] = frozenset()
) -> Carried:
    """Return the largest flow from the first step to the last.

    For a pure chain, in which every class fits, the total is the least of the steps' capacities.

    Parameters
    ----------
    steps
        How many there are.
    lent
        Steps at which others carry without limit what the nodes cannot; as little as possible.
    """
    groups: dict[tuple[int, frozenset[str], frozenset[str]], list[int]] = {}
    for i, node in enumerate(nodes):
        if node.capacity > 0:
            groups.setdefault((node.step, node.takes, node.makes), []).append(i)
    keys = list(groups)
    size = [float(sum(nodes[i].capacity for i in rows)) for rows in groups.values()]
    for step in sorted(lent):
        before = {c for node in nodes if node.step == step - 1 for c in node.makes}
        after = {c for node in nodes if node.step == step + 1 for c in node.takes}
        own = [node for node in nodes if node.step == step]
        takes = before | {c for node in own for c in node.takes} or {"any"}
        makes = after | {c for node in own for c in node.makes} or {"any"}
        keys.append((step, frozenset(takes), frozenset(makes)))
        size.append(float("inf"))
    # no step lets through more than its sum; in units of the least the solver is exact enough,
    # and what is several times that limits nothing
    sums = np.zeros(steps)
    for key, x in zip(keys, size, strict=True):
        sums[key[0]] += x
    most = float(sums.min())
    through, cut_of = [0.0] * len(keys), [0.0] * len(keys)
    if most > 0:
        scaled = [x if x == np.inf else min(x / most, _PLENTY) for x in size]
        flows, cut_of = _solve(keys, scaled, steps, first_lent=len(groups))
        through = [x * most for x in flows]
    total = float(sum(x for x, key in zip(through, keys, strict=True) if key[0] == steps - 1))
    shares, cut, borrowed = np.zeros(len(nodes)), np.zeros(steps), np.zeros(steps)
    for g, (key, x) in enumerate(zip(keys, through, strict=True)):
        if g >= len(groups):
            borrowed[key[0]] += x
            continue
        cut[key[0]] += cut_of[g] * size[g]
        rows = groups[key]
        weights = np.array([nodes[i].capacity for i in rows])
        shares[rows] = x * weights / weights.sum()
    if total <= 0:
        held = np.zeros(steps)
        for key in keys:
            held[key[0]] += 1
        empty = held == 0
        # every step has sites, but none fits to the next: the chain breaks at its last step
        cut = empty.astype(float) if empty.any() else np.eye(steps)[-1]
    return Carried(max(total, 0.0), shares, np.where(cut > _ROUNDING, cut, 0.0), borrowed)


def _solve(
    keys: Sequence[tuple[int, frozenset[str], frozenset[str]]],
    size: Sequence[float],
    steps: int,
    first_lent: int,
) -> tuple[list[float], list[float]]:
    """Return flow and dual (0 or 1) of every group.

    Variables are the flows of the groups, then of the arcs between groups and hubs, one hub for a
    class between two steps. Everything that enters a group or hub leaves it.
    """
    if not keys:
        return [], []
    arcs: list[tuple[int, tuple[int, str], bool]] = []  # group, hub, whether into the hub
    for g, (step, takes, makes) in enumerate(keys):
        arcs += [(g, (step, c), False) for c in sorted(takes) if step > 0]
        arcs += [(g, (step + 1, c), True) for c in sorted(makes) if step < steps - 1]
    hubs = {hub: n for n, hub in enumerate(dict.fromkeys(hub for _, hub, _ in arcs))}
    n = len(keys)
    entries: list[tuple[int, int, float]] = []  # row, column, value
    for g, (step, _, _) in enumerate(keys):
        if step > 0:
            entries.append((2 * g, g, 1.0))
        if step < steps - 1:
            entries.append((2 * g + 1, g, 1.0))
    for a, (g, hub, into) in enumerate(arcs):
        entries.append((2 * g + into, n + a, -1.0))
        entries.append((2 * n + hubs[hub], n + a, 1.0 if into else -1.0))
    balance = np.zeros((2 * n + len(hubs), n + len(arcs)))
    for row, column, value in entries:
        balance[row, column] = value
    gain = np.zeros(balance.shape[1])
    for g, (step, _, _) in enumerate(keys):
        gain[g] = (1.0 if step == steps - 1 else 0.0) - (_LENT if g >= first_lent else 0.0)
    limits = [(0.0, None if np.isinf(most) else most) for most in size]
    # the dual simplex ends in a corner, where the dual of a network is 0 or 1
    found = linprog(
        -gain,
        A_eq=balance,
        b_eq=np.zeros(len(balance)),
        bounds=[*limits, *[(0.0, None)] * len(arcs)],
        method="highs-ds",
    )
    if found.status != 0:  # nought is always feasible, and one step at least is limited
        raise RuntimeError(f"the chain could not be solved: {found.message}")
    duals = -np.asarray(found.upper.marginals)[:n]
    return np.asarray(found.x)[:n].tolist(), duals.tolist()
