"""One door to every kind of picture file: the ending of the name says which.

Imports every drawer and their third parties: import this module late, in the job that exports.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

from gisapp.model.feedback import Feedback, GisappError
from gisapp.model.layer import Layer
from gisapp.render import page
from gisapp.render.compose import compose
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
    template: Path | None = None,
    jurisdictions: Layer | None = None,
    feedback: Feedback | None = None,
) -> tuple[str, ...]:
    """Write a picture to a file; an older file of that name stays whole if anything fails.

    Parameters
    ----------
    path
        Ends in .png, .svg, .pdf, .pptx or .html; its folder must exist.
    template
        A presentation whose master and theme a .pptx takes.
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
    notices: tuple[str, ...] = ()

    def draw(aside: Path) -> None:
        nonlocal notices
        if ending == ".html":
            page.write_html(picture, aside, theme=frame.theme, feedback=feedback)
            return
        scene = compose(picture, frame, jurisdictions=jurisdictions, feedback=feedback)
        notices = scene.notices
        if ending == ".pptx":
            write_pptx(scene, picture, aside, template=template, feedback=feedback)
        else:
            write_static(scene, aside, dpi=frame.dpi, as_of=picture.as_of, feedback=feedback)

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
