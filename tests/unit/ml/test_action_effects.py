import math

import numpy as np
import pytest

from smartbank.adapters.uci import read_uci
from smartbank.core.actions import MOBILE_EFFECT, WEEKDAY_EFFECTS
from smartbank.ml.action_effects import within_month_effect


def calls(*months):
    """Return outcome, treatment and month, from (month, treated sold, treated not, others sold, others not)."""
    rows = []
    for month, *counts in months:
        for (treated, sold), n in zip(
            [(True, True), (True, False), (False, True), (False, False)], counts, strict=True
        ):
            rows += [(sold, treated, month)] * n
    sold, treated, month = map(np.array, zip(*rows, strict=True))
    return sold, treated, month.astype(object)


def test_of_one_month_it_is_the_log_of_its_odds_ratio_with_the_usual_error():
    found = within_month_effect(*calls(("a", 20, 80, 10, 90)))

    assert found.value == pytest.approx(math.log(20 * 90 / (80 * 10)))
    error = math.sqrt(1 / 20 + 1 / 80 + 1 / 10 + 1 / 90)
    assert found.high - found.value == pytest.approx(1.959964 * error, rel=0.02)


def test_a_way_of_calling_that_was_only_more_frequent_in_good_months_has_no_effect():
    good, bad = ("a", 400, 400, 50, 50), ("b", 10, 90, 100, 900)

    found = within_month_effect(*calls(good, bad))

    assert found.value == pytest.approx(0.0)
    assert found.low < 0 < found.high


def test_without_a_month_to_compare_in_there_is_no_effect():
    with pytest.raises(ValueError, match="no month"):
        within_month_effect(*calls(("a", 10, 10, 0, 0), ("b", 0, 0, 5, 5)))


def test_the_figures_the_screens_use_are_those_of_ucis_file(uci_file):
    frame = read_uci(uci_file).frame
    converted, month = frame["y"].to_numpy(dtype=bool), frame["period"].to_numpy(dtype=object)
    weekday = frame["weekday"].to_numpy()
    treated = {"mobile": (frame["contact"] == "cellular").to_numpy()}
    treated |= {day: weekday == day[:3].lower() for day in WEEKDAY_EFFECTS}

    for name, expected in {"mobile": MOBILE_EFFECT, **WEEKDAY_EFFECTS}.items():
        found = within_month_effect(converted, treated[name], month)
        assert (found.value, found.low, found.high) == pytest.approx(
            (expected.value, expected.low, expected.high), abs=0.001
        )
