"""Encodings told apart by the bytes themselves, in many languages."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path

import pytest

from gisapp.data.encoding import choose
from gisapp.data.reader import read_layers
from gisapp.model.feedback import GisappError
from gisapp.model.reading import ReadOptions
from tests.data.languages import TABLES, Written, corpus

COUNTRIES = Path(__file__).parents[2] / "packaging/sources/natural-earth"

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
    assert (found.name, found.guessed, found.problems) == ("UTF-8", False, ())


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


def read_texts(
    path: Path, options: ReadOptions = ReadOptions()
) -> tuple[list[tuple[str, ...]], bool]:
    """Return what stands in the texts of a file, and whether the reader is sure of it."""
    (layer,) = read_layers(path, options=options)
    columns = [layer.features.columns[name] for name in ("name", "place", "owner")]
    texts = [tuple(value or "" for value in row) for row in zip(*columns, strict=True)]
    return texts, all(f.sure for f in layer.findings if f.option == "encoding")


def test_tables_of_many_languages(tmp_path: Path) -> None:
    """98 of 100 tables are read right, with and without a .cpg, right or wrong."""
    wrong = []
    cases = list(corpus())
    for number, case in enumerate(cases):
        folder = tmp_path / str(number)
        folder.mkdir()
        texts, sure = read_texts(case.build(folder))
        if texts != case.texts():
            assert not sure, f"{case.name} is wrong, and the user is not asked"
            wrong.append(case.name)
    assert len(cases) > 200
    assert len(wrong) <= 0.02 * len(cases), wrong


def test_names_that_the_detector_was_never_tried_on() -> None:
    """Eight names of countries at random, in nineteen languages of Natural Earth."""
    (layer,) = read_layers(COUNTRIES / "ne_10m_admin_0_countries_deu.shp")
    pages = {"PL": "cp1250", "HU": "cp1250", "RU": "cp1251", "UK": "cp1251", "EL": "cp1253",
             "TR": "cp1254", "JA": "cp932", "KO": "euc_kr", "ZH": "gbk", "ZHT": "big5",
             "DE": "cp1252", "FR": "cp1252", "ES": "cp1252", "PT": "cp1252", "SV": "cp1252",
             "IT": "cp1252", "NL": "cp1252", "AR": "cp1256", "HE": "cp1255"}  # fmt: skip
    dice = random.Random(7)
    outcome: Counter[bool] = Counter()
    for language, codec in pages.items():
        names = [n for n in layer.features.columns[f"NAME_{language}"] if n]
        names = [n for n in names if n.encode(codec, "replace").decode(codec) == n]
        for _ in range(20):
            raw = [name.encode(codec) for name in dice.sample(names, 8)]
            if sum(not text.isascii() for text in raw) >= 2:
                found = choose(raw)
                outcome[[found.decode(t) for t in raw] == [t.decode(codec) for t in raw]] += 1
    assert outcome.total() > 200
    assert outcome[True] >= 0.97 * outcome.total()


@pytest.mark.parametrize("cpg", [None, "UTF-8", "1252", "936"])
def test_the_users_choice_wins_over_everything(cpg: str | None, tmp_path: Path) -> None:
    case = Written("russian", "cp866", "shp", cpg, True, 4)
    path = case.build(tmp_path)
    assert read_texts(path, ReadOptions(encoding="cp866")) == (case.texts(), True)
    texts, _ = read_texts(path, ReadOptions(encoding="windows-1251"))
    assert texts[0][0] == case.texts()[0][0].encode("cp866").decode("cp1251")


def test_what_is_found_can_be_decided_by_a_sample(tmp_path: Path) -> None:
    (layer,) = read_layers(
        Written("romanian", "cp1250", "shp", "ISO-8859-1", True, 4).build(tmp_path)
    )
    (finding,) = [f for f in layer.findings if f.option == "encoding"]
    assert (finding.code, finding.free, finding.chosen) == ("encoding_wrong", True, "windows-1250")
    assert 3 <= len(finding.choices) <= 6
    reasons = {choice.value: choice.reason for choice in finding.choices}
    assert "Roşia Montană" in reasons["windows-1250"]
    assert "Roºia Montanã" in reasons["ISO-8859-1"]
    assert layer.source.reading.choosing(finding.option, "windows-1252").encoding == "windows-1252"


def test_a_character_cut_by_a_wide_page() -> None:
    for language, codec in (("chinese", "gbk"), ("japanese", "cp932"), ("korean", "euc_kr")):
        raw = [t.encode(codec)[:9] for row in TABLES[language][2] for t in row]
        assert [choose(raw).decode(t) for t in raw] == [t.decode(codec, "ignore") for t in raw]


def test_one_damaged_text_does_not_spoil_the_others() -> None:
    raw = [f"Peñasquito {i}".encode() for i in range(20)] + [b"Pe\xf1asquito"]
    found = choose(raw, declared="UTF-8")
    assert found.name == "UTF-8"
    assert [p.code for p in found.problems] == ["encoding_mixed"]
    assert found.decode(raw[-1]) == "Pe\ufffdasquito"


def test_latin_1_that_holds_what_latin_1_has_not() -> None:
    assert choose(["Œuvre - 5 €".encode("cp1252")], declared="ISO-8859-1").name == "windows-1252"
