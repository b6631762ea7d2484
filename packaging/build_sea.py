"""Build the graph of the seas into `layers/`: some ten minutes, so apart from the other layers.

python packaging/build_sea.py [--out layers]
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np
from layers_build import assemble, geography, seagraph, writing

HERE = Path(__file__).resolve().parent


def main(arguments: list[str] | None = None) -> int:
    """Run the build; returns the exit code."""
    parser = argparse.ArgumentParser(description="Build the graph of the seas.")
    parser.add_argument("--sources", type=Path, default=HERE / "sources")
    parser.add_argument("--out", type=Path, default=HERE.parent / "layers")
    options = parser.parse_args(arguments)
    world = geography.read(options.sources)
    arrays = seagraph.build(world.land, options.sources)
    path = options.out / assemble.SEA_NETWORK.file
    np.savez_compressed(path, **arrays)
    writing.replace_in_manifest(
        options.out, writing.sealed(options.out, assemble.SEA_NETWORK, len(arrays["edge"]))
    )
    print(f"{path.stat().st_size / 1e6:.1f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
