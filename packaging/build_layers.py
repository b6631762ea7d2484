"""Build `layers/` from `packaging/sources/`, or only check the sources.

    python packaging/build_layers.py            check, then write layers/
    python packaging/build_layers.py --check    check alone

Exit 1 with one line a fault where the sources do not hold what they must.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from layers_build import assemble, checks, geography
from layers_build.sources import Tables

HERE = Path(__file__).resolve().parent


def main(arguments: list[str] | None = None) -> int:
    """Run the build; returns the exit code."""
    parser = argparse.ArgumentParser(description="Build the data layers that ship.")
    parser.add_argument("--check", action="store_true", help="check the sources, write nothing")
    parser.add_argument("--sources", type=Path, default=HERE / "sources")
    parser.add_argument("--out", type=Path, default=HERE.parent / "layers")
    options = parser.parse_args(arguments)
    tables = Tables.read(options.sources / "facts")
    world = geography.read(options.sources)
    faults = checks.check(tables, world)
    for found in faults:
        print(found, file=sys.stderr)
    if faults:
        return 1
    rows = sum(len(table) for table in tables.rows.values())
    print(f"{rows} rows of {len(tables.rows)} tables hold what they must")
    if not options.check:
        entries = assemble.build(tables, world, options.sources, options.out)
        for entry in entries:
            size = (options.out / entry.file).stat().st_size
            print(f"{entry.id:24} {entry.rows:6} rows {size / 1e6:8.2f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
