"""Where everything of a picture stands on its page, before any of it is drawn."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import shapely

from gisapp.render.drawn import drawn_rows
from gisapp.render.fonts import font_files, font_notice
from gisapp.render.layout import Layout, PageFrame, PageText, Wanted, page_frame, place
from gisapp.render.legend import LegendEntry, legend_entries
from gisapp.render.logo import logo_aspect
from gisapp.render.map_frame import MapFrame, filled_extent
from gisapp.render.map_insets import (
    inset_frame,
    is_regional,
    locator_aspect,
    north_at,
    north_serves,
)
from gisapp.render.page_words import page_text
from gisapp.render.picture import Brand, DrawnLayer, FrameSpec, Picture, Show
from gisapp.render.projected_frame import frame_of
from gisapp.render.projection import Projection, projection_for
from gisapp.render.scene import Box

#: How wide or high an inset may be against its other side.
_INSET_ASPECTS: Final = (0.55, 2.2)
#: Symbols of an inset against those of the map.
_INSET_SCALE: Final = 0.75
#: Degrees that north may turn within a map for an arrow to say something.
_NORTH_TURNS: Final = 60.0


@dataclass(frozen=True, eq=False)
class Arranged:
    """What is drawn of a picture, and where: the layout and the maps in it."""

    picture: Picture
    layout: Layout
    where: MapFrame
    insets: tuple[MapFrame, ...] = ()
    locator: Box | None = None
    north: float | None = None
    notices: tuple[str, ...] = ()


def map_frame_of(picture: Picture, frame: FrameSpec) -> MapFrame:
    """Return where the map stands on the page and what of the plane it shows, without drawing."""
    return arranged(picture, frame, None).where


def arranged(picture: Picture, frame: FrameSpec, page: int | None) -> Arranged:
    """Return what is drawn of a picture and where everything stands."""
    projection = projection_for(frame.projection, bounds=frame.bounds, center_lon=frame.center_lon)
    picture = _chosen(picture, frame, page)
    outer = outer_page(picture, frame, page)
    first = _laid_out(picture, outer, frame, projection)
    within = in_scale(picture, first.where.zoom)
    if len(within.layers) == len(picture.layers):
        return first
    return _laid_out(within, outer, frame, projection)


def _chosen(picture: Picture, frame: FrameSpec, page: int | None) -> Picture:
    """Drop what the frame switches off, and the chart's subtitle where the page says the same."""
    chart, elements = picture.chart, frame.elements
    if chart is not None and chart.subtitle and chart.subtitle in picture.subtitle:
        chart = replace(chart, subtitle="")
    with_table = elements.table is Show.YES or (elements.table is Show.AUTO and page is not None)
    return replace(
        picture,
        chart=None if elements.chart is Show.NO else chart,
        table=picture.table if with_table else None,
        caption=frame.caption or picture.caption,
    )


def outer_page(picture: Picture, frame: FrameSpec, page: int | None) -> PageFrame:
    """Return a page with what surrounds the map of a picture, see `outer_frame`."""
    text = page_text(picture)
    if not has_strip(frame):
        kind = projection_for(frame.projection, bounds=frame.bounds).kind
        text = replace(text, fine_print=(*text.fine_print, f"{kind.title} projection"))
    return outer_frame(text, frame, page)


def outer_frame(text: PageText, frame: FrameSpec, page: int | None) -> PageFrame:
    """Return a page with its titles, logo, sources and number in place.

    Parameters
    ----------
    page
        Its number in a deck, None for a page that stands alone.
    """
    theme, elements = frame.look, frame.elements
    logo = theme.logo if isinstance(theme, Brand) and elements.logo is not Show.NO else ""
    number = page if elements.page_number is not Show.NO else None
    if number is None and elements.page_number is Show.YES:
        number = 1
    return page_frame(
        text,
        size=frame.size,
        dpi=frame.dpi,
        fonts=font_files(theme),
        logo=logo_aspect(logo),
        number=number,
    )


def has_strip(frame: FrameSpec) -> bool:
    """Return whether there is anything under the map: a scale bar, an arrow to the north."""
    elements = frame.elements
    return elements.scale_bar is not Show.NO or elements.north_arrow is Show.YES


def in_scale(picture: Picture, zoom: float) -> Picture:
    """Return a picture without the layers that show at other scales than the page's."""
    shown = (
        drawn
        for drawn in picture.layers
        if drawn.layer.style.min_zoom <= zoom <= drawn.layer.style.max_zoom
    )
    return replace(picture, layers=tuple(shown))


def _laid_out(
    picture: Picture, outer: PageFrame, frame: FrameSpec, projection: Projection
) -> Arranged:
    """Place everything; the legend counts what the frame shows, which its own size may change."""
    extent = frame_of(projection, frame.bounds)
    aspect = (extent[2] - extent[0]) / (extent[3] - extent[1])
    trial = MapFrame(projection, Box(0.0, 0.0, 100.0 * aspect, 100.0), extent, outer.scale, frame)
    has_locator = _wants_locator(trial)
    aspects = [locator_aspect(trial)] if has_locator else []
    aspects += [_inset_aspect(trial, bounds) for bounds in frame.insets]
    entries = legend_entries(picture, frame.look) if has_legend(frame) else ()
    wanted = Wanted(
        aspect,
        frame.bounds is not None,
        entries,
        picture.chart,
        picture.table,
        tuple(aspects),
        has_locator,
        picture.caption,
        strip=has_strip(frame),
        small_strip=bool(frame.insets) and frame.elements.scale_bar is not Show.NO,
    )
    seen = _Seen(picture, projection) if frame.bounds is not None or projection.is_disc else None
    for _ in range(3):
        layout = place(outer, wanted)
        box = layout.map_box
        where = MapFrame(projection, box, filled_extent(extent, box), layout.scale, frame)
        if seen is None or not entries:
            break
        counted = seen.entries(where)
        if counted == wanted.entries:
            break
        wanted = replace(wanted, entries=counted)
    boxes = layout.small_maps
    locator = boxes[0] if has_locator and boxes else None
    insets = tuple(
        inset_frame(where, bounds, box, _INSET_SCALE * where.scale)
        for bounds, box in zip(frame.insets, boxes[int(has_locator) :], strict=bool(boxes))
    )
    north, why_not = _north(where)
    notices = (why_not, *_not_there(picture, frame), font_notice(frame.look))
    return Arranged(picture, layout, where, insets, locator, north, notices)


def _not_there(picture: Picture, frame: FrameSpec) -> list[str]:
    """Return what was asked for and this page has nothing to show of, in sentences."""
    elements = frame.elements
    wanted = {
        "table": elements.table is Show.YES and picture.table is None,
        "chart": elements.chart is Show.YES and picture.chart is None,
        "locator, which is for maps of a region": elements.locator is Show.YES
        and frame.bounds is None,
    }
    return [f"This page has no {name}." for name, missing in wanted.items() if missing]


def has_legend(frame: FrameSpec) -> bool:
    """Return whether a frame's page has a legend, if there is anything to explain."""
    return frame.elements.legend is not Show.NO


def _wants_locator(where: MapFrame) -> bool:
    show = where.spec.elements.locator
    if where.spec.bounds is None:
        return False
    return show is Show.YES or (show is Show.AUTO and is_regional(where))


def _inset_aspect(main: MapFrame, bounds: tuple[float, float, float, float]) -> float:
    square = inset_frame(main, bounds, Box(0.0, 0.0, 100.0, 100.0)).projection
    xmin, ymin, xmax, ymax = frame_of(square, bounds)
    least, most = _INSET_ASPECTS
    return min(max((xmax - xmin) / (ymax - ymin), least), most)


def _north(where: MapFrame) -> tuple[float | None, str]:
    """Return the direction of the arrow to the north, None for none, and why it is missing."""
    show = where.spec.elements.north_arrow
    if show is Show.NO or not has_strip(where.spec):
        return None, ""
    if show is Show.AUTO:
        return (north_at(where)[0], "") if north_serves(where) else (None, "")
    turn, apart = north_at(where)
    if apart > _NORTH_TURNS:
        return None, "North lies in another direction in every part of this map: it has no arrow."
    return turn, ""


class _Seen:
    """What of a picture's layers a frame shows, wherever the map stands on the page."""

    def __init__(self, picture: Picture, projection: Projection) -> None:
        self.picture = picture
        self._planes = [_on_plane(drawn, projection) for drawn in picture.layers]

    def entries(self, where: MapFrame) -> tuple[LegendEntry, ...]:
        """Return the legend of what lies inside the map; distance lines are not counted there."""
        inside = []
        window = shapely.box(*where.extent)
        for drawn, planes in zip(self.picture.layers, self._planes, strict=True):
            if planes is None:
                inside.append(drawn)
                continue
            seen = shapely.intersects(window, planes)
            points = drawn.weights is not None and drawn.layer.features.is_points
            weights = drawn.weights[seen] if drawn.weights is not None and points else None
            inside.append(replace(drawn, rows=drawn_rows(drawn)[seen], weights=weights))
        entries = legend_entries(replace(self.picture, layers=tuple(inside)), where.spec.look)
        return tuple(replace(e, count=None) if e.key.startswith("line:") else e for e in entries)


def _on_plane(drawn: DrawnLayer, projection: Projection) -> Any:
    """Return points or lines of a layer on the plane, shape (n,); None for areas."""
    features, rows = drawn.layer.features, drawn_rows(drawn)
    if features.is_points:
        xy = projection.points(features.lonlat[rows])
        return np.where(np.isfinite(xy).all(axis=1), shapely.points(np.nan_to_num(xy)), None)
    if "LineString" not in features.geometry_type:
        return None
    lines = np.empty(len(rows), dtype=object)
    for i, shape in enumerate(features.geometry[rows]):
        paths = (
            path
            for part in shapely.get_parts(shape)
            for path in projection.path(shapely.get_coordinates(part))
        )
        lines[i] = shapely.MultiLineString([path for path in paths if len(path) > 1])
    return lines
