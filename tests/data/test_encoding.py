"""Encodings told apart by the bytes themselves, in many languages."""

from __future__ import annotations

import pytest

from gisapp.data.encoding import choose
from gisapp.model.feedback import GisappError

TEXTS = {
    "cp1252": ["São Paulo de Olivença", "Peñasquito", "Älvsbyn", "Société minière"],
    "cp1250": ["Łódź", "Kopalnia węgla Bełchatów", "Třinecké železárny", "Głogów"],
    "cp1254": [
        "K\u0131rka Bor \u0130şletmesi",
        "Beylikova nadir toprak sahas\u0131",
        "Eskişehir",
        "Muğla",
    ],
    "cp1251": ["Норильск", "Ловозеро", "Северодвинск", "Красноярск"],
    "koi8_r": ["Норильский никель", "Ловозерский комбинат", "Соликамск", "Красноярск"],
    "cp866": ["Норильск", "Ловозеро", "Соликамск", "Красноярск"],
    "cp1253": ["Λάρυμνα", "Αλουμίνιον της Ελλάδος", "Θεσσαλονίκη"],
    "cp1256": ["معادن", "الرياض", "فوسفات الجلاميد"],
    "gb18030": ["白云鄂博铁矿", "赣州稀土", "攀枝花钒钛", "宜春锂矿"],
    "big5": ["中鋼公司", "臺北市", "稀土回收廠", "高雄"],
    "shift_jis": ["住友金属鉱山", "新居浜ニッケル精錬所", "佐賀関製錬所"],
    "euc_kr": ["포스코 광양 리튬", "고려아연 온산제련소", "율촌 산업단지"],
    "utf-8": ["白云鄂博", "Peñasquito", "Норильск"],
}


@pytest.mark.parametrize("codec", TEXTS)
def test_guessed_by_the_bytes(codec: str) -> None:
    raw = [text.encode(codec) for text in TEXTS[codec]]
    found = choose(raw)
    assert [found.decode(text) for text in raw] == TEXTS[codec]
    assert found.guessed
    assert [p.code for p in found.problems] == ["encoding_guessed"]


@pytest.mark.parametrize("codec", TEXTS)
def test_declared_and_right(codec: str) -> None:
    found = choose([text.encode(codec) for text in TEXTS[codec]], declared=codec)
    assert not found.guessed
    assert found.problems == ()


@pytest.mark.parametrize(
    ("declared", "name"),
    [("65001", "UTF-8"), ("UTF8", "UTF-8"), ("ANSI 1252", "windows-1252"), ("1251", "windows-1251"),
     ("88591", "ISO-8859-1"), ("OEM 866", "CP866"), ("\ufeffUTF-8", "UTF-8"),
     ("Shift_JIS", "SHIFT_JIS"), ("936", "GB18030")],
)  # fmt: skip
def test_spellings_of_a_cpg(declared: str, name: str) -> None:
    assert choose([b"plain"], declared=declared).name == name


def test_plain_text_needs_no_warning() -> None:
    found = choose([b"plain", b"text"])
    assert (found.name, found.guessed, found.problems) == ("UTF-8", True, ())


def test_the_language_byte_is_a_weak_statement() -> None:
    raw = ["Norilsk", "Норильск"]
    cp866 = [text.encode("cp866") for text in raw]
    assert choose(cp866, fallback="cp866").name == "CP866"
    utf8 = [text.encode() for text in raw]
    assert choose(utf8, fallback="cp866").name == "UTF-8"


def test_a_character_cut_by_the_field_width() -> None:
    raw = ["白云鄂博".encode()[:-1], "赣州".encode()]
    found = choose(raw)
    assert found.name == "UTF-8"
    assert found.decode(raw[0]) == "白云鄂"


def test_the_users_word_wins() -> None:
    found = choose(["白云".encode()], override="cp1252", declared="UTF-8")
    assert (found.name, found.guessed) == ("windows-1252", False)
    with pytest.raises(GisappError) as caught:
        choose([], override="klingon")
    assert caught.value.code == "unknown_encoding"
