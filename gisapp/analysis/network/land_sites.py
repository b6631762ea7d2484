"""Sites on the land network: the nodes at which they enter it, and ways that use no node."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from gisapp.analysis.network.land_access import Access, circuity
from gisapp.analysis.network.land_data import (
    ASSUMED_KM,
    BORDERS,
    COLUMNS,
    RAIL,
    RAIL_KM,
    ROAD_KM,
    Flags,
    LandData,
    LandOptions,
)
from gisapp.analysis.network.land_tree import Index
from gisapp.analysis.network.land_way import LandMode
from gisapp.model.features import Floats
from gisapp.model.geodesy import distance_km, ecef_km

#: A site joins roads no farther than this, and rails no farther than this.
ROAD_ACCESS_KM: Final = 500.0
RAIL_ACCESS_KM: Final = 30.0
#: Where no road may be used a site may be this far from the rails.
RAIL_ONLY_ACCESS_KM: Final = 50.0
#: A way that is not known may lead over so much water: a river's mouth or a narrow strait, and
#: what the cells of the mask take off a shore.
WET_KM: Final = 6.0
#: So much of it may lie in cells of a country that is avoided, whose borders they draw coarsely.
AVOIDED_KM: Final = 6.0
#: Up to this distance a siding is taken for granted; beyond it goods come by road and change.
SIDING_KM: Final = 2.0


@dataclass(frozen=True, eq=False)
class Sites:
    """Sites and how they join the network.

    Parameters
    ----------
    lonlat
        Degrees, shape (n, 2).
    access
        Edges that they join, k rows.
    rail, siding
        Rows of access to rails, and those of them without a change of mode, shape (k,).
    site, node, row
        Of every entry the site, the node and the row of the access, sorted by site, shape (2 k,).
    cost, values
        What the way from the site to that node costs, shape (2 k,), and adds up to, (2 k, 4).
    """

    lonlat: Floats
    access: Access
    rail: Flags
    siding: Flags
    site: Index
    node: Index
    row: Index
    cost: Floats
    values: Floats


def sites_on(data: LandData, lonlat: Floats, options: LandOptions) -> Sites:
    """Return how sites, degrees (n, 2), join the edges that may be used."""
    usable = data.graph(options).usable
    found: list[Access] = []
    roads, rails = data.vertices
    by_road = LandMode.ROAD in options.modes
    if by_road:
        found.append(roads.access(lonlat, usable, ROAD_ACCESS_KM))
    if LandMode.RAIL in options.modes:
        within = RAIL_ACCESS_KM if by_road else RAIL_ONLY_ACCESS_KM
        found.append(rails.access(lonlat, usable, within))
    access = Access.joined(found)
    access = access.only(_open(data, lonlat[access.site], access.lonlat, access.km, options))
    rail = data.kind[access.edge] == RAIL
    siding = rail & (access.km <= SIDING_KM)
    # every edge is entered at both its ends
    row = np.repeat(np.argsort(access.site, kind="stable"), 2)
    at_end = np.tile([False, True], len(access.site))
    edge, share, off = access.edge[row], access.share[row], access.km[row]
    along = data.km[edge] * np.where(at_end, 1.0 - share, share)
    values = _values(off, along, rail[row], siding[row])
    # where on an edge its border lies is not known: in its middle
    values[:, BORDERS] = data.crosses[edge] & ((share < 0.5) == at_end)
    values[:, ASSUMED_KM] += np.where(data.assumed[edge], along, 0.0)
    return Sites(
        lonlat,
        access,
        rail,
        siding,
        site=access.site[row],
        node=np.where(at_end, data.end[edge], data.start[edge]).astype(np.int64),
        row=row,
        cost=options.cost(values, (rail & ~siding)[row]),
        values=values,
    )


def _open(data: LandData, start: Floats, end: Floats, km: Floats, options: LandOptions) -> Flags:
    """Return which straight ways, degrees (n, 2), keep to land that need not be avoided."""
    found = data.mask.wet_km(start, end, km) <= WET_KM
    if options.avoid:
        found &= data.mask.inside_km(start, end, km, data.avoided(options)) <= AVOIDED_KM
    return found


def _values(off: Floats, along: Floats, rail: Flags, siding: Flags) -> Floats:
    """Return the sums of ways off the network and along an edge of it, shape (n, 4)."""
    values = np.zeros((len(off), COLUMNS))
    values[:, ROAD_KM] = np.where(rail, 0.0, along) + np.where(siding, 0.0, off)
    values[:, RAIL_KM] = np.where(rail, along, 0.0) + np.where(siding, off, 0.0)
    values[:, ASSUMED_KM] = off
    return values


@dataclass(frozen=True, eq=False)
class Shortcuts:
    """Ways between sites that use no node of the network.

    Parameters
    ----------
    cost
        Infinite where there is none, shape (n, m).
    values
        What they add up to, shape (n, m, 4).
    rows
        Rows of access at both sites to the edge that the way follows, or -1 for a straight one,
        shape (n, m, 2).
    """

    cost: Floats
    values: Floats
    rows: Index


def shortcuts(data: LandData, one: Sites, other: Sites, options: LandOptions) -> Shortcuts:
    """Return ways along one edge, and straight ones where no road is as near as the other site."""
    n, m = len(one.lonlat), len(other.lonlat)
    found = Shortcuts(
        np.full((n, m), np.inf), np.zeros((n, m, COLUMNS)), np.full((n, m, 2), -1, np.int64)
    )
    _along_edges(data, one, other, options, found)
    if LandMode.ROAD in options.modes:
        _straight(data, one, other, options, found)
    return found


def _along_edges(
    data: LandData, one: Sites, other: Sites, options: LandOptions, found: Shortcuts
) -> None:
    """Enter the cheapest ways between sites that join the same edge."""
    i, j = _pairs(one.access.edge, other.access.edge)
    p, q = one.access, other.access
    edge = p.edge[i]
    along = np.abs(p.share[i] - q.share[j]) * data.km[edge]
    values = _values(p.km[i], along, one.rail[i], one.siding[i])
    values += _values(q.km[j], np.zeros(len(j)), other.rail[j], other.siding[j])
    values[:, BORDERS] = data.crosses[edge] & ((p.share[i] < 0.5) != (q.share[j] < 0.5))
    values[:, ASSUMED_KM] += np.where(data.assumed[edge], along, 0.0)
    changes = (one.rail & ~one.siding)[i].astype(float) + (other.rail & ~other.siding)[j]
    cost = options.cost(values, changes)
    s, t = p.site[i], q.site[j]
    # the dearest first, so that the cheapest is entered last
    order = np.argsort(-cost, kind="stable")
    found.cost[s[order], t[order]] = cost[order]
    found.values[s[order], t[order]] = values[order]
    found.rows[s[order], t[order]] = np.column_stack([i, j])[order]


def _pairs(one: Index, other: Index) -> tuple[Index, Index]:
    """Return all pairs of rows with the same number."""
    order = np.argsort(other, kind="stable")
    low = np.searchsorted(other[order], one, side="left")
    count = np.searchsorted(other[order], one, side="right") - low
    i = np.repeat(np.arange(len(one)), count)
    within = np.arange(len(i)) - np.repeat(np.cumsum(count) - count, count)
    return i, order[np.repeat(low, count) + within]


def _straight(
    data: LandData, one: Sites, other: Sites, options: LandOptions, found: Shortcuts
) -> None:
    """Enter straight ways between sites that are nearer to each other than to the network."""
    reach = _off(one)[:, None] + _off(other)[None, :]
    a, b = ecef_km(one.lonlat), ecef_km(other.lonlat)
    for s in range(len(a)):
        chord = np.linalg.norm(b - a[s], axis=1)
        near = np.flatnonzero(chord <= reach[s])
        here = np.repeat(one.lonlat[s : s + 1], len(near), axis=0)
        geodesic = distance_km(here, other.lonlat[near])
        km = geodesic * circuity(geodesic)
        better = (km <= reach[s, near]) & (km * options.road < found.cost[s, near])
        better &= _open(data, here, other.lonlat[near], geodesic, options)
        t = near[better]
        found.cost[s, t] = km[better] * options.road
        found.values[s, t] = 0.0
        found.values[s, t, ROAD_KM] = found.values[s, t, ASSUMED_KM] = km[better]
        found.rows[s, t] = -1


def _off(sites: Sites) -> Floats:
    """Return the assumed kilometres to the network, those of its reach if farther, shape (n,)."""
    off = np.full(len(sites.lonlat), ROAD_ACCESS_KM)
    np.minimum.at(off, sites.access.site, sites.access.km)
    return off
