"""A linked layer in the window: made by its menu, greyed when its file is gone, found by hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PySide6.QtWidgets import QFileDialog

from gisapp.data.writer import write_layers
from gisapp.model.features import Features
from gisapp.model.layer import Layer
from gisapp.model.vocabulary import Role


def test_a_link_is_made_lost_and_found(qtbot, make_window, tmp_path):
    window = make_window()
    session = window.session
    file = tmp_path / "data" / "mines.gpkg"
    file.parent.mkdir()
    places = Features.from_points(np.array([[10.0, 50.0]]), {"mineral": np.array(["tin"], object)})
    write_layers(file, [Layer("m", "mines", Role.DEPOSIT, places)])
    session.run("layer.open", paths=[file])
    qtbot.waitUntil(lambda: any(e.layer.name == "mines" for e in session.state.layers))
    layer_id = next(e.id for e in session.state.layers if e.layer.name == "mines")
    window.layers.list.setCurrentRow([e.id for e in session.state.layers].index(layer_id))
    window.actions["layer.link"].trigger()
    assert session.state.entry(layer_id).layer.source.linked
    project = tmp_path / "p.gpkg"
    session.run("project.save", path=project)
    qtbot.waitUntil(lambda: not session.dirty)
    moved = tmp_path / "away" / "elsewhere" / "m.gpkg"
    moved.parent.mkdir(parents=True)
    file.rename(moved.with_suffix(".txt"))  # neither name nor ending tell it
    session.run("project.open", path=project)
    qtbot.waitUntil(lambda: session.state.entry(layer_id).layer.is_missing)
    moved.with_suffix(".txt").rename(moved)
    window.layers.list.setCurrentRow([e.id for e in session.state.layers].index(layer_id))
    window.actions["layer.relink"].trigger()
    dialog = window.shell.findChildren(QFileDialog)[-1]
    dialog.fileSelected.emit(str(moved))
    dialog.reject()
    qtbot.waitUntil(lambda: len(session.state.entry(layer_id).layer.features) == 1)
    assert Path(session.state.entry(layer_id).layer.source.path) == moved
