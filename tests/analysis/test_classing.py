"""Classes of a number against their definitions, computed another way."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from gisapp.analysis.classing import class_breaks
from gisapp.model.feedback import GisappError
from gisapp.model.style import SCHEMES

RNG = np.random.default_rng(5)
SKEWED = RNG.lognormal(3.0, 1.2, 500)


def test_every_scheme_gives_ascending_breaks_over_the_whole_range():
    for scheme in SCHEMES:
        breaks = class_breaks(SKEWED, scheme, 5)
        assert list(breaks) == sorted(set(breaks))
        assert breaks[0] == SKEWED.min()
        assert breaks[-1] == SKEWED.max()
        assert len(breaks) >= 3


def test_quantiles_and_equal_intervals():
    quantiles = class_breaks(SKEWED, "quantiles", 4)
    assert quantiles == pytest.approx(np.quantile(SKEWED, [0.0, 0.25, 0.5, 0.75, 1.0]))
    equal = class_breaks(SKEWED, "equal_interval", 5)
    assert equal == pytest.approx(np.linspace(SKEWED.min(), SKEWED.max(), 6))


def test_natural_breaks_have_the_least_spread_within():
    values = np.sort(np.concatenate([RNG.normal(m, 0.4, 8) for m in (0.0, 5.0, 20.0)]))
    found = class_breaks(values, "natural_breaks", 3)

    def spread(cuts: tuple[int, ...]) -> float:
        parts = np.split(values, cuts)
        return float(sum(((part - part.mean()) ** 2).sum() for part in parts))

    best = min(combinations(range(1, len(values)), 2), key=spread)
    assert found[1:-1] == pytest.approx([values[cut - 1] for cut in best])


def test_standard_deviations_head_and_tail_and_box_plot():
    mean, spread = SKEWED.mean(), SKEWED.std(ddof=1)
    inside = [
        m for m in mean + spread * np.array([-2, -1, 1, 2]) if SKEWED.min() < m < SKEWED.max()
    ]
    assert class_breaks(SKEWED, "std_mean", 5)[1:-1] == pytest.approx(inside)
    head = class_breaks(SKEWED, "head_tail", 5)
    assert head[1] == pytest.approx(mean)
    assert head[2] == pytest.approx(SKEWED[mean < SKEWED].mean())
    low, middle, high = np.quantile(SKEWED, [0.25, 0.5, 0.75])
    box = class_breaks(SKEWED, "box_plot", 5)
    assert box[1:-1] == pytest.approx([low, middle, high, high + 1.5 * (high - low)])


def test_pretty_breaks_are_round():
    breaks = class_breaks(RNG.uniform(3, 97, 300), "pretty", 5)
    assert all(value % 10 == 0 for value in breaks[1:-1])


def test_ties_few_values_and_missing_ones():
    values = np.array([0.0] * 90 + [1.0, 2.0, np.nan, np.inf])
    for scheme in SCHEMES:
        breaks = class_breaks(values, scheme, 6)
        assert (breaks[0], breaks[-1]) == (0.0, 2.0)
    assert class_breaks([7.0, 7.0], "quantiles", 5) == (7.0, 7.0)
    with pytest.raises(GisappError, match="no number"):
        class_breaks([np.nan], "quantiles", 5)
    with pytest.raises(GisappError, match="no scheme"):
        class_breaks([1.0, 2.0], "nonsense", 5)
