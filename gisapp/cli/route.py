"""gisapp route: the way that goods travel between two places."""

from __future__ import annotations

import argparse
from pathlib import Path

from gisapp.cli.arguments import Add, add_avoid, several
from gisapp.cli.output import show
from gisapp.model.feedback import Feedback


def add_to(add: Add) -> None:
    """Add route."""
    command = add(
        "route",
        _route,
        "The way that goods travel between two places",
        "gisapp route kolwezi-kov-katanga-mine CNTXG --avoid suez,ZMB --least usd",
    )
    place = "longitude,latitude, id of a facility, or UN/LOCODE of a port"
    command.add_argument("start", metavar="FROM", help=place)
    command.add_argument("end", metavar="TO", help=place)
    add_avoid(command)
    command.add_argument(
        "--open", type=several(str), default=(), metavar="PASSAGE,..",
        help="usually closed: ice, shallow water",
    )  # fmt: skip
    command.add_argument("--mode", choices=("any", "sea", "land"), default="any")
    command.add_argument(
        "--least",
        choices=("km", "days", "usd", "co2"),
        help="what the way is the least of (usd; by sea or land alone km)",
    )
    command.add_argument(
        "--costs", type=Path, metavar="FILE", help="own rows of transport_costs.csv"
    )


def _route(args: argparse.Namespace, feedback: Feedback) -> int:
    from gisapp.analysis.network.journey import Measure, Travel
    from gisapp.workspace.route_document import run_route

    result = run_route(
        args.start,
        args.end,
        avoid=args.avoid,
        ship=args.ship,
        opened=args.open,
        travel=Travel(args.mode),
        least=Measure[args.least.upper()] if args.least else None,
        costs_file=args.costs,
        feedback=feedback,
    )
    columns = ("mode", "from", "to", "km", "days", "usd_t", "kg_co2_t")
    return show(args, result.document, result.document["legs"], columns, result.lines)
