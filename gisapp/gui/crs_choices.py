"""Coordinate reference systems to choose of, searched by code, name or country."""

from __future__ import annotations

from gisapp.data.crs_search import search_crs
from gisapp.gui.popup import Choice


def crs_choices(text: str) -> list[Choice]:
    """Return what a text may mean; where nothing is called that, the text itself (WKT, PROJ)."""
    found = [
        Choice(f"{crs.code} \N{EN DASH} {crs.name}", crs.code, detail=crs.area)
        for crs in search_crs(text)
    ]
    typed = text.strip()
    return found or ([Choice(f"Use \u201c{typed}\u201d", typed)] if typed else [])
