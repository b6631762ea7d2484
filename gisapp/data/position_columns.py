"""Whole columns of positions: angles, pairs and geometries, the usual spellings read at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import shapely

from gisapp.data.angles import Angle, read_angle, read_pair
from gisapp.data.nesting import SHALLOW, is_deep
from gisapp.model.features import Column, Floats

Shapes = npt.NDArray[np.object_]
Mask = npt.NDArray[np.bool_]

_PLAIN: Final = (
    r"^(?P<before>[NSEW]?) ?(?P<sign>[+-]?)(?P<degrees>\d{1,3}(?:\.\d+)?)"
    "(?: ?[\u00b0\u00ba\u02da] ?"
    "(?:(?P<minutes>\\d{1,2}(?:\\.\\d+)?) ?['\u2032\u2019] ?"
    "(?:(?P<seconds>\\d{1,2}(?:\\.\\d+)?) ?(?:[\"\u2033\u201d]|'') ?)?)?)?"
    r" ?(?P<after>[NSEW]?)$"
)
_DECIMAL: Final = r"[+-]?\d{1,3}\.\d+"
_NUMBERS: Final = rf"^[\[(]? ?(?P<one>{_DECIMAL})(?:[,;]| |[,;] )(?P<two>{_DECIMAL}) ?[\])]?$"
_LETTERED: Final = r"^(?P<one>[^NSEW]+[NSEW])[,;]? ?(?P<two>[^NSEW]+[NSEW])$"
#: The axis that a letter names: 1 the longitude, -1 the latitude, 0 none.
_AXIS: Final = {"E": 1, "W": 1, "N": -1, "S": -1, "": 0, "lon": 1, "lat": -1}
_SLICE: Final = 4_000


@dataclass(frozen=True)
class Angles:
    """A column of coordinates.

    Parameters
    ----------
    degrees
        Shape (n,), NaN where there is none.
    axes
        What letters name: 1 the longitude, -1 the latitude, 0 nothing; shape (n,).
    unread
        The texts that are no coordinate, one a row.
    """

    degrees: Floats
    axes: npt.NDArray[np.int64]
    unread: tuple[str, ...] = ()


def angles_of(values: Column, *, west_o: bool) -> Angles:
    """Read a column of coordinates; `west_o` as in `read_angle`."""
    if values.dtype != object:
        return Angles(values.astype(np.float64), np.zeros(len(values), dtype=np.int64))
    words, row_word = _words(values)
    found = _plain(words)
    for i, text in _left(words, found.degrees):
        _put(found, i, read_angle(text, west_o=west_o))
    return _by_row(found, values, row_word, np.isnan(found.degrees))


def pairs_of(values: Column, *, west_o: bool) -> tuple[Angles, Angles]:
    """Read a column of pairs, in the order in which they stand; the first one has the unread."""
    words, row_word = _words(values)
    spelled = pc.utf8_trim_whitespace(words)
    one, two = (_plain(_either(spelled, name)) for name in ("one", "two"))
    odd = np.isnan(one.degrees) | np.isnan(two.degrees)
    odd |= (one.axes != 0) & (one.axes == two.axes)
    one.degrees[odd] = np.nan
    for i, text in _left(words, one.degrees):
        pair = read_pair(text, west_o=west_o)
        _put(one, i, pair and pair[0])
        _put(two, i, pair and pair[1])
    lost = np.isnan(one.degrees)
    return _by_row(one, values, row_word, lost), _by_row(two, values, row_word, ~lost & lost)


def geometries_of(values: Column) -> tuple[Shapes, set[int], list[str]]:
    """Read WKT, EWKT, WKB in hex and GeoJSON; return shapes, their SRIDs and what was unread."""
    words, row_word = _words(values)
    words = pc.utf8_trim_whitespace(words)
    tags = pc.extract_regex(words, r"^(?i:SRID)=(?P<code>\d{1,9});")
    codes = {int(code) for code in pc.unique(pc.struct_field(tags, "code").drop_null()).to_pylist()}
    bare = pc.replace_substring_regex(words, r"^(?i:SRID)=\d{1,9};", "")
    hexadecimal = _mask(pc.match_substring_regex(bare, "^(00|01)[0-9A-Fa-f]{40,}"))
    braced = _mask(pc.starts_with(bare, "{"))
    texts = bare.to_numpy(zero_copy_only=False)
    safe = np.ones(len(texts), dtype=bool)
    for i in np.flatnonzero(_mask(pc.greater_equal(pc.binary_length(bare), SHALLOW))):
        safe[i] = not is_deep(texts[i])
    shapes = np.full(len(words) + 1, None, dtype=object)  # the last one is that of a gap
    readers: tuple[tuple[Mask, Callable[..., Any]], ...] = (
        (safe & hexadecimal, shapely.from_wkb),
        (safe & braced, shapely.from_geojson),
        (safe & ~hexadecimal & ~braced, shapely.from_wkt),
    )
    for where, reader in readers:
        rows = np.flatnonzero(where)
        for start in range(0, len(rows), _SLICE):  # between which other threads get their turn
            some = rows[start : start + _SLICE]
            with np.errstate(all="ignore"):  # "NaN" and "1e999" are numbers to it
                shapes[some] = reader(texts[some], on_invalid="ignore")
    codes |= {int(code) for code in np.unique(shapely.get_srid(shapes)) if code > 0}
    lost = np.append(shapely.is_missing(shapes[:-1]), False)
    return shapes[row_word], codes, values[lost[row_word]].tolist()


def _words(values: Column) -> tuple[pa.Array, npt.NDArray[np.int64]]:
    """Return the different texts of a column, and which each row has, -1 where it has none."""
    texts = pa.array([] if values.dtype != object else values, pa.string(), from_pandas=True)
    blank = pc.equal(pc.utf8_trim_whitespace(texts), "")
    coded = pc.if_else(blank, pa.scalar(None, pa.string()), texts).dictionary_encode()
    index = coded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    return coded.dictionary, np.asarray(index, dtype=np.int64)


def _either(words: pa.Array, name: str) -> pa.Array:
    """Return one half of pairs, of numbers or with letters; null where it is another spelling."""
    numbers, lettered = (
        pc.struct_field(pc.extract_regex(words, pattern), name) for pattern in (_NUMBERS, _LETTERED)
    )
    return pc.utf8_trim_whitespace(pc.coalesce(numbers, lettered))


def _plain(words: pa.Array) -> Angles:
    """Read angles in the usual spellings; NaN where it is another one, or none."""
    found = pc.extract_regex(pc.utf8_trim_whitespace(words), _PLAIN)
    part = {name: pc.struct_field(found, name) for name in ("degrees", "minutes", "seconds")}
    whole = {name: _mask(pc.match_substring(text, "."), but=True) for name, text in part.items()}
    given = {name: _mask(pc.not_equal(text, "")) for name, text in part.items()}
    degrees, minutes, seconds = (
        np.array(
            pc.if_else(pc.equal(text, ""), "0", text)
            .cast(pa.float64())
            .to_numpy(zero_copy_only=False)
        )
        for text in part.values()
    )
    before, after = (pc.struct_field(found, name) for name in ("before", "after"))
    letter = pc.binary_join_element_wise(before, after, "")
    right = _mask(pc.less_equal(pc.utf8_length(letter), 1))
    right &= ~given["minutes"] | (whole["degrees"] & (degrees <= 360) & (minutes <= 60))
    right &= ~given["seconds"] | (whole["minutes"] & (seconds <= 60))
    value = degrees + minutes / 60.0 + seconds / 3600.0
    negative = _mask(pc.equal(pc.struct_field(found, "sign"), "-"))
    negative |= _mask(pc.is_in(letter, pa.array(["S", "W"])))
    axes = np.zeros(len(words), dtype=np.int64)
    for name in "NSEW":
        axes[right & _mask(pc.equal(letter, name))] = _AXIS[name]
    return Angles(np.where(right, np.where(negative, -value, value), np.nan), axes)


def _mask(flags: Any, *, but: bool = False) -> Mask:
    """Return flags as a mask; a gap is none. With `but` set it is turned round."""
    flags = pc.invert(flags) if but else flags
    return np.array(flags.fill_null(False).to_numpy(zero_copy_only=False), dtype=bool)


def _left(words: pa.Array, degrees: Floats) -> list[tuple[int, str]]:
    """Return those of the words that are not read yet, with their numbers."""
    rows = np.flatnonzero(np.isnan(degrees))
    return list(zip(rows.tolist(), words.take(pa.array(rows)).to_pylist(), strict=True))


def _put(angles: Angles, row: int, angle: Angle | None) -> None:
    if angle is not None:
        angles.degrees[row], angles.axes[row] = angle.degrees, _AXIS[angle.axis]


def _by_row(words: Angles, values: Column, row_word: npt.NDArray[np.int64], lost: Mask) -> Angles:
    """Return for each row what its word is."""
    degrees = np.append(words.degrees, np.nan)[row_word]
    unread = values[np.append(lost, False)[row_word]]
    return Angles(degrees, np.append(words.axes, 0)[row_word], tuple(unread.tolist()))
