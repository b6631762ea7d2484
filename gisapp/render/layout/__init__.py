"""The one layout engine: where everything stands on a page, in points, y down.

Frame preview, static map and slide obey it, so what is framed is what comes out. Nothing is
clipped, nothing overlaps, and what had to be shortened is said in `Layout.notices`.
"""

from gisapp.render.layout.legend_rows import LegendRow
from gisapp.render.layout.many import CellText, WantedMany, place_many
from gisapp.render.layout.page import Layout, MapCell, Wanted, place
from gisapp.render.layout.text import PageFrame, PageText, TextBlock, page_frame

__all__ = [
    "CellText",
    "Layout",
    "LegendRow",
    "MapCell",
    "PageFrame",
    "PageText",
    "TextBlock",
    "Wanted",
    "WantedMany",
    "page_frame",
    "place",
    "place_many",
]
