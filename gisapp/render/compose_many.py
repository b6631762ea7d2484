"""Small multiples: several pictures as maps of one size, projection and scale on one page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from math import isnan
from typing import Final

import numpy as np

from gisapp.model.feedback import Feedback
from gisapp.model.layer import Layer
from gisapp.render.arranging import has_legend, has_strip, in_scale, outer_page
from gisapp.render.chart import axis_end, stands_out, value_text
from gisapp.render.drawn import drawn_rows, top_weight
from gisapp.render.flow_scale import busiest
from gisapp.render.fonts import FontFiles, font_notice, shorten, width_of
from gisapp.render.furniture import (
    block_words,
)
from gisapp.render.layout import CellText, Layout, MapCell, WantedMany, place_many
from gisapp.render.legend import LegendEntry, legend_entries
from gisapp.render.map_frame import MapFrame, filled_extent
from gisapp.render.map_items import map_items
from gisapp.render.page_scene import page_scene
from gisapp.render.page_words import alt_text
from gisapp.render.picture import (
    Bar,
    BarChart,
    DrawnLayer,
    FrameSpec,
    Picture,
    Shading,
    Show,
    Theme,
)
from gisapp.render.projected_frame import frame_of
from gisapp.render.projection import projection_for
from gisapp.render.scene import Area, Block, Box, Item, Scene, Words, ink, ink_of
from gisapp.render.symbology import bar_color, palette, shading_area

#: Points: a map this wide at scale 1 has room for names.
_NAMED: Final = 300.0
_FEW_NAMES: Final = 4
_GROUP: Final = "Map titles"
_BARS: Final = "Map bars"


def compose_many(
    whole: Picture,
    pictures: Sequence[Picture],
    frame: FrameSpec,
    *,
    page: int | None = None,
    jurisdictions: Layer | None = None,
    feedback: Feedback | None = None,
) -> Scene:
    """Return the page that shows pictures side by side, each under its title.

    They share projection, frame, scale of sizes and of flows, legend, scale bar and sources. Under
    each map stands a bar where its picture has a chart: the alliance's, else the first.

    Parameters
    ----------
    whole
        Title, subtitle, caption, sources, notes and day of the page; its layers are not drawn.
    page, jurisdictions
        As of `compose`.
    """
    feedback = feedback or Feedback()
    theme = frame.look
    layout, maps, pictures = _arranged(whole, pictures, frame, page)
    items: list[Item] = []
    notices: list[str] = [*_not_here(frame), font_notice(theme)]
    end = max((axis_end(each.chart) for each in pictures if each.chart), default=1.0)
    for number, (cell, where, picture) in enumerate(zip(layout.cells, maps, pictures, strict=True)):
        begun, ended = (done / len(pictures) for done in (number, number + 1))
        within = feedback.part(begun, ended, f"Map {number + 1} of {len(pictures)}")
        drawn = map_items(where, picture, jurisdictions=jurisdictions, feedback=within)
        notices += drawn.notices
        name = picture.title or f"Map {number + 1}"
        items += [replace(each, group=f"{name}: {each.group}") for each in _one_land(drawn.items)]
        items += _words(cell, theme, name)
        if cell.bar is not None and picture.chart is not None and picture.chart.bars:
            items += _bar_items(picture.chart, end, cell.bar, theme, layout)
    titles = ", ".join(picture.title for picture in pictures if picture.title)
    return page_scene(
        whole,
        frame,
        layout,
        maps[0],
        items,
        alt=f"{alt_text(replace(whole, layers=()))} {len(pictures)} maps: {titles}.",
        notices=(*layout.notices, *notices),
    )


def _arranged(
    whole: Picture, pictures: Sequence[Picture], frame: FrameSpec, page: int | None
) -> tuple[Layout, list[MapFrame], list[Picture]]:
    """Return the layout, the map of each picture, and the pictures without what is too small."""
    projection = projection_for(frame.projection, bounds=frame.bounds, center_lon=frame.center_lon)
    extent = frame_of(projection, frame.bounds)
    charted = frame.elements.chart is not Show.NO
    shown = [each if charted else replace(each, chart=None) for each in pictures]
    lines = {each.subtitle for each in shown}
    if len(lines) == 1:  # what every map says the page says once
        shown = [replace(each, subtitle="") for each in shown]
        said = [part for part in (whole.subtitle, *lines) if part]
        if said:
            once = said[:1] if said[-1] in said[0] else said
            whole = replace(whole, subtitle=" · ".join(once))
    outer = outer_page(whole, frame, page)
    same_unit, entries = _legend(shown, frame)
    wanted = WantedMany(
        tuple(CellText(each.title, each.subtitle, each.chart is not None) for each in shown),
        (extent[2] - extent[0]) / (extent[3] - extent[1]),
        frame.bounds is not None,
        entries if has_legend(frame) else (),
        whole.chart if charted else None,
        frame.caption or whole.caption,
        has_strip(frame),
    )
    layout = place_many(outer, wanted)
    spec = _spec(frame, layout)
    tops = [top_weight(each.layers) for each in shown]
    flows = [top for each in shown if not isnan(top := busiest(each.connections))]
    maps = [
        MapFrame(
            projection,
            cell.map_box,
            filled_extent(extent, cell.map_box),
            layout.map_scale,
            spec,
            max(tops) if same_unit else None,
            max(flows, default=None),
        )
        for cell in layout.cells
    ]
    return layout, maps, [in_scale(each, maps[0].zoom) for each in shown]


def _spec(frame: FrameSpec, layout: Layout) -> FrameSpec:
    """Return the frame of each map: a small one has few names, and none if it is very small."""
    elements = frame.elements
    wide = layout.cells[0].map_box.w / layout.scale
    few = frame.max_labels if frame.max_labels is not None else _FEW_NAMES
    if elements.labels is Show.AUTO and wide < _NAMED:
        few, elements = 0, replace(elements, labels=Show.NO)
    if elements.lengths is Show.AUTO:
        elements = replace(elements, lengths=Show.NO)
    return replace(frame, elements=elements, max_labels=few)


def _not_here(frame: FrameSpec) -> list[str]:
    """Return what was asked for and has no place beside several maps, in sentences."""
    elements = frame.elements
    wanted = {
        "locator": elements.locator is Show.YES,
        "north arrow": elements.north_arrow is Show.YES,
        "table": elements.table is Show.YES,
        "inset maps": bool(frame.insets),
    }
    names = [name for name, asked in wanted.items() if asked]
    if not names:
        return []
    return [f"A page of several maps has no {' and no '.join(names)}."]


def _legend(pictures: Sequence[Picture], frame: FrameSpec) -> tuple[bool, tuple[LegendEntry, ...]]:
    """Return whether sizes can be compared between the maps, and the legend of all of them."""
    drawn = [d for picture in pictures for d in picture.layers]
    units = {d.weight_unit for d in drawn if d.weights is not None and not d.faded}
    same = len(units) <= 1
    layers = _joined(drawn, sized=same)
    shading = {s.title: s for picture in pictures for s in picture.shading}
    one_each = len(shading) > 1 and all(len(picture.shading) <= 1 for picture in pictures)
    shown = (Shading("its alliance", frozenset()),) if one_each else tuple(shading.values())
    connections = [link for picture in pictures for link in picture.connections]
    all_of_them = replace(
        pictures[0],
        layers=layers,
        shading=shown,
        connections=tuple(connections),
    )
    entries = [replace(e, count=None) for e in legend_entries(all_of_them, frame.look)]
    if one_each:
        entries = _one_alliance_each(entries, shading.values(), frame.look)
    return same, tuple(entries)


def _one_alliance_each(
    entries: Iterable[LegendEntry], shading: Iterable[Shading], theme: Theme
) -> list[LegendEntry]:
    """Return a legend of maps that each shade another alliance: all look alike, none is named."""
    kinds = sorted({each.proposed for each in shading})
    members = [
        LegendEntry(
            f"area:{number}",
            "Members, as proposed" if proposed else "Members",
            "alliance",
            area=shading_area(theme, 0, proposed=proposed),
        )
        for number, proposed in enumerate(kinds)
    ]
    kept = list(entries)
    at = next(i for i, entry in enumerate(kept) if entry.group == "alliance")
    rest = [entry for entry in kept[at:] if entry.group != "alliance"]
    return [*kept[:at], *members, *rest]


def _joined(drawn: Iterable[DrawnLayer], *, sized: bool) -> tuple[DrawnLayer, ...]:
    """Return each layer once with all rows that any map shows, and their weights."""
    found: dict[str, DrawnLayer] = {}
    for each in drawn:
        known = found.get(each.layer.id)
        if known is None:
            found[each.layer.id] = each if sized else replace(each, weights=None)
            continue
        rows = np.union1d(drawn_rows(known), drawn_rows(each))
        weights = None
        if sized and (known.weights is not None or each.weights is not None):
            weights = np.full(len(rows), np.nan)
            for part in (known, each):
                if part.weights is not None and not part.faded:
                    weights[np.searchsorted(rows, drawn_rows(part))] = part.weights
        found[each.layer.id] = replace(
            known,
            rows=rows,
            weights=weights,
            weight_unit=known.weight_unit or each.weight_unit,
            faded=known.faded and each.faded,
            opacity=max(known.opacity, each.opacity),
        )
    return tuple(found.values())


def _one_land(items: Iterable[Item]) -> list[Item]:
    """Return the items with all countries as one shape: a small map is no set of countries."""
    kept: list[Item] = []
    at = -1
    parts: list[Area] = []
    for item in items:
        if isinstance(item, Area) and item.group == "Countries":
            at = len(kept) if at < 0 else at
            parts.append(item)
        else:
            kept.append(item)
    if parts:
        joined = tuple(part for area in parts for part in area.parts)
        kept.insert(at, replace(parts[0], name="Land", parts=joined, alt="Land"))
    return kept


def _words(cell: MapCell, theme: Theme, name: str) -> list[Item]:
    items: list[Item] = []
    if cell.title is not None:
        items.append(block_words(cell.title, theme, f"Title: {name}", _GROUP))
    if cell.line is not None:
        items.append(block_words(cell.line, theme, f"Line: {name}", _GROUP))
    return items


def _bar_items(chart: BarChart, end: float, box: Box, theme: Theme, layout: Layout) -> list[Item]:
    """Return the bar of a map: its name and value over a thin bar on a track as wide as the map."""
    colors, scale, fonts = palette(theme), layout.scale, layout.fonts
    bar = next((each for each in chart.bars if stands_out(chart, each)), chart.bars[0])
    size = max(8.5 * scale, 5.0)
    thick = 4.0 * scale
    top = box.bottom - thick
    value = value_text(bar, chart.unit)
    y = top - size * 1.2
    track = Box(box.x, top, box.w, thick)
    sure = replace(track, w=track.w * min(bar.low / end, 1.0))
    unsure = replace(track, x=sure.right, w=track.w * min(bar.high / end, 1.0) - sure.w)
    color = ink_of(colors, bar_color(theme, bar.kind))
    return [
        *_bar_words(bar, value, Box(box.x, y, box.w, size), theme, fonts),
        Block(f"{bar.label} track", _BARS, track, ink(colors, "rule", 0.6)),
        Block(bar.label, _BARS, sure, color, alt=f"{bar.label}: {value}"),
        *(
            [Block(f"{bar.label}, upper bound", _BARS, unsure, replace(color, alpha=0.45))]
            if unsure.w > 0.05
            else []
        ),
    ]


def _bar_words(bar: Bar, value: str, at: Box, theme: Theme, fonts: FontFiles) -> list[Words]:
    colors, size = palette(theme), at.h
    room = at.w - width_of(value, size, bold=True, fonts=fonts) - size
    name = shorten(bar.label, max(room, 0.0), size, fonts=fonts)
    shown = [
        Words(f"{bar.label} value", _BARS, at.right, at.y, (value,), size, ink(colors, "text"),
              bold=True, align="right", purpose="chart"),
    ]  # fmt: skip
    if len(name) > 1:
        shown.append(
            Words(f"{bar.label} label", _BARS, at.x, at.y, (name,), size, ink(colors, "muted"),
                  purpose="chart")
        )  # fmt: skip
    return shown
