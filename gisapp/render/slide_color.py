"""Colours of a slide as references to its theme, so that another theme recolours the map.

A theme has twelve colours and the map more: the others are written as shades of the nearest of
the twelve, with the changes of hue, saturation and lightness (HSL) that give our colour in our
theme. Formulas: ECMA-376-1, 20.1.2.3 (hueOff, satMod, satOff, lumMod, lumOff).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from colorsys import hls_to_rgb, rgb_to_hls
from dataclasses import fields
from typing import Final

from gisapp.render.color import contrast, luminance
from gisapp.render.picture import Theme, ThemeName
from gisapp.render.scene import Ink, blended
from gisapp.render.symbology import Palette, palette

#: The colours of a presentation's theme and ours that they are.
THEME_SLOTS: Final = {
    "dk1": "text",
    "lt1": "paper",
    "dk2": "muted",
    "lt2": "water",
    "accent1": "deposit",
    "accent2": "refinery",
    "accent3": "magnet_plant",
    "accent4": "alliance",
    "accent5": "leader",
    "accent6": "route",
    "hlink": "accent",
    "folHlink": "second",
}
#: What a slide calls the first four.
_ON_SLIDE: Final = {"dk1": "tx1", "lt1": "bg1", "dk2": "tx2", "lt2": "bg2"}
_SLOT_OF: Final = {token: _ON_SLIDE.get(slot, slot) for slot, token in THEME_SLOTS.items()}
#: Which of the twelve a further colour is a shade of. The limit's red is a warning in any theme.
_KIN: Final = {
    "panel": "paper",
    "halo": "paper",
    "land": "water",
    "border": "text",
    "coast": "muted",
    "graticule": "water",
    "symbol_outline": "paper",
    "reference": "route",
    "alliance_outline": "alliance",
    "second_outline": "second",
    "inside": "refinery",
    "outside": "leader",
    "grey": "muted",
    "suspended": "muted",
    "unknown": "muted",
    "rule": "muted",
}
#: What stands in where a template's second ground or second text colour does not serve as such.
_INSTEAD: Final = {"water": "paper", "muted": "text", "graticule": "paper", "land": "paper"}
_FULL: Final = 100_000  # 100 % in thousandths of a percent
_TURN: Final = 360 * 60_000  # a full turn of hue
_CLOSE: Final = 1.5  # of 255: a shade this near is the colour


class Colors:
    """How the colours of a deck are written.

    Parameters
    ----------
    theme
        The theme that the scenes are drawn with.
    slots
        The colours "#RRGGBB" that a template's slides call bg1, tx1, bg2 and tx2; none for a deck
        in our own theme. On a dark template the shades are those of our dark theme.
    """

    def __init__(self, theme: Theme, slots: Mapping[str, str] | None = None) -> None:
        self.palette = palette(theme)
        self._like = self.palette if slots is None else _like(slots, self.palette)
        self._avoided = frozenset() if slots is None else _unfit(slots)
        self._slots = dict(slots or {})
        self._tokens: dict[str, str] = {}
        for field in reversed(fields(Palette)):
            value = getattr(self.palette, field.name)
            if isinstance(value, str) and field.name != "accent":
                self._tokens[value.upper()] = field.name
        self._made: dict[tuple[str, str, float], str] = {}

    def xml(self, ink: Ink, alpha: float | None = None) -> str:
        """Return a colour as a shade of the theme's, or as it is where the theme has no kin."""
        opacity = ink.alpha if alpha is None else alpha
        key = ink.color, ink.token, opacity
        if key not in self._made:
            base, color = self._origin(self._token(ink)), self._turned(ink.color)
            steps = shade_of(self._slot(base), color) if base else ()
            self._made[key] = _color_xml(base, color, steps, opacity)
        return self._made[key]

    def mixed(self, ink: Ink, ground: str) -> str:
        """Return what a see-through colour makes over a ground "#RRGGBB", opaque."""
        return self._mix_xml(ink, blended(self._shown(ink), ink.alpha, self._ground(ground)[1]))

    def _mix_xml(self, ink: Ink, color: str) -> str:
        base = self._origin(self._token(ink))
        steps = shade_of(self._slot_color(base), color) if base else ()
        return _color_xml(base, color, steps, 1.0)

    def _shown(self, ink: Ink) -> str:
        """Return what a colour looks like on the slide."""
        base, color = self._origin(self._token(ink)), self._turned(ink.color)
        if not base or not self._slots:
            return color
        made = shaded(self._slot_color(base), shade_of(self._slot(base), color))
        return "#" + bytes(round(part) for part in made).hex().upper()

    def _ground(self, color: str) -> tuple[Ink, str]:
        """Return a ground's colour of the theme, and what it looks like on the slide.

        A ground that is none of the palette is one of its colours over the land.
        """
        if color.upper() in self._tokens:
            return Ink(color), self._shown(Ink(color))
        land = self.palette.land
        top, alpha = min(
            ((token, _share(land, getattr(self.palette, token), color)) for token in _SLOT_OF),
            key=lambda each: _apart(blended(getattr(self.palette, each[0]), each[1], land), color),
        )
        ink = Ink(getattr(self.palette, top), alpha, top)
        return ink, blended(self._shown(ink), alpha, self._shown(Ink(land)))

    def _slot(self, token: str) -> str:
        color: str = getattr(self._like, token)
        return color

    def _slot_color(self, base: str) -> str:
        return self._slots.get(_SLOT_OF[base], self._slot(base))

    def fill(
        self, ink: Ink | None, *, hatch: str = "", lines: Ink | None = None, ground: str = ""
    ) -> str:
        """Return a fill; `lines` are those of a hatch, `ground` is what lies below it."""
        if hatch and lines is not None:
            pattern = "wdUpDiag" if hatch == "/" else "wdDnDiag"
            if ground:  # office suites draw patterns opaque: mix beforehand
                front = self.mixed(lines, ground)
                back = self.mixed(ink, ground) if ink else self._mix_xml(*self._ground(ground))
            else:
                front, back = self.xml(lines), self.xml(ink) if ink else self.xml(lines, 0.0)
            return (
                f'<a:pattFill prst="{pattern}"><a:fgClr>{front}</a:fgClr>'
                f"<a:bgClr>{back}</a:bgClr></a:pattFill>"
            )
        if ink is None or not ink.color:
            return "<a:noFill/>"
        return f"<a:solidFill>{self.xml(ink)}</a:solidFill>"

    def _token(self, ink: Ink) -> str:
        return ink.token or self._tokens.get(ink.color.upper(), "")

    def _turned(self, color: str) -> str:
        """Return a colour of ours as it is on a template that is dark where we are light."""
        token = self._tokens.get(color.upper(), "")
        return getattr(self._like, token) if token else color

    def _origin(self, token: str) -> str:
        """Return which of the theme's colours one is a shade of, "" for none."""
        base = token if token in _SLOT_OF else _KIN.get(token, "")
        return _INSTEAD.get(token, _INSTEAD[base]) if base in self._avoided else base


def _color_xml(base: str, color: str, steps: Sequence[tuple[str, int]], alpha: float) -> str:
    see_through = f'<a:alpha val="{round(alpha * _FULL)}"/>' if alpha < 1.0 else ""
    if not base:
        return f'<a:srgbClr val="{color.lstrip("#").upper()}">{see_through}</a:srgbClr>'
    changes = "".join(f'<a:{name} val="{value}"/>' for name, value in steps)
    return f'<a:schemeClr val="{_SLOT_OF[base]}">{changes}{see_through}</a:schemeClr>'


def slots_of(theme: Theme) -> dict[str, str]:
    """Return the colours of a theme of ours by what slides call them."""
    colors = palette(theme)
    return {slot: getattr(colors, token) for token, slot in _SLOT_OF.items()}


def line_xml(fill: str, width: int, dash: Sequence[float] = ()) -> str:
    """Return a line of a fill and a width in EMU; dash is on and off, in widths of the line."""
    pattern = ""
    if dash:
        on, off = (round(max(length, 0.5) * _FULL) for length in dash[:2])
        pattern = f'<a:custDash><a:ds d="{on}" sp="{off}"/></a:custDash>'
    cap = "flat" if dash else "rnd"
    return f'<a:ln w="{width}" cap="{cap}">{fill}{pattern}<a:round/></a:ln>'


def _like(slots: Mapping[str, str], own: Palette) -> Palette:
    """Return a palette of ours that is as dark or as light as a template."""
    dark = luminance(slots["bg1"]) < luminance(slots["tx1"])
    if dark == (luminance(own.paper) < luminance(own.text)):
        return own
    return palette(ThemeName.DARK if dark else ThemeName.LIGHT)


def _unfit(slots: Mapping[str, str]) -> frozenset[str]:
    """Return which of our second ground and second text colour a template has no use for."""
    unfit = set()
    hue, _, strong = _hls(slots["bg2"])
    is_warm = strong > 0.15 and not 0.4 < hue < 0.78
    if is_warm or contrast(slots["bg2"], slots["bg1"]) > 1.4:
        unfit.add("water")
    if contrast(slots["tx2"], slots["bg1"]) < 4.5:
        unfit.add("muted")
    return frozenset(unfit)


def shade_of(base: str, color: str) -> tuple[tuple[str, int], ...]:
    """Return the fewest changes that make a colour out of another, both "#RRGGBB".

    Returns
    -------
    tuple
        Names and values as DrawingML has them, in the order in which they are applied.
    """
    for steps in _tries(_hls(base), _hls(color)):
        if all(abs(a - b) <= _CLOSE for a, b in zip(shaded(base, steps), _rgb(color), strict=True)):
            return steps
    raise AssertionError(f"no shade of {base} is {color}")


def _tries(
    base: tuple[float, float, float], aim: tuple[float, float, float]
) -> Iterator[tuple[tuple[str, int], ...]]:
    light: list[tuple[str, int]] = []
    if aim[1] <= base[1]:
        light.append(("lumMod", round(aim[1] / max(base[1], 1e-9) * _FULL)))
    else:
        part = (1.0 - aim[1]) / (1.0 - base[1])
        light += [("lumMod", round(part * _FULL)), ("lumOff", round((1.0 - part) * _FULL))]
    if base[2] > 0.02:
        strong = ("satMod", round(aim[2] / base[2] * _FULL))
    else:
        strong = ("satOff", round((aim[2] - base[2]) * _FULL))
    hue = ("hueOff", round((aim[0] - base[0]) * _TURN))
    yield ()
    yield tuple(light)
    yield strong, *light
    yield hue, strong, *light


def shaded(base: str, steps: Sequence[tuple[str, int]]) -> tuple[float, ...]:
    """Return what changes make of a colour: red, green and blue, 0 to 255."""
    hue, light, strong = _hls(base)
    for name, value in steps:
        if name == "hueOff":
            hue = (hue + value / _TURN) % 1.0
        elif name == "satMod":
            strong = min(strong * value / _FULL, 1.0)
        elif name == "satOff":
            strong = min(max(strong + value / _FULL, 0.0), 1.0)
        elif name == "lumMod":
            light = min(light * value / _FULL, 1.0)
        else:
            light = min(light + value / _FULL, 1.0)
    return tuple(255.0 * part for part in hls_to_rgb(hue, light, strong))


def _share(ground: str, top: str, mixed: str) -> float:
    """Return how opaque a colour lies over a ground where the two make about a third."""
    low, high, aim = _rgb(ground), _rgb(top), _rgb(mixed)
    length = sum((h - g) ** 2 for g, h in zip(low, high, strict=True))
    along = sum((a - g) * (h - g) for g, h, a in zip(low, high, aim, strict=True))
    return min(max(along / length, 0.0), 1.0) if length else 0.0


def _apart(one: str, other: str) -> int:
    return sum((a - b) ** 2 for a, b in zip(_rgb(one), _rgb(other), strict=True))


def _rgb(color: str) -> tuple[int, ...]:
    return tuple(bytes.fromhex(color.lstrip("#")))


def _hls(color: str) -> tuple[float, float, float]:
    red, green, blue = (part / 255.0 for part in _rgb(color))
    return rgb_to_hls(red, green, blue)
