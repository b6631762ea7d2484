"""The last pages of a deck: how it was worked out, sources, licences, and what it was made of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

from gisapp.analysis.sentences import BY_WORDS
from gisapp.data.shipped import manifest
from gisapp.model.alliance import TerritoryRule
from gisapp.model.vocabulary import MINERALS, Basis, Weight
from gisapp.render.deck_pages import Paragraph
from gisapp.render.picture import Picture
from gisapp.workspace.deck_plan import Per
from gisapp.workspace.deck_values import DeckCase
from gisapp.workspace.state import ProjectState
from gisapp.workspace.titles import alliance_title, day_title

_METHOD: Final = {
    "coverage": (
        "A share is what lies inside the alliance of all there is. Figures whose country is not "
        "known count as outside for the lower bound and as inside for the upper one; one figure "
        "stands where both read the same. A country with more than 65 % is marked: a screen of "
        "world output, not the EU's rule on its own consumption."
    ),
    "distance": (
        "Every deposit is sent to the nearest plant that takes what it ships: the right mineral, "
        "the right step, operating and, where asked, inside the alliance. The penalty is the way "
        "with that restriction less the way without it."
    ),
    "flows": (
        "Ore is given to plants within their capacities so that all ways together cost least. It "
        "says what could be, not what contracts say."
    ),
    "exposure": (
        "Ore takes the ways of least cost; a passage is exposed to by what goes through it, and "
        "closing it costs what the next best way is longer."
    ),
    "chain": (
        "The chain carries as much as its weakest step, counted in the end product by the yields "
        "of each step."
    ),
    "facilities": "Sites are shown at their published positions, by stage and status.",
    "routes": "Trade routes lead from origin to destination; dashed ones are indicative.",
}
_MEASURED: Final = {
    "geodesic": "Distances are geodesics on the WGS 84 ellipsoid.",
    "route": "Distances are along roads, railways and sea lanes.",
}
_WEIGHTS: Final = {
    Weight.PRODUCTION: "published national output of the latest year",
    Weight.CAPACITY: "the capacity of the sites on the map",
    Weight.COUNT: "the number of sites on the map",
    Weight.RESERVES: "published reserves",
}
#: Notes that fewer slides share stand in those slides' own notes alone.
_SHARED: Final = 2
_MOST_NOTES: Final = 14


def appendix(case: DeckCase) -> dict[str, tuple[Paragraph, ...]]:
    """Return the paragraphs of the pages by their titles."""
    pages = {
        "Method": _method(case),
        "Sources and licences": _sources(case.state, case.pictures),
        "How this deck was made": tuple(
            each for name, value in case.lineage for each in (Paragraph(name, 0), Paragraph(value))
        ),
    }
    return {title: paragraphs for title, paragraphs in pages.items() if paragraphs}


def _method(case: DeckCase) -> tuple[Paragraph, ...]:
    plan, told = case.plan, case.told
    question = told[0].state.question
    found = [Paragraph("What was asked", 0), Paragraph(_asked(case))]
    found += [Paragraph("How it was worked out", 0)]
    found.append(Paragraph(_METHOD[question.view]))
    if question.view in {"distance", "flows", "exposure"}:
        found.append(Paragraph(_MEASURED[question.metric]))
    if plan.per is Per.YEAR:
        found.append(
            Paragraph(
                "Each year stands for its last day: who is a member then, and the sites that had "
                "started by then. Sites under construction and planned run from the year that "
                "they are said to start; sites closed since are not in earlier years. National "
                "output is published for 2023 and 2024: other years take the nearest."
            )
        )
    shared = Counter(note for each in told for note in dict.fromkeys(each.answer.notes))
    common = [note for note, count in shared.most_common() if count >= min(_SHARED, len(told))]
    if common:
        found.append(Paragraph("Assumptions and caveats", 0))
        found += [Paragraph(note) for note in common[:_MOST_NOTES]]
        found.append(Paragraph("What holds for one slide alone stands in its speaker notes.", 2))
    if case.left_out:
        found.append(Paragraph("Not in this deck", 0))
        found += [Paragraph(text) for text in case.left_out]
    return tuple(found)


def _asked(case: DeckCase) -> str:
    """Return the question in words, with what the slides change left open."""
    state, plan, told = case.state, case.plan, case.told
    question = told[0].state.question
    parts = []
    if plan.per is not Per.MINERAL and question.mineral:
        parts.append(f"Mineral: {MINERALS[question.mineral].lower()}.")
    if plan.per is not Per.ALLIANCE and question.alliance:
        parts.append(f"Alliance: {alliance_title(case.facts, question.alliance)}.")
    if plan.per is not Per.YEAR:
        parts.append(f"Members on {day_title(question.as_of)}.")
    if question.view == "coverage":
        parts.append(f"Shares of {_WEIGHTS[Weight(question.weight)]}, {_by(question.by)}.")
    if state.territories is not TerritoryRule.LISTED:
        parts.append(f"Territories: {state.territories.value}.")
    if state.filter != type(state.filter)():
        parts.append("The project's filter holds on every slide.")
    several = f"{len(told)} {plan.per.plural}" if len(told) > 1 else f"one {plan.per.value}"
    return " ".join([f"The same question for {several}.", *parts])


def _by(by: Basis) -> str:
    return BY_WORDS[Basis(by)]


def _sources(state: ProjectState, pictures: Sequence[Picture]) -> tuple[Paragraph, ...]:
    lines = dict.fromkeys(line for picture in pictures for line in picture.sources)
    found = [Paragraph("Sources", 0), *(Paragraph(line) for line in lines)]
    found.append(Paragraph("Licences", 0))
    found += [Paragraph(text) for text in _licences(state)]
    return tuple(found)


def _licences(state: ProjectState) -> Iterable[str]:
    by_licence: dict[str, list[str]] = {}
    shown = {entry.layer.id for entry in state.layers if entry.visible}
    for entry in manifest():
        if entry.id in shown or entry.role is None or entry.id.startswith("jurisdictions"):
            by_licence.setdefault(entry.licence, []).append(entry.title)
    shipped = {entry.id for entry in manifest()}
    for each in state.layers:
        if each.visible and each.layer.id not in shipped and each.layer.source.licence:
            by_licence.setdefault(each.layer.source.licence, []).append(each.layer.name)
    for licence, titles in by_licence.items():
        names = ", ".join([titles[0], *(title[0].lower() + title[1:] for title in titles[1:])])
        yield f"{names}: {licence}."
