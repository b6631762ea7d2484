"""gisapp distance: how far each deposit is from the plants that can process it."""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path
from typing import Final

from gisapp.cli.arguments import (
    MEASURES,
    Add,
    add_alliances,
    add_as_of,
    add_avoid,
    add_by,
    add_metric,
    add_mineral,
    add_output,
    add_plants,
    add_scenario,
    add_status,
    add_within,
    day,
    several,
)
from gisapp.cli.output import show_table
from gisapp.model.alliance import TerritoryRule
from gisapp.model.feedback import Feedback
from gisapp.model.vocabulary import Basis, Role

_INSIDE: Final = {"plant": Basis.LOCATION, "owner": Basis.CONTROL, "listing": Basis.LISTING}


def add_to(add: Add) -> None:
    """Add distance."""
    command = add(
        "distance",
        _distance,
        "How far each deposit is from the nearest plant that can process it",
        "gisapp distance --mineral lithium --within g7 --inside plant,owner --metric route "
        "--least usd_t --avoid malacca,RUS",
    )
    add_mineral(command)
    add_plants(command)
    command.add_argument("--deposits", type=Path, metavar="PATH", help="own deposits")
    command.add_argument("--plants", type=Path, metavar="PATH", help="own plants")
    add_metric(command)
    command.add_argument(
        "--least", choices=MEASURES, default=MEASURES[0],
        help="of a route: the nearest plant is the least of (km)",
    )  # fmt: skip
    add_within(command)
    command.add_argument(
        "--inside", type=several(_basis), default=(), metavar="plant,owner",
        help="what has to be inside: the plant, its owner, its listing, all that are named",
    )  # fmt: skip
    add_avoid(command)
    command.add_argument("--nearest", type=int, default=1, metavar="K", help="plants per deposit")
    add_status(command, "plants")
    command.add_argument(
        "--starts-by", type=_year, metavar="YEAR", help="plants that are to start by then count too"
    )
    command.add_argument(
        "--min-capacity", metavar="T", help="of a plant, tonnes a year: 5000, 5 kt/yr"
    )
    command.add_argument(
        "--known-capacity", action="store_true", help="leave out plants of unknown capacity"
    )
    add_scenario(command)
    add_alliances(command)
    add_by(command)
    add_as_of(command)
    add_output(command)


def _basis(word: str) -> Basis:
    if word not in _INSIDE:
        raise ValueError(f'"{word}" cannot be inside: choose of {", ".join(_INSIDE)}')
    return _INSIDE[word]


def _year(text: str) -> date:
    """Read a year as its last day, or a day."""
    return date(int(text), 12, 31) if text.isdigit() and len(text) == 4 else day(text)


def _distance(args: argparse.Namespace, feedback: Feedback) -> int:
    from gisapp.analysis.network.journey import Measure
    from gisapp.workspace.distance_run import DistanceRun, run_distance

    run = DistanceRun(
        mineral=args.mineral,
        as_of=args.as_of,
        to=Role(args.to),
        deposits=args.deposits,
        plants=args.plants,
        metric=args.metric,
        least=Measure(args.least),
        restriction=args.within,
        by=Basis(args.by),
        inside=args.inside,
        avoid=args.avoid,
        ship=args.ship,
        statuses=args.status,
        starts_by=args.starts_by,
        min_capacity=args.min_capacity,
        unknown_capacity=not args.known_capacity,
        nearest=args.nearest,
        alliance_file=args.alliance_file,
        territories=TerritoryRule(args.territories),
        scenario=args.scenario,
    )
    result = run_distance(run, feedback)
    columns = ["deposit_name", "deposit_country", "plant_name", "plant_country", "distance_km"]
    if args.nearest > 1:
        columns.insert(2, "rank")
    if args.metric == "route":
        columns += ["days", "usd_t", "kg_co2_t"]
    if args.within or args.avoid:
        columns += ["unrestricted_plant_name", "unrestricted_km", "penalty_km"]
        if args.least != MEASURES[0]:
            columns.append(f"penalty_{args.least}")
    if (result.table["status"] != "ok").any():
        columns.append("reason")
    if (result.table["fragile"] != "").any():
        columns.append("fragile")
    return show_table(args, result, columns)
