"""Sizes of pages, and how large type and margins are on them."""

from __future__ import annotations

import re
from math import sqrt
from typing import Final

from gisapp.model.feedback import GisappError

PAGE_SIZES: Final[dict[str, tuple[float, float]]] = {
    "16:9": (960.0, 540.0),
    "4:3": (720.0, 540.0),
    "square": (720.0, 720.0),
    "A4": (841.89, 595.28),
    "A4 portrait": (595.28, 841.89),
    "A3": (1190.55, 841.89),
    "A3 portrait": (841.89, 1190.55),
    "letter": (792.0, 612.0),
    "letter portrait": (612.0, 792.0),
}
#: Symbols are defined in CSS pixels of 1/96 inch.
POINTS_PER_PIXEL: Final = 0.75
#: Half an inch, on a 16:9 slide.
MARGIN: Final = 36.0
#: Pages as small as a visiting card and as large as an office program takes (56 inches), in mm.
SMALLEST_MM: Final = (80.0, 50.0)
LARGEST_MM: Final = 1422.0
_NARROWEST: Final = 4.0
_POINTS: Final = {"mm": 72.0 / 25.4, "cm": 72.0 / 2.54, "in": 72.0, "pt": 1.0}
_CUSTOM: Final = re.compile(
    r"\s*(\d+(?:[.,]\d+)?)\s*[x×*]\s*(\d+(?:[.,]\d+)?)\s*(mm|cm|in|pt|px)\s*",  # noqa: RUF001
    re.IGNORECASE,
)


def page_size(name: str, *, dpi: float = 96.0) -> tuple[float, float]:
    """Return width and height of a page in points.

    Parameters
    ----------
    name
        A name of `PAGE_SIZES`, or width and height with their unit: "254x190mm", "10x7.5in",
        "25.4x19cm", "720x405pt", "1920x1080px".
    dpi
        Pixels by inch, for a size in pixels.

    Raises
    ------
    GisappError
        `unknown_size` for any other text, `page_too_small`, `page_too_large`, `page_too_narrow`.
    """
    if name in PAGE_SIZES:
        return PAGE_SIZES[name]
    found = _CUSTOM.fullmatch(name)
    if found is None:
        raise GisappError(
            "unknown_size",
            f'There is no page size "{name}".',
            f'Known: {", ".join(PAGE_SIZES)}; or width and height with a unit, as "254x190mm".',
        )
    unit = found[3].lower()
    points = 72.0 / dpi if unit == "px" else _POINTS[unit]
    width, height = (float(text.replace(",", ".")) * points for text in (found[1], found[2]))
    _check(name, width, height)
    return width, height


def _check(name: str, width: float, height: float) -> None:
    short, long = sorted((width / _POINTS["mm"], height / _POINTS["mm"]))
    if long < SMALLEST_MM[0] - 1e-6 or short < SMALLEST_MM[1] - 1e-6:
        raise GisappError(
            "page_too_small",
            f"A page of {name} is too small for a map with its title and sources.",
            f"The smallest is {SMALLEST_MM[0]:g} by {SMALLEST_MM[1]:g} mm.",
        )
    if long > LARGEST_MM + 1e-6:
        raise GisappError(
            "page_too_large",
            f"A page of {name} is larger than any program opens.",
            f"The longest side is {LARGEST_MM:g} mm at most.",
        )
    if long > _NARROWEST * short + 1e-6:
        raise GisappError(
            "page_too_narrow",
            f"A page of {name} is too narrow for a map with its title and sources.",
            f"One side may be {_NARROWEST:g} times as long as the other at most.",
        )


def type_scale(width: float, height: float) -> float:
    """Return how large type is against that of a 16:9 slide.

    It grows with the page's area, but a narrow page keeps short lines.
    """
    return max(min(sqrt(width * height / (960.0 * 540.0)), width / 590.0, height / 440.0), 0.5)


def margin_of(width: float, height: float) -> float:
    """Return the margin in points: half an inch on a slide, less on a card, more on a poster."""
    size = min(min(width, height) / 540.0, max(type_scale(width, height), 1.0))
    return max(size, 0.4) * MARGIN
