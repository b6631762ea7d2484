"""WFS and ArcGIS services: read by pages, bounded, and never beyond what the user asked for."""

import socket
import ssl
import subprocess
import threading
import time
from functools import partial

import numpy as np
import pytest

from gisapp.data import arcgis as arcgis_reader
from gisapp.data import online as web
from gisapp.data.address import parse, safe_text, with_password
from gisapp.data.inspection import inspect
from gisapp.data.reader import read_layers
from gisapp.data.sources import contents
from gisapp.model.feedback import Cancelled, Feedback, GisappError
from gisapp.model.reading import ReadOptions
from tests.services import SITES, arcgis, plain, serve, wfs, xml

BOX = (-10.0, 40.0, 10.0, 50.0)
INSIDE = [s for s in SITES if -10 <= s[1] <= 10 and 40 <= s[2] <= 50]


@pytest.fixture
def service():
    with serve() as running:
        running.answers["/wfs"] = wfs
        arcgis(running, "/rest/Sites/FeatureServer")
        yield running


def read(url, **options):
    return read_layers(url, options=ReadOptions(**options), online=True)


def refusal(call):
    with pytest.raises(GisappError) as caught:
        call()
    return caught.value


def positions(layer):
    return sorted(map(tuple, np.round(layer.features.lonlat, 9).tolist()))


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org/wfs",
        "http://127.0.0.1:1/wfs",
        "https://example.org/rest/services/X/FeatureServer/0",
    ],
)
def test_switched_off_no_socket_is_opened(url, monkeypatch):
    def forbidden(*_args, **_kwargs):
        raise AssertionError("the network was used")

    for name in ("socket", "create_connection", "getaddrinfo", "gethostbyname"):
        monkeypatch.setattr(socket, name, forbidden)
    for call in (contents, read_layers):
        error = refusal(lambda ask=call: ask(url))
        assert error.code == "offline"
        assert error.message.count(". ") == 0
    assert inspect(url)["error"]["code"] == "offline"


def test_a_wfs_is_listed_and_read_by_pages(service):
    url = service.url("/wfs")
    (listed,) = contents(url, online=True)
    assert (listed.layer, listed.title, listed.crs) == ("survey:sites", "Survey sites", "EPSG:4326")
    (layer,) = read(url)
    assert layer.features.columns["id"].tolist() == [s[0] for s in SITES]
    assert positions(layer) == sorted((x, y) for _, x, y in SITES)
    assert (layer.source.path, layer.source.layer) == (url, "survey:sites")
    assert (layer.source.driver, layer.source.crs) == ("WFS", "EPSG:4326")
    starts = [q.get("startindex", "0") for _, q in service.asked if q["request"] == "GetFeature"]
    assert starts == ["0", "50", "100"]
    # the address in the capabilities' answer leads elsewhere and is never asked
    assert {path for path, _ in service.asked} == {"/wfs"}


@pytest.mark.parametrize("formats", ["application/json", "application/gml+xml"])
def test_a_wfs_is_asked_for_a_box(service, formats):
    service.answers["/wfs"] = partial(wfs, formats=formats)
    (layer,) = read(service.url("/wfs"), bounds=BOX)
    assert sorted(layer.features.columns["id"].tolist()) == [s[0] for s in INSIDE]
    assert positions(layer) == sorted((x, y) for _, x, y in INSIDE)
    assert [q["bbox"] for _, q in service.asked if "bbox" in q] == [
        "40.0,-10.0,50.0,10.0,urn:ogc:def:crs:EPSG::4326"
    ]


def test_a_limit_asks_for_no_more(service):
    (layer,) = read(service.url("/wfs"), limit=30)
    assert len(layer.features) == 30
    assert service.asked[-1][1]["count"] == "30"
    (layer,) = read(service.url("/rest/Sites/FeatureServer/0"), limit=30)
    assert len(layer.features) == 30


@pytest.mark.parametrize("paged", [True, False])
def test_an_arcgis_layer_is_read_by_pages(service, paged):
    arcgis(service, "/rest/Sites/FeatureServer", paged=paged)
    url = service.url("/rest/Sites/FeatureServer")
    (listed,) = contents(url, online=True)
    assert (listed.layer, listed.title, listed.count) == ("0", "Sites", 120)
    (layer,) = read(url)
    assert sorted(layer.features.columns["OBJECTID"].tolist()) == [s[0] for s in SITES]
    assert positions(layer) == sorted((x, y) for _, x, y in SITES)
    assert layer.features.columns["opened"][0] == np.datetime64("2020-01-01")
    (same,) = read(f"{url}/0", bounds=BOX)
    assert sorted(same.features.columns["OBJECTID"].tolist()) == [s[0] for s in INSIDE]
    assert (same.source.path, same.source.layer) == (f"{url}/0", "0")


def test_a_server_that_repeats_its_first_page_is_told(service):
    path = "/rest/Sites/FeatureServer/0/query"
    honest = service.answers[path]
    service.answers[path] = lambda query: honest(
        {k: v for k, v in query.items() if k != "resultoffset"}
    )
    (layer,) = read(service.url("/rest/Sites/FeatureServer"))
    assert len(layer.features) == 40
    assert [(p.code, p.count) for p in layer.problems] == [("truncated", 80)]


@pytest.mark.parametrize(
    ("version", "names", "box"),
    [
        ("2.0.0", ("typenames", "count"), "40.0,-10.0,50.0,10.0,urn:ogc:def:crs:EPSG::4326"),
        ("1.1.0", ("typename", "maxfeatures"), "40.0,-10.0,50.0,10.0,urn:ogc:def:crs:EPSG::4326"),
        ("1.0.0", ("typename", "maxfeatures"), "-10.0,40.0,10.0,50.0"),
    ],
)
def test_each_version_of_wfs_is_asked_as_it_wants(service, version, names, box):
    def answer(query):
        if query["request"] != "GetCapabilities":
            return wfs(
                {"request": "GetFeature", "count": "999", "outputformat": "application/json"}
            )
        status, kind, body = wfs(query)
        return status, kind, body.replace(b'version="2.0.0"', f'version="{version}"'.encode())

    service.answers["/wfs"] = partial(answer)
    read(service.url("/wfs"), bounds=BOX, limit=50)
    asked = service.asked[1][1]
    assert asked["version"] == version
    assert [asked[name] for name in names] == ["survey:sites", "50"]
    assert asked["bbox"] == box


def test_secrets_are_used_and_not_kept(service):
    url = service.url("/rest/Sites/FeatureServer/0?token=t0ken", user="me:pa%40ss@")
    (layer,) = read(url)
    assert layer.source.path == f"http://me@127.0.0.1:{service.port}/rest/Sites/FeatureServer/0"
    assert all(query["token"] == "t0ken" for _, query in service.asked)
    assert {h["Authorization"] for h in service.headers} == {"Basic bWU6cGFAc3M="}
    assert "t0ken" not in repr(layer)
    assert "pa%40ss" not in repr(parse(url))


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (
            "postgresql://u:p@h:5432/d?sslmode=require&password=x",
            "postgresql://u@h:5432/d?sslmode=require",
        ),
        ("https://h/wfs?map=/a/b.map&Token=x&apikey=y", "https://h/wfs?map=/a/b.map"),
        ("postgresql://u:p/w@h/d", "postgresql://"),
        ("postgresql://u:1/w@h/d", "postgresql://"),
        ("/home/me/mines.gpkg", "/home/me/mines.gpkg"),
    ],
)
def test_what_is_kept_of_an_address(text, kept):
    assert safe_text(text) == kept


def test_a_password_beside_an_address_is_written_into_it():
    text = with_password("postgresql://me@h/d", "p@/:%")
    assert text == "postgresql://me:p%40%2F%3A%25@h/d"
    assert with_password("postgresql:///d?host=/s", "x&y").endswith("&password=x%26y")
    assert safe_text(text) == "postgresql://me@h/d"


@pytest.mark.parametrize(
    "target",
    [
        "http://elsewhere.invalid/wfs",
        "file:///etc/passwd",
        "http://localhost:1/",
        "ftp://127.0.0.1/",
    ],
)
def test_redirects_stay_with_the_host(service, target):
    service.answers["/wfs"] = lambda _query: (302, target, b"")
    assert refusal(lambda: contents(service.url("/wfs"), online=True)).code == "moved"


def test_redirects_within_the_host_are_followed(service):
    service.answers["/old"] = lambda query: (
        301, "/wfs?service=WFS&request=" + query["request"], b"",
    )  # fmt: skip
    assert len(contents(service.url("/old"), online=True)) == 1


BOMB = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>'
FAULT = "<ows:ExceptionReport xmlns:ows='x'><ows:ExceptionText>no such thing</ows:ExceptionText></ows:ExceptionReport>"


@pytest.mark.parametrize(
    ("path", "answer", "code"),
    [
        ("/wfs", (401, "text/plain", b""), "wrong_password"),
        ("/wfs", (404, "text/plain", b""), "not_found"),
        ("/wfs", (500, "text/plain", b""), "service_refused"),
        ("/wfs", (200, "text/html", b"<html><body>Welcome</body></html>"), "not_a_service"),
        ("/wfs", (200, "text/plain", b"\xff\x00"), "not_a_service"),
        ("/wfs", xml(BOMB), "not_a_service"),
        ("/wfs", xml(FAULT), "service_refused"),
        ("/x/FeatureServer", (200, "text/html", b"<html>"), "not_a_service"),
        ("/x/FeatureServer", plain([1]), "not_a_service"),
        ("/x/FeatureServer", plain({"error": {"code": 498, "message": "x"}}), "wrong_password"),
        ("/x/FeatureServer", plain({"error": {"code": 400, "message": "bad"}}), "service_refused"),
        ("/x/FeatureServer", plain({"layers": "no"}), "not_a_service"),
    ],
)
def test_odd_answers_are_refused_in_a_sentence(service, path, answer, code):
    service.answers[path] = lambda _query: answer
    error = refusal(lambda: read(service.url(path)))
    assert error.code == code
    assert error.message.endswith(".")


def test_an_answer_has_a_size(service, monkeypatch):
    monkeypatch.setattr(web, "_ANSWER", 1_000_000)
    service.answers["/wfs"] = lambda _query: (200, "text/xml", b" " * 3_000_000)
    assert refusal(lambda: contents(service.url("/wfs"), online=True)).code == "too_large"
    monkeypatch.setattr(arcgis_reader, "_MOST", 100)
    assert refusal(lambda: read(service.url("/rest/Sites/FeatureServer"))).code == "too_large"


def test_a_silent_server_is_given_up_and_can_be_cancelled(monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/wfs"
        feedback = Feedback()
        timer = threading.Timer(0.2, feedback.cancel)
        timer.start()
        begun = time.monotonic()
        monkeypatch.setattr(web, "_SILENT_S", 1.0)
        with pytest.raises(Cancelled):
            contents(url, online=True, feedback=feedback)
        assert time.monotonic() - begun < 0.9
        assert refusal(lambda: contents(url, online=True)).code == "too_slow"
        timer.join()


def test_a_certificate_that_nobody_vouches_for_is_told(tmp_path):
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1"),
            *("-subj", "/CN=127.0.0.1", "-keyout", tmp_path / "key", "-out", tmp_path / "cert"),
        ],
        check=True,
        capture_output=True,
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "cert", tmp_path / "key")
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def shake() -> None:
            connection, _ = listening.accept()
            with connection, pytest.raises(OSError):  # the other side hangs up
                context.wrap_socket(connection, server_side=True).recv(1)

        thread = threading.Thread(target=shake)
        thread.start()
        url = f"https://127.0.0.1:{listening.getsockname()[1]}/wfs"
        error = refusal(lambda: contents(url, online=True))
        thread.join()
    assert error.code == "insecure"
    assert "certificate" in str(error)


def test_inspect_lists_a_service_and_describes_a_named_layer(service):
    document = inspect(service.url("/wfs"), online=True)
    assert [e["name"] for e in document["layers"]] == ["survey:sites"]
    named = ReadOptions(layers=("survey:sites",))
    (layer,) = inspect(service.url("/wfs"), options=named, online=True)["layers"]
    assert (layer["features"], layer["driver"]) == (120, "WFS")
