"""Positions against what their rows say: the country named, and the same site told twice."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import shapely

from gisapp.data.countries import Index, Lands, Mask, Named, lands, named
from gisapp.data.mend import tell_outside
from gisapp.data.raw import Raw
from gisapp.data.suggest import suggest_mapping
from gisapp.model.features import Features, Floats
from gisapp.model.feedback import Feedback
from gisapp.model.mapping import ColumnMapping
from gisapp.model.reading import DEFAULTS, Choice, Finding, ReadOptions

#: Degrees from the named country beyond which a position is plainly wrong, not merely near.
_FAR: Final = 1.0
#: Polygons beyond this number are not looked at: a point inside each takes long.
_AREAS: Final = 5_000
#: Shares of the rows with a country above and below which all of a layer is swapped.
_ALL, _NONE = 0.8, 0.2
_TWICE_KM: Final = 2.0
#: How many rows to the east of one are looked at, at most.
_BEFORE: Final = 24
_KM_PER_DEGREE: Final = 111.2
_LON_BITS: Final = 26  # of a number to sort by: less than a metre
_NAMED_ROWS: Final = 3
_FLIPS: Final = ((-1.0, 1.0), (1.0, -1.0), (-1.0, -1.0))

Places = npt.NDArray[np.float64]
Texts = npt.NDArray[np.object_]


def check(raw: Raw, options: ReadOptions = DEFAULTS, *, feedback: Feedback | None = None) -> None:
    """Compare positions in WGS 84 with the countries that rows name, and look for duplicates.

    What contradicts is told; a swap or a wrong sign that the country proves is mended unless the
    options say otherwise, and both are offered as findings. Nothing else is moved. In place.
    """
    positions = _positions(raw)
    if positions is None or not raw.columns:
        return
    mapping = options.mapping
    if mapping is None:
        blank = Features.from_points(np.zeros((len(positions), 2)), raw.columns)
        mapping = suggest_mapping(blank)
    who = named(raw.columns, mapping)
    if who is not None:
        if feedback:
            feedback.check(1.0, "Checking countries")
        _Countries(raw, options, who, lands()).check(positions)
    if raw.points is not None:
        if feedback:
            feedback.check(1.0, "Looking for duplicates")
        _duplicates(raw, options, mapping)


def _positions(raw: Raw) -> Places | None:
    """Return a position of each feature, shape (n, 2); None where that says little or is slow."""
    if raw.points is not None:
        return raw.points
    if raw.shapes is None or len(raw.shapes) > _AREAS:
        return None
    if not np.isin(shapely.get_dimensions(raw.shapes), (-1, 0, 2)).all():
        return None  # a line lies in many countries
    with np.errstate(over="ignore"):  # numbers of any size
        inside = shapely.point_on_surface(raw.shapes)
    return np.column_stack([shapely.get_x(inside), shapely.get_y(inside)])


class _Countries:
    """One layer's rows, the countries that they name, and what is to be done about it."""

    def __init__(self, raw: Raw, options: ReadOptions, who: Named, world: Lands) -> None:
        self._raw, self._options, self._world = raw, options, world
        self._who = who
        order = np.argsort(who.of_row, kind="stable")
        edges = np.searchsorted(who.of_row[order], np.arange(len(who.codes) + 1))
        self._rows = [
            order[edges[i] : edges[i + 1]]
            for i in range(len(who.codes))
            if world.knows(who.codes[i])
        ]
        self._codes = [code for code in who.codes if world.knows(code)]

    def check(self, positions: Places) -> None:
        beyond: Mask = np.zeros(len(positions), dtype=bool)
        if self._raw.beyond is not None:  # these may be swapped
            beyond = np.asarray(np.isfinite(self._raw.beyond).all(axis=1))
            positions = np.where(beyond[:, None], self._raw.beyond, positions)
        asked = np.zeros(len(positions), dtype=bool)
        for rows in self._rows:
            asked[rows] = True
        asked &= np.isfinite(positions).all(axis=1)
        wrong = asked & ~self._fit(positions, asked)
        wrong &= ~self._exactly(positions, wrong)
        if not wrong.any():
            return
        far = wrong & ~self._fit(positions, wrong, near=_FAR)
        swapped = self._swap(positions, asked, far)
        turned = self._turn(positions, far & ~swapped & ~beyond)
        self._tell_rest(positions, wrong & ~swapped & ~turned & ~beyond)

    def _fit(self, positions: Places, some: Mask, *, near: float | None = None) -> Mask:
        """Return which of some rows lie in the country that they name."""
        fits = np.zeros(len(positions), dtype=bool)
        for code, all_rows in zip(self._codes, self._rows, strict=True):
            rows = all_rows[some[all_rows]]
            if len(rows):
                fits[rows] = (
                    self._world.inside(code, positions[rows])
                    if near is None
                    else self._world.inside(code, positions[rows], near=near)
                )
        return fits

    def _exactly(self, positions: Places, wrong: Mask) -> Mask:
        """Return which lie on what generalised borders leave out: small islands, capes."""
        right = np.zeros(len(positions), dtype=bool)
        for code, all_rows in zip(self._codes, self._rows, strict=True):
            rows = all_rows[wrong[all_rows]]
            if len(rows):
                right[rows] = self._world.exactly_inside(code, positions[rows])
        return right

    def _swap(self, positions: Places, asked: Mask, far: Mask) -> Mask:
        """Offer to swap longitude and latitude where only then the country fits."""
        none: Mask = np.zeros(len(positions), dtype=bool)
        if self._options.swap_axes:
            return none
        rows = far & (np.abs(positions[:, 0]) <= 90)
        rows &= self._fit(positions[:, ::-1], rows)
        if not rows.any():
            return none
        whole = rows.sum() >= _ALL * asked.sum()
        where = np.asarray(np.isfinite(positions).all(axis=1)) if whole else rows
        made = self._offer(
            "axes_swapped",
            where,
            "{n} with longitude and latitude the wrong way round: only swapped do they lie in "
            f"the country that the column {self._who.column} names",
            ("Swap them", "Leave them"),
            int(rows.sum()),
        )
        if made:
            self._put_swapped(positions, where)
        return where

    def _put_swapped(self, positions: Places, where: Mask) -> None:
        """Swap some rows; those that were outside the world are told anew, without these."""
        raw = self._raw
        if raw.beyond is None or raw.points is None:
            _change(raw, where, lambda xy: xy[:, ::-1])
            return
        inside = where & (np.abs(positions) <= [90.0, 180.0]).all(axis=1)
        raw.points = np.where(inside[:, None], positions[:, ::-1], raw.points)
        raw.beyond = np.where(inside[:, None], np.nan, raw.beyond)
        raw.problems = [problem for problem in raw.problems if problem.code != "out_of_range"]
        tell_outside(raw, np.asarray(np.isfinite(raw.beyond).all(axis=1)))

    def _turn(self, positions: Places, far: Mask) -> Mask:
        """Offer to change the sign of a coordinate where only then the country fits."""
        turned: Mask = np.zeros(len(positions), dtype=bool)
        hits = [far & self._fit(positions * flip, far) for flip in _FLIPS]
        hits[0], hits[1] = hits[0] & ~hits[1], hits[1] & ~hits[0]  # both would be a toss-up
        hits[2] &= ~hits[0] & ~hits[1]
        for hit in hits:
            turned |= hit
        if turned.any() and self._offer(
            "wrong_hemisphere",
            turned,
            "{n} on the wrong side of the equator or of Greenwich: only with the sign of a "
            f"coordinate changed do they lie in the country that {self._who.column} names",
            ("Change the sign", "Leave them"),
            int(turned.sum()),
        ):
            for hit, flip in zip(hits, _FLIPS, strict=True):
                _change(self._raw, hit, partial(np.multiply, flip))
        return turned

    def _offer(
        self, code: str, where: Mask, message: str, words: tuple[str, str], proven: int
    ) -> bool:
        """Tell and offer a repair that the country proves, which is why it is usually made."""
        made = self._options.wants(code, usually=True)
        done = "; this was mended." if made else "; this was left."
        text = self._raw.tell(code, where, message + done, "Check them on the map.")
        yes, no = words
        choices = (
            Choice("yes", yes, f"{proven:,} then lie in the country that they name."),
            Choice("no", no, "They stay where the file has them, in no or another country."),
        )
        self._raw.findings.append(
            Finding(
                code,
                code,
                text,
                "yes" if made else "no",
                choices,
                sure=False,
                count=int(where.sum()),
            )
        )
        return made

    def _tell_rest(self, positions: Places, where: Mask) -> None:
        if self._raw.points is None:  # an area at sea may be a country's all the same
            where = where & (self._world.at(positions) != "")
        rows = np.flatnonzero(where)[:_NAMED_ROWS]
        lies = self._world.at(positions[rows])
        says = [self._who.codes[self._who.of_row[row]] for row in rows]
        examples = "; ".join(
            f"row {row + 1} says {self._world.name(code)} and lies "
            + (f"in {self._world.name(place)}" if place else "at sea")
            for row, code, place in zip(rows, says, lies, strict=True)
        )
        self._raw.tell(
            "other_country",
            where,
            f"{{n}} outside the country that the column {self._who.column} names: {examples}.",
            "Check position and country at the source; nothing was moved.",
        )


def _change(raw: Raw, where: Mask, change: Callable[[Floats], Floats]) -> None:
    if not where.any():
        return
    if raw.points is not None:
        raw.points = raw.points.copy()
        raw.points[where] = change(raw.points[where])
    elif raw.shapes is not None:
        raw.shapes = raw.shapes.copy()
        raw.shapes[where] = shapely.transform(raw.shapes[where], change)


def _duplicates(raw: Raw, options: ReadOptions, mapping: ColumnMapping) -> None:
    """Offer to leave out later rows of the same name and mineral within two kilometres."""
    fields = dict(mapping.columns)
    name = raw.columns.get(fields.get("name", ""))
    if name is None or name.dtype != object or raw.points is None:
        return
    mineral = raw.columns.get(fields.get("mineral", ""))
    if mineral is not None and mineral.dtype != object:
        mineral = None
    twice = _later(name, mineral, raw.points)
    if not twice.any():
        return
    drop = options.wants("duplicates", usually=False)
    same = "name and mineral" if mineral is not None else "name"
    done = "they were left out." if drop else "they are kept."
    text = raw.tell(
        "duplicates",
        twice,
        f"{{n}} of the same {same} as an earlier one within {_TWICE_KM:g} km; {done}",
        "They count twice in the analyses.",
    )
    choices = (
        Choice("no", "Keep them", "They may be several facilities at one site."),
        Choice("yes", "Leave the later ones out", "Each site then counts once."),
    )
    raw.findings.append(
        Finding(
            "duplicates",
            "duplicates",
            text,
            "yes" if drop else "no",
            choices,
            count=int(twice.sum()),
        )
    )
    if drop:
        raw.keep(~twice)


def _folded(values: Texts) -> npt.NDArray[np.int64]:
    """Return a number for each text, capitals and blanks apart; -1 where there is none."""
    texts = pa.array(values, pa.string(), from_pandas=True)
    texts = pc.utf8_lower(pc.utf8_trim_whitespace(texts))
    if pc.any(pc.match_substring(texts, "  ")).as_py():
        texts = pc.replace_substring_regex(texts, r"\s+", " ")
    coded = pc.if_else(pc.equal(texts, ""), None, texts).dictionary_encode()
    return np.asarray(coded.indices.fill_null(-1).to_numpy(zero_copy_only=False), dtype=np.int64)


def _later(name: Texts, mineral: Texts | None, lonlat: Floats) -> Mask:
    """Return which rows have an earlier one of the same name and mineral within the distance.

    Rows without a name have none. The others are looked at in bands of latitude, from west to
    east; two sets of bands, half a band apart, leave no pair out.
    """
    twice = np.zeros(len(lonlat), dtype=bool)
    code = _folded(name)
    rows = np.flatnonzero((code >= 0) & np.isfinite(lonlat).all(axis=1))
    rows = rows[np.bincount(code[rows])[code[rows]] > 1] if len(rows) else rows
    key = code[rows]
    if mineral is not None:
        other = _folded(mineral[rows])
        _, key, counts = np.unique(
            key * (len(rows) + 1) + other + 1, return_inverse=True, return_counts=True
        )
        rows, key = rows[counts[key] > 1], key[counts[key] > 1]
    lon, lat = lonlat[rows].T
    west = (lon + 180) * np.cos(np.radians(lat)) * _KM_PER_DEGREE <= _TWICE_KM
    rows, key = np.concatenate([rows, rows[west]]), np.concatenate([key, key[west]])
    lon = np.concatenate([lon, lon[west] + 360])  # once more beyond the 180th meridian
    lat = np.concatenate([lat, lat[west]])
    bands = (lat + 90) * _KM_PER_DEGREE / (2 * _TWICE_KM)
    across = ((lon + 180) / 720 * 2**_LON_BITS).astype(np.int64)
    for shift in (0.0, 0.5):
        band = np.floor(bands + shift).astype(np.int64)
        group = key * (int(band.max(initial=0)) + 1) + band
        order = np.argsort(group << _LON_BITS | across)
        _mark_close(twice, rows[order], group[order], lon[order], lat[order])
    return twice


def _mark_close(twice: Mask, rows: Index, group: Index, lon: Floats, lat: Floats) -> None:
    """Mark the later one of each two rows of a group, sorted by longitude, that are close."""
    cosine = np.cos(np.radians(lat))
    first = np.arange(len(rows))
    for step in range(1, _BEFORE + 1):
        first = first[first < len(rows) - step]
        second = first + step
        east = (lon[second] - lon[first]) * np.minimum(cosine[first], cosine[second])
        near = (group[first] == group[second]) & (east * _KM_PER_DEGREE <= _TWICE_KM)
        first, second, east = first[near], second[near], east[near]
        if not len(first):
            return
        close = np.hypot(lat[second] - lat[first], east) * _KM_PER_DEGREE <= _TWICE_KM
        close &= rows[first] != rows[second]
        twice[np.maximum(rows[first[close]], rows[second[close]])] = True
