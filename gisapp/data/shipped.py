"""The layers and tables that ship, read fast enough for the first picture.

Geopackages are read through SQLite itself: they are our own files of a known shape, and GDAL
with its Python bindings alone takes longer to import than all of them to read.
"""

from __future__ import annotations

import csv
import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import shapely

from gisapp.data.yields import yield_rows
from gisapp.model.alliance import (
    Alliance,
    AllianceBook,
    InEU,
    MemberRole,
    Membership,
    Territory,
    partial_date,
)
from gisapp.model.country_names import plain_name
from gisapp.model.facts import (
    Agreement,
    Confidence,
    CountryQuantity,
    Facts,
    Kind,
    Quantity,
    Threshold,
    WorldTotal,
)
from gisapp.model.features import Column, Features
from gisapp.model.feedback import GisappError
from gisapp.model.layer import Layer, Source
from gisapp.model.places import layers_dir
from gisapp.model.vocabulary import Role, Stage
from gisapp.model.yields import Yields

#: What the worked example opens, as the layers panel lists it: the uppermost first.
DEFAULT_LAYERS: Final = ("magnet_plants", "refineries", "deposits", "trade_routes")


@dataclass(frozen=True)
class ManifestEntry:
    """One file that ships; `role` None is a table without geometry.

    `layer` is the layer's name inside the file, `date` the day, month or year that the content
    stands for, `sha256` the checksum of the file.
    """

    id: str
    file: str
    layer: str
    role: Role | None
    title: str
    source: str
    licence: str
    date: str
    rows: int
    sha256: str

    @property
    def path(self) -> Path:
        """Where the file stands."""
        return layers_dir() / self.file


@cache
def manifest() -> tuple[ManifestEntry, ...]:
    """Return what ships, layers first; raises `GisappError` where the manifest is missing."""
    path = layers_dir() / "manifest.json"
    try:
        entries = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise GisappError(
            "no_shipped_data",
            f"The shipped data is missing: {path} cannot be read.",
            "Install again, or run packaging/build_layers.py in a checkout.",
        ) from error
    return tuple(
        ManifestEntry(**{**entry, "role": Role(entry["role"]) if entry["role"] else None})
        for entry in entries
    )


def _entry(entry_id: str) -> ManifestEntry:
    for entry in manifest():
        if entry.id == entry_id:
            return entry
    known = ", ".join(entry.id for entry in manifest() if entry.role)
    raise GisappError("unknown_layer", f'No shipped layer is called "{entry_id}".', known)


def entry_of(layer: Layer) -> ManifestEntry | None:
    """Return what a layer ships as whose features are as they came, else None."""
    for entry in manifest():
        if entry.role is not None and str(entry.path) == layer.source.path:
            return entry if load_layer(entry.id).features is layer.features else None
    return None


@cache
def load_layer(layer_id: str) -> Layer:
    """Return a shipped layer by the id of its manifest entry, in EPSG:4326.

    Raises
    ------
    GisappError
        `unknown_layer` if nothing of this id ships with a geometry, `unreadable` if its file is
        damaged.
    """
    entry = _entry(layer_id)
    if entry.role is None:
        raise GisappError("unknown_layer", f'"{layer_id}" is a table without geometry.')
    try:
        features = _read_features(entry)
    except (sqlite3.Error, shapely.GEOSException, OSError) as error:
        raise GisappError(
            "unreadable",
            f"The shipped layer {entry.file} cannot be read: {error}.",
            "Install again, or run packaging/build_layers.py in a checkout.",
        ) from error
    source = Source(
        title=entry.source,
        path=str(entry.path),
        licence=entry.licence,
        date=entry.date,
        driver="GPKG",
    )
    return Layer(layer_id, entry.title, entry.role, features, source)


def default_layers() -> tuple[Layer, ...]:
    """Return what the worked example opens, the uppermost layer first."""
    return tuple(load_layer(layer_id) for layer_id in DEFAULT_LAYERS)


def _read_features(entry: ManifestEntry) -> Features:
    uri = f"{entry.path.resolve().as_uri()}?mode=ro&immutable=1"
    with closing(sqlite3.connect(uri, uri=True)) as database:
        schema = database.execute(f'PRAGMA table_info("{entry.layer}")').fetchall()
        if not schema:
            raise sqlite3.DatabaseError(f"it has no layer {entry.layer}")
        names = [(name, kind) for _, name, kind, *_ in schema if name != "fid"]
        wanted = ", ".join(f'"{name}"' for name, _ in names)
        # names of our own manifest and schema: identifiers cannot be bound as parameters
        query = f'SELECT {wanted} FROM "{entry.layer}" ORDER BY fid'  # noqa: S608
        rows = database.execute(query).fetchall()
    values = dict(zip((name for name, _ in names), zip(*rows, strict=True), strict=True))
    shapes = shapely.from_wkb([_wkb(blob) for blob in values.pop("geometry")])
    columns = {name: _column(values[name], kind) for name, kind in names if name in values}
    if (shapely.get_type_id(shapes) == shapely.GeometryType.POINT).all():
        return Features.from_points(shapely.get_coordinates(shapes), columns)
    return Features.from_shapes(shapes, columns)


#: Bytes of the envelope in a GeoPackage geometry header, by its indicator (OGC 12-128r18, 2.1.3).
_ENVELOPE_BYTES: Final = (0, 32, 48, 48, 64)


def _wkb(blob: bytes) -> bytes:
    return blob[8 + _ENVELOPE_BYTES[(blob[3] >> 1) & 7] :]


def _column(values: tuple[Any, ...], kind: str) -> Column:
    """Return an SQLite column as the array that `Features` wants for its declared type."""
    if kind == "REAL":
        return np.array([np.nan if v is None else v for v in values], dtype=np.float64)
    if kind == "BOOLEAN":
        return np.array(values, dtype=bool)
    if kind in {"INTEGER", "MEDIUMINT", "SMALLINT", "TINYINT"}:
        return np.array(values, dtype=np.int64)
    column: npt.NDArray[np.object_] = np.empty(len(values), dtype=object)
    column[:] = values
    return column


def _rows(table: str) -> Iterator[dict[str, str]]:
    with _entry(table).path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


@cache
def load_facts() -> Facts:
    """Return the fact tables; raises `GisappError` where the shipped data is missing."""
    quantities: dict[str, list[Quantity]] = defaultdict(list)
    for r in _rows("capacities"):
        quantities[r["facility_id"]].append(
            Quantity(
                facility=r["facility_id"],
                mineral=r["mineral"],
                product=r["product"],
                kind=Kind(r["kind"]),
                value=float(r["value"]),
                unit=r["unit"],
                year=int(r["year"]),
                source=r["source"],
            )
        )
    return Facts(
        alliances=_alliance_book(),
        quantities={facility: tuple(rows) for facility, rows in quantities.items()},
        production=tuple(
            CountryQuantity(
                mineral=r["mineral"],
                stage=Stage(r["stage"]),
                country=r["country"],
                year=int(r["year"]),
                value=float(r["value"]),
                unit=r["unit"],
                kind=Kind(r["kind"]),
                source=r["source"],
            )
            for r in _rows("country_production")
        ),
        world_totals=tuple(
            WorldTotal(
                mineral=r["mineral"],
                stage=Stage(r["stage"]),
                year=int(r["year"]),
                kind=Kind(r["kind"]),
                unit=r["unit"],
                published=_number(r["published_world_total"]),
                sum_of_rows=_number(r["sum_of_rows"]),
                note=r["note"],
                source=r["source"],
            )
            for r in _rows("world_totals")
        ),
        thresholds=tuple(
            Threshold(
                id=r["id"],
                name=r["name"],
                scope=r["scope"],
                mineral=r["mineral"],
                stage=r["stage"],
                metric=r["metric"],
                value=float(r["value"]),
                unit=r["unit"],
                year=int(r["year"]) if r["year"] else None,
                source=r["source"],
                notes=r["notes"],
            )
            for r in _rows("thresholds")
        ),
        agreements=tuple(
            Agreement(
                id=r["id"],
                name=r["name"],
                party_a=r["party_a"],
                party_b=r["party_b"],
                date=partial_date(r["date"]),
                kind=r["kind"],
                minerals=tuple(r["minerals"].split(";")) if r["minerals"] else (),
                status=r["status"],
                source=r["source"],
                notes=r["notes"],
            )
            for r in _rows("agreements")
        ),
        countries=_countries(),
        country_names=country_names,
        companies={r["company"].casefold(): r["country"] for r in _rows("companies")},
        confidence=_confidence(),
        position_km={
            r["id"]: float(r["distance_km"]) for r in _rows("position_checks") if r["distance_km"]
        },
        yields=Yields(yield_rows(_rows("yields"))),
    )


def _number(text: str) -> float:
    return float(text) if text else float("nan")


def _alliance_book() -> AllianceBook:
    memberships: dict[str, list[Membership]] = defaultdict(list)
    for r in _rows("alliance_members"):
        memberships[r["alliance_id"]].append(
            Membership(
                alliance=r["alliance_id"],
                member=r["member"],
                role=MemberRole(r["role"]),
                start=partial_date(r["from"]),
                end=partial_date(r["to"]),
                source=r["source"],
            )
        )
    alliances = {
        r["id"]: Alliance(
            id=r["id"],
            name=r["name"],
            short_name=r["short_name"],
            kind=r["kind"],
            founded=partial_date(r["founded"]),
            dissolved=partial_date(r["dissolved"]),
            description=r["description"],
            source=r["source"],
            memberships=tuple(memberships[r["id"]]),
        )
        for r in _rows("alliances")
    }
    territories = {
        r["territory"]: Territory(
            code=r["territory"],
            name=r["name"],
            sovereign=r["sovereign"],
            in_eu=InEU(r["in_eu"]),
            notes=r["notes"],
        )
        for r in _rows("territories")
    }
    return AllianceBook(alliances, territories)


def _countries() -> dict[str, str]:
    """Return English names by code: jurisdictions on the map and territories without an area."""
    names = {r["territory"]: r["name"] for r in _rows("territories")}
    columns = load_layer("jurisdictions_simple").features.columns
    return names | dict(zip(columns["iso"], columns["name"], strict=True))


@cache
def country_names() -> dict[str, str]:
    """Return codes by `plain_name` of names and codes in all languages that ship.

    A name that two jurisdictions have is the country's; "Congo" alone is neither's.
    """
    columns = load_layer("jurisdictions").features.columns
    names: dict[str, str] = {}
    own = np.argsort(columns["name"] != columns["sovereign"], kind="stable")  # "AU"
    for field in ("iso", "iso_a2", *(name for name in columns if name.startswith("name"))):
        for name, code in zip(columns[field][own], columns["iso"][own], strict=True):
            if isinstance(name, str) and name and name != "-99":
                names.setdefault(plain_name(name), str(code))
    for word in ("congo", "kongo"):
        names.pop(word, None)
    return names


#: The least sure comes first: where a row was checked twice, the worse word holds.
_LEAST_SURE_FIRST: Final = (
    Confidence.UNKNOWN,
    Confidence.RECALLED,
    Confidence.DOCUMENT_ONLY,
    Confidence.LOOKED_UP,
)


def _confidence() -> dict[tuple[str, str], Confidence]:
    worst: dict[tuple[str, str], Confidence] = {}
    for r in _rows("row_checks"):
        key, basis = (r["table"], r["id"]), Confidence(r["basis"])
        worst[key] = min(basis, worst.get(key, basis), key=_LEAST_SURE_FIRST.index)
    return worst
