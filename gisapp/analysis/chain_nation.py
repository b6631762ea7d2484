"""What national tables know of a chain and no mapped site accounts for, as sites of their own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Final

from gisapp.analysis.chain_sites import (
    MINING,
    REFINING,
    SEPARATION,
    Site,
    Sites,
    Step,
    end_tonnes,
    factors,
)
from gisapp.analysis.measures import measure_of
from gisapp.analysis.selection import NOWHERE
from gisapp.analysis.supply import OTHERS, Supply, national
from gisapp.model.facts import Facts, Kind
from gisapp.model.vocabulary import Basis, Stage, Status
from gisapp.model.yields import Yields

#: The ids of what is no site but the rest of a country's output start so.
REST: Final = "rest:"
_MAGNET_ELEMENTS: Final = "t magnet rare earth elements"
_STAGES: Final = {MINING: Stage.MINING, SEPARATION: Stage.REFINING, REFINING: Stage.REFINING}


def with_national_output(
    sites: Sites,
    facts: Facts,
    yields: Yields,
    *,
    by: Basis = Basis.LOCATION,
    inside: frozenset[str] | None = None,
    as_of: date | None = None,
) -> tuple[Sites, tuple[str, ...]]:
    """Return the sites with the rest of every country's output, and what is to be said of it.

    The rest stands as one site of the country, and of unknown owner. Operating sites without a
    figure are within the rest and count nothing by themselves. What the source gives for
    countries that it does not name may be inside only if a member is not named.
    """
    found, notes = list(sites.sites), []
    table = factors(sites.mineral, yields)
    for i, step in enumerate(sites.steps):
        supply = national_table(sites, step, facts, as_of)
        if supply is None:
            continue
        pool = _pool(sites, found, i, supply)
        one = end_tonnes(pool, sites, yields, table)
        made: dict[str, float] = {}
        for k, site in enumerate(found):
            if site.step != i or site.status not in ("", Status.OPERATING.value):
                continue
            of = site.country if site.country in supply.known else OTHERS
            if site.known:
                # in the table's own unit: ores differ in what they hold
                same = site.form == pool.form and step.id != SEPARATION
                tonnes = site.amount if same else end_tonnes(site, sites, yields, table) / one
                made[of] = made.get(of, 0.0) + tonnes
            elif site.country:
                found[k] = replace(site, pooled=True)
        may_be = inside is None or by is not Basis.LOCATION or bool(inside - supply.known.keys())
        for country, output in (*supply.known.items(), (OTHERS, supply.others)):
            rest = output - made.get(country, 0.0)
            if rest > 0:
                home = country if by is Basis.LOCATION else ""
                if country == OTHERS:
                    home = "" if may_be else NOWHERE
                found.append(_rest(pool, country, rest, home, facts))
        notes.append(
            f"National output of {step.title} that no mapped site accounts for counts with the "
            f"country ({supply.year}); sites without a figure are within it."
        )
    return replace(sites, sites=tuple(found)), tuple(notes)


def national_table(sites: Sites, step: Step, facts: Facts, as_of: date | None) -> Supply | None:
    """Return who makes how much at a step, None where no table is in a fit unit."""
    stage = _STAGES.get(step.id)
    if stage is None:
        return None
    last_year = None if as_of is None else as_of.year
    table = national(
        facts.production, sites.mineral, stage, last_year=last_year, kind=Kind.PRODUCTION
    )
    if table is None:
        return None
    if step.id == SEPARATION:
        return table if table.unit == _MAGNET_ELEMENTS else None
    measure = measure_of(sites.mineral, stage)
    same = measure is not None and measure.comparable and measure.unit == step.unit
    return table if same else None


def _pool(sites: Sites, found: Sequence[Site], number: int, supply: Supply) -> Site:
    """Return a tonne of national output as a site of a step."""
    takes, makes = _everything(found, number)
    form = ""
    if sites.is_magnets:
        form = "magnet rare earths" if sites.steps[number].id == SEPARATION else "REO"
    return Site(
        id="",
        name="",
        step=number,
        country="",
        home="",
        lonlat=None,
        status=Status.OPERATING.value,
        amount=1.0,
        form=form,
        takes=takes,
        makes=makes,
        share="ndpr_share" if sites.is_magnets else "",
        product="national output less mapped sites",
        year=supply.year,
        source="; ".join(supply.sources),
    )


def _everything(sites: Sequence[Site], step: int) -> tuple[frozenset[str], frozenset[str]]:
    """Return all classes that sites of a step take and make, and their neighbours make and take."""
    takes = {c for s in sites if s.step == step for c in s.takes}
    takes |= {c for s in sites if s.step == step - 1 for c in s.makes}
    makes = {c for s in sites if s.step == step for c in s.makes}
    makes |= {c for s in sites if s.step == step + 1 for c in s.takes}
    return frozenset(takes), frozenset(makes)


def _rest(pool: Site, country: str, amount: float, home: str, facts: Facts) -> Site:
    others = country == OTHERS
    name = "countries not named" if others else facts.countries.get(country, country)
    return replace(
        pool,
        id=f"{REST}{pool.step}:{country}",
        name=f"Other output of {name}",
        country="" if others else country,
        home=home,
        amount=amount,
    )
