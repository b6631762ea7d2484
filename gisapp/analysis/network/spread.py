"""Kilometres from many places to the nearest of a few, along ways by land and sea, all at once."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Final

import numpy as np

from gisapp.analysis.network.journey import Avoidance
from gisapp.analysis.network.land_data import LandOptions
from gisapp.analysis.network.land_sites import Sites, sites_on
from gisapp.analysis.network.land_tree import Index, Tree
from gisapp.analysis.network.land_way import LandMode
from gisapp.analysis.network.router import Router
from gisapp.model.features import Floats
from gisapp.model.feedback import Feedback

#: Places that are joined to the network before other threads get their turn.
_SLICE: Final = 10_000
_NOTHING: Final = Avoidance()


class Spreader:
    """`spread_km` over the networks of a router; `digest` tells it from others in a cache."""

    def __init__(self, router: Router) -> None:
        self._router = router
        main = [router.ports.all[number] for number in router.ports.main]
        ports = hashlib.sha256(repr(main).encode()).hexdigest()
        made_of = (router.land.data.digest, router.sea.digest, router.coefficients.key, ports)
        self.digest = " ".join(("route", *made_of))

    def __call__(
        self, sources: Floats, places: Floats, avoid: Avoidance, feedback: Feedback | None
    ) -> Floats:
        """Return the kilometres from every place to the nearest source, shape (n,)."""
        return spread_km(self._router, sources, places, avoid=avoid, feedback=feedback)


def spread_km(
    router: Router,
    sources: Floats,
    places: Floats,
    *,
    avoid: Avoidance = _NOTHING,
    feedback: Feedback | None = None,
) -> Floats:
    """Return the kilometres from every place to the nearest source, shape (n,).

    Three searches of the land network, each from many places at once, stand for one from every
    place: from the sources; from the main ports; and from the main ports again, each beginning
    with the km from there to the nearest source by sea and on. A place then has the least of a
    way by land alone and of one over a port; as in `Router`, goods go to no port that is much
    farther than the nearest. Where the least way would, the one over the nearest port is taken,
    so that no distance is shorter than the router's. A place that joins no road or railway is
    infinite.

    Parameters
    ----------
    sources, places
        Degrees, shapes (m, 2) and (n, 2).

    Raises
    ------
    GisappError
        `unknown_passage`, `unknown_ship_class`.
    Cancelled
        If the feedback was cancelled.
    """
    feedback, avoid = feedback or Feedback(), router.open_to(avoid)
    search = _Search(router, avoid)
    ports = search.ports
    feedback.check(0.2, "Ways by land to the plants")
    from_sources = search.tree(sources, np.zeros(len(sources)))
    feedback.check(0.25, "Ways by land to the ports")
    from_ports = search.tree(ports, np.zeros(len(ports)))
    # by which ports the sources are reached, and how far it is from there
    near, nearest_port = from_ports.at(search.join(sources))
    onward, source = from_sources.at(search.join(ports))
    reach = np.append(search.reach(near), -np.inf)  # of the source -1, which is none
    onward[onward > reach[source]] = np.inf
    known = np.isfinite(near)
    np.minimum.at(onward, nearest_port[known], near[known])
    load = np.flatnonzero(np.isfinite(onward))
    feedback.check(0.3, "Ways by sea")
    ways = router.planner.by_sea.table(avoid.passages, avoid.opened)
    sea = ways.between(ports[load], ports, feedback)[0]
    sea[np.arange(len(load)), load] = np.inf  # from a port to itself is no way by sea
    by_sea = np.min(onward[load][:, None] + sea, axis=0, initial=np.inf)
    over_ports = search.tree(ports, by_sea)
    found = np.full(len(places), np.inf)
    for first in range(0, len(places), _SLICE):
        feedback.check(0.5 + 0.5 * first / len(places), "Ways to the nearest plant")
        part = slice(first, first + _SLICE)
        some = search.join(places[part])
        direct, _ = from_sources.at(some)
        direct[direct > search.most_km] = np.inf
        near, nearest_port = from_ports.at(some)
        via, port = over_ports.at(some)
        begun = np.append(by_sea, 0.0)
        far = via - begun[port] > search.reach(near)
        via[far] = near[far] + begun[nearest_port[far]]
        found[part] = np.minimum(direct, via)
    return found


class _Search:
    """The land network as these searches want it, and the main ports that may be used."""

    def __init__(self, router: Router, avoid: Avoidance) -> None:
        self._land = router.land.data
        self._options = LandOptions(1.0, 1.0, frozenset(LandMode), avoid.countries, 0.0, 0.0)
        self._graph = self._land.graph(self._options)
        main = router.ports.main
        open_ = ~np.isin(router.ports.country[main].astype(str), sorted(avoid.countries))
        ports = router.ports.lonlat[main[open_]]
        # some lie on rivers far inland
        self.ports: Floats = ports[router.planner.by_sea.reached(ports)]
        table = router.coefficients
        self._factor, self._beyond_km = table["hinterland.factor"], table["hinterland.km"]
        self.most_km = float(table["land.most_km"])
        self.edges = len(self._land.km)

    def reach(self, nearest_km: Floats) -> Floats:
        """Return how far ports may be from places, given how far the nearest one is."""
        return np.asarray(self._factor * nearest_km + self._beyond_km)

    def tree(self, starts: Floats, before: Floats) -> _Spread:
        """Return the least ways from places that each begin with some kilometres."""
        entries = self.join(starts)
        cost = entries.cost + before[entries.site]
        led = np.isfinite(cost)
        node, site, cost = entries.node[led], entries.site[led], cost[led]
        tree = self._graph.tree(node, cost, np.inf)
        order = np.lexsort((cost, node))
        first = np.unique(node[order], return_index=True)[1]
        return _Spread(self, tree, node[order][first], site[order][first])

    def join(self, places: Floats) -> Sites:
        """Return how places join the network."""
        return sites_on(self._land, places, self._options)


@dataclass(frozen=True, eq=False)
class _Spread:
    """Least ways from several starts: the nodes where they enter, in order, and of which start."""

    search: _Search
    tree: Tree
    entry: Index
    start: Index

    def at(self, sites: Sites) -> tuple[Floats, Index]:
        """Return km and number of the start that is nearest to each place; inf and -1 for none."""
        total = self.tree.cost[sites.node] + sites.cost
        order = np.lexsort((total, sites.site))
        site, first = np.unique(sites.site[order], return_index=True)
        best = order[first]
        led = np.isfinite(total[best])
        site, best = site[led], best[led]
        km = np.full(len(sites.lonlat), np.inf)
        start = np.full(len(sites.lonlat), -1, dtype=np.int64)
        km[site] = total[best]
        _, entry = self.tree.sums(sites.node[best], np.zeros((self.search.edges, 1)))
        start[site] = self.start[np.searchsorted(self.entry, entry)]
        return km, start
