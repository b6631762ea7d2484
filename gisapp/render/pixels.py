"""Scenes to PNG and to an animated GIF."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from gisapp.model.feedback import Feedback, GisappError
from gisapp.render.paint import scene_image
from gisapp.render.scene import LINEAGE_KEY, Scene

#: Pixels of a picture, in millions: more than any printer asks of an A0 sheet at 300 dpi.
MOST_MEGAPIXELS: Final = 200.0
#: Pixels of an animation's longer side: mail programs and slides show no more.
GIF_SIDE: Final = 1600
#: How many colours of an animation are exact, the commonest first.
_FLAT: Final = 96
_AT_ONCE: Final = 4096
#: A hundredth larger than at 6, which is usual, in four fifths of the time.
_PACKED: Final = 4


def png_of(scene: Scene, dpi: int, *, feedback: Feedback | None = None) -> bytes:
    """Return a page as PNG with its title, description and lineage.

    Parameters
    ----------
    dpi
        Pixels per inch: width and height are the page's points times dpi / 72, rounded.

    Raises
    ------
    GisappError
        `too_large` for a picture of more pixels than programs open.
    """
    scale = dpi / 72.0
    megapixels = scene.width * scene.height * scale * scale / 1e6
    if megapixels > MOST_MEGAPIXELS:
        raise GisappError(
            "too_large",
            f"The picture would have {megapixels:.0f} million pixels; "
            f"{MOST_MEGAPIXELS:.0f} million are the most.",
            f"Choose fewer than {dpi} dots per inch, a smaller page, or PDF.",
        )
    rgba = scene_image(scene, scale, feedback=feedback)
    texts = PngInfo()
    for name, text in (
        ("Title", scene.title),
        ("Description", scene.alt),
        (LINEAGE_KEY, json.dumps(scene.lineage, ensure_ascii=False) if scene.lineage else ""),
    ):
        if text:
            texts.add_itxt(name, text, lang="en")
    packed = io.BytesIO()
    Image.fromarray(rgba[..., :3]).save(
        packed, "PNG", dpi=(dpi, dpi), pnginfo=texts, compress_level=_PACKED
    )
    return packed.getvalue()


def gif_of(
    scenes: Sequence[Scene], *, dpi: int, seconds: float = 2.5, feedback: Feedback | None = None
) -> bytes:
    """Return pages as an animation that runs for ever, in 256 colours chosen for all of them.

    Parameters
    ----------
    dpi
        Pixels per inch; fewer where the longer side would have more than `GIF_SIDE` pixels.
    seconds
        How long each page stands.

    Raises
    ------
    GisappError
        `sizes_differ` where not all pages are of one size.
    """
    feedback = feedback or Feedback()
    first = scenes[0]
    if any((scene.width, scene.height) != (first.width, first.height) for scene in scenes):
        raise GisappError(
            "sizes_differ",
            "An animation needs pages of one size, and these differ.",
            "Give every page the same size, or write PNG or PDF.",
        )
    scale = min(dpi / 72.0, GIF_SIDE / max(first.width, first.height))
    codes: list[npt.NDArray[np.uint32]] = []
    for number, scene in enumerate(scenes):
        begun, ended = (0.7 * done / len(scenes) for done in (number, number + 1))
        frame = feedback.part(begun, ended, f"Drawing frame {number + 1} of {len(scenes)}")
        rgb = scene_image(scene, scale, feedback=frame)[..., :3].astype(np.uint32)
        codes.append((rgb[..., 0] << 16 | rgb[..., 1] << 8 | rgb[..., 2]).astype(np.uint32))
    feedback.check(0.7, "Choosing colours")
    palette, nearest = _colors(codes)
    drawn = []
    for code in codes:
        image = Image.fromarray(nearest[code], "P")
        image.putpalette(palette.ravel().tolist())
        drawn.append(image)
    feedback.check(0.9, "Writing the animation")
    packed = io.BytesIO()
    drawn[0].save(
        packed,
        "GIF",
        save_all=True,
        append_images=drawn[1:],
        duration=round(seconds * 1000.0),
        loop=0,
        comment=_comment(first),
    )
    return packed.getvalue()


def _comment(scene: Scene) -> bytes:
    told = {"title": scene.title, "description": scene.alt, "lineage": scene.lineage}
    return json.dumps(told, ensure_ascii=True).encode()


def _colors(
    frames: Sequence[npt.NDArray[np.uint32]],
) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8]]:
    """Return 256 colours for all frames, and which of them stands for each of all colours.

    Flat colours, which cover most of a page, are exact and the same in every frame; the blends at
    edges share the rest.

    Parameters
    ----------
    frames
        Colours as red * 65536 + green * 256 + blue.

    Returns
    -------
    tuple
        Red, green, blue, shape (256, 3); number of the nearest by such a colour, shape (2 ** 24,).
    """
    counts = np.zeros(2**24, np.int64)
    for frame in frames:
        counts += np.bincount(frame.ravel(), minlength=2**24)
    values = np.flatnonzero(counts)
    rgb = np.column_stack([values >> 16, values >> 8 & 255, values & 255])
    flat = rgb[np.argsort(-counts[values], kind="stable")[:_FLAT]]
    side = int(np.ceil(np.sqrt(len(rgb))))
    blends = Image.fromarray(np.resize(rgb, (side, side, 3)).astype(np.uint8))
    shared = blends.quantize(256 - len(flat), dither=Image.Dither.NONE).getpalette() or []
    palette = np.zeros((256, 3), np.uint8)
    chosen = np.concatenate([flat, np.reshape(shared, (-1, 3))])[:256]
    palette[: len(chosen)] = chosen
    nearest = np.zeros(2**24, np.uint8)
    points = palette[: len(chosen)].astype(np.int32)
    for start in range(0, len(rgb), _AT_ONCE):
        some = rgb[start : start + _AT_ONCE]
        far = ((some[:, None, :] - points[None]) ** 2).sum(axis=2)
        nearest[values[start : start + _AT_ONCE]] = far.argmin(axis=1)
    return palette, nearest
