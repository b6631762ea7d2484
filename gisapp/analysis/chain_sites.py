"""The sites of a chain: at which step each stands, what it takes and makes, and how much.

Rare earths go from mine to separation, metal making and magnets, counted in tonnes of finished
magnets by their neodymium and praseodymium (NdPr). Other minerals go from mine to refinery,
counted in tonnes of the refined mineral.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

import numpy as np

from gisapp.analysis import process_fit
from gisapp.analysis.chain_refining import refines
from gisapp.analysis.jurisdiction import JurisdictionIndex
from gisapp.analysis.measures import Measure, measure_of
from gisapp.analysis.ownership import Holding, equity
from gisapp.analysis.quantity import Figure, figure
from gisapp.analysis.selection import Facilities, check_mineral, select
from gisapp.model.facts import Facts, Quantity
from gisapp.model.feedback import Feedback, GisappError
from gisapp.model.layer import Layer
from gisapp.model.stoichiometry import ndpr_metal_per_oxide
from gisapp.model.vocabulary import MINERALS, Basis, Role, Stage, Status, family
from gisapp.model.yields import Yields

MINING, SEPARATION, METAL, MAGNETS, REFINING = (
    "mining", "separation", "metal", "magnets", "refining",
)  # fmt: skip
RARE_EARTHS: Final = "rare_earths"
_REFINE: Final = "y_refine"

_SITES_A_CHECK: Final = 2000
_LIGHT, _HEAVY = "light rare earths", "heavy rare earths"
_OXIDE, _ALLOY, _POWDER, _ANY = "oxide", "alloy", "powder", "any"


@dataclass(frozen=True)
class Step:
    """A step of a chain.

    Parameters
    ----------
    title
        As it stands in a sentence ("metal making").
    plants
        What its sites are called ("metal works").
    unit
        In which its capacity is counted.
    """

    id: str
    title: str
    plants: str
    unit: str
    role: Role


MAGNET_CHAIN: Final = (
    Step(MINING, "mining", "mines", "t REO", Role.DEPOSIT),
    Step(SEPARATION, "separation", "separation plants", "t NdPr oxide", Role.REFINERY),
    Step(METAL, "metal making", "metal and alloy works", "t NdPr metal", Role.REFINERY),
    Step(MAGNETS, "magnet making", "magnet plants", "t magnets", Role.MAGNET_PLANT),
)
#: What else is refined of a mineral than what mines give: synthetic graphite needs none.
_NATURAL: Final = (
    r"natural (graphite anode|anode graphite)|natural graphite anode|spherical graphite.*"
)
_NATURAL_GRAPHITE: Final = Measure("t spherical natural graphite", (((_NATURAL, 1.0),),))
_REFINED: Final[Mapping[str, Measure]] = {"graphite": _NATURAL_GRAPHITE}
#: Products in the order in which a site's figure is looked for, with the form they are.
_FORMS: Final[Mapping[str, tuple[tuple[str, str], ...]]] = {
    SEPARATION: (
        ("NdPr oxide", r"ndpr oxide"),
        ("REO", r"reo separated|rare earths separated and refined"),
        ("NdPr metal", r"(nd and )?ndpr metal"),
    ),
    METAL: (
        ("NdPr metal", r"(nd and )?ndpr metal|rare earth metals"),
        ("alloy", r"(ndfeb|magnet) alloy|ndfeb strip-cast alloy"),
        ("bonded powder", r"bonded ndfeb powder"),
    ),
    MAGNETS: (("magnets", r"ndfeb( sintered| bonded| hot-deformed)? magnets"),),
}
_OTHER_MAGNETS: Final = r"smco magnets"
_PRODUCTS: Final = {
    RARE_EARTHS: "magnets",
    "lithium": "lithium in chemicals",
    "graphite": "spherical graphite",
}
#: What a user's own column of capacities is taken to count.
_OWN_FORM: Final = {MINING: "REO", SEPARATION: "REO", METAL: "NdPr metal", MAGNETS: "magnets"}
_SEPARATES: Final = frozenset({"separation", "refining", ""})
_TAKES_SCRAP: Final = frozenset({"recycling", "recycled_magnet"})
_OF_PROCESS: Final = {
    "sintered": frozenset({_ALLOY}),
    "bonded": frozenset({_POWDER}),
    "hot_deformed": frozenset({_POWDER}),
}


@dataclass(frozen=True)
class Site:
    """A site at a step.

    Parameters
    ----------
    amount
        Tonnes a year of `form`; NaN unknown.
    form
        What the amount counts ("NdPr oxide"); decides how it becomes the end product.
    share
        The id of the yield that says how much NdPr its rare earths hold; "" where none is needed.
    product, year, source
        Of the figure; "" and None where there is none.
    home
        The jurisdiction by which it counts; "" unknown.
    layer, row
        Where it stands; "" and -1 for what is no row of a layer.
    pooled
        True where it has no figure and the national output holds what it makes.
    holdings
        Its equity by the homes of those who hold it, where that is what counts; else None.
    """

    id: str
    name: str
    step: int
    country: str
    home: str
    lonlat: tuple[float, float] | None
    status: str
    amount: float
    form: str
    takes: frozenset[str]
    makes: frozenset[str]
    share: str = ""
    product: str = ""
    year: int | None = None
    source: str = ""
    layer: str = ""
    row: int = -1
    pooled: bool = False
    holdings: tuple[Holding, ...] | None = None

    @property
    def known(self) -> bool:
        """True where its amount is."""
        return bool(np.isfinite(self.amount))


@dataclass(frozen=True)
class AddedSite:
    """A site that does not exist, to see what it would change.

    Parameters
    ----------
    step
        Id of its step ("metal").
    amount
        Tonnes a year in the unit of the step; of a mine, REO or contained metal.
    """

    id: str
    name: str
    step: str
    amount: float
    country: str
    owner_country: str = ""
    lonlat: tuple[float, float] | None = None


@dataclass(frozen=True, eq=False)
class Sites:
    """All sites of a mineral's chain, inside and outside.

    Parameters
    ----------
    mineral
        The one that is counted ("rare_earths" for light rare earths too).
    """

    mineral: str
    steps: tuple[Step, ...]
    sites: tuple[Site, ...]
    notes: tuple[str, ...]
    sources: tuple[str, ...]

    @property
    def is_magnets(self) -> bool:
        """True for the chain that ends in magnets."""
        return self.mineral == RARE_EARTHS

    @property
    def product(self) -> str:
        """The end product, as it stands after "t a year of"."""
        title = MINERALS[self.mineral].lower()
        return _PRODUCTS.get(self.mineral, f"refined {title}")

    @property
    def number(self) -> Mapping[str, int]:
        """The number of a step by its id."""
        return {step.id: i for i, step in enumerate(self.steps)}


def chain_minerals(yields: Yields) -> tuple[str, ...]:
    """Return the minerals that a chain can be followed of."""
    refined = [row.id.partition(":")[2] for row in yields.rows if row.id.startswith(f"{_REFINE}:")]
    return (RARE_EARTHS, *refined)


def steps_of(mineral: str, yields: Yields) -> tuple[str, tuple[Step, ...]]:
    """Return the mineral that is counted and the steps of its chain.

    Raises
    ------
    GisappError
        `unknown_mineral`; `no_chain` where steps cannot be counted in one unit.
    """
    code = check_mineral(mineral)
    if code in {RARE_EARTHS, "light_rare_earths"}:
        return RARE_EARTHS, MAGNET_CHAIN
    if code == "heavy_rare_earths":
        raise GisappError(
            "no_chain",
            "Magnets are counted by their neodymium and praseodymium, which are light.",
            "Ask for rare earths.",
        )
    if code not in chain_minerals(yields):
        titles = ", ".join(MINERALS[m].lower() for m in chain_minerals(yields))
        raise GisappError(
            "no_chain",
            f"Mines and refineries of {MINERALS[code].lower()} are not counted in one unit.",
            f"There is a chain of {titles}.",
        )
    mined, refined = measure_of(code, Stage.MINING), _refined(code)
    return code, (
        Step(MINING, "mining", "mines", "t" if mined is None else mined.unit, Role.DEPOSIT),
        Step(REFINING, "refining", "refineries", refined.unit, Role.REFINERY),
    )


def _refined(mineral: str) -> Measure:
    measure = _REFINED.get(mineral) or measure_of(mineral, Stage.REFINING)
    if measure is None:
        raise GisappError("no_chain", f"Nothing refined is counted of {MINERALS[mineral].lower()}.")
    return measure


def read_sites(
    mineral: str,
    layers: Sequence[Layer],
    facts: Facts,
    yields: Yields,
    *,
    by: Basis = Basis.LOCATION,
    statuses: frozenset[Status] = frozenset({Status.OPERATING}),
    as_of: date | None = None,
    added: Iterable[AddedSite] = (),
    jurisdictions: JurisdictionIndex | None = None,
    feedback: Feedback | None = None,
) -> Sites:
    """Gather the sites of a mineral's chain; parameters as of `chain.ChainQuery`."""
    code, steps = steps_of(mineral, yields)
    last_year = None if as_of is None else as_of.year
    found: dict[Role, Facilities] = {
        role: select(
            layers,
            role,
            mineral=code,
            statuses=statuses,
            as_of=as_of,
            facts=facts,
            jurisdictions=jurisdictions,
            feedback=feedback,
        )
        for role in dict.fromkeys(step.role for step in steps)
    }
    notes = [note for part in found.values() for note in part.notes]
    reader = _Reader(code, facts, yields, last_year)
    sites: list[Site] = []
    for i, step in enumerate(steps):
        part = found[step.role]
        homes = part.home(by)
        held = equity(part, facts) if by is Basis.EQUITY else None
        for n in range(len(part)):
            if feedback is not None and n % _SITES_A_CHECK == 0:
                feedback.check(text=f"Reading {step.plants}")
            site = reader.site(part, n, str(homes[n]), i, step.id)
            if site is not None:
                sites.append(site if held is None else replace(site, holdings=held[n]))
    if code == RARE_EARTHS:
        notes += _left_out(found)
    else:
        refining = sum(site.step == len(steps) - 1 for site in sites)
        others = len(found[Role.REFINERY]) - refining
        if others:
            notes.append(
                f"Not counted as refineries: {others} works that take scrap or refined goods, or "
                "make intermediates (hydroxide, matte, anode) which refineries take."
            )
    sites += [_added(new, steps, code, by) for new in added]
    sources = tuple(dict.fromkeys(s for part in found.values() for s in part.layer_sources))
    return Sites(code, steps, tuple(sites), tuple(dict.fromkeys(notes)), sources)


@dataclass(frozen=True)
class _Reader:
    """Makes sites of facilities."""

    mineral: str
    facts: Facts
    yields: Yields
    last_year: int | None

    def site(self, part: Facilities, n: int, home: str, step: int, at: str) -> Site | None:
        """Return a facility as a site of a step, None where it does not stand there."""
        quantities = self.facts.quantities.get(str(part.id[n]), ())
        process, kinds = str(part.process[n]), part.minerals[n]
        form, chosen = _chosen(quantities, at, self.mineral, self.last_year)
        if at == REFINING:
            told = (part.id[n], part.name[n], *(q.product for q in quantities))
            text = " ".join(told).lower()
            works = process_fit.Site(kinds, process, str(part.country[n]), text)
            if not refines(self.mineral, works, has_figure=chosen is not None):
                return None
        elif not _stands_at(at, process, chosen, quantities, self.mineral):
            return None
        amount = float("nan") if chosen is None else chosen.value
        own = float(part.capacity[n])
        if not quantities and own >= 0 and kinds <= family(self.mineral):
            amount, form = own, _OWN_FORM[at] if self.mineral == RARE_EARTHS else ""
        if chosen is not None and "blanks" in chosen.product.lower():
            form = "blanks"
        lon, lat = (float(v) for v in part.lonlat[n])
        takes, makes = _fits(at, self.mineral, kinds, process, form)
        return Site(
            id=str(part.id[n]),
            name=str(part.name[n]),
            step=step,
            country=str(part.country[n]),
            home=home,
            lonlat=(lon, lat) if np.isfinite(lon) and np.isfinite(lat) else None,
            status=str(part.status[n]),
            amount=amount,
            form=form,
            takes=takes,
            makes=makes,
            share=self._share(str(part.id[n]), at, kinds, process),
            product="" if chosen is None else chosen.product,
            year=None if chosen is None else chosen.year,
            source=str(part.source[n]) if chosen is None else chosen.source,
            layer=str(part.layer_id[n]),
            row=int(part.row[n]),
        )

    def _share(self, place: str, at: str, kinds: frozenset[str], process: str) -> str:
        """Return the id of the yield that says how much NdPr a site's rare earths hold."""
        if self.mineral != RARE_EARTHS:
            return ""
        own = f"ndpr_share:{place}"
        if own in self.yields:
            return own
        clay = kinds == {"heavy_rare_earths"} or (at == MINING and process == "in_situ")
        return "ndpr_share_clay" if clay else "ndpr_share"


def _chosen(
    quantities: Sequence[Quantity], step: str, mineral: str, last_year: int | None
) -> tuple[str, Figure | None]:
    """Return the form and figure of a site at a step."""
    if not quantities:
        return _OWN_FORM.get(step, "") if mineral == RARE_EARTHS else "", None
    if step == MINING:
        return "REO" if mineral == RARE_EARTHS else "", figure(
            quantities, mineral, Stage.MINING, last_year
        )
    if step == REFINING:
        chosen = figure(quantities, mineral, Stage.REFINING, last_year, measure=_refined(mineral))
        return "", chosen
    stage = Stage.MAGNETS if step == MAGNETS else Stage.REFINING
    for form, pattern in _FORMS[step]:
        measure = Measure(f"t {form}", (((pattern, 1.0),),))
        chosen = figure(quantities, mineral, stage, last_year, measure=measure)
        if chosen is not None:
            return form, chosen
    return _FORMS[step][0][0], None


def _stands_at(
    step: str, process: str, chosen: Figure | None, quantities: Sequence[Quantity], mineral: str
) -> bool:
    if step == SEPARATION:
        return process in _SEPARATES
    if step == METAL:
        return process == "metal_alloy" or (chosen is not None and process not in _TAKES_SCRAP)
    if step == MAGNETS:
        other = Measure("t", (((_OTHER_MAGNETS, 1.0),),))
        is_other = figure(quantities, mineral, Stage.MAGNETS, measure=other) is not None
        return process not in _TAKES_SCRAP and not (chosen is None and is_other)
    return True


def _fits(
    step: str, mineral: str, kinds: frozenset[str], process: str, form: str
) -> tuple[frozenset[str], frozenset[str]]:
    """Return the classes of products that a site takes and makes."""
    if mineral != RARE_EARTHS:
        goods = frozenset({_ANY})
        return (frozenset(), goods) if step == MINING else (goods, frozenset())
    named = {"light_rare_earths": _LIGHT, "heavy_rare_earths": _HEAVY}
    ores = frozenset(named[k] for k in kinds if k in named)
    if RARE_EARTHS in kinds or not ores:
        ores = frozenset({_LIGHT, _HEAVY})
    if step == MINING:
        return frozenset(), ores
    if step == SEPARATION:
        return ores, frozenset({_OXIDE})
    if step == METAL:
        return frozenset({_OXIDE}), frozenset({_POWDER if form == "bonded powder" else _ALLOY})
    return _OF_PROCESS.get(process, frozenset({_ALLOY, _POWDER})), frozenset()


def _added(new: AddedSite, steps: Sequence[Step], mineral: str, by: Basis) -> Site:
    numbers = {step.id: i for i, step in enumerate(steps)}
    if new.step not in numbers:
        raise GisappError(
            "unknown_step", f'No step is called "{new.step}".', f"Known: {', '.join(numbers)}."
        )
    form = {MINING: "REO", SEPARATION: "NdPr oxide", METAL: "NdPr metal", MAGNETS: "magnets"}
    is_magnets = mineral == RARE_EARTHS
    takes, makes = _fits(new.step, mineral, frozenset({RARE_EARTHS}), "", "")
    home = new.country if by is Basis.LOCATION else new.owner_country
    return Site(
        id=new.id,
        name=new.name,
        step=numbers[new.step],
        country=new.country,
        home="" if by is Basis.LISTING else home,
        lonlat=new.lonlat,
        status=Status.OPERATING.value,
        amount=new.amount,
        form=form[new.step] if is_magnets else "",
        takes=takes,
        makes=makes,
        share="ndpr_share" if is_magnets else "",
        product="assumed",
        source="assumed",
    )


def _left_out(found: Mapping[Role, Facilities]) -> list[str]:
    notes = []
    for role, words in (
        (Role.REFINERY, "works that take scrap"),
        (Role.MAGNET_PLANT, "magnet plants that take scrap"),
    ):
        scrap = int(np.isin(found[role].process.astype(str), sorted(_TAKES_SCRAP)).sum())
        if scrap:
            notes.append(f"Outside the chain from ore: {scrap} {words}.")
    before = int((found[Role.REFINERY].process == "chemical_conversion").sum())
    if before:
        notes.append(
            f"Cracking and leaching ({before} works) counts with the separation that follows it."
        )
    return notes


def factors(mineral: str, yields: Yields) -> Mapping[str, float]:
    """Return tonnes of end product in a tonne of each form.

    One tonne of finished magnets needs

        w_NdPr / (c y_metal y_alloy y_press y_machine)

    tonnes of NdPr oxide, c being the metal in a tonne of oxide. Waste of machining that comes back
    spares mining and separation: there y_machine becomes 1 - (1 - y_machine)(1 - swarf_return).
    "REO" and "REO mined" hold the factor of the NdPr in it, to be multiplied by the NdPr share.
    """
    if mineral != RARE_EARTHS:
        return {"": 1.0, "mined": yields[f"{_REFINE}:{mineral}"]}
    pressed, machined = yields["y_press"], yields["y_machine"]
    metal = yields["y_alloy"] * pressed / yields["w_ndpr"]
    spared = 1.0 - (1.0 - machined) * (1.0 - yields["swarf_return"])
    per_oxide = ndpr_metal_per_oxide(yields["nd_of_ndpr"])
    oxide = per_oxide * yields["y_metal"] * metal * spared
    return {
        "magnets": 1.0,
        "blanks": machined,
        "bonded powder": pressed,
        "alloy": pressed * machined,
        "NdPr metal": metal * machined,
        "NdPr oxide": oxide,
        "NdPr metal at separation": oxide / (per_oxide * yields["y_metal"]),
        "magnet rare earths": oxide / per_oxide,
        "REO": oxide,
        "REO mined": oxide * yields["y_separation"],
    }


def end_tonnes(site: Site, sites: Sites, yields: Yields, table: Mapping[str, float]) -> float:
    """Return what a site's amount is in tonnes of the end product; NaN unknown.

    Parameters
    ----------
    table
        A result of `factors`.
    """
    step = sites.steps[site.step].id
    if not sites.is_magnets:
        return site.amount * (table["mined"] if step == MINING else 1.0)
    if site.form == "REO":
        at = "REO mined" if step == MINING else "REO"
        return site.amount * table[at] * yields[site.share]
    if site.form == "NdPr metal" and step == SEPARATION:
        return site.amount * table["NdPr metal at separation"]
    return site.amount * table[site.form]


def unit_factor(step: Step, sites: Sites, yields: Yields, table: Mapping[str, float]) -> float:
    """Return tonnes of the end product in one of the step's unit."""
    if not sites.is_magnets:
        return table["mined"] if step.id == MINING else 1.0
    return {
        MINING: table["REO mined"] * yields["ndpr_share"],
        SEPARATION: table["NdPr oxide"],
        METAL: table["NdPr metal"],
        MAGNETS: 1.0,
    }[step.id]
