"""Passages and countries as people name them: those of the network, and no others."""

from __future__ import annotations

import pytest

from gisapp.data.shipped import load_layer
from gisapp.model.feedback import GisappError
from gisapp.workspace.passages import avoidance, passage_titles, passages, passed_titles
from gisapp.workspace.routing import router


def test_the_passages_are_those_that_the_router_knows() -> None:
    sea = router().sea.passages
    assert passage_titles() == {passage.id: passage.name for passage in sea}
    assert passed_titles().keys() == {p.id for p in sea if not p.usually_closed}
    assert {"messina", "suez", "polar-ice"} <= passage_titles().keys()
    assert "polar-ice" not in passed_titles()


def test_the_layer_on_the_map_names_them_the_same() -> None:
    columns = load_layer("chokepoints").features.columns
    shown = dict(zip(columns["id"], columns["name"], strict=True))
    both = passage_titles().keys() & shown.keys()
    assert len(both) > 30
    assert {code: passage_titles()[code] for code in both} == {code: shown[code] for code in both}


def test_passages_and_countries_are_told_apart(facts) -> None:
    found = avoidance(
        ["Suez", " rus", "", "panama", "irn"], facts.countries, opened=["vilkitsky", ""]
    )
    assert found.passages == {"suez", "panama"}
    assert found.countries == {"RUS", "IRN"}
    assert found.opened == {"vilkitsky"}
    assert avoidance((), facts.countries) == avoidance(["", " "], facts.countries)


def test_what_is_neither_is_refused_with_what_there_is(facts) -> None:
    with pytest.raises(GisappError, match='"styx" is no passage and no country') as refused:
        avoidance(["suez", "styx"], facts.countries)
    assert refused.value.code == "unknown_place"
    assert "malacca, messina" in refused.value.hint
    for asked in (lambda: passages(["styx"]), lambda: avoidance([], {}, opened=["styx"])):
        with pytest.raises(GisappError, match='No passage is called "styx"') as refused:
            asked()
        assert refused.value.code == "unknown_passage"
