"""What a file holds, as plain data: the document of `gisapp inspect`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from gisapp.data.address import is_address, safe_text
from gisapp.data.arrow import type_name
from gisapp.data.listed import Listed
from gisapp.data.reader import read_layers
from gisapp.data.sources import contents
from gisapp.model.feedback import Feedback, GisappError, Severity
from gisapp.model.layer import Layer
from gisapp.model.reading import DEFAULTS, Finding, ReadOptions


def inspect(
    path: str | Path,
    *,
    options: ReadOptions = DEFAULTS,
    online: bool = False,
    feedback: Feedback | None = None,
) -> dict[str, object]:
    """Describe a file's layers as they would be opened; a refusal is described too.

    Of the address of a database or service the layers on offer are listed, and described as far
    as it tells; a layer that `options` name is read and described in full. `online` says whether
    the user lets services of the web be asked.

    Returns
    -------
    dict
        {"path", "layers": [...]} or {"error": {"code", "message", "hint"}}. Bounds are west,
        south, east, north in EPSG:4326, null where nothing has a position.
    """
    try:
        if is_address(path) and not options.layers:
            listed = contents(path, online=online, feedback=feedback)
            return {"path": safe_text(path), "layers": [_offer(each) for each in listed]}
        layers = read_layers(path, options=options, online=online, feedback=feedback)
    except GisappError as error:
        document = {"code": error.code, "message": error.message, "hint": error.hint}
        findings = [_plain(finding) for finding in error.findings]
        return {"error": {**document, "findings": findings} if findings else document}
    return {"path": safe_text(path), "layers": [describe(layer) for layer in layers]}


def _offer(listed: Listed) -> dict[str, Any]:
    """Describe a layer on offer by the keys of `describe`; what only reading tells is null."""
    unknown: dict[str, Any] = dict.fromkeys(("driver", "bounds", "suggested_role"))
    return unknown | {
        "name": listed.layer,
        "title": listed.title,
        "features": listed.count,
        "features_estimated": listed.estimated,
        "geometry_type": listed.geometry_type or None,
        "crs": listed.crs or None,
        "crs_guessed": False,
        "encoding": "UTF-8",
        "encoding_guessed": False,
        "columns": [],
        "problems": [
            {
                "code": "not_allowed",
                "severity": Severity.ERROR.value,
                "message": listed.refused,
                "hint": "Ask the administrator for the right to select.",
                "count": 1,
            }
        ]
        if listed.refused
        else [],
        "findings": [],
    }


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
        "operation": source.operation,
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
