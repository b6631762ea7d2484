"""What tells how a map is to be measured: scale bar, north arrow, name of the projection."""

from __future__ import annotations

from typing import Final

import numpy as np

from gisapp.model.numbers import whole
from gisapp.render.fonts import LINE_HEIGHT, OURS, FontFiles, shorten, width_of
from gisapp.render.map_frame import MapFrame
from gisapp.render.picture import Theme
from gisapp.render.projection import bounds_center
from gisapp.render.scene import Area, Box, Item, Line, Words, ink
from gisapp.render.symbology import palette

GROUP: Final = "Scale bar"
_NORTH: Final = "North arrow"
_SIZE: Final = 8.0
#: Part of the strip's width that a scale bar takes at most, and its length where there is room.
_SHARE: Final = 0.3
_LONGEST: Final = 130.0


def scale_position(where: MapFrame) -> tuple[float, float]:
    """Return lon, lat in degrees at which a map's scale bar is true: the middle of the frame."""
    if where.spec.bounds is None:
        lat = 20.0 if not where.projection.is_disc else where.projection.center_lat
        return where.projection.center_lon, float(np.clip(lat, -80.0, 80.0))
    lon, lat = bounds_center(where.spec.bounds)
    return lon, float(np.clip(round(lat), -85, 85))


def scale_items(
    where: MapFrame,
    strip: Box,
    theme: Theme,
    *,
    scale: float,
    bar: bool = True,
    north: float | None = None,
    projection: bool = True,
    fonts: FontFiles = OURS,
) -> list[Item]:
    """Return what stands in the strip under a map, within its width.

    The scale bar is true at `scale_position`, which is said beside it.

    Parameters
    ----------
    scale
        Size of type against that of a 16:9 slide.
    north
        Degrees clockwise from straight up to the north; None for no arrow.
    projection
        Whether its name is said, where there is room.
    """
    size = max(_SIZE * scale, 5.0)
    right = strip.right
    items: list[Item] = []
    if north is not None:
        arrow = _arrow(strip, north, theme, size)
        items += arrow
        right -= strip.h + 6.0 * scale
    left = strip.x
    if bar:
        beside = Box(strip.x, strip.y, right - strip.x, strip.h)
        made = _bar(where, beside, theme, scale, fonts=fonts)
        items += made
        left = made[-1].x + width_of(made[-1].text, size, fonts=fonts)
    if projection:
        room = right - left - 12.0 * scale
        name = f"{where.projection.kind.title} projection"
        shown = shorten(name, max(room, 0.0), size, fonts=fonts)
        if shown == name:
            y = strip.y + strip.h * 0.62 - size * LINE_HEIGHT * 0.6
            muted = ink(palette(theme), "muted")
            items.append(
                Words("Projection", GROUP, right, y, (name,), size, muted, align="right",
                      purpose="scale")
            )  # fmt: skip
    return items


def _bar(
    where: MapFrame, strip: Box, theme: Theme, scale: float, *, fonts: FontFiles
) -> tuple[Line, Words]:
    """Return the bar and its words."""
    size = max(_SIZE * scale, 5.0)
    lon, lat = scale_position(where)
    points_per_km = where.points_per_meter / where.projection.km_per_meter(lat, lon)
    muted = ink(palette(theme), "muted")
    side = "N" if lat >= 0 else "S"
    wide, label, left = 0.0, "", strip.x
    # as long as leaves room for its words: a small map says the length alone
    for share, where_true in ((_SHARE, True), (_SHARE, False), (0.5 * _SHARE, False)):
        km = nice_below(min(share * strip.w, _LONGEST * scale) / points_per_km)
        wide = km * points_per_km
        length = whole(km) if km >= 1 else f"{km:g}"
        label = f"{length}\u00a0km" + (f" at {abs(lat):.0f}°\u00a0{side}" if where_true else "")
        left = strip.x + wide + 6.0 * scale
        if left + width_of(label, size, fonts=fonts) <= strip.right + 0.01:
            break
    middle, tick = strip.y + strip.h * 0.62, 2.4 * scale
    corners = [(strip.x, middle - tick), (strip.x, middle)]
    corners += [(strip.x + wide, middle), (strip.x + wide, middle - tick)]
    y = middle - size * LINE_HEIGHT * 0.6
    return (
        Line("Scale bar", GROUP, (np.array(corners),), muted, 0.9 * min(scale, 1.2), alt=label),
        Words("Scale", GROUP, left, y, (label,), size, muted, purpose="scale"),
    )


def _arrow(strip: Box, north: float, theme: Theme, size: float) -> list[Item]:
    """Return an arrow to the north in a square at the right end of the strip, N at its tip."""
    dark = ink(palette(theme), "text")
    radius = strip.h / 2.0
    middle = np.array([strip.right - radius, strip.y + 1.15 * radius])
    up = np.array([np.sin(np.radians(north)), -np.cos(np.radians(north))])
    across = np.array([-up[1], up[0]])
    tip, tail = middle + 0.3 * radius * up, middle - 0.85 * radius * up
    notch = middle - 0.5 * radius * up
    ring = np.array([tip, tail + 0.42 * radius * across, notch, tail - 0.42 * radius * across])
    alt = "North is straight up" if abs(north) < 0.5 else f"North is {north:.0f}° clockwise of up"
    small = size * 0.9
    place = middle + 0.6 * radius * up
    high = small * LINE_HEIGHT
    return [
        Area("North arrow", _NORTH, ((ring,),), dark, alt=alt),
        Words("N", _NORTH, float(place[0]), float(place[1]) - high / 2.0, ("N",), small, dark,
              bold=True, align="center", purpose="scale"),
    ]  # fmt: skip


def nice_below(value: float) -> float:
    """Return the largest of 1, 2, 5 times a power of ten that is at most the value."""
    magnitude = 10.0 ** np.floor(np.log10(value))
    return float(max(step for step in (1, 2, 5) if step * magnitude <= value) * magnitude)
