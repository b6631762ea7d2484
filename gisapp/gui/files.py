"""Opening and saving: dialogs, dropped files, recent ones, and what a crash left behind."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

from gisapp.data.formats import READABLE, SHEETS
from gisapp.gui.layer_picker import LayerPicker
from gisapp.gui.memory import Memory
from gisapp.gui.notice_bar import Notice, NoticeBar
from gisapp.gui.question_bar import day_text
from gisapp.model.feedback import Feedback, Severity
from gisapp.workspace.commands import Opened
from gisapp.workspace.formats import is_project
from gisapp.workspace.recovery import Autosave, Lost, discard, lost_projects, recover
from gisapp.workspace.remember import remember_layers
from gisapp.workspace.session import Session
from gisapp.workspace.settings import data_dir

#: A file geodatabase is a folder, which a dialog goes into: any of its tables stands for it.
_ENDINGS: Final = " ".join(f"*{suffix}" for suffix in (*READABLE, ".dbf", ".gdbtable"))
_LAYERS: Final = f"Layers and projects ({_ENDINGS});;All files (*)"
if TYPE_CHECKING:  # GDAL loads with the first file
    from gisapp.data.layer_list import LayerInfo

#: Formats that may hold several layers.
_SEVERAL: Final = frozenset(
    {".gpkg", ".zip", ".gdb", ".sqlite", ".db", ".duckdb", ".kml", ".kmz", ".tar", ".gz"} | SHEETS
)
_PROJECTS: Final = "Projects (*.gpkg);;All files (*)"


class Files(QObject):
    """Everything that asks for a path, and the question before unsaved work is replaced."""

    def __init__(
        self, session: Session, memory: Memory, notices: NoticeBar, window: QWidget
    ) -> None:
        super().__init__(window)
        self._session, self._memory, self._notices = session, memory, notices
        self._window = window
        root = data_dir() / "recovery"
        self._lost = lost_projects(root)
        self.autosave = Autosave(session, root)
        self._then: Callable[[], None] | None = None
        self._leave = session.changed.connect(lambda _state: self._after_save())

    def close(self) -> None:
        """End the recovery copy: the user left of his own accord."""
        self._leave()
        self.autosave.close()

    def open_dialog(self) -> None:
        """Ask for layers to open."""
        dialog = self._dialog("Open layers or a project", _LAYERS)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.filesSelected.connect(
            lambda names: self.open(list(dict.fromkeys(_whole(Path(name)) for name in names)))
        )

        def entered(folder: str) -> None:
            if folder.lower().endswith(".gdb"):
                dialog.reject()
                self.open([Path(folder)])

        dialog.directoryEntered.connect(entered)
        dialog.open()

    def open(self, paths: Sequence[Path]) -> None:
        """Open files: layers are added, a project replaces what is open."""
        for path in paths:
            self._memory.remember(path)

        def run() -> None:
            self._session.run("layer.open", paths=list(paths))

        if len(paths) != 1:
            run()
        elif is_project(paths[0]):
            self.when_saved(run)
        elif paths[0].is_dir() or paths[0].suffix.lower() in _SEVERAL:
            self._ask_which(paths[0])
        else:
            run()

    def _ask_which(self, path: Path) -> None:
        """Open a file that may hold several layers: ask which, where it does."""

        def work(feedback: Feedback) -> tuple[tuple[LayerInfo, ...], tuple[str, ...] | None]:
            from gisapp.workspace.reading import layers_of

            return layers_of(path, feedback=feedback)

        def done(found: tuple[tuple[LayerInfo, ...], tuple[str, ...] | None]) -> None:
            listed, before = found
            if len(listed) < 2:
                self._session.run("layer.open", paths=[path])
                return
            names = tuple(info.name for info in listed)

            def chosen(taken: tuple[str, ...]) -> None:
                remember_layers(names, taken)
                layers = () if set(taken) == set(names) else taken
                self._session.run("layer.open", paths=[path], layers=layers)

            LayerPicker(path.name, listed, before, chosen, self._window).open()

        self._session.jobs.start(
            f"open {path}", f"Looking into {path.name}", work, done, self._session.report_error
        )

    def open_project(self) -> None:
        """Ask for a project to open."""
        dialog = self._dialog("Open project", _PROJECTS)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)

        def chosen(name: str) -> None:
            self._memory.remember(Path(name))
            self.when_saved(lambda: self._session.run("project.open", path=Path(name)))

        dialog.fileSelected.connect(chosen)
        dialog.open()

    def save(self) -> None:
        """Save where the project was saved before, or ask where."""
        if self._session.path is not None:
            self._session.run("project.save", path=self._session.path)
        else:
            self._ask_where("Save project", "project.save")

    def save_copy(self) -> None:
        """Ask where to save a copy."""
        self._ask_where("Save a copy", "project.save_copy")

    def find_file(self, layer_id: str | None) -> None:
        """Ask where the file of a layer is now."""
        if layer_id is None:
            return
        name = self._session.state.entry(layer_id).layer.name
        dialog = self._dialog(f"Where the file of {name} is now", _LAYERS)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)

        def chosen(path: str) -> None:
            self._session.run("layer.relink", layer_id=layer_id, path=Path(path))

        dialog.fileSelected.connect(chosen)
        dialog.open()

    def when_saved(self, then: Callable[[], None]) -> None:
        """Do what replaces the project; ask in place first where something would be lost."""
        if not self._session.dirty:
            then()
            return

        def save() -> None:
            self._then = then
            self.save()

        self._notices.show_notice(
            Notice(
                Severity.WARNING,
                f"{self.name()} has changes that are not saved.",
                buttons=(
                    ("Save first", save),
                    ("Go on without saving", then),
                    ("Stay", lambda: None),
                ),
                key="unsaved",
            )
        )

    def name(self) -> str:
        """Return what the project is called."""
        path = self._session.path
        return path.stem if path is not None else "This project"

    def fill_recent(self, menu: QMenu) -> None:
        """Fill the menu of recent files."""
        menu.clear()
        recent = self._memory.recent()
        for path in recent:
            action = menu.addAction(path.name, self._opener(path))
            action.setToolTip(str(path))
        if not recent:
            menu.addAction("Nothing opened yet").setEnabled(False)

    def _opener(self, path: Path) -> Callable[[], None]:
        return lambda: self.open([path])

    def offer_recovery(self) -> None:
        """Offer what a crash left behind, in place."""
        for lost in self._lost[:1]:
            when = lost.when.astimezone()
            what = lost.path.stem if lost.path is not None else "A project"
            self._notices.show_notice(
                Notice(
                    Severity.WARNING,
                    f"{what} was not saved when gisapp ended on {day_text(when.date())} at "
                    f"{when:%H:%M}.",
                    buttons=(
                        ("Recover it", self._recoverer(lost)),
                        ("Discard it", self._discard),
                    ),
                    key="recovery",
                )
            )

    def _recoverer(self, lost: Lost) -> Callable[[], None]:
        return lambda: self._recover(lost)

    def _recover(self, lost: Lost) -> None:
        session = self._session

        def keep(_feedback: Feedback) -> None:
            self.autosave.write()
            discard(lost.folder)  # this run has a copy of its own now

        def done(opened: Opened) -> None:
            session.open(opened.state, opened.path, dirty=True)
            for report in opened.reports:
                session.report(report)
            session.jobs.start(
                "recovery", "Keeping the project", keep, lambda _none: None, session.report_error
            )

        session.jobs.start(
            "open",
            "Recovering the project",
            lambda _feedback: recover(lost.folder),
            done,
            session.report_error,
        )

    def _discard(self) -> None:
        for lost in self._lost:
            discard(lost.folder)
        self._lost = ()

    def _after_save(self) -> None:
        if self._then is not None and not self._session.dirty:
            then, self._then = self._then, None
            self._notices.drop_key("unsaved")
            then()

    def _ask_where(self, title: str, command: str) -> None:
        dialog = self._dialog(title, _PROJECTS)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("gpkg")
        dialog.selectFile(self._session.path.name if self._session.path else "project.gpkg")

        def chosen(name: str) -> None:
            self._memory.remember(Path(name))
            self._session.run(command, path=Path(name))

        def given_up() -> None:
            self._then = None

        dialog.fileSelected.connect(chosen)
        dialog.rejected.connect(given_up)
        dialog.open()

    def _dialog(self, title: str, kinds: str) -> QFileDialog:
        dialog = QFileDialog(self._window, title, self._memory.folder(), kinds)
        dialog.setOption(QFileDialog.Option.HideNameFilterDetails)  # thirty endings fit nowhere
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        return dialog


def _whole(path: Path) -> Path:
    """Return the folder of a file geodatabase for a file within it: dialogs go into folders."""
    return path.parent if path.parent.suffix.lower() == ".gdb" else path
