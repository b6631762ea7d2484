"""The document of `gisapp inspect` keeps the keys that scripts depend on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from gisapp.data.inspection import inspect
from tests.data.corpus import sites, two_layers, without

KEYS = [
    "name", "driver", "features", "geometry_type", "crs", "crs_guessed", "operation", "encoding",
    "encoding_guessed", "bounds", "columns", "suggested_role", "problems", "findings",
]  # fmt: skip


def as_json(path: Path) -> Any:
    return json.loads(json.dumps(inspect(path)))


def test_a_shapefile(tmp_path: Path) -> None:
    path = sites(tmp_path)
    document = as_json(path)
    assert document["path"] == str(path)
    (layer,) = document["layers"]
    assert list(layer) == KEYS
    assert layer["name"] == "sites"
    assert layer["driver"] == "ESRI Shapefile"
    assert layer["features"] == 4
    assert layer["geometry_type"] == "Point"
    assert (layer["crs"], layer["crs_guessed"]) == ("EPSG:4326", False)
    assert (layer["encoding"], layer["encoding_guessed"]) == ("UTF-8", False)
    assert layer["bounds"] == [-70.0, -31.95, 115.86, 41.77]
    assert layer["columns"] == [
        {"name": "name", "type": "text"},
        {"name": "mineral", "type": "text"},
        {"name": "country", "type": "text"},
        {"name": "capacity", "type": "number"},
        {"name": "year", "type": "integer"},
    ]
    assert layer["suggested_role"] == "deposit"
    assert layer["problems"] == []


def test_problems(tmp_path: Path) -> None:
    (layer,) = as_json(without(".shx")(tmp_path))["layers"]
    (problem,) = layer["problems"]
    assert list(problem) == ["code", "severity", "message", "hint", "count"]
    assert problem["code"] == "shx_rebuilt"
    assert problem["severity"] == "info"


def test_several_layers(tmp_path: Path) -> None:
    layers = as_json(two_layers(tmp_path))["layers"]
    assert [layer["name"] for layer in layers] == ["mines", "countries"]


def test_a_refusal(tmp_path: Path) -> None:
    document = as_json(tmp_path / "missing.shp")
    assert list(document) == ["error"]
    assert list(document["error"]) == ["code", "message", "hint"]
    assert document["error"]["code"] == "not_found"


def test_a_plain_table_has_nothing_to_ask(tmp_path: Path) -> None:
    path = tmp_path / "mines.csv"
    path.write_text(
        "name,mineral,country,status,capacity_tpa,year,lon,lat\n"
        "Greenbushes,lithium,AUS,operating,162000,1985,116.06,-33.86\n"
        "Salar de Atacama,lithium,CHL,operating,70000.5,1984,-68.3,-23.5\n"
        "Kaunisvaara \u00e4,iron,SWE,operating,2000000,2012,23.3,67.6\n",
        encoding="utf-8",
    )
    (layer,) = inspect(path)["layers"]
    assert (layer["encoding"], layer["encoding_guessed"]) == ("UTF-8", False)
    assert [(p["code"], p["severity"]) for p in layer["problems"]] == [("crs_guessed", "info")]
    assert all(finding["sure"] for finding in layer["findings"])
    assert "encoding" not in {finding["option"] for finding in layer["findings"]}
