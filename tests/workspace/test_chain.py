"""The chain in the project and on the command line: words, numbers, undo, refusals."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from gisapp.__main__ import main
from gisapp.data.shipped import default_layers, load_facts
from gisapp.model.feedback import Feedback
from gisapp.model.vocabulary import Basis, Status
from gisapp.workspace.answering import answer_of
from gisapp.workspace.builtin_commands import register_all
from gisapp.workspace.codec import from_json, to_json
from gisapp.workspace.commands import Registry
from gisapp.workspace.data_writing import export_data_file
from gisapp.workspace.example import example_state
from gisapp.workspace.picturing import picture_of
from gisapp.workspace.session import Session
from gisapp.workspace.state import Filter, ProjectState

FOUR = "four_nation_us_can_gbr_aus"


@pytest.fixture(scope="module")
def facts():
    return load_facts()


@pytest.fixture(scope="module")
def asked():
    state = example_state(default_layers())
    return state.with_(question=replace(state.question, view="chain"))


@pytest.fixture(scope="module")
def answer(asked, facts):
    return answer_of(asked, facts, Feedback())


def plain(text):
    return text.replace("\u202f", " ").replace("\u00a0", " ").replace("\u2019", "'")


def test_the_headline_is_the_finding(answer):
    assert plain(answer.headline) == (
        "The proposed US-CAN-UK-AUS alliance's chain stops at metal making: "
        "1 690 to 3 540 t of magnets a year"
    )


def test_the_words_tell_what_would_lift_it_and_name_their_sources(answer):
    text = plain(answer.text)
    assert "With 553 t of NdPr metal a year from others it would make 3 010 t of magnets" in text
    assert "between 0.5 and 1.1 % of a world output of about 319 000 t" in text
    assert "USGS" in text
    assert "none moves the weakest link" in text


def test_the_weakest_link_stands_out_in_the_chart(answer):
    chart = answer.chart
    assert [bar.label for bar in chart.bars] == [
        "Mining", "Separation", "Metal making", "Magnet making",
    ]  # fmt: skip
    assert [bar.kind for bar in chart.bars] == ["alliance", "alliance", "leader", "alliance"]
    assert chart.limit == pytest.approx(answer.chain.carried.low)


def test_lines_join_the_sites_of_the_flow(answer, asked, facts):
    assert answer.connections
    names = {line.start_name for line in answer.connections}
    assert "Mountain Pass mine" in names
    picture = picture_of(asked, facts, answer)
    assert not any(d.faded for d in picture.layers)
    assert {d.layer.role.value for d in picture.layers} == {
        "deposit", "refinery", "magnet_plant",
    }  # fmt: skip


def test_only_sites_of_the_chain_are_labelled(answer, asked, facts):
    used = {row.site.name for row in answer.chain.rows if row.through > 0}
    assert {label.text for label in picture_of(asked, facts, answer).labels} <= used


def test_the_steps_are_exported_as_a_table(asked, facts, tmp_path):
    export_data_file(asked, facts, tmp_path / "chain.csv", feedback=Feedback())
    lines = (tmp_path / "chain.csv").read_text(encoding="utf-8").splitlines()
    assert [line.split(",")[0] for line in lines] == [
        "step", "mining", "separation", "metal", "magnets",
    ]  # fmt: skip


def test_the_journey_of_the_largest_mine_is_told(answer):
    assert answer.journey.deposit.id == "mountain-pass-mine"


def test_a_yield_of_ones_own_changes_the_answer_and_is_undone(facts, asked):
    registry = Registry()
    register_all(registry, facts)
    session = Session(
        registry, facts, state=asked, picturer=picture_of, answerer=answer_of, deliver=lambda f: f()
    )
    session.run("yields.set", yield_id="y_machine", value=0.6)
    assert session.state.yields == (("y_machine", 0.6),)
    changed = answer_of(session.state, facts, Feedback())
    assert changed.chain.carried.low == pytest.approx(710 * 0.97 * 0.95 * 0.6 / 0.29)
    assert any("0.6" in note for note in changed.notes)
    back = from_json(ProjectState, to_json(session.state.with_(layers=())))
    assert back.yields == session.state.yields
    session.undo()
    assert session.state.yields == ()
    session.run("yields.set", yield_id="y_machine", value=7)
    assert session.state.yields == ()
    session.run("yields.set", yield_id="y_machine", value=0.7)
    session.run("yields.reset")
    assert session.state.yields == ()


def test_the_filter_counts(asked, facts):
    some = asked.with_(filter=Filter(statuses=frozenset({Status.OPERATING, Status.CONSTRUCTION})))
    more = answer_of(some, facts, Feedback()).chain
    assert more.query.statuses == some.filter.statuses
    assert more.query.national
    few = asked.with_(filter=Filter(countries=frozenset({"USA"})))
    found = answer_of(few, facts, Feedback()).chain
    assert not found.query.national
    assert {row.site.country for row in found.rows} == {"USA"}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"mineral": None}, "Choose a mineral"),
        ({"mineral": "gallium"}, "not counted in one unit"),
        ({"mineral": "heavy_rare_earths"}, "which are light"),
        ({"alliance": None}, "The mapped world chain"),
        ({"by": Basis.EQUITY}, "chain"),
    ],
)
def test_every_question_has_a_headline(asked, facts, changes, words):
    state = asked.with_(question=replace(asked.question, **changes))
    found = answer_of(state, facts, Feedback())
    assert words in found.headline
    assert found.text


def run(capsys, *args):
    code = main([str(a) for a in args])
    out, err = capsys.readouterr()
    return code, out, err


def test_the_command_prints_one_document(capsys):
    code, out, err = run(
        capsys, "chain", "--mineral", "ree", "--alliance", FOUR, "--as-of", "2026-11-22", "--json"
    )
    assert (code, err) == (0, "")
    document = json.loads(out)
    assert document["binding"] == ["metal"]
    assert document["carried_low"] == pytest.approx(710 * 0.97 * 0.95 * 0.75 / 0.29)
    assert [row["step"] for row in document["rows"]] == [
        "mining", "separation", "metal", "magnets",
    ]  # fmt: skip
    assert {row["id"] for row in document["sites"]} >= {"mountain-pass-mine", "lcm-ellesmere-port"}


def test_own_yields_and_output_file(capsys, tmp_path):
    own, out_file = tmp_path / "own.csv", tmp_path / "chain.csv"
    own.write_text("id,value\ny_machine,0.9\n", encoding="utf-8")
    code, out, _ = run(
        capsys, "chain", "--mineral", "ree", "--alliance", "USA,CAN,GBR,AUS",
        "--yields", own, "-o", out_file,
    )  # fmt: skip
    assert code == 0
    assert "Yields of one's own" in out
    assert out_file.read_text(encoding="utf-8").startswith("step,low,high")


def test_the_journey_of_a_deposit(capsys):
    code, out, _ = run(
        capsys, "chain", "--mineral", "ree", "--alliance", FOUR, "--deposit", "mt-weld"
    )
    assert code == 0
    assert "Lynas Malaysia" in out
    assert "inside the alliance" in out


@pytest.mark.parametrize(
    "args",
    [
        ("--mineral", "cheese"),
        ("--mineral", "gallium"),
        ("--mineral", "ree", "--alliance", "nobody"),
        ("--mineral", "ree", "--deposit", "nowhere"),
        ("--mineral", "ree", "--yields", "missing.csv"),
        ("--mineral", "ree", "--alliance", "msp", "--as-of", "2026-11-22"),
    ],
)
def test_what_is_refused_is_one_line(capsys, args):
    code, out, err = run(capsys, "chain", *args)
    assert code == 2
    assert out == ""
    assert err.count("\n") == 1
