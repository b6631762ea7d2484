"""Features in a folder of our own, a file for each column: what an edit leaves alone stays there.

For the recovery copy alone, which no other program reads: Arrow files, written once for each array.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from os import fsync
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
import shapely

from gisapp.data.store import Stored, arrow_of, typed
from gisapp.model.features import Column, Features
from gisapp.model.feedback import GisappError

#: Values converted at a time, between which other threads get their turn.
_BATCH: Final = 20_000
_SOME: Final = 1_000
_ENDING: Final = ".arrow"
#: Makes the batches of a file, when it is written.
Batches = Callable[[], Iterator[pa.RecordBatch]]


class ColumnFolder:
    """Writes features into a folder; arrays that they share with others are written once.

    What was written and is not kept is removed by `keep`.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = itertools.count(1)
        #: Arrays by what tells them, as long as it is held, and their files.
        self._known: dict[int, tuple[object, str]] = {}

    def store(self, features: Features) -> Stored:
        """Write what does not stand there yet; raises OSError where the disk refuses."""
        held = features.lonlat if features.is_points else features.geometry
        columns = features.columns
        return Stored(
            self._file(held, partial(_shapes, features)),
            features.is_points,
            tuple(columns),
            tuple(str(column.dtype) for column in columns.values()),
            tuple(self._file(column, partial(_values, column)) for column in columns.values()),
        )

    def keep(self, stored: Iterable[Stored]) -> None:
        """Remove the files of all features but these."""
        wanted = {name for each in stored for name in (each.table, *each.files)}
        for key, (_, name) in tuple(self._known.items()):
            if name not in wanted:
                del self._known[key]
                (self._folder / name).unlink(missing_ok=True)

    def _file(self, held: Column, batches: Batches) -> str:
        known = self._known.get(id(held))
        if known is not None:
            return known[1]
        name = f"{next(self._numbers)}{_ENDING}"
        _write(self._folder / name, batches())
        self._known[id(held)] = (held, name)
        return name


def load_columns(folder: Path, stored: Stored) -> Features:
    """Return features that a `ColumnFolder` wrote; raises `GisappError` `unreadable`."""
    try:
        columns = {
            name: typed(_read(folder / file)[0], dtype)
            for name, file, dtype in zip(stored.columns, stored.files, stored.dtypes, strict=True)
        }
        shapes = _read(folder / stored.table)
    except (OSError, pa.ArrowInvalid, ValueError) as error:
        raise GisappError(
            "unreadable", f"The recovery copy in {folder} cannot be read: {error}."
        ) from error
    if stored.is_points:
        return Features.from_points(np.column_stack(shapes), columns)
    return Features.from_shapes(shapely.from_wkb(shapes[0]), columns)


def _slices(count: int) -> Iterator[slice]:
    for start in range(0, max(count, 1), _BATCH):  # one batch at least: it tells the type
        yield slice(start, start + _BATCH)


def _values(column: Column) -> Iterator[pa.RecordBatch]:
    for part in _slices(len(column)):
        yield pa.record_batch([arrow_of(column[part])], names=["value"])


def _shapes(features: Features) -> Iterator[pa.RecordBatch]:
    for part in _slices(len(features)):
        if features.is_points:
            lonlat = features.lonlat[part]
            yield pa.record_batch([lonlat[:, 0].copy(), lonlat[:, 1].copy()], names=["lon", "lat"])
        else:
            shapes = features.geometry[part]
            # some at a time: while shapely writes them, no other thread gets its turn
            some = [shapely.to_wkb(shapes[i : i + _SOME]) for i in range(0, len(shapes), _SOME)]
            wkb = pa.array(np.concatenate([shapes[:0], *some]), type=pa.binary())
            yield pa.record_batch([wkb], names=["wkb"])


def _write(path: Path, batches: Iterator[pa.RecordBatch]) -> None:
    first = next(batches)
    with path.open("wb") as file:
        with pa.ipc.new_file(file, first.schema) as sink:
            sink.write(first)
            for batch in batches:
                sink.write(batch)
        file.flush()
        fsync(file.fileno())


def _read(path: Path) -> list[Column]:
    with pa.OSFile(str(path)) as file:
        table = pa.ipc.open_file(file).read_all()
    return [column.to_numpy(zero_copy_only=False) for column in table.columns]
