"""What the session says, put where it is seen: the bar in place, or the line at the bottom."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, QTimer, QUrl, Signal
from PySide6.QtGui import QDesktopServices

from gisapp.data.shipped import manifest
from gisapp.gui.mapping_dialog import missing_fields
from gisapp.gui.notice_bar import Notice, NoticeBar
from gisapp.gui.status_bar import StatusBar
from gisapp.model.feedback import Severity
from gisapp.model.layer import Layer
from gisapp.model.vocabulary import Role
from gisapp.workspace.goto import box_of
from gisapp.workspace.remember import AS_LAST_TIME
from gisapp.workspace.report import Report
from gisapp.workspace.session import Session
from gisapp.workspace.state import ProjectState

_REMARK_MS: Final = 6000


class Messages(QObject):
    """Listens to the session.

    `layer_opened` comes with a layer of the user's own, `exported` with a file that was written;
    `mapping_asked` carries the id of a layer
    the user will map, `look_asked` of one whose reading he will look at, `refused` a `Refused`
    file that a choice of his would open.
    """

    layer_opened = Signal()
    mapping_asked = Signal(str)
    look_asked = Signal(str)
    refused = Signal(object)
    exported = Signal()

    def __init__(
        self, session: Session, notices: NoticeBar, status: StatusBar, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._session, self._notices, self._status = session, notices, status
        self._known = {entry.id for entry in session.state.layers}
        self._exported: Path | None = None
        self._leave = [
            session.reported.connect(self._reported),
            session.changed.connect(self._changed),
        ]

    def leave(self) -> None:
        """Listen no more."""
        for leave in self._leave:
            leave()
        self._leave = []

    def exporting(self, path: Path) -> None:
        """Expect a file: when it is written, offer to open it."""
        self._exported = path

    def _changed(self, state: ProjectState) -> None:
        fresh = [entry.layer for entry in state.layers if entry.id not in self._known]
        there = {entry.id for entry in state.layers}
        for gone in self._known - there:
            for about in ("mapping", "guesses", "last"):
                self._notices.drop_key(f"{about}:{gone}")
        self._known = there
        if self._session.history.index == 0:
            return  # a project was opened: its layers were mapped when they came in
        shipped = {entry.id for entry in manifest()}
        own = [layer for layer in fresh if layer.id not in shipped]
        if own:
            # The next turn of the loop: the session is still telling of this change.
            QTimer.singleShot(0, self, lambda: self._opened(own))

    def _opened(self, layers: list[Layer]) -> None:
        self.layer_opened.emit()
        there = {entry.id for entry in self._session.state.layers}
        layers = [layer for layer in layers if layer.id in there]
        bounds = box_of(layers)
        if bounds is not None:  # all that came together are seen together
            self._session.run("view.fit", bounds=bounds)
        for layer in layers:
            self._notices.drop_key(_refusal(layer.source.path))  # the user's choice opened it
            self._tell_guesses(layer)
        asked = [layer for layer in layers if _unclear(layer)]
        if len(asked) == 1:
            self._ask(asked[0])
        elif asked:
            self._notices.show_notice(
                Notice(
                    Severity.INFO,
                    f"What do {_listed(asked)} hold: deposits, refineries, magnet plants?",
                    "The analyses can use them once they know: right-click a layer, "
                    "Role and columns.",
                    key="mapping",
                )
            )

    def _ask(self, layer: Layer) -> None:
        if missing_fields(layer):
            said = f"Which column of {layer.name} holds the mineral?"
        else:
            said = f"What does {layer.name} hold: deposits, refineries, magnet plants?"
        # a notice keeps the layer's id alone: it may stand long after the layer was removed
        self._notices.show_notice(
            Notice(
                Severity.INFO,
                said,
                "The analyses can use the layer once they know.",
                (("Role and columns…", partial(self.mapping_asked.emit, layer.id)),),
                key=f"mapping:{layer.id}",
            )
        )

    def _tell_guesses(self, layer: Layer) -> None:
        """Say in place, and in nobody's way, how much of a reading was guessed."""
        guesses = sum(not finding.sure for finding in layer.findings)
        last_time = next((p for p in layer.problems if p.code == AS_LAST_TIME), None)
        if guesses:
            said = "1 guess needs" if guesses == 1 else f"{guesses} guesses need"
            self._notices.show_notice(
                Notice(
                    Severity.WARNING,
                    f"{layer.name}: {said} your eye.",
                    buttons=(("Look", partial(self.look_asked.emit, layer.id)),),
                    key=f"guesses:{layer.id}",
                )
            )
        elif last_time is not None:
            self._notices.show_notice(
                Notice(
                    Severity.INFO,
                    f"{layer.name}: {last_time.message}",
                    buttons=(
                        ("Change\u2026", partial(self.mapping_asked.emit, layer.id)),
                        ("Forget", partial(self._session.run, "layer.forget", layer_id=layer.id)),
                    ),
                    key=f"last:{layer.id}",
                )
            )

    def _reported(self, report: Report) -> None:
        path, refused = self._exported, report.refused
        if refused is not None:
            QTimer.singleShot(0, self, lambda: self.refused.emit(refused))
        if report.severity is not Severity.INFO:
            self._exported = None
            key = "" if refused is None else _refusal(refused.path)
            self._notices.show_notice(
                Notice(report.severity, report.message, report.hint, self._helps(report), key)
            )
        elif path is not None and path.stem in report.message:  # a series has numbers in its names
            self._exported = None
            self.exported.emit()
            self._notices.show_notice(
                Notice(
                    Severity.INFO,
                    f"Saved {path.name}.",
                    report.hint,
                    buttons=(
                        ("Open", lambda: _open_outside(path)),
                        ("Show in folder", lambda: _open_outside(path.parent)),
                    ),
                    key="exported",
                )
            )
        else:
            self._status.showMessage(report.message, _REMARK_MS)

    def _helps(self, report: Report) -> tuple[tuple[str, Callable[[], None]], ...]:
        refused = report.refused
        if refused is not None:
            return (("Choose\u2026", lambda: self.refused.emit(refused)),)
        if not report.command or report.command not in self._session.registry:
            return ()
        command, params = self._session.registry[report.command], dict(report.params)
        title = report.button or command.title
        return ((title, lambda: self._session.run(command.id, **params)),)


def _refusal(path: Path | str) -> str:
    """Return the key of the notice that a file was refused."""
    return f"refused:{path}"


def _open_outside(path: Path) -> None:
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))


def _unclear(layer: Layer) -> bool:
    """Tell whether a layer waits for its role or columns; what gisapp made itself is known."""
    points = layer.role is Role.REFERENCE and layer.features.is_points
    return bool(layer.source.path) and (points or bool(missing_fields(layer)))


def _listed(layers: list[Layer]) -> str:
    if len(layers) > 3:
        return f"{layers[0].name} and {len(layers) - 1} other layers"
    return f"{', '.join(layer.name for layer in layers[:-1])} and {layers[-1].name}"
