"""Which encoding a file's text is in, judged on its own bytes."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import charset_normalizer

from gisapp.model.feedback import GisappError, Problem, Severity

#: What statistics choose from; the many rare code pages only mislead on short text.
_OTHER: Final = [
    *("cp1251", "koi8_r", "cp866", "cp1253", "cp1256"),
    *("gb18030", "big5", "shift_jis", "euc_kr", "euc_jp"),
]
#: Letters beyond ASCII of the languages that a Latin code page is for, the likeliest page first.
#: Western ones leave out Icelandic, whose letters stand where Turkish and Czech ones do.
_LATIN: Final = {
    "cp1252": frozenset("àáâãäåæçèéêëìíîïñòóôõöøœùúûüÿßÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØŒÙÚÛÜ°ºª«»·€"),
    "cp1254": frozenset("âçëğîïöşûüÂÇĞÎÖŞÛÜ°«»·€\u0131\u0130"),
    "cp1250": frozenset(
        "ąćęłńóśźżáčďéěíňřšťúůýžäôĺľŕöőüűăâîşţđçßĄĆĘŁŃÓŚŹŻÁČĎÉĚÍŇŘŠŤÚŮÝŽÄÔĹĽŔÖŐÜŰĂÂÎŞŢĐÇ°«»·€"
    ),
}
_MARKS: Final = frozenset("\u2018\u2019\u201c\u201d\u2013\u2014")
_GUESS_BYTES: Final = 100_000


@dataclass(frozen=True)
class Encoding:
    """A codec by its usual name ("UTF-8", "windows-1252"), and how it was found."""

    name: str
    guessed: bool
    problems: tuple[Problem, ...] = ()

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

    The user's word always wins. What the file declares holds if its bytes agree; else UTF-8 if
    every byte does, then the `fallback` (a weaker statement, as a dBASE language byte), then a
    statistical guess.
    """
    if override:
        return Encoding(_named(override), guessed=False)
    samples = [text for text in texts if not text.isascii()]
    is_utf8 = _all_read(samples, "utf-8")
    name = _known(declared)
    if name is not None and _all_read(samples, name):
        wrong = bool(samples) and is_utf8 and _is_single_byte(name)
        if not wrong:
            return Encoding(name, guessed=False)
    if is_utf8:
        found = "UTF-8"
    elif (weak := _known(fallback)) and _all_read(samples, weak):
        found = weak
    else:
        found = _guess(samples)
    if not samples and not declared:
        return Encoding(found, guessed=True)
    return Encoding(found, guessed=True, problems=(_told(found, declared),))


def _told(found: str, declared: str | None) -> Problem:
    if declared:
        return Problem(
            "encoding_wrong",
            Severity.WARNING,
            f'The file says its text is "{declared}", but its bytes say {found}; '
            f"it was read as {found}.",
            "Choose the encoding by hand if names look wrong.",
        )
    return Problem(
        "encoding_guessed",
        Severity.INFO,
        f"The file does not say how its text is encoded; it was read as {found}.",
        "Choose the encoding by hand if names look wrong.",
    )


def _all_read(samples: list[bytes], codec: str) -> bool:
    return _reads(b"\n".join(samples), codec) or all(_reads(text, codec) for text in samples)


def _reads(text: bytes, codec: str) -> bool:
    """Tell whether a text decodes; a character cut off at its end (a full field) is allowed."""
    try:
        codecs.getincrementaldecoder(codec)("strict").decode(text)
    except UnicodeDecodeError:
        return False
    return True


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
    return codec.replace("iso8859", "iso-8859").upper()


def _guess(samples: list[bytes]) -> str:
    """Guess from the bytes: Latin where accents stand among plain letters, else by statistics."""
    joined = b"\n".join(samples)[:_GUESS_BYTES]
    words = [word for word in re.findall(rb"[A-Za-z\x80-\xff]+", joined) if not word.isascii()]
    plain = sum(byte < 0x80 for word in words for byte in word)
    if plain >= sum(map(len, words)) / 2:
        return _usual(codecs.lookup(min(_LATIN, key=lambda page: _odd_letters(joined, page))).name)
    best = charset_normalizer.from_bytes(joined, cp_isolation=_OTHER).best()
    return _usual(codecs.lookup(best.encoding if best else "cp1252").name)


def _odd_letters(text: bytes, page: str) -> int:
    """Count what a Latin code page would hardly be used for."""
    decoded = text.decode(page, "replace")
    return sum(not c.isascii() and c not in _LATIN[page] and c not in _MARKS for c in decoded)
