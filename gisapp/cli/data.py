"""What ships, what a file holds, and any format to another."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from gisapp.cli.arguments import Add, add_as_of, add_territories
from gisapp.cli.output import DONE, print_json, refuse, show
from gisapp.model.alliance import TerritoryRule
from gisapp.model.feedback import Feedback, GisappError
from gisapp.workspace.console import text_table


def add_to(add: Add) -> None:
    """Add layers, alliances, inspect and convert."""
    add("layers", _layers, "What ships: layers and tables", "gisapp layers --json")

    command = add(
        "alliances",
        _alliances,
        "Alliances, or the members of one",
        "gisapp alliances msp --as-of 2025-06-01",
    )
    command.add_argument("id", nargs="?", metavar="ID", help="id of an alliance")
    command.add_argument(
        "--file", type=Path, metavar="FILE", help="alliances of one's own, .json or .csv, checked"
    )
    command.add_argument("-o", "--output", type=Path, metavar="FILE", help="share as .json or .csv")
    add_territories(command)
    add_as_of(command)

    command = add(
        "inspect", _inspect, "What a file holds, as it would be opened", "gisapp inspect mines.zip"
    )
    command.add_argument("path", type=Path, metavar="PATH")

    command = add(
        "convert",
        _convert,
        "Any format to GeoPackage, GeoParquet, GeoJSON, shapefile, CSV",
        "gisapp convert mines.shp mines.gpkg",
    )
    command.add_argument("path", type=Path, metavar="PATH")
    command.add_argument("out", type=Path, metavar="OUT")
    command.add_argument("--layer", action="append", metavar="NAME", help="only this one (repeat)")
    command.add_argument("--crs", help="of the coordinates, if the file says none or a wrong one")
    command.add_argument("--encoding", help="of the text, if the file says none or a wrong one")


def _layers(args: argparse.Namespace, _feedback: Feedback) -> int:
    from gisapp.workspace.catalogue import layers_document

    document = layers_document()
    columns = ("id", "role", "features", "date", "source", "licence")
    return show(args, document, document["layers"], columns)


def _alliances(args: argparse.Namespace, _feedback: Feedback) -> int:
    from gisapp.data.shipped import load_facts
    from gisapp.workspace.catalogue import alliance_document, alliances_document, share_alliances
    from gisapp.workspace.own_facts import facts_with

    facts = facts_with(load_facts(), args.file, TerritoryRule(args.territories))
    wrote = share_alliances(facts, args.output, args.id) if args.output is not None else ()
    if args.id is None:
        document = alliances_document(args.as_of, facts, own=args.file is not None)
        columns = ("id", "short_name", "kind", "jurisdictions", "name")
        return show(args, document, document["alliances"], columns, wrote)
    document = alliance_document(args.id, args.as_of, facts)
    inside = ", ".join(document["jurisdictions"]) or "nobody"
    source = document["source"] or "none given"
    return show(
        args,
        document,
        document["members"],
        ("member", "name", "role", "from", "to"),
        (
            f"{document['name']} on {args.as_of}. Inside: {inside}.",
            f"Source: {source}",
            *wrote,
        ),
    )


def _inspect(args: argparse.Namespace, feedback: Feedback) -> int:
    from gisapp.data.inspection import inspect

    document: Any = inspect(args.path, feedback=feedback)
    if "error" in document:
        error = document["error"]
        if args.json:
            print_json(document)
        return refuse("inspect", GisappError(error["code"], error["message"], error["hint"]))
    if args.json:
        print_json(document)
        return DONE
    shown = ("name", "driver", "features", "geometry_type", "crs", "encoding", "suggested_role")
    print(text_table(document["layers"], (*shown, "bounds")))
    for layer in document["layers"]:
        columns = ", ".join(f"{c['name']} ({c['type']})" for c in layer["columns"])
        print(f"\n{layer['name']}: {columns or 'no columns'}")
        for problem in layer["problems"]:
            print(f"  {problem['severity']}: {problem['message']} {problem['hint']}".rstrip())
    return DONE


def _convert(args: argparse.Namespace, feedback: Feedback) -> int:
    from gisapp.data.inspection import describe
    from gisapp.data.reader import read_layers
    from gisapp.data.writer import write_layers
    from gisapp.model.reading import ReadOptions

    options = ReadOptions(encoding=args.encoding, crs=args.crs, layers=tuple(args.layer or ()))
    layers = read_layers(args.path, options=options, feedback=feedback)
    lost = write_layers(args.out, layers, feedback=feedback)
    found = [
        {"layer": layer.name, "severity": p.severity.value, "message": p.message, "hint": p.hint}
        for layer in layers
        for p in layer.problems
    ]
    told = [
        {"layer": "", "severity": p.severity.value, "message": p.message, "hint": p.hint}
        for p in lost
    ]
    problems = [*found, *told]
    described = [describe(layer) for layer in layers]
    document = {"path": str(args.out), "layers": described, "problems": problems}
    features = sum(len(layer.features) for layer in layers)
    lines = [f"{p['severity']}: {p['message']}" for p in problems]
    lines.append(f"Wrote {args.out}: {len(layers)} layers, {features} features.")
    return show(args, document, (), (), lines)
