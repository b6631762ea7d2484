"""Tables with coordinates: CSV and the like, in any usual dialect."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import shapely

from gisapp.data.arrow import columns_of, unique_names
from gisapp.data.encoding import choose
from gisapp.data.raw import Raw
from gisapp.model.features import Column, Floats
from gisapp.model.feedback import Feedback, GisappError, Problem, Severity

_LON: Final = ("lon", "long", "longitude", "lng", "x", "xcoord", "coordx", "easting", "east",
               "londd", "longdd", "longdec", "declon", "declong", "decimallongitude",
               "longitudedd", "longitud", "laenge", "lange", "längengrad", "laengengrad",
               "geogrlänge", "geographischelänge", "xkoordinate", "経度",
               "经度", "долгота", "lonwgs84", "xlon", "pointx", "longitudine",
               "longwgs84")  # fmt: skip
_LAT: Final = ("lat", "latitude", "y", "ycoord", "coordy", "northing", "north", "latdd",
               "latdec", "declat", "decimallatitude", "latitudedd", "latitud", "breite",
               "breitengrad",
               "geogrbreite", "geographischebreite", "ykoordinate", "緯度", "纬度", "широта",
               "latwgs84", "ylat", "pointy",
               "latitudine")  # fmt: skip
_WKT: Final = ("wkt", "geom", "geometry", "thegeom", "geomwkt", "wktgeom", "shape", "geometria")
_HEAD: Final = 1_000_000
_LINE: Final = 100_000  # longer lines hold geometries and say nothing of the dialect
_BLOCK: Final = 2**30
_WHOLE: Final = r"^[+-]?\d{1,18}$"
_LEADING_ZERO: Final = r"^[+-]?0\d"
_NUMBER: Final = r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$"
_COMMA: Final = r"^[+-]?(\d+,\d*|,\d+|\d+)([eE][+-]?\d+)?$"
_DATE: Final = r"^\d{4}-\d{2}-\d{2}$"
#: What stands for a missing number; among texts "NA" is Namibia.
_MISSING: Final = pa.array(["NA", "N/A", "n/a", "NULL", "null", "None", "NaN", "nan", "-"])


def read_table(path: Path, *, encoding: str | None = None, feedback: Feedback | None = None) -> Raw:
    """Read a text table; delimiter, encoding and decimal comma are found out.

    Raises
    ------
    GisappError
        empty_file, not_a_table, no_coordinates.
    """
    data = path.read_bytes()
    if not data.strip():
        raise GisappError("empty_file", f"{path.name} is empty.", "Fetch the file again.")
    if feedback:
        feedback.check(0.1, f"Reading {path.name}")
    codec = "UTF-16" if data[:2] in {b"\xff\xfe", b"\xfe\xff"} else None
    if codec is None:
        if b"\0" in data[:_HEAD]:
            raise _not_a_table(path)
        found = choose(_pieces(data), override=encoding)
    else:
        found = choose([], override=encoding or codec)
    text = found.decode(data).removeprefix("\ufeff")
    header, delimiter = _dialect(path, text)
    names = unique_names(header)
    dropped: list[Any] = []

    def drop(row: Any) -> str:
        dropped.append(row.number)
        return "skip"

    try:
        table = pa_csv.read_csv(
            io.BytesIO(text.encode()),
            read_options=pa_csv.ReadOptions(
                column_names=names,
                skip_rows_after_names=1,
                block_size=min(max(_HEAD, len(data)), _BLOCK),  # a row must fit into a block
            ),
            parse_options=pa_csv.ParseOptions(
                delimiter=delimiter, newlines_in_values=True, invalid_row_handler=drop
            ),
            convert_options=pa_csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()),
                null_values=[""],
                strings_can_be_null=True,
                quoted_strings_can_be_null=True,
            ),
        )
    except pa.ArrowInvalid as error:
        raise _not_a_table(path) from error
    if feedback:
        feedback.check(0.6, f"Reading {path.name}")
    raw = Raw(
        name=path.stem,
        driver="CSV",
        columns={name: _typed(table.column(name)) for name in names},
        encoding=found.name,
        encoding_guessed=found.guessed,
        problems=list(found.problems),
        findings=list(found.findings),
    )
    if dropped:
        raw.problems.append(
            Problem(
                "rows_dropped",
                Severity.WARNING,
                f"{len(dropped):,} rows have another number of fields than the header "
                "and were left out.",
                "Check quotes and delimiters in the file.",
                len(dropped),
            )
        )
    place(raw, path.name)
    return raw


def _pieces(data: bytes) -> list[bytes]:
    """Return the bytes to judge the encoding by: all of them if UTF-8, else the single cells."""
    try:
        data.decode()
    except UnicodeDecodeError:
        return re.split(rb'[,;\t\r\n"]+', data)
    return [data]


def place(raw: Raw, title: str) -> None:
    """Give a table without geometry its positions from its own columns, in place."""
    wkt = _find(raw.columns, _WKT)
    if wkt is not None and _looks_wkt(raw.columns[wkt]):
        texts = raw.columns.pop(wkt)
        raw.shapes = shapely.from_wkt(texts, on_invalid="ignore")
        raw.crs_assumed = "EPSG:4326"
    else:
        lon, lat = find_coordinates(raw.columns)
        if lon is None or lat is None:
            raise GisappError(
                "no_coordinates",
                f"{title} has no columns with coordinates (columns: "
                f"{', '.join(list(raw.columns)[:12])}).",
                'Name them "lon" and "lat", or add a column "wkt".',
            )
        raw.points = np.column_stack([_numbers(raw.columns[lon]), _numbers(raw.columns[lat])])
        raw.crs_assumed = "" if _is_metric(lon) else "EPSG:4326"
    if raw.crs_assumed:
        raw.problems.append(
            Problem(
                "crs_guessed",
                Severity.INFO,
                "A table does not say its coordinate reference system; WGS 84 was taken.",
                "If the layer lies off, give the CRS by hand.",
            )
        )


def find_coordinates(columns: dict[str, Column]) -> tuple[str | None, str | None]:
    """Return the names of the columns that hold longitude and latitude."""
    return _find(columns, _LON), _find(columns, _LAT)


def _find(columns: dict[str, Column], words: tuple[str, ...]) -> str | None:
    plain = {_plain(name): name for name in reversed(columns)}
    return next((plain[word] for word in map(_plain, words) if word in plain), None)


def _plain(name: str) -> str:
    """Return a heading without its accents, spaces and signs: "Geogr. Länge" is geogrlange."""
    letters = unicodedata.normalize("NFKD", name.lower())
    return re.sub(r"[\W_]+", "", "".join(c for c in letters if not unicodedata.combining(c)))


def _is_metric(name: str) -> bool:
    return any(word in name.lower() for word in ("east", "north"))


def _looks_wkt(values: Column) -> bool:
    first = next((v for v in values if v), None)
    return isinstance(first, str) and bool(
        re.match(r"\s*(SRID=\d+;)?\s*(MULTI)?(POINT|LINE|POLYGON|GEOMETRY)", first, re.IGNORECASE)
    )


def _numbers(values: Column) -> Floats:
    if values.dtype != object:
        return values.astype(np.float64)
    return np.array([_degrees(v) for v in values], dtype=np.float64)


def _degrees(text: str | None) -> float:
    """Read a coordinate: "12.5", "12,5", "12.5 W", degrees with minutes; NaN if it is none."""
    if not text:
        return np.nan
    numbers = re.findall(r"\d+(?:[.,]\d+)?", text)
    if not 1 <= len(numbers) <= 3 or re.search(r"[A-DF-MP-RT-VX-Z]{2}", text.upper()):
        return np.nan
    parts = [float(n.replace(",", ".")) for n in numbers]
    value = sum(part / 60.0**i for i, part in enumerate(parts))
    negative = text.strip().startswith(("-", "\u2212")) or bool(re.search(r"[SWsw]", text))
    return -value if negative else value


def _dialect(path: Path, text: str) -> tuple[list[str], str]:
    """Return the header and the delimiter: the one that splits the first lines most evenly."""
    lines = [li for li in text[:_HEAD].splitlines()[:20] if li.strip() and len(li) < _LINE]
    best, score = ",", 0
    for delimiter in ("\t", ";", ",", "|"):
        widths = [len(row) for row in csv.reader(lines, delimiter=delimiter) if row]
        even = sum(width == widths[0] for width in widths) if widths and widths[0] > 1 else 0
        if even > score:
            best, score = delimiter, even
    if score == 0:
        raise _not_a_table(path)
    return next(csv.reader(lines, delimiter=best)), best


def _typed(values: pa.ChunkedArray) -> Column:
    """Read a column of texts as whole numbers, numbers, dates, or leave it text."""
    values = pc.utf8_trim_whitespace(values)
    values = pc.if_else(pc.equal(values, ""), pa.scalar(None, pa.string()), values)
    typed = _read_as_numbers(pc.if_else(pc.is_in(values, _MISSING), None, values))
    return columns_of(pa.table({"v": values if typed is None else typed}))["v"]


def _read_as_numbers(values: pa.ChunkedArray) -> pa.ChunkedArray | None:
    """Return whole numbers, numbers or dates, or None where some value is text."""
    if values.null_count == len(values) or _any(values, _LEADING_ZERO + r"\d*$"):
        return None  # a code with leading zeros is a name
    if _all(values, _WHOLE):
        return values.cast(pa.int64())
    if _all(values, _NUMBER):
        return values.cast(pa.float64())
    if _all(values, _COMMA):
        return pc.replace_substring(values, ",", ".").cast(pa.float64())
    return _dates(values) if _all(values, _DATE) else None


def _dates(values: pa.ChunkedArray) -> pa.ChunkedArray:
    try:
        return values.cast(pa.date32())
    except pa.ArrowInvalid:  # a 31st of February is text
        return values


def _all(values: pa.ChunkedArray, pattern: str) -> bool:
    return bool(pc.all(pc.match_substring_regex(values, pattern)).as_py())


def _any(values: pa.ChunkedArray, pattern: str) -> bool:
    return bool(pc.any(pc.match_substring_regex(values, pattern)).as_py())


def _not_a_table(path: Path) -> GisappError:
    return GisappError(
        "not_a_table",
        f"{path.name} is not a table of fields with a header line.",
        "Save it as CSV with a header and open that.",
    )
