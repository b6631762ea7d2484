from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
import shapely

from gisapp.data.shipped import load_layer
from gisapp.model.features import Features
from gisapp.model.feedback import Cancelled, Feedback
from gisapp.model.geodesy import WGS84
from gisapp.model.layer import Layer
from gisapp.model.vocabulary import Role
from gisapp.render.compose import compose
from gisapp.render.map_frame import MapFrame, filled_extent, page_areas
from gisapp.render.map_marks import common_name
from gisapp.render.picture import DrawnLayer, FrameSpec, Picture, Shading, ThemeName
from gisapp.render.projected_frame import frame_of
from gisapp.render.projection import PROJECTIONS, projection_for
from gisapp.render.scene import Area, Block, Box, Line, Mark, Words
from gisapp.render.symbology import palette
from tests.render.sample_pictures import AS_OF, coverage, distance, world


@pytest.fixture(scope="module")
def scene():
    return compose(world(), FrameSpec())


def some_countries():
    """Return a tenth of the countries: what needs no full map is quicker without."""
    layer = load_layer("jurisdictions_simple")
    return layer.with_(features=layer.features.take(np.arange(0, 260, 10)))


def of(scene, kind, group=None):
    return [i for i in scene.items if isinstance(i, kind) and group in (None, i.group)]


def text_box(words, width_of):
    wide = max(width_of(line, words.size, bold=words.bold) for line in words.lines)
    left = words.x - {"left": 0, "center": wide / 2, "right": wide}[words.align]
    return Box(left, words.y, wide, len(words.lines) * words.size)


def points_of(item):
    if isinstance(item, Area):
        return np.concatenate([ring for part in item.parts for ring in part])
    if isinstance(item, Line):
        return np.concatenate(item.parts)
    if isinstance(item, Mark):
        half = item.symbol.size / 2
        return np.array([(item.x - half, item.y - half), (item.x + half, item.y + half)])
    box = item.box
    return np.array([(box.x, box.y), (box.right, box.bottom)])


def test_every_site_and_route_is_on_the_page_under_its_name(scene):
    for group, count in (("Deposits", 743), ("Refineries", 594), ("Magnet plants", 84)):
        marks = of(scene, Mark, group)
        assert len(marks) == count
        assert all(mark.name and mark.alt for mark in marks)
    assert len(of(scene, Line, "Trade routes")) == 213
    names = {area.name for area in of(scene, Area, "Countries")}
    assert {"Australia", "Chile", "China", "Japan"} <= names


def test_groups_stand_in_drawing_order(scene):
    groups = scene.groups
    order = ["Background", "Basemap", "Countries", "Trade routes", "Deposits", "Labels", "Legend"]
    assert [g for g in groups if g in order] == order


@pytest.mark.parametrize("make", [world, distance, coverage])
@pytest.mark.parametrize("size", ["16:9", "A4 portrait"])
def test_nothing_is_drawn_outside_the_map_or_the_margins(make, size):
    scene = compose(make(), FrameSpec(size=size), jurisdictions=some_countries())
    inner = Box(36, 36, scene.width - 72, scene.height - 72)
    room = scene.map_box
    on_map = ("Basemap", "Countries", "Coastline", "Distance lines", "Trade routes")
    for item in scene.items:
        if isinstance(item, Words) or item.group == "Background":
            continue
        x, y = points_of(item).T
        box = Box(x.min(), y.min(), np.ptp(x), np.ptp(y))
        held = room if item.group in on_map or item.group.startswith("Alliance") else inner
        assert held.contains(box, slack=8.0 if isinstance(item, Mark) else 0.5), item.name


def test_texts_do_not_run_into_each_other():
    from gisapp.render.fonts import width_of

    for make in (world, distance, coverage):
        scene = compose(make(), FrameSpec(), jurisdictions=some_countries())
        boxes = [(w, text_box(w, width_of)) for w in of(scene, Words)]
        for (one, a), (other, b) in combinations(boxes, 2):
            assert not a.overlaps(b, slack=1.0), (one.text, other.text)


def test_positions_are_those_of_pyproj():
    from pyproj import Transformer

    at = np.array([(116.05, -33.86), (-115.53, 35.48)])
    layer = Layer("x", "X", Role.DEPOSIT, Features.from_points(at))
    picture = Picture("t", "", (DrawnLayer(layer),), AS_OF, ())
    frame = FrameSpec(center_lon=0.0)
    scene = compose(picture, frame, jurisdictions=some_countries())
    forward = Transformer.from_crs("EPSG:4326", "+proj=eqearth", always_xy=True).transform
    left, right = forward(-180, 0)[0], forward(180, 0)[0]
    north = forward(0, 84)[1]
    k = scene.map_box.w / (right - left)
    for mark, (lon, lat) in zip(of(scene, Mark, "X"), at, strict=True):
        x, y = forward(lon, lat)
        assert mark.x == pytest.approx(scene.map_box.x + (x - left) * k, abs=0.05)
        assert mark.y == pytest.approx(scene.map_box.y + (north - y) * k, abs=0.05)


@pytest.mark.parametrize(
    ("frame", "lat"),
    [
        (FrameSpec(), 20.0),
        (FrameSpec(projection="mercator", bounds=(-10, 50, 30, 70)), 60.0),
        (FrameSpec(projection="lambert_conformal", bounds=(100, 20, 140, 50)), 35.0),
    ],
)
def test_the_scale_bar_is_as_long_as_it_says(frame, lat):
    # two sites a known way apart on that parallel, around the middle of the map
    middle = 11.0 if frame.bounds is None else (frame.bounds[0] + frame.bounds[2]) / 2
    ends = np.array([(middle - 2.0, lat), (middle + 2.0, lat)])
    layer = Layer("x", "X", Role.DEPOSIT, Features.from_points(ends))
    picture = replace(distance(), layers=(DrawnLayer(layer),))
    scene = compose(picture, frame, jurisdictions=some_countries())
    (bar,) = [i for i in of(scene, Line) if i.name == "Scale bar"]
    (words,) = [i for i in of(scene, Words) if i.name == "Scale"]
    km = float(words.text.split("\u00a0")[0].replace("\u202f", ""))
    assert f"at {lat:.0f}°" in words.text
    one, other = of(scene, Mark, "X")
    true = WGS84.inv(*ends[0], *ends[1])[2] / 1000
    length = np.ptp(bar.parts[0][:, 0])
    assert np.hypot(other.x - one.x, other.y - one.y) / length == pytest.approx(true / km, rel=0.01)


def test_sites_on_one_spot_are_spread_and_counted(scene):
    baotou = [w for w in of(scene, Words, "Labels") if w.text == "Baotou\u00a012"]
    assert len(baotou) == 1
    marks = [m for m in of(scene, Mark, "Magnet plants") if "Baotou" in m.name]
    assert len(marks) >= 8
    assert len({(round(m.x, 2), round(m.y, 2)) for m in marks}) == len(marks)


def test_the_word_shared_by_most_names_is_their_place():
    assert common_name(["Baotou Ruixin", "Golden Dragon Baotou", "JL MAG (Baotou)"]) == "Baotou"
    assert common_name(["Albemarle", "Ganfeng", "Sinomine"]) == ""
    assert common_name(["Lithium plant", "Lithium mine"]) == ""
    assert common_name([]) == ""


def test_a_frame_shows_its_own_part_and_counts_it():
    frame = FrameSpec(bounds=(110, -45, 160, -8), projection="lambert_azimuthal")
    scene = compose(world(), frame, jurisdictions=some_countries())
    shown = of(scene, Mark, "Deposits")
    assert 0 < len(shown) < 300
    legend = " ".join(w.text for w in of(scene, Words, "Legend"))
    assert f"Deposits\u00a0({len(shown)})" in legend
    labels = {w.text for w in of(scene, Words, "Labels")}
    assert "Mount Weld" in labels
    assert "Bayan Obo" not in labels


@pytest.mark.parametrize("name", PROJECTIONS)
def test_every_projection_makes_a_page(name):
    south = 5.0 if "conformal" in name else -50.0  # a cone serves one side of the equator
    bounds = None if "polar" in name else (120.0, south, 230.0, 60.0)
    frame = FrameSpec(projection=name, bounds=bounds)
    scene = compose(distance(), frame, jurisdictions=some_countries())
    for line in of(scene, Line, "Distance lines"):
        for part in line.parts:
            # nothing jumps from one side of the map to the other
            assert np.abs(np.diff(part[:, 0])).max() < 0.5 * scene.map_box.w


def test_alliances_are_shaded_over_their_members_and_proposals_lighter():
    scene = compose(coverage(), FrameSpec())
    quad = of(scene, Area, "Alliance: Quad")
    assert {"Australia (Quad)", "Japan (Quad)", "India (Quad)"} <= {a.name for a in quad}
    brics = {a.name: a for a in of(scene, Area, "Alliance: BRICS")}
    assert brics["Brazil (BRICS)"].hatch
    # India is in both: the second one lies on the first one's colour
    assert brics["India (BRICS)"].ground != brics["Brazil (BRICS)"].ground
    proposed = replace(coverage(), shading=(Shading("NAGA", frozenset({"USA"}), proposed=True),))
    (usa,) = of(compose(proposed, FrameSpec()), Area, "Alliance: NAGA")
    members = {a.fill.alpha for a in quad}
    assert 0.0 < usa.fill.alpha < min(members)
    assert usa.dash


def test_colours_are_the_themes_with_their_names():
    for theme in ThemeName:
        colors = palette(theme)
        page = compose(coverage(), FrameSpec(theme=theme), jurisdictions=some_countries())
        (back,) = of(page, Block, "Background")
        assert back.fill.color == colors.paper
        (title,) = [w for w in of(page, Words) if w.purpose == "title"]
        assert (title.ink.color, title.ink.token) == (colors.text, "text")


def test_a_coast_finer_than_the_page_is_drawn_as_fine_as_the_page():
    turn = np.linspace(0.0, 2.0 * np.pi, 50_000)
    disc = shapely.Polygon(np.column_stack([20.0 + 10.0 * np.cos(turn), 10.0 * np.sin(turn)]))
    layer = Layer("own", "Own", Role.REFERENCE, Features.from_shapes([disc]))
    picture = replace(world(), layers=(DrawnLayer(layer),), connections=(), labels=())
    (area,) = of(compose(picture, FrameSpec(), jurisdictions=some_countries()), Area, "Own")
    assert 20 < len(points_of(area)) < 500


def test_a_users_areas_and_own_countries_are_drawn():
    box = shapely.box(10, 40, 20, 50)
    land = Layer(
        "own",
        "Concessions",
        Role.REFERENCE,
        Features.from_shapes([box, None], {"name": np.array(["North", None], dtype=object)}),
    )
    picture = Picture("t", "s", (DrawnLayer(land),), AS_OF, ())
    scene = compose(picture, FrameSpec(), jurisdictions=some_countries())
    (area,) = of(scene, Area, "Concessions")
    assert area.name == "North"


def test_an_empty_picture_still_makes_a_page():
    scene = compose(Picture("", "", (), AS_OF, ()), FrameSpec())
    assert of(scene, Area, "Countries")
    assert not of(scene, Words, "Legend")


def test_composing_can_be_cancelled():
    feedback = Feedback()
    feedback.cancel()
    with pytest.raises(Cancelled):
        compose(world(), FrameSpec(), feedback=feedback)


@pytest.mark.parametrize(
    "frame",
    [
        FrameSpec(bounds=(165.0, 50.0, -170.0, 70.0), projection="lambert_conformal"),
        FrameSpec(bounds=(5.0, 57.0, 8.0, 71.0), projection="lambert_azimuthal"),
        FrameSpec(bounds=(110.0, -45.0, 155.0, -10.0), size="A4 portrait"),
    ],
)
def test_a_frame_holds_all_the_land_that_its_rectangle_shows(frame):
    """Countries are cut around the frame before they are projected: nothing may be missing."""
    layer = load_layer("jurisdictions_simple")
    scene = compose(Picture("t", "", (), AS_OF, ()), frame, jurisdictions=layer)
    room = scene.map_box
    projection = projection_for(frame.projection, bounds=frame.bounds, center_lon=frame.center_lon)
    extent = filled_extent(frame_of(projection, frame.bounds), room)
    where = MapFrame(projection, room, extent, 1.0, frame)
    whole = page_areas(where, projection.areas(layer.features.geometry))
    drawn = sum(
        shapely.Polygon(part[0], part[1:]).area
        for item in of(scene, Area, "Countries")
        for part in item.parts
    )
    assert drawn == pytest.approx(sum(area.area for area in whole), rel=0.003)
