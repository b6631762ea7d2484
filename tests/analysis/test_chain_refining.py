"""Only the last step of refining counts: what makes feed, or takes refined goods, does not."""

from __future__ import annotations

from datetime import date

import pytest

from gisapp.analysis.chain_sites import read_sites
from gisapp.data.shipped import default_layers, load_facts


@pytest.fixture(scope="module")
def refineries():
    facts = load_facts()

    def of(mineral):
        found = read_sites(mineral, default_layers(), facts, facts.yields, as_of=date(2026, 11, 22))
        return {s.id for s in found.sites if found.steps[s.step].id == "refining"}, found.notes

    return of


@pytest.mark.parametrize(
    ("mineral", "counted", "left_out"),
    [
        ("cobalt", "umicore-olen", "kfm-hydroxide-plant"),
        ("cobalt", "huayou-quzhou", "obi-onc-hpal"),
        ("cobalt", "niihama-refinery", "sorowako-smelter"),
        ("nickel", "harjavalta-nornickel", "obi-hpl-hpal"),
        ("nickel", "imip-tsingshan-rkef", "sorowako-smelter"),
        ("copper", "aurubis-hamburg", "chagres-smelter"),
        ("lithium", "tianqi-shehong", "tianqi-tongliang"),
        ("graphite", "btr-jixi", "sgl-meitingen"),
    ],
)
def test_feed_is_not_counted_as_refined(refineries, mineral, counted, left_out):
    ids, notes = refineries(mineral)
    assert counted in ids
    assert left_out not in ids
    assert any("Not counted as refineries" in note for note in notes)
