"""The router of the shipped networks, made once."""

from __future__ import annotations

from functools import cache

from gisapp.analysis.network.router import Router
from gisapp.model.places import layers_dir
from gisapp.workspace.settings import data_dir


@cache
def router() -> Router:
    """Return the router over sea, roads and railways; what took long is kept for the next time.

    Raises
    ------
    GisappError
        Where a network cannot be read.
    """
    return Router.load(layers_dir(), cache=data_dir() / "ways")
