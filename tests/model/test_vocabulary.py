from __future__ import annotations

import pytest

from gisapp.model.vocabulary import MINERALS, SYNONYMS, Status, mineral_code, status_code


@pytest.mark.parametrize(
    ("word", "code"), [("Seltene Erden", "rare_earths"), ("Zinn", "tin"), ("litio", "lithium")]
)
def test_minerals_are_known_in_other_languages(word, code):
    assert mineral_code(word) == code
    assert set(SYNONYMS.values()) <= set(MINERALS)


def test_statuses_are_known_in_the_words_of_files():
    assert status_code(" In  Betrieb ") is Status.OPERATING
    assert status_code("planned") is Status.PLANNED
    assert status_code("rosa") is None
