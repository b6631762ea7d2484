"""Maps to files by the command line, whole processes; QGIS beside it where it is installed."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from gisapp.data.shipped import default_layers, load_facts
from gisapp.model.feedback import Feedback
from gisapp.workspace.answering import answer_of
from gisapp.workspace.example import new_state
from gisapp.workspace.exporting import asked_state
from gisapp.workspace.writing import export_map_file

LAYOUT = Path(__file__).with_name("qgis_layout.py")
#: QGIS comes with the system's Python, not with ours.
SYSTEM = "/usr/bin/python3"


def has_qgis():
    if not Path(SYSTEM).exists():
        return False
    return (
        subprocess.run(
            [SYSTEM, "-c", "import qgis.core"], check=False, capture_output=True
        ).returncode
        == 0
    )


PEERS = ("gisapp", *(["qgis"] if has_qgis() else []))
ASKED = {
    "facilities": ["--mineral", "rare_earths", "--view", "facilities"],
    "coverage": ["--mineral", "rare_earths", "--alliance", "g7", "--view", "coverage"],
    "distance": ["--mineral", "lithium", "--alliance", "g7", "--view", "distance"],
}


@pytest.fixture(scope="module")
def environment(tmp_path_factory):
    """Run without a screen and with compiled modules, as installed programs have them."""
    kept = {name: text for name, text in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    compiled = str(tmp_path_factory.mktemp("compiled"))
    return {**kept, "QT_QPA_PLATFORM": "offscreen", "PYTHONPYCACHEPREFIX": compiled}


def run(command, environment):
    done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    return done.stdout


def told(benchmark, out, *also):
    """Name a figure of the table with the size of its file, which is no column of it."""
    benchmark.stats.name = ", ".join(
        (benchmark.stats.name, f"{out.stat().st_size / 1000:.0f} kB", *also)
    )


@pytest.mark.parametrize("suffix", ["png", "svg", "pdf"])
@pytest.mark.parametrize("peer", PEERS)
def test_the_same_page(benchmark, tmp_path, environment, peer, suffix):
    out = tmp_path / f"map.{suffix}"
    if peer == "qgis":
        command = [SYSTEM, str(LAYOUT), str(out)]
    else:
        command = [sys.executable, "-m", "gisapp", "export", str(out), *ASKED["facilities"]]
    benchmark.group = f"the same page as {suffix}"
    said = benchmark.pedantic(run, (command, environment), rounds=3, warmup_rounds=1)
    assert out.stat().st_size > 10_000
    told(benchmark, out, *([f"export alone {said.strip()} s"] if peer == "qgis" else []))


@pytest.mark.parametrize("suffix", ["png", "svg", "pdf"])
def test_the_same_page_in_a_running_window(benchmark, tmp_path, suffix):
    facts = load_facts()
    question = {"mineral": "rare_earths", "view": "facilities"}
    state = asked_state(new_state(default_layers()), facts, question)
    answer = answer_of(state, facts, Feedback())
    out = tmp_path / f"map.{suffix}"

    def again():
        export_map_file(state, facts, state.frame, out, answer=answer, feedback=Feedback())

    benchmark.group = f"the same page as {suffix}"
    benchmark.pedantic(again, rounds=5, warmup_rounds=1)
    told(benchmark, out)


@pytest.mark.parametrize("suffix", ["png", "svg", "pdf", "pptx", "html"])
@pytest.mark.parametrize("view", ["coverage", "distance"])
def test_each_product(benchmark, tmp_path, environment, view, suffix):
    out = tmp_path / f"map.{suffix}"
    command = [sys.executable, "-m", "gisapp", "export", str(out), *ASKED[view]]
    benchmark.group = f"{view}: whole processes"
    benchmark.pedantic(run, (command, environment), rounds=3, warmup_rounds=1)
    told(benchmark, out)
