"""Addresses: what they lead to, and that no secret of theirs is kept."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gisapp.data.address import Kind, is_address, parse, safe_text, with_password
from gisapp.model.feedback import GisappError

SECRETS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), min_size=1, max_size=20)


@given(SECRETS)
def test_a_password_typed_beside_is_never_kept(secret):
    text = with_password("postgresql://me@host:5432/db", secret)
    assert parse(text).safe == "postgresql://me@host:5432/db"


@given(SECRETS, st.sampled_from(["postgresql", "https"]))
def test_a_password_typed_as_it_is_is_never_kept(secret, scheme):
    marked = f"Zq7{secret}Xw9"
    kept = safe_text(f"{scheme}://me:{marked}@host/db")
    assert "Zq7" not in kept
    assert "Xw9" not in kept


@given(SECRETS)
def test_a_token_is_never_kept(secret):
    text = f"https://host/x/FeatureServer/0?f=1&token=Zq7{secret}"
    assert "Zq7" not in safe_text(text)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("postgresql://me@h/d", Kind.POSTGIS),
        ("postgres:///d", Kind.POSTGIS),
        ("https://h/a/rest/services/X/FeatureServer/3", Kind.ARCGIS),
        ("https://h/a/rest/services/X/MapServer/?token=1", Kind.ARCGIS),
        ("https://h/geoserver/ows?service=WFS", Kind.WFS),
    ],
)
def test_kinds(text, kind):
    assert is_address(text)
    assert parse(text).kind is kind


@pytest.mark.parametrize("text", ["file:///etc/passwd", "ftp://h/x", "http://", "https://[h/x"])
def test_others_are_refused(text):
    with pytest.raises(GisappError) as caught:
        parse(text)
    assert caught.value.code == "bad_address"


@pytest.mark.parametrize("path", ["mines.shp", "C:\\data\\mines.shp", "/data/a:b.gpkg", "data:x"])
def test_paths_are_no_addresses(path):
    assert not is_address(path)
