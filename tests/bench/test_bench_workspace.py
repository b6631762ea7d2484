"""What a user waits for: the first state, a changed word, a large project saved and opened."""

from dataclasses import replace

import numpy as np
import pytest

from gisapp.data.shipped import default_layers, load_facts
from gisapp.model.features import Features
from gisapp.model.feedback import Feedback
from gisapp.model.layer import Layer
from gisapp.model.vocabulary import Role
from gisapp.workspace.answering import answer_of
from gisapp.workspace.example import example_state
from gisapp.workspace.layer_commands import add_layers
from gisapp.workspace.picturing import picture_of
from gisapp.workspace.project_file import open_project, save_project
from gisapp.workspace.state import ProjectState


@pytest.fixture
def example():
    return example_state(default_layers())


@pytest.mark.parametrize("view", ["coverage", "distance"])
def test_answer_of_the_example(benchmark, example, view):
    state = example.with_(question=replace(example.question, view=view))
    benchmark(answer_of, state, load_facts(), Feedback())


def test_picture_of_the_example(benchmark, example):
    answer = answer_of(example, load_facts(), Feedback())
    benchmark(picture_of, example, load_facts(), answer)


@pytest.fixture(scope="module")
def million():
    rng = np.random.default_rng(1)
    lonlat = np.column_stack([rng.uniform(-180, 180, 10**6), rng.uniform(-80, 80, 10**6)])
    columns = {"tonnes": rng.uniform(size=10**6), "name": np.array(["a", "b"] * 500_000, object)}
    layer = Layer("big", "Big", Role.DEPOSIT, Features.from_points(lonlat, columns))
    return add_layers(ProjectState(), [layer])


def test_save_a_million_points(benchmark, million, tmp_path):
    benchmark.pedantic(save_project, (million, tmp_path / "p.gpkg"), rounds=2)


def test_open_a_million_points(benchmark, million, tmp_path):
    save_project(million, tmp_path / "p.gpkg")
    benchmark.pedantic(open_project, (tmp_path / "p.gpkg",), rounds=2)
