"""The histogram of a column."""

from __future__ import annotations

import numpy as np

from gisapp.render.histogram import histogram

RNG = np.random.default_rng(5)
SKEWED = RNG.lognormal(3.0, 1.2, 500)


def test_a_histogram_counts_every_known_value_once():
    values = np.concatenate([SKEWED, [np.nan] * 7])
    found = histogram(values)
    assert found.counts.sum() == 500
    assert found.missing == 7
    assert found.edges[0] <= SKEWED.min()
    assert found.edges[-1] >= SKEWED.max()
    assert not histogram(RNG.uniform(0, 1, 100)).logarithmic
    assert histogram(10.0 ** RNG.uniform(0, 6, 400)).logarithmic
    assert histogram([3.0, 3.0]).counts.sum() == 2
    assert histogram([np.nan]).counts.sum() == 0
