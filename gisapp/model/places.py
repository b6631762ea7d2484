"""Where the files stand that come with the application."""

from __future__ import annotations

from pathlib import Path


def _shipped(folder: str) -> Path:
    package = Path(__file__).resolve().parents[1]
    beside = package.parent / folder  # a checkout
    return beside if beside.is_dir() else package / folder  # an installed wheel


def layers_dir() -> Path:
    """Return the folder of the data layers that ship, with manifest.json."""
    return _shipped("layers")


def resources_dir() -> Path:
    """Return the folder of page script, style, icons, themes and templates."""
    return _shipped("resources")


def shipped_brands() -> tuple[Path, ...]:
    """Return the files of the brands that ship as examples, by name."""
    return tuple(sorted((resources_dir() / "theme" / "brands").glob("*.json")))
