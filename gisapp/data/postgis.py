"""Tables of a PostGIS database: listed, and read as Arrow with the database's own spatial index.

Read through ADBC, which copies in PostgreSQL's binary format straight into Arrow: a million points
with five columns take 0.4 s, psycopg's binary rows 1.9 s. Nothing that a user typed becomes part
of a statement: tables and columns are taken from the catalogue by name, and quoted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

import adbc_driver_manager
import adbc_driver_postgresql.dbapi as driver
import numpy as np
import pyarrow as pa
import pyproj
from pyproj.exceptions import CRSError, ProjError

from gisapp.data import arrow
from gisapp.data.address import Address
from gisapp.data.listed import Listed, chosen
from gisapp.data.pieces import Pieces
from gisapp.data.raw import Raw
from gisapp.data.waiting import batches_of, waiting
from gisapp.model.feedback import Feedback, GisappError, Problem, Severity
from gisapp.model.numbers import whole
from gisapp.model.reading import Bounds, ReadOptions

#: Seconds until a server must have answered, a listing be there, a layer be read.
_CONNECT_S: Final = 10
_LIST_S: Final = 20
_READ_S: Final = 1800
#: Rows of a table that are counted for a listing. Beyond, and of a view, which may take any time,
#: the planner's estimate does.
_COUNTED: Final = 10_000
#: A statement that stands as it is: COPY takes none but a SELECT.
_PLAIN: Final = {"adbc.postgresql.use_copy": "false"}
#: PostgreSQL types that arrive as Arrow has them; any other is written as text.
_KEPT: Final = frozenset({"bool", "int2", "int4", "int8", "float4", "float8"})
_TEXTS: Final = frozenset({"text", "varchar", "bpchar", "name"})
_WHEN: Final = frozenset({"date", "timestamp"})
_FLAT: Final = frozenset(
    {"Point", "LineString", "Polygon", "MultiPoint", "MultiLineString", "MultiPolygon"}
)
#: What the server or its client library says, and what we say: pattern, code, message, hint.
_REFUSALS: Final = (
    ("password authentication failed|no password supplied|28P01|fe_sendauth", "wrong_password",
     "{place} does not accept this user and password.",
     "Type it where databases are added, or keep it in the file .pgpass."),
    ("no pg_hba.conf entry", "not_allowed", "{place} lets nobody in from this computer.",
     "Ask its administrator."),
    ('role ".*" (does not exist|is not permitted)', "wrong_password",
     "{place} does not know this user.", "Check the user's name."),
    ('database ".*" does not exist|3D000', "unknown_database",
     "There is no such database on the server: {place}.", "Check the name behind the last slash."),
    ("definition of service", "unknown_service", "There is no such service: {place}.",
     "Check the file pg_service.conf."),
    ("42501|permission denied", "not_allowed", "{place} does not let this user read {what}.",
     "Ask its administrator for the right to select."),
    ("42P01|42703|42704|3F000", "table_gone", "{what} of {place} is no longer as it was.",
     "List the tables again."),
    ("57014|canceling statement", "too_slow", "{place} took too long over {what}.",
     "Read a part only, or ask for an index on the geometry."),
    ("57P0[1-5]|server closed the connection|connection to server was lost|08006", "server_gone",
     "The server ended the connection: {place}.", "Try again."),
    ("could not translate host name|timeout expired|could not connect|connection to server",
     "no_server", "No server answers at {place}.",
     "Check address and port, and whether the server runs."),
)  # fmt: skip


@dataclass(frozen=True)
class _Table:
    """A geometry column of a table or view, as the catalogue has it."""

    schema: str
    name: str
    column: str
    kind: str  # geometry or geography
    srid: int
    type: str
    dimensions: int | None
    rows: float
    readable: bool
    alone: bool
    stored: bool

    @property
    def layer(self) -> str:
        """What `ReadOptions.layers` names it by."""
        both = f"{self.schema}.{self.name}"
        return both if self.alone else f"{both}({self.column})"


@dataclass(frozen=True)
class _Database:
    """An open connection that only reads; `functions` is the schema PostGIS stands in."""

    address: Address
    connection: Any
    functions: str
    feedback: Feedback | None

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        """Return the rows of a small query."""
        with self.connection.cursor() as cursor:
            waiting(lambda: cursor.execute(statement), self.feedback, cursor.adbc_cancel)
            found: list[tuple[Any, ...]] = cursor.fetchall()
            return found

    def limit(self, seconds: int) -> None:
        """Let no statement take longer."""
        self.rows(f"SELECT set_config('statement_timeout', '{seconds * 1000}', false)")


def contents(address: Address, *, feedback: Feedback | None = None) -> tuple[Listed, ...]:
    """List the tables and views with a geometry, by schema and name; counts are estimates.

    Raises
    ------
    GisappError
        no_server, wrong_password, unknown_database, no_postgis, not_allowed, too_slow.
    """
    with _open(address, feedback) as database:
        return tuple(_listed(database, table) for table in _tables(database))


def read(
    address: Address, options: ReadOptions, *, feedback: Feedback | None = None
) -> Iterator[Raw]:
    """Read the tables that the options name, each as it stands there.

    `options.bounds` is asked of the database by its spatial index, so that the result holds at
    least what lies there; `options.limit` is the most rows.

    Raises
    ------
    GisappError
        As `contents`; besides unknown_layer, choose_layer, table_gone.
    """
    with _open(address, feedback) as database:
        tables = {table.layer: table for table in _tables(database)}
        listed = tuple(Listed(table.layer, table.name) for table in tables.values())
        wanted = chosen(listed, options, address.title)
        database.limit(_READ_S)
        for each in wanted:
            with _told(address, f'"{each.layer}"'):
                raw = _read(database, tables[each.layer], options)
            yield raw


@contextmanager
def _open(address: Address, feedback: Feedback | None) -> Iterator[_Database]:
    parts = urlsplit(address.text)
    limited = "connect_timeout=" in parts.query
    joint = "&" if parts.query else "?"
    text = address.text if limited else f"{address.text}{joint}connect_timeout={_CONNECT_S}"
    with _told(address, "its list of tables"):
        connection = waiting(lambda: driver.connect(text, autocommit=True), feedback)
        with connection:
            database = _Database(address, connection, "", feedback)
            found = database.rows(
                "SELECT set_config('default_transaction_read_only', 'on', false), "
                f"set_config('statement_timeout', '{_LIST_S * 1000}', false), "
                "set_config('lock_timeout', '10000', false), "
                "set_config('client_encoding', 'UTF8', false), "
                "set_config('extra_float_digits', '1', false), "
                "(SELECT nspname::text FROM pg_catalog.pg_extension e JOIN "
                "pg_catalog.pg_namespace n ON n.oid = extnamespace WHERE extname = 'postgis')"
            )
            functions = found[0][5]
            if functions is None:
                raise GisappError(
                    "no_postgis",
                    f"{address.title} has no PostGIS, so it holds no geometries.",
                    "Ask its administrator for CREATE EXTENSION postgis, or choose another one.",
                )
            yield _Database(address, connection, _quoted(functions), feedback)


@contextmanager
def _told(address: Address, what: str) -> Iterator[None]:
    """Turn what the server says into a sentence; a password is in none of them."""
    try:
        yield
    except (adbc_driver_manager.Error, pa.ArrowException, OSError) as error:
        said = str(error)
        state = str(getattr(error, "sqlstate", "") or "")
        for pattern, code, message, hint in _REFUSALS:
            if re.search(pattern, f"{state} {said}", re.IGNORECASE):
                raise GisappError(
                    code, message.format(place=address.title, what=what), hint
                ) from None
        first = re.sub(r"\s*\[libpq\]\s*", " ", said).split("Query was:")[0].strip()
        kept = "" if "://" in first else " ".join(first.split())[:200]
        raise GisappError(
            "database_refused", f"{address.title} refused to give {what}.", kept
        ) from None


def _tables(database: _Database) -> list[_Table]:
    f = database.functions
    found = database.rows(
        "SELECT n.nspname::text, c.relname::text, a.attname::text, t.typname::text, "
        f"{f}.postgis_typmod_srid(a.atttypmod), {f}.postgis_typmod_type(a.atttypmod), "
        f"{f}.postgis_typmod_dims(a.atttypmod), c.reltuples::float8, "
        "has_table_privilege(c.oid, 'SELECT') AND has_schema_privilege(n.oid, 'USAGE'), "
        "count(*) OVER (PARTITION BY c.oid) = 1, c.relkind IN ('r', 'm', 'p') "
        "FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid "
        "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
        "JOIN pg_catalog.pg_type t ON t.oid = a.atttypid "
        "JOIN pg_catalog.pg_extension e ON e.extnamespace = t.typnamespace "
        "WHERE e.extname = 'postgis' AND t.typname IN ('geometry', 'geography') "
        "AND c.relkind IN ('r', 'v', 'm', 'f', 'p') AND NOT a.attisdropped AND NOT "
        "pg_is_other_temp_schema(n.oid) ORDER BY 1, 2, a.attnum"
    )
    return [_Table(*row) for row in found]


def _listed(database: _Database, table: _Table) -> Listed:
    count, estimated = None, True
    if table.readable:
        count = round(table.rows) if table.rows >= 0 else _planned(database, table)
        if table.stored and count is not None and count < _COUNTED:
            count, estimated = _counted(database, table)
    return Listed(
        layer=table.layer,
        title=table.name,
        count=count,
        estimated=estimated,
        geometry_type=_plain_type(table) or "Mixed",
        crs=f"EPSG:{table.srid}" if table.srid else "",
        refused="" if table.readable else "You have no right to read it.",
    )


def _planned(database: _Database, table: _Table) -> int | None:
    """Return how many rows the planner expects, of a view or a table never analysed."""
    with database.connection.cursor(adbc_stmt_kwargs=_PLAIN) as cursor:
        try:
            cursor.execute(f"EXPLAIN SELECT 1 FROM {_name(table)}")
            line = str(cursor.fetchall()[0][0])
        except adbc_driver_manager.Error:  # a view whose tables are gone: it is listed all the same
            return None
    rows = re.search(r"rows=(\d+)", line)
    return int(rows[1]) if rows else None


def _counted(database: _Database, table: _Table) -> tuple[int, bool]:
    """Return how many rows a small table has, or the most that are counted, and whether more."""
    found = database.rows(
        f"SELECT count(*) FROM (SELECT 1 FROM {_name(table)} LIMIT {_COUNTED + 1}) few"
    )
    count = int(found[0][0])
    return count, count > _COUNTED


def _read(database: _Database, table: _Table, options: ReadOptions) -> Raw:
    if not table.readable:
        raise GisappError(
            "not_allowed",
            f'{database.address.title} does not let you read "{table.layer}".',
            "Ask its administrator for the right to select.",
        )
    problems: list[Problem] = []
    srid = table.srid or _srid(database, table, problems)
    chosen_columns = _columns(database, table)
    statement = (
        f"SELECT {', '.join([*chosen_columns, _geometry(database, table, srid)])} "
        f"FROM {_name(table)}{_within(database, table, srid, options.bounds)}"
    )
    if options.limit is not None:
        statement += f" LIMIT {int(options.limit)}"
    expected = max(table.rows, 1.0)
    pieces = Pieces()
    batches = []
    feedback, done = database.feedback, 0
    with database.connection.cursor() as cursor:
        waiting(lambda: cursor.execute(statement), feedback, cursor.adbc_cancel)
        reader = cursor.fetch_record_batch()
        schema = reader.schema
        last = len(schema) - 1
        for batch in batches_of(reader, feedback, cursor.adbc_cancel):
            pieces.add(batch.column(last))
            batches.append(batch.select(range(last)))
            done += batch.num_rows
            if feedback is not None:
                feedback.check(min(done / expected, 1.0), f"Reading {table.name}")
    attributes = arrow.plain(pa.Table.from_batches(batches, schema=schema.remove(last)))
    raw = Raw(table.name, "PostGIS", {}, crs=_crs(database, srid), layer=table.layer)
    raw.problems = problems
    declared = _plain_type(table)
    pieces.put_into(raw, points=declared in {None, "Point"}, heights=(table.dimensions or 2) > 2)
    raw.columns = arrow.columns_of(attributes, feedback=feedback)
    return raw


def _columns(database: _Database, table: _Table) -> list[str]:
    """Return, for each column but geometries, what to select it by."""
    found = database.rows(
        "SELECT a.attname::text, coalesce(b.typname, t.typname)::text "
        "FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_type t ON t.oid = a.atttypid "
        "LEFT JOIN pg_catalog.pg_type b ON b.oid = t.typbasetype "
        f"WHERE a.attrelid = {_literal(_name(table))}::regclass AND a.attnum > 0 "
        "AND NOT a.attisdropped AND t.typname NOT IN ('geometry', 'geography') "
        "AND has_column_privilege(a.attrelid, a.attnum, 'SELECT') ORDER BY a.attnum"
    )
    chosen_columns = []
    for name, kind in found:
        column = _quoted(name)
        if kind in _KEPT | _TEXTS:
            taken = column if kind in _KEPT else f"{column}::text"
        elif kind in _WHEN:  # "infinity" is a date that nobody else knows
            taken = f"CASE WHEN isfinite({column}) THEN {column} END"
        elif kind == "timestamptz":
            taken = f"CASE WHEN isfinite({column}) THEN {column} AT TIME ZONE 'UTC' END"
        elif kind in {"numeric", "money"}:
            taken = f"{column}::numeric::float8"
        else:
            taken = f"{column}::text"
        chosen_columns.append(f"{taken} AS {column}")
    return chosen_columns


def _geometry(database: _Database, table: _Table, srid: int) -> str:
    shape = f"{_quoted(table.column)}::{database.functions}.geometry"
    if table.srid != srid and srid == -1:
        f = database.functions
        moved = f"{f}.ST_Transform({shape}, 4326)"
        shape = f"CASE {f}.ST_SRID({shape}) WHEN 0 THEN {shape} ELSE {moved} END"
    if _plain_type(table) is None:  # arcs may be among them
        shape = f"{database.functions}.ST_CurveToLine({shape})"
    return f"{database.functions}.ST_AsBinary({shape}, 'NDR')"


def _srid(database: _Database, table: _Table, problems: list[Problem]) -> int:
    """Return the SRID of a column that declares none: 0 unknown, -1 several, to be moved."""
    f, column = database.functions, _quoted(table.column)
    found = database.rows(
        f"SELECT {f}.ST_SRID({column}::{f}.geometry)::int8, count(*) FROM {_name(table)} "
        f"WHERE {column} IS NOT NULL GROUP BY 1 ORDER BY 2 DESC"
    )
    if len(found) < 2:
        return int(found[0][0]) if found else 0
    kinds = ", ".join(f"{whole(int(n))} in EPSG:{srid}" for srid, n in found if srid)
    problems.append(
        Problem(
            "mixed_crs",
            Severity.WARNING,
            f"The table holds several coordinate reference systems ({kinds}); the database moved "
            "all that say theirs to WGS 84.",
            "Check the features that say none.",
            sum(int(n) for srid, n in found if not srid) or 1,
        )
    )
    return -1


def _crs(database: _Database, srid: int) -> Any:
    if srid in {0, -1}:
        return "EPSG:4326" if srid else None
    found = database.rows(
        "SELECT auth_name::text, auth_srid::int8, srtext::text, proj4text::text FROM "
        f"{database.functions}.spatial_ref_sys WHERE srid = {int(srid)}"
    )
    if not found:
        return f"EPSG:{srid}"
    authority, code, wkt, proj = found[0]
    if authority and code:
        try:
            return pyproj.CRS.from_authority(authority, int(code)).to_wkt()
        except CRSError:  # an authority of their own
            pass
    return wkt or proj


def _within(database: _Database, table: _Table, srid: int, bounds: Bounds | None) -> str:
    """Return the condition that the spatial index answers, or "" where it would be wrong."""
    if bounds is None:
        return ""
    west, south, east, north = bounds
    boxes = (
        [bounds] if west <= east else [(west, south, 180.0, north), (-180.0, south, east, north)]
    )
    f, column = database.functions, _quoted(table.column)
    conditions = []
    for box in boxes:
        if table.kind == "geography":
            if box[2] - box[0] > 170:
                return ""  # a box on the sphere is no box on the map
            w, s, e, n = (
                box[0] - 0.01,
                max(box[1] - 0.01, -90),
                box[2] + 0.01,
                min(box[3] + 0.01, 90),
            )
            envelope = f"{f}.ST_Segmentize({_envelope(f, (w, s, e, n), 4326)}, 1.0)"
            conditions.append(f"{column} OPERATOR({f}.&&) {envelope}::{f}.geography")
            continue
        moved = _moved(box, _crs(database, srid)) if srid > 0 else None
        if moved is None:
            return ""
        conditions.append(f"{column} OPERATOR({f}.&&) {_envelope(f, moved, srid)}")
    return f" WHERE {' OR '.join(conditions)}"


def _moved(box: Bounds, crs: Any) -> Bounds | None:
    """Return a box in degrees as the box around it in a CRS; None where it has none there."""
    try:
        to = pyproj.CRS.from_user_input(crs)
        if to.equals(pyproj.CRS.from_epsg(4326), ignore_axis_order=True):
            return box
        moved = pyproj.Transformer.from_crs(4326, to, always_xy=True).transform_bounds(*box)
    except (CRSError, ProjError):
        return None
    return moved if np.isfinite(moved).all() and moved[0] <= moved[2] else None


def _envelope(functions: str, box: Bounds, srid: int) -> str:
    numbers = ", ".join(repr(float(edge)) for edge in box)
    return f"{functions}.ST_MakeEnvelope({numbers}, {int(srid)})"


def _plain_type(table: _Table) -> str | None:
    """Return the declared type without its dimensions; None where anything may be in there."""
    name = re.sub(r"(ZM|Z|M)$", "", table.type)
    return name if name in _FLAT else None


def _name(table: _Table) -> str:
    return f"{_quoted(table.schema)}.{_quoted(table.name)}"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _literal(text: str) -> str:
    """Return a text as a constant that holds under any setting of the server."""
    return "E'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
