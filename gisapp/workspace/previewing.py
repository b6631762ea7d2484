"""What a file would be with other options: its first rows, and where they would land."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from gisapp.data.countries import lands
from gisapp.data.crs_search import search_crs
from gisapp.model.features import Floats
from gisapp.model.feedback import Feedback, GisappError
from gisapp.model.layer import Layer
from gisapp.model.reading import ReadOptions
from gisapp.render.basemap import shipped_world
from gisapp.render.locator import Located, locate
from gisapp.render.picture import ThemeName
from gisapp.workspace.reading import preview

#: So many rows are read for a preview: enough to see where they land.
ROWS: Final = 500
_NAMED: Final = 3


@dataclass(frozen=True)
class Preview:
    """The first rows of a layer as they would be read, or why they cannot be.

    Parameters
    ----------
    places
        Where they land, in words.
    located
        The same as a small map.
    """

    layer: Layer | None
    error: GisappError | None = None
    places: str = ""
    located: Located | None = None


def previewed(
    path: str | Path,
    options: ReadOptions,
    size: tuple[int, int],
    theme: ThemeName,
    feedback: Feedback,
    *,
    online: bool = False,
) -> Preview:
    """Read the first rows of a file and see where they land; `size` is that of the map, pixels.

    `online` says whether a service of the web may be asked.
    """
    try:
        layer = preview(path, options, limit=ROWS, online=online, feedback=feedback)
    except GisappError as error:
        return Preview(None, error)
    lonlat = layer.features.lonlat
    search_crs("utm")  # reads the names of all CRS, which a search in the window shall not wait for
    located = locate(lonlat, *size, theme=theme, world=shipped_world(), feedback=feedback)
    return Preview(layer, None, _places(lonlat), located)


def _places(lonlat: Floats) -> str:
    """Return "41 in Chile, 3 in Argentina, 2 at sea"."""
    world = lands()
    codes = Counter(world.at(lonlat).tolist())
    at_sea = codes.pop("", 0)
    named = [f"{n} in {world.name(code)}" for code, n in codes.most_common(_NAMED)]
    rest = sum(codes.values()) - sum(n for _, n in codes.most_common(_NAMED))
    named += [f"{rest} elsewhere"] * bool(rest) + [f"{at_sea} at sea or nowhere"] * bool(at_sea)
    return ", ".join(named)
