"""Which places of the flows are worth a name on the map."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from gisapp.model.features import Floats
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
