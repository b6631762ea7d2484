"""The texts of a page that can be taken hold of, and one of them while it is written."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QWidget

from gisapp.render.fonts import LINE_HEIGHT, FontFiles, font_files, width_of
from gisapp.render.scene import Scene, Words, ink
from gisapp.render.symbology import palette

LABELS: Final = "Labels"
ADD_CAPTION: Final = "Add a caption"
_EDITED: Final = ("title", "subtitle", "caption")
_CAPTION: Final = 9.0  # points of the letters of "Add a caption" on a slide
_SLIDE: Final = 960.0  # points
#: What parts words; a no-break space does not.
_SPACES: Final = re.compile("[ \t\n\u2028\u2029]+")


@dataclass(frozen=True)
class Handle:
    """A text of the page that can be taken hold of; `kind` is title, subtitle, caption or label.

    `whole` is what the page has room for a part of only, "" where it shows all.
    """

    kind: str
    words: Words
    box: QRectF
    whole: str = ""

    @property
    def text(self) -> str:
        """The text as one line."""
        return self.whole or self.words.text


def box_of(words: Words, fonts: FontFiles) -> QRectF:
    """Return where a text stands on the page, points."""
    wide = max(width_of(line, words.size, bold=words.bold, fonts=fonts) for line in words.lines)
    shift = {"left": 0.0, "center": 0.5, "right": 1.0}[words.align] * wide
    high = len(words.lines) * words.size * LINE_HEIGHT
    return QRectF(words.x - shift, words.y, wide, high)


def handles_of(scene: Scene) -> tuple[Handle, ...]:
    """Return the texts of a page that can be edited or moved, in reading order."""
    found = []
    fonts = font_files(scene.theme)
    given = {"title": scene.title, "subtitle": scene.subtitle, "caption": scene.spec.caption}
    for item in scene.items:
        if not isinstance(item, Words) or not item.lines:
            continue
        if item.purpose in _EDITED:
            whole = given[item.purpose] if item.text.endswith("\u2026") else ""
            found.append(Handle(item.purpose, item, box_of(item, fonts), whole))
        elif item.group == LABELS and item.anchor is not None:
            found.append(Handle("label", item, box_of(item, fonts)))
    if all(each.kind != "caption" for each in found):
        found.append(_caption_to_be(scene, fonts))
    order = {kind: number for number, kind in enumerate((*_EDITED, "label"))}
    return tuple(sorted(found, key=lambda each: order[each.kind]))


def _caption_to_be(scene: Scene, fonts: FontFiles) -> Handle:
    """Return where to click for a first caption: under the map, between scale and projection."""
    plate = scene.map_box
    size = max(_CAPTION * scene.width / _SLIDE, _CAPTION / 2)
    wide, high = width_of(ADD_CAPTION, size, bold=False, fonts=fonts), size * LINE_HEIGHT
    box = QRectF(plate.x + (plate.w - wide) / 2, plate.bottom + high / 4, wide, high)
    taken = (box_of(each, fonts) for each in scene.items if isinstance(each, Words) and each.lines)
    if any(box.intersects(other) for other in taken):
        box.moveBottom(plate.bottom - high / 4)
    muted = ink(palette(scene.theme), "muted")
    words = Words("Caption", "", plate.x, box.y(), ("",), size, muted, purpose="caption")
    return Handle("caption", words, box)


class TextEditor(QPlainTextEdit):
    """A text of the page while it is written; Enter keeps it, Escape gives up."""

    kept = Signal(str)
    left = Signal()

    def __init__(self, handle: Handle, parent: QWidget) -> None:
        super().__init__(parent)
        self._done = False
        self.setAccessibleName(f"{handle.kind.capitalize()} of the page")
        self.setPlainText(handle.text)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setTabChangesFocus(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.document().setDocumentMargin(0.0)
        self.textChanged.connect(self.fit)
        self.selectAll()

    def fit(self) -> None:
        """Be as high as the text."""
        lines = max(round(self.document().size().height()), 1)
        self.setFixedHeight(lines * self.fontMetrics().lineSpacing() + 4)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """End with Enter or Escape."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.finish(keep=True)
        elif event.key() == Qt.Key.Key_Escape:
            self.finish(keep=False)
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Keep what was written when something else is clicked."""
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self.finish(keep=True)

    def finish(self, *, keep: bool) -> None:
        """Tell the text, or that it was given up; only once."""
        if self._done:
            return
        self._done = True
        if keep:
            # toPlainText would part a figure from its unit: it makes all spaces plain
            self.kept.emit(_SPACES.sub(" ", self.document().toRawText()).strip(" "))
        self.left.emit()
