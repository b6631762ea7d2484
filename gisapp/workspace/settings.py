"""What the application remembers between runs, in one JSON file of the user's."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, Final

from gisapp.model.feedback import Severity
from gisapp.workspace.codec import from_json, to_json
from gisapp.workspace.report import Report

VERSION: Final = 1
#: From a version to the next one; each is pure and takes and returns the whole document.
MIGRATIONS: Final[dict[int, Callable[[dict[str, Any]], dict[str, Any]]]] = {}
_RECENT: Final = 10


@dataclass(frozen=True)
class Settings:
    """Preferences and habits.

    Parameters
    ----------
    theme
        "system", "light" or "dark".
    recent
        Paths of files opened or saved last, the latest first.
    geometry, layout
        The window's place and its docks as the toolkit wrote them, base64.
    welcome_closed
        True once the welcome card was closed: it never comes back.
    folder
        Where the last file dialog stood.
    sources
        Addresses of databases and services used last, the latest first, without passwords.
    online
        True where the user lets services of the web be asked.
    export_folder, export_format
        Where the last export went, and its ending.
    """

    theme: str = "system"
    recent: tuple[str, ...] = ()
    geometry: str = ""
    layout: str = ""
    welcome_closed: bool = False
    folder: str = ""
    sources: tuple[str, ...] = ()
    online: bool = False
    export_folder: str = ""
    export_format: str = ".pptx"

    def with_recent(self, path: str | Path) -> Settings:
        """Return the settings with a file put first among the recent ones."""
        text = str(path)
        others = tuple(p for p in self.recent if p != text)
        return replace(self, recent=(text, *others)[:_RECENT])

    def with_source(self, safe: str) -> Settings:
        """Return the settings with an address, free of passwords, put first among the sources."""
        others = tuple(s for s in self.sources if s != safe)
        return replace(self, sources=(safe, *others)[:_RECENT])


def config_dir() -> Path:
    """Return the folder of the user's settings on this platform; it may not exist yet."""
    return _user_dir("APPDATA", "Library/Application Support", "XDG_CONFIG_HOME", ".config")


def data_dir() -> Path:
    """Return the folder of the application's own files of this user; it may not exist yet."""
    return _user_dir("LOCALAPPDATA", "Library/Application Support", "XDG_DATA_HOME", ".local/share")


def settings_path() -> Path:
    """Return the path of the settings file."""
    return config_dir() / "settings.json"


def load_settings(path: Path | None = None) -> tuple[Settings, tuple[Report, ...]]:
    """Return the settings and what is to be said of them.

    A value that does not fit becomes its default, with a notice that names it; so does the whole
    file where it is no JSON. A file of a newer version is read for what is known of it.
    """
    path = path or settings_path()
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Settings(), ()
    except (OSError, ValueError) as error:
        return Settings(), (_notice(f"The settings in {path} cannot be read: {error}."),)
    if not isinstance(document, dict):
        return Settings(), (_notice(f"The settings in {path} are no JSON object."),)
    version = document.get("version", VERSION)
    for step in range(version if isinstance(version, int) else VERSION, VERSION):
        document = MIGRATIONS[step](document)
    settings, reports = Settings(), []
    for name in (f.name for f in fields(Settings) if f.name in document):
        try:
            value = getattr(from_json(Settings, {name: document[name]}), name)
        except (ValueError, TypeError):
            reports.append(_notice(f'The setting "{name}" is not usable: {document[name]!r}.'))
        else:
            settings = replace(settings, **{name: value})
    if settings.theme not in {"system", "light", "dark"}:
        reports.append(_notice(f'There is no theme "{settings.theme}".'))
        settings = replace(settings, theme="system")
    return settings, tuple(reports)


def save_settings(settings: Settings, path: Path | None = None) -> None:
    """Write the settings; the file is the old one or the new one, never half of each.

    Raises
    ------
    OSError
        Where the folder cannot be written.
    """
    path = path or settings_path()
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f"{path.name}.{os.getpid()}.new")
    document = {"version": VERSION, **to_json(settings)}
    aside.write_text(json.dumps(document, ensure_ascii=False, indent=1), encoding="utf-8")
    aside.replace(path)


def _notice(message: str) -> Report:
    return Report(Severity.WARNING, message, "The default is used instead.")


def _user_dir(windows: str, mac: str, variable: str, home: str) -> Path:
    if sys.platform == "win32":
        base = Path(os.environ.get(windows) or Path.home())
    elif sys.platform == "darwin":
        base = Path.home() / mac
    else:
        base = Path(os.environ.get(variable) or Path.home() / home)
    return base / "gisapp"
