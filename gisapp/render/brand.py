"""A house style from a file: a small file of our own, or a presentation, template or theme.

Our own is JSON or TOML, every entry optional but the name:

    {
      "name": "Harbour",
      "base": "light",
      "accents": ["#0B5C7A", "#C8553D", "#588157"],
      "colors": {"paper": "#FFFFFF", "text": "#14213D", "mines": "#C8553D"},
      "font": {"family": "Source Sans 3", "regular": "Sans3.ttf", "bold": "Sans3-Bold.ttf"},
      "logo": "logo.svg"
    }

`base` is the theme that it changes (light, dark, print), else the one with a paper like its own.
`colors` are named as in `symbology.Palette` or by `ALIASES`. From `accents`, the colours of the
house, all that `colors` does not name is made; without them it stays as the theme has it. `font`
may be the name of an installed family alone. Files are found from where the brand's file is. Two
examples stand in resources/theme/brands.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any, Final

from gisapp.model.feedback import GisappError
from gisapp.render.brand_office import OFFICE_ENDINGS, office_brand, unreadable_brand
from gisapp.render.color import as_hex
from gisapp.render.house import House, colors_of
from gisapp.render.logo import LARGEST_LOGO, logo_text
from gisapp.render.picture import Brand, ThemeName
from gisapp.render.symbology import Palette, palette

OWN_ENDINGS: Final = (".json", ".toml")
_LARGEST_FILE: Final = 1024 * 1024
COLOR_NAMES: Final = tuple(
    field.name for field in fields(Palette) if field.name not in ("shade_alpha", "shade_hatched")
)
#: Other words for colours, and what each stands for.
ALIASES: Final[dict[str, tuple[str, ...]]] = {
    "background": ("paper", "panel"),
    "paper": ("paper", "panel"),
    "ink": ("text",),
    "font": ("text",),
    "foreground": ("text",),
    "subtle": ("muted",),
    "sea": ("water",),
    "ocean": ("water",),
    "mine": ("deposit",),
    "mines": ("deposit",),
    "deposits": ("deposit",),
    "refineries": ("refinery",),
    "magnets": ("magnet_plant",),
    "magnet_plants": ("magnet_plant",),
    "routes": ("route",),
    "primary": ("accent", "alliance"),
    "second_alliance": ("second",),
    "largest": ("leader", "outside"),
    "warning": ("limit",),
}
_ENTRIES: Final = ("name", "base", "accents", "colors", "font", "logo")
_FONT_ENTRIES: Final = ("family", "regular", "bold")


def read_brand(path: Path) -> Brand:
    """Return the house style of a file.

    Raises
    ------
    GisappError
        `unreadable_brand` for a file that is none, `unknown_brand_entry`, `unknown_color` and
        `not_a_color` for what an own file says wrong, `missing_font` and `missing_logo` for files
        it names that are not there, `logo_too_large`, `not_a_logo`.
    """
    ending = path.suffix.lower()
    if ending in OFFICE_ENDINGS:
        return office_brand(path)
    if ending not in OWN_ENDINGS:
        raise GisappError(
            "unreadable_brand",
            f'Brands cannot be read from "{path.suffix or path.name}".',
            f"Choose one of {', '.join((*OWN_ENDINGS, *OFFICE_ENDINGS))}.",
        )
    return _own_brand(path, _document(path))


def _document(path: Path) -> Mapping[str, Any]:
    try:
        if path.stat().st_size > _LARGEST_FILE:
            raise unreadable_brand(path, "it is too large")
        text = path.read_text(encoding="utf-8-sig")
        document = tomllib.loads(text) if path.suffix.lower() == ".toml" else json.loads(text)
    except OSError as error:
        raise unreadable_brand(path, error.strerror or error) from error
    except (ValueError, RecursionError) as error:
        line = getattr(error, "lineno", None)
        where = f"line {line} of it" if line else "it"
        kind = path.suffix[1:].upper()
        raise unreadable_brand(path, f"{where} is no {kind}") from error
    if not isinstance(document, dict):
        raise unreadable_brand(path, "it holds no entries")
    return document


def _own_brand(path: Path, document: Mapping[str, Any]) -> Brand:
    _only(path, document, _ENTRIES)
    given = _colors(path, document.get("colors", {}))
    accents = document.get("accents", [])
    if not isinstance(accents, list):
        raise unreadable_brand(path, '"accents" is no list of colours')
    house_colors = tuple(_color(path, "accents", value) for value in accents)
    base = _base(path, document.get("base"), given)
    if house_colors:
        ours = palette(base)
        house = House(
            given.get("paper", ours.paper),
            given.get("text", ours.text),
            house_colors,
            given.get("land", ""),
        )
        given = colors_of(house, base, given)
    family, regular, bold = _font(path, document.get("font", ""))
    logo = document.get("logo", "")
    return Brand(
        name=_text(path, "name", document.get("name", path.stem)),
        base=base,
        colors=tuple((name, given[name]) for name in COLOR_NAMES if name in given),
        family=family,
        regular=regular,
        bold=bold,
        logo=_logo(path.parent / _text(path, "logo", logo)) if logo else "",
    )


def _only(path: Path, document: Mapping[str, Any], known: tuple[str, ...]) -> None:
    unknown = [str(name) for name in document if name not in known]
    if unknown:
        raise GisappError(
            "unknown_brand_entry",
            f'{path.name} has the entry "{unknown[0]}", which no brand has.',
            f"It may have {', '.join(known)}.",
        )


def _text(path: Path, entry: str, value: Any) -> str:
    if not isinstance(value, str):
        raise unreadable_brand(path, f'"{entry}" is no text')
    return value.strip()


def _base(path: Path, value: Any, given: Mapping[str, str]) -> ThemeName:
    if value is None:
        paper = given.get("paper", palette(ThemeName.LIGHT).paper)
        return House(paper, "", ()).base
    if value not in tuple(ThemeName):
        raise GisappError(
            "unknown_theme",
            f'{path.name} is based on "{value}", which is no theme.',
            f"Choose one of {', '.join(ThemeName)}.",
        )
    return ThemeName(value)


def _colors(path: Path, table: Any) -> dict[str, str]:
    if not isinstance(table, dict):
        raise unreadable_brand(path, '"colors" names no colours')
    plain: dict[str, str] = {}
    others: dict[str, str] = {}
    for name, value in table.items():
        word = name.strip().lower().replace(" ", "_").replace("-", "_")
        targets = ALIASES.get(word, (word,))
        if not set(targets) <= set(COLOR_NAMES):
            raise GisappError(
                "unknown_color",
                f'{path.name} names the colour "{name}", which no theme has.',
                f"Colours are {', '.join(COLOR_NAMES)}.",
            )
        color = _color(path, name, value)
        # a colour by its own name goes before one by another word
        (plain if targets == (word,) else others).update(dict.fromkeys(targets, color))
    return others | plain


def _color(path: Path, name: str, value: Any) -> str:
    try:
        return as_hex(str(value))
    except ValueError as error:
        raise GisappError(
            "not_a_color",
            f'{path.name} gives {name} the colour "{value}", which is none.',
            'Write colours as "#1B2730".',
        ) from error


def _font(path: Path, entry: Any) -> tuple[str, str, str]:
    if isinstance(entry, str):
        return entry.strip(), "", ""
    if not isinstance(entry, dict):
        raise unreadable_brand(path, '"font" is neither a name nor names of files')
    _only(path, entry, _FONT_ENTRIES)
    family, regular, bold = (_text(path, key, entry.get(key, "")) for key in _FONT_ENTRIES)
    files = []
    for name in (regular, bold):
        file = path.parent / name
        if name and not file.is_file():
            raise GisappError(
                "missing_font",
                f"The font file {name} of {path.name} is not there.",
                "Put it beside the brand's file, or name an installed family alone.",
            )
        files.append(str(file.resolve()) if name else "")
    return family, files[0], files[1]


def _logo(path: Path) -> str:
    try:
        data = path.read_bytes() if path.stat().st_size <= LARGEST_LOGO else None
    except OSError as error:
        raise GisappError(
            "missing_logo",
            f"The logo {path.name} cannot be read: {error.strerror or error}.",
            "Put it beside the brand's file.",
        ) from error
    if data is None:
        raise GisappError(
            "logo_too_large",
            f"The logo {path.name} is larger than {LARGEST_LOGO // 1024} kB.",
            "Save it smaller; 800 pixels wide is enough for a slide.",
        )
    return logo_text(data, path.name)
