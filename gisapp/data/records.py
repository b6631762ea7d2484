"""JSON that is a list of records and no GeoJSON: what programs give out."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, Final

from gisapp.data.positions import place
from gisapp.data.raw import Raw
from gisapp.data.sheets import column_of
from gisapp.data.table import from_texts
from gisapp.model.feedback import Feedback, GisappError
from gisapp.model.reading import DEFAULTS, ReadOptions

_HEAD: Final = 65_536
_LIST: Final = re.compile(rb"\A(\xef\xbb\xbf)?\s*\[\s*\{")
_GEO: Final = re.compile(rb'"(geometry|coordinates)"\s*:')


def is_records(path: Path) -> bool:
    """Tell whether a file is a list of records without geometries."""
    with path.open("rb") as file:
        head = file.read(_HEAD)
    return _LIST.match(head) is not None and _GEO.search(head) is None


def read_records(
    path: Path, options: ReadOptions = DEFAULTS, *, feedback: Feedback | None = None
) -> Raw:
    """Read a list of records as a table; records within them become columns of their own.

    Raises
    ------
    GisappError
        unreadable, no_coordinates.
    """
    try:
        listed = json.loads(path.read_bytes().decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise GisappError(
            "unreadable", f"{path.name} could not be read as JSON.", str(error)[:200]
        ) from error
    rows = [_flat(row) for row in listed if isinstance(row, dict)][: options.limit]
    if feedback:
        feedback.check(0.5, f"Reading {path.name}")
    names = dict.fromkeys(name for row in rows for name in row)
    columns = {name: column_of([row.get(name) for row in rows]) for name in names}
    raw = from_texts(path.stem, "JSON", columns, options=options, feedback=feedback)
    place(raw, path.name, options)
    return raw


def _flat(row: dict[str, Any]) -> dict[str, Any]:
    """Return a record with those within it as "outer.inner", and lists as their JSON."""
    flat: dict[str, Any] = {}
    for name, value in row.items():
        if isinstance(value, dict):
            flat |= {f"{name}.{inner}": _plain(v) for inner, v in value.items()}
        else:
            flat[name] = _plain(value)
    return flat


def _plain(value: Any) -> Any:
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= 2**63:
        return str(value)
    return value
