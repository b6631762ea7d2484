"""The window's look: one palette for light and one for dark, following the system or the user."""

from __future__ import annotations

from enum import StrEnum
from string import Template

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from gisapp.gui.memory import Memory
from gisapp.model.places import resources_dir
from gisapp.render.picture import ThemeName
from gisapp.render.symbology import palette


class Mode(StrEnum):
    """What the user chose; system follows the desktop."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


def mix(first: str, second: str, share: float) -> str:
    """Return a colour between two: share 0 is the first, 1 the second."""
    a, b = QColor(first), QColor(second)
    parts = (
        round(x + (y - x) * share)
        for x, y in ((a.red(), b.red()), (a.green(), b.green()), (a.blue(), b.blue()))
    )
    return QColor(*parts).name()


def tokens(theme: ThemeName) -> dict[str, str]:
    """Return the colours by the names that resources/theme/window.qss uses."""
    colors = palette(theme)
    dark = theme is ThemeName.DARK
    # White on the accent is 3.4:1 in light, too little for words: they stand on its darker sister.
    strong = colors.accent if dark else colors.alliance_outline
    folder = resources_dir() / "theme"
    return {
        "window": colors.paper if dark else mix(colors.panel, colors.text, 0.03),
        "panel": colors.panel,
        "field": mix(colors.panel, colors.paper, 0.6) if dark else colors.panel,
        "text": colors.text,
        "muted": colors.muted,
        "faint": mix(colors.muted, colors.panel, 0.4),
        "accent": colors.accent,
        "on_accent": colors.paper,
        "strong": strong,
        "strong_hover": mix(strong, colors.text, 0.15),
        "on_strong": colors.paper,
        "link": strong,
        "rule": colors.rule,
        "edge": mix(colors.rule, colors.muted, 0.35),
        "word": mix(colors.rule, colors.accent, 0.35),
        "hover": mix(colors.panel, colors.text, 0.06),
        "desk": mix(colors.panel, colors.text, 0.08),
        "pressed": mix(colors.panel, colors.text, 0.12),
        "stripe": mix(colors.panel, colors.text, 0.03),
        "selected": mix(colors.panel, colors.accent, 0.2),
        "handle": mix(colors.panel, colors.muted, 0.4),
        "water": colors.water,
        "tip": colors.text,
        "tip_text": colors.paper,
        "notice": mix(colors.panel, colors.text, 0.02),
        "error": colors.limit,
        "warning": colors.leader,
        "arrow": (folder / f"chevron_down_{theme.value}.svg").as_posix(),
        "arrow_up": (folder / f"chevron_up_{theme.value}.svg").as_posix(),
    }


def qt_palette(theme: ThemeName) -> QPalette:
    """Return Qt's palette of a theme, for all that the style sheet does not name."""
    use = {name: QColor(value) for name, value in tokens(theme).items() if value.startswith("#")}
    role = QPalette.ColorRole
    made = QPalette()
    for which, name in {
        role.Window: "panel",
        role.WindowText: "text",
        role.Base: "panel",
        role.AlternateBase: "stripe",
        role.Text: "text",
        role.Button: "panel",
        role.ButtonText: "text",
        role.BrightText: "error",
        role.ToolTipBase: "tip",
        role.ToolTipText: "tip_text",
        role.PlaceholderText: "muted",
        role.Highlight: "selected",
        role.HighlightedText: "text",
        role.Link: "link",
        role.LinkVisited: "link",
        role.Accent: "accent",
        role.Mid: "rule",
        role.Midlight: "rule",
        role.Light: "hover",
        role.Dark: "edge",
    }.items():
        made.setColor(which, use[name])
    for which in (role.Text, role.WindowText, role.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, which, use["faint"])
    return made


class Theme(QObject):
    """Dresses the application and tells when the dress changes."""

    changed = Signal(object)

    def __init__(self, app: QApplication, memory: Memory) -> None:
        super().__init__(app)
        self._app = app
        self._memory = memory
        self.mode = Mode(memory.settings.theme)
        self.name = self._wanted()
        app.setStyle("Fusion")
        self._dress()
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._follow)

    def set_mode(self, mode: Mode) -> None:
        """Choose light, dark or what the system has; remembered."""
        self.mode = mode
        self._memory.keep(theme=mode.value)
        self._follow()

    def _follow(self) -> None:
        wanted = self._wanted()
        if wanted is not self.name:
            self.name = wanted
            self._dress()
            self.changed.emit(wanted)

    def _wanted(self) -> ThemeName:
        if self.mode is not Mode.SYSTEM:
            return ThemeName(self.mode.value)
        dark = QGuiApplication.styleHints().colorScheme() is Qt.ColorScheme.Dark
        return ThemeName.DARK if dark else ThemeName.LIGHT

    def _dress(self) -> None:
        sheet = (resources_dir() / "theme" / "window.qss").read_text(encoding="utf-8")
        self._app.setPalette(qt_palette(self.name))
        self._app.setStyleSheet(Template(sheet).substitute(tokens(self.name)))
