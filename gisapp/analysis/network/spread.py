"""Kilometres from many places to the nearest of a few, along ways by land and sea, all at once."""

from __future__ import annotations

from typing import Final

import numpy as np

from gisapp.analysis.network.journey import Avoidance
from gisapp.analysis.network.land_data import LandOptions
from gisapp.analysis.network.land_sites import sites_on
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
        self.digest = f"route {router.land.data.digest} {getattr(router.sea, 'digest', '')}"

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

    One search of the land network starts at all sources with 0 km, and at all main ports with the
    km of the journey from there to the nearest source, sea and all; so it ends at the least sum of
    a way by land to a port and a journey from the port, or of a way by land alone. A place joins
    the network as in `LandNetwork.route`, and a place that no way leads to is infinite.

    Parameters
    ----------
    sources, places
        Degrees, shapes (m, 2) and (n, 2).

    Raises
    ------
    GisappError
        As `Router.matrix`.
    Cancelled
        If the feedback was cancelled.
    """
    main = np.array([port.main for port in router.ports.all], dtype=bool)
    ports = router.ports.lonlat[main]
    from_port = router.matrix(sources, ports, avoid=avoid, feedback=feedback).km.min(axis=0)
    reached = np.isfinite(from_port)
    options = LandOptions(1.0, 1.0, frozenset(LandMode), avoid.countries, 0.0, 0.0)
    land = router.land.data
    starts = np.vstack([sources, ports[reached]])
    before = np.concatenate([np.zeros(len(sources)), from_port[reached]])
    entries = sites_on(land, starts, options)
    tree = land.graph(options).tree(entries.node, entries.cost + before[entries.site], np.inf)
    found = np.full(len(places), np.inf)
    for first in range(0, len(places), _SLICE):
        if feedback is not None:
            feedback.check(first / len(places), "Ways to the nearest plant")
        some = sites_on(land, places[first : first + _SLICE], options)
        np.minimum.at(found, some.site + first, tree.cost[some.node] + some.cost)
    return found
