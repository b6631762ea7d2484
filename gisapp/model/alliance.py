"""Alliances: sets of jurisdictions at a date, with bloc members and territories expanded."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import Final

from gisapp.model.feedback import GisappError

#: The kind of an alliance that somebody made himself.
OWN: Final = "own"


class MemberRole(StrEnum):
    """How a jurisdiction stands to an alliance. Only members count, and in a proposal proposed."""

    MEMBER = "member"
    OBSERVER = "observer"
    PARTNER = "partner"
    PROPOSED = "proposed"


class InEU(StrEnum):
    """How a territory stands to the EU: part of it, overseas (oct), or outside."""

    YES = "yes"
    OVERSEAS = "oct"
    NO = "no"


class TerritoryRule(StrEnum):
    """How territories and disputed areas count in a project.

    Listed is as the table of territories says; sovereign counts each where its sovereign is
    inside, through the EU too; nobody counts none but those that are members in their own name.
    """

    LISTED = "listed"
    SOVEREIGN = "sovereign"
    NOBODY = "nobody"

    @property
    def label(self) -> str:
        """What people read."""
        return {
            TerritoryRule.LISTED: "As the table of territories says",
            TerritoryRule.SOVEREIGN: "With their sovereign",
            TerritoryRule.NOBODY: "For nobody",
        }[self]


def partial_date(text: str) -> date | None:
    """Read "2025", "2025-10" or "2025-10-03" as its first day; None for empty text."""
    if not text:
        return None
    parts = [int(part) for part in text.split("-")]
    year, month, day = (*parts, 1, 1)[:3]
    return date(year, month, day)


@dataclass(frozen=True)
class Membership:
    """One jurisdiction's (or the EU's) place in an alliance, from a day until a day.

    `start` None holds since ever, `end` None until today; on the day `end` it no longer holds.
    """

    alliance: str
    member: str
    role: MemberRole
    start: date | None
    end: date | None
    source: str


@dataclass(frozen=True)
class Alliance:
    """An alliance with all memberships, of all times."""

    id: str
    name: str
    short_name: str
    kind: str
    founded: date | None
    dissolved: date | None
    description: str
    source: str
    memberships: tuple[Membership, ...]

    @property
    def is_own(self) -> bool:
        """True where it was made in a project and does not ship."""
        return self.kind == OWN

    @property
    def is_proposal(self) -> bool:
        """True where nothing was signed: its proposed members are then what is meant."""
        return self.kind == "proposal"


@dataclass(frozen=True)
class Territory:
    """A territory or disputed area and how it counts; sovereign "" counts for nobody."""

    code: str
    name: str
    sovereign: str
    in_eu: InEU
    notes: str


@dataclass(frozen=True)
class MembershipChange:
    """Who is inside an alliance against what is signed, and who is not: a scenario's."""

    joined: frozenset[str] = frozenset()
    left: frozenset[str] = frozenset()


@dataclass(frozen=True)
class AllianceBook:
    """All alliances and territories, and the one rule of who is inside at a date.

    `changes` are those of a scenario, by alliance id; they hold at every date. `rule` says how
    territories and disputed areas count.
    """

    alliances: Mapping[str, Alliance]
    territories: Mapping[str, Territory]
    changes: Mapping[str, MembershipChange] = field(default_factory=dict)
    rule: TerritoryRule = TerritoryRule.LISTED

    def get(self, alliance_id: str) -> Alliance:
        """Return an alliance by id; raises `GisappError` naming the ids that exist."""
        if alliance_id not in self.alliances:
            known = ", ".join(sorted(self.alliances))
            raise GisappError(
                "unknown_alliance", f'No alliance has the id "{alliance_id}".', f"Known: {known}."
            )
        return self.alliances[alliance_id]

    def memberships(self, alliance_id: str, as_of: date) -> tuple[Membership, ...]:
        """Return the memberships in force on a day, all roles, blocs not expanded."""
        return tuple(
            m
            for m in self.get(alliance_id).memberships
            if (m.start is None or m.start <= as_of) and (m.end is None or as_of < m.end)
        )

    def jurisdictions(self, alliance_id: str, as_of: date) -> frozenset[str]:
        """Return the ISO alpha-3 codes inside an alliance on a day.

        The member EU expands to its member states of that day. As listed, a territory counts
        where its sovereign is a member by itself, or where the sovereign is inside through the EU
        and the territory is part of the EU; the other rules are those of `rule`. Of a proposal,
        the proposed members count. Who joins or leaves in a scenario takes its territories along,
        but for those that the scenario names itself.
        """
        alliance = self.get(alliance_id)
        if alliance.dissolved is not None and as_of >= alliance.dissolved:
            return frozenset()
        counted = {MemberRole.MEMBER} | ({MemberRole.PROPOSED} if alliance.is_proposal else set())
        named = {m.member for m in self.memberships(alliance_id, as_of) if m.role in counted}
        own = named - {"EU"}
        through_eu: frozenset[str] | set[str] = set()
        if alliance_id == "eu":
            own, through_eu = set(), named
        elif "EU" in named:
            through_eu = {
                m.member for m in self.memberships("eu", as_of) if m.role is MemberRole.MEMBER
            }
        inside = own | through_eu
        for territory in self.territories.values():
            if self._counts(territory, own, through_eu):
                inside.add(territory.code)
        change = self.changes.get(alliance_id)
        return frozenset(inside) if change is None else self._changed(inside, change)

    def _counts(
        self,
        territory: Territory,
        own: Collection[str],
        through_eu: Collection[str],
    ) -> bool:
        if self.rule is TerritoryRule.NOBODY:
            return False
        in_bloc = territory.sovereign in through_eu
        if self.rule is TerritoryRule.LISTED and territory.in_eu is not InEU.YES:
            in_bloc = False
        return territory.sovereign in own or in_bloc

    def including(self, own: Iterable[Alliance], rule: TerritoryRule) -> AllianceBook:
        """Return the book with alliances of one's own, and another rule for territories.

        They take the place of those that the book had before. What ships keeps its id: an
        alliance of one's own with the same id is left out.
        """
        shipped = {key: alliance for key, alliance in self.alliances.items() if not alliance.is_own}
        added = {alliance.id: alliance for alliance in own if alliance.id not in shipped}
        return replace(self, alliances={**shipped, **added}, rule=rule)

    def changed(self, alliance_id: str, change: MembershipChange) -> AllianceBook:
        """Return the book with members of one alliance changed; raises as `get` does."""
        return replace(self, changes={**self.changes, self.get(alliance_id).id: change})

    def _changed(self, inside: set[str], change: MembershipChange) -> frozenset[str]:
        named = change.joined | change.left
        joined, left = set(change.joined), set(change.left)
        for territory in self.territories.values():
            if territory.code in named or self.rule is TerritoryRule.NOBODY:
                continue
            if territory.sovereign in change.joined:
                joined.add(territory.code)
            elif territory.sovereign in change.left:
                left.add(territory.code)
        return frozenset((inside - left) | joined)

    def require(self, alliance_id: str, as_of: date) -> frozenset[str]:
        """Return `jurisdictions`, refusing an alliance that has none on the day.

        Raises
        ------
        GisappError
            `unknown_alliance`, or `no_members` with the days between which it had some.
        """
        inside = self.jurisdictions(alliance_id, as_of)
        if inside:
            return inside
        alliance = self.get(alliance_id)
        starts = [m.start for m in alliance.memberships if m.start is not None]
        ends = [m.end for m in alliance.memberships if m.end is not None]
        days = ""
        if starts and as_of < min(starts):
            days = f"Its first members joined on {min(starts).isoformat()}."
        elif ends:
            days = f"Its last members left on {max(ends).isoformat()}."
        raise GisappError(
            "no_members",
            f"{alliance.name} ({alliance.short_name}) has no members on {as_of.isoformat()}.",
            f"{days} Choose another date or alliance.".strip(),
        )
