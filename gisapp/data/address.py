"""Addresses of databases and services: their parts, and what of them may be kept."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final
from urllib.parse import (
    SplitResult,
    parse_qsl,
    quote,
    unquote,
    urlencode,
    urlsplit,
)

from gisapp.model.feedback import GisappError

_ARCGIS: Final = re.compile(r"/(feature|map)server(/\d+)?/?$", re.IGNORECASE)
#: Parameters of an address that let somebody in; they are used and never kept.
_SECRETS: Final = frozenset(
    {"password", "passwd", "pwd", "sslpassword", "token", "key", "apikey", "api_key"}
    | {"access_token", "authkey", "signature", "sig"}
)
#: What may stand behind the "?" of a PostgreSQL address: nothing that runs or writes.
_POSTGRES: Final = frozenset(
    {"host", "hostaddr", "port", "dbname", "user", "password", "service", "connect_timeout"}
    | {"sslmode", "sslrootcert", "sslcert", "sslkey", "sslpassword", "passfile"}
    | {"target_session_attrs", "channel_binding", "gssencmode", "require_auth"}
)


class Kind(StrEnum):
    """What stands behind an address."""

    POSTGIS = "postgis"
    WFS = "wfs"
    ARCGIS = "arcgis"


@dataclass(frozen=True)
class Address:
    """Where a database or service is.

    Parameters
    ----------
    text
        As it was typed, with all that lets somebody in. Never logged and never kept: see `safe`.
    """

    text: str
    kind: Kind

    @property
    def safe(self) -> str:
        """The address without passwords and tokens: for screen, log, project and memory."""
        parts = urlsplit(self.text)
        user = parts.username
        host = parts.netloc.rpartition("@")[2]
        netloc = f"{quote(unquote(user))}@{host}" if user else host
        kept = [(k, v) for k, v in _query(parts) if k.lower() not in _SECRETS]
        query = f"?{urlencode(kept, safe='/,:')}" if kept else ""
        return f"{parts.scheme}://{netloc}{parts.path}{query}"

    @property
    def title(self) -> str:
        """What people call it: the database with its host, or the service's host."""
        parts = urlsplit(self.text)
        values = dict(_query(parts))
        host = _host(parts) or values.get("host", "")
        if self.kind is not Kind.POSTGIS:
            return host
        name = parts.path.strip("/") or values.get("dbname") or values.get("service") or "database"
        return f"{name} on {host}" if host and not host.startswith("/") else name

    @property
    def online(self) -> bool:
        """True where it is a service of the web, which is asked only with the online switch on."""
        return self.kind is not Kind.POSTGIS

    def __repr__(self) -> str:
        """Show no password."""
        return f"Address({self.safe!r}, {self.kind.value})"


def is_address(place: str | Path) -> bool:
    """Tell an address of a database or service from a file's path."""
    return (
        isinstance(place, str)
        and re.match(r"\s*[a-z][a-z0-9+.-]+://", place, re.IGNORECASE) is not None
    )


def safe_text(place: str | Path) -> str:
    """Return a path as it is, and an address without what lets somebody in."""
    if not is_address(place):
        return str(place)
    try:
        return parse(str(place)).safe
    except GisappError:
        return f"{str(place).strip().partition('://')[0]}://"


def with_password(text: str, password: str) -> str:
    """Return an address with a password that was typed beside it."""
    parts = urlsplit(text.strip())
    user, at, host = parts.netloc.rpartition("@")
    if not password:
        return text.strip()
    if not at:  # the user is the one of this computer
        joint = "&" if parts.query else "?"
        return f"{text.strip()}{joint}password={quote(password, safe='')}"
    netloc = f"{user.partition(':')[0]}:{quote(password, safe='')}@{host}"
    return parts._replace(netloc=netloc).geturl()


def parse(text: str) -> Address:
    """Return the address that was typed.

    Raises
    ------
    GisappError
        bad_address: of no kind that is known, or not well formed.
    """
    text = text.strip()
    try:
        parts = urlsplit(text)
        scheme, _ = parts.scheme.lower(), parts.port
        query = _query(parts)
        if "@" in parts.netloc.partition("@")[2] + parts.path + parts.query + parts.fragment:
            raise ValueError(text)  # the rest of a password that was not written with %
    except ValueError:
        raise GisappError(
            "bad_address",
            "The address is not well formed.",
            "Write postgresql://user@host:port/database or https://host/path; a special "
            "character in a password is written as %40 for @, %2F for /.",
        ) from None
    if scheme in {"postgresql", "postgres"}:
        unknown = sorted({name for name, _ in query} - _POSTGRES)
        if unknown:
            raise GisappError(
                "bad_address",
                f'A database address takes no "{unknown[0]}".',
                f"It takes {', '.join(sorted(_POSTGRES))}.",
            )
        return Address(text, Kind.POSTGIS)
    if scheme in {"http", "https"} and parts.hostname:
        kind = Kind.ARCGIS if _ARCGIS.search(parts.path) else Kind.WFS
        return Address(text, kind)
    raise GisappError(
        "bad_address",
        f'Addresses that begin with "{scheme}://" are not understood.',
        "Write postgresql://user@host:port/database, or the https:// address of a WFS or an "
        "ArcGIS FeatureServer.",
    )


def _host(parts: SplitResult) -> str:
    return unquote(parts.netloc.rpartition("@")[2])


def _query(parts: SplitResult) -> list[tuple[str, str]]:
    return parse_qsl(parts.query, keep_blank_values=True)
