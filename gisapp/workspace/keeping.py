"""Answers as layers of the project: lines with their figures, countries with their shares."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

import numpy as np
import pandas as pd
import shapely

from gisapp.analysis.distance import DistanceResult
from gisapp.data.shipped import load_layer
from gisapp.model import numbers
from gisapp.model.facts import Facts
from gisapp.model.features import Column, Features, Floats
from gisapp.model.feedback import Feedback, GisappError
from gisapp.model.geodesy import geodesic_path, split_at_antimeridian
from gisapp.model.layer import Layer, Source
from gisapp.model.style import Style
from gisapp.model.vocabulary import MINERALS, Role, Stage
from gisapp.render.picture import Connection
from gisapp.workspace.answer import Answer
from gisapp.workspace.answering import answer_of
from gisapp.workspace.kept import SURFACE, derivation_of, with_parameters
from gisapp.workspace.scenario_words import quoted
from gisapp.workspace.state import ProjectState, Question
from gisapp.workspace.surfacing import surface_features
from gisapp.workspace.titles import alliance_title, day_title

#: Limits of the classes of shares on a map of countries, as fractions.
_CLASSES: Final = (0.01, 0.05, 0.1, 0.25, 0.5)
_STAGES: Final = {
    Stage.MINING: "mining",
    Stage.REFINING: "refining",
    Stage.MAGNETS: "magnet making",
}
#: A geodesic is drawn with a point every so many kilometres.
_STEP_KM: Final = 100.0


def kept(kind: str, state: ProjectState, facts: Facts, feedback: Feedback) -> Layer:
    """Return the answer of a state, or its isodistance surface, as a layer.

    Raises
    ------
    GisappError
        `nothing_to_keep` where the answer has nothing for a map; as the analyses do.
    """
    if kind == SURFACE:
        features, of = surface_features(state, facts, feedback)
        style = Style(ramp="band")
    else:
        answer = answer_of(state, facts, feedback)
        features, style = _features(state.question, answer)
        of = answer.sources
    name = kept_name(kind, state, facts)
    return Layer(
        kind,
        name,
        Role.REFERENCE,
        features,
        Source(
            title=f"Computed by gisapp from {'; '.join(of)}" if of else "Computed by gisapp",
            date=state.question.as_of.isoformat(),
        ),
        style=style,
        derivation=replace(derivation_of(kind, state), name=name),
    )


def remade(layer: Layer, state: ProjectState, facts: Facts, feedback: Feedback) -> Layer:
    """Return a kept layer made anew: of its own question, under what the state has now.

    A name and a look that the user gave it stay.

    Raises
    ------
    GisappError
        `not_kept` for a layer that was read from a file; as `kept` does.
    """
    made = layer.derivation
    if made is None:
        raise GisappError(
            "not_kept",
            f"{layer.name} was not made here, so that it cannot be made anew.",
            "Open its file again.",
        )
    fresh = kept(made.kind, with_parameters(state, made), facts, feedback)
    return layer.with_(
        features=fresh.features,
        source=fresh.source,
        derivation=fresh.derivation,
        name=fresh.name if layer.name == made.name else layer.name,
    )


def kept_name(kind: str, state: ProjectState, facts: Facts) -> str:
    """Return what a kept layer is called: what it shows, of what, when, under which scenario."""
    question = state.question
    mineral = MINERALS[question.mineral].lower() if question.mineral else "all minerals"
    plant = question.to.label.lower()
    how = "Route km" if question.metric == "route" else "Geodesic km"
    what = {
        SURFACE: f"{how} to the nearest {plant} for {mineral}",
        "coverage": f"Share of {mineral} {_STAGES[question.stage]}",
        "distance": f"{how} of {mineral} to the nearest {plant}",
    }.get(kind, f"{kind.capitalize()} of {mineral}")
    if question.alliance is not None and kind != "coverage":
        what += f" inside {alliance_title(facts, question.alliance)}"
    name = f"{what}, {day_title(question.as_of)}"
    return name if state.supposed is None else f"{name}, scenario {quoted(state.supposed.name)}"


def _features(question: Question, answer: Answer) -> tuple[Features, Style]:
    if question.view == "distance" and answer.distance is not None:
        return _distances(answer.distance, answer.connections), Style()
    if question.view == "coverage" and answer.breakdown is not None and len(answer.breakdown):
        return _shares(question, answer.breakdown), Style(ramp="band")
    if answer.connections:
        return _lines(answer.connections), Style()
    raise GisappError(
        "nothing_to_keep",
        "This answer has no lines and no shares of countries to keep as a layer.",
        "Ask for the coverage or the distance of a mineral.",
    )


def _distances(near: DistanceResult, connections: Sequence[Connection]) -> Features:
    """Return a line for every row of the distance table; where no plant counts, none."""
    along = {(c.start_name, c.end_name): c.path for c in connections if c.inside}
    shapes: list[shapely.Geometry | None] = []
    for i, row in enumerate(near.rows.to_dict("records")):
        if row["status"] != "ok":
            shapes.append(None)
            continue
        path = along.get((row["deposit_name"], row["plant_name"]))
        if path is None:
            path = geodesic_path(near.deposit_lonlat[i], near.plant_lonlat[i], _STEP_KM)
        shapes.append(_line(path))
    names = [
        f"{row['deposit_name']} \N{RIGHTWARDS ARROW} {row['plant_name'] or 'no plant'}"
        for row in near.rows.to_dict("records")
    ]
    columns = {"name": np.array(names, dtype=object), **_columns(near.rows)}
    columns["distance_status"] = columns.pop("status")  # a status is something else on a map
    return Features.from_shapes(np.array([*shapes, None], dtype=object)[:-1], columns)


def _shares(question: Question, shares: pd.DataFrame) -> Features:
    """Return the countries of a coverage with their shares, in classes."""
    land = load_layer("jurisdictions_simple").features
    row_of = {str(code): row for row, code in enumerate(land.columns["iso"].tolist())}
    placed = shares[[code in row_of for code in shares["country"]]]
    rows = [row_of[code] for code in placed["country"]]
    low = placed["low"].to_numpy(dtype=float)
    bands = np.searchsorted(_CLASSES, low, side="right").astype(np.int64)
    edges = (0.0, *_CLASSES, 1.0)
    labels = [numbers.share_range(edges[b], edges[b + 1]) for b in bands.tolist()]
    columns = {
        **_columns(placed),
        "mineral": _repeated(question.mineral or "", len(rows)),
        "stage": _repeated(question.stage.value, len(rows)),
        "by": _repeated(question.by.value, len(rows)),
        "weight": _repeated(question.weight.value, len(rows)),
        "band": bands,
        "label": np.array(labels, dtype=object),
    }
    return Features.from_shapes(land.geometry[rows], columns)


def _lines(connections: Sequence[Connection]) -> Features:
    names = [f"{c.start_name} \N{RIGHTWARDS ARROW} {c.end_name}" for c in connections]
    return Features.from_shapes(
        np.array([*(_line(c.path) for c in connections), None], dtype=object)[:-1],
        {
            "name": np.array(names, dtype=object),
            "start": np.array([c.start_name for c in connections], dtype=object),
            "end": np.array([c.end_name for c in connections], dtype=object),
            "km": np.array([c.km for c in connections]),
            "tonnes": np.array([c.tonnes for c in connections]),
            "inside": np.array([c.inside for c in connections]),
            "kind": np.array([c.kind for c in connections], dtype=object),
        },
    )


def _line(path: Floats) -> shapely.Geometry | None:
    """Return a path as lines within [-180, 180]; None for one without length."""
    parts = [part for part in split_at_antimeridian(path) if len(part) > 1]
    if not parts:
        return None
    return (
        shapely.linestrings(parts[0])
        if len(parts) == 1
        else shapely.multilinestrings([shapely.linestrings(part) for part in parts])
    )


def _columns(table: pd.DataFrame) -> dict[str, Column]:
    """Return the columns of a table as features hold them."""
    found: dict[str, Column] = {}
    for name in table.columns:
        values = table[name]
        if pd.api.types.is_bool_dtype(values):
            found[str(name)] = values.to_numpy(dtype=bool)
        elif pd.api.types.is_integer_dtype(values):
            found[str(name)] = values.to_numpy(dtype=np.int64)
        elif pd.api.types.is_numeric_dtype(values):
            found[str(name)] = values.to_numpy(dtype=np.float64)
        else:
            found[str(name)] = np.array([_text(value) for value in values], dtype=object)
    return found


def _text(value: Any) -> str | None:
    if value is None or (isinstance(value, float) and np.isnan(value)):
        return None
    if isinstance(value, list | tuple | set | frozenset):
        return ", ".join(map(str, value))
    return str(value)


def _repeated(text: str, count: int) -> Column:
    return np.full(count, text, dtype=object)
