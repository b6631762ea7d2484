"""Which places of flows and routes are worth a name on the map."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

import shapely

from gisapp.model.features import Floats
from gisapp.model.layer import Layer
from gisapp.model.rows import Rows
from gisapp.model.vocabulary import Role

if TYPE_CHECKING:  # scipy loads with the first answer, not before
    from gisapp.analysis.flows import FlowResult

#: Flows whose ends are named.
_FLOWS: Final = 5
#: What is taken where it is mined is no flow on a map.
_APART_KM: Final = 100.0


def flow_labels(found: FlowResult) -> Iterator[tuple[str, Floats, Role]]:
    """Yield name, position and role of the ends of the largest flows."""
    to_magnets = found.query.to is Role.MAGNET_PLANT
    start = Role.REFINERY if to_magnets else Role.DEPOSIT
    sites, works = found.network.sites, found.network.works
    far = found.rows[found.rows["km"] >= _APART_KM]
    for row in far.head(_FLOWS).to_dict("records"):
        yield str(row["source_name"]), sites.lonlat[row["source_row"]], start
        yield str(row["plant_name"]), works.lonlat[row["plant_row"]], found.query.to


def route_labels(layer: Layer, rows: Rows) -> Iterator[tuple[str, Floats]]:
    """Yield name and position of the ends of trade routes, those of most routes first."""
    ends = (("origin_name", 0), ("destination_name", -1))
    columns = layer.features.columns
    at: dict[str, Floats] = {}
    count: Counter[str] = Counter()
    for column, end in ends:
        if column not in columns:
            continue
        for row in rows.tolist():
            path = shapely.get_coordinates(layer.features.geometry[row])
            if columns[column][row] and len(path):
                name = str(columns[column][row])
                at.setdefault(name, path[end])
                count[name] += 1
    for name, _ in count.most_common():
        yield name, at[name]
