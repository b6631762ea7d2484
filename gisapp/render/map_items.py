"""Everything inside a map's box: the main map, an inset, a locator and each small multiple."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gisapp.model.feedback import Feedback
from gisapp.model.layer import Layer
from gisapp.render.coast import countries_for
from gisapp.render.graticule import degree_items
from gisapp.render.map_areas import ground, own_area_items, shading_items
from gisapp.render.map_density import density_items
from gisapp.render.map_flows import flow_items, flow_legs, is_bundled
from gisapp.render.map_frame import MapFrame
from gisapp.render.map_labels import map_labels
from gisapp.render.map_marks import connection_items, fanned, mark_items, path_items
from gisapp.render.picture import Picture
from gisapp.render.scene import Box, Item


@dataclass(frozen=True, eq=False)
class MapItems:
    """What stands inside a map, back to front, and what had to be left out, in sentences."""

    items: tuple[Item, ...]
    notices: tuple[str, ...] = ()


def map_items(
    where: MapFrame,
    picture: Picture,
    *,
    jurisdictions: Layer | None = None,
    taken: Sequence[Box] = (),
    feedback: Feedback | None = None,
) -> MapItems:
    """Return the map of a picture: water, land, alliances, lines, symbols, names.

    Parameters
    ----------
    jurisdictions
        Countries as areas with columns `iso` and `name`; None takes those that ship, as fine as
        the scale asks for.
    taken
        Places on the page that no name may cover: insets, locator, north arrow.
    """
    feedback = feedback or Feedback()
    if jurisdictions is None:
        jurisdictions = countries_for(where.points_per_meter)
    under = ground(where, jurisdictions, feedback.part(0.0, 0.6))
    items: list[Item] = [*under.items, *shading_items(where, picture, under.countries), *under.over]
    feedback.check(0.6, "Placing symbols")
    lines = [item for drawn in picture.layers for item in path_items(where, drawn)]
    alone, legs = picture.connections, []
    if is_bundled(where, picture):
        legs = flow_legs(where, picture.connections, land=under.land, feedback=feedback)
        alone = tuple(link for link in alone if not link.tonnes > 0.0)
    links = [*connection_items(where, alone), *flow_items(where, legs)]
    symbols, hidden = mark_items(where, picture)
    marks, crowds = fanned(symbols)
    gathered = density_items(where, picture)
    items += [*own_area_items(where, picture), *lines, *links, *gathered, *marks]
    feedback.check(0.7, "Placing labels")
    degrees, kept_free = degree_items(where)
    labels = map_labels(
        where,
        picture,
        marks,
        crowds,
        legs=legs,
        countries=[(name, area) for _, name, area in under.countries],
        taken=[*taken, *kept_free],
    )
    return MapItems((*items, *degrees, *labels.items), (*labels.notices, *hidden))
