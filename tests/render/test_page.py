"""The map's page and the page that stands alone: no address of anybody else, nothing runs."""

import base64
import hashlib
import json
import re
import shutil
import subprocess
from datetime import date
from html.parser import HTMLParser

import folium
import numpy as np
import pytest
import shapely
from PIL import Image

from gisapp.data.shipped import default_layers
from gisapp.model.features import Features
from gisapp.model.feedback import Cancelled, Feedback
from gisapp.model.layer import Layer
from gisapp.model.places import resources_dir
from gisapp.model.vocabulary import Role
from gisapp.render.legend import legend_entries
from gisapp.render.light import MOST_LIGHT, light
from gisapp.render.page import live_page, write_html
from gisapp.render.picture import (
    Bar,
    BarChart,
    Brand,
    Connection,
    DrawnLayer,
    Elements,
    FrameSpec,
    PageTable,
    Picture,
    Shading,
    Show,
    ThemeName,
)
from gisapp.render.symbology import palette

EVIL = '</script><script>evil()</script><img src="x" onerror="evil()">{% endraw %}{{ 7 * 191 }}'
#: Names of formats, not places that anything is fetched from.
NAMESPACES = {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}


CHART = BarChart(
    "China refines most", "Share of output", "%",
    (Bar("China", 91.3, 91.3, "leader"), Bar("Partnership", 1.2, 4.2, "alliance")), 65.0,
)  # fmt: skip
TABLE = PageTable("Shares", ("Stage", "Share, %"), (("Mining", "15.1"),), (False, True))
LINES = (
    Connection(np.array([[20.0, 10.0], [30.0, 10.0]]), 1095.6, True, "Near mine", "Plant A"),
    Connection(np.array([[20.0, 10.0], [50.0, 10.0]]), 3285.0, False, "Far mine", "Plant B"),
)


class Reader(HTMLParser):
    """Collects elements, inline scripts and the text outside of scripts."""

    def __init__(self, page):
        super().__init__()
        self.elements, self.scripts, self.words, self.lineage = [], [], [], ""
        self.inside = ""
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        data = tag == "script" and dict(attrs).get("type") == "application/json"
        self.inside = "data" if data else tag
        if tag == "script" and not data:
            self.scripts.append("")

    def handle_endtag(self, _tag):
        self.inside = ""

    def handle_data(self, data):
        if self.inside == "script":
            self.scripts[-1] += data
        elif self.inside == "data":
            self.lineage += data
        elif self.inside != "style":
            self.words.append(data)

    @property
    def text(self):
        return " ".join(" ".join(self.words).split())


def addresses(page):
    return set(re.findall(r"(?:https?|wss?|ftp):?//[^\s\"'<>)\\]*", page)) - NAMESPACES


def whole(**changes):
    layers = tuple(DrawnLayer(layer) for layer in reversed(default_layers()))
    given = {
        "title": "Where the world refines",
        "subtitle": "Sites and routes",
        "layers": layers,
        "as_of": date(2026, 11, 22),
        "sources": ("USGS 2025 (public domain)", "IEA 2025 (CC BY 4.0)"),
        "shading": (Shading("Partnership", frozenset({"USA", "AUS"})),),
        "chart": CHART,
        "table": TABLE,
        "notes": "Shares are of tonnes.\nUnknown owners count as outside.",
        "connections": LINES,
        "lineage": (("project", "4f2a"), ("gisapp", "</script>")),
    }
    return Picture(**{**given, **changes})


def hashes(scripts):
    return {
        f"'sha256-{base64.b64encode(hashlib.sha256(s.encode()).digest()).decode()}'"
        for s in scripts
        if s
    }


def inline_of(page):
    """Return what the page's scripts are given."""
    (script,) = [s for s in Reader(page).scripts if s.startswith("var gisapp")]
    return json.loads(script.removeprefix("var gisapp = {inline: ").removesuffix("};"))


def policy(reader):
    (rule,) = [
        a["content"]
        for tag, a in reader.elements
        if tag == "meta" and "http-equiv" in a and a["http-equiv"] == "Content-Security-Policy"
    ]
    return dict(part.strip().split(" ", 1) for part in rule.split(";"))


# --- the live page ----------------------------------------------------------------------------


def test_the_live_page_names_our_own_addresses_alone():
    page = live_page()
    assert addresses(page) == set()
    reader = Reader(page)
    links = [
        a.get("src") or a.get("href") for tag, a in reader.elements if tag in ("script", "link")
    ]
    assert all(link.startswith("gisapp://map/") for link in links if link)
    assert sum(link is not None for link in links) == 9


def test_the_live_page_is_the_same_each_time():
    assert live_page() == live_page()
    assert "map_main" in live_page()


def test_the_stored_page_is_what_folium_makes():
    stored = (resources_dir() / "map" / "page.html").read_text(encoding="utf-8")
    made = live_page()
    if f"folium {folium.__version__} " in stored:
        assert stored == made
    # another folium may lay out the same page otherwise
    theirs, ours = Reader(stored), Reader(made)
    assert [a for tag, a in theirs.elements if tag in ("link", "div")] == [
        a for tag, a in ours.elements if tag in ("link", "div")
    ]
    assert hashes(theirs.scripts) <= set(policy(theirs)["script-src"].split())
    assert addresses(stored) == set()


def test_the_policy_lets_only_our_scripts_run():
    reader = Reader(live_page())
    rules = policy(reader)
    assert rules["default-src"] == "'none'"
    assert "unsafe" not in rules["script-src"]
    assert "*" not in "".join(rules.values())
    assert hashes(reader.scripts) <= set(rules["script-src"].split())


# --- the page that stands alone ---------------------------------------------------------------


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    path = tmp_path_factory.mktemp("page") / "map.html"
    write_html(whole(), path)
    return path.read_text(encoding="utf-8"), path.stat().st_size


def test_one_file_below_three_megabytes(exported):
    page, size = exported
    assert size < 3_000_000
    reader = Reader(page)
    assert not [
        a for tag, a in reader.elements if tag in ("script", "img", "iframe") and "src" in a
    ]
    links = [a["href"] for tag, a in reader.elements if tag in ("link", "a")]
    assert links
    assert all(link.startswith("#") for link in links)
    assert not [
        style for style in re.findall(r"<style>(.*?)</style>", page, re.DOTALL) if "url(" in style
    ]


def test_no_remote_address(exported):
    page, _ = exported
    found = addresses(page)
    # sources may quote an address as text; nothing outside the data does, and none is fetched
    shipped = {
        url
        for layer in default_layers()
        for name in ("source", "source_url", "notes")
        if name in layer.features.columns
        for value in layer.features.columns[name]
        for url in addresses(str(value))
    }
    assert found <= shipped
    rules = policy(Reader(page))
    assert rules["default-src"] == "'none'"
    assert "connect-src" not in rules
    assert rules["img-src"] == "data:"


def test_every_script_is_hashed(exported):
    reader = Reader(exported[0])
    rules = policy(reader)
    assert hashes(reader.scripts) == set(rules["script-src"].split())


def test_title_legend_sources_and_date_are_there(exported):
    reader = Reader(exported[0])
    assert "Where the world refines" in reader.text
    assert "USGS 2025 (public domain)" in reader.text
    assert "22 Nov 2026" in reader.text
    for entry in legend_entries(whole(), ThemeName.LIGHT):
        assert entry.label in reader.text
    switches = {a["data-layer"] for tag, a in reader.elements if "data-layer" in a}
    assert switches == {layer.id for layer in default_layers()}


def test_all_sites_with_their_sources_are_inside(exported):
    inline = inline_of(exported[0])
    counts = {len(layer["features"]) for layer in inline["layers"].values()}
    assert counts == {len(layer.features) for layer in default_layers()}
    sites = next(c for c in inline["layers"].values() if len(c["features"]) > 700)
    assert all(dict(f["properties"]["c"])["Source"] for f in sites["features"])


def test_chromium_draws_it_without_a_network(exported, tmp_path):
    """Chromium is one of the packages that .ci/run installs: there it may not be missing."""
    browser = shutil.which("chromium")
    assert browser is not None, "needs Chromium: see packaging/debian-tools-for-tests.txt"
    page, picture = tmp_path / "page.html", tmp_path / "page.png"
    page.write_text(exported[0], encoding="utf-8")
    subprocess.run(
        [
            browser, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic",
            "--no-first-run", "--disable-background-networking", "--disable-component-update",
            "--disable-sync", "--host-resolver-rules=MAP * ~NOTFOUND", "--window-size=1200,700",
            f"--user-data-dir={tmp_path / 'profile'}", "--virtual-time-budget=5000",
            f"--screenshot={picture}", page.as_uri(),
        ],
        check=True,
        capture_output=True,
        timeout=90,
    )  # fmt: skip
    pixels = np.asarray(Image.open(picture).convert("RGB")).reshape(-1, 3)
    colors = palette(ThemeName.LIGHT)
    for color in (colors.water, colors.land, colors.deposit, colors.refinery):
        wanted = [int(color[i : i + 2], 16) for i in (1, 3, 5)]
        close = (np.abs(pixels.astype(int) - wanted).max(axis=1) <= 2).sum()
        assert close > 30, color


def test_evil_texts_stay_texts(tmp_path):
    name = np.array([EVIL], dtype=object)
    features = Features.from_points(np.array([[1.0, 2.0]]), {"name": name, "source": name})
    evil = Layer(EVIL, EVIL, Role.DEPOSIT, features)
    line = Connection(np.array([[0.0, 0.0], [1.0, 1.0]]), 157.0, True, EVIL, EVIL)
    shown = whole(
        title=EVIL,
        subtitle=EVIL,
        layers=(DrawnLayer(evil),),
        sources=(EVIL,),
        caption=EVIL,
        shading=(Shading(EVIL, frozenset()),),
        connections=(line,),
    )
    path = tmp_path / "evil.html"
    write_html(shown, path)
    reader = Reader(path.read_text(encoding="utf-8"))
    assert not [a for tag, a in reader.elements if tag == "img" or "onerror" in a]
    assert hashes(reader.scripts) == set(policy(reader)["script-src"].split())
    assert EVIL in "".join(reader.words)
    assert "1337" not in "".join(reader.words + reader.scripts)  # nor is it read as a template


def test_a_large_layer_is_painted_and_the_page_says_so(tmp_path):
    lonlat = np.random.default_rng(5).uniform((-30, -20), (30, 20), (50_000, 2))
    big = Layer("big", "Wells", Role.REFERENCE, Features.from_points(lonlat))
    path = tmp_path / "big.html"
    (said,) = write_html(whole(layers=(DrawnLayer(big),)), path)
    assert "is a painted picture here" in said
    page = path.read_text(encoding="utf-8")
    assert path.stat().st_size < 3_000_000
    assert page.count("data:image/png;base64,") > 8
    assert "Wells (50\u202f000 features) is a painted picture here" in page


def test_heavy_areas_are_simplified_and_stay_areas(tmp_path):
    corner = np.linspace(0, 2 * np.pi, 2_000)
    ring = np.column_stack([np.cos(corner), np.sin(corner) + 0.02 * np.sin(40 * corner)])
    shapes = [
        shapely.Polygon(ring + np.array([3.0 * i, 20.0 + 3.0 * j]))
        for i in range(7)
        for j in range(5)
    ]
    names = np.array([f"Licence {i}" for i in range(35)], dtype=object)
    heavy = Layer("a", "Licences", Role.REFERENCE, Features.from_shapes(shapes, {"name": names}))
    path = tmp_path / "areas.html"
    write_html(whole(layers=(DrawnLayer(heavy),)), path)
    page = path.read_text(encoding="utf-8")
    assert "The shapes of Licences are simplified here: they are off by at most 0.1" in page
    (collection,) = inline_of(page)["layers"].values()
    assert [f["properties"]["n"] for f in collection["features"]] == names.tolist()
    drawn = [shapely.Polygon(f["geometry"]["coordinates"][0][0]) for f in collection["features"]]
    assert sum(shapely.get_num_coordinates(drawn)) <= MOST_LIGHT
    for ours, given in zip(drawn, shapes, strict=True):
        assert shapely.hausdorff_distance(ours, given) < 0.01
        assert ours.area == pytest.approx(given.area, rel=0.01)


def test_islands_that_nobody_sees_are_left_out_first():
    far = np.linspace(0, 2 * np.pi, 700)[:-1]
    ring = np.column_stack([np.cos(far), np.sin(far)])
    dust = [shapely.box(x, 3, x + 0.0005, 3.0005) for x in np.arange(0, 20, 0.01)]
    shapes = [
        shapely.MultiPolygon([shapely.Polygon(ring + np.array([3 * i, 0])), *dust])
        for i in range(7)
    ]
    shapes += [None, shapely.MultiPolygon(dust[:1]), shapely.Point(1, 1).buffer(1)]
    layer = Layer("a", "Areas", Role.REFERENCE, Features.from_shapes(shapes))
    made = light(whole(layers=(DrawnLayer(layer),)))
    assert made.painted == (False,)
    (drawn,) = made.picture.layers
    found = drawn.layer.features.geometry
    assert [shapely.get_num_geometries(shape) for shape in found[:7]] == [1] * 7
    assert found[7] is None or found[7].is_empty
    assert found[8].bounds == dust[0].bounds  # all that there is of it
    assert found[9].geom_type == "Polygon"
    assert drawn.layer.features.columns == layer.features.columns


def test_what_the_picture_says_stands_around_the_map(exported):
    page, _ = exported
    text = Reader(page).text
    for words in ("China refines most", "91.3", "1.2", "Stage", "15.1", "Unknown owners count as"):
        assert words in text
    # lines in words, the longest first
    assert re.search(r"Far mine Plant B 3.285 no Near mine Plant A 1.096 yes", text)
    assert json.loads(Reader(page).lineage) == {"project": "4f2a", "gisapp": "</script>"}
    assert inline_of(page)["scene"]["labels"] == []


def test_the_frame_is_obeyed(tmp_path):
    logo = base64.b64encode(b"\x89PNG\r\n\x1a\n logo").decode()
    brand = Brand("House", ThemeName.DARK, (("accent", "#AA3300"),), "House Sans", logo=logo)
    shows = Elements(chart=Show.NO, table=Show.NO, legend=Show.NO)
    frame = FrameSpec(
        bounds=(150.0, -40.0, 230.0, 30.0), brand=brand, elements=shows, caption="As it stands"
    )
    small = default_layers()[0]
    paths = [tmp_path / name for name in ("one.html", "two.html")]
    for path in paths:
        write_html(whole(layers=(DrawnLayer(small),)), path, frame=frame)
    page = paths[0].read_text(encoding="utf-8")
    assert page == paths[1].read_text(encoding="utf-8")
    inline = inline_of(page)
    assert inline["bounds"] == [150.0, -40.0, 230.0, 30.0]
    assert inline["scene"]["theme"]["name"] == "dark"
    assert inline["scene"]["theme"]["colors"]["accent"] == "#AA3300"
    assert inline["scene"]["theme"]["family"] == "House Sans"
    reader = Reader(page)
    assert [a["alt"] for tag, a in reader.elements if tag == "img"] == ["House"]
    kinds = [a.get("class") for _, a in reader.elements]
    assert not {"chart", "table", "legend"} & {kind for kind in kinds if kind} - {"table"}
    assert "China refines most" not in reader.text
    assert "As it stands" in reader.text


def test_the_page_can_be_read_without_eyes_and_without_a_mouse(exported):
    """The checks that tools for accessibility make of a page's structure."""
    elements = Reader(exported[0]).elements
    assert dict(elements)["html"]["lang"] == "en"
    (viewport,) = [a["content"] for t, a in elements if t == "meta" and a.get("name") == "viewport"]
    assert "maximum-scale" not in viewport
    assert "user-scalable" not in viewport
    ids = [a["id"] for _, a in elements if "id" in a]
    assert len(ids) == len(set(ids))
    for tag, a in elements:
        assert not [name for name in a if name.startswith("on")], (tag, a)
        for name in ("aria-labelledby", "aria-controls", "for"):
            # the card's title comes with the card
            assert a.get(name) in {None, "card-title", *ids}, (tag, a)
        if tag == "a":
            assert a["href"][1:] in ids
        if a.get("role") in {"region", "dialog", "search", "listbox"}:
            assert {"aria-label", "aria-labelledby"} & set(a) or a["role"] == "search"
        assert int(a.get("tabindex", "0")) <= 0
        if tag == "th":
            assert a["scope"] in {"col", "row"}
        if tag == "svg":
            assert a["aria-hidden"] == "true"
    assert [tag for tag, _ in elements].count("h1") == 1
    assert [tag for tag, _ in elements].count("main") == 1
    headings = [int(tag[1]) for tag, _ in elements if re.fullmatch(r"h[1-6]", tag)]
    assert headings[0] == 1
    assert max(headings) == 2
    assert [a for _, a in elements if a.get("aria-live") == "polite"]


def test_writing_can_be_cancelled_and_leaves_no_file(tmp_path):
    feedback = Feedback()
    feedback.cancel()
    with pytest.raises(Cancelled):
        write_html(whole(), tmp_path / "none.html", feedback=feedback)
    assert not (tmp_path / "none.html").exists()
