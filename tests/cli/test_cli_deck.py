"""gisapp deck and the words of a page, as a script calls them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from pypdf import PdfReader

Run = Callable[..., tuple[int, str, str]]
#: What is quick to draw.
PLAIN = ("--hide", "legend,locator,labels", "--dpi", 40, "--size", "4:3")


def test_a_deck_lists_its_pages(document: Callable[..., Any], tmp_path: Path) -> None:
    out = tmp_path / "deck.pdf"
    told = document(
        "deck", out, "--alliance", "g7", "--only", "beryllium,bismuth", "--stage", "mining", *PLAIN
    )
    assert told["files"] == [str(out)]
    assert told["notes"] == []
    assert [page["key"] for page in told["pages"]][:4] == ["", "", "beryllium", "bismuth"]
    assert [page["number"] for page in told["pages"]] == list(range(1, 8))
    reader = PdfReader(out)
    assert len(reader.pages) == 7
    assert "The G7 and 2 critical minerals" in reader.pages[0].extract_text()
    title, text = told["pages"][2]["title"], reader.pages[2].extract_text()
    assert title.split() == text.split()[: len(title.split())]


def test_a_series_of_pictures_has_a_file_for_every_page(run: Run, tmp_path: Path) -> None:
    code, out, err = run(
        *("deck", tmp_path / "year.png", "--years", "2023..2024", "--mineral", "beryllium"),
        *("--alliance", "g7", "--no-appendix", "--no-comparison", *PLAIN),
    )
    assert (code, err) == (0, "")
    assert "year-01.png to" in out
    assert "2024  The G7 mines" in out
    files = sorted(tmp_path.iterdir())
    assert [file.name for file in files] == ["year-01.png", "year-02.png", "year-03.png"]
    for file in files:
        with Image.open(file) as image:
            assert image.size == (400, 300)


@pytest.mark.parametrize(
    ("args", "code"),
    [
        (("x.docx",), "unknown_format"),
        (("x.pdf", "--only", "unobtainium"), "unknown_mineral"),
        (("x.pdf", "--per", "alliance"), "no_mineral"),
        (("x.pdf", "--show", "clouds"), "unknown_element"),
        (("x.pdf", "--brand", "nowhere.toml"), None),
        (("x.pdf", "--per", "scenario", "--mineral", "tin"), "no_scenario"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(
    run: Run, tmp_path: Path, args: tuple[str, ...], code: str | None
) -> None:
    where = (str(tmp_path / args[0]), *args[1:])
    status, out, err = run("deck", *where, "--json")
    assert status == 2
    assert err.count("\n") == 1
    assert code in (None, json.loads(out)["error"]["code"])
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("years", ["soon", "2030..2020", "2020..x"])
def test_years_that_are_none_are_refused(run: Run, years: str) -> None:
    status, _, err = run("deck", "x.pdf", "--years", years)
    assert status == 2
    assert "2015..2030" in err or "is no" in err


@pytest.mark.parametrize("title", ["الليثيوم في العالم", "\ud800half \x01a\udcff"])
@pytest.mark.parametrize("ending", [".png", ".svg", ".pdf", ".pptx", ".html"])
def test_a_title_of_any_characters_is_written(
    run: Run, tmp_path: Path, title: str, ending: str
) -> None:
    path = tmp_path / f"a{ending}"
    words = ("--title", title, "--caption", title, "--dpi", "40")
    assert run("export", str(path), *words)[0] == 0
    assert path.stat().st_size > 1_000


def test_help_shows_an_example(run: Run) -> None:
    status, out, _ = run("deck", "--help")
    assert status == 0
    assert "example: gisapp deck minerals.pptx --per mineral" in " ".join(out.split())


def test_a_page_takes_all_of_its_words(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "map.svg"
    status, _, err = run(
        *("export", path, "--mineral", "beryllium", "--bounds", "-20,-36,60,10", "--size", "4:3"),
        *("--insets", "20,-30,30,-20", "--max-labels", 3, "--center", 15, "--hide", "legend"),
        *("--caption", "One sentence under the map.", "--show", "graticule"),
    )
    assert (status, err) == (0, "")
    text = path.read_text(encoding="utf-8")
    assert "One sentence under the map." in text
    assert "Legend" not in text
