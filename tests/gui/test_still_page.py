"""The exported page in the real web engine, opened from a file as anyone would."""

from datetime import date

import numpy as np
import pytest
from PySide6.QtCore import QUrl
from PySide6.QtGui import QColor, QImage
from PySide6.QtWebEngineCore import (
    QWebEnginePage,
    QWebEngineProfile,
    QWebEngineUrlRequestInterceptor,
)
from PySide6.QtWebEngineWidgets import QWebEngineView

from gisapp.data.shipped import default_layers
from gisapp.render.page import write_html
from gisapp.render.picture import DrawnLayer, Picture, Shading, ThemeName
from gisapp.render.symbology import palette


class Watch(QWebEngineUrlRequestInterceptor):
    """Notes every address that is asked for."""

    def __init__(self):
        super().__init__()
        self.asked = []

    def interceptRequest(self, info):
        self.asked.append(info.requestUrl().toString()[:60])


class Page(QWebEnginePage):
    def __init__(self, profile):
        super().__init__(profile)
        self.said = []

    def javaScriptConsoleMessage(self, _level, message, _line, _source):
        self.said.append(message)


def count(image, name, reach=12):
    image = image.convertToFormat(QImage.Format.Format_RGBA8888)
    data = (
        np.frombuffer(image.constBits(), np.uint8)
        .reshape(image.height(), -1, 4)[..., :3]
        .astype(int)
    )
    return int((np.abs(data - QColor(name).getRgb()[:3]).max(axis=2) <= reach).sum())


@pytest.mark.parametrize("theme", [ThemeName.LIGHT, ThemeName.DARK])
def test_it_opens_offline_and_shows_everything(qapp, qtbot, tmp_path, theme):
    layers = tuple(DrawnLayer(layer) for layer in reversed(default_layers()))
    shading = (Shading("Partnership", frozenset({"USA", "AUS", "CAN"})),)
    path = tmp_path / "map.html"
    write_html(
        Picture("Sites", "", layers, date(2026, 11, 22), ("USGS",), shading), path, theme=theme
    )
    profile, watch = QWebEngineProfile(), Watch()
    profile.setUrlRequestInterceptor(watch)
    page = Page(profile)
    view = QWebEngineView()
    view.setPage(page)
    view.resize(1200, 700)
    view.show()
    with qtbot.waitSignal(page.loadFinished, timeout=20_000) as done:
        page.load(QUrl.fromLocalFile(str(path)))
    assert done.args == [True]
    colors = palette(theme)
    try:
        for name, least in (
            (colors.land, 30_000),
            (colors.deposit, 1_000),
            (colors.refinery, 1_000),
            (colors.magnet_plant, 100),
        ):
            qtbot.waitUntil(
                lambda n=name, m=least: count(view.grab().toImage(), n) > m, timeout=20_000
            )
        assert page.said == []
        assert {address.split(":")[0] for address in watch.asked} <= {"file", "data"}
        before = count(view.grab().toImage(), colors.refinery)
        page.runJavaScript("document.querySelector('[data-layer=refineries]').click()")
        qtbot.waitUntil(lambda: count(view.grab().toImage(), colors.refinery) < before / 3)
    finally:
        view.close()
        page.deleteLater()
        page.destroyed.connect(profile.deleteLater)
        view.deleteLater()
