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
    "platinum_group": "Platinum-group metals",
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
    "platinum-group metals": "platinum_group",
    "platinum group metals": "platinum_group",
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
    # Portuguese, Chinese and Russian
    "terras raras": "rare_earths",
    "manganês": "manganese",
    "tungstênio": "tungsten",
    "tungsténio": "tungsten",
    "nióbio": "niobium",
    "urânio": "uranium",
    "estanho": "tin",
    "稀土": "rare_earths",
    "稀土元素": "rare_earths",
    "稀土矿": "rare_earths",
    "轻稀土": "light_rare_earths",
    "重稀土": "heavy_rare_earths",
    "中重稀土": "heavy_rare_earths",
    "锂": "lithium",
    "锂矿": "lithium",
    "钴": "cobalt",
    "钴矿": "cobalt",
    "镍": "nickel",
    "镍矿": "nickel",
    "石墨": "graphite",
    "石墨矿": "graphite",
    "铜": "copper",
    "铜矿": "copper",
    "锰": "manganese",
    "锰矿": "manganese",
    "镓": "gallium",
    "锗": "germanium",
    "钨": "tungsten",
    "钨矿": "tungsten",
    "锑": "antimony",
    "锑矿": "antimony",
    "铝": "aluminium",
    "铝土矿": "aluminium",
    "铍": "beryllium",
    "铋": "bismuth",
    "铬": "chromium",
    "萤石": "fluorspar",
    "铟": "indium",
    "镁": "magnesium",
    "铌": "niobium",
    "铂族": "platinum_group",
    "铂": "platinum",
    "钯": "palladium",
    "钽": "tantalum",
    "碲": "tellurium",
    "锡": "tin",
    "锡矿": "tin",
    "钛": "titanium",
    "钛矿": "titanium",
    "铀": "uranium",
    "铀矿": "uranium",
    "钒": "vanadium",
    "锆": "zirconium",
    "редкоземельные элементы": "rare_earths",
    "редкие земли": "rare_earths",
    "рзэ": "rare_earths",
    "литий": "lithium",
    "кобальт": "cobalt",
    "никель": "nickel",
    "графит": "graphite",
    "медь": "copper",
    "марганец": "manganese",
    "галлий": "gallium",
    "германий": "germanium",
    "вольфрам": "tungsten",
    "сурьма": "antimony",
    "алюминий": "aluminium",
    "бокситы": "aluminium",
    "хром": "chromium",
    "ниобий": "niobium",
    "платина": "platinum",
    "палладий": "palladium",
    "тантал": "tantalum",
    "олово": "tin",
    "титан": "titanium",
    "уран": "uranium",
    "ванадий": "vanadium",
    "цирконий": "zirconium",
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
    "运营": Status.OPERATING,
    "在产": Status.OPERATING,
    "生产": Status.OPERATING,
    "生产中": Status.OPERATING,
    "运行": Status.OPERATING,
    "建设": Status.CONSTRUCTION,
    "在建": Status.CONSTRUCTION,
    "建设中": Status.CONSTRUCTION,
    "规划": Status.PLANNED,
    "规划中": Status.PLANNED,
    "拟建": Status.PLANNED,
    "勘探": Status.PLANNED,
    "停产": Status.SUSPENDED,
    "暂停": Status.SUSPENDED,
    "关闭": Status.CLOSED,
    "闭坑": Status.CLOSED,
    "действующий": Status.OPERATING,
    "строится": Status.CONSTRUCTION,
    "планируется": Status.PLANNED,
    "приостановлен": Status.SUSPENDED,
    "закрыт": Status.CLOSED,
} | {status.value: status for status in Status}


def status_code(text: str) -> Status | None:
    """Return the status that a word stands for; None if unknown."""
    return STATUS_WORDS.get(" ".join(text.strip().lower().split()))
