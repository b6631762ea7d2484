"""The exported page in the real web engine, opened from a file as anyone would."""

import json
import subprocess
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
from gisapp.render.picture import DrawnLayer, FrameSpec, Picture, Shading, ThemeName
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


def said(page, qtbot, expression):
    """Return what an expression gives in the page."""
    answers = []
    page.runJavaScript(f"JSON.stringify({expression})", 0, answers.append)
    qtbot.waitUntil(lambda: bool(answers), timeout=20_000)
    return json.loads(answers[0])


def press(page, where, *keys):
    page.runJavaScript(
        f"for (const key of {json.dumps(keys)})"
        f" {where}.dispatchEvent(new KeyboardEvent('keydown', {{ key, bubbles: true }}))"
    )


def used_by_keyboard(page, qtbot):
    """Search, open, close, and go to a site without a mouse."""
    card = "document.querySelector('.card')"
    focused = "document.activeElement.id || document.activeElement.className"
    page.runJavaScript(
        "const field = document.getElementById('find'); field.focus();"
        "field.value = 'MALAYSIA lynas'; field.dispatchEvent(new Event('input'))"
    )
    options = "[...document.querySelectorAll('#found [role=option] b')].map((b) => b.textContent)"
    qtbot.waitUntil(lambda: len(said(page, qtbot, options)) > 1, timeout=20_000)
    first, second, *_ = said(page, qtbot, options)
    assert "Malaysia" in first  # the country stands in none of the codes that the layer holds
    assert said(page, qtbot, "document.getElementById('said').textContent").endswith("found")
    press(page, "document.activeElement", "ArrowDown", "ArrowDown")
    active = "document.getElementById('find').getAttribute('aria-activedescendant')"
    assert said(page, qtbot, active) == "found-1"
    press(page, "document.activeElement", "Enter")
    assert said(page, qtbot, f"{card}.querySelector('h2').textContent") == second
    assert said(page, qtbot, focused) == "card"
    qtbot.waitUntil(lambda: said(page, qtbot, "gisapp.map.getZoom()") >= 6, timeout=20_000)
    facts = said(page, qtbot, f"[...{card}.querySelectorAll('dt')].map((dt) => dt.textContent)")
    assert "Source" in facts
    press(page, "document.activeElement", "Escape")
    assert said(page, qtbot, f"{card}.hidden") is True
    assert said(page, qtbot, focused) == "find"  # where it came from

    # the map alone: what stands in the middle opens with Enter, and Home shows all again
    page.runJavaScript("gisapp.map.getContainer().focus()")
    qtbot.waitUntil(
        lambda: said(page, qtbot, "gisapp.scene.hits.points.length") > 0, timeout=20_000
    )
    press(page, "gisapp.map.getContainer()", "Enter")
    assert said(page, qtbot, f"{card}.hidden") is False
    press(page, "document.activeElement", "Escape")
    press(page, "gisapp.map.getContainer()", "Home")
    qtbot.waitUntil(lambda: said(page, qtbot, "gisapp.map.getZoom()") < 6, timeout=20_000)

    # all there is, as a table that is made when it is opened
    page.runJavaScript("document.querySelector('.sites').open = true")
    rows = "document.querySelectorAll('.sites tbody tr').length"
    inside = sum(len(layer.features) for layer in default_layers())
    qtbot.waitUntil(lambda: said(page, qtbot, rows) == inside, timeout=20_000)


def on_paper(page, qtbot, path):
    """Print: the map is drawn anew, with title and sources; then the screen is as it was."""
    others = "document.querySelectorAll('[data-layer]:not([data-layer=magnet_plants])')"
    page.runJavaScript(f"{others}.forEach((box) => box.click())")
    before = said(page, qtbot, "[gisapp.map.getSize().x, gisapp.map.getZoom()]")
    with qtbot.waitSignal(page.pdfPrintingFinished, timeout=20_000) as done:
        page.printToPdf(str(path))
    assert done.args[1] is True
    text = subprocess.run(["pdftotext", path, "-"], check=True, capture_output=True, text=True)
    for words in ("Sites", "Refineries", "USGS", "As of 22 Nov 2026", "Australia"):
        assert words in text.stdout  # names on the map are text too
    subprocess.run(
        ["pdftoppm", "-r", "50", "-png", "-l", "1", "-singlefile", path, path.with_suffix("")],
        check=True,
    )
    image = QImage(str(path.with_suffix(".png")))
    colors = palette(ThemeName.LIGHT)
    for name, least in ((colors.land, 20_000), (colors.water, 20_000), (colors.magnet_plant, 60)):
        assert count(image, name) > least, name
    page.runJavaScript(f"{others}.forEach((box) => box.click())")
    after = "[gisapp.map.getSize().x, gisapp.map.getZoom()]"
    qtbot.waitUntil(lambda: said(page, qtbot, after) == before, timeout=20_000)


@pytest.mark.parametrize("theme", [ThemeName.LIGHT, ThemeName.DARK])
def test_it_opens_offline_and_shows_everything(qapp, qtbot, tmp_path, theme):
    layers = tuple(DrawnLayer(layer) for layer in reversed(default_layers()))
    shading = (Shading("Partnership", frozenset({"USA", "AUS", "CAN"})),)
    path = tmp_path / "map.html"
    write_html(
        Picture("Sites", "", layers, date(2026, 11, 22), ("USGS",), shading),
        path,
        frame=FrameSpec(theme=theme),
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
        if theme is ThemeName.LIGHT:
            used_by_keyboard(page, qtbot)
            on_paper(page, qtbot, tmp_path / "map.pdf")
            qtbot.waitUntil(lambda: count(view.grab().toImage(), colors.refinery) > 1_000)
        before = count(view.grab().toImage(), colors.refinery)
        page.runJavaScript("document.querySelector('[data-layer=refineries]').click()")
        qtbot.waitUntil(lambda: count(view.grab().toImage(), colors.refinery) < before / 3)
        assert page.said == []
    finally:
        view.close()
        page.deleteLater()
        page.destroyed.connect(profile.deleteLater)
        view.deleteLater()
