"""How exact the sea routes are, measured here and now against published distances."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gisapp.analysis.network.calibration import ErrorClass, distances, errors, read_pairs
from gisapp.model.features import Floats
from gisapp.model.feedback import Feedback
from gisapp.model.places import layers_dir
from gisapp.workspace.routing import router

SOURCE = (
    "NGA Pub. 151, Distances Between Ports, 11th edition 2001 (US Government work): pairs with the "
    "same distance there and back."
)


@dataclass(frozen=True, eq=False)
class Calibration:
    """Classes of pairs with their errors, and all signed errors in percent, shape (n,)."""

    classes: tuple[ErrorClass, ...]
    percent: Floats


def calibrate_sea(feedback: Feedback | None = None, *, every: int = 1) -> Calibration:
    """Route every published pair of ports, or every n-th, and compare; takes some ten seconds."""
    pairs = read_pairs(layers_dir() / "pub151_pairs.csv")
    pairs = pairs.take(np.arange(0, len(pairs), every))
    nm = distances(router().sea, pairs, feedback)
    percent = 100.0 * (nm / pairs.nm - 1.0)
    return Calibration(errors(nm, pairs), percent[np.isfinite(percent)])
