"""What is counted of a mineral at a stage: the unit of its figures and the products that count."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from gisapp.model.stoichiometry import ATOMIC_WEIGHTS, mass_fraction
from gisapp.model.units import REO, Unit
from gisapp.model.vocabulary import Stage, family

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
_BRACKETED: Final = re.compile(r"\([^)]*\)")


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

    @cached_property
    def form(self) -> str:
        """What the figures weigh: an element, a formula or `REO`; "" where it is a product."""
        weighed = _BRACKETED.sub("", self.unit)
        if "+" in weighed:  # two metals together are no one form
            return ""
        words = weighed.split()[1:]
        return next((w for w in words if w in ATOMIC_WEIGHTS or w in {REO, "TiO2"}), "")

    def tonnes(self, unit: Unit) -> float | None:
        """Return the tonnes of this measure in one of a unit, None where nobody can say.

        A form that is one of the products counted has the factor of that product.
        """
        factor = unit.factor(self.form)
        if factor is not None:
            return factor
        product = unit.form.lower()
        patterns = (pair for tier in self.tiers for pair in tier)
        found = next((f for pattern, f in patterns if re.fullmatch(pattern, product)), None)
        return None if found is None else unit.tonnes * found


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


def tonnes_of(unit: Unit, mineral: str, stage: Stage) -> float | None:
    """Return the tonnes that a mineral's figures at a stage count in one of a unit, or None.

    Where nothing is counted of the mineral, tonnes of whatever it is.
    """
    measure = measure_of(mineral, stage)
    return unit.tonnes if measure is None else measure.tonnes(unit)


def measure_of(mineral: str, stage: Stage) -> Measure | None:
    """Return what is counted of a mineral at a stage; None if nothing is."""
    direct = MEASURES[stage].get(mineral)
    if direct is not None:
        return direct
    return MEASURES[stage]["rare_earths"] if mineral in family("rare_earths") else None
