"""What a format can hold of a layer's columns: names, types and texts made to fit, all told."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely

from gisapp.data.arrow import type_name
from gisapp.data.losses import Losses, safe_cells
from gisapp.model.features import Column, Features
from gisapp.model.feedback import GisappError, Problem
from gisapp.model.layer import Layer

_LOST: Final = "lost"
_NUMBER: Final = re.compile(r"[+-]?(0|[1-9]\d*)(\.\d+)?$")


@dataclass(frozen=True)
class _Rules:
    """What a format's columns may be; None and False are no limit.

    Parameters
    ----------
    names
        Bytes of a column's name.
    unlike
        True where names must differ even in lower case.
    plain
        True where names are ASCII letters, digits and underscores.
    texts
        Bytes of a text.
    columns
        How many there may be.
    whole, real
        The largest number of each kind.
    dates
        What a date becomes: "date", "datetime" or "text".
    times
        False where times of day become texts.
    gaps
        False where a missing number would become 0.
    blank
        "missing" where an empty text is read back as none, "empty" where none is read as empty.
    lines
        False where a text has one line.
    small
        True where truth values are no kind of their own, and larger whole numbers than of 32 bits
        are read as nonsense, unless with a point.
    typed
        False where the format does not say that a text of digits is a text.
    formulas
        True where a text may be run as a formula.
    """

    names: int | None = None
    unlike: bool = False
    plain: bool = False
    texts: int | None = None
    columns: int | None = None
    whole: int | None = None
    real: float | None = None
    dates: str = "date"
    times: bool = True
    gaps: bool = True
    blank: str = ""
    lines: bool = True
    small: bool = False
    typed: bool = True
    formulas: bool = False


_RULES: Final[dict[str, _Rules]] = {
    "ESRI Shapefile": _Rules(
        names=10, unlike=True, texts=254, columns=255, whole=10**17, real=1e22, times=False,
        blank="missing",
    ),
    "GPKG": _Rules(unlike=True),
    "SQLite": _Rules(unlike=True),
    "MapInfo File": _Rules(
        names=31, unlike=True, plain=True, texts=254, columns=250, gaps=False,
        blank="empty", lines=False,
    ),
    "GeoJSON": _Rules(unlike=True),  # GDAL writes such columns into one another
    "GeoJSONSeq": _Rules(unlike=True),
    "FlatGeobuf": _Rules(unlike=True, dates="datetime"),
    "LIBKML": _Rules(unlike=True, whole=2**31, dates="text", times=False, blank="missing"),
    "GPX": _Rules(
        unlike=True, plain=True, dates="text", times=False, blank="missing", small=True, typed=False
    ),
    "XLSX": _Rules(
        unlike=True, texts=32_767, columns=16_384, whole=10**15, blank="missing", typed=False
    ),
    "DXF": _Rules(columns=0),
    "CSV": _Rules(blank="missing", typed=False, formulas=True),
}  # fmt: skip


@dataclass(frozen=True)
class ColumnLoss:
    """One column as it is and as a format writes it.

    Parameters
    ----------
    column, written
        Its name before and after; `written` is "" where the column is left out.
    kind, written_kind
        text, integer, number, boolean, date or datetime, before and after.
    cut
        How many of its texts are cut.
    """

    column: str
    written: str
    kind: str
    written_kind: str
    cut: int = 0

    @property
    def is_lossless(self) -> bool:
        """True where nothing changes."""
        return self.column == self.written and self.kind == self.written_kind and not self.cut


@dataclass(frozen=True)
class Preview:
    """What saving a layer in a format would do to it.

    Parameters
    ----------
    columns
        Every column of the layer, in order.
    problems
        The same in sentences, and what else is lost.
    encoding
        Of the texts.
    refused
        Why it cannot be saved so; "" where it can.
    """

    driver: str
    columns: tuple[ColumnLoss, ...]
    problems: tuple[Problem, ...] = ()
    encoding: str = "UTF-8"
    refused: str = ""


def preview_losses(driver: str, layer: Layer) -> Preview:
    """Tell what a format of `formats.WRITABLE` cannot hold of a layer, before it is written."""
    losses = Losses()
    refused = ""
    try:
        geometry_kind(driver, layer)
    except GisappError as error:
        refused = str(error)
    fitted = fit(driver, layer.features.columns, losses)
    if driver in POSITIONED:
        with_position(layer.features, driver, losses)
    if driver == "ESRI Shapefile":
        by_family(layer, losses)
    rows = []
    for name, (written, values) in fitted.items():
        given = layer.features.columns[name]
        kind = type_name(given)
        if values is None:
            rows.append(ColumnLoss(name, "", kind, _LOST))
            continue
        changed = given.dtype == object and values is not given
        pairs = zip(given, values, strict=True) if changed else ()
        cut = sum(bool(a) and len(b) < len(a) for a, b in pairs)
        rows.append(ColumnLoss(name, written, kind, _written_kind(driver, values), cut))
    return Preview(driver, tuple(rows), tuple(losses.problems), refused=refused)


#: Formats without features that have no geometry.
POSITIONED: Final = frozenset({"GPX", "DXF"})


def with_position(features: Features, driver: str, losses: Losses) -> Features:
    """Return the features that have a position, for a format that holds no others."""
    known = np.isfinite(features.lonlat).all(axis=1)
    if driver == "DXF":
        losses.no_crs()
        several = shapely.get_num_geometries(features.geometry) > 1
        if several.any():
            losses.split(int(several.sum()))
    if known.all():
        return features
    losses.unplaced(int((~known).sum()), driver)
    return features.take(known)


def geometry_kind(driver: str, layer: Layer) -> str:
    """Return the type of geometry that a layer is declared with in a format.

    Raises
    ------
    GisappError
        not_points.
    """
    features = layer.features
    kind = features.geometry_type
    if driver == "GPX":
        if kind not in {"Point", "None"}:
            raise GisappError(
                "not_points",
                f'"{layer.name}" holds more than points, which a GPX file of waypoints cannot.',
                "Write a GeoPackage or KML instead.",
            )
        return "Point"
    both = _has_both(features)
    if driver == "ESRI Shapefile":
        if kind == "None":
            return "Point"
        return kind if kind == "MultiPoint" else kind.removeprefix("Multi")
    return "Unknown" if kind in {"Mixed", "None"} or both else kind


def by_family(layer: Layer, losses: Losses) -> list[tuple[str, Layer]]:
    """Return a layer's points, lines and areas apart, each as a format of one kind wants it.

    Features without a geometry stay with the first. The name is "" where there is one kind only.
    """
    features = layer.features
    if features.is_points:
        return [("", layer)]
    kinds = shapely.get_type_id(features.geometry)
    family = np.select([np.isin(kinds, ids) for _, ids in _FAMILIES], range(len(_FAMILIES)), -1)
    present = sorted(set(family[family >= 0].tolist()))
    family[family < 0] = present[0] if present else 0
    parts = []
    for number in present or [0]:
        part = features.take(family == number) if len(present) > 1 else features
        own = shapely.get_type_id(part.geometry)
        if (own == 0).any() and (own == 4).any():
            losses.multiplied(int((own == 0).sum()))
            shapes = part.geometry.copy()
            shapes[own == 0] = [shapely.MultiPoint([shape]) for shape in shapes[own == 0]]
            part = Features.from_shapes(shapes, part.columns)
        name = _FAMILIES[number][0] if len(present) > 1 else ""
        parts.append((name, layer.with_(features=part)))
    if len(parts) > 1:
        losses.by_kind([name for name, _ in parts])
    return parts


_FAMILIES: Final = (("points", (0, 4)), ("lines", (1, 2, 5)), ("areas", (3, 6)))


def _has_both(features: Features) -> bool:
    """Tell whether single and multiple geometries stand side by side."""
    if features.is_points:
        return False
    kinds = np.unique(shapely.get_type_id(features.geometry))
    return int((kinds >= 0).sum()) > 1


def fit(
    driver: str, columns: Mapping[str, Column], losses: Losses
) -> dict[str, tuple[str, Column | None]]:
    """Return for each column the name and the values that a format can hold; all is told.

    The values are None where the format has no room for the column.
    """
    rules = _RULES.get(driver, _Rules())
    names = list(columns)
    kept = names if rules.columns is None else names[: rules.columns]
    if len(kept) < len(names):
        losses.columns_lost(names[len(kept) :], driver)
    wanted = [_plain(name) for name in kept] if rules.plain else kept
    wanted = [_of_kml(name) for name in wanted] if driver == "LIBKML" else wanted
    written = losses.unique("column", wanted, rules.names, given=kept) if rules.unlike else wanted
    if driver == "MapInfo File":
        losses.rounded()
    fitted: dict[str, tuple[str, Column | None]] = {}
    for name, title in zip(kept, written, strict=True):
        fitted[name] = (title, _fitted(name, columns[name], rules, losses))
    for name in names[len(kept) :]:
        fitted[name] = ("", None)
    return fitted


def _fitted(name: str, values: Column, rules: _Rules, losses: Losses) -> Column:
    kind = type_name(values)
    if kind == "datetime" and not rules.times:
        losses.as_text(name, "times of day")
        return _as_text(values)
    if kind == "date" and rules.dates == "text":
        losses.as_text(name, "dates")
        return _as_text(values)
    if kind == "date" and rules.dates == "datetime":
        losses.as_times(name)
        return values.astype("datetime64[ms]")
    large = kind == "integer" and rules.whole is not None and len(values) > 0
    if large and max(-int(values.min()), int(values.max())) >= (rules.whole or 0):
        losses.as_text(name, "whole numbers with more digits than the format has")
        return _as_text(values)
    if kind == "integer" and rules.small and len(values) and np.abs(values).max() >= 2**31:
        losses.as_real(name)
        return values.astype(np.float64)
    if kind == "boolean" and rules.small:
        losses.as_text(name, "truth values")
        return np.where(values, "true", "false").astype(object)
    if kind == "number":
        known = values[np.isfinite(values)]
        reason = ""
        if rules.real is not None and (np.abs(known) >= rules.real).any():
            reason = "numbers with more digits than the format has"
        elif not rules.gaps and len(known) < len(values):
            reason = "missing numbers, which the format would make 0,"
        if reason:
            losses.as_text(name, reason)
            return _as_text(values)
    if values.dtype == object:
        return _fitted_texts(name, values, rules, losses)
    return values


def _fitted_texts(name: str, values: Column, rules: _Rules, losses: Losses) -> Column:
    if rules.blank == "missing" and (count := sum(v == "" for v in values)):
        losses.blanks(name, count, "empty", "missing")
    if rules.blank == "empty" and (count := sum(v is None for v in values)):
        losses.blanks(name, count, "missing", "empty")
    if rules.formulas:
        safe_cells(values, losses)
    texts = [] if rules.typed else [v for v in values if v]
    if texts and all(map(_NUMBER.match, texts)):
        losses.typeless(name)
    if not rules.lines:
        broken = [i for i, v in enumerate(values) if v and ("\n" in v or "\r" in v)]
        if broken:
            values = values.copy()
            values[broken] = [" ".join(values[i].splitlines()) for i in broken]
            losses.one_line(name, len(broken))
    return values if rules.texts is None else _cut_texts(name, values, rules.texts, losses)


def _cut_texts(name: str, values: Column, limit: int, losses: Losses) -> Column:
    long = [i for i, v in enumerate(values) if v and len(v) * 4 > limit and len(v.encode()) > limit]
    if not long:
        return values
    cut = values.copy()
    for i in long:
        cut[i] = cut[i].encode()[:limit].decode("utf-8", "ignore")
    losses.cut(name, len(long), limit)
    return cut


def _as_text(values: Column) -> Column:
    """Return values as texts that read back the same; None where one is missing."""
    if values.dtype.kind == "M":
        missing = np.isnat(values)
        texts = values.astype(str).astype(object)
    else:
        missing = (
            np.isnan(values) if values.dtype.kind == "f" else np.zeros(len(values), dtype=bool)
        )
        texts = np.array([str(value) for value in values.tolist()], dtype=object)
    texts[missing] = None
    return texts


def _written_kind(driver: str, values: Column) -> str:
    kind = type_name(values)
    return "text" if driver == "GPX" and kind != "text" else kind


def _plain(name: str) -> str:
    """Return a name of ASCII letters, digits and underscores that starts with a letter."""
    bare = unicodedata.normalize("NFKD", name)
    bare = "".join(c for c in bare if not unicodedata.combining(c))
    plain = re.sub(r"[^A-Za-z0-9_]+", "_", bare).strip("_") or "column"
    return plain if plain[0].isalpha() else f"c_{plain}"


def _of_kml(name: str) -> str:
    return {"name": "Name", "Description": "description"}.get(name, name)
