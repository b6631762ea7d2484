"""The page in the window: what is seen, edited, moved and copied is what is exported."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest
from pptx import Presentation
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QEnterEvent, QGuiApplication, QImage, QWheelEvent
from PySide6.QtWidgets import QApplication, QLabel

from gisapp.gui.page_area import PageArea
from gisapp.gui.page_copy import SVG, PageCopy
from gisapp.gui.page_elements import ElementsList, standing
from gisapp.gui.page_panel import PagePanel
from gisapp.gui.page_texts import Handle, handles_of
from gisapp.gui.template_dialog import TemplateDialog
from gisapp.render.picture import FrameSpec, Show, SlideTemplate, ThemeName
from gisapp.render.vision import Sight
from gisapp.workspace.paging import page_scene
from gisapp.workspace.startup import new_session
from tests.gui.conftest import LONG, Bridge

HERE = (100.0, -45.0, 160.0, 0.0)


@pytest.fixture(scope="module")
def opened(qapp) -> Iterator[PageArea]:
    """Return the page of the worked example, answered: it takes a second."""
    bridge = Bridge()
    session = new_session(bridge.called.emit)
    area = PageArea(session)
    area.resize(900, 620)
    area.show()
    session.refresh()
    yield area
    area.hide()
    area.deleteLater()
    session.close()


@pytest.fixture
def page(opened, qtbot) -> Iterator[PageArea]:
    """Return the page, fresh; every test leaves the project as it was."""
    settle(opened, qtbot)
    qtbot.mouseClick(opened.sheet, Qt.MouseButton.LeftButton, pos=QPoint(2, 2))  # on nothing
    yield opened
    opened.view.set_zoom(None)
    opened.session.go(0)


def settle(page: PageArea, qtbot) -> None:
    qtbot.waitUntil(lambda: page.fresh_scene is not None, timeout=LONG)


def handle(page: PageArea, kind: str, text: str = "") -> Handle:
    return next(h for h in page.sheet.handles if h.kind == kind and text in h.text)


def spot(page: PageArea, at: QPointF) -> QPoint:
    return (at * page.sheet.scale).toPoint()


def test_the_page_is_the_one_that_is_exported(page):
    session = page.session
    same = page_scene(page.picture, session.state.frame)
    assert page.scene.title == session.answer.headline
    assert [item.name for item in page.scene.items] == [item.name for item in same.items]
    assert page.sheet.accessibleName() == f"Page: {session.answer.headline}"
    image = page.sheet.grab().toImage()
    assert len({image.pixel(x, y) for x in range(0, image.width(), 9) for y in (200, 260)}) > 5


def test_it_fits_the_room_and_is_as_large_as_on_paper_at_100_percent(page, qtbot):
    room = page.view.viewport().size()
    assert page.sheet.width() <= room.width()
    assert page.sheet.height() <= room.height()
    page.view.set_zoom(1.0)
    assert page.sheet.width() == round(page.scene.width * 96 / 72)
    qtbot.waitUntil(lambda: page.sheet.image.width() == page.sheet.width(), timeout=LONG)
    assert page.zoom.currentText() == "100 %"


def test_another_question_makes_the_page_stale_and_then_new(page, qtbot):
    page.session.run("question.mineral", mineral="lithium")
    assert page.is_stale
    assert page.state.text()
    settle(page, qtbot)
    assert "lithium" in page.scene.title
    assert not page.state.text()


def test_a_title_is_written_in_place_and_an_empty_one_lets_the_result_speak(page, qtbot):
    session, headline = page.session, page.session.answer.headline
    qtbot.mouseClick(
        page.sheet, Qt.MouseButton.LeftButton, pos=spot(page, handle(page, "title").box.center())
    )
    editor = page.sheet.editor
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    assert session.state.title == ""  # nothing was written
    page.sheet.edit(handle(page, "title"))
    editor = page.sheet.editor
    assert editor.document().toRawText() == headline
    qtbot.keyClicks(editor, "Four nations mine 15 %")
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    assert session.state.title == "Four nations mine 15 %"
    settle(page, qtbot)
    assert handle(page, "title").text == "Four nations mine 15 %"
    page.sheet.edit(handle(page, "title"))
    qtbot.keyClicks(page.sheet.editor, "not this")
    qtbot.keyClick(page.sheet.editor, Qt.Key.Key_Escape)
    assert session.state.title == "Four nations mine 15 %"
    page.sheet.edit(handle(page, "title"))
    page.sheet.editor.clear()
    qtbot.keyClick(page.sheet.editor, Qt.Key.Key_Return)
    assert session.state.title == ""
    settle(page, qtbot)
    assert page.scene.title == headline


def test_a_title_that_was_cut_is_edited_whole(page):
    title = "Nobody reads a title of so many words on a slide " * 12
    frame = page.session.state.frame
    scene = page_scene(replace(page.picture, title=title.strip()), frame)
    cut = next(h for h in handles_of(scene) if h.kind == "title")
    assert cut.words.text.endswith("\u2026")
    assert cut.text == title.strip()


def test_a_scenario_stands_once_in_a_subtitle_that_was_edited(page, qtbot):
    page.rewrite("subtitle", "Scenario \u201cWar\u201d \u00b7 Shares of output")
    assert page.session.state.subtitle == "Scenario \u201cWar\u201d \u00b7 Shares of output"


def test_a_dragged_label_stays_where_it_was_dropped(page, qtbot):
    session, sheet = page.session, page.sheet
    label = handle(page, "label", "Mountain Pass")
    start = spot(page, label.box.center())
    end = start + QPoint(40, 60)
    qtbot.mousePress(sheet, Qt.MouseButton.LeftButton, pos=start)
    qtbot.mouseMove(sheet, start + QPoint(20, 20))
    qtbot.mouseMove(sheet, end)
    qtbot.mouseRelease(sheet, Qt.MouseButton.LeftButton, pos=end)
    (nudge,) = session.state.frame.nudges
    assert nudge.text == "Mountain Pass"
    steps = len(session.history.steps)
    qtbot.mouseClick(sheet, Qt.MouseButton.LeftButton, pos=QPoint(2, 2))  # before it is drawn
    assert len(session.history.steps) == steps
    settle(page, qtbot)
    moved = handle(page, "label", "Mountain Pass")
    way = (moved.box.center() - label.box.center()) * sheet.scale
    assert way.x() == pytest.approx(40, abs=1.5)
    assert way.y() == pytest.approx(60, abs=1.5)
    exported = page_scene(page.picture, session.state.frame)
    same = next(i for i in exported.items if i.name == "Mountain Pass" and i.group == "Labels")
    assert (same.x, same.y) == (moved.words.x, moved.words.y)
    at = spot(page, moved.box.center())
    qtbot.mouseDClick(sheet, Qt.MouseButton.LeftButton, pos=at)
    assert session.state.frame.nudges == ()
    session.undo()
    assert session.state.frame.nudges == (nudge,)


def test_keys_choose_texts_edit_them_and_move_labels(page, qtbot):
    sheet, session = page.sheet, page.session
    qtbot.keyClick(sheet, Qt.Key.Key_Down)
    assert sheet.chosen.kind == "title"
    qtbot.keyClick(sheet, Qt.Key.Key_Return)
    qtbot.keyClicks(sheet.editor, "Typed")
    qtbot.keyClick(sheet.editor, Qt.Key.Key_Return)
    assert session.state.title == "Typed"
    settle(page, qtbot)
    qtbot.keyClick(sheet, Qt.Key.Key_Delete)
    assert session.state.title == ""
    settle(page, qtbot)
    while sheet.chosen.kind != "label":
        qtbot.keyClick(sheet, Qt.Key.Key_Down)
    assert sheet.accessibleDescription().startswith("Label: ")
    name = sheet.chosen.text
    for _ in range(3):
        qtbot.keyClick(sheet, Qt.Key.Key_Right, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: bool(session.state.frame.nudges), timeout=LONG)
    assert [nudge.text for nudge in session.state.frame.nudges] == [name]
    assert len(session.history.steps) == 4  # one step for three strokes
    qtbot.keyClick(sheet, Qt.Key.Key_Delete)
    assert session.state.frame.nudges == ()


def test_a_first_caption_has_its_place_and_what_is_missing_is_said(page, qtbot):
    session, sheet = page.session, page.sheet
    there = handle(page, "caption")
    assert there.text == ""
    assert not any(there.box.intersects(other.box) for other in sheet.handles if other != there)
    spot = there.box.center() * sheet.scale
    qtbot.mouseClick(sheet, Qt.MouseButton.LeftButton, pos=spot.toPoint())
    qtbot.keyClicks(sheet.editor, "Mine")
    qtbot.keyClick(sheet.editor, Qt.Key.Key_Return)
    assert session.state.frame.caption == "Mine"
    session.run("frame.set", elements={"logo": Show.YES, "legend": Show.YES})
    settle(page, qtbot)
    elements = ElementsList()
    qtbot.addWidget(elements)
    elements.show_elements(session.state.frame.elements)
    elements.show_scene(page.scene)
    assert [name for name, none in elements.nones.items() if not none.isHidden()] == ["logo"]


def test_what_the_column_changes_is_on_the_page(page, qtbot):
    session = page.session
    panel = PagePanel(session, lambda: HERE, lambda: "")
    qtbot.addWidget(panel)
    panel.show_scene(page.scene)
    qtbot.waitUntil(lambda: not panel.projection.itemIcon(0).isNull(), timeout=LONG)
    assert panel.elements.ticks["legend"].isChecked()
    assert panel.elements.autos["legend"].isHidden()
    panel.elements.ticks["legend"].click()
    assert session.state.frame.elements.legend is Show.NO
    panel.extent.setCurrentIndex(panel.extent.findText("What the map shows now"))
    panel.extent.activated.emit(panel.extent.currentIndex())
    assert session.state.frame.bounds == HERE
    panel.caption.setText("A caption")
    panel.caption.editingFinished.emit()
    panel.look.setCurrentIndex(panel.look.findData(ThemeName.DARK))
    panel.look.activated.emit(panel.look.currentIndex())
    panel.labels.slider.setValue(2)
    qtbot.waitUntil(lambda: session.state.frame.max_labels == 5, timeout=LONG)
    panel.insets.adding.emit(None)
    assert session.state.frame.insets == (HERE,)
    settle(page, qtbot)
    there = standing(page.scene)
    assert "legend" not in there
    assert "scale_bar" in there
    assert handle(page, "caption").text == "A caption"
    assert page.scene.theme is ThemeName.DARK
    assert len([h for h in page.sheet.handles if h.kind == "label"]) <= 5
    panel.elements.autos["legend"].click()
    assert session.state.frame.elements.legend is Show.AUTO
    remove = panel.insets.findChildren(QLabel)
    assert (
        remove[0].text()
        == "100\u00b0\u00a0E to 160\u00b0\u00a0E, 45\u00b0\u00a0S to 0\u00b0\u00a0N"
    )
    panel.insets.add.menu().actions()[-1].trigger()
    assert panel.insets.findChildren(QLabel)[-1].text() == "South-East Asia"
    panel.insets.removing.emit(1)
    panel.insets.removing.emit(0)
    assert session.state.frame.insets == ()


def test_a_second_alliance_is_shaded_beside_the_first(page, qtbot):
    panel = PagePanel(page.session, lambda: None, lambda: "")
    qtbot.addWidget(panel)
    panel.also.setCurrentIndex(panel.also.findData("eu"))
    panel.also.activated.emit(panel.also.currentIndex())
    assert page.session.state.frame.also == ("eu",)
    settle(page, qtbot)
    assert [shading.title for shading in page.picture.shading][1] == "EU"
    assert "Alliance: EU" in page.scene.groups


def test_a_title_in_the_making_stays_when_something_else_changes(page, qtbot):
    session = page.session
    panel = PagePanel(session, lambda: None, lambda: "")
    qtbot.addWidget(panel)
    panel.title.setText("Half a ti")
    session.run("question.alliance", alliance="eu")
    settle(page, qtbot)
    assert panel.title.text() == "Half a ti"
    assert panel.title.placeholderText() == session.answer.headline
    assert panel.also.findData("eu") == -1
    assert panel.also.findData("g7") > 0
    session.run("title.set", title="A whole title")
    assert panel.title.text() == "A whole title"


def test_a_page_of_a_size_of_its_own(page, qtbot):
    panel = PagePanel(page.session, lambda: HERE, lambda: "")
    qtbot.addWidget(panel)
    assert panel.page_form.isRowVisible(panel.own_paper) is False
    panel.paper.setCurrentIndex(panel.paper.count() - 1)
    panel.paper.activated.emit(panel.paper.currentIndex())
    panel.high.setValue(120.0)
    assert page.session.state.frame.size == "339x120mm"
    settle(page, qtbot)
    assert page.scene.height == pytest.approx(120.0 / 25.4 * 72.0)
    panel.paper.setCurrentIndex(0)
    panel.paper.activated.emit(0)
    assert page.session.state.frame.size == "16:9"


def test_a_brand_of_a_file_dresses_the_page(page, qtbot, tmp_path):
    file = tmp_path / "harbour.json"
    colors = '{"paper": "#FFF8E7", "muted": "#F0E0C0"}'
    file.write_text(f'{{"name": "Harbour", "colors": {colors}}}', encoding="utf-8")
    panel = PagePanel(page.session, lambda: None, lambda: str(tmp_path))
    qtbot.addWidget(panel)
    panel.read_brand(file)
    qtbot.waitUntil(lambda: page.session.state.frame.brand is not None, timeout=LONG)
    assert panel.look.currentText() == "Harbour"
    brand = page.session.state.frame.brand
    settle(page, qtbot)
    assert page.scene.paper.color == "#FFF8E7"
    assert "contrast" in page.notices.text()
    page.mend.click()
    qtbot.waitUntil(lambda: page.session.state.frame.brand.colors != brand.colors, timeout=LONG)
    settle(page, qtbot)
    assert page.mend.isHidden()
    assert page.scene.paper.color == "#FFF8E7"


def test_a_brand_that_ships_is_a_choice_of_colours(page, qtbot, tmp_path):
    panel = PagePanel(page.session, lambda: None, lambda: str(tmp_path))
    qtbot.addWidget(panel)
    panel.look.setCurrentText("Graphite")
    panel.look.activated.emit(panel.look.currentIndex())
    qtbot.waitUntil(lambda: page.session.state.frame.brand is not None, timeout=LONG)
    assert page.session.state.frame.brand.name == "Graphite"
    assert panel.look.currentText() == "Graphite"
    assert (
        panel.look.findText("Graphite") == panel.look.count() - 2
    )  # once, before a file of one's own


def test_a_template_says_what_goes_where(page, qtbot, tmp_path):
    file = tmp_path / "house.pptx"
    Presentation().save(file)
    panel = PagePanel(page.session, lambda: None, lambda: str(tmp_path))
    qtbot.addWidget(panel)
    panel.read_template(str(file))
    qtbot.waitUntil(lambda: panel.findChild(TemplateDialog) is not None, timeout=LONG)
    dialog = panel.findChild(TemplateDialog)
    dialog.accept()  # as it was guessed
    assert page.session.state.frame.template == SlideTemplate(str(file))
    assert panel.template.currentText() == "house.pptx"
    panel.read_template(str(file))
    qtbot.waitUntil(lambda: panel.findChild(TemplateDialog) not in (None, dialog), timeout=LONG)
    dialog = panel.findChild(TemplateDialog)
    index = dialog.layout_box.findText("Two Content")
    dialog.layout_box.setCurrentIndex(index)
    title = dialog.boxes[0]
    title.setCurrentIndex(title.findData("subtitle"))
    assert dict(dialog.template.places) == {"layout": "Two Content", "Title 1": "subtitle"}
    dialog.drawing.grab()
    dialog.reject()
    assert page.session.state.frame.template == SlideTemplate(str(file))


def test_projections_are_chosen_by_their_look(page, qtbot):
    panel = PagePanel(page.session, lambda: None, lambda: "")
    qtbot.addWidget(panel)
    panel.show_scene(page.scene)
    box = panel.projection
    qtbot.waitUntil(lambda: not box.itemIcon(box.count() - 1).isNull(), timeout=LONG)
    looks = {box.itemIcon(i).pixmap(46, 28).toImage().constBits().tobytes() for i in range(9)}
    assert len(looks) == box.count() == 9


def test_the_page_is_seen_as_others_see_it(page, qtbot):
    before = page.sheet.image.copy()
    page.sight.setCurrentIndex(page.sight.findData(Sight.GREY))
    page.sight.activated.emit(page.sight.currentIndex())
    qtbot.waitUntil(lambda: page.sheet.image != before, timeout=LONG)
    image = page.sheet.image
    assert all(
        (c := image.pixelColor(x, y)).red() == c.green() == c.blue()
        for x in range(0, image.width(), 40)
        for y in range(0, image.height(), 40)
    )
    page.sight.setCurrentIndex(0)
    page.sight.activated.emit(0)


def test_a_page_that_cannot_be_drawn_says_why_in_place(page, qtbot):
    page.session.run("frame.set", projection="nix")
    qtbot.waitUntil(lambda: "cannot be drawn" in page.state.text(), timeout=LONG)
    assert page.notices.isVisible()
    assert page.notices.text()


def test_a_copy_is_picture_drawing_table_and_words(page, qtbot):
    board = QGuiApplication.clipboard()
    board.clear()
    with qtbot.waitSignal(board.dataChanged, timeout=LONG):
        PageCopy(page.session, page).copy()
    data = board.mimeData()
    assert data.text().splitlines()[0] == page.session.answer.headline
    image = QImage(data.imageData())
    frame = page.session.state.frame
    assert image.width() == round(page.scene.width * frame.dpi / 72)
    assert image.dotsPerMeterX() == pytest.approx(frame.dpi / 0.0254, abs=1)
    drawing = ET.fromstring(bytes(data.data(SVG).data()))
    assert drawing.tag == "{http://www.w3.org/2000/svg}svg"
    table = data.html()
    assert "China" in table
    assert "91.3" in table
    for source in page.picture.sources:
        assert source.split(";")[0].split("&")[0] in table


def test_the_command_that_makes_the_page_is_copied(page, qtbot):
    board = QGuiApplication.clipboard()
    with qtbot.waitSignal(board.dataChanged, timeout=LONG):
        PageCopy(page.session, page).copy_command()
    assert board.text().startswith("gisapp export ")
    assert "--mineral rare_earths" in board.text()


def test_the_window_shows_the_page_in_the_place_of_the_map(window, qtbot):
    window.session.refresh()
    window.actions["window.page"].trigger()
    assert window.page.isVisible()
    assert not window.area.ground.isVisible()
    assert window.docks["page"].isVisible()
    assert not window.docks["result"].isVisible()
    settle(window.page, qtbot)
    board = QGuiApplication.clipboard()
    board.clear()
    with qtbot.waitSignal(board.dataChanged, timeout=LONG):
        qtbot.keyClick(window.page.sheet, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert board.mimeData().hasImage()
    scroll = window.page_panel.rows
    assert scroll.widget().width() <= scroll.viewport().width()
    window.actions["window.page"].trigger()
    assert window.area.ground.isVisible()
    assert window.docks["result"].isVisible()
    assert not window.docks["page"].isVisible()


def test_the_wheel_over_the_column_changes_nothing(page, qtbot):
    panel = PagePanel(page.session, lambda: HERE, lambda: "")
    qtbot.addWidget(panel)
    panel.resize(300, 300)
    panel.show()
    place = QPointF(panel.paper.rect().center())
    QApplication.sendEvent(panel.rows, QEnterEvent(place, place, place))
    none = Qt.MouseButton.NoButton
    for box in (panel.paper, panel.dpi, panel.labels.slider):
        turned = QWheelEvent(
            place, QPointF(box.mapToGlobal(place)), QPoint(), QPoint(0, -120), none,
            Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        QApplication.sendEvent(box, turned)
    assert panel.paper.currentText() == "Slide 16:9"
    assert page.session.state.frame == FrameSpec()
