import xml.etree.ElementTree as ET
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image
from pypdf import PdfReader

from gisapp.render.compose import compose
from gisapp.render.draw_static import write_static
from gisapp.render.picture import FrameSpec, ThemeName
from gisapp.render.symbology import palette
from tests.render.sample_pictures import AS_OF, coverage, distance

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def scene():
    return compose(coverage(), FrameSpec())


def test_png_has_the_size_the_title_and_the_colours(scene, tmp_path):
    path = tmp_path / "map.png"
    write_static(scene, path, dpi=96)
    with Image.open(path) as image:
        assert image.size == (1280, 720)
        assert image.info["dpi"] == pytest.approx((96, 96), abs=0.1)
        assert image.info["Title"] == scene.title
        assert scene.title in image.info["Description"]
        pixels = np.asarray(image.convert("RGB"))
    colors = palette(ThemeName.LIGHT)
    seen = {tuple(c) for c in pixels.reshape(-1, 3)[::3].tolist()}
    for color in (colors.paper, colors.water, colors.land, colors.leader, colors.deposit):
        assert tuple(bytes.fromhex(color[1:])) in seen
    # nothing stands in the margins of half an inch
    for edge in (pixels[:44], pixels[-44:], pixels[:, :44], pixels[:, -44:]):
        assert (edge == 255).all()


def test_svg_text_is_text_and_every_object_has_its_name(scene, tmp_path):
    path = tmp_path / "map.svg"
    write_static(scene, path)
    root = ET.parse(path).getroot()
    texts = ["".join(node.itertext()) for node in root.iter(f"{SVG}text")]
    assert scene.title in texts
    assert "Deposits\u00a0(118)" in texts
    names = {node.get("id") for node in root.iter(f"{SVG}g")}
    assert "Countries: Chile" in names
    assert any(name and name.startswith("Deposits: ") for name in names)
    assert root.get("width") == "960pt"
    text = path.read_text("utf-8")
    assert "http" not in text.replace("http://www.w3.org", "").replace(
        "http://purl.org", ""
    ).replace("http://creativecommons.org", "").replace("https://matplotlib.org/", "")


def test_pdf_has_searchable_text_in_embedded_fonts(scene, tmp_path):
    path = tmp_path / "map.pdf"
    write_static(scene, path, as_of=AS_OF)
    reader = PdfReader(path)
    (page,) = reader.pages
    assert [float(v) for v in page.mediabox[2:]] == [960, 540]
    text = page.extract_text()
    for words in (scene.title, "Natural Earth", "As of 22 Nov 2026", "Quad"):
        assert words in text
    assert reader.metadata.title == scene.title
    assert reader.metadata.creation_date.date() == AS_OF
    fonts = page["/Resources"]["/Font"].values()
    for font in fonts:
        inner = font.get_object()
        inner = inner["/DescendantFonts"][0].get_object() if "/DescendantFonts" in inner else inner
        described = inner["/FontDescriptor"].get_object()
        assert "/FontFile2" in described or "/FontFile3" in described


@pytest.mark.parametrize("ending", ["png", "svg", "pdf"])
def test_the_same_scene_gives_the_same_bytes(scene, tmp_path, ending):
    first, second = tmp_path / f"a.{ending}", tmp_path / f"b.{ending}"
    for path in (first, second):
        write_static(scene, path, dpi=50, as_of=AS_OF)
    assert first.read_bytes() == second.read_bytes()


@pytest.mark.parametrize("ending", ["png", "svg", "pdf"])
def test_other_scripts_and_markup_are_drawn_as_they_are(tmp_path, ending):
    title = "稀土 & <b>Größe</b> $x^2$ редкие"
    picture = replace(distance(), title=title, layers=distance().layers[:1], connections=())
    path = tmp_path / f"map.{ending}"
    write_static(compose(picture, FrameSpec(theme=ThemeName.DARK)), path, dpi=60)
    if ending == "svg":
        texts = {"".join(n.itertext()) for n in ET.parse(path).getroot().iter(f"{SVG}text")}
        assert title in texts
    if ending == "pdf":
        text = PdfReader(path).pages[0].extract_text()
        assert "Größe" in text
        assert "редкие" in text
        assert "稀土" in text
