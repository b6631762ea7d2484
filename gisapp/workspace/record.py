"""A layer's record: where it came from and all that was done to it on the way, as plain text."""

from __future__ import annotations

from typing import Final

from gisapp.model.layer import Layer
from gisapp.model.numbers import whole
from gisapp.model.reading import ReadOptions

_SAID: Final = {
    "encoding": "encoding",
    "crs": "CRS",
    "lon": "column of longitude",
    "lat": "column of latitude",
    "wkt": "column of the geometry",
}


def record_of(layer: Layer) -> tuple[tuple[str, str], ...]:
    """Return headings and what is to be said under each, in the order of the reading."""
    source = layer.source
    guessed = " (guessed)"
    rows = [
        ("Source", source.title),
        ("File", source.path),
        ("Layer of the file", source.layer if source.layer != layer.name else ""),
        ("Licence", source.licence),
        ("Date", source.date),
        ("Format", source.driver),
        ("Read on", source.read_on),
        ("Features", f"{whole(len(layer.features))}, {layer.features.geometry_type}"),
        ("CRS of the file", source.crs + guessed * source.crs_guessed),
        ("Moved to WGS 84 by", source.operation),
        ("Encoding", source.encoding + guessed * source.encoding_guessed),
        ("You said", said_of(source.reading)),
        ("Columns", _columns(layer)),
    ]
    return tuple((title, text) for title, text in rows if text)


def said_of(options: ReadOptions) -> str:
    """Return what a user said of a file, "" for nothing."""
    parts = [
        f"{title} {value}" for name, title in _SAID.items() if (value := getattr(options, name))
    ]
    if options.bounds is not None:
        edges = ", ".join(f"{edge:g}" for edge in options.bounds)
        parts.append(f"only from west, south, east, north {edges}")
    if options.swap_axes:
        parts.append("latitude stands first")
    parts += [f"{name.replace('_', ' ')}: {'yes' if on else 'no'}" for name, on in options.repairs]
    return "; ".join(parts)


def record_text(layer: Layer) -> str:
    """Return the record with all problems as text to be copied."""
    lines = [layer.name, *(f"{title}: {text}" for title, text in record_of(layer))]
    if layer.problems:
        lines.append("Found and repaired:")
        for problem in layer.problems:
            count = f" ({whole(problem.count)})" if problem.count > 1 else ""
            lines.append(f"- {problem.message}{count} {problem.hint}".rstrip())
    decided = [f for f in layer.findings if f.chosen]
    if decided:
        lines.append("Decided on reading:")
        lines += [f"- {f.message} Taken: {f.chosen}." for f in decided]
    return "\n".join(lines)


def _columns(layer: Layer) -> str:
    units = dict(layer.mapping.units)
    parts = []
    for field, column in layer.mapping.columns:
        unit = f" in {units[field]}" if field in units else ""
        parts.append(f"{field.replace('_', ' ')} from {column}{unit}")
    parts += [f"{field.replace('_', ' ')} always {text}" for field, text in layer.mapping.constants]
    return "; ".join(parts)
