import gc
import weakref

from gisapp.model.vocabulary import Role, Stage, Status
from gisapp.workspace.filtering import passing_layer, rows_shown
from gisapp.workspace.state import Filter, LayerEntry


def rows(layer, mineral=None, **parts):
    found = rows_shown(layer, Filter(**parts), mineral)
    return None if found is None else found.tolist()


def test_every_part_of_the_filter(points):
    layer = points(
        "own",
        name=["Alpha", "Beta", None, "Delta"],
        owner=["Acme", "Beta corp", "x", None],
        status=["operating", "Planned", None, "closed"],
        country=["AUS", "chl", "CHN", None],
        owner_country=["CHN", "CHL", None, "AUS"],
        start_year=[1990.0, 2020.0, float("nan"), 2030.0],
        mineral=["Li; Co", "copper", None, "Nd"],
    )
    assert rows(layer) is None
    assert rows(layer, statuses=frozenset({Status.PLANNED})) == [1, 2]
    assert rows(layer, countries=frozenset({"AUS", "CHL"})) == [0, 1]
    assert rows(layer, owner_countries=frozenset({"CHN"})) == [0]
    assert rows(layer, first_year=2000) == [1, 2, 3]
    assert rows(layer, first_year=2000, last_year=2025) == [1, 2]
    assert rows(layer, text="BETA") == [1]
    assert rows(layer, stages=frozenset({Stage.MINING})) is None
    assert rows(layer, stages=frozenset({Stage.REFINING})) == []
    assert rows(layer, "lithium") == [0, 2]
    assert rows(layer, "cobalt") == [0, 2]
    assert rows(layer, "rare_earths") == [2, 3]
    assert rows(layer, "copper", statuses=frozenset({Status.PLANNED})) == [1, 2]


def test_a_layer_without_the_column_passes_or_has_no_country(points):
    layer = points("own", Role.REFINERY, name=["a", "b"])
    assert rows(layer, "tin", statuses=frozenset({Status.CLOSED}), first_year=2000) is None
    assert rows(layer, countries=frozenset({"AUS"})) == []


def test_a_backdrop_is_never_filtered(points):
    layer = points("own", Role.REFERENCE, mineral=["tin", "lead"])
    assert rows(layer, "tin", text="x", countries=frozenset({"AUS"})) is None
    assert rows(points("r", Role.TRADE_ROUTE, mineral=["tin", "copper"]), "tin", text="x") == [0]


def test_columns_are_read_through_the_mapping(desk):
    desk.run("question.mineral", mineral="lithium")
    layer = desk.state.entry("deposits").layer
    found = rows_shown(layer, Filter(), "lithium")
    minerals = layer.features.columns[
        "minerals" if "minerals" in layer.features.columns else "mineral"
    ]
    expected = [i for i, text in enumerate(minerals) if "lithium" in text.split(";")]
    assert found.tolist() == expected


def test_an_answer_is_kept_as_long_as_the_features_live(points):
    layer = points("own", mineral=["Li", "copper", None])
    first = rows_shown(layer, Filter(), "lithium")
    assert first is not None
    assert rows_shown(layer.with_(name="Renamed"), Filter(), "lithium") is first
    assert not first.flags.writeable
    held = weakref.ref(layer.features)
    del layer
    gc.collect()
    assert held() is None


def test_many_values_pass_as_few_do(points):
    names = [f"Site {i}" for i in range(120_000)]
    layer = points("many", name=names, start_year=[1900.0 + i % 150 for i in range(120_000)])
    assert rows(layer, text="site 99") == [
        i for i, n in enumerate(names) if n.startswith("Site 99")
    ]
    assert rows(layer, last_year=1900) == list(range(0, 120_000, 150))


def test_a_layers_own_condition_goes_before_the_filter(points):
    layer = points("own", country=["AUS", "CHL", None], capacity=[10.0, 2000.0, 3000.0])
    assert rows_shown(layer, Filter(), None, "capacity > 1000").tolist() == [1, 2]
    chile = Filter(countries=frozenset({"CHL"}))
    assert rows_shown(layer, chile, None, "capacity > 1000").tolist() == [1]
    assert rows_shown(layer, Filter(), None, "capacity > 0") is None
    assert rows_shown(layer, Filter(), None, "lost_column > 0").tolist() == []
    backdrop = layer.with_(role=Role.REFERENCE)
    assert rows_shown(backdrop, chile, None, "capacity > 1000").tolist() == [1, 2]
    entry = LayerEntry(layer, where="country = 'AUS'")
    assert passing_layer(entry, Filter(), None).features.columns["capacity"].tolist() == [10.0]
    assert passing_layer(LayerEntry(layer), Filter(), None) is layer
