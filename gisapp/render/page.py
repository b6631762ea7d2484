"""The map's page, made by folium, and the page that stands alone: one HTML file, no network."""

from __future__ import annotations

import base64
import hashlib
import html
import re
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Final

import folium
from branca.element import Element, Figure

from gisapp.model.feedback import Feedback
from gisapp.model.numbers import whole
from gisapp.model.places import resources_dir
from gisapp.render.basemap import World, basemap_json, shipped_world
from gisapp.render.country_names import SHORT_NAMES
from gisapp.render.drawn import top_weight
from gisapp.render.hub import ORIGIN, leaflet_dir
from gisapp.render.light import Light, light
from gisapp.render.page_parts import MAP_SLOT, around
from gisapp.render.picture import DrawnLayer, FrameSpec, Picture, Show, Theme
from gisapp.render.raster import is_blank
from gisapp.render.symbology import shading_area
from gisapp.render.webmap import (
    Json,
    attribution,
    connections_json,
    labels_json,
    layer_geojson,
    layer_json,
    layer_tiles,
    theme_json,
    to_json,
)

MAP_NAME: Final = "map_main"
_START: Final = f'addEventListener("DOMContentLoaded", () => gisapp.start({MAP_NAME}));'
_LIVE: Final = "gisapp: 'self'"


#: Degrees: sites that lie further apart are shown on the whole world.
_WORLDWIDE: Final = 200.0
#: The world in the middle of which Alaska and New Zealand are as far from the edge.
_WORLD: Final = (-175.0, 185.0)
#: Large layers are drawn into the file down to this zoom.
_PAINTED_ZOOM: Final = 3
_SCRIPTS: Final = ("symbols.js", "scene.js", "tools.js", "still.js", "reader.js", "map.js")
#: Unlike folium's it lets readers zoom: who cannot read small type must be able to.
_VIEWPORT: Final = "width=device-width, initial-scale=1"


def _figure(js: list[tuple[str, str]], css: list[tuple[str, str]]) -> Figure:
    """Return a page with an empty map, with our addresses under folium's own names.

    Its ids are stable: the same page at every call.
    """
    web_map = folium.Map(
        location=(22.0, 5.0),
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
    figure = Figure()
    figure._id = "page"  # noqa: SLF001
    figure.add_child(web_map)
    return figure


def _secured(page: str, policy: str) -> str:
    """Put a content security policy first in the head; only these inline scripts may run."""
    hashes = [
        "'sha256-" + base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() + "'"
        for script in re.findall(r"<script>(.*?)</script>", page, flags=re.DOTALL)
    ]
    rule = policy.format(scripts=" ".join(hashes))
    meta = f'<head>\n    <meta http-equiv="Content-Security-Policy" content="{rule}">'
    return page.replace("<head>", meta, 1)


def live_page() -> str:
    """Return the page of the window's map: Leaflet, our script and style by our own scheme.

    It is the same at every call and stands in resources/map/page.html, so that the window opens
    without importing folium: `python -m gisapp.render.page` writes it anew.
    """
    root = _figure(
        js=[
            ("leaflet", f"{ORIGIN}/leaflet/leaflet.js"),
            ("gisapp_channel", f"{ORIGIN}/qwebchannel.js"),
            ("gisapp_symbols", f"{ORIGIN}/app/symbols.js"),
            ("gisapp_scene", f"{ORIGIN}/app/scene.js"),
            ("gisapp_tools", f"{ORIGIN}/app/tools.js"),
            ("gisapp_frame", f"{ORIGIN}/app/frame.js"),
            ("gisapp_map", f"{ORIGIN}/app/map.js"),
        ],
        css=[
            ("leaflet_css", f"{ORIGIN}/leaflet/leaflet.css"),
            ("gisapp_css", f"{ORIGIN}/app/map.css"),
        ],
    )
    root.script.add_child(Element(_START), name="gisapp_start")
    policy = (
        f"default-src 'none'; script-src {_LIVE} {{scripts}}; style-src {_LIVE} 'unsafe-inline'; "
        f"img-src {_LIVE} data:; connect-src {_LIVE}; base-uri 'none'; form-action 'none'"
    )
    made = _secured(root.render(), policy)
    return made.replace("<head>", f"<head>\n    <!-- Made by folium {version('folium')} -->", 1)


def write_html(
    picture: Picture,
    path: Path,
    *,
    frame: FrameSpec | None = None,
    feedback: Feedback | None = None,
) -> tuple[str, ...]:
    """Write a picture as one HTML file that needs nothing else: it opens offline, anywhere.

    Leaflet, script, style, simplified countries and the layers as GeoJSON are inside; heavy lines
    and areas are simplified, layers that are too large even so are painted into tiles down to
    zoom 3, and the page says so. Title, search, legend with layer switches, chart and tables,
    cards with sources, method, and the footer with sources and date stand around the map.

    Parameters
    ----------
    frame
        Its bounds are what the map opens on; its theme or brand and its elements are obeyed.
        Size and projection are a page's alone: the map is a Web Mercator that can be moved.

    Returns
    -------
    tuple of str
        What the page shows otherwise than as itself, one sentence each.
    """
    feedback = feedback or Feedback()
    frame = frame or FrameSpec()
    feedback.check(0.0, "Writing the page")
    lightened = light(picture, feedback)
    inline = _inline(lightened, frame, feedback)
    scripts = [
        _bare(_text(leaflet_dir() / "leaflet.js")),
        f"var gisapp = {{inline: {to_json(inline)}}};",
        *(_text(resources_dir() / "map" / name) for name in _SCRIPTS),
    ]
    styles = [
        re.sub(
            r"/\*.*?\*/|url\([^)]*\)", "", _text(leaflet_dir() / "leaflet.css"), flags=re.DOTALL
        ),
        _text(resources_dir() / "map" / "map.css"),
        _text(resources_dir() / "map" / "still.css"),
    ]
    feedback.check(0.9)
    root = _figure(js=[], css=[])
    root.title = html.escape(picture.title or "Map")
    for number, style in enumerate(styles):
        root.header.add_child(_Literal(f"<style>{style}</style>"), name=f"style_{number}")
    for number, script in enumerate(scripts):
        if "</script" in script.lower():
            raise ValueError("a script may not hold its own end")
        root.header.add_child(_Literal(f"<script>{script}</script>"), name=f"script_{number}")
    notes = (*lightened.notes, *_painted_notes(lightened), *_left_out(frame))
    body = around(picture, frame, notes, attribution(picture))
    root.html.add_child(_Literal(body), name="around")
    root.script.add_child(Element(_START), name="gisapp_start")
    policy = (
        "default-src 'none'; script-src {scripts}; style-src 'unsafe-inline'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )
    page = _secured(_put_together(root.render()), policy)
    path.write_text(page, encoding="utf-8")
    feedback.check(1.0)
    return tuple(_painted_notes(lightened))


def _put_together(page: str) -> str:
    """Move folium's map to where it belongs, and let readers zoom the text and hear English."""
    (given,) = re.findall(rf'<div class="folium-map" id="{MAP_NAME}"\s*></div>', page)
    page = page.replace(given, "", 1).replace(MAP_SLOT, given, 1)
    page = re.sub(r'content="width=device-width,[^"]*"', f'content="{_VIEWPORT}"', page, count=1)
    return page.replace("<html>", '<html lang="en">', 1)


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


class _Literal(Element):
    """Text that goes to the page as it is: branca would read it as a template."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self._text = text

    def render(self, **_kwargs: object) -> str:
        """Return the text."""
        return self._text


def _bare(script: str) -> str:
    """Return Leaflet without the addresses that its comments and its prefix name."""
    script = re.sub(r"^//# sourceMappingURL.*$", "", script, flags=re.MULTILINE)
    return script.replace("https://leafletjs.com", "#")


def _inline(made: Light, frame: FrameSpec, feedback: Feedback) -> Json:
    picture, theme = made.picture, frame.look
    world = shipped_world()
    names = _country_titles(world)
    top = top_weight(picture.layers)
    layers: list[Json] = []
    collections: Json = {}
    tiles: Json = {}
    for number, (drawn, large) in enumerate(zip(picture.layers, made.painted, strict=True)):
        feedback.check(0.1 + 0.7 * number / len(picture.layers), drawn.layer.name)
        key = f"layer-{number}"
        if large:
            tiles[key] = dict(_painted(drawn, theme, feedback))
        else:
            collections[key] = layer_geojson(drawn, theme, top=top, details=True, countries=names)
        layers.append(layer_json(drawn, key, large=large))
    shading = []
    for number, each in enumerate(picture.shading):
        look = shading_area(theme, number, proposed=each.proposed)
        shading.append(
            {
                "inside": sorted(each.inside),
                "fill": look.fill,
                "alpha": look.alpha,
                "outline": look.outline,
                "width": look.width * 0.7,
                "hatch": look.hatch,
                "dash": look.dash,
            }
        )
    return {
        "scene": {
            "theme": theme_json(theme),
            "base": "",
            "overlay": "",
            "layers": layers,
            "connections": connections_json(picture, theme),
            "labels": [] if frame.elements.labels is Show.NO else labels_json(picture),
            "attribution": attribution(picture),
            "number": 1,
        },
        "layers": collections,
        "tiles": tiles,
        "paintedZoom": _PAINTED_ZOOM,
        "countries": basemap_json(world),
        "names": [
            {"text": text, "x": round(x, 5), "y": round(y, 5), "width": round(width, 5)}
            for text, x, y, width in world.names[:120]
        ],
        "shading": shading,
        "bounds": list(frame.bounds) if frame.bounds else _bounds(picture),
    }


def _bounds(picture: Picture) -> list[float] | None:
    boxes = [box for d in picture.layers if not d.faded and (box := d.layer.features.bounds)]
    if not boxes:
        return None
    west, south = (min(box[i] for box in boxes) for i in (0, 1))
    east, north = (max(box[i] for box in boxes) for i in (2, 3))
    if east - west > _WORLDWIDE:
        west, east = _WORLD
    return [west, max(south, -60.0), east, min(north, 78.0)]


def _painted(drawn: DrawnLayer, theme: Theme, feedback: Feedback) -> Iterator[tuple[str, str]]:
    """Yield address and data URI of every tile of a large layer that shows something."""
    source = layer_tiles(drawn, theme)
    for z in range(_PAINTED_ZOOM + 1):
        for x in range(2**z):
            feedback.check()
            for y in range(2**z):
                data = source.tile(z, x, y, 1)
                if not is_blank(data):
                    text = base64.b64encode(data).decode("ascii")
                    yield f"{z}/{x}/{y}", f"data:image/png;base64,{text}"


def _country_titles(world: World) -> dict[str, str]:
    """Return the short names of countries by ISO alpha-3 code."""
    columns = world.features("jurisdictions_simple").columns
    pairs = zip(columns["iso"], columns["name"], strict=True)
    return {str(code): SHORT_NAMES.get(str(name), str(name)) for code, name in pairs if code}


def _left_out(frame: FrameSpec) -> list[str]:
    """Return what of a page has no place on a map that can be moved, in sentences."""
    if not frame.insets:
        return []
    return ["The small maps of the page are left out: this one can be moved and zoomed."]


def _painted_notes(made: Light) -> list[str]:
    layers = [
        d.layer for d, painted in zip(made.picture.layers, made.painted, strict=True) if painted
    ]
    return [
        f"{layer.name} ({whole(len(layer.features))} features) is a painted picture here: it is "
        "blurred close by, and has no cards."
        for layer in layers
    ]


if __name__ == "__main__":
    stored = resources_dir() / "map" / "page.html"
    stored.write_text(live_page(), encoding="utf-8")
