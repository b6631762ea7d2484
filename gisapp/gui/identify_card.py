"""The identify card: all that is known of one feature, with its source and how sure it is."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterable
from html import escape
from typing import Any, Final

import numpy as np
from PySide6.QtCore import QPointF, QSize, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QPushButton,
    QSizePolicy,
    QSpacerItem,
    QVBoxLayout,
    QWidget,
)

from gisapp.gui.column_model import cell_text, column_title
from gisapp.gui.looks import (
    GRID,
    IconButton,
    Kind,
    Rule,
    ScrollColumn,
    Swatch,
    Text,
    clear,
    colors_of,
    dotted_circle,
    theme_of,
)
from gisapp.gui.panel import Panel
from gisapp.model.facts import Confidence, Quantity
from gisapp.model.feedback import Feedback
from gisapp.model.layer import Layer
from gisapp.model.numbers import NO_BREAK, kilometres, number
from gisapp.model.units import parse_amount
from gisapp.model.vocabulary import MINERALS, Precision, Role, family, mineral_code, status_code
from gisapp.render.symbology import status_title, symbol_of
from gisapp.workspace.scenario_words import offers
from gisapp.workspace.session import Session
from gisapp.workspace.state import ProjectState
from gisapp.workspace.supposing import suppose
from gisapp.workspace.titles import country_title

PRECISION_WORDS: Final = {
    Precision.SITE: "On the site, within about 2 km",
    Precision.LOCALITY: "In the locality, within about 15 km",
    Precision.REGION: "In the region only, 15 km or worse",
}
CONFIDENCE_WORDS: Final = {
    Confidence.LOOKED_UP: "Looked up in a source",
    Confidence.DOCUMENT_ONLY: "A document is named but was not read: unconfirmed",
    Confidence.RECALLED: "From memory of the source: unconfirmed",
    Confidence.UNKNOWN: "Not checked: unconfirmed",
}
LISTING_WORDS: Final = {"private": "Private, not listed", "state": "State-owned, not listed"}
#: Shown in their own places, so not again among "other attributes".
_KNOWN: Final = {
    "id", "name", "mineral", "minerals", "country", "admin1", "status", "process", "operator",
    "owner", "owner_country", "listing", "start_year", "precision", "coord_precision", "as_of",
    "source", "source_url", "notes", "position_km", "unconfirmed", "capacity", "capacity_unit",
    "capacity_year", "capacity_kind", "capacity_product", "latitude", "longitude",
}  # fmt: skip


def degrees_minutes(value: float, letters: str) -> str:
    """Return an angle as degrees, minutes and seconds; `letters` are of plus and of minus."""
    tenths = round(abs(value) * 36000)
    degrees, rest = divmod(tenths, 36000)
    minutes, tenths = divmod(rest, 600)
    letter = letters[0] if value >= 0 else letters[1]
    return f"{degrees}\u00b0{minutes:02d}\u2032{tenths / 10:04.1f}\u2033{NO_BREAK}{letter}"


def position_text(lon: float, lat: float) -> tuple[str, str]:
    """Return a position in decimal degrees and in degrees, minutes, seconds; latitude first."""
    decimal = f"{lat:.5f}, {lon:.5f}".replace("-", "\u2212")
    return decimal, f"{degrees_minutes(lat, 'NS')}, {degrees_minutes(lon, 'EW')}"


class IdentifyPanel(Panel):
    """The card of the feature that was clicked. `closed` comes when the user puts it away."""

    closed = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.setAccessibleName("Identify")
        self._shown: tuple[str, int] | None = None
        self._features: Callable[[], object] = lambda: None
        self._known: tuple[int, list[str]] | None = None
        self._text: list[str] = []
        self._scroll = ScrollColumn()
        self._body = self._scroll.column
        self._near = QVBoxLayout()
        self.close_button = IconButton("mdi6.close", "Close", self)
        self.close_button.clicked.connect(self._close)
        self.copy_button = IconButton("mdi6.content-copy", "Copy all as text", self)
        self.copy_button.clicked.connect(
            lambda: QGuiApplication.clipboard().setText(self.as_text())
        )
        self.swatch = Swatch(width=20, height=22)
        self.title = Text(Kind.HEADLINE)
        head = QHBoxLayout()
        head.setContentsMargins(2 * GRID, GRID, GRID, 0)
        head.setSpacing(GRID // 2)
        head.addWidget(self.swatch, 0, Qt.AlignmentFlag.AlignTop)
        head.addWidget(self.title, 1)
        head.addWidget(self.copy_button, 0, Qt.AlignmentFlag.AlignTop)
        head.addWidget(self.close_button, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self._scroll, 1)
        self.listen(session.changed, self._follow)
        self._empty()

    def show_feature(self, layer_id: str, row: int, lon: float, lat: float) -> None:
        """Show the card of a feature.

        Parameters
        ----------
        row
            Row number in the layer's features.
        lon, lat
            The place that was clicked, degrees; of a point its own position is shown.
        """
        layer = self._now(self.session.state).entry(layer_id).layer
        # known again, but not kept: a card must not hold a removed layer in memory
        self._shown, self._features = (layer_id, row), weakref.ref(layer.features)
        self._known = len(layer.features), _cells(layer, row)
        if layer.features.is_points:
            lon, lat = (float(v) for v in layer.features.lonlat[row])
        card = _Reader(layer, row)
        self._text = []
        clear(self._body)
        self.title.setText(card.text("name") or card.text("id") or f"{layer.name}, row {row + 1}")
        status, precision = card.text("status") or None, card.text("precision") or None
        symbol = symbol_of(
            layer.role, status, precision, theme_of(self), style=layer.style, size=11
        )
        self.swatch.show_symbol(symbol)
        self._what(layer, card)
        if layer.role.is_facility:
            self._suppose(layer, row)
            self._figures(card)
            self._belongs(card)
        self._others(layer, card)
        self._place(card, lon, lat)
        if layer.role in (Role.DEPOSIT, Role.REFINERY):
            self._nearest(layer, row, card)
        self._source(layer, card)
        self._body.addStretch(1)
        self._scroll.verticalScrollBar().setValue(0)
        self.show()

    def as_text(self) -> str:
        """Return the card as lines of text."""
        return "\n".join([self.title.text(), *self._text]) + "\n"

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Close with Escape."""
        if event.key() == Qt.Key.Key_Escape and self._shown is not None:
            self._close()
        else:
            super().keyPressEvent(event)

    # sections

    def _what(self, layer: Layer, card: _Reader) -> None:
        role = layer.role.label if layer.role is not Role.REFERENCE else layer.name
        parts = [role, card.text("process").replace("_", " "), _minerals(card)]
        self._note(" \u00b7 ".join(part for part in parts if part), Kind.NOTE)
        status = card.text("status")
        if status:
            known = status_code(status)
            words = status_title(known) if known is not None else status.capitalize()
            year = card.number("start_year")
            if np.isfinite(year):
                words += f", start {year:.0f}"
            form = self._form()
            self._fact(form, "Status", words)

    def _now(self, state: ProjectState) -> ProjectState:
        """Return a state as its scenario has it: its sites are on the map, and are identified."""
        return suppose(state, self.session.facts).state

    def _suppose(self, layer: Layer, row: int) -> None:
        """Offer what a scenario may change of a site."""
        for offer in offers(self.session.state.supposed, layer, row):
            button = QPushButton(offer.text)
            button.setObjectName("quiet")
            button.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
            button.clicked.connect(
                lambda _on=False, taken=offer: self.session.run(taken.command, **taken.params)
            )
            self._body.addWidget(button)

    def _figures(self, card: _Reader) -> None:
        figures = self.session.facts.quantities.get(card.text("id"), ())
        own, own_unit = card.amount("capacity")
        if not figures and not np.isfinite(own):
            return
        self._heading("Capacity and output")
        form = self._form()
        if not figures:
            unit = own_unit or card.text("capacity_unit")
            year = card.number("capacity_year")
            words = [card.text("capacity_product"), card.text("capacity_kind") or "capacity"]
            words += [f"{year:.0f}"] if np.isfinite(year) else []
            self._figure(form, own, unit, ", ".join(w for w in words if w), False)
            return
        for figure in sorted(figures, key=lambda q: (-q.year, q.mineral, q.product)):
            what = f"{figure.product}, {figure.kind.value}, {figure.year}"
            self._figure(form, figure.value, figure.unit, what, is_unconfirmed(figure))

    def _figure(self, form: QGridLayout, value: float, unit: str, what: str, unsure: bool) -> None:
        words = f"{number(value, 6)}{NO_BREAK}{unit}".strip()
        self._text.append(f"{what}: {words}")
        line = form.rowCount()
        form.addWidget(Text(Kind.HEADING, words), line, 0, 1, 2)
        if unsure:
            form.addWidget(Unsure(), line, 2, _TOP_RIGHT)
        form.addWidget(Text(Kind.NOTE, what), line + 1, 0, 1, 3)

    def _belongs(self, card: _Reader) -> None:
        listing = card.text("listing")
        rows = (
            ("Site in", ", ".join(p for p in (card.text("admin1"), self._country(card)) if p)),
            ("Owner", card.text("owner")),
            ("Controlled from", self._country(card, "owner_country")),
            ("Operator", card.text("operator")),
            ("Listing", LISTING_WORDS.get(listing, listing)),
        )
        if any(value for _, value in rows):
            self._heading("Belongs to")
            form = self._form()
            for label, value in rows:
                self._fact(form, label, value or "unknown", unsure=not value)

    def _others(self, layer: Layer, card: _Reader) -> None:
        shown = set(_KNOWN)
        if layer.role.is_facility:  # whose fields stand above
            shown |= {column for _field, column in layer.mapping.columns}
        names = [n for n in layer.features.columns if n not in shown and card.cell(n)]
        if not names:
            return
        self._heading("Attributes")
        form = self._form()
        for name in names:
            self._fact(form, column_title(name), card.cell(name))

    def _place(self, card: _Reader, lon: float, lat: float) -> None:
        self._heading("Position")
        form = self._form()
        if not np.isfinite([lon, lat]).all():
            self._fact(form, "Coordinates", "unknown: this feature is not on the map", unsure=True)
            return
        decimal, sexagesimal = position_text(lon, lat)
        self._fact(form, "Lat, lon", decimal)
        self._fact(form, "", sexagesimal)
        precision = card.text("precision")
        if precision in set(Precision):
            words = PRECISION_WORDS[Precision(precision)]
            self._fact(form, "Precision", words, unsure=precision == Precision.REGION)
        checked = self.session.facts.position_km.get(card.text("id"))
        if checked is not None:
            self._fact(form, "Checked", f"{kilometres(checked)} from an independent record")

    def _nearest(self, layer: Layer, row: int, card: _Reader) -> None:
        state = self._now(self.session.state)
        asked = self._near_question(layer, card, state)
        if asked is None:
            return
        mineral, to = asked
        title = MINERALS[mineral].lower()
        plants = "refineries" if to is Role.REFINERY else "magnet plants"
        self._heading(f"Nearest {plants} for {title}")
        holder = QWidget()
        self._near = QVBoxLayout(holder)
        self._near.setContentsMargins(0, 0, 0, 0)
        self._near.setSpacing(GRID // 2)
        self._near.addWidget(Text(Kind.NOTE, "Working out\u2026"))
        self._body.addWidget(holder)
        facts, shown = self.session.facts, self._shown

        def work(feedback: Feedback) -> Any:
            from gisapp.workspace.nearest_plants import nearest_plants

            return nearest_plants(
                state, layer, row, mineral=mineral, to=to, facts=facts, feedback=feedback
            )

        def done(result: Any) -> None:
            if self._shown == shown:
                self._show_nearest(holder, result)

        self.work("identify.nearest", "Nearest plants", work, done)

    def _near_question(
        self, layer: Layer, card: _Reader, state: ProjectState
    ) -> tuple[str, Role] | None:
        """Return mineral and kind of plant to look for, None where neither makes sense."""
        codes = [c for part in card.text("mineral").split(";") if (c := mineral_code(part))]
        wanted = state.question.mineral
        if wanted is not None and (not codes or family(wanted) & set(codes)):
            codes = [wanted]
        if not codes:
            return None
        if layer.role is Role.DEPOSIT:
            return codes[0], state.question.to
        rare = [code for code in codes if code in family("rare_earths")]
        return (rare[0], Role.MAGNET_PLANT) if rare else None

    def _show_nearest(self, holder: QWidget, result: Any) -> None:
        layout = holder.layout()
        if not isinstance(layout, QVBoxLayout):
            return
        clear(layout)
        rows = result.rows[result.rows["status"] == "ok"]
        if not len(rows):
            layout.addWidget(Text(Kind.NOTE, "No operating plant of the open layers takes this."))
            return
        grid = _grid()
        for name, country, km in zip(
            rows["plant_name"], rows["plant_country"], rows["distance_km"], strict=True
        ):
            where = country_title(country, self.session.facts.countries)
            line = grid.rowCount()
            grid.addWidget(Text(Kind.BODY, f"{name}, {where}" if where else name), line, 0)
            grid.addWidget(Text(Kind.BODY, kilometres(km)).fit(), line, 1, _TOP_RIGHT)
            self._text.append(f"nearest: {name}, {where}: {kilometres(km)}")
        grid.setColumnStretch(0, 1)
        layout.addLayout(grid)
        layout.addWidget(Text(Kind.CAPTION, "Operating plants, shortest line on the ellipsoid."))

    def _source(self, layer: Layer, card: _Reader) -> None:
        self._heading("Source")
        facts, form = self.session.facts, self._form()
        self._fact(form, "Source", card.text("source") or layer.source.title or layer.name)
        url = card.text("source_url")
        if url.startswith(("http://", "https://")):
            self._link(form, url)
        self._fact(form, "As of", card.text("as_of") or layer.source.date or "unknown")
        sure = facts.confidence.get(("facilities", card.text("id")))
        if sure is None and "unconfirmed" in layer.features.columns:
            sure = Confidence.UNKNOWN if card.cell("unconfirmed") == "yes" else None
        if layer.role.is_facility and sure is not None:
            words = CONFIDENCE_WORDS[sure]
            self._fact(form, "How sure", words, unsure=sure is not Confidence.LOOKED_UP)
        if card.text("notes"):
            self._fact(form, "Notes", card.text("notes"))
        if layer.source.licence:
            self._fact(form, "Licence", layer.source.licence)

    # building blocks

    def _country(self, card: _Reader, field: str = "country") -> str:
        text = card.text(field)
        code = self.session.facts.country_code(text) or text
        name = country_title(code, self.session.facts.countries)
        return f"{name} ({code})" if name != code else code

    def _heading(self, text: str) -> None:
        self._body.addSpacing(GRID // 2)
        self._body.addWidget(Rule())
        self._note(text, Kind.HEADING)

    def _note(self, text: str, kind: Kind) -> None:
        self._text.append(text)
        self._body.addWidget(Text(kind, text))

    def _form(self) -> QGridLayout:
        holder = QWidget()
        grid = _grid()
        grid.setColumnMinimumWidth(0, self.fontMetrics().horizontalAdvance("Controlled from"))
        grid.addItem(QSpacerItem(Unsure.SIZE, 0), 0, 1)  # an empty column has no gaps
        grid.setColumnStretch(2, 1)
        holder.setLayout(grid)
        self._body.addWidget(holder)
        return grid

    def _fact(
        self,
        form: QGridLayout,
        label: str,
        value: str,
        *,
        unsure: bool = False,
    ) -> None:
        line = form.rowCount()
        self._text.append(f"{label}: {value}" if label else value)
        form.addWidget(Text(Kind.NOTE, label[:1].upper() + label[1:]), line, 0, _TOP)
        if unsure:
            form.addWidget(Unsure(), line, 1, _TOP)
        shown = Text(Kind.BODY, value)
        shown.setAccessibleName(f"{label}: {value}")
        form.addWidget(shown, line, 2, _TOP)

    def _link(self, form: QGridLayout, url: str) -> None:
        link = Text(Kind.BODY)
        link.setTextFormat(Qt.TextFormat.RichText)
        link.setOpenExternalLinks(True)
        link.setTextInteractionFlags(Qt.TextInteractionFlag.TextBrowserInteraction)
        host = url.split("/")[2]
        color = self.palette().color(QPalette.ColorRole.Link).name()
        link.setText(f'<a style="color:{color}" href="{escape(url)}">{escape(host)}</a>')
        link.setToolTip(url)
        link.setAccessibleName(f"Open {url} outside")
        self._text.append(url)
        form.addWidget(link, form.rowCount(), 2)

    def _follow(self, state: ProjectState) -> None:
        if self._shown is None:
            return
        layer_id, row = self._shown
        entry = next((e for e in self._now(state).layers if e.id == layer_id), None)
        if entry is None or row >= len(entry.layer.features):
            self._close()
        elif entry.layer.features is not self._features():
            count, cells = self._known or (0, [])
            if count != len(entry.layer.features) and cells != _cells(entry.layer, row):
                self._close()  # rows before it came or went
                return
            lon, lat = (float(v) for v in entry.layer.features.lonlat[row])
            self.show_feature(layer_id, row, lon, lat)

    def _close(self) -> None:
        self._shown = None
        self.session.jobs.cancel("identify.nearest")
        self._empty()
        self.closed.emit()

    def _empty(self) -> None:
        clear(self._body)
        self._text = []
        self.title.setText("Nothing identified")
        self._body.addWidget(Text(Kind.NOTE, "Click a site on the map, or a row of the table."))
        self._body.addStretch(1)


class Unsure(QWidget):
    """The hollow mark of a value that is not confirmed."""

    SIZE: Final = 14

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        words = "Unconfirmed: no source was looked up for this value"
        self.setToolTip(words)
        self.setAccessibleName(words)
        self.setFixedSize(QSize(self.SIZE, self.fontMetrics().height()))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the mark."""
        center = QPointF(self.width() / 2, self.height() / 2)
        dotted_circle(QPainter(self), center, 4.0, colors_of(self).muted)


class _Reader:
    """The values of one row as text."""

    def __init__(self, layer: Layer, row: int) -> None:
        self._layer = layer
        self._row = row

    def cell(self, column: str) -> str:
        """Return a column's text, "" where it is missing."""
        values = self._layer.features.columns.get(column)
        return "" if values is None else cell_text(values[self._row]).strip()

    def text(self, field: str) -> str:
        """Return a field's text: through the mapping, else from a column of that name."""
        values = self._layer.values(field)
        return "" if values is None else cell_text(values[self._row]).strip()

    def amount(self, field: str) -> tuple[float, str]:
        """Return a field's number, NaN where it is none, and its unit in the text or mapping."""
        found = parse_amount(self.text(field))
        value, unit = found if found is not None else (float("nan"), "")
        return value, unit or dict(self._layer.mapping.units).get(field, "")

    def number(self, field: str) -> float:
        """Return a field's number, NaN where it is none."""
        try:
            return float(self.text(field))
        except ValueError:
            return float("nan")


def is_unconfirmed(figure: Quantity) -> bool:
    """Return whether a figure's own source says that it was written from memory."""
    return not figure.source or "from memory" in figure.source


def _cells(layer: Layer, row: int) -> list[str]:
    """Return what tells a row from others: its cells as text."""
    return [cell_text(values[row]) for values in layer.features.columns.values()]


def _minerals(card: _Reader) -> str:
    parts: Iterable[str] = card.text("mineral").split(";")
    known = (MINERALS.get(mineral_code(part) or "", part.strip()) for part in parts if part)
    return ", ".join(known).lower()


_TOP: Final = Qt.AlignmentFlag.AlignTop
_TOP_RIGHT: Final = Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignRight


def _grid() -> QGridLayout:
    grid = QGridLayout()
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(GRID)
    grid.setVerticalSpacing(GRID // 2)
    return grid
