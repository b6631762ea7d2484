"""Numbers read the same wherever they stand: in prose, in tables and on maps."""

import numpy as np
import pytest

from gisapp.model import numbers
from gisapp.model.numbers import number, share_range

THIN, NBSP = "\u202f", "\u00a0"


@pytest.mark.parametrize(
    ("low", "high", "decimals", "text"),
    [
        (0.14723, 0.15002, 1, f"between 14.7 and 15.0{NBSP}%"),
        (0.14723, 0.15002, 0, f"15{NBSP}%"),
        (0.5, 0.5, 1, f"50.0{NBSP}%"),
        (0.0, 0.06, 0, f"at most 6{NBSP}%"),
        (0.2, 1.0, 0, f"at least 20{NBSP}%"),
        (0.0, 1.0, 1, "an unknown share"),
        (0.0, 0.0, 1, "none"),
        (0.0004, 0.0004, 1, f"less than 0.1{NBSP}%"),
        (0.004, 0.004, 0, f"less than 1{NBSP}%"),
        (1.0, 1.0, 0, f"100{NBSP}%"),
        (float("nan"), 0.1, 1, "an unknown share"),
    ],
)
def test_percent(low: float, high: float, decimals: int, text: str) -> None:
    assert numbers.percent(low, high, decimals) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, f"0.0{NBSP}km"),
        (7.25, f"7.2{NBSP}km"),
        (99.96, f"100{NBSP}km"),
        (12345.6, f"12{THIN}346{NBSP}km"),
    ],
)
def test_kilometres(value: float, text: str) -> None:
    assert numbers.kilometres(value) == text


def test_a_headline_has_three_digits_at_most():
    assert numbers.rounded_km(2257.4) == f"2{THIN}260{NBSP}km"
    assert numbers.rounded_km(7.254) == f"7.25{NBSP}km"


def test_numbers() -> None:
    assert numbers.rounded(393_950) == f"394{THIN}000"
    assert numbers.rounded(0.012345) == "0.0123"
    assert numbers.number(12.0) == "12"
    assert numbers.number(np.nan) == "unknown"
    assert numbers.whole(1_234_567) == f"1{THIN}234{THIN}567"


def test_numbers_read_well():
    assert number(8353.4) == "8\u202f353"
    assert number(0.01234) == "0.0123"
    assert number(-5.0) == "\u22125"
    assert number(float("nan")) == "unknown"
    assert share_range(0.147, 0.149) == "14.7\u201314.9\u00a0%"
    assert share_range(0.0, 0.0003) == "<\u00a00.1\u00a0%"
