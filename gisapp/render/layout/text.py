"""What stands around the body of a page: titles and logo above, sources and number below."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from gisapp.render.fonts import (
    LINE_HEIGHT,
    OURS,
    FontFiles,
    balanced,
    reads_leftward,
    shorten,
    width_of,
    wrap,
)
from gisapp.render.page_sizes import margin_of, page_size, type_scale
from gisapp.render.scene import Box

#: Text is no smaller than this on any page, points.
LEAST_SIZE: Final = 6.0
_GAP: Final = 12.0
#: Sizes at scale 1 with the most lines they may take, in the order in which they are tried.
_SIZES: Final[dict[str, tuple[tuple[float, int], ...]]] = {
    "title": ((28, 1), (26, 1), (24, 1), (22, 1), (24, 2), (22, 2), (20, 2), (18, 2), (16, 3)),
    "subtitle": ((14, 1), (13, 1), (12, 1), (12, 2), (10.5, 2), (9.5, 3)),
    "caption": ((11, 1), (10.5, 2), (9, 3)),
    "sources": ((8, 3), (7.5, 4), (7, 7)),
}
#: The most of the page's height that each may take.
_SHARES: Final = {"title": 0.2, "subtitle": 0.13, "caption": 0.09, "sources": 0.17}
_TOKENS: Final = {"title": "text", "subtitle": "muted", "caption": "text"}
_LOGO_HIGH: Final = 38.0
_LOGO_WIDE: Final = 0.18  # of the page without its margins
_SHADES: Final = (0.96, 0.92)
#: Between sentences of the footer: a line may end in the point and never begins with it.
_BETWEEN: Final = "\u00a0\u00a0·  "
_NUMBER_SIZE: Final = 9.0


@dataclass(frozen=True)
class PageText:
    """The texts around the body. `sources` and `fine_print` are sentences of the footer."""

    title: str
    subtitle: str = ""
    sources: tuple[str, ...] = ()
    fine_print: tuple[str, ...] = ()


@dataclass(frozen=True)
class TextBlock:
    """Wrapped lines in their box; purpose is title, subtitle, caption, sources or number.

    A script that runs from right to left stands at the right; `cut` is whether words are missing.
    """

    purpose: str
    box: Box
    lines: tuple[str, ...]
    size: float
    token: str
    bold: bool = False
    align: str = "left"
    cut: bool = False


@dataclass(frozen=True)
class PageFrame:
    """A page with its head and foot, and the room between them.

    `rule_y` is where the rule above the sources runs.
    """

    page: Box
    scale: float
    margin: float
    texts: tuple[TextBlock, ...]
    body: Box
    rule_y: float
    logo: Box | None = None
    fonts: FontFiles = OURS
    notices: tuple[str, ...] = ()

    @property
    def inner(self) -> Box:
        """The page without its margins."""
        return inside(self.page, self.margin)


def inside(box: Box, margin: float) -> Box:
    """Return a box without a margin on each side."""
    return Box(box.x + margin, box.y + margin, box.w - 2.0 * margin, box.h - 2.0 * margin)


def page_frame(
    text: PageText,
    *,
    size: str,
    dpi: float = 96.0,
    fonts: FontFiles = OURS,
    logo: float = 0.0,
    number: int | None = None,
) -> PageFrame:
    """Return a page with its texts in place.

    Parameters
    ----------
    size, dpi
        See `page_size`.
    logo
        Width by height of the logo, 0 for none.
    number
        Of the page, None for none.
    """
    width, height = page_size(size, dpi=dpi)
    page = Box(0.0, 0.0, width, height)
    scale, margin = type_scale(width, height), margin_of(width, height)
    inner = inside(page, margin)
    notices: list[str] = []
    write = _Writer(inner, height, scale, fonts, notices)
    mark = _logo_box(inner, scale, logo)
    head, top = _head(text, write, mark)
    foot, rule_y, bottom = _foot(text, write, number)
    body = Box(inner.x, top, inner.w, bottom - top)
    return PageFrame(page, scale, margin, (*head, *foot), body, rule_y, mark, fonts, tuple(notices))


@dataclass(frozen=True)
class _Writer:
    """Fits text into a width: the first size that holds it, else cut, which is noted."""

    inner: Box
    page_height: float
    scale: float
    fonts: FontFiles
    notices: list[str]

    def block(self, purpose: str, text: str, size: float, wide: float) -> TextBlock:
        bold = purpose == "title"
        even = bold or purpose == "subtitle"
        measured = (balanced if even else wrap)(text, wide, size, bold=bold, fonts=self.fonts)
        lines = measured or ("",)
        if bold and len(lines) > 1:
            # an editable title wraps by itself: as wide as its longest line it wraps alike
            longest = max(width_of(line, size, bold=bold, fonts=self.fonts) for line in lines)
            wide = min(longest + 1.0, wide)
        leftward = reads_leftward(text)
        x = self.inner.right - wide if leftward else self.inner.x
        box = Box(x, 0.0, wide, len(lines) * size * LINE_HEIGHT)
        align = "right" if leftward else "left"
        return TextBlock(purpose, box, lines, size, _TOKENS.get(purpose, "muted"), bold, align)

    def fit(self, purpose: str, text: str, wide: float) -> TextBlock:
        room = _SHARES[purpose] * self.page_height
        for points, most in _SIZES[purpose]:
            size = max(points * self.scale, LEAST_SIZE)
            block = self.block(purpose, text, size, wide)
            if len(block.lines) <= most and block.box.h <= max(room, size * LINE_HEIGHT):
                # a shade smaller is better than a last line of a word or two
                tries = (max(size * shade, LEAST_SIZE) for shade in _SHADES)
                less = (self.block(purpose, text, smaller, wide) for smaller in tries)
                fewer = (each for each in less if len(each.lines) < len(block.lines))
                return next(fewer, block)
        most = max(min(most, int(room / (size * LINE_HEIGHT))), 1)
        self.notices.append(f"The {purpose} text was shortened to fit the page.")
        # "…" marks the cut even where the last kept line would have fitted by itself
        cut = f"{block.lines[most - 1]} …………"
        last = shorten(cut, block.box.w, size, bold=block.bold, fonts=self.fonts)
        lines = (*block.lines[: most - 1], f"{last.rstrip('… ')}…")
        return replace(block, lines=lines, box=replace(block.box, h=most * size * LINE_HEIGHT))


def caption_block(
    text: str, frame: PageFrame, wide: float, notices: list[str] | None = None
) -> TextBlock:
    """Return a caption of a width, from the origin; what is cut is added to the notices."""
    room = Box(0.0, 0.0, wide, frame.page.h)
    said = [] if notices is None else notices
    return _Writer(room, frame.page.h, frame.scale, frame.fonts, said).fit("caption", text, wide)


def _logo_box(inner: Box, scale: float, aspect: float) -> Box | None:
    if aspect <= 0.0:
        return None
    wide = min(_LOGO_HIGH * scale * aspect, _LOGO_WIDE * inner.w)
    return Box(inner.right - wide, inner.y, wide, wide / aspect)


def at_y(block: TextBlock, y: float) -> TextBlock:
    """Return a block moved up or down."""
    return replace(block, box=replace(block.box, y=y))


def _head(text: PageText, write: _Writer, logo: Box | None) -> tuple[list[TextBlock], float]:
    blocks = []
    inner, scale = write.inner, write.scale
    y = inner.y
    taken = 0.0 if logo is None else logo.w + 20.0 * scale
    if logo is not None:
        write = replace(write, inner=replace(inner, w=inner.w - taken))
    for purpose, words, gap in (("title", text.title, 2.0), ("subtitle", text.subtitle, 0.0)):
        if words.strip():
            block = at_y(write.fit(purpose, words, inner.w - taken), y)
            blocks.append(block)
            y = block.box.bottom + gap * scale
    if logo is not None:
        y = max(y, logo.bottom)
    return blocks, y + _GAP * scale if y > inner.y else y


def _foot(
    text: PageText, write: _Writer, number: int | None
) -> tuple[list[TextBlock], float, float]:
    """Return the blocks, the y of the rule and that of the end of the body."""
    inner, scale = write.inner, write.scale
    blocks, y = [], inner.bottom
    wide = inner.w
    if number is not None:
        size = max(_NUMBER_SIZE * scale, LEAST_SIZE)
        digits = width_of(str(number), size, fonts=write.fonts) + 1.0
        high = size * LINE_HEIGHT
        box = Box(inner.right - digits, y - high, digits, high)
        blocks.append(TextBlock("number", box, (str(number),), size, "muted", align="right"))
        wide -= max(digits, 2.0 * size) + 16.0 * scale
    running = _BETWEEN.join(part for part in (*text.sources, *text.fine_print) if part.strip())
    if running:
        sources = write.fit("sources", running, wide)
        if sources.align == "right":
            sources = replace(sources, box=replace(sources.box, x=inner.x))
        blocks.append(at_y(sources, y - sources.box.h))
    top = min((block.box.y for block in blocks), default=y)
    rule = top - 6.0 * scale if blocks else y
    return blocks, rule, rule - 8.0 * scale
