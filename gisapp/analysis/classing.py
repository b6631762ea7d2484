"""Classes of a number: where to break its range.

Schemes are those of mapclassify (Rey and others), which takes a second to import: import late.
"""

from __future__ import annotations

import warnings
from typing import Final

import mapclassify
import numpy as np
import numpy.typing as npt

from gisapp.model.features import Floats
from gisapp.model.feedback import Feedback, GisappError

#: Natural breaks compare all pairs of values: more than so many are sampled by their rank.
_SAMPLE: Final = 400


def class_breaks(
    values: npt.ArrayLike, scheme: str, count: int, *, feedback: Feedback | None = None
) -> tuple[float, ...]:
    """Return the lower end of the lowest class and the upper end of each, ascending.

    Parameters
    ----------
    values
        Numbers, shape (n,); those that are not finite have no class.
    scheme
        A name of `model.style.SCHEMES`: quantiles (Brewer and Pickle 2002), equal_interval,
        natural_breaks (Fisher 1958, Jenks 1967), std_mean (at -2, -1, 1, 2 standard deviations),
        pretty (round numbers), head_tail (Jiang 2013), box_plot (Tukey 1977).
    count
        How many classes are wanted, 2 to 12; standard deviations, head and tail and the box plot
        have as many as the values give. Fewer distinct values give fewer classes.

    Raises
    ------
    GisappError
        `no_numbers` where nothing is known.
    """
    feedback = feedback or Feedback()
    known = np.asarray(values, dtype=np.float64)
    known = known[np.isfinite(known)]
    if not len(known):
        raise GisappError(
            "no_numbers", "The column has no number.", "Choose a column that holds numbers."
        )
    low, high = float(known.min()), float(known.max())
    if low == high:
        return low, high
    feedback.check(0.1, "Finding classes")
    distinct = np.unique(known)
    count = int(np.clip(count, 2, min(12, len(distinct))))
    with warnings.catch_warnings():
        # of ties it says that there are fewer classes, and that numba would be faster
        warnings.simplefilter("ignore")
        inner = _inner(known, distinct, scheme, count)
    feedback.check(1.0)
    kept = np.unique(inner[(inner > low) & (inner < high)])
    return (low, *kept.tolist(), high)


def _inner(known: Floats, distinct: Floats, scheme: str, count: int) -> Floats:
    if scheme == "natural_breaks":
        ranks = np.linspace(0, len(known) - 1, min(len(known), _SAMPLE)).round().astype(int)
        sample = np.sort(known)[ranks]
        if len(np.unique(sample)) <= count:  # each value is a class of its own
            return distinct if len(distinct) <= count else np.unique(sample)
        return np.asarray(mapclassify.FisherJenks(sample, k=count).bins, dtype=np.float64)
    made = {
        "quantiles": lambda: mapclassify.Quantiles(known, k=count),
        "equal_interval": lambda: mapclassify.EqualInterval(known, k=count),
        "std_mean": lambda: mapclassify.StdMean(known, multiples=[-2, -1, 1, 2]),
        "pretty": lambda: mapclassify.PrettyBreaks(known, k=count),
        "head_tail": lambda: mapclassify.HeadTailBreaks(known),
        "box_plot": lambda: mapclassify.BoxPlot(known),
    }.get(scheme)
    if made is None:
        raise GisappError("unknown_scheme", f'There is no scheme "{scheme}".')
    return np.asarray(made().bins, dtype=np.float64)
