"""One figure per facility and mineral: which of its published quantities counts, and as how much.

The rule (layers README): capacity before production for plants, production before capacity for
mines; of that kind the year 2024, else 2023, else the latest. What is planned, gross, wet, ore,
throughput or a total of several sites is no figure of a site. Figures are brought to the unit of
the country table by stoichiometry alone, so that they can be set beside the world total.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from gisapp.analysis.selection import Facilities, Texts
from gisapp.model.facts import Kind, Quantity
from gisapp.model.features import Floats
from gisapp.model.stoichiometry import mass_fraction
from gisapp.model.vocabulary import Stage, family

PREFERRED_YEARS: Final = (2024, 2023)

# Mass fractions from atomic weights.
LI_PER_LCE: Final = mass_fraction("Li", "LCE")
LI_PER_HYDROXIDE_MONOHYDRATE: Final = mass_fraction("Li", "LiOH.H2O")
LI_PER_CHLORIDE: Final = mass_fraction("Li", "LiCl")
U_PER_U3O8: Final = mass_fraction("U", "U3O8")
W_PER_WO3: Final = mass_fraction("W", "WO3")
V_PER_V2O5: Final = mass_fraction("V", "V2O5")
TA_PER_TA2O5: Final = mass_fraction("Ta", "Ta2O5")
CO_PER_SULPHATE: Final = mass_fraction("Co", "CoSO4.7H2O")
NI_PER_SULPHATE: Final = mass_fraction("Ni", "NiSO4.6H2O")

Tier = tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class Measure:
    """What is counted of a mineral at a stage.

    Parameters
    ----------
    unit
        The unit of a figure.
    tiers
        Patterns of product names with the factor to the unit. The first tier that a facility
        reports anything of is taken, and its products are added.
    comparable
        True where the unit is the country table's, so that a sum can stand beside the world total.
    gross
        True where the trade counts gross weight.
    note
        What is to be known of the measure.
    """

    unit: str
    tiers: tuple[Tier, ...]
    comparable: bool = True
    gross: bool = False
    note: str = ""


def _one(
    unit: str, pattern: str, factor: float = 1.0, *, comparable: bool = True, gross: bool = False
) -> Measure:
    return Measure(unit, (((pattern, factor),),), comparable=comparable, gross=gross)


_LITHIUM_CHEMICALS: Final[tuple[Tier, ...]] = (
    ((r"lce.*", LI_PER_LCE),),
    (
        (r"lithium carbonate.*", LI_PER_LCE),
        (r"lithium hydroxide.*", LI_PER_HYDROXIDE_MONOHYDRATE),
        (r"lithium chloride", LI_PER_CHLORIDE),
    ),
    ((r"lithium salts.*", LI_PER_LCE),),
)

_MINING: Final = {
    "aluminium": _one("t bauxite (dry)", r"bauxite"),
    "antimony": _one("t Sb content", r"contained antimony"),
    "beryllium": _one("t Be content", r"contained beryllium"),
    "chromium": _one("t chromite ore (gross)", r"chrom(e concentrate|ite ore).*", gross=True),
    "cobalt": _one("t Co content", r"contained cobalt( sold| in .*)?"),
    "copper": _one(
        "t Cu content",
        r"(contained|mined|payable|refined) copper.*|copper cathode|copper in concentrate.*",
    ),
    "fluorspar": _one("t fluorspar", r"(acid grade )?fluorspar"),
    "graphite": _one(
        "t natural graphite", r"flake graphite concentrate|natural graphite|vein graphite"
    ),
    "lithium": Measure("t Li content", _LITHIUM_CHEMICALS),
    "manganese": _one("t Mn content", r"contained manganese.*"),
    "nickel": _one("t Ni content", r"contained nickel.*|finished nickel from .*"),
    "niobium": _one("t Nb content", r"contained niobium"),
    "platinum_group": Measure(
        "t Pt + Pd content",
        (((r"(refined )?pgm \de.*|palladium and platinum", 1.0),),),
        note="Figures for four and six metals hold rhodium and others beside Pt and Pd.",
    ),
    "rare_earths": _one("t REO", r"reo.*"),
    "tantalum": _one("t Ta content", r"ta2o5 in .*", TA_PER_TA2O5),
    "tin": _one("t Sn content", r"contained tin.*|tin in concentrate"),
    "titanium": _one("t TiO2 content (ilmenite + rutile)", r"tio2 in .*"),
    "tungsten": Measure(
        "t W content", (((r"contained tungsten", 1.0), (r"wo3 in concentrate", W_PER_WO3)),)
    ),
    "uranium": Measure("t U", (((r"u3o8 as uranium|uranium", 1.0), (r"u3o8", U_PER_U3O8)),)),
    "vanadium": Measure("t V content", (((r"contained vanadium", 1.0),), ((r"v2o5", V_PER_V2O5),))),
    "zirconium": _one(
        "t zirconium mineral concentrates (gross)", r"zircon( concentrate)?", gross=True
    ),
}

_REFINING: Final = {
    "antimony": _one("t antimony products", r"antimony.*", comparable=False),
    "bismuth": _one("t refined Bi", r"refined bismuth"),
    "chromium": _one("t ferrochrome", r"ferrochrome", comparable=False),
    "cobalt": Measure(
        "t refined Co",
        (
            (
                (r"(refined )?cobalt( metal)?|(contained )?cobalt in sulphate.*", 1.0),
                (r"cobalt sulphate", CO_PER_SULPHATE),
            ),
        ),
        note="Hydroxide, MHP and mixed sulphide are feed and do not count as refined.",
    ),
    "copper": _one("t refined Cu", r"refined copper|copper cathode"),
    "gallium": _one("t primary low-purity Ga", r"(primary )?gallium"),
    "germanium": _one("t germanium", r"germanium( ingot)?", comparable=False),
    "graphite": _one(
        "t battery-grade graphite (natural and synthetic)",
        r"(active )?anode material|(natural|synthetic) (graphite anode|anode graphite)"
        r"|synthetic anode graphite|natural graphite anode|spherical graphite.*",
    ),
    "indium": _one("t refined In", r"indium.*"),
    "lithium": Measure("t Li content in chemicals", _LITHIUM_CHEMICALS),
    "magnesium": _one("t primary Mg metal", r"magnesium metal"),
    "nickel": Measure(
        "t refined Ni",
        (
            (
                (r"(electrolytic )?nickel( cathode| produced)?", 1.0),
                (r"nickel in (npi|ferronickel|oxide).*", 1.0),
                (r"nickel sulphate", NI_PER_SULPHATE),
            ),
        ),
        note="Matte, MHP and mixed sulphide are feed and do not count as refined.",
    ),
    "niobium": _one("t Nb content", r"niobium in ferroniobium", comparable=False),
    "platinum_group": _one(
        "t platinum-group metals", r"refined .*|palladium and platinum", comparable=False
    ),
    "rare_earths": Measure(
        "t REO separated",
        (
            ((r"reo separated|rare earths separated and refined", 1.0),),
            ((r"ndpr oxide|(dysprosium|terbium|dysprosium and terbium)( oxides?)?", 1.0),),
        ),
        comparable=False,
        note="Capacity is in oxides of all rare earths, national output in magnet rare earths.",
    ),
    "tellurium": _one("t refined Te", r"tellurium"),
    "tin": _one("t refined Sn", r"refined tin", comparable=False),
    "titanium": _one("t titanium sponge", r"titanium sponge"),
    "tungsten": _one("t tungsten chemicals", r"tungsten chemicals.*", comparable=False),
    "uranium": _one("t U in UF6", r"uf6 as uranium", comparable=False),
    "vanadium": Measure(
        "t V content",
        (((r"contained vanadium", 1.0),), ((r"v2o5", V_PER_V2O5),)),
        comparable=False,
    ),
    "zirconium": _one("t zirconium sponge", r"zirconium sponge", comparable=False),
}

_MAGNETS: Final = {
    "rare_earths": _one("t magnets", r"(recycled )?(ndfeb|smco).*magnets.*", comparable=False)
}

MEASURES: Final[Mapping[Stage, Mapping[str, Measure]]] = {
    Stage.MINING: _MINING,
    Stage.REFINING: _REFINING,
    Stage.MAGNETS: _MAGNETS,
}

#: What a site is meant to make one day, or what is not its alone, or not a year's output.
_NOT_A_FIGURE: Final = re.compile(
    r"planned|\bplan\b|target|expansion|full (plan|stage|scale)|(second|third) phase|by end"
    r"|throughput|treated|\bfed\b|\bwet\b|run-of-mine|expected|cancelled|not confirmed"
    r"|(company|group) total|\(company|\(group\)|whole (company|chinalco|region)|\bcompany,"
    r"|rio tinto total|company and|implats group|before closure|quarter|annualised|nine months"
)
_TOTAL_OF_A_COUNTRY: Final = re.compile(r"country total(?!, (only|nearly all))")
_GROSS: Final = re.compile(r"\bgross\b")
_IN_BRACKETS: Final = re.compile(r"\s*[(,].*$")


@dataclass(frozen=True)
class Figure:
    """The quantity chosen for a facility, in tonnes a year of `unit`."""

    value: float
    unit: str
    product: str
    kind: Kind
    year: int
    source: str


def measure_of(mineral: str, stage: Stage) -> Measure | None:
    """Return what is counted of a mineral at a stage; None if nothing is."""
    direct = MEASURES[stage].get(mineral)
    if direct is not None:
        return direct
    return MEASURES[stage]["rare_earths"] if mineral in family("rare_earths") else None


def figure(
    quantities: Iterable[Quantity],
    mineral: str,
    stage: Stage,
    last_year: int | None = None,
    *,
    measure: Measure | None = None,
) -> Figure | None:
    """Choose a facility's figure by the rule above; None if it has none.

    Parameters
    ----------
    quantities
        All published quantities of one facility.
    last_year
        Later years are not known yet.
    measure
        Counts other products than the stage's own measure does.
    """
    measure = measure_of(mineral, stage) if measure is None else measure
    if measure is None:
        return None
    codes = family(mineral)
    kinds = (Kind.PRODUCTION, Kind.CAPACITY)
    usable = [
        q
        for q in quantities
        if q.mineral in codes
        and q.kind in kinds
        and q.unit == "t/yr"
        and (last_year is None or q.year <= last_year)
        and _is_of_the_site(q.product.lower(), measure)
    ]
    for kind in kinds if stage is Stage.MINING else kinds[::-1]:
        of_kind = [q for q in usable if q.kind is kind]
        for year in _years(of_kind):
            chosen = _sum([q for q in of_kind if q.year == year], measure)
            if chosen is not None:
                return chosen
    return None


def figures(
    sites: Facilities,
    mineral: str,
    stage: Stage,
    quantities: Mapping[str, tuple[Quantity, ...]],
    last_year: int | None = None,
) -> tuple[Floats, Texts]:
    """Return tonnes a year, shape (n,), NaN unknown, and the `Figure` or None of each.

    A layer's own capacity column is taken where no quantity is published and the site has no
    other mineral that the figure could be of.
    """
    codes = family(mineral)
    alone = np.array([wanted <= codes for wanted in sites.minerals], dtype=bool)
    values = np.where(alone, sites.capacity, np.nan)
    chosen = np.full(len(sites), None, dtype=object)
    for i, site in enumerate(sites.id):
        if site in quantities:
            found = figure(quantities[site], mineral, stage, last_year)
            chosen[i] = found
            values[i] = np.nan if found is None else found.value
    values[values < 0] = np.nan
    return values, chosen


def _is_of_the_site(product: str, measure: Measure) -> bool:
    if _NOT_A_FIGURE.search(product) or _TOTAL_OF_A_COUNTRY.search(product):
        return False
    return measure.gross or not _GROSS.search(product)


def _years(quantities: list[Quantity]) -> list[int]:
    years = sorted({q.year for q in quantities}, reverse=True)
    return sorted(years, key=lambda y: PREFERRED_YEARS.index(y) if y in PREFERRED_YEARS else 9)


def _sum(quantities: list[Quantity], measure: Measure) -> Figure | None:
    """Add what the first tier with any match says; one product is counted once."""
    for tier in measure.tiers:
        found: dict[str, tuple[float, Quantity]] = {}
        for q in quantities:
            base = _IN_BRACKETS.sub("", q.product.lower())
            factor = next((f for pattern, f in tier if re.fullmatch(pattern, base)), None)
            if factor is not None:
                tonnes = q.value * factor
                # the same product twice in a year: the smaller figure is what surely stands
                if base not in found or tonnes < found[base][0]:
                    found[base] = (tonnes, q)
        if found:
            used = [q for _, q in found.values()]
            return Figure(
                value=float(sum(tonnes for tonnes, _ in found.values())),
                unit=measure.unit,
                product=" + ".join(q.product for q in used),
                kind=used[0].kind,
                year=used[0].year,
                source="; ".join(dict.fromkeys(q.source for q in used)),
            )
    return None
