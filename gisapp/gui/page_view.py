"""The page on the screen: seen from near and far, texts edited and labels moved in place."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QFont,
    QFontDatabase,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QFrame, QMenu, QScrollArea, QToolTip, QWidget

from gisapp.gui.looks import GRID, colors_of
from gisapp.gui.page_texts import ADD_CAPTION, Handle, TextEditor, handles_of
from gisapp.render.fonts import LINE_HEIGHT, font_path
from gisapp.render.scene import Scene, Words

#: Logical pixels to the point at 100 %: a page is as large as on paper.
FULL: Final = 96.0 / 72.0
_LEAST, _MOST, _STEP = 0.25 * FULL, 3.0 * FULL, 1.25
_MARGIN: Final = 2 * GRID
_NEAR: Final = 3.0  # points around a text that still mean it
_DRAG: Final = 4  # pixels until a press is a drag
_NUDGE: Final = 2.0  # points that an arrow key moves a label by
_REST_MS: Final = 350


class Sheet(QWidget):
    """The page itself; one point of it is `scale` pixels.

    `rewritten` carries kind and text, `put_back` a label's text, `moved` too, and how many points
    its middle stands to the right of and below the place that it names.
    """

    rewritten = Signal(str, str)
    moved = Signal(str, float, float)
    put_back = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.scene: Scene | None = None
        self.scale = 1.0
        self.handles: tuple[Handle, ...] = ()
        self.nudged: frozenset[str] = frozenset()
        self.editor: TextEditor | None = None
        self.image = QImage()
        self._stale = False
        self._family = ""
        self._over: int | None = None
        self._held: int | None = None
        self._chosen: int | None = None
        self._from = QPointF()
        self._by = QPointF()
        self._rest = QTimer(self, interval=_REST_MS, singleShot=True)
        self._rest.timeout.connect(self._let_go)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Page")
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)

    @property
    def chosen(self) -> Handle | None:
        """The text that the keys act on."""
        return None if self._chosen is None else self.handles[self._chosen]

    def sizeHint(self) -> QSize:
        """Return the size of the page on the screen."""
        if self.scene is None:
            return QSize(1, 1)
        return QSize(round(self.scene.width * self.scale), round(self.scene.height * self.scale))

    def show_scene(self, scene: Scene) -> None:
        """Show another page; its picture follows."""
        kept = self.chosen
        self.scene = scene
        self.handles = handles_of(scene)
        same = (i for i, h in enumerate(self.handles) if kept is not None and _same(h, kept))
        self._chosen = next(same, None)
        self._held, self._over, self._by = None, None, QPointF()
        self.setAccessibleName(f"Page: {scene.title}")
        self.setAccessibleDescription(scene.alt)
        self.resize(self.sizeHint())
        self.update()

    def show_image(self, image: QImage) -> None:
        """Show what the page looks like."""
        self.image = image
        self.update()

    def set_scale(self, scale: float) -> None:
        """Show the page larger or smaller."""
        self.scale = scale
        self.resize(self.sizeHint())
        self.update()

    def set_stale(self, stale: bool) -> None:
        """Step back while the page is drawn anew."""
        if stale != self._stale:
            self._stale = stale
            self.update()

    # --- what it looks like --------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the page, what is pointed at, and a label on its way."""
        painter = QPainter(self)
        colors = colors_of(self)
        if self.image.isNull():
            painter.fillRect(self.rect(), QColor(colors.paper))
        else:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(QRectF(self.rect()), self.image)
        if self._stale:
            veil = QColor(colors.panel)
            veil.setAlphaF(0.45)
            painter.fillRect(self.rect(), veil)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.editor is None and (self.underMouse() or self.hasFocus()):
            self._offer_caption(painter)
        marked = self._held if self._held is not None else self._over
        if marked is not None:
            self._outline(painter, self.handles[marked], strong=False)
        if self._chosen is not None and self.hasFocus():
            self._outline(painter, self.handles[self._chosen], strong=True)
        mover = self._held if self._held is not None else self._chosen
        if mover is not None and not self._by.isNull():
            self._ghost(painter, self.handles[mover])

    def _offer_caption(self, painter: QPainter) -> None:
        """Paint where a first caption can be written: it is on no export."""
        for handle in self.handles:
            if handle.kind == "caption" and not handle.text:
                painter.setFont(self.font_of(handle.words))
                painter.setPen(QColor(handle.words.ink.color))
                box = self._on_screen(handle.box, 2.0)
                painter.drawText(box, Qt.AlignmentFlag.AlignCenter, ADD_CAPTION)

    def _outline(self, painter: QPainter, handle: Handle, *, strong: bool) -> None:
        pen = QPen(QColor(colors_of(self).accent), 2.0 if strong else 1.0)
        if not strong:
            pen.setStyle(Qt.PenStyle.DashLine)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(self._on_screen(handle.box, 3.0), 3.0, 3.0)

    def _ghost(self, painter: QPainter, handle: Handle) -> None:
        """Paint a label where it would stand."""
        words, colors = handle.words, colors_of(self)
        paper = QColor(self.scene.paper.color if self.scene is not None else colors.paper)
        paper.setAlphaF(0.75)
        painter.fillRect(self._on_screen(handle.box, 1.0), paper)
        there = handle.box.translated(self._by)
        painter.setPen(QPen(QColor(colors.accent), 1.0, Qt.PenStyle.DotLine))
        painter.drawLine(
            self._on_screen(handle.box, 0.0).center(), self._on_screen(there, 0.0).center()
        )
        path = QPainterPath()
        font = self.font_of(words)
        for number, line in enumerate(words.lines):
            base = there.top() + (number + 0.80) * words.size * LINE_HEIGHT
            path.addText(QPointF(there.left() * self.scale, base * self.scale), font, line)
        halo = QColor(words.halo.color if words.halo is not None else colors.paper)
        painter.setPen(QPen(halo, 3.0, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        painter.drawPath(path)
        painter.fillPath(path, QColor(words.ink.color))

    def font_of(self, words: Words) -> QFont:
        """Return the font of a text as large as the screen shows it."""
        if not self._family:
            for bold in (False, True):
                number = QFontDatabase.addApplicationFont(str(font_path(bold=bold)))
                families = QFontDatabase.applicationFontFamilies(number)
                self._family = families[0] if families else self.font().family()
        font = QFont(self._family)
        font.setPixelSize(max(round(words.size * self.scale), 1))
        font.setBold(words.bold)
        return font

    def _on_screen(self, box: QRectF, more: float) -> QRectF:
        """Return a box of the page in pixels, larger by so many pixels on each side."""
        k = self.scale
        screen = QRectF(box.x() * k, box.y() * k, box.width() * k, box.height() * k)
        return screen.adjusted(-more, -more, more, more)

    # --- the pointer ---------------------------------------------------------------------------

    def handle_at(self, position: QPointF) -> int | None:
        """Return the number of the text at a position in pixels, None for none."""
        spot = position / self.scale
        for number in reversed(range(len(self.handles))):
            near = self.handles[number].box.adjusted(-_NEAR, -_NEAR, _NEAR, _NEAR)
            if near.contains(spot):
                return number
        return None

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of a text."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._hurry()
            self._held = self._chosen = self.handle_at(event.position())
            self._from, self._by = event.position(), QPointF()
            self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Move a label, or show what could be taken."""
        if self._held is not None and self.handles[self._held].kind == "label":
            way = event.position() - self._from
            if not self._by.isNull() or way.manhattanLength() >= _DRAG:
                self._by = way / self.scale
            self.update()
            return
        over = self.handle_at(event.position())
        if over != self._over:
            self._over = over
            self.update()
            self._tell(event.globalPosition().toPoint())

    def _tell(self, spot: QPoint) -> None:
        handle = None if self._over is None else self.handles[self._over]
        shape = Qt.CursorShape
        if handle is None:
            self.unsetCursor()
            QToolTip.hideText()
        elif handle.kind == "label":
            self.setCursor(shape.OpenHandCursor)
            back = "; double-click puts it back" if handle.text in self.nudged else ""
            QToolTip.showText(spot, f"Drag to move this label{back}", self)
        else:
            self.setCursor(shape.IBeamCursor)
            said = f"Click to edit the {handle.kind}" if handle.text else "Click to add a caption"
            QToolTip.showText(spot, said, self)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Begin to edit what was clicked, or drop a label."""
        held = self._held
        if event.button() != Qt.MouseButton.LeftButton or held is None:
            return
        self._held = None
        handle = self.handles[held]
        if handle.kind == "label":
            self._let_go()
        elif self.handle_at(event.position()) == held:
            self.edit(handle)
        self.update()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Put a label back."""
        number = self.handle_at(event.position())
        if number is not None and self.handles[number].kind == "label":
            self.put_back.emit(self.handles[number].text)

    def leaveEvent(self, _event: QEvent) -> None:
        """Point at nothing."""
        self._over = None
        self.update()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer what can be done with a text."""
        number = self.handle_at(QPointF(event.pos()))
        if number is None:
            event.ignore()
            return
        handle = self.handles[number]
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if handle.kind == "label":
            back = menu.addAction("Put back", lambda: self.put_back.emit(handle.text))
            back.setEnabled(handle.text in self.nudged)
        else:
            said = f"Edit {handle.kind}" if handle.text else ADD_CAPTION
            menu.addAction(said, lambda: self.edit(handle))
            if handle.text:
                said = "Remove caption" if handle.kind == "caption" else "Let the result speak"
                menu.addAction(said, lambda: self.rewritten.emit(handle.kind, ""))
        menu.popup(event.globalPos())

    def _hurry(self) -> None:
        """Tell how far the keys moved a label, if that is still to be told."""
        if self._rest.isActive():
            self._let_go()

    def _let_go(self) -> None:
        """Tell how far a label was moved."""
        self._rest.stop()
        by = self._by
        number = self._chosen
        if by.isNull() or number is None:
            return
        handle = self.handles[number]
        if handle.words.anchor is not None:
            # the label stays where it was dropped until the page is drawn with it
            away = handle.box.center() + by - QPointF(*handle.words.anchor)
            self.moved.emit(handle.text, away.x(), away.y())

    # --- the keyboard --------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up and Down choose a text, Enter edits it, Ctrl and arrows move a label."""
        key = event.key()
        ways = {
            Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0),
            Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1),
        }  # fmt: skip
        handle = self.chosen
        if key in ways and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            if handle is not None and handle.kind == "label":
                dx, dy = ways[Qt.Key(key)]
                self._by += QPointF(dx * _NUDGE, dy * _NUDGE)
                self._rest.start()
                self.update()
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_Down) and self.handles:
            self._step(1 if key == Qt.Key.Key_Down else -1)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_F2) and handle is not None:
            if handle.kind != "label":
                self.edit(handle)
        elif key == Qt.Key.Key_Delete and handle is not None:
            if handle.kind == "label":
                self.put_back.emit(handle.text)
            else:
                self.rewritten.emit(handle.kind, "")
        else:
            super().keyPressEvent(event)

    def _step(self, way: int) -> None:
        self._hurry()
        self._by = QPointF()
        count = len(self.handles)
        here = self._chosen
        self._chosen = (0 if way > 0 else count - 1) if here is None else (here + way) % count
        handle = self.handles[self._chosen]
        spoken = f"{handle.kind.capitalize()}: {handle.text}" if handle.text else ADD_CAPTION
        self.setAccessibleDescription(spoken)
        self.update()

    def edit(self, handle: Handle) -> None:
        """Write a title, subtitle or caption in place."""
        self.leave_editor(keep=True)
        words, k = handle.words, self.scale
        editor = TextEditor(handle, self)
        editor.setFont(self.font_of(words))
        paper = self.scene.paper.color if self.scene is not None else "#ffffff"
        accent = colors_of(self).accent
        editor.setStyleSheet(
            f"background: {paper}; color: {words.ink.color}; border: 0; padding: 0;"
            f" border-bottom: 2px solid {accent}; selection-background-color: {accent}"
        )
        page = self.scene.width if self.scene is not None else handle.box.right()
        wide = max(page - 2 * words.x, handle.box.width()) * k
        editor.setGeometry(round(words.x * k), round(words.y * k), round(wide), 1)
        editor.fit()
        editor.kept.connect(lambda text: self._keep(handle, text))
        editor.left.connect(self._drop_editor)
        self.editor = editor
        editor.show()
        editor.setFocus(Qt.FocusReason.MouseFocusReason)

    def leave_editor(self, *, keep: bool) -> None:
        """End what is being written."""
        if self.editor is not None:
            self.editor.finish(keep=keep)

    def _keep(self, handle: Handle, text: str) -> None:
        if text != handle.text:
            self.rewritten.emit(handle.kind, text)

    def _drop_editor(self) -> None:
        editor, self.editor = self.editor, None
        if editor is not None:
            editor.hide()
            editor.deleteLater()
        self.setFocus(Qt.FocusReason.OtherFocusReason)


def _same(one: Handle, other: Handle) -> bool:
    return one.kind == other.kind and (one.kind != "label" or one.text == other.text)


class PageView(QScrollArea):
    """The page on its ground, fitted to the room there is or at a size of one's own.

    `rescaled` comes when the page is shown larger or smaller.
    """

    rescaled = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.sheet = Sheet()
        self.zoom: float | None = None
        self.setObjectName("desk")
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidget(self.sheet)

    def show_scene(self, scene: Scene) -> None:
        """Show another page."""
        self.sheet.show_scene(scene)
        self._fit()

    def set_zoom(self, zoom: float | None) -> None:
        """Show the page at a multiple of its size on paper; None fits it to the room there is."""
        self.zoom = zoom
        self._fit()

    def step(self, way: int) -> None:
        """Show the page one step larger or smaller."""
        scale = self.sheet.scale * _STEP**way
        self.set_zoom(min(max(scale, _LEAST), _MOST) / FULL)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the page again."""
        super().resizeEvent(event)
        if self.zoom is None:
            self._fit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Look nearer with Ctrl and the wheel."""
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.step(1 if event.angleDelta().y() > 0 else -1)
            event.accept()
        else:
            super().wheelEvent(event)

    def _fit(self) -> None:
        scene = self.sheet.scene
        if scene is None:
            return
        scale = FULL * self.zoom if self.zoom is not None else 0.0
        if self.zoom is None:
            room = self.maximumViewportSize()
            wide = (room.width() - 2 * _MARGIN) / scene.width
            high = (room.height() - 2 * _MARGIN) / scene.height
            scale = min(max(min(wide, high), _LEAST / 2), _MOST)
        if scale != self.sheet.scale or self.sheet.size() != self.sheet.sizeHint():
            self.sheet.leave_editor(keep=True)
            self.sheet.set_scale(scale)
            self.rescaled.emit()
