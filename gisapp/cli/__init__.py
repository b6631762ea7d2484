"""The command line: a contract that scripts depend on. No display, no Qt.

Every subcommand has `--json`, one document on standard output; else a readable table. Exit 0 is
done, 2 refused with one line on standard error, 130 cancelled. What a subcommand needs is loaded
in its function, so that `--help` is there at once.
"""

from __future__ import annotations

import argparse
import contextlib
import gc
import os
import signal
import sys
from collections.abc import Iterator, Sequence
from typing import Any, Final

import gisapp
from gisapp.cli import (
    chain,
    coverage,
    data,
    deck,
    distance,
    doctor,
    export,
    flows,
    route,
    scenario,
)
from gisapp.cli.arguments import Parser, Run
from gisapp.cli.output import CANCELLED, DONE, REFUSED, error_document, print_json, refuse
from gisapp.model.feedback import Cancelled, Feedback, GisappError

_STOPPING: Final = (signal.SIGINT, signal.SIGTERM)
#: The topics, in the order of `gisapp --help`.
TOPICS: Final = (data, distance, coverage, route, chain, flows, scenario, export, deck, doctor)


def main(argv: Sequence[str]) -> int:
    """Run a subcommand and return its exit code; `argv` without the program's name."""
    try:
        args = _parser().parse_args(argv)
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else REFUSED
    if args.command is None:
        _parser().print_help()
        return DONE
    with _collecting_seldom(), _cancellable() as feedback:
        try:
            code: int = args.run(args, feedback)
            sys.stdout.flush()
        except GisappError as error:
            if args.json:
                print_json(error_document(error))
            return refuse(args.command, error)
        except (Cancelled, KeyboardInterrupt):
            sys.stderr.write(f"gisapp {args.command}: cancelled\n")
            return CANCELLED
        except BrokenPipeError:  # the reader of our output has seen enough
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return DONE
    return code


def _parser() -> Parser:
    parser = Parser(
        prog="gisapp",
        usage="gisapp [FILE ...] | gisapp COMMAND ...",
        description="Critical-minerals mapping: the window on these files, or one command.",
        epilog="Without a command the window opens; a file may be the address of a database or "
        "service. gisapp COMMAND --help shows an example.",
    )
    parser.add_argument("--version", action="version", version=f"gisapp {gisapp.__version__}")
    parser.add_argument(
        "--startup-report",
        action="store_true",
        help="open the window, print milliseconds per phase until the map is interactive, exit",
    )
    parser.set_defaults(command=None, json=False)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", parser_class=Parser)

    def add(name: str, run: Run, about: str, example: str) -> argparse.ArgumentParser:
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

    for topic in TOPICS:
        topic.add_to(add)
    return parser


@contextlib.contextmanager
def _collecting_seldom() -> Iterator[None]:
    """Look for garbage rarely: what a command loads stays, and looking is a tenth of its time."""
    usual = gc.get_threshold()
    gc.set_threshold(100_000, 20, 20)
    try:
        yield
    finally:
        gc.set_threshold(*usual)


@contextlib.contextmanager
def _cancellable() -> Iterator[Feedback]:
    """Give feedback that Ctrl+C and `kill` cancel, and show progress where a person looks on."""
    feedback = Feedback(_progress if sys.stderr.isatty() else None)

    def stop(_number: int, _frame: Any) -> None:
        if feedback.cancelled:
            raise KeyboardInterrupt  # asked twice: whatever runs does not check
        feedback.cancel()

    try:
        before = {number: signal.signal(number, stop) for number in _STOPPING}
    except ValueError:  # not the main thread: nobody can press Ctrl+C here
        yield feedback
        return
    try:
        yield feedback
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        if sys.stderr.isatty():
            sys.stderr.write("\r\x1b[K")


def _progress(fraction: float, text: str) -> None:
    sys.stderr.write(f"\r\x1b[K{100 * fraction:3.0f} % {text[:60]}")
    sys.stderr.flush()
