"""gisapp, a desktop GIS for critical-minerals project mapping."""

__version__ = "0.1.0"
