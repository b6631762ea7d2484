"""Build the network of the seas into `layers/`: some minutes, so apart from the other layers.

    python packaging/build_sea.py [--out layers]

The same sources give the same bytes.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Final

from layers_build import geography, seagraph
from layers_build.sources import read_csv
from layers_build.writing import Entry, replace_in_manifest, sealed, write_arrays

HERE = Path(__file__).resolve().parent

NETWORK: Final = Entry(
    "sea_network",
    "sea_network.npz",
    "",
    None,
    "Network of the seas: capes and the lines of sight between them",
    "Natural Earth 5.1.1 land, 1:10m; passages, banks and canals drawn for gisapp from the "
    "publications named in packaging/sources",
    "Public domain (Natural Earth)",
    "2022-05",
    0,
)
PAIRS: Final = Entry(
    "pub151_pairs",
    "pub151_pairs.csv",
    "",
    None,
    "Published distances between ports, to check those of the network",
    "National Geospatial-Intelligence Agency, Pub. 151 Distances Between Ports, 11th edition 2001",
    "US Government work",
    "2001",
    0,
)


def main(arguments: list[str] | None = None) -> int:
    """Run the build; returns the exit code."""
    parser = argparse.ArgumentParser(description="Build the network of the seas.")
    parser.add_argument("--sources", type=Path, default=HERE / "sources")
    parser.add_argument("--out", type=Path, default=HERE.parent / "layers")
    options = parser.parse_args(arguments)
    world = geography.read(options.sources)
    arrays = seagraph.build(world.land, options.sources)
    path = options.out / NETWORK.file
    write_arrays(path, arrays)
    pairs = options.out / PAIRS.file
    pairs.write_bytes((options.sources / PAIRS.file).read_bytes())
    replace_in_manifest(
        options.out,
        [
            sealed(options.out, NETWORK, len(arrays["edge_to"])),
            sealed(options.out, PAIRS, len(read_csv(pairs))),
        ],
    )
    print(f"{path.stat().st_size / 1e6:.1f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
