"""The documented trade routes as traffic: each counts once, since few say how much they carry."""

from __future__ import annotations

import numpy as np
import shapely

from gisapp.analysis.exposure import ExposureResult, Traffic
from gisapp.model.feedback import GisappError
from gisapp.model.layer import Layer
from gisapp.model.numbers import whole
from gisapp.model.vocabulary import MINERALS
from gisapp.workspace.amounts import detour_words, passage
from gisapp.workspace.filtering import rows_shown
from gisapp.workspace.state import Filter


def documented(layer: Layer, mineral: str) -> Traffic:
    """Return the routes of a mineral that are active and documented, from end to end.

    Indicative ones, with a likely port or buyer, are left out.

    Raises
    ------
    GisappError
        `no_routes` where there is none.
    """
    columns = layer.features.columns
    shown = rows_shown(layer, Filter(), mineral)
    rows = np.arange(len(layer.features)) if shown is None else shown
    status = columns["status"][rows].astype(str)
    rows = rows[(status == "active") & ~columns["indicative"][rows].astype(bool)]
    if not len(rows):
        raise GisappError(
            "no_routes",
            f"No trade route of {MINERALS[mineral].lower()} is documented.",
            "Ask for the exposure of its flows.",
        )
    lines = [shapely.get_coordinates(shape) for shape in layer.features.geometry[rows]]
    names = columns["name"][rows].astype(str).tolist()
    order = np.arange(len(rows))
    return Traffic(
        np.array([line[0] for line in lines]),
        np.array([line[-1] for line in lines]),
        order,
        order,
        np.ones(len(rows)),
        tuple(names),
        tuple("its end" for _ in names),
    )


def routes_headline(found: ExposureResult, mineral: str) -> str:
    """Return how many documented routes go through the passage that most do."""
    what = f"{whole(len(found.traffic.tonnes))} documented routes of {MINERALS[mineral].lower()}"
    told = found.together or (found.passages[0] if found.passages else None)
    if told is None:
        return f"None of the {what} goes through a passage that can be closed"
    where = " or ".join(passage(found.names.get(code, code)) for code in told.passages)
    count = f"{whole(told.tonnes)} of the {what}"
    verb = "goes" if told.tonnes == 1 else "go"
    longer = detour_words(told)
    ends = f"without it they are {longer} longer" if longer else "there is no other way"
    return f"{count} {verb} through {where}; {ends}"
