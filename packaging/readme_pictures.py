"""Make the pictures of the README: the real window in some situations.

Run it from the root of the repository under any display, for example
``xvfb-run -s "-screen 0 1600x1000x24" python packaging/readme_pictures.py``; names of single
pictures may follow. What is exported is in the gallery: ``readme_gallery.py``.
"""

from __future__ import annotations

import argparse
import dataclasses
import os
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

from PIL import Image, ImageColor
from PySide6.QtCore import QElapsedTimer, QEventLoop, Qt, QTimer

from gisapp.gui.app import Phases, Start, prepare
from gisapp.gui.memory import Memory
from gisapp.gui.shell import Shell
from gisapp.gui.theme import Mode, Theme
from gisapp.render.picture import ThemeName
from gisapp.render.symbology import palette

SIZE: Final = (1600, 1000)
#: A palette takes a third of the bytes; the few pixels of a symbol keep their colour in it.
COLOURS: Final = 256
LONGEST_MS: Final = 60_000
#: How long the map is left alone before it is photographed: tiles come and fade in.
REST_MS: Final = 2_500
FOLDER: Final = Path(__file__).parent / "readme"

Steps = tuple[tuple[str, dict[str, Any]], ...]

#: What is asked in each picture; all begin with the worked example.
PICTURES: Final[dict[str, Steps]] = {
    "opening": (),
    "distance": (("question.view", {"view": "distance"}),),
    "coverage": (
        ("question.view", {"view": "coverage"}),
        ("question.mineral", {"mineral": "lithium"}),
        ("question.alliance", {"alliance": "forge"}),
        ("view.set", {"lon": -10.0, "lat": 22.0, "zoom": 2}),
    ),
    "chain": (("question.view", {"view": "chain"}),),
    "route": (("route.find", {"start": "tenke-fungurume-mine", "end": "kokkola-umicore"}),),
    "page": (
        ("question.view", {"view": "coverage"}),
        ("question.mineral", {"mineral": "cobalt"}),
        ("window.page", {}),
    ),
}


def wait(until: Callable[[], bool], what: str) -> None:
    """Let the window work until something is so; raises TimeoutError naming it."""
    clock, loop = QElapsedTimer(), QEventLoop()
    clock.start()
    while not until():
        if clock.hasExpired(LONGEST_MS):
            raise TimeoutError(what)
        QTimer.singleShot(50, loop.quit)
        loop.exec()


def rest() -> None:
    """Let the map finish its tiles."""
    clock = QElapsedTimer()
    clock.start()
    wait(lambda: clock.hasExpired(REST_MS), "rest")


def photograph(folder: Path, names: Sequence[str]) -> None:
    """Open the window, bring it into each situation and save what it shows."""
    app = prepare(["gisapp"])
    memory = Memory()
    memory.keep(welcome_closed=True)
    theme = Theme(app, memory)
    theme.set_mode(Mode.LIGHT)
    shell = Shell(memory)
    start = Start(shell, theme, Phases())
    faults: list[object] = []
    start.failed.connect(faults.append)
    shell.setWindowState(Qt.WindowState.WindowNoState)
    shell.setWindowFlag(Qt.WindowType.FramelessWindowHint)
    shell.move(0, 0)
    shell.resize(*SIZE)
    shell.show()
    wait(lambda: start.window is not None or bool(faults), "the window")
    if faults or start.window is None or start.session is None:
        raise RuntimeError(f"the window could not be put together: {faults}")
    session = start.session
    wait(lambda: session.answer is not None, "the first answer")
    for name in names:
        for command, params in PICTURES[name]:
            if command.startswith("window."):
                start.window.actions[command].trigger()
            else:
                session.run(command, **params)
        wait(lambda: session.answer is not None and not session.jobs.running, f"the answer: {name}")
        rest()
        path = folder / f"{name}.png"
        shell.grab().save(str(path))
        shrink(path)
    start.window.area.view.shut_down()
    session.close()


def shrink(path: Path) -> None:
    """Reduce a picture to a palette, in place."""
    with Image.open(path) as picture:
        full = picture.convert("RGB")
    # few pixels are a symbol's: its colour would be lost among the shades of the map
    theme = dataclasses.asdict(palette(ThemeName.LIGHT)).values()
    own = [ImageColor.getrgb(c)[:3] for c in theme if isinstance(c, str) and c.startswith("#")]
    shades = full.quantize(COLOURS - len(own), kmeans=1, dither=Image.Dither.NONE)
    wanted = Image.new("P", (1, 1))
    wanted.putpalette([*(part for colour in own for part in colour), *(shades.getpalette() or ())])
    few = full.quantize(palette=wanted, dither=Image.Dither.NONE)
    few.save(path, optimize=True)


def main() -> None:
    """Make the pictures that are named, or all."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help="opening, distance, ...")
    asked = parser.parse_args().names or list(PICTURES)
    unknown = sorted(set(asked) - set(PICTURES))
    if unknown:
        parser.error(f"no picture is called {', '.join(unknown)}")
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as work:
        for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "APPDATA", "LOCALAPPDATA"):
            os.environ[name] = work
        photograph(FOLDER, [name for name in PICTURES if name in asked])


if __name__ == "__main__":
    main()
