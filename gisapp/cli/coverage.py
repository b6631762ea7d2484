"""gisapp coverage: how much of each step lies inside an alliance."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from gisapp.cli.arguments import (
    Add,
    add_alliances,
    add_as_of,
    add_by,
    add_output,
    add_own_layers,
    add_scenario,
    days,
    own_layers,
)
from gisapp.cli.output import show_table
from gisapp.model.alliance import TerritoryRule
from gisapp.model.feedback import Feedback
from gisapp.model.vocabulary import Basis, Stage, Weight

_MOST_NAMED: Final = 6


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
    command.add_argument(
        "--weight", choices=[w.value for w in Weight], default=Weight.PRODUCTION.value
    )
    add_own_layers(command)
    command.add_argument(
        "--over", type=days, default=(), metavar="Y..Y",
        help="change over time: 2020..2030, the ends of years, or days parted by commas",
    )  # fmt: skip
    add_scenario(command)
    add_alliances(command)
    add_by(command)
    add_as_of(command)
    add_output(command)


def _coverage(args: argparse.Namespace, feedback: Feedback) -> int:
    from gisapp.workspace.coverage_run import CoverageRun, run_coverage

    run = CoverageRun(
        alliance=args.alliance,
        as_of=args.as_of,
        minerals=[m for word in args.mineral or () for m in word.split(",")],
        stages=args.stage or (),
        by=Basis(args.by),
        weight=Weight(args.weight),
        own=own_layers(args),
        over=args.over,
        alliance_file=args.alliance_file,
        territories=TerritoryRule(args.territories),
        scenario=args.scenario,
    )
    result = run_coverage(run, feedback)
    if args.over and not args.json:
        rows = [{**row, **_shortened(row)} for row in result.document["rows"]]
        result = replace(result, document={**result.document, "rows": rows})
    if args.over:
        changes = ("as_of", "joined", "left", "started")
        shares = ("share_low", "share_high", "inside", "world", "unit", "year")
        return show_table(args, result, (*changes[:1], "mineral", "stage", *shares, *changes[1:]))
    columns = (
        *("mineral", "stage", "share_low", "share_high", "inside", "world", "unit", "year"),
        *("hhi_low", "hhi_high", "top1_country", "top1_share", "over_65_percent"),
    )
    return show_table(args, result, columns)


def _shortened(row: Mapping[str, Any]) -> dict[str, str]:
    """Return who joined and left as a table has room for."""
    short = {}
    for name in ("joined", "left"):
        codes = str(row[name] or "").split(",")
        more = f" +{len(codes) - _MOST_NAMED}" if len(codes) > _MOST_NAMED else ""
        short[name] = ",".join(codes[:_MOST_NAMED]) + more
    return short
