"""Colours as people see them: contrast, distance, and lighter or darker ones of the same hue.

A colour is text, "#RRGGBB" in sRGB (IEC 61966-2-1). Contrast is WCAG 2.2's; distance is CIEDE2000
(Sharma, Wu and Dalal 2005, "The CIEDE2000 color-difference formula", Color Research and
Application 30); hue and lightness are those of OKLab (Ottosson 2020), where a step of lightness
keeps the hue.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from math import atan2, cos, degrees, exp, hypot, radians, sin, sqrt
from typing import Final, TypeAlias

from PIL import ImageColor

#: Three numbers: linear red, green, blue from 0 to 1, or another space's axes.
Triple: TypeAlias = tuple[float, float, float]

#: WCAG 2.2, success criteria 1.4.3 (text) and 1.4.11 (marks).
TEXT_CONTRAST: Final = 4.5
MARK_CONTRAST: Final = 3.0
_WHITE: Final = (0.95047, 1.0, 1.08883)  # D65, of 2 degrees
_STEPS: Final = 200


def as_hex(text: str) -> str:
    """Return a colour of the web's notations as "#RRGGBB"; ValueError where it is none."""
    red, green, blue = ImageColor.getrgb(text.strip())[:3]
    return f"#{red:02X}{green:02X}{blue:02X}"


def linear(color: str) -> Triple:
    """Return linear red, green and blue, 0 to 1."""
    red, green, blue = bytes.fromhex(color.removeprefix("#"))
    return _linear(red), _linear(green), _linear(blue)


def _linear(value: int) -> float:
    share = value / 255.0
    return float(share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4)


def hexed(light: Iterable[float]) -> str:
    """Return the colour of linear red, green and blue, cut to what a screen shows."""
    return "#" + bytes(_encoded(value) for value in light).hex().upper()


def _encoded(value: float) -> int:
    share = min(max(value, 0.0), 1.0)
    return round(
        255.0 * (share * 12.92 if share <= 0.0031308 else 1.055 * share ** (1 / 2.4) - 0.055)
    )


def luminance(color: str) -> float:
    """Return the relative luminance, 0 for black to 1 for white."""
    red, green, blue = linear(color)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours, 1 to 21 (WCAG 2.2)."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def oklch(color: str) -> Triple:
    """Return lightness (0 to 1), chroma (0 to about 0.3) and hue in degrees, of OKLab."""
    red, green, blue = linear(color)
    long = (0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue) ** (1 / 3)
    middle = (0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue) ** (1 / 3)
    short = (0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue) ** (1 / 3)
    lightness = 0.2104542553 * long + 0.7936177850 * middle - 0.0040720468 * short
    a = 1.9779984951 * long - 2.4285922050 * middle + 0.4505937099 * short
    b = 0.0259040371 * long + 0.7827717662 * middle - 0.8086757660 * short
    return lightness, hypot(a, b), degrees(atan2(b, a)) % 360.0


def of_oklch(lightness: float, chroma: float, hue: float) -> str:
    """Return the colour of a lightness and hue, with as much of the chroma as a screen shows."""
    lightness = min(max(lightness, 0.0), 1.0)
    low, high = 0.0, chroma
    light = _light(lightness, chroma, hue)
    if not _is_shown(light):
        for _ in range(20):
            middle = (low + high) / 2.0
            if _is_shown(_light(lightness, middle, hue)):
                low = middle
            else:
                high = middle
        light = _light(lightness, low, hue)
    return hexed(light)


def _light(lightness: float, chroma: float, hue: float) -> Triple:
    a, b = chroma * cos(radians(hue)), chroma * sin(radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short,
    )


def _is_shown(light: Triple) -> bool:
    return all(-1e-4 <= value <= 1.0 + 1e-4 for value in light)


def at_lightness(color: str, lightness: float) -> str:
    """Return a colour of the same hue that is lighter or darker."""
    _, chroma, hue = oklch(color)
    return of_oklch(lightness, chroma, hue)


def mixed(one: str, other: str, share: float) -> str:
    """Return the colour between two, at `share` of the way from the first, evenly in OKLab."""
    (light1, chroma1, hue1), (light2, chroma2, hue2) = oklch(one), oklch(other)
    a = _between(chroma1 * cos(radians(hue1)), chroma2 * cos(radians(hue2)), share)
    b = _between(chroma1 * sin(radians(hue1)), chroma2 * sin(radians(hue2)), share)
    return of_oklch(_between(light1, light2, share), hypot(a, b), degrees(atan2(b, a)))


def _between(start: float, end: float, share: float) -> float:
    return start + (end - start) * share


def least_contrast(color: str, grounds: Iterable[str]) -> float:
    """Return the contrast on that ground where it is the smallest."""
    return min(contrast(color, ground) for ground in grounds)


@lru_cache(maxsize=4096)
def readable(color: str, grounds: tuple[str, ...], ratio: float = TEXT_CONTRAST) -> str:
    """Return the colour itself, or the one nearest in lightness that stands out on all grounds.

    Where no lightness does (grounds that are dark and light), the one that stands out most.
    """
    if least_contrast(color, grounds) >= ratio:
        return color
    start = oklch(color)[0]
    steps = sorted((i / _STEPS for i in range(_STEPS + 1)), key=lambda value: abs(value - start))
    tried = [at_lightness(color, lightness) for lightness in steps]
    return next(
        (each for each in tried if least_contrast(each, grounds) >= ratio),
        max(tried, key=lambda each: least_contrast(each, grounds)),
    )


@lru_cache(maxsize=4096)
def lab(color: str) -> Triple:
    """Return CIELAB under D65: lightness 0 to 100, a and b."""
    red, green, blue = linear(color)
    x, y, z = (
        _lab_root(value / white)
        for value, white in zip(
            (
                0.4124564 * red + 0.3575761 * green + 0.1804375 * blue,
                0.2126729 * red + 0.7151522 * green + 0.0721750 * blue,
                0.0193339 * red + 0.1191920 * green + 0.9503041 * blue,
            ),
            _WHITE,
            strict=True,
        )
    )
    return 116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)


def _lab_root(value: float) -> float:
    return float(value ** (1 / 3) if value > 216 / 24389 else (24389 / 27 * value + 16) / 116)


def difference(one: str, other: str) -> float:
    """Return how different two colours look, CIEDE2000: 1 is just seen, 100 black on white."""
    return difference_lab(lab(one), lab(other))


def difference_lab(one: Triple, other: Triple) -> float:
    """Return the CIEDE2000 difference of two colours of CIELAB."""
    (light1, a1, b1), (light2, a2, b2) = one, other
    mean = ((hypot(a1, b1) + hypot(a2, b2)) / 2.0) ** 7
    stretch = 1.0 + 0.5 * (1.0 - sqrt(mean / (mean + 25.0**7)))
    chroma1, chroma2 = hypot(a1 * stretch, b1), hypot(a2 * stretch, b2)
    hue1, hue2 = (
        degrees(atan2(b, a * stretch)) % 360.0 if a or b else 0.0 for a, b in ((a1, b1), (a2, b2))
    )
    turn = (hue2 - hue1 + 180.0) % 360.0 - 180.0 if chroma1 * chroma2 else 0.0
    far = abs(hue1 - hue2) > 180.0
    hue = hue1 + hue2
    if chroma1 * chroma2:
        hue = (hue + (360.0 if hue < 360.0 else -360.0) * far) / 2.0
    light, chroma = (light1 + light2) / 2.0, (chroma1 + chroma2) / 2.0
    weight = (
        1.0
        - 0.17 * cos(radians(hue - 30.0))
        + 0.24 * cos(radians(2.0 * hue))
        + 0.32 * cos(radians(3.0 * hue + 6.0))
        - 0.20 * cos(radians(4.0 * hue - 63.0))
    )
    by_light = (light2 - light1) / (
        1.0 + 0.015 * (light - 50.0) ** 2 / sqrt(20.0 + (light - 50.0) ** 2)
    )
    by_chroma = (chroma2 - chroma1) / (1.0 + 0.045 * chroma)
    by_hue = 2.0 * sqrt(chroma1 * chroma2) * sin(radians(turn / 2.0))
    by_hue /= 1.0 + 0.015 * chroma * weight
    high = chroma**7
    rotation = -2.0 * sqrt(high / (high + 25.0**7))
    rotation *= sin(radians(60.0 * exp(-(((hue - 275.0) / 25.0) ** 2))))
    return sqrt(by_light**2 + by_chroma**2 + by_hue**2 + rotation * by_chroma * by_hue)
