"""Numbers with something beside them: a unit, a footnote, a mark of an estimate."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

import pyarrow as pa

from gisapp.model.feedback import Problem, Severity
from gisapp.model.reading import Choice, Finding, ReadOptions

_SIGNS: Final = "\u00b9\u00b2\u00b3\u2070\u2074\u2075\u2076\u2077\u2078\u2079*\u2020\u2021\u00a7"
_CELL: Final = re.compile(
    rf"""
    (?P<before>[{_SIGNS}]+ | (?:~|\u2248|ca?\.|approx\.?|about)(?=\s*\d) | [er](?=\s?\d))? \s*
    (?P<number>[+-]? (?: \d{{1,3}}(?:[ ,.'\u2019]\d{{3}})+(?:[.,]\d+)?(?![\d.,]) | \d+(?:[.,]\d+)?
        | \d{{4,5}}(?:,\d{{3}})+ ) (?:[eE][+-]?\d+)?)
    (?P<after>\s?(?:[{_SIGNS}]+ | \[\d{{1,2}}\] | \(\d{{1,2}}\) | [erp](?:,\s?[erp])*(?!\w)))?
    (?:\s*(?P<unit>[^\W\d_].{{0,24}} | [%\u2030$\u20ac\u00a3].{{0,24}}))?
    """,
    re.VERBOSE,
)
_FUSED: Final = re.compile(r"^\d{4,5}(?:,\d{3})+$")
_GROUPS: Final = re.compile(r"^[1-9]\d{0,2}(?:,\d{3})+$")
#: First words of units; the rest ("LCE", "of contained metal", "/a") is free.
_UNITS: Final = frozenset(
    re.findall(
        r"\S+",
        "t kt mt gt kg g mg lb lbs klb klbs mlb mlbs oz koz moz toz ton tons tonne tonnes tonnen "
        "tonelada toneladas tonnellate tn kton ktons mton mtons ktonnes mtonnes "
        "tpa tpy tpd ktpa ktpy mtpa mtpy kta mta "
        "t/a t/y t/yr kt/a kt/y kt/yr mt/a mt/y g/t kg/t "
        "% \u2030 pct "
        "percent wt wt% vol% ppm ppb km m ft mi ha km2 km\u00b2 m2 m\u00b2 m3 "
        "m\u00b3 acres mw gw kw mwh gwh kwh twh mva usd us$ $ \u20ac \u00a3 eur m$ "
        "musd bbl l ml ct cts "
        "carats short metric dry wet thousand million mio mln bn "
        "\u0442 \u0442\u044b\u0441 "
        "\u043a\u0442 \u043c\u043b\u043d \u043a\u0433 \u5428 \u4e07\u5428 "
        "\u5343\u5428 \u516c\u65a4 \u30c8\u30f3 \ud1a4",
    )
)
#: Single letters that are a unit in lower case only.
_NO_UNITS: Final = frozenset("MGL")
_MOST: Final = 0.8
_LETTERED: Final = 0.6
_NAMED: Final = 3


class Report(Protocol):
    """Where what was found goes."""

    units: dict[str, str]
    problems: list[Problem]
    findings: list[Finding]


@dataclass(frozen=True)
class Cell:
    """One cell: its number, its unit as written, whether a footnote stood beside or fused to it.

    `number` is None where the cell is no number; `text` is the cell as it stands.
    """

    text: str
    number: float | None = None
    unit: str = ""
    noted: bool = False
    fused: bool = False


def read_cells(words: Sequence[str | None], mark: str) -> list[Cell | None] | None:
    """Read cells as numbers with units and notes; None where few of them are such.

    Parameters
    ----------
    words
        Different texts of a column; None is a missing one.
    mark
        The decimal mark of the file, "" where unknown.
    """
    known = [w for w in words if w]
    sample = known[:: max(len(known) // 200, 1)]
    hits = sum(_cell(word, mark).number is not None for word in sample)
    if not sample or hits < 0.5 * len(sample):
        return None
    cells = [None if not word else _cell(word, mark) for word in words]
    usual = sorted(c.number for c in cells if c and c.number and not c.fused and c.number > 0)
    middle = usual[len(usual) // 2] if usual else 10_000.0
    return [_parted(c, middle) if c is not None and c.fused else c for c in cells]


def _cell(text: str, mark: str) -> Cell:
    match = _CELL.fullmatch(text)
    if match is None:
        return Cell(text)
    unit = re.sub(r"\s+", " ", match["unit"] or "").strip().strip(".")
    first = re.split(r"[\s/(]", unit.lower())[0].strip(".")
    if unit and (unit in _NO_UNITS or not {first, unit.lower()} & _UNITS):
        return Cell(text)
    number = match["number"]
    noted = bool(match["before"] or match["after"])
    if _FUSED.match(number):
        return Cell(text, math.nan, unit, noted=True, fused=True)
    try:
        return Cell(text, _number(number, mark), unit, noted=noted)
    except ValueError:  # points and commas in a wild mix
        return Cell(text)


def _number(text: str, mark: str) -> float:
    bare = re.sub(r"[ '\u2019]", "", text)
    comma, point = bare.rfind(","), bare.rfind(".")
    if comma >= 0 and point >= 0:
        decimal = "," if comma > point else "."
    elif comma >= 0:
        decimal = "." if _grouped(bare, ",") and mark != "," else ","
    else:
        decimal = (
            ","
            if point >= 0 and _grouped(bare, ".") and (mark == "," or bare.count(".") > 1)
            else "."
        )
    return float(bare.replace("." if decimal == "," else ",", "").replace(",", "."))


def _grouped(text: str, separator: str) -> bool:
    return re.fullmatch(rf"[+-]?[1-9]\d{{0,2}}(\{separator}\d{{3}})+", text) is not None


def _parted(cell: Cell, middle: float) -> Cell:
    """Part a footnote's digits from the number: "1213,000" is footnote 12 and 13,000.

    What remains must be written as thousands are; of several ways the one nearest to the
    column's other numbers is taken.
    """
    match = _CELL.fullmatch(cell.text)
    number = match["number"] if match else cell.text
    rests = [number[k:] for k in (1, 2) if _GROUPS.match(number[k:])]
    if not rests:
        return Cell(cell.text)
    values = [float(rest.replace(",", "")) for rest in rests]
    best = min(values, key=lambda v: abs(math.log(v / middle)))
    return Cell(cell.text, best, cell.unit, noted=True, fused=True)


def decide(
    name: str,
    cells: Sequence[Cell | None],
    rows: Sequence[int],
    options: ReadOptions,
    report: Report,
) -> pa.Array | None:
    """Return the numbers of a column's different texts, or None to leave it text; all is told.

    Parameters
    ----------
    rows
        How many rows have each text.
    """
    known = [(c, n) for c, n in zip(cells, rows, strict=True) if c is not None]
    total = sum(n for _, n in known)
    unread = [(c, n) for c, n in known if c.number is None]
    lost = sum(n for _, n in unread)
    if lost > (1 - _MOST) * total or not total:
        return None
    units = Counter[str]()
    for cell, count in known:
        if cell.number is not None:
            units[cell.unit] += count
    named = [unit for unit, _ in units.most_common() if unit]
    if len(named) > 1:
        _tell_mixed(name, named, report)
        return None
    if unread and not _wants_rest(name, unread, lost, total, options=options, report=report):
        return None
    if named and not _wants_unit(name, named[0], units, options, report):
        return None
    noted = [(c, n) for c, n in known if c.noted]
    if sum(n for c, n in noted if c.text[0].isalpha()) > _LETTERED * total:
        return None  # "e1", "e2" are names
    if noted and not _wants_notes(name, noted, options, report):
        return None
    numbers = [None if c is None else c.number for c in cells]
    if all(v is None or (v.is_integer() and abs(v) < 2**53) for v in numbers):
        return pa.array([None if v is None else int(v) for v in numbers], pa.int64())
    return pa.array(numbers, pa.float64())


def _wants_rest(
    name: str,
    unread: list[tuple[Cell, int]],
    lost: int,
    total: int,
    *,
    options: ReadOptions,
    report: Report,
) -> bool:
    """Offer to read a column as numbers although some of its cells are none."""
    option = f"numbers:{name}"
    done = options.wants(option, usually=False)
    listed = _listed([c.text for c, _ in unread])
    what = f'{lost:,} of {total:,} values of "{name}" are no numbers ({listed}); ' + (
        "they are unknown." if done else "the column stays text."
    )
    report.problems.append(
        Problem("numbers_unsure", Severity.WARNING, what, "Say in the repair dialog.", lost)
    )
    report.findings.append(
        Finding(
            "numbers_unsure",
            option,
            what,
            "yes" if done else "no",
            (
                Choice("no", "Leave the column as text", f"{listed} would be lost otherwise."),
                Choice("yes", "Read numbers; the others are unknown"),
            ),
            count=lost,
        )
    )
    return done


def _wants_unit(
    name: str, unit: str, units: Counter[str], options: ReadOptions, report: Report
) -> bool:
    option = f"units:{name}"
    bare = units[""]
    done = options.wants(option, usually=True)
    sure = not bare or option in dict(options.repairs)
    message = f'The numbers of "{name}" are in {unit}, as its cells say'
    if bare:
        message += f" ({bare:,} without a unit taken for the same)"
    if not done:
        message = f'The cells of "{name}" hold numbers in {unit} and were left as text'
    report.problems.append(
        Problem(
            "units_read",
            Severity.INFO if sure else Severity.WARNING,
            message + ".",
            "",
            units[unit],
        )
    )
    report.findings.append(
        Finding(
            "units_read",
            option,
            message + ".",
            "yes" if done else "no",
            (
                Choice("yes", f"Numbers in {unit}", "Nearly every cell says so."),
                Choice("no", "Leave the column as text"),
            ),
            sure=sure,
            count=units[unit],
        )
    )
    if done:
        report.units[name] = unit
    return done


def _wants_notes(
    name: str, noted: list[tuple[Cell, int]], options: ReadOptions, report: Report
) -> bool:
    fused = [c for c, _ in noted if c.fused]
    option = f"footnotes:{name}"
    done = options.wants(option, usually=True)
    count = sum(n for _, n in noted)
    example = fused[0] if fused else noted[0][0]
    what = "digits of footnotes" if fused else "marks of footnotes or estimates"
    number = f"{example.number:,.10g}"
    verb = "which were taken off" if done else "and the column was left as text"
    message = (
        f'{count:,} numbers of "{name}" have {what} beside them, {verb}: '
        f'"{example.text}" is {number}.'
    )
    sure = not fused or option in dict(options.repairs)
    report.problems.append(
        Problem("footnotes", Severity.INFO if sure else Severity.WARNING, message, "", count)
    )
    report.findings.append(
        Finding(
            "footnotes",
            option,
            message,
            "yes" if done else "no",
            (
                Choice("yes", f'"{example.text}" is {number}', "No number is written so."),
                Choice("no", "Leave the column as text"),
            ),
            sure=sure,
            count=count,
        )
    )
    return done


def _tell_mixed(name: str, units: list[str], report: Report) -> None:
    report.problems.append(
        Problem(
            "units_mixed",
            Severity.WARNING,
            f'The numbers of "{name}" are in several units ({_listed(units)}) and were left as '
            "text.",
            "Bring them to one unit, or give the unit a column of its own.",
        )
    )


def _listed(texts: Sequence[str]) -> str:
    more = ", ..." if len(texts) > _NAMED else ""
    return ", ".join(f'"{text}"' for text in texts[:_NAMED]) + more
