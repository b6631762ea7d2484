"""The labels of a map: names that matter, crowds, lengths of lines, and names of countries."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from gisapp.model.features import Floats
from gisapp.model.vocabulary import MINERALS
from gisapp.render.country_names import country_names
from gisapp.render.fonts import font_files
from gisapp.render.labels import MOST_LABELS, Placed, Wanted, place_labels
from gisapp.render.layer_labels import layer_labels
from gisapp.render.map_flows import FlowLeg
from gisapp.render.map_frame import MapFrame
from gisapp.render.map_lengths import flow_labels, length_labels
from gisapp.render.page_sizes import POINTS_PER_PIXEL
from gisapp.render.picture import Picture, Show
from gisapp.render.scene import Box, Item, Line, Mark, Words, ink
from gisapp.render.symbology import palette, ring_size

_MOST_LABELS: Final = 8
_FEWEST_LABELS: Final = 5
_MORE_LABELS: Final = 30  # where names are asked for but not how many
_AREA_OF_LABEL: Final = 24_000.0  # points² of map for each label: a label is read, not hunted
_AREA_OF_FEW: Final = 9_000.0  # the same where a map is too small for the fewest of a page
_LONGEST_LABEL: Final = 26  # characters
_MOST_LENGTHS: Final = {Show.AUTO: 5, Show.YES: 60, Show.NO: 0}
_SIZE: Final = 9.5
#: So many names and more are set smaller, and smaller still.
_SMALLER: Final = ((25, 0.88), (80, 0.76), (200, 0.66))
_COUNTRY_SIZE: Final = 7.4
_BRACKETS: Final = re.compile(r"\s*\(([^)]*)\)")
#: Last words of a name that its symbol says already.
_SAID_BY_SYMBOL: Final = frozenset(
    [
        *("mine", "project", "plant", "refinery", "smelter", "separation", "deposit", "magnets"),
        *("base", "hydroxide", "carbonate", "and", "&"),
    ]
)


@dataclass(frozen=True, eq=False)
class MapLabels:
    """The labels of a map as items, and what is to be said of them."""

    items: tuple[Item, ...]
    notices: tuple[str, ...] = ()


def map_labels(
    where: MapFrame,
    picture: Picture,
    marks: Sequence[Mark],
    crowds: Sequence[Wanted],
    *,
    legs: Sequence[FlowLeg] = (),
    countries: Sequence[tuple[str, Any]] = (),
    taken: Sequence[Box] = (),
) -> MapLabels:
    """Return the labels that find a place, the most important first.

    Those moved by hand, the picture's own names, crowds, lengths of lines, the names that layers
    ask for and, on the map of a region, countries. A label covers no symbol and no other label.

    Parameters
    ----------
    legs
        The bundled flows, whose tonnes are written beside them.
    countries
        Names and areas in page points.
    taken
        Boxes on the page that no label may cover.
    """
    elements, scale, fonts = where.spec.elements, where.scale, font_files(where.spec.look)
    names = elements.labels is not Show.NO
    most = _most(where)
    size = _SIZE * scale * min((k for count, k in _SMALLER if most > count), default=1.0)
    solid = _discs([m for m in marks if m.symbol.opacity == 1.0])
    faint = np.concatenate(
        [_discs([m for m in marks if m.symbol.opacity < 1.0]), *map(_along, legs)]
    )
    placed: list[Placed] = []
    keep_off = list(taken)

    def place(wanted: Sequence[Wanted], count: int) -> list[Placed]:
        found = list(
            place_labels(
                wanted,
                where.box,
                marks=solid,
                faint=faint,
                taken=keep_off,
                most=max(count, 0),
                fonts=fonts,
            )
        )
        placed.extend(found)
        keep_off.extend(each.box for each in found)
        return found

    if names:
        found = [*_names(where, picture, marks, size, most)]
        place(_nudged(where, _with_crowds(found, crowds, picture, size)), most)
    flows = flow_labels(where, legs, size * 0.85)
    measured = flows or length_labels(where, picture.connections, size * 0.85)
    place(_nudged(where, measured), _MOST_LENGTHS[elements.lengths])
    asked = list(_asked_for(where, picture, marks)) if names else []
    place(_nudged(where, [label for label, _ in asked]), MOST_LABELS - len(placed))
    bare = {label.text for label, halo in asked if not halo}
    items = [
        item for each in placed for item in _drawn(each, where, halo=each.wanted.text not in bare)
    ]
    clamped = [each.wanted.text for each in placed if each.clamped]
    if names and where.is_region:
        quiet = place(
            country_names(countries, _COUNTRY_SIZE * scale, fonts), MOST_LABELS - len(placed)
        )
        items = [_country(each, where) for each in quiet] + items
    return MapLabels(
        tuple(items),
        tuple(f'The label "{text}" was moved back onto the map.' for text in clamped),
    )


def _most(where: MapFrame) -> int:
    """Return how many names the map takes at most."""
    asked = where.spec.max_labels
    if asked is not None:
        return min(max(asked, 0), MOST_LABELS)
    if where.spec.elements.labels is Show.YES:
        return _MORE_LABELS
    area = where.box.w * where.box.h / where.scale**2
    fewest = min(area / _AREA_OF_FEW, _FEWEST_LABELS)
    return int(np.clip(area / _AREA_OF_LABEL, max(fewest, 1.0), _MOST_LABELS))


def _names(
    where: MapFrame, picture: Picture, marks: Sequence[Mark], size: float, most: int
) -> list[Wanted]:
    """Return the picture's own names, and those of the largest symbols where more fit."""
    scale = where.scale
    wanted: dict[str, Wanted] = {}
    if picture.labels:
        at = where.to_page(where.projection.points(np.array([x.lonlat for x in picture.labels])))
        for label, (x, y), shown in zip(picture.labels, at.tolist(), where.shows(at), strict=True):
            text = short_name(label.text)
            if shown and text:  # a mine and the plant beside it have one name
                clearance = _clearance(marks, x, y, scale)
                wanted.setdefault(text, Wanted(text, x, y, size, clearance, leader=True))
    more_asked = most > _MOST_LABELS
    if more_asked or (where.is_region and len(wanted) < _FEWEST_LABELS):
        count = 2 * most if more_asked else _MOST_LABELS  # in a crowd not all find a place
        largest = _largest(marks, wanted, size, scale)[:count]
        wanted |= {label.text: label for label in largest}
    return list(wanted.values())


def _with_crowds(
    names: Sequence[Wanted], crowds: Sequence[Wanted], picture: Picture, size: float
) -> list[Wanted]:
    """Return names with the counted crowds after those of the picture, which say no name twice."""
    known = {label.text for label in names}
    own = {short_name(label.text) for label in picture.labels}
    counted = [
        replace(crowd, size=size * 0.9, leader=True)
        for crowd in crowds
        if crowd.text.split("\u00a0")[0] not in known
    ]
    first = [label for label in names if label.text in own]
    return [*first, *counted, *(label for label in names if label.text not in own)]


def _nudged(where: MapFrame, wanted: Sequence[Wanted]) -> list[Wanted]:
    """Return these labels, pinned where they were moved by hand."""
    moved = {nudge.text: (nudge.dx, nudge.dy) for nudge in where.spec.nudges}
    return [
        replace(label, pinned=moved[label.text]) if label.text in moved else label
        for label in wanted
    ]


def _along(leg: FlowLeg) -> Floats:
    """Return discs along a flow, shape (n, 3): a name stands rather beside than on it."""
    if leg.width < 1.5:
        return np.empty((0, 3))
    return np.column_stack([leg.path, np.full(len(leg.path), leg.width / 2.0)])


def _asked_for(
    where: MapFrame, picture: Picture, marks: Sequence[Mark]
) -> Iterator[tuple[Wanted, bool]]:
    """Yield the names that layers ask for, uppermost layer first, and whether each has a halo."""
    scale = where.scale * POINTS_PER_PIXEL
    for drawn in reversed(picture.layers):
        labels = layer_labels(drawn)
        if not labels or where.zoom < labels[0].style.min_zoom:
            continue
        at = where.to_page(where.projection.points(np.array([x.lonlat for x in labels])))
        points = "Point" in drawn.layer.features.geometry_type
        for label, (x, y), shown in zip(labels, at.tolist(), where.shows(at), strict=True):
            if shown:
                # the name of an area or a line stands in its middle
                away = _clearance(marks, x, y, scale) if points else 0.0
                size = label.style.size * scale
                yield Wanted(label.text, x, y, size, away, middle=not points), label.style.halo


def _drawn(placed: Placed, where: MapFrame, *, halo: bool = True) -> list[Item]:
    colors = palette(where.spec.look)
    text, box = placed.wanted.text, placed.box
    words = Words(
        text,
        "Labels",
        box.x,
        box.y,
        (text,),
        placed.wanted.size,
        ink(colors, "text"),
        halo=ink(colors, "halo") if halo else None,
        alt=text,
        anchor=(placed.wanted.x, placed.wanted.y),
    )
    if placed.leader is None:
        return [words]
    return [
        Line(f"{text} (leader)", "Labels", (placed.leader,), ink(colors, "muted"), 0.5, alt=""),
        words,
    ]


def _country(placed: Placed, where: MapFrame) -> Item:
    """Return the name of a country: quiet, for it only says where one is."""
    colors = palette(where.spec.look)
    text, box = placed.wanted.text, placed.box
    return Words(
        f"{text} (country)",
        "Country names",
        box.x,
        box.y,
        (text,),
        placed.wanted.size,
        ink(colors, "muted"),
        alt=text,
    )


def _largest(
    marks: Sequence[Mark], named: Collection[str], size: float, scale: float
) -> list[Wanted]:
    """Return the largest symbols of a frame that holds few of the picture's own names."""
    asked = [m for m in marks if m.symbol.opacity == 1.0]
    found: dict[str, Wanted] = {}
    asked.reverse()  # of one size those that work come first: they lie on top
    for mark in sorted(asked, key=lambda each: -each.symbol.size):
        text = short_name(mark.name)
        if text and text not in named:
            clearance = mark.symbol.size / 2 + 3.0 * scale
            found.setdefault(text, Wanted(text, mark.x, mark.y, size, clearance, leader=True))
    return list(found.values())


def short_name(text: str) -> str:
    """Return a name short enough for a map, "" if it is none: a cut name would be a false one.

    What stands in brackets goes, and last words that the symbol says already ("mine"); of a long
    name the brackets alone stay, which hold its place.
    """
    words = _BRACKETS.sub("", text).split() or text.split()
    while len(words) > 1:
        last = words[-1].lower()
        # "Green Lithium" keeps its mineral
        if last not in _SAID_BY_SYMBOL and not (len(words) > 2 and last in MINERALS):
            break
        words.pop()
    inside = _BRACKETS.search(text)
    for short in (" ".join(words), inside.group(1).strip() if inside else ""):
        if len(short) <= _LONGEST_LABEL:
            return short
    return ""


def _discs(marks: Sequence[Mark]) -> Floats:
    """Return x, y and radius of symbols, shape (n, 3)."""
    rows = [
        (m.x, m.y, (ring_size(m.symbol) if m.symbol.ring != "none" else m.symbol.size) / 2.0)
        for m in marks
    ]
    return np.array(rows).reshape(-1, 3)


def _clearance(marks: Sequence[Mark], x: float, y: float, scale: float) -> float:
    """Return how far a label must stay from its point: as far as the symbol there reaches."""
    near = [m.symbol.size / 2 for m in marks if abs(m.x - x) < 3.0 and abs(m.y - y) < 3.0]
    return max(near, default=2.0) + 3.0 * scale
