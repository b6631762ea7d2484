"""Roads and railways of the world from scgraph-data, read as text.

The package keeps each network as a Python module of two literals; importing one takes 12 to 20
seconds and needs scgraph, reading it as text takes two.
"""

from __future__ import annotations

import importlib.util
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from gisapp.model.features import Floats
from gisapp.model.geodesy import distance_km

Index = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

_NEIGHBOUR: Final = re.compile(r"(\d+): ([\d.e-]+)")


@dataclass(frozen=True)
class Net:
    """An undirected network of one mode.

    Parameters
    ----------
    lonlat
        Nodes in degrees, shape (n, 2).
    start, end
        Nodes of the edges, start < end, no pair twice, shape (m,).
    km
        Lengths of the edges, shape (m,).
    assumed
        Edges that the source does not hold, shape (m,).
    """

    lonlat: Floats
    start: Index
    end: Index
    km: Floats
    assumed: Flags


def package_folder() -> Path:
    """Return where scgraph-data is installed; raises `ModuleNotFoundError` if it is not."""
    spec = importlib.util.find_spec("scgraph_data")
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError("scgraph-data is not installed: pip install scgraph-data==2.0.0")
    return Path(spec.submodule_search_locations[0])


def read(path: Path) -> Net:
    """Read one network module; self-loops go, lengths are at least the geodesic."""
    lines = path.read_text(encoding="utf-8").splitlines()
    graph = next(line for line in lines if line.startswith("graph="))
    nodes = next(line for line in lines if line.startswith("nodes="))
    lonlat = np.array(json.loads(nodes.removeprefix("nodes=")), dtype=np.float64)[:, ::-1].copy()
    found = [_NEIGHBOUR.findall(row) for row in graph.removeprefix("graph=[{")[:-2].split("}, {")]
    start = np.repeat(np.arange(len(found)), [len(row) for row in found])
    end = np.array([int(node) for row in found for node, _ in row])
    km = np.array([float(length) for row in found for _, length in row])
    return tidy(lonlat, start, end, km, np.zeros(len(km), dtype=np.bool_))


def tidy(lonlat: Floats, start: Index, end: Index, km: Floats, assumed: Flags) -> Net:
    """Return a network of these edges without loops; of several between two nodes the shortest."""
    low, high = np.minimum(start, end), np.maximum(start, end)
    order = np.lexsort((km, high, low))
    order = order[low[order] != high[order]]
    order = order[firsts(low[order], high[order])]
    low, high = low[order], high[order]
    shortest = distance_km(lonlat[low], lonlat[high])
    return Net(lonlat, low, high, np.maximum(km[order], shortest), assumed[order])


def firsts(start: Index, end: Index) -> Flags:
    """Return which of sorted pairs are the first of their like, shape (m,)."""
    first = np.ones(len(start), dtype=np.bool_)
    first[1:] = (start[1:] != start[:-1]) | (end[1:] != end[:-1])
    return first
