import math
from dataclasses import replace

import numpy as np
import pytest

from smartbank.core.fingerprint import fingerprint
from smartbank.core.level import (
    MAX_MARKET_SHIFT,
    Level,
    anchored_intercept,
    guarded_shift,
    level_from,
    level_rate,
    logit,
    propensity,
)


def test_the_mean_propensity_of_the_anchor_is_the_base_rate():
    margins = np.array([-1.0, 0.0, 2.0, 3.5])

    intercept = anchored_intercept(margins, 0.03)

    assert propensity(intercept + margins).mean() == pytest.approx(0.03, abs=1e-12)


def test_equal_margins_are_anchored_at_the_log_odds_of_the_base_rate():
    assert anchored_intercept(np.zeros(7), 0.5) == pytest.approx(0.0, abs=1e-12)


def test_the_order_of_the_margins_does_not_change_a_bit_of_the_intercept():
    margins = np.random.default_rng(0).normal(size=1_000)

    assert anchored_intercept(margins, 0.113) == anchored_intercept(margins[::-1], 0.113)


@pytest.mark.parametrize(("margins", "base_rate"), [([], 0.1), ([0.0], 0.0), ([0.0], 1.0)])
def test_without_margins_or_a_possible_base_rate_there_is_no_level(margins, base_rate):
    with pytest.raises(ValueError, match="between 0 and 1"):
        anchored_intercept(np.array(margins), base_rate)


def test_a_propensity_alone_has_the_bits_it_has_in_a_batch():
    log_odds = np.random.default_rng(1).normal(size=513)

    batch = propensity(log_odds)

    assert all(propensity(log_odds[i : i + 1])[0] == batch[i] for i in range(len(log_odds)))


def test_the_guard_holds_the_market_back():
    assert guarded_shift(3.0) == MAX_MARKET_SHIFT
    assert guarded_shift(-3.0) == -MAX_MARKET_SHIFT
    assert guarded_shift(0.1) == 0.1


def test_a_level_is_named_by_its_values():
    level = Level(-2.0, 0.1, 0.113, "bundled", "v1", "run", 0.12, (2.6, 1.0, 3.3))

    assert level.log_odds == pytest.approx(-1.9)
    assert level.level_id == Level(-2.0, 0.1, 0.113, "bundled", "v1", "run", 0.12, (2.6, 1.0, 3.3)).level_id
    assert level.level_id != replace(level, model_version="v2").level_id
    assert level.level_id != replace(level, correction=0.1).level_id
    assert level.level_id != replace(level, reference_market=(2.6, 1.0, 3.4)).level_id


def test_a_stored_level_is_the_level_again():
    level = Level(-2.0, 0.1, 0.113, "bundled", "v1", "run", 0.12, (2.6, 1.0, 3.3), 0.05)

    again = level_from({**level.__dict__, "reference_market": [2.6, 1.0, 3.3]})

    assert again == level
    assert again.level_id == level.level_id


def test_a_level_of_an_earlier_version_keeps_its_name_and_says_its_base_rate():
    stored = {
        "intercept": -2.0,
        "market_shift": 0.0,
        "base_rate": 0.113,
        "snapshot_id": "bundled-2010-10",
        "model_version": "v1",
        "anchor": "run",
    }

    level = level_from(stored)

    assert level.rate == 0.113
    assert level.level_id == "level-" + fingerprint(stored)


def test_a_rate_moved_by_log_odds_is_the_logistic_of_the_sum():
    assert level_rate(0.2, math.log(4)) == pytest.approx(0.5)  # odds of 1 to 4, times 4
    assert level_rate(0.113, 0.0) == 0.113
    assert logit(0.5) == 0.0
