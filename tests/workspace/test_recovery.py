import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import shapely

from gisapp.model.features import Features
from gisapp.model.feedback import GisappError
from gisapp.model.layer import Layer
from gisapp.model.vocabulary import Role
from gisapp.workspace.layer_commands import add_layers
from gisapp.workspace.recovery import DELAY, Autosave, later, lost_projects, recover


class Clock:
    """Puts calls off until the test lets them happen."""

    def __init__(self):
        self.calls = []

    def __call__(self, seconds, call):
        assert seconds <= 3.0
        self.calls.append(call)
        return self

    def cancel(self):
        self.calls.clear()

    def strike(self):
        calls, self.calls = self.calls, []
        for call in calls:
            call()


def written(autosave) -> dict[str, int]:
    """Return the files of features, and when they were written."""
    return {file.name: file.stat().st_mtime_ns for file in autosave.folder.glob("*.arrow")}


@pytest.fixture
def autosave(desk, tmp_path):
    clock = Clock()
    made = Autosave(desk.session, tmp_path, clock)
    made.clock = clock
    yield made
    made.close()


def test_many_changes_are_one_writing_of_the_last(desk, autosave):
    for title in "abc":
        desk.run("title.set", title=title)
    assert len(autosave.clock.calls) == 1
    autosave.clock.strike()
    assert recover(autosave.folder).state.title == "c"
    desk.run("title.set", title="d")
    autosave.clock.strike()
    assert recover(autosave.folder).state.title == "d"


def test_features_are_written_once_and_come_back(desk, autosave, points):
    own = points("own", name=["a", "b"], size=[1.5, 2.5])
    desk.session.open(add_layers(desk.state, [own]))
    desk.run("title.set", title="a")
    autosave.clock.strike()
    before = written(autosave)
    assert len(before) == 3  # two columns, the places
    desk.run("layer.rename", layer_id="own", name="Renamed")
    autosave.clock.strike()
    assert written(autosave) == before
    back = recover(autosave.folder)
    assert back.dirty
    layer = back.state.entry("own").layer
    assert layer.name == "Renamed"
    np.testing.assert_array_equal(layer.features.lonlat, own.features.lonlat)


def test_an_edit_writes_the_column_that_it_touched(desk, autosave, points):
    own = points("own", name=["a", None, "c"], size=[1.5, float("nan"), 2.5], n=[1, 2, 3])
    shapes = [shapely.box(0, 0, 1, 1), None, shapely.Point(2, 3)]
    areas = Layer("areas", "Areas", Role.REFERENCE, Features.from_shapes(shapes, {}))
    desk.session.open(add_layers(desk.state, [own, areas]))
    desk.run("cell.set", layer_id="own", column="size", rows=[1], value="7")
    autosave.clock.strike()
    before = written(autosave)
    desk.run("cell.set", layer_id="own", column="name", rows=[1], value="b")
    autosave.clock.strike()
    after = written(autosave)
    assert len(after) == len(before)  # the old column went
    assert len(after.items() - before.items()) == 1
    back = recover(autosave.folder).state
    layer = back.entry("own").layer
    assert layer.features.columns["name"].tolist() == ["a", "b", "c"]
    assert layer.features.columns["size"].tolist() == [1.5, 7.0, 2.5]
    assert layer.features.columns["n"].dtype == np.int64
    assert layer.is_edited
    assert back.entry("areas").layer.features.geometry.tolist() == shapes
    desk.session.undo()
    desk.session.undo()
    desk.session.redo()
    autosave.clock.strike()
    restored = recover(autosave.folder).state.entry("own").layer.features
    assert restored.columns["name"].tolist() == ["a", None, "c"]


def test_what_is_saved_needs_no_copy(desk, autosave, tmp_path):
    desk.run("title.set", title="a")
    autosave.clock.strike()
    desk.run("project.save", path=tmp_path / "p.gpkg")
    autosave.clock.strike()
    assert not (autosave.folder / "state.json").exists()
    desk.run("title.set", title="b")
    autosave.clock.strike()
    assert recover(autosave.folder).path == tmp_path / "p.gpkg"


def test_a_running_application_is_not_lost_and_one_that_was_left_leaves_nothing(
    desk, autosave, tmp_path
):
    desk.run("title.set", title="a")
    autosave.clock.strike()
    assert lost_projects(tmp_path) == ()
    autosave.close()
    assert list(tmp_path.glob("run-*")) == []


def test_a_disk_that_refuses_is_logged_and_nothing_breaks(desk, autosave, caplog):
    desk.run("title.set", title="a")
    for file in autosave.folder.iterdir():
        file.unlink()
    autosave.folder.rmdir()
    autosave.clock.strike()
    assert "recovery copy" in caplog.text


def test_the_real_timer_writes_within_three_seconds(desk, tmp_path):
    import threading

    written = threading.Event()

    def soon(seconds, call):
        assert seconds == DELAY

        def both():
            call()
            written.set()

        return later(0.01, both)

    autosave = Autosave(desk.session, tmp_path, soon)
    desk.run("title.set", title="a")
    assert written.wait(10)
    assert recover(autosave.folder).state.title == "a"
    autosave.close()


CRASH = """
import sys
from pathlib import Path
from gisapp.data.shipped import default_layers
from gisapp.workspace.example import new_state
from gisapp.workspace.recovery import Autosave, later
from gisapp.workspace.startup import new_session

session = new_session(state=new_state(default_layers()))
autosave = Autosave(session, Path(sys.argv[1]), lambda seconds, call: later(0.0, call))
session.run("question.mineral", mineral="tin")
session.run("title.set", title="before the crash")
while not (autosave.folder / "state.json").exists() or "before the crash" not in (
    autosave.folder / "state.json"
).read_text(encoding="utf-8"):
    pass
print("ready", flush=True)
sys.stdin.read()
"""


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
def test_a_killed_application_is_recovered(desk, tmp_path):
    process = subprocess.Popen(
        [sys.executable, "-c", CRASH, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout.readline() == "ready\n"
    assert lost_projects(tmp_path) == ()  # it still runs
    process.send_signal(signal.SIGKILL)
    process.communicate()
    (lost,) = lost_projects(tmp_path)
    assert lost.path is None
    desk.run("project.recover", folder=lost.folder)
    assert (desk.state.title, desk.state.question.mineral) == ("before the crash", "tin")
    assert desk.session.dirty
    assert lost_projects(tmp_path) == ()


def test_a_damaged_copy_is_refused_in_words(tmp_path):
    folder = tmp_path / "run-x"
    folder.mkdir()
    (folder / "state.json").write_text("{", encoding="utf-8")
    (lost,) = lost_projects(tmp_path)
    with pytest.raises(GisappError, match="recovered"):
        recover(lost.folder)


def test_an_empty_folder_is_tidied(tmp_path):
    Path(tmp_path / "run-y").mkdir()
    assert lost_projects(tmp_path) == ()
    assert list(tmp_path.iterdir()) == []
    assert lost_projects(tmp_path / "none") == ()
