"""gisapp route: the way that goods travel between two places."""

from __future__ import annotations

import argparse

from gisapp.cli.arguments import Add
from gisapp.model.feedback import Feedback, GisappError


def add_to(add: Add) -> None:
    """Add route."""
    command = add(
        "route", _route, "The way that goods travel (later)", "gisapp route 119.3,-23.5 CNTXG"
    )
    command.add_argument("start", metavar="FROM")
    command.add_argument("end", metavar="TO")
    command.add_argument("--avoid", metavar="PASSAGE,..")
    command.add_argument("--mode", choices=("any", "sea", "land"), default="any")


def _route(_args: argparse.Namespace, _feedback: Feedback) -> int:
    raise GisappError(
        "not_available",
        "A route between any two places comes with the route engine of a later version.",
        "The trade routes that ship are drawn by: gisapp export routes.html --view routes",
    )
