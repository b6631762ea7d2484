"""What must hold of the fact tables before they ship; every fault names its row."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from typing import Final

from gisapp.model.alliance import InEU, MemberRole, partial_date
from gisapp.model.facts import Confidence, Kind
from gisapp.model.geodesy import distance_km
from gisapp.model.vocabulary import MINERALS, Precision, Role, Stage, Status
from layers_build import places
from layers_build.geography import Geography
from layers_build.sources import KEYS, Fault, Row, Tables, by_id, fault, lonlat

PROCESSES: Final = {
    "deposit": {"open_pit", "underground", "brine", "placer", "tailings", "in_situ", "undeveloped"},
    "refinery": {
        "separation", "smelting", "refining", "chemical_conversion", "precursor_cathode",
        "anode_material", "metal_alloy", "recycling",
    },
    "magnet_plant": {"sintered", "bonded", "hot_deformed", "recycled_magnet"},
}  # fmt: skip
LISTINGS: Final = {
    "", "private", "state", "ASX", "SZSE", "SSE", "NYSE", "NASDAQ", "LSE", "AIM", "TSX", "TSXV",
    "TSE", "HKEX", "EURONEXT", "JSE", "KRX",
}  # fmt: skip
MODES: Final = {"truck", "rail", "sea", "pipeline", "air", "barge"}

SAME_SITE_KM: Final = 2.0


def check(tables: Tables, geography: Geography) -> list[Fault]:
    """Return every fault of the tables, in the order of the tables."""
    codes = set(geography.codes) | {row["territory"] for row in tables["territories"]}
    found: list[Fault] = []
    found += _keys(tables)
    found += _words(tables, codes)
    found += _numbers(tables)
    found += _dates(tables)
    found += _references(tables)
    found += _twins(tables)
    if not found:
        # what is no number cannot be placed: the cheap rules must hold first
        found += places.check(tables, geography)
    return found


def _keys(tables: Tables) -> Iterator[Fault]:
    for table, key in KEYS.items():
        counts = Counter(tuple(row[column] for column in key) for row in tables[table])
        for values, count in counts.items():
            if count > 1:
                yield Fault(table, " / ".join(values), f"stands {count} times")
            if not values[0]:
                yield Fault(table, " / ".join(values), f"has no {key[0]}")


def _minerals(text: str) -> list[str]:
    return [part for part in text.split(";") if part not in MINERALS]


def _in(values: set[str]) -> Callable[[str], str]:
    return lambda value: "" if value in values else f'"{value}" is none of {sorted(values)}'


def _each_mineral(value: str) -> str:
    wrong = _minerals(value)
    return f"unknown mineral {wrong}" if wrong else ""


def _words(tables: Tables, codes: set[str]) -> Iterator[Fault]:
    """Every column that holds a code holds one that exists."""
    stages, minerals = {stage.value for stage in Stage}, set(MINERALS)
    statuses = {status.value for status in Status}
    roles = {role.value for role in Role if role.is_facility}
    country = _in(codes)
    optional = _in(codes | {""})
    rules: dict[tuple[str, str], Callable[[str], str]] = {
        ("facilities", "layer"): _in(roles),
        ("facilities", "minerals"): _each_mineral,
        ("facilities", "country"): country,
        ("facilities", "owner_country"): optional,
        ("facilities", "coord_precision"): _in({p.value for p in Precision}),
        ("facilities", "status"): _in(statuses),
        ("facilities", "listing"): _in(LISTINGS),
        ("capacities", "mineral"): _in(minerals),
        ("capacities", "kind"): _in({kind.value for kind in Kind}),
        ("trade_routes", "mineral"): _each_mineral,
        ("trade_routes", "origin_country"): country,
        ("trade_routes", "destination_country"): optional,
        ("trade_routes", "status"): _in({"active", "suspended", "planned"}),
        ("finance_hubs", "country"): country,
        ("alliance_members", "member"): _in(codes | {"EU"}),
        ("alliance_members", "role"): _in({role.value for role in MemberRole}),
        ("territories", "sovereign"): optional,
        ("territories", "in_eu"): _in({value.value for value in InEU}),
        ("country_production", "mineral"): _in(minerals),
        ("country_production", "stage"): _in(stages),
        ("country_production", "country"): _in(codes | {"OTH"}),
        ("country_production", "kind"): _in({kind.value for kind in Kind}),
        ("world_totals", "mineral"): _in(minerals),
        ("world_totals", "stage"): _in(stages),
        ("companies", "country"): country,
        ("companies", "basis"): _in({confidence.value for confidence in Confidence}),
        ("thresholds", "mineral"): _in(minerals | {"all"}),
        ("row_checks", "basis"): _in({confidence.value for confidence in Confidence}),
    }
    for (table, column), rule in rules.items():
        for row in tables[table]:
            reason = rule(row[column])
            if reason:
                yield fault(table, row, f"{column}: {reason}")
    for row in tables["facilities"]:
        if row["layer"] in PROCESSES and row["process"] not in PROCESSES[row["layer"]]:
            yield fault(
                "facilities", row, f'process: "{row["process"]}" is none of a {row["layer"]}'
            )
        if not row["source"]:
            yield fault("facilities", row, "has no source")
    for row in tables["trade_routes"]:
        wrong = set(row["modes"].split(";")) - MODES
        if wrong:
            yield fault("trade_routes", row, f"modes: unknown {sorted(wrong)}")


#: Columns of numbers: table, column, smallest, largest, may be empty.
_RANGES: Final = (
    ("facilities", "latitude", -90.0, 90.0, False),
    ("facilities", "longitude", -180.0, 180.0, False),
    ("facilities", "start_year", 1000.0, 2060.0, True),
    ("capacities", "value", 0.0, 1e12, False),
    ("capacities", "year", 1950.0, 2060.0, False),
    ("chokepoints", "lat", -90.0, 90.0, False),
    ("chokepoints", "lon", -180.0, 180.0, False),
    ("finance_hubs", "lat", -90.0, 90.0, False),
    ("finance_hubs", "lon", -180.0, 180.0, False),
    ("country_production", "value", 0.0, 1e15, False),
    ("country_production", "year", 1950.0, 2060.0, False),
    ("world_totals", "published_world_total", 0.0, 1e15, True),
    ("thresholds", "value", 0.0, 1e6, False),
    *(("yields", bound, 0.0, 1e9, False) for bound in ("low", "default", "high")),
    ("thresholds", "year", 1950.0, 2100.0, True),
    ("position_checks", "distance_km", 0.0, 20100.0, True),
    ("trade_routes", "volume", 0.0, 1e12, True),
    *(
        ("trade_routes", f"{part}_{axis}", -limit, limit, part != "origin")
        for part in ("origin", "load_port", "discharge_port", "destination")
        for axis, limit in (("lat", 90.0), ("lon", 180.0))
    ),
)


def _numbers(tables: Tables) -> Iterator[Fault]:
    for table, column, low, high, optional in _RANGES:
        for row in tables[table]:
            value = row[column]
            if not value and optional:
                continue
            try:
                inside = low <= float(value) <= high
            except ValueError:
                inside = False
            if not inside:
                yield fault(table, row, f'{column}: "{value}" is no number of {low:g} to {high:g}')
    for row in tables["country_production"]:
        if row["kind"] == "share_percent" and row["value"] and float(row["value"]) > 100:
            yield fault("country_production", row, "a share above 100 percent")
    for row in tables["yields"]:
        try:
            low, default, high = (float(row[bound]) for bound in ("low", "default", "high"))
        except ValueError:
            continue  # named above
        if row["unit"] == "fraction" and high > 1:
            yield fault("yields", row, "a fraction above 1")
        if not low <= default <= high:
            yield fault("yields", row, "the default is outside its range")


_DATES: Final = (
    ("facilities", "as_of"),
    ("alliances", "founded"),
    ("alliances", "dissolved"),
    ("alliance_members", "from"),
    ("alliance_members", "to"),
    ("agreements", "date"),
)


def _dates(tables: Tables) -> Iterator[Fault]:
    for table, column in _DATES:
        for row in tables[table]:
            try:
                partial_date(row[column])
            except ValueError:
                yield fault(table, row, f'{column}: "{row[column]}" is no date')
    for table, first, last in (
        ("alliances", "founded", "dissolved"),
        ("alliance_members", "from", "to"),
    ):
        for row in tables[table]:
            try:
                start, end = partial_date(row[first]), partial_date(row[last])
            except ValueError:
                continue
            if start and end and start >= end:
                yield fault(table, row, f"{first} {row[first]} is not before {last} {row[last]}")


def _references(tables: Tables) -> Iterator[Fault]:
    ids = {table: set(by_id(tables[table])) for table, key in KEYS.items() if key == ("id",)}
    links = (
        ("capacities", "facility_id", "facilities", False),
        ("position_checks", "id", "facilities", False),
        ("alliance_members", "alliance_id", "alliances", False),
        ("trade_routes", "origin_facility", "facilities", True),
        ("trade_routes", "destination_facility", "facilities", True),
    )
    for table, column, target, optional in links:
        for row in tables[table]:
            value = row[column]
            if value not in ids[target] and not (optional and not value):
                yield fault(table, row, f'{column}: "{value}" is not in {target}')
    own = {"alliance_members": "alliance_id", "territories": "territory"}
    known = ids | {table: {row[key] for row in tables[table]} for table, key in own.items()}
    for row in tables["row_checks"]:
        table = row["table"]
        if table not in KEYS:
            yield fault("row_checks", row, f'there is no table "{table}"')
        elif table in known and row["id"] not in known[table]:
            yield fault("row_checks", row, f'"{row["id"]}" is not in {table}')


def _twins(tables: Tables) -> Iterator[Fault]:
    """Two facilities of one name and stage stand at one place."""
    groups: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in tables["facilities"]:
        groups[row["name"].casefold(), row["layer"]].append(row)
    for rows in groups.values():
        for i, row in enumerate(rows):
            for other in rows[:i]:
                km = distance_km(lonlat(row), lonlat(other))[0]
                if km < SAME_SITE_KM:
                    yield fault("facilities", row, f'the same as "{other["id"]}", {km:.1f} km off')
