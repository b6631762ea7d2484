"""Which works refine what mines give, and which stand on the way or take something else.

Ore to hydroxide and hydroxide to metal are two steps of one supply: only the last one is counted.
"""

from __future__ import annotations

import re
from typing import Final

from gisapp.analysis.process_fit import Site, taken

#: What tells, in name and products, that works make the feed of a refinery, by mineral.
_FEED: Final = {
    "cobalt": re.compile(r"in (hydroxide|mhp|matte|mixed sulphide)|hpal|hydroxide-plant"),
    "nickel": re.compile(r"in (mhp|matte|mixed sulphide)|intermediates|hpal"),
    "copper": re.compile(r"copper anode|blister|smelter copper|concentrate throughput|hydroxide"),
    "lithium": re.compile(r"lithium metal"),
}
#: Smelters of these that refine, too, say how much.
_SMELTED_FIRST: Final = frozenset({"cobalt", "copper"})
#: Works of these that take nothing mined take what others have refined, or make it of coke.
_NO_ORE_NO_PART: Final = frozenset({"lithium", "graphite", "tin"})
_TAKE_SCRAP: Final = frozenset({"recycling", "recycled_magnet", "precursor_cathode"})


def refines(mineral: str, works: Site, *, has_figure: bool) -> bool:
    """Return whether works make the refined mineral of what is mined.

    Parameters
    ----------
    has_figure
        True where a figure of the refined mineral is published.
    """
    if works.process in _TAKE_SCRAP:
        return False
    if mineral in _NO_ORE_NO_PART and taken(mineral, works).feeds == frozenset():
        return False
    if has_figure:
        return True
    feed = _FEED.get(mineral)
    if feed is not None and feed.search(works.text):
        return False
    return not (mineral in _SMELTED_FIRST and works.process == "smelting")
