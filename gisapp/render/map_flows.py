"""Flows by tonnes on the page: bundled along corridors, side by side by kind, with arrows."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import shapely

from gisapp.model.features import Floats
from gisapp.model.feedback import Feedback
from gisapp.model.numbers import NO_BREAK, rounded
from gisapp.render.bundles import Shore, Stream, bundled
from gisapp.render.flow_scale import busiest, flow_width
from gisapp.render.map_frame import FINE_LINE, MapFrame, page_paths
from gisapp.render.page_sizes import POINTS_PER_PIXEL
from gisapp.render.picture import Connection, Picture, Show
from gisapp.render.scene import Area, Item, Line, arrow_head, ink_of
from gisapp.render.symbology import connection_line, palette

FLOWS: Final = "Flows"
#: Points: flows so close to each other run together.
_REACH: Final = 5.5
#: Points that a bundled way may stand over a coast.
_OFF_LAND: Final = 0.8
_BETWEEN_ARROWS: Final = 85.0
_NAMED: Final = 2
_SHOULDER: Final = 1.9  # points that an arrow stands out of its line on each side


@dataclass(frozen=True, eq=False)
class FlowLeg:
    """A leg of the bundled flows of one kind and direction: its path in page points."""

    path: Floats
    width: float
    tonnes: float
    links: tuple[Connection, ...]

    @property
    def name(self) -> str:
        """What comes along it and how much."""
        starts = list(dict.fromkeys(link.start_name for link in self.links))
        more = f" +{len(starts) - _NAMED}" if len(starts) > _NAMED else ""
        return f"{', '.join(starts[:_NAMED])}{more}: {rounded(self.tonnes)}{NO_BREAK}t/yr"


def is_bundled(where: MapFrame, picture: Picture) -> bool:
    """Return whether the flows of a picture are drawn as corridors."""
    if where.spec.elements.bundles is Show.NO:
        return False
    return any(link.tonnes > 0.0 for link in picture.connections)


def flow_legs(
    where: MapFrame,
    connections: Sequence[Connection],
    *,
    land: Any = None,
    feedback: Feedback | None = None,
) -> list[FlowLeg]:
    """Return the legs of all flows that the map shows, the widest first.

    Parameters
    ----------
    land
        A shapely area in page points that ways at sea keep off; None where it does not count.
    """
    scale = POINTS_PER_PIXEL * (where.legend_of or where).scale
    streams = [
        Stream(path, link.tonnes, number, _loose(where, path, link))
        for number, link in enumerate(connections)
        if link.tonnes > 0.0
        for path in page_paths(where, link.path)
    ]
    top = busiest(connections) if where.top_tonnes is None else where.top_tonnes
    found: list[FlowLeg] = []
    if land is not None:  # simplified, since a bay makes no difference to a way
        land = shapely.simplify(land, 0.5 * _OFF_LAND).buffer(-_OFF_LAND)
    reach = _REACH * where.scale
    for leg in bundled(streams, reach, shore=Shore(land), feedback=feedback):
        lanes: dict[tuple[bool, bool, str], list[Connection]] = defaultdict(list)
        for way, flows in ((True, leg.ahead), (False, leg.back)):
            for number in sorted(flows, key=lambda n: -connections[n].tonnes):
                link = connections[number]
                lanes[way, link.inside, link.kind].append(link)
        sizes = {key: sum(link.tonnes for link in links) for key, links in lanes.items()}
        widths = {key: flow_width(size, top) * scale for key, size in sizes.items()}
        left = -sum(widths.values()) / 2.0
        for key in sorted(lanes):
            path = _beside(leg.path, left + widths[key] / 2.0)
            left += widths[key]
            path = shapely.get_coordinates(shapely.simplify(shapely.LineString(path), FINE_LINE))
            path = path if key[0] else path[::-1]
            found.append(FlowLeg(path, widths[key], sizes[key], tuple(lanes[key])))
    return sorted(found, key=lambda each: -each.width)


def flow_items(where: MapFrame, legs: Sequence[FlowLeg]) -> list[Item]:
    """Return the legs, fine ones below wide ones, then their arrows."""
    colors = palette(where.spec.look)
    items: list[Item] = []
    drawn = list(reversed(legs))
    for leg in drawn:
        link = leg.links[0]
        look = connection_line(where.spec.look, inside=link.inside, share=1.0)
        side = link.kind or ("inside" if link.inside else "outside")
        ends = ", ".join(dict.fromkeys(each.end_name for each in leg.links))
        items.append(
            Line(
                leg.name,
                FLOWS,
                (leg.path,),
                ink_of(colors, look.color),
                leg.width,
                tuple(length * POINTS_PER_PIXEL * where.scale for length in look.dash),
                alt=f"{leg.name}, to {ends}; {side}",
            )
        )
    return [*items, *_arrow_items(where, drawn)]


def arrow_size(width: float, scale: float) -> float:
    """Return the length of an arrow head that stands out of a line of so many points."""
    return (width / 2.0 + _SHOULDER * scale) / 0.42


def _arrow_items(where: MapFrame, legs: Sequence[FlowLeg]) -> Iterable[Item]:
    """Yield the arrows of each kind as one shape, spaced so that none is beside its like."""
    colors = palette(where.spec.look)
    apart = _BETWEEN_ARROWS * where.scale
    heads: dict[tuple[bool, str], list[Floats]] = defaultdict(list)
    taken: list[tuple[float, float, float]] = []
    # the widest leg has the first choice
    for leg in sorted(legs, key=lambda each: (-each.width, len(each.path))):
        line = shapely.LineString(leg.path)
        size = arrow_size(leg.width, where.scale)
        if line.length < 1.8 * size:
            continue
        count = max(int(line.length / apart), 1)
        for number in range(count):
            middle = (number + 0.5) / count * line.length
            tip, tail = line.interpolate(middle + size / 2.0), line.interpolate(middle - size / 2.0)
            angle = math.atan2(tip.y - tail.y, tip.x - tail.x)
            near = (
                math.hypot(x - tip.x, y - tip.y) < 0.6 * apart and math.cos(angle - other) > 0.0
                for x, y, other in taken
            )
            if any(near):
                continue
            taken.append((tip.x, tip.y, angle))
            head = arrow_head((tip.x, tip.y, angle, size))
            heads[leg.links[0].inside, leg.links[0].kind].append(head)
    for (inside, kind), found in heads.items():
        look = connection_line(where.spec.look, inside=inside, share=1.0)
        side = kind or ("inside" if inside else "outside")
        yield Area(
            f"Arrows: {side}",
            FLOWS,
            tuple((head,) for head in found),
            ink_of(colors, look.color),
            alt=f"Which way the flows go: {side}",
        )


def _loose(where: MapFrame, path: Floats, link: Connection) -> tuple[bool, bool]:
    """Return which ends of a piece are where the map is cut and not where the way ends."""
    ends = where.to_page(where.projection.points(link.path[[0, -1]]))
    away = np.hypot(*(path[[0, -1]] - ends).T)
    return bool(not away[0] < 1.0), bool(not away[1] < 1.0)


def _beside(path: Floats, offset: float) -> Floats:
    """Return a path moved to its right by so many points."""
    if abs(offset) < 1e-6:
        return path
    steps = np.diff(path, axis=0)
    length = np.maximum(np.hypot(*steps.T), 1e-9)[:, None]
    normal = np.column_stack([-steps[:, 1], steps[:, 0]]) / length
    at = np.concatenate([normal[:1], (normal[:-1] + normal[1:]) / 2.0, normal[-1:]])
    moved: Floats = path + offset * at / np.maximum(np.hypot(*at.T), 0.5)[:, None]
    return moved
