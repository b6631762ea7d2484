from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import numpy as np
import pytest

from gisapp.analysis.distance import COLUMNS, DistanceQuery, distance
from gisapp.model.facts import Facts
from gisapp.model.feedback import Cancelled, Feedback, GisappError
from gisapp.model.geodesy import WGS84
from gisapp.model.layer import Layer
from gisapp.model.mapping import ColumnMapping
from gisapp.model.vocabulary import Basis, Role

MakeLayer = Callable[..., Layer]
CONTRACT = [
    "deposit_id",
    "plant_id",
    "rank",
    "distance_km",
    "deposit_country",
    "plant_country",
    "unrestricted_plant_id",
    "unrestricted_km",
    "penalty_km",
    "status",
]


@pytest.fixture
def mines(make_layer: MakeLayer) -> Layer:
    return make_layer(
        Role.DEPOSIT,
        [(120.0, -30.0), (-117.0, 35.0), (20.0, 10.0)],
        id=["west", "desert", "other"],
        name=["West mine", "Desert mine", "Copper hill"],
        mineral=["rare_earths", "light_rare_earths;uranium", "copper"],
        country=["AUS", "USA", "TCD"],
        status=["operating", "planned", "operating"],
    )


@pytest.fixture
def works(make_layer: MakeLayer) -> Layer:
    return make_layer(
        Role.REFINERY,
        [
            (121.0, -30.0),
            (103.0, 4.0),
            (110.0, 40.0),
            (120.5, -30.0),
            (120.1, -30.0),
            (-75.0, 40.0),
        ],
        id=["near", "kuantan", "baotou", "scrap", "copper-works", "planned-works"],
        name=["Near", "Kuantan", "Baotou", "Scrap", "Copper works", "Planned"],
        mineral=[
            "heavy_rare_earths;light_rare_earths",
            "rare_earths",
            "rare_earths",
            "rare_earths",
            "copper",
            "rare_earths",
        ],
        country=["AUS", "MYS", "CHN", "AUS", "AUS", "USA"],
        owner_country=["CHN", "AUS", "CHN", "AUS", "AUS", "USA"],
        process=["separation", "separation", "separation", "recycling", "smelting", "separation"],
        status=["operating", "operating", "operating", "operating", "operating", "planned"],
    )


def geodesic(a: tuple[float, float], b: tuple[float, float]) -> float:
    return float(WGS84.inv(*a, *b)[2]) / 1000


def test_contract_columns_and_the_right_plant(mines: Layer, works: Layer) -> None:
    result = distance(DistanceQuery("rare_earths"), [mines], [works])
    assert list(COLUMNS[:10]) == CONTRACT
    assert list(result.rows.columns) == list(COLUMNS)
    rows = result.rows.set_index("deposit_id")
    assert list(rows.index) == ["west", "desert"]  # children count, copper does not
    assert rows.loc["west", "plant_id"] == "near"  # not the recycler, not the copper works
    assert rows.loc["west", "distance_km"] == pytest.approx(geodesic((120, -30), (121, -30)))
    assert rows.loc["west", "penalty_km"] == 0
    assert set(rows["status"]) == {"ok"}
    assert result.summary.plants == 3
    assert any("scrap" in note for note in result.notes)


def test_penalty_by_location_and_by_control(mines: Layer, works: Layer) -> None:
    australia = frozenset({"AUS"})
    by_place = distance(DistanceQuery("rare_earths", within=australia), [mines], [works]).rows
    assert by_place["plant_id"].tolist() == ["near", "near"]
    query = DistanceQuery("rare_earths", within=australia, by=Basis.CONTROL)
    row = distance(query, [mines], [works]).rows.iloc[0]
    assert (row["plant_id"], row["plant_country"]) == ("kuantan", "MYS")
    assert row["unrestricted_plant_id"] == "near"
    far, close = geodesic((120, -30), (103, 4)), geodesic((120, -30), (121, -30))
    assert row["distance_km"] == pytest.approx(far)
    assert row["penalty_km"] == pytest.approx(far - close)


def test_no_plant_is_a_row_and_never_zero(mines: Layer, works: Layer) -> None:
    query = DistanceQuery("rare_earths", within=frozenset({"FRA"}), nearest=2)
    result = distance(query, [mines], [works])
    assert result.rows["status"].tolist() == ["no_plant", "no_plant"]
    assert result.rows["distance_km"].isna().all()
    assert result.rows["penalty_km"].isna().all()
    assert result.rows["unrestricted_plant_id"].tolist() == ["near", "baotou"]
    assert result.summary.without_plant == 2
    assert result.summary.nearest is None
    assert np.isnan(result.plant_lonlat).all()


def test_ranks_do_not_exceed_the_plants(mines: Layer, works: Layer) -> None:
    result = distance(DistanceQuery("rare_earths", nearest=9), [mines], [works])
    west = result.rows[result.rows["deposit_id"] == "west"]
    assert west["rank"].tolist() == [1, 2, 3]
    assert west["distance_km"].is_monotonic_increasing
    assert result.deposit_rows[:3] == (("deposit", 0),) * 3
    assert result.plant_lonlat[0].tolist() == [121.0, -30.0]


def test_a_layer_without_a_mineral_counts_as_any(make_layer: MakeLayer, works: Layer) -> None:
    mine = make_layer(Role.DEPOSIT, [(0.0, 0.0), (np.nan, 1.0)])
    result = distance(DistanceQuery("rare_earths"), [mine], [works])
    assert result.rows["deposit_id"].tolist() == ["deposit:0"]
    assert any("no mineral" in note for note in result.notes)
    assert any("without a position" in note for note in result.notes)
    lithium = mine.with_(mapping=ColumnMapping(constants=(("mineral", "Li"),)))
    assert distance(DistanceQuery("rare_earths"), [lithium], [works]).rows.empty


def test_shipped_layers(facts: Facts, shipped_layers: tuple[Layer, ...]) -> None:
    inside = facts.alliances.jurisdictions("four_nation_us_can_gbr_aus", date(2026, 11, 22))
    query = DistanceQuery("lithium", within=inside, as_of=date(2026, 11, 22))
    result = distance(query, shipped_layers, shipped_layers, facts)
    rows = result.rows.set_index("deposit_id")
    assert len(rows) > 100
    assert rows.index.is_unique
    assert rows.loc["greenbushes-mine", "plant_country"] == "AUS"
    assert (rows["penalty_km"].dropna() >= -1e-9).all()
    reached = rows[rows["status"] == "ok"]
    assert reached["plant_country"].isin(inside).all()
    assert rows.loc[rows["status"] == "no_plant", "reason"].str.len().min() > 0
    s = result.summary
    assert s.histogram_counts.sum() == s.deposits - s.without_plant
    assert s.median_km == pytest.approx(np.median(reached["distance_km"]))
    assert result.sources


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"metric": "route"}, "not_available"),
        ({"metric": "beeline"}, "bad_query"),
        ({"mineral": "kryptonite"}, "unknown_mineral"),
        ({"to": Role.DEPOSIT}, "bad_query"),
        ({"nearest": 0}, "bad_query"),
        ({"within": frozenset()}, "bad_query"),
    ],
)
def test_what_cannot_be_asked_is_one_sentence(change: dict[str, Any], code: str) -> None:
    query = DistanceQuery(**{"mineral": "lithium", **change})
    with pytest.raises(GisappError) as caught:
        distance(query, [], [])
    assert caught.value.code == code
    assert caught.value.message.endswith(".")
    assert "\n" not in str(caught.value)


def test_nothing_loaded_gives_an_empty_table() -> None:
    result = distance(DistanceQuery("lithium"), [], [])
    assert list(result.rows.columns) == list(COLUMNS)
    assert result.rows.empty


def test_cancel(mines: Layer, works: Layer) -> None:
    feedback = Feedback()
    feedback.cancel()
    with pytest.raises(Cancelled):
        distance(DistanceQuery("rare_earths"), [mines], [works], feedback=feedback)


@pytest.mark.parametrize(
    ("mineral", "deposit", "plant"),
    [
        # where the ore goes by the operators' own reports; the nearest right plant is that one
        ("uranium", "cigar-lake-mine", "mcclean-lake-mill"),
        ("uranium", "mcarthur-river-mine", "key-lake-mill"),
        ("uranium", "pinyon-plain-mine", "white-mesa-mill"),
        ("copper", "bingham-canyon-mine", "kennecott-smelter"),
        ("copper", "el-teniente-mine", "caletones-smelter"),
        ("copper", "toquepala-mine", "ilo-smelter"),
        ("copper", "dexing-mine", "guixi-smelter"),
        ("copper", "kamoa-kakula-mine", "kamoa-smelter"),
        ("cobalt", "bou-azzer-mine", "guemassa-ctt"),
        ("cobalt", "kamoto-kcc-mine", "luilu-plant"),
        ("nickel", "terrafame-mine", "terrafame-battery-chemicals"),
        ("nickel", "rio-tuba-mine", "coral-bay-hpal"),
        ("nickel", "talnakh-mines", "norilsk-nadezhda"),
        ("nickel", "voiseys-bay-mine", "long-harbour"),
        ("lithium", "olaroz-brine", "olaroz-plant"),
        ("lithium", "silver-peak-brine", "silver-peak-plant"),
        ("titanium", "lac-tio-mine", "sorel-tracy-rtft"),
        ("rare_earths", "mountain-pass-mine", "mountain-pass-separation"),
        ("rare_earths", "lovozero-karnasurt", "solikamsk-magnesium-works"),
        ("tin", "huanuni-mine", "vinto-smelter"),
    ],
)
def test_known_flows_go_to_the_nearest_right_plant(
    facts: Facts, shipped_layers: tuple[Layer, ...], mineral: str, deposit: str, plant: str
) -> None:
    rows = distance(DistanceQuery(mineral), shipped_layers, shipped_layers, facts).rows
    found = rows[rows["deposit_id"] == deposit]
    assert plant in found["plant_id"].tolist(), found[["plant_id", "distance_km"]]


def test_the_owners_works_next_door_are_told(
    facts: Facts, shipped_layers: tuple[Layer, ...]
) -> None:
    rows = distance(DistanceQuery("lithium"), shipped_layers, shipped_layers, facts).rows
    row = rows.set_index("deposit_id").loc["mt-holland-mine"]
    assert (row["plant_id"], row["runner_up_id"]) == ("kwinana-tlk", "covalent-kwinana")
    assert row["extra_km"] < row["error_km"]  # Mt Holland's own plant is a few km farther
    assert row["fragile"] == "within the error"
