"""The plants on a site's card: the right ones, nearest first, of the layers in view."""

from gisapp.model.vocabulary import Role
from gisapp.workspace.nearest_plants import COUNT, nearest_plants


def test_the_nearest_plants_of_a_mine_and_none_of_a_hidden_layer(desk):
    state, facts = desk.state, desk.session.facts
    layer = state.entry("deposits").layer
    row = list(layer.features.columns["id"]).index("greenbushes-mine")
    ask = {"mineral": "lithium", "to": Role.REFINERY, "facts": facts}
    rows = nearest_plants(state, layer, row, **ask).rows
    assert len(rows) == COUNT
    assert rows["distance_km"].is_monotonic_increasing
    assert set(rows["plant_country"][:1]) == {"AUS"}
    desk.run("layer.show", layer_id="refineries", visible=False)
    rows = nearest_plants(desk.state, layer, row, **ask).rows
    assert list(rows["status"]) == ["no_plant"]
