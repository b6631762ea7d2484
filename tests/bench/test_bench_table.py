"""The attribute table of a million rows: sort, search, filter, calculate, edit, recovery copy."""

from __future__ import annotations

import numpy as np
import pytest

from gisapp.data.column_folder import ColumnFolder
from gisapp.gui.column_model import matching_rows, sorted_rows
from gisapp.model.editing import with_values, without_rows
from gisapp.model.expression.evaluate import calculated, holding
from gisapp.model.features import Features

MILLION = 1_000_000


@pytest.fixture(scope="module")
def features() -> Features:
    draw = np.random.default_rng(1)
    names = [f"Site {i:06d}" for i in draw.permutation(MILLION)]
    countries = np.array(["AUS", "CAN", "CHN", None], dtype=object)
    lonlat = np.column_stack([draw.uniform(-180, 180, MILLION), draw.uniform(-80, 80, MILLION)])
    columns = {
        "name": np.array(names, dtype=object),
        "country": countries[draw.integers(0, 4, MILLION)],
        "capacity": draw.normal(1_000, 500, MILLION),
        "year": draw.integers(1900, 2030, MILLION),
    }
    return Features.from_points(lonlat, columns)


@pytest.mark.parametrize("column", ["name", "capacity"])
def test_sort(benchmark, features, column):
    rows = np.arange(MILLION)
    benchmark.pedantic(sorted_rows, (features.columns[column], rows), rounds=3)


def test_search(benchmark, features):
    benchmark.pedantic(matching_rows, (features.columns, MILLION, "site 77"), rounds=2)


@pytest.mark.parametrize(
    "expression",
    [
        "capacity > 1000",
        "capacity > 1000 and country in ('AUS', 'CAN') and name like '%77%'",
        "distance_km(114.2, 22.3) < 500",
    ],
)
def test_filter(benchmark, features, expression):
    benchmark.pedantic(holding, (expression, features), rounds=3)


def test_calculate(benchmark, features):
    benchmark.pedantic(calculated, ("round(capacity / 1000, 1)", features), rounds=3)


@pytest.mark.parametrize("column", ["name", "capacity"])
def test_edit_a_cell(benchmark, features, column):
    value = "new" if column == "name" else 1.0
    benchmark.pedantic(with_values, (features, column, [5], value), rounds=5)


def test_delete_a_row(benchmark, features):
    benchmark.pedantic(without_rows, (features, [5]), rounds=3)


def test_recovery_copy_after_an_edit(benchmark, features, tmp_path):
    folder = ColumnFolder(tmp_path)
    folder.store(features)
    edited = iter([with_values(features, "name", [i], "new") for i in range(3)])
    benchmark.pedantic(lambda: folder.store(next(edited)), rounds=3)
