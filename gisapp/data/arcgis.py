"""Layers of an ArcGIS FeatureServer or MapServer, page by page.

Answers are Esri JSON in WGS 84 (`outSR=4326`), which GDAL reads.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from gisapp.data import arrow, gdal
from gisapp.data.address import Address, parse
from gisapp.data.listed import Listed, chosen
from gisapp.data.online import Web
from gisapp.data.raw import Raw
from gisapp.model.feedback import Feedback, GisappError, Problem, Severity
from gisapp.model.reading import Bounds, ReadOptions

_MOST: Final = 500_000
_PAGE: Final = 2_000
_TYPES: Final = {
    "esriGeometryPoint": "Point",
    "esriGeometryMultipoint": "MultiPoint",
    "esriGeometryPolyline": "LineString",
    "esriGeometryPolygon": "Polygon",
}
_LAYER: Final = re.compile(r"^(.*(?:feature|map)server)/(\d+)/?$", re.IGNORECASE)


def contents(
    address: Address, *, online: bool, feedback: Feedback | None = None
) -> tuple[Listed, ...]:
    """List the service's layers with their exact counts; of an address with a number that layer.

    Raises
    ------
    GisappError
        Those of `Web.get`; not_a_service, service_refused.
    """
    web, number = _service(address, online, feedback)
    described = _json(web, f"/{number}" if number else "")
    layers = [described] if number else described.get("layers") or []
    if not isinstance(layers, list) or not all(isinstance(e, dict) and "id" in e for e in layers):
        raise _no_service(address)
    listed: list[Listed] = []
    for each in layers:
        if each.get("subLayerIds") or each.get("type") in {"Group Layer", "Raster Layer", "Table"}:
            continue
        if feedback is not None:
            feedback.check(len(listed) / len(layers), "Listing layers")
        listed.append(
            Listed(
                str(each["id"]),
                str(each.get("name") or each["id"]),
                _count(web, str(each["id"]), None),
                geometry_type=_TYPES.get(str(each.get("geometryType")), ""),
                crs="EPSG:4326",
            )
        )
    return tuple(listed)


def read(
    address: Address,
    options: ReadOptions,
    scratch: Path,
    *,
    online: bool,
    feedback: Feedback | None = None,
) -> Iterator[Raw]:
    """Read the layers that the options name, by number or title.

    Raises
    ------
    GisappError
        As `contents`; besides unknown_layer, choose_layer, too_large.
    """
    web, _ = _service(address, online, feedback)
    for each in chosen(contents(address, online=online, feedback=feedback), options, address.title):
        yield _read(web, each, options, scratch / f"{each.layer}.json", feedback)


def _service(address: Address, online: bool, feedback: Feedback | None) -> tuple[Web, str]:
    """Return the service above a layer's address, and the layer's number or ""."""
    base, _, query = address.text.partition("?")
    layer = _LAYER.match(base)
    if layer is None:
        return Web(address, online, feedback), ""
    above = parse(f"{layer[1]}?{query}" if query else layer[1])
    return Web(above, online, feedback), layer[2]


def _read(
    web: Web, layer: Listed, options: ReadOptions, file: Path, feedback: Feedback | None
) -> Raw:
    described = _json(web, f"/{layer.layer}")
    count = _count(web, layer.layer, options.bounds)
    wanted = count if options.limit is None else min(count, options.limit)
    if wanted > _MOST:
        raise GisappError(
            "too_large",
            f'"{layer.title}" has {count:,} features; no more than {_MOST:,} are fetched.',
            "Read only what the map shows.",
        )
    document: dict[str, Any] = {}
    features: list[Any] = []
    seen: set[Any] = set()
    for page in _pages(web, layer.layer, described, wanted, options.bounds):
        document = document or {k: v for k, v in page.items() if k != "exceededTransferLimit"}
        fresh = _unseen(page, seen)
        features.extend(fresh)
        if not fresh:  # a server that knows no pages gives the first one again and again
            break
        if feedback is not None:
            feedback.check(min(len(features) / max(wanted, 1), 1.0), f"Fetching {layer.title}")
    document["features"] = features[:wanted]
    file.write_text(json.dumps(document), encoding="utf-8")
    raw, attributes = gdal.read(file, None, feedback=feedback)
    raw.columns = arrow.columns_of(attributes, feedback=feedback)
    raw.name, raw.layer, raw.driver = layer.title, layer.layer, "ArcGIS"
    if len(features) < wanted:
        raw.problems.append(
            Problem(
                "truncated",
                Severity.WARNING,
                f"{web.address.title} promises {wanted:,} features, but sent {len(features):,}.",
                "Read it again.",
                wanted - len(features),
            )
        )
    return raw


def _pages(
    web: Web, layer: str, described: dict[str, Any], wanted: int, bounds: Bounds | None
) -> Iterator[dict[str, Any]]:
    size = min(int(described.get("maxRecordCount") or _PAGE), _PAGE)
    able = described.get("advancedQueryCapabilities") or {}
    if not able.get("supportsPagination", False):
        ids = _ids(web, layer, bounds)[:wanted]
        for start in range(0, max(len(ids), 1), 200):
            some = ",".join(str(i) for i in ids[start : start + 200])
            yield _page(web, layer, objectIds=some) if some else _page(web, layer, where="1=0")
        return
    done = 0
    order = described.get("objectIdField") or next(
        (f["name"] for f in described.get("fields") or () if f.get("type") == "esriFieldTypeOID"),
        "",
    )
    ordered = {"orderByFields": order} if order else {}
    while True:
        page = _page(
            web,
            layer,
            where="1=1",
            resultOffset=done,
            resultRecordCount=min(size, max(wanted - done, 1)),
            **ordered,
            **_box(bounds),
        )
        yield page
        done += len(page["features"])
        if not page["features"] or done >= wanted:
            return


def _unseen(page: dict[str, Any], seen: set[Any]) -> list[Any]:
    """Return the features of a page that came with none before, by their object ids."""
    key = page.get("objectIdFieldName")
    fresh = []
    for feature in page["features"]:
        attributes = feature.get("attributes") if isinstance(feature, dict) else None
        number = attributes.get(key) if isinstance(attributes, dict) else None
        if number is None or number not in seen:
            fresh.append(feature)
            seen.add(number)
    return fresh


def _page(web: Web, layer: str, **query: Any) -> dict[str, Any]:
    page = _json(web, f"/{layer}/query", outFields="*", outSR=4326, returnGeometry="true", **query)
    if not isinstance(page.get("features"), list):
        raise _no_service(web.address)
    return page


def _ids(web: Web, layer: str, bounds: Bounds | None) -> list[int]:
    found = _json(web, f"/{layer}/query", where="1=1", returnIdsOnly="true", **_box(bounds))
    return sorted(int(i) for i in found.get("objectIds") or ())


def _count(web: Web, layer: str, bounds: Bounds | None) -> int:
    found = _json(web, f"/{layer}/query", where="1=1", returnCountOnly="true", **_box(bounds))
    count = found.get("count")
    if not isinstance(count, int):
        raise _no_service(web.address)
    return count


def _box(bounds: Bounds | None) -> dict[str, Any]:
    if bounds is None:
        return {}
    west, south, east, north = bounds
    if (
        west > east
    ):  # an envelope cannot cross the 180th meridian; what is too much is left out later
        west, east = -180.0, 180.0
    return {
        "geometry": f"{west},{south},{east},{north}",
        "geometryType": "esriGeometryEnvelope",
        "inSR": 4326,
        "spatialRel": "esriSpatialRelIntersects",
    }


def _json(web: Web, path: str, **query: Any) -> dict[str, Any]:
    try:
        document = json.loads(web.get(path, f="json", **query))
    except (ValueError, RecursionError):
        raise _no_service(web.address) from None
    if not isinstance(document, dict):
        raise _no_service(web.address)
    if "error" in document:
        error = document["error"] if isinstance(document["error"], dict) else {}
        if error.get("code") in {401, 403, 498, 499}:
            raise GisappError(
                "wrong_password",
                f"{web.address.title} wants a valid token.",
                "Add ?token=... to the address; it is used and not kept.",
            )
        said = " ".join(str(error.get("message", "")).split())[:200]
        raise GisappError("service_refused", f"{web.address.title} refused the request.", said)
    return document


def _no_service(address: Address) -> GisappError:
    return GisappError(
        "not_a_service",
        f"{address.title} does not answer as an ArcGIS service.",
        "The address ends in /FeatureServer or /MapServer, perhaps with a layer's number.",
    )
