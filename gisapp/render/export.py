"""One door to every kind of picture file: the ending of the name says which.

Each drawer and its third parties are loaded by the first file of its kind: a picture waits for
neither slides nor web pages.
"""

from __future__ import annotations

import glob
import os
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from gisapp.model.feedback import Feedback, GisappError
from gisapp.model.layer import Layer
from gisapp.model.writing import not_written
from gisapp.render.brand_check import color_findings
from gisapp.render.deck import MapPage, Page, scenes_of
from gisapp.render.picture import Brand, FrameSpec, Picture
from gisapp.render.scene import Scene
from gisapp.render.typeset import missing_characters

#: One file holds one page: several pages are numbered files.
SINGLE: Final = (".png", ".svg")
FORMATS: Final = (*SINGLE, ".pdf", ".pptx", ".gif", ".html")
#: After so many seconds nobody is writing a file aside any more.
_STALE: Final = 3600.0
#: Formats whose size grows with every shape.
_VECTOR: Final = (".svg", ".pdf")
#: Formats that are set in fonts of this computer.
_SET_HERE: Final = (*SINGLE, ".pdf", ".gif")


@dataclass(frozen=True)
class Exported:
    """The files that were written, and what had to be shortened, in sentences; usually nothing."""

    files: tuple[Path, ...]
    notices: tuple[str, ...] = ()


def export_picture(
    picture: Picture,
    frame: FrameSpec,
    path: Path,
    *,
    jurisdictions: Layer | None = None,
    feedback: Feedback | None = None,
) -> Exported:
    """Write a picture to a file, see `export_pages`."""
    page = MapPage(picture, frame)
    return export_pages([page], path, jurisdictions=jurisdictions, feedback=feedback)


def export_pages(
    pages: Sequence[Page],
    path: Path,
    *,
    seconds: float = 2.5,
    jurisdictions: Layer | None = None,
    feedback: Feedback | None = None,
) -> Exported:
    """Write pages to a file; an older file of that name stays whole if anything fails.

    Several pages become one PDF, presentation or animation, and as PNG or SVG one file each with
    a number in its name: all of them or none.

    Parameters
    ----------
    path
        Ends in .png, .svg, .pdf, .pptx, .gif or .html; its folder must exist.
    seconds
        How long each page of an animation stands.
    jurisdictions
        Countries to draw; None takes those that ship.

    Raises
    ------
    GisappError
        `unknown_format` for another ending, `nothing_to_write` for no pages, `one_map_only` where
        a web page is asked of more than a map, `not_written` where a file cannot be made, and
        what the drawers raise.
    Cancelled
        The user stopped it; nothing was written.
    """
    feedback = feedback or Feedback()
    ending = path.suffix.lower()
    if ending not in FORMATS:
        raise GisappError(
            "unknown_format",
            f'Pictures cannot be written as "{path.suffix or path.name}".',
            f"Choose one of {', '.join(FORMATS)}.",
        )
    if not pages:
        raise GisappError(
            "nothing_to_write", f"There is no page to write to {path.name}.", "Add a page first."
        )
    if ending == ".html":
        return _web_page(pages, path, feedback)
    made = scenes_of
    if ending == ".pptx":
        from gisapp.render.slides import slide_scenes as made
    scenes = made(pages, jurisdictions=jurisdictions, feedback=feedback)
    notices = [each for scene in scenes for each in scene.notices]
    notices += _hard_to_read(scenes)
    if ending in _VECTOR:
        from gisapp.render.slide_picture import IN_A_FILE, lightened

        waiting = feedback.part(0.6, 0.6)  # it can be stopped, and drawing has not begun
        lighter = [lightened(scene, waiting, most=IN_A_FILE) for scene in scenes]
        scenes = [scene for scene, _ in lighter]
        notices += [each for _, said in lighter for each in said]
    targets = [path]
    if ending in SINGLE and len(scenes) > 1:
        digits = max(2, len(str(len(scenes))))
        targets = [
            path.with_name(f"{path.stem}-{number:0{digits}}{path.suffix}")
            for number in range(1, len(scenes) + 1)
        ]

    drawing = feedback.part(0.6, 1.0)  # the first part is the pages' laying out

    def draw(asides: Sequence[Path]) -> None:
        if ending in SINGLE:
            for number, (scene, aside) in enumerate(zip(scenes, asides, strict=True)):
                begun, ended = number / len(scenes), (number + 1) / len(scenes)
                one = drawing.part(begun, ended, f"Drawing {targets[number].name}")
                aside.write_bytes(_one(scene, ending, one))
        elif ending == ".pdf":
            from gisapp.render.pdf import write_pdf

            write_pdf(scenes, asides[0], feedback=drawing)
        elif ending == ".pptx":
            from gisapp.render.slides import write_pptx

            notices.extend(write_pptx(scenes, asides[0], feedback=drawing))
        else:
            from gisapp.render.pixels import gif_of

            dpi = scenes[0].spec.dpi
            asides[0].write_bytes(gif_of(scenes, dpi=dpi, seconds=seconds, feedback=drawing))

    write_together(targets, draw)
    if ending in _SET_HERE:
        notices += _unset(scenes)
    if ending == ".svg":
        from gisapp.render.svg import fonts_left_out

        notices += fonts_left_out(scenes)
    return Exported(tuple(targets), tuple(dict.fromkeys(notices)))


def _one(scene: Scene, ending: str, feedback: Feedback) -> bytes:
    if ending == ".png":
        from gisapp.render.pixels import png_of

        return png_of(scene, scene.spec.dpi, feedback=feedback)
    from gisapp.render.svg import svg_of

    return svg_of(scene, feedback=feedback).encode()


def _web_page(pages: Sequence[Page], path: Path, feedback: Feedback) -> Exported:
    first = pages[0]
    if len(pages) > 1 or not isinstance(first, MapPage):
        raise GisappError(
            "one_map_only",
            f"A web page holds one map, and {path.name} was to hold "
            f"{f'{len(pages)} pages' if len(pages) > 1 else 'a page of words'}.",
            "Write .pdf or .pptx, or export a single map.",
        )

    from gisapp.render import page

    notices: list[str] = []

    def draw(aside: Path) -> None:
        notices.extend(page.write_html(first.picture, aside, frame=first.frame, feedback=feedback))

    write_whole(path, draw)
    return Exported((path,), tuple(notices))


def _hard_to_read(scenes: Sequence[Scene]) -> list[str]:
    themes = dict.fromkeys(scene.theme for scene in scenes if isinstance(scene.theme, Brand))
    return [each for theme in themes for each in color_findings(theme)]


def _unset(scenes: Sequence[Scene]) -> list[str]:
    missing = "".join(sorted({char for scene in scenes for char in missing_characters(scene)}))
    if not missing:
        return []
    some = " ".join(missing[:10])
    more = " and others" if len(missing) > 10 else ""
    sentence = f"No font of this computer has {some}{more}: empty boxes stand for them."
    return [f"{sentence} Install a font for that script and export again."]


def write_whole(path: Path, draw: Callable[[Path], None]) -> None:
    """Let `draw` write a file aside, then put it in place: whole or not at all."""
    write_together([path], lambda asides: draw(asides[0]))


def write_together(paths: Sequence[Path], draw: Callable[[Sequence[Path]], None]) -> None:
    """Let `draw` write files aside, then put them in place: all of them whole, or none.

    Raises
    ------
    GisappError
        `not_written`; files that were there before are as they were.
    """
    spare: list[Path] = []
    at = paths[0]
    try:
        asides = []
        for at in paths:
            asides.append(_aside(at))
            spare.append(asides[-1])
        at = paths[0]
        draw(asides)
        with ExitStack() as undo:
            for at, aside in zip(paths, asides, strict=True):
                aside.chmod(0o644)
                if len(paths) > 1 and at.is_file():
                    old = _aside(at)
                    spare.append(old)
                    at.replace(old)
                    undo.callback(old.replace, at)
                    aside.replace(at)
                else:
                    aside.replace(at)
                    undo.callback(at.unlink)
            undo.pop_all()
    except OSError as error:
        raise not_written(at, error) from error
    finally:
        for each in spare:
            each.unlink(missing_ok=True)


def _aside(path: Path) -> Path:
    begin, ending = f".{path.stem}.gisapp-", path.suffix.lower()
    for left in path.parent.glob(f"{glob.escape(begin)}*{ending}"):  # by a process that was killed
        with suppress(FileNotFoundError):
            if time.time() - left.stat().st_mtime > _STALE:
                left.unlink()
    handle, name = tempfile.mkstemp(prefix=begin, suffix=ending, dir=path.parent)
    os.close(handle)
    return Path(name)
