"""The fact tables beside the layers: quantities, production, totals, thresholds, agreements."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cached_property

from gisapp.model.alliance import AllianceBook
from gisapp.model.country_names import COUNTRY_WORDS, congo_of, plain_name
from gisapp.model.vocabulary import Stage
from gisapp.model.yields import Yields


class Kind(StrEnum):
    """What a published quantity is."""

    CAPACITY = "capacity"
    PRODUCTION = "production"
    RESERVE = "reserve"
    RESOURCE = "resource"
    SHARE_PERCENT = "share_percent"


class Confidence(StrEnum):
    """How sure a row is. Anything but looked_up is drawn and listed as unconfirmed."""

    LOOKED_UP = "looked_up"
    DOCUMENT_ONLY = "document_only"
    RECALLED = "recalled"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Quantity:
    """One published figure of one facility."""

    facility: str
    mineral: str
    product: str
    kind: Kind
    value: float
    unit: str
    year: int
    source: str


@dataclass(frozen=True)
class CountryQuantity:
    """One published figure of one country; country "OTH" is the source's own remainder."""

    mineral: str
    stage: Stage
    country: str
    year: int
    value: float
    unit: str
    kind: Kind
    source: str


@dataclass(frozen=True)
class WorldTotal:
    """The published world total beside the sum of our rows."""

    mineral: str
    stage: Stage
    year: int
    kind: Kind
    unit: str
    published: float
    sum_of_rows: float
    note: str
    source: str


@dataclass(frozen=True)
class Threshold:
    """A benchmark, or an observed value (ids starting ref-, iea-top3-, kor-)."""

    id: str
    name: str
    scope: str
    mineral: str
    stage: str
    metric: str
    value: float
    unit: str
    year: int | None
    source: str
    notes: str


@dataclass(frozen=True)
class Agreement:
    """A deal, grant or export control between two parties."""

    id: str
    name: str
    party_a: str
    party_b: str
    date: date | None
    kind: str
    minerals: tuple[str, ...]
    status: str
    source: str
    notes: str


@dataclass(frozen=True, eq=False)
class Facts:
    """Everything that ships beside the layers; read once, shared by reference.

    `quantities` are keyed by facility id, `countries` names ISO alpha-3 codes in English,
    `confidence` is keyed by (table, row id) and `position_km` holds, by facility id, the distance
    in km of our point to the nearest independent record. `companies` gives, by name in folded case,
    the country where a company is at home. `country_names` returns codes by `plain_name` of a
    country's names in all languages that ship, read when first asked for.
    """

    alliances: AllianceBook
    quantities: Mapping[str, tuple[Quantity, ...]]
    production: tuple[CountryQuantity, ...]
    world_totals: tuple[WorldTotal, ...]
    thresholds: tuple[Threshold, ...]
    agreements: tuple[Agreement, ...]
    countries: Mapping[str, str]
    confidence: Mapping[tuple[str, str], Confidence]
    position_km: Mapping[str, float]
    yields: Yields = field(default_factory=Yields)
    companies: Mapping[str, str] = field(default_factory=dict)
    country_names: Callable[[], Mapping[str, str]] = dict

    @cached_property
    def _codes(self) -> Mapping[str, str]:
        own = {plain_name(name): code for code, name in self.countries.items()}
        codes = {code.casefold(): code for code in self.countries}
        return {**self.country_names(), **COUNTRY_WORDS, **own, **codes}

    def country_code(self, text: str) -> str:
        """Return the ISO alpha-3 code of a country as people write it, "" for what is none."""
        if not text or text in self.countries:  # mostly so: names in all languages stay unread
            return text
        plain = plain_name(text)
        code = self._codes.get(plain) or congo_of(plain)
        return code if code in self.countries else ""
