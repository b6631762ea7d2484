from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from gisapp.analysis.network.journey import Measure, Travel
from gisapp.data.shipped import default_layers
from gisapp.model.feedback import Feedback, GisappError
from gisapp.model.geodesy import distance_km, path_length_km
from gisapp.model.vocabulary import Role
from gisapp.workspace.answer import Answer
from gisapp.workspace.answer_routes import place_of
from gisapp.workspace.answering import answer_of
from gisapp.workspace.builtin_commands import register_all
from gisapp.workspace.commands import Registry
from gisapp.workspace.known_places import known_places
from gisapp.workspace.picturing import picture_of
from gisapp.workspace.routing import find_place
from gisapp.workspace.state import LayerEntry, ProjectState


@pytest.fixture(scope="module")
def state() -> ProjectState:
    return ProjectState(tuple(LayerEntry(layer) for layer in default_layers()))


@pytest.fixture(scope="module")
def registry(facts) -> Registry:
    registry = Registry()
    register_all(registry, facts)
    return registry


def asked(registry: Registry, state: ProjectState, **params) -> ProjectState:
    found = registry["route.find"].run(state, **params)
    assert isinstance(found, ProjectState)
    return found


def answered(registry, facts, state, **params) -> tuple[ProjectState, Answer]:
    wanted = asked(registry, state, **params)
    return wanted, answer_of(wanted, facts, Feedback())


def test_a_journey_is_drawn_leg_by_leg_and_adds_up(registry, facts, state):
    wanted, answer = answered(
        registry, facts, state, start="tenke-fungurume-mine", end="kokkola-umicore"
    )
    route = answer.route
    assert route is not None
    assert route.km == pytest.approx(sum(line.km for line in answer.connections))
    assert {line.mode for line in answer.connections} <= {"road", "rail", "sea"}
    for line, leg in zip(answer.connections, route.legs, strict=True):
        assert line.kind == f"By {leg.mode}"
        assert path_length_km(line.path) <= line.km * 1.001
    for before, after in zip(route.legs[:-1], route.legs[1:], strict=True):
        assert distance_km(before.path[-1], after.path[0])[0] < 30.0
    assert f"{route.total(Measure.USD):,.0f} USD/t" in answer.text
    picture = picture_of(wanted, facts, answer)
    assert not [d for d in picture.layers if d.layer.role is Role.TRADE_ROUTE]
    assert {"Lobito"} <= {label.text for label in picture.labels}


def test_the_least_of_a_measure_is_the_least(registry, facts, state):
    """Only the ways of one journey are compared: each is the least of its own measure."""
    found = {}
    for least in Measure:
        _, answer = answered(
            registry, facts, state, start="25.47,-10.71", end="31.03,-29.87", least=least
        )
        found[least] = answer.route
    for least, best in found.items():
        for other in found.values():
            assert best.total(least) <= other.total(least) * (1 + 1e-9)
    assert found[Measure.USD].km > found[Measure.KM].km


def test_what_cannot_be_travelled_is_said_and_draws_nothing(registry, facts, state):
    _, answer = answered(
        registry, facts, state, start="-90.0,-0.5", end="106.85,43.0", travel=Travel.LAND
    )
    assert answer.route is None
    assert answer.connections == ()
    assert "No" in answer.headline
    _, answer = answered(registry, facts, state, start="nowhere", end="106.85,43.0")
    assert answer.headline == '"nowhere" is no facility and no port.'


def test_a_closed_passage_is_gone_without(registry, facts, state):
    free = answered(registry, facts, state, start="SGSIN", end="NLRTM", travel=Travel.SEA)
    assert "suez" in {p.id for p in free[1].route.passages}
    shut = registry["question.avoid"].run(free[0], closed=["suez", "panama"])
    longer = answer_of(shut, facts, Feedback()).route
    assert "suez" not in {p.id for p in longer.passages}
    # published: 41.4 % more (LINERLIB); case G4
    assert longer.km / free[1].route.km - 1 == pytest.approx(0.414, abs=0.02)


def test_commands_keep_what_they_do_not_name(registry, state):
    first = asked(registry, state, start="SGSIN", end="NLRTM", least="km")
    turned = registry["route.turn"].run(first)
    assert (turned.question.start, turned.question.end) == ("NLRTM", "SGSIN")
    kept = asked(registry, turned, travel="sea")
    assert (kept.question.start, kept.question.least) == ("NLRTM", Measure.KM)
    assert not registry["route.turn"].enabled(state)
    cleared = registry["route.clear"].run(kept)
    assert (cleared.question.start, cleared.question.end) == ("", "")
    with pytest.raises(GisappError, match="measure"):
        asked(registry, state, least="miles")


def test_sites_of_the_project_come_before_those_that_ship(state):
    deposits = next(e.layer for e in state.layers if e.layer.role is Role.DEPOSIT)
    code = str(deposits.features.columns["id"][0])
    moved = deposits.features.take(np.arange(3)[::-1])
    own = deposits.with_(
        features=replace(moved, columns={**moved.columns, "id": np.array([code, "b", "c"], object)})
    )
    assert place_of(code, [own]).name != place_of(code, [deposits]).name


def test_every_known_place_is_understood():
    places = known_places()
    assert len(places) > 4000
    for title in [*list(places)[::400], "Kokkola (port, FIN)"]:
        found = find_place(places[title])
        assert title.startswith(found.name)
