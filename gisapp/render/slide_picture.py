"""Layers of very many shapes as one picture each: a slide is quick to edit, a file small."""

from __future__ import annotations

import io
import zlib
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np
import PIL.Image

from gisapp.model.feedback import Feedback
from gisapp.model.numbers import whole
from gisapp.render.chart import GROUP as CHART_GROUP
from gisapp.render.furniture import LEGEND
from gisapp.render.paint import scene_image
from gisapp.render.picture import Heavy
from gisapp.render.scene import Area, Block, Box, Image, Item, Line, Mark, Scene, Words
from gisapp.render.svg import svg_of
from gisapp.render.symbology import ring_size
from gisapp.render.table import GROUP as TABLE_GROUP

#: More shapes or corners than these in one layer are a picture, unless the user wants shapes.
MOST_SHAPES: Final = 3_000
MOST_CORNERS: Final = 200_000
ON_A_SLIDE: Final = (MOST_SHAPES, MOST_CORNERS)
#: The same for vector files, which nobody edits shape by shape: some 6 MB as SVG.
IN_A_FILE: Final = (20_000, 600_000)
#: An SVG that packs to more bytes is slower to draw than its PNG: that alone is taken.
_LARGEST_SVG: Final = 1_500_000
_MOST_DRAWN: Final = 20_000  # shapes; of more no SVG is made to see how large it would be
_MOST_PIXELS: Final = 4_000.0
_NEVER: Final = ("Background", "Title", "Footer", "Scale bar", LEGEND, CHART_GROUP, TABLE_GROUP)


def lightened(
    scene: Scene,
    feedback: Feedback | None = None,
    *,
    most: tuple[int, int] = ON_A_SLIDE,
) -> tuple[Scene, tuple[str, ...]]:
    """Return a scene whose heavy layers are pictures, and a sentence about each.

    Which layers those are is told by their numbers of shapes and corners, or by the frame: none,
    or on a slide all layers of the map.

    Parameters
    ----------
    most
        Shapes and corners that a layer may have: `ON_A_SLIDE` or `IN_A_FILE`.
    """
    on_a_slide = most is ON_A_SLIDE
    wish = scene.spec.heavy if on_a_slide or scene.spec.heavy is Heavy.SHAPES else Heavy.AUTO
    if wish is Heavy.SHAPES:
        return scene, ()
    groups: dict[str, list[Item]] = {}
    for item in scene.items:
        groups.setdefault(item.group, []).append(item)
    chosen = {
        name: items
        for name, items in groups.items()
        if name not in _NEVER
        and not any(isinstance(item, Words | Image) for item in items)
        and (wish is Heavy.PICTURE or _is_heavy(items, most))
    }
    if not chosen:
        return scene, ()
    kept: list[Item] = []
    for item in scene.items:
        if item.group not in chosen:
            kept.append(item)
        elif item is chosen[item.group][0]:
            group = chosen[item.group]
            draw = _picture if on_a_slide and len(group) <= _MOST_DRAWN else _pixels
            kept.append(draw(scene, item.group, group, feedback))
    thing = "slide" if on_a_slide else "page"
    notices = tuple(
        f'Layer "{name}" ({whole(len(items))} shapes) is a picture on the {thing}.'
        for name, items in chosen.items()
        if wish is Heavy.AUTO
    )
    return replace(scene, items=tuple(kept)), notices


def _is_heavy(items: Sequence[Item], most: tuple[int, int]) -> bool:
    if len(items) > most[0]:
        return True
    corners = 0
    for item in items:
        if isinstance(item, Area):
            corners += sum(len(ring) for part in item.parts for ring in part)
        elif isinstance(item, Line):
            corners += sum(len(path) for path in item.parts)
    return corners > most[1]


def _picture(scene: Scene, group: str, items: Sequence[Item], feedback: Feedback | None) -> Image:
    """Return items as one picture that stands exactly where they stood."""
    boxes = np.array([_around(item) for item in items])
    left, top = np.floor(np.maximum(boxes[:, :2].min(axis=0), 0.0))
    right, bottom = np.ceil(np.minimum(boxes[:, 2:].max(axis=0), (scene.width, scene.height)))
    box = Box(float(left), float(top), float(right - left), float(bottom - top))
    moved = [_moved(item, -box.x, -box.y) for item in items]
    part = replace(scene, width=box.w, height=box.h, items=tuple(moved), title=group, alt="")
    scale = min(scene.spec.dpi / 72.0, _MOST_PIXELS / max(box.w, box.h))
    pixels = io.BytesIO()
    drawn = scene_image(part, scale, moved, feedback=feedback)
    PIL.Image.fromarray(drawn).save(pixels, "PNG")
    png = pixels.getvalue()
    svg = svg_of(part, moved, feedback=feedback).encode()
    alt = _alt(group, items)
    if len(zlib.compress(svg, 6)) > _LARGEST_SVG:
        return Image(group, group, box, png, alt=alt)
    return Image(group, group, box, svg, png, alt)


def _pixels(scene: Scene, group: str, items: Sequence[Item], feedback: Feedback | None) -> Image:
    """Return items as one picture without a drawing beside it, cut to what shows anything."""
    scale = min(scene.spec.dpi / 72.0, _MOST_PIXELS / max(scene.width, scene.height))
    rgba = scene_image(scene, scale, items, feedback=feedback)
    down, across = (np.flatnonzero(rgba[..., 3].any(axis=axis)) for axis in (1, 0))
    top, bottom = (int(down[0]), int(down[-1]) + 1) if len(down) else (0, 1)
    left, right = (int(across[0]), int(across[-1]) + 1) if len(across) else (0, 1)
    high, wide = scene.height / rgba.shape[0], scene.width / rgba.shape[1]
    box = Box(left * wide, top * high, (right - left) * wide, (bottom - top) * high)
    pixels = io.BytesIO()
    PIL.Image.fromarray(rgba[top:bottom, left:right]).save(pixels, "PNG")
    return Image(group, group, box, pixels.getvalue(), alt=_alt(group, items))


def _alt(group: str, items: Sequence[Item]) -> str:
    return f"{group}: {whole(len(items))} shapes, as a picture"


def _around(item: Item) -> tuple[float, float, float, float]:
    """Return what an item covers, with its lines: left, top, right, bottom."""
    if isinstance(item, Mark):
        reach = max(ring_size(item.symbol), item.symbol.size * 1.5) + 2.0 * item.symbol.halo_width
        half = (reach + item.symbol.stroke_width) / 2.0
        return item.x - half, item.y - half, item.x + half, item.y + half
    if isinstance(item, Block | Image):
        box = item.box
        return box.x, box.y, box.right, box.bottom
    if isinstance(item, Words):
        raise TypeError("words are never part of a picture")
    parts = item.parts if isinstance(item, Line) else [ring for part in item.parts for ring in part]
    points = np.concatenate(parts)
    margin = item.width + (item.arrow[3] if isinstance(item, Line) and item.arrow else 0.0)
    (x0, y0), (x1, y1) = points.min(axis=0) - margin, points.max(axis=0) + margin
    return float(x0), float(y0), float(x1), float(y1)


def _moved(item: Item, dx: float, dy: float) -> Item:
    by = np.array([dx, dy])
    if isinstance(item, Area):
        parts = tuple(tuple(ring + by for ring in part) for part in item.parts)
        return replace(item, parts=parts)
    if isinstance(item, Line):
        arrow = item.arrow and (item.arrow[0] + dx, item.arrow[1] + dy, *item.arrow[2:])
        return replace(item, parts=tuple(path + by for path in item.parts), arrow=arrow)
    if isinstance(item, Mark | Words):
        return replace(item, x=item.x + dx, y=item.y + dy)
    box = item.box
    return replace(item, box=Box(box.x + dx, box.y + dy, box.w, box.h))
