"""Where companies are at home: what the sites say, and what was looked up beside them."""

from __future__ import annotations

from typing import Final

from gisapp.analysis.ownership import derived_companies
from layers_build.sources import Rows, Tables

OF_SITES: Final = "Owner and controlling country of its sites in facilities"


def rows(tables: Tables) -> Rows:
    """Return company, country, basis and source, by name; what the sites say goes first."""
    sites = tables["facilities"]
    derived = derived_companies((row["owner"], row["owner_country"]) for row in sites)
    found = [
        {"company": name, "country": country, "basis": "sites", "source": OF_SITES}
        for name, country in derived.items()
    ]
    found += [row for row in tables["companies"] if row["company"] not in derived]
    return sorted(found, key=lambda row: row["company"].casefold())
