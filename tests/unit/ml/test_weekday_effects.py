import numpy as np
import pytest

from smartbank.core.level import propensity
from smartbank.ml.weekday_effects import PRIOR_VARIANCE, effects_of, weekday_effects

WEEKDAYS = np.array(["mon", "tue", "wed", "thu", "fri"], dtype=object)


def calls(effects, *, months=12, a_day=400, level=-1.0, seed=0):
    """Made-up calls: `effects` in log-odds by month and weekday, shape (months, 5)."""
    rng = np.random.default_rng(seed)
    month, weekday = np.repeat(np.arange(months), 5 * a_day), np.tile(np.repeat(WEEKDAYS, a_day), months)
    margins = rng.normal(0, 0.8, len(month))
    known = np.broadcast_to(np.asarray(effects, dtype=float), (months, 5)).reshape(-1).repeat(a_day)
    sold = rng.random(len(month)) < propensity(level + 0.1 * month + margins + known)
    return margins, sold, month, weekday


def test_a_bad_day_in_every_month_is_found_and_held_back():
    found = weekday_effects(*calls([-0.5, 0.125, 0.125, 0.125, 0.125]))

    assert list(found) == sorted(WEEKDAYS)
    assert -0.5 < found["mon"] < -0.35
    assert 0.05 < found["wed"] < 0.2
    assert sum(found.values()) == pytest.approx(0, abs=1e-12)


def test_a_day_that_is_good_in_one_month_and_bad_in_the_next_says_little():
    turning = np.zeros((12, 5))
    turning[:, 0] = np.where(np.arange(12) % 2, 0.6, -0.6)

    found, steady = weekday_effects(*calls(turning)), weekday_effects(*calls([0.3, 0, 0, 0, 0]))

    assert abs(found["mon"]) < 0.06 < steady["mon"]


def test_newer_months_count_more():
    turned = np.zeros((24, 5))
    turned[:12, 0], turned[12:, 0] = -0.4, 0.4

    assert weekday_effects(*calls(turned, months=24))["mon"] > 0.02


def test_what_the_leads_explain_is_no_effect_of_the_day():
    margins, _, month, weekday = calls(0.0)
    margins = margins + np.where(weekday == "mon", 1.5, 0.0)
    sold = np.random.default_rng(3).random(len(margins)) < propensity(margins - 1)

    assert abs(weekday_effects(margins, sold, month, weekday)["mon"]) < 0.05


def test_few_calls_and_few_months_say_nothing():
    margins, sold, month, weekday = calls(0.0, months=2)
    assert weekday_effects(margins, sold, month, weekday) == {}

    few = weekday_effects(*calls([-2.0, 0, 0, 0, 0], months=4, a_day=12))
    assert abs(few["mon"]) < 3 * PRIOR_VARIANCE**0.5


def test_months_in_which_all_or_none_bought_are_left_out():
    margins, sold, month, weekday = calls([-0.5, 0.125, 0.125, 0.125, 0.125])
    sold = np.where(month == 11, True, np.where(month == 10, False, sold))

    assert weekday_effects(margins, sold, month, weekday)["mon"] < -0.3


def test_a_day_nothing_is_known_of_moves_nothing():
    effects = weekday_effects(*calls([-0.5, 0.125, 0.125, 0.125, 0.125]))

    assert effects_of(np.array(["sat", "mon"], dtype=object), effects).tolist() == [0.0, effects["mon"]]
