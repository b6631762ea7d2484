"""Two layers of one role compared and combined, through the commands, with their undo."""

from __future__ import annotations

import numpy as np
import pytest

from gisapp.data.shipped import load_layer
from gisapp.model.features import Features
from gisapp.model.feedback import GisappError
from gisapp.model.layer import Layer, Source
from gisapp.model.mapping import ColumnMapping
from gisapp.model.vocabulary import Role
from gisapp.workspace.layer_commands import add_layers
from gisapp.workspace.layer_pairs import FOUND_IN, check_pair, combine, compare


def own_layer(role=Role.REFINERY):
    """Return three plants: one of the shipped ones 200 m off, and two that are nowhere else."""
    shipped = load_layer("refineries")
    place = int(np.flatnonzero(np.isfinite(shipped.features.lonlat).all(axis=1))[0])
    lon, lat = shipped.features.lonlat[place]
    mineral = shipped.features.columns["mineral"][place].split(";")[0]
    lonlat = np.array([[lon, lat + 0.0018], [0.0, -40.0], [np.nan, np.nan]])
    columns = {
        "Werk": np.array(["Mine eins", "Zwei", "Drei"], dtype=object),
        "Rohstoff": np.array([mineral, "lithium", "lithium"], dtype=object),
        "kapazitaet_kt": np.array([5.0, 12.0, np.nan]),
        "note": np.array([1, 2, 3], dtype=np.int64),
    }
    mapping = ColumnMapping(
        (("capacity", "kapazitaet_kt"), ("mineral", "Rohstoff"), ("name", "Werk")),
        units=(("capacity", "kt LCE"),),
    )
    source = Source(title="own.csv", path="own.csv", licence="CC0")
    features = Features.from_points(lonlat, columns)
    return Layer("own", "Own plants", role, features, source, mapping), place


def test_a_comparison_says_of_every_site_where_it_is(facts):
    own, place = own_layer()
    shipped = load_layer("refineries")
    layer, said = compare(shipped, own, facts)
    found = layer.features.columns[FOUND_IN]
    count = {text: int((found == text).sum()) for text in set(found)}
    assert count == {
        "both Refineries and Own plants": 1,
        "only Refineries": len(shipped.features) - 1,
        "only Own plants": 2,
    }
    assert said.startswith("1 site in both, ")
    row = int(np.flatnonzero(found == "both Refineries and Own plants")[0])
    assert layer.features.columns["distance_km"][row] == pytest.approx(0.2, abs=0.01)
    assert layer.features.columns["name, Own plants"][row] == "Mine eins"
    assert (
        layer.features.columns["name, Refineries"][row] == (shipped.features.columns["name"][place])
    )
    assert layer.role is Role.REFERENCE  # counted by nothing
    assert [c.value for c in layer.style.categories.items] == [
        "both Refineries and Own plants", "only Refineries", "only Own plants",
    ]  # fmt: skip
    assert "own.csv" in layer.source.title


def test_a_combined_layer_has_each_site_once_with_its_origin(facts):
    own, place = own_layer()
    shipped = load_layer("refineries")
    layer, _said = combine(shipped, own, facts)
    columns = layer.features.columns
    assert len(layer.features) == len(shipped.features) + 2
    assert layer.role is Role.REFINERY
    assert columns["from_layer"].tolist()[-2:] == ["Own plants", "Own plants"]
    assert columns["also_in"][place] == "Own plants"
    assert columns["name"].tolist()[-2:] == ["Zwei", "Drei"]
    assert columns["capacity"][-2] == pytest.approx(12_000 / 5.3233, rel=1e-4)  # t of lithium
    assert columns["source"][0] == shipped.features.columns["source"][0]
    assert columns["source"][-1] == "own.csv"
    np.testing.assert_array_equal(columns["note"][-2:], [2.0, 3.0])
    assert np.isnan(columns["note"][0])
    assert columns["id"][0] == shipped.features.columns["id"][0]  # facts find their figures by it


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"id": "refineries"}, "same_layer"),
        ({"role": Role.DEPOSIT}, "other_role"),
        ({"features": Features.from_points(np.empty((0, 2)))}, "nothing_to_compare"),
    ],
)
def test_what_cannot_be_set_side_by_side_is_refused(change, code):
    with pytest.raises(GisappError) as caught:
        check_pair(load_layer("refineries"), own_layer()[0].with_(**change))
    assert caught.value.code == code


def test_both_are_one_step_of_the_history(desk):
    session = desk.session
    own, _ = own_layer()
    session.open(add_layers(session.state, [own]))
    session.jobs.wait()
    before = session.state
    session.run("layer.compare", layer_id="refineries", other_id="own")
    session.jobs.wait()
    assert [e.id for e in session.state.layers if e.id not in {x.id for x in before.layers}] == [
        "comparison"
    ]
    session.undo()
    session.jobs.wait()
    assert session.state == before
    session.run("layer.combine", layer_id="own", other_id="refineries")
    session.jobs.wait()
    shown = {e.id: e.visible for e in session.state.layers}
    assert (shown["own"], shown["refineries"], shown["combined"]) == (False, False, True)
    session.undo()
    session.jobs.wait()
    assert session.state == before
    session.redo()
    assert {e.id: e.visible for e in session.state.layers} == shown
