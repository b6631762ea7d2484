"""The map's own addresses: gisapp://map/..., answered by worker threads, nothing else reached."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

from PySide6.QtCore import (
    QBuffer,
    QByteArray,
    QCoreApplication,
    QFile,
    QIODevice,
    QObject,
    Qt,
    Signal,
)
from PySide6.QtWebEngineCore import (
    QWebEngineUrlRequestInterceptor,
    QWebEngineUrlRequestJob,
    QWebEngineUrlScheme,
    QWebEngineUrlSchemeHandler,
)

from gisapp.render.hub import Answer

SCHEME = b"gisapp"
_HOST = "map"
_CHANNEL_SCRIPT = "/qwebchannel.js"


def register_scheme() -> None:
    """Make the scheme known to the web engine: call before the QApplication is made.

    Chromium's sandbox cannot work for root (containers, CI): it is switched off for root alone.
    """
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        os.environ.setdefault("QTWEBENGINE_DISABLE_SANDBOX", "1")
    QCoreApplication.setAttribute(Qt.ApplicationAttribute.AA_ShareOpenGLContexts)
    if QWebEngineUrlScheme.schemeByName(SCHEME).name() == SCHEME:
        return
    scheme = QWebEngineUrlScheme(SCHEME)
    scheme.setSyntax(QWebEngineUrlScheme.Syntax.Host)
    flags = QWebEngineUrlScheme.Flag
    scheme.setFlags(flags.SecureScheme | flags.CorsEnabled | flags.FetchApiAllowed)
    QWebEngineUrlScheme.registerScheme(scheme)


class NoNetwork(QWebEngineUrlRequestInterceptor):
    """Blocks every request that is not to our own scheme: the second wall behind the policy."""

    def interceptRequest(self, info) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
        """Block what would leave the machine."""
        if info.requestUrl().scheme() not in {"gisapp", "data", "blob"}:
            info.block(True)


class SchemeHandler(QWebEngineUrlSchemeHandler):
    """Answers requests from worker threads, so that a slow tile never holds up the window.

    Parameters
    ----------
    answer
        Returns what a path holds, or None; called from worker threads.
    """

    problem = Signal(str)
    _answered = Signal(int, object)

    def __init__(
        self,
        answer: Callable[[str], Answer | None],
        parent: QObject | None = None,
        threads: int = 3,
    ) -> None:
        super().__init__(parent)
        self._answer = answer
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="gisapp-map")
        self._jobs: dict[int, QWebEngineUrlRequestJob] = {}
        self._count = 0
        self._closed = False
        self._answered.connect(self._reply, Qt.ConnectionType.QueuedConnection)

    def run(self, work: Callable[[], None]) -> None:
        """Do something in a worker thread, after what is waiting."""
        if not self._closed:
            self._pool.submit(work)

    def close(self) -> None:
        """Drop what is waiting and let the workers end."""
        self._closed = True
        self._jobs.clear()
        self._pool.shutdown(wait=True, cancel_futures=True)

    def requestStarted(self, job: QWebEngineUrlRequestJob) -> None:
        """Take a request: called by the web engine in the window's thread."""
        url = job.requestUrl()
        path = url.path()
        if self._closed or url.host() != _HOST or bytes(job.requestMethod().data()) != b"GET":
            job.fail(QWebEngineUrlRequestJob.Error.UrlNotFound)
            return
        if path == _CHANNEL_SCRIPT:
            self._send(job, Answer("text/javascript", _channel_script()))
            return
        self._count += 1
        number = self._count
        self._jobs[number] = job
        job.destroyed.connect(lambda: self._jobs.pop(number, None))
        future = self._pool.submit(self._work, number, path)
        future.add_done_callback(lambda done: self._finish(number, done))

    def _work(self, number: int, path: str) -> Answer | None:
        # after a pan or zoom the page drops what it no longer wants: nothing is drawn for it
        return self._answer(path) if number in self._jobs else None

    def _finish(self, number: int, done: Future[Answer | None]) -> None:
        if not done.cancelled():
            self._answered.emit(number, done.exception() or done.result())

    def _reply(self, number: int, answer: object) -> None:
        job = self._jobs.pop(number, None)
        if isinstance(answer, BaseException):
            self.problem.emit(f"The map could not draw a part: {answer}")
        if job is None:  # the page went on and no longer wants it
            return
        if isinstance(answer, Answer):
            self._send(job, answer)
        elif answer is None:
            job.fail(QWebEngineUrlRequestJob.Error.UrlNotFound)
        else:
            job.fail(QWebEngineUrlRequestJob.Error.RequestFailed)

    @staticmethod
    def _send(job: QWebEngineUrlRequestJob, answer: Answer) -> None:
        buffer = QBuffer(job)
        buffer.setData(QByteArray(answer.data))
        buffer.open(QIODevice.OpenModeFlag.ReadOnly)
        job.reply(QByteArray(answer.mime.encode()), buffer)


def _channel_script() -> bytes:
    """Return Qt's own script of the web channel."""
    file = QFile(":/qtwebchannel/qwebchannel.js")
    if not file.open(QIODevice.OpenModeFlag.ReadOnly):
        raise FileNotFoundError("qwebchannel.js is not in this Qt")
    return bytes(file.readAll().data())
