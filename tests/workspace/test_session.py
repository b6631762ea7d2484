import threading

import numpy as np
import pytest

from gisapp.data.writer import write_layers
from gisapp.model.facts import Facts
from gisapp.model.features import Features
from gisapp.model.feedback import Feedback, GisappError, Severity, Signal
from gisapp.model.layer import Layer
from gisapp.model.vocabulary import Role
from gisapp.workspace.answer import Answer
from gisapp.workspace.commands import Command, Job, Registry
from gisapp.workspace.picturing import picture_of
from gisapp.workspace.project_commands import project_commands
from gisapp.workspace.session import Session
from gisapp.workspace.state import ProjectState


def no_answer(_state: ProjectState, _facts: Facts, _feedback: Feedback) -> Answer:
    return Answer("", "", None, None, None)


@pytest.fixture
def session(facts):
    registry = Registry()
    for command in project_commands():
        registry.add(command)
    made = Session(registry, facts, picturer=picture_of, answerer=no_answer)
    yield made
    made.close()


def test_undo_and_redo_travel(session):
    for title in "abc":
        session.run("title.set", title=title)
    assert session.can("edit.undo")
    session.run("edit.undo")
    session.undo()
    assert session.state.title == "a"
    assert session.can("edit.redo")
    session.run("edit.redo")
    assert session.state.title == "b"
    session.run("history.go", index=0)
    assert session.state.title == ""
    session.run("edit.undo")  # nothing to undo: nothing happens
    assert session.state.title == ""
    session.run("history.go", index=99)
    assert session.state.title == "c"
    session.run("history.go", index=1)
    session.run("title.set", title="z")
    assert not session.can("edit.redo")
    assert [s.title for s in session.history.steps] == ["Open", "Title", "Title"]


def test_dirty_is_what_differs_from_the_saved_state(session, tmp_path):
    assert not session.dirty
    session.run("title.set", title="a")
    assert session.dirty
    session.run("project.save", path=tmp_path / "p")
    session.jobs.wait()
    assert not session.dirty
    assert session.path == tmp_path / "p.gpkg"
    session.undo()
    assert session.dirty
    session.redo()
    assert not session.dirty


def test_saving_a_copy_stays_in_the_project(session, tmp_path):
    session.run("title.set", title="a")
    session.run("project.save_copy", path=tmp_path / "copy.gpkg")
    session.jobs.wait()
    assert session.dirty
    assert session.path is None
    assert (tmp_path / "copy.gpkg").exists()


def test_a_change_while_saving_stays_dirty(session, tmp_path):
    session.run("title.set", title="a")
    session.run("project.save", path=tmp_path / "p.gpkg")
    session.run("title.set", title="b")
    session.jobs.wait()
    assert session.dirty


def test_a_newer_job_of_a_purpose_silences_the_older(session):
    gate = threading.Event()
    done = []

    def job(name, wait):
        def work(feedback):
            if wait:
                gate.wait(10)
            return name

        return Job("p", name, work, lambda state, result: (done.append(result), state)[1])

    session.registry.add(Command("t.old", "Old", lambda _s: job("old", wait=True)))
    session.registry.add(Command("t.new", "New", lambda _s: job("new", wait=False)))
    session.run("t.old")
    session.run("t.new")
    gate.set()
    session.jobs.wait()
    session.jobs.close()
    assert done == ["new"]


def test_what_goes_wrong_is_reported_and_never_raised(session):
    reports = []
    session.reported.connect(reports.append)

    def refuse(_feedback):
        raise GisappError("x", "It is refused.", "Try another.")

    def fault(_feedback):
        raise RuntimeError("a fault of ours")

    session.registry.add(Command("t.no", "No", lambda _s: Job("p", "", refuse, lambda s, _r: s)))
    session.registry.add(Command("t.bug", "Bug", lambda _s: Job("p", "", fault, lambda s, _r: s)))
    session.run("t.no")
    session.jobs.wait()
    session.run("t.bug")
    session.jobs.wait()
    assert [r.severity for r in reports] == [Severity.ERROR, Severity.ERROR]
    assert (reports[0].message, reports[0].hint) == ("It is refused.", "Try another.")
    assert "a fault of ours" in reports[1].message


def test_a_stale_answer_is_marked_before_the_new_one_comes(desk):
    desk.run("question.mineral", mineral="lithium")
    assert desk.answers[0] is None
    assert desk.answers[-1] is not None
    count = len(desk.answers)
    desk.run("layer.style", layer_id="deposits", color="#112233")  # looks ask nothing
    assert len(desk.answers) == count
    desk.run("layer.show", layer_id="deposits", visible=False)  # what is hidden is not counted
    assert len(desk.answers) == count + 2


def test_the_first_picture_needs_no_answer(desk):
    desk.session.refresh()
    assert len(desk.pictures) == 1
    desk.session.jobs.wait()
    assert len(desk.pictures) == 2


def test_a_preview_shows_until_its_job_ends(session):
    pictures, go = [], threading.Event()
    session.pictured.connect(lambda picture: pictures.append(picture.title))

    def job(fails):
        preview = Signal()

        def work(_feedback):
            preview.emit(lambda state: state.with_(title="early"))
            go.wait(10)
            if fails:
                raise GisappError("x", "It failed.")
            return "late"

        return Job("p", "", work, lambda state, title: state.with_(title=title), preview)

    session.registry.add(Command("t.good", "Good", lambda _s: job(fails=False)))
    session.registry.add(Command("t.bad", "Bad", lambda _s: job(fails=True)))
    go.set()
    session.run("t.good")
    session.jobs.wait()
    assert pictures == ["early", "late"]
    assert [s.title for s in session.history.steps] == ["Open", "Good"]
    del pictures[:]
    session.run("t.bad")
    session.jobs.wait()
    session.jobs.work_off()
    assert pictures == ["early", "late"]  # the failed one is taken off again
    assert session.state.title == "late"


def test_files_opened_one_after_the_other_all_come(desk, tmp_path):
    session = desk.session
    for name in ("one", "two"):
        path = tmp_path / f"{name}.csv"
        path.write_text("name,lon,lat\nA,10,50\n", encoding="utf-8")
        session.run("layer.open", paths=[path])
    session.jobs.wait()
    assert {"one", "two"} <= {entry.layer.name for entry in session.state.layers}
    # what is read for a project that is left does not come into the next one
    session.run("layer.open", paths=[tmp_path / "one.csv"])
    session.open(ProjectState())
    session.jobs.wait()
    assert not session.state.layers


def test_a_large_file_shows_before_its_attributes(desk, tmp_path):
    count = 60_000
    columns = {"name": np.array([f"m{i}" for i in range(count)], dtype=object)}
    lonlat = np.column_stack([np.linspace(-170, 170, count), np.linspace(-60, 60, count)])
    layer = Layer("big", "Big", Role.DEPOSIT, Features.from_points(lonlat, columns))
    write_layers(tmp_path / "big.shp", [layer])
    desk.run("layer.open", paths=[tmp_path / "big.shp"])
    drawn = [
        [d.layer for d in picture.layers if d.layer.name == "big"] for picture in desk.pictures
    ]
    first = next(layers for layers in drawn if layers)[0]
    assert (len(first.features), dict(first.features.columns)) == (count, {})
    assert "name" in desk.state.layers[0].layer.features.columns
    assert len(desk.state.layers) == 5
