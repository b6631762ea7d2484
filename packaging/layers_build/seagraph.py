"""The graph of the world's seas that `gisapp.analysis.network.sea` reads.

A shortest way around land bends at convex corners of the coast alone and grazes the land there
(Lozano-Perez and Wesley 1979), so two corners are joined where the great circle between them
meets no 1:10m land, keeps a berth off it and grazes at both ends. Corners stand off the land as
ships do: far in open water, close in narrow ones. Of the edges stay those that shortest ways
between a sample of places take, with all passages open and with some of them closed.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import combinations_with_replacement
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import shapely
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components, dijkstra
from scipy.spatial import cKDTree

from gisapp.analysis.network.clearance import KM_PER_DEGREE, Bools, Clearance, Ints
from gisapp.analysis.network.coast import Coast
from gisapp.analysis.network.harbour import DEGREES, UNIT_KM, whole
from gisapp.analysis.network.passages import Gates, Passage
from gisapp.model.features import Floats
from gisapp.model.geodesy import MEAN_RADIUS_KM, distance_km, unit_vectors
from layers_build.geography import Shapes
from layers_build.seanodes import Corners, along, corners, covered, shrunk, widened
from layers_build.searaster import clearance
from layers_build.sources import read_csv

Edges = Ints
#: Fine cells to a degree of the raster.
CELLS: Final = 20


@dataclass(frozen=True)
class Level:
    """How corners are found in waters of one width, in kilometres.

    Waters narrower than twice `widen` are left to the next level; corners stand `offing` off the
    land, which is simplified by `detail_in` before and by `detail_out` after. A leg keeps at most
    `berth` off the land.
    """

    widen: float
    offing: float
    detail_in: float
    detail_out: float
    berth: float
    south: float
    north: float


LEVELS: Final = (
    Level(30.0, 20.0, 1.0, 5.0, 11.0, -57.0, 80.0),
    Level(9.0, 6.0, 0.5, 1.5, 3.0, -57.0, 76.0),
    Level(2.5, 1.8, 0.3, 0.6, 0.8, -57.0, 74.0),
    Level(0.6, 0.4, 0.1, 0.2, 0.0, -57.0, 71.0),
    Level(0.15, 0.1, 0.02, 0.07, 0.0, -56.0, 70.0),
)
#: Kilometres up to which a corner of a level (row) is joined with one of a finer one (column).
_RANGE: Final = (
    (300.0, 250.0, 150.0, 100.0, 60.0),
    (0.0, 250.0, 100.0, 60.0, 40.0),
    (0.0, 0.0, 80.0, 40.0, 25.0),
    (0.0, 0.0, 0.0, 30.0, 15.0),
    (0.0, 0.0, 0.0, 0.0, 12.0),
)
#: Kilometres up to which corners of two levels are joined whether a line grazes them or not: where
#: outlines of different detail meet, or a port lies between them.
_CLOSE: Final = (
    (80.0, 60.0, 50.0, 30.0, 20.0),
    (0.0, 60.0, 50.0, 25.0, 15.0),
    (0.0, 0.0, 40.0, 20.0, 10.0),
    (0.0, 0.0, 0.0, 12.0, 8.0),
    (0.0, 0.0, 0.0, 0.0, 5.0),
)
#: Nodes that look out of narrow waters see those of the first levels within so many kilometres,
#: of the nearest so many also where the line does not graze the land.
_OUTWARD: Final = ((400.0, 16), (150.0, 12))
#: Off open coasts, also straight and hollow ones, a node stands every so many kilometres: what a
#: port sees first.
_FREE_KM: Final = 30.0
#: Of nodes that see far out of narrow waters one in each square of so many degrees does.
_MOUTH: Final = 0.1
_LONGEST_KM: Final = 13_000.0
#: Corners stand for curved shores: by so much a bearing may miss a tangent, as a sine.
_SLACK: Final = 0.03
#: In narrow waters a port may lie off the outline.
_SLACK_NARROW: Final = 0.12
#: A node looks out of narrow waters if one of so many rays of this length meets no land.
_RAYS: Final = 24
_OUT_BERTH_KM: Final = 3.0
_OUT_SLOPE: Final = 0.1
_OUT_KM: Final = 60.0
#: Waters with fewer nodes that nothing joins to the ocean are left out: the Caspian stays.
_SMALLEST: Final = 40
#: A node of the core lies on a shortest way farther than this from both its ends.
REACH_KM: Final = 200.0
_SAMPLE: Final = 500
_SEED: Final = 7


@dataclass(frozen=True)
class Nodes:
    """Corners and the level of each (0: the widest)."""

    corners: Corners
    level: Ints

    @property
    def lonlat(self) -> Floats:
        """Positions in degrees."""
        return self.corners.lonlat

    def values(self, name: str) -> Floats:
        """Return a number of `Level` for each node."""
        return np.array([getattr(level, name) for level in LEVELS])[self.level]


def build(land: Shapes, sources: Path, say: Callable[[str], None] = print) -> dict[str, Any]:
    """Return the arrays of the network; takes some minutes.

    Parameters
    ----------
    land
        Polygons of 1:10m land in EPSG:4326.
    sources
        The folder with `sea_passages.csv`, `sea_shoals.csv`, `sea_ice.csv` and `sea_ways.csv`.
    """
    began = time.monotonic()

    def tell(text: str) -> None:
        say(f"{time.monotonic() - began:5.0f} s  {text}")

    shoals = [_points(row["ring"]) for row in read_csv(sources / "sea_shoals.csv")]
    ice = _points(next(iter(read_csv(sources / "sea_ice.csv")))["line"])
    parts = shapely.get_parts(land)
    # Natural Earth has a speck of land at 0, 0 that does not exist
    parts = parts[~shapely.covers(shapely.box(-0.1, -0.1, 0.1, 0.1), parts)]
    obstacles = np.concatenate([parts, shapely.polygons([shapely.linearrings(r) for r in shoals])])
    south = shapely.polygons(np.vstack([[(-180, -90)], ice, [(180, -90), (-180, -90)]]))
    polygons = shapely.orient_polygons(np.append(obstacles, south))
    rings = [shapely.get_coordinates(polygon.exterior) for polygon in polygons]
    rings += [shapely.get_coordinates(hole) for polygon in polygons for hole in polygon.interiors]
    raster = clearance(rings, CELLS)
    coast = Coast(rings, Clearance(raster["block"], raster["far"], raster["fine"]))
    tell("raster")
    nodes = _nodes(obstacles, ice, coast, tell)
    edges = _edges(nodes, coast, tell)
    nodes, edges = _with_ways(nodes, edges, coast, sources)
    passages = read_passages(sources)
    nodes, edges = _mended(nodes, edges, coast)
    tell(f"{len(nodes.lonlat)} nodes joined by {len(edges)} edges")
    lonlat = np.asarray(_steps(nodes.lonlat) * DEGREES, dtype=np.float64)
    # no length is 0, or ways could go in circles
    km = np.maximum(whole(distance_km(lonlat[edges[:, 0]], lonlat[edges[:, 1]])), UNIT_KM)
    bits = Gates(passages).bits(lonlat[edges[:, 0]], lonlat[edges[:, 1]])
    tell("passages")
    core, kept = _core(lonlat, edges, km, bits, passages)
    tell(f"{core.sum()} nodes in the core, {len(kept)} edges stay")
    return _packed(rings, raster, nodes, core, edges[kept], km[kept], bits[kept], passages)


def read_passages(sources: Path) -> tuple[Passage, ...]:
    """Return the passages in the order of their table."""
    return tuple(
        Passage(
            row["id"],
            row["name"],
            row["usually_closed"],
            frozenset(row["closed_to"].split()),
            tuple(_points(line) for line in row["lines"].split("|")),
        )
        for row in read_csv(sources / "sea_passages.csv")
    )


# -- nodes -------------------------------------------------------------------------------------


def _nodes(land: Shapes, ice: Floats, coast: Coast, tell: Callable[[str], None]) -> Nodes:
    parts, levels = [], []
    coarser = None
    for number, level in enumerate(LEVELS):
        wide = widened(land, level.widen, level.detail_in)
        outline = shrunk(wide, level.widen - level.offing)
        found = corners(outline, level.detail_out, level.south, level.north)
        if coarser is not None:
            # in the waters that the level before closed, and just outside their mouths
            before = LEVELS[number - 1]
            closed = shrunk(coarser, before.widen - 0.5 * level.offing)
            found = found.take(covered(closed, found.lonlat))
        if number == 0:
            free = along(outline, _FREE_KM, level.south, 75.0)
            found = Corners.joined([found, _ice_edge(ice)])
        found = found.take(~coast.on_land(found.lonlat))
        parts.append(found)
        levels.append(np.full(len(found), number))
        tell(f"{len(found)} corners {level.offing} km off")
        coarser = wide
    free = free[~coast.on_land(free)]
    tell(f"{len(free)} places along open coasts")
    parts.append(Corners.without_coast(free))
    levels.append(np.full(len(free), 1))
    return Nodes(Corners.joined(parts), np.concatenate(levels))


def _ice_edge(ice: Floats) -> Corners:
    """Return corners north of the southern ice, land (that is ice) to the left going west."""
    lon = np.arange(-177.5, 180.0, 2.5)
    lat = np.interp(lon, ice[:, 0], ice[:, 1]) + 0.15
    slope = np.gradient(lat, lon * np.cos(np.radians(lat)))
    # a taut line along a parallel bends a little toward the pole at each corner
    dip = 0.03
    size = np.hypot(1.0, slope)
    east = np.column_stack([1.0 / size, slope / size - dip])
    west = np.column_stack([-1.0 / size, -slope / size - dip])
    return Corners(np.column_stack([lon, lat]), east, west)


# -- edges -------------------------------------------------------------------------------------


def grazes(nodes: Nodes, rows: Ints, others: Ints, to: Floats, km: Floats) -> Bools:
    """Say at which corners (rows) a line to others, as unit vectors (n, 3), grazes the land."""
    found = nodes.corners
    lon, lat = np.radians(found.lonlat[rows]).T
    east = to[:, 1] * np.cos(lon) - to[:, 0] * np.sin(lon)
    along = to[:, 0] * np.cos(lon) + to[:, 1] * np.sin(lon)
    north = to[:, 2] * np.cos(lat) - np.sin(lat) * along
    length = np.hypot(east, north) + 1e-12
    offing, detail = nodes.values("offing"), nodes.values("detail_out")
    nearer = np.maximum(offing[rows] - offing[others], 0.0)
    loose = np.where(nodes.level[rows] > 1, _SLACK_NARROW, _SLACK)
    slack = loose + 1.3 * (detail[rows] + nearer) / np.maximum(km, 0.1)
    before, after = found.before[rows], found.after[rows]
    back = (before[:, 0] * north - before[:, 1] * east) / length
    on = (after[:, 0] * north - after[:, 1] * east) / length
    left, right = (back > -slack) & (on > -slack), (back < slack) & (on < slack)
    return np.asarray(left | right | np.isnan(back), dtype=bool)


def _grazing(nodes: Nodes, vectors: Floats, pairs: Edges) -> Edges:
    """Return the pairs between which a line grazes the land at both ends."""
    kept = []
    for first in range(0, len(pairs), 1_000_000):
        some = pairs[first : first + 1_000_000]
        for here, there in ((0, 1), (1, 0)):
            a, b = some[:, here], some[:, there]
            chord = np.sqrt(((vectors[a] - vectors[b]) ** 2).sum(axis=1))
            some = some[grazes(nodes, a, b, vectors[b], chord * MEAN_RADIUS_KM)]
        kept.append(some)
    return np.concatenate(kept) if kept else pairs


def _free(nodes: Nodes, pairs: Edges, coast: Coast) -> Edges:
    """Return the pairs between which a line meets no land."""
    a, b = pairs.T
    free: Edges = pairs[coast.clear(nodes.lonlat[a], nodes.lonlat[b])]
    return free


def _clear(nodes: Nodes, pairs: Edges, coast: Coast) -> Edges:
    a, b = pairs.T
    berth = np.maximum(nodes.values("berth")[a], nodes.values("berth")[b])
    cleared: Edges = pairs[coast.clear(nodes.lonlat[a], nodes.lonlat[b], berth)]
    return cleared


def _edges(nodes: Nodes, coast: Coast, tell: Callable[[str], None]) -> Edges:
    vectors = unit_vectors(nodes.lonlat)
    members = [np.flatnonzero(nodes.level == level) for level in range(len(LEVELS))]
    trees = [cKDTree(vectors[rows]) for rows in members]
    found = []
    for a, b in combinations_with_replacement(range(len(LEVELS)), 2):
        near = trees[a].query_ball_tree(trees[b], _RANGE[a][b] / MEAN_RADIUS_KM)
        count = np.array([len(row) for row in near])
        if not count.sum():
            continue
        heads = members[b][np.concatenate([row for row in near if row]).astype(np.int64)]
        pairs = np.column_stack([np.repeat(members[a], count), heads])
        if a == b:
            pairs = pairs[pairs[:, 0] < pairs[:, 1]]
        chord = np.sqrt(((vectors[pairs[:, 0]] - vectors[pairs[:, 1]]) ** 2).sum(axis=1))
        close = chord * MEAN_RADIUS_KM < _CLOSE[a][b]
        found.append(_free(nodes, pairs[close], coast))
        grazing = _grazing(nodes, vectors, pairs[~close])
        found.append(_clear(nodes, grazing, coast))
        if a == b:
            tell(
                f"levels {a} {b}: {len(pairs)} pairs, {len(grazing)} graze, {len(found[-1])} clear"
            )
    near_edges = np.concatenate(found)
    wide = members[0]
    far = [_far(nodes, vectors, wide, wide, coast)]
    far[0] = far[0][far[0][:, 0] < far[0][:, 1]]
    tell(f"{len(far[0])} edges across open water")
    out = _looking_out(nodes, coast)
    far.append(_outward(nodes, vectors, out, coast))
    tell(f"{len(far[1])} edges out of narrow waters nearby")
    out = _foremost(nodes, out, coast)
    far.append(_far(nodes, vectors, out, wide, coast))
    tell(f"{len(far[2])} edges out of narrow waters from {len(out)} nodes")
    return np.unique(np.sort(np.concatenate([near_edges, *far]), axis=1), axis=0)


def _looking_out(nodes: Nodes, coast: Coast) -> Ints:
    """Return the finer nodes that see far in some direction."""
    rows = np.flatnonzero(nodes.level > 0)
    turn = np.linspace(0.0, 2.0 * np.pi, _RAYS, endpoint=False)
    place = np.repeat(nodes.lonlat[rows], _RAYS, axis=0)
    squeeze = np.maximum(np.cos(np.radians(place[:, 1])), 0.05)
    way = np.column_stack(
        [np.tile(np.sin(turn), len(rows)) / squeeze, np.tile(np.cos(turn), len(rows))]
    )
    free, _ = coast.clearance.trace(
        place, place + way * (_OUT_KM / KM_PER_DEGREE), _OUT_BERTH_KM, _OUT_SLOPE
    )
    found: Ints = rows[free.reshape(-1, _RAYS).any(axis=1)]
    return found


def _foremost(nodes: Nodes, rows: Ints, coast: Coast) -> Ints:
    """Return of nodes close together the one farthest from land."""
    rows = rows[~np.isnan(nodes.corners.before[rows, 0])]
    lon, lat = nodes.lonlat[rows].T
    km, _ = coast.clearance.at(lon, lat)
    rows = rows[np.argsort(-km, kind="stable")]
    cell = np.floor(nodes.lonlat[rows] / _MOUTH).astype(np.int64)
    _, first = np.unique(cell, axis=0, return_index=True)
    return np.sort(rows[first])


def _outward(nodes: Nodes, vectors: Floats, rows: Ints, coast: Coast) -> Edges:
    """Join nodes of narrow waters with what they see of the wide ones around.

    The line need not graze the land where it leaves: a port may lie anywhere behind.
    """
    found = []
    for level, (reach_km, nearest) in enumerate(_OUTWARD):
        others = np.flatnonzero(nodes.level == level)
        tree = cKDTree(vectors[others])
        finer = rows[nodes.level[rows] > level]
        near = cKDTree(vectors[finer]).query_ball_tree(tree, reach_km / MEAN_RADIUS_KM)
        count = np.array([len(row) for row in near])
        heads = others[np.concatenate([row for row in near if row]).astype(np.int64)]
        pairs = np.column_stack([np.repeat(finer, count), heads])
        a, b = pairs.T
        chord = np.sqrt(((vectors[a] - vectors[b]) ** 2).sum(axis=1)) * MEAN_RADIUS_KM
        kept = grazes(nodes, b, a, vectors[a], chord)
        found.append(_clear(nodes, pairs[kept], coast))
        chord, first = (np.asarray(x).ravel() for x in tree.query(vectors[finer], k=nearest))
        pairs = np.column_stack([np.repeat(finer, nearest), others[first]])
        found.append(_free(nodes, pairs[chord * MEAN_RADIUS_KM < reach_km], coast))
    return np.concatenate(found)


def _far(nodes: Nodes, vectors: Floats, rows: Ints, others: Ints, coast: Coast) -> Edges:
    return np.concatenate(
        [
            _clear(nodes, _grazing(nodes, vectors, pairs), coast)
            for pairs in _blocks(vectors, rows, others)
        ]
    )


def _blocks(vectors: Floats, rows: Ints, others: Ints) -> Iterator[Edges]:
    for first in range(0, len(rows), 400):
        some = rows[first : first + 400]
        dot = vectors[some] @ vectors[others].T
        i, j = np.nonzero(dot > np.cos(_LONGEST_KM / MEAN_RADIUS_KM))
        yield np.column_stack([some[i], others[j]])


# -- canals, and what is cut off ---------------------------------------------------------------


def _with_ways(nodes: Nodes, edges: Edges, coast: Coast, sources: Path) -> tuple[Nodes, Edges]:
    """Add canals and straits that 1:10m land closes: their own legs may cross land."""
    vectors = unit_vectors(nodes.lonlat)
    tree = cKDTree(vectors)
    wide = np.flatnonzero(nodes.level == 0)
    places, pairs = [], [edges]
    number = len(nodes.lonlat)
    known: dict[tuple[float, float], int] = {}
    for row in read_csv(sources / "sea_ways.csv"):
        line = _points(row["line"])
        ids = []
        for lon, lat in line:
            if (lon, lat) not in known:
                known[lon, lat] = number
                places.append((lon, lat))
                number += 1
            ids.append(known[lon, lat])
        pairs.append(np.column_stack([ids[:-1], ids[1:]]))
        for end in (0, -1):
            if coast.on_land(line[[end]])[0]:
                continue
            near = np.array(
                tree.query_ball_point(unit_vectors(line[[end]])[0], 80.0 / MEAN_RADIUS_KM),
                dtype=np.int64,
            )
            near = np.union1d(near, wide)
            here = np.repeat(line[[end]], len(near), axis=0)
            seen = near[coast.clear(here, nodes.lonlat[near])]
            pairs.append(np.column_stack([np.full(len(seen), ids[end]), seen]))
    joined = Corners.joined([nodes.corners, Corners.without_coast(np.array(places))])
    level = np.concatenate([nodes.level, np.full(len(places), len(LEVELS) - 1)])
    return Nodes(joined, level), np.vstack(pairs)


def _mended(nodes: Nodes, edges: Edges, coast: Coast) -> tuple[Nodes, Edges]:
    """Join basins that no grazing line joins, and keep the ocean and other large seas."""
    lonlat, count = nodes.lonlat, len(nodes.lonlat)
    vectors = unit_vectors(lonlat)
    for _ in range(4):
        label, size = _components(edges, count)
        main = label == size.argmax()
        rest = np.flatnonzero(~main)
        found = []
        for pool, k, km, large in (
            (np.flatnonzero(main), 24, 60.0, 1),
            (np.flatnonzero(main & (nodes.level == 0)), 40, 600.0, 20),
        ):
            tree = cKDTree(vectors[pool])
            chord, near = (np.asarray(x).ravel() for x in tree.query(vectors[rest], k=k))
            pairs = np.column_stack([np.repeat(rest, k), pool[near]])
            pairs = pairs[chord * MEAN_RADIUS_KM < km]
            pairs = pairs[size[label[pairs[:, 0]]] >= large]
            found.append(pairs[coast.clear(lonlat[pairs[:, 0]], lonlat[pairs[:, 1]])])
        pairs = np.concatenate(found)
        if not len(pairs):
            break
        length = distance_km(lonlat[pairs[:, 0]], lonlat[pairs[:, 1]])
        pairs = pairs[np.lexsort((length, pairs[:, 0]))]
        rank = np.arange(len(pairs)) - np.searchsorted(pairs[:, 0], pairs[:, 0])
        edges = np.vstack([edges, pairs[rank < 3]])
    edges = np.unique(np.sort(edges, axis=1), axis=0)
    label, size = _components(edges, count)
    used = np.flatnonzero(size[label] >= _SMALLEST)
    number = np.full(count, -1)
    number[used] = np.arange(len(used))
    edges = number[edges]
    kept = Nodes(nodes.corners.take(used), nodes.level[used])
    return kept, edges[(edges >= 0).all(axis=1)]


def _components(edges: Edges, count: int) -> tuple[Ints, Ints]:
    graph = csr_matrix((np.ones(len(edges)), tuple(edges.T)), shape=(count, count))
    label = connected_components(graph, directed=False)[1].astype(np.int64)
    return label, np.bincount(label)


# -- what stays --------------------------------------------------------------------------------


def _core(
    lonlat: Floats,
    edges: Edges,
    km: Floats,
    bits: npt.NDArray[np.uint64],
    passages: tuple[Passage, ...],
) -> tuple[Bools, Ints]:
    """Return the core, and the rows of the edges that shortest ways from a sample take."""
    count = len(lonlat)
    target = (lonlat[:, 1] > -56.0) & (lonlat[:, 1] < 75.0)
    rng = np.random.default_rng(_SEED)
    sources = _spread(lonlat, np.flatnonzero(target), rng)
    usual = sum(1 << i for i, passage in enumerate(passages) if passage.usually_closed)
    others = [i for i, passage in enumerate(passages) if not passage.usually_closed]
    uses = np.zeros(count, dtype=int)
    taken = np.zeros(len(edges), dtype=bool)
    code = np.minimum(*edges.T) * count + np.maximum(*edges.T)
    order = np.argsort(code)
    graph = csr_matrix((count, count))
    for n, source in enumerate(sources):
        if n % 20 == 0:
            barred = _barred(n // 20, usual, others, rng)
            open_ = np.flatnonzero((bits & np.uint64(barred)) == 0)
            both = np.vstack([edges[open_], edges[open_, ::-1]])
            graph = csr_matrix((np.tile(km[open_], 2), tuple(both.T)), shape=(count, count))
        found, steps = dijkstra(graph, indices=np.array([source]), return_predecessors=True)
        from_source, before = found[0], steps[0].astype(np.int64)
        inside = np.flatnonzero(before >= 0)
        codes = np.minimum(inside, before[inside]) * count + np.maximum(inside, before[inside])
        taken[order[np.searchsorted(code, codes, sorter=order)]] = True
        farthest = _farthest(from_source, before, target)
        uses += (from_source > REACH_KM) & (farthest - from_source > REACH_KM)
    return uses >= 2, np.flatnonzero(taken)


def _barred(turn: int, usual: int, others: list[int], rng: np.random.Generator) -> int:
    """Return which passages are closed: half the time what usually is, else more or fewer."""
    if turn % 2 == 0:
        return usual
    if turn % 8 == 7:
        return 0
    few = rng.choice(others, int(rng.integers(2, 12)), replace=False)
    return usual | sum(1 << int(i) for i in few)


def _spread(lonlat: Floats, rows: Ints, rng: np.random.Generator) -> Ints:
    """Return a sample of nodes, evenly over the world's coasts."""
    rows = rng.permutation(rows)
    for size in (0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 4.0):
        squeeze = np.cos(np.radians(lonlat[rows, 1]))
        row = np.floor(lonlat[rows, 1] / size)
        cell = row * 1000 + np.floor(lonlat[rows, 0] * squeeze / size)
        first = np.unique(cell, return_index=True)[1]
        if len(first) <= _SAMPLE:
            break
    chosen: Ints = rng.permutation(rows[first])
    return chosen


def _farthest(km: Floats, before: Ints, target: Bools) -> Floats:
    """Return, per node of a tree of ways, the km to the farthest target that it leads to."""
    farthest = np.where(target & np.isfinite(km), km, -np.inf).tolist()
    parent = before.tolist()
    for node in np.argsort(-np.where(np.isfinite(km), km, -1.0), kind="stable").tolist():
        up = parent[node]
        if up >= 0 and farthest[node] > farthest[up]:
            farthest[up] = farthest[node]
    return np.array(farthest)


def _packed(
    rings: list[Floats],
    raster: dict[str, npt.NDArray[Any]],
    nodes: Nodes,
    core: Bools,
    edges: Edges,
    km: Floats,
    bits: npt.NDArray[np.uint64],
    passages: tuple[Passage, ...],
) -> dict[str, Any]:
    order = np.lexsort((edges[:, 1], edges[:, 0]))
    edges, km, bits = edges[order], km[order], bits[order]
    crossing = np.flatnonzero(bits)
    gates = [(i, line) for i, passage in enumerate(passages) for line in passage.gate]
    corner = np.hstack([nodes.corners.before, nodes.corners.after])
    fine = raster["fine"].reshape(len(raster["fine"]), -1)
    return {
        "shore": _steps(np.concatenate(rings)),
        "shore_rings": np.array([len(ring) for ring in rings], dtype=np.int32),
        "clear_block": raster["block"],
        "clear_far": raster["far"],
        # differences pack better
        "clear_fine": np.diff(fine, axis=1, prepend=0).astype(np.uint8),
        "node": _steps(nodes.lonlat),
        "level": nodes.level.astype(np.int8),
        "levels": np.array([(v.offing, v.detail_out, v.berth) for v in LEVELS]),
        "corner": np.round(np.nan_to_num(corner) * 127).astype(np.int8),
        "core": core,
        "edge_count": np.bincount(edges[:, 0], minlength=len(core)).astype(np.int32),
        "edge_to": edges[:, 1].astype(np.int32),
        "edge_km": km.astype(np.float32),
        "crossing": crossing.astype(np.int32),
        "crossing_passages": bits[crossing],
        "reach_km": np.float64(REACH_KM),
        "gate": np.concatenate([line for _, line in gates]),
        "gate_points": np.array([len(line) for _, line in gates], dtype=np.int32),
        "gate_passage": np.array([i for i, _ in gates], dtype=np.int32),
        "passage_id": np.array([passage.id for passage in passages]),
        "passage_name": np.array([passage.name for passage in passages]),
        "passage_closed": np.array([passage.usually_closed for passage in passages]),
        "passage_closed_to": np.array([" ".join(sorted(p.closed_to)) for p in passages]),
    }


def _steps(lonlat: Floats) -> npt.NDArray[np.int32]:
    return np.round(lonlat / DEGREES).astype(np.int32)


def _points(text: str) -> Floats:
    return np.array(text.split(), dtype=float).reshape(-1, 2)
