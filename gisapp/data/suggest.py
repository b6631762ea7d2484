"""What a user's layer probably is, and which of its columns hold what, from names and values."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable
from functools import cache
from typing import Final

import numpy as np

from gisapp.model.features import Column, Features
from gisapp.model.mapping import ColumnMapping
from gisapp.model.units import guess_unit
from gisapp.model.vocabulary import Precision, Role, Status, mineral_code

#: Column names by field, letters and digits only, accents off; the surest first. The ten
#: characters of a dBASE name cut the longer ones, which `_match` allows for.
_NAMES: Final[dict[str, tuple[str, ...]]] = {
    "owner_country": (
        "ownercountry", "ownerscountry", "ownercntry", "ownerctry", "owneriso3", "owneriso",
        "countryofowner", "controlcountry", "controllingcountry", "parentcountry",
        "hqcountry", "headquarterscountry", "companycountry", "ownernation", "owncountry",
        "paysproprietaire", "paisdueno", "paispropietario", "paisproprietario",
        "landeigentumer", "ownernationality", "eignerland", "landdeseigentumers", "eigentumerland",
    ),
    "mineral": (
        "mineral", "minerals", "commodity", "commodities", "commod1", "commod", "comm",
        "maincommodity", "primarycommodity", "majorcommodity", "primcommod", "commoditymain",
        "commodityname", "material", "metal", "metals", "element", "elements", "resource",
        "substance", "substances", "mineralname", "mineralresource", "product", "mineralprincipal",
        "minerai", "minerais", "metaux", "matierepremiere", "mineraux", "mineralo",
        "rohstoff", "rohstoffe", "bodenschatz", "metall", "minerale", "sustancia", "recurso",
        "substancia", "minerio", "commodit", "minerali", "delfstof", "ruda", "kopalina", "surovina",
        "полезноеископаемое", "минерал", "металл", "сырье", "矿种", "矿产", "矿物", "鉱種", "鉱物",
        "광물", "광종", "معدن", "maden",
    ),
    "name": (
        "name", "sitename", "facilityname", "facility", "depositname", "depname", "minename",
        "projectname", "plantname", "property", "site", "project", "asset", "assetname", "mine",
        "deposit", "plant", "ftrname", "featurename", "nameen", "namelong", "title", "label", "nom",
        "nombre", "nome", "nazev", "nazwa", "bezeichnung", "lagerstatte", "standort",
        "lagerstaette", "werk", "anlage", "gisement",
        "yacimiento", "mina", "jazida", "giacimento", "naam", "navn", "namn", "nimi", "ad", "adi",
        "название", "наименование", "имя", "месторождение", "名称", "名前", "矿名", "矿山名称",
        "이름", "명칭", "اسم",
    ),
    "country": (
        "country", "countrycode", "countryiso3", "iso3", "isoa3eh", "adm0a3", "isoa3", "iso3code",
        "adm0iso", "iso", "isocode", "iso2", "isoa2", "countryname", "cntry", "cntryname",
        "ctry", "location country", "nation", "state territory", "sovereignt", "admin", "land",
        "staat", "pays", "pais", "paese", "kraj", "zeme", "stat", "ulke", "maa", "orszag",
        "страна", "государство", "国家", "国", "国名", "국가", "나라", "بلد", "الدولة",
    ),
    "owner": (
        "owner", "owners", "ownername", "owner1", "company", "companyname", "operator", "parent",
        "parentcompany", "controlling", "controllingparent", "ultimateparent", "shareholder",
        "shareholders", "holder", "licensee", "titleholder", "proprietaire", "societe",
        "exploitant", "propietario", "dueno", "empresa", "titular", "operador", "proprietario",
        "eigentuemer", "eigner",
        "eigentumer", "besitzer", "betreiber", "firma", "unternehmen", "proprieta", "wlasciciel",
        "владелец", "собственник", "компания", "оператор", "所有者", "业主", "公司", "企业", "会社",
        "소유자", "회사", "مالك",
    ),
    "status": (
        "status", "sitestatus", "devstat", "devstatus", "devstage", "developmentstage",
        "operstatus", "operatingstatus", "operationalstatus", "oper_stat", "minestatus",
        "projectstatus", "plantstatus", "activity", "activitystatus", "stage", "phase", "state",
        "etat", "statut", "estado", "situacao", "situacion", "stato", "zustand", "betriebsstatus",
        "stav", "durum", "статус", "состояние", "状态", "現状", "状況", "상태", "حالة",
    ),
    "capacity": (
        "capacity", "capacitytpa", "capacitytpy", "capacitykt", "cap", "captpa", "captpy", "capkt",
        "annualcapacity", "nameplatecapacity", "nameplate", "designcapacity", "productioncapacity",
        "prodcap", "plantcapacity", "capacite", "capacidad", "capacidade", "capacita", "kapazitat",
        "kapazitaet",
        "capaciteit", "kapacita", "kapasite", "forderung", "jahresproduktion",
        "мощность", "产能", "生产能力", "能力", "용량",
        "output", "production", "throughput", "tonnage",
    ),
    "start_year": (
        "startyear", "yearstart", "startup", "startupyear", "start", "startdate", "yearopened",
        "opened", "opening", "openingyear", "commissioned", "commissionyear", "yearcommissioned",
        "firstproduction", "firstprodyear", "firstprod", "prodstart", "onlineyear", "yr1stprd",
        "anneedebut", "anneedemarrage", "anoinicio", "anodeinicio", "inicio", "startjahr",
        "inbetriebnahme", "baujahr", "annoinizio", "годзапуска", "год", "投产年份", "開始年",
        "year",
    ),
    "listing": ("listing", "stockexchange", "exchange", "listedon", "bourse", "bolsa", "borse"),
    "process": ("process", "processtype", "processing", "planttype", "refinerytype", "procede",
                "proceso", "processo", "verfahren", "工艺"),
    "precision": ("precision", "coordprecision", "locationaccuracy", "locacc", "accuracy",
                  "geoprecision", "coordacc"),
    "id": ("id", "uid", "uuid", "siteid", "facilityid", "depositid", "mineid", "plantid", "code",
           "identifier", "recid", "depid", "mrdsid", "objectid", "fid", "gid"),
}  # fmt: skip

_ROLE_WORDS: Final[dict[Role, tuple[str, ...]]] = {
    Role.MAGNET_PLANT: ("magnet", "ndfeb", "smco", "imanes", "aimant", "磁"),
    Role.TRADE_ROUTE: (
        "route", "trade", "shipping", "corridor", "pipeline", "flow", "lane", "ruta", "rotas",
        "handel", "transport", "航线", "маршрут",
    ),
    Role.REFINERY: (
        "refin", "smelt", "process", "hutte", "raffin", "fundici", "plant", "separation",
        "conversion", "mill", "works", "usine", "planta", "werk", "завод", "精炼", "冶炼", "製錬",
    ),
    Role.DEPOSIT: (
        "deposit", "mine", "mining", "occurrence", "ore", "mrds", "prospect", "lagerst", "gisement",
        "yacimiento", "mina", "jazida", "bergbau", "grube", "quarry", "brine", "месторожд",
        "рудник", "矿", "鉱",
    ),
    Role.JURISDICTION: (
        "countr", "admin", "jurisdiction", "border", "boundar", "state", "province", "nation",
        "lander", "staaten", "pays", "paises", "national", "territor", "国家", "страны",
    ),
}  # fmt: skip

_TYPE_COLUMNS: Final = frozenset(
    ("type", "kind", "category", "class", "layer", "role", "stage", "facilitytype", "facilityty",
     "sitetype", "planttype", "opertype", "assettype", "typ", "tipo", "tipe", "тип", "类型", "種類")
)  # fmt: skip
_STATUS_WORDS: Final = frozenset(
    (
        *(s.value for s in Status),
        "active", "producing", "production", "producer", "inactive", "past producer", "prospect",
        "occurrence", "proposed", "announced", "care and maintenance", "under construction",
        "development", "exploration", "feasibility", "permitting", "idle", "abandoned",
        "mothballed", "open", "shut", "retired", "cancelled", "commissioning", "in betrieb",
        "en exploitation", "en operacion", "geplant", "действующий", "运营", "在产", "稼働中",
    )
)  # fmt: skip

#: ISO 3166-1 alpha-3, with Kosovo.
_ISO3: Final = frozenset(
    re.findall(
        r"\w+",
        "ABW AFG AGO AIA ALA ALB AND ARE ARG ARM ASM ATA ATF ATG AUS AUT AZE BDI BEL BEN "
        "BES BFA BGD BGR BHR BHS BIH BLM BLR BLZ BMU BOL BRA BRB BRN BTN BVT BWA CAF CAN "
        "CCK CHE CHL CHN CIV CMR COD COG COK COL COM CPV CRI CUB CUW CXR CYM CYP CZE DEU "
        "DJI DMA DNK DOM DZA ECU EGY ERI ESH ESP EST ETH FIN FJI FLK FRA FRO FSM GAB GBR "
        "GEO GGY GHA GIB GIN GLP GMB GNB GNQ GRC GRD GRL GTM GUF GUM GUY HKG HMD HND HRV "
        "HTI HUN IDN IMN IND IOT IRL IRN IRQ ISL ISR ITA JAM JEY JOR JPN KAZ KEN KGZ KHM "
        "KIR KNA KOR KWT LAO LBN LBR LBY LCA LIE LKA LSO LTU LUX LVA MAC MAF MAR MCO MDA "
        "MDG MDV MEX MHL MKD MLI MLT MMR MNE MNG MNP MOZ MRT MSR MTQ MUS MWI MYS MYT NAM "
        "NCL NER NFK NGA NIC NIU NLD NOR NPL NRU NZL OMN PAK PAN PCN PER PHL PLW PNG POL "
        "PRI PRK PRT PRY PSE PYF QAT REU ROU RUS RWA SAU SDN SEN SGP SGS SHN SJM SLB SLE "
        "SLV SMR SOM SPM SRB SSD STP SUR SVK SVN SWE SWZ SXM SYC SYR TCA TCD TGO THA TJK "
        "TKL TKM TLS TON TTO TUN TUR TUV TWN TZA UGA UKR UMI URY USA UZB VAT VCT VEN VGB "
        "VIR VNM VUT WLF WSM XKX YEM ZAF ZMB ZWE",
    )
)
_SAMPLE: Final = 500
_MOST: Final = 0.6


def suggest_role(features: Features, name: str) -> Role:
    """Suggest what a layer is, from its name, its geometry, its column names and their values.

    Lines are trade routes only when something says so; polygons are jurisdictions when they are
    named so or carry country codes. Points are a facility when a mineral is found, or a word.
    """
    kind = features.geometry_type.removeprefix("Multi")
    said = _role_said(_plain(name, keep=" "))
    mapping = dict(suggest_mapping(features).columns)
    headers = " ".join(_plain(column, keep=" ") for column in features.columns)
    if kind == "LineString":
        odd = {Role.TRADE_ROUTE}
        return Role.TRADE_ROUTE if said in odd or _role_said(headers) in odd else Role.REFERENCE
    if kind == "Polygon":
        if said is Role.JURISDICTION or ("country" in mapping and "mineral" not in mapping):
            return Role.JURISDICTION
        return said if said is Role.DEPOSIT and "mineral" in mapping else Role.REFERENCE
    if kind != "Point":
        return Role.REFERENCE
    if said is not None and said.is_facility:
        return said
    by_type = _role_by_type(features)
    if by_type is not None:
        return by_type
    if "mineral" not in mapping:
        return Role.REFERENCE
    by_header = _role_said(headers)
    return by_header if by_header is not None and by_header.is_facility else Role.DEPOSIT


def suggest_mapping(features: Features) -> ColumnMapping:
    """Suggest which column holds which field; a column whose values contradict is passed over.

    Only pairs whose column name differs from the field's are needed by `Layer`, but all found are
    returned, so that a dialog can show them.
    """
    free = dict(features.columns)
    pairs: list[tuple[str, str]] = []
    for field in _NAMES:
        column = _coded(field, free) or _by_name(field, free) or _by_values(field, free)
        if column is not None:
            pairs.append((field, column))
            del free[column]
    capacity = dict(pairs).get("capacity")
    unit = "" if capacity is None else guess_unit(capacity, features.columns[capacity])
    return ColumnMapping(tuple(pairs), units=(("capacity", unit),) if unit else ())


def _coded(field: str, columns: dict[str, Column]) -> str | None:
    """Prefer a column of country codes to one of country names: codes need no reading."""
    if field not in {"country", "owner_country"}:
        return None
    codes = {name: v for name, v in columns.items() if _share(v, _ISO3.__contains__) > 0.9}
    return _by_name(field, codes)


def _by_name(field: str, columns: dict[str, Column]) -> str | None:
    test = _VALUE_TESTS.get(field, _accept)
    plain = {column: _plain(column) for column in columns}
    for exact in (True, False):
        for word in _NAMES[field]:
            for column, text in plain.items():
                hit = text == _plain(word) if exact else _match(text, _plain(word))
                if hit and test(columns[column]):
                    return column
    return None


def _match(text: str, word: str) -> bool:
    """Tell whether a name is a word cut to ten characters, or holds it with a prefix or suffix."""
    if len(text) >= 8 and len(word) > len(text) and word.startswith(text):
        return True
    return len(word) >= 6 and (text.startswith(word) or text.endswith(word))


def _by_values(field: str, columns: dict[str, Column]) -> str | None:
    """Find a column whose values say alone what it is."""
    tests: dict[str, Callable[[str], bool]] = {
        "mineral": _is_mineral,
        "country": _ISO3.__contains__,
        "status": lambda text: text.lower() in _STATUS_WORDS,
    }
    test = tests.get(field)
    if test is None:
        return None
    return next((name for name, v in columns.items() if _share(v, test) >= 0.9), None)


def _is_mineral(text: str) -> bool:
    parts = [part for part in re.split(r"[;,/|+&]", text) if part.strip()]
    return bool(parts) and any(mineral_code(part) is not None for part in parts)


def _share(values: Column, test: Callable[[str], bool]) -> float:
    """Return which share of the texts of a column passes; 0 where there is no text."""
    texts = [text.strip() for text in _texts(values)]
    return sum(map(test, texts)) / len(texts) if texts else 0.0


def _texts(values: Column) -> list[str]:
    if values.dtype != object:
        return []
    step = max(len(values) // _SAMPLE, 1)
    return [v for v in values[::step] if isinstance(v, str) and v.strip()]


def _accept(values: Column) -> bool:
    return len(values) == 0 or values.dtype != object or bool(_texts(values))


def _is_text(values: Column) -> bool:
    return values.dtype == object and (len(values) == 0 or bool(_texts(values)))


def _is_mineral_column(values: Column) -> bool:
    return _is_text(values) and (len(values) == 0 or _share(values, _is_mineral) >= 0.3)


def _is_status_column(values: Column) -> bool:
    """Reject a "state" that is a province: status words are few and known."""
    texts = _texts(values)
    if not texts:
        return len(values) == 0
    known = _share(values, lambda text: text.lower() in _STATUS_WORDS)
    return known >= 0.3


def _is_number_column(values: Column) -> bool:
    if values.dtype.kind in "if":
        return len(values) == 0 or not bool(np.isnan(values.astype(float)).all())
    return _share(values, lambda text: re.match(r"^[<>~]?\s*\d", text) is not None) >= _MOST


def _is_year_column(values: Column) -> bool:
    if values.dtype.kind == "M":
        return True
    if values.dtype.kind in "if":
        known = values[np.isfinite(values.astype(float))]
        known = known[known != 0]
        return len(known) > 0 and bool(((known > 1400) & (known < 2200)).mean() >= 0.9)
    return _share(values, lambda text: re.match(r"^\d{4}\b", text) is not None) >= _MOST


def _is_precision_column(values: Column) -> bool:
    known = {p.value for p in Precision}
    return _share(values, lambda text: text.lower() in known) >= _MOST


_VALUE_TESTS: Final[dict[str, Callable[[Column], bool]]] = {
    "mineral": _is_mineral_column,
    "name": _is_text,
    "country": _is_text,
    "owner_country": _is_text,
    "owner": _is_text,
    "listing": _is_text,
    "status": _is_status_column,
    "capacity": _is_number_column,
    "start_year": _is_year_column,
    "precision": _is_precision_column,
}


def _role_said(text: str) -> Role | None:
    return next(
        (role for role, words in _ROLE_WORDS.items() if _holds(text, words)),
        None,
    )


def _role_by_type(features: Features) -> Role | None:
    """Return the facility role that most values of a column like "type" name."""
    for name, values in features.columns.items():
        if _plain(name) in _TYPE_COLUMNS:
            texts = _texts(values)
            said = Counter(_role_said(_plain(text, keep=" ")) for text in texts)
            role, count = said.most_common(1)[0] if said else (None, 0)
            if role is not None and role.is_facility and count >= _MOST * len(texts):
                return role
    return None


def _holds(text: str, words: Iterable[str]) -> bool:
    """Tell whether a word of the text starts with one of these (anywhere, if not ASCII)."""
    return any(
        re.search(rf"(^|[^a-z]){word}", text) is not None if word.isascii() else word in text
        for word in words
    )


@cache
def _plain(name: str, keep: str = "") -> str:
    """Return a name in lower case without accents; all but letters and digits become `keep`."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    return re.sub(r"[\W_]+", keep, bare.casefold().replace("ß", "ss"))
