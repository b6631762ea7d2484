"""Where the rows of a table are: found from names, else from values, and told with its reasons."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely

from gisapp.data import position_names
from gisapp.data.angles import letters_in
from gisapp.data.position_cells import (
    SAMPLE,
    has_letter,
    in_degrees,
    is_angle,
    is_degrees,
    is_geometry,
    is_pair,
    is_sure_pair,
    looks_degrees,
    points_only,
    share,
    some,
    texts_of,
)
from gisapp.data.position_columns import angles_of, geometries_of, pairs_of
from gisapp.data.raw import Raw
from gisapp.data.suggest import suggest_mapping
from gisapp.data.table_crs import TableCrs, tell
from gisapp.model.features import Column, Features
from gisapp.model.feedback import GisappError, Problem, Severity
from gisapp.model.reading import DEFAULTS, Choice, Finding, ReadOptions

_NAMED: Final = 3
_CHOICES: Final = 8
_TOTAL: Final = re.compile(
    r"(?i:(grand |sub-?)?totals?|total g[e\u00e9]n[e\u00e9]ral|sum|summe|gesamt(summe)?|insgesamt|"
    r"totale|totaal|suma|\u0438\u0442\u043e\u0433\u043e|\u0432\u0441\u0435\u0433\u043e)\s*:?|[\u5408\u603b\u7e3d]\s*[\u8ba1\u8a08]"
)  # the Cyrillic ones are "itogo" and "vsego", the last are those of Chinese


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
    _without_total(raw)


def _without_total(raw: Raw) -> None:
    """Leave out a last row of sums, which is no site: it says so, and has no position."""
    if raw.points is not None:
        placed = len(raw.points) < 2 or bool(np.isfinite(raw.points[-1]).all())
    else:
        placed = raw.shapes is None or len(raw.shapes) < 2 or raw.shapes[-1] is not None
    if placed:
        return
    cells = (values[-1] for values in raw.columns.values() if values.dtype == object)
    said = next((str(cell).strip() for cell in cells if cell is not None), "")
    if not _TOTAL.fullmatch(said):
        return
    raw.keep(slice(-1))
    raw.problems.append(
        Problem(
            "total_left_out",
            Severity.INFO,
            f'The last row, "{said}", holds sums and no position, and was left out.',
            count=1,
        )
    )


@dataclass
class _Table:
    raw: Raw
    title: str
    options: ReadOptions

    @property
    def _crs(self) -> TableCrs:
        return TableCrs(self.raw, self.options)

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
                    f"Its columns: {some(list(self.columns), 12)}.",
                    tuple(self._axis_findings("", "")),
                )

    # what the user says -------------------------------------------------

    def by_user(self) -> bool:
        """Take the columns that the user chose."""
        wkt, lon, lat = self.options.wkt, self.options.lon, self.options.lat
        if wkt:
            if share(self.columns[wkt], is_geometry) > 0:
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
            if share(self.columns[name], is_geometry) >= (0.5 if name in named else 0.9):
                self._take_geometry(name)
                return True
        pair = self._named_axes()
        if pair is not None:
            self._take_axes(*pair, sure=True)
            return True
        for name in position_names.ranked(self.columns, "pair"):
            if share(self.columns[name], is_pair) >= 0.6:
                self._take_pairs(name)
                return True
        return False

    def _named_axes(self) -> tuple[str, str] | None:
        lons = [n for n in position_names.ranked(self.columns, "lon") if self._reads(n)]
        lats = [n for n in position_names.ranked(self.columns, "lat") if self._reads(n)]
        for lon in lons:
            others = [lat for lat in lats if lat != lon]
            alike = [
                x for x in others if is_degrees(self.columns[x]) == is_degrees(self.columns[lon])
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
            return share(values, is_angle) >= 0.5
        return values.dtype.kind in "if" and bool(np.isfinite(values.astype(float)).any())

    # what values say ----------------------------------------------------

    def by_value(self) -> bool:
        """Take columns whose values leave little doubt: letters, pairs, else two of decimals."""
        lettered = {
            axis: [n for n, v in self.columns.items() if share(v, has_letter(axis)) >= 0.8]
            for axis in ("lon", "lat")
        }
        if len(lettered["lon"]) >= 1 and len(lettered["lat"]) >= 1:
            self._take_axes(lettered["lon"][0], lettered["lat"][0], sure=True)
            return True
        pairs = [n for n, v in self.columns.items() if share(v, is_sure_pair) >= 0.9]
        if pairs:
            self._take_pairs(pairs[0])
            return True
        likely = [n for n, v in self.columns.items() if looks_degrees(v)]
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
        shapes, codes, unread = geometries_of(texts)
        raw.shapes = shapely.force_2d(shapes) if shapely.has_z(shapes).any() else shapes
        points_only(raw)
        if len(codes) == 1:
            raw.crs = f"EPSG:{codes.pop()}"
        elif len(codes) > 1:
            tell(
                self.raw,
                "srid_mixed",
                f'The geometries in "{name}" name several coordinate reference systems '
                f"({some([str(c) for c in sorted(codes)], 4)}); WGS 84 was taken for all.",
            )
        self._tell_unread(unread, f'geometries in "{name}"')
        self._find("wkt", name, [name], f'The geometry was read from "{name}".', sure=True)
        if raw.crs is None:
            self._crs.state([name], degrees=in_degrees(raw))

    def _take_axes(self, lon: str, lat: str, *, sure: bool) -> None:
        west_o = self._west_o([lon, lat])
        x, y = (angles_of(self.columns[n], west_o=west_o) for n in (lon, lat))
        points = np.column_stack([x.degrees, y.degrees])
        if (x.axes < 0).any() and (y.axes > 0).any() and not (x.axes > 0).any():
            points = points[:, ::-1]  # the letters know better than the names
        self.raw.points = np.ascontiguousarray(points)
        self._tell_unread([*x.unread, *y.unread], f'coordinates in "{lon}" and "{lat}"')
        for finding in self._axis_findings(lon, lat, sure=sure):
            self.raw.findings.append(finding)
        if not sure:
            tell(
                self.raw,
                "columns_guessed",
                f'No column is named as a position; "{lon}" was taken for the longitude and '
                f'"{lat}" for the latitude by their values.',
                "Choose the columns by hand if that is wrong.",
            )
        metric = not in_degrees(self.raw)
        if metric and self._crs.utm(lon, lat):
            return
        unknown = position_names.says_metres(lon) and not len(self.raw.points)
        self._crs.state([lon, lat], degrees=not (metric or unknown))

    def _take_pairs(self, name: str, *, sure: bool | None = None) -> None:
        west_o = self._west_o([name])
        values = self.columns[name]
        first_lon = position_names.lon_first(name)
        one, two = pairs_of(values, west_o=west_o)
        known = np.isfinite(one.degrees)
        lettered = bool(one.axes.any() or two.axes.any())
        beyond = [bool((np.abs(pair.degrees) > 90).any()) for pair in (one, two)]
        told = first_lon
        if beyond[0] and not beyond[1]:
            told = True
        elif beyond[1] and not beyond[0]:
            told = False
        option = f"lon_first:{name}"
        swap = self.options.wants(option, usually=bool(told))
        points = np.column_stack([one.degrees, two.degrees])
        by_letters = np.sign(one.axes - two.axes)  # of a row, else by the order said
        lon_first = (by_letters > 0) | ((by_letters == 0) & swap)
        self.raw.points = np.where(lon_first[:, None], points, points[:, ::-1])
        self._tell_unread(list(one.unread), f'pairs of coordinates in "{name}"')
        self._find("wkt", name, [name], f'Positions were read from pairs in "{name}".', sure=True)
        if not lettered and known.any():
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
                tell(self.raw, "pair_order", message, "Say if it is the other way round.")
        self._crs.state([name], degrees=in_degrees(self.raw))

    def _west_o(self, names: list[str]) -> bool:
        """Tell whether an "O" is west (ouest, oeste, ovest) or east (Ost)."""
        said: set[str] = set()
        for name in names:
            values = self.columns[name]
            for text in set(texts_of(values, SAMPLE)):
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
            tell(self.raw, "letter_o", message, "Say if it is east (German: Ost).")
        return west

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
        order += [n for n, v in self.columns.items() if n not in order and looks_degrees(v)]
        order += [
            n for n, v in self.columns.items() if n not in order and share(v, is_angle) >= 0.5
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
        first = next(iter(texts_of(values, 1)), "")
        return f'{said}: "{first[:40]}".' if first else f"{said}."

    def _find(self, option: str, taken: str, names: list[str], message: str, *, sure: bool) -> None:
        choices = tuple(Choice(n, n) for n in names)
        self.raw.findings.append(Finding("columns", option, message, taken, choices, sure=sure))

    def _tell_unread(self, unread: list[str], what: str) -> None:
        if unread:
            listed = ", ".join(f'"{t[:40]}"' for t in list(dict.fromkeys(unread))[:_NAMED])
            tell(
                self.raw,
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
            f"{some(list(self.columns), 12)}).",
            'Name them "lon" and "lat", or add a column "wkt".',
            findings,
        )

    def _rows(self) -> int:
        return len(next(iter(self.columns.values()), ()))
