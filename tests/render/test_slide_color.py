import re
from colorsys import hls_to_rgb, rgb_to_hls
from dataclasses import fields

import pytest
from lxml import etree

from gisapp.render.picture import ThemeName
from gisapp.render.scene import Ink, blended
from gisapp.render.slide_color import THEME_SLOTS, Colors, shade_of, shaded
from gisapp.render.symbology import Palette, palette

ON_SLIDE = {"bg1": "lt1", "tx1": "dk1", "bg2": "lt2", "tx2": "dk2"}
OFFICE = {
    "bg1": "#FFFFFF",
    "tx1": "#000000",
    "bg2": "#E7E6E6",
    "tx2": "#44546A",
    "accent1": "#4472C4",
    "accent2": "#ED7D31",
    "accent3": "#A5A5A5",
    "accent4": "#FFC000",
    "accent5": "#5B9BD5",
    "accent6": "#70AD47",
    "hlink": "#0563C1",
    "folHlink": "#954F72",
}


def drawn(xml: str, slots: dict[str, str]) -> list[float]:
    """Work out a colour as an office program does, from the words of the standard."""
    node = etree.fromstring(xml)
    if node.tag == "srgbClr":
        return [float(byte) for byte in bytes.fromhex(node.get("val"))]
    red, green, blue = (byte / 255 for byte in bytes.fromhex(slots[node.get("val")][1:]))
    hue, light, strong = rgb_to_hls(red, green, blue)
    for step in node:
        value = int(step.get("val"))
        if step.tag == "hueOff":
            hue = (hue + value / 60_000 / 360) % 1
        elif step.tag in ("satMod", "satOff"):
            part = value / 100_000
            strong = min(max(strong * part if step.tag == "satMod" else strong + part, 0), 1)
        elif step.tag in ("lumMod", "lumOff"):
            part = value / 100_000
            light = min(max(light * part if step.tag == "lumMod" else light + part, 0), 1)
        else:
            assert step.tag == "alpha"
    return [255 * part for part in hls_to_rgb(hue, light, strong)]


def plain(xml: str) -> str:
    return re.sub(r"(</?)a:", r"\1", xml)


def own_slots(theme):
    colors = palette(theme)
    names = [*ON_SLIDE, "hlink", "folHlink", *(f"accent{n}" for n in range(1, 7))]
    return {name: getattr(colors, THEME_SLOTS[ON_SLIDE.get(name, name)]) for name in names}


@pytest.mark.parametrize("theme", ThemeName)
def test_every_colour_of_ours_is_a_shade_of_the_theme(theme):
    writer, slots = Colors(theme), own_slots(theme)
    for field in fields(Palette):
        color = getattr(writer.palette, field.name)
        if not isinstance(color, str):
            continue
        for token in ("", field.name):
            xml = plain(writer.xml(Ink(color, token=token)))
            assert ("srgbClr" in xml) == (field.name == "limit"), field.name
            wanted = bytes.fromhex(color[1:])
            for got, want in zip(drawn(xml, slots), wanted, strict=True):
                assert abs(got - want) <= 2.0, (field.name, xml)


@pytest.mark.parametrize("theme", ThemeName)
def test_what_patterns_need_opaque_is_mixed_as_it_would_be_seen(theme):
    writer, slots = Colors(theme), own_slots(theme)
    colors = writer.palette
    inside = blended(colors.alliance, 0.16, colors.land)
    for ink, ground in (
        (Ink(colors.second, 0.16, "second"), colors.land),
        (Ink(colors.alliance_outline, 0.55, "alliance_outline"), colors.paper),
        (Ink(colors.second_outline, 0.7, "second_outline"), inside),
    ):
        wanted = bytes.fromhex(blended(ink.color, ink.alpha, ground)[1:])
        got = drawn(plain(writer.mixed(ink, ground)), slots)
        assert max(abs(a - b) for a, b in zip(got, wanted, strict=True)) <= 2.5
    fill = plain(writer.fill(None, hatch="\\", lines=Ink(colors.second, 0.7), ground=inside))
    assert "srgbClr" not in fill
    back = etree.tostring(etree.fromstring(fill).find("bgClr")[0]).decode()
    wanted = bytes.fromhex(inside[1:])
    assert max(abs(a - b) for a, b in zip(drawn(back, slots), wanted, strict=True)) <= 2.5


def test_a_colour_of_the_users_stays_as_it_is():
    assert plain(Colors(ThemeName.LIGHT).xml(Ink("#ABCDEF", 0.5))) == (
        '<srgbClr val="ABCDEF"><alpha val="50000"/></srgbClr>'
    )


def test_shades_of_any_colour_from_any_other():
    some = [
        f"#{r:02X}{g:02X}{b:02X}" for r in (0, 90, 255) for g in (3, 128, 250) for b in (0, 200)
    ]
    for base in some:
        for color in some:
            got = shaded(base, shade_of(base, color))
            assert (
                max(abs(a - b) for a, b in zip(got, bytes.fromhex(color[1:]), strict=True)) <= 1.5
            )


def test_on_a_template_land_water_and_texts_stay_apart():
    dark = {**OFFICE, "bg1": "#101820", "tx1": "#FFFFFF", "bg2": "#18222C", "tx2": "#D0D4D8"}
    loud = {**OFFICE, "bg2": "#C00000", "tx2": "#FFD100"}
    for slots, ground in ((OFFICE, 255), (dark, 24), (loud, 255)):
        writer = Colors(ThemeName.LIGHT, slots)
        colors = writer.palette
        seen = {
            token: drawn(plain(writer.xml(Ink(getattr(colors, token), token=token))), slots)
            for token in ("water", "land", "border", "muted", "text")
        }
        assert abs(seen["water"][1] - ground) < 30
        assert abs(seen["land"][1] - ground) < 40
        for token in ("muted", "text"):
            assert abs(seen[token][1] - ground) > 100
        assert seen["land"] != seen["water"]
        both = drawn(
            plain(
                writer.mixed(Ink(colors.second, 0.5), blended(colors.alliance, 0.16, colors.land))
            ),
            slots,
        )
        assert abs(both[1] - ground) < 130
