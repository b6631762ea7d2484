from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from gisapp.data.shipped import default_layers
from gisapp.model.features import Features
from gisapp.model.layer import Layer
from gisapp.model.vocabulary import Role
from gisapp.workspace.example import new_state
from gisapp.workspace.session import Report, Session
from gisapp.workspace.startup import new_session
from gisapp.workspace.state import ProjectState


class Desk:
    """A session with what it said, worked off to the end after every command."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.reports: list[Report] = []
        self.pictures: list[Any] = []
        self.answers: list[Any] = []
        session.reported.connect(self.reports.append)
        session.pictured.connect(self.pictures.append)
        session.answered.connect(self.answers.append)

    def run(self, command: str, **params: Any) -> ProjectState:
        self.session.run(command, **params)
        self.session.jobs.wait()
        return self.session.state

    @property
    def state(self) -> ProjectState:
        return self.session.state


@pytest.fixture
def desk() -> Iterator[Desk]:
    session = new_session(state=new_state(default_layers()))
    yield Desk(session)
    session.close()


@pytest.fixture
def points() -> Callable[..., Layer]:
    def make(layer_id: str = "mine", role: Role = Role.DEPOSIT, **columns: list[Any]) -> Layer:
        count = len(next(iter(columns.values()))) if columns else 3
        lonlat = np.column_stack([10.0 + np.arange(count), 50.0 + np.arange(count)])
        arrays = {
            name: np.array(values, dtype=object if isinstance(values[0], str | None) else None)
            for name, values in columns.items()
        }
        return Layer(layer_id, layer_id.title(), role, Features.from_points(lonlat, arrays))

    return make
