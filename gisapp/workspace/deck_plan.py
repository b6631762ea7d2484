"""What a deck is made of: kept in the project, so that the same deck can be made again."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

#: The key of the comparison among `DeckPlan.headlines`.
COMPARISON: Final = "comparison"


class Per(StrEnum):
    """The word of the question that changes from slide to slide."""

    MINERAL = "mineral"
    ALLIANCE = "alliance"
    DEPOSIT = "deposit"
    SCENARIO = "scenario"
    YEAR = "year"

    @property
    def label(self) -> str:
        """What people read in a list of choices."""
        return f"One slide per {self.value}"

    @property
    def plural(self) -> str:
        """Several of them, in a sentence."""
        return "alliances" if self is Per.ALLIANCE else f"{self.value}s"


@dataclass(frozen=True)
class DeckPlan:
    """The pages of a deck: an opening, one slide for every key, and what stands around them.

    Parameters
    ----------
    keys
        Codes of minerals, ids of alliances or deposits, names of scenarios ("" is the world as it
        is) or years; none takes those that `deck_keys.keys_of` finds sensible.
    agenda
        A first page that lists the others by number.
    comparison
        A page that sets the finding of all keys side by side.
    multiples
        A page of small maps, one for each key.
    appendix
        Method, sources with dates and licences, and what the deck was made of.
    same_scale
        Every slide of deposits shows the same stretch of land; else each fits its own.
    headlines
        Key and title of the slides whose title the user wrote.
    title
        Of the deck, "" for one made from the question.
    """

    per: Per = Per.MINERAL
    keys: tuple[str, ...] = ()
    agenda: bool = True
    comparison: bool = True
    multiples: bool = False
    appendix: bool = True
    same_scale: bool = False
    headlines: tuple[tuple[str, str], ...] = ()
    title: str = ""

    def headline(self, key: str) -> str:
        """Return the title that the user wrote for a key, "" where there is none."""
        return dict(self.headlines).get(key, "")
