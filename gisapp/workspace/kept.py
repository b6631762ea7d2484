"""Results kept as layers: what they were made of, and why they are out of date."""

from __future__ import annotations

import hashlib
import json
import weakref
from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any, Final

import numpy as np

from gisapp.data.shipped import manifest
from gisapp.model.features import Column, Features
from gisapp.model.layer import Derivation, Layer
from gisapp.model.vocabulary import Role
from gisapp.workspace.codec import from_json, to_json
from gisapp.workspace.state import LayerEntry, ProjectState, Question
from gisapp.workspace.titles import day_title

#: The kind of a kept layer that is no view: isodistance bands.
SURFACE: Final = "surface"
#: What people read where an input is another one now.
_WHY: Final = {
    "date": "It was made for another date than the question's.",
    "scenario": "It was made under another scenario.",
    "filter": "The filter is another one now.",
    "facts": "The fact tables, alliances or assumptions are other ones now.",
}
_LAYER: Final = "layer:"
_COUNTED: Final = frozenset(
    {Role.DEPOSIT, Role.REFINERY, Role.MAGNET_PLANT, Role.TRADE_ROUTE, Role.JURISDICTION}
)
#: What of a project changes no fact.
_NO_FACTS: Final = frozenset(
    {
        *("layers", "question", "filter", "scenarios", "scenario", "selection"),
        *("view", "frame", "deck", "title", "subtitle", "extra"),
    }
)
_SLICE: Final = 50_000
_known: weakref.WeakKeyDictionary[Features, str] = weakref.WeakKeyDictionary()


def derivation_of(kind: str, state: ProjectState) -> Derivation:
    """Return how a result of a state is made: its question and the digests of its inputs."""
    return Derivation(kind, json.dumps(_asked(state.question)), inputs_of(state))


def with_parameters(state: ProjectState, derivation: Derivation) -> ProjectState:
    """Return the state that a kept layer is made anew of.

    The question is the layer's own, but for its date; layers, filter and scenario are those of
    the state.
    """
    given = json.loads(derivation.parameters)
    given["as_of"] = state.question.as_of.isoformat()
    return state.with_(question=from_json(Question, given))


def why_stale(layer: Layer, inputs: tuple[tuple[str, str], ...]) -> str:
    """Return in sentences why a kept layer is out of date; "" where it is not, or was not kept.

    Parameters
    ----------
    inputs
        Of the present state, see `inputs_of`.
    """
    if layer.derivation is None:
        return ""
    now = dict(inputs)
    before = dict(layer.derivation.inputs)
    reasons = []
    for name in dict.fromkeys((*before, *now)):
        if now.get(name) == before.get(name):
            continue
        if name.startswith(_LAYER):
            reasons.append(_of_layer(name, before, now))
        elif name == "date":
            made, asked = _day(before[name]), _day(now[name])
            reasons.append(f"It was made for {made}, the question asks for {asked}.")
        else:
            reasons.append(_WHY[name])
    return " ".join(reasons)


def _of_layer(name: str, before: Mapping[str, str], now: Mapping[str, str]) -> str:
    what = name.removeprefix(_LAYER).replace("_", " ").capitalize()
    if name not in now:
        return f"{what} was hidden or removed."
    return f"{what} has changed." if name in before else f"{what} was added or shown."


def stale_layers(state: ProjectState) -> dict[str, str]:
    """Return the kept layers that are out of date, by id, with the reasons in sentences."""
    kept = [e.layer for e in state.layers if e.layer.derivation is not None]
    if not kept:
        return {}
    inputs = inputs_of(state)
    return {layer.id: why for layer in kept if (why := why_stale(layer, inputs))}


def inputs_of(state: ProjectState) -> tuple[tuple[str, str], ...]:
    """Return name and digest of all that the results of a state are made of, but the question.

    The date stands as it is, so that it can be told.
    """
    counted = sorted(
        (f"{_LAYER}{entry.id}", f"{entry.layer.role.value} {_digest_of(entry.layer)}{_of(entry)}")
        for entry in state.layers
        if entry.visible and entry.layer.role in _COUNTED
    )
    scenario = None if state.supposed is None else replace(state.supposed, name="")
    return (
        ("date", state.question.as_of.isoformat()),
        ("scenario", _digest(to_json(scenario))),
        ("filter", _digest(to_json(state.filter))),
        ("facts", _digest([_tables(), *_own(state)])),
        *counted,
    )


def _of(entry: LayerEntry) -> str:
    return f" {_digest(entry.where)}" if entry.where else ""


def _asked(question: Question) -> dict[str, Any]:
    asked: dict[str, Any] = to_json(question)
    del asked["as_of"]
    return asked


def _own(state: ProjectState) -> list[Any]:
    """Return what of the facts is the project's own: alliances, assumptions and the like."""
    return [to_json(getattr(state, f.name)) for f in fields(state) if f.name not in _NO_FACTS]


def _tables() -> list[str]:
    return [entry.sha256 for entry in manifest() if entry.role is None]


def _digest(value: Any) -> str:
    text = json.dumps(value, sort_keys=True)
    return hashlib.blake2b(text.encode(), digest_size=12).hexdigest()


def _digest_of(layer: Layer) -> str:
    """Return the digest of what the analyses read of a layer; kept as long as its features."""
    if layer.features not in _known:
        digest = hashlib.blake2b(digest_size=12)
        features = layer.features
        if features.is_points:
            digest.update(np.ascontiguousarray(features.lonlat).tobytes())
        else:
            digest.update(f"{len(features)} {features.bounds} {features.geometry_type}".encode())
        for name in sorted(features.columns):
            digest.update(name.encode())
            _add(digest, features.columns[name])
        _known[layer.features] = digest.hexdigest()
    mapping = _digest(to_json(layer.mapping))
    return f"{_known[layer.features]} {mapping}"


def _add(digest: Any, values: Column) -> None:
    if values.dtype.kind != "O":
        digest.update(np.ascontiguousarray(values).tobytes())
        return
    for start in range(0, len(values), _SLICE):  # other threads get their turn in between
        digest.update("\x1f".join(map(str, values[start : start + _SLICE].tolist())).encode())


def _day(text: str) -> str:
    return day_title(from_json(Question, {"as_of": text}).as_of)
