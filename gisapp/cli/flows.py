"""gisapp flows, exposure, site: where ore can go, what it passes, where plants should stand."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Final

from gisapp.cli.arguments import (
    MEASURES,
    Add,
    add_alliances,
    add_as_of,
    add_avoid,
    add_mineral,
    add_output,
    add_own_layers,
    add_plants,
    add_scenario,
    add_status,
    add_within,
    own_layers,
    several,
)
from gisapp.cli.output import show_table
from gisapp.model.alliance import TerritoryRule
from gisapp.model.feedback import Feedback
from gisapp.model.vocabulary import Basis, Role

if TYPE_CHECKING:
    from gisapp.workspace.flow_run import FlowRun

_KINDS: Final = ("port", "plant", "source")


def add_to(add: Add) -> None:
    """Add flows, exposure and site."""
    command = add(
        "flows",
        _flows,
        "Ore to plants within their capacities, with an alliance and without",
        "gisapp flows --mineral lithium --alliance forge",
    )
    _add_question(command)
    add_output(command)
    command = add(
        "exposure",
        _exposure,
        "Which passages the ore goes through, and what closing them costs",
        "gisapp exposure --mineral lithium --closed malacca,suez",
    )
    _add_question(command)
    command.add_argument(
        "--of", choices=("flows", "routes"), default="flows",
        help="of the allocated flows, or of the documented trade routes",
    )  # fmt: skip
    add_output(command)
    command = add(
        "site",
        _site,
        "Where the next plants should go",
        "gisapp site --mineral rare_earths --alliance forge --plants 2 --at port",
    )
    _add_question(command)
    command.add_argument("--plants", type=int, default=1, metavar="K", help="how many, 1 to 5")
    command.add_argument("--capacity", metavar="T", help="of each: 5000 or 5 kt/yr (the usual)")
    command.add_argument(
        "--at", nargs="+", choices=_KINDS, default=_KINDS, metavar="KIND",
        help="places: port, plant (existing), source (what feeds it); all if absent",
    )  # fmt: skip
    command.add_argument(
        "--seconds", type=float, default=20.0, metavar="S", help="for the proof that it is best"
    )
    add_output(command)


def _add_question(command: argparse.ArgumentParser) -> None:
    add_mineral(command)
    add_within(command)
    add_plants(command)
    command.add_argument(
        "--by", type=several(Basis), default=(Basis.LOCATION,), metavar="B,..",
        help="what of a plant is inside: location, control, or both",
    )  # fmt: skip
    command.add_argument(
        "--ore", choices=("inside", "all"), default="inside", help="whose ore goes to them"
    )
    command.add_argument("--least", choices=MEASURES, default="usd_t", help="of which measure")
    command.add_argument(
        "--closed", type=several(str), default=(), metavar="PASSAGE,..", help="closed together"
    )
    add_avoid(command)
    add_status(command)
    add_own_layers(command)
    add_alliances(command)
    add_scenario(command)
    add_as_of(command)


def _run(args: argparse.Namespace) -> FlowRun:
    from gisapp.analysis.network.journey import Measure
    from gisapp.workspace.flow_run import FlowRun

    return FlowRun(
        mineral=args.mineral,
        as_of=args.as_of,
        to=Role(args.to),
        restriction=args.within,
        by=args.by,
        ore=args.ore,
        least=Measure(args.least),
        avoid=args.avoid,
        ship=args.ship,
        closed=args.closed,
        statuses=args.status,
        own=own_layers(args),
        alliance_file=args.alliance_file,
        territories=TerritoryRule(args.territories),
        scenario=args.scenario,
    )


def _flows(args: argparse.Namespace, feedback: Feedback) -> int:
    from gisapp.workspace.flow_run import run_flows

    result = run_flows(_run(args), feedback)
    columns = ("source_name", "source_country", "plant_name", "plant_country", "tonnes", "km")
    return show_table(args, result, (*columns, "days", "usd_t"))


def _exposure(args: argparse.Namespace, feedback: Feedback) -> int:
    from gisapp.workspace.flow_run import run_exposure, run_routes

    detour = ("detour_km", "detour_days", "detour_usd_t")
    if args.of == "routes":
        result = run_routes(_run(args), feedback)
        return show_table(args, result, ("name", "routes", "share_routes", *detour))
    result = run_exposure(_run(args), feedback)
    columns = ("name", "share_tonnes", "share_tonne_km", *detour, "loss_usd")
    return show_table(args, result, (*columns, "unreachable_tonnes"))


def _site(args: argparse.Namespace, feedback: Feedback) -> int:
    from gisapp.workspace.flow_run import run_site

    result = run_site(
        _run(args),
        feedback,
        count=args.plants,
        capacity=args.capacity,
        at=tuple(args.at),
        seconds=args.seconds,
    )
    return show_table(args, result, ("name", "country", "kind", "tonnes", "product", "used_share"))
