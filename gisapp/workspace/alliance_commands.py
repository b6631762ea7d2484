"""Commands on alliances of one's own: make, copy, edit, share; and how territories count."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from gisapp.data.alliance_file import read_alliances, write_alliances
from gisapp.model.alliance import OWN, Alliance, MemberRole, Membership, TerritoryRule, partial_date
from gisapp.model.facts import Facts
from gisapp.model.feedback import Feedback, GisappError, Severity
from gisapp.model.own_alliance import (
    EU,
    alliance_id,
    check_alliance,
    copy_of,
    new_alliance,
)
from gisapp.workspace.commands import Command, Job, Outcome, Told, always
from gisapp.workspace.own_facts import project_facts
from gisapp.workspace.params import choice
from gisapp.workspace.report import Report
from gisapp.workspace.state import ProjectState


@dataclass(frozen=True)
class _Alliances:
    """The commands on one set of facts."""

    facts: Facts

    def make(
        self, state: ProjectState, *, name: str, members: Iterable[str] = (), ask: bool = True
    ) -> ProjectState:
        """Make an alliance of these members (codes, names or EU) and ask about it."""
        made = new_alliance(name, self._taken(state))
        found = tuple(_member(made.id, self._code(m)) for m in members)
        return self._put(state, replace(made, memberships=found), ask=ask)

    def copy(
        self, state: ProjectState, *, alliance: str, name: str = "", ask: bool = True
    ) -> ProjectState:
        """Copy an alliance, one that ships or one's own, under a new name."""
        whole = project_facts(state, self.facts).alliances.get(alliance)
        title = name.strip() or f"{whole.short_name or whole.name} (copy)"
        return self._put(state, copy_of(whole, title, self._taken(state)), ask=ask)

    def save(self, state: ProjectState, *, alliance: Alliance, ask: bool = True) -> ProjectState:
        """Put an alliance into the project, in place of the one with its id."""
        return self._put(state, alliance, ask=ask)

    def member(
        self,
        state: ProjectState,
        *,
        alliance: str,
        member: str,
        role: MemberRole | str = MemberRole.MEMBER,
        start: date | str | None = None,
        end: date | str | None = None,
    ) -> ProjectState:
        """Add a member, or change role and days of the one that is there."""
        whole, code = _own(state, alliance), self._code(member)
        before = next((m for m in whole.memberships if m.member == code), None)
        made = Membership(
            whole.id,
            code,
            choice(MemberRole, role, "role"),
            _day(start),
            _day(end),
            "" if before is None else before.source,
        )
        kept = [m for m in whole.memberships if m.member != code]
        at = len(kept) if before is None else whole.memberships.index(before)
        kept.insert(at, made)
        return self._put(state, replace(whole, memberships=tuple(kept)), ask=False)

    def remove_member(self, state: ProjectState, *, alliance: str, member: str) -> ProjectState:
        """Take a member out, with all its days."""
        whole, code = _own(state, alliance), self._code(member)
        left = tuple(m for m in whole.memberships if m.member != code)
        return self._put(state, replace(whole, memberships=left), ask=False)

    def rename(self, state: ProjectState, *, alliance: str, name: str) -> ProjectState:
        """Give an alliance another name; its id stays."""
        whole = replace(_own(state, alliance), name=name.strip(), short_name=name.strip())
        return self._put(state, whole, ask=False)

    def load(self, _state: ProjectState, *, path: Path) -> Job:
        """Read the alliances of a file; one with a name that is there replaces it."""
        countries = self.facts.countries

        def work(_feedback: Feedback) -> tuple[Alliance, ...]:
            return read_alliances(Path(path), countries)

        def then(now: ProjectState, found: tuple[Alliance, ...]) -> Outcome:
            for alliance in found:
                fit = alliance
                if fit.id in self.facts.alliances.alliances:
                    taken = self.facts.alliances.alliances.keys()
                    fit = _with_id(fit, alliance_id(fit.name, taken))
                now = self._put(now, fit, ask=len(found) == 1)
            names = ", ".join(alliance.name for alliance in found)
            return Told((Report(Severity.INFO, f"Read from {Path(path).name}: {names}."),), now)

        return Job("alliances", f"Reading {Path(path).name}", work, then)

    def share(self, state: ProjectState, *, path: Path, alliance: str | None = None) -> Told:
        """Write an alliance, or all of one's own, to a .json or .csv file."""
        target = Path(path)
        book = project_facts(state, self.facts).alliances
        chosen = state.alliances if alliance is None else (book.get(alliance),)
        if not chosen:
            raise GisappError("no_alliance", "The project has no alliance of its own to share.")
        write_alliances(target, chosen)
        names = ", ".join(a.short_name or a.name for a in chosen)
        return Told((Report(Severity.INFO, f"Wrote {target.name}: {names}."),))

    def _put(self, state: ProjectState, alliance: Alliance, *, ask: bool) -> ProjectState:
        if alliance.id in self.facts.alliances.alliances:
            raise GisappError(
                "shipped_alliance",
                f"{alliance.name} ships with the application and stays as it is.",
                "Make a copy and change that.",
            )
        members = tuple(replace(m, alliance=alliance.id) for m in alliance.memberships)
        fit = check_alliance(replace(alliance, kind=OWN, memberships=members), self.facts.countries)
        ids = [a.id for a in state.alliances]
        own = tuple(fit if a.id == fit.id else a for a in state.alliances)
        if fit.id not in ids:
            own = (*state.alliances, fit)
        question = replace(state.question, alliance=fit.id) if ask else state.question
        return state.with_(alliances=own, question=question)

    def _taken(self, state: ProjectState) -> set[str]:
        return {*self.facts.alliances.alliances, *(a.id for a in state.alliances)}

    def _code(self, text: str) -> str:
        """Return the code of a country that is written as code or as name."""
        word = text.strip()
        if word.upper() == EU or word.upper() in self.facts.countries:
            return word.upper()
        for code, name in self.facts.countries.items():
            if name.casefold() == word.casefold():
                return code
        raise GisappError(
            "unknown_jurisdiction",
            f'"{word}" is no country.',
            "Write its English name or its ISO 3166-1 alpha-3 code, or EU.",
        )


def _remove(state: ProjectState, *, alliance: str) -> ProjectState:
    """Take an alliance of one's own out of the project; nobody asks about it then."""
    _own(state, alliance)
    asked = state.question
    question = replace(asked, alliance=None) if asked.alliance == alliance else asked
    left = tuple(a for a in state.alliances if a.id != alliance)
    return state.with_(alliances=left, question=question)


def _territories(state: ProjectState, *, rule: TerritoryRule | str) -> ProjectState:
    """Say how territories and disputed areas count in this project."""
    return state.with_(territories=choice(TerritoryRule, rule, "rule"))


def _own(state: ProjectState, alliance: str) -> Alliance:
    for own in state.alliances:
        if own.id == alliance:
            return own
    raise GisappError(
        "not_own",
        f'The project has no alliance of its own with the id "{alliance}".',
        "Alliances that ship are changed as a copy.",
    )


def _with_id(alliance: Alliance, new: str) -> Alliance:
    members = tuple(replace(m, alliance=new) for m in alliance.memberships)
    return replace(alliance, id=new, memberships=members)


def _member(alliance: str, code: str) -> Membership:
    return Membership(alliance, code, MemberRole.MEMBER, None, None, "")


def _day(day: date | str | None) -> date | None:
    if day is None or isinstance(day, date):
        return day
    try:
        return partial_date(day.strip())
    except ValueError:
        raise GisappError(
            "bad_date", f'"{day}" is not a date.', "Write it as 2026-11-22, 2026-11 or 2026."
        ) from None


def _has_own(state: ProjectState) -> bool:
    return bool(state.alliances)


def alliance_commands(facts: Facts) -> tuple[Command, ...]:
    """Return the commands on alliances."""
    on = _Alliances(facts)

    def command(
        name: str,
        icon: str,
        title: str,
        run: Callable[..., Outcome],
        *params: str,
        enabled: Callable[[ProjectState], bool] = always,
    ) -> Command:
        about = (run.__doc__ or title).split("\n")[0].removesuffix(".")
        return Command(
            f"alliance.{name}",
            title,
            run,
            tip=about,
            icon=f"mdi6.{icon}",
            menu="Question",
            params=params,
            enabled=enabled,
        )

    return (
        command("make", "account-multiple-plus-outline", "Make an alliance…", on.make, "name"),
        command("copy", "content-copy", "Copy an alliance", on.copy, "alliance"),
        command("save", "content-save-outline", "Save an alliance", on.save, "alliance"),
        command("member", "account-plus-outline", "Set a member", on.member, "alliance", "member"),
        command(
            "remove_member",
            "account-minus-outline",
            "Remove a member",
            on.remove_member,
            "alliance",
            "member",
        ),
        command("rename", "rename-outline", "Rename an alliance", on.rename, "alliance", "name"),
        command(
            "remove",
            "trash-can-outline",
            "Remove an alliance",
            _remove,
            "alliance",
            enabled=_has_own,
        ),
        command("import", "import", "Import alliances", on.load, "path"),
        command("export", "export", "Share alliances", on.share, "path"),
        command("territories", "island", "How territories count", _territories, "rule"),
    )
