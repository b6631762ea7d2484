"""Columns that hold a position, by name, by value, by hand; what is not sure is asked."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyproj
import pytest
import shapely

from gisapp.data.raw import Raw
from gisapp.data.reader import read_layers
from gisapp.data.table import read_table
from gisapp.model.feedback import GisappError, Severity
from gisapp.model.reading import ReadOptions

POINTS = shapely.points([[7.5, 51.25], [-70.25, -23.5]])
HERE = [[7.5, 51.25], [-70.25, -23.5]]


def read(tmp_path: Path, content: str, options: ReadOptions | None = None) -> Raw:
    path = tmp_path / "t.csv"
    path.write_text(content, encoding="utf-8")
    return read_table(path, options or ReadOptions())


def codes(raw: Raw) -> set[str]:
    return {p.code for p in raw.problems}


@pytest.mark.parametrize(
    "header",
    [
        "lat;lon", "Latitude (WGS84);Longitude (WGS84)", "Mine Latitude;Mine Longitude", "Y;X",
        "decimalLatitude;decimalLongitude", "LAT_DD;LONG_DD", "site_lat;site_lng", "GPS Lat;GPS Lon",
        "Breitengrad;Längengrad", "Geogr. Breite;Geogr. Länge", "latitud;longitud",
        "Latitudine;Longitudine", "szerokość geogr.;długość geogr.", "zeměpisná šířka;zeměpisná délka",
        "szélesség;hosszúság", "enlem;boylam", "широта;долгота", "leveysaste;pituusaste",
        "breddegrad;længdegrad", "γεωγραφικό πλάτος;γεωγραφικό μήκος", "纬度;经度", "緯度;経度",
        "위도;경도", "خط العرض;خط الطول", "קו רוחב;קו אורך", "lintang;bujur", "vĩ độ;kinh độ",
        "Northing;Easting", "point_y;point_x", "N;E", "coord. Y (m);coord. X (m)",
    ],
)  # fmt: skip
def test_names(tmp_path: Path, header: str) -> None:
    raw = read(tmp_path, f"name;{header}\na;51,25;7,5\nb;-23,5;-70,25\n")
    np.testing.assert_array_equal(raw.points, HERE)


@pytest.mark.parametrize(
    "content",
    [
        'name,a,b\nx,"51°15\'N","7°30\'E"\ny,"23°30\'S","70°15\'W"\n',
        'name,where\nx,"51°15\'N 7°30\'E"\ny,"S 23 30, W 70 15"\n',
        'name,Coordinates\nx,"51.25, 7.5"\ny,"-23.5, -70.25"\n',
        "name;lon/lat\nx;7,5 51,25\ny;-70,25 -23,5\n",
        "name,geom\nx,POINT (7.5 51.25)\ny,POINT (-70.25 -23.5)\n",
        "name,anything\nx,SRID=4326;POINT(7.5 51.25)\ny,SRID=4326;POINT(-70.25 -23.5)\n",
        f"name,wkb\nx,{shapely.to_wkb(POINTS[0], hex=True)}\ny,{shapely.to_wkb(POINTS[1], hex=True)}\n",
        "name;g\n" + "".join(f"x;{shapely.to_geojson(p)}\n" for p in POINTS),
    ],
)
def test_other_ways_to_say_a_position(tmp_path: Path, content: str) -> None:
    raw = read(tmp_path, content)
    np.testing.assert_allclose(raw.points, HERE, rtol=0, atol=1e-12)


def test_values_tell_where_names_do_not_and_the_user_is_asked(tmp_path: Path) -> None:
    content = "name,a,b,c\nx,51.12345,107.12345,3\ny,52.54321,113.54321,4\n"
    raw = read(tmp_path, content)
    np.testing.assert_array_equal(raw.points, [[107.12345, 51.12345], [113.54321, 52.54321]])
    assert "columns_guessed" in codes(raw)
    lon, lat = (f for f in raw.findings if f.code == "columns")
    assert (lon.option, lon.chosen, lon.sure) == ("lon", "b", False)
    assert (lat.option, lat.chosen, lat.sure) == ("lat", "a", False)
    assert all(choice.reason for choice in (*lon.choices, *lat.choices))
    chosen = ReadOptions().choosing("lon", "a").choosing("lat", "b")
    raw = read(tmp_path, content, chosen)
    np.testing.assert_array_equal(raw.points[0], [51.12345, 107.12345])
    assert all(f.sure for f in raw.findings)


def test_the_user_wins_over_names(tmp_path: Path) -> None:
    content = "lon,lat,x2,y2\n1,2,3,4\n"
    raw = read(tmp_path, content, ReadOptions(lon="x2", lat="y2"))
    np.testing.assert_array_equal(raw.points, [[3, 4]])
    with pytest.raises(GisappError) as caught:
        read(tmp_path, content, ReadOptions(lon="gone", lat="lat"))
    assert caught.value.code == "unknown_column"
    assert {f.option for f in caught.value.findings} == {"lon", "lat"}


def test_nothing_sure_is_refused_with_choices(tmp_path: Path) -> None:
    with pytest.raises(GisappError) as caught:
        read(tmp_path, "name,a,b,c\nx,51,7,3\ny,52,13,4\n")
    assert caught.value.code == "no_coordinates"
    assert [[c.value for c in f.choices] for f in caught.value.findings] == [["a", "b", "c"]] * 2


def test_countries_are_no_positions(tmp_path: Path) -> None:
    with pytest.raises(GisappError) as caught:
        read(tmp_path, "name,Country,v\nx,Chile,3\ny,Peru,4\n")
    assert caught.value.code == "no_coordinates"
    assert '"Country"' in caught.value.message


def test_pairs_that_may_be_either_way_are_asked(tmp_path: Path) -> None:
    content = 'name,Coordinates\nx,"12.5, 23.4"\n'
    raw = read(tmp_path, content)
    (finding,) = (f for f in raw.findings if f.code == "pair_order")
    assert not finding.sure
    swapped = read(tmp_path, content, ReadOptions().choosing(finding.option, "yes"))
    np.testing.assert_array_equal(raw.points, [[23.4, 12.5]])
    np.testing.assert_array_equal(swapped.points, [[12.5, 23.4]])
    sure = read(tmp_path, 'name,Coordinates\nx,"123.4, 23.4"\n')
    np.testing.assert_array_equal(sure.points, [[123.4, 23.4]])


@pytest.mark.parametrize(
    ("content", "lon", "sure"),
    [
        ("name;Länge;Breite\nx;13°30'O;52°N\n", 13.5, True),
        ("name;lon;lat\nx;13°30'O;52°N\ny;1°W;50°N\n", 13.5, True),
        ("name;lon;lat\nx;13°30'O;52°N\ny;1°E;50°N\n", -13.5, True),
        ("name;lon;lat\nx;13°30'O;52°N\n", -13.5, False),
    ],
)
def test_the_letter_o(tmp_path: Path, content: str, lon: float, sure: bool) -> None:
    raw = read(tmp_path, content)
    assert raw.points is not None
    assert raw.points[0, 0] == lon
    (finding,) = (f for f in raw.findings if f.option == "letter_o")
    assert finding.sure is sure


@pytest.mark.parametrize(
    ("header", "zone", "crs"),
    [
        ("Easting,Northing,Zone", "33N", "EPSG:32633"),
        ("X_UTM,Y_UTM,UTM Zone", "33U", "EPSG:32633"),
        ("Easting,Northing,Zone", "34T", "EPSG:32634"),
        ("Easting,Northing,Zone", "34M", "EPSG:32734"),
        ("UTM 34T Easting,UTM 34T Northing,note", "a", "EPSG:32634"),
        ("Easting UTM 19K,Northing UTM 19K,note", "a", "EPSG:32719"),
        ("Easting,Northing,Zone,Country", "19,Chile", "EPSG:32719"),
        ("Easting,Northing,Zone,Country", "19,CAN", "EPSG:32619"),
        ("Easting (UTM zone 35),Northing,Country", "South Africa", "EPSG:32735"),
        ("Este,Norte,Huso", "19 Sur", "EPSG:32719"),
        ("UTM 33N Easting,UTM 33N Northing,note", "a", "EPSG:32633"),
        ("Easting (UTM zone 19S PSAD56),Northing (UTM zone 19S PSAD56),note", "a", "EPSG:24879"),
        ("Easting NAD27,Northing NAD27,Zone", "12N", "EPSG:26712"),
        ("x,y,epsg", "25833", "EPSG:25833"),
        ("x_epsg31467,y_epsg31467,note", "a", "EPSG:31467"),
    ],
)
def test_utm_and_stated_crs(tmp_path: Path, header: str, zone: str, crs: str) -> None:
    raw = read(tmp_path, f"name,{header.replace(', ', ' ')}\nx,500000,5700000,{zone}\n")
    np.testing.assert_array_equal(raw.points, [[500_000, 5_700_000]])
    assert raw.crs == crs


def test_utm_of_several_zones(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("name,E,N,Zone\nx,500000,5700000,33U\ny,510000,7400000,19K\nz,1,1,\n")
    (layer,) = read_layers(path)
    north = pyproj.Proj("EPSG:32633")(500_000, 5_700_000, inverse=True)
    south = pyproj.Proj("EPSG:32719")(510_000, 7_400_000, inverse=True)
    np.testing.assert_allclose(layer.features.lonlat[:2], [north, south], atol=1e-9)
    assert np.isnan(layer.features.lonlat[2]).all()
    (told,) = (p for p in layer.problems if p.code == "utm_zones")
    assert "19S (1), 33N (1); 1 row names no zone" in told.message


def test_zones_of_letters_are_no_tonnes(tmp_path: Path) -> None:
    raw = read(tmp_path, "name,E,N,Zone\nx,500000,5700000,34T\ny,510000,5700000,34T\n")
    assert raw.columns["Zone"].tolist() == ["34T", "34T"]
    assert raw.units == {}
    assert [problem.code for problem in raw.problems] == ["utm_zone"]


def test_each_row_is_on_the_side_of_its_country(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text(
        "name,E,N,Zone,Country\nx,500000,5500000,19,Canada\ny,510000,7400000,19,Chile\n"
    )
    (layer,) = read_layers(path)
    assert (layer.features.lonlat[:, 1] > 0).tolist() == [True, False]
    assert {p.code: p.severity for p in layer.problems} == {
        "utm_hemisphere": Severity.INFO,
        "utm_zones": Severity.INFO,
    }


@pytest.mark.parametrize("more", ["", ",Country"])
def test_a_zone_without_hemisphere_is_asked(tmp_path: Path, more: str) -> None:
    country = more and ",Brazil"  # which is on both sides
    content = f"name,Este,Norte,Huso{more}\nx,500000,7400000,19{country}\n"
    raw = read(tmp_path, content)
    (finding,) = (f for f in raw.findings if f.option == "utm_south")
    assert not finding.sure
    assert raw.crs == "EPSG:32619"
    assert read(tmp_path, content, ReadOptions().choosing("utm_south", "yes")).crs == "EPSG:32719"


def test_a_datum_in_a_column(tmp_path: Path) -> None:
    raw = read(tmp_path, "name,lon,lat,datum\nx,-110,40,NAD27\ny,-111,41,NAD 27\n")
    assert raw.crs == "EPSG:4267"


def test_what_is_no_coordinate_is_told(tmp_path: Path) -> None:
    raw = read(tmp_path, "name,lon,lat\na,1,2\nb,3,4\nc,somewhere,5\n")
    (told,) = (p for p in raw.problems if p.code == "coordinates_unread")
    assert '"somewhere"' in told.message
    assert told.count == 1


@pytest.mark.parametrize("word", ["Summe", "TOTAL:", "Gesamt", "Итого", "合计", "Grand total"])
def test_a_last_row_of_sums_is_no_site(tmp_path: Path, word: str) -> None:
    raw = read(tmp_path, f"name;lat;lon;t\na;51.25;7.5;1\nb;-23.5;-70.25;2\n{word};;;3\n")
    np.testing.assert_array_equal(raw.points, HERE)
    assert len(raw.columns["t"]) == 2
    assert "total_left_out" in codes(raw)


@pytest.mark.parametrize("last", ["Total;51.25;7.5;3", "Total Mine;;;3"])
def test_a_site_whose_name_looks_like_a_total_stays(tmp_path: Path, last: str) -> None:
    raw = read(tmp_path, f"name;lat;lon;t\na;51.25;7.5;1\nb;-23.5;-70.25;2\n{last}\n")
    assert len(raw.columns["t"]) == 3
    assert "total_left_out" not in codes(raw)
