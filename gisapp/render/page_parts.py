"""What stands around the map of an exported page: words, chart and tables as plain HTML.

Everything that comes from a file or a user is escaped; nothing here runs.
"""

from __future__ import annotations

import base64
import html
import math
from collections.abc import Iterable, Sequence
from typing import Final

from gisapp.model.numbers import whole
from gisapp.render.chart import axis_end, stands_out, value_text
from gisapp.render.page_words import BOUNDARIES, long_date
from gisapp.render.picture import (
    Bar,
    Brand,
    Connection,
    FrameSpec,
    PageTable,
    Picture,
    Show,
)
from gisapp.render.swatch import legend_html
from gisapp.render.symbology import bar_color
from gisapp.render.webmap import to_json

#: Where the map itself goes, see `around`.
MAP_SLOT: Final = "<!--map-->"
#: Lines beyond these are not listed: nobody reads them.
MOST_LINES: Final = 400


def around(picture: Picture, frame: FrameSpec, notes: Sequence[str], attribution: str) -> str:
    """Return the page's body, with `MAP_SLOT` where the map goes.

    Parameters
    ----------
    notes
        What the page cannot show as it is, sentences.
    attribution
        The line of sources where the picture names none.
    """
    shows = frame.elements
    switches = {drawn.layer.id for drawn in picture.layers}
    captions = (picture.caption, "" if frame.caption == picture.caption else frame.caption)
    more = (
        _chart(picture, frame) if shows.chart is not Show.NO else "",
        legend_html(picture, frame.look, switches) if shows.legend is not Show.NO else "",
        _table(picture.table) if picture.table and shows.table is not Show.NO else "",
        _table(_lines(picture)) if picture.connections else "",
        *(_tag("p", caption, "caption") for caption in captions),
        _SITES,
        _method((*picture.notes.split("\n"), *notes)),
        _sources(picture, attribution),
    )
    return "".join(
        (
            '<a class="skip" href="#map_main">Skip to the map</a>',
            '<a class="skip" href="#more">Skip to legend, figures and sources</a>',
            '<div class="page"><div class="lead">',
            f"<header>{_logo(frame)}",
            _tag("h1", picture.title),
            _tag("p", picture.subtitle),
            "</header>",
            _FIND,
            '</div><main class="stage" aria-label="Map">',
            MAP_SLOT,
            _CARD,
            "</main>",
            f'<div class="more" id="more" tabindex="-1">{"".join(more)}</div></div>',
            '<p class="unseen" role="status" aria-live="polite" id="said"></p>',
            _lineage(picture),
        )
    )


_FIND: Final = (
    '<form class="find" role="search"><label for="find">Find a site</label>'
    '<input id="find" type="search" role="combobox" aria-expanded="false" aria-controls="found" '
    'aria-autocomplete="list" autocomplete="off" spellcheck="false" '
    'placeholder="Name, country, owner or mineral">'
    '<ul id="found" role="listbox" aria-label="Sites found" hidden></ul></form>'
)
_CARD: Final = (
    '<section class="card" role="dialog" aria-labelledby="card-title" tabindex="-1" hidden>'
    "</section>"
)
_SITES: Final = (
    '<details class="sites"><summary>All that is on the map, as a table</summary>'
    '<div class="scroll" role="region" aria-label="All that is on the map" tabindex="0"></div>'
    "</details>"
)


def _tag(tag: str, text: str, kind: str = "") -> str:
    known = f' class="{kind}"' if kind else ""
    return f"<{tag}{known}>{html.escape(text)}</{tag}>" if text else ""


def _logo(frame: FrameSpec) -> str:
    brand = frame.look
    if not isinstance(brand, Brand) or not brand.logo or frame.elements.logo is Show.NO:
        return ""
    is_png = base64.b64decode(brand.logo[:16]).startswith(b"\x89PNG")
    kind = "png" if is_png else "svg+xml"
    return (
        f'<img class="logo" alt="{html.escape(brand.name, quote=True)}" '
        f'src="data:image/{kind};base64,{html.escape(brand.logo, quote=True)}">'
    )


# --- figures --------------------------------------------------------------------------------------


def _chart(picture: Picture, frame: FrameSpec) -> str:
    """Return bars that are a table as well: each row says its name and its value."""
    chart = picture.chart
    if chart is None:
        return ""
    subtitle = "" if chart.subtitle in picture.subtitle else chart.subtitle
    end = axis_end(chart)
    limit = ""
    if chart.limit is not None and chart.limit <= end:
        at = f"left:{100 * chart.limit / end:.2f}%"
        word = html.escape(chart.limit_label or value_text(Bar("", chart.limit, chart.limit), "%"))
        limit = f'<span class="limit" style="{at}"></span>'
        head = f'<span class="track"><span class="mark" style="{at}">{word}</span></span>'
    else:
        head = ""
    rows = "".join(
        f"<tr{_STRONG if stands_out(chart, bar) else ''}>"
        f'<th scope="row">{html.escape(bar.label)}</th>'
        f'<td><span class="track">{limit}{_bar(bar, end, frame)}'
        f'<span class="value" style="left:{100 * bar.high / end:.2f}%">'
        f"{html.escape(value_text(bar, chart.unit))}</span></span></td></tr>"
        for bar in chart.bars
    )
    marks = f'<tr aria-hidden="true"><td></td><td>{head}</td></tr>' if head else ""
    return (
        f'<section class="chart" aria-labelledby="chart">'
        f'<h2 id="chart">{html.escape(chart.title)}</h2>{_tag("p", subtitle)}'
        f'<table><thead class="unseen"><tr><th scope="col">Name</th>'
        f'<th scope="col">{html.escape(chart.unit)}</th></tr></thead>'
        f"<tbody>{marks}{rows}</tbody></table>{_tag('p', chart.note, 'note')}</section>"
    )


_STRONG: Final = ' class="strong"'


def _bar(bar: Bar, end: float, frame: FrameSpec) -> str:
    color = bar_color(frame.look, bar.kind)
    sure, unsure = 100 * bar.low / end, 100 * (bar.high - bar.low) / end
    return (
        f'<span class="bar" style="width:{sure:.2f}%;background:{color}"></span>'
        f'<span class="bar unsure" style="left:{sure:.2f}%;width:{unsure:.2f}%;background:{color}">'
        "</span>"
    )


def _table(table: PageTable) -> str:
    numeric = (*table.numeric, *(False for _ in table.columns))

    def cells(row: Iterable[str], tag: str, scope: str) -> str:
        return "".join(
            f"<{tag}{scope}{_NUMERIC if numeric[i] else ''}>{html.escape(text)}</{tag}>"
            for i, text in enumerate(row)
        )

    head = cells(table.columns, "th", ' scope="col"')
    body = "".join(f"<tr>{cells(row, 'td', '')}</tr>" for row in table.rows)
    label = html.escape(table.title, quote=True)
    return (
        f'<section class="table">{_tag("h2", table.title)}'
        f'<div class="scroll" role="region" aria-label="{label}" tabindex="0">'
        f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
        f"{_tag('p', table.note, 'note')}</section>"
    )


_NUMERIC: Final = ' class="number"'


def _lines(picture: Picture) -> PageTable:
    """Return the lines of the map in words: the widest first, and of one width the longest."""
    lines = picture.connections
    listed = sorted(lines, key=lambda c: (-_tonnes(c), -c.km, c.start_name, c.end_name))
    more = len(listed) > MOST_LINES
    del listed[MOST_LINES:]
    columns = [("From", False), ("To", False), ("km", True)]
    cells = [[line.start_name, line.end_name, whole(line.km)] for line in listed]
    if any(not math.isnan(line.tonnes) for line in listed):
        columns.append(("t a year", True))
        for row, line in zip(cells, listed, strict=True):
            row.append("" if math.isnan(line.tonnes) else whole(line.tonnes))
    if picture.shading and len({line.inside for line in lines}) == 2:
        columns.append((f"Inside {picture.shading[0].title}", False))
        for row, line in zip(cells, listed, strict=True):
            row.append("yes" if line.inside else "no")
    titles, numeric = zip(*columns, strict=True)
    note = f"The first {whole(MOST_LINES)} of {whole(len(lines))} lines." if more else ""
    return PageTable("The lines on the map", titles, tuple(map(tuple, cells)), numeric, note)


def _tonnes(line: Connection) -> float:
    return 0.0 if math.isnan(line.tonnes) else line.tonnes


# --- what stands below ----------------------------------------------------------------------------


def _method(notes: Iterable[str]) -> str:
    said = "".join(_tag("p", note.strip()) for note in dict.fromkeys(notes) if note.strip())
    if not said:
        return ""
    return f'<details class="method"><summary>Method and notes</summary>{said}</details>'


def _sources(picture: Picture, attribution: str) -> str:
    named = picture.sources or (attribution,)
    listed = "".join(_tag("li", source) for source in named)
    day = f"As of {long_date(picture.as_of)}."
    return (
        f'<footer class="foot"><h2>Sources</h2>{_tag("p", day, "date")}<ul>{listed}</ul>'
        f"{_tag('p', BOUNDARIES)}</footer>"
    )


def _lineage(picture: Picture) -> str:
    if not picture.lineage:
        return ""
    return f'<script type="application/json" id="lineage">{to_json(dict(picture.lineage))}</script>'
