from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QToolButton, QVBoxLayout

from gisapp.gui.view_tabs import ViewTabs

TITLES = ("Coverage", "Distance", "Chain", "Flows", "Routes", "Scenarios", "Facilities")


@pytest.fixture
def tabs(qtbot) -> ViewTabs:
    head = QVBoxLayout()
    head.addWidget(QLabel("What all share"))
    tabs = ViewTabs(head)
    qtbot.addWidget(tabs)
    for title in TITLES:
        tabs.addTab(QLabel(title), title, f"About {title}")
    return tabs


@pytest.mark.parametrize(("width", "rows"), [(900, 1), (300, 2), (160, 4)])
def test_no_title_is_cut_however_narrow(qtbot, tabs, width, rows):
    tabs.resize(width, 400)
    with qtbot.waitExposed(tabs):
        tabs.show()
    buttons = tabs.findChildren(QToolButton)
    assert [button.text() for button in buttons] == list(TITLES)
    for button in buttons:
        assert button.width() >= button.sizeHint().width()
        assert tabs.rect().contains(button.mapTo(tabs, button.rect().bottomRight()))
    assert len({button.y() for button in buttons}) >= rows - 1
    assert len({button.y() for button in buttons}) <= rows + 1


def test_a_click_shows_the_page(qtbot, tabs):
    with qtbot.waitSignal(tabs.currentChanged) as changed:
        tabs.findChildren(QToolButton)[3].click()
    assert changed.args == [3]
    assert tabs.currentIndex() == 3
    with qtbot.assertNotEmitted(tabs.currentChanged):
        tabs.setCurrentIndex(3)


def test_arrows_go_to_the_tab_beside(qtbot, tabs):
    tabs.show()
    first = tabs.findChildren(QToolButton)[0]
    qtbot.keyClick(first, Qt.Key.Key_Left)
    assert tabs.tabText(tabs.currentIndex()) == "Facilities"
    qtbot.keyClick(tabs.findChildren(QToolButton)[-1], Qt.Key.Key_Right)
    assert tabs.currentIndex() == 0
