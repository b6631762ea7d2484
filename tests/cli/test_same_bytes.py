"""The same map is the same file in every process, however it orders its sets."""

from __future__ import annotations

import os
import subprocess
import sys

SCRIPT = """
import sys
from pathlib import Path
from gisapp.data.shipped import default_layers, load_facts
from gisapp.model.feedback import Feedback
from gisapp.workspace.answering import answer_of
from gisapp.workspace.example import new_state
from gisapp.workspace.exporting import asked_state
from gisapp.workspace.writing import export_map_file

facts = load_facts()
asked = {"mineral": "graphite", "alliance": "eu", "view": "flows"}
state = asked_state(new_state(default_layers()), facts, asked)
answer = answer_of(state, facts, Feedback())
for suffix in ("png", "svg", "pdf", "pptx", "html"):
    path = Path(sys.argv[1], f"map.{suffix}")
    export_map_file(state, facts, state.frame, path, answer=answer, feedback=Feedback())
"""


def test_two_processes_with_other_hashes_write_the_same_bytes(tmp_path):
    made = []
    for seed in ("1", "2"):
        folder = tmp_path / seed
        folder.mkdir()
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        subprocess.run([sys.executable, "-c", SCRIPT, str(folder)], env=environment, check=True)
        made.append({path.name: path.read_bytes() for path in sorted(folder.iterdir())})
    first, second = made
    assert len(first) == 5
    assert [name for name in first if first[name] != second[name]] == []
