"""gisapp export and demo: the map, and the data behind it, as files."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from gisapp.cli.arguments import MEASURES, PLANTS, Add, bounds, day, several
from gisapp.cli.output import show
from gisapp.model.feedback import Feedback
from gisapp.model.vocabulary import METRICS, VIEWS, Basis, Stage, Weight


def add_to(add: Add) -> None:
    """Add export and demo."""
    command = add(
        "export",
        _export,
        "The map as slide, PDF, picture or page, or the data behind it",
        "gisapp export slide.pptx --mineral rare_earths --alliance g7 --view coverage",
    )
    command.add_argument(
        "out", type=Path, metavar="OUT.(png|svg|pdf|pptx|html|gpkg|csv)", help="format by ending"
    )
    command.add_argument("--project", type=Path, metavar="FILE", help="a saved project")
    command.add_argument("--mineral", metavar="M")
    command.add_argument("--stage", choices=[s.value for s in Stage])
    command.add_argument("--alliance", metavar="A")
    command.add_argument(
        "--alliance-file", type=Path, metavar="FILE", help="own alliances, .json or .csv"
    )
    command.add_argument("--view", choices=VIEWS)
    command.add_argument("--weight", choices=[w.value for w in Weight])
    command.add_argument("--to", choices=PLANTS)
    command.add_argument("--nearest", type=int, metavar="K")
    command.add_argument("--metric", choices=METRICS, help="of distances")
    command.add_argument("--least", choices=MEASURES, help="of routes: the least of what counts")
    command.add_argument(
        "--avoid", type=several(str), metavar="PASSAGE|ISO3,..", help="of routes, as in distance"
    )
    command.add_argument("--title", help="instead of the headline")
    command.add_argument("--projection", metavar="P", help="equal_earth, robinson, mercator, ...")
    command.add_argument("--size", metavar="16:9", help="page: 16:9, 4:3, A4, ...")
    command.add_argument(
        "--bounds", type=bounds, metavar="W,S,E,N", help="degrees; world if absent"
    )
    command.add_argument("--dpi", type=int, metavar="N")
    command.add_argument("--theme", choices=("light", "dark", "print"))
    command.add_argument("--template", type=Path, metavar="T.pptx")
    command.add_argument("--by", choices=[b.value for b in Basis])
    command.add_argument("--as-of", type=day, metavar="DATE")

    command = add("demo", _demo, "Both analyses and one export of each kind", "gisapp demo out")
    command.add_argument("out", type=Path, metavar="OUT_DIR")


def _export(args: argparse.Namespace, feedback: Feedback) -> int:
    from gisapp.workspace.exporting import export

    def given(names: str) -> dict[str, Any]:
        values = {name: getattr(args, name) for name in names.split()}
        return {name: value for name, value in values.items() if value is not None}

    document = export(
        args.out,
        project=args.project,
        asked=given("mineral stage alliance as_of by weight to nearest view least metric avoid"),
        frame=given("projection size dpi theme bounds template"),
        title=args.title,
        alliance_file=args.alliance_file,
        feedback=feedback,
    )
    return show(args, document, (), (), [*document["notes"], f"Wrote {document['path']}."])


def _demo(args: argparse.Namespace, feedback: Feedback) -> int:
    from gisapp.workspace.demo import demo

    document = demo(args.out, feedback=feedback)
    lines = [*document["sentences"], "", *(f"Wrote {path}" for path in document["files"])]
    return show(args, document, (), (), lines)
