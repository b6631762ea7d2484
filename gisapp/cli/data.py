"""What ships, what a file holds, and any format to another."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from gisapp.cli.arguments import Add, add_as_of, add_territories, box, place
from gisapp.cli.output import DONE, print_json, refuse, show
from gisapp.model.alliance import TerritoryRule
from gisapp.model.feedback import Feedback, GisappError
from gisapp.model.reading import ReadOptions
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
        "inspect",
        _inspect,
        "What a file holds as it would be opened, or what a map or a deck of ours was made of",
        "gisapp inspect mines.zip",
    )
    command.add_argument("path", type=place, metavar="PATH", help="a file, or an address")
    _add_reading(command)

    command = add(
        "convert",
        _convert,
        "Any format to GeoPackage, GeoParquet, GeoJSON, shapefile, CSV",
        "gisapp convert mines.shp mines.gpkg",
    )
    command.add_argument("path", type=place, metavar="PATH", help="a file, or an address")
    command.add_argument("out", type=Path, metavar="OUT")
    _add_reading(command)


def _add_reading(command: argparse.ArgumentParser) -> None:
    """Add what a user may say of a file; it wins over what is found out."""
    command.add_argument("--layer", action="append", metavar="NAME", help="only this one (repeat)")
    command.add_argument("--crs", help="of the coordinates, if the file says none or a wrong one")
    command.add_argument("--encoding", help="of the text, if the file says none or a wrong one")
    command.add_argument("--lon", metavar="COLUMN", help="of a table: longitude, or x")
    command.add_argument("--lat", metavar="COLUMN", help="of a table: latitude, or y")
    command.add_argument("--wkt", metavar="COLUMN", help="of a table: WKT, or both as one text")
    command.add_argument(
        "--repair", action="append", type=_repair, default=[], metavar="NAME=yes|no",
        help="make a repair that was found, or leave it (repeat)",
    )  # fmt: skip
    command.add_argument(
        "--bbox", type=box, metavar="W,S,E,N", help="only what lies there, in degrees"
    )
    command.add_argument(
        "--online", action="store_true", help="ask services of the web (WFS, ArcGIS)"
    )


def _repair(text: str) -> tuple[str, bool]:
    name, _, word = text.partition("=")
    if not name or word not in {"yes", "no"}:
        raise argparse.ArgumentTypeError(f'"{text}" is not written as name=yes or name=no')
    return name.strip(), word == "yes"


def _reading(args: argparse.Namespace) -> ReadOptions:
    """Return what the user said of the file."""
    return ReadOptions(
        layers=tuple(args.layer or ()),
        encoding=args.encoding,
        crs=args.crs,
        lon=args.lon,
        lat=args.lat,
        wkt=args.wkt,
        repairs=tuple(sorted(dict(args.repair).items())),
        bounds=args.bbox,
    )


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
    from gisapp.workspace.formats import DECK_SUFFIXES, MAP_SUFFIXES

    path = Path(args.path)
    if path.suffix.lower() in (*MAP_SUFFIXES, *DECK_SUFFIXES) and path.is_file():
        return _made_of(args, path)
    document: Any = inspect(
        args.path, options=_reading(args), online=args.online, feedback=feedback
    )
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
        if layer["operation"]:
            print(f"  moved to WGS 84 by: {layer['operation']}")
        for problem in layer["problems"]:
            print(f"  {problem['severity']}: {problem['message']} {problem['hint']}".rstrip())
        for finding in layer["findings"]:
            if not finding["sure"]:
                others = ", ".join(choice["value"] for choice in finding["choices"])
                print(f"  to be decided: {finding['option']} ({others}); {finding['chosen']} taken")
    return DONE


def _made_of(args: argparse.Namespace, path: Path) -> int:
    from gisapp.render.lineage import read_lineage

    lineage = read_lineage(path)
    if not lineage:
        told = f"{path.name} does not say what it was made of."
        raise GisappError("no_lineage", told, "Only maps and decks that gisapp wrote do.")
    if args.json:
        print_json({"path": str(path), "lineage": dict(lineage)})
    else:
        print("\n".join(f"{name}: {value}" for name, value in lineage))
    return DONE


def _convert(args: argparse.Namespace, feedback: Feedback) -> int:
    from gisapp.data.inspection import describe
    from gisapp.data.reader import read_layers
    from gisapp.data.writer import write_layers

    layers = read_layers(args.path, options=_reading(args), online=args.online, feedback=feedback)
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
