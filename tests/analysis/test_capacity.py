"""A user's capacities in the tonnes that the figures of each mineral weigh."""

from __future__ import annotations

import numpy as np
import pytest

from gisapp.analysis.changed import SiteChange, changed_layer
from gisapp.analysis.quantity import figures
from gisapp.analysis.selection import select
from gisapp.model.features import Features
from gisapp.model.layer import Layer
from gisapp.model.mapping import ColumnMapping
from gisapp.model.vocabulary import Role, Stage


def plants(minerals, capacity, unit="", role=Role.REFINERY, **columns):
    values = np.array(capacity, dtype=object if isinstance(capacity[0], str) else float)
    texts = {name: np.array(v, dtype=object) for name, v in columns.items()}
    return Layer(
        "mine",
        "Works",
        role,
        Features.from_points(
            np.zeros((len(minerals), 2)),
            {"mineral": np.array(minerals, dtype=object), "cap": values, **texts},
        ),
        mapping=ColumnMapping(
            columns=(("capacity", "cap"),), units=(("capacity", unit),) if unit else ()
        ),
    )


def capacity(layer, mineral=None):
    found = select([layer], layer.role, mineral=mineral)
    return found.capacity, found.notes


def test_kilotonnes_of_carbonate_are_tonnes_of_lithium():
    values, notes = capacity(plants(["lithium", "Li"], [12.0, 30.0], "kt LCE"))
    np.testing.assert_allclose(values, np.array([12e3, 30e3]) / 5.3233, rtol=1e-4)
    assert not notes


def test_figures_take_the_converted_capacity():
    layer = plants(["nickel"], [50.0], "Mlb Ni")
    values, _ = figures(select([layer], Role.REFINERY), "nickel", Stage.REFINING, {})
    assert values[0] == pytest.approx(50 * 453.59237)


def test_the_text_and_the_row_say_their_units_before_the_mapping():
    layer = plants(["uranium", "uranium", "uranium"], ["5 Mlb U3O8", "7", "2 kt"], "t")
    values, _ = capacity(layer)
    np.testing.assert_allclose(values, [5 * 453.59237 * 0.848, 7.0, 2000.0], rtol=1e-3)
    by_row = plants(["tin", "tin"], [1.0, 2.0], capacity_unit=["kt/yr", None])
    np.testing.assert_allclose(capacity(by_row)[0], [1000.0, 2.0])


def test_what_cannot_be_converted_is_unknown_and_told():
    layer = plants(["lithium", "lithium"], [12.0, np.nan], "kt spodumene concentrate")
    values, notes = capacity(layer)
    assert np.isnan(values).all()
    (note,) = notes
    assert note.startswith('Works: 1 capacity counts as unknown, since "kt spodumene concentrate"')
    assert note.endswith("cannot be turned into t Li content in chemicals.")


def test_products_that_are_counted_and_oxides_of_rare_earths():
    magnets = plants(["rare_earths"], [3.0], "kt NdFeB magnets", Role.MAGNET_PLANT)
    assert capacity(magnets)[0][0] == pytest.approx(3000.0)
    mined = plants(["rare_earths", "neodymium"], [1.0, 1.0], "kt NdPr oxide", Role.DEPOSIT)
    np.testing.assert_allclose(capacity(mined)[0], [1000.0, 1000.0])


def test_rows_without_a_mineral_are_of_the_one_asked_for():
    layer = plants([None], [10.0], "kt LCE")
    assert capacity(layer, "lithium")[0][0] == pytest.approx(1878.5, rel=1e-4)
    assert np.isnan(capacity(layer)[0][0])


def test_plain_tonnes_stay_what_they_were():
    values, notes = capacity(plants(["lithium", "cobalt;nickel"], [5.0, 6.0]))
    assert values.tolist() == [5.0, 6.0]
    assert not notes


def test_a_share_of_a_capacity_keeps_the_unit_in_its_text():
    layer = plants(["uranium", "uranium"], ["5 Mlb U3O8", "7"], "t")
    halved = changed_layer(layer, {0: SiteChange("operating", 0.5)})
    assert halved.features.columns["cap"].tolist() == ["2.5 Mlb U3O8", "7"]
    values, _ = capacity(halved)
    np.testing.assert_allclose(values, [2.5 * 453.59237 * 0.848, 7.0], rtol=1e-3)
