"""Units that people write a year's tonnes in ("kt LCE", "Mlb U3O8/yr"), and what they come to.

Masses are those of `stoichiometry.TONNES`, forms are its formulas and trade names.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np

from gisapp.model.features import Column, Floats
from gisapp.model.feedback import GisappError
from gisapp.model.stoichiometry import ATOMIC_WEIGHTS, TONNES, TRADE_NAMES, atoms, equivalent

#: A form that says "the metal itself", whichever it is.
METAL: Final = "metal"
#: Rare earths as their oxides; a tonne of one oxide counts as a tonne of them.
REO: Final = "REO"
#: The oxide that the trade reckons each rare earth in.
RARE_EARTH_OXIDES: Final = {
    "La": "La2O3", "Ce": "CeO2", "Pr": "Pr6O11", "Nd": "Nd2O3", "Sm": "Sm2O3", "Eu": "Eu2O3",
    "Gd": "Gd2O3", "Tb": "Tb4O7", "Dy": "Dy2O3", "Ho": "Ho2O3", "Er": "Er2O3", "Tm": "Tm2O3",
    "Yb": "Yb2O3", "Lu": "Lu2O3", "Y": "Y2O3",
}  # fmt: skip

_MASSES: Final = {
    "g": "g", "gram": "g", "grams": "g",
    "kg": "kg", "kgs": "kg", "kilogram": "kg", "kilograms": "kg", "kilo": "kg", "kilos": "kg",
    "lb": "lb", "lbs": "lb", "pound": "lb", "pounds": "lb", "klb": "klb", "klbs": "klb",
    "mlb": "Mlb", "mlbs": "Mlb", "mmlb": "Mlb", "mmlbs": "Mlb",
    "oz": "oz t", "ozt": "oz t", "toz": "oz t", "ounce": "oz t", "ounces": "oz t",
    "koz": "koz t", "moz": "Moz t",
    "t": "t", "te": "t", "ton": "t", "tons": "t", "tonne": "t", "tonnes": "t", "tonnen": "t",
    "tonelada": "t", "toneladas": "t", "jahrestonnen": "t", "mton": "t",
    "kt": "kt", "ktonnes": "kt", "kilotonne": "kt", "kilotonnes": "kt", "kiloton": "kt",
    "kilotons": "kt", "megatonne": "Mt", "megatonnes": "Mt", "st": "short ton",
}  # fmt: skip
_TIMES: Final = {
    "thousand": 1e3, "tausend": 1e3, "mille": 1e3, "000": 1e3, "000s": 1e3, "'000": 1e3,
    "'000s": 1e3, "million": 1e6, "millions": 1e6, "millionen": 1e6, "mio": 1e6,
}  # fmt: skip
#: Words that change nothing.
_SILENT: Final = frozenset({"metric", "contained", "content", "of", "in", "dry", "troy", "cont"})
_A_YEAR: Final = re.compile(
    r"(/|\bper\b|\bpro\b|\bpar\b|\bpor\b)\s*"
    r"(a|y|yr|year|annum|jahr|an|ann\u00e9e|a\u00f1o|ano)\b\.?|\bannual(ly)?\b|\bp\.\s*a\.",
    re.IGNORECASE,
)
_A_DAY: Final = re.compile(r"(/|\bper\b|\bpro\b)\s*(d|day|tag)\b", re.IGNORECASE)
_A_MONTH: Final = re.compile(r"(/|\bper\b|\bpro\b)\s*(m|mo|month|monat)\b", re.IGNORECASE)
_FUSED: Final = re.compile(r"\b(k|m|M)?(t|T|lb|kg|oz)(?:p|P)(a|A|y|Y|d|D)\b")
_WORD: Final = re.compile(r"[^\s/(),\[\]_-]+")
_NUMBER: Final = re.compile(
    r"[<>~\u2248]?\s*([-+]?\d[\d.,\u202f\u00a0' ]*(?:[eE][-+]?\d+)?)(.*)", re.DOTALL
)
_FORMS: Final = {
    "lce": "LCE", "lithium carbonate equivalent": "LCE", "lithium carbonate": "LCE",
    "li2co3": "LCE", "lithium hydroxide": "LiOH.H2O", "lithium hydroxide monohydrate": "LiOH.H2O",
    "lioh": "LiOH.H2O", "lioh.h2o": "LiOH.H2O", "lioh\u00b7h2o": "LiOH.H2O", "lhm": "LiOH.H2O",
    "reo": REO, "treo": REO, "rare earth oxide": REO, "rare earth oxides": REO,
    "rare earths oxide": REO, "ndpr oxide": REO, "ndpr oxides": REO,
    "total rare earth oxides": REO,
    "metal": METAL, "metall": METAL, "metallic": METAL,
    "aluminium": "Al", "antimony": "Sb", "beryllium": "Be", "bismuth": "Bi", "chromium": "Cr",
    "cobalt": "Co", "copper": "Cu", "gallium": "Ga", "germanium": "Ge", "indium": "In",
    "lithium": "Li", "magnesium": "Mg", "manganese": "Mn", "molybdenum": "Mo", "nickel": "Ni",
    "niobium": "Nb", "tantalum": "Ta", "tellurium": "Te", "tin": "Sn", "titanium": "Ti",
    "tungsten": "W", "uranium": "U", "vanadium": "V", "zinc": "Zn", "zirconium": "Zr",
    "neodymium": "Nd", "praseodymium": "Pr", "dysprosium": "Dy", "terbium": "Tb",
    "lanthanum": "La", "cerium": "Ce", "yttrium": "Y",
}  # fmt: skip
_SYMBOLS: Final = {symbol.lower(): symbol for symbol in ATOMIC_WEIGHTS}
_FORMULA: Final = re.compile(r"(?:[A-Z][a-z]?\d*|[.\u00b7]\d*|[()])+")
_SAMPLE: Final = 200


@dataclass(frozen=True)
class Unit:
    """A unit of what is made in a year.

    Parameters
    ----------
    tonnes
        Tonnes a year in one of it.
    form
        What is weighed: a formula ("Li2O"), `METAL`, `REO`, "LCE", words that no factor is known
        for ("spodumene concentrate"), or "" where nothing is said.
    """

    tonnes: float
    form: str = ""

    def factor(self, wanted: str) -> float | None:
        """Return tonnes a year of another form in one of this unit, None where nobody can say.

        Parameters
        ----------
        wanted
            A formula, `REO`, or "" for what has no formula.
        """
        if not self.form or self.form == wanted:
            return self.tonnes
        if self.form == METAL:
            return self.tonnes if wanted in ATOMIC_WEIGHTS else None
        if wanted == REO:
            return self._as_oxide()
        if not wanted:
            return None
        try:
            return self.tonnes * equivalent(1.0, self.form, wanted)
        except GisappError:  # no formula, or of another element
            return None

    def _as_oxide(self) -> float | None:
        if self.form in RARE_EARTH_OXIDES:
            return self.tonnes * equivalent(1.0, self.form, RARE_EARTH_OXIDES[self.form])
        return self.tonnes if self.form in RARE_EARTH_OXIDES.values() else None


@cache
def parse_unit(text: str) -> Unit | None:
    """Return the unit of a text, None where none can be told.

    "mt" is left alone: some write it for a metric ton, others for a million of them.
    """
    rest, per_year = text.strip(), 1.0
    fused = _FUSED.search(rest)
    if fused:
        per_year = 365.0 if fused[3].lower() == "d" else 1.0
        mass = _of_letters(fused[1] or "", fused[2])
        rest = f"{rest[: fused.start()]} {mass} {rest[fused.end() :]}"
    for pattern, times in ((_A_YEAR, 1.0), (_A_DAY, 365.0), (_A_MONTH, 12.0)):
        rest, count = pattern.subn(" ", rest)
        per_year *= times if count else 1.0
    tonnes, words = 0.0, []
    kind = ""
    for word in _WORD.findall(rest):
        plain = word.strip(".").lower()
        if not tonnes and plain in _TIMES:
            per_year *= _TIMES[plain]
        elif plain in {"short", "long"} and not tonnes:
            kind = f"{plain} ton"
        elif not tonnes and (word == "Mt" or plain in _MASSES):
            tonnes = TONNES["Mt" if word == "Mt" else kind or _MASSES[plain]]
        elif plain not in _SILENT:
            words.append(word)
    if not tonnes or any(word.lower() in {"mt", "%"} for word in words):
        return None
    return Unit(tonnes * per_year, _form(words))


def parse_amount(text: str) -> tuple[float, str] | None:
    """Return number and unit of a text as "12.5 kt LCE" or "1,200"; None where no number leads."""
    found = _NUMBER.match(text.strip())
    value = None if found is None else _as_number(found[1])
    return None if found is None or value is None else (value, found[2].strip(" \t.;"))


def guess_unit(name: str, values: Column) -> str:
    """Return the unit that a column's name or its texts tell ("kt LCE"), "" for none."""
    tail = re.sub(r"(?<=[a-z])(?=[A-Z][a-z]?t)", " ", name)
    words = [word for word in re.split(r"[\s_(),\[\]-]+", tail) if word]
    for start in range(len(words)):
        said = " ".join(words[start:])
        first = words[start].partition("/")[0].lower()
        if (first in _MASSES or words[start] == "Mt" or _FUSED.fullmatch(words[start])) and (
            first not in {"g", "te"} and parse_unit(said) is not None
        ):
            return said
    if values.dtype != object:
        return ""
    texts = [value for value in values[:_SAMPLE] if isinstance(value, str) and value.strip()]
    said_units = Counter(found[1] for text in texts if (found := parse_amount(text)) and found[1])
    best = said_units.most_common(1)
    return best[0][0] if best and parse_unit(best[0][0]) is not None else ""


def numbers_of(values: Column) -> tuple[Floats, list[str]]:
    """Return the numbers of a column, NaN where none is told, and the unit in each text, or ""."""
    if np.issubdtype(values.dtype, np.number) or values.dtype == bool:
        return values.astype(np.float64), [""] * len(values)
    found = [parse_amount(value) if isinstance(value, str) else None for value in values]
    return (
        np.array([np.nan if f is None else f[0] for f in found], dtype=np.float64),
        ["" if f is None else f[1] for f in found],
    )


def _of_letters(size: str, mass: str) -> str:
    """Return the mass of "ktpa" or "Mlbpa": before a year's sign an m is a million."""
    size = {"k": "k", "": ""}.get(size, "M")
    return {"Mt": "Mt", "MT": "Mt"}.get(size + mass, size + mass)


def _form(words: Sequence[str]) -> str:
    if len(words) > 1 and words[-1].lower() == METAL:  # "nickel metal"
        words = words[:-1]
    text = " ".join(words)
    plain = text.lower()
    if plain in _FORMS or plain in _SYMBOLS:
        return _FORMS.get(plain) or _SYMBOLS[plain]
    for word in (text, text.replace("\u00b7", ".")):
        if word in TRADE_NAMES:
            return word
        if _FORMULA.fullmatch(word):
            try:
                atoms(word)
            except GisappError:
                continue
            return word
    return _known_formulas().get(plain, plain)


@cache
def _known_formulas() -> dict[str, str]:
    """Return formulas by their small letters, which say too little of others."""
    usual = ("Li2O", "U3O8", "V2O5", "WO3", "Ta2O5", "Nb2O5", "TiO2", "Al2O3", "MgO", "Cr2O3")
    return {formula.lower(): formula for formula in (*usual, *RARE_EARTH_OXIDES.values())}


def _as_number(text: str) -> float | None:
    """Return a number with thousands marked by commas, points, spaces or apostrophes."""
    bare = re.sub(r"[\u202f\u00a0' ]", "", text).rstrip(".,")
    comma, point = bare.rfind(","), bare.rfind(".")
    if comma >= 0 and point >= 0:
        bare = bare.replace("," if point > comma else ".", "").replace(",", ".")
    elif comma >= 0:
        whole = re.fullmatch(r"[-+]?\d{1,3}(,\d{3})+", bare)
        bare = bare.replace(",", "" if whole else ".")
    elif re.fullmatch(r"[-+]?\d{1,3}(\.\d{3}){2,}", bare):
        bare = bare.replace(".", "")
    try:
        return float(bare)
    except ValueError:
        return None
