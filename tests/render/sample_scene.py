"""A small page that holds every kind of shape, for the tests of what draws it."""

from __future__ import annotations

import io
from dataclasses import replace

import numpy as np
from PIL import Image as Pixels

from gisapp.render.picture import FrameSpec, Theme, ThemeName
from gisapp.render.scene import (
    Area,
    Block,
    Box,
    Image,
    Ink,
    Item,
    Line,
    Mark,
    Scene,
    Words,
)
from gisapp.render.symbology import Symbol
from tests.render.sample_pictures import AS_OF

BLUE = Ink("#0072B2")
TEXT = Ink("#1B2730")
LINEAGE = (("project", "3f2a"), ("gisapp", "0.1.0"), ("Größe", "稀土 & <b>"))
SVG_LOGO = (
    b'<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20">'
    b'<rect width="40" height="20" fill="#D55E00"/><circle cx="20" cy="10" r="6" fill="#fff"/></svg>'
)


def png_logo() -> bytes:
    """Return a PNG of 8 by 8 pixels, left half red, right half green."""
    pixels = np.zeros((8, 8, 3), np.uint8)
    pixels[:, :4, 0] = pixels[:, 4:, 1] = 255
    packed = io.BytesIO()
    Pixels.fromarray(pixels).save(packed, "PNG")
    return packed.getvalue()


def ring(x: float, y: float, w: float, h: float) -> np.ndarray:
    return np.array([(x, y), (x + w, y), (x + w, y + h), (x, y + h)])


def symbol(shape: str, **changes: object) -> Symbol:
    plain = Symbol(shape, "#D55E00", "#FFFFFF", 0.0, 10.0, "#FFFFFF", 1.0, ring_color="#D55E00")
    return replace(plain, **changes)


def words(name: str, x: float, y: float, text: str, size: float = 12.0, **changes: object) -> Words:
    return replace(Words(name, "Labels", x, y, (text,), size, TEXT), **changes)


def items() -> tuple[Item, ...]:
    """Return one of everything."""
    holed = ((ring(20, 60, 100, 80), ring(45, 80, 40, 30)[::-1]),)
    curve = np.column_stack([np.linspace(20, 330, 60), 170 + 12 * np.sin(np.linspace(0, 9, 60))])
    shapes = ("circle", "square", "hexagon", "triangle", "diamond", "cross", "factory")
    marks = [
        Mark(f"Site {name}", "Sites", 30 + 32 * i, 210, symbol(name, stroke_width=0.6), f"A {name}")
        for i, name in enumerate(shapes)
    ]
    marks[5] = replace(marks[5], symbol=symbol("cross", stroke="#7A8389", stroke_width=1.6))
    return (
        Block("Ground", "Background", Box(10, 50, 340, 180), Ink("#E9F0F4")),
        Area("Holed", "Areas", holed, Ink("#009E73", 0.3), Ink("#009E73"), 1.0, alt="With a hole"),
        Area(
            "Hatched", "Areas", ((ring(130, 60, 60, 80),),), Ink("#F8F7F3"), Ink("#B0457B"), 1.0,
            (4.0, 2.0), "/", Ink("#B0457B"),
        ),
        Area("Other way", "Areas", ((ring(200, 60, 60, 80),),), hatch="\\", hatch_ink=BLUE),
        Line("Route", "Routes", (curve,), BLUE, 1.5, (6.0, 3.0), (330.0, curve[-1, 1], 0.0, 8.0)),
        Line("Solid", "Routes", (np.array([(20.0, 150.0), (340.0, 150.0)]),), TEXT, 0.5),
        *marks,
        Mark("Ringed", "Sites", 270, 210, symbol("circle", ring="solid")),
        Mark("Dotted", "Sites", 310, 210, symbol("square", ring="dotted", hollow=True,
                                                 stroke="#D55E00", stroke_width=1.2)),
        words("Halo", 150, 90, "Operating offices", bold=True, halo=Ink("#FFFFFF")),
        words("Chinese", 340, 70, "稀土", align="right", size=16.0),
        words("Arabic", 340, 100, "مناجم الأتربة النادرة (2026)", align="right", size=10.0),
        words("Middle", 180, 236, "x & <b>y</b> $z$", align="center"),
        Words("Title", "Title", 20, 10, ("The Quad refines", "1 % of rare earths"), 16.0, TEXT,
              bold=True, purpose="title", width=300.0),
        Image("Logo", "Logo", Box(270, 10, 40, 20), SVG_LOGO, png_logo(), "A logo"),
        Image("Picture", "Logo", Box(320, 10, 20, 20), png_logo(), b"", "A picture"),
    )  # fmt: skip


def sample_scene(theme: Theme = ThemeName.LIGHT, **changes: object) -> Scene:
    """Return a page of 5 by 3.5 inches that holds one of everything."""
    scene = Scene(
        360.0, 252.0, theme, Ink("#FFFFFF"), items(), "The Quad refines 1 % of rare earths",
        "A map of everything", Box(10, 50, 340, 180), as_of=AS_OF, lineage=LINEAGE,
        spec=FrameSpec(dpi=144),
    )  # fmt: skip
    return replace(scene, **changes)
