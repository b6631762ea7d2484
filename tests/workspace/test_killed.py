"""Pulling the plug at random moments loses at most the last action, and never the file."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from gisapp.workspace.project_file import open_project
from gisapp.workspace.recovery import lost_projects, recover

#: Moments; all 200 in `make test-all`.
MOMENTS = 200 if os.environ.get("GISAPP_WHOLE_CORPUS") else 8


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
@pytest.mark.timeout(600)
def test_a_plug_that_is_pulled_costs_no_more_than_the_last_action(tmp_path):
    chance = random.Random(4)
    with subprocess.Popen(
        [sys.executable, "-m", "tests.workspace.killed"],
        cwd=Path(__file__).parents[2],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as server:
        assert server.stdout.readline() == "ready\n"
        for moment in range(MOMENTS):
            done, folder = pull(server, tmp_path / str(moment), chance.uniform(0.0, 1.5))
            assert done - last_kept(folder) <= 1, moment
        server.stdin.close()
        assert server.wait(30) == 0


def pull(server, folder: Path, seconds: float) -> tuple[int, Path]:
    """Let a user work and kill him after so many seconds; return how many actions were done."""
    folder.mkdir()
    server.stdin.write(f"{folder}\n")
    server.stdin.flush()
    child, done = int(server.stdout.readline()), 0
    done = int(server.stdout.readline())  # he is at work
    time.sleep(seconds)  # a random moment is what is tested
    os.kill(child, signal.SIGKILL)
    while (line := server.stdout.readline()) != "killed\n":
        done = int(line)
    return done, folder


def last_kept(folder: Path) -> int:
    """Return the number of the last action that was not lost."""
    kept = 0
    file = folder / "project.gpkg"
    if file.exists():
        opened = open_project(file)  # whole, whenever it was
        assert not opened.reports
        kept = int(opened.state.title or 0)
    for lost in lost_projects(folder / "recovery"):
        opened = recover(lost.folder)
        assert not opened.reports
        kept = max(kept, int(opened.state.title or 0))
    return kept
