import pytest

from smartbank.core.next_attempts import next_attempts, stop_after
from smartbank.core.rules import ScoringRules

RULES = ScoringRules(cost_of_call=8.0, value_of_sale=80.0)


def test_each_call_is_worth_its_expected_sale_less_its_cost():
    first, second = next_attempts(3, [0.25, 0.05], RULES)

    assert (first.number, second.number) == (3, 4)
    assert (first.profit, second.profit) == pytest.approx((12.0, -4.0))
    assert (first.pays, second.pays) == (True, False)


def test_a_call_that_brings_exactly_its_cost_pays():
    assert next_attempts(1, [0.1], RULES)[0].pays


@pytest.mark.parametrize(
    ("shares", "last"),
    [([0.3, 0.2, 0.05], 2), ([0.3, 0.2, 0.15], None), ([0.05, 0.04], 0), ([0.3, 0.05, 0.3], 1), ([0.09], 0)],
)
def test_it_stops_before_the_first_call_that_does_not_pay(shares, last):
    assert stop_after(next_attempts(1, shares, RULES)) == last
