"""gisapp deck: a slide for every mineral, alliance, deposit, scenario or year."""

from __future__ import annotations

import argparse
from pathlib import Path

from gisapp.cli.arguments import Add, several
from gisapp.cli.output import show
from gisapp.cli.picture_options import add_frame, add_question, asked, frame
from gisapp.model.feedback import Feedback
from gisapp.workspace.deck_plan import Per


def add_to(add: Add) -> None:
    """Add deck."""
    command = add(
        "deck",
        _deck,
        "A slide for every mineral, alliance, deposit, scenario or year, with agenda and sources",
        "gisapp deck minerals.pptx --per mineral --alliance g7 --only lithium,cobalt,copper",
    )
    command.add_argument(
        "out", type=Path, metavar="OUT.(pptx|pdf|png|svg|gif)", help="format by ending"
    )
    command.add_argument("--per", choices=[per.value for per in Per], help="what changes by slide")
    command.add_argument(
        "--only",
        type=several(str),
        metavar="A,B,..",
        help="which minerals, alliances, ids of deposits, scenarios or years",
    )
    command.add_argument(
        "--years", type=_years, metavar="2015..2030", help="a slide for each year of a span"
    )
    command.add_argument("--title", help="of the deck")
    command.add_argument("--no-agenda", dest="agenda", action="store_false", default=None)
    command.add_argument("--no-comparison", dest="comparison", action="store_false", default=None)
    command.add_argument("--no-appendix", dest="appendix", action="store_false", default=None)
    command.add_argument(
        "--multiples", action="store_true", default=None, help="all maps in small on a page, too"
    )
    command.add_argument(
        "--same-scale", action="store_true", default=None, help="of the maps of deposits"
    )
    add_question(command)
    add_frame(command)


def _deck(args: argparse.Namespace, feedback: Feedback) -> int:
    from gisapp.workspace.exporting import export_deck

    names = ("per", "title", "agenda", "comparison", "appendix", "multiples", "same_scale")
    plan = {name: getattr(args, name) for name in names if getattr(args, name) is not None}
    if args.years is not None:
        plan = {"per": Per.YEAR.value, **plan, "keys": args.years}
    if args.only is not None:
        plan["keys"] = args.only
    document = export_deck(
        args.out,
        project=args.project,
        asked=asked(args),
        frame=frame(args),
        plan=plan,
        alliance_file=args.alliance_file,
        feedback=feedback,
    )
    files = document["files"]
    wrote = files[0] if len(files) == 1 else f"{files[0]} to {files[-1]}"
    lines = [*document["notes"], f"Wrote {wrote}: {len(document['pages'])} pages."]
    return show(args, document, document["pages"], ("number", "key", "title"), lines)


def _years(text: str) -> tuple[str, ...]:
    """Read 2015..2030, or years that commas part."""
    first, dots, last = text.partition("..")
    try:
        if not dots:
            return tuple(str(int(word)) for word in text.split(","))
        years = tuple(str(year) for year in range(int(first), int(last) + 1))
    except ValueError:
        years = ()
    if not years:
        raise argparse.ArgumentTypeError(f'"{text}" is no span as 2015..2030')
    return years
