"""Maps to files by the command line, whole processes; QGIS beside it where it is installed."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

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


def run(command):
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    subprocess.run(command, env=environment, check=True, capture_output=True)


@pytest.mark.parametrize("suffix", ["png", "svg", "pdf"])
@pytest.mark.parametrize("peer", PEERS)
def test_the_same_page(benchmark, tmp_path, peer, suffix):
    out = tmp_path / f"map.{suffix}"
    if peer == "qgis":
        command = [SYSTEM, str(LAYOUT), str(out)]
    else:
        command = [sys.executable, "-m", "gisapp", "export", str(out), *ASKED["facilities"]]
    benchmark.pedantic(run, (command,), rounds=3)
    assert out.stat().st_size > 10_000
    benchmark.extra_info["bytes"] = out.stat().st_size


@pytest.mark.parametrize("suffix", ["png", "svg", "pdf", "pptx", "html"])
@pytest.mark.parametrize("view", ["coverage", "distance"])
def test_each_product(benchmark, tmp_path, view, suffix):
    out = tmp_path / f"map.{suffix}"
    command = [sys.executable, "-m", "gisapp", "export", str(out), *ASKED[view]]
    benchmark.pedantic(run, (command,), rounds=3)
    benchmark.extra_info["bytes"] = out.stat().st_size
