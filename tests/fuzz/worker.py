"""A process that reads one file after another and says what came of each; it may die of one.

Reads a path a line, answers a line of JSON. Memory is bounded, so that a file that wants too much
is a finding here and not the machine's end.
"""

from __future__ import annotations

import json
import resource
import sys
import time
import traceback
from pathlib import Path

from gisapp.data.reader import read_layers
from gisapp.model.feedback import GisappError


def outcome(path: Path) -> dict[str, object]:
    """Read a file; return what came of it."""
    try:
        layers = read_layers(path)
    except GisappError as error:
        fault = (
            ""
            if error.code and error.message.endswith(".") and "\n" not in error.message
            else error.message
        )
        return {"came": "refused", "code": error.code, "fault": fault}
    except BaseException:
        return {"came": "raised", "fault": traceback.format_exc()}
    for layer in layers:
        if len(layer.features.lonlat) != len(layer.features):
            return {"came": "raised", "fault": "positions and rows differ"}
    return {
        "came": "loaded",
        "features": sum(len(layer.features) for layer in layers),
        "codes": sorted({p.code for layer in layers for p in layer.problems}),
    }


def main() -> None:
    bound = int(sys.argv[1]) * 1024**2
    resource.setrlimit(resource.RLIMIT_AS, (bound, bound))
    for line in sys.stdin:
        started = time.perf_counter()
        said = outcome(Path(line.rstrip("\n")))
        said["seconds"] = time.perf_counter() - started
        said["mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        sys.stdout.write(json.dumps(said) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
