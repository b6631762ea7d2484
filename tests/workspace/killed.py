"""A user who works until somebody pulls the plug: forked again and again from a warm process.

It reads folders from standard input, one a line. For each it forks a child which works there and
tells every finished action by a line; at the end of the input it ends.
"""

import os
import random
import sys
import time
from pathlib import Path

import numpy as np

from gisapp.data import reader, store  # noqa: F401 - warm
from gisapp.data.shipped import default_layers
from gisapp.model.features import Features
from gisapp.model.layer import Layer
from gisapp.model.vocabulary import Role
from gisapp.workspace import project_file  # noqa: F401 - warm
from gisapp.workspace.example import new_state
from gisapp.workspace.layer_commands import add_layers
from gisapp.workspace.recovery import Autosave
from gisapp.workspace.startup import new_session

#: Seconds between two actions of a quick user.
PACE = (0.15, 0.4)


def tell(word: object) -> None:
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


def work(folder: Path) -> None:
    """Act and act: every title is the number of the action."""
    chance = random.Random(os.getpid())
    session = new_session(state=new_state(()))
    Autosave(session, folder / "recovery")
    number = 0
    while True:
        number += 1
        kind = chance.choice(["title", "layer", "save", "undo"])
        if kind == "layer":
            points = np.column_stack([np.linspace(0, 10, 500)] * 2)
            layer = Layer(f"l{number}", f"L{number}", Role.DEPOSIT, Features.from_points(points))
            session.open(add_layers(session.state, [layer]), session.path, dirty=True)
        elif kind == "save":
            session.run("project.save", path=folder / "project.gpkg")
            session.jobs.wait()
        elif kind == "undo":
            session.undo()
        session.run("title.set", title=str(number))
        session.jobs.wait()
        tell(number)
        time.sleep(chance.uniform(*PACE))


def serve() -> None:
    """Fork a worker for every folder that is named."""
    default_layers()
    tell("ready")
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            try:
                work(Path(line.strip()))
            finally:
                os._exit(1)
        tell(child)
        os.waitpid(child, 0)
        tell("killed")


if __name__ == "__main__":
    serve()
