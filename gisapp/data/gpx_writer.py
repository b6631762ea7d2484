"""Points as waypoints of a GPX file, which GDAL writes only under its own column names."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final
from xml.sax.saxutils import escape, quoteattr

import numpy as np

from gisapp.model.features import Column, Features
from gisapp.model.feedback import Feedback

_HEAD: Final = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<gpx version="1.1" creator="gisapp" xmlns="http://www.topografix.com/GPX/1/1" '
    'xmlns:ogr="http://osgeo.org/gdal">\n'
)
#: Elements of a waypoint in the order that GPX wants; other columns are extensions.
_OWN: Final[tuple[str, ...]] = ("name", "cmt", "desc", "src", "sym", "type")
#: Control characters, which XML cannot hold.
_CONTROLS: Final = {i: None for i in range(32) if i not in {9, 10, 13}}


def write_gpx(
    path: Path,
    features: Features,
    columns: dict[str, Column],
    *,
    feedback: Feedback | None = None,
) -> None:
    """Write points in WGS 84; every one has a position."""
    own = {n: columns[n] for n in _OWN if n in columns and columns[n].dtype == object}
    others = {n: v for n, v in columns.items() if n not in own}
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write(_HEAD)
        for row, (lon, lat) in enumerate(features.lonlat.tolist()):
            if feedback and row % 2_000 == 0:
                feedback.check(row / len(features), f"Writing {path.name}")
            file.write(f"<wpt lat={quoteattr(repr(lat))} lon={quoteattr(repr(lon))}>")
            for name, values in own.items():
                file.write(_element(name, values[row]))
            if others:
                file.write("<extensions>")
                for name, values in others.items():
                    file.write(_element(f"ogr:{name}", values[row]))
                file.write("</extensions>")
            file.write("</wpt>\n")
        file.write("</gpx>\n")


def _element(name: str, value: Any) -> str:
    """Return an element with a value; nothing where there is none."""
    missing = value is None or (isinstance(value, float) and not np.isfinite(value))
    if missing:
        return ""
    text = str(value.item() if isinstance(value, np.generic) else value)
    return f"<{name}>{escape(text.translate(_CONTROLS))}</{name}>"
