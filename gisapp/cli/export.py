"""gisapp export and demo: the map, and the data behind it, as files."""

from __future__ import annotations

import argparse
from pathlib import Path

from gisapp.cli.arguments import Add, several
from gisapp.cli.output import show
from gisapp.cli.picture_options import add_frame, add_question, asked, frame
from gisapp.model.feedback import Feedback
from gisapp.workspace.deck_plan import Per


def add_to(add: Add) -> None:
    """Add export and demo."""
    command = add(
        "export",
        _export,
        "The map as slide, PDF, picture or page, or the data behind it",
        "gisapp export slide.pptx --mineral rare_earths --alliance g7 --view coverage",
    )
    command.add_argument(
        "out",
        type=Path,
        metavar="OUT.(png|svg|pdf|pptx|html|gpkg|csv)",
        help="format by ending",
    )
    add_question(command)
    command.add_argument("--title", help="instead of the headline")
    command.add_argument(
        "--multiples",
        choices=[per.value for per in Per],
        help="small maps side by side instead of one",
    )
    command.add_argument(
        "--only", type=several(str), default=(), metavar="A,B,..", help="which of them"
    )
    add_frame(command)

    command = add("demo", _demo, "Both analyses and one export of each kind", "gisapp demo out")
    command.add_argument("out", type=Path, metavar="OUT_DIR")


def _export(args: argparse.Namespace, feedback: Feedback) -> int:
    from gisapp.workspace.exporting import export

    document = export(
        args.out,
        project=args.project,
        asked=asked(args),
        frame=frame(args),
        title=args.title,
        alliance_file=args.alliance_file,
        multiples=args.multiples,
        only=args.only,
        feedback=feedback,
    )
    return show(args, document, (), (), [*document["notes"], f"Wrote {document['path']}."])


def _demo(args: argparse.Namespace, feedback: Feedback) -> int:
    from gisapp.workspace.demo import demo

    document = demo(args.out, feedback=feedback)
    lines = [*document["sentences"], "", *(f"Wrote {path}" for path in document["files"])]
    return show(args, document, (), (), lines)
