"""Coordinates as people write them: degrees, minutes, seconds, letters, pairs in one cell."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_SIGNS: Final = str.maketrans(
    {
        **dict.fromkeys("\u00ba\u02da\u2218\u25e6", "\u00b0"),
        **dict.fromkeys("\u2032\u2019\u2018\u00b4`\u02b9\u02bc", "'"),
        **dict.fromkeys("\u2033\u201d\u201c\u201f\u3003\u02ba", '"'),
        **dict.fromkeys("\u2212\u2013\u2014\uff0d", "-"),
        **dict.fromkeys("\u00a0\u2007\u2009\u202f\u3000\t\r\n", " "),
        "\uff0c": ",",
        "\u3001": ",",
        "\uff1b": ";",
    }
)
#: Words for a direction in many languages, and the letter they stand for.
_WORDS: Final = {
    "N": (
        r"north nord\b norte\b noord\b \u0441(?:\u0435\u0432)?\.?\s*ш(?:ир)?\.? северн\w+ "
        r"北緯 北纬 北 n\.?\s*br(?:\.|\b) nb\b"
    ),
    "S": (
        r"south s[üu]d\b sur\b sul\b zuid\b ю\.?\s*ш\.? южн\w+ 南緯 南纬 南 "
        r"s\.?\s*br(?:\.|\b) zb\b"
    ),
    "E": (
        r"east ost\b este\b est\b leste\b oost\b в\.?\s*д\.? восточн\w+ 東経 东经 東經 东 東 "
        r"[öo]\.?\s*l\.?(?![a-z])"
    ),
    "W": (
        r"west ouest\b oeste\b ovest\b з\.?\s*д\.? западн\w+ 西経 西经 西經 西 "
        r"w\.?\s*l\.?(?![a-z])"
    ),
}
#: What an axis is called; the letter is that of its positive side.
_LABELS: Final = {
    "N": r"latitude lat\b\.? breite(?!n) 纬度 緯度",
    "E": r"longitude long?\b\.? lon\b\.? lng\b l[äa]nge 经度 経度 經度",
}
_PATTERNS: Final = {k: re.compile("|".join(v.split()), re.IGNORECASE) for k, v in _WORDS.items()}
_LABELLED: Final = {k: re.compile("|".join(v.split()), re.IGNORECASE) for k, v in _LABELS.items()}
_UNITS: Final = (
    (re.compile(r"(?<=\d)\s*(?:degrees?|deg\.?|grad|度)", re.IGNORECASE), "\u00b0"),
    (re.compile(r"(?<=\d)\s*(?:minutes?|min\.?|分)", re.IGNORECASE), "'"),
    (re.compile(r"(?<=\d)\s*(?:seconds?|sec\.?|сек\.?|秒)", re.IGNORECASE), '"'),
    (re.compile(r"(?<=\d)\s*d\s*(?=\d)", re.IGNORECASE), "\u00b0"),
    (re.compile(r"(?<=\d)\s*m\s*(?=\d|$|[NSEWO]\b)", re.IGNORECASE), "'"),
    (
        re.compile(r"(?<='\d\d)\s*s(?=\s*[NSEWO]?$)|(?<=\.\d)\s*s(?=\s*[NSEWO]$)", re.IGNORECASE),
        '"',
    ),
)
_AXIS: Final = {"N": "lat", "S": "lat", "E": "lon", "W": "lon", "O": "lon", "L": "lon"}
_PARTS: Final = re.compile(
    r"""([+-]?)\s*(\d+(?:[.,]\d+)?)\s*(?:[\u00b0:\s-]\s*(?:(\d{1,2}(?:[.,]\d+)?)\s*
    (?:['\s:-]\s*(?:(\d{1,2}(?:[.,]\d+)?)\s*(?:"|'')?)?)?)?)?""",
    re.VERBOSE,
)
_SEPARATORS: Final = (r"\s*[;/|]\s*", r",\s+|\s+,", r",", r"\s+(?:and|und|et|y|e)\s+", r"\s+")


#: A number as programs write one near zero: 6e-05.
_TINY: Final = re.compile(r"\d+(?:\.\d+)?(?:e-\d{1,2}|E-0\d)(?!\d|\.\d)")


@dataclass(frozen=True)
class Angle:
    """Degrees, and the axis that a letter beside them names ("lon", "lat", "")."""

    degrees: float
    axis: str = ""


def read_angle(text: str, *, west_o: bool = True) -> Angle | None:
    """Read one coordinate; None where it is none.

    Degrees may be decimal (point or comma), with minutes and seconds in any usual writing, or
    packed as DDMMSS where a letter stands beside them. A letter or word of direction may stand
    anywhere.

    Parameters
    ----------
    west_o
        Whether "O" is west, as in Romance languages, or east, as in German.
    """
    return _angle(_spelled(text), west_o=west_o)


def read_pair(text: str, *, west_o: bool = True) -> tuple[Angle, Angle] | None:
    """Read two coordinates in one text, in the order in which they stand; None where none are."""
    spelled = re.sub(r"^GEO:|[()\[\]{}]", " ", _spelled(text)).strip(" ,;")
    for one, two in _halves(spelled):
        first, second = _angle(one, west_o=west_o), _angle(two, west_o=west_o)
        if first and second and (not first.axis or first.axis != second.axis):
            return first, second
    return None


def letters_in(text: str) -> set[str]:
    """Return the letters of direction in a text: "O" is east or west by its neighbours."""
    return set(_letters(_spelled(text)))


def _spelled(text: str) -> str:
    """Return a text with one sign for each thing, and letters for words of direction."""
    spelled = _TINY.sub(lambda number: f"{float(number[0]):.12f}", text.strip())
    spelled = spelled.translate(_SIGNS).replace("\u00c2\u00b0", "\u00b0").replace("''", '"')
    if re.search(r"[^\W\dNSEWOL_]", spelled):
        if re.search(r"[^\W\d_]{2}|[^\x00-\x7f\u00b0]|\.\s*[a-z]", spelled, re.IGNORECASE):
            for letter, pattern in _PATTERNS.items():
                spelled = pattern.sub(letter, spelled)
            for letter, pattern in _LABELLED.items():  # "lat: 12 N" says it twice
                said = _letters(pattern.sub(" ", spelled).upper().replace("\u0001", "X"))
                spelled = pattern.sub(" " if said else letter + "\u0001", spelled)
        for pattern, sign in _UNITS:
            spelled = pattern.sub(sign, spelled)
    return re.sub(r"(?<=[NE])\u0001\s*[:=.]?", " ", spelled).upper().strip()


def _letters(spelled: str) -> list[str]:
    return re.findall(r"(?<![^\W\d_])[NSEWOL](?![^\W\d_])", spelled)


def _angle(spelled: str, *, west_o: bool) -> Angle | None:
    letters = _letters(spelled)
    if len(letters) > 1:
        return None
    letter = letters[0] if letters else ""
    bare = spelled.replace(letter, " ", 1).strip(" ,") if letter else spelled
    packed = re.fullmatch(r"(\d{2,3})(\d\d)(\d\d(?:[.,]\d+)?)?", re.sub(r"\s", "", bare))
    if letter and packed and bare.split(".")[0].split(",")[0].isdigit():
        groups = list(packed.groups())
        sign = ""
        if len(bare.split(".")[0].split(",")[0]) < 4:
            groups = []
    else:
        groups, sign = [], ""
    if not groups:
        match = _PARTS.fullmatch(re.sub(r"\s+", " ", bare))
        if match is None:
            return None
        sign, *groups = match.groups()
    given = [g for g in groups if g]
    if any(re.search("[.,]", g) for g in given[:-1]):
        return None
    parts = [float(g.replace(",", ".")) for g in given]
    if len(parts) > 1 and (parts[0] > 360 or any(p > 60 for p in parts[1:])):
        return None
    value = sum(part / 60.0**i for i, part in enumerate(parts))
    negative = sign == "-" or letter in {"S", "W"} or (letter == "O" and west_o)
    return Angle(-value if negative else value, _AXIS.get(letter, ""))


def _halves(text: str) -> list[tuple[str, str]]:
    """Return the ways to part a text in two coordinates, the surest first."""
    places = [m.start() for m in re.finditer(r"(?<![^\W\d_])[NSEWOL](?![^\W\d_])", text)]
    if len(places) == 2:
        cut = places[1] if re.match(r"\s*[NSEWOL]", text) else places[0] + 1
        return [(text[:cut].strip(" ,;/"), text[cut:].strip(" ,;/"))]
    if len(places) not in {0, 2}:
        return []
    degrees = [m.start() for m in re.finditer(r"[+-]?\d+(?:[.,]\d+)?\s*\u00b0", text)]
    if len(degrees) == 2:
        return [(text[: degrees[1]].strip(" ,;/"), text[degrees[1] :].strip())]
    ways = []
    for separator in _SEPARATORS:
        pieces = re.split(separator, text)
        if len(pieces) == 2:
            ways.append((pieces[0], pieces[1]))
    commas = text.split(",")
    if len(commas) == 4:
        ways.append((",".join(commas[:2]).strip(), ",".join(commas[2:]).strip()))
    words = text.split()
    if len(words) in {4, 6}:
        half = len(words) // 2
        ways.append((" ".join(words[:half]), " ".join(words[half:])))
    return ways
