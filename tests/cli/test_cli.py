"""The command line keeps its contract: documents, tables, exit codes, one line for a refusal."""

import csv
import io
import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pyogrio
import pytest

from gisapp.__main__ import COMMANDS, main
from gisapp.data.shipped import load_layer
from gisapp.data.writer import write_layers
from gisapp.model.geodesy import distance_km
from gisapp.workspace.example import new_state
from gisapp.workspace.project_file import save_project


@pytest.fixture
def mines(tmp_path):
    path = tmp_path / "mines.csv"
    path.write_text(
        "title,lon,lat,commodity\nNorth,119.0,-23.0,lithium\nSouth,10.0,50.0,Li\n", encoding="utf-8"
    )
    return path


def gisapp(*args, **kwargs):
    return subprocess.run(
        [sys.executable, "-m", "gisapp", *map(str, args)],
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
        **kwargs,
    )


def test_layers_are_listed(document, run):
    rows = {row["id"]: row for row in document("layers")["layers"]}
    assert rows["deposits"]["features"] == len(load_layer("deposits").features)
    assert set(rows["deposits"]) >= {"id", "role", "features", "source", "licence", "date"}
    assert rows["alliances"]["role"] == "table"
    code, out, _ = run("layers")
    assert code == 0
    assert out.splitlines()[0].split()[:3] == ["ID", "ROLE", "FEATURES"]


def test_alliances_are_listed_and_one_is_told_at_a_date(document, run):
    counts = {a["id"]: a["jurisdictions"] for a in document("alliances")["alliances"]}
    assert counts["usmca"] >= 3
    msp = document("alliances", "msp", "--as-of", "2025-06-01")
    assert {m["member"] for m in msp["members"]} >= {"AUS", "CAN", "EU", "JPN"}
    assert "DEU" in msp["jurisdictions"]
    assert document("alliances", "msp", "--as-of", "2026-11-22")["jurisdictions"] == []
    code, out, err = run("alliances", "nix")
    assert (code, out) == (2, "")
    assert "nix" in err
    assert err.count("\n") == 1


def test_inspect_keeps_its_keys(document, run, mines):
    found = document("inspect", mines)
    (layer,) = found["layers"]
    assert set(layer) == {
        *("name", "driver", "features", "geometry_type", "crs", "crs_guessed", "encoding"),
        *("encoding_guessed", "bounds", "columns", "suggested_role", "problems"),
        *("operation", "findings"),
    }
    assert layer["bounds"] == [10.0, -23.0, 119.0, 50.0]
    assert {"name": "commodity", "type": "text"} in layer["columns"]
    code, out, _ = run("inspect", mines)
    assert code == 0
    assert "commodity (text)" in out


def test_inspect_refuses_with_a_document_and_one_line(run, tmp_path):
    bad = tmp_path / "bad.shp"
    bad.write_bytes(b"no shapefile")
    code, out, err = run("inspect", bad, "--json")
    assert code == 2
    assert set(json.loads(out)["error"]) == {"code", "message", "hint"}
    assert err.count("\n") == 1


def test_inspect_tells_what_a_map_was_made_of(document, run, tmp_path):
    path = tmp_path / "map.png"
    document("export", path, "--mineral", "tin", "--dpi", "36")
    told = document("inspect", path)["lineage"]
    assert told["Command"].startswith("gisapp export")
    assert told["Project"].startswith("sha256:")
    assert f"Project: {told['Project']}" in run("inspect", path)[1]
    other = tmp_path / "other.svg"
    other.write_text('<svg xmlns="http://www.w3.org/2000/svg"/>', "utf-8")
    code, _, err = run("inspect", other)
    assert code == 2
    assert "made of" in err


@pytest.mark.parametrize("ending", ["gpkg", "geojson", "shp", "csv", "parquet"])
def test_convert_goes_through_the_same_loader(document, mines, tmp_path, ending):
    out = tmp_path / f"out.{ending}"
    told = document("convert", mines, out)
    assert out.exists()
    assert told["layers"][0]["features"] == 2
    (layer,) = document("inspect", out)["layers"]
    assert layer["features"] == 2
    assert layer["bounds"] == pytest.approx([10.0, -23.0, 119.0, 50.0])


def test_distance_answers_with_its_columns_and_true_kilometres(document):
    found = document("distance", "--mineral", "Li", "--within", "g7", "--nearest", "2")
    first = list(found["rows"][0])[:10]
    assert first == [
        *("deposit_id", "plant_id", "rank", "distance_km", "deposit_country", "plant_country"),
        *("unrestricted_plant_id", "unrestricted_km", "penalty_km", "status"),
    ]
    deposits, plants = load_layer("deposits"), load_layer("refineries")

    def place(layer, site):
        return layer.features.lonlat[layer.values("id").tolist().index(site)]

    reached = [row for row in found["rows"] if row["status"] == "ok"]
    assert len(reached) > 100
    for row in reached[:30]:
        km = distance_km(place(deposits, row["deposit_id"]), place(plants, row["plant_id"]))[0]
        assert row["distance_km"] == pytest.approx(km, abs=1e-6)
        assert row["penalty_km"] == pytest.approx(row["distance_km"] - row["unrestricted_km"])
        assert row["plant_country"] in found["within"]


def test_distance_takes_the_users_deposits_and_codes_and_writes_a_table(run, mines, tmp_path):
    out = tmp_path / "d.csv"
    code, text, err = run(
        *("distance", "--mineral", "lithium", "--deposits", mines),
        *("--within", "aus,CHN", "-o", out),
    )
    assert (code, err) == (0, "")
    assert f"Wrote {out}: 2 rows." in text
    rows = list(csv.DictReader(io.StringIO(out.read_text(encoding="utf-8"))))
    assert [r["deposit_name"] for r in rows] == ["North", "South"]
    assert [r["deposit_country"] for r in rows] == ["AUS", "DEU"]
    assert [r["plant_country"] for r in rows] == ["AUS", "CHN"]


def test_coverage_keeps_its_columns(document, facts):
    found = document("coverage", "--alliance", "g7", "--mineral", "lithium", "--stage", "mining")
    (row,) = found["rows"]
    assert list(row)[:19] == [
        *("mineral", "stage", "alliance", "by", "weight", "share_low", "share_high", "inside"),
        *("world", "unit", "year", "mapped_share_of_world", "hhi_low", "hhi_high"),
        *("top1_country", "top1_share", "top3_share", "over_65_percent", "sources"),
    ]
    of_year = [
        r
        for r in facts.production
        if (r.mineral, r.stage.value, r.year, r.kind.value)
        == ("lithium", "mining", row["year"], "production")
    ]
    inside = sum(r.value for r in of_year if r.country in found["jurisdictions"])
    assert row["inside"] == pytest.approx(inside)
    assert row["share_low"] == pytest.approx(inside / sum(r.value for r in of_year))


def test_coverage_of_all_lists_what_is_known(run, document):
    code, out, _ = run("coverage", "--alliance", "AUS,CAN", "--stage", "mining")
    assert code == 0
    assert " - " not in out.splitlines()[1]
    rows = document("coverage", "--alliance", "AUS,CAN", "--stage", "mining")["rows"]
    assert len(rows) == 31


def test_coverage_counts_the_users_own_sites(document, mines):
    own = ("--deposits", mines, "--weight", "count", "--stage", "mining", "--mineral", "lithium")
    (row,) = document("coverage", "--alliance", "AUS", *own)["rows"]
    assert (row["inside"], row["world"]) == (1.0, 2.0)


@pytest.mark.parametrize(
    "args",
    [
        ("distance", "--mineral", "unobtainium"),
        ("distance", "--mineral", "li", "--avoid", "malacca"),
        ("distance", "--mineral", "li", "--within", "nix"),
        ("distance", "--mineral", "li", "-o", "x.docx"),
        ("distance",),
        ("coverage", "--alliance", "nix"),
        ("coverage", "--alliance", "g7", "--as-of", "soon"),
        ("export", "x.docx"),
        ("export", "x.png", "--mineral", "nix"),
        ("export", "x.png", "--project", "none.gpkg"),
        ("convert", "none.shp", "x.gpkg"),
        ("nonsense", "--flag"),
    ],
)
def test_what_is_refused_is_refused_in_one_line(run, args, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code, _, err = run(*args)
    assert code == 2
    assert err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("ending", ["png", "html"])  # the demo below writes the others
def test_export_writes_what_its_ending_says(document, tmp_path, ending):
    out = tmp_path / f"map.{ending}"
    question = ("--mineral", "rare_earths", "--alliance", "eu", "--view", "coverage")
    told = document("export", out, *question, "--dpi", "60")
    assert told["path"] == str(out)
    head = out.read_bytes()[:9]
    signs = {"png": b"\x89PNG", "html": b"<!DOCTYPE"}
    assert head.startswith(signs[ending])


def test_export_of_data_and_of_a_project(document, desk_state, tmp_path):
    project, out = tmp_path / "p.gpkg", tmp_path / "data.gpkg"
    save_project(desk_state, project)
    document("export", out, "--project", project, "--mineral", "lithium")
    # with its looks, as QGIS keeps them
    assert pyogrio.list_layers(out)[:, 0].tolist() == ["Deposits", "layer_styles"]
    info = pyogrio.read_info(out, layer="Deposits")
    minerals = load_layer("deposits").values("mineral")
    assert info["features"] == sum("lithium" in str(m).split(";") for m in minerals)
    table = tmp_path / "t.csv"
    document("export", table, "--mineral", "lithium", "--alliance", "g7", "--view", "distance")
    assert table.read_text(encoding="utf-8").startswith("deposit_id,plant_id,rank")


@pytest.fixture
def desk_state():
    return new_state([load_layer("deposits")])


def test_the_demo_does_the_main_job_without_a_display(document, tmp_path):
    told = document("demo", tmp_path / "out")
    names = sorted(p.name for p in (tmp_path / "out").iterdir())
    assert {n.rpartition(".")[2] for n in names} == {
        "png",
        "svg",
        "pdf",
        "pptx",
        "html",
        "gpkg",
        "csv",
    }
    assert len(told["files"]) == len(names)
    assert any("China" in s for s in told["sentences"])
    assert any("km" in s for s in told["sentences"])


def test_the_doctor_looks_at_everything(document):
    found = document("doctor")
    assert found["ok"], [c for c in found["checks"] if not c["ok"]]
    names = {c["check"] for c in found["checks"]}
    assert names >= {"python", "gdal", "proj", "PySide6", "shipped data", "web engine", "settings"}


@pytest.mark.parametrize("command", COMMANDS)
def test_help_has_an_example(run, command):
    code, out, _ = run(command, "--help")
    assert code == 0
    assert f"example: gisapp {command}" in out


def test_every_command_is_one_and_no_file(run):
    listed = re.findall(r"^    (\w+) ", run("--help")[1], flags=re.MULTILINE)
    assert set(listed) == set(COMMANDS)


def test_help_and_version_come_at_once(run):
    code, out, _ = run("--version")
    assert (code, out.split()[0]) == (0, "gisapp")
    done = gisapp("--help")
    assert done.returncode == 0
    assert "gisapp [FILE ...]" in done.stdout


@pytest.mark.skipif(sys.platform != "linux", reason="others always have a display")
def test_without_a_display_the_window_says_what_works(run, monkeypatch):
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    for args in ((), ("mines.shp",), ("--startup-report",)):
        code, out, err = run(*args)
        assert (code, out) == (2, "")
        assert "no display" in err
        assert err.count("\n") == 1


HEAVY = (
    "PySide6",
    "pandas",
    "scipy",
    "geopandas",
    "pyogrio",
    "pypdf",
    "fontTools",
    "folium",
    "pptx",
    "skia",
)


@pytest.mark.parametrize(
    ("args", "forbidden"),
    [
        (["--help"], (*HEAVY, "numpy", "shapely")),
        (["layers"], HEAVY),
        (["coverage", "--alliance", "g7", "--mineral", "tin"], ("PySide6", "pypdf", "skia")),
        (
            ["export", os.devnull + ".png"],
            ("PySide6", "geopandas", "pyogrio", "pypdf", "fontTools", "folium", "pptx"),
        ),
        (["doctor"], ("PySide6", "pypdf")),
    ],
)
def test_what_is_not_needed_is_not_loaded(args, forbidden):
    code = (
        "import sys; from gisapp.__main__ import main; main(sys.argv[1:]);"
        "print('\\n' + ','.join({m.split('.')[0] for m in sys.modules}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *args], capture_output=True, text=True, check=True
    )
    assert set(done.stdout.splitlines()[-1].split(",")) & set(forbidden) == set()


def test_the_window_starts_without_what_only_answers_need():
    code = "import sys, gisapp.workspace.startup as s; s.new_session(); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = {m.split(".")[0] for m in done.stdout.split()}
    assert loaded & set(HEAVY) == set()


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_a_killed_export_leaves_the_older_file_and_no_other(tmp_path):
    out = tmp_path / "deck.gif"
    out.write_bytes(b"older")
    process = subprocess.Popen(
        [sys.executable, "-m", "gisapp", "deck", str(out), "--per", "mineral", "--alliance", "g7"],
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
    )
    while process.poll() is None and "skia" not in maps_of(process):
        pass  # it is not at work yet
    process.send_signal(signal.SIGTERM)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    assert err.endswith("gisapp deck: cancelled\n")
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"deck.gif": b"older"}


def maps_of(process):
    return Path(f"/proc/{process.pid}/maps").read_text(encoding="utf-8")


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_ctrl_c_cancels_with_130_and_leaves_nothing(tmp_path):
    rng = np.random.default_rng(1)
    count = 60_000
    for name in ("deposits", "plants"):
        lines = ["name,lon,lat,mineral"]
        lines += [
            f"{name}{i},{lon:.5f},{lat:.5f},lithium"
            for i, (lon, lat) in enumerate(
                zip(rng.uniform(-180, 180, count), rng.uniform(-60, 70, count), strict=True)
            )
        ]
        (tmp_path / f"{name}.csv").write_text("\n".join(lines), encoding="utf-8")
    out = tmp_path / "out.csv"
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "gisapp", "distance", "--mineral", "lithium"),
            *(
                "--deposits",
                str(tmp_path / "deposits.csv"),
                "--plants",
                str(tmp_path / "plants.csv"),
            ),
            *("--nearest", "100", "-o", str(out)),
        ],
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
    )
    while process.poll() is None and "scipy" not in maps_of(process):
        pass  # it is not at work yet
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    assert err == "gisapp distance: cancelled\n"
    assert not out.exists()


def test_the_writer_and_the_table_agree(document, tmp_path):
    """What goes out through convert and what the analyses read is the same layer."""
    path = tmp_path / "deposits.gpkg"
    write_layers(path, [load_layer("deposits")])
    ours = document("distance", "--mineral", "cobalt")
    theirs = document("distance", "--mineral", "cobalt", "--deposits", path)
    assert [r["distance_km"] for r in ours["rows"]] == pytest.approx(
        [r["distance_km"] for r in theirs["rows"]]
    )


def test_distance_takes_every_option_of_routes_and_alliances(run):
    code, text, _ = run("distance", "--help")
    assert code == 0
    for option in ("--least", "--inside", "--avoid", "--starts-by", "--min-capacity"):
        assert option in text
    code, text, err = run(
        *("distance", "--mineral", "tin", "--within", "g7", "--inside", "plant,owner"),
        *("--starts-by", "2030", "--min-capacity", "1 kt", "--known-capacity"),
    )
    assert (code, err) == (0, "")
    assert "none of 1\u202f000 t/yr" in text or "is inside and owned inside (G7)" in text
    code, _, err = run("distance", "--mineral", "tin", "--within", "g7", "--inside", "roof")
    assert code == 2
    assert err.count("\n") == 1


def test_a_database_is_inspected_and_converted_by_its_address(postgis, tmp_path, capsys):
    postgis.sql(
        "DROP TABLE IF EXISTS pits; CREATE TABLE pits AS SELECT i AS id, "
        "ST_SetSRID(ST_MakePoint(i, 50), 4326)::geometry(Point, 4326) AS geom "
        "FROM generate_series(1, 9) i"
    )
    url = postgis.url()
    assert main(["inspect", "--json", url.replace("gis@", "gis:hush@")]) == 0
    said = capsys.readouterr().out
    assert "hush" not in said
    listed = {layer["name"]: layer for layer in json.loads(said)["layers"]}
    assert (listed["public.pits"]["features"], listed["public.pits"]["crs"]) == (9, "EPSG:4326")
    out = tmp_path / "pits.gpkg"
    options = ["--layer", "public.pits", "--bbox", "-2.5,40,4.5,60"]
    assert main(["convert", *options, url, str(out)]) == 0
    assert sorted(pyogrio.read_dataframe(out)["id"]) == [1, 2, 3, 4]
    capsys.readouterr()
    assert main(["inspect", "https://example.org/wfs"]) == 2
    assert "switched off" in capsys.readouterr().err
    assert main(["inspect", "--bbox", "1,2,3", url]) == 2
