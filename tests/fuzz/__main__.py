"""The whole fuzz run: `python -m tests.fuzz 20000`; faults and their files are kept in a folder."""

from __future__ import annotations

import argparse
import random
import shutil
import tempfile
import time
from pathlib import Path

from tests.fuzz.driver import running
from tests.fuzz.mutate import KINDS, Edit
from tests.fuzz.seeds import SEEDS


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("inputs", type=int)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", help="formats whose name holds this")
    parser.add_argument("--keep", type=Path, default=Path("fuzz-findings"))
    chosen = parser.parse_args()
    dice = random.Random(chosen.seed)
    names = [seed.name for seed in SEEDS if chosen.only in seed.name]
    started, faults = time.monotonic(), 0
    with tempfile.TemporaryDirectory() as folder, running(Path(folder)) as run:
        for number in range(chosen.inputs):
            name = names[number % len(names)]
            edits = [
                Edit(dice.choice(KINDS), dice.random(), dice.random(), dice.randrange(256))
                for _ in range(dice.choice((1, 1, 1, 2, 3, 5)))
            ]
            part = dice.random()
            fault = run.fault(name, part, edits)
            if fault:
                faults += 1
                kept = chosen.keep / f"{chosen.seed}-{number}"
                shutil.rmtree(kept, ignore_errors=True)
                shutil.copytree(run.folder / "damaged", kept)
                (kept / "fault.txt").write_text(f"{name} {part} {edits}\n{fault}\n")
                print(f"{number} {name}: {fault.strip().splitlines()[-1][:200]}", flush=True)
        print(
            f"{chosen.inputs:,} inputs, {time.monotonic() - started:.0f} s, {dict(run.counted)}, "
            f"slowest {run.slowest[0]:.1f} s ({run.slowest[1]}), {run.megabytes} MB at most, "
            f"{faults} faults"
        )
    return int(faults > 0)


if __name__ == "__main__":
    raise SystemExit(main())
