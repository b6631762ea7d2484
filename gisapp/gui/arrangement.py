"""Where the panels stand: at first, after a folding, and again in the next run."""

from __future__ import annotations

import json
from typing import Any, Final

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtWidgets import QWidget

from gisapp.gui.docks import BottomDock, PanelDock
from gisapp.gui.map_area import MapArea
from gisapp.gui.memory import packed, unpacked
from gisapp.gui.shell import Shell

#: Widths of the side panels in a window of 1366 pixels, and in one that is roomy.
_NARROW: Final = (232, 304)
_WIDE: Final = (280, 400)
_ROOMY: Final = 1600
_LAYERS_HEIGHT: Final = 240
#: Panels that come and go with what they are about.
_PASSING: Final = ("feature", "page")


class Arrangement(QObject):
    """The docks of the window, by name.

    Parameters
    ----------
    left, right
        Name, title and widget of the panels at each side, from the top.
    bottom
        Title and widget of the tabs below the map.
    """

    def __init__(
        self,
        shell: Shell,
        area: MapArea,
        *,
        left: tuple[tuple[str, str, QWidget], ...],
        right: tuple[tuple[str, str, QWidget], ...],
        bottom: tuple[tuple[str, QWidget], ...],
    ) -> None:
        super().__init__(shell)
        self._shell, self._area = shell, area
        areas = Qt.DockWidgetArea
        # The side panels run down to the status bar: the table shares the map's column.
        shell.setCorner(Qt.Corner.BottomLeftCorner, areas.LeftDockWidgetArea)
        shell.setCorner(Qt.Corner.BottomRightCorner, areas.RightDockWidgetArea)
        self.docks: dict[str, PanelDock] = {}
        for side, panels in ((areas.LeftDockWidgetArea, left), (areas.RightDockWidgetArea, right)):
            for name, title, widget in panels:
                self.docks[name] = PanelDock(name, title, widget, shell)
                shell.addDockWidget(side, self.docks[name])
        self._hide_passing()
        self.bottom = BottomDock(shell)
        for title, page in bottom:
            self.bottom.add(title, page)
        shell.addDockWidget(areas.BottomDockWidgetArea, self.bottom)

    def restore(self) -> None:
        """Put everything where it was in the last run, or where it belongs in the first."""
        kept = self._kept()
        folded = kept.get("folded", ())
        known = bool(kept) and self._shell.restoreState(unpacked(kept.get("docks", "")))
        self._hide_passing()
        for name, dock in self.docks.items():
            dock.set_folded(folded=name in folded)
        self.bottom.set_folded(folded=not known or "bottom" in folded)
        if self._area.legend is not None:
            self._area.legend.set_folded(folded=True if "legend" in folded else None)
        if not known:
            QTimer.singleShot(0, self, self._first)

    def keep(self) -> None:
        """Note where everything is."""
        folded = [name for name, dock in self.docks.items() if dock.is_folded]
        folded += ["bottom"] if self.bottom.is_folded else []
        if self._area.legend is not None and self._area.legend.chosen:
            folded.append("legend")
        layout = {"docks": packed(self._shell.saveState()), "folded": folded}
        self._shell.memory.keep(layout=json.dumps(layout))

    def open(self, name: str) -> None:
        """Show a panel, unfolded, and give it the focus."""
        dock = self.docks[name]
        dock.show()
        dock.set_folded(folded=False)
        dock.widget().setFocus(Qt.FocusReason.ShortcutFocusReason)

    def open_feature(self) -> None:
        """Show the card of a feature; it shares the right side with the result."""
        dock = self.docks["feature"]
        first = not dock.isVisible()
        dock.set_folded(folded=False)
        dock.show()
        if first:
            half = self._area.height() // 2
            self._shell.resizeDocks(
                [dock, self.docks["result"]], [half, half], Qt.Orientation.Vertical
            )

    def open_page(self) -> None:
        """Show the column of the page in place of the result."""
        wide = self.docks["result"].width()
        self.docks["feature"].hide()
        self.docks["result"].hide()
        self.docks["page"].set_folded(folded=False)
        self.docks["page"].show()
        self._shell.resizeDocks([self.docks["page"]], [wide], Qt.Orientation.Horizontal)

    def close_page(self) -> None:
        """Show the result in place of the column of the page."""
        self.docks["page"].hide()
        self.docks["result"].show()

    def toggle_sides(self) -> None:
        """Hide the panels at the sides, or show them."""
        sides = [dock for name, dock in self.docks.items() if name not in _PASSING]
        shown = any(dock.isVisible() for dock in sides)
        for dock in sides:
            dock.setVisible(not shown)

    def _hide_passing(self) -> None:
        for name in _PASSING:
            self.docks[name].hide()

    def _first(self) -> None:
        shell, docks = self._shell, self.docks
        shell.resizeDocks(
            [docks["layers"], docks["result"]],
            list(_WIDE if shell.width() >= _ROOMY else _NARROW),
            Qt.Orientation.Horizontal,
        )
        height = docks["layers"].height() + docks["filter"].height()
        upper = min(_LAYERS_HEIGHT, height // 2)
        shell.resizeDocks(
            [docks["layers"], docks["filter"]], [upper, height - upper], Qt.Orientation.Vertical
        )

    def _kept(self) -> dict[str, Any]:
        try:
            kept = json.loads(self._shell.memory.settings.layout)
        except ValueError:
            return {}
        return kept if isinstance(kept, dict) else {}
