"""What the screens say of market and customer, in sentences whose figures add up."""

from datetime import UTC, datetime

import pytest

from smartbank.core.market.flags import Flag, market_flags
from smartbank.core.market.indicators import Indicator
from smartbank.core.market.scale import Standing
from smartbank.core.market.snapshot import BUNDLED_SNAPSHOT
from smartbank.core.number_format import NUMBER_FORMATS
from smartbank.core.split import ListSplit, Parts, Span
from smartbank.ui.split_words import (
    ALL_ALIKE,
    customer_sentence,
    list_sentence,
    market_of,
    moves,
    order_sentence,
    unlike_sentence,
)
from tests.stubs import StubScorer

ENGLISH, GERMAN = NUMBER_FORMATS["en"], NUMBER_FORMATS["de"]
NONE = Span(0, 0, 0)


def summed(*points, share_of_market=0.0):
    return ListSplit(Parts(*points), NONE, NONE, NONE, NONE, share_of_market)


def test_a_propensity_is_said_in_parts_that_add_up():
    said = customer_sentence(Parts(11.0, -1.0, 4.0, 20.0), BUNDLED_SNAPSHOT, ENGLISH)

    assert said == (
        "How 34.0 % comes about: the model's average lead stands at 11.0 % at this bank, "
        "the market of September 2026 takes 1.0 points away, what is known of the customer adds 24.0 points."
    )


def test_the_line_of_a_list_says_that_one_market_orders_nothing():
    said = list_sentence(summed(17.5, 0.6, -2.0, -4.8), None, ENGLISH, replay=False)

    assert said == (
        "All leads on average 11.3 %: the model's average lead would stand at 17.5 % here, the market adds 0.6 points, "
        f"what is known of the customers takes 6.8 points away. {ALL_ALIKE}"
    )


def test_chosen_leads_have_means_of_their_own_and_the_order_is_that_of_the_list():
    whole, chosen = summed(17.5, -1.0, 0, 0, share_of_market=0.304), summed(17.5, 2.0, 3.0, 0)

    said = list_sentence(whole, chosen, ENGLISH, replay=True)

    assert said.startswith("These leads on average 22.5 %")
    assert "the market of its own row adds 2.0 points" in said
    assert said.endswith("The market explains 30 % of the differences between leads.")


@pytest.mark.parametrize(
    ("share_of_market", "part"),
    [(0.0, "moves all leads alike"), (0.001, "explains none of the differences"), (-0.2, "evens out")],
)
def test_what_the_market_has_to_do_with_the_order_is_said(share_of_market, part):
    assert part in order_sentence(share_of_market, ENGLISH)


def test_moves_and_signs_follow_the_number_format_and_zero_has_no_sign():
    assert (moves(0.04, ENGLISH), moves(-1.26, GERMAN)) == ("changes nothing", "takes 1,3 points away")
    assert (ENGLISH.signed(-0.04, digits=1), GERMAN.signed(2.5, digits=1)) == ("0.0", "+2,5")


def test_a_market_unlike_the_training_is_said_in_one_line():
    flags = market_flags(BUNDLED_SNAPSHOT, StubScorer().training_market)
    prices = Flag("Prices at the edge.", Indicator.CPI, Standing.EDGE)

    assert unlike_sentence(flags) == (
        "Employment outside what the model has seen, Euribor and consumer prices in a gap of it."
    )
    assert unlike_sentence([prices]) == "Consumer prices at the edge of what the model has seen."
    assert unlike_sentence([Flag("No training month was like it.")]) == "No training month was like it."
    assert unlike_sentence([]) == ""


def test_each_prediction_names_its_market_in_words():
    at = {"scored_at": datetime(2026, 10, 8, tzinfo=UTC)}
    kept = {BUNDLED_SNAPSHOT.snapshot_id: BUNDLED_SNAPSHOT}
    row = {"euribor3m": 4.857, "emp_var_rate": -0.1, "cpi_yoy": 2.78}

    said = [
        market_of(at | {"snapshot_id": BUNDLED_SNAPSHOT.snapshot_id}, kept, ENGLISH),
        market_of(at | {"snapshot_id": "file", "market": row}, kept, ENGLISH),
        market_of(at | {"snapshot_id": "file"}, kept, ENGLISH),
        market_of(at | {"snapshot_id": "gone"}, kept, ENGLISH),
    ]

    assert said == [
        "September 2026 (Euribor 2.64 %, employment 3.7 %, consumer prices 3.30 %)",
        "its file's own (a replay): Euribor 4.86 %, employment -0.1 %, consumer prices 2.78 %",
        "its file's own (a replay)",
        "gone",
    ]
