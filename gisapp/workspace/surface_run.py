"""Isodistance surfaces as the command line asks them: bands, in a file of any vector format."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import shapely

from gisapp.data.shipped import default_layers, load_facts
from gisapp.data.writer import write_layers
from gisapp.model.feedback import Feedback
from gisapp.model.geodesy import WGS84
from gisapp.model.vocabulary import Role
from gisapp.workspace.analyses import Result, mineral_of
from gisapp.workspace.example import new_state
from gisapp.workspace.exporting import asked_state
from gisapp.workspace.keeping import kept
from gisapp.workspace.kept import SURFACE
from gisapp.workspace.scenario_file import read_scenario
from gisapp.workspace.tables import records


@dataclass(frozen=True)
class SurfaceRun:
    """The parameters of `gisapp surface`."""

    mineral: str
    as_of: date
    output: Path | None = None
    to: Role = Role.REFINERY
    metric: str = "geodesic"
    alliance: str | None = None
    scenario: Path | None = None


def run_surface(run: SurfaceRun, feedback: Feedback) -> Result:
    """Make a surface, write it where an output is named, and return its bands.

    Raises
    ------
    GisappError
        `unknown_mineral`, `unknown_alliance`, `no_plant`, `unknown_format`, `not_written`.
    """
    facts = load_facts()
    state = asked_state(
        new_state(default_layers()),
        facts,
        {
            "mineral": mineral_of(run.mineral),
            "alliance": run.alliance,
            "as_of": run.as_of,
            "to": run.to,
        },
    )
    state = state.with_(question=replace(state.question, metric=run.metric))
    if run.scenario is not None:
        scenario = read_scenario(run.scenario)
        state = state.with_(scenarios=(scenario,), scenario=scenario.name)
    layer = kept(SURFACE, state, facts, feedback)
    lines = [f"{layer.name}.", f"Source: {layer.source.title}."]
    if run.output is not None:
        lost = write_layers(run.output, [layer])
        lines += [problem.message for problem in lost]
        lines.append(f"Wrote {run.output}: {len(layer.features)} bands.")
    table = _bands(layer.features.geometry, layer.features.columns)
    document: dict[str, Any] = {
        "name": layer.name,
        "mineral": state.question.mineral,
        "to": run.to.value,
        "metric": run.metric,
        "as_of": run.as_of.isoformat(),
        "unit": "km",
        "output": None if run.output is None else str(run.output),
        "rows": records(table),
    }
    return Result(table, document, tuple(lines))


def _bands(shapes: np.ndarray, columns: Any) -> pd.DataFrame:
    """Return the bands with their share of the land, areas on the ellipsoid."""
    km2 = np.array([_km2(shape) for shape in shapes])
    return pd.DataFrame(
        {
            "band": columns["label"],
            "low_km": columns["low_km"],
            "high_km": columns["high_km"],
            "area_km2": np.round(km2),
            "share_of_land": km2 / km2.sum(),
        }
    )


def _km2(shape: shapely.Geometry) -> float:
    parts = shapely.orient_polygons(shapely.get_parts(shape))
    return sum(abs(WGS84.geometry_area_perimeter(part)[0]) for part in parts) / 1e6
