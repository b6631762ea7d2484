"""Build the ways between the shipped places into `layers/`: run after the networks changed.

    python packaging/build_ways.py [--anew] [--out layers]

The first question along routes need then search for nothing. Ways by land are taken from the file
where its networks and costs are still the same, unless all is to be made anew; so it takes half a
minute or two and a half, longer beside other work. The same networks, ports, costs and facilities
give the same bytes.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from layers_build.writing import Entry, replace_in_manifest, sealed, write_arrays

from gisapp.analysis.network import ways
from gisapp.analysis.network.berths import Terms
from gisapp.analysis.network.coefficients import FILE as COSTS
from gisapp.analysis.network.coefficients import Coefficients
from gisapp.analysis.network.journey import Measure, Travel
from gisapp.analysis.network.router import NOTHING, Router
from gisapp.analysis.network.seaside import sea_content
from gisapp.data.shipped import load_layer
from gisapp.model.features import Floats
from gisapp.model.feedback import Feedback
from gisapp.model.places import layers_dir

HERE = Path(__file__).resolve().parent

WAYS: Final = Entry(
    "ways",
    ways.FILE,
    "",
    None,
    "Ways between the shipped facilities and ports: answers of both networks for all measures",
    "Worked out by gisapp from land_network.npz and sea_network.npz; see these",
    "ODbL 1.0 (OpenStreetMap contributors)",
    "2024",
    0,
)
FACILITIES: Final = ("deposits", "refineries", "magnet_plants")
#: Passages that are most often asked about: the ways without each of them ship too.
STRAITS: Final = (
    "malacca",
    "hormuz",
    "bab-el-mandeb",
    "cape-good-hope",
    "taiwan-strait",
    "south-china-sea",
    "gibraltar",
    "dover",
)
#: Bits of the fraction that are kept: road and rail to 1 in 30,000, assumed km to 1 in 4,000.
LAND_BITS: Final = {0: 15, 1: 15, 4: 12}
#: Sea to 1 in 4,000,000, which is 5 m at most.
SEA_BITS: Final = {0: 22}


def main(arguments: list[str] | None = None) -> int:
    """Run the build; returns the exit code."""
    parser = argparse.ArgumentParser(description="Build the ways between the shipped places.")
    parser.add_argument("--anew", action="store_true", help="ways by land too, always")
    parser.add_argument("--out", type=Path, default=HERE.parent / "layers")
    options = parser.parse_args(arguments)
    with contextlib.suppress(OSError, AttributeError):
        os.nice(10)
    arrays, count = tables(facilities(), () if options.anew else ("land",))
    path = options.out / WAYS.file
    write_arrays(path, arrays)
    replace_in_manifest(options.out, [sealed(options.out, WAYS, count)])
    print(f"{count} ways, {path.stat().st_size / 1e6:.1f} MB")
    return 0


def facilities() -> Floats:
    """Return where the shipped facilities stand, degrees (n, 2), each place once."""
    lonlat = np.concatenate([load_layer(name).features.lonlat for name in FACILITIES])
    return np.unique(lonlat[np.isfinite(lonlat).all(axis=1)], axis=0)


def tables(places: Floats, taken: tuple[str, ...]) -> tuple[ways.Arrays, int]:
    """Return the file's arrays for some places, degrees (n, 2), and how many ways they hold.

    Parameters
    ----------
    taken
        The networks whose tables are taken from the file that is there.
    """
    told = Feedback()
    costs = Coefficients.load(layers_dir() / COSTS)
    terms = {m: Terms(costs.rates(m), Travel.ANY, NOTHING) for m in Measure}
    planner = Router.load(layers_dir(), shipped=taken).planner
    land = {m: planner.kept.name("land", planner.land_content(of)) for m, of in terms.items()}
    old = ways.Shipped(layers_dir() / ways.FILE, taken)
    ready = {m: old.arrays(name) for m, name in land.items()}
    if not all(a and np.array_equal(a["places"], places) for a in ready.values()):
        ready = {}
        planner = Router.load(layers_dir(), shipped=()).planner
    arrays: ways.Arrays = {}

    def add(name: str, packed: ways.Arrays) -> None:
        arrays.update({f"{name}/{part}": array for part, array in packed.items()})

    berths = [planner.ports.lonlat[planner.ports.main]]
    fixed = len(berths[0])
    for measure, of in terms.items():
        reached, _ = planner.sides(places, of, told)
        berths.append(np.array([berth.lonlat for berth in reached]).reshape(-1, 2))
        if ready:
            add(land[measure], ready[measure])
            continue
        asked, figures = planner.land_table(of).content
        _leave_out(figures, len(asked), planner.in_hinterland(asked, of, told))
        add(land[measure], ways.packed(asked, fixed, figures, LAND_BITS))
    afloat = np.unique(np.concatenate(berths), axis=0)
    canals = planner.by_sea.shut(costs.rates(Measure.USD), NOTHING)
    for shut in (*canals, *(frozenset({strait}) for strait in STRAITS)):
        table = planner.by_sea.table(shut, frozenset())
        table.between(afloat, afloat, told)
        asked, figures = table.content
        name = planner.kept.name("sea", sea_content(shut))
        add(name, ways.packed(asked, 0, figures, SEA_BITS))
    given = (array for name, array in arrays.items() if name.endswith("/given"))
    return arrays, sum(int(np.unpackbits(array).sum()) for array in given)


def _leave_out(figures: npt.NDArray[Any], count: int, near: npt.NDArray[np.bool_]) -> None:
    """Take ways to ports that goods do not go to out of rows of a table; `near` is (n, f)."""
    fixed = near.shape[1]
    rows = np.arange(count)
    first = rows * fixed + rows * (rows + 1) // 2
    row, port = np.nonzero(~near)
    figures[:, first[row] + port] = 0.0
    figures[0, first[row] + port] = np.inf


if __name__ == "__main__":
    sys.exit(main())
