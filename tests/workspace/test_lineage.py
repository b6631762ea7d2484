"""Lineage: what a file was made of, and the command that makes the same file again."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from gisapp.__main__ import main
from gisapp.data.shipped import default_layers, manifest
from gisapp.model.layer import Layer
from gisapp.model.scenario import Scenario
from gisapp.model.vocabulary import Basis, Stage
from gisapp.render.lineage import read_lineage
from gisapp.render.picture import Elements, FrameSpec, Nudge, Show, ThemeName
from gisapp.workspace.deck_plan import DeckPlan, Per
from gisapp.workspace.example import new_state
from gisapp.workspace.lineage import PROJECT, command_of, layer_digest, lineage_of, project_hash
from gisapp.workspace.state import LayerEntry, MapView, ProjectState, Question, Selection
from tests.workspace.conftest import Desk

#: A map that is quick to make.
FRAME = FrameSpec(
    size="4:3",
    dpi=72,
    theme=ThemeName.DARK,
    bounds=(-20.0, -36.0, 60.0, 10.0),
    elements=Elements(legend=Show.NO, locator=Show.NO, labels=Show.NO),
)


@pytest.fixture(scope="module")
def project() -> ProjectState:
    question = Question(mineral="beryllium", alliance="quad", view="coverage")
    return new_state(default_layers()).with_(question=question, frame=FRAME)


def test_lineage_names_command_project_inputs_versions_and_day(project: ProjectState) -> None:
    told = dict(lineage_of(project))
    assert list(told)[:2] == ["Command", "Project"]
    digests = {entry.title: entry.sha256 for entry in manifest()}
    assert told["Input Deposits"] == f"sha256:{digests['Deposits']}"
    assert told["Versions"].startswith("gisapp ")
    assert told["As of"] == "2026-11-22"
    assert len(told) == len(lineage_of(project))


def test_of_layers_of_one_name_each_is_told(
    project: ProjectState, points: Callable[..., Layer]
) -> None:
    mine = replace(points(name=["a"]), id="mine", name="Deposits")
    told = dict(lineage_of(project.with_(layers=(LayerEntry(mine), *project.layers))))
    assert told["Input Deposits"] == layer_digest(mine)
    assert told["Input Deposits (2)"] == dict(lineage_of(project))["Input Deposits"]


def test_the_hash_is_of_what_pages_depend_on(project: ProjectState) -> None:
    same = project.with_(view=MapView(9.0, 9.0, 9.0), selection=Selection("deposits"))
    assert project_hash(same) == project_hash(project)
    others = [
        project.with_(title="Another"),
        project.with_(frame=replace(FRAME, dpi=96)),
        project.with_(question=replace(project.question, stage=Stage.MINING)),
        project.with_entry("deposits", visible=False),
        project.with_entry("deposits", opacity=0.5),
        project.with_(scenarios=(Scenario("None"),)),
    ]
    hashes = {project_hash(state) for state in (project, *others)}
    assert len(hashes) == len(others) + 1


def test_a_layer_of_ones_own_is_told_by_its_places_and_columns(
    points: Callable[..., Layer],
) -> None:
    layer, again = points(name=["a", "b"]), points(name=["a", "b"])
    assert layer_digest(layer) == layer_digest(again)
    assert layer_digest(points(name=["a", "c"])) != layer_digest(layer)
    moved = layer.with_(features=type(layer.features).from_points(
        layer.features.lonlat + np.array([0.0, 1e-9]), layer.features.columns
    ))  # fmt: skip
    assert layer_digest(moved) != layer_digest(layer)


def test_a_command_says_all_that_words_can_say(
    project: ProjectState, points: Callable[..., Layer]
) -> None:
    words = shlex.split(command_of(project, FRAME))
    assert words[:3] == ["gisapp", "export", "OUT.pptx"]
    assert words[words.index("--bounds") + 1] == "-20,-36,60,10"
    assert words[words.index("--hide") + 1] == "legend,locator,labels"
    by = replace(project.question, by=Basis.CONTROL, plant_inside=False, owner_inside=True)
    assert PROJECT not in command_of(project.with_(question=by), FRAME)
    for state, frame in (
        (project.with_(layers=(LayerEntry(points()), *project.layers)), FRAME),
        (project.with_(scenarios=(Scenario("x"),)), FRAME),
        (project.with_entry("deposits", opacity=0.5), FRAME),
        (project.with_(question=replace(project.question, deposit="x")), FRAME),
        (project, replace(FRAME, nudges=(Nudge("Bayan Obo", 3.0, 4.0),))),
    ):
        assert command_of(state, frame) == f"gisapp export OUT.pptx --project {PROJECT}"
    plan = DeckPlan(Per.YEAR, keys=("2020", "2030"), appendix=False)
    assert command_of(project, FRAME, plan).endswith("--per year --only 2020,2030 --no-appendix")


@pytest.mark.parametrize("ending", [".png", ".svg", ".pdf", ".pptx"])
def test_window_and_its_own_command_write_the_same_bytes(
    desk: Desk, project: ProjectState, tmp_path: Path, ending: str
) -> None:
    here, there = tmp_path / f"here{ending}", tmp_path / f"there{ending}"
    desk.session.open(project)
    desk.run("map.export", path=here)
    lineage = read_lineage(here)
    assert lineage == lineage_of(project)
    words = [str(there) if w == "OUT.pptx" else w for w in shlex.split(dict(lineage)["Command"])]
    assert main(words[1:]) == 0
    assert there.read_bytes() == here.read_bytes()


def test_window_and_its_own_command_write_the_same_deck(
    desk: Desk, project: ProjectState, tmp_path: Path
) -> None:
    here, there = tmp_path / "here.pptx", tmp_path / "there.pptx"
    desk.session.open(project)
    desk.run("deck.export", path=here, keys=["beryllium", "niobium"], agenda=False)
    words = shlex.split(dict(read_lineage(here))["Command"])
    assert words[:2] == ["gisapp", "deck"]
    assert main([str(there) if word == "OUT.pptx" else word for word in words[1:]]) == 0
    assert there.read_bytes() == here.read_bytes()
