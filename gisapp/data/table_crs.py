"""Which coordinate reference system a table of coordinates is in, as far as it says so itself."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gisapp.data import position_names, utm
from gisapp.data.countries import lands, named
from gisapp.data.position_cells import texts_of
from gisapp.data.raw import Raw
from gisapp.model.feedback import Problem, Severity
from gisapp.model.reading import Choice, Finding, ReadOptions


def tell(
    raw: Raw,
    code: str,
    message: str,
    hint: str = "",
    *,
    severity: Severity = Severity.WARNING,
    count: int = 1,
) -> None:
    """Add a problem to a layer."""
    raw.problems.append(Problem(code, severity, message, hint, count))


@dataclass
class TableCrs:
    """What headings and columns of a table say of its coordinates' reference system."""

    raw: Raw
    options: ReadOptions

    def utm(self, lon: str, lat: str) -> bool:
        """Give metres their UTM zone, from a column, or from a heading; False where none says."""
        raw = self.raw
        assert raw.points is not None
        datum = self._datum([lon, lat])
        headings = [lon, lat, *position_names.ranked(self.raw.columns, "zone")]
        if any(utm.crs_in(n) for n in headings[:2]):
            return False
        for name in position_names.ranked(self.raw.columns, "zone"):
            hemispheres = next(iter(position_names.ranked(self.raw.columns, "hemisphere")), None)
            numbers, sides = utm.read_zones(
                list(self.raw.columns[name]),
                None if hemispheres is None else list(self.raw.columns[hemispheres]),
            )
            if (numbers > 0).mean() >= 0.5:
                south = self._south(np.where(numbers > 0, sides, 1))
                self._place_zones(numbers, south, datum, name)
                return True
        stated = utm.zone_in_heading([*headings, raw.name])
        if stated is None:
            return False
        zone, side = stated
        count = len(raw.points)
        sides = np.full(count, side)
        self._place_zones(np.full(count, zone), self._south(sides), datum, "")
        return True

    def _south(self, sides: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
        """Return which zones are in the south, shape (n,).

        What says no hemisphere is on the side of the country that its row names. Where that is on
        both sides, or there is none, the north is taken and the user asked.
        """
        if sides.all():
            return sides < 0
        who = named(self.raw.columns, self.options.mapping)
        if who is not None:
            of_code = np.array([*(lands().side(code) for code in who.codes), 0])
            by_country = np.where(sides == 0, of_code[who.of_row], sides)
            if by_country.all():
                tell(
                    self.raw,
                    "utm_hemisphere",
                    "The UTM zones do not say which hemisphere they are in; it was taken from "
                    f"the countries in the column {who.column}.",
                    severity=Severity.INFO,
                )
                return by_country < 0
            sides = by_country
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
            tell(self.raw, "utm_hemisphere", message, "Say so if it is the other one.")
        return np.where(sides == 0, south, sides < 0)

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
            tell(
                self.raw,
                "utm_zone",
                f"The coordinates are in metres of {raw.crs}, as {where} says.",
                severity=Severity.INFO,
            )
            return
        raw.points, zones = utm.to_wgs84(raw.points, numbers, south, datum or "wgs84")
        raw.crs = "EPSG:4326"
        listed = ", ".join(f"{zone} ({count:,})" for zone, count in sorted(zones.items()))
        lost = int((~known).sum())
        unplaced = (
            "1 row names no zone and has" if lost == 1 else f"{lost:,} rows name no zone and have"
        )
        tell(
            self.raw,
            "utm_zones",
            f"The rows are in several UTM zones, each was moved by its own: {listed}"
            + (f"; {unplaced} no position." if lost else "."),
            severity=Severity.WARNING if lost else Severity.INFO,
        )

    def _datum(self, names: list[str]) -> str:
        """Return the datum that headings or a constant column name, a key of `utm.DATUMS`."""
        for name in [*names, *self.raw.columns]:
            found = utm.datum_in(name) if name in names else ""
            if found:
                return found
        for name in position_names.ranked(self.raw.columns, "crs"):
            said = set(texts_of(self.raw.columns[name]))
            datums = {utm.datum_in(t) for t in said}
            if len(datums) == 1 and "" not in datums:
                return datums.pop()
        return ""

    def state(self, names: list[str], *, degrees: bool) -> None:
        """Say which CRS the coordinates are in: what the table states, else WGS 84 or unknown."""
        raw = self.raw
        for name in names:
            raw.crs = raw.crs or utm.crs_in(name) or None
        for name in position_names.ranked(self.raw.columns, "crs"):
            said = {str(v) for v in self.raw.columns[name] if v is not None and str(v) != "nan"}
            codes = {utm.crs_in(text) for text in said}
            if raw.crs is None and len(codes) == 1 and "" not in codes:
                raw.crs = codes.pop()
        datum = self._datum(names)
        if raw.crs is None and degrees and datum:
            raw.crs = f"EPSG:{utm.DATUMS[datum][0]}"
        if raw.crs is not None:
            tell(
                self.raw,
                "crs_column",
                f"The table itself says its coordinate reference system: {raw.crs}.",
                severity=Severity.INFO,
            )
        elif degrees:
            raw.crs_assumed = "EPSG:4326"
            tell(
                self.raw,
                "crs_guessed",
                "A table does not say its coordinate reference system; WGS 84 was taken.",
                "If the layer lies off, give the CRS by hand.",
                severity=Severity.INFO,
            )
