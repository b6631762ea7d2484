"""Files with random damage load with problems or are refused; nothing else ever comes out."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest
import shapely

from gisapp.data.reader import read_layers
from gisapp.model.feedback import GisappError
from tests.data import corpus

ROUNDS = 40
DISKS = [shapely.Point(x, y).buffer(3) for x, y in corpus.LONLAT]


def damaged(data: bytes, dice: random.Random) -> bytes:
    """Cut, overwrite or insert bytes, mostly where headers are."""
    changed = bytearray(data)
    kind = dice.random()
    if kind < 0.3:
        del changed[dice.randrange(len(changed)) :]
    elif kind < 0.9:
        reach = dice.choice([200, len(changed)])
        for _ in range(dice.choice([1, 2, 8, 40])):
            changed[dice.randrange(min(len(changed), reach))] = dice.randrange(256)
    else:
        at = dice.randrange(len(changed))
        changed[at:at] = dice.randbytes(20)
    return bytes(changed)


@pytest.mark.parametrize(
    "build",
    [
        corpus.sites,
        corpus.shaped(DISKS, "Polygon"),
        lambda folder: corpus.sites(folder, "s.gpkg"),
        lambda folder: corpus.sites(folder, "s.geojson"),
        lambda folder: corpus.sites(folder, "s.fgb"),
        corpus.parquet,
        corpus.text("a.csv", corpus.csv_rows(";", comma=True)),
        corpus.text("a.kml", corpus.KML),
        corpus.zipped(corpus.sites),
    ],
    ids=["points", "polygons", "gpkg", "geojson", "fgb", "parquet", "csv", "kml", "zip"],
)
def test_random_damage(
    build: corpus.Build, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    dice = random.Random(20261122)
    whole = tmp_path / "whole"
    whole.mkdir()
    path = build(whole)
    loaded = 0
    refused: list[GisappError] = []
    for number in range(ROUNDS):
        folder = tmp_path / str(number)
        shutil.copytree(whole, folder)
        victim = dice.choice(sorted(p for p in folder.iterdir() if p.is_file()))
        victim.write_bytes(damaged(victim.read_bytes(), dice))
        try:
            layers = read_layers(folder / path.name)
        except GisappError as error:
            refused.append(error)
        else:
            loaded += 1
            assert all(len(layer.features.lonlat) == len(layer.features) for layer in layers)
        shutil.rmtree(folder)
    assert loaded + len(refused) == ROUNDS
    assert all(error.code and error.message.endswith(".") for error in refused)
    assert capfd.readouterr().err == ""
