"""gisapp chain: how much a whole chain carries, and where it stops."""

from __future__ import annotations

import argparse
from pathlib import Path

from gisapp.cli.arguments import (
    Add,
    add_as_of,
    add_by,
    add_metric,
    add_mineral,
    add_output,
    add_status,
)
from gisapp.cli.output import show_table
from gisapp.model.feedback import Feedback
from gisapp.model.vocabulary import Basis


def add_to(add: Add) -> None:
    """Add chain."""
    command = add(
        "chain",
        _chain,
        "How much of a mineral a chain carries from mine to product, and its weakest link",
        "gisapp chain --mineral rare_earths --alliance g7 --json",
    )
    add_mineral(command)
    command.add_argument("--alliance", metavar="A", help="id, or ISO3,.. (the world if absent)")
    command.add_argument("--deposit", metavar="ID", help="the journey of one deposit's ore instead")
    add_metric(command, "of the deposit's journey")
    command.add_argument(
        "--yields", type=Path, metavar="FILE", help="own yields: a .csv with the columns id, value"
    )
    add_status(command)
    add_by(command)
    add_as_of(command)
    add_output(command)


def _chain(args: argparse.Namespace, feedback: Feedback) -> int:
    from gisapp.workspace.chain_report import run_chain

    result = run_chain(
        mineral=args.mineral,
        alliance=args.alliance,
        by=Basis(args.by),
        statuses=args.status,
        as_of=args.as_of,
        yields=args.yields,
        deposit=args.deposit,
        metric=args.metric,
        feedback=feedback,
    )
    if args.deposit is not None:
        return show_table(
            args, result, ("plants", "step", "site", "country", "km", "tonnes", "unit")
        )
    columns = (
        *("step", "low", "high", "unit", "own_low", "own_high", "own_unit"),
        *("binding", "sites", "without_figure"),
    )
    return show_table(args, result, columns)
