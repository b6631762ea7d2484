"""Which coordinate reference system a file may be in that says none, or a wrong one.

Candidates come from what stands beside the file, from names and values of columns, from the
countries that its rows name and from the shape of the numbers. Each is tried on a sample: what
counts is where it puts the features.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import pyproj
from pyproj.aoi import AreaOfUse
from pyproj.database import CRSInfo, query_crs_info
from pyproj.enums import PJType
from pyproj.exceptions import CRSError, ProjError

from gisapp.data.countries import Lands, Mask, Named, lands, named
from gisapp.data.crs_hints import Hint, hints
from gisapp.data.crs_text import title
from gisapp.data.raw import Raw, sample
from gisapp.data.shipped import load_layer
from gisapp.model.features import Column, Floats
from gisapp.model.feedback import Feedback
from gisapp.model.mapping import ColumnMapping
from gisapp.model.reading import Choice, Finding

Box = tuple[float, float, float, float]
Index = npt.NDArray[np.int64]

_SAMPLE: Final = 120
_MOST: Final = 8
#: How many of them may differ by no more than their datum.
_ALIKE: Final = 3
#: Degrees: candidates that put the sample this close to each other differ by a datum only.
_SAME_PLACE: Final = 0.05
#: Degrees of latitude within which a site is taken for a known one, and for its neighbour.
_BESIDE, _REGION = 0.05, 0.75
#: Degrees by which data may leave the area that a CRS is made for.
_MARGIN: Final = 1.0
#: World and continental CRSs that files are often in, tried on any numbers in metres.
_WIDE: Final = (
    "EPSG:3857", "EPSG:3395", "EPSG:3035", "EPSG:3034", "EPSG:8857", "EPSG:6933", "ESRI:54030",
    "ESRI:54009", "ESRI:54012", "ESRI:54034", "EPSG:5070", "ESRI:102008", "ESRI:102022",
    "ESRI:102033", "ESRI:102025", "EPSG:3577", "EPSG:3112", "EPSG:3978", "EPSG:3576",
)  # fmt: skip
#: National grids that are tried on land alone where no country is named.
_NATIONAL: Final = (
    "EPSG:2154", "EPSG:27700", "EPSG:2056", "EPSG:21781", "EPSG:28992", "EPSG:31370", "EPSG:3812",
    "EPSG:3006", "EPSG:3067", "EPSG:2180", "EPSG:5514", "EPSG:31467", "EPSG:31468", "EPSG:31466",
    "EPSG:3763", "EPSG:2100", "EPSG:2193", "EPSG:5880", "EPSG:6372", "EPSG:3347", "EPSG:3005",
    "EPSG:3338", "EPSG:3826", "EPSG:2326", "EPSG:5179", "EPSG:5186", "EPSG:7755", "EPSG:2039",
    "EPSG:8353", "EPSG:3765", "EPSG:3794", "EPSG:31287", "EPSG:23700", "EPSG:3844", "EPSG:29902",
    "EPSG:2157", "EPSG:3301", "EPSG:3346", "EPSG:3059",
)  # fmt: skip
#: What a geodetic datum of today is called, by which a candidate is preferred to one of the past.
_MODERN: Final = (
    "ETRS89", "NAD83(CSRS)", "NAD83", "GDA2020", "GDA94", "SIRGAS 2000", "NZGD2000", "JGD2011",
    "CGCS2000", "RGF93", "Hartebeesthoek94", "POSGAR 2007", "MAGNA", "KGD2002", "Mexico ITRF2008",
    "DGN95", "SRGI2013", "PRS92", "TUREF", "GSK-2011", "ITRF",
)  # fmt: skip
#: Geographic CRSs beside WGS 84 that degrees may be in.
_GEOGRAPHIC: Final = ("EPSG:4326", "EPSG:4269", "EPSG:4267", "EPSG:4258", "EPSG:4230",
                      "EPSG:7844", "EPSG:4283", "EPSG:4490", "EPSG:4284", "EPSG:4277",
                      "EPSG:4674", "EPSG:4618", "EPSG:6668", "EPSG:4301", "EPSG:4148")  # fmt: skip


@dataclass(frozen=True)
class Guess:
    """A CRS that may be it: how much speaks for it, and what, in a sentence."""

    code: str
    score: float
    reason: str
    place: tuple[float, float]

    @property
    def choice(self) -> Choice:
        """What people choose by."""
        return Choice(self.code, title(self.code), self.reason)


def finding(
    guesses: tuple[Guess, ...], message: str, *, chosen: str = "", sure: bool = False
) -> Finding:
    """Return guesses as something to decide; `chosen` is the CRS that was taken, if any was."""
    choices = [guess.choice for guess in guesses]
    if chosen and chosen not in {choice.value for choice in choices}:
        choices.append(Choice(chosen, title(chosen), "As the file is read now."))
    return Finding("crs_guessed", "crs", message, chosen, tuple(choices), sure=sure, free=True)


def guess_metric(
    raw: Raw,
    path: Path | None,
    mapping: ColumnMapping | None = None,
    *,
    feedback: Feedback | None = None,
) -> tuple[Guess, ...]:
    """Return what coordinates that are no degrees may be in, the likeliest first, at most 8."""
    rows, xy = sample(raw, _SAMPLE)
    if not len(xy):
        return ()
    world = lands()
    who = named(raw.columns, mapping)
    bonus = hints(raw, path)
    codes = dict.fromkeys([*bonus, *_utm(xy), *_WIDE, *_NATIONAL])
    if who is not None:
        codes |= dict.fromkeys(_of_countries(who, rows, world))
    codes |= dict.fromkeys(_zoned(xy))
    judge = _Judge(raw, rows, xy, who, world)
    found = []
    for i, code in enumerate(codes):
        if feedback and i % 20 == 0:
            feedback.check(i / len(codes), "Guessing the coordinate reference system")
        guess = judge.of(code, bonus.get(code))
        if guess is not None:
            found.append(guess)
    return _ranked(found)


def guess_degrees(raw: Raw, path: Path | None) -> tuple[Guess, ...]:
    """Return what degrees may be in: WGS 84 first, unless something says otherwise."""
    _, xy = sample(raw, _SAMPLE)
    named_ones = {code: hint for code, hint in hints(raw, path).items() if _is_degrees(code)}
    found = []
    center = (float(np.median(xy[:, 0])), float(np.median(xy[:, 1]))) if len(xy) else (0.0, 0.0)
    for place, code in enumerate(dict.fromkeys([*named_ones, *_GEOGRAPHIC])):
        hint = named_ones.get(code)
        off = _shift(code, xy)
        if hint is not None:
            found.append(Guess(code, 2 + hint.weight, hint.reason, center))
        elif code == "EPSG:4326":
            reason = "The coordinates look like degrees, and nothing says which; most files are so."
            found.append(Guess(code, 2.0, reason, center))
        elif off is not None:
            reason = (
                f"Made for where the features lie; puts them {off:,.0f} m off WGS 84."
                if off >= 0.5
                else "Made for where the features lie; within half a metre of WGS 84 there."
            )
            found.append(Guess(code, 1.0 - place / 100, reason, center))
    return tuple(sorted(found, key=lambda guess: -guess.score)[:_MOST])


def _is_degrees(code: str) -> bool:
    return _crs(code).is_geographic


def _shift(code: str, xy: Floats) -> float | None:
    """Return how far a datum puts the sample from WGS 84, metres; None outside its area."""
    area = _crs(code).area_of_use
    if area is None or not len(xy):
        return None
    if not in_box(xy, (area.west, area.south, area.east, area.north), 0.0).mean() > 0.9:
        return None
    mover = pyproj.Transformer.from_crs(_crs(code), 4326, always_xy=True)
    lon, lat = mover.transform(xy[:, 0], xy[:, 1])
    metres = pyproj.Geod(ellps="WGS84").inv(xy[:, 0], xy[:, 1], lon, lat)[2]
    return float(np.median(metres))


@dataclass(frozen=True)
class _Found:
    """Where a CRS puts the sample: shares in the named countries and on land, a known site."""

    fits: float | None
    where: str
    land: float
    site: str


class _Judge:
    """Says of a CRS how well it fits, by where it puts the sample."""

    def __init__(self, raw: Raw, rows: Index, xy: Floats, who: Named | None, world: Lands) -> None:
        self._xy, self._who, self._world = xy, who, world
        self._rows = rows
        self._raw = raw

    def of(self, code: str, hint: Hint | None) -> Guess | None:
        try:
            info = _crs(code)
            if info.is_geographic:
                return None
            # the datum moves by some hundred metres at most: the projection alone tells
            lon, lat = pyproj.Proj(info)(self._xy[:, 0], self._xy[:, 1], inverse=True)
        except (CRSError, ProjError):
            return None
        lonlat = np.column_stack([lon, lat])
        lonlat[~np.isfinite(lonlat).all(axis=1)] = np.nan
        ok = np.isfinite(lonlat).all(axis=1)
        if ok.mean() < 0.5:
            return None
        area = info.area_of_use
        box = (-180.0, -90.0, 180.0, 90.0) if area is None else (
            area.west, area.south, area.east, area.north)  # fmt: skip
        inside = float(in_box(lonlat, box, _MARGIN).mean())
        if inside < 0.5 and (hint is None or hint.weight < 2):
            return None
        fits, where, made_for = self._countries(lonlat, "" if area is None else area.name)
        beside, region, site = self._near_known(lonlat)
        land = float(self._world.on_land(lonlat).mean())
        if fits is None and land < 0.5 and hint is None:
            return None
        if fits is not None and fits < 0.3 and (hint is None or hint.weight < 2):
            return None
        score = 0.8 * inside + 0.8 * land + (0.0 if fits is None else 4 * fits)
        score += (
            0.2 * float(in_box(lonlat, box, 0.0).mean())
            + 0.2 * made_for
            + 2.0 * beside
            + 0.8 * region
        )
        score += (hint.weight if hint else 0.0) + _prior(code, info, box)
        place = (float(np.nanmedian(lonlat[:, 0])), float(np.nanmedian(lonlat[:, 1])))
        return Guess(
            code, score, self._reason(hint, _Found(fits, where, land, site), lonlat), place
        )

    def _near_known(self, lonlat: Floats) -> tuple[float, float, str]:
        """Return which shares lie beside shipped sites and in their regions, and one such site."""
        names, sites = _known_sites()
        apart = np.abs(lonlat[:, None, :] - sites[None, :, :])
        apart[:, :, 0] *= np.cos(np.radians(np.nan_to_num(lonlat[:, 1])))[:, None]
        off = np.nan_to_num(apart.max(axis=2), nan=np.inf)
        nearest = off.min(axis=1)
        row = int(np.argmin(nearest))
        site = str(names[int(np.argmin(off[row]))]) if nearest[row] < _BESIDE else ""
        return float((nearest < _BESIDE).mean()), float((nearest < _REGION).mean()), site

    def _countries(self, lonlat: Floats, area: str) -> tuple[float | None, str, float]:
        """Return which share lies in its country, those countries, whether the CRS is theirs."""
        if self._who is None:
            return None, "", 0.0
        of_row = self._who.of_row[self._rows]
        hits = total = 0
        names = []
        for i in np.unique(of_row[of_row >= 0]):
            some = of_row == i
            inside = self._world.inside(self._who.codes[i], lonlat[some])
            hits, total = hits + int(inside.sum()), total + int(some.sum())
            if inside.any():
                names.append(self._world.name(self._who.codes[i]))
        theirs = sum(name in area for name in names) / max(len(names), 1)
        return (hits / total if total else None), _listed(names), theirs

    def _reason(self, hint: Hint | None, found: _Found, lonlat: Floats) -> str:
        noun = self._raw.noun(len(self._xy))
        if self._who is not None and found.fits:
            share = "the" if found.fits > 0.99 else f"{found.fits:.0%} of the"
            says = (
                f"puts {share} {noun} into {found.where}, which the column {self._who.column} names"
            )
        else:
            codes = self._world.at(lonlat)
            unique, counts = np.unique(codes[codes != ""].astype(str), return_counts=True)
            names = [self._world.name(c) for c in unique[np.argsort(-counts)]]
            lies = f"{found.land:.0%} of the" if found.land < 0.99 else "the"
            says = f"puts {lies} {noun} on land" + (f", in {_listed(names)}" if names else "")
            if not names and found.land < 0.01:
                says = f"puts the {noun} into the sea"
        if found.site:
            says += f", some beside {found.site}"
        if hint is None:
            return says[0].upper() + says[1:] + "."
        return f"{hint.reason}; it {says}."


def _listed(names: list[str]) -> str:
    if len(names) > 3:
        return f"{', '.join(names[:3])} and {len(names) - 3} more"
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else "".join(names)


def _ranked(found: list[Guess]) -> tuple[Guess, ...]:
    """Return the best, not all of them the same place on different datums."""
    kept: list[Guess] = []
    for guess in sorted(found, key=lambda guess: -guess.score):
        alike = [g for g in kept if np.allclose(g.place, guess.place, rtol=0, atol=_SAME_PLACE)]
        if len(alike) < _ALIKE:
            kept.append(guess)
    return tuple(kept[:_MOST])


def _prior(code: str, info: pyproj.CRS, box: Box) -> float:
    """Return how often files are in a CRS, roughly: UTM on WGS 84, then the datums of today."""
    name = info.name
    if name.startswith("WGS 84 / UTM") or code == "EPSG:3857":
        return 0.35
    prior = 0.2 if name.startswith(_MODERN) else 0.05
    if "UTM" in name:
        prior += 0.05
    width = (box[2] - box[0]) % 360.0
    if re.search(r"ftUS|\(ft\)|\(N-E\)|\(E-N\)", name):
        prior -= 0.05
    if width < 2 and box[3] - box[1] < 2:  # a county's, or a railway's
        prior -= 0.15
    if width > 60 or width == 0:
        prior -= 0.3
    return prior + (0.1 if code in _NATIONAL else 0.0)


def in_box(lonlat: Floats, box: Box, margin: float) -> Mask:
    """Return where positions lie in a box of degrees (west above east spans 180) or near it."""
    west, south, east, north = box
    lon, lat = lonlat.T
    if west <= east:
        across = (lon >= west - margin) & (lon <= east + margin)
    else:  # the area spans 180 degrees
        across = (lon >= west - margin) | (lon <= east + margin)
    return np.asarray(across & (lat >= south - margin) & (lat <= north + margin))


def _utm(xy: Floats) -> Iterator[str]:
    """Return WGS 84 / UTM zones where the numbers may be such."""
    x, y = np.median(xy, axis=0)
    if 50_000 <= x <= 950_000 and 0 <= y <= 10_000_000:
        for zone in range(1, 61):
            yield f"EPSG:{32600 + zone}"
            yield f"EPSG:{32700 + zone}"


def _zoned(xy: Floats) -> Iterator[str]:
    """Return Gauss-Kruger zones whose number stands before the easting, as in 7 500 000."""
    zone, east = divmod(float(np.median(xy[:, 0])), 1_000_000)
    if not 100_000 <= east <= 900_000:
        return
    if 4 <= zone <= 32:
        yield f"EPSG:{28400 + int(zone)}"  # Pulkovo 1942
        yield f"EPSG:{20000 + int(zone)}"  # Pulkovo 1995
    if 13 <= zone <= 23:
        yield f"EPSG:{4491 + int(zone) - 13}"  # CGCS2000, six degrees
        yield f"EPSG:{2327 + int(zone) - 13}"  # Xian 1980, six degrees
    if 25 <= zone <= 45:
        yield f"EPSG:{4513 + int(zone) - 25}"  # CGCS2000, three degrees
        yield f"EPSG:{2349 + int(zone) - 25}"  # Xian 1980, three degrees


def _of_countries(who: Named, rows: Index, world: Lands) -> Iterator[str]:
    """Return the projected CRSs made for the countries that most of the sample names."""
    codes, counts = np.unique(who.of_row[rows], return_counts=True)
    order = [int(codes[i]) for i in np.argsort(-counts) if codes[i] >= 0]
    for i in order[:3]:
        box = world.bounds(who.codes[i])
        for info in _projected() if box is not None else ():
            area = info.area_of_use
            if area is not None and box is not None and _overlap(box, area):
                yield f"EPSG:{info.code}"


@cache
def _projected() -> tuple[CRSInfo, ...]:
    known = query_crs_info(auth_name="EPSG", pj_types=[PJType.PROJECTED_CRS])
    return tuple(info for info in known if not info.deprecated)


def _overlap(box: Box, area: AreaOfUse) -> bool:
    west, south, east, north = box
    if area.south > north or area.north < south:
        return False
    if area.west > area.east:
        return east >= area.west or west <= area.east
    return area.west <= east and area.east >= west


@cache
def _known_sites() -> tuple[Column, Floats]:
    """Return names and positions of the sites that ship."""
    layers = [load_layer(name).features for name in ("deposits", "refineries", "magnet_plants")]
    names = np.concatenate([features.columns["name"] for features in layers])
    places = np.concatenate([features.lonlat for features in layers])
    placed = np.isfinite(places).all(axis=1)
    return names[placed], places[placed]


@cache
def _crs(code: str) -> pyproj.CRS:
    return pyproj.CRS.from_user_input(code)
