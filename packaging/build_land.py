"""Build the network of roads and railways into `layers/`, apart from the other layers.

    pip install scgraph-data==2.0.0
    python packaging/build_land.py [--source FOLDER] [--out layers]

Only this script needs the package, and only as text. It takes two minutes; the same sources give
the same bytes.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Final

from layers_build import land_network, land_raster, land_source
from layers_build.sources import read_csv
from layers_build.writing import Entry, replace_in_manifest, sealed, write_arrays

from gisapp.analysis.jurisdiction import JurisdictionIndex
from gisapp.data.shipped import load_layer

HERE = Path(__file__).resolve().parent

NETWORK: Final = Entry(
    "land_network",
    "land_network.npz",
    "",
    None,
    "Network of roads and railways: main lines of the world with their gaps closed",
    "OpenStreetMap contributors, simplified in scgraph-data 2.0.0 (MIT) and here; land and "
    "borders from Natural Earth 5.1.1, 1:10m",
    "ODbL 1.0 (OpenStreetMap contributors)",
    "2024",
    0,
)


def main(arguments: list[str] | None = None) -> int:
    """Run the build; returns the exit code."""
    parser = argparse.ArgumentParser(description="Build the network of roads and railways.")
    parser.add_argument("--source", type=Path, help="the folder of the package scgraph_data")
    parser.add_argument("--sources", type=Path, default=HERE / "sources")
    parser.add_argument("--out", type=Path, default=HERE.parent / "layers")
    options = parser.parse_args(arguments)
    source = options.source or land_source.package_folder()
    jurisdictions = load_layer("jurisdictions")
    countries = JurisdictionIndex(jurisdictions)
    columns = jurisdictions.features.columns
    african = frozenset(str(code) for code in columns["iso"][columns["continent"] == "Africa"])
    links = land_network.read_links(read_csv(options.sources / "land_links.csv"))
    borders = read_csv(options.sources / "closed_borders.csv")
    closed = frozenset((row["one"], row["other"]) for row in borders)
    road = land_network.prepare(
        land_source.read(source / "world_highways.py"),
        countries,
        land_network.ROAD_REACH,
        [link for link in links if link.mode == "road"],
        closed,
        land_network.road_factor(african),
    )
    rail = land_network.prepare(
        land_source.read(source / "world_railways.py"),
        countries,
        land_network.RAIL_REACH,
        [link for link in links if link.mode == "rail"],
        closed,
        land_network.unchanged,
    )
    arrays = land_network.assemble(road, rail)
    land, lakes = (load_layer(layer_id).features.geometry for layer_id in ("land", "lakes"))
    arrays["land"] = land_raster.rasterise(land, lakes)
    arrays["countries"] = land_raster.countries(
        jurisdictions.features.geometry, columns["iso"], arrays["codes"]
    )
    path = options.out / NETWORK.file
    write_arrays(path, arrays, level=6)
    replace_in_manifest(options.out, [sealed(options.out, NETWORK, len(arrays["km"]))])
    size = path.stat().st_size / 1e6
    print(f"{len(arrays['lonlat'])} nodes, {len(arrays['km'])} edges, {size:.1f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
