"""A deck: the question of a project asked for every mineral, alliance, deposit, scenario or year.

Imports the analyses and the renderers: import this module late, in the job that makes the deck.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from gisapp.analysis.sentences import adjective_of, inner, the
from gisapp.model.facts import Facts
from gisapp.model.feedback import Feedback, GisappError
from gisapp.model.vocabulary import MINERALS, Stage
from gisapp.render.deck_pages import ManyPage, MapPage, Page, Paragraph, TextPage
from gisapp.render.picture import FrameSpec, Picture
from gisapp.render.text_page import text_pages
from gisapp.workspace.answer import Answer
from gisapp.workspace.answering import answer_of
from gisapp.workspace.deck_appendix import appendix
from gisapp.workspace.deck_comparison import compared
from gisapp.workspace.deck_findings import short_words
from gisapp.workspace.deck_frames import deposit_frames
from gisapp.workspace.deck_keys import Key, asked_of, keys_of
from gisapp.workspace.deck_nearest import nearest_chart
from gisapp.workspace.deck_plan import COMPARISON, DeckPlan, Per
from gisapp.workspace.deck_values import DeckCase, Told, is_answered
from gisapp.workspace.lineage import Lineage, lineage_of
from gisapp.workspace.own_facts import project_facts
from gisapp.workspace.picturing import picture_of
from gisapp.workspace.state import ProjectState
from gisapp.workspace.titles import alliance_title, day_title

#: So few entries have room for their finding in the agenda.
_MOST_FINDINGS: Final = 8
#: Small maps on a page, and source lines in the foot of the comparison.
_MOST_MAPS: Final = 12
_MOST_SOURCES: Final = 4
_GLANCE: Final = "At a glance"
_MAPS: Final = "All maps"
_SHOWN: Final = {
    "facilities": "Sites by stage and status",
    "coverage": "Who mines and refines how much",
    "distance": "From deposits to plants",
    "routes": "Trade routes",
    "chain": "The chain from mine to product",
    "flows": "Ore given to plants",
    "exposure": "Exposure to passages",
}


@dataclass(frozen=True, eq=False)
class Deck:
    """Pages with the key of each, "" for what stands around the slides.

    `notices` are sentences on keys that have no slide.
    """

    pages: tuple[Page, ...]
    keys: tuple[str, ...]
    notices: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class _Section:
    """Pages that the agenda names once, with what it says of them."""

    name: str
    pages: tuple[Page, ...]
    key: str = ""
    finding: str = ""


def deck_of(state: ProjectState, facts: Facts, plan: DeckPlan, feedback: Feedback) -> Deck:
    """Return a deck: agenda, comparison, small maps, a slide for every key, appendix.

    A key that the user named and that cannot be answered has a page that says why; of those that
    nobody named, a notice, the agenda and the appendix say that they were left out.

    Raises
    ------
    GisappError
        As `deck_keys.keys_of`; `nothing_to_tell` where no key has an answer.
    """
    asked = _asked(state, facts, plan, feedback)
    case = asked.case
    slides = _slides(case)
    if plan.keys:
        slides |= {each.key.id: _no_answer(each, case) for each in asked.mute}
    middle = [slides[key.id] for key in asked.keys if key.id in slides]
    sections = [*_comparison(case), *_multiples(case), *middle]
    if plan.appendix:
        sections += [_Section(title, _text(case, title, p)) for title, p in appendix(case).items()]
    if plan.agenda:
        sections = [_agenda(case, sections), *sections]
    return Deck(
        tuple(page for section in sections for page in section.pages),
        tuple(section.key for section in sections for _ in section.pages),
        asked.notices,
    )


def multiples_of(
    state: ProjectState, facts: Facts, plan: DeckPlan, feedback: Feedback
) -> tuple[tuple[ManyPage, ...], tuple[str, ...]]:
    """Return small maps of the keys of a plan alone, and notices on those that have none.

    Raises
    ------
    GisappError
        As `deck_of`.
    """
    asked = _asked(state, facts, plan, feedback)
    return small_multiples(asked.case), asked.notices


@dataclass(frozen=True, eq=False)
class _Asked:
    """Keys with what was answered; `mute` have no answer."""

    keys: Sequence[Key]
    case: DeckCase
    mute: Sequence[Told]

    @property
    def notices(self) -> tuple[str, ...]:
        names = ", ".join(_names(self.case.left_out))
        plural = self.case.plan.per.plural
        said = f"Left out, for there is no answer to this question: {plural} {names}."
        return (said,) if names else ()


def _asked(state: ProjectState, facts: Facts, plan: DeckPlan, feedback: Feedback) -> _Asked:
    located = located_of(state, facts, plan, feedback)
    keys = keys_of(state, facts, plan, located)
    told: list[Told] = []
    mute: list[Told] = []
    for number, key in enumerate(keys):
        part = feedback.part(number / len(keys), (number + 1) / len(keys), f"Asking: {key.title}")
        part.check(0.0)
        each = _told(key, plan.per, asked_of(state, plan.per, key.id, located), facts, part)
        (told if is_answered(each.answer, each.state) else mute).append(each)
    if not told:
        why = f"{mute[0].answer.headline}." if mute else ""
        raise GisappError(
            "nothing_to_tell",
            f"None of the {plan.per.plural} has an answer to this question.",
            why or "Ask another question.",
        )
    lineage = lineage_of(state, plan=plan)
    whole = project_facts(state, facts)
    case = DeckCase(
        state,
        whole,
        plan,
        told,
        [_picture(each, facts, plan, lineage) for each in told],
        [] if plan.keys else [f"{each.key.title}: {_reason(each, whole)}." for each in mute],
        lineage,
    )
    return _Asked(keys, case, mute)


def located_of(
    state: ProjectState, facts: Facts, plan: DeckPlan, feedback: Feedback
) -> Answer | None:
    """Return the distances of all deposits, which name those that a deck of deposits is about."""
    if plan.per is not Per.DEPOSIT:
        return None
    asked = state.with_(question=replace(state.question, view="distance", deposit=""))
    return answer_of(asked, facts, feedback.part(0.0, 0.1, "Looking for deposits"))


def _told(key: Key, per: Per, state: ProjectState, facts: Facts, feedback: Feedback) -> Told:
    """Return the answer for a key; where a stage has no figures, that of one that has."""
    answer = answer_of(state, facts, feedback)
    question = state.question
    if per is Per.DEPOSIT:
        chart = nearest_chart(state, facts, answer, feedback)
        return Told(key, state, replace(answer, chart=chart), question.stage)
    if question.view == "coverage" and not is_answered(answer, state):
        for stage in Stage:
            other = state.with_(question=replace(question, stage=stage))
            tried = answer_of(other, facts, feedback)
            if is_answered(tried, other):
                why = f"{answer.subtitle}. The slide shows {stage.value} instead."
                return Told(key, other, replace(tried, notes=(why, *tried.notes)), question.stage)
    return Told(key, state, answer, question.stage)


def _slides(case: DeckCase) -> dict[str, _Section]:
    """Return the slide of every key that has an answer."""
    frames: Sequence[FrameSpec] = (case.state.frame,) * len(case.pictures)
    if case.plan.per is Per.DEPOSIT:
        same = case.plan.same_scale
        frames = deposit_frames(case.state.frame, case.pictures, same_scale=same)
    return {
        each.key.id: _Section(
            each.key.title, (MapPage(picture, frame),), each.key.id, picture.title
        )
        for each, picture, frame in zip(case.told, case.pictures, frames, strict=True)
    }


def _picture(told: Told, facts: Facts, plan: DeckPlan, lineage: Lineage) -> Picture:
    picture = picture_of(told.state, facts, told.answer)
    title = plan.headline(told.key.id) or picture.title
    return replace(picture, title=_capital(title), lineage=lineage)


def _no_answer(told: Told, case: DeckCase) -> _Section:
    """Return the page of a key that the user named and that has no answer."""
    reasons = dict.fromkeys((_reason(told, case.facts), *told.answer.notes))
    paragraphs = [Paragraph(f"{_capital(text).rstrip('.')}.") for text in reasons if text]
    title = f"{told.key.title}: no answer to this question"
    return _Section(told.key.title, _text(case, title, paragraphs), told.key.id, title)


def _reason(told: Told, facts: Facts) -> str:
    """Return why a key has no answer, without the full stop."""
    answer, question = told.answer, told.state.question
    text, notes = answer.headline, answer.notes
    members = question.alliance is None or facts.alliances.jurisdictions(
        question.alliance, question.as_of
    )
    if not members:
        text = notes[0]
    elif question.view == "distance" and answer.distance is None:
        # the notes begin with the alliance's members, if one is asked about
        text = next(iter(notes[question.alliance is not None :]), text)
    return _capital(text).rstrip(".")


def _text(
    case: DeckCase, title: str, paragraphs: Sequence[Paragraph], subtitle: str = ""
) -> tuple[TextPage, ...]:
    page = TextPage(
        title,
        case.state.frame,
        case.state.question.as_of,
        subtitle,
        paragraphs=tuple(paragraphs),
        lineage=case.lineage,
    )
    return text_pages(page)


def _comparison(case: DeckCase) -> list[_Section]:
    if not case.plan.comparison or len(case.told) < 2:
        return []
    found = compared(case.told, case.plan, case.facts)
    page = TextPage(
        case.plan.headline(COMPARISON) or found.title,
        case.state.frame,
        case.state.question.as_of,
        _what(case),
        table=found.table,
        chart=found.chart,
        sources=_few(case, (s for each in case.told for s in each.answer.sources)),
        notes="\n".join(each.answer.text for each in case.told),
        lineage=case.lineage,
    )
    return [_Section(_GLANCE, text_pages(page), finding=page.title)]


def _multiples(case: DeckCase) -> list[_Section]:
    if not case.plan.multiples or len(case.pictures) < 2:
        return []
    return [_Section(_MAPS, small_multiples(case))]


def small_multiples(case: DeckCase) -> tuple[ManyPage, ...]:
    """Return the maps of all keys in small, so many to a page as can be read."""
    titled = [
        replace(picture, title=each.key.title, subtitle=short_words(each), chart=None)
        for each, picture in zip(case.told, case.pictures, strict=True)
    ]
    title = f"{_opening(case)}, map by map"
    if not case.plan.comparison and len(titled) > 1:
        title = compared(case.told, case.plan, case.facts).title
    pages = []
    for first in range(0, len(titled), _MOST_MAPS):
        some = tuple(titled[first : first + _MOST_MAPS])
        whole = replace(
            some[0],
            title=title,
            subtitle=_what(case),
            as_of=case.state.question.as_of,
            sources=_few(case, (line for picture in some for line in picture.sources)),
            layers=(),
            labels=(),
            connections=(),
        )
        pages.append(ManyPage(whole, some, case.state.frame))
    return tuple(pages)


def _few(case: DeckCase, sources: Iterable[str]) -> tuple[str, ...]:
    """Return the sources of a page about several slides, or where they stand if they are many."""
    found = tuple(dict.fromkeys(sources))
    if len(found) > _MOST_SOURCES and case.plan.appendix:
        return ("named on each slide, all of them in the appendix",)
    return found


def _agenda(case: DeckCase, sections: Sequence[_Section]) -> _Section:
    """Return the first page: every section with the number of its page."""
    findings = sum(bool(section.finding) for section in sections) <= _MOST_FINDINGS

    def pages(before: int) -> tuple[TextPage, ...]:
        number, paragraphs = before + 1, []
        for section in sections:
            paragraphs.append(Paragraph(section.name, 1, number))
            if section.finding and findings:
                paragraphs.append(Paragraph(section.finding, 2, number))
            number += len(section.pages)
        if case.left_out:
            names = ", ".join(_names(case.left_out))
            paragraphs.append(Paragraph(f"Without an answer, and left out: {names}.", 2))
        return _text(case, _opening(case), paragraphs, _what(case))

    return _Section("Agenda", pages(len(pages(1))))


def _opening(case: DeckCase) -> str:
    """Return the title of the deck."""
    plan, question = case.plan, case.state.question
    if plan.title or case.state.title:
        return plan.title or case.state.title
    mineral = MINERALS.get(question.mineral or "", "Critical minerals")
    who = "" if question.alliance is None else alliance_title(case.facts, question.alliance)
    number, names = len(case.told), [each.key.title for each in case.told]
    if plan.per is Per.MINERAL:
        return (
            f"{the(who)} and {number} critical minerals" if who else f"{number} critical minerals"
        )
    if plan.per is Per.ALLIANCE:
        return f"{mineral}: {number} alliances compared"
    if plan.per is Per.DEPOSIT:
        return f"{number} {adjective_of(question.mineral or '')} deposits and their way to a plant"
    inside = f" and {inner(who)}" if who else ""
    if plan.per is Per.YEAR:
        return f"{mineral}{inside}, {names[0]} to {names[-1]}"
    return f"{mineral}{inside} in {number} scenarios"


def _what(case: DeckCase) -> str:
    """Return what the deck shows, in a line."""
    plan, question = case.plan, case.state.question
    view = case.told[0].state.question.view
    parts = [_SHOWN.get(view, "")]
    if question.alliance is not None and plan.per is not Per.ALLIANCE:
        parts.append(_capital(alliance_title(case.facts, question.alliance)))
    if plan.per is not Per.YEAR:
        parts.append(f"Members on {day_title(question.as_of)}")
    return " \N{MIDDLE DOT} ".join(part for part in parts if part)


def _names(left_out: Sequence[str]) -> list[str]:
    """Return the keys that have no answer as they stand in a sentence."""
    return [f"{text[0].lower()}{text[1:].partition(':')[0]}" for text in left_out]


def _capital(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"
