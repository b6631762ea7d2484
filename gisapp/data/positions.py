"""Where the rows of a table are: found from names, else from values, and told with its reasons."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import shapely

from gisapp.data import position_names, utm
from gisapp.data.angles import Angle, letters_in, read_angle, read_pair
from gisapp.data.nesting import is_deep
from gisapp.data.raw import Raw
from gisapp.data.suggest import suggest_mapping
from gisapp.model.features import Column, Features, Floats
from gisapp.model.feedback import GisappError, Problem, Severity
from gisapp.model.reading import DEFAULTS, Choice, Finding, ReadOptions

_WKT: Final = re.compile(
    r"\s*(SRID=\d+;)?\s*(MULTI)?(POINT|LINESTRING|POLYGON|GEOMETRYCOLLECTION)\s*(Z|M|ZM)?\s*(\(|EMPTY)",
    re.IGNORECASE,
)
_HEX: Final = re.compile(r"(00|01)[0-9A-Fa-f]{40,}")
_JSON: Final = re.compile(r'\s*\{.*"type"\s*:\s*"(Multi)?(Point|LineString|Polygon|Geometry)')
_SAMPLE: Final = 300
_DEGREES: Final = 400.0
_NAMED: Final = 3
_CHOICES: Final = 8


def place(raw: Raw, title: str, options: ReadOptions = DEFAULTS) -> None:
    """Give a table without geometry its positions from its own columns, in place.

    The user's columns win. Else, in this order: a column of geometries as text; columns whose
    names say what they are and whose values agree; a column of pairs; what values alone say. The
    columns taken are told in `raw.findings`, where there is doubt with `sure` False.

    Raises
    ------
    GisappError
        no_coordinates, with the columns that the user may choose from; unknown_column.
    """
    table = _Table(raw, title, options)
    table.check_named()
    if not (table.by_user() or table.by_name() or table.by_value()):
        raise table.refusal()


@dataclass
class _Table:
    raw: Raw
    title: str
    options: ReadOptions

    @property
    def columns(self) -> dict[str, Column]:
        return self.raw.columns

    def check_named(self) -> None:
        """Refuse columns that the user names, but that are not there."""
        for name in (self.options.lon, self.options.lat, self.options.wkt):
            if name and name not in self.columns:
                raise GisappError(
                    "unknown_column",
                    f'{self.title} has no column "{name}".',
                    f"Its columns: {_some(list(self.columns), 12)}.",
                    tuple(self._axis_findings("", "")),
                )

    # what the user says -------------------------------------------------

    def by_user(self) -> bool:
        """Take the columns that the user chose."""
        wkt, lon, lat = self.options.wkt, self.options.lon, self.options.lat
        if wkt:
            if _share(self.columns[wkt], _is_geometry) > 0:
                self._take_geometry(wkt)
            else:
                self._take_pairs(wkt, sure=True)
            return True
        if lon and lat:
            self._take_axes(lon, lat, sure=True)
            return True
        if lon or lat:
            named = lon or lat or ""
            other = "lat" if lon else "lon"
            rest = [n for n in position_names.ranked(self.columns, other) if n != named]
            if rest:
                self._take_axes(lon or rest[0], lat or rest[0], sure=True)
                return True
        return False

    # what names say -----------------------------------------------------

    def by_name(self) -> bool:
        """Take columns whose names say what they are, where their values agree."""
        named = position_names.ranked(self.columns, "wkt")
        for name in [*named, *(n for n in self.columns if n not in named)]:
            if _share(self.columns[name], _is_geometry) >= (0.5 if name in named else 0.9):
                self._take_geometry(name)
                return True
        pair = self._named_axes()
        if pair is not None:
            self._take_axes(*pair, sure=True)
            return True
        for name in position_names.ranked(self.columns, "pair"):
            if _share(self.columns[name], _is_pair) >= 0.6:
                self._take_pairs(name)
                return True
        return False

    def _named_axes(self) -> tuple[str, str] | None:
        lons = [n for n in position_names.ranked(self.columns, "lon") if self._reads(n)]
        lats = [n for n in position_names.ranked(self.columns, "lat") if self._reads(n)]
        for lon in lons:
            others = [lat for lat in lats if lat != lon]
            alike = [
                x for x in others if _is_degrees(self.columns[x]) == _is_degrees(self.columns[lon])
            ]  # a longitude with a latitude, an easting with a northing
            if alike:
                return lon, alike[0]
        if lons and lats and lons[0] != lats[0]:
            return lons[0], lats[0]
        sure = [  # whose values nobody can read, which is told row by row
            next(filter(position_names.is_plain, position_names.ranked(self.columns, axis)), None)
            for axis in ("lon", "lat")
        ]
        return (sure[0], sure[1]) if sure[0] and sure[1] else None

    def _reads(self, name: str) -> bool:
        """Tell whether a column can be an axis; one without any value can."""
        values = self.columns[name]
        if not len(values):
            return True
        if values.dtype == object:
            return _share(values, _is_angle) >= 0.5
        return values.dtype.kind in "if" and bool(np.isfinite(values.astype(float)).any())

    # what values say ----------------------------------------------------

    def by_value(self) -> bool:
        """Take columns whose values leave little doubt: letters, pairs, else two of decimals."""
        lettered = {
            axis: [n for n, v in self.columns.items() if _share(v, _has_letter(axis)) >= 0.8]
            for axis in ("lon", "lat")
        }
        if len(lettered["lon"]) >= 1 and len(lettered["lat"]) >= 1:
            self._take_axes(lettered["lon"][0], lettered["lat"][0], sure=True)
            return True
        pairs = [n for n, v in self.columns.items() if _share(v, _is_sure_pair) >= 0.9]
        if pairs:
            self._take_pairs(pairs[0])
            return True
        likely = [n for n, v in self.columns.items() if _looks_degrees(v)]
        if len(likely) != 2:
            return False
        one, two = likely
        first = np.nanmax(np.abs(self.columns[one].astype(float)))
        second = np.nanmax(np.abs(self.columns[two].astype(float)))
        lon, lat = (one, two) if first > 90 >= second else (two, one)  # people write latitude first
        self._take_axes(lon, lat, sure=False)
        return True

    # taking -------------------------------------------------------------

    def _take_geometry(self, name: str) -> None:
        raw = self.raw
        texts = raw.columns.pop(name)
        shapes, codes, unread = _geometries(texts)
        raw.shapes = shapely.force_2d(shapes)
        _points_only(raw)
        if len(codes) == 1:
            raw.crs = f"EPSG:{codes.pop()}"
        elif len(codes) > 1:
            self._tell(
                "srid_mixed",
                f'The geometries in "{name}" name several coordinate reference systems '
                f"({_some([str(c) for c in sorted(codes)], 4)}); WGS 84 was taken for all.",
            )
        self._tell_unread(unread, f'geometries in "{name}"')
        self._find("wkt", name, [name], f'The geometry was read from "{name}".', sure=True)
        if raw.crs is None:
            self._state_crs([name], degrees=_in_degrees(raw))

    def _take_axes(self, lon: str, lat: str, *, sure: bool) -> None:
        west_o = self._west_o([lon, lat])
        x, y = (_angles(self.columns[n], west_o=west_o) for n in (lon, lat))
        points = np.column_stack([x.degrees, y.degrees])
        if "lat" in x.axes and "lon" in y.axes and "lon" not in x.axes:
            points = points[:, ::-1]  # the letters know better than the names
        self.raw.points = np.ascontiguousarray(points)
        self._tell_unread([*x.unread, *y.unread], f'coordinates in "{lon}" and "{lat}"')
        for finding in self._axis_findings(lon, lat, sure=sure):
            self.raw.findings.append(finding)
        if not sure:
            self._tell(
                "columns_guessed",
                f'No column is named as a position; "{lon}" was taken for the longitude and '
                f'"{lat}" for the latitude by their values.',
                "Choose the columns by hand if that is wrong.",
            )
        metric = not _in_degrees(self.raw)
        if metric and self._utm(lon, lat):
            return
        unknown = position_names.says_metres(lon) and not len(self.raw.points)
        self._state_crs([lon, lat], degrees=not (metric or unknown))

    def _take_pairs(self, name: str, *, sure: bool | None = None) -> None:
        west_o = self._west_o([name])
        values = self.columns[name]
        first_lon = position_names.lon_first(name)
        read: dict[str, tuple[Angle, Angle] | None] = {
            t: read_pair(t, west_o=west_o) for t in set(_texts(values))
        }
        known = [p for p in read.values() if p]
        lettered = any(a.axis or b.axis for a, b in known)
        beyond = [sum(abs(p[i].degrees) > 90 for p in known) for i in (0, 1)]
        told = first_lon
        if beyond[0] and not beyond[1]:
            told = True
        elif beyond[1] and not beyond[0]:
            told = False
        option = f"lon_first:{name}"
        swap = self.options.wants(option, usually=bool(told))
        points = np.full((len(values), 2), np.nan)
        for i, text in enumerate(values):
            pair = read.get(text) if isinstance(text, str) else None
            if pair:
                points[i] = _lon_lat(*pair, lon_first=swap)
        self.raw.points = points
        unread = [t for t in _texts(values) if not read.get(t)]
        self._tell_unread(unread, f'pairs of coordinates in "{name}"')
        self._find("wkt", name, [name], f'Positions were read from pairs in "{name}".', sure=True)
        if not lettered and known:
            certain = sure or told is not None or option in dict(self.options.repairs)
            order = ("longitude", "latitude") if swap else ("latitude", "longitude")
            message = f'The pairs in "{name}" were read as {order[0]}, {order[1]}.'
            choices = (
                Choice("no", "Latitude first", "Usual in writing."),
                Choice("yes", "Longitude first", "Usual in programs."),
            )
            self.raw.findings.append(
                Finding(
                    "pair_order",
                    option,
                    message,
                    "yes" if swap else "no",
                    choices,
                    sure=bool(certain),
                    count=len(values),
                )
            )
            if not certain:
                self._tell("pair_order", message, "Say if it is the other way round.")
        self._state_crs([name], degrees=_in_degrees(self.raw))

    def _west_o(self, names: list[str]) -> bool:
        """Tell whether an "O" is west (ouest, oeste, ovest) or east (Ost)."""
        said: set[str] = set()
        for name in names:
            values = self.columns[name]
            for text in set(_texts(values)[:_SAMPLE] if values.dtype == object else []):
                said |= letters_in(text)
        if "O" not in said:
            return True
        headings = " ".join(map(position_names.bare, self.columns))
        german = "W" in said or bool(re.search("lange|laenge|breite|ostwert", headings))
        west = "L" in said or "E" in said or not german
        sure = bool(said & {"W", "L", "E"}) or german or "letter_o" in dict(self.options.repairs)
        west = self.options.wants("letter_o", usually=west)
        message = f'The letter "O" was read as {"west" if west else "east"}.'
        self.raw.findings.append(
            Finding(
                "letter_o",
                "letter_o",
                message,
                "yes" if west else "no",
                (
                    Choice("yes", "O is west", "As ouest, oeste, ovest."),
                    Choice("no", "O is east", "As the German Ost."),
                ),
                sure=sure,
            )
        )
        if not sure:
            self._tell("letter_o", message, "Say if it is east (German: Ost).")
        return west

    # reference systems --------------------------------------------------

    def _utm(self, lon: str, lat: str) -> bool:
        """Give metres their UTM zone, from a column, or from a heading; False where none says."""
        raw = self.raw
        assert raw.points is not None
        datum = self._datum([lon, lat])
        headings = [lon, lat, *position_names.ranked(self.columns, "zone")]
        if any(utm.crs_in(n) for n in headings[:2]):
            return False
        for name in position_names.ranked(self.columns, "zone"):
            hemispheres = next(iter(position_names.ranked(self.columns, "hemisphere")), None)
            numbers, south, said = utm.read_zones(
                list(self.columns[name]),
                None if hemispheres is None else list(self.columns[hemispheres]),
            )
            if (numbers > 0).mean() >= 0.5:
                if not said:
                    south = self._south(south)
                self._place_zones(numbers, south, datum, name)
                return True
        stated = utm.zone_in_heading([*headings, raw.name])
        if stated is None:
            return False
        zone, letter = stated
        count = len(raw.points)
        south = np.full(count, letter == "S")
        if not letter:
            south = self._south(south)
        self._place_zones(np.full(count, zone), south, datum, "")
        return True

    def _south(self, said: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
        """Ask for the hemisphere of zones that name none; the north is taken."""
        south = self.options.wants("utm_south", usually=False)
        sure = "utm_south" in dict(self.options.repairs)
        message = (
            "The UTM zones do not say which hemisphere they are in; the "
            f"{'southern' if south else 'northern'} was taken."
        )
        self.raw.findings.append(
            Finding(
                "utm_hemisphere",
                "utm_south",
                message,
                "yes" if south else "no",
                (Choice("no", "Northern hemisphere"), Choice("yes", "Southern hemisphere")),
                sure=sure,
            )
        )
        if not sure:
            self._tell("utm_hemisphere", message, "Say so if it is the other one.")
        return said | south

    def _place_zones(
        self,
        numbers: npt.NDArray[np.int64],
        south: npt.NDArray[np.bool_],
        datum: str,
        column: str,
    ) -> None:
        raw = self.raw
        assert raw.points is not None
        known = numbers > 0
        several = len(set(zip(numbers[known].tolist(), south[known].tolist(), strict=True))) > 1
        if not several and known.all():
            raw.crs = utm.code_of(int(numbers[0]), south=bool(south[0]), datum=datum or "wgs84")
            where = f'the column "{column}"' if column else "a heading"
            self._tell(
                "utm_zone",
                f"The coordinates are in metres of {raw.crs}, as {where} says.",
                severity=Severity.INFO,
            )
            return
        raw.points, zones = utm.to_wgs84(raw.points, numbers, south, datum or "wgs84")
        raw.crs = "EPSG:4326"
        listed = ", ".join(f"{zone} ({count:,})" for zone, count in sorted(zones.items()))
        lost = int((~known).sum())
        self._tell(
            "utm_zones",
            f"The rows are in several UTM zones, each was moved by its own: {listed}"
            + (f"; {lost:,} rows name no zone and have no position." if lost else "."),
            severity=Severity.WARNING if lost else Severity.INFO,
        )

    def _datum(self, names: list[str]) -> str:
        """Return the datum that headings or a constant column name, a key of `utm.DATUMS`."""
        for name in [*names, *self.columns]:
            found = utm.datum_in(name) if name in names else ""
            if found:
                return found
        for name in position_names.ranked(self.columns, "crs"):
            said = set(_texts(self.columns[name]))
            datums = {utm.datum_in(t) for t in said}
            if len(datums) == 1 and "" not in datums:
                return datums.pop()
        return ""

    def _state_crs(self, names: list[str], *, degrees: bool) -> None:
        """Say which CRS the coordinates are in: what the table states, else WGS 84 or unknown."""
        raw = self.raw
        for name in names:
            raw.crs = raw.crs or utm.crs_in(name) or None
        for name in position_names.ranked(self.columns, "crs"):
            said = {str(v) for v in self.columns[name] if v is not None and str(v) != "nan"}
            codes = {utm.crs_in(text) for text in said}
            if raw.crs is None and len(codes) == 1 and "" not in codes:
                raw.crs = codes.pop()
        datum = self._datum(names)
        if raw.crs is None and degrees and datum:
            raw.crs = f"EPSG:{utm.DATUMS[datum][0]}"
        if raw.crs is not None:
            self._tell(
                "crs_column",
                f"The table itself says its coordinate reference system: {raw.crs}.",
                severity=Severity.INFO,
            )
        elif degrees:
            raw.crs_assumed = "EPSG:4326"
            self._tell(
                "crs_guessed",
                "A table does not say its coordinate reference system; WGS 84 was taken.",
                "If the layer lies off, give the CRS by hand.",
                severity=Severity.INFO,
            )

    # telling ------------------------------------------------------------

    def _axis_findings(self, lon: str, lat: str, *, sure: bool = True) -> list[Finding]:
        """Return what the user can choose of for each axis."""
        found = []
        for axis, taken in (("lon", lon), ("lat", lat)):
            word = "longitude" if axis == "lon" else "latitude"
            choices = self._choices(axis, taken)
            message = f'The {word} was read from "{taken}".' if taken else f"Which is the {word}?"
            if choices:
                found.append(Finding("columns", axis, message, taken, choices, sure=sure))
        return found

    def _choices(self, axis: str, taken: str) -> tuple[Choice, ...]:
        """Return the columns that may hold an axis, the likeliest first, each with a reason."""
        named = position_names.ranked(self.columns, axis)
        order = [taken] if taken else []
        order += [n for n in named if n not in order and self._reads(n)]
        order += [n for n, v in self.columns.items() if n not in order and _looks_degrees(v)]
        order += [
            n for n, v in self.columns.items() if n not in order and _share(v, _is_angle) >= 0.5
        ]
        if len(order) < 2:
            order += [n for n, v in self.columns.items() if n not in order and v.dtype.kind in "if"]
        return tuple(
            Choice(n, n, self._reason(n, axis, named=n in named)) for n in order[:_CHOICES]
        )

    def _reason(self, name: str, axis: str, *, named: bool) -> str:
        values = self.columns[name]
        word = "longitude" if axis == "lon" else "latitude"
        said = f"Its name says {word}" if named else f"Its values can be {word}s"
        if values.dtype.kind in "if":
            known = values[np.isfinite(values.astype(float))]
            if len(known):
                return f"{said}: {float(known.min()):.10g} to {float(known.max()):.10g}."
        first = next(iter(_texts(values)), "")
        return f'{said}: "{first[:40]}".' if first else f"{said}."

    def _find(self, option: str, taken: str, names: list[str], message: str, *, sure: bool) -> None:
        choices = tuple(Choice(n, n) for n in names)
        self.raw.findings.append(Finding("columns", option, message, taken, choices, sure=sure))

    def _tell(
        self,
        code: str,
        message: str,
        hint: str = "",
        *,
        severity: Severity = Severity.WARNING,
        count: int = 1,
    ) -> None:
        self.raw.problems.append(Problem(code, severity, message, hint, count))

    def _tell_unread(self, unread: list[str], what: str) -> None:
        if unread:
            listed = ", ".join(f'"{t[:40]}"' for t in list(dict.fromkeys(unread))[:_NAMED])
            self._tell(
                "coordinates_unread",
                f"{len(unread):,} {what} could not be read ({listed}); those rows have no "
                "position.",
                "Mend them at the source.",
                count=len(unread),
            )

    def refusal(self) -> GisappError:
        """Say why nothing can be placed, and what the user may choose."""
        findings = tuple(self._axis_findings("", ""))
        country = dict(suggest_mapping(Features.from_points(
            np.full((self._rows(), 2), np.nan), self.columns)).columns).get("country")  # fmt: skip
        if country is not None:
            return GisappError(
                "no_coordinates",
                f'{self.title} has no coordinates, only countries ("{country}"): a row is not '
                "put in the middle of its country.",
                'Add columns "lon" and "lat" with the place of each row.',
                findings,
            )
        return GisappError(
            "no_coordinates",
            f"{self.title} has no columns with coordinates (columns: "
            f"{_some(list(self.columns), 12)}).",
            'Name them "lon" and "lat", or add a column "wkt".',
            findings,
        )

    def _rows(self) -> int:
        return len(next(iter(self.columns.values()), ()))


@dataclass(frozen=True)
class _Angles:
    degrees: Floats
    axes: frozenset[str]
    unread: tuple[str, ...]


def _angles(values: Column, *, west_o: bool) -> _Angles:
    """Read a column of coordinates, each different text once."""
    if values.dtype != object:
        return _Angles(values.astype(np.float64), frozenset(), ())
    read: dict[str, Angle | None] = {}
    degrees = np.full(len(values), np.nan)
    unread = []
    for i, text in enumerate(values):
        if not isinstance(text, str) or not text.strip():
            continue
        if text not in read:
            read[text] = read_angle(text, west_o=west_o)
        angle = read[text]
        if angle is None:
            unread.append(text)
        else:
            degrees[i] = angle.degrees
    return _Angles(degrees, frozenset(a.axis for a in read.values() if a and a.axis), tuple(unread))


def _geometries(
    texts: Column,
) -> tuple[npt.NDArray[np.object_], set[int], list[str]]:
    """Read WKT, EWKT, WKB in hex and GeoJSON; return shapes, their SRIDs and what was unread."""
    shapes = np.full(len(texts), None, dtype=object)
    codes: set[int] = set()
    unread = []
    for i, text in enumerate(texts):
        if not isinstance(text, str) or not text.strip():
            continue
        body, bare = text.strip(), text.strip()
        match = re.match(r"SRID=(\d+);", body, re.IGNORECASE)
        if match:
            codes.add(int(match[1]))
            bare = body[match.end() :]
        shape = _geometry(bare)
        if shape is None:
            unread.append(text)
        elif (srid := int(shapely.get_srid(shape))) > 0:
            codes.add(srid)
        shapes[i] = shape
    return shapes, codes, unread


def _geometry(text: str) -> shapely.Geometry | None:
    reader: Callable[..., shapely.Geometry | None]
    if is_deep(text):
        return None
    if _HEX.match(text):
        reader = shapely.from_wkb
    elif text.startswith("{"):
        reader = shapely.from_geojson
    else:
        reader = shapely.from_wkt
    return reader(text, on_invalid="ignore")


def _points_only(raw: Raw) -> None:
    """Hold a column of nothing but points as coordinates."""
    assert raw.shapes is not None
    kinds = shapely.get_type_id(raw.shapes)
    if len(kinds) and (kinds >= 0).any() and np.isin(kinds, (-1, 0)).all():
        raw.points = np.column_stack([shapely.get_x(raw.shapes), shapely.get_y(raw.shapes)])
        raw.shapes = None


def _in_degrees(raw: Raw) -> bool:
    if raw.points is not None:
        xy = raw.points
    else:
        xy = np.asarray(shapely.get_coordinates(raw.shapes if raw.shapes is not None else []))
    known = np.abs(xy[np.isfinite(xy).all(axis=1)])
    return not len(known) or float(np.median(known.max(axis=1))) <= _DEGREES


def _lon_lat(first: Angle, second: Angle, *, lon_first: bool) -> tuple[float, float]:
    if first.axis == "lon" or second.axis == "lat":
        lon_first = True
    elif first.axis == "lat" or second.axis == "lon":
        lon_first = False
    lon, lat = (first, second) if lon_first else (second, first)
    return lon.degrees, lat.degrees


def _some(names: list[str], most: int) -> str:
    return ", ".join(names[:most]) + (", ..." if len(names) > most else "")


def _texts(values: Column) -> list[str]:
    if values.dtype != object:
        return []
    return [v for v in values if isinstance(v, str) and v.strip()]


def _share(values: Column, test: Callable[[str], bool]) -> float:
    """Return which share of a sample of a column's texts passes; 0 where there is none."""
    if values.dtype != object:
        return 0.0
    step = max(len(values) // _SAMPLE, 1)
    sample = _texts(values[::step]) or _texts(values)[:_SAMPLE]
    return sum(map(test, sample)) / len(sample) if sample else 0.0


def _is_angle(text: str) -> bool:
    return read_angle(text) is not None


def _has_letter(axis: str) -> Callable[[str], bool]:
    def test(text: str) -> bool:
        angle = read_angle(text)
        return angle is not None and angle.axis == axis

    return test


def _is_geometry(text: str) -> bool:
    return bool(_WKT.match(text) or _HEX.fullmatch(text.strip()) or _JSON.match(text))


def _is_pair(text: str) -> bool:
    return read_pair(text) is not None


def _is_sure_pair(text: str) -> bool:
    """Tell whether a text is two coordinates and nothing else could be meant."""
    pair = read_pair(text)
    if pair is None:
        return False
    if pair[0].axis:
        return True
    fractions = re.findall(r"\d+\.(\d{3,})", text)
    return len(fractions) == 2 and all(abs(a.degrees) <= 180 for a in pair)


def _is_degrees(values: Column) -> bool:
    """Tell whether a column's values are degrees rather than metres."""
    if values.dtype == object:
        return True
    known = np.abs(values.astype(float))
    known = known[np.isfinite(known)]
    return not len(known) or float(np.median(known)) <= _DEGREES


def _looks_degrees(values: Column) -> bool:
    """Tell whether numbers look like degrees: in range, with three decimals or more, and varied."""
    if values.dtype.kind != "f":
        return False
    known = values[np.isfinite(values)]
    if not len(known) or np.abs(known).max() > 180:
        return False
    fine = np.abs(known * 100 - np.round(known * 100)) > 1e-6
    return bool(fine.mean() >= 0.7)
