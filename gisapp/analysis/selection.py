"""Facilities of a role out of layers, shipped and user's, as plain arrays for the analyses."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from gisapp.analysis.capacity import capacities
from gisapp.analysis.jurisdiction import JurisdictionIndex
from gisapp.model.facts import Confidence, Facts
from gisapp.model.features import Column, Floats
from gisapp.model.feedback import Feedback, GisappError
from gisapp.model.layer import Layer, cited
from gisapp.model.vocabulary import MINERALS, Basis, Role, Status, family, mineral_code, status_code

Texts = npt.NDArray[np.object_]

#: The shipped tables' own names for a field, where the layer maps none.
_OTHER_NAMES: Final = {"mineral": "minerals", "precision": "coord_precision"}
#: Values that are read before other threads get their turn.
_SLICE: Final = 50_000
#: So many words are named in a note.
_NAMED: Final = 4
_SEPARATORS: Final = re.compile(r"[;,/|+&()\-\u2013]| and ")

#: Where an exchange is at home. Euronext runs seven countries' markets: it says none.
EXCHANGE_HOME: Final[dict[str, str]] = {
    "ASX": "AUS",
    "SZSE": "CHN",
    "SSE": "CHN",
    "HKEX": "HKG",
    "NYSE": "USA",
    "NASDAQ": "USA",
    "LSE": "GBR",
    "AIM": "GBR",
    "TSX": "CAN",
    "TSXV": "CAN",
    "TSE": "JPN",
    "JSE": "ZAF",
    "KRX": "KOR",
}
#: Known to be on no exchange: outside every alliance by listing, and not unknown.
UNLISTED: Final = frozenset({"private", "state"})
#: The jurisdiction of what is known to be listed nowhere.
NOWHERE: Final = "none"


@dataclass(frozen=True, eq=False)
class Facilities:
    """Facilities of one role; every array has shape (n,), missing text is "", missing numbers NaN.

    Parameters
    ----------
    layer_id, row
        The layer and the row number in its features.
    minerals
        A frozenset of mineral codes each; empty where the layer names none, which counts as any.
    lonlat
        Degrees, shape (n, 2); NaN without a position.
    capacity
        The layer's own capacity column, tonnes of contained product per year; NaN unknown.
    unconfirmed
        True where the row's source was not looked up.
    notes, layer_sources
        What was assumed, and the titles of the layers that gave rows, in sentences.
    """

    layer_id: Texts
    row: npt.NDArray[np.int64]
    id: Texts
    name: Texts
    minerals: Texts
    country: Texts
    owner_country: Texts
    owner: Texts
    listing: Texts
    status: Texts
    process: Texts
    precision: Texts
    source: Texts
    start_year: Floats
    capacity: Floats
    lonlat: Floats
    unconfirmed: npt.NDArray[np.bool_]
    notes: tuple[str, ...] = ()
    layer_sources: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.id)

    @property
    def placed(self) -> npt.NDArray[np.bool_]:
        """True where there is a position."""
        return np.asarray(np.isfinite(self.lonlat).all(axis=1))

    def take(self, rows: npt.ArrayLike) -> Facilities:
        """Return the facilities at these numbers, or where a mask is true."""
        index = np.asarray(rows)
        return replace(self, **{name: getattr(self, name)[index] for name in _ARRAYS})

    def noting(self, *notes: str) -> Facilities:
        """Return the same with sentences added to the notes."""
        return replace(self, notes=tuple(dict.fromkeys((*self.notes, *notes))))

    def home(self, by: Basis) -> Texts:
        """Return the jurisdiction of each: of the site, of the owner or of the exchange.

        "" is unknown. By listing, `NOWHERE` is what is private or owned by a state: known to be
        listed nowhere, so inside no alliance. By equity the controlling owner stands for all,
        what is foreign is where it stands, what is abroad where its owner is.
        """
        if by in {Basis.LOCATION, Basis.FOREIGN}:
            return self.country
        if by is not Basis.LISTING:
            return self.owner_country
        codes, words = pd.factorize(self.listing)
        homes = [
            NOWHERE if word.lower() in UNLISTED else EXCHANGE_HOME.get(word.upper(), "")
            for word in words
        ]
        return np.array([*homes, ""], dtype=object)[codes]


_ARRAYS: Final = tuple(
    f.name for f in fields(Facilities) if f.name not in {"notes", "layer_sources"}
)


def check_mineral(mineral: str) -> str:
    """Return the code of a mineral; raises `GisappError` naming the codes that exist."""
    code = mineral_code(mineral)
    if code is None:
        raise GisappError(
            "unknown_mineral",
            f'No mineral is called "{mineral}".',
            f"Known: {', '.join(MINERALS)}.",
        )
    return code


def select(
    layers: Iterable[Layer],
    role: Role,
    *,
    mineral: str | None = None,
    statuses: Collection[Status] | None = None,
    as_of: date | None = None,
    facts: Facts | None = None,
    jurisdictions: JurisdictionIndex | None = None,
    feedback: Feedback | None = None,
) -> Facilities:
    """Gather the facilities of a role.

    Parameters
    ----------
    mineral
        A code; its children count. None takes all. A row without any mineral counts as every
        mineral, and a note says so.
    statuses
        Which to keep; None keeps all. A row without a known status is kept, and a note says so.
    as_of
        Drops operating facilities that start in a later year.
    facts
        Says which rows are unconfirmed and knows countries: a word that is none is unknown.
    jurisdictions
        Finds the country of rows that name none by their position.

    Raises
    ------
    GisappError
        `not_facilities` if the role is none of deposit, refinery, magnet plant;
        `unknown_mineral` if the mineral is not of the vocabulary.
    """
    if not role.is_facility:
        raise GisappError(
            "not_facilities",
            f"The role {role.value} has no facilities.",
            "Ask for deposit, refinery or magnet_plant.",
        )
    wanted = None if mineral is None else family(check_mineral(mineral))
    parts = []
    for layer in layers:
        if layer.role is role and len(layer.features):
            if feedback is not None:
                feedback.check(text=f"Reading {layer.name}")
            rows, notes = _rows(layer, wanted, statuses, as_of)
            part = layer.with_(features=layer.features.take(rows))
            found = replace(_read(part, facts, jurisdictions, feedback, mineral), row=rows)
            parts.append(found.noting(*notes))
    return _joined(parts)


def _rows(
    layer: Layer,
    wanted: frozenset[str] | None,
    statuses: Collection[Status] | None,
    as_of: date | None,
) -> tuple[npt.NDArray[np.int64], list[str]]:
    """Return the rows of a layer that pass, and what was assumed."""
    notes: list[str] = []
    status = _status(layer)
    keep = np.ones(len(layer.features), dtype=bool)
    if wanted is not None:
        minerals = _minerals(layer)
        silent = _per_value(minerals, lambda codes: not codes)
        keep &= silent | _per_value(minerals, lambda codes: bool(codes & wanted))
        if (keep & silent).any():
            notes.append(f"Rows of {layer.name} that name no mineral count as the one asked for.")
    if statuses is not None:
        silent = status == ""
        keep &= silent | np.isin(status.astype(str), [s.value for s in statuses])
        if (keep & silent).any():
            notes.append(f"Rows of {layer.name} without a known status count whatever it is.")
    if as_of is not None:
        keep &= ~((status == Status.OPERATING.value) & (_number(layer, "start_year") > as_of.year))
    return np.flatnonzero(keep), notes


def _read(
    layer: Layer,
    facts: Facts | None,
    jurisdictions: JurisdictionIndex | None,
    feedback: Feedback | None,
    mineral: str | None,
) -> Facilities:
    """Read every row of a layer; `mineral` is that of rows that name none."""
    n = len(layer.features)
    lonlat = layer.features.lonlat
    ids = _text(layer, "id")
    blank = ids == ""
    if blank.any():
        ids = np.where(blank, [f"{layer.id}:{i}" for i in range(n)], ids).astype(object)
    country, notes = _countries(layer, "country", facts), []
    lost = country == ""
    if jurisdictions is not None and lost.any():
        country = country.copy()
        country[lost] = jurisdictions.country_of(lonlat[lost], feedback=feedback)
        notes.append(f"{layer.name}: {int(lost.sum())} countries were read off the position.")
    names, source = _text(layer, "name"), _text(layer, "source")
    source[source == ""] = layer.source.title or layer.name
    minerals = _minerals(layer)
    capacity, unread = capacities(layer, minerals, mineral)
    return Facilities(
        layer_id=np.full(n, layer.id, dtype=object),
        row=np.arange(n),
        id=ids,
        name=np.where(names == "", ids, names).astype(object),
        minerals=minerals,
        country=country,
        owner_country=_countries(layer, "owner_country", facts),
        owner=_text(layer, "owner"),
        listing=_text(layer, "listing"),
        status=_status(layer),
        process=_text(layer, "process"),
        precision=_text(layer, "precision"),
        source=source,
        start_year=_number(layer, "start_year"),
        capacity=capacity,
        lonlat=lonlat,
        unconfirmed=_unconfirmed(layer, ids, source, facts),
        notes=(*notes, *unread, *_strange_countries(layer, facts)),
        layer_sources=(cited(layer),),
    )


def _joined(parts: list[Facilities]) -> Facilities:
    if not parts:
        text, number = np.empty(0, dtype=object), np.empty(0)
        values = dict.fromkeys(_ARRAYS, text) | {"start_year": number, "capacity": number}
        return Facilities(
            **values
            | {
                "row": np.empty(0, dtype=np.int64),
                "lonlat": np.empty((0, 2)),
                "unconfirmed": np.empty(0, dtype=bool),
            }
        )
    if len(parts) == 1:
        return parts[0]
    return Facilities(
        **{name: np.concatenate([getattr(p, name) for p in parts]) for name in _ARRAYS},
        notes=tuple(dict.fromkeys(note for p in parts for note in p.notes)),
        layer_sources=tuple(dict.fromkeys(s for p in parts for s in p.layer_sources)),
    )


def _values(layer: Layer, field: str) -> Column | None:
    values = layer.values(field)
    if values is None and field in _OTHER_NAMES:
        return layer.features.columns.get(_OTHER_NAMES[field])
    if values is None and field == "source":
        return layer.features.columns.get("source")
    return values


def _text(layer: Layer, field: str) -> Texts:
    values = _values(layer, field)
    if values is None:
        return np.full(len(layer.features), "", dtype=object)
    codes, words = _coded(values)
    clean = [word.strip() if type(word) is str else _word(word) for word in words]
    return np.array([*clean, ""], dtype=object)[codes]


def _coded(values: Column) -> tuple[npt.NDArray[np.int64], Sequence[Any]]:
    """Return the number of each row's value among the different ones, -1 where it is missing.

    As `pandas.factorize`, in slices: it lets no other thread run for as long as it takes.
    """
    known: dict[Any, int] = {}
    numbers = np.empty(len(values), dtype=np.int64)
    for start in range(0, len(values), _SLICE):
        codes, words = pd.factorize(values[start : start + _SLICE])
        places = [known.setdefault(word, len(known)) for word in words.tolist()]
        numbers[start : start + len(codes)] = np.array([*places, -1], dtype=np.int64)[codes]
    return numbers, list(known)


def _word(value: object) -> str:
    if isinstance(value, float | np.floating):
        return str(int(value)) if float(value).is_integer() else str(value)
    return str(value).strip()


def _status(layer: Layer) -> Texts:
    """Return the values of `Status`, "" where there is none that we know."""
    if _values(layer, "status") is None:
        return _text(layer, "status")
    codes, words = _coded(_text(layer, "status"))
    known = [status_code(word) or "" for word in words]
    return np.array([*map(str, known), ""], dtype=object)[codes]


def _number(layer: Layer, field: str) -> Floats:
    values = _values(layer, field)
    if values is None:
        return np.full(len(layer.features), np.nan)
    if np.issubdtype(values.dtype, np.number):
        return values.astype(np.float64)
    if np.issubdtype(values.dtype, np.datetime64):
        return pd.DatetimeIndex(values).year.to_numpy(dtype=np.float64)
    return pd.to_numeric(pd.Series(values), errors="coerce").to_numpy(dtype=np.float64)


def _minerals(layer: Layer) -> Texts:
    """Return a frozenset of codes a row; the same text gives the same object."""
    words = _text(layer, "mineral")
    codes, uniques = _coded(words)
    table = np.empty(len(uniques), dtype=object)
    for i, text in enumerate(uniques):
        found = (mineral_code(part) for part in (text, *_SEPARATORS.split(text)))
        named = frozenset(code for code in found if code is not None)
        # a mineral that we have no code for is still no other mineral
        table[i] = named if named or not text else frozenset({text.lower()})
    return table[codes]


def _countries(layer: Layer, field: str, facts: Facts | None) -> Texts:
    """Return ISO alpha-3 codes; "" for what is none, so that it counts as unknown."""
    if _values(layer, field) is None:
        return _text(layer, field)
    codes, words = _coded(_text(layer, field))
    clean = [_country(word, facts) for word in words]
    return np.array([*clean, ""], dtype=object)[codes]


def _country(word: str, facts: Facts | None) -> str:
    return word.upper() if facts is None else facts.country_code(word)


def _strange_countries(layer: Layer, facts: Facts | None) -> tuple[str, ...]:
    """Return the sentence that names what is no country to us, if there is any."""
    if facts is None:
        return ()
    words: dict[str, None] = {}
    for field in ("country", "owner_country"):
        if _values(layer, field) is not None:
            found = _coded(_text(layer, field))[1]
            words |= dict.fromkeys(w for w in found if w and not facts.country_code(w))
    if not words:
        return ()
    named = ", ".join(f'"{word}"' for word in list(words)[:_NAMED])
    more = f" and {len(words) - _NAMED} more" if len(words) > _NAMED else ""
    return (f"{layer.name}: not known as countries, and read as unknown: {named}{more}.",)


def _unconfirmed(
    layer: Layer, ids: Texts, source: Texts, facts: Facts | None
) -> npt.NDArray[np.bool_]:
    flagged = layer.features.columns.get("unconfirmed")
    if flagged is not None and flagged.dtype == np.bool_:
        return flagged
    recalled = _per_value(source, lambda text: "from memory" in text or "estimate" in text)
    if facts is None:
        return recalled
    looked_up = Confidence.LOOKED_UP
    unsure = [facts.confidence.get(("facilities", i), looked_up) is not looked_up for i in ids]
    return np.asarray(recalled | np.array(unsure, dtype=bool))


def _per_value(values: Texts, test: Callable[[Any], bool]) -> npt.NDArray[np.bool_]:
    """Evaluate a test once for every distinct value."""
    codes, uniques = _coded(values)
    results = np.array([*map(test, uniques), False], dtype=bool)
    return np.asarray(results[codes])
