"""The README of the tests names every case of the corpus, with what is made of it today."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.data.corpus import Case
from tests.data.peer_gdal import README, TABLES, ours


@pytest.mark.parametrize("name", TABLES)
def test_every_case_stands_in_the_readme(name: str) -> None:
    text = README.read_text()
    part = text[text.index(f"<!-- {name} -->") : text.index(f"<!-- /{name} -->")]
    listed = [line.split("|")[1].strip() for line in part.splitlines() if line.startswith("| ")]
    assert listed[1:] == [case.name for case in TABLES[name]], "python -m tests.data.peer_gdal"


@pytest.mark.parametrize(
    "case", [cases[0] for cases in TABLES.values()], ids=lambda case: case.name
)
def test_what_the_readme_says_holds(case: Case, tmp_path: Path) -> None:
    assert f"| {case.name} | {ours(case, case.build(tmp_path))} |" in README.read_text()
