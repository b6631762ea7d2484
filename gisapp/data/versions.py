"""Versions of the libraries that read and project, for the doctor."""

from __future__ import annotations

import pyogrio
import pyproj


def gdal_version() -> str:
    """Return the version of GDAL that files are read with."""
    return str(pyogrio.__gdal_version_string__)


def proj_version() -> str:
    """Return the version of PROJ that coordinates are transformed with."""
    return str(pyproj.proj_version_str)
