"""The field's words: roles, stages, minerals, statuses, bases, weights, metrics and views.

Codes are stable and untranslated; titles are what people read.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class Role(StrEnum):
    """What a layer is to the analyses. The first three are facility roles."""

    DEPOSIT = "deposit"
    REFINERY = "refinery"
    MAGNET_PLANT = "magnet_plant"
    TRADE_ROUTE = "trade_route"
    JURISDICTION = "jurisdiction"
    REFERENCE = "reference"

    @property
    def is_facility(self) -> bool:
        """True for deposits, refineries and magnet plants."""
        return self in STAGE_OF_ROLE

    @property
    def label(self) -> str:
        """What people read, singular."""
        return self.value.replace("_", " ").capitalize()


class Stage(StrEnum):
    """A step of the chain."""

    MINING = "mining"
    REFINING = "refining"
    MAGNETS = "magnets"

    @property
    def label(self) -> str:
        """What people read."""
        return self.value.capitalize()


STAGE_OF_ROLE: Final = {
    Role.DEPOSIT: Stage.MINING,
    Role.REFINERY: Stage.REFINING,
    Role.MAGNET_PLANT: Stage.MAGNETS,
}
ROLE_OF_STAGE: Final = {stage: role for role, stage in STAGE_OF_ROLE.items()}
FACILITY_ROLES: Final = tuple(STAGE_OF_ROLE)


class Status(StrEnum):
    """Where a facility stands in its life."""

    OPERATING = "operating"
    CONSTRUCTION = "construction"
    PLANNED = "planned"
    SUSPENDED = "suspended"
    CLOSED = "closed"


class Precision(StrEnum):
    """How exact a position is: site about 2 km, locality about 15 km, region worse."""

    SITE = "site"
    LOCALITY = "locality"
    REGION = "region"


class Basis(StrEnum):
    """By what a facility belongs to a jurisdiction.

    Equity counts every owner with its share. Foreign is what stands inside an alliance and is
    controlled from outside, abroad what stands outside and is controlled from inside.
    """

    LOCATION = "location"
    CONTROL = "control"
    LISTING = "listing"
    EQUITY = "equity"
    FOREIGN = "foreign"
    ABROAD = "abroad"

    @property
    def label(self) -> str:
        """What people read."""
        return {
            Basis.LOCATION: "By location",
            Basis.CONTROL: "By controlling owner",
            Basis.LISTING: "By stock exchange",
            Basis.EQUITY: "By equity share",
            Basis.FOREIGN: "Inside, foreign-controlled",
            Basis.ABROAD: "Outside, controlled from inside",
        }[self]

    @property
    def of_a_site(self) -> Basis:
        """By what a single site is inside, which has no shares: its place, owner or listing."""
        if self is Basis.FOREIGN:
            return Basis.LOCATION
        return Basis.CONTROL if self in {Basis.EQUITY, Basis.ABROAD} else self


#: How a distance is measured: as the crow flies, or along roads, railways and sea lanes.
METRICS: Final = ("geodesic", "route")
#: The answers that may be on show.
VIEWS: Final = (
    *("facilities", "coverage", "distance", "routes", "chain", "flows", "exposure", "scenarios"),
)


class Weight(StrEnum):
    """What a share is a share of."""

    COUNT = "count"
    CAPACITY = "capacity"
    PRODUCTION = "production"
    RESERVES = "reserves"


MINERALS: Final[dict[str, str]] = {
    "rare_earths": "Rare earths",
    "light_rare_earths": "Light rare earths",
    "heavy_rare_earths": "Heavy rare earths",
    "lithium": "Lithium",
    "cobalt": "Cobalt",
    "nickel": "Nickel",
    "graphite": "Graphite",
    "copper": "Copper",
    "manganese": "Manganese",
    "gallium": "Gallium",
    "germanium": "Germanium",
    "tungsten": "Tungsten",
    "antimony": "Antimony",
    "aluminium": "Aluminium",
    "beryllium": "Beryllium",
    "bismuth": "Bismuth",
    "chromium": "Chromium",
    "fluorspar": "Fluorspar",
    "indium": "Indium",
    "magnesium": "Magnesium",
    "niobium": "Niobium",
    "platinum_group": "Platinum group",
    "platinum": "Platinum",
    "palladium": "Palladium",
    "tantalum": "Tantalum",
    "tellurium": "Tellurium",
    "tin": "Tin",
    "titanium": "Titanium",
    "uranium": "Uranium",
    "vanadium": "Vanadium",
    "zirconium": "Zirconium",
}

PARENT: Final[dict[str, str]] = {
    "light_rare_earths": "rare_earths",
    "heavy_rare_earths": "rare_earths",
    "platinum": "platinum_group",
    "palladium": "platinum_group",
}


def family(mineral: str) -> frozenset[str]:
    """Return the mineral and its children: what a question about it includes."""
    return frozenset({mineral, *(child for child, parent in PARENT.items() if parent == mineral)})


#: Symbols and other names people write in a mineral column, lower case.
SYNONYMS: Final[dict[str, str]] = {
    "li": "lithium",
    "spodumene": "lithium",
    "lce": "lithium",
    "co": "cobalt",
    "ni": "nickel",
    "cu": "copper",
    "mn": "manganese",
    "ree": "rare_earths",
    "reo": "rare_earths",
    "treo": "rare_earths",
    "rare earth": "rare_earths",
    "rare earth elements": "rare_earths",
    "rare-earths": "rare_earths",
    "lree": "light_rare_earths",
    "ndpr": "light_rare_earths",
    "nd": "light_rare_earths",
    "neodymium": "light_rare_earths",
    "praseodymium": "light_rare_earths",
    "hree": "heavy_rare_earths",
    "dy": "heavy_rare_earths",
    "tb": "heavy_rare_earths",
    "dysprosium": "heavy_rare_earths",
    "terbium": "heavy_rare_earths",
    "natural graphite": "graphite",
    "flake graphite": "graphite",
    "ga": "gallium",
    "ge": "germanium",
    "w": "tungsten",
    "wolfram": "tungsten",
    "sb": "antimony",
    "al": "aluminium",
    "aluminum": "aluminium",
    "bauxite": "aluminium",
    "be": "beryllium",
    "bi": "bismuth",
    "cr": "chromium",
    "chromite": "chromium",
    "fluorite": "fluorspar",
    "in": "indium",
    "mg": "magnesium",
    "nb": "niobium",
    "columbium": "niobium",
    "pgm": "platinum_group",
    "pge": "platinum_group",
    "pt": "platinum",
    "pd": "palladium",
    "ta": "tantalum",
    "coltan": "tantalum",
    "te": "tellurium",
    "sn": "tin",
    "ti": "titanium",
    "ilmenite": "titanium",
    "rutile": "titanium",
    "u": "uranium",
    "u3o8": "uranium",
    "v": "vanadium",
    "zr": "zirconium",
    "zircon": "zirconium",
    # German, French and Spanish names that differ
    "seltene erden": "rare_earths",
    "seltenerden": "rare_earths",
    "leichte seltene erden": "light_rare_earths",
    "schwere seltene erden": "heavy_rare_earths",
    "kobalt": "cobalt",
    "grafit": "graphite",
    "graphit": "graphite",
    "kupfer": "copper",
    "mangan": "manganese",
    "antimon": "antimony",
    "beryll": "beryllium",
    "bismut": "bismuth",
    "wismut": "bismuth",
    "chrom": "chromium",
    "flussspat": "fluorspar",
    "fluorit": "fluorspar",
    "niob": "niobium",
    "platingruppe": "platinum_group",
    "platin": "platinum",
    "tantal": "tantalum",
    "tellur": "tellurium",
    "zinn": "tin",
    "titan": "titanium",
    "uran": "uranium",
    "vanadin": "vanadium",
    "zirkon": "zirconium",
    "zirkonium": "zirconium",
    "terres rares": "rare_earths",
    "cuivre": "copper",
    "manganèse": "manganese",
    "tungstène": "tungsten",
    "étain": "tin",
    "titane": "titanium",
    "tierras raras": "rare_earths",
    "litio": "lithium",
    "cobalto": "cobalt",
    "níquel": "nickel",
    "cobre": "copper",
    "grafito": "graphite",
    "manganeso": "manganese",
    "wolframio": "tungsten",
    "estaño": "tin",
    "uranio": "uranium",
}


def mineral_code(text: str) -> str | None:
    """Return the code of a mineral written as code, title, symbol or synonym; None if unknown."""
    word = " ".join(text.strip().lower().split())
    code = word.replace(" ", "_").replace("-", "_")
    if code in MINERALS:
        return code
    return SYNONYMS.get(word)


#: What people write in a status column besides our own words, lower case.
STATUS_WORDS: Final[dict[str, Status]] = {
    "active": Status.OPERATING,
    "producing": Status.OPERATING,
    "producer": Status.OPERATING,
    "in production": Status.OPERATING,
    "in operation": Status.OPERATING,
    "open": Status.OPERATING,
    "under construction": Status.CONSTRUCTION,
    "commissioning": Status.CONSTRUCTION,
    "development": Status.PLANNED,
    "exploration": Status.PLANNED,
    "feasibility": Status.PLANNED,
    "proposed": Status.PLANNED,
    "prospect": Status.PLANNED,
    "undeveloped": Status.PLANNED,
    "care and maintenance": Status.SUSPENDED,
    "idle": Status.SUSPENDED,
    "inactive": Status.SUSPENDED,
    "mothballed": Status.SUSPENDED,
    "on hold": Status.SUSPENDED,
    "abandoned": Status.CLOSED,
    "decommissioned": Status.CLOSED,
    "depleted": Status.CLOSED,
    "past producer": Status.CLOSED,
    "shut down": Status.CLOSED,
    "in betrieb": Status.OPERATING,
    "aktiv": Status.OPERATING,
    "in produktion": Status.OPERATING,
    "im bau": Status.CONSTRUCTION,
    "in bau": Status.CONSTRUCTION,
    "geplant": Status.PLANNED,
    "projekt": Status.PLANNED,
    "in planung": Status.PLANNED,
    "in erkundung": Status.PLANNED,
    "ruhend": Status.SUSPENDED,
    "stillgelegt": Status.CLOSED,
    "geschlossen": Status.CLOSED,
    "en exploitation": Status.OPERATING,
    "en construction": Status.CONSTRUCTION,
    "en projet": Status.PLANNED,
    "en operación": Status.OPERATING,
    "en operacion": Status.OPERATING,
} | {status.value: status for status in Status}


def status_code(text: str) -> Status | None:
    """Return the status that a word stands for; None if unknown."""
    return STATUS_WORDS.get(" ".join(text.strip().lower().split()))
