"""What can be set against what: sites with what they ship, plants with what they can take.

Supply is what each site ships in a year, in tonnes of content; capacity what each plant makes of
it. Tonnes of content become tonnes of product by the yields of the chain and tonnes of cargo by
the content of what is shipped, both visible assumptions of `layers/yields.csv`. A site without a
figure is named and not counted, and a plant without one says how wrong "no place" may be.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final

import numpy as np
import numpy.typing as npt

from gisapp.analysis.jurisdiction import JurisdictionIndex
from gisapp.analysis.measures import measure_of
from gisapp.analysis.network.journey import Avoidance, Measure, Travel
from gisapp.analysis.process_fit import NEEDS_NONE, Site, fits, shipped, taken
from gisapp.analysis.quantity import figures
from gisapp.analysis.selection import Facilities, check_mineral, select
from gisapp.model.facts import Facts
from gisapp.model.features import Floats
from gisapp.model.feedback import Feedback, GisappError
from gisapp.model.layer import Layer
from gisapp.model.numbers import whole
from gisapp.model.stoichiometry import mass_fraction, ndpr_metal_per_oxide
from gisapp.model.vocabulary import MINERALS, Role, Stage, Status, family

Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class FlowQuery:
    """What is asked.

    Parameters
    ----------
    mineral
        Code; its children count.
    to
        Role of the plants: refinery, fed by deposits, or magnet plant, fed by refineries.
    within
        Jurisdictions whose plants take the ore; None asks of the world alone.
    within_title
        What people call them.
    plant_inside, owner_inside
        Whether a plant has to stand within, and whether its controlling owner has to be of there.
    ore_inside
        Whether the restricted allocation is of the ore mined within, or of all ore.
    statuses
        Of sites and plants.
    least
        What the allocation and each way are the least of: goods go where it is cheap.
    avoid
        Passages and countries that no way leads through, with the alliance and without.
    """

    mineral: str
    to: Role = Role.REFINERY
    within: frozenset[str] | None = None
    within_title: str = ""
    plant_inside: bool = True
    owner_inside: bool = False
    ore_inside: bool = True
    statuses: frozenset[Status] = frozenset({Status.OPERATING})
    as_of: date | None = None
    least: Measure = Measure.USD
    travel: Travel = Travel.ANY
    avoid: Avoidance = field(default_factory=Avoidance)

    @property
    def stage(self) -> Stage:
        """The stage of the plants."""
        return Stage.MAGNETS if self.to is Role.MAGNET_PLANT else Stage.REFINING


@dataclass(frozen=True, eq=False)
class Gathered:
    """What takes part, n sites and m plants, before the ways between them are known.

    Parameters
    ----------
    sites, works
        With a figure and a position.
    supply
        Tonnes of content a year, shape (n,), in `unit`.
    capacity
        Tonnes of product a year, shape (m,), in `product_unit`.
    ratio
        Product per tonne of content.
    cargo
        Tonnes of cargo per tonne of content.
    fits
        Whether a plant takes what a site ships, shape (n, m).
    unknown_sites, unknown_works
        Those without a figure or a position; `unknown_fits` says what the plants among them
        take, shape (n, q).
    notes
        What was assumed, in sentences.
    """

    sites: Facilities
    works: Facilities
    supply: Floats
    capacity: Floats
    ratio: float
    cargo: float
    unit: str
    product_unit: str
    fits: Bools
    unknown_sites: Facilities
    unknown_works: Facilities
    unknown_fits: Bools
    notes: tuple[str, ...]


def gather(
    query: FlowQuery,
    layers: Sequence[Layer],
    facts: Facts,
    *,
    jurisdictions: JurisdictionIndex | None = None,
    feedback: Feedback | None = None,
) -> Gathered:
    """Gather sites and plants with their figures in units that belong together.

    Raises
    ------
    GisappError
        `bad_query` where ore and plants have no figures that can be set side by side,
        `no_figures` where no site or no plant has one, `unknown_mineral`.
    """
    mineral = check_mineral(query.mineral)
    to_magnets = query.to is Role.MAGNET_PLANT
    if query.to not in (Role.REFINERY, Role.MAGNET_PLANT):
        raise GisappError(
            "bad_query",
            f"Ore does not go to a {query.to.label.lower()}.",
            "Ask for refinery or magnet_plant.",
        )

    def found(role: Role, stage: Stage) -> _Counted:
        measure = measure_of(mineral, stage)
        if measure is None:
            raise _not_comparable(mineral)
        sites = select(
            layers,
            role,
            mineral=mineral,
            statuses=query.statuses,
            as_of=query.as_of,
            facts=facts,
            jurisdictions=jurisdictions,
            feedback=feedback,
        )
        year = None if query.as_of is None else query.as_of.year
        amounts, chosen = figures(sites, mineral, stage, facts.quantities, year)
        known = np.isfinite(amounts) & sites.placed
        factor = _of_all_oxides(mineral, stage, chosen[known], facts)
        return _Counted(
            sites.take(known), amounts[known], factor, measure.unit, sites.take(~known),
            (measure.note, *sites.notes),
        )  # fmt: skip

    if to_magnets:
        ore = found(Role.REFINERY, Stage.REFINING)
    else:
        ore = _wanting_plants(mineral, found(Role.DEPOSIT, Stage.MINING), facts)
    works = found(query.to, query.stage)
    ratio, cargo, words = _content(mineral, query.stage, facts)
    for part, word in ((ore, "site that ships"), (works, "plant that takes")):
        if not len(part.sites):
            raise GisappError(
                "no_figures",
                f"No {word} {MINERALS[mineral].lower()} has a figure of tonnes a year.",
                "Ask for another mineral, or load a layer with a capacity column.",
            )
    share = facts.yields["ndpr_share"]  # magnets are made of a part of the oxides alone
    table = _all_fit if to_magnets else fit_table
    return Gathered(
        sites=ore.sites,
        works=works.sites,
        supply=ore.amounts * ore.factor * share if to_magnets else ore.amounts,
        capacity=works.amounts if to_magnets else works.amounts * works.factor,
        ratio=ratio,
        cargo=cargo,
        unit="t NdPr oxide" if to_magnets else ore.unit,
        product_unit=works.unit,
        fits=table(mineral, ore.sites, works.sites, facts),
        unknown_sites=ore.unknown,
        unknown_works=works.unknown,
        unknown_fits=table(mineral, ore.sites, works.unknown, facts),
        notes=tuple(dict.fromkeys(n for n in (*words, *ore.notes, *works.notes) if n)),
    )


@dataclass(frozen=True, eq=False)
class _Counted:
    """Sites with figures, and those without; `factor` see `_of_all_oxides`."""

    sites: Facilities
    amounts: Floats
    factor: Floats
    unit: str
    unknown: Facilities
    notes: tuple[str, ...]


def _wanting_plants(mineral: str, ore: _Counted, facts: Facts) -> _Counted:
    """Leave out mines that make the metal themselves."""
    done = np.array(
        [shipped(mineral, site).feeds == NEEDS_NONE for site in _described(ore.sites, facts)],
        dtype=bool,
    )
    if not done.any():
        return ore
    tonnes = whole(float(ore.amounts[done].sum()))
    note = f"Left out, as metal is made at the mine: {int(done.sum())} mines, {tonnes} t a year."
    return replace(
        ore,
        sites=ore.sites.take(~done),
        amounts=ore.amounts[~done],
        factor=ore.factor[~done],
        notes=(*ore.notes, note),
    )


def _not_comparable(mineral: str) -> GisappError:
    return GisappError(
        "bad_query",
        f"Mines and plants of {MINERALS[mineral].lower()} have no figures that can be set against "
        "each other.",
        "Ask for rare earths, lithium, cobalt, nickel, copper or graphite.",
    )


#: Product per tonne of content where the table of yields says nothing.
_PER_CONTENT: Final = {
    "tungsten": (
        0.95 / 0.7043,  # tungsten in (NH4)10(H2W12O42).4H2O
        "Assumption: 95 % of the tungsten is recovered, as ammonium paratungstate.",
    ),
    "uranium": (0.995, "Assumption: 99.5 % of the uranium is recovered in conversion."),
    "vanadium": (0.9, "Assumption: 90 % of the vanadium is recovered."),
    "antimony": (1.0, "Antimony products are counted as the antimony in them."),
    "chromium": (1.0 / 2.4, "Assumption: 2.4 t of chromite make one tonne of ferrochrome."),
    "niobium": (1.0, ""),
    "platinum_group": (1.0, "Plants' figures hold rhodium and others beside Pt and Pd."),
    "titanium": (
        mass_fraction("Ti", "TiO2"),
        "Most TiO2 becomes pigment: the sponge plants' room is not what limits it.",
    ),
    "zirconium": (0.497, "Most zircon goes to ceramics: sponge plants take a part alone."),
}


def _content(mineral: str, stage: Stage, facts: Facts) -> tuple[float, float, tuple[str, ...]]:
    """Return product and cargo per tonne of content, and what is assumed for them."""
    table = facts.yields
    parent = "rare_earths" if mineral in family("rare_earths") else mineral
    if stage is Stage.MAGNETS:
        ratio = (
            ndpr_metal_per_oxide(table["nd_of_ndpr"])
            * table["y_metal"] * table["y_alloy"] * table["y_press"] * table["y_machine"]
            / table["w_ndpr"]
        )  # fmt: skip
        return ratio, 1.0, (f"One tonne of NdPr oxide gives {ratio:.2f} t of magnets (assumed).",)
    notes: list[str] = []
    name = "y_separation" if parent == "rare_earths" else f"y_refine:{parent}"
    if name in table:
        ratio = table[name]
        notes.append(f"Assumed: {ratio:.2f} t of product from a tonne of content.")
    elif parent in _PER_CONTENT:
        ratio, note = _PER_CONTENT[parent]
        notes.append(note)
    else:
        raise _not_comparable(mineral)
    cargo = 1.0
    if f"cargo:{parent}" in table:
        cargo = 1.0 / table[f"cargo:{parent}"]
        notes.append(f"Assumed: a tonne of content weighs {cargo:.3g} t on its way.")
    return ratio, cargo, tuple(note for note in notes if note)


def _of_all_oxides(
    mineral: str, stage: Stage, chosen: npt.NDArray[np.object_], facts: Facts
) -> Floats:
    """Return how many tonnes of all oxides a tonne of figures of NdPr, Dy or Tb stands for."""
    factors = np.ones(len(chosen))
    if stage is Stage.REFINING and mineral in family("rare_earths"):
        for i, figure in enumerate(chosen):
            words = "" if figure is None else figure.product.lower()
            if any(word in words for word in ("ndpr", "dysprosium", "terbium")):
                factors[i] = 1.0 / facts.yields["ndpr_share"]
    return factors


def fit_table(mineral: str, sites: Facilities, works: Facilities, facts: Facts) -> Bools:
    """Return which plants take what which sites ship, shape (n, m)."""
    ships = [shipped(mineral, site).feeds for site in _described(sites, facts)]
    takes = [taken(mineral, site).feeds for site in _described(works, facts)]
    known: dict[object, Bools] = {}
    for feeds in set(ships):
        known[feeds] = np.array([fits(feeds, other) for other in takes], dtype=bool)
    table = [known[feeds] for feeds in ships]
    return np.array(table, dtype=bool).reshape(len(sites), len(works))


def _all_fit(_mineral: str, sites: Facilities, works: Facilities, _facts: Facts) -> Bools:
    return np.ones((len(sites), len(works)), dtype=bool)


def _described(sites: Facilities, facts: Facts) -> list[Site]:
    return [
        Site(
            minerals,
            process,
            country,
            " ".join([code, name, *(q.product for q in facts.quantities.get(code, ()))]).lower(),
        )
        for minerals, process, country, code, name in zip(
            sites.minerals, sites.process, sites.country, sites.id, sites.name, strict=True
        )
    ]
