from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gisapp.analysis.nearest import candidate_chord, nearest
from gisapp.model.features import Floats
from gisapp.model.feedback import Cancelled, Feedback
from gisapp.model.geodesy import distance_km, ecef_km


def brute(queries: Floats, targets: Floats, k: int, names: list[str]) -> list[list[int]]:
    """Rank every target by distance to the millimetre, then by name."""
    answers = []
    for q in queries:
        km = np.round(distance_km(np.broadcast_to(q, targets.shape), targets), 6)
        answers.append(sorted(range(len(targets)), key=lambda j: (km[j], names[j], j))[:k])
    return answers


def scattered(rng: np.random.Generator, n: int) -> Floats:
    return np.column_stack(
        [rng.uniform(-180, 180, n), np.degrees(np.arcsin(rng.uniform(-1, 1, n)))]
    )


# whole degrees make ties; the edges of the world come often
longitudes = st.one_of(
    st.sampled_from([-180.0, 180.0, 179.999, -179.999, 0.0, 90.0]),
    st.integers(-180, 180).map(float),
    st.floats(-180, 180),
)
latitudes = st.one_of(
    st.sampled_from([90.0, -90.0, 89.9, -89.9, 0.0]),
    st.integers(-90, 90).map(float),
    st.floats(-90, 90),
)
positions = st.lists(st.tuples(longitudes, latitudes), min_size=1, max_size=25).map(
    lambda values: np.array(values, dtype=float)
)


@settings(max_examples=300, deadline=None)
@given(positions, positions, st.integers(1, 5))
def test_equal_to_brute_force_everywhere(queries: Floats, targets: Floats, k: int) -> None:
    names = [f"plant-{(7 * j) % len(targets):02d}" for j in range(len(targets))]
    found = nearest(queries, targets, k=k, order=np.array(names, dtype=object))
    for row, expected in enumerate(brute(queries, targets, k, names)):
        got = found.index[row][: len(expected)]
        # equal distances may be cut by rounding at half a millimetre: compare what is far and who
        far = distance_km(np.broadcast_to(queries[row], (len(expected), 2)), targets[expected])
        assert found.km[row][: len(expected)] == pytest.approx(far, abs=2e-6)
        assert got.tolist() == expected
    assert (found.index[:, len(targets) :] == -1).all()
    assert np.isnan(found.km[:, len(targets) :]).all()


def test_equal_to_brute_force_on_a_large_sample() -> None:
    rng = np.random.default_rng(11)
    queries, targets = scattered(rng, 2000), scattered(rng, 5000)
    found = nearest(queries, targets)
    for row in range(0, 2000, 5):
        km = distance_km(np.broadcast_to(queries[row], targets.shape), targets)
        assert found.index[row, 0] == km.argmin()
        assert found.km[row, 0] == km.min()


def test_far_and_antipodal_targets() -> None:
    # everything is far: a cluster on the other side of the world
    rng = np.random.default_rng(5)
    queries = np.column_stack([rng.uniform(-1, 1, 200), rng.uniform(-1, 1, 200)])
    targets = np.column_stack([rng.uniform(178, 182, 60), rng.uniform(-2, 2, 60)])
    found = nearest(queries, targets, k=3)
    names = [f"{j:03d}" for j in range(60)]
    assert found.index.tolist() == brute(queries, targets, 3, names)


def test_the_chord_bound_holds() -> None:
    # for pairs of targets from one place: if b is nearer than a, its chord is within a's bound
    rng = np.random.default_rng(3)
    queries, a, b = (scattered(rng, 200_000) for _ in range(3))
    b[::2] = a[::2] + rng.normal(0, 0.5, (100_000, 2))
    b[:, 1] = np.clip(b[:, 1], -90, 90)
    far_a, far_b = distance_km(queries, a), distance_km(queries, b)
    place = ecef_km(queries)
    chord_a = np.linalg.norm(ecef_km(a) - place, axis=1)
    chord_b = np.linalg.norm(ecef_km(b) - place, axis=1)
    nearer = far_b <= far_a
    assert (chord_b[nearer] <= candidate_chord(chord_a[nearer])).all()


def test_ties_go_by_name() -> None:
    spot = np.array([[10.0, 50.0]] * 3)
    found = nearest(spot[:1], spot, k=3, order=np.array(["c", "a", "b"], dtype=object))
    assert found.index.tolist() == [[1, 2, 0]]
    assert found.km.tolist() == [[0.0, 0.0, 0.0]]


def test_ties_go_by_row_number_without_names() -> None:
    spots = np.array([[10.0, 50.0]] * 12)
    assert nearest(spots[:1], spots, k=12).index.tolist() == [list(range(12))]


def test_many_on_few_spots() -> None:
    rng = np.random.default_rng(8)
    spots = rng.integers(-3, 4, (90, 2)).astype(float)
    queries = rng.integers(-3, 4, (40, 2)).astype(float)
    names = [f"{(37 * j) % 90:02d}" for j in range(90)]
    for k in (1, 4, 30):
        found = nearest(queries, spots, k=k, order=np.array(names, dtype=object))
        assert found.index.tolist() == brute(queries, spots, k, names)


def test_a_crowd_at_the_antipodes_is_searched_once() -> None:
    queries = np.column_stack([np.linspace(-1, 1, 3000), np.linspace(-1, 1, 3000)])
    crowd = np.tile([[179.5, 0.2]], (10_000, 1))
    found = nearest(queries, crowd, k=2)
    assert (found.index == [0, 1]).all()


def test_across_the_antimeridian() -> None:
    found = nearest(np.array([[179.5, -17.0]]), np.array([[170.0, -17.0], [-179.5, -17.0]]))
    assert found.index[0, 0] == 1
    assert found.km[0, 0] == pytest.approx(106.486, abs=0.001)


def test_missing_positions_and_nothing_to_find() -> None:
    nowhere = np.array([[np.nan, np.nan]])
    some = np.array([[1.0, 2.0]])
    assert nearest(nowhere, some).index.tolist() == [[-1]]
    assert nearest(some, nowhere).index.tolist() == [[-1]]
    assert np.isnan(nearest(some, np.empty((0, 2)), k=2).km).all()
    mixed = nearest(some, np.vstack([nowhere, some]))
    assert mixed.index.tolist() == [[1]]


def test_cancel() -> None:
    feedback = Feedback()
    feedback.cancel()
    with pytest.raises(Cancelled):
        nearest(np.zeros((5, 2)), np.zeros((5, 2)), feedback=feedback)
