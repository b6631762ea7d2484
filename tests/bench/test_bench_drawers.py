"""How long a page of the worked example takes to draw, and how large the file is."""

from dataclasses import replace

import pytest

from gisapp.render.compose import compose
from gisapp.render.deck import MapPage
from gisapp.render.export import export_pages
from gisapp.render.paint import scene_image
from gisapp.render.pdf import write_pdf
from gisapp.render.picture import FrameSpec
from gisapp.render.pixels import gif_of, png_of
from gisapp.render.slides import write_pptx
from gisapp.render.svg import svg_of
from tests.render.sample_pictures import coverage

FRAME = FrameSpec()
WRITERS = {
    "png": lambda scene, path: path.write_bytes(png_of(scene, FRAME.dpi)),
    "svg": lambda scene, path: path.write_text(svg_of(scene), "utf-8"),
    "pdf": lambda scene, path: write_pdf([scene], path),
    "pptx": lambda scene, path: write_pptx([scene], path),
    "gif": lambda scene, path: path.write_bytes(gif_of([scene], dpi=FRAME.dpi)),
}


@pytest.fixture(scope="module")
def scene():
    return compose(coverage(), FRAME)


def test_compose(benchmark):
    picture = coverage()
    benchmark.pedantic(lambda: compose(picture, FRAME), rounds=3, warmup_rounds=1)


def test_preview_of_the_window(benchmark, scene):
    benchmark(lambda: scene_image(scene, 1366 / scene.width))


@pytest.mark.parametrize("ending", WRITERS)
def test_one_page(benchmark, scene, tmp_path, ending):
    path = tmp_path / f"map.{ending}"
    benchmark.pedantic(WRITERS[ending], (scene, path), rounds=5, warmup_rounds=1)
    benchmark.extra_info["bytes"] = path.stat().st_size


@pytest.mark.parametrize("ending", ["pdf", "png", "pptx"])
def test_twenty_pages(benchmark, tmp_path, ending):
    pages = [MapPage(replace(coverage(), title=f"Page {number}"), FRAME) for number in range(1, 21)]
    path = tmp_path / f"atlas.{ending}"
    written = benchmark.pedantic(export_pages, (pages, path), rounds=1)
    benchmark.extra_info["bytes"] = sum(file.stat().st_size for file in written.files)
