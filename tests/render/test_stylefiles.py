"""Styles as QML and SLD: what is written is read back the same; what cannot be is told.

What QGIS 3.22 itself makes of these files was tried by hand: it reads each of them, draws it, and
what it saves again is read here as the same style.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import replace

import numpy as np
import pytest
import shapely

from gisapp.model.features import Features
from gisapp.model.feedback import GisappError
from gisapp.model.layer import Layer
from gisapp.model.style import (
    Categories,
    Category,
    Clusters,
    Graduated,
    Heat,
    Labels,
    Sized,
    Style,
)
from gisapp.model.vocabulary import Role
from gisapp.render.qml import write_qml
from gisapp.render.qml_reading import read_qml
from gisapp.render.sld import read_sld, write_sld

SE = "{http://www.opengis.net/se}"
OGC = "{http://www.opengis.net/ogc}"
COLUMNS = {
    "kind": np.array(["a", "b & <c>", "it's"], dtype=object),
    "v": np.array([1.0, 4.0, 9.0]),
    "name": np.array(["x", "y", "z"], dtype=object),
}
POINTS = Features.from_points(np.array([[0.0, 0.0], [5.0, 5.0], [9.0, 1.0]]), COLUMNS)
LINES = Features.from_shapes([shapely.LineString([(0, i), (9, 9)]) for i in range(3)], COLUMNS)
AREAS = Features.from_shapes([shapely.box(i, 0, i + 1, 1) for i in range(3)], COLUMNS)
BY_KIND = Categories(
    "kind",
    (Category("a", "#112233", "star", "Ay"), Category("b & <c>", "#445566", "circle")),
    other="#777777",
)
BY_V = Graduated("v", (0.0, 2.0, 5.0, 10.0), "manual", "amber")


def layer(features: Features, style: Style) -> Layer:
    return Layer("l", "Things & more", Role.REFERENCE, features, style=style)


def both(features: Features, style: Style) -> tuple[Style, Style]:
    made = layer(features, style)
    qml, _ = write_qml(made)
    sld, _ = write_sld(made)
    return read_qml(qml.encode())[0], read_sld(sld.encode())[0]


def test_a_single_symbol():
    style = Style(color="#AA2211", size=9.0, shape="hexagon")
    for found in both(POINTS, style):
        assert found == style


def test_categories_with_colours_labels_and_the_others():
    shaped = replace(BY_KIND, items=(replace(BY_KIND.items[0], shape="square"), BY_KIND.items[1]))
    for found in both(POINTS, Style(categories=shaped, size=8.0)):
        assert found.categories == shaped
        assert found.size == 8.0


def test_classes_of_a_number_with_ramp_and_breaks():
    for features in (POINTS, LINES, AREAS):
        for found in both(features, Style(graduated=BY_V)):
            assert found.graduated == BY_V
            assert found.color is None
    turned = replace(BY_V, ramp="sea", reverse=True)
    assert all(found.graduated == turned for found in both(AREAS, Style(graduated=turned)))


def test_colours_of_no_ramp_of_ours_are_told():
    text, _ = write_qml(layer(POINTS, Style(graduated=BY_V)))
    changed = text.replace(
        text.split('"color" type="QString" value="')[1].split('"')[0], "1,2,3,255"
    )
    style, unread = read_qml(changed.encode())
    assert style.graduated.breaks == BY_V.breaks
    assert any("ramp" in each.message for each in unread)


def test_icons_sizes_labels_and_scales_go_to_qgis_and_back():
    style = Style(
        color="#AA2211",
        size=9.0,
        shape="factory",
        sized=Sized("v", 4.0, 30.0, 9.0),
        labels=Labels("{name} ({v}) it's", 12.0, halo=False, min_zoom=5.0),
        min_zoom=3.0,
        max_zoom=11.0,
    )
    assert both(POINTS, style)[0] == style


def test_lines_and_areas():
    line = Style(
        color="#123456", width=2.0, dash=(4.0, 2.0), arrow="end", sized=Sized("v", 1, 8, 9)
    )
    assert both(LINES, line)[0] == line
    area = Style(color="#123456", width=1.0, outline="#654321", fill=0.5)
    for found in both(AREAS, area):
        assert found == area
    bare = Style(color="#123456", outline="", fill=0.3)
    assert both(AREAS, bare)[0] == bare
    assert (
        both(AREAS, Style(color="#123456", hatch="\\", outline="#654321", width=1.0))[0].hatch
        == "\\"
    )


def test_what_a_format_cannot_hold_is_told():
    style = Style(
        heat=Heat(), clusters=Clusters(), sized=Sized("v"), labels=Labels("{name} {v}"), shape="gem"
    )
    told = " ".join(each.message for each in write_sld(layer(POINTS, style))[1])
    for word in ("Clusters", "density", "size by value", "several columns", "Icons"):
        assert word in told
    told = " ".join(each.message for each in write_qml(layer(POINTS, style))[1])
    assert "Clusters" in told
    assert "size" not in told


def test_the_sld_keeps_to_the_order_of_the_schema():
    style = Style(categories=BY_KIND, labels=Labels("name"), min_zoom=3.0, max_zoom=9.0)
    root = ET.fromstring(write_sld(layer(POINTS, style))[0])
    rules = list(root.iter(f"{SE}Rule"))
    assert len(rules) == 4
    order = [
        *(f"{SE}{n}" for n in ("Name", "Description")),
        *(f"{OGC}Filter", f"{SE}ElseFilter"),
        *(f"{SE}{n}" for n in ("MinScaleDenominator", "MaxScaleDenominator")),
        *(f"{SE}{n}Symbolizer" for n in ("Line", "Polygon", "Point", "Text")),
    ]
    for rule in rules:
        places = [order.index(child.tag) for child in rule]
        assert places == sorted(places)
        scales = [float(rule.find(f"{SE}{n}ScaleDenominator").text) for n in ("Min", "Max")]
        assert scales == sorted(scales)
    texts = [each.text for each in root.iter(f"{OGC}Literal")]
    assert "b & <c>" in texts


def test_the_qml_names_every_symbol_once():
    root = ET.fromstring(write_qml(layer(POINTS, Style(categories=BY_KIND)))[0])
    names = [each.get("name") for each in root.iterfind("renderer-v2/symbols/symbol")]
    asked = [each.get("symbol") for each in root.iterfind("renderer-v2/categories/category")]
    assert names == asked == ["0", "1", "2"]
    assert root.find("renderer-v2").get("attr") == "kind"


def test_styles_of_others_are_read_where_they_are_simple():
    old = """<StyledLayerDescriptor version="1.0.0" xmlns="http://www.opengis.net/sld"
      xmlns:ogc="http://www.opengis.net/ogc"><NamedLayer><UserStyle><FeatureTypeStyle><Rule>
      <Title>Old</Title><ElseFilter/><PolygonSymbolizer><Fill>
      <CssParameter name="fill">#AABBCC</CssParameter>
      <CssParameter name="fill-opacity">0.4</CssParameter></Fill></PolygonSymbolizer></Rule>
      </FeatureTypeStyle></UserStyle></NamedLayer></StyledLayerDescriptor>"""
    style, unread = read_sld(old.encode())
    assert (style.color, style.fill, style.outline) == ("#AABBCC", 0.4, "")
    assert unread == ()
    rules = '<qgis><renderer-v2 type="RuleRenderer"><symbols/></renderer-v2></qgis>'
    style, unread = read_qml(rules.encode())
    assert style == Style()
    assert "rules" in unread[0].message
    expression = (
        '<qgis labelsEnabled="1"><renderer-v2 type="singleSymbol"/><labeling type="simple">'
        '<settings><text-style fieldName="upper(&quot;n&quot;)" isExpression="1"/></settings>'
        "</labeling></qgis>"
    )
    assert "expression" in read_qml(expression.encode())[1][0].message


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"no xml",
        b'<!DOCTYPE x [<!ENTITY a "b">]><qgis>&a;</qgis>',
        "<qgis/>".encode("utf-16"),
        b"<qgis><renderer-v2></qgis>",
    ],
)
def test_hostile_and_broken_files_are_refused(data):
    for read in (read_qml, read_sld):
        with pytest.raises(GisappError, match="cannot be read as a style"):
            read(data)


def test_nonsense_in_numbers_and_colours_does_no_harm():
    text, _ = write_qml(layer(POINTS, Style(graduated=BY_V, sized=Sized("v"))))
    for old, new in (('upper="2.0"', 'upper="x"'), ('"QString" value="2', '"QString" value="z2')):
        read_qml(text.replace(old, new).encode())
    sld, _ = write_sld(layer(AREAS, Style(categories=BY_KIND)))
    style, _ = read_sld(sld.replace("0.78", "many").replace("#112233", "red").encode())
    assert style.categories.items[0].color is None
