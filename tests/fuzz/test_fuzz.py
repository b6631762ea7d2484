"""Damaged files of every format: refused in one sentence, or read with what is missing told."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, Phase, example, given, seed, settings
from hypothesis import strategies as st

from tests.fuzz.driver import Run, running
from tests.fuzz.mutate import Edit, edits
from tests.fuzz.seeds import SEEDS

EXAMPLES = 20_000 if os.environ.get("GISAPP_WHOLE_CORPUS") else 300


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    with running(tmp_path_factory.mktemp("fuzz")) as started:
        yield started


def test_whole_files_come_whole(run: Run) -> None:
    for one in SEEDS:
        assert run.fault(one.name, 0.0, [Edit("zero", 0.5, 0.5, 0)]) == ""
    assert run.counted["loaded"] == len(SEEDS)


@pytest.mark.timeout(7200)  # the whole run of `make test-all`
@seed(20261122)
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.generate, Phase.shrink),
)
@example("sites.xlsx", 0.0, [Edit("swap", 0.946, 0.867, 145)])
@example("points.zip of points.shp point", 0.0, [Edit("byte", 0.2, 0.0, 7)])
@given(st.sampled_from([one.name for one in SEEDS]), st.floats(0, 1, exclude_max=True), edits)
def test_damage(run: Run, name: str, part: float, done: list[Edit]) -> None:
    """No crash, no hang, nothing lost without a word; the process that reads may not even die."""
    assert run.fault(name, part, done) == ""
