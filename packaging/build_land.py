"""Build `layers/land_network.npz` from scgraph-data, which only this script needs.

    pip install scgraph-data==2.0.0
    python packaging/build_land.py

Takes two minutes; the same sources give the same bytes.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from layers_build import land_network, land_raster, land_source
from layers_build.sources import read_csv

from gisapp.analysis.jurisdiction import JurisdictionIndex
from gisapp.data.shipped import load_layer

HERE = Path(__file__).resolve().parent


def main(arguments: list[str] | None = None) -> int:
    """Run the build; returns the exit code."""
    parser = argparse.ArgumentParser(description="Build the network of roads and railways.")
    parser.add_argument("--source", type=Path, help="the folder of the package scgraph_data")
    parser.add_argument("--out", type=Path, default=HERE.parent / "layers" / "land_network.npz")
    options = parser.parse_args(arguments)
    source = options.source or land_source.package_folder()
    jurisdictions = load_layer("jurisdictions")
    countries = JurisdictionIndex(jurisdictions)
    given = land_network.read_links(read_csv(HERE / "sources" / "land_links.csv"))
    rows = read_csv(HERE / "sources" / "closed_borders.csv")
    closed = frozenset((row["one"], row["other"]) for row in rows)
    columns = jurisdictions.features.columns
    african = columns["iso"][columns["continent"] == "Africa"]
    road, rail = (
        land_network.prepare(
            land_source.read(source / f"world_{file}.py"),
            countries,
            reach,
            [link for link in given if link.mode == mode],
            closed,
            factor,
        )
        for mode, file, reach, factor in (
            (
                "road",
                "highways",
                land_network.ROAD_REACH,
                land_network.road_factor(frozenset(str(code) for code in african)),
            ),
            ("rail", "railways", land_network.RAIL_REACH, land_network.unchanged),
        )
    )
    shapes = (load_layer(layer_id).features.geometry for layer_id in ("land", "lakes"))
    arrays = land_network.assemble(road, rail, land_raster.rasterise(*shapes))
    land_network.save(options.out, arrays)
    size = options.out.stat().st_size / 1e6
    print(f"{len(arrays['lonlat'])} nodes, {len(arrays['km'])} edges, {size:.1f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
