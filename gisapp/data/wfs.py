"""Layers of a Web Feature Service (OGC WFS 1.0 to 2.0): capabilities, then features by page.

GDAL's own driver follows the addresses that a server's answer names, whatever they are; ours asks
the address that the user typed and no other, and GDAL reads what came.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from xml.etree import ElementTree as ET

from gisapp.data import arrow, gdal
from gisapp.data.address import Address
from gisapp.data.listed import Listed, chosen
from gisapp.data.online import Web
from gisapp.data.raw import Raw
from gisapp.model.feedback import Feedback, GisappError, Problem, Severity
from gisapp.model.reading import Bounds, ReadOptions

_MOST: Final = 500_000
_PAGE: Final = 10_000
_JSON: Final = ("application/json", "json", "geojson", "application/geo+json")
_VERSIONS: Final = ("2.0.0", "1.1.0", "1.0.0")


@dataclass(frozen=True)
class _Service:
    """What the capabilities say."""

    version: str
    json: str
    layers: tuple[Listed, ...]


def contents(
    address: Address, *, online: bool, feedback: Feedback | None = None
) -> tuple[Listed, ...]:
    """List the service's layers; how many features they have only the server knows.

    Raises
    ------
    GisappError
        Those of `Web.get`; not_a_service.
    """
    return _capabilities(Web(address, online, feedback)).layers


def read(
    address: Address,
    options: ReadOptions,
    scratch: Path,
    *,
    online: bool,
    feedback: Feedback | None = None,
) -> Iterator[Raw]:
    """Read the layers that the options name.

    Raises
    ------
    GisappError
        As `contents`; besides unknown_layer, choose_layer, service_refused, too_large.
    """
    web = Web(address, online, feedback)
    service = _capabilities(web)
    for number, each in enumerate(chosen(service.layers, options, address.title)):
        if service.json:
            raw = _read_json(web, service, each, options, scratch / f"{number}.geojson")
        else:
            raw = _read_gml(web, service, each, options, scratch / f"{number}.gml")
        raw.name, raw.layer, raw.driver = each.title, each.layer, "WFS"
        yield raw


def _capabilities(web: Web) -> _Service:
    root = _xml(web, web.get(service="WFS", request="GetCapabilities"))
    if not root.tag.endswith("Capabilities"):
        raise _no_service(web)
    version = root.get("version", "")
    formats = [e.text or "" for e in root.iter() if _tag(e) == "Value"]
    formats += [e.text or "" for e in root.iter() if _tag(e) in {"OutputFormat", "Format"}]
    by_name = {text.strip().lower(): text.strip() for text in formats}
    layers = []
    for kind in (e for e in root.iter() if _tag(e) == "FeatureType"):
        said = {_tag(e): (e.text or "").strip() for e in kind}
        name = said.get("Name", "")
        if name:
            crs = said.get("DefaultCRS") or said.get("DefaultSRS") or said.get("SRS") or ""
            code = re.search(r"EPSG:+(?:[\d.]*:)?(\d+)$", crs)
            title = said.get("Title") or name.rpartition(":")[2]
            layers.append(Listed(name, title, crs=f"EPSG:{code[1]}" if code else ""))
    return _Service(
        version if version in _VERSIONS else "2.0.0",
        next((by_name[f] for f in _JSON if f in by_name), ""),
        tuple(layers),
    )


def _read_json(
    web: Web,
    service: _Service,
    layer: Listed,
    options: ReadOptions,
    file: Path,
) -> Raw:
    feedback = web.feedback
    features: list[Any] = []
    seen: set[str] = set()
    promised: int | None = None
    most = _MOST if options.limit is None else min(_MOST, options.limit)
    paged = service.version == "2.0.0"
    while True:
        size = min(_PAGE, most - len(features)) if paged else most
        query: dict[str, Any] = {"startIndex": len(features)} if paged and features else {}
        answer = web.get(
            **_query(service, layer, options.bounds, size),
            outputFormat=service.json,
            srsName="EPSG:4326",
            **query,
        )
        page = _page(web, answer)
        fresh = [f for f in page["features"] if _id(f) is None or _id(f) not in seen]
        seen.update(str(_id(f)) for f in fresh if _id(f) is not None)
        features.extend(fresh)
        told = page.get("numberMatched", page.get("totalFeatures"))
        promised = told if isinstance(told, int) else promised
        whole = len(page["features"]) < size if promised is None else len(features) >= promised
        if feedback is not None and promised:
            feedback.check(min(len(features) / promised, 1.0), f"Fetching {layer.title}")
        if not paged or not fresh or whole or len(features) >= most:
            break
    features = features[:most]
    document = {"type": "FeatureCollection", "features": features}
    file.write_text(json.dumps(document), encoding="utf-8")
    raw, attributes = gdal.read(file, None, feedback=feedback)
    raw.columns = arrow.columns_of(attributes, feedback=feedback)
    _tell_cut(raw, web, len(features), promised, options)
    return raw


def _read_gml(
    web: Web,
    service: _Service,
    layer: Listed,
    options: ReadOptions,
    file: Path,
) -> Raw:
    most = _MOST if options.limit is None else min(_MOST, options.limit)
    answer = web.get(**_query(service, layer, options.bounds, most))
    root = _xml(web, answer)
    if not root.tag.endswith("FeatureCollection"):
        raise _no_service(web)
    file.write_bytes(answer)
    names = gdal.layer_names(file)
    if not names:
        return Raw(layer.title, "WFS", {}, crs="EPSG:4326")
    raw, attributes = gdal.read(file, names[0], feedback=web.feedback)
    raw.columns = arrow.columns_of(attributes, feedback=web.feedback)
    matched = root.get("numberMatched", "")
    _tell_cut(raw, web, len(attributes), int(matched) if matched.isdecimal() else None, options)
    return raw


def _query(service: _Service, layer: Listed, bounds: Bounds | None, size: int) -> dict[str, Any]:
    new = service.version == "2.0.0"
    query = {
        "service": "WFS",
        "version": service.version,
        "request": "GetFeature",
        "typeNames" if new else "typeName": layer.layer,
        "count" if new else "maxFeatures": size,
    }
    if bounds is not None:
        west, south, east, north = bounds
        if west > east:  # a box cannot cross the 180th meridian; what is too much is left out later
            west, east = -180.0, 180.0
        query["bbox"] = (
            f"{west},{south},{east},{north}"
            if service.version == "1.0.0"
            else f"{south},{west},{north},{east},urn:ogc:def:crs:EPSG::4326"
        )
    return query


def _page(web: Web, answer: bytes) -> dict[str, Any]:
    if answer.lstrip()[:1] == b"<":
        _xml(web, answer)  # an exception of the service, told as such
    try:
        page = json.loads(answer)
    except (ValueError, RecursionError):
        raise _no_service(web) from None
    if not isinstance(page, dict) or not isinstance(page.get("features"), list):
        raise _no_service(web)
    return page


def _id(feature: Any) -> Any:
    return feature.get("id") if isinstance(feature, dict) else None


def _tell_cut(raw: Raw, web: Web, count: int, promised: int | None, options: ReadOptions) -> None:
    if promised is not None and count < promised and count != options.limit:
        raw.problems.append(
            Problem(
                "truncated",
                Severity.WARNING,
                f"{web.address.title} has {promised:,} features there, but sent {count:,}.",
                "Read only what the map shows.",
                promised - count,
            )
        )


def _xml(web: Web, answer: bytes) -> ET.Element:
    """Return an answer's root; one with a document type is refused, since entities can explode."""
    if b"<!DOCTYPE" in answer or b"<!ENTITY" in answer:
        raise _no_service(web)
    try:
        root = ET.fromstring(answer)  # noqa: S314 - without a document type there are no entities
    except (ET.ParseError, LookupError, ValueError):
        raise _no_service(web) from None
    if _tag(root) in {"ExceptionReport", "ServiceExceptionReport"}:
        said = " ".join(" ".join(root.itertext()).split())[:200]
        raise GisappError("service_refused", f"{web.address.title} refused the request.", said)
    return root


def _tag(element: ET.Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _no_service(web: Web) -> GisappError:
    return GisappError(
        "not_a_service",
        f"{web.address.title} does not answer as a Web Feature Service.",
        "Give the address of the service itself, for example https://host/geoserver/wfs.",
    )
