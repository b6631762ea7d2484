"""Passages of the sea and countries as people name them, for what ways keep away from."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from functools import cache

from gisapp.analysis.network.journey import SHIPS, Avoidance, ship_class
from gisapp.analysis.network.passages import Named, named
from gisapp.data.shipped import manifest
from gisapp.model.feedback import GisappError
from gisapp.workspace.params import listed


@cache
def _shipped() -> tuple[Named, ...]:
    return named(next(entry.path for entry in manifest() if entry.id == "sea_network"))


@cache
def passage_titles() -> Mapping[str, str]:
    """Return the passages at sea that can be closed or opened: name by id."""
    return {passage.id: passage.name for passage in _shipped()}


@cache
def passed_titles() -> Mapping[str, str]:
    """Return the passages that ships pass unless they are closed: name by id."""
    return {passage.id: passage.name for passage in _shipped() if not passage.usually_closed}


def not_passed(ship: str) -> tuple[str, ...]:
    """Return the names of the passages that ships pass, but none of this class."""
    return tuple(p.name for p in _shipped() if not p.usually_closed and ship in p.closed_to)


def ship_notes(avoid: Avoidance) -> tuple[str, ...]:
    """Return what is to be said of ships that do not pass every open passage."""
    names = [passage_titles()[code] for code in sorted(avoid.opened)]
    names = [name for name in not_passed(avoid.ship) if name not in names]
    if not names:
        return ()
    return (f"Goods go in ships of the class {SHIPS[avoid.ship]}: not by {listed(names)}.",)


def known_passages(ids: Collection[str]) -> frozenset[str]:
    """Return ids of passages; raises `GisappError` `unknown_passage` naming those that exist."""
    known = passage_titles()
    for code in sorted(set(ids) - known.keys()):
        raise GisappError(
            "unknown_passage",
            f'No passage is called "{code}".',
            f"Known: {listed(sorted(known))}.",
        )
    return frozenset(ids)


def passages(words: Iterable[str]) -> frozenset[str]:
    """Return the passages of words in any case; raises as `known_passages` does."""
    return known_passages([word.strip().lower() for word in words if word.strip()])


def avoidance(
    words: Iterable[str],
    countries: Collection[str],
    *,
    opened: Iterable[str] = (),
    ship: str = "any",
) -> Avoidance:
    """Return what ways keep away from.

    Parameters
    ----------
    words
        Ids of passages and codes of countries, in any order and case.
    countries
        ISO alpha-3 codes of all that there are.
    opened
        Ids of usually closed passages that are open.
    ship
        The class of ships.

    Raises
    ------
    GisappError
        `unknown_place` for a word that is neither, `unknown_passage` for an opened one,
        `unknown_ship_class`.
    """
    known = passage_titles()
    closed, codes = set(), set()
    for word in (w.strip() for w in words):
        if word.lower() in known:
            closed.add(word.lower())
        elif word.upper() in countries:
            codes.add(word.upper())
        elif word:
            raise GisappError(
                "unknown_place",
                f'"{word}" is no passage and no country.',
                f"Passages are {listed(sorted(known))}; countries are ISO 3166-1 alpha-3 codes.",
            )
    return Avoidance(frozenset(closed), passages(opened), frozenset(codes), ship_class(ship))
