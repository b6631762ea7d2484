"""Tables and views of a DuckDB file, which may come from anybody.

The file is opened to be read only, and nothing that it holds reaches out: views may not read other
files, the network or this program's variables, load extensions or change settings. DuckDB's own
type GEOMETRY needs no extension, and files that its extension "spatial" wrote are read too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import duckdb
import pyarrow as pa

from gisapp.data import arrow
from gisapp.data.listed import Listed
from gisapp.data.pieces import Pieces
from gisapp.data.positions import place
from gisapp.data.raw import Raw
from gisapp.data.waiting import batches_of, waiting
from gisapp.model.feedback import Feedback, GisappError, Problem, Severity
from gisapp.model.reading import ReadOptions

_CLOSED: Final = {
    "enable_external_access": "false",
    "autoload_known_extensions": "false",
    "autoinstall_known_extensions": "false",
    "python_enable_replacements": "false",
    "ignore_unknown_crs": "true",
    "memory_limit": "2GB",
    "temp_directory": "",
    "threads": "2",
    "lock_configuration": "true",
}
#: A view may give rows without end.
_MOST_ROWS: Final = 20_000_000
_SECONDS: Final = 300.0
_BATCH: Final = 65_536
#: Types that arrive as Arrow has them; any other is written as text.
_KEPT: Final = frozenset(
    {"BOOLEAN", "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER"}
    | {"FLOAT", "DOUBLE", "VARCHAR", "BLOB"}
)
_NUMBERS: Final = frozenset({"HUGEINT", "UHUGEINT", "UBIGINT"})


@dataclass(frozen=True)
class _Table:
    """A table or view: columns as pairs of name and type, rows as the file says (None a view)."""

    schema: str
    name: str
    columns: tuple[tuple[str, str], ...]
    rows: int | None

    @property
    def layer(self) -> str:
        """What `ReadOptions.layers` names it by."""
        return self.name if self.schema == "main" else f"{self.schema}.{self.name}"

    @property
    def shape(self) -> tuple[str, str] | None:
        """The first column of geometries and its type."""
        return next(((n, t) for n, t in self.columns if t.startswith("GEOMETRY")), None)


def contents(path: Path, *, feedback: Feedback | None = None) -> tuple[Listed, ...]:
    """List the tables and views; raises `GisappError` where the file cannot be opened."""
    with _open(path) as connection:
        return tuple(
            Listed(
                table.layer,
                table.layer,
                table.rows,
                geometry_type="Mixed" if table.shape else "",
                crs=_crs(table.shape[1])[:40] if table.shape else "",
                columns=tuple(name for name, _ in table.columns),
            )
            for table in _tables(connection, path, feedback)
        )


def read(
    path: Path,
    name: str,
    options: ReadOptions,
    *,
    feedback: Feedback | None = None,
) -> Raw:
    """Read a table or view by the name of its listing.

    A table without a column of type GEOMETRY gets its positions as any table: from WKB, WKT,
    longitude and latitude.

    Raises
    ------
    GisappError
        unreadable, in_use, newer_file, unknown_layer, not_allowed (a view that reaches out of its
        file), too_large, too_slow, no_coordinates.
    """
    with _open(path) as connection:
        tables = {table.layer: table for table in _tables(connection, path, feedback)}
        if name not in tables:
            raise GisappError(
                "unknown_layer", f'{path.name} has no table "{name}".', "List them again."
            )
        with _told(path, name):
            return _read(connection, path, tables[name], options, feedback)


@contextmanager
def _open(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with _told(path, ""), duckdb.connect(path, read_only=True, config=dict(_CLOSED)) as connection:
        yield connection


@contextmanager
def _told(path: Path, table: str) -> Iterator[None]:
    what = f'"{table}" of {path.name}' if table else path.name
    try:
        yield
    except TimeoutError:
        raise GisappError(
            "too_slow", f"{what} took longer than {_SECONDS:.0f} s.", "Make a table of the view."
        ) from None
    except duckdb.PermissionException:
        raise GisappError(
            "not_allowed",
            f"{what} wants to read other files, which no file may make this program do.",
            "Open those files themselves, or have a table made of it.",
        ) from None
    except duckdb.Error as error:
        said = str(error)
        if "Could not set lock" in said:
            code, message = "in_use", f"{path.name} is open in another program."
            hint = "Close it there, or open a copy."
        elif "version number" in said:
            code, message = "newer_file", f"{path.name} is of a version of DuckDB not known here."
            hint = "Export its tables to GeoParquet with the program that wrote it."
        else:
            code, message = "unreadable", f"{what} could not be read."
            hint = f"DuckDB: {said.splitlines()[0][:200]}"
        raise GisappError(code, message, hint) from error


def _tables(
    connection: duckdb.DuckDBPyConnection, path: Path, feedback: Feedback | None
) -> list[_Table]:
    def ask() -> list[tuple[Any, ...]]:
        return connection.execute(
            "SELECT c.schema_name, c.table_name, list(c.column_name ORDER BY c.column_index), "
            "list(c.data_type ORDER BY c.column_index), any_value(t.estimated_size) "
            "FROM duckdb_columns() c LEFT JOIN duckdb_tables() t ON t.table_oid = c.table_oid "
            "AND t.schema_name = c.schema_name AND t.table_name = c.table_name "
            "WHERE NOT c.internal AND c.database_name = current_database() "
            "GROUP BY 1, 2 ORDER BY 1, 2"
        ).fetchall()

    with _told(path, ""):
        found = waiting(ask, feedback, connection.interrupt, seconds=_SECONDS)
    return [
        _Table(schema, name, tuple(zip(columns, types, strict=True)), rows)
        for schema, name, columns, types, rows in found
    ]


def _read(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    table: _Table,
    options: ReadOptions,
    feedback: Feedback | None,
) -> Raw:
    shape = table.shape
    columns = [_taken(n, t) for n, t in table.columns if shape is None or n != shape[0]]
    if shape is not None:
        columns.append(f"ST_AsWKB({_quoted(shape[0])})")
    statement = f"SELECT {', '.join(columns)} FROM {_quoted(table.schema)}.{_quoted(table.name)}"
    if options.limit is not None:
        statement += f" LIMIT {int(options.limit)}"
    reader = waiting(
        lambda: connection.sql(statement).to_arrow_reader(_BATCH),
        feedback,
        connection.interrupt,
        seconds=_SECONDS,
    )
    pieces, batches, done = Pieces(), [], 0
    schema, last = reader.schema, len(reader.schema) - 1
    with reader:  # left open beyond its connection it locks up the next one
        for batch in batches_of(reader, feedback, connection.interrupt, seconds=_SECONDS):
            done += batch.num_rows
            if done > _MOST_ROWS:
                raise GisappError(
                    "too_large",
                    f'"{table.layer}" of {path.name} has more than {_MOST_ROWS:,} rows.',
                    "Read a part of it only.",
                )
            if shape is not None:
                pieces.add(batch.column(last))
            batches.append(batch if shape is None else batch.select(range(last)))
            if feedback is not None:
                share = done / table.rows if table.rows else 0.0
                feedback.check(min(share, 1.0), f"Reading {table.name}")
    if shape is not None:
        schema = schema.remove(last)
    attributes = arrow.plain(pa.Table.from_batches(batches, schema=schema))
    raw = Raw(table.layer, "DuckDB", arrow.columns_of(attributes, feedback=feedback))
    if shape is None:
        place(raw, table.layer, options)
        return raw
    raw.crs = _crs(shape[1]) or None
    pieces.put_into(raw, points=True, heights=False)
    others = [n for n, t in table.columns if t.startswith("GEOMETRY") and n != shape[0]]
    if others:
        raw.problems.append(
            Problem(
                "more_geometries",
                Severity.INFO,
                f'The position is "{shape[0]}"; {", ".join(others)} stand as text in the table.',
                count=len(others),
            )
        )
    return raw


def _taken(name: str, kind: str) -> str:
    """Return what a column is selected by."""
    column = _quoted(name)
    if kind in _KEPT:
        taken = column
    elif kind in _NUMBERS or kind.startswith("DECIMAL"):
        taken = f"{column}::DOUBLE"
    elif kind == "DATE" or kind.startswith("TIMESTAMP"):  # "infinity" nobody else knows
        plain = column if kind == "DATE" else f"{column}::TIMESTAMP"
        taken = f"CASE WHEN isfinite({plain}) THEN {plain} END"
    else:
        taken = f"{column}::VARCHAR"
    return f"{taken} AS {column}"


def _crs(kind: str) -> str:
    """Return the CRS that a type names: GEOMETRY('OGC:CRS84')."""
    named = re.fullmatch(r"GEOMETRY\('(.*)'\)", kind, re.DOTALL)
    return named[1].replace("''", "'") if named else ""


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
