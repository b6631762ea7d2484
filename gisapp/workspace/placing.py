"""In which jurisdiction a place is: in a job, since it loads the borders."""

from __future__ import annotations

import numpy as np

from gisapp.model.feedback import Feedback
from gisapp.workspace.answering import jurisdiction_index


def country_at(lon: float, lat: float, feedback: Feedback | None = None) -> str:
    """Return the ISO alpha-3 code of the jurisdiction at a place in degrees; "" at sea."""
    found = jurisdiction_index().country_of(np.array([[lon, lat]]), feedback=feedback)
    return str(found[0])
