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
from gisapp.model.vocabulary import FACILITY_ROLES, METRICS, Basis, Role, Status

#: Where ore goes.
PLANTS: Final = (Role.REFINERY.value, Role.MAGNET_PLANT.value)
#: The values of `analysis.network.journey.Measure`, which `--help` need not load.
MEASURES: Final = ("km", "days", "usd_t", "kg_co2_t")
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


def place(text: str) -> str | Path:
    """Return a file's path, or the address of a database or service as it is."""
    return text if "://" in text else Path(text)


def box(text: str) -> tuple[float, float, float, float]:
    """Return west, south, east, north in degrees from "w,s,e,n"."""
    west, south, east, north = bounds(text)
    if not (abs(west) <= 180 and abs(east) <= 180 and -90 <= south <= north <= 90):
        raise argparse.ArgumentTypeError(f'"{text}" is no box of degrees, west,south,east,north')
    return west, south, east, north


def add_mineral(command: argparse.ArgumentParser) -> None:
    """Add `--mineral`, one and needed."""
    command.add_argument("--mineral", required=True, metavar="M", help="code, name or symbol")


def add_plants(command: argparse.ArgumentParser) -> None:
    """Add `--to`: the plants that ore goes to."""
    command.add_argument("--to", choices=PLANTS, default=PLANTS[0])


def add_metric(command: argparse.ArgumentParser, of: str | None = None) -> None:
    """Add `--metric`: how distances are measured."""
    command.add_argument("--metric", choices=METRICS, default=METRICS[0], help=of)


def add_within(command: argparse.ArgumentParser) -> None:
    """Add `--within`: an alliance, jurisdictions, or a mixture of them."""
    command.add_argument(
        "--within", "--alliance", dest="within", metavar="ALLIANCE|ISO3,..",
        help="whose plants count",
    )  # fmt: skip


def add_avoid(command: argparse.ArgumentParser) -> None:
    """Add `--avoid` and `--ship`: what no way leads through."""
    command.add_argument(
        "--avoid", type=several(str), default=(), metavar="PASSAGE|ISO3,..",
        help="of routes: passages and countries that no way leads through",
    )  # fmt: skip
    command.add_argument(
        "--ship", default="any", metavar="CLASS",
        help="of routes: the class of ships, which does not pass every strait (capesize, ...)",
    )  # fmt: skip


def add_status(command: argparse.ArgumentParser, of: str = "sites") -> None:
    """Add `--status`: which sites count."""
    command.add_argument(
        "--status", type=several(Status), default=(), metavar="S,..", help=f"of {of} (operating)"
    )


def add_own_layers(command: argparse.ArgumentParser) -> None:
    """Add `--deposits`, `--refineries` and `--magnet-plants`: own layers; see `own_layers`."""
    for role in FACILITY_ROLES:
        word = role.label.lower().replace(" ", "-")
        option = f"--{word[:-1]}ies" if word.endswith("y") else f"--{word}s"
        command.add_argument(option, type=Path, dest=role.value, metavar="PATH", help="own layer")


def own_layers(args: argparse.Namespace) -> dict[Role, Path]:
    """Return the layers that take the place of the shipped ones."""
    return {
        role: path for role in FACILITY_ROLES if (path := getattr(args, role.value)) is not None
    }


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
    add_territories(command)


def add_territories(command: argparse.ArgumentParser) -> None:
    """Add `--territories`: how territories and disputed areas count."""
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


def bounds(text: str) -> tuple[float, float, float, float]:
    """Read west,south,east,north in degrees; what they enclose is for the frame to check."""
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError:
        raise argparse.ArgumentTypeError(
            f'"{text}" is not written as west,south,east,north'
        ) from None
    return west, south, east, north


def several(kind: Callable[[str], Any]) -> Callable[[str], tuple[Any, ...]]:
    """Return what reads words that commas part."""

    def read(text: str) -> tuple[Any, ...]:
        try:
            return tuple(kind(word.strip()) for word in text.split(","))
        except ValueError as error:
            raise argparse.ArgumentTypeError(str(error)) from None

    return read
