"""The map's page, made by folium, and the page that stands alone: one HTML file, no network."""

from __future__ import annotations

import base64
import hashlib
import re
from typing import Final

import folium
from branca.element import Element

from gisapp.render.webmap import ORIGIN

MAP_NAME: Final = "map_main"
_START: Final = f'addEventListener("DOMContentLoaded", () => gisapp.start({MAP_NAME}));'
_LIVE: Final = "gisapp: 'self'"


def _folium_map(js: list[tuple[str, str]], css: list[tuple[str, str]]) -> folium.Map:
    """Return an empty map with our addresses under folium's own names and a stable id."""
    web_map = folium.Map(
        location=(22.0, 40.0),
        zoom_start=2,
        tiles=None,
        control_scale=False,
        zoom_control=False,
        attribution_control=False,
        world_copy_jump=False,
        min_zoom=1,
        max_zoom=16,
        fade_animation=False,
        box_zoom=False,
        double_click_zoom=False,
        max_bounds_viscosity=1.0,
        prefer_canvas=True,
    )
    web_map.default_js = js
    web_map.default_css = css
    web_map._id = "main"  # noqa: SLF001 - folium draws a new one at each render
    web_map.get_root()._id = "page"  # noqa: SLF001
    return web_map


def _secured(html: str, policy: str) -> str:
    """Put a content security policy first in the head; only these inline scripts may run."""
    hashes = [
        "'sha256-" + base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() + "'"
        for script in re.findall(r"<script>(.*?)</script>", html, flags=re.DOTALL)
    ]
    rule = policy.format(scripts=" ".join(hashes))
    meta = f'<head>\n    <meta http-equiv="Content-Security-Policy" content="{rule}">'
    return html.replace("<head>", meta, 1)


def live_page() -> str:
    """Return the page of the window's map: Leaflet, our script and style by our own scheme."""
    web_map = _folium_map(
        js=[
            ("leaflet", f"{ORIGIN}/leaflet/leaflet.js"),
            ("gisapp_channel", f"{ORIGIN}/qwebchannel.js"),
            ("gisapp_symbols", f"{ORIGIN}/app/symbols.js"),
            ("gisapp_scene", f"{ORIGIN}/app/scene.js"),
            ("gisapp_tools", f"{ORIGIN}/app/tools.js"),
            ("gisapp_map", f"{ORIGIN}/app/map.js"),
        ],
        css=[
            ("leaflet_css", f"{ORIGIN}/leaflet/leaflet.css"),
            ("gisapp_css", f"{ORIGIN}/app/map.css"),
        ],
    )
    root = web_map.get_root()
    root.script.add_child(Element(_START), name="gisapp_start")
    policy = (
        f"default-src 'none'; script-src {_LIVE} {{scripts}}; style-src {_LIVE} 'unsafe-inline'; "
        f"img-src {_LIVE} data:; connect-src {_LIVE}; base-uri 'none'; form-action 'none'"
    )
    return _secured(root.render(), policy)
