"""Which encoding a file's text is in, judged on its own bytes."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from gisapp.data.code_pages import Page, about, is_ranked, ranked
from gisapp.model.feedback import GisappError, Problem, Severity
from gisapp.model.reading import Choice, Finding

#: How much likelier the page is that the file itself states; and one that its language byte says.
_STATED: Final = 1.8
_HINTED: Final = 1.5
_UNLIKELY: Final = 0.5
#: A guess that is so much likelier than the next needs no second look.
_CLEAR: Final = 1.7
#: Where so many of the texts are UTF-8, the others are damaged.
_MOSTLY: Final = 0.9
_CHOICES: Final = 5
_CONTROLS: Final = re.compile(rb"[\x80-\x9f]")
_SHOWN: Final = 3
_LOOKED_AT: Final = 2_000  # texts, where two codecs are compared


@dataclass(frozen=True)
class Encoding:
    """A codec by its usual name ("UTF-8", "windows-1252"), and how it was found."""

    name: str
    guessed: bool
    problems: tuple[Problem, ...] = ()
    findings: tuple[Finding, ...] = ()

    def decode(self, text: bytes) -> str:
        """Decode a value; a character cut off at the end is dropped, a wrong byte shown as such."""
        try:
            return text.decode(self.name)
        except UnicodeDecodeError:
            if _reads(text, self.name):
                return text.decode(self.name, "ignore")
            return text.decode(self.name, "replace")


def choose(
    texts: Iterable[bytes],
    *,
    override: str | None = None,
    declared: str | None = None,
    fallback: str | None = None,
) -> Encoding:
    """Choose the encoding of these texts.

    The user's word always wins. Text that is UTF-8 is that, whatever is said. Else what the file
    declares holds, unless its bytes disagree or read far better otherwise; a `fallback` (a weaker
    statement, as a dBASE language byte) counts less. Country codes among the texts say what
    language to expect.

    Raises
    ------
    GisappError
        unknown_encoding, if the user's word is none.
    """
    wanted = _named(override) if override else None
    cells = list(texts)
    samples = list(dict.fromkeys(text for text in cells if not text.isascii()))
    stated = _known(declared)
    if stated == "ISO-8859-1" and _CONTROLS.search(b"".join(samples)):
        stated = "windows-1252"  # the same but for signs where Latin-1 has none
    if not samples:
        plain = wanted or stated or "UTF-8"
        return Encoding(plain, guessed=False, problems=_unheard_of(stated, declared))
    most_torn = len(samples) * (1 - _MOSTLY)
    torn = _torn(samples, most_torn)
    if torn <= most_torn and any(_has_utf8(text) for text in samples):
        pages = [Page("utf-8", _CLEAR)]
        clear, found = True, "UTF-8"
        if stated is not None and not _is_single_byte(stated) and _all_read(samples, stated):
            found = stated
    else:
        torn = 0
        pages = _weighed(samples, ranked(cells), stated, _known(fallback))
        found = _usual(pages[0].codec)
        clear = _is_clear(samples, pages)
        if stated is not None and _same(samples, found, stated):
            found = stated
    taken = wanted or found
    right = found == stated
    told = () if wanted or (right and not torn) else _told(taken, declared, torn)
    if right and clear and not (wanted or torn):
        return Encoding(taken, guessed=False)
    others = [_usual(page.codec) for page in pages] + [n for n in (stated, found) if n]
    finding = Finding(
        code="encoding_wrong" if declared and not right else "encoding_guessed",
        option="encoding",
        message=f"The text was read as {taken}, as you said."
        if wanted
        else (told[0].message if told else f"The text was read as {taken}, as the file says."),
        chosen=taken,
        choices=_choices(samples, taken, others),
        sure=bool(wanted) or clear,
        free=True,
    )
    return Encoding(taken, not (wanted or right), told, (finding,))


def _weighed(
    samples: list[bytes], pages: list[Page], stated: str | None, hinted: str | None
) -> list[Page]:
    """Rank the pages with what the file says of itself."""
    pages = [page for page in pages if _all_read(samples, page.codec)]
    for name, factor in ((stated, _STATED), (hinted, _HINTED)):
        if name is None or not _all_read(samples, name):
            continue
        known = [page for page in pages if _same(samples, page.codec, name)]
        best = pages[0].weight if pages else 1.0
        # a page that is weighed, but is not there, hardly reads as any language
        weight = known[0].weight if known else best * (_UNLIKELY if is_ranked(name) else 1.0)
        pages = [page for page in pages if page not in known]
        pages.append(Page(_known_codec(name), weight * factor))
    pages.sort(key=lambda page: -page.weight)
    return pages or [Page("cp1252", 0.0)]


def _known_codec(name: str) -> str:
    return codecs.lookup(name).name


def _same(samples: list[bytes], one: str, other: str) -> bool:
    """Tell whether two codecs read these texts as the same."""
    return all(t.decode(one, "replace") == t.decode(other, "replace") for t in samples[:_LOOKED_AT])


def _is_clear(samples: list[bytes], pages: list[Page]) -> bool:
    first, *rest = pages
    rival = next((p for p in rest if not _same(samples, first.codec, p.codec)), None)
    return rival is None or first.weight >= _CLEAR * rival.weight


def _choices(samples: list[bytes], taken: str, others: list[str]) -> tuple[Choice, ...]:
    """Offer the one taken and the likeliest others, each with a sample of what it makes of it."""
    shown = samples[:_SHOWN]
    choices: dict[str, Choice] = {}
    for name in [taken, *others]:
        texts = ", ".join(t.decode(name, "replace").strip() for t in shown)
        if len(choices) < _CHOICES and name not in {c.value for c in choices.values()}:
            use = about(name)
            label = f"{name} ({use})" if use else name
            choices.setdefault(texts, Choice(name, label, f"The text then reads: {texts[:120]}"))
    return tuple(choices.values())


def _unheard_of(stated: str | None, declared: str | None) -> tuple[Problem, ...]:
    return _told("UTF-8", declared, 0) if declared and stated is None else ()


def _told(found: str, declared: str | None, torn: int) -> tuple[Problem, ...]:
    told = []
    if declared and _known(declared) != found:
        told.append(
            Problem(
                "encoding_wrong",
                Severity.WARNING,
                f'The file says its text is "{declared}", but its bytes say {found}; '
                f"it was read as {found}.",
                "Choose the encoding by hand if names look wrong.",
            )
        )
    elif not declared:
        told.append(
            Problem(
                "encoding_guessed",
                Severity.INFO,
                f"The file does not say how its text is encoded; it was read as {found}.",
                "Choose the encoding by hand if names look wrong.",
            )
        )
    if torn:
        told.append(
            Problem(
                "encoding_mixed",
                Severity.WARNING,
                f"{torn:,} texts are not {found} like the others; what could not be read is "
                "shown as \ufffd.",
                "Mend them in the program that wrote the file.",
                torn,
            )
        )
    return tuple(told)


def _all_read(samples: list[bytes], codec: str) -> bool:
    return _reads(b"\n".join(samples), codec) or all(_reads(text, codec) for text in samples)


def _reads(text: bytes, codec: str) -> bool:
    """Tell whether a text decodes; a character cut off at its end (a full field) is allowed."""
    try:
        codecs.getincrementaldecoder(codec)("strict").decode(text)
    except UnicodeDecodeError:
        return False
    return True


def _torn(samples: list[bytes], most: float) -> int:
    """Return how many texts are no UTF-8; once they are more than `most` the rest do not count."""
    torn = 0
    for text in samples:
        torn += not _reads(text, "utf-8")
        if torn > most:
            break
    return torn


def _has_utf8(text: bytes) -> bool:
    """Tell whether a text holds a character of UTF-8 that is more than a cut one at its end."""
    return not text.decode("utf-8", "ignore").isascii()


def _is_single_byte(codec: str) -> bool:
    return len("中".encode(codec, "replace")) == 1


def _known(name: str | None) -> str | None:
    """Return a codec's usual name for what a .cpg says ("65001", "ANSI 1252", "cp1252")."""
    if not name:
        return None
    word = name.strip().strip("\ufeff").lower()
    digits = word.removeprefix("ansi").removeprefix("oem").removeprefix("cp").strip(" -_")
    candidates = [word]
    if digits.isdigit():
        pages = {"65001": "utf-8", "88591": "iso-8859-1", "936": "gb18030", "54936": "gb18030"}
        candidates.append(pages.get(digits, f"cp{digits}"))
    for candidate in candidates:
        try:
            return _usual(codecs.lookup(candidate).name)
        except (LookupError, ValueError):  # unknown, or no name at all
            continue
    return None


def _named(name: str) -> str:
    known = _known(name)
    if known is None:
        raise GisappError(
            "unknown_encoding",
            f'There is no encoding called "{name}".',
            "Usual ones: UTF-8, windows-1252, windows-1251, GB18030, Shift_JIS.",
        )
    return known


def _usual(codec: str) -> str:
    if codec in {"utf-8", "utf-8-sig", "ascii"}:
        return "UTF-8"
    if codec in {"gbk", "gb2312"}:
        return "GB18030"  # holds both
    if codec.startswith("cp125"):
        return codec.replace("cp", "windows-")
    if codec == "big5hkscs":
        return "Big5-HKSCS"
    return codec.replace("iso8859", "iso-8859").replace("euc_", "euc-").upper()
