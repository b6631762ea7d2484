"""A server on this machine that answers as a WFS and as an ArcGIS service do."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

Query = dict[str, str]
#: Status, content type, body; or headers besides.
Answer = tuple[int, str, bytes]
SITES = [(i, -20.0 + i * 0.5, 40.0 + (i * 37 % 200) / 10) for i in range(120)]

CAPABILITIES = """<?xml version="1.0"?>
<wfs:WFS_Capabilities version="2.0.0" xmlns:wfs="http://www.opengis.net/wfs/2.0"
 xmlns:ows="http://www.opengis.net/ows/1.1">
 <ows:OperationsMetadata><ows:Operation name="GetFeature">
  <ows:DCP><ows:HTTP><ows:Get xlink:href="http://elsewhere.invalid/wfs"
    xmlns:xlink="http://www.w3.org/1999/xlink"/></ows:HTTP></ows:DCP>
  <ows:Parameter name="outputFormat"><ows:AllowedValues>{formats}</ows:AllowedValues>
  </ows:Parameter></ows:Operation></ows:OperationsMetadata>
 <wfs:FeatureTypeList>
  <wfs:FeatureType><wfs:Name>survey:sites</wfs:Name><wfs:Title>Survey sites</wfs:Title>
   <wfs:DefaultCRS>urn:ogc:def:crs:EPSG::4326</wfs:DefaultCRS></wfs:FeatureType>
 </wfs:FeatureTypeList>
</wfs:WFS_Capabilities>"""

GML = """<?xml version="1.0"?>
<wfs:FeatureCollection numberMatched="{count}" numberReturned="{count}"
 xmlns:wfs="http://www.opengis.net/wfs/2.0" xmlns:gml="http://www.opengis.net/gml/3.2"
 xmlns:survey="http://survey">{members}</wfs:FeatureCollection>"""

MEMBER = """<wfs:member><survey:sites gml:id="sites.{id}"><survey:id>{id}</survey:id>
<survey:geom><gml:Point srsName="urn:ogc:def:crs:EPSG::4326" gml:id="p{id}">
<gml:pos>{lat} {lon}</gml:pos></gml:Point></survey:geom></survey:sites></wfs:member>"""


def xml(text: str) -> Answer:
    """Return an XML answer."""
    return 200, "text/xml", text.encode()


def plain(document: Any) -> Answer:
    """Return a JSON answer."""
    return 200, "application/json", json.dumps(document).encode()


@dataclass
class Service:
    """A running server: what it was asked, and how paths answer."""

    port: int = 0
    asked: list[tuple[str, Query]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    answers: dict[str, Callable[[Query], Answer]] = field(default_factory=dict)

    def url(self, path: str, user: str = "") -> str:
        """Return the address of a path."""
        return f"http://{user}127.0.0.1:{self.port}{path}"


@contextmanager
def serve() -> Iterator[Service]:
    """Serve on a free port of this machine."""
    service = Service()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            query = {k.lower(): v[0] for k, v in parse_qs(parts.query).items()}
            service.asked.append((parts.path, query))
            service.headers.append(dict(self.headers.items()))
            answer = service.answers.get(parts.path)
            status, kind, body = answer(query) if answer else (404, "text/plain", b"none")
            self.send_response(status)
            if status in {301, 302}:
                self.send_header("Location", kind)
            else:
                self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            with suppress(BrokenPipeError, ConnectionResetError):  # who has seen enough hangs up
                self.wfile.write(body)

        def log_message(self, *_args: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = False
    service.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield service
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def wfs(query: Query, *, formats: str = "application/json", page: int = 50) -> Answer:
    """Answer as a WFS 2.0 does, at most `page` features at once."""
    if query.get("request") == "GetCapabilities":
        values = "".join(f"<ows:Value>{name}</ows:Value>" for name in formats.split())
        return xml(CAPABILITIES.format(formats=values))
    sites = SITES
    if "bbox" in query:
        south, west, north, east = (float(v) for v in query["bbox"].split(",")[:4])
        sites = [s for s in SITES if west <= s[1] <= east and south <= s[2] <= north]
    if query.get("outputformat") != "application/json":
        members = "".join(MEMBER.format(id=i, lon=x, lat=y) for i, x, y in sites)
        return xml(GML.format(count=len(sites), members=members))
    start = int(query.get("startindex", 0))
    part = sites[start : start + min(page, int(query["count"]))]
    features = [
        {
            "type": "Feature",
            "id": f"sites.{i}",
            "properties": {"id": i, "name": f"site {i}"},
            "geometry": {"type": "Point", "coordinates": [x, y]},
        }
        for i, x, y in part
    ]
    return plain(
        {
            "type": "FeatureCollection",
            "features": features,
            "numberMatched": len(sites),
            "numberReturned": len(features),
        }
    )


def arcgis(service: Service, base: str, *, paged: bool = True, most: int = 40) -> None:
    """Let a path answer as an ArcGIS FeatureServer with a layer of sites and a group."""
    service.answers[base] = lambda _query: plain(
        {
            "currentVersion": 11.1,
            "layers": [
                {"id": 0, "name": "Sites", "geometryType": "esriGeometryPoint"},
                {"id": 1, "name": "All", "type": "Group Layer", "subLayerIds": [0]},
            ],
            "tables": [{"id": 2, "name": "Notes"}],
        }
    )
    service.answers[f"{base}/0"] = lambda _query: plain(
        {
            "id": 0,
            "name": "Sites",
            "geometryType": "esriGeometryPoint",
            "maxRecordCount": most,
            "objectIdField": "OBJECTID",
            "advancedQueryCapabilities": {"supportsPagination": paged},
        }
    )
    service.answers[f"{base}/0/query"] = lambda query: _features(query, most)


def _features(query: Query, most: int) -> Answer:
    sites = SITES
    if "geometry" in query:
        west, south, east, north = (float(v) for v in query["geometry"].split(","))
        sites = [s for s in SITES if west <= s[1] <= east and south <= s[2] <= north]
    if "objectids" in query:
        wanted = {int(i) for i in query["objectids"].split(",")}
        sites = [s for s in SITES if s[0] in wanted]
    if query.get("returncountonly"):
        return plain({"count": len(sites)})
    if query.get("returnidsonly"):
        return plain({"objectIdFieldName": "OBJECTID", "objectIds": [s[0] for s in sites]})
    assert query["outsr"] == "4326"
    start = int(query.get("resultoffset", 0))
    size = most if "objectids" not in query else len(sites)
    part = sites[start : start + min(size, int(query.get("resultrecordcount", size)))]
    return plain(
        {
            "objectIdFieldName": "OBJECTID",
            "geometryType": "esriGeometryPoint",
            "spatialReference": {"wkid": 4326, "latestWkid": 4326},
            "fields": [
                {"name": "OBJECTID", "type": "esriFieldTypeOID", "alias": "OBJECTID"},
                {"name": "name", "type": "esriFieldTypeString", "alias": "name", "length": 50},
                {"name": "opened", "type": "esriFieldTypeDate", "alias": "opened", "length": 8},
            ],
            "features": [
                {
                    "attributes": {"OBJECTID": i, "name": f"site {i}", "opened": 1577836800000},
                    "geometry": {"x": x, "y": y},
                }
                for i, x, y in part
            ],
            "exceededTransferLimit": start + len(part) < len(sites),
        }
    )
