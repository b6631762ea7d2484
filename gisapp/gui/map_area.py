"""The middle of the window: notices, progress line, the map, and the cards that lie on it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, QTimer
from PySide6.QtWidgets import (
    QFrame,
    QLabel,
    QProgressBar,
    QScrollArea,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from gisapp.gui.docks import HEADING, Heading
from gisapp.gui.looks import GRID
from gisapp.gui.mapview import MapView
from gisapp.gui.notice_bar import NoticeBar
from gisapp.workspace.jobs import JobStatus

_MARGIN = 2 * GRID
_PATIENCE_MS = 250
_FOLDED, _UNFOLDED = 112, 248
#: The legend grows with the font: it has room for so many letters side by side.
_LETTERS = 34
#: A legend that would cover more of the map than this begins folded.
_MOST_OF_MAP = 1 / 8


class LegendCard(QFrame):
    """The legend on the map, as large as what it holds; folds to its heading.

    Until the user folds or unfolds it, it is open wherever it leaves enough of the map.
    """

    def __init__(self, legend: QWidget, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self._legend = legend
        #: What the user chose; None leaves it to the room there is.
        self.chosen: bool | None = None
        self.heading = Heading("Legend", self)
        self.heading.setStyleSheet("QWidget#heading { background: transparent; border: 0; }")
        self.heading.clicked.connect(lambda: self.set_folded(folded=not self.is_folded))
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 1, 1, 1)
        column.setSpacing(0)
        column.addWidget(self.heading)
        column.addWidget(legend, 1)
        self.is_folded: bool = False
        legend.installEventFilter(self)
        for area in legend.findChildren(QScrollArea):
            inner = area.widget()
            if inner is not None:
                inner.installEventFilter(self)

    def set_folded(self, *, folded: bool | None) -> None:
        """Show the heading alone, or the legend; None decides by the room there is."""
        self.chosen = folded
        self.fit()

    def fit(self) -> None:
        """Take the height of the entries, at most that of the map, and stand at the bottom left."""
        area = self.parentWidget()
        if area is None:
            return
        width = max(_UNFOLDED, _LETTERS * self.fontMetrics().averageCharWidth())
        scrolls = self._legend.findChildren(QScrollArea)
        inner = [scroll.widget() for scroll in scrolls]
        height = HEADING + 2 + sum(_height(w, width - 2) for w in inner if w is not None)
        most = max(area.height() - 2 * _MARGIN, HEADING + 2)
        crowded = height > most or width * height > area.width() * area.height() * _MOST_OF_MAP
        folded = crowded if self.chosen is None else self.chosen
        if folded != self.is_folded or self._legend.isHidden() != folded:
            self.is_folded = folded
            self._legend.setVisible(not folded)
            self.heading.show_folded(folded=folded)
        policy = Qt.ScrollBarPolicy
        for scroll in scrolls:
            # A bar that comes and goes with a pixel would make the texts wrap, and so stay.
            bar = policy.ScrollBarAsNeeded if height > most else policy.ScrollBarAlwaysOff
            scroll.setVerticalScrollBarPolicy(bar)
        self.setFixedHeight(HEADING + 2 if folded else min(height, most))
        self.setFixedWidth(_FOLDED if folded else min(width, area.width() - 2 * _MARGIN))
        self.move(_MARGIN, area.height() - self.height() - _MARGIN)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow what the legend holds."""
        if event.type() == QEvent.Type.LayoutRequest:
            QTimer.singleShot(0, self, self.fit)
        return super().eventFilter(watched, event)


def _height(widget: QWidget, width: int) -> int:
    """Return the height that a column of wrapping texts has at a width."""
    layout = widget.layout()
    if layout is not None and layout.hasHeightForWidth():
        return layout.totalHeightForWidth(width)
    return widget.sizeHint().height()


class MapArea(QWidget):
    """The map and all that lies on it."""

    def __init__(self, view: MapView, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.view = view
        self.notices = NoticeBar(self)
        self.line = QProgressBar(self)
        self.line.setObjectName("line")
        self.line.setTextVisible(False)
        self.line.setRange(0, 1)
        self.line.setAccessibleName("Answering the question")
        self._waited = QTimer(self, interval=_PATIENCE_MS, singleShot=True)
        self._waited.timeout.connect(lambda: self.line.setRange(0, 0))
        self._ground = QWidget(self)
        self._ground.setObjectName("sea")
        self._ground.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._ground.installEventFilter(self)
        self._loading = QLabel("Loading the map", self._ground)
        self._loading.setObjectName("skeleton")
        self._loading.setAlignment(Qt.AlignmentFlag.AlignCenter)
        stack = QStackedLayout(self._ground)
        stack.setStackingMode(QStackedLayout.StackingMode.StackAll)
        stack.addWidget(view)
        stack.addWidget(self._loading)
        stack.setCurrentWidget(self._loading)
        view.shown.connect(lambda _number: self._loading.hide())
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.notices)
        column.addWidget(self.line)
        column.addWidget(self._ground, 1)
        self._column = column
        self._page: QWidget | None = None
        self.legend: LegendCard | None = None
        self._welcome: QWidget | None = None

    @property
    def ground(self) -> QWidget:
        """What cards lie on."""
        return self._ground

    def put_legend(self, legend: QWidget) -> None:
        """Lay the legend on the map."""
        self.legend = LegendCard(legend, self._ground)
        self.legend.show()
        self.legend.raise_()
        self.legend.fit()

    def put_page(self, page: QWidget) -> None:
        """Take in what stands in the map's place while the page is looked at."""
        self._page = page
        page.hide()
        self._column.addWidget(page, 1)

    def show_page(self, *, shown: bool) -> None:
        """Show the page in place of the map, or the map again."""
        if self._page is not None:
            self._ground.setVisible(not shown)
            self._page.setVisible(shown)

    def put_welcome(self, card: QWidget) -> None:
        """Lay a card on the middle of the map."""
        self._welcome = card
        card.show()
        card.raise_()
        self._place()

    def show_jobs(self, running: tuple[JobStatus, ...]) -> None:
        """Show the line while the question is being answered and it takes longer."""
        if any(job.purpose == "answer" for job in running):
            if not self._waited.isActive() and self.line.maximum() == 1:
                self._waited.start()
        else:
            self._waited.stop()
            self.line.setRange(0, 1)
            self.line.setValue(0)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep the cards in their places: a notice takes room from the map."""
        if watched is self._ground and event.type() == QEvent.Type.Resize:
            QTimer.singleShot(0, self, self._place)
        return super().eventFilter(watched, event)

    def _place(self) -> None:
        if self.legend is not None:
            self.legend.fit()
        if self._welcome is not None:
            width = self._welcome.width()
            self._welcome.setFixedHeight(self._welcome.heightForWidth(width))
            room = self._ground.rect()
            spot = room.center() - self._welcome.rect().center()
            self._welcome.move(QPoint(max(spot.x(), _MARGIN), max(spot.y() - 2 * GRID, _MARGIN)))
