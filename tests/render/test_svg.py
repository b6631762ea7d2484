import base64
import io
import re
import shutil
import string
import subprocess
import xml.etree.ElementTree as ET
from dataclasses import replace

import numpy as np
import pytest
from fontTools.ttLib import TTFont
from PIL import Image

from gisapp.render.compose import compose
from gisapp.render.deck import TextPage
from gisapp.render.export import export_pages
from gisapp.render.fonts import font_path
from gisapp.render.lineage import read_lineage
from gisapp.render.paint import scene_image
from gisapp.render.picture import Brand, FrameSpec
from gisapp.render.scene import Words
from gisapp.render.svg import svg_of
from tests.render.sample_pictures import AS_OF, coverage
from tests.render.sample_scene import LINEAGE, sample_scene

SVG = "{http://www.w3.org/2000/svg}"
INKSCAPE = "{http://www.inkscape.org/namespaces/inkscape}"


@pytest.fixture(scope="module")
def scene():
    return compose(replace(coverage(), lineage=LINEAGE), FrameSpec())


@pytest.fixture(scope="module")
def text(scene):
    return svg_of(scene)


@pytest.fixture(scope="module")
def root(text):
    return ET.fromstring(text.encode())


def test_text_is_text_and_every_object_has_its_name(root, scene):
    texts = ["".join(node.itertext()) for node in root.iter(f"{SVG}text")]
    assert scene.title in texts
    assert "Deposits\u00a0(118)" in texts
    ids = [node.get("id") for node in root.iter() if node.get("id")]
    assert len(ids) == len(set(ids))
    titles = {node.text for node in root.iter(f"{SVG}title")}
    assert {"Chile", "Brazil (BRICS)"} <= titles
    told = {node.text for node in root.iter(f"{SVG}desc")}
    assert any(each.startswith("Mountain Pass mine, Deposit, operating, USA") for each in told)
    assert root.get("width") == "960pt"
    assert root.get("viewBox") == "0 0 960 540"


def test_layers_are_named_as_drawing_programs_know_them(root):
    layers = [g for g in root.iter(f"{SVG}g") if g.get(f"{INKSCAPE}groupmode") == "layer"]
    labels = [g.get(f"{INKSCAPE}label") for g in layers]
    for name in ("Countries", "Deposits", "Refineries", "Labels", "Title", "Chart", "Legend"):
        assert labels.count(name) == 1, name
    assert all(g.get("role") == "group" and g.get("aria-label") for g in layers)
    assert root.get("role") == "graphics-document"


def test_it_is_small_and_needs_nothing_from_elsewhere(text):
    assert len(text.encode()) < 800_000
    addresses = set(re.findall(r"[a-z]+://[^\s\"'<]+", text))
    assert addresses == {
        "http://www.w3.org/2000/svg",
        "http://www.inkscape.org/namespaces/inkscape",
    }


def test_its_fonts_hold_what_is_written_and_no_more(text, scene):
    fonts = re.findall(r"font-weight:(\d+);src:url\(data:font/woff;base64,([^)]*)\)", text)
    assert [weight for weight, _ in fonts] == ["400", "700"]
    used = {bold: set() for bold in (False, True)}
    for item in scene.items:
        if isinstance(item, Words):
            used[item.bold] |= set("".join(item.lines))
    for weight, data in fonts:
        font = TTFont(io.BytesIO(base64.b64decode(data)))
        held = {chr(code) for code in font.getBestCmap()}
        assert used[weight == "700"] - held <= {"\u00a0"}
        assert held - used[weight == "700"] <= {*string.printable, "\u00ad"}


def test_a_font_that_may_not_be_copied_stays_out_and_is_told(tmp_path):
    font = TTFont(font_path())
    font["OS/2"].fsType = 2
    font.save(tmp_path / "locked.ttf")
    brand = Brand("House", family="Locked", regular=str(tmp_path / "locked.ttf"))
    page = TextPage("Locked", FrameSpec(brand=brand), AS_OF)
    written = export_pages([page], tmp_path / "a.svg")
    assert any("Locked allows no copy" in notice for notice in written.notices)
    text = (tmp_path / "a.svg").read_text("utf-8")
    assert "@font-face" not in text
    assert "font-family:'Locked'" in text


def test_the_same_scene_gives_the_same_text(scene, text):
    assert svg_of(scene) == text


def test_lineage_is_read_back(text, tmp_path):
    path = tmp_path / "map.svg"
    path.write_text(text, "utf-8")
    assert read_lineage(path) == LINEAGE


def test_a_part_of_a_page_stands_on_nothing():
    scene = sample_scene()
    root = ET.fromstring(svg_of(scene, scene.items[:2]).encode())
    assert len([g for g in root.iter(f"{SVG}g") if g.get("role") == "graphics-symbol"]) == 2
    assert not [node for node in root.iter() if node.get("id") == "paper"]


def test_a_browser_draws_what_the_picture_shows(tmp_path):
    browser = shutil.which("chromium")
    assert browser is not None, "needs Chromium: see packaging/debian-tools-for-tests.txt"
    scene = sample_scene()
    path, shot = tmp_path / "page.svg", tmp_path / "shot.png"
    path.write_text(svg_of(scene), "utf-8")
    subprocess.run(
        [
            browser, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run",
            "--hide-scrollbars", f"--screenshot={shot}", "--window-size=480,336",
            f"--user-data-dir={tmp_path / 'profile'}", path.as_uri(),
        ],
        check=True, capture_output=True, timeout=90,
    )  # fmt: skip
    with Image.open(shot) as image:
        shown = np.asarray(image.convert("RGB")).astype(int)
    ours = scene_image(scene, 96 / 72)[..., :3].astype(int)
    assert shown.shape == ours.shape
    # both shade edges in their own way: shapes are where they are, to less than a pixel
    calm = [np.asarray(Image.fromarray(each.astype(np.uint8)).reduce(4)) for each in (shown, ours)]
    apart = np.abs(calm[0].astype(int) - calm[1]).max(axis=2)
    assert apart.mean() < 1.5
    assert (apart > 60).mean() < 0.002
