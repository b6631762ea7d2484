"""Options that everything with a map takes: the question, the frame, what stands on the page."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any, Final

from gisapp.cli.arguments import MEASURES, PLANTS, bounds, day, several
from gisapp.model.vocabulary import METRICS, VIEWS, Basis, Stage, Weight

#: Words of a question by the names that `exporting.asked_state` knows.
_ASKED: Final = "mineral stage alliance as_of by weight to nearest view least metric avoid"
_FRAME: Final = (
    "projection size dpi theme bounds template insets max_labels center caption brand also"
)


def add_question(command: argparse.ArgumentParser) -> None:
    """Add the words of a question, and the project that they change."""
    command.add_argument("--project", type=Path, metavar="FILE", help="a saved project")
    command.add_argument("--mineral", metavar="M")
    command.add_argument("--stage", choices=[s.value for s in Stage])
    command.add_argument("--alliance", metavar="A")
    command.add_argument(
        "--alliance-file", type=Path, metavar="FILE", help="own alliances, .json or .csv"
    )
    command.add_argument("--view", choices=VIEWS)
    command.add_argument("--weight", choices=[w.value for w in Weight])
    command.add_argument("--to", choices=PLANTS)
    command.add_argument("--nearest", type=int, metavar="K")
    command.add_argument("--metric", choices=METRICS, help="of distances")
    command.add_argument("--least", choices=MEASURES, help="of routes: the least of what counts")
    command.add_argument(
        "--avoid", type=several(str), metavar="PASSAGE|ISO3,..", help="of routes, as in distance"
    )
    command.add_argument("--by", choices=[b.value for b in Basis])
    command.add_argument("--as-of", type=day, metavar="DATE")


def add_frame(command: argparse.ArgumentParser) -> None:
    """Add the frame: page, projection, extent, look, and what stands on the page."""
    command.add_argument("--projection", metavar="P", help="equal_earth, robinson, mercator, ...")
    command.add_argument("--size", metavar="16:9", help="page: 16:9, 4:3, A4, ..., or 254x190mm")
    command.add_argument(
        "--bounds", type=bounds, metavar="W,S,E,N", help="degrees; world if absent"
    )
    command.add_argument("--center", type=float, metavar="LON", help="central meridian, degrees")
    command.add_argument("--dpi", type=int, metavar="N")
    command.add_argument("--theme", choices=("light", "dark", "print"))
    command.add_argument("--brand", type=Path, metavar="FILE", help="house style: colours, fonts")
    command.add_argument("--template", type=Path, metavar="T.pptx", help="what slides take after")
    command.add_argument(
        "--show", type=several(str), default=(), metavar="E,..",
        help="elements that are to stand on the page: legend, graticule, locator, ...",
    )  # fmt: skip
    command.add_argument(
        "--hide", type=several(str), default=(), metavar="E,..", help="elements that are not to"
    )
    command.add_argument(
        "--insets", type=_boxes, metavar="W,S,E,N;..", help="further small maps, by their bounds"
    )
    command.add_argument(
        "--also", type=several(str), metavar="ALLIANCE", help="an alliance shaded beside the other"
    )
    command.add_argument("--max-labels", type=int, metavar="N", help="names at most, 0 to 500")
    command.add_argument("--caption", metavar="TEXT", help="a sentence under the map")


def asked(args: argparse.Namespace) -> dict[str, Any]:
    """Return the words of the question that were given."""
    return _given(args, _ASKED)


def frame(args: argparse.Namespace) -> dict[str, Any]:
    """Return the parts of the frame that were given, as `exporting.frame_with` takes them."""
    found = _given(args, _FRAME)
    elements = {**dict.fromkeys(args.show, "yes"), **dict.fromkeys(args.hide, "no")}
    if "center" in found:
        found["center_lon"] = found.pop("center")
    return {**found, "elements": elements} if elements else found


def _given(args: argparse.Namespace, names: str) -> dict[str, Any]:
    values = {name: getattr(args, name) for name in names.split()}
    return {name: value for name, value in values.items() if value is not None}


def _boxes(text: str) -> tuple[tuple[float, ...], ...]:
    """Read boxes of west,south,east,north that semicolons part."""
    return tuple(bounds(part) for part in text.split(";"))
