"""The page of a project before it is a file: what the window's preview shows.

Imports the renderers and their third parties: import this module late, in the job that draws.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from gisapp.model.feedback import Feedback
from gisapp.render.deck import MapPage, scenes_of
from gisapp.render.paint import scene_image
from gisapp.render.picture import FrameSpec, Picture
from gisapp.render.scene import Scene
from gisapp.render.vision import Sight, simulated

#: No screen shows more pixels of a page at once; what is looked at from nearer is enlarged.
MOST_PIXELS: Final = 24_000_000


@dataclass(frozen=True, eq=False)
class PagePixels:
    """A page with what it looks like: red, green, blue, opacity, shape (height, width, 4)."""

    scene: Scene
    rgba: npt.NDArray[np.uint8]


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
    return PagePixels(scene, rgba if sight is None else simulated(rgba, sight))
