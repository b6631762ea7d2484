"""What a page looks like to colour-blind people and on a black-and-white printer.

Matrices of full severity by Machado, Oliveira and Fernandes (2009), "A Physiologically-based Model
for Simulation of Color Vision Deficiency", IEEE Transactions on Visualization and Computer
Graphics 15 (6), on linear red, green and blue. For tritanopia, which is rare, they are a good
guess, as their authors say. Grey is the relative luminance.
"""

from __future__ import annotations

from enum import StrEnum
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt

from gisapp.model.features import Floats
from gisapp.render.color import difference, hexed, linear


class Sight(StrEnum):
    """Eyes (and a printer) that see fewer colours."""

    DEUTERANOPIA = "deuteranopia"
    PROTANOPIA = "protanopia"
    TRITANOPIA = "tritanopia"
    GREY = "grey"


#: What people read, how many are meant.
SIGHT_TITLES: Final = {
    Sight.DEUTERANOPIA: "Green-blind (deuteranopia, about 1 man in 80)",
    Sight.PROTANOPIA: "Red-blind (protanopia, about 1 man in 100)",
    Sight.TRITANOPIA: "Blue-blind (tritanopia, rare)",
    Sight.GREY: "Black-and-white printer",
}
#: Those who see colours, but not all.
COLOR_BLIND: Final = (Sight.DEUTERANOPIA, Sight.PROTANOPIA, Sight.TRITANOPIA)

_LUMINANCE: Final = (0.2126, 0.7152, 0.0722)
MATRICES: Final[dict[Sight, tuple[tuple[float, float, float], ...]]] = {
    Sight.PROTANOPIA: (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    Sight.DEUTERANOPIA: (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    Sight.TRITANOPIA: (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
    Sight.GREY: (_LUMINANCE, _LUMINANCE, _LUMINANCE),
}
#: Linear light is counted in so many steps: fine enough for the darkest two greys to differ.
_FINE: Final = 8191


def simulated(rgba: npt.NDArray[np.uint8], kind: Sight | str) -> npt.NDArray[np.uint8]:
    """Return a picture as it is seen.

    Parameters
    ----------
    rgba
        Red, green, blue and opacity (not multiplied in), shape (h, w, 4).
    kind
        A name of `Sight`.

    Returns
    -------
    numpy.ndarray
        A new picture of the same shape and opacity.
    """
    tables, encode = _tables(Sight(kind)), _encode()
    planes = [np.ascontiguousarray(rgba[..., i]) for i in range(3)]
    seen = np.empty_like(rgba)
    seen[..., 3] = rgba[..., 3]
    for channel in range(3):
        if channel and tables[channel] is tables[channel - 1]:
            seen[..., channel] = seen[..., channel - 1]
            continue
        light = tables[channel][0].take(planes[0])
        for other in (1, 2):
            light += tables[channel][other].take(planes[other])
        seen[..., channel] = encode.take(light, mode="clip")
    return seen


@lru_cache
def _tables(kind: Sight) -> tuple[npt.NDArray[np.int32], ...]:
    """Return per channel what red, green and blue of each value add, each shape (3, 256)."""
    light = np.array([linear(f"#{value:02X}0000")[0] for value in range(256)])
    made: dict[tuple[float, float, float], npt.NDArray[np.int32]] = {}
    for row in MATRICES[kind]:
        made[row] = np.round(np.outer(row, light) * _FINE).astype(np.int32)
    return tuple(made[row] for row in MATRICES[kind])


@lru_cache
def _encode() -> npt.NDArray[np.uint8]:
    """Return the value 0 to 255 of each step of linear light."""
    light: Floats = np.arange(_FINE + 1) / _FINE
    shares = np.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055)
    return np.round(shares * 255.0).astype(np.uint8)


@lru_cache(maxsize=4096)
def as_seen(color: str, kind: Sight) -> str:
    """Return one colour "#RRGGBB" as it is seen."""
    light = linear(color)
    return hexed(sum(a * b for a, b in zip(row, light, strict=True)) for row in MATRICES[kind])


def least_difference(one: str, other: str) -> tuple[float, Sight | None]:
    """Return how different two colours look where they do least (CIEDE2000), and to whom.

    None are those who see all colours.
    """
    whole: tuple[float, Sight | None] = (difference(one, other), None)
    seen = ((difference(as_seen(one, k), as_seen(other, k)), k) for k in COLOR_BLIND)
    return min((whole, *seen), key=lambda found: found[0])
