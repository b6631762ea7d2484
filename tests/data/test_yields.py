"""The shipped yields, and a user's own over them."""

from __future__ import annotations

import pytest

from gisapp.data.shipped import load_facts
from gisapp.data.yields import read_yields
from gisapp.model.feedback import GisappError


@pytest.fixture(scope="module")
def shipped():
    return load_facts().yields


def test_every_row_has_a_range_and_a_source(shipped):
    assert len({row.id for row in shipped.rows}) == len(shipped.rows)
    for row in shipped.rows:
        assert row.low <= row.default <= row.high, row.id
        assert row.source, row.id
        assert row.name, row.id


def test_only_what_a_source_gives_is_no_assumption(shipped):
    assert [row.id for row in shipped.rows if not row.assumption] == [
        "ndpr_share:mountain-pass-mine"
    ]


def test_a_deposit_has_its_own_value(shipped):
    assert shipped.of("ndpr_share", "mountain-pass-mine") == 0.157
    assert shipped.of("ndpr_share", "elsewhere") == shipped["ndpr_share"]


def test_values_of_ones_own_go_over_the_table(tmp_path, shipped):
    path = tmp_path / "mine.csv"
    path.write_text("id,value\ny_metal,0.93\ny_press,\n", encoding="utf-8-sig")
    own = read_yields(path, shipped)
    assert own["y_metal"] == 0.93
    assert own.changed == (("y_metal", 0.93),)
    assert own.with_({"y_metal": shipped["y_metal"]}).changed == ()


def test_a_changed_copy_of_the_table_is_read(tmp_path, shipped):
    rows = [f"{r.id},{0.7 if r.id == 'y_machine' else r.default}" for r in shipped.rows]
    path = tmp_path / "copy.csv"
    path.write_text("\n".join(["id,default", *rows]), encoding="utf-8")
    assert read_yields(path, shipped).changed == (("y_machine", 0.7),)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("name,value\na,1\n", "unreadable"),
        ("id,value\ny_wrong,1\n", "unknown_yield"),
        ("id,value\ny_metal,much\n", "bad_yield"),
        ("id,value\ny_metal,nan\n", "bad_yield"),
        ("id,value\ny_metal,1.2\n", "bad_yield"),
        ("id,value\ny_metal,0\n", "bad_yield"),
    ],
)
def test_bad_tables_are_refused_in_a_sentence(tmp_path, shipped, text, code):
    path = tmp_path / "bad.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(GisappError) as refused:
        read_yields(path, shipped)
    assert refused.value.code == code
    assert refused.value.message.endswith(".")


def test_a_missing_table_is_refused(tmp_path, shipped):
    with pytest.raises(GisappError, match="cannot be read"):
        read_yields(tmp_path / "none.csv", shipped)
