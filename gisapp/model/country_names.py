"""What people write for a country beside its official names: short forms, old codes, habits."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import Final

#: Words beside the names and codes of the shipped jurisdictions, as `plain_name` gives them.
#: Codes of three letters are those of sports and of road signs that are no ISO code.
COUNTRY_WORDS: Final = {
    "usa": "USA", "us": "USA", "u s": "USA", "u s a": "USA", "united states": "USA",
    "united states of america": "USA", "america": "USA", "vereinigte staaten von amerika": "USA",
    "etats unis d amerique": "USA", "estados unidos de america": "USA", "eua": "USA", "eeuu": "USA",
    "uk": "GBR", "u k": "GBR", "united kingdom": "GBR", "england": "GBR", "scotland": "GBR",
    "wales": "GBR", "great britain": "GBR", "northern ireland": "GBR", "grossbritannien": "GBR",
    "drc": "COD", "rdc": "COD", "zaire": "COD", "south korea": "KOR", "korea south": "KOR",
    "korea republic of": "KOR", "republic of korea": "KOR", "korea rep": "KOR", "korea": "KOR",
    "rok": "KOR", "sudkorea": "KOR", "north korea": "PRK", "dprk": "PRK", "korea dpr": "PRK",
    "russia": "RUS", "russian federation": "RUS", "russische foderation": "RUS",
    "czech republic": "CZE", "czechia": "CZE", "ivory coast": "CIV", "cote d ivoire": "CIV",
    "elfenbeinkuste": "CIV", "burma": "MMR", "turkey": "TUR", "turkiye": "TUR",
    "macedonia": "MKD", "swaziland": "SWZ", "tanzania": "TZA", "bolivia": "BOL",
    "viet nam": "VNM", "vietnam": "VNM", "lao pdr": "LAO", "laos": "LAO", "iran": "IRN",
    "venezuela": "VEN", "syria": "SYR", "taiwan": "TWN", "chinese taipei": "TWN", "prc": "CHN",
    "pr china": "CHN", "china": "CHN", "mainland china": "CHN", "vr china": "CHN",
    "bundesrepublik deutschland": "DEU", "brd": "DEU", "holland": "NLD", "uae": "ARE",
    "vae": "ARE", "png": "PNG", "cape verde": "CPV", "moldova": "MDA", "brunei": "BRN",
    "ger": "DEU", "rsa": "ZAF", "sui": "CHE", "ned": "NLD", "por": "PRT", "gre": "GRC",
    "chi": "CHL", "den": "DNK", "zim": "ZWE", "zam": "ZMB", "tan": "TZA", "phi": "PHL",
    "mas": "MYS", "ina": "IDN", "vie": "VNM", "ksa": "SAU", "slo": "SVN", "cro": "HRV",
    "bul": "BGR", "lat": "LVA", "alg": "DZA", "ang": "AGO", "bot": "BWA", "mtn": "MRT",
    "gui": "GIN", "ngr": "NGA", "sud": "SDN", "par": "PRY", "uru": "URY", "hon": "HND",
    "gua": "GTM", "sri": "LKA", "mya": "MMR", "mgl": "MNG", "kuw": "KWT",
}  # fmt: skip
_MARKS: Final = re.compile(r"[\W_]+")
_CONGO: Final = re.compile(r"\b[ck]ongo\b")
_KINSHASA: Final = re.compile(r"\b(dem\w*|dr|d r|rd|r d|kinshasa|leopoldville)\b")
_BRAZZAVILLE: Final = re.compile(r"\b(brazzaville|rep\w*)\b")


@cache
def plain_name(text: str) -> str:
    """Return a name without capitals, accents and punctuation."""
    bare = unicodedata.normalize("NFKD", text.casefold().replace("\u00df", "ss"))
    letters = "".join(c for c in bare if not unicodedata.combining(c))
    return _MARKS.sub(" ", letters).strip()


def congo_of(plain: str) -> str:
    """Return which of the two Congos a plain name means, "" for neither or either."""
    if not _CONGO.search(plain):
        return ""
    if _KINSHASA.search(plain):
        return "COD"
    return "COG" if _BRAZZAVILLE.search(plain) else ""
