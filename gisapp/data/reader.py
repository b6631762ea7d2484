"""Files to layers: found, read, mended, moved to WGS 84, and told what they probably are."""

from __future__ import annotations

import tempfile
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import shapely

from gisapp.data import (
    arrow,
    crs,
    formats,
    gdal,
    locate,
    mend,
    parquet,
    shapefile,
    sheets,
    table,
    whereabouts,
)
from gisapp.data.address import is_address, parse
from gisapp.data.digest import digest_of
from gisapp.data.encoding import choose
from gisapp.data.guard import Examined, examine, missing
from gisapp.data.pieces import with_heights
from gisapp.data.positions import place
from gisapp.data.raw import Raw
from gisapp.data.records import is_records, read_records
from gisapp.data.suggest import suggest_mapping, suggest_role
from gisapp.model.features import Column, Features
from gisapp.model.feedback import Feedback, GisappError, Problem, Severity
from gisapp.model.layer import Layer, Source
from gisapp.model.mapping import ColumnMapping
from gisapp.model.reading import DEFAULTS, Bounds, ReadOptions

OnGeometry = Callable[[Layer], None]
_BYTES: Final = "ISO-8859-1"
#: Formats whose geometry can be read quickly without the attributes.
_SPLIT: Final = frozenset({".shp", ".gpkg", ".fgb"})


#: Drivers that list every column their format knows, used or not.
_WORDY: Final = frozenset({"LIBKML", "KML", "GPX", "DXF"})
#: Problems that already say that features are missing.
_FEWER: Final = frozenset({"truncated", "rows_dropped", "geometries_left_out"})
_KML_SWITCHES: Final = frozenset({"tessellate", "extrude", "visibility"})


def read_layers(
    path: str | Path,
    *,
    options: ReadOptions = DEFAULTS,
    online: bool = False,
    feedback: Feedback | None = None,
    on_geometry: OnGeometry | None = None,
) -> tuple[Layer, ...]:
    """Read all layers of a file, folder or zip archive, or those named of an address.

    What is missing or wrong and could be mended is told by the layer's problems. A layer of
    several that cannot be read is left out and told on the first one that can.

    Parameters
    ----------
    path
        Of a file; or the address of a database or service, of which a single layer or those that
        `options.layers` names are read.
    online
        Whether the user lets services of the web be asked.
    on_geometry
        Called with each layer as soon as its geometry is there, before its attributes: same id,
        no columns. For the first picture of a large file.

    Raises
    ------
    GisappError
        If nothing could be read: what, why, and what to do.
    Cancelled
        Between batches, if the user asked to stop.
    """
    if is_address(path):
        return _of_address(str(path), options, online, feedback, on_geometry)
    chosen = Path(path).expanduser()
    layers: list[Layer] = []
    refused: list[GisappError] = []
    with tempfile.TemporaryDirectory(prefix="gisapp-", ignore_cleanup_errors=True) as folder:
        scratch = Path(folder)
        for number, found in enumerate(locate.find(chosen, scratch, feedback=feedback)):
            aside = scratch / str(number)
            aside.mkdir()
            try:
                task = _Task(found, chosen, options, aside, feedback, on_geometry)
                layers.extend(task.layers(refused))
            except GisappError as error:
                refused.append(error)
    pa.default_memory_pool().release_unused()
    content = digest_of(chosen)
    layers = [x.with_(source=replace(x.source, digest=content)) for x in layers]
    if not layers:
        if refused:
            raise refused[0]
        raise _no_such_layer(chosen, options)
    if refused:
        layers[0] = layers[0].with_(problems=layers[0].problems + tuple(map(_left_out, refused)))
    return tuple(layers)


def _of_address(
    text: str,
    options: ReadOptions,
    online: bool,
    feedback: Feedback | None,
    on_geometry: OnGeometry | None,
) -> tuple[Layer, ...]:
    from gisapp.data import sources

    address = parse(text)
    with tempfile.TemporaryDirectory(prefix="gisapp-", ignore_cleanup_errors=True) as folder:
        scratch = Path(folder)
        found = locate.Found(scratch / "none", address.title)
        task = _Task(found, address.safe, options, scratch, feedback, on_geometry)
        raws = sources.read(address, options, scratch, online=online, feedback=feedback)
        layers = tuple(task.whole(raw) for raw in raws)
    pa.default_memory_pool().release_unused()
    return layers


@dataclass(frozen=True)
class _Task:
    """One file of what the user chose, and everything that holds while it is read."""

    found: locate.Found
    chosen: Path | str
    options: ReadOptions
    scratch: Path
    feedback: Feedback | None
    on_geometry: OnGeometry | None

    def layers(self, refused: list[GisappError]) -> list[Layer]:
        """Read the layers of the file that are wanted; what fails beside others is gathered."""
        stood = _stand(self.found.path)
        try:
            looked = examine(self.found.path, self.scratch, feedback=self.feedback)
            layers = self._read(looked.path, refused)
        except OSError as error:
            raise GisappError(
                "vanished",
                f"{self.found.title} went away or could not be read to its end.",
                f"Open it again ({error.strerror or error}).",
            ) from error
        except MemoryError as error:
            raise GisappError(
                "too_large",
                f"{self.found.title} needs more memory than there is.",
                "Read fewer of its layers, or cut it into parts.",
            ) from error
        if _stand(self.found.path) != stood:
            raise GisappError(
                "changed",
                f"{self.found.title} was changed while it was read.",
                "Open it again when it is whole.",
            )
        return self._told(layers, looked)

    def _told(self, layers: list[Layer], looked: Examined) -> list[Layer]:
        """Tell on the first layer what was seen before it was read, and what did not come."""
        told = (*self.found.problems, *looked.problems)
        count = sum(len(layer.features) for layer in layers)
        known = {problem.code for layer in layers for problem in layer.problems} | {
            problem.code for problem in told
        }
        whole = not (
            self.options.layers or self.options.limit or self.options.bounds or known & _FEWER
        )
        if layers and whole and count < looked.promised:
            told += (missing(looked.path, looked.promised, count),)
        if layers and told:
            layers[0] = layers[0].with_(problems=told + layers[0].problems)
        return layers

    def _read(self, path: Path, refused: list[GisappError]) -> list[Layer]:
        ending = formats.extension(path)
        if ending in formats.TEXT_TABLES | formats.PARQUET | {".shp"}:
            if not self._wanted(path.stem):
                return []
            if ending == ".shp":
                return [self._shapefile(path)]
            if ending in formats.PARQUET:
                raw = parquet.read_parquet(path, self.options, feedback=self.feedback)
                return [self.whole(raw)]
            return [self.whole(table.read_table(path, self.options, feedback=self.feedback))]
        if formats.is_duckdb(path):
            return self._tables(path, refused)
        if ending in formats.SHEETS:
            return self._sheets(path, refused)
        if ending == ".json" and is_records(path):
            return [self.whole(read_records(path, self.options, feedback=self.feedback))]
        if ending == ".gml":  # GDAL leaves a file beside it
            path = self._aside(path)
        layers: list[Layer] = []
        for name in gdal.layer_names(path):
            if self._wanted(name) and not (ending == ".gpx" and self._repeats(name, layers)):
                try:
                    layers.append(self._vector(path, name, name, None))
                except GisappError as error:
                    refused.append(error)
        filled = [layer for layer in layers if len(layer.features)]
        # GPX and DXF list kinds of layers that the file does not use
        return filled if ending in {".gpx", ".dxf"} and filled else layers

    def _repeats(self, name: str, layers: list[Layer]) -> bool:
        """Tell whether a layer of a GPX file is each point of its lines, and say so with these."""
        lines = {"track_points": "tracks", "route_points": "routes"}.get(name)
        if self.options.layers or lines is None:
            return False
        for i, layer in enumerate(layers):
            if layer.name == lines and len(layer.features):
                told = Problem(
                    "vertices_left_out",
                    Severity.INFO,
                    f"Each point of the {lines} stands in the file as {name} too; that was left.",
                    f"gisapp convert --layer {name} takes it out of the file.",
                )
                layers[i] = layer.with_(problems=(*layer.problems, told))
                return True
        return False

    def _tables(self, path: Path, refused: list[GisappError]) -> list[Layer]:
        from gisapp.data import duckdb_file

        layers = []
        for listed in duckdb_file.contents(path, feedback=self.feedback):
            if self._wanted(listed.layer):
                try:
                    raw = duckdb_file.read(path, listed.layer, self.options, feedback=self.feedback)
                    layers.append(self.whole(raw))
                except GisappError as error:
                    refused.append(error)
        return layers

    def _sheets(self, path: Path, refused: list[GisappError]) -> list[Layer]:
        layers = []
        for name in sheets.sheet_names(path):
            if self._wanted(name):
                try:
                    raw = sheets.read_sheet(path, name, self.options, feedback=self.feedback)
                    if raw is not None:
                        layers.append(self.whole(raw))
                except GisappError as error:
                    refused.append(error)
        return layers

    def _shapefile(self, path: Path) -> Layer:
        parts = shapefile.prepare(path, self.scratch, feedback=self.feedback)
        try:
            return self._vector(parts.shp, None, path.stem, parts)
        except GisappError as error:
            if error.code != "unreadable":
                raise
        aside = self.scratch / "again"  # GDAL refuses some CRS that PROJ takes
        aside.mkdir()
        parts = shapefile.prepare(path, aside, without_prj=True, feedback=self.feedback)
        return self._vector(parts.shp, None, path.stem, parts)

    def _aside(self, path: Path) -> Path:
        for file in (path, path.with_suffix(".xsd")):
            if file.exists():
                shapefile.link(file, self.scratch / file.name)
        return self.scratch / path.name

    def _wanted(self, name: str) -> bool:
        return not self.options.layers or name in self.options.layers

    def whole(self, raw: Raw) -> Layer:
        """Finish a layer that came with geometry and attributes at once."""
        raw.cut(self.options.limit)
        layer = self._layer(raw, self._place(raw), uuid.uuid4().hex)
        if self.on_geometry and len(layer.features):
            self.on_geometry(layer)
        return layer

    def _vector(
        self, path: Path, layer: str | None, name: str, parts: shapefile.Parts | None
    ) -> Layer:
        """Read a layer through GDAL, where that is cheap the geometry before the attributes."""
        raw = self._geometry(path, layer, parts)
        if raw is not None:
            _name(raw, name, parts)
            try:
                placed = self._place(raw)
            except GisappError:  # the columns may say where it lies
                raw = None
        if raw is None:
            raw, attributes = self._all_of(path, layer, parts)
            _name(raw, name, parts)
            raw.columns = self._decoded(raw, attributes, parts)
            if raw.points is None and raw.shapes is None:
                place(raw, self.found.title, self.options)
            return self.whole(raw)
        new_id = uuid.uuid4().hex
        if self.on_geometry and _length(raw):
            self.on_geometry(self._layer(raw, placed, new_id))
        _, attributes = gdal.read(
            path, layer, encoding=_bytewise(parts), geometry=False, feedback=self.feedback
        )
        if len(attributes) != _length(raw):  # rows marked as deleted: only GDAL knows which
            raw, attributes = self._all_of(path, layer, parts)
            _name(raw, name, parts)
            placed = self._place(raw)
        raw.columns = self._decoded(raw, attributes, parts)
        whereabouts.check(raw, self.options, feedback=self.feedback)
        return self._layer(raw, placed, new_id)

    def _geometry(self, path: Path, layer: str | None, parts: shapefile.Parts | None) -> Raw | None:
        """Read the geometry alone; None where that is not cheap, or says not enough."""
        if self.options.limit is not None or formats.extension(path) not in _SPLIT:
            return None
        points = shapefile.quick_points(path) if parts else None
        if points is not None:
            raw = gdal.head(path, encoding=_bytewise(parts))
            raw.points = points
        elif self.on_geometry is not None:
            raw, _ = gdal.read(
                path,
                layer,
                encoding=_bytewise(parts),
                attributes=False,
                feedback=self.feedback,
            )
        else:
            return None
        if raw.points is None and raw.shapes is None:
            return None
        # else the columns may say what the CRS is
        return None if raw.crs is None and self.options.crs is None else raw

    def _all_of(
        self, path: Path, layer: str | None, parts: shapefile.Parts | None
    ) -> tuple[Raw, pa.Table]:
        return gdal.read(
            path,
            layer,
            encoding=_bytewise(parts),
            limit=self.options.limit,
            feedback=self.feedback,
        )

    def _decoded(
        self, raw: Raw, attributes: pa.Table, parts: shapefile.Parts | None
    ) -> dict[str, Column]:
        if parts is None:
            try:
                return with_heights(raw, arrow.columns_of(attributes, feedback=self.feedback))
            except UnicodeDecodeError:  # says UTF-8, as its format wants, but is not
                attributes = arrow.bytewise(attributes)
        names = [name.encode("latin-1", "replace") for name in attributes.column_names]
        foreign = [t.encode("latin-1", "replace") for t in arrow.foreign_texts(attributes)]
        texts = foreign + [code.encode() for code in arrow.country_codes(attributes)]
        override = self.options.encoding
        if parts is None:
            found = choose(texts, override=override, declared="UTF-8")
        else:
            found = parts.encoding(names + texts, override)
        raw.encoding, raw.encoding_guessed = found.name, found.guessed
        raw.problems.extend(found.problems)
        raw.findings.extend(found.findings)
        if parts is not None:
            attributes = attributes.rename_columns([found.decode(name) for name in names])

        def text(value: str) -> str:
            return value if value.isascii() else found.decode(value.encode("latin-1", "replace"))

        columns = arrow.columns_of(
            attributes, text=text if foreign else None, feedback=self.feedback
        )
        return with_heights(raw, columns)

    def _place(self, raw: Raw) -> tuple[str, bool, str]:
        """Mend the geometry and move it to WGS 84; return CRS, whether guessed, operation."""
        absent = mend.drop_non_finite(raw, self.options)
        if self.options.swap_axes:
            crs.apply(raw, lambda xy: xy[:, ::-1])
        placed = crs.to_wgs84(raw, self.options, path=self.found.path, feedback=self.feedback)
        mend.check(raw, absent, self.options, feedback=self.feedback)
        if raw.columns:
            whereabouts.check(raw, self.options, feedback=self.feedback)
        return placed

    def _layer(self, raw: Raw, placed: tuple[str, bool, str], new_id: str) -> Layer:
        columns = _used(raw) if raw.driver in _WORDY else raw.columns
        if raw.driver == "GPX":  # GDAL marks the columns that GPX does not know
            plain = arrow.unique_names(name.removeprefix("ogr_") for name in columns)
            columns = dict(zip(plain, columns.values(), strict=True))
        features = (
            Features.from_points(raw.points, columns)
            if raw.points is not None
            else Features.from_shapes([] if raw.shapes is None else raw.shapes, columns)
        )
        features, problems = _within(features, self.options.bounds), list(raw.problems)
        if not len(features):
            none = "holds no features" if self.options.bounds is None else "has nothing there"
            problems.append(Problem("no_features", Severity.WARNING, f'"{raw.name}" {none}.'))
        name, guessed, operation = placed
        role, mapping = self.options.role, self.options.mapping
        return Layer(
            id=new_id,
            name=raw.name,
            role=suggest_role(features, raw.name) if role is None else role,
            features=features,
            source=Source(
                title=self.found.title,
                path=str(self.chosen),
                driver=raw.driver,
                crs=name,
                crs_guessed=guessed,
                encoding=raw.encoding,
                encoding_guessed=raw.encoding_guessed,
                operation=operation,
                layer=raw.layer or raw.name,
                reading=self.options,
                read_on=datetime.now(UTC).date().isoformat(),
            ),
            mapping=_with_units(suggest_mapping(features), raw) if mapping is None else mapping,
            problems=tuple(problems),
            findings=tuple(raw.findings),
        )


def _bytewise(parts: shapefile.Parts | None) -> str | None:
    """Have every byte of a shapefile's text come as one character, decoded in `_decoded`."""
    return _BYTES if parts else None


def _name(raw: Raw, name: str, parts: shapefile.Parts | None) -> None:
    raw.name = name
    if parts:
        raw.problems[:0] = parts.problems


def _with_units(mapping: ColumnMapping, raw: Raw) -> ColumnMapping:
    """Add the units that stood in the cells of columns which are mapped."""
    units = {field: raw.units[column] for field, column in mapping.columns if column in raw.units}
    if not units:
        return mapping
    return replace(mapping, units=tuple(sorted({**dict(mapping.units), **units}.items())))


def _within(features: Features, bounds: Bounds | None) -> Features:
    """Return the features whose box meets bounds in degrees; all where there are none."""
    if bounds is None:
        return features
    if features.is_points:
        boxes = np.hstack([features.lonlat, features.lonlat])
    else:
        boxes = np.asarray(shapely.bounds(features.geometry))
    west, south, east, north = bounds
    beside = (boxes[:, 2] >= west, boxes[:, 0] <= east)
    with_lon = beside[0] & beside[1] if west <= east else beside[0] | beside[1]
    return features.take(with_lon & (boxes[:, 3] >= south) & (boxes[:, 1] <= north))


def _used(raw: Raw) -> dict[str, Column]:
    """Return the columns that say something, of a format that always lists all it knows."""
    silent: tuple[Any, ...] = (None, -1, 0)  # KML's numbers for "not said"

    def says(name: str, values: Column) -> bool:
        if values.dtype.kind in "fM":
            return not bool(
                np.isnat(values).all() if values.dtype.kind == "M" else np.isnan(values).all()
            )
        if name in _KML_SWITCHES or values.dtype == object:
            return any(v not in silent for v in values)
        return True

    return {name: values for name, values in raw.columns.items() if says(name, values)}


def _stand(path: Path) -> tuple[int, int]:
    """Return what tells whether a file was written since: its time and its length."""
    try:
        state = path.stat()
    except OSError:  # it is gone
        return 0, 0
    return state.st_mtime_ns, state.st_size


def _length(raw: Raw) -> int:
    if raw.points is not None:
        return len(raw.points)
    return 0 if raw.shapes is None else len(raw.shapes)


def _left_out(error: GisappError) -> Problem:
    return Problem(error.code, Severity.ERROR, f"Left out: {error.message}", error.hint)


def _no_such_layer(path: Path, options: ReadOptions) -> GisappError:
    if options.layers:
        return GisappError(
            "unknown_layer", f'{path.name} has no layer "{", ".join(options.layers)}".', ""
        )
    return GisappError("nothing_inside", f"{path.name} holds no layer.", "")
