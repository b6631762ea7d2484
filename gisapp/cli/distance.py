"""gisapp distance: how far each deposit is from the plants that can process it."""

from __future__ import annotations

import argparse
from pathlib import Path

from gisapp.cli.arguments import PLANTS, Add, add_as_of, add_by, add_output, several
from gisapp.cli.output import show_table
from gisapp.model.feedback import Feedback
from gisapp.model.vocabulary import Basis, Role, Status


def add_to(add: Add) -> None:
    """Add distance."""
    command = add(
        "distance",
        _distance,
        "How far each deposit is from the nearest plant that can process it",
        "gisapp distance --mineral rare_earths --within four_nation_us_can_gbr_aus -o distance.csv",
    )
    command.add_argument("--mineral", required=True, metavar="M", help="code, name or symbol")
    command.add_argument("--to", choices=PLANTS, default=PLANTS[0])
    command.add_argument("--deposits", type=Path, metavar="PATH", help="own deposits")
    command.add_argument("--plants", type=Path, metavar="PATH", help="own plants")
    command.add_argument("--metric", choices=("geodesic", "route"), default="geodesic")
    command.add_argument("--within", metavar="ALLIANCE|ISO3,..", help="whose plants count")
    command.add_argument("--nearest", type=int, default=1, metavar="K", help="plants per deposit")
    command.add_argument(
        "--status", type=several(Status), metavar="S,..", help="of the plants (operating)"
    )
    add_by(command)
    add_as_of(command)
    add_output(command)


def _distance(args: argparse.Namespace, feedback: Feedback) -> int:
    from gisapp.workspace.analyses import run_distance

    result = run_distance(
        mineral=args.mineral,
        to=Role(args.to),
        deposits=args.deposits,
        plants=args.plants,
        metric=args.metric,
        restriction=args.within,
        by=Basis(args.by),
        statuses=args.status or (),
        as_of=args.as_of,
        nearest=args.nearest,
        feedback=feedback,
    )
    columns = ["deposit_name", "deposit_country", "plant_name", "plant_country", "distance_km"]
    if args.nearest > 1:
        columns.insert(2, "rank")
    if args.within:
        columns += ["unrestricted_plant_name", "unrestricted_km", "penalty_km"]
    return show_table(args, result, columns)
