"""Results in words: the conclusion first, then two or three sentences, numbers with units."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Final

import pandas as pd

from gisapp.analysis.concentration import SCREEN
from gisapp.analysis.distance_terms import DistanceResult, spoken_passage
from gisapp.analysis.network.journey import Measure
from gisapp.model.numbers import (
    NO_BREAK,
    NONE,
    UNKNOWN_SHARE,
    kilometres,
    percent,
    rounded,
    rounded_km,
    whole,
)
from gisapp.model.vocabulary import MINERALS, Basis, Role, Stage, Weight

_SCREENED: Final = (
    f"One country holds more than {100 * SCREEN:.0f}{NO_BREAK}%: a screen of world output, "
    "not the EU's rule on its own consumption."
)
_SCREENED_SAMPLE: Final = (
    f"One country holds more than {100 * SCREEN:.0f}{NO_BREAK}% of what is mapped."
)
_SCREENED_RESERVES: Final = (
    f"One country holds more than {100 * SCREEN:.0f}{NO_BREAK}% of the published reserves."
)
#: Names that read better in a sentence than the official ones.
_SPOKEN: Final = {
    "CHN": "China",
    "COD": "DR Congo",
    "GBR": "the United Kingdom",
    "KOR": "South Korea",
    "NLD": "the Netherlands",
    "PHL": "the Philippines",
    "RUS": "Russia",
    "TZA": "Tanzania",
    "USA": "the United States",
    "VNM": "Vietnam",
}
#: Nouns that go with a mineral: "lithium mining" but "rare-earth mining".
_ADJECTIVE: Final = {
    "rare_earths": "rare-earth",
    "light_rare_earths": "light rare-earth",
    "heavy_rare_earths": "heavy rare-earth",
    "platinum_group": "platinum-group",
}
#: Acronyms that are spoken as a word, and a name, take no article: "NATO", but "the G7".
_NO_ARTICLE: Final = frozenset(
    {"AUKUS", "BRICS", "CANZUK", "ERMA", "FORGE", "NAFTA", "NAGA", "NATO", "Pax Silica"}
)
_MOST_SPOKEN: Final = 4
#: Shares closer than this read the same.
_SAME: Final = 5e-4
_PLANTS: Final = {Role.REFINERY: "refinery", Role.MAGNET_PLANT: "magnet plant"}
_VERBS: Final = {Stage.MINING: "mines", Stage.REFINING: "refines", Stage.MAGNETS: "makes"}
_STEP: Final = {
    Stage.MINING: "mining",
    Stage.REFINING: "refining",
    Stage.MAGNETS: "magnet making",
}
_SITES: Final = {
    Stage.MINING: "mining sites",
    Stage.REFINING: "refineries",
    Stage.MAGNETS: "magnet plants",
}
_OUTPUT: Final = {
    Stage.MINING: "mine output",
    Stage.REFINING: "refined output",
    Stage.MAGNETS: "magnet output",
}
BY_WORDS: Final = {
    Basis.LOCATION: "by location",
    Basis.CONTROL: "by controlling owner",
    Basis.LISTING: "by stock-exchange listing",
    Basis.EQUITY: "by equity share",
    Basis.FOREIGN: "inside and foreign-controlled",
    Basis.ABROAD: "outside and controlled from inside",
}


#: What is said of an alliance by each basis; `The` begins a sentence.
_HOLDING: Final = {
    Basis.LOCATION: "{The} holds {steps}",
    Basis.CONTROL: "{The} controls {steps}",
    Basis.LISTING: "{The} lists {steps}",
    Basis.EQUITY: "{The} owns {steps}",
    Basis.FOREIGN: "Foreign owners control {steps} inside {who}",
    Basis.ABROAD: "{The} controls {steps} outside its borders",
}
_MAPPED: Final = {
    Weight.CAPACITY: "mapped capacity",
    Weight.COUNT: "mapped sites",
    Weight.RESERVES: "published reserves",
}


def the(title: str) -> str:
    """Return an alliance's title at the head of a sentence."""
    inside = inner(title)
    return inside if title in _NO_ARTICLE else f"{inside[0].upper()}{inside[1:]}"


def inner(title: str) -> str:
    """Return an alliance's title inside a sentence, with the article that it takes."""
    if not title:
        return "the chosen jurisdictions"
    if title in _NO_ARTICLE:
        return title
    return f"the{title[3:]}" if title.lower().startswith("the ") else f"the {title}"


def coverage_headline(table: pd.DataFrame, title: str) -> str:
    """Return the finding over the stages of one mineral and alliance.

    Parameters
    ----------
    table
        Rows of `coverage.coverage` of one mineral and one alliance, one per stage.
    title
        The alliance's, as people say it ("four-nation alliance").
    """
    rows: list[dict[str, Any]] = [dict(row) for _, row in table.iterrows()]
    known = [row for row in rows if math.isfinite(row["share_low"])]
    if not known:
        return _nothing(rows[0])
    by, weight = Basis(known[0]["by"]), Weight(known[0]["weight"])
    told = {Stage(row["stage"]): percent(row["share_low"], row["share_high"], 0) for row in known}
    lost = [_STEP[stage] for stage, share in told.items() if share == UNKNOWN_SHARE]
    told = {stage: share for stage, share in told.items() if share != UNKNOWN_SHARE}
    code = str(known[0]["mineral"])
    if not told:
        return f"What {inner(title)} holds of {adjective_of(code)} {_listed(lost)} cannot be told"
    if by is Basis.LOCATION and weight is Weight.PRODUCTION:
        clauses = [_clause(stage, told[stage], code, first=i == 0) for i, stage in enumerate(told)]
        line = f"{the(title)} {_listed(clauses)}"
    else:
        word = "of" if weight is Weight.PRODUCTION else "in"
        steps = _listed(
            [
                f"{share} {word} {adjective_of(code) + ' ' if i == 0 else ''}{_STEP[stage]}"
                for i, (stage, share) in enumerate(told.items())
            ]
        )
        line = _HOLDING[by].format(who=inner(title), The=the(title), steps=steps)
        if weight is not Weight.PRODUCTION:
            who = {"who": inner(title), "The": inner(title), "steps": steps}
            rest = _HOLDING[by].replace("Foreign", "foreign").format(**who)
            line = f"Of the {_MAPPED[weight]}, {rest}"
    return f"{line}; {_listed(lost)} cannot be told" if lost else line


def coverage_text(row: Mapping[str, Any], title: str, countries: Mapping[str, str]) -> str:
    """Return a row of a coverage table in two or three sentences with its source.

    Parameters
    ----------
    row
        A row of `coverage.coverage` as mapping.
    countries
        ISO alpha-3 code to English name.
    """
    if not math.isfinite(row["share_low"]):
        return f"{_nothing(row)}."
    share = percent(row["share_low"], row["share_high"])
    amounts = f" ({_amount(row['inside'])} of {_amount(row['world'])}{NO_BREAK}{row['unit']})"
    if row["unit"] == "percent":
        amounts = ""
    several = row["weight"] in {Weight.COUNT.value, Weight.RESERVES.value}
    is_, lies = ("are", "lie") if several else ("is", "lies")
    where = {
        Basis.LOCATION: f"{lies} inside",
        Basis.CONTROL: f"{is_} controlled from inside",
        Basis.LISTING: f"{is_} listed inside",
        Basis.EQUITY: f"{is_} owned, by equity, inside",
        Basis.FOREIGN: f"{lies} inside and {is_} controlled from outside",
        Basis.ABROAD: f"{lies} outside and {is_} controlled from inside",
    }[Basis(row["by"])]
    sentences = [
        f"{share[0].upper()}{share[1:]} of {_denominator(row)} {where} {inner(title)}{amounts}."
    ]
    leader = str(row["top1_country"])
    if leader:
        top1, top3 = row["top1_share"], row["top3_share"]
        what = {
            Basis.FOREIGN: "The largest foreign controller is",
            Basis.ABROAD: "Most of it, as far as known, stands in",
        }.get(Basis(row["by"]), "The largest supplier is")
        if row["weight"] == Weight.RESERVES.value:
            what = "The largest reserves are those of"
        least = "at least " if suppliers_open(row) else ""
        line = f"{what} {spoken(leader, countries)} with {least}{percent(top1, top1)}"
        line += f", the three largest hold {least}{percent(top3, top3)}" if top3 > top1 else ""
        sentences.append(f"{line}.")
    if row["over_65_percent"] is True:
        screened = {
            Weight.PRODUCTION.value: _SCREENED,
            Weight.RESERVES.value: _SCREENED_RESERVES,
        }
        sentences.append(screened.get(row["weight"], _SCREENED_SAMPLE))
    if "xcludes U.S. production" in str(row["note"]):
        sentences.append("The output of the United States is withheld and left out.")
    mapped = row["mapped_share_of_world"]
    if row["weight"] == Weight.CAPACITY.value and math.isfinite(mapped):
        equals = percent(mapped, mapped, 0)
        sentences.append(f"The mapped sites equal {equals} of published world output.")
    if row["sources"]:
        sentences.append(f"Source: {row['sources']}.")
    return " ".join(sentences)


def suppliers_open(row: Mapping[str, Any]) -> bool:
    """Return whether the suppliers of a coverage row may have more than is named.

    By place, a source's other countries are none of those that it names: their shares hold.
    """
    by = Basis(row["by"])
    if by in {Basis.FOREIGN, Basis.ABROAD}:
        return bool(row["share_high"] - row["share_low"] > _SAME)
    named = by is Basis.LOCATION and row["weight"] != Weight.CAPACITY.value
    return not named and bool(row["hhi_high"] - row["hhi_low"] > _SAME * 1e4)


def over_time_text(table: pd.DataFrame, title: str, countries: Mapping[str, str]) -> str:
    """Return how a share changed: from, to, and the largest step with who joined or left.

    Parameters
    ----------
    table
        Rows of `timeline.over_time` of one mineral, stage and alliance, in order of date.
    """
    known = table[table["share_low"].notna()]
    if not len(known):
        return "Nothing is known of this share over time."
    rows: list[dict[str, Any]] = [dict(row) for _, row in known.iterrows()]
    first, last = rows[0], rows[-1]
    start, end = (percent(row["share_low"], row["share_high"]) for row in (first, last))
    years = f"{first['as_of'].year} and {last['as_of'].year}"
    of = _denominator(first)
    if first["weight"] == Weight.PRODUCTION.value:  # the year of the table differs
        of = f"{adjective_of(str(first['mineral']))} {_OUTPUT[Stage(first['stage'])]}"
    if len({row["share_low"] for row in rows}) == 1 and start == end:
        line = f"The share of {inner(title)} in {of} stays at {start} between {years}."
    else:
        line = (
            f"The share of {inner(title)} in {of} goes from {start} at the end of "
            f"{first['as_of'].year} to {end} at the end of {last['as_of'].year}."
        )
    parts = [line]
    for name, one, several in (("joined", "joins", "join"), ("left", "leaves", "leave")):
        for row in rows[1:]:
            codes = [code for code in str(row[name]).split(",") if code]
            if codes:
                names = [spoken(code, countries) for code in codes[:_MOST_SPOKEN]]
                more = len(codes) - len(names)
                told = [*names, f"{more} more"] if more else names
                verb = one if len(codes) == 1 else several
                parts.append(f"In {row['as_of'].year} {_listed(told)} {verb}.")
    started = int(known["started"].sum())
    if started and first["weight"] != Weight.RESERVES.value:
        parts.append(f"{whole(started)} sites start in these years, in the whole world.")
    return " ".join(parts)


def spoken(code: str, countries: Mapping[str, str]) -> str:
    """Return a country's name as it stands in a sentence."""
    return _SPOKEN.get(code) or countries.get(code, code)


def coverage_subtitle(row: Mapping[str, Any]) -> str:
    """Return what a chart of the row shows: of what, unit, year, denominator, by what."""
    if not math.isfinite(row["share_low"]):
        return _nothing(row)
    total = (
        "" if row["unit"] == "percent" else f" of {_amount(row['world'])}{NO_BREAK}{row['unit']}"
    )
    what = _denominator(row)
    return f"Share of {what}, %{total}, {BY_WORDS[Basis(row['by'])]}"


def distance_headline(result: DistanceResult) -> str:
    """Return the finding of a distance query in one sentence.

    The half is of the deposits that have such a plant; how many have none is said beside it.
    """
    s, query = result.summary, result.query
    plant, adjective = _PLANTS[query.to], adjective_of(query.mineral)
    if not s.deposits:
        return f"No {adjective} deposit is in the layers"
    where = restriction(result)
    if s.nearest is None:
        return f"No {adjective} {plant}{where} can take the ore of {_deposits(result)}"
    least = query.ranked_by
    near = measured(s.median, least, exact=False)
    by = " by road, rail and sea" if query.routed and not query.bars_ways else ""
    reached = s.deposits - s.without_plant
    if reached > 1:
        lie = "lie" if least is Measure.KM else "are"
        of = f"the {whole(reached)} {adjective} deposits"
        line = f"Half of {of} {lie} within {near} of a {plant}{where}{by}"
    else:
        verb = "lies" if least is Measure.KM else "is"
        line = f"{s.nearest.deposit} {verb} {near} from the nearest {plant}{where}{by}"
    if query.restricted:
        anywhere = measured(s.unrestricted_median, least, exact=False)
        same = ", the same as" if reached > 1 else ", as near as"
        line += f"{same} if all count" if anywhere == near else f", against {anywhere} if all count"
    if s.without_plant:
        others = "1 other has" if s.without_plant == 1 else f"{whole(s.without_plant)} others have"
        line += f"; {others} none"
    return line


def distance_text(result: DistanceResult) -> str:
    """Return a distance result in a few sentences with its sources."""
    s, query = result.summary, result.query
    plant, least = _PLANTS[query.to], query.ranked_by
    if s.nearest is None or s.farthest is None:
        return f"{distance_headline(result)}. Sources: {'; '.join(result.sources)}."
    near, far = s.nearest, s.farthest
    extremes = (
        f"Nine in ten are within {measured(s.p90, least)}; nearest is {near.deposit} to "
        f"{near.plant} ({measured(near.value, least)}), farthest {far.deposit} to {far.plant} "
        f"({measured(far.value, least)})."
    )
    sentences = [f"{distance_headline(result)}.", extremes]
    if query.bars_plants:
        are = "is" if s.plants_within == 1 else "are"
        sentences.append(
            f"{whole(s.plants_within)} of {whole(s.plants)} {_plural(plant)} {are} inside."
        )
    if query.restricted:
        line = f"The restriction costs {measured(s.mean_penalty, least)} on average"
        if s.worst_penalty is not None:
            worst = s.worst_penalty
            more = measured(worst.value, least)
            line += f", most for {worst.deposit} ({more} more, to {worst.plant})"
        sentences.append(f"{line}.")
    sentences += _gaps(result)
    sentences.append(
        "Distances are along roads, railways and sea lanes."
        if query.routed
        else "Distances are geodesics on the WGS 84 ellipsoid."
    )
    sentences.append(f"Source: {'; '.join(result.sources)}.")
    return " ".join(sentences)


def measured(value: float, measure: Measure, *, exact: bool = True) -> str:
    """Return a value with its unit; without `exact` as a headline rounds it."""
    if measure is Measure.KM:
        return kilometres(value) if exact else rounded_km(value)
    return f"{rounded(value)}{NO_BREAK}{measure.unit}"


def _gaps(result: DistanceResult) -> list[str]:
    """Return what is missing and what is unsure."""
    s, plant = result.summary, _PLANTS[result.query.to]
    lines = []
    without = s.without_plant - s.needs_none
    if without:
        have = "deposit has" if without == 1 else "deposits have"
        inside = restriction(result)
        lines.append(f"{whole(without)} {have} no {plant}{inside} that takes what they ship.")
    if s.needs_none:
        make = "deposit needs" if s.needs_none == 1 else "deposits need"
        lines.append(f"{whole(s.needs_none)} {make} none: metal is made at the mine.")
    if s.fragile:
        hang = "answer hangs" if s.fragile == 1 else "answers hang"
        lines.append(f"{whole(s.fragile)} {hang} on a single plant or on the error of distances.")
    return lines


def restriction(result: DistanceResult) -> str:
    """Return " inside the Quad", " controlled from inside the Quad", " avoiding Suez"."""
    query = result.query
    words = ""
    if query.bars_plants:
        title = inner(query.within_title)
        owned = Basis.CONTROL in query.bases
        words = f" inside {title}"
        if query.bases == {Basis.CONTROL}:
            words = f" controlled from inside {title}"
        elif query.bases == {Basis.LISTING}:
            words = f" listed inside {title}"
        elif owned:
            words = f" inside {title} and owned there"
    if query.bars_ways:
        avoided = [spoken_passage(p) for p in sorted(query.avoid.passages)]
        avoided += [_SPOKEN.get(c, c) for c in sorted(query.avoid.countries)]
        words += f" avoiding {_listed(avoided)}"
    return words


def _deposits(result: DistanceResult) -> str:
    adjective, n = adjective_of(result.query.mineral), result.summary.deposits
    if n == 1 and len(result.rows):
        return str(result.rows["deposit_name"].iloc[0]) or f"the one {adjective} deposit"
    return f"the {whole(n)} {adjective} deposits"


def _plural(noun: str) -> str:
    return f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}s"


def adjective_of(code: str) -> str:
    """Return a mineral as it stands before a noun: "rare-earth", "lithium"."""
    return _ADJECTIVE.get(code, MINERALS.get(code, code).lower())


def _clause(stage: Stage, share: str, code: str, *, first: bool) -> str:
    verb, mineral = _VERBS[stage], MINERALS.get(code, code).lower()
    if stage is Stage.MAGNETS:
        return f"{verb} {share} of the magnets"
    if share == NONE:
        return f"{verb} no {mineral}" if first else f"{verb} none"
    return f"{verb} {share} of {mineral}" if first else f"{verb} {share}"


def _listed(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _nothing(row: Mapping[str, Any]) -> str:
    what = f"{adjective_of(str(row['mineral']))} {_STEP[Stage(row['stage'])]}"
    note = str(row["note"]).rstrip(".")
    return f"{what[0].upper()}{what[1:]}: {note[0].lower()}{note[1:]}"


def _amount(value: float) -> str:
    return whole(value) if value >= 100 or value == 0 else rounded(value)


def _denominator(row: Mapping[str, Any]) -> str:
    stage = Stage(row["stage"])
    adjective = adjective_of(str(row["mineral"]))
    if row["weight"] == Weight.PRODUCTION.value:
        return f"the {int(row['year'])} {adjective} {_OUTPUT[stage]}"
    if row["weight"] == Weight.CAPACITY.value:
        return f"the mapped {adjective} {_STEP[stage]} capacity"
    if row["weight"] == Weight.RESERVES.value:
        return f"the {int(row['year'])} {adjective} reserves"
    return f"the mapped {adjective} {_SITES[stage]}"
