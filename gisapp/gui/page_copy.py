"""The page on the clipboard, in every form at once, and the command that makes it again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QMimeData, QObject
from PySide6.QtGui import QGuiApplication

from gisapp.gui.page_area import PageArea, image_of
from gisapp.model.feedback import Feedback, Severity
from gisapp.workspace.report import Report
from gisapp.workspace.session import Session

if TYPE_CHECKING:  # the renderers load with the first page
    from gisapp.workspace.clipping import Clip

SVG: Final = "image/svg+xml"
_METER: Final = 1000.0 / 25.4  # inches


def mime_of(clip: Clip, dpi: int) -> QMimeData:
    """Return a page as other programs ask for it: picture, drawing, tables, words."""
    image = image_of(clip.rgba)
    image.setDotsPerMeterX(round(dpi * _METER))
    image.setDotsPerMeterY(round(dpi * _METER))
    data = QMimeData()
    data.setImageData(image)
    data.setData(SVG, clip.svg.encode())
    data.setHtml(clip.html)
    data.setText(clip.text)
    return data


class PageCopy(QObject):
    """Copies the page that an export would write, whether or not it is on show."""

    def __init__(self, session: Session, page: PageArea, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session, self._page = session, page

    def copy(self) -> None:
        """Put the page on the clipboard when it is drawn."""
        session, picture = self._session, self._page.picture
        if picture is None or session.answer is None:
            self._say("The answer is still being worked out: copy again in a moment.")
            return
        frame, scene = session.state.frame, self._page.fresh_scene

        def work(feedback: Feedback) -> Clip:
            from gisapp.workspace.clipping import page_clip

            return page_clip(picture, frame, scene=scene, feedback=feedback)

        def done(clip: Clip) -> None:
            QGuiApplication.clipboard().setMimeData(mime_of(clip, frame.dpi))
            self._say("Copied the page: paste it as a picture, a drawing, a table or words.")

        session.jobs.start("copy", "Copying the page", work, done, session.report_error)

    def copy_command(self) -> None:
        """Put the command line on the clipboard that writes the page again."""
        session = self._session
        state = session.state

        def work(_feedback: Feedback) -> str:
            from gisapp.workspace.lineage import command_of

            return command_of(state, state.frame)

        def done(command: str) -> None:
            QGuiApplication.clipboard().setText(command)
            self._say("Copied the command that makes this page.")

        session.jobs.start("copy", "Copying the command", work, done, session.report_error)

    def _say(self, text: str) -> None:
        self._session.report(Report(Severity.INFO, text))
