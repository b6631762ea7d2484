"""The command line: a contract that scripts depend on. No display, no Qt.

Every subcommand has `--json`, one document on standard output; else a readable table. Exit 0 is
done, 2 refused with one line on standard error, 130 cancelled. What a subcommand needs is loaded
in its function, so that `--help` is there at once.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import signal
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, NoReturn

import gisapp
from gisapp.model.feedback import Cancelled, Feedback, GisappError
from gisapp.model.vocabulary import Basis, Role, Stage, Status, Weight
from gisapp.workspace.console import text_table

DONE, REFUSED, CANCELLED = 0, 2, 130
_PLANTS = (Role.REFINERY.value, Role.MAGNET_PLANT.value)
_VIEWS = ("facilities", "coverage", "distance", "routes")

Rows = Sequence[Mapping[str, Any]]


class _Parser(argparse.ArgumentParser):
    """A parser that refuses in one line, as everything else does."""

    def error(self, message: str) -> NoReturn:
        self.exit(REFUSED, f"{self.prog}: {message} (see {self.prog} --help)\n")


def main(argv: Sequence[str]) -> int:
    """Run a subcommand and return its exit code; `argv` without the program's name."""
    try:
        args = _parser().parse_args(argv)
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else REFUSED
    if args.command is None:
        _parser().print_help()
        return DONE
    with _cancellable() as feedback:
        try:
            code: int = args.run(args, feedback)
            sys.stdout.flush()
        except GisappError as error:
            if args.json:
                _print_json(_error(error))
            return _refuse(args.command, error)
        except (Cancelled, KeyboardInterrupt):
            sys.stderr.write(f"gisapp {args.command}: cancelled\n")
            return CANCELLED
        except BrokenPipeError:  # the reader of our output has seen enough
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return DONE
    return code


# Subcommands


def _layers(args: argparse.Namespace, _feedback: Feedback) -> int:
    from gisapp.workspace.catalogue import layers_document

    document = layers_document()
    columns = ("id", "role", "features", "date", "source", "licence")
    return _show(args, document, document["layers"], columns)


def _alliances(args: argparse.Namespace, _feedback: Feedback) -> int:
    from gisapp.workspace.catalogue import alliance_document, alliances_document

    if args.id is None:
        document = alliances_document(args.as_of)
        columns = ("id", "short_name", "kind", "jurisdictions", "name")
        return _show(args, document, document["alliances"], columns)
    document = alliance_document(args.id, args.as_of)
    inside = ", ".join(document["jurisdictions"]) or "nobody"
    return _show(
        args,
        document,
        document["members"],
        ("member", "name", "role", "from", "to"),
        (f"{document['name']} on {args.as_of}. Inside: {inside}.", f"Source: {document['source']}"),
    )


def _inspect(args: argparse.Namespace, feedback: Feedback) -> int:
    from gisapp.data.inspection import inspect

    document: Any = inspect(args.path, feedback=feedback)
    if "error" in document:
        error = document["error"]
        if args.json:
            _print_json(document)
        return _refuse("inspect", GisappError(error["code"], error["message"], error["hint"]))
    if args.json:
        _print_json(document)
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
    from gisapp.data.reader import ReadOptions, read_layers
    from gisapp.data.writer import write_layers

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
    return _show(args, document, (), (), lines)


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
    return _show_table(args, result, columns)


def _coverage(args: argparse.Namespace, feedback: Feedback) -> int:
    from gisapp.workspace.analyses import run_coverage

    own = {
        role: path
        for role, path in (
            (Role.DEPOSIT, args.deposits),
            (Role.REFINERY, args.refineries),
            (Role.MAGNET_PLANT, args.magnet_plants),
        )
        if path is not None
    }
    result = run_coverage(
        alliance=args.alliance,
        minerals=[m for word in args.mineral or () for m in word.split(",")],
        stages=args.stage or (),
        by=Basis(args.by),
        weight=Weight(args.weight),
        as_of=args.as_of,
        own=own,
        feedback=feedback,
    )
    columns = (
        *("mineral", "stage", "share_low", "share_high", "inside", "world", "unit", "year"),
        *("hhi_low", "hhi_high", "top1_country", "top1_share", "over_65_percent"),
    )
    return _show_table(args, result, columns)


def _route(_args: argparse.Namespace, _feedback: Feedback) -> int:
    raise GisappError(
        "not_available",
        "A route between any two places comes with the route engine of a later version.",
        "The trade routes that ship are drawn by: gisapp export routes.html --view routes",
    )


def _export(args: argparse.Namespace, feedback: Feedback) -> int:
    from gisapp.workspace.exporting import export

    def given(names: str) -> dict[str, Any]:
        values = {name: getattr(args, name) for name in names.split()}
        return {name: value for name, value in values.items() if value is not None}

    document = export(
        args.out,
        project=args.project,
        asked=given("mineral stage alliance as_of by weight to nearest view"),
        frame=given("projection size dpi theme bounds"),
        title=args.title,
        template=args.template,
        feedback=feedback,
    )
    return _show(args, document, (), (), [*document["notes"], f"Wrote {document['path']}."])


def _demo(args: argparse.Namespace, feedback: Feedback) -> int:
    from gisapp.workspace.demo import demo

    document = demo(args.out, feedback=feedback)
    lines = [*document["sentences"], "", *(f"Wrote {path}" for path in document["files"])]
    return _show(args, document, (), (), lines)


def _doctor(args: argparse.Namespace, _feedback: Feedback) -> int:
    from gisapp.workspace.doctor import examine

    checks = examine()
    document = {"ok": all(c["ok"] for c in checks), "checks": checks}
    rows = [c | {"ok": "ok" if c["ok"] else "NOT OK"} for c in checks]
    _show(args, document, rows, ("ok", "check", "found", "what_to_do"))
    if document["ok"]:
        return DONE
    failed = ", ".join(c["check"] for c in checks if not c["ok"])
    return _refuse("doctor", GisappError("not_ok", f"Not ok: {failed}."))


# Parsing


def _parser() -> _Parser:
    parser = _Parser(
        prog="gisapp",
        usage="gisapp [FILE ...] | gisapp COMMAND ...",
        description="Critical-minerals mapping: the window on these files, or one command.",
        epilog="Without a command the window opens. gisapp COMMAND --help shows an example.",
    )
    parser.add_argument("--version", action="version", version=f"gisapp {gisapp.__version__}")
    parser.add_argument(
        "--startup-report",
        action="store_true",
        help="open the window, print milliseconds per phase until the map is interactive, exit",
    )
    parser.set_defaults(command=None, json=False)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", parser_class=_Parser)

    def add(
        name: str, run: Callable[[argparse.Namespace, Feedback], int], about: str, example: str
    ) -> argparse.ArgumentParser:
        command = commands.add_parser(
            name,
            prog=f"gisapp {name}",
            help=about,
            description=f"{about}.",
            epilog=f"example: {example}",
        )
        command.add_argument("--json", action="store_true", help="print one JSON document")
        command.set_defaults(command=name, run=run)
        return command

    add("layers", _layers, "What ships: layers and tables", "gisapp layers --json")

    command = add(
        "alliances",
        _alliances,
        "Alliances, or the members of one",
        "gisapp alliances msp --as-of 2025-06-01",
    )
    command.add_argument("id", nargs="?", metavar="ID", help="id of an alliance")
    _add_as_of(command)

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

    _add_distance(add)
    _add_coverage(add)

    command = add(
        "route", _route, "The way that goods travel (later)", "gisapp route 119.3,-23.5 CNTXG"
    )
    command.add_argument("start", metavar="FROM")
    command.add_argument("end", metavar="TO")
    command.add_argument("--avoid", metavar="PASSAGE,..")
    command.add_argument("--mode", choices=("any", "sea", "land"), default="any")

    _add_export(add)

    command = add("demo", _demo, "Both analyses and one export of each kind", "gisapp demo out")
    command.add_argument("out", type=Path, metavar="OUT_DIR")

    add("doctor", _doctor, "Whether all is there that gisapp needs", "gisapp doctor")
    return parser


def _add_distance(add: Callable[..., argparse.ArgumentParser]) -> None:
    command = add(
        "distance",
        _distance,
        "How far each deposit is from the nearest plant that can process it",
        "gisapp distance --mineral rare_earths --within four_nation_us_can_gbr_aus -o distance.csv",
    )
    command.add_argument("--mineral", required=True, metavar="M", help="code, name or symbol")
    command.add_argument("--to", choices=_PLANTS, default=_PLANTS[0])
    command.add_argument("--deposits", type=Path, metavar="PATH", help="own deposits")
    command.add_argument("--plants", type=Path, metavar="PATH", help="own plants")
    command.add_argument("--metric", choices=("geodesic", "route"), default="geodesic")
    command.add_argument("--within", metavar="ALLIANCE|ISO3,..", help="whose plants count")
    command.add_argument("--nearest", type=int, default=1, metavar="K", help="plants per deposit")
    command.add_argument(
        "--status", type=_several(Status), metavar="S,..", help="of the plants (operating)"
    )
    _add_by(command)
    _add_as_of(command)
    _add_output(command)


def _add_coverage(add: Callable[..., argparse.ArgumentParser]) -> None:
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
    command.add_argument("--weight", choices=[w.value for w in Weight], default="production")
    command.add_argument("--deposits", type=Path, metavar="PATH", help="own deposits")
    command.add_argument("--refineries", type=Path, metavar="PATH", help="own refineries")
    command.add_argument("--magnet-plants", type=Path, metavar="PATH", help="own magnet plants")
    _add_by(command)
    _add_as_of(command)
    _add_output(command)


def _add_export(add: Callable[..., argparse.ArgumentParser]) -> None:
    command = add(
        "export",
        _export,
        "The map as slide, PDF, picture or page, or the data behind it",
        "gisapp export slide.pptx --mineral rare_earths --alliance g7 --view coverage",
    )
    command.add_argument(
        "out", type=Path, metavar="OUT.(png|svg|pdf|pptx|html|gpkg|csv)", help="format by ending"
    )
    command.add_argument("--project", type=Path, metavar="FILE", help="a saved project")
    command.add_argument("--mineral", metavar="M")
    command.add_argument("--stage", choices=[s.value for s in Stage])
    command.add_argument("--alliance", metavar="A")
    command.add_argument("--view", choices=_VIEWS)
    command.add_argument("--weight", choices=[w.value for w in Weight])
    command.add_argument("--to", choices=_PLANTS)
    command.add_argument("--nearest", type=int, metavar="K")
    command.add_argument("--title", help="instead of the headline")
    command.add_argument("--projection", metavar="P", help="equal_earth, robinson, mercator, ...")
    command.add_argument("--size", metavar="16:9", help="page: 16:9, 4:3, A4, ...")
    command.add_argument(
        "--bounds", type=_bounds, metavar="W,S,E,N", help="degrees; world if absent"
    )
    command.add_argument("--dpi", type=int, metavar="N")
    command.add_argument("--theme", choices=("light", "dark", "print"))
    command.add_argument("--template", type=Path, metavar="T.pptx")
    command.add_argument("--by", choices=[b.value for b in Basis])
    command.add_argument("--as-of", type=_day, metavar="DATE")


def _add_by(command: argparse.ArgumentParser) -> None:
    command.add_argument("--by", choices=[b.value for b in Basis], default=Basis.LOCATION.value)


def _add_as_of(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--as-of",
        type=_day,
        default=datetime.now(UTC).astimezone().date(),
        metavar="DATE",
        help="membership's day (today)",
    )


def _add_output(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "-o", "--output", type=Path, metavar="FILE", help="write the table to a .csv or .json file"
    )


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f'"{text}" is not a date as 2026-11-22') from None


def _bounds(text: str) -> tuple[float, ...]:
    values = tuple(float(part) for part in text.split(","))
    if len(values) != 4:
        raise argparse.ArgumentTypeError("four numbers are needed: west,south,east,north")
    return values


def _several(kind: Callable[[str], Any]) -> Callable[[str], tuple[Any, ...]]:
    def read(text: str) -> tuple[Any, ...]:
        try:
            return tuple(kind(word.strip()) for word in text.split(","))
        except ValueError as error:
            raise argparse.ArgumentTypeError(str(error)) from None

    return read


# Output


def _show_table(args: argparse.Namespace, result: Any, columns: Sequence[str]) -> int:
    if args.output is not None:
        from gisapp.workspace.tables import write_result

        write_result(result.table, result.document, args.output)
    rows = result.document["rows"]
    if not args.json and args.output is not None:
        lines = [*result.lines, f"Wrote {args.output}: {len(result.table)} rows."]
        return _show(args, result.document, (), (), lines)
    if not args.json and len(rows) != len(result.table):
        rows = [row for row in rows if row.get("share_low") is not None]
    return _show(args, result.document, rows, columns, result.lines)


def _show(
    args: argparse.Namespace,
    document: Mapping[str, Any],
    rows: Rows,
    columns: Sequence[str],
    lines: Sequence[str] = (),
) -> int:
    if args.json:
        _print_json(document)
        return DONE
    if columns:
        print(text_table(rows, columns))
    if columns and lines:
        print()
    for line in lines:
        print(line)
    return DONE


def _print_json(document: Any) -> None:
    json.dump(document, sys.stdout, ensure_ascii=False, indent=1, allow_nan=False)
    sys.stdout.write("\n")


def _error(error: GisappError) -> dict[str, Any]:
    return {"error": {"code": error.code, "message": error.message, "hint": error.hint}}


def _refuse(command: str, error: GisappError) -> int:
    line = " ".join(str(error).split())
    sys.stderr.write(f"gisapp {command}: {line}\n")
    return REFUSED


@contextlib.contextmanager
def _cancellable() -> Iterator[Feedback]:
    """Give feedback that Ctrl+C cancels, and shows progress where a person looks on."""
    feedback = Feedback(_progress if sys.stderr.isatty() else None)

    def stop(_number: int, _frame: Any) -> None:
        if feedback.cancelled:
            raise KeyboardInterrupt  # asked twice: whatever runs does not check
        feedback.cancel()

    try:
        before = signal.signal(signal.SIGINT, stop)
    except ValueError:  # not the main thread: nobody can press Ctrl+C here
        yield feedback
        return
    try:
        yield feedback
    finally:
        signal.signal(signal.SIGINT, before)
        if sys.stderr.isatty():
            sys.stderr.write("\r\x1b[K")


def _progress(fraction: float, text: str) -> None:
    sys.stderr.write(f"\r\x1b[K{100 * fraction:3.0f} % {text[:60]}")
    sys.stderr.flush()
