"""Oxides, metals and trade equivalents from atomic weights, and the units that tonnes come in.

Atomic weights are the abridged standard ones of IUPAC (CIAAW 2021, "Standard atomic weights of the
elements", Pure and Applied Chemistry 94, 573); where that is a range, the conventional value.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from gisapp.model.feedback import GisappError

ATOMIC_WEIGHTS: Final = {
    "H": 1.008, "Li": 6.94, "Be": 9.0122, "B": 10.81, "C": 12.011, "N": 14.007, "O": 15.999,
    "F": 18.998, "Na": 22.990, "Mg": 24.305, "Al": 26.982, "Si": 28.085, "P": 30.974, "S": 32.06,
    "Cl": 35.45, "K": 39.098, "Ca": 40.078, "Sc": 44.956, "Ti": 47.867, "V": 50.942,
    "Cr": 51.996, "Mn": 54.938, "Fe": 55.845, "Co": 58.933, "Ni": 58.693, "Cu": 63.546,
    "Zn": 65.38, "Ga": 69.723, "Ge": 72.630, "As": 74.922, "Y": 88.906, "Zr": 91.224,
    "Nb": 92.906, "Mo": 95.95, "Rh": 102.91, "Pd": 106.42, "In": 114.82, "Sn": 118.71,
    "Sb": 121.76, "Te": 127.60, "La": 138.91, "Ce": 140.12, "Pr": 140.91, "Nd": 144.24,
    "Sm": 150.36, "Eu": 151.96, "Gd": 157.25, "Tb": 158.93, "Dy": 162.50, "Ho": 164.93,
    "Er": 167.26, "Tm": 168.93, "Yb": 173.05, "Lu": 174.97, "Hf": 178.49, "Ta": 180.95,
    "W": 183.84, "Re": 186.21, "Pt": 195.08, "Bi": 208.98, "U": 238.03,
}  # fmt: skip
#: What the trade calls a compound.
TRADE_NAMES: Final = {
    "LCE": "Li2CO3",
    "lithium carbonate": "Li2CO3",
    "lithium hydroxide": "LiOH.H2O",
    "lithium chloride": "LiCl",
    "cobalt hydroxide": "Co(OH)2",
    "cobalt sulphate": "CoSO4.7H2O",
    "nickel sulphate": "NiSO4.6H2O",
}
#: Tonnes in one of each unit of mass. Pound, short and long ton and troy ounce are exact by
#: definition (NIST Handbook 44, appendix C).
TONNES: Final = {
    "g": 1e-6,
    "kg": 1e-3,
    "lb": 0.45359237e-3,
    "klb": 0.45359237,
    "Mlb": 453.59237,
    "oz t": 31.1034768e-6,
    "koz t": 31.1034768e-3,
    "Moz t": 31.1034768,
    "short ton": 0.90718474,
    "long ton": 1.0160469088,
    "t": 1.0,
    "kt": 1e3,
    "Mt": 1e6,
}
#: The usual share of neodymium oxide in the oxide sold as NdPr; the rest is Pr6O11.
ND_SHARE_OF_NDPR_OXIDE: Final = 0.75

_TERM: Final = re.compile(r"([A-Z][a-z]?)(\d*)")
_BRACKETS: Final = re.compile(r"\(([^()]*)\)(\d*)")
_PART: Final = re.compile(r"(\d*)(.+)")


@cache
def atoms(formula: str) -> dict[str, int]:
    """Return how many atoms of each element a formula has ("CoSO4.7H2O", "Co(OH)2", "LCE").

    Raises
    ------
    GisappError
        `unknown_formula` where it cannot be read.
    """
    text = TRADE_NAMES.get(formula, formula)
    counts: dict[str, int] = {}
    for part in text.split("."):
        whole = _PART.fullmatch(part)
        times, rest = (int(whole[1] or 1), whole[2]) if whole else (1, "")
        rest = _BRACKETS.sub(lambda m: m[1] * int(m[2] or 1), rest)
        if not rest or _TERM.sub("", rest):
            raise _unknown(formula)
        for element, number in _TERM.findall(rest):
            if element not in ATOMIC_WEIGHTS:
                raise _unknown(formula)
            counts[element] = counts.get(element, 0) + times * int(number or 1)
    return counts


def molar_mass(formula: str) -> float:
    """Return grams per mole."""
    return sum(ATOMIC_WEIGHTS[element] * n for element, n in atoms(formula).items())


def mass_fraction(element: str, formula: str) -> float:
    """Return the share of the mass of a compound that an element has, 0 to 1."""
    return atoms(formula).get(element, 0) * ATOMIC_WEIGHTS.get(element, 0.0) / molar_mass(formula)


def equivalent(amount: float, given: str, wanted: str) -> float:
    """Return the amount of one form that holds as much of the element as an amount of another.

    The element is the first of the formula: `equivalent(1, "Li2O", "LCE")` is 2.473, what
    holds the lithium of one tonne of oxide.

    Raises
    ------
    GisappError
        `unknown_formula`; `no_equivalent` where the two forms share no first element.
    """
    element = next(iter(atoms(given)))
    if next(iter(atoms(wanted))) != element:
        raise GisappError(
            "no_equivalent",
            f"{given} and {wanted} are not forms of one element.",
            "Convert between forms of the same metal.",
        )
    return amount * mass_fraction(element, given) / mass_fraction(element, wanted)


def in_unit(amount: float, given: str, wanted: str, *, whole: float | None = None) -> float:
    """Return an amount in another unit of `TONNES`, or as a share of a whole in "%" and back.

    Parameters
    ----------
    whole
        What 100 % is, in tonnes; needed where one of the units is "%".

    Raises
    ------
    GisappError
        `unknown_unit`; `no_whole` where a share has nothing to be a share of.
    """
    for unit in (given, wanted):
        if unit not in TONNES and unit != "%":
            raise GisappError(
                "unknown_unit", f'No unit is called "{unit}".', f"Known: {', '.join(TONNES)}, %."
            )
    if given == wanted:
        return amount
    if "%" in (given, wanted) and not whole:
        raise GisappError("no_whole", "A share in % needs the tonnes that it is a share of.")
    tonnes = amount / 100.0 * (whole or 0.0) if given == "%" else amount * TONNES[given]
    return 100.0 * tonnes / (whole or 1.0) if wanted == "%" else tonnes / TONNES[wanted]


def ndpr_metal_per_oxide(nd_share: float = ND_SHARE_OF_NDPR_OXIDE) -> float:
    """Return tonnes of metal in one tonne of mixed Nd2O3 and Pr6O11.

    Parameters
    ----------
    nd_share
        The share of neodymium oxide in the mass of the oxides, 0 to 1.
    """
    nd, pr = mass_fraction("Nd", "Nd2O3"), mass_fraction("Pr", "Pr6O11")
    return nd_share * nd + (1.0 - nd_share) * pr


def _unknown(formula: str) -> GisappError:
    return GisappError(
        "unknown_formula",
        f'"{formula}" is no formula of known elements.',
        "Write it as Nd2O3, LiOH.H2O or LCE.",
    )
