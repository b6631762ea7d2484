import io
import zipfile
from dataclasses import replace
from datetime import date

import numpy as np
import PIL.Image
import pytest
from pptx import Presentation
from pptx.enum.shapes import MSO_SHAPE_TYPE

from gisapp.model.features import Features
from gisapp.model.layer import Layer
from gisapp.model.vocabulary import Role
from gisapp.render.compose import compose
from gisapp.render.paint import scene_image
from gisapp.render.picture import DrawnLayer, FrameSpec, Heavy, Picture
from gisapp.render.scene import Image, Mark
from gisapp.render.slide_picture import IN_A_FILE, MOST_CORNERS, MOST_SHAPES, lightened
from gisapp.render.slides import write_pptx
from gisapp.render.svg import svg_of
from tests.render.sample_pictures import distance


@pytest.fixture(scope="module")
def crowded():
    """Return a page with a layer of 5,000 symbols."""
    scene = compose(distance(), FrameSpec(dpi=100))
    marks = [item for item in scene.items if isinstance(item, Mark) and item.group == "Deposits"]
    box = scene.map_box
    rng = np.random.default_rng(5)
    many = tuple(
        replace(marks[0], name=f"Site {i}", x=box.x + box.w * x, y=box.y + box.h * y)
        for i, (x, y) in enumerate(rng.uniform(0.05, 0.95, (5_000, 2)))
    )
    return replace(scene, items=(*scene.items, *many))


def test_a_layer_of_very_many_symbols_is_one_picture_that_is_said(crowded, tmp_path):
    path = tmp_path / "a.pptx"
    (notice,) = write_pptx([crowded], path)
    assert notice == 'Layer "Deposits" (5\u202f118 shapes) is a picture on the slide.'
    assert path.stat().st_size < 5_000_000
    slide = Presentation(str(path)).slides[0]
    (picture,) = [s for s in slide.shapes if s.shape_type == MSO_SHAPE_TYPE.PICTURE]
    assert picture.name == "Deposits"
    assert "5\u202f118" in picture._element.xpath(".//p:cNvPr/@descr")[0]
    with PIL.Image.open(io.BytesIO(picture.image.blob)) as shown:
        assert shown.format == "PNG"
    others = [s for s in slide.shapes if s.name in ("Countries", "Refineries", "Legend")]
    assert {s.shape_type for s in others} == {MSO_SHAPE_TYPE.GROUP}


def test_the_picture_stands_exactly_where_the_shapes_stood(crowded):
    scene, _ = lightened(crowded)
    (image,) = [item for item in scene.items if isinstance(item, Image)]
    assert scene.map_box.contains(image.box, slack=12.0)
    scale = 2.0  # the box starts at a whole point: so it does at a whole pixel
    shapes = [item for item in crowded.items if item.group == "Deposits"]
    wanted = scene_image(crowded, scale, shapes)[..., 3].astype(float)
    png = image.fallback or image.data
    with PIL.Image.open(io.BytesIO(png)) as opened:
        drawn = np.asarray(opened.resize((round(image.box.w * scale), round(image.box.h * scale))))
    x, y = round(image.box.x * scale), round(image.box.y * scale)
    part = wanted[y : y + drawn.shape[0], x : x + drawn.shape[1]]
    assert wanted.sum() == pytest.approx(part.sum(), rel=1e-3)  # nothing of it is cut
    assert np.abs(drawn[..., 3].astype(float) - part).mean() < 12.0


def test_of_symbols_that_hide_each_other_the_last_is_drawn_and_the_others_are_told():
    spots = np.column_stack([np.linspace(-150.0, 150.0, 60), np.linspace(-50.0, 60.0, 60)])
    layer = Layer(
        "many", "Many", Role.REFERENCE, Features.from_points(np.tile(spots, (600, 1)), {})
    )
    scene = compose(Picture("Many", "", (DrawnLayer(layer),), date(2026, 11, 22), ()), FrameSpec())
    marks = [item for item in scene.items if isinstance(item, Mark) and item.group == "Many"]
    assert [mark.name for mark in marks] == [f"Many {35_941 + i}" for i in range(60)]
    assert scene.notices == (
        'Of layer "Many" 35\u202f940 symbols that lie under others of their kind are left out.',
    )


def test_in_a_vector_file_only_the_heaviest_layers_are_pictures(crowded):
    assert lightened(crowded, most=IN_A_FILE) == (crowded, ())
    scene, (notice,) = lightened(crowded, most=(4_000, MOST_CORNERS))
    assert notice == 'Layer "Deposits" (5\u202f118 shapes) is a picture on the page.'
    image = next(item for item in scene.items if isinstance(item, Image))
    shapes = [item for item in crowded.items if item.group == "Deposits"]
    wanted = scene_image(crowded, 2.0, shapes).astype(float)
    drawn = scene_image(replace(scene, items=(image,)), 2.0, [image]).astype(float)
    assert np.abs(drawn[..., 3] - wanted[..., 3]).mean() < 3.0
    assert len(svg_of(scene)) < len(svg_of(crowded))


def test_the_user_may_want_shapes_or_pictures_of_all(crowded, tmp_path):
    as_shapes = replace(crowded, spec=replace(crowded.spec, heavy=Heavy.SHAPES))
    assert lightened(as_shapes) == (as_shapes, ())
    few = compose(distance(), FrameSpec(heavy=Heavy.PICTURE))
    scene, notices = lightened(few)
    assert notices == ()
    groups = {item.group for item in scene.items if isinstance(item, Image)}
    assert {"Countries", "Deposits", "Refineries"} <= groups
    assert not groups & {"Legend", "Labels", "Footer", "Scale bar"}
    path = tmp_path / "a.pptx"
    write_pptx([few], path)
    with zipfile.ZipFile(path) as package:
        names = package.namelist()
        slide = package.read("ppt/slides/slide1.xml").decode()
        types = package.read("[Content_Types].xml").decode()
    drawings = [name for name in names if name.startswith("ppt/media/")]
    assert sum(name.endswith(".svg") for name in drawings) == len(groups)
    assert slide.count("svgBlip") == len(groups)
    assert "image/svg+xml" in types


def test_up_to_a_limit_layers_stay_shapes(crowded):
    marks = [item for item in crowded.items if item.group == "Deposits"]
    others = [item for item in crowded.items if item.group != "Deposits"]
    scene = replace(crowded, items=(*others, *marks[:MOST_SHAPES]))
    assert lightened(scene) == (scene, ())
