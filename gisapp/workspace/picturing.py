"""The state and its answer as a `Picture`: the same for window, command line and export."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from textwrap import shorten
from typing import Final

import numpy as np

from gisapp.analysis.network.journey import CHANGE
from gisapp.data.shipped import manifest
from gisapp.model.facts import Facts
from gisapp.model.features import Floats
from gisapp.model.layer import Layer, cited
from gisapp.model.rows import Rows
from gisapp.model.scenario import Scenario
from gisapp.model.vocabulary import FACILITY_ROLES, MINERALS, ROLE_OF_STAGE, Role, Stage
from gisapp.render.drawn import drawn_rows
from gisapp.render.picture import DrawnLayer, Label, Picture, Shading
from gisapp.workspace.answer import Answer
from gisapp.workspace.chain_terms import chain_labels
from gisapp.workspace.filtering import rows_shown
from gisapp.workspace.flow_labels import flow_labels, route_labels
from gisapp.workspace.own_facts import project_facts
from gisapp.workspace.state import LayerEntry, ProjectState, Question
from gisapp.workspace.supposing import suppose
from gisapp.workspace.titles import alliance_title, day_title

#: Labels offered to the drawers, which place as many as fit.
MOST_LABELS: Final = 16
_BASEMAP: Final = "jurisdictions"
_WHERE: Final = 80


def picture_of(state: ProjectState, facts: Facts, answer: Answer | None) -> Picture:
    """Return what the map shows of a state.

    Cheap enough for the main thread: the layers, the filter and the shading show at once, lines,
    sizes and chart as soon as the answer is there.

    Parameters
    ----------
    answer
        None while it is being worked out.
    """
    now = suppose(state, facts)
    before = _before(state, facts, now.scenario)
    state, facts = now.state, now.facts
    shown = [
        entry
        for entry in reversed(state.layers)
        if entry.visible and not _leaves(entry.layer.role, state.question)
    ]
    drawn = tuple(_drawn(entry, state, answer) for entry in shown)
    return Picture(
        title=state.title or _title(state, answer),
        subtitle=_supposing(state.subtitle or _subtitle(state, facts, answer), now.scenario),
        layers=drawn,
        as_of=state.question.as_of,
        sources=_sources(shown, answer),
        shading=_shading(state, facts, before),
        connections=answer.connections if answer is not None else (),
        labels=_labels(state, drawn, answer),
        chart=answer.chart if answer is not None else None,
        notes=_notes(answer),
    )


def _drawn(entry: LayerEntry, state: ProjectState, answer: Answer | None) -> DrawnLayer:
    layer = entry.layer
    rows = rows_shown(layer, state.filter, state.question.mineral, entry.where)
    weights = answer.weights.get(layer.id) if answer is not None else None
    if weights is not None and len(weights) != len(layer.features):
        weights = None  # the answer is of the layer before this change
    if weights is not None and rows is not None:
        weights = weights[rows]
    return DrawnLayer(
        layer,
        entry.opacity,
        rows,
        weights,
        answer.weight_units.get(layer.id, "") if answer is not None else "",
        faded=_steps_back(layer, state.question),
    )


#: What steps back where the question is about something else; a backdrop has no need to.
_BESIDE: Final = frozenset({Role.DEPOSIT, Role.REFINERY, Role.MAGNET_PLANT, Role.TRADE_ROUTE})


def _asked_roles(question: Question) -> frozenset[Role]:
    if question.view == "routes":
        asked = question.start and question.end
        return frozenset() if asked else frozenset({Role.TRADE_ROUTE})
    if question.mineral is None or question.view == "facilities":
        return _BESIDE
    if question.view == "chain":
        return frozenset(FACILITY_ROLES)
    if question.view == "distance":
        return frozenset({Role.DEPOSIT, question.to})
    if question.view in {"flows", "exposure"}:
        to_magnets = question.stage is Stage.MAGNETS
        return frozenset({Role.REFINERY, Role.MAGNET_PLANT if to_magnets else Role.DEPOSIT})
    return frozenset({ROLE_OF_STAGE[question.stage]})


def _steps_back(layer: Layer, question: Question) -> bool:
    """Return whether a layer is drawn pale; not one that the user made to speak for itself."""
    if layer.role not in _BESIDE or layer.role in _asked_roles(question):
        return False
    return not layer.style.columns and layer.style.labels is None


def _leaves(role: Role, question: Question) -> bool:
    """Return whether a role would only stand in the way of what is asked."""
    if role not in _BESIDE or role in _asked_roles(question):
        return False
    if question.view == "coverage":
        return role is Role.TRADE_ROUTE and question.mineral is not None
    return question.view in {"distance", "chain", "flows", "exposure"} or (
        question.view == "routes" and bool(question.start and question.end)
    )


def _shading(
    state: ProjectState, facts: Facts, before: frozenset[str] | None = None
) -> tuple[Shading, ...]:
    """Return the question's alliance and the one beside it, or who joins it in a scenario.

    Parameters
    ----------
    before
        Who is in the question's alliance as it is, where a scenario supposes others.
    """
    question = state.question
    ids = (*((question.alliance,) if question.alliance else ()), *state.frame.also)
    shadings = [_shaded(each, facts, question.as_of) for each in dict.fromkeys(ids)]
    if before is not None and shadings and not state.frame.also:
        now = shadings[0]
        joining = now.inside - before
        title = f"Joins the {now.title} in the scenario"
        shadings = [replace(now, inside=now.inside - joining), Shading(title, joining)]
    return tuple(each for each in shadings if each.inside)


def _shaded(alliance_id: str, facts: Facts, as_of: date) -> Shading:
    alliance = facts.alliances.get(alliance_id)
    title = alliance.short_name or alliance.name
    if alliance.is_proposal:
        title = f"{title} (proposed)"
    inside = facts.alliances.jurisdictions(alliance_id, as_of)
    return Shading(title, inside, alliance.is_proposal)


def _before(state: ProjectState, facts: Facts, scenario: Scenario | None) -> frozenset[str] | None:
    """Return who is in the question's alliance as it is, None where nobody joins or leaves."""
    alliance = state.question.alliance
    if scenario is None or alliance is None or not (scenario.joined or scenario.left):
        return None
    return project_facts(state, facts).alliances.jurisdictions(alliance, state.question.as_of)


def _asking(question: Question) -> str:
    return MINERALS[question.mineral] if question.mineral else "Critical minerals"


def _title(state: ProjectState, answer: Answer | None) -> str:
    """Return the finding; what it counts in the world is not what a map of a region shows."""
    if answer is None:
        return _asking(state.question)
    counts = state.question.view in ("facilities", "routes") and answer.route is None
    if counts and state.frame.bounds is not None and answer.headline[:1].isdigit():
        return f"{answer.headline} worldwide"
    return answer.headline


def _subtitle(state: ProjectState, facts: Facts, answer: Answer | None) -> str:
    question = state.question
    parts = [answer.subtitle] if answer is not None and answer.subtitle else []
    if question.alliance is not None:
        title = alliance_title(facts, question.alliance)
        parts.append(f"{title[0].upper()}{title[1:]} on {day_title(question.as_of)}")
    return " \N{MIDDLE DOT} ".join(parts)


def _supposing(subtitle: str, scenario: Scenario | None) -> str:
    """Return a subtitle that nobody can take for the world as it is."""
    if scenario is None:
        return subtitle
    name = f"Scenario \N{LEFT DOUBLE QUOTATION MARK}{scenario.name}\N{RIGHT DOUBLE QUOTATION MARK}"
    if name in subtitle:  # the user wrote on from what stood there
        return subtitle
    return f"{name} \N{MIDDLE DOT} {subtitle}" if subtitle else name


def _labels(
    state: ProjectState, drawn: Iterable[DrawnLayer], answer: Answer | None
) -> tuple[Label, ...]:
    """Return names worth printing: what is selected, then the ends of the sentence, then size."""
    # a layer with names of its own, or whose points are gathered, has no need of ours
    layers = [d for d in drawn if not d.faded and not _names_itself(d.layer)]
    found: dict[str, Label] = {}
    for d in layers:
        if d.layer.id == state.selection.layer:
            _add(found, d.layer, state.selection.rows.array[:MOST_LABELS])
    for text, lonlat, role in _of_the_answer(state, layers, answer):
        _put(found, text, lonlat, role)
    if not _told_by(state, answer):
        heavy = [(weight, d, row) for d in layers for weight, row in _largest(d)]
        heavy.sort(key=lambda item: -item[0])
        for _, d, row in heavy[:MOST_LABELS]:
            _add(found, d.layer, np.array([row]))
    return tuple(each for each in found.values() if each.text != CHANGE)[:MOST_LABELS]


def _told_by(state: ProjectState, answer: Answer | None) -> bool:
    """Return whether the view has names of its own: other large sites have no part in it."""
    parts = (answer.route, answer.chain, answer.flows) if answer is not None else ()
    return state.question.view == "routes" or any(part is not None for part in parts)


def _of_the_answer(
    state: ProjectState, layers: Sequence[DrawnLayer], answer: Answer | None
) -> Iterator[tuple[str, Floats, Role | None]]:
    """Yield name, position and role of what the view is about."""
    if answer is None:
        return
    view = state.question.view
    if answer.route is not None:
        for leg in answer.route.legs:
            yield leg.start, leg.path[0], None
            yield leg.end, leg.path[-1], None
    elif view == "routes":
        for d in layers:
            if d.layer.role is Role.TRADE_ROUTE:
                for name, lonlat in route_labels(d.layer, drawn_rows(d)):
                    yield name, lonlat, None
    elif view == "distance" and answer.distance is not None and answer.connections:
        near = answer.distance
        for named in (near.summary.nearest, near.summary.farthest):
            if named is not None:
                at = int(np.flatnonzero(near.rows["deposit_id"] == named.deposit_id)[0])
                yield named.deposit, near.deposit_lonlat[at], Role.DEPOSIT
                yield named.plant, near.plant_lonlat[at], near.query.to
    if answer.chain is not None:
        for name, place, role in chain_labels(answer.chain):
            yield name, np.array(place), role
    elif answer.flows is not None:
        yield from flow_labels(answer.flows)


def _names_itself(layer: Layer) -> bool:
    style = layer.style
    return bool(style.labels or style.clusters or style.heat)


def _largest(drawn: DrawnLayer) -> list[tuple[float, int]]:
    if drawn.weights is None:
        return []
    # a share of its own layer: tonnes of ore and of magnets do not compare
    total = float(np.nansum(drawn.weights))
    order = np.argsort(np.where(np.isnan(drawn.weights), -1.0, drawn.weights))[::-1]
    rows = drawn.rows if drawn.rows is not None else range(len(drawn.layer.features))
    return [
        (float(drawn.weights[i]) / total, int(rows[i]))
        for i in order[:MOST_LABELS].tolist()
        if drawn.weights[i] > 0
    ]


def _add(found: dict[str, Label], layer: Layer, rows: Rows) -> None:
    names = layer.values("name")
    if names is None:
        return
    for row in rows.tolist():
        if names[row]:
            _put(found, str(names[row]), layer.features.take([row]).lonlat[0], layer.role)


def _put(found: dict[str, Label], text: str, lonlat: Floats, role: Role | None) -> None:
    if np.isfinite(lonlat).all():
        found.setdefault(text, Label(text, (float(lonlat[0]), float(lonlat[1])), role))


def _sources(shown: Iterable[LayerEntry], answer: Answer | None) -> tuple[str, ...]:
    """Return the lines of the footer: figures first, then layers by source, then the basemap."""
    names: dict[str, list[str]] = {}
    shown = tuple(shown)
    for entry in sorted(shown, key=lambda e: list(Role).index(e.layer.role)):
        source = entry.layer.source
        title = source.title or source.path.rpartition("/")[2]
        edited = "edited by the user" if entry.layer.is_edited else ""
        some = f"only rows where {shorten(entry.where, _WHERE)}" if entry.where else ""
        dated = ", ".join(part for part in (title, source.date, edited, some) if part)
        if dated:
            line = f"{dated}; {source.licence}" if source.licence else dated
            names.setdefault(line, []).append(entry.layer.name)
    layers = (f"{_sentence(group)}: {line[0].lower()}{line[1:]}" for line, group in names.items())
    base = next((e for e in manifest() if e.id == _BASEMAP), None)
    basemap = () if base is None else (f"Basemap: {base.source}, {base.licence.lower()}",)
    told = {cited(entry.layer) for entry in shown}  # their layers stand in a line of their own
    results = [s for s in (answer.sources if answer is not None else ()) if s not in told]
    return tuple(dict.fromkeys((*results, *layers, *basemap)))


def _sentence(names: list[str]) -> str:
    return ", ".join([names[0], *(f"{name[0].lower()}{name[1:]}" for name in names[1:])])


def _notes(answer: Answer | None) -> str:
    return "" if answer is None else "\n".join((answer.text, *answer.notes))
