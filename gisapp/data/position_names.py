"""What people call columns that hold a position, in many languages."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from typing import Final


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


#: By axis, the surest first; accents, spaces and signs are off, as `bare` leaves a heading.
NAMES: Final[dict[str, tuple[str, ...]]] = {
    "lon": _words(
        "lon long longitude lng longitud longitudine lengdegrad laengdegrad langdegrad "
        "laengengrad langengrad laenge lange geogrlange geogrlaenge geographischelange "
        "geographischelaenge longitudegeographique longitudgeografica pituusaste pituus "
        "hosszusag foldrajzihosszusag dlugosc dlugoscgeograficzna dlgeogr delka "
        "zemepisnadelka dlzka zemepisnadlzka duzina geografskaduzina zemljepisnadolzina "
        "dolzina boylam ilguma garums pikkuskraad lengtegraad lengte bujur garisbujur "
        "kinhdo longitudo долгота довгота дължина геогрдолгота географическаядолгота "
        "бойлык уртраг дужина γεωγραφικομηκος μηκος 経度 经度 東経 东经 經度 경도 طول "
        "خططول خطالطول طولجغرافيايي طولجغرافیایی קואורך אורך देशांतर ลองจิจูด x xcoord "
        "xcoordinate coordx coordenadax koordinatex xkoordinate xkoord xcoor pointx "
        "easting east eastings este estex abscissa rechtswert rechts hochwertx utme utmx "
        "utmeast utmeasting mgax coordeste coordenadaeste ostwert eastingm xm"
    ),
    "lat": _words(
        "lat latitude latitud latitudine breddegrad breitengrad breite geogrbreite "
        "geographischebreite latitudegeographique latitudgeografica leveysaste leveys "
        "szelesseg foldrajziszelesseg szerokosc szerokoscgeograficzna szergeogr sirka "
        "zemepisnasirka sirina geografskasirina zemljepisnasirina enlem platuma platums "
        "laiuskraad breedtegraad breedte lintang garislintang vido latitudo широта "
        "географскаширина географическаяширота геогрширота ширина ендик өргөрөг "
        "γεωγραφικοπλατος πλατος 緯度 纬度 北緯 北纬 위도 عرض خطعرض خطالعرض عرضجغرافيايي "
        "عرضجغرافیایی קורוחב רוחב अक्षांश ละติจูด y ycoord ycoordinate coordy coordenaday "
        "koordinatey ykoordinate ykoord ycoor pointy northing north northings norte "
        "nortey ordinate hochwert hoch utmn utmy utmnorth utmnorthing mgay coordnorte "
        "coordenadanorte nordwert northingm ym"
    ),
    "pair": _words(
        "coordinates coordinate coords coord latlon latlong latlng latitudelongitude "
        "lonlat longlat lnglat longitudelatitude latitudeandlongitude latlonwgs84 gps "
        "gpscoordinates gpscoords geolocation geopoint geolocalizacion geo location "
        "position point xy yx coordenadas koordinaten coordonnees coordinaten koordinater "
        "wspolrzedne souradnice koordinaatit koordinatlar координаты 坐标 座標 经纬度 "
        "좌표 latlongdms positiondms lagekoordinaten ubicacion localizacao emplacement"
    ),
    "wkt": _words(
        "wkt geom geometry thegeom geomwkt wktgeom shape geometria geometrie wkbgeometry "
        "wkb ewkt ewkb geojson geomjson thegeomwkt geomtext wktgeometry footprintwkt"
    ),
    "zone": _words("zone utmzone utm zona zonautm huso husoutm zonenumber mgazone fuseau"),
    "hemisphere": _words("hemisphere hemi hemisferio hemisphare utmhemisphere ns"),
    "crs": _words(
        "crs srs srid epsg epsgcode datum geodeticdatum horizontaldatum coordinatesystem "
        "spatialreference bezugssystem projection proj coordsys latlongdatum"
    ),
}
#: Words in a heading that say nothing of the axis.
_NOISE: Final = frozenset(
    _words(
        "wgs wgs84 84 dd ddd deg degree degrees decimal dec dms grad gps coord "
        "coordinate coords "
        "coordinates site mine mina plant deposit project facility location loc centroid center "
        "centre point pt geo geographic geogr approx approximate n s e w m metres meters metre "
        "meter in the of epsg 4326 nad83 nad27 nad 83 27 etrs89 gda94 gda2020 utm zone value "
        "position start from origin d nr no orig original field main 1 der proj projected map mga "
        "decimales grados grade"
    )
)
#: Zones ("33n") and datums.
_NUMBERED: Final = re.compile(r"\d+[a-z]?|(psad|sad|ed|etrs|gda|sirgas|wgs|nad|mga|osgb|epsg)\d*")
_METRIC: Final = re.compile(
    r"east|north|utm|rechts|hochwert|ostwert|nordwert|\bm\b|met(er|re)s?\b|\beste\b|\bnorte\b",
    re.IGNORECASE,
)


#: Letters that are no others with an accent.
_LETTERS: Final = str.maketrans(
    {"ß": "ss", "ł": "l", "đ": "d", "ø": "o", "æ": "ae", "œ": "oe", "\u0131": "i"}
)


@cache
def bare(name: str) -> str:
    """Return a heading without its accents, spaces and signs: "Geogr. Länge" is geogrlange."""
    return re.sub(r"[\W_]+", "", _no_accents(name))


def _no_accents(name: str) -> str:
    letters = unicodedata.normalize("NFKD", name.casefold().translate(_LETTERS))
    return "".join(c for c in letters if not unicodedata.combining(c))


@cache
def _known(kind: str) -> dict[str, int]:
    return {bare(word): rank for rank, word in reversed(list(enumerate(NAMES[kind])))}


@cache
def rank(name: str, kind: str) -> int | None:
    """Return how surely a heading means this, 0 the surest; None where it does not.

    "Latitude (WGS84, decimal degrees)" and "site_lat" mean what "latitude" and "lat" do.
    """
    known = _known(kind)
    whole = bare(name)
    if whole in known:
        return known[whole]
    split = re.sub(r"([a-z])([A-Z])", r"\1 \2", name)
    words = [w for w in re.split(r"[\W_]+", _no_accents(split)) if w]
    left = [w for w in words if w not in _NOISE and not _NUMBERED.fullmatch(w)]
    if not left:  # "N" and "E", alone or with a unit
        letters = {"lon": "e", "lat": "n"}
        alone = [w for w in words if w in {"e", "n"}] == [letters.get(kind)]
        return 9 * len(known) if alone else None
    stripped = "".join(left)
    if stripped in known:
        return len(known) + known[stripped]
    glued = re.sub(r"(dd|dec|deg|dms|wgs84|wgs|84|decimal)$|^(dec|decimal)", "", stripped)
    if glued in known and len(glued) > 1:
        return 2 * len(known) + known[glued]
    last = left[-1]  # "where.lat", "smelter longitude"
    return 3 * len(known) + known[last] if len(last) > 2 and last in known else None


def ranked(names: Iterable[str], kind: str) -> list[str]:
    """Return the headings that mean this, the surest first."""
    found = [(r, i, n) for i, n in enumerate(names) if (r := rank(n, kind)) is not None]
    return [name for _, _, name in sorted(found)]


def is_part(name: str) -> bool:
    """Tell whether a heading means one axis of a position, or a zone of its numbers."""
    return any(rank(name, kind) is not None for kind in ("lon", "lat", "zone"))


def is_plain(name: str) -> bool:
    """Tell whether a heading is a word for longitude or latitude, not just "x"."""
    return any(bare(name) in _known(k) and _known(k)[bare(name)] < _known(k)[end]
               for k, end in (("lon", "x"), ("lat", "y")))  # fmt: skip


def says_metres(name: str) -> bool:
    """Tell whether a heading names metres: easting, UTM, "x (m)"."""
    return _METRIC.search(name.replace("_", " ")) is not None


def lon_first(name: str) -> bool | None:
    """Tell whether a heading of pairs says longitude first; None where it says nothing."""
    text = bare(name)
    at = [next((text.find(w) for w in words if w in text), -1) for words in _ORDER]
    if text in {"xy", "yx"}:
        return text == "xy"
    return None if min(at) < 0 else at[0] < at[1]


_ORDER: Final = (("lon", "lng", "lang", "долг", "经"), ("lat", "breit", "широт", "纬"))
