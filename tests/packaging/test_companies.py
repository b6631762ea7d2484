from __future__ import annotations

from pathlib import Path

import build_layers
import pytest
from layers_build import companies
from layers_build.sources import Tables, read_csv

PACKAGING = Path(build_layers.__file__).parent


@pytest.fixture(scope="module")
def tables() -> Tables:
    return Tables.read(PACKAGING / "sources" / "facts")


def test_the_shipped_companies_are_those_of_the_sources(tables: Tables) -> None:
    shipped = read_csv(PACKAGING.parent / "layers" / "companies.csv")
    assert shipped == companies.rows(tables)


def test_what_the_sites_say_goes_before_what_was_looked_up(tables: Tables) -> None:
    rows = {row["company"]: row for row in companies.rows(tables)}
    assert rows["CMOC"]["basis"] == "sites"
    assert (rows["Teck"]["country"], rows["Teck"]["basis"]) == ("CAN", "recalled")
    assert all(row["source"] for row in rows.values())
    changed = [*tables["companies"], {"company": "CMOC", "country": "USA", "basis": "recalled",
        "source": "x"}]  # fmt: skip
    again = companies.rows(Tables({**tables.rows, "companies": changed}))
    assert {row["company"]: row for row in again}["CMOC"]["country"] == "CHN"
