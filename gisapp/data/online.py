"""The only way to the web: asked for by the user, switched on by him, with limits on everything."""

from __future__ import annotations

import base64
import http.client
import ssl
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from typing import IO, Any, Final
from urllib.parse import parse_qsl, unquote, urlencode, urljoin, urlsplit, urlunsplit

from gisapp import __version__
from gisapp.data.address import Address
from gisapp.data.waiting import waiting
from gisapp.model.feedback import Feedback, GisappError

#: Seconds that a server may be silent, bytes that one answer and a whole layer may have.
_SILENT_S: Final = 20.0
_ANSWER: Final = 100_000_000
_LAYER: Final = 500_000_000
_CHUNK: Final = 262_144
#: Seconds until an answer must be there in full.
_WHOLE_S: Final = 300.0
_PORTS: Final = {"http": 80, "https": 443}
_MOVED: Final = frozenset({301, 302, 303, 307, 308})
_REDIRECTIONS: Final = 5


@dataclass
class Web:
    """Requests to the one host of an address, as long as the online switch is on.

    Parameters
    ----------
    online
        Whether the user switched it on; with False the first request is refused, and nothing is
        looked up or opened.
    """

    address: Address
    online: bool
    feedback: Feedback | None = None
    received: int = field(default=0, init=False)

    def get(self, path: str = "", **parameters: Any) -> bytes:
        """Return what the server answers for a path below the address and further parameters.

        Parameters that the address has stay, and give way to those of the same name (WFS takes
        names in any case).

        Raises
        ------
        GisappError
            offline, no_server, insecure, too_slow, too_large, moved, wrong_password, not_found,
            service_refused.
        """
        if not self.online:
            raise GisappError(
                "offline",
                f"{self.address.title} is a service of the web, and going online is switched off.",
                "Switch it on in the dialog that adds services, or with --online.",
            )
        parts = urlsplit(self.address.text)
        given = {str(name).lower() for name in parameters}
        kept = [(n, v) for n, v in parse_qsl(parts.query, True) if n.lower() not in given]
        query = urlencode([*kept, *parameters.items()])
        host = parts.netloc.rpartition("@")[2]
        folder = parts.path.rstrip("/") + path if path else parts.path
        url = urlunsplit((parts.scheme, host, folder or "/", query, ""))
        return waiting(lambda: self._ask(url), self.feedback, seconds=_WHOLE_S + _SILENT_S)

    def _ask(self, url: str) -> bytes:
        for _ in range(_REDIRECTIONS):
            try:
                with _opener().open(self._request(url), timeout=_SILENT_S) as answer:
                    return self._received(answer)
            except urllib.error.HTTPError as error:
                with error:
                    if error.code not in _MOVED:
                        raise self._status(error.code) from None
                    url = self._followed(url, str(error.headers.get("Location", "")))
            except urllib.error.URLError as error:
                raise self._unreached(error.reason) from None
            except (OSError, http.client.HTTPException) as error:
                raise self._unreached(error) from None
        raise self._status(310)

    def _request(self, url: str) -> urllib.request.Request:
        request = urllib.request.Request(url)  # noqa: S310 - http and https alone have handlers
        request.add_header("User-Agent", f"gisapp/{__version__}")
        typed = urlsplit(self.address.text)
        if typed.username is not None and _server(typed) == _server(urlsplit(url)):
            both = f"{unquote(typed.username)}:{unquote(typed.password or '')}"
            coded = base64.b64encode(both.encode()).decode("ascii")
            request.add_header("Authorization", f"Basic {coded}")
        return request

    def _followed(self, url: str, location: str) -> str:
        """Return where a server sends us on: within the host that the user typed, no less safe."""
        target = urljoin(url, location)
        here, there = urlsplit(url), urlsplit(target)
        same = here.hostname == there.hostname and there.scheme in {"https", here.scheme}
        if not same:
            raise GisappError(
                "moved",
                f"{self.address.title} sends us on to {there.scheme}://{there.hostname or ''}, "
                "where nobody asked to go.",
                "Type that address if you trust it.",
            )
        return target

    def _received(self, answer: IO[bytes]) -> bytes:
        pieces = []
        size = 0
        end = time.monotonic() + _WHOLE_S
        while piece := answer.read(_CHUNK):
            if self.feedback is not None:
                self.feedback.check()
            pieces.append(piece)
            size += len(piece)
            self.received += len(piece)
            if size > _ANSWER or self.received > _LAYER:
                raise GisappError(
                    "too_large",
                    f"{self.address.title} sends more than {_ANSWER // 1_000_000} MB at once.",
                    "Read only what the map shows.",
                )
            if time.monotonic() > end:
                raise TimeoutError
        return b"".join(pieces)

    def _status(self, code: int) -> GisappError:
        place = self.address.title
        if code in {401, 403, 407}:
            return GisappError(
                "wrong_password",
                f"{place} does not let you in (status {code}).",
                "Write the address as https://user:password@host, or with your token.",
            )
        if code in {404, 410}:
            return GisappError(
                "not_found", f"{place} has nothing at this address.", "Check the address."
            )
        return GisappError(
            "service_refused", f"{place} answered with status {code}.", "Try again later."
        )

    def _unreached(self, reason: object) -> GisappError:
        place = self.address.title
        if isinstance(reason, ssl.SSLError):
            why = (
                getattr(reason, "verify_message", "") or getattr(reason, "reason", "") or "refused"
            )
            return GisappError(
                "insecure",
                f"The connection to {place} is not secure: {str(why).replace('_', ' ').lower()}.",
                "Ask who runs it for a valid certificate; nothing was sent.",
            )
        if isinstance(reason, TimeoutError):
            return GisappError(
                "too_slow",
                f"{place} did not answer within {_SILENT_S:.0f} seconds.",
                "Try again later, or read only what the map shows.",
            )
        return GisappError(
            "no_server",
            f"{place} cannot be reached.",
            "Check the address and your connection.",
        )


def _server(parts: Any) -> tuple[Any, ...]:
    return parts.scheme, parts.hostname, parts.port or _PORTS[parts.scheme]


def _opener() -> urllib.request.OpenerDirector:
    """Return what opens http and https, and neither files nor anything else."""
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.ProxyHandler(),
        urllib.request.HTTPHandler(),
        urllib.request.HTTPSHandler(context=ssl.create_default_context()),
        urllib.request.HTTPDefaultErrorHandler(),
        urllib.request.HTTPErrorProcessor(),
    ):
        opener.add_handler(handler)
    return opener
