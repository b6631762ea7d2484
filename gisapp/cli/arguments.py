"""What the subcommands share: the parser, and the arguments that several of them take."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final, NoReturn, Protocol

from gisapp.cli.output import REFUSED
from gisapp.model.alliance import TerritoryRule
from gisapp.model.feedback import Feedback
from gisapp.model.vocabulary import Basis, Role

PLANTS = (Role.REFINERY.value, Role.MAGNET_PLANT.value)
VIEWS = (
    "facilities",
    "coverage",
    "distance",
    "routes",
    "chain",
    "flows",
    "exposure",
    "scenarios",
)

MEASURES = ("km", "days", "usd_t", "kg_co2_t")
#: A position west of Greenwich, and what may stand behind it.
_WEST: Final = re.compile(r"-\d+(\.\d+)?[,;]\s*[-+]?\d+(\.\d+)?([,;].*)?")

Run = Callable[[argparse.Namespace, Feedback], int]


class Add(Protocol):
    """Adds a subcommand: its name, what runs it, what it is about, an example."""

    def __call__(self, name: str, run: Run, about: str, example: str) -> argparse.ArgumentParser:
        """Return the subcommand's parser, for its arguments."""
        ...


class Parser(argparse.ArgumentParser):
    """A parser that refuses in one line, as everything else does."""

    def parse_known_args(  # type: ignore[override]
        self, args: Sequence[str] | None = None, namespace: Any = None
    ) -> tuple[Any, list[str]]:
        """Parse, taking -70.4,-23.6 for a position and not for an option."""
        words = sys.argv[1:] if args is None else args
        words = [f" {word}" if _WEST.fullmatch(word) else word for word in words]
        return super().parse_known_args(words, namespace)

    def error(self, message: str) -> NoReturn:
        """Leave with one line on standard error."""
        self.exit(REFUSED, f"{self.prog}: {message} (see {self.prog} --help)\n")


def add_by(command: argparse.ArgumentParser) -> None:
    """Add `--by`: what counts as inside an alliance."""
    command.add_argument("--by", choices=[b.value for b in Basis], default=Basis.LOCATION.value)


def add_as_of(command: argparse.ArgumentParser) -> None:
    """Add `--as-of`: the day of memberships."""
    command.add_argument(
        "--as-of",
        type=day,
        default=datetime.now(UTC).astimezone().date(),
        metavar="DATE",
        help="membership's day (today)",
    )


def add_alliances(command: argparse.ArgumentParser) -> None:
    """Add `--alliance-file` and `--territories`: whose members count, and how territories do."""
    command.add_argument(
        "--alliance-file", type=Path, metavar="FILE", help="own alliances, .json or .csv"
    )
    command.add_argument(
        "--territories",
        choices=[rule.value for rule in TerritoryRule],
        default=TerritoryRule.LISTED.value,
        help="territories and disputed areas: as listed, with the sovereign, for nobody",
    )


def add_scenario(command: argparse.ArgumentParser) -> None:
    """Add `--scenario`: what is supposed to be different."""
    command.add_argument(
        "--scenario",
        type=Path,
        metavar="FILE",
        help="a scenario as `gisapp scenario --save` writes",
    )


def add_output(command: argparse.ArgumentParser) -> None:
    """Add `-o`: where to write the table."""
    command.add_argument(
        "-o", "--output", type=Path, metavar="FILE", help="write the table to a .csv or .json file"
    )


def day(text: str) -> date:
    """Read 2026-11-22."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f'"{text}" is not a date as 2026-11-22') from None


def days(text: str) -> tuple[date, ...]:
    """Read 2020..2030 as the ends of these years, or days parted by commas."""
    first, dots, last = text.partition("..")
    if not dots:
        return tuple(day(word.strip()) for word in text.split(","))
    try:
        years = range(int(first), int(last) + 1)
        found = tuple(date(year, 12, 31) for year in years)
    except ValueError:
        found = ()
    if not found:
        raise argparse.ArgumentTypeError(f'"{text}" is no span as 2020..2030')
    return found


def bounds(text: str) -> tuple[float, ...]:
    """Read west,south,east,north in degrees."""
    values = tuple(float(part) for part in text.split(","))
    if len(values) != 4:
        raise argparse.ArgumentTypeError("four numbers are needed: west,south,east,north")
    return values


def several(kind: Callable[[str], Any]) -> Callable[[str], tuple[Any, ...]]:
    """Return what reads words that commas part."""

    def read(text: str) -> tuple[Any, ...]:
        try:
            return tuple(kind(word.strip()) for word in text.split(","))
        except ValueError as error:
            raise argparse.ArgumentTypeError(str(error)) from None

    return read
