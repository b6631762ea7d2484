"""The page of a project before it is a file: what the window's preview shows.

Imports the renderers and their third parties: import this module late, in the job that draws.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt

from gisapp.model.feedback import Feedback
from gisapp.render.brand_check import color_findings, mended
from gisapp.render.deck import MapPage, scenes_of
from gisapp.render.paint import scene_image
from gisapp.render.picture import Brand, FrameSpec, Picture, Theme
from gisapp.render.scene import Scene
from gisapp.render.vision import Sight, simulated

#: No screen shows more pixels of a page at once; what is looked at from nearer is enlarged.
MOST_PIXELS: Final = 24_000_000


@dataclass(frozen=True, eq=False)
class PagePixels:
    """A page with what it looks like: red, green, blue, opacity, shape (height, width, 4).

    `remarks` are sentences on colours of a house style that are hard to read.
    """

    scene: Scene
    rgba: npt.NDArray[np.uint8]
    remarks: tuple[str, ...] = ()


def page_scene(picture: Picture, frame: FrameSpec, *, feedback: Feedback | None = None) -> Scene:
    """Return the very page that an export of the picture in this frame draws."""
    return scenes_of([MapPage(picture, frame)], feedback=feedback)[0]


def page_pixels(
    scene: Scene,
    scale: float,
    *,
    sight: Sight | None = None,
    feedback: Feedback | None = None,
) -> PagePixels:
    """Return what a page looks like at `scale` pixels to the point, to people of that sight."""
    most = (MOST_PIXELS / (scene.width * scene.height)) ** 0.5
    rgba = scene_image(scene, min(scale, most), feedback=feedback)
    seen = rgba if sight is None else simulated(rgba, sight)
    return PagePixels(scene, seen, brand_remarks(scene.theme))


@lru_cache(maxsize=8)
def brand_remarks(theme: Theme) -> tuple[str, ...]:
    """Return a sentence for each colour of a house style that is hard to read."""
    return color_findings(theme) if isinstance(theme, Brand) else ()


def readable(brand: Brand) -> Brand:
    """Return a house style whose colours can be read, changed as little as that takes."""
    return mended(brand)
