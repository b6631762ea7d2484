"""gisapp scenario and gisapp surface: what if, and how far from everywhere."""

from __future__ import annotations

import argparse
from pathlib import Path

from gisapp.cli.arguments import (
    Add,
    add_as_of,
    add_metric,
    add_mineral,
    add_output,
    add_plants,
    add_scenario,
    day,
    several,
)
from gisapp.cli.output import show, show_table
from gisapp.model.feedback import Feedback
from gisapp.model.vocabulary import Role

#: Options that name things with commas between, and what they name.
_CHANGES = (
    ("off", "ID,..", "sites that do not run"),
    ("on", "ID,..", "sites that run, whatever their status"),
    ("joined", "ISO3,..", "countries that are inside the alliance"),
    ("left", "ISO3,..", "countries that are not"),
    ("closed", "PASSAGE,..", "passages that no ship passes"),
    ("opened", "PASSAGE,..", "passages that are closed as a rule and are open"),
    ("avoided", "ISO3,..", "countries that no way leads through"),
    ("weights", "STATUS=W,..", "how much sites of a status count: planned=0.5"),
)


def add_to(add: Add) -> None:
    """Add scenario and surface."""
    command = add(
        "scenario",
        _scenario,
        "What the key figures of a mineral are under scenarios",
        "gisapp scenario --mineral rare_earths --alliance quad --off bayan-obo --compare",
    )
    command.add_argument(
        "files", nargs="*", type=Path, metavar="FILE", help="scenarios, JSON; the options below "
        "change the first",
    )  # fmt: skip
    add_mineral(command)
    command.add_argument("--alliance", metavar="A", help="id")
    add_plants(command)
    add_metric(command)
    for name, what, about in _CHANGES:
        command.add_argument(f"--{name}", type=several(str), default=(), metavar=what, help=about)
    command.add_argument("--day", type=day, metavar="DATE", help="another day than --as-of")
    command.add_argument(
        "--plant", action="append", default=[], metavar="LON,LAT,T[,NAME]",
        help="a plant that does not exist, of so many tonnes a year",
    )  # fmt: skip
    command.add_argument("--name", default="", metavar="N", help="of the scenario")
    command.add_argument(
        "--compare", action="store_true", help="set the world as it is beside the scenarios"
    )
    command.add_argument("--save", type=Path, metavar="FILE", help="write the scenario as JSON")
    add_as_of(command)
    add_output(command)
    surface = add(
        "surface",
        _surface,
        "How far all land is from the nearest plant, in bands of kilometres",
        "gisapp surface --mineral lithium --alliance g7 -o bands.gpkg",
    )
    add_mineral(surface)
    add_plants(surface)
    add_metric(surface)
    surface.add_argument("--alliance", metavar="A", help="id: plants inside count alone")
    add_scenario(surface)
    surface.add_argument(
        "-o", "--output", type=Path, metavar="FILE",
        help="write the bands: .gpkg, .geojson, .shp, .parquet and more",
    )  # fmt: skip
    add_as_of(surface)


def _scenario(args: argparse.Namespace, feedback: Feedback) -> int:
    from gisapp.workspace.scenario_run import ScenarioRun, run_scenario

    run = ScenarioRun(
        mineral=args.mineral,
        as_of=args.as_of,
        files=tuple(args.files),
        name=args.name,
        day=args.day,
        plants=tuple(args.plant),
        alliance=args.alliance,
        to=Role(args.to),
        metric=args.metric,
        compare=args.compare,
        save=args.save,
        **{name: getattr(args, name) for name, _, _ in _CHANGES},
    )
    result = run_scenario(run, feedback)
    columns = [str(name) for name in result.table.columns if not result.table[name].isna().all()]
    return show_table(args, result, columns)


def _surface(args: argparse.Namespace, feedback: Feedback) -> int:
    from gisapp.workspace.surface_run import SurfaceRun, run_surface

    run = SurfaceRun(
        mineral=args.mineral,
        as_of=args.as_of,
        output=args.output,
        to=Role(args.to),
        metric=args.metric,
        alliance=args.alliance,
        scenario=args.scenario,
    )
    result = run_surface(run, feedback)
    columns = ("band", "area_km2", "share_of_land")
    return show(args, result.document, result.document["rows"], columns, result.lines)
