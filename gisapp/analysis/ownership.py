"""Who holds how much of a site: the shares that an owner column names, and where the owners sit.

Equity is counted to the home of the company that is named, not to that company's shareholders.
What the text does not say stays unknown, what several hold together stays among them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from gisapp.analysis.selection import Facilities
from gisapp.model.country_names import COUNTRY_WORDS, plain_name
from gisapp.model.facts import Facts

#: In a set of homes: it may be any country.
ANYWHERE: Final = ""

_SHARE: Final = re.compile(r"~?\s*(\d+(?:\.\d+)?)\s*%")
_BRACKET: Final = re.compile(r"\(([^()]*)\)")
_EQUAL: Final = re.compile(r"\(\s*50\s*:\s*50\s*\)")
_SPLIT: Final = re.compile(r"\s*(?:/|;)\s*(?![^(]*\))")
_PARTNERS: Final = re.compile(
    r"\s+and (?:(?:other )?partners|private investors|others)$", re.IGNORECASE
)
_LAST_WORDS: Final = re.compile(r"\s+(?:claim|parties|group of companies)$", re.IGNORECASE)
_STATE: Final = re.compile(
    r"^(?:(?:the )?(?:state|government|republic) of (?P<of>.+)|(?P<its>.+) state"
    r"|(?P<here>(?:the )?(?:state|government)))$",
    re.IGNORECASE,
)
#: Above one by rounding.
_WHOLE: Final = 1.005


@dataclass(frozen=True)
class Stake:
    """A share of a site, 0 to 1, and who holds it; several hold it in unknown parts.

    `others` holds where unnamed ones hold a part of it, too.
    """

    owners: tuple[str, ...]
    share: float
    others: bool = False


@dataclass(frozen=True)
class Holding:
    """A share of a site, 0 to 1, and the countries it is among; `ANYWHERE` may be any."""

    homes: frozenset[str]
    share: float


def stakes(owner: str) -> tuple[Stake, ...]:
    """Read "Tianqi 51 %, Albemarle 49 %" as it stands in a row; the shares sum to at most 1.

    One owner without a share has all. Owners without a share, beside others with one, have the
    rest among them. What is said of an owner's own shareholders is passed over. Shares that sum
    to more than one, and no text, give nothing.
    """
    parts = _SPLIT.split(_EQUAL.sub("", _comma(owner)).strip())
    parties = [party for part in parts for party in _of(part)]
    if _EQUAL.search(owner):
        parties = [replace(party, share=1.0 / len(parties)) for party in parties]
    told = sum(party.share for party in parties)
    if not parties or told > _WHOLE:
        return ()
    scale = 1.0 / told if told > 1.0 else 1.0
    found = [replace(party, share=party.share * scale) for party in parties if party.share > 0]
    silent = [party for party in parties if party.share == 0]
    rest = 1.0 - sum(stake.share for stake in found)
    if silent and rest > 1e-9:
        names = tuple(name for party in silent for name in party.owners)
        found.append(Stake(names, rest, any(party.others for party in silent)))
    return tuple(found)


def _comma(owner: str) -> str:
    """Write shares divided by commas as those divided by strokes."""
    listed = re.fullmatch(r"[^(),/;]+\d\s*%(?:\s*,\s*[^(),/;]+\d\s*%)+", owner)
    return owner.replace(",", " /") if listed else owner


def _of(part: str) -> list[Stake]:
    """Return the parties of one part; a share of 0 is not told."""
    bracket = _BRACKET.search(part)
    inner = bracket.group(1).strip() if bracket else ""
    name = _BRACKET.sub("", part).strip()
    share = 0.0
    outside = _SHARE.search(name)
    if outside:
        share, name = float(outside.group(1)) / 100.0, name[: outside.start()].strip()
    elif re.match(r"~?\s*\d", inner):
        inside = _SHARE.search(inner)
        share = float(inside.group(1)) / 100.0 if inside else 0.0
    name = name.replace("(", "").replace(")", "").strip()
    if not name:
        return []
    others = bool(_PARTNERS.search(name))
    own = (_LAST_WORDS.sub("", _PARTNERS.sub("", name)),)
    if not inner.lower().startswith("with "):
        return [Stake(own, share, others)]
    # "(with IGO 51%; Albemarle 49%)": the first share is held together
    found = []
    for i, word in enumerate(re.split(r"\s*[,;]\s*", inner[5:])):
        told = _SHARE.search(word)
        of_word = word[: told.start()].strip() if told else word
        owners = (*own, of_word) if i == 0 else (of_word,)
        found.append(Stake(owners, float(told.group(1)) / 100.0 if told else 0.0, others))
    return found


def holdings(
    owner: str, owner_country: str, country: str, companies: Mapping[str, str], facts: Facts
) -> tuple[Holding, ...]:
    """Return a site's equity by the homes of those who hold it; the shares sum to at most 1.

    The home of a single owner, and of the one who holds more than half, is that of the
    controlling owner where no table names the company.

    Parameters
    ----------
    owner
        As it stands in the row.
    owner_country, country
        Of the controlling owner and of the site; "" unknown.
    companies
        Company, in folded case, to ISO alpha-3 code.
    """
    found = stakes(owner)
    names = {name.casefold(): code for code, name in facts.countries.items()}
    result = []
    for stake in found:
        homes = {_home(name, country, companies, names) for name in stake.owners}
        alone = len(stake.owners) == 1
        if alone and ANYWHERE in homes and (len(found) == 1 or stake.share > 0.5):
            homes = {owner_country}
        if stake.others:
            homes.add(ANYWHERE)
        result.append(Holding(frozenset(homes), stake.share))
    return tuple(result)


def _home(name: str, here: str, companies: Mapping[str, str], names: Mapping[str, str]) -> str:
    folded = name.casefold()
    if folded in companies:
        return companies[folded]
    state = _STATE.match(name)
    if state is not None and state.group("here"):
        return here
    if state is not None:
        folded = (state.group("of") or state.group("its")).casefold()
    return names.get(folded) or COUNTRY_WORDS.get(plain_name(folded), ANYWHERE)


def equity(sites: Facilities, facts: Facts) -> list[tuple[Holding, ...]]:
    """Return the holdings of every site."""
    return [
        holdings(owner, owner_country, country, facts.companies, facts)
        for owner, owner_country, country in zip(
            sites.owner, sites.owner_country, sites.country, strict=True
        )
    ]


def derived_companies(rows: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return company to country from rows of owner and owner's country, where all rows agree.

    A row tells the home of its only owner, and of the one who holds more than half.
    """
    found: dict[str, set[str]] = {}
    for owner, country in rows:
        parties = stakes(owner)
        leading = [s for s in parties if len(s.owners) == 1 and not s.others and s.share > 0.5]
        if country and leading:
            found.setdefault(leading[0].owners[0], set()).add(country)
    return {name: homes.pop() for name, homes in sorted(found.items()) if len(homes) == 1}
