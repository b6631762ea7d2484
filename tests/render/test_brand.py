"""Brands from files of our own and of Office, and what their colours are worth."""

import base64
import io
import json
import random
import zipfile
from dataclasses import fields
from itertools import combinations

import pytest
from PIL import Image
from pptx import Presentation
from pptx.util import Inches

from gisapp.model.feedback import GisappError
from gisapp.model.places import shipped_brands
from gisapp.render.brand import ALIASES, COLOR_NAMES, read_brand
from gisapp.render.brand_check import MARKS, TEXTS, color_findings, mended
from gisapp.render.brand_office import OFFICE_ENDINGS
from gisapp.render.color import contrast, difference, oklch
from gisapp.render.fonts import FAMILY, font_files, font_notice
from gisapp.render.house import House, colors_of
from gisapp.render.picture import Brand, FrameSpec, ThemeName
from gisapp.render.symbology import Palette, palette
from gisapp.render.vision import COLOR_BLIND, as_seen
from gisapp.workspace.codec import from_json, to_json

ROLES = ("deposit", "refinery", "magnet_plant")
HOUSES = {
    "office 2013": House(
        "#FFFFFF",
        "#000000",
        ("#5B9BD5", "#ED7D31", "#A5A5A5", "#FFC000", "#4472C4", "#70AD47"),
        "#E7E6E6",
    ),
    "office 2023": House(
        "#FFFFFF", "#000000", ("#156082", "#E97132", "#196B24", "#0F9ED5", "#A02B93", "#4EA72E")
    ),
    "blues": House(
        "#FFFFFF",
        "#0A1A33",
        ("#003A70", "#0067B1", "#4A9BD4", "#8DC3E8", "#B9DCF3", "#6D7A88"),
        "#EEF4F9",
    ),
    "dark": House(
        "#10131A",
        "#FFFFFF",
        ("#FF5C5C", "#FFB84D", "#4DD4AC", "#5CA8FF", "#B58CFF", "#FF8CC6"),
        "#1D2230",
    ),
    "cream": House("#FFF8EC", "#3B2F2F", ("#B5651D", "#8B0000", "#556B2F", "#DAA520")),
    "greys": House("#FFFFFF", "#222222", ("#222222", "#888888")),
    "nothing": House("#FFFFFF", "#000000", ()),
}


def png(width=200, height=80, color="#0B4F6C"):
    made = io.BytesIO()
    Image.new("RGB", (width, height), color).save(made, "PNG")
    return made.getvalue()


def written(folder, document, name="house.json"):
    path = folder / name
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def brand_of(house):
    return Brand("house", house.base, tuple(colors_of(house, house.base).items()))


@pytest.mark.parametrize("theme", ThemeName)
def test_our_own_themes_can_be_read_and_told_apart(theme):
    assert color_findings(theme) == ()


@pytest.mark.parametrize("path", shipped_brands(), ids=lambda path: path.stem)
def test_the_examples_are_in_order(path):
    brand = read_brand(path)
    assert color_findings(brand) == ()
    assert mended(brand) == brand
    assert brand.name == path.stem.capitalize()


@pytest.mark.parametrize("house", HOUSES.values(), ids=HOUSES)
def test_a_house_of_few_colours_gets_a_whole_palette(house):
    brand = brand_of(house)
    assert {name for name, _ in brand.colors} == set(COLOR_NAMES)
    assert color_findings(brand) == ()
    colors = palette(brand)
    assert (colors.paper, colors.text) == (house.paper, house.text)
    for kind in COLOR_BLIND:
        for one, other in combinations(ROLES, 2):
            pair = (as_seen(getattr(colors, name), kind) for name in (one, other))
            assert difference(*pair) >= 10, (kind, one, other)
    # grounds are tints: near the paper, and water is not land
    for ground in (colors.water, colors.land):
        assert abs(oklch(ground)[0] - oklch(house.paper)[0]) < 0.12
        assert oklch(ground)[1] < 0.04
    assert difference(colors.water, colors.land) > 2.5


def test_house_colours_go_to_their_usual_meanings():
    colors = colors_of(HOUSES["office 2023"], ThemeName.LIGHT)
    assert 20 < oklch(colors["deposit"])[2] < 75
    assert 200 < oklch(colors["refinery"])[2] < 280
    assert 280 < oklch(colors["magnet_plant"])[2] < 345
    assert 130 < oklch(colors["alliance"])[2] < 190


def test_any_colours_can_be_mended():
    rng = random.Random(7)
    names = (*TEXTS, *MARKS, "second", "land", "water")
    found = 0
    for _ in range(20):
        paper = rng.choice(["#FFFFFF", "#FFF9F0", "#101010", "#0A1A2A"])
        base = House(paper, "", ()).base
        given = {name: f"#{rng.randrange(1 << 24):06X}" for name in rng.sample(names[:-2], 6)}
        brand = Brand("any", base, (("paper", paper), *sorted(given.items())))
        found += len(color_findings(brand))
        assert color_findings(mended(brand)) == (), brand
    assert found > 50


def test_findings_name_the_colours_and_what_mends_them():
    brand = Brand(
        "bad", colors=(("text", "#CCCCCC"), ("deposit", "#3366CC"), ("refinery", "#3467CB"))
    )
    text, neighbours = color_findings(brand)
    assert text.startswith("Text (#CCCCCC) on the paper, panels, water, land and land of an ")
    assert "1.3 to 1 where 4.5 to 1 is needed" in text
    better = text.split("; ")[1].split()[0]
    assert contrast(better, palette(brand).land) >= 4.5
    assert neighbours.startswith("Deposits (#3366CC) and refineries (#3467CB) look alike")


def test_an_own_file_says_what_it_wants_and_the_rest_stays(tmp_path):
    (tmp_path / "logo.png").write_bytes(png())
    brand = read_brand(
        written(
            tmp_path,
            {
                "name": "House",
                "base": "print",
                "colors": {"mines": "rgb(200, 85, 61)", "Sea": "#def", "deposit": "navy"},
                "logo": "logo.png",
                "font": "DejaVu Serif",
            },
        )
    )
    assert brand.colors == (("water", "#DDEEFF"), ("deposit", "#000080"))
    assert (brand.name, brand.base, brand.family) == ("House", ThemeName.PRINT, "DejaVu Serif")
    assert base64.b64decode(brand.logo) == png()
    ours = palette(ThemeName.PRINT)
    colors = palette(brand)
    changed = {f.name for f in fields(Palette) if getattr(ours, f.name) != getattr(colors, f.name)}
    assert changed == {"water", "deposit"}
    assert palette(brand) is colors
    frame = FrameSpec(brand=brand)
    assert from_json(FrameSpec, json.loads(json.dumps(to_json(frame)))) == frame


def test_toml_says_the_same_and_accents_fill_what_is_not_named(tmp_path):
    path = tmp_path / "house.toml"
    path.write_text(
        'name = "House"\naccents = ["#E9A23B", "#4FB3BF"]\n'
        '[colors]\nbackground = "#15171B"\ndeposit = "#FF0000"\n',
        encoding="utf-8",
    )
    brand = read_brand(path)
    assert brand.base is ThemeName.DARK
    assert dict(brand.colors)["deposit"] == "#FF0000"
    assert {name for name, _ in brand.colors} == set(COLOR_NAMES)
    assert set(COLOR_NAMES) >= {name for names in ALIASES.values() for name in names}


def test_a_colour_of_another_version_is_left_out():
    brand = Brand("later", colors=(("glow", "#FFFFFF"), ("shade_alpha", "1"), ("land", "#EEEEEE")))
    assert palette(brand).land == "#EEEEEE"
    assert palette(brand).shade_alpha == palette(ThemeName.LIGHT).shade_alpha


def test_a_family_that_is_not_installed_is_set_in_ours_and_said():
    brand = Brand("far", family="No Such Family 7")
    assert font_files(brand).family == FAMILY
    assert "No Such Family 7" in font_notice(brand)
    assert font_notice(Brand("near", family="DejaVu Sans")) == ""


BAD = [
    ({"name": "x", "colours": {}}, "unknown_brand_entry"),
    ({"colors": {"lava": "#FF0000"}}, "unknown_color"),
    ({"colors": {"land": "greenish"}}, "not_a_color"),
    ({"colors": {"land": 7}}, "not_a_color"),
    ({"accents": ["#12"]}, "not_a_color"),
    ({"colors": []}, "unreadable_brand"),
    ({"accents": "red"}, "unreadable_brand"),
    ({"name": 4}, "unreadable_brand"),
    ({"base": "sepia"}, "unknown_theme"),
    ({"font": {"family": "X", "regular": "gone.ttf"}}, "missing_font"),
    ({"font": 3}, "unreadable_brand"),
    ({"logo": "gone.png"}, "missing_logo"),
    ({"logo": "large.png"}, "logo_too_large"),
    ({"logo": "text.png"}, "not_a_logo"),
    ({"logo": "vast.png"}, "not_a_logo"),
    ({"logo": "script.svg"}, "not_a_logo"),
    ({"logo": "fetch.svg"}, "not_a_logo"),
    ({"logo": "entity.svg"}, "not_a_logo"),
    ({"logo": "text.svg"}, "not_a_logo"),
    ({"logo": "styled.svg"}, "not_a_logo"),
    ([], "unreadable_brand"),
]


@pytest.mark.parametrize(("document", "code"), BAD)
def test_what_is_wrong_with_an_own_file_is_one_sentence(tmp_path, document, code):
    (tmp_path / "large.png").write_bytes(b"\x89PNG" + bytes(600_000))
    (tmp_path / "text.png").write_text("no picture")
    Image.new("1", (5000, 5000)).save(tmp_path / "vast.png")
    head = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:x="http://www.w3.org/1999/xlink">'
    (tmp_path / "script.svg").write_text(f'{head}<g onload="go()"/></svg>')
    (tmp_path / "fetch.svg").write_text(f'{head}<image x:href="https://a.example/b.png"/></svg>')
    (tmp_path / "text.svg").write_text(f"{head}<text>Name</text></svg>")
    (tmp_path / "styled.svg").write_text(f"{head}<style>.a{{fill:red}}</style></svg>")
    (tmp_path / "entity.svg").write_text(f'<!DOCTYPE a [<!ENTITY b "c">]>{head}&b;</svg>')
    with pytest.raises(GisappError) as caught:
        read_brand(written(tmp_path, document))
    assert caught.value.code == code
    message = caught.value.message
    assert message.endswith(".")
    assert message.count(". ") == 0
    assert "\n" not in message
    assert caught.value.hint


@pytest.mark.parametrize("name", ["gone.json", "gone.pptx", "x.docx", "bad.json", "bad.pptx"])
def test_a_file_that_is_no_brand_is_one_sentence(tmp_path, name):
    if name.startswith("bad"):
        (tmp_path / name).write_bytes(b"{ no brand \xff")
    with pytest.raises(GisappError) as caught:
        read_brand(tmp_path / name)
    assert caught.value.code == "unreadable_brand"
    assert name.rpartition(".")[2] in caught.value.message


@pytest.fixture(scope="module")
def deck(tmp_path_factory):
    """A presentation with a logo and a background picture on its master."""
    path = tmp_path_factory.mktemp("deck") / "house.pptx"
    slides = Presentation()
    master = slides.slide_master
    for name, picture, box in (
        ("logo", png(), (Inches(9), Inches(0.1), Inches(0.8), Inches(0.4))),
        ("ground", png(40, 30, "#EEEEEE"), (0, 0, slides.slide_width, slides.slide_height)),
    ):
        _, link = master.part.get_or_add_image_part(io.BytesIO(picture))
        master.shapes._spTree.add_pic(90, name, "", link, *box)
    slides.save(path)
    return path


def changed(path, target, part, *changes):
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(target, "w") as made:
        for name in source.namelist():
            data = source.read(name)
            if name == part:
                text = data.decode()
                for old, new in changes:
                    assert old in text, old
                    text = text.replace(old, new)
                data = text.encode()
            made.writestr(name, data)
    return target


def test_a_presentation_gives_its_theme_fonts_and_logo(deck):
    brand = read_brand(deck)
    assert brand.name == "Office Theme"
    assert brand.family == "Calibri"
    assert base64.b64decode(brand.logo) == png()
    assert {name for name, _ in brand.colors} == set(COLOR_NAMES)
    colors = dict(brand.colors)
    assert (colors["paper"], colors["text"], colors["accent"]) == ("#FFFFFF", "#000000", "#4F81BD")
    assert color_findings(brand) == ()


def test_a_master_may_turn_dark_and_light_around(deck, tmp_path):
    path = changed(
        deck,
        tmp_path / "dark.potx",
        "ppt/slideMasters/slideMaster1.xml",
        ('bg1="lt1"', 'bg1="dk1"'),
        ('tx1="dk1"', 'tx1="lt1"'),
    )
    brand = read_brand(path)
    assert brand.base is ThemeName.DARK
    assert (palette(brand).paper, palette(brand).text) == ("#000000", "#FFFFFF")
    assert color_findings(brand) == ()


def test_an_office_theme_alone_is_enough(deck, tmp_path):
    path = tmp_path / "house.thmx"
    with zipfile.ZipFile(deck) as source, zipfile.ZipFile(path, "w") as made:
        theme = source.read("ppt/theme/theme1.xml").replace(b'val="4F81BD"', b'val="0B4F6C"')
        made.writestr("theme/theme/theme1.xml", theme)
    brand = read_brand(path)
    assert dict(brand.colors)["accent"] == "#0B4F6C"
    assert brand.logo == ""
    assert ".thmx" in OFFICE_ENDINGS


@pytest.mark.parametrize(
    ("old", "new"),
    [("<a:themeElements>", "<!ENTITY"), ("a:accent1>", "a:accent9>"), ('val="4F81BD"', 'val="X"')],
)
def test_a_damaged_theme_is_one_sentence(deck, tmp_path, old, new):
    path = changed(deck, tmp_path / "bad.pptx", "ppt/theme/theme1.xml", (old, new))
    with pytest.raises(GisappError, match=r"bad\.pptx cannot be read as a brand: it is damaged"):
        read_brand(path)
