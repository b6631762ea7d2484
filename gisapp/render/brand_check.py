"""What of a brand cannot be read or told apart, in sentences, and the brand with that mended.

A look at the colours only: texts on the grounds where they stand, marks on theirs, and meanings
that stand beside each other as people of all eyes see them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, replace
from typing import Any, Final, cast

from gisapp.render.color import MARK_CONTRAST, TEXT_CONTRAST, contrast, readable
from gisapp.render.house import NEIGHBOURS, TOLD_APART, grounds_of, told_apart
from gisapp.render.picture import Brand, Theme, ThemeName, base_of
from gisapp.render.symbology import Palette, palette
from gisapp.render.vision import Sight, least_difference

_PAGE: Final = ("paper", "panel")
_MAP: Final = ("paper", "panel", "water", "land", "tint")
#: Where each text stands; "tint" is land inside an alliance.
TEXTS: Final = {"text": _MAP, "muted": _MAP, "limit": _PAGE}
_POINTS: Final = ("deposit", "refinery", "magnet_plant", "reference", "suspended")
#: Where each mark stands that nothing else says the same as.
MARKS: Final = {
    **dict.fromkeys(_POINTS, _MAP),
    **dict.fromkeys(("route", "inside", "outside"), _MAP),
    **dict.fromkeys(("alliance_outline", "second_outline"), ("water", "land", "tint")),
    **dict.fromkeys(("accent", "alliance", "leader", "grey"), _PAGE),
}
#: In print points have a dark line around them, and it is that which stands out.
_PRINTED: Final = {
    "symbol_outline": _MAP,
    **{name: places for name, places in MARKS.items() if name not in _POINTS},
}
_WORDS: Final = {
    "paper": "the paper",
    "panel": "panels",
    "water": "water",
    "land": "land",
    "tint": "land of an alliance",
    "text": "Text",
    "muted": "Muted text",
    "limit": "The line of a limit",
    "reference": "Other points",
    "suspended": "Suspended sites",
    "symbol_outline": "The line around symbols",
    "route": "Trade routes",
    "inside": "Lines inside the alliance",
    "outside": "Lines outside the alliance",
    "alliance": "The alliance",
    "alliance_outline": "The alliance's outline",
    "second": "The second alliance",
    "second_outline": "The second alliance's outline",
    "accent": "The accent",
    "leader": "The largest outside",
    "grey": "Bars of others",
    "deposit": "Deposits",
    "refinery": "Refineries",
    "magnet_plant": "Magnet plants",
}
_SEERS: Final = {
    None: "",
    Sight.DEUTERANOPIA: " for green-blind people",
    Sight.PROTANOPIA: " for red-blind people",
    Sight.TRITANOPIA: " for blue-blind people",
}


def color_findings(theme: Theme) -> tuple[str, ...]:
    """Return a sentence for each colour that does not stand out or looks like its neighbour.

    Each says what mends it.
    """
    colors = palette(theme)
    return (
        *_contrast_findings(colors, TEXTS, TEXT_CONTRAST),
        *_contrast_findings(colors, _marks(theme), MARK_CONTRAST),
        *_neighbour_findings(theme),
    )


def _marks(theme: Theme) -> dict[str, tuple[str, ...]]:
    return _PRINTED if base_of(theme) is ThemeName.PRINT else MARKS


def _contrast_findings(
    colors: Palette, stands: dict[str, tuple[str, ...]], ratio: float
) -> Iterator[str]:
    for name, places in stands.items():
        color = getattr(colors, name)
        low = {
            place: least
            for place in places
            if (least := min(contrast(color, ground) for ground in _grounds(colors, place))) < ratio
        }
        if low:
            better = readable(color, _all_grounds(colors, places), ratio)
            *most, last = (_WORDS[place] for place in low)
            on = f"{', '.join(most)} and {last}" if most else last
            yield (
                f"{_WORDS[name]} ({color}) on {on}: a contrast of {min(low.values()):.1f} to 1 "
                f"where {ratio:g} to 1 is needed; {better} has it."
            )


def _neighbour_findings(theme: Theme) -> Iterator[str]:
    colors, mended = palette(theme), _mended_colors(theme)
    for one, other in NEIGHBOURS:
        gap, seer = least_difference(getattr(colors, one), getattr(colors, other))
        if gap < TOLD_APART:
            yield (
                f"{_WORDS[one]} ({getattr(colors, one)}) and {_WORDS[other][0].lower()}"
                f"{_WORDS[other][1:]} ({getattr(colors, other)}) look alike{_SEERS[seer]}; "
                f"{mended[one]} and {mended[other]} do not."
            )


def _grounds(colors: Palette, place: str) -> tuple[str, ...]:
    if place == "tint":
        return tuple(g for g in grounds_of(colors) if g not in _plain_grounds(colors))
    return (getattr(colors, place),)


def _plain_grounds(colors: Palette) -> tuple[str, ...]:
    return colors.paper, colors.panel, colors.water, colors.land


def _all_grounds(colors: Palette, places: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(g for place in places for g in _grounds(colors, place)))


def mended(brand: Brand) -> Brand:
    """Return the brand with colours made lighter or darker until nothing of them is found."""
    was, now = palette(brand), _mended_colors(brand)
    changed = {name: color for name, color in now.items() if color != getattr(was, name)}
    kept = {**dict(brand.colors), **changed}
    order = [field.name for field in fields(Palette)]
    return replace(brand, colors=tuple((name, kept[name]) for name in order if name in kept))


def _mended_colors(theme: Theme) -> dict[str, str]:
    """Return the colours of texts, marks and neighbours, changed where they have to be."""
    colors, marks = palette(theme), _marks(theme)
    # alliances first: their tints are grounds of all that follows
    colors = _outstanding(colors, {"alliance": _PAGE, "leader": _PAGE}, MARK_CONTRAST)
    colors = _apart(colors, ("alliance", "second", "leader"), _PAGE)
    colors = _outstanding(colors, TEXTS, TEXT_CONTRAST)
    colors = _outstanding(colors, marks, MARK_CONTRAST)
    colors = _apart(colors, ("deposit", "refinery", "magnet_plant"), _MAP)
    colors = _apart(colors, ("inside", "outside"), _MAP)
    return {name: getattr(colors, name) for name in (*TEXTS, *MARKS, "symbol_outline", "second")}


def _outstanding(colors: Palette, stands: dict[str, tuple[str, ...]], ratio: float) -> Palette:
    made = {
        name: readable(getattr(colors, name), _all_grounds(colors, places), ratio)
        for name, places in stands.items()
    }
    return replace(colors, **cast("dict[str, Any]", made))


def _apart(colors: Palette, names: tuple[str, ...], places: tuple[str, ...]) -> Palette:
    pairs = [pair for pair in NEIGHBOURS if set(pair) <= set(names)]
    if all(
        least_difference(*(getattr(colors, n) for n in pair))[0] >= TOLD_APART for pair in pairs
    ):
        return colors
    given = {name: getattr(colors, name) for name in names}
    made = told_apart(given, pairs, _all_grounds(colors, places))
    return replace(colors, **cast("dict[str, Any]", made))
