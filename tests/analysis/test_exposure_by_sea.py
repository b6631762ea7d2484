"""The exposure on the real network of the sea: published detours, and what closing may not do."""

from __future__ import annotations

import numpy as np
import pytest

from gisapp.analysis.exposure import Traffic, exposure
from gisapp.analysis.network.journey import Avoidance, Travel
from gisapp.analysis.network.router import Router
from gisapp.model.places import layers_dir

SHANGHAI, SINGAPORE, ROTTERDAM = (121.5, 31.2), (103.8, 1.27), (4.1, 51.95)


@pytest.fixture(scope="module")
def router() -> Router:
    return Router.load(layers_dir())


def between(*pairs: tuple[tuple[float, float], tuple[float, float]]) -> Traffic:
    count = len(pairs)
    return Traffic(
        np.array([a for a, _ in pairs]),
        np.array([b for _, b in pairs]),
        np.arange(count),
        np.arange(count),
        np.ones(count),
        tuple(str(a) for a, _ in pairs),
        tuple(str(b) for _, b in pairs),
    )


@pytest.mark.parametrize(("start", "percent"), [(SHANGHAI, 31.2), (SINGAPORE, 41.4)])
def test_g4_the_detour_without_suez_is_the_published_one(
    router: Router, start: tuple[float, float], percent: float
) -> None:
    """Published case G4: LINERLIB goes round the Cape, so that Panama is closed as well."""
    traffic = between((start, ROTTERDAM))
    found = exposure(traffic, router, travel=Travel.SEA, avoid=Avoidance(frozenset({"panama"})))
    suez = next(c for c in found.passages if c.passages == ("suez",))
    assert suez.share_tonnes == 1.0
    assert 100.0 * suez.criticality == pytest.approx(percent, abs=2.0)
    assert suez.detour_km / found.tonne_km == pytest.approx(suez.criticality)


def test_closing_never_shortens_and_more_closed_is_never_shorter(router: Router) -> None:
    ports = [SHANGHAI, ROTTERDAM, (-70.3, -23.6), (115.7, -32.0), (31.0, -29.9), (-95.0, 29.7)]
    traffic = between(*[(a, b) for a in ports[:3] for b in ports[3:]])
    both = ("malacca", "panama")
    found = exposure(traffic, router, travel=Travel.SEA, together=both)
    assert found.passages
    for closing in found.passages:
        assert not closing.detour_km < -1e-6
        assert closing.criticality >= -1e-12
        assert closing.unreachable_tonnes <= closing.tonnes
    together = found.together
    assert together is not None
    for closing in found.passages:
        if closing.passages[0] in both:
            assert together.share_tonnes >= closing.share_tonnes
