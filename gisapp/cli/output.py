"""What a subcommand prints: one JSON document, or a readable table and sentences."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from gisapp.model.feedback import GisappError
from gisapp.workspace.console import text_table

DONE, REFUSED, CANCELLED = 0, 2, 130

Rows = Sequence[Mapping[str, Any]]


def show_table(args: argparse.Namespace, result: Any, columns: Sequence[str]) -> int:
    """Print the table of a `workspace.analyses.Result`, and write it where `-o` names a file."""
    if args.output is not None:
        from gisapp.workspace.tables import write_result

        write_result(result.table, result.document, args.output)
    rows = result.document["rows"]
    if not args.json and args.output is not None:
        lines = [*result.lines, f"Wrote {args.output}: {len(result.table)} rows."]
        return show(args, result.document, (), (), lines)
    if not args.json and len(rows) != len(result.table):
        rows = [row for row in rows if row.get("share_low") is not None]
    return show(args, result.document, rows, columns, result.lines)


def show(
    args: argparse.Namespace,
    document: Mapping[str, Any],
    rows: Rows,
    columns: Sequence[str],
    lines: Sequence[str] = (),
) -> int:
    """Print a document with `--json`, else these columns of its rows and these lines."""
    if args.json:
        print_json(document)
        return DONE
    if columns:
        print(text_table(rows, columns))
    if columns and lines:
        print()
    for line in lines:
        print(line)
    return DONE


def print_json(document: Any) -> None:
    """Print one JSON document; NaN is a fault of ours."""
    json.dump(document, sys.stdout, ensure_ascii=False, indent=1, allow_nan=False)
    sys.stdout.write("\n")


def error_document(error: GisappError) -> dict[str, Any]:
    """Return an error as the document that stands for it."""
    return {"error": {"code": error.code, "message": error.message, "hint": error.hint}}


def refuse(command: str, error: GisappError) -> int:
    """Say in one line on standard error what was refused; returns the exit code."""
    line = " ".join(str(error).split())
    sys.stderr.write(f"gisapp {command}: {line}\n")
    return REFUSED
