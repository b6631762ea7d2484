"""The style panel: columns, breaks that are dragged, undo, copy and paste."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from gisapp.gui.style_panel import StylePanel
from gisapp.model.style import Style
from gisapp.render.looks import classed
from gisapp.render.picture import ThemeName

LONG = 30_000


@pytest.fixture
def host(qtbot):
    """A window that the panels belong to: one that closes is gone for good."""
    window = QWidget()
    qtbot.addWidget(window)
    return window


@pytest.fixture
def panel(qtbot, session, home, host):
    made = StylePanel(session, "refineries", host)
    made.resize(440, 620)
    with qtbot.waitExposed(made):
        made.show()
    return made


def style_of(panel) -> Style:
    return panel.layer.style


def pick(box, value) -> None:
    box.setCurrentIndex(box.findData(value))
    box.activated.emit(box.currentIndex())


def classify(qtbot, panel, field="capacity") -> None:
    pick(panel.colour.field, field)
    qtbot.waitUntil(lambda: style_of(panel).graduated is not None, timeout=LONG)


def test_a_text_column_gives_categories_with_counts(qtbot, panel):
    pick(panel.colour.field, "status")
    qtbot.waitUntil(lambda: style_of(panel).categories is not None, timeout=LONG)
    values = [item.value for item in style_of(panel).categories.items]
    assert values[0] == "operating"
    assert panel.colour.list.isVisible()
    assert not panel.colour.editor.isVisible()
    panel.session.undo()
    assert style_of(panel) == Style()
    assert panel.colour.field.currentData() == ""


def test_a_drag_of_a_break_is_one_step_at_its_release(qtbot, panel):
    classify(qtbot, panel)
    editor, session = panel.colour.editor, panel.session
    before, steps = editor.breaks, len(session.history.steps)
    glimpsed = []
    session.pictured.connect(glimpsed.append)
    x, y = editor.x_of(before[2]), 40
    QTest.mousePress(editor, Qt.MouseButton.LeftButton, pos=QPoint(round(x), y))
    for step in (4, 8, 12):
        QTest.mouseMove(editor, QPointF(x + step, y).toPoint())
    qtbot.waitUntil(lambda: editor.breaks != before)
    qtbot.waitUntil(lambda: bool(glimpsed), timeout=LONG)
    assert len(session.history.steps) == steps  # the map shows it, the project has it not yet
    seen = next(d.layer.style for d in glimpsed[-1].layers if d.layer.id == "refineries")
    assert seen.graduated.scheme == "manual"
    QTest.mouseRelease(editor, Qt.MouseButton.LeftButton, pos=QPoint(round(x) + 12, y))
    assert len(session.history.steps) == steps + 1
    graduated = style_of(panel).graduated
    assert graduated.breaks == editor.breaks
    assert graduated.breaks[2] > before[2]
    assert graduated.breaks[:2] == before[:2]
    session.undo()
    assert style_of(panel).graduated.breaks == before
    assert editor.breaks == before


def test_breaks_never_pass_each_other_and_move_by_keys(qtbot, panel):
    classify(qtbot, panel)
    editor = panel.colour.editor
    x, far = editor.x_of(editor.breaks[1]), editor.x_of(editor.breaks[3])
    QTest.mousePress(editor, Qt.MouseButton.LeftButton, pos=QPoint(round(x), 40))
    QTest.mouseMove(editor, QPoint(round(far), 40))
    QTest.mouseRelease(editor, Qt.MouseButton.LeftButton, pos=QPoint(round(far), 40))
    assert list(editor.breaks) == sorted(set(editor.breaks))
    before = editor.breaks[1]
    editor.setFocus()
    QTest.keyClick(editor, Qt.Key.Key_Left)
    assert editor.breaks[1] < before
    assert style_of(panel).graduated.breaks == editor.breaks


def test_missing_values_are_told(qtbot, panel):
    classify(qtbot, panel)
    layer = panel.layer
    missing = int((~(layer.features.columns["capacity"] >= 0)).sum())
    assert f"{missing} rows have no number" in panel.colour.note.text()


def test_size_labels_and_clusters_are_steps(qtbot, panel):
    steps = len(panel.session.history.steps)
    pick(panel.size_page.field, "capacity")
    panel.labels.text.lineEdit().setText("{name}, {nonsense}")
    panel.labels.text.lineEdit().editingFinished.emit()
    assert "nonsense" in panel.labels.note.text()
    pick(panel.draw.way, "clusters")
    panel.draw.radius.setValue(55)
    style = style_of(panel)
    assert style.sized.field == "capacity"
    assert style.labels.text == "{name}, {nonsense}"
    assert style.clusters.radius == 55
    assert len(panel.session.history.steps) == steps + 4
    for _ in range(4):
        panel.session.undo()
    assert style_of(panel) == Style()


def test_a_style_is_copied_to_another_layer(qtbot, panel, host):
    classify(qtbot, panel)
    panel.copy()
    panel.session.run("style.reset", layer_id="deposits")
    other = StylePanel(panel.session, "deposits", host)
    other.paste()
    assert style_of(other) == style_of(panel)
    rows = np.arange(len(other.layer.features))
    assert len(classed(other.layer, rows, ThemeName.LIGHT).classes) > 2


def test_the_panel_goes_with_its_layer(qtbot, panel, host):
    panel.session.run("layer.remove", layer_id="refineries")
    qtbot.waitUntil(lambda: not host.findChildren(StylePanel))
    panel.session.run("layer.remove", layer_id="deposits")  # nobody listens any more
