"""A symbol stands at the same place of the page in every format, to half a pixel of the grid."""

import re
import subprocess
import zipfile

import numpy as np
import pytest
from lxml import etree
from PIL import Image

from gisapp.render.pdf import write_pdf
from gisapp.render.pixels import png_of
from gisapp.render.scene import Mark
from gisapp.render.slides import write_pptx
from gisapp.render.svg import svg_of
from tests.render.sample_scene import sample_scene, symbol

DPI = 96
#: Half a pixel, in points.
NEAR = 0.5 * 72 / DPI
#: Places with fractions of a point, each in a colour of its own.
PLACES = {
    "#D00000": (40.37, 71.91),
    "#00A000": (333.333, 66.667),
    "#0000C0": (181.5, 219.25),
}
A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
P = "{http://schemas.openxmlformats.org/presentationml/2006/main}"


@pytest.fixture(scope="module")
def scene():
    marks = tuple(
        Mark(color, "Sites", x, y, symbol("square", fill=color, size=12.0))
        for color, (x, y) in PLACES.items()
    )
    return sample_scene(items=marks)


def centres_in(image):
    """Return the middle of each colour in points."""
    pixels = np.asarray(image.convert("RGB")).astype(int)
    found = {}
    for color in PLACES:
        wanted = np.array(list(bytes.fromhex(color[1:])))
        near = np.clip(1.0 - np.abs(pixels - wanted).max(axis=2) / 200.0, 0.0, 1.0)
        near[near < 0.3] = 0.0
        rows, columns = np.indices(near.shape)
        scale = 72 / DPI / near.sum()
        x, y = ((columns + 0.5) * near).sum() * scale, ((rows + 0.5) * near).sum() * scale
        found[color] = (x, y)
    return found


def agree(found):
    assert found.keys() == PLACES.keys()
    for color, place in PLACES.items():
        assert found[color] == pytest.approx(place, abs=NEAR), color


def test_png(scene, tmp_path):
    path = tmp_path / "a.png"
    path.write_bytes(png_of(scene, DPI))
    with Image.open(path) as image:
        agree(centres_in(image))


def test_pdf(scene, tmp_path):
    write_pdf([scene], tmp_path / "a.pdf")
    drawn = ["pdftoppm", "-r", str(DPI), "-png", "-singlefile", tmp_path / "a.pdf", tmp_path / "a"]
    subprocess.run(drawn, check=True)
    with Image.open(tmp_path / "a.png") as image:
        agree(centres_in(image))


def test_svg(scene):
    root = etree.fromstring(svg_of(scene).encode())
    found = {}
    for path in root.iter("{http://www.w3.org/2000/svg}path"):
        color = path.get("fill").upper()
        if color in PLACES or f"#{''.join(2 * c for c in color[1:])}" in PLACES:
            color = color if color in PLACES else f"#{''.join(2 * c for c in color[1:])}"
            first, steps = re.fullmatch(r"m([^l]*)l([^z]*)z", path.get("d")).groups()
            numbers = [
                np.array(re.findall(r"-?[\d.]+", part), dtype=float).reshape(-1, 2)
                for part in (first, steps)
            ]
            corners = np.cumsum(np.concatenate(numbers), axis=0)
            found[color] = tuple(corners.mean(axis=0))
    agree(found)


def test_pptx(scene, tmp_path):
    path = tmp_path / "a.pptx"
    write_pptx([scene], path)
    with zipfile.ZipFile(path) as package:
        slide = etree.fromstring(package.read("ppt/slides/slide1.xml"))
    found = {}
    for shape in slide.iter(f"{P}sp"):
        name = shape.find(f"{P}nvSpPr/{P}cNvPr").get("name")
        if name in PLACES:
            place, size = (next(shape.iter(f"{A}{tag}")) for tag in ("off", "ext"))
            middle = (
                int(place.get("x")) + int(size.get("cx")) / 2,
                int(place.get("y")) + int(size.get("cy")) / 2,
            )
            found[name] = tuple(value / 12_700 for value in middle)
    agree(found)
