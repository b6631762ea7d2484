"""The code pages that text comes in, ranked by what a file's own text says for each."""

from __future__ import annotations

import codecs
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import chardet

#: Code page as chardet calls it, to the codec it is decoded with and what it is for.
_PAGES: Final = {
    "cp1252": ("cp1252", "Western European"),
    "cp1250": ("cp1250", "Central European"),
    "cp1251": ("cp1251", "Cyrillic"),
    "cp1254": ("cp1254", "Turkish"),
    "cp1257": ("cp1257", "Baltic"),
    "cp1253": ("cp1253", "Greek"),
    "cp1255": ("cp1255", "Hebrew"),
    "cp1256": ("cp1256", "Arabic"),
    "gb18030": ("gb18030", "simplified Chinese"),
    "big5hkscs": ("big5hkscs", "traditional Chinese"),
    "cp932": ("cp932", "Japanese"),
    "euc_jis_2004": ("euc_jp", "Japanese, Unix"),
    "cp949": ("cp949", "Korean"),
    "koi8-r": ("koi8-r", "Russian, Unix"),
    "koi8-u": ("koi8-u", "Ukrainian, Unix"),
    "cp866": ("cp866", "Cyrillic, DOS"),
    "cp850": ("cp850", "Western European, DOS"),
    "cp852": ("cp852", "Central European, DOS"),
}
_ABOUT: Final = dict(_PAGES.values()) | {"utf-8": "every language"}
#: Those with more than one byte to a letter.
_WIDE: Final = frozenset({"gb18030", "big5hkscs", "cp932", "euc_jis_2004", "cp949"})
#: Languages of countries whose text is hardly ever in the Western page, by ISO 3166 alpha-3.
_SPOKEN: Final = {
    "CHN": "zh", "TWN": "zh", "HKG": "zh", "MAC": "zh", "SGP": "zh", "JPN": "ja", "KOR": "ko",
    "PRK": "ko", "RUS": "ru", "BLR": "be ru", "UKR": "uk ru", "KAZ": "ru kk", "KGZ": "ru",
    "UZB": "ru", "TJK": "ru", "TKM": "ru", "MNG": "mn ru", "BGR": "bg", "SRB": "sr hr",
    "MKD": "mk", "POL": "pl", "CZE": "cs", "SVK": "sk", "HUN": "hu", "ROU": "ro", "MDA": "ro ru",
    "HRV": "hr", "SVN": "sl", "BIH": "hr sr", "ALB": "sq", "TUR": "tr", "AZE": "az tr",
    "GRC": "el", "CYP": "el tr", "ISR": "he", "SAU": "ar", "MAR": "ar fr", "EGY": "ar",
    "DZA": "ar fr", "IRQ": "ar", "IRN": "fa", "JOR": "ar", "OMN": "ar", "ARE": "ar", "TUN": "ar fr",
    "LTU": "lt", "LVA": "lv", "EST": "et", "THA": "th", "VNM": "vi", "DEU": "de", "AUT": "de",
    "CHE": "de fr", "FRA": "fr", "ESP": "es", "PRT": "pt", "BRA": "pt", "ITA": "it", "SWE": "sv",
    "FIN": "fi sv", "NOR": "no", "DNK": "da", "GRL": "da", "ISL": "is", "CHL": "es", "PER": "es",
    "MEX": "es", "ARG": "es", "BOL": "es", "COL": "es", "CAN": "fr", "COD": "fr", "GIN": "fr",
    "NCL": "fr", "MDG": "fr", "GAB": "fr", "MOZ": "pt", "AGO": "pt",
}  # fmt: skip
#: Letters beyond a to z of languages in Latin letters.
_ALPHABETS: Final = {
    "cs": "áčďéěíňóřšťúůýž", "da": "åæøéöáíóúðý", "de": "äöüß", "es": "áéíñóúüºª", "et": "äõöüšž",
    "fi": "äöåšž", "fr": "àâæçèéêëîïôœùûüÿ", "hr": "čćđšž", "hu": "áéíóöőúüű",
    "is": "áðéíóúýþæö", "it": "àèéìíòóùúî", "lt": "ąčęėįšųūž", "lv": "āčēģīķļņōŗšūž",
    "nl": "áéèëïóöüç", "no": "åæøéòôö", "pl": "ąćęłńóśźż", "pt": "áâãàçéêíóôõúüºª",
    "ro": "ăâîşţșț", "sk": "áäčďéíĺľňóôŕšťúýž", "sl": "čšž", "sq": "çë", "sv": "åäöéü",
    "tr": "çğ\u0131öşüâîûi\u0307",
}  # fmt: skip
_WESTERN: Final = ("da", "de", "es", "fi", "fr", "is", "it", "nl", "no", "pt", "sv")
_CENTRAL: Final = ("cs", "hr", "hu", "pl", "ro", "sk", "sl", "sq", "de")
#: The languages that a page of Latin letters is for.
_LATIN: Final = {
    "cp1252": _WESTERN, "cp850": _WESTERN, "cp1250": _CENTRAL, "cp852": _CENTRAL,
    "cp1254": ("tr",), "cp1257": ("et", "lt", "lv"),
}  # fmt: skip
_COMMON_SIGNS: Final = frozenset("°«»·€§\u2018\u2019\u201c\u201d\u201e\u2013\u2014\u2026\u00a0")
#: How much likelier a page is whose language is spoken where the rows say the sites are.
_AT_HOME: Final = 2.0
#: Kana hardly stand in Chinese text.
_KANA: Final = re.compile("[\u3041-\u30ff]")
_NOT_CHINESE: Final = 0.3
#: Much kana is Japanese, since no other text has bytes in that pattern.
_JAPANESE: Final = {"cp932": "cp932", "euc_jis_2004": "euc_jp"}
_MUCH_KANA: Final = 0.5
_KANA_IN_JAPANESE: Final = 1.0
#: Of simplified Chinese text hardly any letter is beyond those of the first standard.
_MOST_USUAL: Final = 0.3
#: A word is in one alphabet: these letters hardly stand beside Latin ones.
_MIXED: Final = re.compile("[A-Za-z][\u0370-\u06ff]|[\u0370-\u06ff][A-Za-z]")
_MIXED_ALPHABETS: Final = 0.1
#: How usual a page is; few files are in those of DOS and Unix any more.
_USUAL: Final = {
    "cp1252": 1.2,
    "cp1257": 0.7,
    "cp850": 0.5,
    "cp852": 0.5,
    "cp866": 0.7,
    "koi8-r": 0.7,
    "koi8-u": 0.5,
}
_MOST: Final = 100_000  # bytes looked at


@dataclass(frozen=True)
class Page:
    """A codec, how likely it is beside the others (not a probability), and its language."""

    codec: str
    weight: float
    language: str = ""


def is_ranked(codec: str) -> bool:
    """Tell whether a codec is among those that `ranked` weighs."""
    return codecs.lookup(codec).name in _ABOUT


def about(codec: str) -> str:
    """Return what a codec is for in a few words, "" if that is not known."""
    return _ABOUT.get(codecs.lookup(codec).name, "")


def ranked(texts: Iterable[bytes]) -> list[Page]:
    """Rank the code pages that these cells may be in, the likeliest first.

    Of the cells that are plain ASCII only country codes are looked at: they say which languages
    to expect.
    """
    foreign, codes = [], []
    for text in texts:
        if not text.isascii():
            foreign.append(text)
        elif len(text.strip()) == 3:
            codes.append(text.strip().decode())
    sample = b"\n".join(foreign)[:_MOST]
    languages = _languages(codes)
    # only letters are looked at: signs are in all pages, and markup is no word on encodings
    letters = _letters(sample)
    found = _detected(letters)
    for name in _WIDE - found.keys():  # a character that a full field has cut is no fault
        whole = _without_cut(sample, name)
        if whole != sample:
            found |= {k: v for k, v in _detected(_letters(whole)).items() if k == name}
    for name, codec in _JAPANESE.items():
        if _share_of_kana(sample.decode(codec, "ignore")) > _MUCH_KANA:
            found[name] = (_KANA_IN_JAPANESE, "ja")
    pages = []
    for name, (confidence, language) in found.items():
        codec, _ = _PAGES[name]
        weight = confidence * _USUAL.get(codec, 1.0) * _plausible(sample, codec, language)
        pages.append(Page(codec, weight * (_AT_HOME if language in languages else 1.0), language))
    return sorted(pages, key=lambda page: -page.weight)


def _plausible(sample: bytes, codec: str, language: str) -> float:
    """Return how plausible it is, 0 to 1, that somebody writes what a page makes of a sample."""
    text = sample.decode(codec, "ignore")
    plausible = 1 - _share_of_strange(text, codec)
    if language == "zh" and (_KANA.search(text) or _rare(text, codec)):
        plausible *= _NOT_CHINESE
    if _MIXED.search(text):
        plausible *= _MIXED_ALPHABETS
    return plausible


def _detected(sample: bytes) -> dict[str, tuple[float, str]]:
    """Return confidence and language of each of these pages that the sample may be in."""
    found = chardet.detect_all(
        sample,
        ignore_threshold=True,
        compat_names=False,
        include_encodings=_PAGES,
        empty_input_encoding="cp1252",
    )
    return {
        str(one["encoding"]): (float(one["confidence"]), one["language"] or "")
        for one in found
        if one["language"]
    }


def _without_cut(sample: bytes, name: str) -> bytes:
    codec, _ = _PAGES[name]
    return b"\n".join(t.decode(codec, "ignore").encode(codec) for t in sample.split(b"\n"))


def _share_of_kana(text: str) -> float:
    return len(_KANA.findall(text)) / max(sum(not letter.isascii() for letter in text), 1)


def _share_of_strange(text: str, codec: str) -> float:
    """Return the share of what is not ASCII that a page's fittest language does not write."""
    letters = [c for c in text.lower() if not c.isascii() and c not in _COMMON_SIGNS]
    if codec not in _LATIN or not letters:
        return 0.0
    strange = (sum(c not in _ALPHABETS[name] for c in letters) for name in _LATIN[codec])
    return min(strange) / len(letters)


def _rare(text: str, codec: str) -> bool:
    """Tell whether what should be simplified Chinese is mostly of letters that it does not use."""
    letters = [letter for letter in text if letter >= "\u3400"]
    common = sum(bool(letter.encode("gb2312", "ignore")) for letter in letters)
    return codec == "gb18030" and common < (1 - _MOST_USUAL) * len(letters)


def _letters(sample: bytes) -> bytes:
    """Blank out ASCII signs and digits, but where they are the second byte of a character."""
    return re.sub(rb"(?<![\x80-\xff])[^A-Za-z\n\x80-\xff]+", b" ", sample)


def _languages(codes: Iterable[str]) -> frozenset[str]:
    """Return the languages of the country that most of these cells name."""
    counted = Counter(code for code in codes if code in _SPOKEN)
    if not counted:
        return frozenset()
    (most, _), *_ = counted.most_common(1)
    return frozenset(_SPOKEN[most].split())
