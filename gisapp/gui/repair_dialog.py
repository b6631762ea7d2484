"""How a file was read: each guess with its reasons, other ways to take it, and what comes of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QButtonGroup,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QRadioButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from gisapp.gui import popup
from gisapp.gui.column_model import cell_text
from gisapp.gui.crs_choices import crs_choices
from gisapp.gui.dialogs import column_of
from gisapp.gui.locator_view import LocatorView
from gisapp.gui.looks import GRID, Kind, Rule, ScrollColumn, Text, theme_of
from gisapp.gui.result_table import ResultTable
from gisapp.model.feedback import Feedback
from gisapp.model.layer import Layer
from gisapp.model.numbers import number
from gisapp.model.reading import Choice, Finding, ReadOptions
from gisapp.workspace.report import Refused
from gisapp.workspace.session import Session

if TYPE_CHECKING:  # GDAL loads with the first preview
    from gisapp.workspace.previewing import Preview

_PURPOSE: Final = "repair.preview"
_ROWS, _COLUMNS = 5, 5
_MAP: Final = (440, 216)
#: What is shown of a layer before anything else.
_RANK: Final = {"name": 0, "mineral": 1, "country": 2, "capacity": 3, "status": 4}
_TITLES: Final = {"yes": "Yes", "no": "No"}
_OTHER: Final = {
    "crs": "Another CRS\u2026",
    "encoding": "Another encoding\u2026",
    "lon": "Another column\u2026",
    "lat": "Another column\u2026",
    "wkt": "Another column\u2026",
}
_ENCODINGS: Final = (
    ("UTF-8", "any language"),
    ("windows-1252", "Western Europe, the Americas"),
    ("windows-1250", "Central Europe"),
    ("windows-1251", "Cyrillic"),
    ("windows-1253", "Greek"),
    ("windows-1254", "Turkish"),
    ("windows-1255", "Hebrew"),
    ("windows-1256", "Arabic"),
    ("windows-1257", "Baltic"),
    ("windows-874", "Thai"),
    ("windows-1258", "Vietnamese"),
    ("ISO-8859-1", "Western Europe, older"),
    ("ISO-8859-2", "Central Europe, older"),
    ("KOI8-R", "Cyrillic, older"),
    ("CP850", "Western Europe, DOS"),
    ("CP866", "Cyrillic, DOS"),
    ("GB18030", "Chinese, simplified"),
    ("Big5", "Chinese, traditional"),
    ("Shift_JIS", "Japanese"),
    ("EUC-JP", "Japanese, Unix"),
    ("EUC-KR", "Korean"),
)
#: Formats whose text may be in any encoding.
_ENCODED: Final = frozenset({"ESRI Shapefile", "CSV", "TSV", "Text table", "MapInfo File", "DXF"})


@dataclass(frozen=True)
class Subject:
    """What is looked at: a layer that was read, or a file that was refused."""

    title: str
    path: str | Path
    options: ReadOptions
    findings: tuple[Finding, ...]
    layer: Layer | None = None
    why: str = ""

    @classmethod
    def of_layer(cls, layer: Layer) -> Subject:
        """Return a layer as a subject, with what can be said of any file."""
        source = layer.source
        options = replace(source.reading, layers=(source.layer,) if source.layer else ())
        found = list(layer.findings)
        told = {finding.option for finding in found}
        if "crs" not in told:
            found.append(_plain("crs", "CRS", source.crs, guessed=source.crs_guessed))
        if "encoding" not in told and source.driver in _ENCODED:
            found.append(
                _plain("encoding", "encoding", source.encoding, guessed=source.encoding_guessed)
            )
        found.sort(key=lambda finding: finding.sure)
        return cls(layer.name, source.path, options, tuple(found), layer)

    @classmethod
    def of_refused(cls, refused: Refused) -> Subject:
        """Return a refused file as a subject."""
        error = refused.error
        return cls(
            refused.path.name, refused.path, refused.options, error.findings, None, error.message
        )


def _plain(option: str, title: str, value: str, *, guessed: bool) -> Finding:
    how = "a guess" if guessed else "as the file says"
    choice = Choice(value, value, f"This is {how}.")
    message = f"The {title} of the file."
    return Finding("plain", option, message, value, (choice,), sure=not guessed, free=True)


class FindingBox(QWidget):
    """One finding: what was found, and one choice of several; `chose` is called with a value."""

    def __init__(
        self,
        finding: Finding,
        chose: Callable[[str, str], None],
        offered: Callable[[str, str], Sequence[popup.Choice]],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.finding = finding
        self._chose, self._offered = chose, offered
        self.setAccessibleName(finding.message)
        self.buttons: dict[str, QRadioButton] = {}
        self._group = QButtonGroup(self)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, GRID)
        self._column.setSpacing(2)
        count = f" ({number(finding.count, 12)})" if finding.count > 1 else ""
        self._column.addWidget(Text(Kind.HEADING, finding.message + count))
        for choice in finding.choices:
            self._add(choice, checked=choice.value == finding.chosen)
        if finding.free:
            self.other = QPushButton(_OTHER.get(finding.option, "Another\u2026"))
            self.other.setObjectName("quiet")
            self.other.setAutoDefault(False)
            self.other.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
            self.other.clicked.connect(self.open_chooser)
            self._column.addWidget(self.other)

    def open_chooser(self) -> None:
        """Let the user look for a value that is not offered."""
        option = self.finding.option
        self.chooser = popup.Chooser(
            self,
            _OTHER.get(option, "Another").removesuffix("\u2026"),
            searched=partial(self._offered, option),
            width=400,
        )
        self.chooser.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.chooser.chosen.connect(self.take)
        self.chooser.open_under(self.other, self._offered(option, ""), self.finding.chosen)

    def take(self, value: str) -> None:
        """Choose a value, offered or not."""
        if value not in self.buttons:
            known = next((c for c in self._offered(self.finding.option, value)), None)
            title = known.title if known is not None and known.value == value else value
            detail = known.detail if known is not None and known.value == value else ""
            self._add(Choice(value, title, detail), checked=False)
        self.buttons[value].click()

    def _add(self, choice: Choice, *, checked: bool) -> None:
        button = QRadioButton(choice.label or _TITLES.get(choice.value, choice.value))
        button.setAccessibleName(f"{choice.label}. {choice.reason}".strip())
        button.setToolTip(choice.label)
        button.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        button.setChecked(checked)
        self._group.addButton(button)
        self.buttons[choice.value] = button
        place = 1 + 2 * (len(self.buttons) - 1)
        self._column.insertWidget(place, button)
        reason = Text(Kind.NOTE, choice.reason)
        reason.setContentsMargins(3 * GRID - 2, 0, 0, 0)
        reason.setVisible(bool(choice.reason))
        self._column.insertWidget(place + 1, reason)
        button.clicked.connect(lambda: self._chose(self.finding.option, choice.value))


class RepairDialog(QDialog):
    """Shows how a file was read; every choice is tried at once, and nothing changes till Apply.

    `online` says whether a service of the web may be asked again.
    """

    def __init__(
        self,
        session: Session,
        subject: Subject,
        parent: QWidget | None = None,
        *,
        online: bool = False,
    ) -> None:
        super().__init__(parent)
        column = column_of(self, f"How {subject.title} is read", 960)
        column.setSpacing(GRID)
        self._session, self._subject, self._online = session, subject, online
        self.options = subject.options
        self.boxes: dict[str, FindingBox] = {}
        self.preview: Preview | None = None
        self._left = ScrollColumn(self)
        self._left.column.setContentsMargins(0, 0, 2 * GRID, 0)
        if subject.why and all(f.message != subject.why for f in subject.findings):
            self._left.column.addWidget(Text(Kind.WARNING, subject.why))
        unsure = [finding for finding in subject.findings if not finding.sure]
        if subject.layer is not None and not unsure:
            said = "Nothing needs your eye. You can still have it read another way."
            self._left.column.addWidget(Text(Kind.NOTE, said))
        self._end = QVBoxLayout()
        self._left.column.addLayout(self._end)
        self._left.column.addStretch(1)
        for finding in subject.findings:
            self._add(finding)
            if not finding.chosen and finding.choices:  # the likeliest is tried, and not yet taken
                likeliest = finding.choices[0].value
                self.boxes[finding.option].buttons[likeliest].setChecked(True)
                self.options = self.options.choosing(finding.option, likeliest)
        right = QVBoxLayout()
        right.setSpacing(GRID)
        caption = QLabel("The first rows, as they will be read")
        caption.setObjectName("strong")
        self.table = ResultTable("The first rows, as they will be read", most=_ROWS)
        self.table.setFixedWidth(_MAP[0])
        self.map = LocatorView(*_MAP)
        self.places = Text(Kind.NOTE, "Reading the first rows\u2026")
        self.fault = Text(Kind.WARNING, "")
        self.fault.hide()
        right.addWidget(caption)
        right.addWidget(self.table)
        right.addWidget(self.map)
        right.addWidget(self.places)
        right.addWidget(self.fault)
        right.addStretch(1)
        both = QHBoxLayout()
        both.setSpacing(3 * GRID)
        both.addWidget(self._left, 1)
        both.addLayout(right)
        column.addLayout(both, 1)
        column.addWidget(Rule())
        buttons = QDialogButtonBox()
        keep = "Keep as is" if subject.layer is not None else "Leave it"
        self.keep = buttons.addButton(keep, QDialogButtonBox.ButtonRole.RejectRole)
        self.apply = buttons.addButton("Apply", QDialogButtonBox.ButtonRole.AcceptRole)
        self.apply.setDefault(True)
        self.apply.setEnabled(False)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        column.addWidget(buttons)
        self.resize(960, 560)
        self.finished.connect(lambda _code: session.jobs.cancel(_PURPOSE))
        self._try()

    def accept(self) -> None:
        """Read the file as chosen and close."""
        layer = self._subject.layer
        if layer is not None:
            said = {"reading": self.options, "online": self._online}
            self._session.run("layer.reread", layer_id=layer.id, **said)
        else:
            path = self._subject.path
            self._session.run("layer.open", paths=[path], reading=self.options)
        super().accept()

    def choose(self, option: str, value: str) -> None:
        """Take a choice and show what comes of it."""
        self.options = self.options.choosing(option, value)
        self._try()

    def _add(self, finding: Finding) -> None:
        box = FindingBox(finding, self.choose, self._offered)
        self.boxes[finding.option] = box
        self._end.addWidget(box)

    def _try(self) -> None:
        """Read the first rows with the options of now; a newer try ends the older."""
        path, options, theme = self._subject.path, self.options, theme_of(self)
        online = self._online

        def work(feedback: Feedback) -> Preview:
            from gisapp.workspace.previewing import previewed

            return previewed(path, options, _MAP, theme, feedback, online=online)

        def done(preview: Preview) -> None:
            if isValid(self):
                self._show(preview)

        self.apply.setEnabled(False)
        self._session.jobs.start(
            _PURPOSE, "Reading the first rows", work, done, self._session.report_error
        )

    def _show(self, preview: Preview) -> None:
        self.preview = preview
        layer, error = preview.layer, preview.error
        self.fault.setVisible(error is not None)
        self.fault.setText("" if error is None else error.message)
        self.places.setVisible(error is None)
        self.places.setText(_landing(preview))
        self.map.show_located(preview.located)
        changed = self.options != self._subject.options
        self.apply.setEnabled(layer is not None and (changed or self._subject.layer is None))
        self.table.setVisible(layer is not None)
        fresh = layer.findings if layer is not None else error.findings if error else ()
        for finding in fresh:
            if finding.option not in self.boxes:
                self._add(finding)
        if layer is None:
            return
        columns = _shown(layer)
        self.table.show_lines(columns, wide=len(columns) - 1)

    def _offered(self, option: str, text: str) -> Sequence[popup.Choice]:
        """Return what may be chosen beside the choices of a finding."""
        if option == "crs":
            return crs_choices(text)
        if option == "encoding":
            listed = [popup.Choice(name, name, aside=use) for name, use in _ENCODINGS]
            return [c for c in listed if text and text.casefold() in c.searched]
        known = self.preview.layer if self.preview is not None else None
        names = () if known is None else tuple(known.features.columns)
        return [popup.Choice(n, n) for n in names if not text or text.casefold() in n.casefold()]


def _landing(preview: Preview) -> str:
    if preview.layer is None:
        return ""
    count = len(preview.layer.features)
    return f"Of the first {number(count, 12)}: {preview.places}." if preview.places else ""


def _shown(layer: Layer) -> dict[str, np.ndarray]:
    """Return the first rows of the columns that tell most: those that are mapped come first."""
    features = layer.features
    fields = sorted(layer.mapping.columns, key=lambda pair: _RANK.get(pair[0], len(_RANK)))
    mapped = [column for _field, column in fields if column in features.columns]
    texts = [n for n, v in features.columns.items() if v.dtype == object and n not in mapped]
    others = [n for n in features.columns if n not in mapped and n not in texts]
    first = features.take(np.arange(min(_ROWS, len(features))))
    names = [*mapped, *texts, *others][: _COLUMNS - 1]
    shown = {
        name: np.array([cell_text(v) for v in first.columns[name]], dtype=object) for name in names
    }
    places = [
        f"{lat:.2f}, {lon:.2f}" if np.isfinite(lon + lat) else ""
        for lon, lat in first.lonlat.tolist()
    ]
    return {**shown, "Lat, lon": np.array(places, dtype=object)}
