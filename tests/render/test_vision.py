"""Sight of fewer colours, contrast and distance, against published figures."""

from time import thread_time

import numpy as np
import pytest

from gisapp.render.color import (
    at_lightness,
    contrast,
    difference_lab,
    hexed,
    lab,
    least_contrast,
    linear,
    of_oklch,
    oklch,
    readable,
)
from gisapp.render.vision import MATRICES, SIGHT_TITLES, Sight, as_seen, simulated

#: Pairs of CIELAB and their distance, Sharma, Wu and Dalal (2005), table 1.
SHARMA = [
    ((50, 2.6772, -79.7751), (50, 0, -82.7485), 2.0425),
    ((50, -1.3802, -84.2814), (50, 0, -82.7485), 1.0),
    ((50, 0, 0), (50, -1, 2), 2.3669),
    ((50, 2.49, -0.001), (50, -2.49, 0.0009), 7.1792),
    ((50, 2.49, -0.001), (50, -2.49, 0.0011), 7.2195),
    ((50, 2.5, 0), (50, 0, -2.5), 4.3065),
    ((50, 2.5, 0), (61, -5, 29), 22.8977),
    ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
    ((63.0109, -31.0961, -5.8663), (62.8187, -29.7946, -4.0864), 1.2630),
    ((22.7233, 20.0904, -46.6940), (23.0331, 14.9730, -42.5619), 2.0373),
    ((90.8027, -2.0831, 1.4410), (91.1528, -1.6435, 0.0447), 1.4441),
    ((2.0776, 0.0795, -1.1350), (0.9033, -0.0636, -0.5514), 0.9082),
]
SHOWN = ("#D55E00", "#0072B2", "#5B2A86", "#009E73", "#F0E442", "#7F7F7F")
#: What colorspacious 1.1.2 gives for these at severity 100 ("sRGB1+CVD").
SEEN = {
    "deuteranopia": [
        [158, 140, 0],
        [59, 103, 177],
        [13, 67, 132],
        [138, 134, 118],
        [252, 227, 78],
        [127] * 3,
    ],
    "protanopia": [
        [129, 113, 0],
        [83, 117, 181],
        [0, 66, 137],
        [154, 146, 113],
        [248, 220, 35],
        [127] * 3,
    ],
    "tritanopia": [
        [235, 64, 80],
        [0, 130, 137],
        [83, 62, 84],
        [0, 158, 146],
        [255, 212, 197],
        [127] * 3,
    ],
}


@pytest.mark.parametrize(("one", "other", "expected"), SHARMA)
def test_distance_is_ciede2000(one, other, expected):
    assert difference_lab(one, other) == pytest.approx(expected, abs=5e-5)
    assert difference_lab(other, one) == pytest.approx(expected, abs=5e-5)


def test_contrast_is_that_of_wcag():
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21.0)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.005)
    assert contrast("#FFFFFF", "#777777") == contrast("#777777", "#FFFFFF")


def test_spaces_lead_there_and_back():
    assert lab("#FFFFFF") == pytest.approx((100.0, 0.0, 0.0), abs=0.01)
    assert oklch("#FFFFFF")[:2] == pytest.approx((1.0, 0.0), abs=1e-4)
    # Ottosson's own example: red
    assert oklch("#FF0000") == pytest.approx((0.6280, 0.2577, 29.23), abs=0.005)
    for color in (*SHOWN, "#000000", "#FFFFFF"):
        assert hexed(linear(color)) == color
        assert of_oklch(*oklch(color)) == color
    assert oklch(of_oklch(0.5, 9.0, 30.0))[::2] == pytest.approx((0.5, 30.0), abs=0.5)
    assert oklch(at_lightness("#0072B2", 0.8))[::2] == pytest.approx((0.8, 244.0), abs=0.5)


def test_what_cannot_be_read_is_darkened_or_lightened_as_little_as_needed():
    assert readable("#1B2730", ("#FFFFFF",)) == "#1B2730"
    for color, grounds in (
        ("#E0A100", ("#FFFFFF", "#E9F0F4")),
        ("#333333", ("#0B141B",)),
        ("#CCCCCC", ("#808080",)),
    ):
        better = readable(color, grounds)
        assert 4.5 <= least_contrast(better, grounds) < 5.0
        if oklch(color)[1] > 0.01:
            assert oklch(better)[2] == pytest.approx(oklch(color)[2], abs=3.0)
    both = ("#000000", "#FFFFFF")
    assert least_contrast(readable("#FF0000", both), both) > 4.4


@pytest.mark.parametrize("kind", SEEN)
def test_sight_is_as_another_library_has_it(kind):
    picture = np.array([[*bytes.fromhex(color[1:]), 255] for color in SHOWN], dtype=np.uint8)
    seen = simulated(picture[None], kind)[0]
    assert np.abs(seen[:, :3].astype(int) - SEEN[kind]).max() <= 1
    one_by_one = [[*bytes.fromhex(as_seen(color, Sight(kind))[1:])] for color in SHOWN]
    assert np.abs(np.array(one_by_one) - SEEN[kind]).max() <= 1


@pytest.mark.parametrize("kind", Sight)
def test_a_picture_is_simulated_exactly_and_fast(kind):
    rng = np.random.default_rng(5)
    picture = rng.integers(0, 256, (768, 1366, 4), dtype=np.uint8)
    before = picture.copy()
    times = []
    for _ in range(4):
        start = thread_time()
        seen = simulated(picture, kind)
        times.append(thread_time() - start)
    assert min(times) < 0.06
    assert np.array_equal(picture, before)
    assert np.array_equal(seen[..., 3], picture[..., 3])

    share = picture[:60, :, :3] / 255.0
    light = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    light = np.clip(light @ np.array(MATRICES[kind]).T, 0.0, 1.0)
    exact = np.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055)
    assert np.abs(exact * 255.0 - seen[:60, :, :3]).max() < 1.1


def test_greys_stay_and_print_has_no_colour():
    greys = np.repeat(np.arange(256, dtype=np.uint8)[:, None], 3, axis=1)
    picture = np.dstack([greys[None], np.full((1, 256), 200, np.uint8)])
    for kind in Sight:
        assert kind in SIGHT_TITLES
        seen = simulated(picture, kind)[0, :, :3].astype(int)
        assert np.abs(seen - greys).max() <= 1, kind
    colors = np.random.default_rng(1).integers(0, 256, (20, 20, 4), dtype=np.uint8)
    seen = simulated(colors, Sight.GREY)
    assert np.array_equal(seen[..., 0], seen[..., 1])
    assert np.array_equal(seen[..., 0], seen[..., 2])
    with pytest.raises(ValueError, match="sepia"):
        simulated(colors, "sepia")
