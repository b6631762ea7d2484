from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from gisapp.analysis.distance import DistanceQuery, distance
from gisapp.analysis.network.journey import Avoidance, Journey, JourneyMatrix, Leg, Measure, Mode
from gisapp.data.shipped import default_layers, load_facts, load_layer
from gisapp.model.feedback import Feedback, GisappError
from gisapp.model.geodesy import distance_km, unroll
from gisapp.workspace import answer_distance
from gisapp.workspace.answer_distance import connections
from gisapp.workspace.penalties import no_plant_reasons, penalty_chart
from gisapp.workspace.routing import router


class Detours:
    """Ways that are a tenth longer than the geodesic and lead over a point beside it."""

    def matrix(self, starts, ends, *, least, avoid, feedback):
        assert feedback is None
        n, m = len(starts), len(ends)
        km = 1.1 * np.array([distance_km(start, ends) for start in starts]).reshape(n, m)
        if avoid.passages:
            km = km + 1000.0
        none, bits = np.zeros((n, m)), np.zeros((n, m), dtype=np.uint64)
        figures = (km, km / 500, km / 20, km / 50, km, none, none)
        return JourneyMatrix(least, *figures, bits, ("suez",), none)

    def journey(self, start, end, *, least, avoid):
        assert least is Measure.KM
        if start == end:
            return Journey("a", "b", ())
        if start[1] < -35:
            raise GisappError("no_way", "There is no way.")
        path = np.vstack([start, [start[0], start[1] + 1], end])
        km = 1.1 * float(distance_km(start, end)[0]) + (1000 if avoid.passages else 0)
        return Journey("a", "b", (Leg(Mode.SEA, "a", "b", km, 1, 1, 1, path),))


def follows(line):
    """Say whether a line leads over the point that is a degree north of its start."""
    return len(line.path) == 3 and np.allclose(line.path[1] - line.path[0], [0, 1])


@pytest.fixture(scope="module")
def near():
    query = DistanceQuery("lithium", metric="route", avoid=Avoidance(frozenset({"suez"})))
    layers = default_layers()
    return distance(query, layers, layers, load_facts(), router=Detours())


def test_the_lines_that_matter_most_follow_their_way(near, monkeypatch):
    monkeypatch.setattr(answer_distance, "MOST_WAYS", 10)
    lines, notes = connections(near, Detours(), Feedback())
    assert sum(follows(line) for line in lines) == 10
    assert any("draws 10 ways as they lead" in note for note in notes)
    by_name = dict(zip(near.rows["deposit_name"], near.rows["distance_km"], strict=True))
    for line in lines:
        assert line.inside
        assert line.restricted
        assert line.km == pytest.approx(by_name[line.start_name])  # of the way, not of the line


def test_where_no_way_can_be_drawn_a_straight_line_stands(near):
    lines, notes = connections(near, Detours(), Feedback())
    assert not any(follows(line) for line in lines if line.path[0][1] < -35)
    assert sum(follows(line) for line in lines) <= answer_distance.MOST_WAYS
    assert notes  # there are more lines than ways


def test_a_way_over_the_date_line_does_not_jump():
    legs = np.array([[170.0, 0], [179.0, 0], [-179.0, 0], [-170, 0], [545.0, 1]])
    path = unroll(legs)
    assert path[:, 0].tolist() == [170, 179, 181, 190, 185]
    assert np.abs(np.diff(path[:, 0])).max() < 180


def test_who_pays_is_drawn_and_who_has_none_is_told(near):
    chart = penalty_chart(near)
    assert chart is not None
    assert len(chart.bars) == 8
    assert [bar.high for bar in chart.bars] == sorted((b.high for b in chart.bars), reverse=True)
    assert chart.bars[0].high == pytest.approx(near.rows["penalty_km"].max())
    assert chart.title == "100\N{NO-BREAK SPACE}% of the deposits pay for the restriction"
    reasons = dict(no_plant_reasons(near))
    assert sum(reasons.values()) == near.summary.without_plant
    assert "no refinery that takes lithium clay is operating" in reasons


def test_without_a_restriction_nobody_pays(near):
    layers = default_layers()
    free = distance(
        replace(near.query, avoid=Avoidance()), layers, layers, load_facts(), router=Detours()
    )
    assert penalty_chart(free) is None
    assert (free.rows["penalty_km"].dropna() == 0).all()


def test_the_real_network_takes_copper_of_the_gobi_over_the_border():
    """Oyu Tolgoi's concentrate goes to China by land; no way leads there around China."""
    deposits, refineries = (
        layer.with_(features=layer.features.take([layer.values("id").tolist().index(site)]))
        for layer, site in zip(
            (load_layer("deposits"), load_layer("refineries")),
            ("oyu-tolgoi-mine", "baiyin-smelter"),
            strict=True,
        )
    )
    query = DistanceQuery("copper", metric="route")

    def asked(**changes):
        changed = replace(query, **changes)
        return distance(changed, [deposits], [refineries], load_facts(), router=router())

    straight = distance(replace(query, metric="geodesic"), [deposits], [refineries]).rows.iloc[0]
    row = asked().rows.iloc[0]
    assert straight["distance_km"] < row["distance_km"] < 2 * straight["distance_km"]
    assert row["sea_km"] == 0
    assert row["road_km"] + row["rail_km"] == pytest.approx(row["distance_km"])
    for measure in (Measure.DAYS, Measure.USD, Measure.CO2):
        least = asked(measure=measure)
        assert least.rows[measure.value].iat[0] <= row[measure.value] + 1e-9
        assert least.rows["distance_km"].iat[0] >= row["distance_km"] - 1e-9
    (line,), _ = connections(asked(), router(), Feedback())
    assert line.path[0] == pytest.approx(deposits.features.lonlat[0], abs=0.01)
    assert line.path[-1] == pytest.approx(refineries.features.lonlat[0], abs=0.01)
    assert len(line.path) > 10
    around = asked(avoid=Avoidance(countries=frozenset({"CHN"}))).rows.iloc[0]
    assert (around["status"], around["reason"]) == ("no_plant", "no way around China")
