"""The map with its hub, ready to be put into the window."""

from __future__ import annotations

from datetime import date

from gisapp.data.shipped import load_layer
from gisapp.gui.map_area import MapArea
from gisapp.gui.mapview import MapView
from gisapp.model.features import Features
from gisapp.render.basemap import World
from gisapp.render.hub import MapHub
from gisapp.render.picture import Picture


def map_area() -> MapArea:
    """Return a new map with nothing on it but the world."""

    def features(name: str) -> Features:
        return load_layer(name).features

    return MapArea(MapView(MapHub(World(features))))


def bare_world() -> Picture:
    """Return a picture of nothing but the world."""
    return Picture("", "", (), date.min, ())
