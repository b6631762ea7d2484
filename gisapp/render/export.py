"""One door to every kind of picture file: the ending of the name says which.

Imports every drawer and their third parties: import this module late, in the job that exports.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from gisapp.model.feedback import Feedback, GisappError
from gisapp.model.layer import Layer
from gisapp.render import page
from gisapp.render.deck import MapPage, Page, scenes_of
from gisapp.render.draw_static import write_static
from gisapp.render.picture import FrameSpec, Picture
from gisapp.render.slides import write_pptx

STATIC_FORMATS: Final = (".png", ".svg", ".pdf")
FORMATS: Final = (*STATIC_FORMATS, ".pptx", ".html")


def export_picture(
    picture: Picture,
    frame: FrameSpec,
    path: Path,
    *,
    jurisdictions: Layer | None = None,
    feedback: Feedback | None = None,
) -> tuple[str, ...]:
    """Write a picture to a file, see `export_pages`."""
    page = MapPage(picture, frame)
    return export_pages([page], path, jurisdictions=jurisdictions, feedback=feedback)


def export_pages(
    pages: Sequence[Page],
    path: Path,
    *,
    jurisdictions: Layer | None = None,
    feedback: Feedback | None = None,
) -> tuple[str, ...]:
    """Write pages to a file; an older file of that name stays whole if anything fails.

    Parameters
    ----------
    path
        Ends in .png, .svg, .pdf, .pptx or .html; its folder must exist.
    jurisdictions
        Countries to draw; None takes those that ship.

    Returns
    -------
    tuple of str
        What had to be shortened to fit the page, one sentence each; usually empty.

    Raises
    ------
    GisappError
        `unknown_format` for another ending, `cannot_write` where the file cannot be made.
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
    first = pages[0]
    notices: tuple[str, ...] = ()

    def draw(aside: Path) -> None:
        nonlocal notices
        if ending == ".html" and isinstance(first, MapPage):
            page.write_html(first.picture, aside, theme=first.frame.look, feedback=feedback)
            return
        scenes = scenes_of(pages, jurisdictions=jurisdictions, feedback=feedback)
        notices = tuple(dict.fromkeys(each for scene in scenes for each in scene.notices))
        if ending == ".pptx":
            write_pptx(scenes, aside, feedback=feedback)
        else:
            as_of, dpi = scenes[0].as_of, first.frame.dpi
            write_static(scenes[0], aside, dpi=dpi, as_of=as_of, feedback=feedback)

    write_whole(path, draw)
    return notices


def write_whole(path: Path, draw: Callable[[Path], None]) -> None:
    """Let `draw` write a file aside, then put it in place: whole or not at all."""
    try:
        handle, name = tempfile.mkstemp(
            prefix=f".{path.stem}-", suffix=path.suffix.lower(), dir=path.parent
        )
        os.close(handle)
    except OSError as error:
        raise _refused(path, error) from error
    aside = Path(name)
    try:
        draw(aside)
        aside.chmod(0o644)
        aside.replace(path)
    except OSError as error:
        raise _refused(path, error) from error
    finally:
        aside.unlink(missing_ok=True)


def _refused(path: Path, error: OSError) -> GisappError:
    return GisappError(
        "cannot_write",
        f"{path.name} cannot be written: {error.strerror or error}.",
        "Choose another folder, or close the program that has the file open.",
    )
