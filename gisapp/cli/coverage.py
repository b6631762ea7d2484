"""gisapp coverage: how much of each step lies inside an alliance."""

from __future__ import annotations

import argparse
from pathlib import Path

from gisapp.cli.arguments import Add, add_as_of, add_by, add_output
from gisapp.cli.output import show_table
from gisapp.model.feedback import Feedback
from gisapp.model.vocabulary import Basis, Role, Stage, Weight


def add_to(add: Add) -> None:
    """Add coverage."""
    command = add(
        "coverage",
        _coverage,
        "How much of each step lies inside an alliance, and who holds the rest",
        "gisapp coverage --alliance g7 --mineral lithium --stage refining",
    )
    command.add_argument("--alliance", required=True, metavar="A", help="id, or ISO3,..")
    command.add_argument("--mineral", nargs="+", action="extend", metavar="M", help="all if absent")
    command.add_argument(
        "--stage", nargs="+", action="extend", type=Stage, choices=tuple(Stage), metavar="S",
        help="mining, refining, magnets; all if absent",
    )  # fmt: skip
    command.add_argument("--weight", choices=[w.value for w in Weight], default="production")
    command.add_argument("--deposits", type=Path, metavar="PATH", help="own deposits")
    command.add_argument("--refineries", type=Path, metavar="PATH", help="own refineries")
    command.add_argument("--magnet-plants", type=Path, metavar="PATH", help="own magnet plants")
    add_by(command)
    add_as_of(command)
    add_output(command)


def _coverage(args: argparse.Namespace, feedback: Feedback) -> int:
    from gisapp.workspace.analyses import run_coverage

    own = {
        role: path
        for role, path in (
            (Role.DEPOSIT, args.deposits),
            (Role.REFINERY, args.refineries),
            (Role.MAGNET_PLANT, args.magnet_plants),
        )
        if path is not None
    }
    result = run_coverage(
        alliance=args.alliance,
        minerals=[m for word in args.mineral or () for m in word.split(",")],
        stages=args.stage or (),
        by=Basis(args.by),
        weight=Weight(args.weight),
        as_of=args.as_of,
        own=own,
        feedback=feedback,
    )
    columns = (
        *("mineral", "stage", "share_low", "share_high", "inside", "world", "unit", "year"),
        *("hhi_low", "hhi_high", "top1_country", "top1_share", "over_65_percent"),
    )
    return show_table(args, result, columns)
