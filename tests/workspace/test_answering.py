"""Answers and pictures of real questions, against the fact tables computed here once more."""

import numpy as np
import pytest

from gisapp.model.feedback import Feedback, GisappError
from gisapp.model.geodesy import distance_km
from gisapp.model.mapping import ColumnMapping
from gisapp.model.vocabulary import Role, Stage
from gisapp.workspace.answering import answer_of
from gisapp.workspace.layer_commands import add_layers
from gisapp.workspace.picturing import picture_of
from gisapp.workspace.project_commands import framed

ALLIES = "four_nation_us_can_gbr_aus"


@pytest.fixture
def ask(desk):
    def run(**question):
        names = {"as_of": "date", "to": "to"}
        params = {"to": "role", "nearest": "count"}
        for word, value in question.items():
            desk.run(f"question.{names.get(word, word)}", **{params.get(word, word): value})
        return desk.state, desk.session.answer

    return run


def national(facts, mineral, stage, year):
    return {
        r.country: r.value
        for r in facts.production
        if (r.mineral, r.stage, r.year, r.kind.value) == (mineral, stage, year, "production")
    }


def test_coverage_is_what_the_tables_say(ask, facts):
    _, answer = ask(mineral="rare_earths", alliance=ALLIES, stage="mining", view="coverage")
    table = national(facts, "rare_earths", Stage.MINING, 2024)
    world = sum(table.values())
    inside = sum(table.get(c, 0.0) for c in ("USA", "CAN", "GBR", "AUS"))
    row = answer.coverage.set_index("stage").loc["mining"]
    assert row["inside"] == pytest.approx(inside)
    assert row["share_low"] == pytest.approx(inside / world)
    assert row["share_high"] == pytest.approx((inside + table.get("OTH", 0.0)) / world)
    assert f"{100 * inside / world:.0f}" in answer.headline
    assert set(answer.coverage["stage"]) == {"mining", "refining", "magnets"}


def test_the_chart_adds_up_and_colours_what_matters(ask):
    _, answer = ask(mineral="rare_earths", alliance=ALLIES, stage="mining", view="coverage")
    chart = answer.chart
    assert sum(bar.high for bar in chart.bars) == pytest.approx(100, abs=0.01)
    kinds = {bar.label: bar.kind for bar in chart.bars}
    assert kinds["China"] == "leader"
    assert kinds["United States"] == kinds["Australia"] == "alliance"
    assert sum(kind == "leader" for kind in kinds.values()) == 1
    assert chart.limit == pytest.approx(65)


def test_distances_are_geodesics_to_the_nearest_right_plant(ask):
    state, answer = ask(mineral="lithium", alliance="g7", view="distance", nearest=2)
    near = answer.distance
    assert near.query.within is not None
    rows = near.rows
    assert (rows["penalty_km"].dropna() >= 0).all()
    assert (rows["reason"] == "").tolist() == (rows["status"] == "ok").tolist()
    kms = distance_km(near.deposit_lonlat, near.plant_lonlat)
    np.testing.assert_allclose(kms, rows["distance_km"], atol=1e-6)
    for (layer_id, row), deposit in zip(near.deposit_rows, rows["deposit_id"], strict=True):
        assert state.entry(layer_id).layer.values("id")[row] == deposit
    assert sum(bar.high for bar in answer.chart.bars) == pytest.approx(100)


def test_lines_start_at_the_deposit_and_end_at_the_plant(ask):
    _, answer = ask(mineral="lithium", alliance="g7", view="distance")
    lines = answer.connections
    inside = [line for line in lines if line.inside]
    assert len(inside) == (answer.distance.rows["status"] == "ok").sum()
    assert [line.inside for line in lines] == sorted(line.inside for line in lines)
    for line in lines[:20]:
        assert distance_km(line.path[0], line.path[-1])[0] == pytest.approx(line.km, abs=1e-6)
        assert np.abs(np.diff(line.path[:, 0])).max() <= 180
    outside = [line for line in lines if not line.inside]
    assert outside
    assert all(line.restricted for line in outside)


def test_without_an_alliance_nobody_is_inside(ask):
    _, answer = ask(mineral="rare_earths", stage="refining", view="coverage")
    assert answer.coverage is None
    assert answer.headline.startswith("China refines 91")
    assert {bar.kind for bar in answer.chart.bars} == {"leader", "other", "unknown"}
    assert not answer.breakdown["inside"].any()


def test_an_alliance_that_ended_says_so(ask):
    state, answer = ask(mineral="rare_earths", alliance="msp", view="coverage")
    assert answer.coverage is None
    assert "no members on 22 Nov 2026" in answer.notes[0]
    assert "ended on" in answer.notes[0]
    _, answer = ask(as_of="2025-06-01")
    assert answer.coverage is not None
    assert state.question.alliance == "msp"


def test_every_view_answers_every_question(desk, ask):
    desk.session.refresh()
    desk.session.jobs.wait()
    for view in ("facilities", "coverage", "distance", "routes"):
        for mineral in (None, "gallium", "fluorspar"):
            for alliance in (None, "eu"):
                _, answer = ask(view=view, mineral=mineral, alliance=alliance)
                assert answer.headline
                assert answer.text


def test_the_filter_is_counted_and_rows_stay_those_of_the_layer(desk, ask):
    ask(mineral="lithium", view="distance")
    desk.run("filter.set", countries={"AUS"})
    near = desk.session.answer.distance
    assert set(near.rows["deposit_country"]) == {"AUS"}
    layer = desk.state.entry("deposits").layer
    for (_, row), deposit in zip(near.deposit_rows, near.rows["deposit_id"], strict=True):
        assert layer.values("id")[row] == deposit


def test_hidden_layers_are_not_counted(desk, ask):
    ask(mineral="lithium", view="facilities")
    assert "deposits" in desk.session.answer.headline
    desk.run("layer.show", layer_id="deposits", visible=False)
    assert "deposits" not in desk.session.answer.headline


def test_a_users_layer_without_countries_is_counted_by_position(desk, points):
    layer = points("own", Role.DEPOSIT, ore=["Li", "Li"], title=["A", "B"])  # 10 E 50 N and on
    own = layer.with_(mapping=ColumnMapping((("mineral", "ore"), ("name", "title"))))
    desk.session.open(add_layers(desk.state, [own]))
    desk.run("question.mineral", mineral="lithium")
    desk.run("question.view", view="distance")
    rows = desk.session.answer.distance.rows.set_index("deposit_name")
    assert rows.loc["A", "deposit_country"] == "DEU"
    assert rows.loc["B", "deposit_country"] == "DEU"


def test_the_picture_answers_before_the_legend_is_read(ask, facts):
    state, answer = ask(mineral="rare_earths", alliance=ALLIES, view="coverage", stage="refining")
    early, late = picture_of(state, facts, None), picture_of(state, facts, answer)
    assert {d.layer.id: d.faded for d in late.layers} == {  # routes say nothing of shares
        "deposits": True,
        "refineries": False,
        "magnet_plants": True,
    }
    assert early.chart is None
    assert early.shading == late.shading
    assert late.shading[0].proposed
    assert late.shading[0].inside >= {"USA", "CAN", "GBR", "AUS"}
    assert late.title == answer.headline
    refineries = late.layers[1]
    assert len(refineries.weights) == len(refineries.rows)
    assert refineries.weight_unit.startswith("t ")
    assert 0 < len(late.labels) <= 16
    heaviest = refineries.rows[int(np.nanargmax(refineries.weights))]
    assert late.labels[0].text == refineries.layer.values("name")[heaviest]


def test_what_is_in_the_way_of_the_lines_leaves(ask, facts):
    state, answer = ask(mineral="rare_earths", alliance="g7", view="distance", to="magnet_plant")
    drawn = picture_of(state, facts, answer).layers
    assert [(d.layer.id, d.faded) for d in drawn] == [("deposits", False), ("magnet_plants", False)]


def test_sources_stand_once_with_date_and_licence(ask, facts):
    state, answer = ask(mineral="rare_earths", alliance="g7", view="coverage")
    sources = picture_of(state, facts, answer).sources
    assert len(sources) == len(set(sources)) == 3
    assert "IEA" in sources[0]
    assert sources[1].startswith("Deposits, refineries, magnet plants: ")
    assert "Natural Earth" in sources[2]
    others = ask(mineral="rare_earths", alliance="g7", view="facilities")
    routes = picture_of(others[0], facts, others[1]).sources
    # those of the trade routes have a licence of their own
    assert any(source.startswith("Trade routes: ") for source in routes)
    for source in (sources[1], *routes[:2]):
        assert "2026-09" in source
        assert "ODbL" in source


def test_a_selection_is_labelled_first_and_a_title_of_the_users_wins(desk, facts):
    desk.run("select.set", layer_id="deposits", rows=[5])
    desk.run("title.set", title="Mine")
    picture = picture_of(desk.state, facts, desk.session.answer)
    assert picture.labels[0].text == desk.state.entry("deposits").layer.values("name")[5]
    assert picture.title == "Mine"


def test_an_answer_can_be_cancelled(desk, facts):
    from gisapp.model.feedback import Cancelled

    desk.run("question.mineral", mineral="lithium")
    feedback = Feedback()
    feedback.cancel()
    with pytest.raises(Cancelled):
        answer_of(desk.state, facts, feedback)


def test_without_an_alliance_the_largest_is_told_by_the_basis(desk):
    desk.run("question.view", view="coverage")
    desk.run("question.mineral", mineral="nickel")
    desk.run("question.stage", stage="refining")
    desk.run("question.alliance", alliance=None)
    assert desk.session.answer.headline.startswith("Indonesia refines 43")
    desk.run("question.by", by="control")
    assert desk.session.answer.headline.startswith("China controls between")
    desk.run("question.by", by="foreign")
    assert any("Choose an alliance" in note for note in desk.session.answer.notes)
    desk.run("question.by", by="location")
    desk.run("question.weight", weight="reserves")
    desk.run("question.stage", stage="mining")
    assert desk.session.answer.headline.startswith("Indonesia holds 42")


def test_a_lower_bound_is_called_one(desk):
    desk.run("question.view", view="coverage")
    desk.run("question.mineral", mineral="nickel")
    desk.run("question.stage", stage="refining")
    desk.run("question.alliance", alliance="g7")
    assert desk.session.answer.chart.title.startswith("Indonesia refines 43")
    desk.run("question.by", by="control")
    assert desk.session.answer.chart.title.startswith("China controls at least 19")
    assert "with at least 19.0" in desk.session.answer.text
    bars = {bar.label: bar for bar in desk.session.answer.chart.bars}
    assert bars["Owner unknown"].kind == "unknown"
    desk.run("question.by", by="foreign")
    chart = desk.session.answer.chart
    assert "is foreign-controlled" in chart.title
    assert chart.limit is None


def test_a_second_alliance_is_shaded_beside_the_questions(ask, facts):
    state, answer = ask(mineral="lithium", alliance="g7", view="coverage")
    beside = state.with_(frame=framed(state.frame, also=("brics",)))
    titles = [(s.title, "CHN" in s.inside) for s in picture_of(beside, facts, answer).shading]
    assert titles == [("G7", False), ("BRICS", True)]
    again = state.with_(frame=framed(state.frame, also=("g7",)))
    assert len(picture_of(again, facts, answer).shading) == 1
    with pytest.raises(GisappError, match="two alliances at most"):
        framed(state.frame, also=("brics", "quad"))
    unknown = state.with_(frame=framed(state.frame, also=("atlantis",)))
    with pytest.raises(GisappError, match="atlantis"):
        picture_of(unknown, facts, answer)


def test_routes_name_the_places_that_most_of_them_meet(ask, facts):
    state, answer = ask(mineral="rare_earths", view="routes")
    labels = picture_of(state, facts, answer).labels
    routes = next(e.layer for e in state.layers if e.layer.role is Role.TRADE_ROUTE)
    columns = routes.features.columns
    ends = {*columns["origin_name"], *columns["destination_name"]}
    assert labels
    assert {label.text for label in labels} <= ends
