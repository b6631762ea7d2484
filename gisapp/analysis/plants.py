"""Which plants count for which deposits: mineral, process, status, start, capacity, alliance."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
import numpy.typing as npt

from gisapp.analysis.jurisdiction import JurisdictionIndex
from gisapp.analysis.measures import measure_of
from gisapp.analysis.process_fit import NEEDS_NONE, Fit, Site, fits, shipped, taken
from gisapp.analysis.quantity import figures
from gisapp.analysis.selection import Facilities, check_mineral, select
from gisapp.model.facts import Facts
from gisapp.model.features import Floats
from gisapp.model.feedback import Feedback, GisappError
from gisapp.model.layer import Layer
from gisapp.model.numbers import whole
from gisapp.model.vocabulary import (
    MINERALS,
    PARENT,
    STAGE_OF_ROLE,
    Basis,
    Role,
    Status,
    family,
)

#: Plants that can take ore today.
PLANT_STATUSES: Final = frozenset({Status.OPERATING})
#: Deposits that have, or may come to have, ore to send.
DEPOSIT_STATUSES: Final = frozenset(Status) - {Status.CLOSED}
#: What may start by a date, beside what runs.
_MAY_START: Final = frozenset({Status.CONSTRUCTION, Status.PLANNED})
#: The works of a parent are those of its children: platinum and palladium are refined together.
_ONE_ORE: Final = "platinum_group"
_NAMED: Final = 5
Mask = npt.NDArray[np.bool_]
_OF: Final = {
    Basis.LOCATION: "country",
    Basis.CONTROL: "controlling owner",
    Basis.LISTING: "listing",
}
_INSIDE: Final = {
    Basis.LOCATION: "inside",
    Basis.CONTROL: "owned inside",
    Basis.LISTING: "listed inside",
}


@dataclass(frozen=True)
class PlantFilter:
    """Which plants and deposits count.

    Parameters
    ----------
    within
        Jurisdictions inside; None restricts nothing.
    within_title
        What people call them.
    bases
        By what a plant has to be inside: all of them have to hold.
    starts_by
        Counts plants under construction or planned that are said to start by then, too.
    min_capacity
        Tonnes a year of what the mineral is counted in at this stage.
    unknown_capacity
        Whether a plant of unknown capacity counts where a minimum is asked.
    """

    mineral: str
    to: Role = Role.REFINERY
    within: frozenset[str] | None = None
    within_title: str = ""
    bases: frozenset[Basis] = frozenset({Basis.LOCATION})
    statuses: frozenset[Status] = PLANT_STATUSES
    deposit_statuses: frozenset[Status] = DEPOSIT_STATUSES
    as_of: date | None = None
    starts_by: date | None = None
    min_capacity: float | None = None
    unknown_capacity: bool = True


@dataclass(frozen=True, eq=False)
class Pairing:
    """Deposits and plants that have a position, and which may meet.

    Parameters
    ----------
    sites, works
        n deposits and m plants.
    ships
        What each deposit ships, in words; "" unknown, shape (n,).
    group
        Deposits that ship the same have the same number, shape (n,).
    free
        By group, the plants that take what it ships and are large enough, shape (groups, m).
    inside
        The plants inside, shape (m,).
    barred
        By group, why no plant counts at all without the alliance; "" where one does.
    outside
        Why none inside counts, where one outside does.
    """

    sites: Facilities
    works: Facilities
    ships: npt.NDArray[np.object_]
    group: npt.NDArray[np.int64]
    free: Mask
    inside: Mask
    barred: tuple[str, ...]
    outside: str
    needs_none: Mask
    notes: tuple[str, ...]


def pair(
    wanted: PlantFilter,
    deposits: Sequence[Layer],
    plants: Sequence[Layer],
    facts: Facts | None = None,
    *,
    jurisdictions: JurisdictionIndex | None = None,
    feedback: Feedback | None = None,
) -> Pairing:
    """Find the deposits and plants of a mineral and which plants fit which deposits.

    Raises
    ------
    GisappError
        `unknown_mineral`; `bad_coordinates` where a latitude is beyond 90 degrees.
    Cancelled
        If the feedback was cancelled.
    """
    mineral = check_mineral(wanted.mineral)
    sites = _of_mineral(
        select(
            deposits,
            Role.DEPOSIT,
            mineral=_asked(mineral, plants=False),
            statuses=wanted.deposit_statuses,
            as_of=wanted.as_of,
            facts=facts,
            jurisdictions=jurisdictions,
            feedback=feedback,
        ),
        mineral,
        plants=False,
    )
    works = _of_mineral(
        select(
            plants,
            wanted.to,
            mineral=_asked(mineral, plants=True),
            statuses=_statuses(wanted),
            as_of=_latest(wanted),
            facts=facts,
            jurisdictions=jurisdictions,
            feedback=feedback,
        ),
        mineral,
        plants=True,
    )
    works, late = _starting(works, wanted)
    _check_coordinates(sites, "deposit")
    _check_coordinates(works, "plant")
    notes = [*late, *_unplaced(sites, "deposit"), *_unplaced(works, "plant")]
    sites, works = sites.take(sites.placed), works.take(works.placed)
    ships, takes = _feeds(sites, works, wanted, facts, feedback=feedback)
    left_out = _left_out(takes)
    taking = np.array([fit.feeds != frozenset() for fit in takes], dtype=bool)
    works, takes = works.take(taking), [fit for fit in takes if fit.feeds != frozenset()]
    group, kinds = _grouped(ships)
    fit = np.array(
        [[fits(kind.feeds, other.feeds) for other in takes] for kind in kinds], dtype=bool
    ).reshape(len(kinds), len(works))
    large, small_notes = _large(works, wanted, facts)
    empty = "" if len(works) else _why_none(wanted, plants, facts)
    barred = tuple(_barred(k, fit[g], large, wanted, empty) for g, k in enumerate(kinds))
    works, takes = works.take(large), [t for t, ok in zip(takes, large, strict=True) if ok]
    inside, unknown_notes = _inside(works, wanted)
    unknown = sum(kinds[g].feeds is None for g in group)
    notes += [*left_out, *_unsure(works, takes, unknown, wanted), *small_notes, *unknown_notes]
    return Pairing(
        sites,
        works,
        ships=np.array([_words(kinds[g]) for g in group], dtype=object),
        group=group,
        free=fit[:, large],
        inside=inside,
        barred=barred,
        outside=_outside(wanted),
        needs_none=np.array([kinds[g].feeds == NEEDS_NONE for g in group], dtype=bool),
        notes=tuple(notes),
    )


def count(n: int, word: str) -> str:
    """Return "1 plant", "2 plants"."""
    return f"{whole(n)} {word}" if n == 1 else f"{whole(n)} {word}s"


def _asked(mineral: str, *, plants: bool) -> str:
    """Return the mineral whose family may count: works of the parent can be those of the child."""
    parent = PARENT.get(mineral)
    return parent if parent is not None and (plants or parent == _ONE_ORE) else mineral


def _of_mineral(found: Facilities, mineral: str, *, plants: bool) -> Facilities:
    """Leave out siblings: works that say heavy alone are none for light rare earths."""
    asked = _asked(mineral, plants=plants)
    if asked == mineral:
        return found
    wanted = family(mineral) | {asked}
    return found.take(np.array([not m or bool(m & wanted) for m in found.minerals], dtype=bool))


def _statuses(wanted: PlantFilter) -> frozenset[Status]:
    return wanted.statuses if wanted.starts_by is None else wanted.statuses | _MAY_START


def _latest(wanted: PlantFilter) -> date | None:
    days = [day for day in (wanted.as_of, wanted.starts_by) if day is not None]
    return max(days) if wanted.starts_by is not None else wanted.as_of


def _starting(works: Facilities, wanted: PlantFilter) -> tuple[Facilities, list[str]]:
    """Leave out what is not there yet and is not said to start in time."""
    if wanted.starts_by is None:
        return works, []
    pending = np.isin(
        works.status.astype(str), sorted(s.value for s in _MAY_START - wanted.statuses)
    )
    late = pending & ~(works.start_year <= wanted.starts_by.year)
    silent = int((late & np.isnan(works.start_year)).sum())
    starting = int((pending & ~late).sum())
    notes = [
        f"Counted as well, as said to start by {wanted.starts_by.year}: {count(starting, 'plant')}."
    ]
    if silent:
        notes.append(f"Not counted, as their start is unknown: {count(silent, 'plant')}.")
    return works.take(~late), notes


def _check_coordinates(found: Facilities, word: str) -> None:
    beyond = np.abs(found.lonlat[:, 1]) > 90
    if beyond.any():
        row = int(np.flatnonzero(beyond)[0])
        raise GisappError(
            "bad_coordinates",
            f'The {word} "{found.name[row]}" has the latitude {found.lonlat[row, 1]:g}, '
            "beyond 90 degrees.",
            "Longitude and latitude may be swapped.",
        )


def _unplaced(found: Facilities, word: str) -> list[str]:
    lost = found.name[~found.placed]
    return [f"Left out without a position: {count(len(lost), word)} ({_some(lost)})."] * bool(
        len(lost)
    )


def _some(names: Sequence[str] | npt.NDArray[np.object_]) -> str:
    rest = len(names) - _NAMED
    return ", ".join(names[:_NAMED]) + (f" and {whole(rest)} more" if rest > 0 else "")


def _feeds(
    sites: Facilities,
    works: Facilities,
    wanted: PlantFilter,
    facts: Facts | None,
    *,
    feedback: Feedback | None,
) -> tuple[list[Fit], list[Fit]]:
    """Return what each deposit ships and each plant takes."""
    told = {} if facts is None else facts.quantities
    mineral = check_mineral(wanted.mineral)

    def site(found: Facilities, i: int) -> Site:
        if feedback is not None and i % 1000 == 0:
            feedback.check()
        products = (q.product for q in told.get(found.id[i], ()))
        text = " ".join((found.id[i], found.name[i], *products)).lower()
        return Site(found.minerals[i], found.process[i], found.country[i], text)

    takes = [taken(mineral, site(works, i)) for i in range(len(works))]
    if wanted.to is Role.MAGNET_PLANT:  # metal comes to them, whatever the mine shipped
        any_ore = [fit if fit.feeds == frozenset() else Fit(None) for fit in takes]
        return [Fit(None)] * len(sites), any_ore
    return [shipped(mineral, site(sites, i)) for i in range(len(sites))], takes


def _grouped(ships: list[Fit]) -> tuple[npt.NDArray[np.int64], list[Fit]]:
    """Return the number of each deposit's kind, and the kinds: equal feeds are one."""
    kinds: dict[frozenset[str] | None, int] = {}
    firsts: list[Fit] = []
    numbers = np.zeros(len(ships), dtype=np.int64)
    for i, fit in enumerate(ships):
        if fit.feeds not in kinds:
            kinds[fit.feeds] = len(firsts)
            firsts.append(fit)
        numbers[i] = kinds[fit.feeds]
    return numbers, firsts


def _words(fit: Fit) -> str:
    return "" if fit.feeds is None else " or ".join(sorted(fit.feeds))


def _large(works: Facilities, wanted: PlantFilter, facts: Facts | None) -> tuple[Mask, list[str]]:
    """Return which plants have the capacity asked for."""
    least = wanted.min_capacity
    if least is None:
        return np.ones(len(works), dtype=bool), []
    mineral = check_mineral(wanted.mineral)
    capacity = capacities(works, mineral, wanted.to, facts, _latest(wanted))
    known = np.isfinite(capacity)
    measure = measure_of(mineral, STAGE_OF_ROLE[wanted.to])
    unit = f"{measure.unit if measure is not None else 't'}/yr"
    small = int((known & (capacity < least)).sum())
    lost = int((~known).sum())
    notes = [f"Left out below {whole(least)} {unit}: {count(small, 'plant')}."]
    if lost:
        word = "Counted though" if wanted.unknown_capacity else "Left out as"
        notes.append(f"{word} their capacity is unknown: {count(lost, 'plant')}.")
    return np.where(known, capacity >= least, wanted.unknown_capacity).astype(bool), notes


def capacities(
    works: Facilities, mineral: str, role: Role, facts: Facts | None, until: date | None
) -> Floats:
    """Return tonnes a year of each plant, NaN unknown, shape (n,)."""
    values, _ = figures(
        works,
        mineral,
        STAGE_OF_ROLE[role],
        {} if facts is None else facts.quantities,
        None if until is None else until.year,
    )
    return values


def _inside(works: Facilities, wanted: PlantFilter) -> tuple[Mask, list[str]]:
    inside = np.ones(len(works), dtype=bool)
    notes = []
    if wanted.within is not None:
        for basis in sorted(wanted.bases):
            home = works.home(basis)
            inside &= np.isin(home.astype(str), sorted(wanted.within))
            unknown = int((home == "").sum())
            if unknown:
                notes.append(
                    f"Counted as outside, {_OF[basis]} unknown: {count(unknown, 'plant')}."
                )
    return inside, notes


def _left_out(takes: list[Fit]) -> list[str]:
    """Return which plants take nothing that a mine ships, by reason."""
    why = Counter(fit.why for fit in takes if fit.feeds == frozenset())
    return [f"Left out, as they {c} and take no ore: {count(n, 'plant')}." for c, n in why.items()]


def _unsure(
    works: Facilities, takes: list[Fit], unknown_deposits: int, wanted: PlantFilter
) -> list[str]:
    """Return for which plants and deposits it is not known whether they fit."""
    if wanted.to is Role.MAGNET_PLANT:
        line = (
            "Magnet plants take metal and alloy: between a deposit and them stand separation and "
            "metal making."
        )
        return [line]
    notes = []
    open_ = [i for i, fit in enumerate(takes) if fit.feeds is None]
    if open_ and len(open_) == len(takes):
        title = MINERALS[check_mineral(wanted.mineral)].lower()
        notes.append(f"What the plants take is not known: all that name {title} count.")
    elif open_:
        notes.append(
            "Counted for every deposit, as what they take is not known: "
            f"{count(len(open_), 'plant')} ({_some(works.name[open_])})."
        )
    if unknown_deposits:
        notes.append(
            "Every plant that takes ore counts where what a deposit ships is not known: "
            f"{count(unknown_deposits, 'deposit')}."
        )
    return notes


def _plant(to: Role) -> str:
    return to.label.lower()


def _why_none(wanted: PlantFilter, plants: Sequence[Layer], facts: Facts | None) -> str:
    """Return why there is no plant whatever a deposit ships."""
    mineral = check_mineral(wanted.mineral)
    title = MINERALS[mineral].lower()
    existing = _of_mineral(
        select(plants, wanted.to, mineral=_asked(mineral, plants=True), facts=facts),
        mineral,
        plants=True,
    )
    if not len(existing):
        return f"no {_plant(wanted.to)} for {title}"
    if wanted.starts_by is not None:
        return f"no {_plant(wanted.to)} for {title} by {wanted.starts_by.year}"
    words = " or ".join(s.value for s in Status if s in wanted.statuses)
    return f"no {_plant(wanted.to)} for {title} is {words}"


def _barred(kind: Fit, fit: Mask, large: Mask, wanted: PlantFilter, empty: str) -> str:
    if kind.feeds == NEEDS_NONE:
        return "no plant needed: copper cathode is made at the mine"
    if empty:
        return empty
    if not fit.any():
        statuses = " or ".join(s.value for s in Status if s in _statuses(wanted))
        return f"no {_plant(wanted.to)} that takes {_words(kind) or 'ore'} is {statuses}"
    if not (fit & large).any():
        return f"none of {whole(wanted.min_capacity or 0)} t/yr or more"
    return ""


def _outside(wanted: PlantFilter) -> str:
    words = [word for basis, word in _INSIDE.items() if basis in wanted.bases]
    title = f" ({wanted.within_title})" if wanted.within_title else ""
    return f"none that fits is {' and '.join(words)}{title}"
