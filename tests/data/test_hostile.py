"""Files made to do harm: refused quickly, in one sentence, and never followed elsewhere."""

from __future__ import annotations

import contextlib
import http.server
import json
import os
import sqlite3
import stat
import struct
import subprocess
import sys
import tempfile
import threading
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pyogrio
import pytest

from gisapp.data.reader import read_layers
from gisapp.model.feedback import GisappError
from tests.data.corpus import KML, sites, text

ROOT = Path(__file__).parents[2]
#: Reads a file in a process of its own and says code, seconds and megabytes.
ASK = """
import json, resource, sys, time
from gisapp.data.reader import read_layers
from gisapp.model.feedback import GisappError
if sys.argv[2] == "nobody":
    import os
    os.setgid(65534), os.setuid(65534)
started = time.perf_counter()
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
try:
    found = read_layers(sys.argv[1])
    codes = sorted({p.code for layer in found for p in layer.problems})
    said = {"features": sum(len(layer.features) for layer in found), "codes": codes}
except GisappError as error:
    said = {"refused": error.code, "message": error.message}
said["seconds"] = time.perf_counter() - started
said["mb"] = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024
print(json.dumps(said))
"""


def asked(path: Path, who: str = "me") -> dict:
    """Read in another process, which may take a minute and no longer."""
    done = subprocess.run(
        [sys.executable, "-c", ASK, str(path), who], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    return dict(json.loads(done.stdout))


def refused(path: Path) -> GisappError:
    with pytest.raises(GisappError) as caught:
        read_layers(path)
    assert caught.value.message.endswith(".")
    assert "\n" not in caught.value.message
    return caught.value


def sparse(name: str) -> Callable[[Path], Path]:
    def build(folder: Path) -> Path:
        with (folder / name).open("wb") as file:
            file.truncate(2 * 1024**3)
        return folder / name

    return build


ENDINGS = [
    "shp",
    "geojson",
    "csv",
    "gpkg",
    "kml",
    "gml",
    "gpx",
    "zip",
    "xlsx",
    "parquet",
    "fgb",
    "dxf",
    "tab",
]


@pytest.mark.parametrize("ending", ENDINGS)
def test_two_gigabytes_of_zeros(tmp_path: Path, ending: str) -> None:
    path = sparse(f"zeros.{ending}")(tmp_path)
    assert refused(path).code == "only_zeros"
    path.unlink()


def one_line(folder: Path) -> Path:
    path = folder / "line.csv"
    with path.open("wb") as file:
        for _ in range(100):
            file.write(b"lon,lat," * 655_360)
    return path


def rings(folder: Path) -> Path:
    """A shape of 100,000 rings over each other."""
    ring = "[[[0,0],[1,0],[1,1],[0,0]]]"
    geometry = f'{{"type":"MultiPolygon","coordinates":[{",".join([ring] * 100_000)}]}}'
    return text(
        "a.geojson",
        f'{{"type":"FeatureCollection","features":[{{"type":"Feature","properties":{{}},"geometry":{geometry}}}]}}',
    )(folder)


def deep_wkb(folder: Path) -> Path:
    """A GeoPackage whose geometry is a million collections, each within the one before."""
    path = sites(folder, "deep.gpkg")
    inner = struct.pack("<BII", 1, 7, 1) * 1_000_000 + struct.pack("<BI2d", 1, 1, 1.0, 1.0)
    with sqlite3.connect(path) as base:
        for (name,) in base.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        ).fetchall():
            base.execute(f'DROP TRIGGER "{name}"')
        head = base.execute("SELECT geom FROM deep").fetchone()[0][:8]
        base.execute("UPDATE deep SET geom = ? WHERE fid = 2", (head + inner,))
    base.close()
    return path


DEEP = "GEOMETRYCOLLECTION(" * 200_000 + "POINT(1 1)" + ")" * 200_000
BOMBS = {
    "a line of 500 MB": (one_line, "not_a_table"),
    "json nested 2,000,000 deep": (text("a.geojson", "[" * 2_000_000), "unreadable"),
    "properties nested deep": (text("a.geojson", '{"type":"FeatureCollection","features":[{"type":"Feature","geometry":null,"properties":'
                                    + '{"a":' * 100_000 + "1" + "}" * 100_000 + "}]}"), "unreadable"),
    "wkt nested deep": (text("a.csv", f'name,wkt\na,"{DEEP}"\nb,POINT(1 1)\n'), ""),
    "wkb nested deep": (deep_wkb, ""),
    "rings over each other": (rings, ""),
}  # fmt: skip


@pytest.mark.parametrize("bomb", BOMBS)
def test_bounded_in_time_and_memory(bomb: str, tmp_path: Path) -> None:
    build, code = BOMBS[bomb]
    said = asked(build(tmp_path))
    assert said.get("refused", "") == code
    assert said["seconds"] < 20
    assert said["mb"] < 1500
    if not code:
        assert said["codes"], "what could not be read is told"


LAUGHS = "".join(f'<!ENTITY a{i} "{f"&a{i - 1};" * 10}">' for i in range(1, 12))
DTDS = {
    "billion laughs": f'<!DOCTYPE kml [<!ENTITY a0 "ha">{LAUGHS}]>',
    "another file": '<!DOCTYPE kml [<!ENTITY a11 SYSTEM "file:///etc/passwd">]>',
    "parameters": '<!DOCTYPE kml [<!ENTITY % x SYSTEM "http://127.0.0.1:9/x"> %x;]>',
}


@pytest.mark.parametrize("dtd", DTDS)
@pytest.mark.parametrize("ending", ["kml", "gml", "gpx", "xlsx", "ods", "kmz"])
def test_xml_entities(dtd: str, ending: str, tmp_path: Path) -> None:
    body = f'<?xml version="1.0"?>{DTDS[dtd]}<kml><name>&a11;</name></kml>'
    path = tmp_path / f"a.{ending}"
    if ending in {"kml", "gml", "gpx"}:
        path.write_text(body)
    else:
        inside = {"xlsx": "xl/workbook.xml", "ods": "content.xml", "kmz": "doc.kml"}[ending]
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
            archive.writestr(inside, body)
    assert refused(path).code == "entities_inside"


class Listener(http.server.BaseHTTPRequestHandler):
    """Notes who asks."""

    asked: list[str] = []

    def do_GET(self) -> None:
        self.asked.append(self.path)
        self.send_error(404)

    do_HEAD = do_POST = do_GET

    def log_message(self, *_: object) -> None:
        return


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Listener) as running:
        thread = threading.Thread(target=running.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{running.server_port}"
        running.shutdown()
        thread.join()


POINT = '"features":[{"type":"Feature","properties":{},"geometry":{"type":"Point","coordinates":[1,2]}}]'
VRT = "<OGRVRTDataSource><OGRVRTLayer name='a'><SrcDataSource>@</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>"
LINKS = {
    "crs.geojson": '{"type":"FeatureCollection","crs":{"type":"link","properties":{"href":"URL/a","type":"proj4"}},'
    + POINT
    + "}",
    "coded.geojson": '{"type":"FeatureCollection","\\u0063rs":{"type":"\\u006cink","properties":{"href":"URL/b"}},'
    + POINT
    + "}",
    "late.geojson": '{"type":"FeatureCollection",'
    + POINT
    + ',"crs":{"type":"link","properties":{"href":"URL/c"}}}',
    "link.kml": KML.replace(
        "<Folder>", "<NetworkLink><Link><href>URL/d</href></Link></NetworkLink><Folder>"
    ),
    "icon.kml": KML.replace("<Placemark>", "<Placemark><styleUrl>URL/e.kml#a</styleUrl>"),
    "vrt.gml": VRT.replace("@", "/vsicurl/URL/f"),
    "vrt.geojson": "x" + VRT.replace("@", "/vsicurl/URL/g"),
    "wfs.gml": "<OGRWFSDataSource><URL>URL/h</URL></OGRWFSDataSource>",
    "wms.json": '{"links":[{"rel":"data","href":"URL/i"}],"conformsTo":[]}',
    "schema.gml": '<a xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="u URL/j.xsd"/>',
}


@pytest.mark.parametrize("name", LINKS)
def test_nothing_is_fetched(name: str, server: str, tmp_path: Path) -> None:
    """A file's reader asks nobody, though the user's own settings let addresses through."""
    Listener.asked.clear()
    path = text(name, LINKS[name].replace("URL", server))(tmp_path)
    with contextlib.suppress(GisappError):
        read_layers(path)
    assert Listener.asked == []


def test_plain_gdal_does_fetch(server: str, tmp_path: Path) -> None:
    """What the test above guards against is real."""
    Listener.asked.clear()
    path = text("crs.geojson", LINKS["crs.geojson"].replace("URL", server))(tmp_path)
    proxy = pyogrio.get_gdal_config_option("GDAL_HTTP_PROXY")
    pyogrio.set_gdal_config_options({"GDAL_HTTP_PROXY": None})
    try:
        pyogrio.read_info(path)
    finally:
        pyogrio.set_gdal_config_options({"GDAL_HTTP_PROXY": proxy})
    assert Listener.asked


def view(folder: Path, sql: str) -> Path:
    path = sites(folder, "v.gpkg")
    with sqlite3.connect(path) as base:
        base.execute(f"CREATE VIEW odd AS {sql}")
        base.execute(
            "INSERT INTO gpkg_contents (table_name, data_type, identifier) VALUES ('odd', 'attributes', 'odd')"
        )
    base.close()
    return path


def test_a_view_that_never_ends(tmp_path: Path) -> None:
    said = asked(
        view(
            tmp_path,
            "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT x FROM c",
        )
    )
    assert said["refused"] == "view_endless"
    assert said["seconds"] < 20


def test_a_table_that_reads_other_files(tmp_path: Path) -> None:
    path = sites(tmp_path, "v.gpkg")
    with sqlite3.connect(path) as base:
        base.execute("PRAGMA writable_schema = ON")
        base.execute("INSERT INTO sqlite_master (type, name, tbl_name, rootpage, sql) VALUES ('table', 'x', 'x', 0, "
                     "'CREATE VIRTUAL TABLE x USING VirtualOGR(''/vsicurl/http://127.0.0.1:9/a.csv'')')")  # fmt: skip
    base.close()
    assert refused(path).code == "database_unsafe"


ODD_MEMBERS = {
    "../x.shp": "zip_unsafe", "/etc/x.shp": "zip_unsafe", "C:\\x.shp": "zip_unsafe", "a/../../x": "zip_unsafe",
    "CON.shp": "zip_unsafe", "data/nul": "zip_unsafe", "LPT1.txt.shp": "zip_unsafe", "": "zip_unsafe",
}  # fmt: skip


@pytest.mark.parametrize("name", ODD_MEMBERS)
def test_members_that_want_elsewhere(name: str, tmp_path: Path, monkeypatch) -> None:
    scratch, path = tmp_path / "scratch" / "deep", tmp_path / "a.zip"
    scratch.mkdir(parents=True)
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))  # so that a way out leads into tmp_path
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(zipfile.ZipInfo(name), b"x")
    assert refused(path).code == ODD_MEMBERS[name]
    assert [p.name for p in tmp_path.rglob("x*")] == []


def test_a_member_that_is_a_link(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    link = zipfile.ZipInfo("sites.csv")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(link, "/etc/passwd")
    assert refused(path).code == "zip_unsafe"


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_members_that_are_there_twice(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("sites.csv", "name,lon,lat\na,1,2\n")
        archive.writestr("Sites.CSV", "name,lon,lat\nb,3,4\n")
    assert refused(path).code == "zip_unsafe"


def bomb(path: Path, member: str, megabytes: int) -> Path:
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open(member, "w", force_zip64=True) as sink,
    ):
        for _ in range(megabytes):
            sink.write(bytes(1024**2))
    return path


@pytest.mark.parametrize(
    ("name", "member"), [("a.zip", "z.csv"), ("a.kmz", "doc.kml"), ("a.xlsx", "xl/a.xml")]
)
def test_zip_bombs(name: str, member: str, tmp_path: Path) -> None:
    assert refused(bomb(tmp_path / name, member, 80)).code == "zip_too_large"


def test_bombs_within(tmp_path: Path) -> None:
    """A KMZ bomb in an archive or a folder is unpacked with the same care; a nested zip not at all."""
    inner = bomb(tmp_path / "a.kmz", "doc.kml", 80)
    outer = tmp_path / "outer.zip"
    with zipfile.ZipFile(outer, "w") as archive:
        archive.write(inner, "a.kmz")
        archive.write(inner, "b.zip")
    assert refused(outer).code == "zip_too_large"
    assert refused(tmp_path).code in {"zip_too_large", "nothing_inside"}


def test_pipes_devices_and_links(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.geojson")
    assert refused(tmp_path / "a.geojson").code == "not_a_file"
    assert refused(Path("/dev/zero")).code == "not_a_file"
    (tmp_path / "device.csv").symlink_to("/dev/zero")
    assert refused(tmp_path / "device.csv").code == "not_a_file"
    (tmp_path / "a.shp").symlink_to(tmp_path / "b.shp")
    (tmp_path / "b.shp").symlink_to(tmp_path / "a.shp")
    assert refused(tmp_path / "a.shp").code == "link_broken"
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "again").symlink_to(tmp_path)
    sites(tmp_path / "deep")
    (layer,) = read_layers(tmp_path / "deep")
    assert len(layer.features) == 4


def test_a_pipe_beside_a_shapefile(tmp_path: Path) -> None:
    path = sites(tmp_path)
    path.with_suffix(".dbf").unlink()
    os.mkfifo(path.with_suffix(".dbf"))
    (layer,) = read_layers(path)
    assert "no_attributes" in {p.code for p in layer.problems}


def test_a_folder_called_like_a_file(tmp_path: Path) -> None:
    for name in ("x.shp", "x.gpkg", "x.zip", "x.csv"):
        (tmp_path / name).mkdir()
        assert refused(tmp_path / name).code == "nothing_inside"
    sites(tmp_path / "y.shp")
    assert len(read_layers(tmp_path / "y.shp")[0].features) == 4


def test_no_permission(tmp_path: Path) -> None:
    path = sites(tmp_path, "a.geojson")
    path.chmod(0)
    for folder in (tmp_path, *tmp_path.parents):
        if folder.stat().st_uid == os.getuid() and folder != Path("/"):
            folder.chmod(folder.stat().st_mode | 0o055)
    who = "nobody" if os.getuid() == 0 else "me"
    assert asked(path, who)["refused"] == "not_allowed"


def test_a_file_that_changes_while_it_is_read(tmp_path: Path) -> None:
    path = sites(tmp_path, "a.gpkg")

    def change(_: object) -> None:
        os.utime(path, (1, 1))

    with pytest.raises(GisappError) as caught:
        read_layers(path, on_geometry=change)
    assert caught.value.code == "changed"


def test_a_file_that_vanishes_while_it_is_read(tmp_path: Path) -> None:
    path = sites(tmp_path, "a.gpkg")
    with pytest.raises(GisappError) as caught:
        read_layers(path, on_geometry=lambda _: path.unlink())
    assert caught.value.code in {"vanished", "unreadable"}


def test_names_that_gdal_takes_for_commands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file is read by its place, whatever connection its name looks like."""
    monkeypatch.chdir(tmp_path)
    for name in ("PG:dbname=x.geojson", "WFS:x.geojson", "a!b.geojson", "vsicurl.geojson"):
        made = sites(tmp_path, "plain.geojson").rename(tmp_path / name)
        (layer,) = read_layers(name)
        assert len(layer.features) == 4
        made.unlink()


@pytest.mark.parametrize(
    "address", ["/vsicurl/http://127.0.0.1:9/a.geojson", "/vsizip/a.zip", "WFS:http://127.0.0.1:9"]
)
def test_addresses_of_gdal_are_no_files(address: str) -> None:
    assert refused(Path(address)).code in {"not_found", "unknown_format"}


def test_counts_in_headers_are_not_believed(tmp_path: Path) -> None:
    """A FlatGeobuf that promises more than there is gives what there is, and says so."""
    path = sites(tmp_path, "a.fgb", SPATIAL_INDEX="NO")
    data = path.read_bytes()
    count = struct.pack("<Q", 4)
    assert data.count(count) >= 1
    at = data.index(count)
    path.write_bytes(data[:at] + struct.pack("<Q", 2**60) + data[at + 8 :])
    said = asked(path)
    assert said["seconds"] < 10
    assert said["mb"] < 500
    assert "refused" in said or "truncated" in said["codes"]
