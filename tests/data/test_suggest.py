"""What a layer probably is, from the names and values that people really write."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import shapely

from gisapp.data.suggest import suggest_mapping, suggest_role
from gisapp.model.features import Column, Features
from gisapp.model.vocabulary import Role


def points(**columns: list[Any]) -> Features:
    arrays: dict[str, Column] = {}
    for name, values in columns.items():
        is_text = all(v is None or isinstance(v, str) for v in values)
        arrays[name] = np.array(values, dtype=object if is_text else float)
    count = len(next(iter(columns.values()))) if columns else 2
    return Features.from_points(np.zeros((count, 2)), arrays)


def mapped(**columns: list[Any]) -> dict[str, str]:
    return dict(suggest_mapping(points(**columns)).columns)


MINERAL = ["Lithium", "Ni, Co"]
ISO = ["CHL", "AUS"]


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ({"COMMODITY": MINERAL}, {"mineral": "COMMODITY"}),
        ({"commod1": ["REE", "Cu"]}, {"mineral": "commod1"}),
        ({"Rohstoff": MINERAL, "Bezeichnung": ["A", "B"], "Staat": ["Chile", "Peru"]},
         {"mineral": "Rohstoff", "name": "Bezeichnung", "country": "Staat"}),
        ({"minerai": MINERAL, "nom": ["A", "B"], "pays": ["Chili", "Pérou"],
          "propriétaire": ["X", "Y"], "capacité": [1, 2]},
         {"mineral": "minerai", "name": "nom", "country": "pays", "owner": "propriétaire",
          "capacity": "capacité"}),
        ({"矿种": MINERAL, "名称": ["甲", "乙"], "国家": ISO}, {"mineral": "矿种", "name": "名称",
                                                          "country": "国家"}),
        ({"Полезное ископаемое": MINERAL, "Страна": ISO, "Владелец": ["a", "b"]},
         {"mineral": "Полезное ископаемое", "country": "Страна", "owner": "Владелец"}),
        ({"owner_coun": ISO, "owner": ["X", "Y"], "country": ISO},
         {"owner_country": "owner_coun", "owner": "owner", "country": "country"}),
        ({"facility_n": ["A", "B"]}, {"name": "facility_n"}),
        ({"start_yr": [1990, 2000]}, {}),
        ({"start_year": [1990, 2000]}, {"start_year": "start_year"}),
        ({"year": [12, 14]}, {}),
        ({"state": ["Nevada", "Utah"]}, {}),
        ({"state": ["operating", "closed"]}, {"status": "state"}),
        ({"dev_stat": ["Producer", "Past Producer"]}, {"status": "dev_stat"}),
        ({"product": ["cars", "toys"]}, {}),
        ({"capacity_tpa": [10, 20]}, {"capacity": "capacity_tpa"}),
        ({"capacity": ["high", "low"]}, {}),
        ({"country": ["Chile", "Peru"], "iso3": ["CHL", "PER"]}, {"country": "iso3"}),
        ({"xyz": ["lithium", "cobalt"]}, {"mineral": "xyz"}),
        ({"abc": ISO}, {"country": "abc"}),
        ({"foo": ["operating", "suspended"]}, {"status": "foo"}),
    ],
)  # fmt: skip
def test_mapping(columns: dict[str, list[Any]], expected: dict[str, str]) -> None:
    assert mapped(**columns) == expected


def test_a_column_serves_one_field() -> None:
    columns = suggest_mapping(points(name=["a", "b"], mineral=MINERAL, country=ISO)).columns
    assert len({column for _, column in columns}) == len(columns)


def test_nothing_to_map() -> None:
    assert suggest_mapping(Features.from_points(np.zeros((2, 2)))).columns == ()


@pytest.mark.parametrize(
    ("name", "columns", "role"),
    [
        ("lithium_mines", {}, Role.DEPOSIT),
        ("Refineries 2024", {}, Role.REFINERY),
        ("smelters", {}, Role.REFINERY),
        ("ndfeb magnet plants", {}, Role.MAGNET_PLANT),
        ("export", {"mineral": MINERAL}, Role.DEPOSIT),
        ("export", {"mineral": MINERAL, "refinery_name": ["a", "b"]}, Role.REFINERY),
        ("export", {"type": ["Smelter", "Refinery"]}, Role.REFINERY),
        ("export", {"type": ["Mine", "Open pit mine"]}, Role.DEPOSIT),
        ("export", {"mineral": MINERAL, "role": ["magnet_plant", "magnet_plant"]},
         Role.MAGNET_PLANT),
        ("cities", {"name": ["a", "b"]}, Role.REFERENCE),
        ("месторождения", {}, Role.DEPOSIT),
        ("冶炼厂", {}, Role.REFINERY),
    ],
)  # fmt: skip
def test_role_of_points(name: str, columns: dict[str, list[Any]], role: Role) -> None:
    assert suggest_role(points(**columns), name) is role


@pytest.mark.parametrize(
    ("name", "shape", "columns", "role"),
    [
        ("trade_routes", shapely.LineString([(0, 0), (1, 1)]), {}, Role.TRADE_ROUTE),
        ("rivers", shapely.LineString([(0, 0), (1, 1)]), {}, Role.REFERENCE),
        ("ne_10m_admin_0_countries", shapely.box(0, 0, 1, 1), {}, Role.JURISDICTION),
        ("export", shapely.box(0, 0, 1, 1), {"ISO_A3": ["CHL"]}, Role.JURISDICTION),
        ("lakes", shapely.box(0, 0, 1, 1), {"name": ["Chad"]}, Role.REFERENCE),
        ("deposits", shapely.box(0, 0, 1, 1), {"mineral": ["lithium"]}, Role.DEPOSIT),
    ],
)
def test_role_of_shapes(
    name: str, shape: shapely.Geometry, columns: dict[str, list[str]], role: Role
) -> None:
    arrays = {key: np.array(values, dtype=object) for key, values in columns.items()}
    assert suggest_role(Features.from_shapes([shape], arrays), name) is role
