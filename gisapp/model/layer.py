"""A layer: features with a role, a source, a column mapping, a style and its problems."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Final

import numpy as np

from gisapp.model.features import Column, Features
from gisapp.model.feedback import Problem
from gisapp.model.mapping import ColumnMapping
from gisapp.model.reading import Finding, ReadOptions
from gisapp.model.style import Style
from gisapp.model.vocabulary import Role

#: What a layer is told by that the user edited; the problem's count is that of the edits.
EDITED: Final = "edited"
#: What a layer is told by whose linked file was not found.
SOURCE_MISSING: Final = "source_missing"


@dataclass(frozen=True)
class Source:
    """Where a layer comes from, as far down as the tooltip and the slide's footer.

    `crs` names the coordinate reference system the file was in (features are in WGS 84),
    `operation` the transformation used, with its accuracy. `layer` is its name within the file,
    `reading` what the user said about the file, `digest` tells the file's content, so that it
    can be found again where it was moved. A `linked` layer is read from its file when a project
    is opened, any other is embedded in the project. `read_on` is the day it was read, ISO.
    """

    title: str = ""
    path: str = ""
    licence: str = ""
    date: str = ""
    driver: str = ""
    crs: str = "EPSG:4326"
    crs_guessed: bool = False
    encoding: str = "UTF-8"
    encoding_guessed: bool = False
    operation: str = ""
    layer: str = ""
    reading: ReadOptions = ReadOptions()
    digest: str = ""
    linked: bool = False
    read_on: str = ""


@dataclass(frozen=True)
class Derivation:
    """How a layer was computed, so that it can be told from its inputs when it is out of date.

    Parameters
    ----------
    kind
        What was kept: the view of an answer, or "surface".
    parameters
        What was asked, as JSON; it stays what it is when the layer is made anew.
    inputs
        Pairs of name and digest of all that it was made of besides: date, scenario, layers, facts.
    name
        What the layer was called when it was made.
    """

    kind: str
    parameters: str
    inputs: tuple[tuple[str, str], ...] = ()
    name: str = ""


@dataclass(frozen=True, eq=False)
class Layer:
    """Features and what is known of them. Knows no view: order, visibility are the project's.

    `problems` tell what was wrong or was repaired; `findings` what of it the user may decide.
    """

    id: str
    name: str
    role: Role
    features: Features = field(repr=False)
    source: Source = Source()
    mapping: ColumnMapping = ColumnMapping()
    style: Style = Style()
    problems: tuple[Problem, ...] = ()
    derivation: Derivation | None = None
    findings: tuple[Finding, ...] = ()

    @property
    def is_edited(self) -> bool:
        """True where the user changed values, columns or positions."""
        return any(problem.code == EDITED for problem in self.problems)

    @property
    def is_missing(self) -> bool:
        """True where the layer is linked to a file that was not found, and is empty for it."""
        return any(problem.code == SOURCE_MISSING for problem in self.problems)

    def with_(self, **changes: Any) -> Layer:
        """Return a copy with these attributes changed; the features are shared."""
        return replace(self, **changes)

    def column_of(self, name: str) -> str | None:
        """Return the column that holds a field of `mapping.FIELDS`, or None."""
        mapped = dict(self.mapping.columns).get(name)
        if mapped is not None:
            return mapped if mapped in self.features.columns else None
        return name if name in self.features.columns else None

    def values(self, name: str) -> Column | None:
        """Return the values of a field of `mapping.FIELDS`, shape (n,); None if there are none."""
        constant = dict(self.mapping.constants).get(name)
        if constant is not None:
            return np.full(len(self.features), constant, dtype=object)
        column = self.column_of(name)
        return None if column is None else self.features.columns[column]


def cited(layer: Layer) -> str:
    """Return the layer and its source as a footer names them."""
    of = ", ".join(text for text in (layer.source.title, layer.source.date) if text)
    return f"{layer.name} ({of})" if of else layer.name
