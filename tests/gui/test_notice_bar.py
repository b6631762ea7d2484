"""The bar in place: what failed stays in front, else the latest answers the last act."""

from gisapp.gui.notice_bar import Notice, NoticeBar
from gisapp.model.feedback import Severity


def test_an_export_is_told_before_an_older_warning_and_an_error_before_both(qtbot):
    bar = NoticeBar()
    qtbot.addWidget(bar)
    warned = Notice(Severity.WARNING, "A ring was mended.")
    saved = Notice(Severity.INFO, "Saved map.pptx.", buttons=(("Open it", lambda: None),))
    failed = Notice(Severity.ERROR, "mines.shp is empty.")
    bar.show_notice(warned)
    bar.show_notice(saved)
    assert bar.notice is saved
    bar.show_notice(failed)
    bar.show_notice(warned)
    assert bar.notice is failed
    bar.drop()
    assert bar.notice is warned
