"""Two layers of one role side by side, or as one: which sites both have, and which one alone."""

from __future__ import annotations

from typing import Final

import numpy as np

from gisapp.analysis.matching import SAME_SITE_KM, Matching, match
from gisapp.analysis.selection import Facilities, select
from gisapp.model.facts import Facts
from gisapp.model.features import Column, Features
from gisapp.model.feedback import Feedback, GisappError
from gisapp.model.layer import Layer, Source
from gisapp.model.mapping import FIELDS
from gisapp.model.numbers import NO_BREAK, whole
from gisapp.model.style import Categories, Category, Style
from gisapp.model.vocabulary import MINERALS, Role

#: The column that says where a compared site was found, and its values' colours.
FOUND_IN: Final = "found in"
_COLOURS: Final = ("#009E73", "#0072B2", "#D55E00")
#: The columns of a combined layer that say where a row came from.
_FROM, _ALSO = "from_layer", "also_in"
_TEXTS: Final = (
    "id", "name", "country", "owner_country", "owner", "listing", "status", "process", "precision",
    "source",
)  # fmt: skip


def check_pair(first: Layer, second: Layer) -> None:
    """Refuse what cannot be set side by side.

    Raises
    ------
    GisappError
        same_layer, other_role, not_facilities, nothing_to_compare.
    """
    if first.id == second.id:
        raise GisappError("same_layer", "A layer is the same as itself.", "Choose another layer.")
    if first.role is not second.role:
        raise GisappError(
            "other_role",
            f"{first.name} holds {first.role.label.lower()}, {second.name} "
            f"{second.role.label.lower()}: they have no sites in common.",
            "Choose two layers of one role, or change the role of one.",
        )
    if not first.role.is_facility:
        raise GisappError(
            "not_facilities",
            f"{first.name} and {second.name} hold no facilities.",
            "Say under Role and columns whether they are deposits, refineries or magnet plants.",
        )
    empty = next((layer for layer in (first, second) if not len(layer.features)), None)
    if empty is not None:
        raise GisappError("nothing_to_compare", f"{empty.name} holds no features.")


def compare(
    first: Layer, second: Layer, facts: Facts, *, feedback: Feedback | None = None
) -> tuple[Layer, str]:
    """Return the sites of two layers with where each was found, and the finding in a sentence.

    Sites within `matching.SAME_SITE_KM` that share a mineral are one; it stands at its place in
    the first layer. The layer is a backdrop: nothing is counted twice.

    Raises
    ------
    GisappError
        As `check_pair`.
    """
    a, b, pairs = _paired(first, second, facts, feedback)
    titles = _titles(first, second)
    found = (f"both {titles[0]} and {titles[1]}", f"only {titles[0]}", f"only {titles[1]}")
    rows_a = np.concatenate([pairs.first, pairs.only_first])
    counts = (len(pairs.first), len(pairs.only_first), len(pairs.only_second))
    texts = np.array(found, dtype=object)[np.repeat(np.arange(3), counts)]
    missing_a = np.full(counts[2], None, dtype=object)

    def stacked(of_a: Column, of_b: Column) -> Column:
        return np.concatenate([of_a[rows_a], of_b[pairs.only_second]])

    name_b = np.concatenate(
        [b.name[pairs.second], np.full(counts[1], None, dtype=object), b.name[pairs.only_second]]
    )
    gap = np.full(counts[1] + counts[2], np.nan)
    columns: dict[str, Column] = {
        "name": stacked(a.name, b.name),
        FOUND_IN: texts,
        "mineral": stacked(_mineral_texts(a), _mineral_texts(b)),
        "country": stacked(a.country, b.country),
        "distance_km": np.concatenate([pairs.km, gap]),
        f"name, {titles[0]}": np.concatenate([a.name[rows_a], missing_a]),
        f"name, {titles[1]}": name_b,
        f"capacity (t/yr), {titles[0]}": np.concatenate(
            [a.capacity[rows_a], np.full(counts[2], np.nan)]
        ),
        f"capacity (t/yr), {titles[1]}": np.concatenate(
            [
                b.capacity[pairs.second],
                np.full(counts[1], np.nan),
                b.capacity[pairs.only_second],
            ]
        ),
    }
    said = (
        f"{whole(counts[0])} {'site' if counts[0] == 1 else 'sites'} in both, "
        f"{whole(counts[1])} only in {titles[0]}, "
        f"{whole(counts[2])} only in {titles[1]}: sites of one mineral within "
        f"{SAME_SITE_KM:g}{NO_BREAK}km are the same."
    )
    look = Categories(
        FOUND_IN,
        tuple(Category(text, color) for text, color in zip(found, _COLOURS, strict=True)),
    )
    layer = Layer(
        "comparison",
        f"{titles[0]} and {titles[1]} compared",
        Role.REFERENCE,
        Features.from_points(stacked(a.lonlat, b.lonlat), columns),
        _made_of(first, second),
        style=Style(categories=look),
    )
    return layer, said


def combine(
    first: Layer, second: Layer, facts: Facts, *, feedback: Feedback | None = None
) -> tuple[Layer, str]:
    """Return the sites of both layers as one layer without the duplicates, and what was done.

    Of a pair the first layer's row stays. Fields of the analyses come under their own names, with
    capacities in the tonnes that are counted; the other columns of both follow.

    Raises
    ------
    GisappError
        As `check_pair`.
    """
    a, b, pairs = _paired(first, second, facts, feedback)
    rows_b = pairs.only_second
    titles = _titles(first, second)
    columns: dict[str, Column] = {
        name: np.concatenate([getattr(a, name), getattr(b, name)[rows_b]]) for name in _TEXTS
    }
    columns = {name: _blank(values) for name, values in columns.items()}
    columns["mineral"] = np.concatenate([_mineral_texts(a), _mineral_texts(b)[rows_b]])
    for name in ("capacity", "start_year"):
        columns[name] = np.concatenate([getattr(a, name), getattr(b, name)[rows_b]])
    origin = np.repeat(np.array(titles, dtype=object), [len(a), len(rows_b)])
    also = np.full(len(origin), None, dtype=object)
    also[pairs.first] = titles[1]
    columns[_FROM], columns[_ALSO] = origin, also
    for name in _others(first, second, columns):
        columns[name] = _stacked(first, second, name, rows_b)
    used = {name: columns[name] for name in ("id", "name", "mineral") if name in columns}
    lonlat = np.concatenate([a.lonlat, b.lonlat[rows_b]])
    layer = Layer(
        "combined",
        f"{titles[0]} and {titles[1]}",
        first.role,
        Features.from_points(lonlat, used | columns),
        _made_of(first, second),
    )
    said = (
        f"{whole(len(origin))} sites: {whole(len(a))} of {titles[0]} and {whole(len(rows_b))} of "
        f"{titles[1]}; {whole(len(pairs.second))} that both have stand once. Both layers are "
        "hidden, so that nothing is counted twice."
    )
    return layer, said


def _paired(
    first: Layer, second: Layer, facts: Facts, feedback: Feedback | None
) -> tuple[Facilities, Facilities, Matching]:
    check_pair(first, second)
    a, b = (
        select([layer], layer.role, facts=facts, feedback=feedback) for layer in (first, second)
    )
    return a, b, match(a.lonlat, b.lonlat, a.minerals, b.minerals, feedback=feedback)


def _titles(first: Layer, second: Layer) -> tuple[str, str]:
    if first.name != second.name:
        return first.name, second.name
    return f"{first.name} (1)", f"{second.name} (2)"


def _mineral_texts(sites: Facilities) -> Column:
    """Return the minerals of each site in words."""
    kinds = {
        codes: "; ".join(MINERALS.get(c, c) for c in sorted(codes)) for codes in sites.minerals
    }
    return np.array([*(kinds[codes] or None for codes in sites.minerals), None], dtype=object)[:-1]


def _blank(values: Column) -> Column:
    """Return texts with None where nothing stands."""
    texts = values.copy()
    texts[texts == ""] = None
    return texts


def _others(first: Layer, second: Layer, taken: dict[str, Column]) -> list[str]:
    """Return the names of columns that hold no field of the analyses, of both layers, in order."""
    fields = {*FIELDS, "minerals", "coord_precision", "capacity_unit", *taken}
    named = dict.fromkeys([*first.features.columns, *second.features.columns])
    mapped = [{column for _, column in layer.mapping.columns} for layer in (first, second)]
    return [
        name
        for name in named
        if name not in fields
        and not all(
            name in used or name not in layer.features.columns
            for layer, used in zip((first, second), mapped, strict=True)
        )
    ]


def _stacked(first: Layer, second: Layer, name: str, rows_b: Column) -> Column:
    """Return a column of both layers; numbers stay numbers where both have such."""
    above, below = first.features.columns.get(name), second.features.columns.get(name)
    below = None if below is None else below[rows_b]
    n, m = len(first.features), len(rows_b)
    kinds = {values.dtype.kind for values in (above, below) if values is not None}
    if kinds <= {"i", "f"}:
        gaps = [np.full(size, np.nan) for size in (n, m)]
        parts = [
            gap if v is None else v.astype(float)
            for v, gap in zip((above, below), gaps, strict=True)
        ]
        return np.concatenate(parts)
    if kinds == {"M"}:
        some = next(v for v in (above, below) if v is not None)
        gaps = [np.full(size, "NaT", dtype=some.dtype) for size in (n, m)]
        return np.concatenate(
            [gap if v is None else v for v, gap in zip((above, below), gaps, strict=True)]
        )
    return np.concatenate([_as_text(above, n), _as_text(below, m)])


def _as_text(values: Column | None, size: int) -> Column:
    if values is None:
        return np.full(size, None, dtype=object)
    if values.dtype == object:
        return values
    if values.dtype.kind == "b":
        return np.where(values, "yes", "no").astype(object)
    texts = [None if v != v else str(v) for v in values.tolist()]  # noqa: PLR0124 - NaN
    return np.array([*texts, None], dtype=object)[:-1]


def _made_of(first: Layer, second: Layer) -> Source:
    told = [
        ", ".join(text for text in (layer.name, layer.source.title, layer.source.date) if text)
        for layer in (first, second)
    ]
    licences = dict.fromkeys(x.source.licence for x in (first, second) if x.source.licence)
    return Source(
        title=f"Computed by gisapp from {' and '.join(told)}", licence="; ".join(licences)
    )
