"""What a file holds, as plain data: the document of `gisapp inspect`."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from gisapp.data.reader import read_layers
from gisapp.model.features import Column
from gisapp.model.feedback import Feedback, GisappError
from gisapp.model.layer import Layer
from gisapp.model.reading import DEFAULTS, Finding, ReadOptions

_TYPES: Final = {"O": "text", "i": "integer", "f": "number", "b": "boolean"}


def inspect(
    path: str | Path,
    *,
    options: ReadOptions = DEFAULTS,
    feedback: Feedback | None = None,
) -> dict[str, object]:
    """Describe a file's layers as they would be opened; a refusal is described too.

    Returns
    -------
    dict
        {"path", "layers": [...]} or {"error": {"code", "message", "hint"}}. Bounds are west,
        south, east, north in EPSG:4326, null where nothing has a position.
    """
    try:
        layers = read_layers(path, options=options, feedback=feedback)
    except GisappError as error:
        document = {"code": error.code, "message": error.message, "hint": error.hint}
        findings = [_plain(finding) for finding in error.findings]
        return {"error": {**document, "findings": findings} if findings else document}
    return {"path": str(path), "layers": [describe(layer) for layer in layers]}


def describe(layer: Layer) -> dict[str, Any]:
    """Describe one layer."""
    features, source = layer.features, layer.source
    return {
        "name": layer.name,
        "driver": source.driver,
        "features": len(features),
        "geometry_type": features.geometry_type,
        "crs": source.crs,
        "crs_guessed": source.crs_guessed,
        "encoding": source.encoding,
        "encoding_guessed": source.encoding_guessed,
        "bounds": None if features.bounds is None else list(features.bounds),
        "columns": [{"name": n, "type": type_name(v)} for n, v in features.columns.items()],
        "suggested_role": layer.role.value,
        "problems": [
            {
                "code": problem.code,
                "severity": problem.severity.value,
                "message": problem.message,
                "hint": problem.hint,
                "count": problem.count,
            }
            for problem in layer.problems
        ],
        "findings": [_plain(finding) for finding in layer.findings],
    }


def _plain(finding: Finding) -> dict[str, Any]:
    return {
        "code": finding.code,
        "option": finding.option,
        "message": finding.message,
        "chosen": finding.chosen,
        "sure": finding.sure,
        "count": finding.count,
        "choices": [{"value": c.value, "reason": c.reason} for c in finding.choices],
    }


def type_name(values: Column) -> str:
    """Return text, integer, number, boolean, date or datetime."""
    if values.dtype.kind == "M":
        return "date" if values.dtype == "datetime64[D]" else "datetime"
    return _TYPES.get(values.dtype.kind, "text")
