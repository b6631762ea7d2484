"""Legend swatches as SVG and the legend as HTML, for pages."""

from __future__ import annotations

import html
from collections.abc import Collection
from itertools import groupby

from gisapp.model.numbers import whole
from gisapp.render.legend import LegendEntry, legend_entries
from gisapp.render.picture import Picture, Theme
from gisapp.render.shapes import rings_of
from gisapp.render.symbology import AreaSymbol, LineSymbol, Symbol, palette

_SIDE = 22


def swatch_svg(entry: LegendEntry, muted: str) -> str:
    """Return a legend entry's swatch as an SVG element, 22 pixels wide (sizes: as needed)."""
    if entry.sizes:
        return _sizes(entry, muted)
    if entry.symbol is not None:
        body = _symbol(entry.symbol)
    elif entry.line is not None:
        body = _line(entry.line)
    elif entry.area is not None:
        body = _area(entry.area)
    elif entry.ramp:
        wide = 18.0 / len(entry.ramp)
        body = "".join(
            f'<rect x="{2 + i * wide:.2f}" y="3" width="{wide + 0.1:.2f}" height="10" '
            f'fill="{color}"/>'
            for i, color in enumerate(entry.ramp)
        )
    else:
        body = ""
    return _svg(body, _SIDE, 16)


def _svg(body: str, width: float, height: float) -> str:
    return (
        f'<svg width="{width:g}" height="{height:g}" viewBox="0 0 {width:g} {height:g}" '
        f'aria-hidden="true">{body}</svg>'
    )


def _symbol(symbol: Symbol, x: float = _SIDE / 2, y: float = 8.0) -> str:
    size = symbol.size * 1.25
    rings = [[(x + dx * size, y + dy * size) for dx, dy in r] for r in rings_of(symbol.shape)]
    fill = symbol.fill or (symbol.halo if symbol.hollow else "none")
    pen = f'stroke="{symbol.stroke}" stroke-width="{symbol.stroke_width:g}"'
    if symbol.shape == "cross":
        body = "".join(
            f'<line x1="{p[0]:.2f}" y1="{p[1]:.2f}" x2="{q[0]:.2f}" y2="{q[1]:.2f}" {pen}/>'
            for p, q in rings
        )
    else:
        path = "".join(
            "M" + "L".join(f"{px:.2f} {py:.2f}" for px, py in ring) + "Z" for ring in rings
        )
        body = f'<path d="{path}" fill="{fill}" fill-rule="evenodd" {pen}/>'
    if symbol.ring != "none":
        dash = ' stroke-dasharray="1.4 2"' if symbol.ring == "dotted" else ""
        body += (
            f'<circle cx="{x:g}" cy="{y:g}" r="{size / 2 + 2:.2f}" fill="none" '
            f'stroke="{symbol.ring_color}"{dash}/>'
        )
    return f'<g opacity="{symbol.opacity:g}">{body}</g>'


def _line(line: LineSymbol) -> str:
    dash = " ".join(f"{length:g}" for length in line.dash)
    arrow = f'<path d="M9 4.5 L15 8 L9 11.5 L10.5 8 Z" fill="{line.color}"/>' if line.arrow else ""
    return (
        f'<line x1="0" y1="8" x2="{_SIDE}" y2="8" stroke="{line.color}" '
        f'stroke-width="{max(line.width, 1.2):g}" stroke-dasharray="{dash}"/>{arrow}'
    )


def _area(area: AreaSymbol) -> str:
    fill = area.fill if area.fill and not area.hatch else "none"
    body = (
        f'<rect x="2" y="2" width="18" height="12" fill="{fill}" fill-opacity="{area.alpha:g}" '
        f'stroke="{area.outline}" stroke-dasharray="{" ".join(f"{d:g}" for d in area.dash)}"/>'
    )
    if area.hatch:
        up = area.hatch == "/"
        body += "".join(
            f'<line x1="{x}" y1="{14 if up else 2}" x2="{x + 6}" y2="{2 if up else 14}" '
            f'stroke="{area.outline}" stroke-width="0.8"/>'
            for x in (2, 7, 12)
        )
    return body


def _sizes(entry: LegendEntry, muted: str) -> str:
    largest = max(diameter for _, diameter in entry.sizes)
    parts = []
    low = 0.0
    for value, diameter in entry.sizes:
        top = largest - diameter
        low = max(top + 7.0, low + 9.5 if low else 0.0)  # numbers of small circles stand apart
        parts.append(
            f'<circle cx="{largest / 2 + 1:g}" cy="{top + diameter / 2 + 1:g}" '
            f'r="{diameter / 2:g}" fill="none" stroke="{muted}"/>'
        )
        parts.append(
            f'<text x="{largest + 8:g}" y="{low:g}" font-size="9" fill="{muted}">'
            f"{whole(value)}</text>"
        )
    return _svg("".join(parts), largest + 54, max(largest, low) + 4)


def legend_html(picture: Picture, theme: Theme, switches: Collection[str] = ()) -> str:
    """Return the legend as HTML; entries of layers in `switches` get a tick box."""
    muted = palette(theme).muted
    rows: list[str] = []
    ticked: set[str] = set()
    for _, entries in groupby(legend_entries(picture, theme), key=lambda entry: entry.group):
        rows.append("<ul>")
        for entry in entries:
            layer = entry.key.removeprefix("layer:").split(" (")[0]
            tick = ""
            if entry.key.startswith("layer:") and layer in switches and layer not in ticked:
                ticked.add(layer)
                tick = f'<input type="checkbox" checked data-layer="{html.escape(layer)}">'
            if entry.is_heading:
                label = html.escape(entry.label)
                rows.append(f'<li class="heading"><label><span>{label}</span>{tick}</label></li>')
                continue
            count = f'<span class="count">{whole(entry.count)}</span>' if entry.count else ""
            rows.append(
                f"<li><label>{swatch_svg(entry, muted)}"
                f"<span>{html.escape(entry.label)}</span>{count}{tick}</label></li>"
            )
        rows.append("</ul>")
    return f'<section class="legend" aria-label="Legend">{"".join(rows)}</section>'
