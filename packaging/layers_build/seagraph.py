"""The graph of the world's seas that `gisapp.analysis.sea` reads.

A shortest way around land bends at convex corners of the coast alone and grazes the land there, so
two corners are joined where the geodesic between them meets no 1:10m land and grazes at both ends.
Of these edges stay the ones that shortest ways between a sample of places take.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import searoute
import shapely
from PIL import Image, ImageDraw
from scipy import ndimage
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components, dijkstra
from scipy.spatial import cKDTree

from gisapp.analysis.coast import CELLS, Bools, Coast, Ints, stretches
from gisapp.analysis.sea import DEGREES
from gisapp.model.features import Floats
from gisapp.model.geodesy import MEAN_RADIUS_KM, distance_km, unit_vectors
from layers_build.geography import Shapes
from layers_build.seanodes import KM_PER_DEGREE, Corners, corners, covered, shrunk, widened
from layers_build.sources import read_csv

Edges = Ints
#: Ships stay north of here: ice.
ICE_SOUTH: Final = -60.0
#: How far apart the ends of an edge are at most.
_LONGEST_KM: Final = 11_000.0
_LONGEST_FINE_KM: Final = 9_000.0
#: Corners stand for curved shores: by so much a bearing may miss a tangent, as a sine.
_SLACK: Final = 0.04
#: And by this many km at the other end, where outlines of different detail meet.
_SLACK_KM: Final = 9.0
#: A node of the core lies on a shortest way farther than this from both its ends.
REACH_KM: Final = 200.0
_SAMPLE: Final = 1200
_SEED: Final = 7


@dataclass(frozen=True)
class Nodes:
    """All nodes, the wide ones first: those see across oceans, the others a strait."""

    corners: Corners
    wide: int
    fine: int

    @property
    def lonlat(self) -> Floats:
        """Positions in degrees."""
        return self.corners.lonlat


def build(land: Shapes, sources: Path, say: Callable[[str], None] = print) -> dict[str, Any]:
    """Return the arrays of the network; takes some ten minutes.

    Parameters
    ----------
    land
        Polygons of 1:10m land in EPSG:4326.
    sources
        The folder with `sea_passages.csv`, `sea_shoals.csv` and `sea_ways.csv`.
    """
    shoals = [_points(row["ring"]) for row in read_csv(sources / "sea_shoals.csv")]
    parts = shapely.get_parts(land)
    # Natural Earth has a speck of land at 0, 0 that does not exist
    parts = parts[~shapely.covers(shapely.box(-0.1, -0.1, 0.1, 0.1), parts)]
    rings = [shapely.get_coordinates(part.exterior) for part in parts]
    rings += [np.vstack([ring, ring[:1]]) for ring in shoals]
    rings.append(shapely.get_coordinates(shapely.box(-180, -90, 180, ICE_SOUTH)))
    deep = deep_land(rings)
    coast = Coast(rings, deep)
    obstacles = np.concatenate([parts, shapely.polygons([shapely.linearrings(r) for r in shoals])])
    nodes, lanes = _nodes(obstacles, coast)
    say(f"{len(nodes.corners)} nodes, {nodes.wide} of them wide")
    edges = np.vstack([
        _wide_edges(nodes, coast),
        _near_edges(nodes, coast),
        lanes[coast.clear(nodes.lonlat[lanes[:, 0]], nodes.lonlat[lanes[:, 1]])],
    ])  # fmt: skip
    say(f"{len(edges)} edges")
    edges = np.vstack([edges, _far_edges(nodes, edges, coast)])
    say(f"{len(edges)} edges with those out of narrow waters")
    nodes, edges = _with_ways(nodes, edges, coast, sources)
    lonlat, edges, used, wide = _mended(nodes, edges, coast)
    say(f"{len(lonlat)} nodes joined by {len(edges)} edges")
    core, edges = _core(lonlat, edges)
    say(f"{core.sum()} nodes in the core, {len(edges)} edges stay")
    corner = np.hstack([nodes.corners.before, nodes.corners.after])[used]
    return _packed(rings, deep, lonlat, corner, core, wide, edges, sources)


def deep_land(rings: list[Floats]) -> Bools:
    """Return the raster of land that `Coast` wants: cells of land two cells off every shore."""
    image = Image.new("1", (360 * CELLS, 180 * CELLS))
    draw = ImageDraw.Draw(image)
    cells = [[tuple(p) for p in np.add(ring, (180.0, 90.0)) * CELLS] for ring in rings]
    for ring in cells:
        draw.polygon(ring, fill=1)
    for ring in cells:
        draw.line(ring, fill=0, width=1)
    land = np.array(image)
    land[:, [0, 1, -1, -2]] = False
    eroded: Bools = ndimage.binary_erosion(land, np.ones((3, 3), dtype=bool), iterations=2)
    return eroded


# -- nodes -------------------------------------------------------------------------------------


def _nodes(land: Shapes, coast: Coast) -> tuple[Nodes, Edges]:
    """Return the nodes, and the pairs that searoute's lanes join."""
    reach = widened(land, 14.0, 1.0)
    south = corners(shrunk(reach, 7.0), 5.0, -57.0, 66.0)
    north = corners(shrunk(widened(land, 30.0, 1.0), 20.0), 8.0, 66.0, 79.0)
    closed = shrunk(reach, 13.2)
    middle = corners(widened(land, 1.5, 0.4), 1.1, -57.0, 72.0)
    middle = middle.take(covered(closed, middle.lonlat))
    at_mouth = ~covered(shrunk(closed, 4.0), middle.lonlat) & (middle.lonlat[:, 1] < 66.0)
    narrow = corners(widened(land, 0.35, 0.1), 0.25, -57.0, 71.0)
    narrow = narrow.take(covered(shrunk(widened(land, 1.5, 0.3), 1.25), narrow.lonlat))
    creek = corners(widened(land, 0.1, 0.02), 0.07, -56.0, 70.0)
    creek = creek.take(covered(shrunk(widened(land, 0.45, 0.05), 0.37), creek.lonlat))
    wide = Corners.joined([south, north, middle.take(at_mouth), _ice_edge()])
    wide = wide.take(~coast.on_land(wide.lonlat))
    off_mouths = _off(middle.take(at_mouth), Corners.joined([south, north]), coast)
    middle = middle.take(~at_mouth)
    middle = middle.take(~coast.on_land(middle.lonlat))
    fine = Corners.joined([narrow, creek])
    fine = fine.take(~coast.on_land(fine.lonlat))
    places, pairs = _lanes()
    tree = cKDTree(unit_vectors(np.vstack([middle.lonlat, fine.lonlat])))
    off = tree.query(unit_vectors(places))[0] * MEAN_RADIUS_KM
    kept = (off < 12.0) & ~coast.on_land(places) & (np.abs(places[:, 1] - 7.5) < 64.5)
    number = np.full(len(places), -1)
    before = len(wide) + len(middle) + len(fine)
    number[kept] = before + np.arange(kept.sum())
    pairs = number[pairs]
    pairs = pairs[(pairs >= 0).all(axis=1) & (pairs[:, 0] != pairs[:, 1])]
    loose = Corners.without_coast(np.vstack([places[kept], off_mouths]))
    joined = Corners.joined([wide, middle, fine, loose])
    return Nodes(joined, len(wide), len(fine)), pairs


def _off(found: Corners, others: Corners, coast: Coast) -> Floats:
    """Return points off corners near the shore, where a way changes to the outline farther out."""
    found = found.take(~coast.on_land(found.lonlat))
    along = found.after - found.before
    along /= np.hypot(along[:, :1], along[:, 1:])
    squeeze = np.cos(np.radians(found.lonlat[:, 1]))
    out = np.column_stack([along[:, 1] / squeeze, -along[:, 0]]) * 7.0 / KM_PER_DEGREE
    points = found.lonlat + out
    afloat = np.flatnonzero(~coast.on_land(points))
    afloat = afloat[coast.clear(found.lonlat[afloat], points[afloat])]
    points = points[afloat]
    first = np.unique(np.round(points / 0.06).astype(np.int64), axis=0, return_index=True)[1]
    points = points[np.sort(first)]
    chord = cKDTree(unit_vectors(others.lonlat)).query(unit_vectors(points))[0]
    points = points[chord * MEAN_RADIUS_KM > 4.0]
    return np.column_stack([(points[:, 0] + 180.0) % 360.0 - 180.0, points[:, 1]])


def _ice_edge() -> Corners:
    """Return corners around the southern ice, land (that is ice) to the left going west."""
    lon = np.arange(-175.0, 180.0, 10.0)
    dip = np.full(len(lon), -0.075)
    return Corners(
        np.column_stack([lon, np.full(len(lon), ICE_SOUTH + 0.4)]),
        np.column_stack([np.ones(len(lon)), dip]),
        np.column_stack([-np.ones(len(lon)), dip]),
    )


def _lanes() -> tuple[Floats, Edges]:
    """Return the vertices of searoute's network and the pairs that it joins."""
    path = Path(searoute.__file__).parent / "data" / "marnet_searoute.geojson"
    lines = shapely.get_parts(shapely.from_geojson(path.read_text(encoding="utf-8")))
    number: dict[tuple[float, float], int] = {}
    pairs = []
    for line in shapely.get_parts(lines):
        row = [number.setdefault((x, y), len(number)) for x, y in shapely.get_coordinates(line)]
        pairs += list(pairwise(row))
    places = np.array(list(number))
    places[:, 0] = (places[:, 0] + 180.0) % 360.0 - 180.0
    return places, np.array(pairs)


# -- edges -------------------------------------------------------------------------------------


def grazes(found: Corners, rows: Ints, to: Floats, slack: npt.ArrayLike) -> Bools:
    """Say at which corners, given by row, a line to a unit vector (n, 3) grazes the land."""
    lon, lat = np.radians(found.lonlat[rows]).T
    east = to[:, 1] * np.cos(lon) - to[:, 0] * np.sin(lon)
    along = to[:, 0] * np.cos(lon) + to[:, 1] * np.sin(lon)
    north = to[:, 2] * np.cos(lat) - np.sin(lat) * along
    length = np.hypot(east, north) + 1e-12
    before, after = found.before[rows], found.after[rows]
    back = (before[:, 0] * north - before[:, 1] * east) / length
    on = (after[:, 0] * north - after[:, 1] * east) / length
    left, right = (back > -slack) & (on > -slack), (back < slack) & (on < slack)  # type: ignore[operator]
    return left | right | np.isnan(back)


def _grazing_pairs(found: Corners, rows: Ints, others: Ints, longest_km: float) -> Iterator[Edges]:
    """Yield pairs of corners between which a line grazes the land at both ends."""
    vectors = unit_vectors(found.lonlat)
    for start in range(0, len(rows), 200):
        some = rows[start : start + 200]
        first, second = np.repeat(some, len(others)), np.tile(others, len(some))
        near = (vectors[some] @ vectors[others].T).ravel() > np.cos(longest_km / MEAN_RADIUS_KM)
        first, second = first[near], second[near]
        good = grazes(found, first, vectors[second], _SLACK)
        first, second = first[good], second[good]
        good = grazes(found, second, vectors[first], _SLACK)
        yield np.column_stack([first[good], second[good]])


def _clear(pairs: Edges, lonlat: Floats, coast: Coast) -> Edges:
    cleared: Edges = pairs[coast.clear(lonlat[pairs[:, 0]], lonlat[pairs[:, 1]])]
    return cleared


def _wide_edges(nodes: Nodes, coast: Coast) -> Edges:
    """Join wide nodes across any distance."""
    rows = np.arange(nodes.wide)
    grazing = _grazing_pairs(nodes.corners, rows, rows, _LONGEST_KM)
    return np.concatenate(
        [_clear(pairs[pairs[:, 0] < pairs[:, 1]], nodes.lonlat, coast) for pairs in grazing]
    )


def _far_edges(nodes: Nodes, edges: Edges, coast: Coast) -> Edges:
    """Join nodes of narrow waters that see out of them to wide ones far away."""
    km = distance_km(nodes.lonlat[edges[:, 0]], nodes.lonlat[edges[:, 1]])
    both = np.vstack([edges, edges[:, ::-1]])
    out = (both[:, 0] >= nodes.wide) & (both[:, 1] < nodes.wide) & (np.tile(km, 2) > 25.0)
    rows = np.unique(both[out, 0])
    lat = nodes.lonlat[rows, 1]
    rows = rows[(lat > -56.0) & (lat < 66.0)]
    found = [
        _clear(pairs, nodes.lonlat, coast)
        for pairs in _grazing_pairs(nodes.corners, rows, np.arange(nodes.wide), _LONGEST_FINE_KM)
    ]
    return np.concatenate(found)


def _near_edges(nodes: Nodes, coast: Coast) -> Edges:
    """Join nodes of narrow waters with all that they see around them."""
    vectors = unit_vectors(nodes.lonlat)
    count = len(vectors)
    last_fine = count - int(np.isnan(nodes.corners.before[:, 0]).sum())
    fine = np.arange(last_fine - nodes.fine, last_fine)
    coarse = np.setdiff1d(np.arange(count), fine)

    def around(rows: Ints, km: float) -> Edges:
        pairs = cKDTree(vectors[rows]).query_pairs(km / MEAN_RADIUS_KM, output_type="ndarray")
        return rows[pairs]

    def kept(pairs: Edges, slack: npt.ArrayLike) -> Edges:
        a, b = pairs.T
        good = grazes(nodes.corners, a, vectors[b], slack)
        good &= grazes(nodes.corners, b, vectors[a], slack)
        return pairs[good]

    close = np.vstack([around(np.arange(count), 15.0), around(coarse, 50.0)])
    close = close[(close >= nodes.wide).any(axis=1)]
    wide = np.arange(nodes.wide)
    between = cKDTree(vectors[wide]).sparse_distance_matrix(
        cKDTree(vectors[nodes.wide :]), 150.0 / MEAN_RADIUS_KM, output_type="coo_matrix"
    )
    out = np.column_stack([between.row, between.col + nodes.wide]).astype(np.int64)
    out = kept(out[between.data > 50.0 / MEAN_RADIUS_KM], 0.3)
    along = around(wide, 250.0)
    km = distance_km(nodes.lonlat[along[:, 0]], nodes.lonlat[along[:, 1]])
    along = kept(along, 0.03 + _SLACK_KM / np.maximum(km, 1.0))
    return _clear(np.unique(np.sort(np.vstack([close, out, along])), axis=0), nodes.lonlat, coast)


# -- canals, and what is cut off ---------------------------------------------------------------


def _with_ways(nodes: Nodes, edges: Edges, coast: Coast, sources: Path) -> tuple[Nodes, Edges]:
    """Add canals and straits that 1:10m land closes: their own legs may cross land."""
    tree = cKDTree(unit_vectors(nodes.lonlat))
    places, pairs = [], [edges]
    number = len(nodes.lonlat)
    for row in read_csv(sources / "sea_ways.csv"):
        line = _points(row["line"])
        ids = number + np.arange(len(line))
        number += len(line)
        places.append(line)
        pairs.append(np.column_stack([ids[:-1], ids[1:]]))
        for end in (0, -1):
            to = unit_vectors(line[[end]])
            near = np.array(tree.query_ball_point(to[0], 80.0 / MEAN_RADIUS_KM), dtype=np.int64)
            wide = np.arange(nodes.wide)
            wide = wide[grazes(nodes.corners, wide, np.repeat(to, len(wide), axis=0), _SLACK)]
            near = np.union1d(near, wide)
            seen = coast.clear(np.repeat(line[[end]], len(near), axis=0), nodes.lonlat[near])
            pairs.append(np.column_stack([np.full(seen.sum(), ids[end]), near[seen]]))
    joined = Corners.joined([nodes.corners, Corners.without_coast(np.concatenate(places))])
    return Nodes(joined, nodes.wide, nodes.fine), np.vstack(pairs)


def _mended(nodes: Nodes, edges: Edges, coast: Coast) -> tuple[Floats, Edges, Ints, Bools]:
    """Join basins that no grazing line joins, and keep what is one with the ocean."""
    lonlat, count = nodes.lonlat, len(nodes.lonlat)
    vectors = unit_vectors(lonlat)
    for _ in range(4):
        label = connected_components(_graph(edges, np.ones(len(edges)), count), directed=False)[1]
        size = np.bincount(label)
        main = label == size.argmax()
        rest = np.flatnonzero(~main)
        found = []
        for pool, k, km, large in (
            (np.flatnonzero(main), 24, 60.0, 1),
            (np.flatnonzero(main[: nodes.wide]), 40, 600.0, 20),
        ):
            chord, near = cKDTree(vectors[pool]).query(vectors[rest], k=k)
            pairs = np.column_stack([np.repeat(rest, k), pool[near.ravel()]])
            pairs = pairs[chord.ravel() * MEAN_RADIUS_KM < km]
            found.append(_clear(pairs[size[label[pairs[:, 0]]] >= large], lonlat, coast))
        pairs = np.concatenate(found)
        if not len(pairs):
            break
        km_ = distance_km(lonlat[pairs[:, 0]], lonlat[pairs[:, 1]])
        pairs = pairs[np.lexsort((km_, pairs[:, 0]))]
        rank = np.arange(len(pairs)) - np.searchsorted(pairs[:, 0], pairs[:, 0])
        edges = np.vstack([edges, pairs[rank < 3]])
    edges = np.unique(np.sort(edges), axis=0)
    used = np.flatnonzero(main)
    number = np.full(count, -1)
    number[used] = np.arange(len(used))
    edges = number[edges]
    return lonlat[used], edges[(edges >= 0).all(axis=1)], used, used < nodes.wide


def _graph(edges: Edges, km: Floats, count: int) -> csr_matrix:
    return csr_matrix((km, (edges[:, 0], edges[:, 1])), shape=(count, count))


# -- what stays --------------------------------------------------------------------------------


def _core(lonlat: Floats, edges: Edges) -> tuple[Bools, Edges]:
    """Return the core, and the edges that shortest ways from a sample of places take."""
    count = len(lonlat)
    km = distance_km(lonlat[edges[:, 0]], lonlat[edges[:, 1]])
    both = np.vstack([edges, edges[:, ::-1]])
    graph = _graph(both, np.tile(km, 2), count)
    places = np.flatnonzero((lonlat[:, 1] > -56.0) & (lonlat[:, 1] < 71.0))
    target = np.zeros(count, dtype=bool)
    target[places] = True
    rng = np.random.default_rng(_SEED)
    uses = np.zeros(count, dtype=int)
    taken = np.empty(0, dtype=np.int64)
    fresh = []
    for n, source in enumerate(np.sort(rng.choice(places, _SAMPLE, replace=False))):
        from_source, before = dijkstra(graph, indices=source, return_predecessors=True)
        before = before.astype(np.int64)
        inside = np.flatnonzero(before >= 0)
        fresh.append(_code(inside, before[inside], count))
        if n % 100 == 99 or n == _SAMPLE - 1:
            taken, fresh = np.unique(np.concatenate([taken, *fresh])), []
        farthest = _farthest(from_source, before, target)
        uses += (from_source > REACH_KM) & (farthest - from_source > REACH_KM)
    return uses >= 2, np.column_stack([taken // count, taken % count])


def _code(a: Ints, b: Ints, count: int) -> Ints:
    codes: Ints = np.minimum(a, b) * count + np.maximum(a, b)
    return codes


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
    deep: Bools,
    lonlat: Floats,
    corner: Floats,
    core: Bools,
    wide: Bools,
    edges: Edges,
    sources: Path,
) -> dict[str, Any]:
    rows = list(csv.DictReader((sources / "sea_passages.csv").open(encoding="utf-8", newline="")))
    gates = [(i, _points(line)) for i, row in enumerate(rows) for line in row["lines"].split("|")]
    # beside 180 degrees a line on the map may stand on either side
    gates += [
        (i, line - [np.sign(line[0, 0]) * 360.0, 0.0])
        for i, line in gates
        if np.abs(line[:, 0]).min() > 150.0
    ]
    whole = _steps(lonlat)
    place = whole * DEGREES
    bits = np.zeros(len(edges), dtype=np.uint64)
    tree = shapely.STRtree([shapely.linestrings(line) for _, line in gates])
    owner = np.array([i for i, _ in gates], dtype=np.uint64)
    for first in range(0, len(edges), 100_000):
        some = edges[first : first + 100_000]
        lines, row = stretches(place[some[:, 0]], place[some[:, 1]])
        hit, gate = tree.query(lines, predicate="intersects")
        np.bitwise_or.at(bits, first + row[hit], np.left_shift(np.uint64(1), owner[gate]))
    return {
        "shore": _steps(np.concatenate(rings)),
        "shore_rings": np.array([len(ring) for ring in rings], dtype=np.int32),
        "deep": np.packbits(deep),
        "node": whole,
        "corner": np.round(np.nan_to_num(corner) * 127).astype(np.int8),
        "core": core,
        "cape": wide,
        "edge": edges.astype(np.int32),
        "edge_km": distance_km(place[edges[:, 0]], place[edges[:, 1]]).astype(np.float32),
        "edge_passages": bits,
        "reach_km": np.float64(REACH_KM),
        "gate": _steps(np.concatenate([line for _, line in gates])),
        "gate_points": np.array([len(line) for _, line in gates], dtype=np.int32),
        "gate_passage": owner.astype(np.int32),
        "passage_id": np.array([row["id"] for row in rows]),
        "passage_name": np.array([row["name"] for row in rows]),
        "passage_closed": np.array([row["usually_closed"] for row in rows]),
    }


def _steps(lonlat: Floats) -> npt.NDArray[np.int32]:
    return np.round(lonlat / DEGREES).astype(np.int32)


def _points(text: str) -> Floats:
    return np.array(text.split(), dtype=float).reshape(-1, 2)
