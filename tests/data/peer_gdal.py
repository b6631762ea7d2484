"""Asks plain GDAL (pyogrio) and our reader about every case, and writes the tables of the README.

`python -m tests.data.peer_gdal` rewrites what stands between the marks in tests/README.md.
"""

from __future__ import annotations

import contextlib
import re
import tempfile
import warnings
from pathlib import Path

import pyogrio

from gisapp.data.reader import read_layers
from gisapp.model.feedback import GisappError
from tests.data.corpus import ARCHIVES, SHAPEFILES, Case

README = Path(__file__).parents[1] / "README.md"
_ENCODING = re.compile(r"cpg|utf-8|cp12|gb18030|encoding|field names")
#: Heading of the README to the cases under it.
TABLES = {
    "parts": [case for case in SHAPEFILES if not _ENCODING.search(case.name)],
    "encodings": [case for case in SHAPEFILES if _ENCODING.search(case.name)],
    "archives": ARCHIVES,
}


def ours(case: Case, path: Path) -> str:
    """Say what our reader makes of a case: features and codes, or the code of the refusal."""
    try:
        layers = read_layers(path, options=case.options)
    except GisappError as error:
        return f"refused: `{error.code}`"
    codes = sorted({p.code for layer in layers for p in layer.problems})
    count = "+".join(str(len(layer.features)) for layer in layers)
    return f"{count} features" + ("".join(f", `{code}`" for code in codes))


def plain(case: Case, path: Path) -> str:
    """Say what GDAL makes of it, without a word from us."""
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        try:
            names = pyogrio.list_layers(path)[:, 0]
            read = [pyogrio.raw.read(path, layer=name) for name in names]
        except Exception as error:  # whatever it raises is its answer
            first = re.sub(
                r"\S*(/|\\)tmp\S*?(/|\\)?(?=[\w.]+['\s;:])", "", str(error).split(";")[0]
            )
            return f"error: {first.strip()[:70]}"
    count = "+".join(str(len(fields[0]) if g is None else len(g)) for _, _, g, fields in read)
    crs = "" if all(meta["crs"] for meta, *_ in read) else ", no CRS"
    text = ""
    if case.names and read:
        fields = dict(zip(read[0][0]["fields"], read[0][3], strict=False))
        text = "" if list(fields.get("name", [])) == case.names else ", names wrong"
    return f"{count} features{crs}{text}" + (", a warning on stderr" if said else "")


def rows(name: str) -> list[str]:
    """Return the rows of a table, one for each of its cases."""
    lines = ["| case | what we do | plain GDAL |", "|---|---|---|"]
    for case in TABLES[name]:
        answers = []
        for ask in (ours, plain):
            with tempfile.TemporaryDirectory() as folder:
                answers.append(ask(case, case.build(Path(folder))).replace("|", "/"))
        lines.append(f"| {case.name} | {answers[0]} | {answers[1]} |")
    return lines


def main() -> None:
    text = README.read_text()
    for name in TABLES:
        start, end = f"<!-- {name} -->", f"<!-- /{name} -->"
        with contextlib.suppress(ValueError):
            head, rest = text.split(start, 1)
            _, tail = rest.split(end, 1)
            text = "\n".join([head + start, "", *rows(name), "", end + tail])
    README.write_text(text)


if __name__ == "__main__":
    main()
