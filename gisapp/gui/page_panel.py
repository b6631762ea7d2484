"""What stands on the page and how: everything an export asks for, in one column beside it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QEvent, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QFormLayout,
    QLabel,
    QLineEdit,
    QSizePolicy,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from gisapp.gui.fold import Fold
from gisapp.gui.looks import GRID, Kind, ScrollColumn, Text, colors_of
from gisapp.gui.page_elements import REGIONS, ElementsList, LabelsBox, Small
from gisapp.gui.panel import Panel
from gisapp.gui.projection_icons import SIZE, projection_icon
from gisapp.gui.style_controls import combo, fill_combo, number_box, side_by_side
from gisapp.gui.template_dialog import TemplateDialog
from gisapp.model.feedback import Feedback, GisappError
from gisapp.model.numbers import whole
from gisapp.model.places import shipped_brands
from gisapp.render.page_sizes import PAGE_SIZES, page_size
from gisapp.render.picture import Brand, FrameSpec, Heavy, SlideTemplate, ThemeName
from gisapp.render.projection import PROJECTIONS
from gisapp.render.scene import Scene
from gisapp.workspace.session import Session
from gisapp.workspace.state import ProjectState

if TYPE_CHECKING:  # the renderers load with the first page
    from gisapp.render.glimpse import Glimpse
    from gisapp.render.slide_template import TemplateLayout

Bounds = tuple[float, float, float, float]

_THEMES: Final[dict[object, str]] = {
    ThemeName.LIGHT: "Light",
    ThemeName.DARK: "Dark",
    ThemeName.PRINT: "Print",
}
_FILE: Final = "file"
_OWN: Final = "own"
_CURRENT: Final = "current"
_PLACES: Final = "places"
_CENTERS: Final = (
    ("Fitting", None),
    ("Atlantic (0\u00b0)", 0.0),
    ("Pacific (150\u00b0 E)", 150.0),
    ("Americas (90\u00b0 W)", -90.0),
    ("Asia (100\u00b0 E)", 100.0),
    ("Another\u2026", _OWN),
)
_HEAVY: Final = (
    ("As it fits", Heavy.AUTO),
    ("Always shapes", Heavy.SHAPES),
    ("Always a picture", Heavy.PICTURE),
)
_MM: Final = 25.4 / 72.0
_SIZE_WORDS: Final = {"16:9": "Slide 16:9", "4:3": "Slide 4:3", "square": "Square"}
BRAND_FILES: Final = "Brands and presentations (*.json *.toml *.pptx *.potx *.thmx)"
SLIDE_FILES: Final = "Presentations (*.pptx *.potx)"


class PagePanel(Panel):
    """The column of the page; everything it changes is a step that can be undone.

    Parameters
    ----------
    seen
        Gives west, south, east, north that the map shows now, degrees; None before it shows any.
    folder
        Gives where a file dialog opens.
    """

    put_back = Signal(str)

    def __init__(
        self,
        session: Session,
        seen: Callable[[], Bounds | None],
        folder: Callable[[], str],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(session, parent)
        self._seen, self._folder = seen, folder
        self._made_of: tuple[object, ...] = ()
        self._texts: tuple[str, ...] = ("", "", "")
        self._glimpses: dict[str, Glimpse] | None = None
        self.title = self._line("Title", "The finding")
        self.subtitle = self._line("Subtitle", "What is shown, its unit and year")
        self.caption = self._line("Caption", "A sentence under the map")
        self.paper = combo()
        self.wide = number_box(50.0, 2000.0, " mm", 0)
        self.high = number_box(50.0, 2000.0, " mm", 0)
        self.extent = combo()
        self.projection = combo((kind.title, name) for name, kind in PROJECTIONS.items())
        self.projection.setIconSize(SIZE)
        self.center = combo(_CENTERS)
        self.degrees = number_box(-180.0, 180.0, "\u00b0", 0)
        self.look = combo()
        self.also = combo()
        self.also.setToolTip("A second alliance, shaded and hatched beside the question's")
        self.template = combo()
        self.heavy = combo(_HEAVY)
        self.heavy.setToolTip(
            "In slides, PDF and SVG: shapes can be edited; as it fits, a layer of more shapes than "
            "those programs can handle becomes a picture"
        )
        self.dpi = QSpinBox()
        self.dpi.setRange(72, 600)
        self.dpi.setSuffix(" dots per inch")
        self.dpi.setKeyboardTracking(False)
        self.dpi.lineEdit().setTextMargins(GRID // 2, 0, 0, 0)  # its frame leaves none
        self.pixels = Text(Kind.NOTE)
        self.elements = ElementsList()
        self.labels = LabelsBox()
        self.insets = Small()
        self._put_together()
        self._connect()
        self.listen(session.changed, self._follow)
        self.listen(session.answered, lambda _answer: self._follow(session.state))
        self._follow(session.state)

    # --- put together --------------------------------------------------------------------------

    def _put_together(self) -> None:
        self.rows = scroll = ScrollColumn(self)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # what stands in it has the focus
        self.own_paper = side_by_side(self.wide, QLabel("\u00d7"), self.high)
        self.page_form = self._form(
            scroll,
            (
                ("Title", self.title), ("Subtitle", self.subtitle), ("Caption", self.caption),
                ("Size", self.paper), ("Own size", self.own_paper), ("Shows", self.extent),
                ("Projection", self.projection), ("Middle", self.center),
                ("Longitude", self.degrees), ("Colours", self.look), ("Also shade", self.also),
            ),
        )  # fmt: skip
        self._fold(scroll, "On the page", self.elements, open_=True)
        self._fold(scroll, "Labels", self.labels, open_=True)
        self._fold(scroll, "Small maps beside it", self.insets)
        files = QWidget()
        form = _form_of(files)
        for word, widget in (
            ("Template", self.template), ("Large layers", self.heavy), ("PNG", self.dpi),
        ):  # fmt: skip
            _add_row(form, word, widget)
        form.addRow("", self.pixels)
        self._fold(scroll, "Files", files, open_=True)
        scroll.column.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(scroll)

    def _form(self, scroll: ScrollColumn, rows: tuple[tuple[str, QWidget], ...]) -> QFormLayout:
        holder = QWidget()
        form = _form_of(holder)
        for word, widget in rows:
            _add_row(form, word, widget)
        scroll.column.addWidget(holder)
        return form

    def _fold(
        self, scroll: ScrollColumn, title: str, widget: QWidget, *, open_: bool = False
    ) -> None:
        fold = Fold(title, open_=open_)
        fold.content.addWidget(widget)
        scroll.column.addWidget(fold)

    def _line(self, name: str, said: str) -> QLineEdit:
        line = QLineEdit()
        line.setAccessibleName(name)
        line.setPlaceholderText(said)
        line.setClearButtonEnabled(True)
        return line

    def _connect(self) -> None:
        for line in (self.title, self.subtitle, self.caption):
            # a text is known by its beginning
            line.editingFinished.connect(lambda line=line: line.setCursorPosition(0))
        self.title.editingFinished.connect(self._retitle)
        self.subtitle.editingFinished.connect(self._retitle)
        self.caption.editingFinished.connect(lambda: self._set(caption=self.caption.text().strip()))
        self.paper.activated.connect(lambda _i: self._resize())
        for box in (self.wide, self.high):
            box.valueChanged.connect(lambda _v: self._resize())
        self.extent.activated.connect(lambda _i: self._set(bounds=self.extent.currentData()))
        self.projection.activated.connect(
            lambda _i: self._set(projection=self.projection.currentData())
        )
        self.center.activated.connect(lambda _i: self._center())
        self.degrees.valueChanged.connect(lambda value: self._set(center_lon=value))
        self.look.activated.connect(lambda _i: self._dress(self.look.currentData()))
        self.also.activated.connect(lambda _i: self._shade(self.also.currentData()))
        self.template.activated.connect(lambda _i: self._take_template(self.template.currentData()))
        self.heavy.activated.connect(lambda _i: self._set(heavy=self.heavy.currentData()))
        self.dpi.valueChanged.connect(lambda value: self._set(dpi=value))
        self.elements.chosen.connect(lambda name, show: self._set(elements={name: show}))
        self.labels.limited.connect(lambda most: self._set(max_labels=most))
        self.labels.put_back.connect(self.put_back)
        self.insets.adding.connect(self._add_inset)
        self.insets.removing.connect(self._remove_inset)

    # --- what the user does --------------------------------------------------------------------

    def _set(self, **changes: Any) -> None:
        frame = self.session.state.frame
        if "elements" in changes or any(getattr(frame, n) != v for n, v in changes.items()):
            self.session.run("frame.set", **changes)

    def _retitle(self) -> None:
        title, subtitle = self.title.text().strip(), self.subtitle.text().strip()
        state = self.session.state
        if (title, subtitle) != (state.title, state.subtitle):
            self.session.run("title.set", title=title, subtitle=subtitle)

    def _resize(self) -> None:
        chosen = self.paper.currentData()
        own = chosen == _OWN
        self.page_form.setRowVisible(self.own_paper, own)
        self._set(size=f"{self.wide.value():g}x{self.high.value():g}mm" if own else chosen)

    def _center(self) -> None:
        chosen = self.center.currentData()
        own = chosen == _OWN
        self.page_form.setRowVisible(self.degrees, own)
        self._set(center_lon=self.degrees.value() if own else chosen)

    def _dress(self, chosen: object) -> None:
        if chosen == _FILE:
            self._ask_file("House style", BRAND_FILES, self.read_brand)
            self._follow(self.session.state, force=True)
        elif isinstance(chosen, Path):
            self.read_brand(chosen)
        elif chosen in _THEMES:  # Qt gives words back as plain text
            self._set(theme=chosen, brand=None)

    def read_brand(self, path: Path) -> None:
        """Dress the page in the house style of a file."""

        def work(_feedback: Feedback) -> Brand:
            from gisapp.render.brand import read_brand

            return read_brand(path)

        def done(brand: Brand) -> None:
            self._set(brand=brand)

        self.work("page.brand", f"Reading {path.name}", work, done)

    def _take_template(self, chosen: object) -> None:
        now = self.session.state.frame.template
        if chosen == _FILE:
            self._ask_file("Template", SLIDE_FILES, lambda path: self.read_template(str(path)))
            self._follow(self.session.state, force=True)
        elif chosen == _PLACES and now is not None:
            self.read_template(now.path, now.places)
            self._follow(self.session.state, force=True)
        elif chosen is None:
            self._set(template=None)

    def read_template(self, path: str, places: tuple[tuple[str, str], ...] = ()) -> None:
        """Ask which layout of a template slides take, and what goes into its places."""
        chosen = SlideTemplate(path, places)

        def work(_feedback: Feedback) -> tuple[TemplateLayout, ...]:
            from gisapp.render.slide_template import template_places

            return template_places(chosen)

        def done(layouts: tuple[TemplateLayout, ...]) -> None:
            TemplateDialog(
                chosen, layouts, lambda template: self._set(template=template), self.window()
            ).open()

        self.work("page.template", f"Reading {Path(path).name}", work, done)

    def _shade(self, alliance: str) -> None:
        self._set(also=(alliance,) if alliance else ())

    def _ask_file(self, title: str, files: str, take: Callable[[Path], None]) -> None:
        dialog = QFileDialog(self, title, self._folder(), files)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(lambda name: take(Path(name)))
        dialog.open()

    def _add_inset(self, bounds: Bounds | None) -> None:
        seen = bounds or self._seen()
        if seen is not None:
            rounded = tuple(round(value, 2) for value in seen)
            self._set(insets=(*self.session.state.frame.insets, rounded))

    def _remove_inset(self, number: int) -> None:
        insets = self.session.state.frame.insets
        self._set(insets=(*insets[:number], *insets[number + 1 :]))

    # --- what the session tells ----------------------------------------------------------------

    def show_scene(self, scene: Scene) -> None:
        """Tick what stands on the page."""
        self.elements.show_scene(scene)
        wide, high = (round(side * scene.spec.dpi / 72.0) for side in (scene.width, scene.height))
        self.pixels.setText(f"{whole(wide)} \u00d7 {whole(high)} pixels")
        if self._glimpses is None:
            self._glimpses = {}
            self._draw_projections()

    def showEvent(self, event: QShowEvent) -> None:
        """Offer what the map showed last."""
        super().showEvent(event)
        self._fill_extent(self.session.state.frame)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "projection"):
            self._paint_projections()

    def _draw_projections(self) -> None:
        """Have the projections drawn in small; the page comes first."""

        def work(feedback: Feedback) -> dict[str, Glimpse]:
            from gisapp.render.glimpse import glimpses

            return glimpses(feedback=feedback)

        self.work("page.projections", "Drawing projections", work, self._show_glimpses)

    def _show_glimpses(self, found: dict[str, Glimpse]) -> None:
        self._glimpses = found
        self._paint_projections()

    def _paint_projections(self) -> None:
        for name, glimpse in (self._glimpses or {}).items():
            icon = projection_icon(glimpse, colors_of(self))
            self.projection.setItemIcon(self.projection.findData(name), icon)

    def _follow(self, state: ProjectState, *, force: bool = False) -> None:
        lines = (self.title, self.subtitle, self.caption)
        before, self._texts = self._texts, (state.title, state.subtitle, state.frame.caption)
        for line, old, text in zip(lines, before, self._texts, strict=True):
            # what is being written stays when something else changes
            if text not in (old, line.text()):
                line.setText(text)
                line.setCursorPosition(0)
        if self.session.answer is not None:
            self.title.setPlaceholderText(self.session.answer.headline)
        made_of = (state.frame, state.question.alliance, state.alliances)
        if force or made_of != self._made_of:
            self._made_of = made_of
            boxes = (
                self.wide, self.high, self.degrees, self.dpi, self.paper, self.extent,
                self.projection, self.center, self.look, self.template, self.heavy, self.also,
            )  # fmt: skip
            blockers = [QSignalBlocker(box) for box in boxes]
            self._fill(state.frame)
            del blockers

    def _fill(self, frame: FrameSpec) -> None:
        self._fill_paper(frame)
        self._fill_extent(frame)
        self.projection.setCurrentIndex(self.projection.findData(frame.projection))
        known = [value for _, value in _CENTERS]
        own = frame.center_lon not in known
        self.center.setCurrentIndex(len(known) - 1 if own else known.index(frame.center_lon))
        if own and frame.center_lon is not None:
            self.degrees.setValue(frame.center_lon)
        self.page_form.setRowVisible(self.degrees, own)
        self._fill_look(frame)
        book = self.session.facts.alliances.alliances
        asked = self.session.state.question.alliance
        others = [each for each in book.values() if each.id != asked or each.id in frame.also]
        offered = [(each.short_name or each.name, each.id) for each in others]
        fill_combo(self.also, [("No other alliance", ""), *offered], "".join(frame.also[:1]))
        for row, each in enumerate(others, 1):
            self.also.setItemData(row, each.name, Qt.ItemDataRole.ToolTipRole)
        chosen = frame.template
        names: list[tuple[str, Any]] = [("Of our own", None)]
        if chosen is not None:
            names.append((Path(chosen.path).name, _CURRENT))
            names.append(("What goes where\u2026", _PLACES))
        fill_combo(
            self.template, [*names, ("A file\u2026", _FILE)], None if chosen is None else _CURRENT
        )
        self.heavy.setCurrentIndex(self.heavy.findData(frame.heavy))
        self.dpi.setValue(frame.dpi)
        self.elements.show_elements(frame.elements)
        self.labels.show_frame(frame)
        self.insets.show_insets(frame.insets)

    def _fill_paper(self, frame: FrameSpec) -> None:
        offered = [(_SIZE_WORDS.get(n, n[0].upper() + n[1:]), n) for n in PAGE_SIZES]
        own = frame.size not in PAGE_SIZES
        fill_combo(
            self.paper, [*offered, ("A size of your own\u2026", _OWN)], _OWN if own else frame.size
        )
        with suppress(GisappError):  # of a project that another hand wrote; the page says so
            wide, high = page_size(frame.size, dpi=frame.dpi)
            self.wide.setValue(wide * _MM)
            self.high.setValue(high * _MM)
        self.page_form.setRowVisible(self.own_paper, own)

    def _fill_extent(self, frame: FrameSpec) -> None:
        offered: list[tuple[str, Any]] = [("The whole world", None)]
        if frame.bounds is not None and frame.bounds not in REGIONS.values():
            offered.append(("The frame on the map", frame.bounds))
        seen = self._seen()
        if seen is not None and seen != frame.bounds:
            offered.append(("What the map shows now", seen))
        offered.extend(REGIONS.items())
        fill_combo(self.extent, offered, frame.bounds)

    def _fill_look(self, frame: FrameSpec) -> None:
        offered: list[tuple[str, Any]] = [(text, name) for name, text in _THEMES.items()]
        current: Any = frame.theme
        worn = "" if frame.brand is None else frame.brand.name.lower()
        offered += [(p.stem.capitalize(), p) for p in shipped_brands() if p.stem != worn]
        if frame.brand is not None:
            current = _CURRENT
            offered.append((frame.brand.name, current))
        fill_combo(self.look, [*offered, ("A house style\u2026", _FILE)], current)


def _form_of(holder: QWidget) -> QFormLayout:
    form = QFormLayout(holder)
    form.setContentsMargins(0, 0, 0, 0)
    form.setHorizontalSpacing(GRID)
    form.setVerticalSpacing(GRID * 3 // 4)
    form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
    form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
    return form


def _add_row(form: QFormLayout, word: str, widget: QWidget) -> None:
    label = QLabel(word)
    label.setObjectName("muted")
    label.setBuddy(widget)
    label.setMinimumHeight(widget.sizeHint().height())
    if not widget.accessibleName():
        widget.setAccessibleName(word)
    if isinstance(widget, QComboBox | QSpinBox):
        widget.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
    widget.setToolTip(widget.toolTip() or widget.accessibleName())
    form.addRow(label, widget)
