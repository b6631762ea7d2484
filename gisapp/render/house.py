"""A whole palette from the few colours of a house: its paper, its text and its accents.

Grounds and quiet lines are tints as far from the paper as in the theme below; what stands on them
keeps its contrast; the colours that mean something go to the meanings whose usual hue they are
nearest to, if people of all eyes can then tell them apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import permutations
from typing import Final

from gisapp.render.color import (
    MARK_CONTRAST,
    TEXT_CONTRAST,
    at_lightness,
    difference,
    least_contrast,
    luminance,
    mixed,
    of_oklch,
    oklch,
    readable,
)
from gisapp.render.picture import ThemeName
from gisapp.render.scene import blended
from gisapp.render.symbology import Palette, palette
from gisapp.render.vision import Sight, as_seen, least_difference

#: Two colours with meanings differ by so much for every eye (CIEDE2000).
TOLD_APART: Final = 10.0
_ENOUGH: Final = TOLD_APART + 0.5
#: Meanings that stand beside each other on a map or in a chart.
NEIGHBOURS: Final = (
    ("deposit", "refinery"),
    ("deposit", "magnet_plant"),
    ("refinery", "magnet_plant"),
    ("inside", "outside"),
    ("alliance", "second"),
    ("alliance", "leader"),
)
#: What the accents are given to, and as which of them others are drawn.
_SLOTS: Final = ("deposit", "refinery", "magnet_plant", "alliance", "second", "leader")
_QUIET: Final = ("paper", "panel", "water", "land", "border", "coast", "graticule")
_TINTING: Final = ("alliance", "second")
#: How much the usual hue of each counts: symbols are learnt, a second alliance is any colour.
_HABIT: Final = (1.0, 1.0, 1.0, 1.0, 0.1, 1.0)
_SLOT_OF: Final = {"inside": "refinery", "outside": "leader"}
#: A house colour paler than this is a grey.
_GREY: Final = 0.035
_DARK_PAPER: Final = 0.18
#: What says something is no paler than this once it stands out from the ground.
_PALE: Final = 0.06
#: An accent that differs less from one before it adds nothing.
_ANOTHER: Final = 9.0
_BLUES: Final = (195.0, 290.0)


@dataclass(frozen=True)
class House:
    """The colours that a house gives, each "#RRGGBB"; `ground` is its second paper."""

    paper: str
    text: str
    accents: tuple[str, ...]
    ground: str = ""

    @property
    def base(self) -> ThemeName:
        """The theme of ours that has a paper like this."""
        return ThemeName.DARK if luminance(self.paper) < _DARK_PAPER else ThemeName.LIGHT


def grounds_of(colors: Palette) -> tuple[str, ...]:
    """Return the colours on which texts and marks stand: paper, panel, water, land, alliances."""
    tints = (blended(getattr(colors, name), colors.shade_alpha, colors.land) for name in _TINTING)
    return tuple(dict.fromkeys((colors.paper, colors.panel, colors.water, colors.land, *tints)))


def colors_of(
    house: House, base: ThemeName, given: Mapping[str, str] | None = None
) -> dict[str, str]:
    """Return every colour of a palette over `base`; those `given` by name stay as they are."""
    ours, given = palette(base), given or {}
    quiet = _quiet(house, ours) | _among(given, _QUIET)
    below = (quiet["paper"], quiet["panel"], quiet["water"], quiet["land"])
    slots = _assigned(_candidates(house, ours, below), ours) | _among(given, _SLOTS)
    slots |= told_apart(_among(slots, _SLOTS[3:]), NEIGHBOURS[4:], below, fixed=given)
    tints = tuple(blended(slots[name], ours.shade_alpha, quiet["land"]) for name in _TINTING)
    grounds = (*below, *tints)
    roles = _SLOTS[:3]
    slots |= told_apart(_among(slots, roles), NEIGHBOURS[:3], grounds, fixed=given)
    text = given.get("text") or readable(house.text, grounds)

    def neutral(share: float, ratio: float = 1.0) -> str:
        return readable(mixed(text, house.paper, share), grounds, ratio)

    return {
        **quiet,
        **slots,
        "text": text,
        "muted": neutral(0.42, TEXT_CONTRAST),
        "accent": readable(_first_accent(house, ours), below, MARK_CONTRAST),
        "halo": quiet["water"] if base is ThemeName.DARK else house.paper,
        "symbol_outline": text if base is ThemeName.PRINT else house.paper,
        "reference": neutral(0.42, MARK_CONTRAST),
        "route": neutral(0.42, MARK_CONTRAST),
        "alliance_outline": _outline(slots["alliance"], grounds, base),
        "second_outline": _outline(slots["second"], grounds, base),
        "inside": readable(slots["refinery"], grounds, MARK_CONTRAST),
        "outside": readable(slots["leader"], grounds, MARK_CONTRAST),
        "grey": neutral(0.55, MARK_CONTRAST),
        "suspended": neutral(0.5, MARK_CONTRAST),
        "unknown": neutral(0.75),
        "limit": readable(_red(house, ours), grounds),
        "rule": neutral(0.85),
        **given,
    }


def _among(colors: Mapping[str, str], names: Iterable[str]) -> dict[str, str]:
    return {name: colors[name] for name in names if name in colors}


def _quiet(house: House, ours: Palette) -> dict[str, str]:
    """Return paper, panel, water, land and their lines, tinted."""
    paper_light = oklch(house.paper)[0]
    ours_light = oklch(ours.paper)[0]
    blues = [hue for _, chroma, hue in map(oklch, house.accents) if _is_blue(chroma, hue)]
    blue = blues[0] if blues else oklch(ours.water)[2]
    warm = next(
        (
            hue
            for _, chroma, hue in map(oklch, (house.ground or house.paper, house.paper))
            if chroma > 0.004
        ),
        oklch(ours.land)[2],
    )
    # land of the water's own hue would melt into it
    alike = abs((warm - blue + 180.0) % 360.0 - 180.0) < 40.0

    def tint(name: str, hue: float, strength: float) -> str:
        light, chroma, _ = oklch(getattr(ours, name))
        return of_oklch(paper_light + light - ours_light, chroma * strength, hue)

    return {
        "paper": house.paper,
        "panel": house.paper,
        **{name: tint(name, blue, 1.2) for name in ("water", "coast", "graticule")},
        **{name: tint(name, warm, 0.3 if alike else 1.0) for name in ("land", "border")},
    }


def _is_blue(chroma: float, hue: float) -> bool:
    return chroma > _GREY and _BLUES[0] <= hue <= _BLUES[1]


def _first_accent(house: House, ours: Palette) -> str:
    return next((a for a in house.accents if oklch(a)[1] > _GREY), ours.accent)


def _red(house: House, ours: Palette) -> str:
    for accent in house.accents:
        _, chroma, hue = oklch(accent)
        if chroma > 0.12 and (hue < 35.0 or hue > 345.0):
            return accent
    return ours.limit


def _outline(color: str, grounds: tuple[str, ...], base: ThemeName) -> str:
    step = 0.1 if base is ThemeName.DARK else -0.1
    return readable(at_lightness(color, oklch(color)[0] + step), grounds, MARK_CONTRAST)


def _candidates(house: House, ours: Palette, grounds: tuple[str, ...]) -> list[str]:
    """Return at least six colours that stand out and differ: the house's, filled up with ours."""
    kept: list[str] = []
    own = [accent for accent in house.accents if oklch(accent)[1] > _GREY]
    for color in (*own, *(getattr(ours, name) for name in _SLOTS)):
        if len(kept) == len(_SLOTS) and color not in own:
            break
        shown = readable(color, grounds, MARK_CONTRAST)
        strong = oklch(shown)[1] > _PALE
        if strong and all(difference(shown, other) >= _ANOTHER for other in kept):
            kept.append(shown)
    spare = (readable(getattr(ours, name), grounds, MARK_CONTRAST) for name in _SLOTS)
    kept += [color for color in spare if color not in kept][: max(len(_SLOTS) - len(kept), 0)]
    return kept[: len(_SLOTS) + 1]


def _assigned(candidates: list[str], ours: Palette) -> dict[str, str]:
    """Return the best colour of the candidates for each slot."""
    pairs = [tuple(_SLOTS.index(_SLOT_OF.get(name, name)) for name in pair) for pair in NEIGHBOURS]
    many = range(len(candidates))
    apart = [[_apart(candidates[i], candidates[j]) for j in many] for i in many]
    fit = [
        [habit * _hue_fit(color, getattr(ours, slot)) for color in candidates]
        for slot, habit in zip(_SLOTS, _HABIT, strict=True)
    ]

    def score(order: tuple[int, ...]) -> float:
        gaps = [apart[order[i]][order[j]] for i, j in pairs]
        return min(gaps) + 0.1 * sum(gaps) + sum(fit[i][at] for i, at in enumerate(order))

    best = max(permutations(many, len(_SLOTS)), key=score)
    return {slot: candidates[at] for slot, at in zip(_SLOTS, best, strict=True)}


@cache
def _apart(one: str, other: str) -> float:
    """Return how well two colours are told apart, no better than well; print in grey counts too."""
    grey = difference(as_seen(one, Sight.GREY), as_seen(other, Sight.GREY))
    return min(least_difference(one, other)[0], 18.0) + 0.5 * min(grey, 8.0)


def _hue_fit(color: str, usual: str) -> float:
    """Return 6 for the usual hue of a meaning to -6 for the opposite one."""
    gap = abs((oklch(color)[2] - oklch(usual)[2] + 180.0) % 360.0 - 180.0)
    return 6.0 - gap / 15.0


def told_apart(
    colors: Mapping[str, str],
    pairs: Iterable[tuple[str, str]],
    grounds: tuple[str, ...],
    *,
    fixed: Iterable[str] = (),
) -> dict[str, str]:
    """Return colours made lighter or darker as little as needed to be told apart by every eye.

    Parameters
    ----------
    colors
        Up to four by name; their hues stay.
    pairs
        Names of those that stand beside each other.
    grounds
        What they all are to stand out from, with the contrast of a mark.
    fixed
        Names of those that stay as they are.
    """
    pairs, fixed = tuple(pairs), set(fixed)
    names = tuple(colors)
    ladders = [
        [colors[name]] if name in fixed else _ladder(colors[name], grounds) for name in names
    ]
    at = [(names.index(one), names.index(other)) for one, other in pairs]
    costs = [
        [abs(oklch(step)[0] - oklch(colors[name])[0]) for step in ladder]
        for name, ladder in zip(names, ladders, strict=True)
    ]
    best, widest = tuple(colors.values()), -1.0
    for _, picked in _choices(ladders, costs):
        gap = min((_gap(picked[i], picked[j]) for i, j in at), default=_ENOUGH)
        if gap > widest:
            best, widest = picked, gap
        if gap >= _ENOUGH:
            break  # choices come in the order of their cost
    return dict(zip(names, best, strict=True))


def _choices(
    ladders: list[list[str]], costs: list[list[float]]
) -> list[tuple[float, tuple[str, ...]]]:
    made: list[tuple[float, tuple[str, ...]]] = [(0.0, ())]
    for ladder, cost in zip(ladders, costs, strict=True):
        made = [
            (total + more, (*picked, step))
            for total, picked in made
            for step, more in zip(ladder, cost, strict=True)
        ]
    return sorted(made, key=lambda each: each[0])


@cache
def _gap(one: str, other: str) -> float:
    return least_difference(one, other)[0]


def _ladder(color: str, grounds: tuple[str, ...]) -> list[str]:
    """Return the colour and lighter and darker ones that stand out from the grounds."""
    steps = (at_lightness(color, 0.20 + 0.03 * i) for i in range(26))
    shown = [step for step in steps if least_contrast(step, grounds) >= MARK_CONTRAST]
    return list(dict.fromkeys((readable(color, grounds, MARK_CONTRAST), *shown)))
