"""Databases and services by their address: what they offer, and what is read of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from gisapp.data import arcgis, wfs
from gisapp.data.address import Address, Kind, is_address, parse
from gisapp.data.layer_list import layer_list
from gisapp.data.listed import Listed
from gisapp.data.raw import Raw
from gisapp.model.feedback import Feedback
from gisapp.model.reading import ReadOptions


def contents(
    place: str | Path, *, online: bool = False, feedback: Feedback | None = None
) -> tuple[Listed, ...]:
    """List what a database or service offers; a database may be a file.

    Parameters
    ----------
    online
        Whether the user lets services of the web be asked. A database is asked all the same.

    Raises
    ------
    GisappError
        bad_address, offline, not_found, and those of the kind.
    """
    if not is_address(place):
        return _in_file(Path(place).expanduser(), feedback)
    address = parse(str(place))
    if address.kind is Kind.POSTGIS:
        from gisapp.data import postgis

        return postgis.contents(address, feedback=feedback)
    if address.kind is Kind.ARCGIS:
        return arcgis.contents(address, online=online, feedback=feedback)
    return wfs.contents(address, online=online, feedback=feedback)


def read(
    address: Address,
    options: ReadOptions,
    scratch: Path,
    *,
    online: bool = False,
    feedback: Feedback | None = None,
) -> Iterator[Raw]:
    """Read the layers that the options name, as they stand there; raises as `contents` does."""
    if address.kind is Kind.POSTGIS:
        from gisapp.data import postgis

        return postgis.read(address, options, feedback=feedback)
    if address.kind is Kind.ARCGIS:
        return arcgis.read(address, options, scratch, online=online, feedback=feedback)
    return wfs.read(address, options, scratch, online=online, feedback=feedback)


def _in_file(path: Path, feedback: Feedback | None) -> tuple[Listed, ...]:
    return tuple(
        Listed(each.name, each.name, each.features, geometry_type=each.geometry_type)
        for each in layer_list(path, feedback=feedback)
    )
