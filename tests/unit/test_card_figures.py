"""Figures of a card that may lack them."""

import pytest

from smartbank.core.card_figures import (
    card_interval,
    card_level_error,
    card_number,
    card_part,
    card_rows,
    trained_until,
)
from smartbank.core.evaluation import Interval
from smartbank.errors import ModelArtifactError

CARD = {
    "metrics": {"C": {"lift_20": {"value": 1.7, "low": 1.6, "high": 1.8}, "rows": 10, "months": [{"rate": 0.1}, 3]}}
}


def test_a_figure_is_found_by_its_path():
    assert card_number(CARD, "metrics", "C", "rows") == 10.0
    assert card_interval(CARD, "metrics", "C", "lift_20") == Interval(1.7, 1.6, 1.8)
    assert card_rows(CARD, "metrics", "C", "months") == [{"rate": 0.1}]
    assert card_part(CARD, "metrics", "C", "lift_20")["low"] == 1.6


@pytest.mark.parametrize(
    "path", [("metrics", "A", "rows"), ("metrics", "C", "lift_20"), ("metrics", "C", "rows", "more")]
)
def test_what_is_not_a_number_is_none(path):
    assert card_number(CARD, *path) is None


@pytest.mark.parametrize("value", [True, float("nan"), float("inf"), "1.7", None])
def test_what_only_looks_like_a_number_is_none(value):
    assert card_number({"figure": value}, "figure") is None


def test_what_is_not_there_is_empty():
    assert card_interval(CARD, "metrics", "C", "rows") is None
    assert card_rows(CARD, "metrics", "B") == []
    assert card_part(CARD, "metrics", "C", "rows") == {}


def test_a_card_says_how_far_the_level_of_a_month_was_off():
    assert card_level_error({"metrics": {"C": {"level": {"with_market": 0.42}}}}) == 0.42
    assert card_level_error(CARD) is None


def test_a_card_says_until_when_a_model_was_trained():
    assert trained_until({"data": {"last_period": "2026-10"}}) == "2026-10"


@pytest.mark.parametrize("card", [{}, {"data": None}, {"data": {}}, {"data": {"last_period": None}}])
def test_a_card_that_does_not_say_so_is_refused(card):
    with pytest.raises(ModelArtifactError, match="until when it was trained"):
        trained_until(card)
