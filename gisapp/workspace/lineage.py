"""What a file was made of: the project, its inputs, the versions, and the command for it again."""

from __future__ import annotations

import hashlib
import json
import shlex
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import fields, replace
from functools import cache
from importlib import metadata
from typing import Any, Final

import numpy as np
import shapely

import gisapp
from gisapp.data.shipped import default_layers, entry_of, manifest
from gisapp.model.layer import Layer
from gisapp.model.vocabulary import Basis, Role, Stage
from gisapp.render.picture import Elements, FrameSpec, Show
from gisapp.workspace.codec import to_json
from gisapp.workspace.deck_plan import DeckPlan
from gisapp.workspace.example import new_state
from gisapp.workspace.state import MapView, ProjectState, Question, Selection

Lineage = tuple[tuple[str, str], ...]

#: What a command names instead of the project, which has a place of its own on every machine.
PROJECT: Final = "PROJECT.gpkg"
_LOOKS_ELSEWHERE: Final = frozenset({"view", "selection", "layers", "extra"})
_SLICE: Final = 50_000


def lineage_of(
    state: ProjectState, frame: FrameSpec | None = None, *, plan: DeckPlan | None = None
) -> Lineage:
    """Return what an export of a state was made of, name and value, in the order it is read.

    Takes as long as reading every layer of the user's once: for the job that exports.

    Parameters
    ----------
    frame
        That of the file where it is another one than the project's.
    plan
        Of a deck; None for a map.
    """
    frame = state.frame if frame is None else frame
    return (
        ("Command", command_of(state, frame, plan)),
        ("Project", project_hash(state.with_(frame=frame))),
        *((f"Input {name}", digest) for name, digest in _inputs(state)),
        ("Facts", f"sha256:{_facts_digest()}"),
        ("Versions", _versions()),
        ("As of", state.question.as_of.isoformat()),
    )


def project_hash(state: ProjectState) -> str:
    """Return the digest of all that a project's pages depend on, but not where its map looks."""
    own: dict[str, Any] = {
        f.name: to_json(getattr(state, f.name))
        for f in fields(state)
        if f.name not in _LOOKS_ELSEWHERE
    }
    own["layers"] = [
        {
            "id": entry.id,
            "name": entry.layer.name,
            "role": entry.layer.role.value,
            "style": to_json(entry.layer.style),
            "mapping": to_json(entry.layer.mapping),
            "visible": entry.visible,
            "opacity": entry.opacity,
            "where": entry.where,
            "digest": layer_digest(entry.layer),
        }
        for entry in state.layers
    ]
    text = json.dumps(own, sort_keys=True, ensure_ascii=False)
    # half a character, as a shell passes on bytes that are no text, has no UTF-8
    return f"sha256:{hashlib.sha256(text.encode(errors='backslashreplace')).hexdigest()}"


def layer_digest(layer: Layer) -> str:
    """Return the SHA-256 of a shipped layer's file, or else of a layer's places and columns."""
    entry = entry_of(layer)
    if entry is not None:
        return f"sha256:{entry.sha256}"
    digest = hashlib.sha256()
    features = layer.features
    if features.is_points:
        digest.update(np.ascontiguousarray(features.lonlat, dtype="<f8").tobytes())
    else:
        for start in range(0, len(features), _SLICE):
            for shape in shapely.to_wkb(features.geometry[start : start + _SLICE], byte_order=1):
                digest.update(b"" if shape is None else shape)
    for name in sorted(features.columns):
        values = features.columns[name]
        digest.update(name.encode())
        for start in range(0, len(values), _SLICE):
            part = values[start : start + _SLICE].tolist()
            digest.update("\x1f".join(map(str, part)).encode())
    return f"sha256:{digest.hexdigest()}"


def _inputs(state: ProjectState) -> Iterator[tuple[str, str]]:
    """Yield name and digest of each layer that shows; of one name the second is "Name (2)"."""
    names: Counter[str] = Counter()
    for layer in (entry.layer for entry in state.layers if entry.visible):
        names[layer.name] += 1
        again = f" ({names[layer.name]})" if names[layer.name] > 1 else ""
        yield f"{layer.name}{again}", layer_digest(layer)


@cache
def _facts_digest() -> str:
    """Return the digest of the tables and boundaries that ship, by those of their files."""
    listed = "\n".join(f"{entry.id} {entry.sha256}" for entry in manifest())
    return hashlib.sha256(listed.encode()).hexdigest()


def _versions() -> str:
    newest = max(entry.date for entry in manifest() if entry.role is not None)
    return (
        f"gisapp {gisapp.__version__}, data of {newest}, "
        # asked of the packages themselves GDAL would be loaded, which most maps do without
        + ", ".join(f"{name} {metadata.version(name)}" for name in ("pyogrio", "pyproj", "shapely"))
    )


# The command


def command_of(state: ProjectState, frame: FrameSpec, plan: DeckPlan | None = None) -> str:
    """Return the command line that makes the same file again.

    A project that holds more than words say - layers, styles, scenarios, costs of its own - is
    named as `PROJECT`, to be put in its place.
    """
    words = ["gisapp", "export" if plan is None else "deck", "OUT.pptx"]
    said = (*_asked(state.question), *_titled(state), *_framed(frame))
    if _is_said(state, frame):
        words += said
    else:
        words += ["--project", PROJECT]
    if plan is not None and (plan != state.deck or PROJECT not in words):
        words += _planned(plan)
    return " ".join(shlex.quote(word) for word in words)


#: The words of a question that the command line has, with their options.
_OPTIONS: Final = {
    "mineral": "--mineral",
    "stage": "--stage",
    "alliance": "--alliance",
    "view": "--view",
    "by": "--by",
    "weight": "--weight",
    "to": "--to",
    "nearest": "--nearest",
    "metric": "--metric",
    "measure": "--least",
    "as_of": "--as-of",
}
_FRAME_OPTIONS: Final = {
    "size": "--size",
    "projection": "--projection",
    "theme": "--theme",
    "dpi": "--dpi",
    "center_lon": "--center",
    "max_labels": "--max-labels",
    "caption": "--caption",
}
_SAID_OF_FRAMES: Final = (*_FRAME_OPTIONS, "bounds", "also", "insets", "elements")


def _asked(question: Question) -> Iterator[str]:
    plain = replace(Question(), to=_plants_of(question.stage))
    for name, option in _OPTIONS.items():
        value = getattr(question, name)
        # a view is always named: else it would follow from the other words
        if value is not None and (value != getattr(plain, name) or name == "view"):
            yield from (option, str(value))


def _titled(state: ProjectState) -> Iterator[str]:
    if state.title:
        yield from ("--title", state.title)


def _framed(frame: FrameSpec) -> Iterator[str]:
    plain = FrameSpec()
    for name, option in _FRAME_OPTIONS.items():
        value = getattr(frame, name)
        if value != getattr(plain, name):
            yield from (option, _number(value) if isinstance(value, float) else str(value))
    if frame.bounds is not None:
        yield from ("--bounds", _numbers(frame.bounds))
    if frame.also:
        yield from ("--also", ",".join(frame.also))
    if frame.insets:
        yield from ("--insets", ";".join(map(_numbers, frame.insets)))
    for option, wanted in (("--show", Show.YES), ("--hide", Show.NO)):
        names = [f.name for f in fields(Elements) if getattr(frame.elements, f.name) is wanted]
        if names:
            yield from (option, ",".join(names))


def _planned(plan: DeckPlan) -> Iterator[str]:
    yield from ("--per", plan.per.value)
    if plan.keys:
        yield from ("--only", ",".join(plan.keys))
    for name in ("agenda", "comparison", "appendix"):
        if not getattr(plan, name):
            yield f"--no-{name}"
    if plan.multiples:
        yield "--multiples"
    if plan.same_scale:
        yield "--same-scale"
    if plan.title:
        yield from ("--title", plan.title)


def _numbers(values: Iterable[float]) -> str:
    return ",".join(map(_number, values))


def _number(value: float) -> str:
    """Return a number as short as gives the same one again."""
    short = f"{value:.10g}"
    return short if float(short) == value else repr(value)


def _plants_of(stage: Stage) -> Role:
    return Role.MAGNET_PLANT if stage is Stage.MAGNETS else Role.REFINERY


def _is_said(state: ProjectState, frame: FrameSpec) -> bool:
    """Return whether the words of the command line say all that a project's pages depend on."""
    question = state.question
    words: dict[str, Any] = {name: getattr(question, name) for name in _OPTIONS}
    site = question.by.of_a_site
    words["plant_inside"] = site is Basis.LOCATION
    words["owner_inside"] = site is Basis.CONTROL
    framed: dict[str, Any] = {name: getattr(frame, name) for name in _SAID_OF_FRAMES}
    bare = state.with_(
        question=Question(),
        frame=FrameSpec(),
        deck=DeckPlan(),
        title="",
        view=MapView(),
        selection=Selection(),
    )
    same = Question(**words) == question and bare == new_state(default_layers())
    return same and FrameSpec(**framed) == frame and not state.deck.headlines
