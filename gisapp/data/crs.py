"""From a file's coordinate reference system to WGS 84 longitude/latitude."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import pyproj
import shapely

from gisapp.data import crs_beside, crs_guess
from gisapp.data.crs_operation import Operation, operation
from gisapp.data.crs_text import HINT, label, parse, says_nothing
from gisapp.data.crs_text import title as crs_title
from gisapp.data.raw import Raw, coordinates, sample
from gisapp.model.features import Floats
from gisapp.model.feedback import Feedback, GisappError, Problem, Severity
from gisapp.model.reading import DEFAULTS, Choice, Finding, ReadOptions

#: Beyond this no number is a longitude, however it was wrapped.
_DEGREES: Final = 400.0
_BATCH: Final = 200_000
_SAMPLE: Final = 400
#: Degrees by which data may leave the area that a CRS is made for before it is told.
_MARGIN: Final = 1.0
#: A share of features outside that is not worth a word.
_FEW: Final = 0.02

Placed = tuple[str, bool, str]


def to_wgs84(
    raw: Raw,
    options: ReadOptions = DEFAULTS,
    *,
    path: Path | None = None,
    feedback: Feedback | None = None,
) -> Placed:
    """Move a raw layer's geometry to EPSG:4326, axis order lon, lat, in place.

    Parameters
    ----------
    path
        The file, beside which a CRS is looked for where it states none.

    Returns
    -------
    tuple
        The CRS it was in, whether that is a guess, and the operation used with its accuracy.

    Raises
    ------
    GisappError
        no_crs (none stated and the coordinates are no degrees), wrong_crs (stated degrees are
        none, or stated metres are degrees), both with the likeliest choices as findings; those
        of `crs_text.parse`.
    """
    if raw.points is None and raw.shapes is None:
        return "EPSG:4326", False, ""
    return _Move(raw, options, path, feedback).made()


@dataclass(frozen=True)
class _Move:
    """One layer's way to WGS 84, and everything that is known of its file."""

    raw: Raw
    options: ReadOptions
    path: Path | None
    feedback: Feedback | None

    def made(self) -> Placed:
        raw = self.raw
        stated = self.options.crs or (None if says_nothing(raw.crs) else raw.crs)
        guessed = stated is None
        crs = self._found_out() if guessed else self._parsed(stated)
        name = label(crs)
        if not guessed:
            self._refuse_impossible(crs, name)
        if crs.equals(pyproj.CRS.from_epsg(4326), ignore_axis_order=True):
            return "EPSG:4326", guessed, ""
        _, xy = sample(raw, _SAMPLE)
        way = operation(crs, xy)
        if crs.is_projected and self._swaps(crs, way, xy):
            apply(raw, lambda vertices: vertices[:, ::-1])
            _, xy = sample(raw, _SAMPLE)
            way = operation(crs, xy)
        self._tell_outside(crs, way, xy)
        _tell_accuracy(raw, name, way)
        apply(raw, lambda vertices: _moved(vertices, way.transformer, self.feedback))
        return name, guessed, f"{way.text}. {way.better}" if way.better else way.text

    def _found_out(self) -> pyproj.CRS:
        """Return the CRS of a file that states none; refuse, with guesses, what are no degrees."""
        raw, degrees = self.raw, _are_degrees(self.raw)
        beside = crs_beside.own_statement(self.path) if self.path is not None else None
        crs = _usable(beside[0]) if beside is not None else None
        fits = crs is not None and crs.is_geographic == degrees and self._fits(crs)
        if beside is not None and crs is not None and fits:
            text = f"The file does not say its coordinate reference system; {beside[1]} does."
            raw.problems.append(Problem("crs_guessed", Severity.INFO, text))
            choice = Choice(label(crs), crs_title(label(crs)), f"{beside[1]} says so.")
            raw.findings.append(
                Finding("crs_guessed", "crs", text, choice.value, (choice,), free=True)
            )
            return crs
        if not degrees:
            raise self._refusal(
                "no_crs",
                f'"{raw.name}" does not say its CRS, and its coordinates '
                f"(up to {_largest(raw):,.0f}) are not degrees.",
                degrees=False,
            )
        guesses = self._guesses(degrees=True)
        code = guesses[0].code
        text = "The file does not say its coordinate reference system; " + (
            "its coordinates look like degrees, so WGS 84 was taken."
            if code == "EPSG:4326"
            else f"{crs_title(code)} was taken. {guesses[0].reason}."
        )
        if not raw.crs_assumed:  # else the table has told it
            hint = "If the layer lies off, give the CRS by hand."
            raw.problems.append(Problem("crs_guessed", Severity.WARNING, text, hint))
        raw.findings.append(crs_guess.finding(guesses, text, chosen=code, sure=code == "EPSG:4326"))
        return parse(code)

    def _fits(self, crs: pyproj.CRS) -> bool:
        """Tell whether most features lie in the area that a CRS is made for."""
        _, xy = sample(self.raw, _SAMPLE)
        return not len(xy) or bool(_inside(crs, operation(crs, xy), xy).mean() >= 0.5)

    def _parsed(self, stated: object) -> pyproj.CRS:
        try:
            return parse(stated)
        except GisappError as error:
            if self.options.crs is not None:
                raise
            guesses = self._guesses(degrees=_are_degrees(self.raw))
            found = (crs_guess.finding(guesses, error.message),) if guesses else ()
            raise GisappError(error.code, error.message, error.hint, found) from error

    def _guesses(self, *, degrees: bool) -> tuple[crs_guess.Guess, ...]:
        if degrees:
            return crs_guess.guess_degrees(self.raw, self.path)
        return crs_guess.guess_metric(
            self.raw, self.path, self.options.mapping, feedback=self.feedback
        )

    def _refusal(self, code: str, message: str, *, degrees: bool) -> GisappError:
        guesses = self._guesses(degrees=degrees)
        if not guesses:
            return GisappError(code, message, HINT)
        best = guesses[0].choice
        hint = f"The likeliest is {best.label}: {best.reason} Give it with --crs {best.value}."
        return GisappError(code, message, hint, (crs_guess.finding(guesses, message),))

    def _refuse_impossible(self, crs: pyproj.CRS, name: str) -> None:
        """Refuse metres that are said to be degrees, and degrees that are said to be metres."""
        raw = self.raw
        if crs.is_geographic and not _are_degrees(raw):
            raise self._refusal(
                "wrong_crs",
                f'"{raw.name}" says {name}, which is in degrees, and its coordinates '
                f"(up to {_largest(raw):,.0f}) are not degrees.",
                degrees=False,
            )
        # what the user says himself is not doubted: a plan may lie at the origin of its grid
        if crs.is_projected and self.options.crs is None and _look_like_degrees(raw):
            raise self._refusal(
                "wrong_crs",
                f'"{raw.name}" says {name}, which is not in degrees, and its coordinates are all '
                "within 360 and 180: they look like degrees.",
                degrees=True,
            )

    def _swaps(self, crs: pyproj.CRS, way: Operation, xy: Floats) -> bool:
        """Tell whether x and y are to be swapped, and offer it: nothing fits but all swapped."""
        if self.options.swap_axes or not len(xy) or crs.area_of_use is None:
            return False
        if _inside(crs, way, xy).mean() > 0.05 or _inside(crs, way, xy[:, ::-1]).mean() < 0.95:
            return False
        name = label(crs)
        swap = self.options.wants("axes_swapped", usually=True)
        text = (
            f"Easting and northing are the wrong way round: {name} is made for where the "
            f"features lie once they are swapped, which {'was done' if swap else 'was not done'}."
        )
        self.raw.problems.append(
            Problem("axes_swapped", Severity.WARNING, text, "Check the layer's place on the map.")
        )
        choices = (
            Choice("yes", "Swap them", f"All features then lie where {name} is made for."),
            Choice("no", "Leave them", "None of the features lies there now."),
        )
        chosen = "yes" if swap else "no"
        self.raw.findings.append(
            Finding("axes_swapped", "axes_swapped", text, chosen, choices, sure=False)
        )
        return swap

    def _tell_outside(self, crs: pyproj.CRS, way: Operation, xy: Floats) -> None:
        area = crs.area_of_use
        share = float((~_inside(crs, way, xy)).mean()) if area is not None and len(xy) else 0.0
        if area is None or share <= _FEW:
            return
        name = label(crs)
        text = (
            f"{share:.0%} of the features lie outside the area that {name} is made for "
            f"({area.name.rstrip('.')})."
        )
        hint = "Check the coordinate reference system: there it may be off by far."
        self.raw.problems.append(Problem("outside_crs_area", Severity.WARNING, text, hint))
        guesses = self._guesses(degrees=crs.is_geographic) if share >= 0.5 else ()
        if guesses:
            self.raw.findings.append(
                crs_guess.finding(guesses, text, chosen=name, sure=self.options.crs is not None)
            )


def _largest(raw: Raw) -> float:
    xy = coordinates(raw)
    return float(np.abs(xy[np.isfinite(xy).all(axis=1)]).max(initial=0.0))


def _usable(text: str) -> pyproj.CRS | None:
    """Return the CRS that a text names, None where it names none that a map can be made of."""
    try:
        return parse(text)
    except GisappError:
        return None


def _farthest(raw: Raw) -> float:
    """Return the largest number among all coordinates, without their sign; 0 where none is.

    Fetching every vertex of many shapes takes seconds, in which no other thread gets its turn.
    """
    if raw.points is not None:
        return float(max(raw.points.max(initial=0), -raw.points.min(initial=0)))
    if raw.shapes is None or not len(raw.shapes):
        return 0.0
    return float(np.abs(shapely.total_bounds(raw.shapes)).max())


def _look_like_degrees(raw: Raw) -> bool:
    if _farthest(raw) > _DEGREES:
        return False  # the usual case, in one pass
    xy = coordinates(raw)
    xy = xy[np.isfinite(xy).all(axis=1) & (xy != 0).any(axis=1)]
    return bool(len(xy) and np.abs(xy[:, 0]).max() <= 360 and np.abs(xy[:, 1]).max() <= 180)


def _are_degrees(raw: Raw) -> bool:
    """Tell whether most numbers may be degrees; one wild number is no reason to say no."""
    if _farthest(raw) <= _DEGREES:
        return True  # the usual case, in one pass
    xy = coordinates(raw)
    xy = xy[np.isfinite(xy).all(axis=1)]
    return not (len(xy) and float(np.median(np.abs(xy).max(axis=1))) > _DEGREES)


def _inside(crs: pyproj.CRS, way: Operation, xy: Floats) -> npt.NDArray[np.bool_]:
    """Return where positions, in the file's CRS, lie in the area that the CRS is made for."""
    lonlat = np.column_stack(way.transformer.transform(xy[:, 0], xy[:, 1]))
    area = crs.area_of_use
    box = (-180.0, -90.0, 180.0, 90.0)
    if area is not None:
        box = (area.west, area.south, area.east, area.north)
    return crs_guess.in_box(lonlat, box, _MARGIN)


def _tell_accuracy(raw: Raw, name: str, way: Operation) -> None:
    if way.ballpark:
        raw.problems.append(
            Problem(
                "datum_shift_unknown",
                Severity.WARNING,
                f"No shift from the datum of {name} to WGS 84 is known; "
                "positions may be off by hundreds of metres.",
                "Save the data in a system whose datum is known.",
            )
        )
    if way.better:
        raw.problems.append(
            Problem(
                "grid_missing",
                Severity.INFO,
                f"{way.better} Used was {way.text}.",
                "Put the grid into a folder of your own and name that in PROJ_DATA.",
            )
        )


def _moved(xy: Floats, transformer: pyproj.Transformer, feedback: Feedback | None) -> Floats:
    moved = np.empty_like(xy, dtype=np.float64)
    for start in range(0, len(xy), _BATCH):
        part = slice(start, start + _BATCH)
        moved[part, 0], moved[part, 1] = transformer.transform(xy[part, 0], xy[part, 1])
        if feedback:
            feedback.check(start / len(xy), "Moving to WGS 84")
    moved[~np.isfinite(moved).all(axis=1)] = np.nan
    return moved


def apply(raw: Raw, change: Callable[[npt.NDArray[np.float64]], npt.NDArray[np.float64]]) -> None:
    """Change every vertex of a raw layer, in place."""
    if raw.points is not None:
        raw.points = change(raw.points)
    elif raw.shapes is not None:
        raw.shapes = shapely.transform(raw.shapes, change)
