"""A scene to PNG, SVG and PDF with matplotlib: the same page, text stays text.

The object interface alone, no global state; the same scene gives the same bytes.
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from functools import cache
from pathlib import Path
from typing import Any, Final

import matplotlib as mpl
import numpy as np
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_pdf import FigureCanvasPdf
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.path import Path as Outline
from matplotlib.patheffects import Stroke
from matplotlib.text import Text

from gisapp.model.features import Floats
from gisapp.model.feedback import Feedback
from gisapp.render.fonts import ASCENT, FAMILY, LINE_HEIGHT, font_path
from gisapp.render.scene import Area, Block, Ink, Item, Line, Mark, Scene, Words, arrow_head
from gisapp.render.shapes import rings_of
from gisapp.render.symbology import Symbol, ring_size

FORMATS: Final = (".png", ".svg", ".pdf")
#: Families that hold what Lato lacks; the first one that is installed is used for a character.
_OTHER_SCRIPTS: Final = (
    "Noto Sans CJK SC", "Noto Sans CJK JP", "Source Han Sans SC", "Microsoft YaHei", "PingFang SC",
    "Hiragino Sans", "WenQuanYi Micro Hei", "Noto Sans Arabic", "Noto Sans Devanagari",
)  # fmt: skip
_SETTINGS: Final[dict[Any, Any]] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "gisapp",
    "pdf.fonttype": 42,
    "pdf.compression": 6,
    "text.parse_math": False,
    "path.simplify": False,
    "hatch.linewidth": 0.5,
    "axes.unicode_minus": False,
}


@cache
def families() -> tuple[str, ...]:
    """Return the font families in the order in which a character is looked up."""
    for bold in (False, True):
        font_manager.fontManager.addfont(font_path(bold=bold))
    installed = set(font_manager.fontManager.get_font_names())
    return (FAMILY, *(name for name in _OTHER_SCRIPTS if name in installed), "DejaVu Sans")


def write_static(
    scene: Scene,
    path: Path,
    *,
    dpi: int = 200,
    as_of: date | None = None,
    feedback: Feedback | None = None,
) -> None:
    """Write a scene as the picture that the ending of `path` names (.png, .svg, .pdf).

    Parameters
    ----------
    dpi
        Pixels per inch of a PNG; the vector formats have none.
    as_of
        The day the picture shows: the creation date of a PDF, so that no clock is in the file.
    """
    ending = path.suffix.lower()
    with mpl.rc_context({**_SETTINGS, "font.family": list(families())}), warnings.catch_warnings():
        # a character that no font of this machine has is drawn as an empty box
        warnings.filterwarnings("ignore", message="Glyph .* missing from")
        logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)
        figure = _figure(scene, feedback or Feedback())
        metadata: dict[str, Any] = {"Title": scene.title}
        if ending == ".png":
            FigureCanvasAgg(figure)
            metadata |= {"Description": scene.alt, "Software": None}
        elif ending == ".svg":
            FigureCanvasSVG(figure)
            metadata |= {"Description": scene.alt, "Date": None}
        else:
            FigureCanvasPdf(figure)
            day = datetime.combine(as_of, time(), UTC) if as_of else None
            metadata |= {"Subject": scene.alt, "CreationDate": day}
        figure.savefig(path, format=ending[1:], dpi=dpi, metadata=metadata)


def _figure(scene: Scene, feedback: Feedback) -> Figure:
    figure = Figure(figsize=(scene.width / 72.0, scene.height / 72.0))
    figure.patch.set_facecolor(scene.paper.color)
    axes = figure.add_axes((0.0, 0.0, 1.0, 1.0))
    axes.set_xlim(0.0, scene.width)
    axes.set_ylim(scene.height, 0.0)
    axes.set_axis_off()
    for order, item in enumerate(scene.items):
        feedback.check(order / len(scene.items), "Drawing the page")
        for artist in _artists(item, axes):
            artist.set_zorder(order)
            artist.set_gid(f"{item.group}: {item.name}")
    return figure


def _artists(item: Item, axes: Axes) -> Sequence[Any]:
    if isinstance(item, Area):
        return [axes.add_artist(patch) for patch in _area(item)]
    if isinstance(item, Line):
        return [axes.add_artist(patch) for patch in _line(item)]
    if isinstance(item, Mark):
        return [axes.add_artist(patch) for patch in _mark(item)]
    if isinstance(item, Words):
        return _words(item, axes)
    if isinstance(item, Block):
        return [axes.add_artist(patch) for patch in _block(item)]
    return []


def _rgba(ink: Ink | None) -> Any:
    return "none" if ink is None else to_rgba(ink.color, ink.alpha)


def _rings(rings: Sequence[Floats]) -> Outline:
    points = [np.concatenate([ring, ring[:1]]) for ring in rings]
    codes = [
        [Outline.MOVETO, *[Outline.LINETO] * (len(ring) - 1), Outline.CLOSEPOLY] for ring in rings
    ]
    return Outline(np.concatenate(points), np.concatenate(codes))


def _dash(dash: Sequence[float]) -> Any:
    return (0, tuple(dash)) if dash else "solid"


def _area(item: Area) -> list[PathPatch]:
    path = _rings([ring for part in item.parts for ring in part])
    patches = [
        PathPatch(
            path,
            facecolor=_rgba(item.fill),
            edgecolor=_rgba(item.stroke),
            linewidth=item.width,
            linestyle=_dash([length / max(item.width, 0.01) for length in item.dash]),
            joinstyle="round",
        )
    ]
    if item.hatch:
        patches.append(_hatched(path, item.hatch, item.hatch_ink))
    return patches


def _hatched(path: Outline, hatch: str, ink: Ink | None) -> PathPatch:
    # a hatch takes the colour of the edge, and the edge itself would be drawn over the outline
    return PathPatch(path, facecolor="none", edgecolor=_rgba(ink), linewidth=0.0, hatch=hatch * 4)


def _block(item: Block) -> list[PathPatch]:
    box = item.box
    ring = np.array(
        [(box.x, box.y), (box.right, box.y), (box.right, box.bottom), (box.x, box.bottom)]
    )
    path = _rings([ring])
    patches = [
        PathPatch(
            path,
            facecolor=_rgba(item.fill),
            edgecolor=_rgba(item.stroke),
            linewidth=item.width,
        )
    ]
    if item.hatch:
        patches.append(_hatched(path, item.hatch, item.hatch_ink))
    return patches


def _open(parts: Sequence[Floats]) -> Outline:
    codes = [[Outline.MOVETO, *[Outline.LINETO] * (len(part) - 1)] for part in parts]
    return Outline(np.concatenate(parts), np.concatenate(codes))


def _line(item: Line) -> list[PathPatch]:
    patches = [
        PathPatch(
            _open(item.parts),
            facecolor="none",
            edgecolor=_rgba(item.ink),
            linewidth=item.width,
            # dashes are in points, matplotlib's are in line widths
            linestyle=_dash([length / max(item.width, 0.01) for length in item.dash]),
            capstyle="butt" if item.dash else "round",
            joinstyle="round",
        )
    ]
    if item.arrow is not None:
        head = _rings([arrow_head(item.arrow)])
        patches.append(PathPatch(head, facecolor=_rgba(item.ink), edgecolor="none"))
    return patches


def _shape(symbol: Symbol, x: float, y: float, size: float) -> Outline:
    if symbol.shape == "circle":
        return Outline.circle((x, y), size / 2.0)
    rings = [np.array(ring) * size + (x, y) for ring in rings_of(symbol.shape)]
    return _open(rings) if symbol.shape == "cross" else _rings(rings)


def _mark(item: Mark) -> list[PathPatch]:
    symbol, x, y = item.symbol, item.x, item.y
    alpha = symbol.opacity
    cross = symbol.shape == "cross"
    inner = symbol.halo if symbol.hollow else symbol.fill
    patches = []
    if symbol.ring != "none":
        for color, width, dash in (
            (symbol.halo, symbol.halo_width * 2.4, "solid"),
            (symbol.ring_color, symbol.halo_width * 0.9, symbol.ring),
        ):
            patches.append(
                PathPatch(
                    Outline.circle((x, y), ring_size(symbol) / 2.0),
                    facecolor="none",
                    edgecolor=to_rgba(color, alpha),
                    linewidth=width,
                    linestyle=(0, (0.8, 1.2)) if dash == "dotted" else "solid",
                )
            )
    path = _shape(symbol, x, y, symbol.size)
    if symbol.halo_width:
        patches.append(
            PathPatch(
                path,
                facecolor="none" if cross else to_rgba(symbol.halo, alpha),
                edgecolor=to_rgba(symbol.halo, alpha),
                linewidth=symbol.stroke_width + 2.0 * symbol.halo_width,
                joinstyle="round",
            )
        )
    patches.append(
        PathPatch(
            path,
            facecolor="none" if cross or not inner else to_rgba(inner, alpha),
            edgecolor=to_rgba(symbol.stroke, alpha) if symbol.stroke_width else "none",
            linewidth=symbol.stroke_width,
            joinstyle="miter",
        )
    )
    return patches


def _words(item: Words, axes: Axes) -> list[Text]:
    texts: list[Text] = []
    for i, line in enumerate(item.lines):
        at = (item.x, item.y + item.size * (ASCENT + 0.2 + i * LINE_HEIGHT))
        look: dict[str, Any] = {
            "fontsize": item.size,
            "fontweight": "bold" if item.bold else "normal",
            "ha": item.align,
            "va": "baseline",
        }
        if item.halo is not None:
            # a stroked text is drawn as paths: the text proper follows on top, as text
            halo = axes.text(*at, line, color=_rgba(item.halo), **look)
            halo.set_path_effects([Stroke(linewidth=2.4, foreground=item.halo.color, alpha=0.85)])
            texts.append(halo)
        texts.append(axes.text(*at, line, color=_rgba(item.ink), **look))
    return texts
