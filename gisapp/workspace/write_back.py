"""An edited layer back in the file that it was read from: asked first, whole or not at all."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from gisapp.data import formats
from gisapp.data.address import is_address
from gisapp.data.digest import digest_of
from gisapp.data.fit import preview_losses
from gisapp.data.layer_list import layer_list
from gisapp.data.outward import WGS84
from gisapp.data.writer import DEGREES, write_layers
from gisapp.model.feedback import Feedback, GisappError
from gisapp.model.layer import Layer
from gisapp.model.places import layers_dir


@dataclass(frozen=True)
class WriteBack:
    """What writing back does: to which file, in which CRS, and what is lost, in sentences."""

    path: Path
    crs: str
    losses: tuple[str, ...]


def plan(layer: Layer, feedback: Feedback | None = None) -> WriteBack:
    """Return what writing a layer back to its file would do; nothing is written.

    Raises
    ------
    GisappError
        `not_written_back` where there is no such file, its format is not written, it holds other
        layers, or it changed since it was read.
    """
    path = Path(layer.source.path)
    of_file = layer.source.path and not is_address(layer.source.path)
    if not of_file or layers_dir() in path.parents:
        raise _refused(f"{layer.name} was not read from a file of yours")
    if not path.is_file():
        raise _refused(f"{path.name} is not there any more")
    driver = formats.WRITABLE.get(formats.extension(path))
    if driver is None:
        raise _refused(f"{path.name} is of a format that is not written")
    if len(layer_list(path, feedback=feedback)) != 1:
        raise _refused(f"{path.name} holds other layers besides {layer.source.layer or layer.name}")
    if digest_of(path) != layer.source.digest:
        raise _refused(f"{path.name} was changed by somebody else since it was read")
    crs = WGS84 if driver in DEGREES else layer.source.crs or WGS84
    preview = preview_losses(driver, layer)
    if preview.refused:
        raise _refused(preview.refused.rstrip("."))
    losses = [problem.message for problem in preview.problems]
    if driver in DEGREES and layer.source.crs not in {"", WGS84}:
        losses.append(f"Its coordinates were in {layer.source.crs} and will be in WGS 84.")
    return WriteBack(path, crs, tuple(losses))


def write_back(layer: Layer, feedback: Feedback | None = None) -> tuple[WriteBack, str]:
    """Write a layer to its file; return what was done, and the digest of the file now.

    Raises
    ------
    GisappError
        As `plan` and the writer do.
    """
    done = plan(layer, feedback)
    named = layer.with_(name=layer.source.layer or layer.name)
    write_layers(done.path, [named], crs=done.crs, feedback=feedback)
    return done, digest_of(done.path)


def _refused(why: str) -> GisappError:
    return GisappError(
        "not_written_back",
        f"The edits cannot be written back: {why}.",
        "Export the layer to a new file; the project keeps the edits.",
    )
