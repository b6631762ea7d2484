"""The project's state as versioned JSON; features are elsewhere and referred to."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import gisapp
from gisapp.data.shipped import entry_of, load_layer, manifest
from gisapp.data.store import Stored
from gisapp.model.features import Features
from gisapp.model.feedback import GisappError, Problem, Severity
from gisapp.model.layer import SOURCE_MISSING, Derivation, Layer, Source
from gisapp.model.mapping import ColumnMapping
from gisapp.model.reading import Finding
from gisapp.model.style import Style
from gisapp.model.vocabulary import Role
from gisapp.workspace.codec import from_json, to_json
from gisapp.workspace.report import Report
from gisapp.workspace.state import LayerEntry, ProjectState

FORMAT: Final = "gisapp-project"
VERSION: Final = 1
#: What a layer without its features is told by.
FEATURES_LOST: Final = "features_lost"
_UNREAD: Final = frozenset({FEATURES_LOST, SOURCE_MISSING})
#: From a version to the next one; each is pure and takes and returns the whole document.
MIGRATIONS: Final[dict[int, Callable[[dict[str, Any]], dict[str, Any]]]] = {}


@dataclass(frozen=True)
class Shipped:
    """A reference to a layer that comes with the application; `sha256` of its file then."""

    id: str
    sha256: str


@dataclass(frozen=True)
class LayerRecord:
    """A layer entry without its features, which are shipped, stored, or those of a linked file.

    `link` is where the linked file lies, seen from the project's folder.
    """

    id: str
    name: str
    role: Role
    source: Source = Source()
    mapping: ColumnMapping = ColumnMapping()
    style: Style = Style()
    problems: tuple[Problem, ...] = ()
    visible: bool = True
    opacity: float = 1.0
    shipped: Shipped | None = None
    stored: Stored | None = None
    derivation: Derivation | None = None
    findings: tuple[Finding, ...] = ()
    where: str = ""
    link: str = ""


#: Returns a linked layer with the features of its file; given where that lies from the project.
Follow = Callable[[Layer, str], Layer]


def shipped_reference(layer: Layer) -> Shipped | None:
    """Return the reference of a shipped layer whose features are as they came, else None."""
    entry = entry_of(layer)
    return None if entry is None else Shipped(entry.id, entry.sha256)


def is_embedded(layer: Layer) -> bool:
    """Return whether a project holds the features of a layer, which else come from elsewhere."""
    return not layer.source.linked and shipped_reference(layer) is None


def dump(
    state: ProjectState,
    stored: Callable[[Layer], Stored],
    relative: Callable[[str], str] = lambda _path: "",
) -> str:
    """Return the JSON text of a state.

    Parameters
    ----------
    stored
        Says where the features of a layer stand that is embedded.
    relative
        Says where a linked file lies, seen from the project.
    """
    records = []
    for entry in state.layers:
        layer = entry.layer
        shipped = shipped_reference(layer)
        records.append(
            LayerRecord(
                layer.id,
                layer.name,
                layer.role,
                layer.source,
                layer.mapping,
                layer.style,
                layer.problems,
                entry.visible,
                entry.opacity,
                shipped,
                stored(layer) if is_embedded(layer) else None,
                layer.derivation,
                layer.findings,
                entry.where,
                relative(layer.source.path) if layer.source.linked else "",
            )
        )
    document = {
        "format": FORMAT,
        "version": VERSION,
        "application": gisapp.__version__,
        "layers": to_json(tuple(records)),
        "state": {
            name: value
            for name, value in to_json(state.with_(layers=())).items()
            if name != "layers"
        },
    }
    return json.dumps(document, ensure_ascii=False, allow_nan=False, indent=1)


def parse(
    text: str, name: str, load: Callable[[Stored], Features], follow: Follow
) -> tuple[ProjectState, tuple[Report, ...]]:
    """Return the state of a JSON text, and what is to be said about it.

    Parameters
    ----------
    name
        Of the file, for messages.
    load
        Reads features that are embedded.
    follow
        Reads those of linked files.

    Raises
    ------
    GisappError
        `newer_project` if a later version of the application wrote it, `damaged_project` if it
        is none of ours.
    """
    try:
        document = migrated(json.loads(text), name)
        records = from_json(tuple[LayerRecord, ...], document["layers"])
        bare = from_json(ProjectState, document["state"])
    except (ValueError, KeyError, TypeError) as error:
        raise GisappError(
            "damaged_project",
            f"The project in {name} cannot be read: {error}.",
            "Its layers can still be opened one by one in another program.",
        ) from error
    entries: list[LayerEntry] = []
    reports: list[Report] = []
    for record in records:
        layer = Layer(
            record.id,
            record.name,
            record.role,
            Features.from_shapes([]),
            record.source,
            record.mapping,
            record.style,
            record.problems,
            record.derivation,
            record.findings,
        )
        try:
            layer = _filled(layer, record, load, follow, reports)
        except GisappError as error:
            layer = _lost(layer, error)
        reports.extend(
            Report(Severity.WARNING, f"{layer.name}: {p.message}", p.hint)
            for p in layer.problems
            if p.code in _UNREAD
        )
        entries.append(LayerEntry(layer, record.visible, record.opacity, record.where))
    return bare.with_(layers=tuple(entries)), tuple(reports)


def migrated(document: Any, name: str) -> dict[str, Any]:
    """Return a document brought to the present version; raises as `parse` does."""
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise ValueError("it is not a gisapp project")
    whole: dict[str, Any] = document
    version = int(whole["version"])
    if version > VERSION:
        raise GisappError(
            "newer_project",
            f"{name} was saved by a newer gisapp ({whole.get('application', 'unknown')}).",
            "Update gisapp to open it; the file was not touched.",
        )
    for step in range(version, VERSION):
        whole = MIGRATIONS[step](whole)
    return whole


def _filled(
    layer: Layer,
    record: LayerRecord,
    load: Callable[[Stored], Features],
    follow: Follow,
    reports: list[Report],
) -> Layer:
    """Return a layer with its features."""
    if record.source.linked:
        return follow(layer, record.link)
    if record.shipped is None:
        if record.stored is None:
            raise GisappError("no_features", "The project says not where its features are.")
        return layer.with_(features=load(record.stored))
    now = {entry.id: entry for entry in manifest()}.get(record.shipped.id)
    if now is not None and now.sha256 != record.shipped.sha256:
        text = f"{record.name} has the shipped data of {now.date} now; figures may differ."
        reports.append(Report(Severity.INFO, text))
    shipped = load_layer(record.shipped.id)
    return layer.with_(features=shipped.features, source=shipped.source)


def _lost(layer: Layer, error: GisappError) -> Layer:
    """Return a layer whose features cannot be read: listed still, and told why it is empty."""
    told = Problem(FEATURES_LOST, Severity.ERROR, error.message, error.hint)
    return layer.with_(problems=(*layer.problems, told))
