"""A scene to SVG: text as text in fonts that it brings, a named layer for each group.

Every object has an id and a title, so that it is found in a drawing program, in a page's script
and by people who have it read to them.
"""

from __future__ import annotations

import base64
import json
import re
import string
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Final
from xml.sax.saxutils import escape, quoteattr

import numpy as np

from gisapp.model.features import Floats
from gisapp.model.feedback import Feedback
from gisapp.render.fonts import LINE_HEIGHT, font_files, reads_leftward, typeface
from gisapp.render.furniture import LEGEND
from gisapp.render.paint import (
    BASELINE,
    DOTTED,
    GRID,
    HALO_ALPHA,
    HALO_WIDTH,
    HATCH_STEP,
    HATCH_WIDTH,
)
from gisapp.render.scene import (
    Area,
    Block,
    Image,
    Ink,
    Item,
    Line,
    Mark,
    Scene,
    Words,
    arrow_head,
    cleaned,
    plain,
)
from gisapp.render.shapes import rings_of
from gisapp.render.subset import may_embed, web_font
from gisapp.render.symbology import ring_size
from gisapp.render.typeset import HOME, typesetter

#: A symbol of more points is drawn below smaller ones of any layer.
LARGE: Final = 8.0
_SITES: Final = ""
_HEAD: Final = (
    '<svg xmlns="http://www.w3.org/2000/svg" '
    'xmlns:inkscape="http://www.inkscape.org/namespaces/inkscape"'
)
_NOT_IN_ID: Final = re.compile(r"[^\w.]+")
_ANCHORS: Final = {"left": "start", "center": "middle", "right": "end"}
_TURNED: Final = {"start": "end", "middle": "middle", "end": "start"}


def svg_of(
    scene: Scene, items: Iterable[Item] | None = None, *, feedback: Feedback | None = None
) -> str:
    """Return a page as an SVG document; its unit is the point.

    Parameters
    ----------
    items
        What of the scene is drawn; None draws all of it on its paper, otherwise the ground is
        transparent.
    """
    drawing = _Drawing(scene)
    chosen = [cleaned(item) for item in (scene.items if items is None else items)]
    layers = list(drawing.layers(chosen, feedback or Feedback()))
    w, h = _num(scene.width), _num(scene.height)
    lineage = json.dumps(scene.lineage, ensure_ascii=False)
    ground = ""
    if items is None:
        ground = f'<rect id="paper" width="{w}" height="{h}"{_paint("fill", scene.paper)}/>\n'
    return "".join(
        (
            '<?xml version="1.0" encoding="UTF-8"?>\n',
            f'{_HEAD} width="{w}pt" height="{h}pt" viewBox="0 0 {w} {h}" lang="en-GB" ',
            'role="graphics-document" aria-labelledby="title" aria-describedby="desc">\n',
            f'<title id="title">{escape(plain(scene.title))}</title>\n',
            f'<desc id="desc">{escape(plain(scene.alt))}</desc>\n',
            f'<metadata id="lineage">{escape(plain(lineage))}</metadata>\n',
            f"<style>{drawing.faces()}</style>\n",
            f"<defs>{''.join(drawing.patterns.values())}</defs>\n",
            ground,
            *layers,
            "</svg>\n",
        )
    )


def fonts_left_out(scenes: Sequence[Scene]) -> list[str]:
    """Return a sentence for each font of the scenes that may not be brought along."""
    fonts = dict.fromkeys(font_files(scene.theme) for scene in scenes)
    return [
        f"The maker of {font.family} allows no copy of it in a file: where it is not installed "
        "another font stands for it."
        for font in fonts
        if not all(may_embed(typeface(font, bold=bold)) for bold in (False, True))
    ]


def _by_layer(items: Sequence[Item]) -> Iterator[tuple[str, list[Item]]]:
    """Yield runs of objects of one group; symbols of sites, drawn by size, stand by their layer.

    A large symbol lies below those of every layer: such ones are a layer of their own.
    """

    def run_of(item: Item) -> str:
        return _SITES if isinstance(item, Mark) and item.group != LEGEND else item.group

    for name, run in groupby(items, run_of):
        if name != _SITES:
            yield name, list(run)
            continue
        layers: dict[str, list[Item]] = {}
        for mark in run:
            large = isinstance(mark, Mark) and mark.symbol.size > LARGE
            layers.setdefault(f"{mark.group} (large)" if large else mark.group, []).append(mark)
        yield from sorted(layers.items(), key=lambda layer: not layer[0].endswith(" (large)"))


def _num(value: float) -> str:
    """Return a length with two decimals at most, as short as it goes."""
    return _cents(round(value * 100.0))


def _cents(hundredths: int) -> str:
    if hundredths % 100 == 0:
        return str(hundredths // 100)
    text = f"{abs(hundredths) / 100:.2f}".rstrip("0").removeprefix("0")
    return f"-{text}" if hundredths < 0 else text


def _joined(numbers: Iterable[int]) -> str:
    # a minus sign parts two numbers as a space does
    return " ".join(_SHORT.get(n) or _cents(n) for n in numbers).replace(" -", "-")


_SHORT: Final = {n: _cents(n) for n in range(-2000, 2001)}


def _path(parts: Sequence[Floats], *, closed: bool) -> str:
    """Return the data of a path: each part's first corner, then the steps from one to the next."""
    written = []
    at = np.zeros(2, np.int64)
    for part in parts:
        corners = np.rint(np.asarray(part) * GRID).astype(np.int64)
        steps = np.diff(corners, axis=0, prepend=at[None])
        moved = steps[1:]
        first, rest = steps[0].tolist(), moved[(moved != 0).any(axis=1)].ravel().tolist()
        line = f"l{_joined(rest)}" if rest else ""
        written.append(f"m{_joined(first)}{line}{'z' if closed else ''}")
        at = corners[0] if closed else corners[-1]
    return "".join(written)


def _paint(name: str, ink: Ink | None) -> str:
    """Return the attributes of a fill or a stroke."""
    if ink is None:
        return f' {name}="none"'
    alpha = "" if ink.alpha >= 1.0 else f' {name}-opacity="{_num(ink.alpha)}"'
    return f' {name}="{_short(ink.color)}"{alpha}'


def _short(color: str) -> str:
    color = color.lower()
    twice = all(a == b for a, b in zip(color[1::2], color[2::2], strict=True))
    return f"#{color[1::2]}" if twice else color


def _pen(ink: Ink, width: float, dash: Sequence[float] = (), *, sharp: bool = False) -> str:
    shape = "" if sharp else ' stroke-linejoin="round"'
    if not sharp and not dash:
        shape += ' stroke-linecap="round"'
    if dash:
        shape += f' stroke-dasharray="{" ".join(map(_num, dash))}"'
    return f'{_paint("stroke", ink)} stroke-width="{_num(width)}"{shape}'


class _Drawing:
    """What a document gathers while its objects are written: ids, patterns, characters."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.patterns: dict[tuple[str, str, float], str] = {}
        self._ids = {"title", "desc", "lineage", "paper"}
        self._counts: dict[str, int] = {}
        self._setter = typesetter(scene.theme)
        self._used: dict[tuple[str, bool], set[str]] = {}

    def layers(self, items: Sequence[Item], feedback: Feedback) -> Iterator[str]:
        """Yield the layers, back to front, each with its objects."""
        done = 0
        for group, members in _by_layer(items):
            objects = []
            for item in members:
                feedback.check(done / len(items), "Writing the drawing")
                objects.append(self._object(item))
                done += 1
            label = quoteattr(group)
            yield (
                f'<g id="{self._id(f"layer {group}")}" inkscape:groupmode="layer" '
                f'inkscape:label={label} role="group" aria-label={label}>\n'
                f"{''.join(objects)}</g>\n"
            )

    def _id(self, name: str) -> str:
        wanted = _NOT_IN_ID.sub("-", name).strip("-.") or "object"
        if not wanted[0].isalpha():
            wanted = f"n{wanted}"
        unique = wanted
        while unique in self._ids:
            # thousands may share a name: counting goes on where it stood
            self._counts[wanted] = self._counts.get(wanted, 1) + 1
            unique = f"{wanted}-{self._counts[wanted]}"
        self._ids.add(unique)
        return unique

    def _object(self, item: Item) -> str:
        head = f'<g id="{self._id(item.name)}"'
        if isinstance(item, Words):
            role = ' role="heading" aria-level="1"' if item.purpose == "title" else ""
            return f"{head}{role}>{self._words(item)}</g>\n"
        told = f"<title>{escape(item.name)}</title>"
        if item.alt and item.alt != item.name:
            told += f"<desc>{escape(item.alt)}</desc>"
        return f'{head} role="graphics-symbol">{told}{self._body(item)}</g>\n'

    def _body(self, item: Area | Block | Line | Mark | Image) -> str:
        if isinstance(item, Mark):
            return _mark(item)
        if isinstance(item, Line):
            return _line(item)
        if isinstance(item, Image):
            return _image(item)
        if isinstance(item, Area):
            data = _path([ring for part in item.parts for ring in part], closed=True)
            shape = f'<path d="{data}" fill-rule="evenodd"'
        else:
            x, y, w, h = map(_num, (item.box.x, item.box.y, item.box.w, item.box.h))
            shape = f'<rect x="{x}" y="{y}" width="{w}" height="{h}"'
        edge = ""
        if item.stroke is not None and item.width > 0.0:
            dash = item.dash if isinstance(item, Area) else ()
            edge = _pen(item.stroke, item.width, dash, sharp=isinstance(item, Block))
        fill = _paint("fill", item.fill)
        lines = (item.hatch_ink or item.stroke or item.fill) if item.hatch else None
        if lines is None:
            return f"{shape}{fill}{edge}/>"
        hatched = f'{shape} fill="url(#{self._hatch(item.hatch, lines)})"{edge}/>'
        return hatched if item.fill is None else f"{shape}{fill}/>{hatched}"

    def _hatch(self, hatch: str, ink: Ink) -> str:
        key = (hatch, ink.color, ink.alpha)
        name = f"hatch-{[*self.patterns, key].index(key) + 1}"
        if key not in self.patterns:
            self._ids.add(name)
            s, low, high = _num(HATCH_STEP), "-1", _num(HATCH_STEP + 1.0)
            near = _num(HATCH_STEP - 1.0)
            # the ends of the neighbours' lines reach into the corners
            lines = (
                f"M{low} 1L1 {low}M0 {s}L{s} 0M{near} {high}L{high} {near}"
                if hatch == "/"
                else f"M{low} {near}L1 {high}M0 0L{s} {s}M{near} {low}L{high} 1"
            )
            self.patterns[key] = (
                f'<pattern id="{name}" width="{s}" height="{s}" patternUnits="userSpaceOnUse">'
                f'<path d="{lines}" fill="none"{_pen(ink, HATCH_WIDTH, sharp=True)}/></pattern>'
            )
        return name

    def _words(self, item: Words) -> str:
        used = self._used.setdefault
        for char in "".join(item.lines):
            home = self._setter.home_of(char)
            if home is not None:
                used((home, item.bold), set()).add(char)
        anchor = _ANCHORS[item.align]
        written = []
        for number, line in enumerate(item.lines):
            y = item.y + item.size * (BASELINE + number * LINE_HEIGHT)
            turned = reads_leftward(line)
            way = ' direction="rtl"' if turned else ""
            side = _TURNED[anchor] if turned else anchor
            side = "" if side == "start" else f' text-anchor="{side}"'
            written.append((f' x="{_num(item.x)}" y="{_num(y)}"{way}{side}', escape(line)))
        weight = ' font-weight="700"' if item.bold else ""
        look = f' font-size="{_num(item.size)}"{weight} xml:space="preserve"'
        lines = "".join(
            f"<text{at}{look}{_paint('fill', item.ink)}>{t}</text>" for at, t in written
        )
        if item.halo is None:
            return lines
        pen = _pen(Ink(item.halo.color, HALO_ALPHA), HALO_WIDTH)
        around = "".join(f"<text{at}{look}>{t}</text>" for at, t in written)
        return f'<g aria-hidden="true" fill="none"{pen}>{around}</g>{lines}'

    def faces(self) -> str:
        """Return the style sheet: every font with the characters that are used of it."""
        rules, families = [], []
        for (home, bold), chars in self._used.items():
            family, face = self._setter.face(home, bold=bold)
            families.append(family)
            # with our own letters a text can be changed, and pages share what is cut
            font = web_font(face, "".join(chars) + (string.printable if home == HOME else ""))
            if font:
                rules.append(
                    f"@font-face{{font-family:{_quoted(family)};font-weight:{700 if bold else 400};"
                    f"src:url(data:font/woff;base64,{base64.b64encode(font).decode()})}}\n"
                )
        ours = self._setter.face(HOME)[0]
        named = ",".join(map(_quoted, dict.fromkeys([ours, *families])))
        return f"{''.join(rules)}text{{font-family:{named},sans-serif}}"


def _quoted(family: str) -> str:
    return "'" + escape(re.sub(r"['\"\\\\<>]", "", family)) + "'"


def _line(item: Line) -> str:
    pen = _pen(item.ink, item.width, item.dash)
    drawn = f'<path d="{_path(item.parts, closed=False)}" fill="none"{pen}/>'
    if item.arrow is not None:
        tip = _path([arrow_head(item.arrow)], closed=True)
        drawn += f'<path d="{tip}"{_paint("fill", item.ink)}/>'
    return drawn


def _mark(item: Mark) -> str:
    symbol, x, y, alpha = item.symbol, item.x, item.y, item.symbol.opacity
    centre = f'cx="{_num(x)}" cy="{_num(y)}"'
    halo = Ink(symbol.halo, alpha)
    drawn = []
    if symbol.ring != "none":
        width = symbol.halo_width * 0.9
        dash = [each * width for each in DOTTED] if symbol.ring == "dotted" else ()
        circle = f'<circle {centre} r="{_num(ring_size(symbol) / 2.0)}" fill="none"'
        drawn += [
            f"{circle}{_pen(halo, symbol.halo_width * 2.4)}/>",
            f"{circle}{_pen(Ink(symbol.ring_color, alpha), width, dash)}/>",
        ]
    solid = symbol.shape != "cross"
    if symbol.shape == "circle":
        shape = f'<circle {centre} r="{_num(symbol.size / 2.0)}"'
    else:
        rings = [np.array(ring) * symbol.size + (x, y) for ring in rings_of(symbol.shape)]
        shape = f'<path d="{_path(rings, closed=solid)}" fill-rule="evenodd"'
    if symbol.halo_width:
        width = symbol.stroke_width + 2.0 * symbol.halo_width
        drawn.append(f"{shape}{_paint('fill', halo if solid else None)}{_pen(halo, width)}/>")
    inner = symbol.halo if symbol.hollow else symbol.fill
    fill = _paint("fill", Ink(inner, alpha) if solid and inner else None)
    edge = ""
    if symbol.stroke_width:
        edge = _pen(Ink(symbol.stroke, alpha), symbol.stroke_width, sharp=True)
    return "".join([*drawn, f"{shape}{fill}{edge}/>"])


def _image(item: Image) -> str:
    x, y, w, h = map(_num, (item.box.x, item.box.y, item.box.w, item.box.h))
    kind = "image/svg+xml" if item.is_svg else "image/png"
    data = base64.b64encode(item.data).decode()
    return (
        f'<image x="{x}" y="{y}" width="{w}" height="{h}" preserveAspectRatio="none" '
        f'href="data:{kind};base64,{data}"/>'
    )
