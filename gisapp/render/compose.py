"""A picture and a frame to a scene: everything that a page shows, placed and projected."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any, Final

import numpy as np
import shapely

from gisapp.model.feedback import Feedback
from gisapp.model.layer import Layer
from gisapp.render.chart import chart_items
from gisapp.render.drawn import drawn_rows
from gisapp.render.furniture import background, legend_items, scale_items, text_items
from gisapp.render.layout import Layout, PageText, place
from gisapp.render.legend import LegendEntry, legend_entries
from gisapp.render.map_frame import MapFrame, filled_extent, page_paths
from gisapp.render.map_items import map_items
from gisapp.render.picture import FrameSpec, Picture
from gisapp.render.projection import Projection, bounds_center, frame_of, projection_for
from gisapp.render.scene import Item, Scene, cleaned, ink, plain
from gisapp.render.symbology import palette

BOUNDARIES: Final = (
    "Boundaries: Natural Earth; they imply no opinion on the legal status of any territory."
)
_MONTHS: Final = (
    *("Jan", "Feb", "Mar", "Apr", "May", "Jun"),
    *("Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
)


def compose(
    picture: Picture,
    frame: FrameSpec,
    *,
    jurisdictions: Layer | None = None,
    feedback: Feedback | None = None,
) -> Scene:
    """Return the page that shows a picture in a frame.

    Parameters
    ----------
    jurisdictions
        Countries as areas with columns `iso` and `name`; None takes those that ship, finer ones
        for a frame narrower than 45 degrees.
    """
    feedback = feedback or Feedback()
    theme = frame.look
    picture, layout, where = _arranged(picture, frame)
    drawn = map_items(where, picture, jurisdictions=jurisdictions, feedback=feedback)
    items: list[Item] = [background(layout, theme), *drawn.items]
    feedback.check(0.8, "Placing the legend")
    items += text_items(layout, theme)
    items += legend_items(layout, theme, where.weighted_scale)
    at = _scale_position(where)
    items += scale_items(layout, where.projection, where.points_per_meter, at, theme)
    if picture.chart is not None and layout.chart is not None:
        items += chart_items(picture.chart, layout.chart, theme, layout.scale)
    return Scene(
        width=layout.page.w,
        height=layout.page.h,
        theme=theme,
        paper=ink(palette(theme), "paper"),
        items=tuple(cleaned(item) for item in items),
        title=plain(picture.title),
        alt=plain(_alt(picture)),
        map_box=layout.map_box,
        subtitle=plain(picture.subtitle),
        notes=notes_text(picture),
        as_of=picture.as_of,
        lineage=picture.lineage,
        spec=frame,
        chart=picture.chart,
        chart_box=layout.chart,
        notices=(*layout.notices, *drawn.notices),
    )


def map_frame_of(picture: Picture, frame: FrameSpec) -> MapFrame:
    """Return where the map stands on the page and what of the plane it shows, without drawing."""
    return _arranged(picture, frame)[2]


def _arranged(picture: Picture, frame: FrameSpec) -> tuple[Picture, Layout, MapFrame]:
    """Return what is drawn of a picture and where everything stands."""
    projection = projection_for(frame.projection, bounds=frame.bounds, center_lon=frame.center_lon)
    picture = _said_once(picture)
    picture = _in_scale(picture, _laid_out(picture, frame, projection)[1].zoom)
    layout, where = _laid_out(picture, frame, projection)
    return picture, layout, where


def _said_once(picture: Picture) -> Picture:
    """Drop the chart's subtitle where the page's says the same words."""
    chart = picture.chart
    if chart is None or not chart.subtitle or chart.subtitle not in picture.subtitle:
        return picture
    return replace(picture, chart=replace(chart, subtitle=""))


def _in_scale(picture: Picture, zoom: float) -> Picture:
    """Return a picture without the layers that show at other scales than the page's."""
    shown = (
        drawn
        for drawn in picture.layers
        if drawn.layer.style.min_zoom <= zoom <= drawn.layer.style.max_zoom
    )
    return replace(picture, layers=tuple(shown))


def _laid_out(
    picture: Picture, frame: FrameSpec, projection: Projection
) -> tuple[Layout, MapFrame]:
    """Place everything; the legend counts what the frame shows, which its own size may change."""
    extent = frame_of(projection, frame.bounds)
    entries = legend_entries(picture, frame.look)
    for _ in range(3):
        layout = place(
            page_text(picture),
            entries,
            size=frame.size,
            aspect=(extent[2] - extent[0]) / (extent[3] - extent[1]),
            flexible=frame.bounds is not None,
            bars=len(picture.chart.bars) if picture.chart else 0,
        )
        box = layout.map_box
        where = MapFrame(projection, box, filled_extent(extent, box), layout.scale, frame)
        partial = where.is_region or projection.is_disc
        counted = _counted(where, picture) if partial else entries
        if counted == entries:
            break
        entries = counted
    return layout, where


def _counted(where: MapFrame, picture: Picture) -> tuple[LegendEntry, ...]:
    """Return the legend of what lies inside the frame; distance lines are not counted there."""
    inside = []
    for drawn in picture.layers:
        rows = drawn_rows(drawn)
        if drawn.layer.features.is_points:
            xy = where.to_page(where.projection.points(drawn.layer.features.lonlat[rows]))
            shown = where.shows(xy)
            weights = None if drawn.weights is None else drawn.weights[shown]
            rows = rows[shown]
            inside.append(replace(drawn, rows=rows, weights=weights))
        elif "LineString" in drawn.layer.features.geometry_type:
            shapes = drawn.layer.features.geometry[rows]
            seen = np.array([_is_seen(where, shape) for shape in shapes], dtype=bool)
            inside.append(replace(drawn, rows=rows[seen], weights=None))
        else:
            inside.append(drawn)
    entries = legend_entries(replace(picture, layers=tuple(inside)), where.spec.look)
    return tuple(replace(e, count=None) if e.key.startswith("line:") else e for e in entries)


def _is_seen(where: MapFrame, shape: Any) -> bool:
    """Return whether any of a line lies inside the frame."""
    return any(
        page_paths(where, shapely.get_coordinates(part)) for part in shapely.get_parts(shape)
    )


def page_text(picture: Picture) -> PageText:
    """Return the texts of a page: sources, the day it shows, and a word on boundaries."""
    return PageText(
        title=picture.title,
        subtitle=picture.subtitle,
        caption=picture.caption,
        sources=source_line(picture.sources),
        fine_print=(f"As of {long_date(picture.as_of)}", BOUNDARIES),
    )


def source_line(sources: Sequence[str]) -> tuple[str, ...]:
    """Return sources as a footer names them."""
    if not sources:
        return ()
    return (f"{'Source' if len(sources) == 1 else 'Sources'}: {sources[0]}", *sources[1:])


def notes_text(picture: Picture) -> str:
    """Return the notes of a page: what is shown, the method, every source."""
    parts = [picture.title, picture.subtitle, picture.caption, picture.notes]
    if picture.sources:
        parts.append("Sources:\n" + "\n".join(f"- {source}" for source in picture.sources))
    parts.append(f"As of {picture.as_of.isoformat()}. Made with gisapp.")
    return plain("\n\n".join(part for part in parts if part))


def long_date(day: date) -> str:
    """Return a date as "22 Nov 2026", the same in every locale."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def _alt(picture: Picture) -> str:
    layers = ", ".join(f"{len(drawn_rows(d))} {d.layer.name}" for d in picture.layers)
    return " ".join(part for part in (f"{picture.title}.", picture.subtitle, layers) if part)


def _scale_position(where: MapFrame) -> tuple[float, float]:
    if where.spec.bounds is None:
        lat = 20.0 if not where.projection.is_disc else where.projection.center_lat
        return where.projection.center_lon, float(np.clip(lat, -80.0, 80.0))
    lon, lat = bounds_center(where.spec.bounds)
    return lon, float(np.clip(round(lat), -85, 85))
