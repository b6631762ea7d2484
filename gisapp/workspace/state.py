"""The project: one frozen value, so that history is a list of them and undo comes for free."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from gisapp.analysis.network.journey import Avoidance, Measure, Travel
from gisapp.model.alliance import Alliance, TerritoryRule
from gisapp.model.feedback import GisappError
from gisapp.model.layer import Layer
from gisapp.model.rows import RowSet
from gisapp.model.scenario import Scenario
from gisapp.model.vocabulary import Basis, Role, Stage, Status, Weight
from gisapp.render.picture import FrameSpec
from gisapp.workspace.deck_plan import DeckPlan


@dataclass(frozen=True)
class Question:
    """What is asked, one sentence of the question bar: mineral, stage, alliance, date, by what.

    `to` is the role of plant for the distance (refinery or magnet plant), `nearest` how many.
    `metric` is geodesic or route, and of a route `measure` says which one is the least. An
    alliance restricts the plants by where they stand (`plant_inside`) and by who controls them
    (`owner_inside`); ways keep out of `avoided` countries and `closed` passages, and of
    those that the class of `ship` does not use. Plants that are said to start by the end of the
    year `starts_by` count too; a plant has at least `min_capacity`
    tonnes a year, or an unknown capacity where `unknown_capacity` lets it pass.
    `deposit` is the id of the one whose ore is followed, "" the largest.
    A journey leads from `start` to `end` (a facility's id, a UN/LOCODE or longitude,latitude) and
    is the `least` of a measure; goods go the cheapest way, so that is USD/t unless asked otherwise.
    `view` is the answer on show: facilities, coverage, distance, routes, chain, flows, exposure or
    scenarios.
    """

    mineral: str | None = None
    stage: Stage = Stage.REFINING
    alliance: str | None = None
    as_of: date = date(2026, 11, 22)
    by: Basis = Basis.LOCATION
    weight: Weight = Weight.PRODUCTION
    to: Role = Role.REFINERY
    nearest: int = 1
    view: str = "facilities"
    metric: str = "geodesic"
    measure: Measure = Measure.KM
    plant_inside: bool = True
    owner_inside: bool = False
    avoided: frozenset[str] = frozenset()
    closed: frozenset[str] = frozenset()
    opened: frozenset[str] = frozenset()
    ship: str = "any"
    start: str = ""
    end: str = ""
    travel: Travel = Travel.ANY
    least: Measure = Measure.USD
    starts_by: int | None = None
    min_capacity: float | None = None
    unknown_capacity: bool = True
    deposit: str = ""

    @property
    def avoidance(self) -> Avoidance:
        """What ways keep away from."""
        return Avoidance(self.closed, self.opened, self.avoided, self.ship)


@dataclass(frozen=True)
class Filter:
    """Which facilities are shown and counted; an empty set lets everything pass.

    Years are of start (inclusive); a facility without a year passes.
    """

    statuses: frozenset[Status] = frozenset()
    stages: frozenset[Stage] = frozenset()
    countries: frozenset[str] = frozenset()
    owner_countries: frozenset[str] = frozenset()
    first_year: int | None = None
    last_year: int | None = None
    text: str = ""


@dataclass(frozen=True)
class MapView:
    """Where the live map looks: centre lon, lat in degrees and Leaflet zoom."""

    lon: float = 5.0
    lat: float = 22.0
    zoom: float = 2.0


@dataclass(frozen=True)
class LayerEntry:
    """A layer in the project, with what is the project's and not the layer's.

    Where `where` is an expression, the rows for which it does not hold are neither drawn nor
    counted.
    """

    layer: Layer
    visible: bool = True
    opacity: float = 1.0
    where: str = ""

    @property
    def id(self) -> str:
        """The layer's id, unique in a project."""
        return self.layer.id


@dataclass(frozen=True)
class Selection:
    """The selected rows of one layer."""

    layer: str = ""
    rows: RowSet = RowSet()


@dataclass(frozen=True)
class ProjectState:
    """Everything a project file holds. Layers are listed top to bottom, as in the panel.

    `scenario` names the one of `scenarios` that answers are given under; "" is the world as it is.
    `yields` are the user's own values of the chain's yields by id, `costs` those of the costs of
    transport.
    `alliances` are the project's own beside those that ship, `territories` how territories and
    disputed areas count.
    """

    layers: tuple[LayerEntry, ...] = ()
    question: Question = Question()
    filter: Filter = Filter()
    selection: Selection = Selection()
    view: MapView = MapView()
    frame: FrameSpec = FrameSpec()
    deck: DeckPlan = DeckPlan()
    title: str = ""
    subtitle: str = ""
    scenarios: tuple[Scenario, ...] = ()
    scenario: str = ""
    alliances: tuple[Alliance, ...] = ()
    territories: TerritoryRule = TerritoryRule.LISTED
    yields: tuple[tuple[str, float], ...] = ()
    costs: tuple[tuple[str, float], ...] = ()
    extra: tuple[tuple[str, Any], ...] = field(default=(), repr=False)

    @property
    def supposed(self) -> Scenario | None:
        """The scenario that answers are given under; None is the world as it is."""
        return next((s for s in self.scenarios if s.name == self.scenario), None)

    def entry(self, layer_id: str) -> LayerEntry:
        """Return the entry of a layer; raises `GisappError` if the project has none such."""
        for entry in self.layers:
            if entry.id == layer_id:
                return entry
        raise GisappError("unknown_layer", f'The project has no layer "{layer_id}".')

    def with_entry(self, layer_id: str, **changes: Any) -> ProjectState:
        """Return the state with one entry changed."""
        self.entry(layer_id)
        return replace(
            self,
            layers=tuple(replace(e, **changes) if e.id == layer_id else e for e in self.layers),
        )

    def with_(self, **changes: Any) -> ProjectState:
        """Return a copy with these attributes changed."""
        return replace(self, **changes)

    def layers_of(self, *roles: Role) -> tuple[Layer, ...]:
        """Return the layers of these roles, hidden ones too, in panel order."""
        return tuple(e.layer for e in self.layers if e.layer.role in roles)
