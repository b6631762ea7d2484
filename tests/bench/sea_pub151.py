"""How far our distances by sea are from published ones.

    python tests/bench/sea_pub151.py PAIRS.csv [WORST]       or GISAPP_PUB151=PAIRS.csv

PAIRS.csv holds pairs of NGA Pub. 151 (US Government, public domain): from, to, lon_from, lat_from,
lon_to, lat_to, published_nm, published_nm_reverse, geodesic_nm. It is no part of this project.
Prints the distribution of the error and, if asked for, the worst pairs of each class. Entries of
the table are a navigator's choice (currents, ice, depth), so no engine reaches 0 %.
"""

from __future__ import annotations

import csv
import os
import sys
import time
from pathlib import Path

import numpy as np

from gisapp.analysis.sea import SeaNetwork
from gisapp.model.feedback import GisappError
from gisapp.model.places import layers_dir

CLASSES = ((1000.0, np.inf), (150.0, 1000.0))


def main(arguments: list[str]) -> int:
    """Measure all pairs; returns the exit code."""
    path = arguments[0] if arguments else os.environ.get("GISAPP_PUB151", "")
    if not path:
        print(__doc__, file=sys.stderr)
        return 2
    worst = int(arguments[1]) if len(arguments) > 1 else 0
    with Path(path).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    start = time.perf_counter()
    sea = SeaNetwork.load(layers_dir() / "sea_network.npz")
    print(f"network opened in {time.perf_counter() - start:.2f} s")
    published, ours, geodesic = (np.full(len(rows), np.nan) for _ in range(3))
    start = time.perf_counter()
    for i, row in enumerate(rows):
        published[i] = (float(row["published_nm"]) + float(row["published_nm_reverse"])) / 2
        geodesic[i] = float(row["geodesic_nm"])
        ends = [(float(row[f"lon_{end}"]), float(row[f"lat_{end}"])) for end in ("from", "to")]
        try:
            ours[i] = sea.route(*ends).nm
        except GisappError as error:
            print(f"{row['from']} - {row['to']}: {error}")
    seconds = time.perf_counter() - start
    print(f"{len(rows)} pairs, {1000 * seconds / len(rows):.1f} ms each (ports for the first time)")
    error = 100 * (ours / published - 1)
    for low, high in CLASSES:
        some = np.flatnonzero((published >= low) & (published < high))
        size = np.nan_to_num(np.abs(error[some]), nan=np.inf)
        print(
            f"{low:.0f} nm and more: n {len(some)}, median {np.median(size):.2f} %, "
            f"p90 {np.percentile(size, 90):.1f} %, p95 {np.percentile(size, 95):.1f} %, "
            f"within 5 % {100 * np.mean(size <= 5):.1f} %, mean {np.nanmean(error[some]):+.2f} %, "
            f"no way {np.isinf(size).sum()}"
        )
        for k in some[np.argsort(-size)[:worst]]:
            names = f"{rows[k]['from']} - {rows[k]['to']}"
            print(f"  {error[k]:+7.1f} %  {published[k]:6.0f} {ours[k]:6.0f}  {names}")
    print(f"shorter than 0.995 of the geodesic: {int(np.sum(ours < 0.995 * geodesic))}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
