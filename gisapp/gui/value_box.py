"""A number to change: the box of a yield, of a cost."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import QDoubleSpinBox

from gisapp.gui.looks import GRID

_MOST: Final = 1e6
#: Wide enough for six digits and the arrows.
_WIDTH: Final = 12 * GRID


class ValueBox(QDoubleSpinBox):
    """A number that is taken when it is finished.

    Parameters
    ----------
    value
        What it holds.
    lowest, highest
        What it can be at all.
    step
        Of its arrows.
    changed
        Called with a new value.
    """

    def __init__(
        self,
        name: str,
        value: float,
        changed: Callable[[float], None],
        *,
        lowest: float = 0.0,
        highest: float = _MOST,
        step: float,
        tip: str = "",
    ) -> None:
        super().__init__()
        self.setDecimals(max(_decimals(value), _decimals(step)))
        self.setRange(lowest, highest)
        self.setSingleStep(step)
        self.setKeyboardTracking(False)
        self.setFixedWidth(_WIDTH)
        self.setValue(value)
        self.setAccessibleName(name)
        self.setToolTip(tip)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.valueChanged.connect(changed)

    def show_value(self, value: float) -> None:
        """Show a value that was set elsewhere."""
        with QSignalBlocker(self):
            self.setValue(value)


def _decimals(value: float) -> int:
    """Return how many decimals a value has, in the digits that people give it."""
    return len(f"{value:.6f}".rstrip("0").partition(".")[2])
