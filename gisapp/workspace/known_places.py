"""Names of places for a person who types: light, since the window offers them."""

from __future__ import annotations

import csv
from functools import cache
from typing import Final

from gisapp.data.shipped import load_layer
from gisapp.model.places import layers_dir

_KINDS: Final = {"deposits": "deposit", "refineries": "refinery", "magnet_plants": "magnet plant"}


@cache
def known_places() -> dict[str, str]:
    """Return what `routing.find_place` understands by what people call it, sites before ports."""
    found: dict[str, str] = {}
    for layer_id, kind in _KINDS.items():
        columns = load_layer(layer_id).features.columns
        for name, country, code in zip(
            columns["name"], columns["country"], columns["id"], strict=True
        ):
            found.setdefault(f"{name} ({kind}, {country})", str(code))
    with (layers_dir() / "ports.csv").open(encoding="utf-8", newline="") as file:
        for port in csv.DictReader(file):
            if port["locode"]:
                title = f"{port['name']} (port, {port['country']})"
                found.setdefault(title, port["locode"])
    return found
