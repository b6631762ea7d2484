"""Roads and railways in one compact file of arrays: `layers/land_network.npz`.

From the source's junctions, cell by cell, to a network of road and rail with its gaps closed, its
countries known at every node, and a place to change between road and rail where both meet.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from gisapp.analysis.jurisdiction import JurisdictionIndex
from gisapp.analysis.network.land_data import DEGREES, RAIL, ROAD, TRANSFER
from gisapp.model.features import Floats
from gisapp.model.geodesy import distance_km, ecef_km
from layers_build import land_mend, land_shape
from layers_build.land_mend import Ground, Reach, Texts
from layers_build.land_shape import Shaped
from layers_build.land_source import Index, Net
from layers_build.sources import Rows

#: An assumed link is this much longer than its geodesic (methods.md 4.4).
ROAD_REACH: Final = Reach(220.0, 60.0, 25.0, 15.0, detour=4.0, circuity=1.45)
RAIL_REACH: Final = Reach(30.0, 15.0, 10.0, 10.0, detour=4.0, circuity=1.25)
#: The source draws roads with few bends, long ones with the fewest and African ones fewer still,
#: and so measures them too short: by 4 % in the median of known distances between cities, by 9 %
#: in Africa (`packaging/sources/road_distances.csv`). These factors of edges shorter and longer
#: than `LONG_KM`, fitted to that table, take the bias away and leave a median error of 2 %.
LONG_KM: Final = 50.0
ELSEWHERE: Final = (1.025, 1.075)
AFRICA: Final = (1.04, 1.11)
#: Networks shorter than this that hang on nothing are left out.
FRAGMENT_KM: Final = 25.0
#: An end of a link given by hand joins a node within this distance, or is a new one.
SNAP_KM: Final = 5.0
#: A bridge or a ferry's deck counts to the country whose coast is this near.
COAST_KM: Final = 30.0
#: A visit to a country shorter than this, there and back, is a border drawn coarsely.
VISIT_KM: Final = 10.0
#: Goods change between road and rail where nodes of both stand this near, once in a cell.
TRANSFER_KM: Final = 5.0
TRANSFER_CELL_DEGREES: Final = 0.1
TRANSFER_CIRCUITY: Final = 1.25


#: From a network and the countries of its nodes to a factor of every edge's length.
Factor = Callable[[Net, Texts], Floats]


@dataclass(frozen=True)
class Given:
    """A link given by hand: see `packaging/sources/land_links.csv`."""

    mode: str
    start: tuple[float, float]
    end: tuple[float, float]
    km: float


def read_links(rows: Rows) -> list[Given]:
    """Return the links of a table with columns mode, from_lon, from_lat, to_lon, to_lat, km."""
    return [
        Given(
            row["mode"],
            (float(row["from_lon"]), float(row["from_lat"])),
            (float(row["to_lon"]), float(row["to_lat"])),
            float(row["km"]),
        )
        for row in rows
    ]


def prepare(
    net: Net,
    countries: JurisdictionIndex,
    reach: Reach,
    given: list[Given],
    closed: frozenset[tuple[str, str]],
    factor: Factor,
) -> tuple[Shaped, Texts]:
    """Return the network of one mode, shaped and mended, and the country of each node."""
    net = land_shape.cut_dead_ends(land_shape.gather(net))
    net = land_shape.without_fragments(net, FRAGMENT_KM)
    country = steady(net, countries.country_of(net.lonlat, coast_km=COAST_KM))
    net = without_closed(net, country, closed)
    net = replace(net, km=net.km * factor(net, country))
    ground = Ground(country, lambda lonlat: countries.country_of(lonlat, coast_km=0.0), closed)
    net = with_given(land_mend.mend(net, ground, reach), given)
    more = countries.country_of(net.lonlat[len(country) :], coast_km=COAST_KM)
    country = np.concatenate([country, more])
    stays = np.zeros(len(net.lonlat), dtype=np.bool_)
    for edges in (country[net.start] != country[net.end], net.assumed):
        stays[net.start[edges]] = True
        stays[net.end[edges]] = True
    return land_shape.join_chains(net, stays), country


def road_factor(african: frozenset[str]) -> Factor:
    """Return what the lengths of roads are multiplied by, given the codes of Africa's countries."""

    def factor(net: Net, country: Texts) -> Floats:
        there = np.isin(country[net.start].astype(str), sorted(african))
        short, long = (np.where(there, *pair) for pair in zip(AFRICA, ELSEWHERE, strict=True))
        return np.where(net.km < LONG_KM, short, long)

    return factor


def unchanged(net: Net, _country: Texts) -> Floats:
    """Return the factor of railways, which the source draws well: one."""
    return np.ones(len(net.km))


def steady(net: Net, country: Texts) -> Texts:
    """Return the countries without short visits: a road along a border stays on its side."""
    codes, number = np.unique(country.astype(str), return_inverse=True)
    number = number.copy()
    n = len(net.lonlat)
    same = number[net.start] == number[net.end]
    links = coo_matrix(
        (np.ones(same.sum()), (net.start[same], net.end[same])), shape=(n, n)
    ).tocsr()
    count, group = connected_components(links, directed=False)
    length = np.bincount(group[net.start[same]], net.km[same], count)
    a, b = net.start[~same], net.end[~same]
    inner, outer = np.concatenate([group[a], group[b]]), np.concatenate([number[b], number[a]])
    lowest = np.full(count, len(codes))
    highest = np.full(count, -1)
    np.minimum.at(lowest, inner, outer)
    np.maximum.at(highest, inner, outer)
    visits = (lowest == highest) & (length < VISIT_KM)
    # of two short stretches beside each other the one with more of it stays
    beside = np.zeros(count, dtype=np.bool_)
    one, other = group[a], group[b]
    both = visits[one] & visits[other]
    beside[np.where(length[one] >= length[other], one, other)[both]] = True
    changed = visits & ~beside
    of_node = changed[group]
    number[of_node] = lowest[group[of_node]]
    return codes.astype(object)[number]


def without_closed(net: Net, country: Texts, closed: frozenset[tuple[str, str]]) -> Net:
    """Return the network without edges across closed borders."""
    shut = np.zeros(len(net.start), dtype=np.bool_)
    for one, other in closed:
        for a, b in ((one, other), (other, one)):
            shut |= (country[net.start] == a) & (country[net.end] == b)
    return Net(net.lonlat, net.start[~shut], net.end[~shut], net.km[~shut], net.assumed[~shut])


def with_given(net: Net, given: list[Given]) -> Net:
    """Return the network with the links given by hand, between nodes that are near.

    An end without a node within `SNAP_KM` becomes a node.
    """
    if not given:
        return net
    ends = np.array([[link.start, link.end] for link in given]).reshape(-1, 2)
    places, same = np.unique(ends, axis=0, return_inverse=True)
    chord, node = (np.asarray(part) for part in cKDTree(ecef_km(net.lonlat)).query(ecef_km(places)))
    new = chord > SNAP_KM
    node = np.where(new, len(net.lonlat) + np.cumsum(new) - 1, node)
    start, end = node[same.reshape(-1)].reshape(-1, 2).T
    km = np.array([link.km for link in given])
    grown = replace(net, lonlat=np.concatenate([net.lonlat, places[new]]))
    return land_mend.with_links(grown, start, end, km)


def transfers(
    road: Floats, rail: Floats, road_country: Texts, rail_country: Texts
) -> tuple[Index, Index, Floats]:
    """Return road nodes, rail nodes and kilometres of the places to change.

    In each cell the rail node nearest to a road node, if they stand within `TRANSFER_KM` and in
    one country.
    """
    found = cKDTree(ecef_km(road)).query(ecef_km(rail), distance_upper_bound=TRANSFER_KM)
    chord, node = (np.asarray(part) for part in found)
    near = np.flatnonzero(np.isfinite(chord))
    near = near[road_country[node[near]] == rail_country[near]]
    cell = np.floor(rail[near] / TRANSFER_CELL_DEGREES).astype(np.int64)
    order = np.lexsort((near, chord[near], cell[:, 1], cell[:, 0]))
    first = np.ones(len(order), dtype=np.bool_)
    first[1:] = (np.diff(cell[order], axis=0) != 0).any(axis=1)
    chosen = near[order[first]]
    km = distance_km(road[node[chosen]], rail[chosen]) * TRANSFER_CIRCUITY
    return node[chosen].astype(np.int64), chosen, km


def assemble(road: tuple[Shaped, Texts], rail: tuple[Shaped, Texts]) -> dict[str, npt.NDArray[Any]]:
    """Return the arrays of the file but its rasters: road nodes first, then rail nodes."""
    nets = [road[0].net, rail[0].net]
    rail_from = len(nets[0].lonlat)
    lonlat = np.concatenate([net.lonlat for net in nets])
    of_node = [country[shaped.node].astype(str) for shaped, country in (road, rail)]
    place, railhead, hop = transfers(nets[0].lonlat, nets[1].lonlat, *of_node)
    start = np.concatenate([nets[0].start, nets[1].start + rail_from, place])
    end = np.concatenate([nets[0].end, nets[1].end + rail_from, railhead + rail_from])
    km = np.concatenate([nets[0].km, nets[1].km, hop])
    kind = np.repeat([ROAD, RAIL, TRANSFER], [len(nets[0].km), len(nets[1].km), len(hop)])
    assumed = np.concatenate([nets[0].assumed, nets[1].assumed, np.ones(len(hop), np.bool_)])
    codes, country = np.unique(np.concatenate(of_node), return_inverse=True)
    bends = np.concatenate([shaped.bends for shaped, _ in (road, rail)])
    none = np.zeros(len(hop), dtype=np.int64)
    counts = np.concatenate([road[0].bend_count, rail[0].bend_count, none])
    order = np.lexsort((end, start))
    first = np.cumsum(counts) - counts
    own = np.repeat(np.cumsum(counts[order]) - counts[order], counts[order])
    pick = np.repeat(first[order], counts[order]) + np.arange(len(bends)) - own
    return {
        "lonlat": _milli(lonlat),
        "rail_from": np.array([rail_from], dtype=np.int32),
        "country": country.astype(np.uint16),
        "codes": codes.astype("U3"),
        "start": start[order].astype(np.int32),
        "end": end[order].astype(np.int32),
        "km": km[order].astype(np.float32),
        "kind": kind[order].astype(np.uint8),
        "assumed": assumed[order],
        "bends": _milli(bends[pick]),
        "bend_count": counts[order].astype(np.uint16),
    }


def _milli(lonlat: Floats) -> npt.NDArray[np.int32]:
    return np.asarray(np.round(lonlat / DEGREES), dtype=np.int32)
