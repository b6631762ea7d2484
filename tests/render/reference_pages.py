"""The pages whose pictures are kept in tests/render/references, 480 pixels wide.

`python -m tests.render.reference_pages` draws them again after a change that was meant: look at
each before it is committed.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

import numpy as np
from PIL import Image

from gisapp.render.compose import compose
from gisapp.render.deck import TextPage, scenes_of
from gisapp.render.deck_pages import Paragraph
from gisapp.render.paint import scene_image
from gisapp.render.picture import FrameSpec, PageTable, ThemeName
from gisapp.render.scene import Scene
from tests.render.sample_pictures import AS_OF, coverage, distance
from tests.render.sample_scene import sample_scene

FOLDER: Final = Path(__file__).parent / "references"
WIDTH: Final = 480
ASIA: Final = (95.0, -12.0, 150.0, 50.0)

TABLE: Final = PageTable(
    "Shares inside",
    ("Mineral", "Mining, %", "Largest supplier"),
    (("Lithium", "40.3", "Australia"), ("Rare earths", "15\u201316", "China")),
    (False, True, False),
)


def words() -> Scene:
    """Return a page of words beside a table."""
    paragraphs = (Paragraph("What was asked", 0), Paragraph("How much lies inside", page=2))
    page = TextPage(
        "What the deck says", FrameSpec(size="4:3"), AS_OF, "Quad", paragraphs, TABLE, notes=""
    )
    return scenes_of([page])[0]


PAGES: Final[dict[str, Callable[[], Scene]]] = {
    "everything": sample_scene,
    "coverage": lambda: compose(coverage(), FrameSpec()),
    "distance-dark": lambda: compose(distance(), FrameSpec(theme=ThemeName.DARK)),
    "words": words,
    "region-print": lambda: compose(
        distance(),
        FrameSpec(size="A4", theme=ThemeName.PRINT, projection="lambert_conformal", bounds=ASIA),
    ),
}


def pixels_of(name: str) -> np.ndarray:
    """Return a page as it is drawn now, shape (height, 480, 3)."""
    scene = PAGES[name]()
    return scene_image(scene, WIDTH / scene.width)[..., :3]


def kept(name: str) -> np.ndarray:
    """Return a page as it was drawn when somebody last looked at it."""
    with Image.open(FOLDER / f"{name}.png") as image:
        return np.asarray(image.convert("RGB"))


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for page in PAGES:
        Image.fromarray(pixels_of(page)).save(FOLDER / f"{page}.png", optimize=True)
