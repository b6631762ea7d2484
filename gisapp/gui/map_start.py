"""The map with its hub, ready to be put into the window."""

from __future__ import annotations

from gisapp.data.shipped import load_layer
from gisapp.gui.map_area import MapArea
from gisapp.gui.mapview import MapView
from gisapp.model.features import Features
from gisapp.render.basemap import World
from gisapp.render.hub import MapHub
from gisapp.render.page import live_page


def map_area() -> MapArea:
    """Return a new map with nothing on it but the world."""

    def features(name: str) -> Features:
        return load_layer(name).features

    return MapArea(MapView(MapHub(World(features), live_page)))
