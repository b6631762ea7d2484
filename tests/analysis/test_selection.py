from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date

import numpy as np
import pytest

from gisapp.analysis.jurisdiction import JurisdictionIndex
from gisapp.analysis.selection import NOWHERE, select
from gisapp.model.facts import Facts
from gisapp.model.features import Features
from gisapp.model.feedback import GisappError
from gisapp.model.layer import Layer
from gisapp.model.mapping import ColumnMapping
from gisapp.model.vocabulary import Basis, Role, Status

MakeLayer = Callable[..., Layer]


def test_user_columns_synonyms_and_separators(make_layer: MakeLayer) -> None:
    layer = make_layer(
        Role.DEPOSIT,
        [(0, 0)] * 6,
        commodity=["Li", "Lithium / Tantalum", "REE", "unobtainium", None, "Nd, Pr"],
        state=["Operating", "PLANNED", "", "operating", "closed", "operating"],
    ).with_(mapping=ColumnMapping(columns=(("mineral", "commodity"), ("status", "state"))))
    rows = select([layer], Role.DEPOSIT, mineral="lithium").row.tolist()
    assert rows == [0, 1, 4]  # what has no mineral counts as any, what has an unknown one does not
    assert select([layer], Role.DEPOSIT, mineral="rare_earths").row.tolist() == [2, 4, 5]
    chosen = select([layer], Role.DEPOSIT, statuses={Status.OPERATING})
    assert chosen.row.tolist() == [0, 2, 3, 5]
    assert any("without a known status" in note for note in chosen.notes)


def test_what_users_call_things(make_layer: MakeLayer, facts: Facts) -> None:
    layer = make_layer(
        Role.REFINERY,
        [(0, 0)] * 5,
        mineral=[
            "Cu-Co",
            "Rare Earth Elements (REE)",
            "Lithium (spodumene)",
            "Gold",
            "rare-earths",
        ],
        status=["Active", "Care and  maintenance", "under construction", "who knows", "CLOSED"],
        owner_country=["China", "usa", "United Kingdom", "AU", "Atlantis"],
    )
    found = select([layer], Role.REFINERY, facts=facts)
    assert found.minerals[0] == {"copper", "cobalt"}
    assert found.minerals[1] == found.minerals[4] == {"rare_earths"}
    assert found.minerals[2] == {"lithium"}
    assert not found.minerals[3] & {"lithium", "copper"}
    assert found.status.tolist() == ["operating", "suspended", "construction", "", "closed"]
    assert found.owner_country.tolist() == ["CHN", "USA", "GBR", "AUS", ""]


def test_a_date_column_gives_the_start_year(make_layer: MakeLayer) -> None:
    layer = make_layer(Role.REFINERY, [(0, 0)] * 2, status=["operating"] * 2)
    opened = np.array(["2030-05-01", "NaT"], dtype="datetime64[D]")
    layer = layer.with_(features=layer.features.with_columns(start_year=opened))
    assert select([layer], Role.REFINERY, as_of=date(2026, 1, 1)).row.tolist() == [1]


def test_dates_roles_and_several_layers(make_layer: MakeLayer) -> None:
    old = make_layer(Role.REFINERY, [(0, 0)], id=["a"], status=["operating"], start_year=[2010])
    new = make_layer(
        Role.REFINERY,
        [(1, 1), (2, 2)],
        id=["b", "c"],
        status=["operating", "planned"],
        start_year=[2030, 2030],
    )
    mine = make_layer(Role.DEPOSIT, [(3, 3)], id=["m"])
    found = select([old, mine, new], Role.REFINERY, as_of=date(2026, 1, 1))
    assert found.id.tolist() == ["a", "c"]
    assert found.lonlat.tolist() == [[0, 0], [2, 2]]
    assert len(select([], Role.REFINERY)) == 0
    with pytest.raises(GisappError, match="no facilities"):
        select([old], Role.JURISDICTION)


def test_home_by_listing(make_layer: MakeLayer) -> None:
    layer = make_layer(
        Role.DEPOSIT, [(0, 0)] * 6, listing=["ASX", "private", "State", "", None, "EURONEXT"]
    )
    homes = select([layer], Role.DEPOSIT).home(Basis.LISTING).tolist()
    assert homes == ["AUS", NOWHERE, NOWHERE, "", "", ""]


def test_countries_by_name_and_by_position(
    make_layer: MakeLayer, facts: Facts, jurisdictions: Layer
) -> None:
    layer = make_layer(
        Role.DEPOSIT, [(120, -25), (-70, -23), (2, 47)], country=["Australia", "chl", None]
    )
    named = select([layer], Role.DEPOSIT, facts=facts)
    assert named.country.tolist() == ["AUS", "CHL", ""]
    index = JurisdictionIndex(jurisdictions)
    placed = select([layer], Role.DEPOSIT, facts=facts, jurisdictions=index)
    assert placed.country.tolist() == ["AUS", "CHL", "FRA"]


def test_a_hundred_thousand_rows_are_quick() -> None:
    n = 100_000
    rng = np.random.default_rng(0)
    words = np.array(["Li;Ta", "copper", None], dtype=object)
    layer = Layer(
        "big",
        "Big",
        Role.DEPOSIT,
        Features.from_points(
            rng.uniform(-80, 80, (n, 2)), {"mineral": words[rng.integers(0, 3, n)]}
        ),
    )
    start = time.perf_counter()
    found = select([layer], Role.DEPOSIT, mineral="lithium")
    assert (
        time.perf_counter() - start < 10.0
    )  # a row at a time takes minutes; 0.15 s on a quiet machine
    assert 60_000 < len(found) < 72_000
