import numpy as np
import pytest

from smartbank.core.evaluation import auc, by_month, lift, within_month
from smartbank.ml.backtest.figures import monthly_figures, pooled_figures
from smartbank.ml.backtest.resampling import Ranked, draws_in_blocks, interval

RNG = np.random.default_rng(7)
CONVERTED = RNG.random(300) < 0.3
SCORES = np.round(RNG.normal(size=300) + CONVERTED, 1)
"""Rounded, so that there are ties."""
PERIOD = np.repeat(np.array(["2010-02", "2010-03", "2010-04"], dtype=object), [150, 100, 50])
DAY = 2 * np.repeat([0, 1, 2], [150, 100, 50]) + np.tile([0, 0, 1], 100)
"""Two days a month, mixed."""


def test_auc_and_lift_of_a_draw_are_those_of_the_leads_repeated():
    draws = RNG.integers(0, 4, (5, 300)).astype(float)

    found = Ranked.of(CONVERTED, SCORES).auc_and_lift(draws)

    repeated = [np.repeat(np.arange(300), counts.astype(int)) for counts in draws]
    assert found[0] == pytest.approx([auc(CONVERTED[rows], SCORES[rows]) for rows in repeated])
    assert found[1] == pytest.approx([lift(CONVERTED[rows], SCORES[rows]) for rows in repeated])


def test_a_draw_in_which_nobody_bought_has_neither():
    figures = Ranked.of(CONVERTED, SCORES).auc_and_lift((~CONVERTED).astype(float)[None])

    assert np.isnan(figures).all()


def test_draws_keep_the_size_of_each_group_and_come_again_with_the_seed():
    groups = [np.arange(0, 100), np.arange(100, 300)]

    blocks = np.concatenate(list(draws_in_blocks(groups, 6, seed=(0, 1))))

    assert blocks.shape == (7, 300)
    assert (blocks[0] == 1).all()
    assert {(counts[:100].sum(), counts[100:].sum()) for counts in blocks} == {(100.0, 200.0)}
    assert (blocks == np.concatenate(list(draws_in_blocks(groups, 6, seed=(0, 1))))).all()


def test_an_interval_is_the_middle_of_the_draws_around_the_figure_itself():
    found = interval(np.array([5.0, *np.arange(0, 101)]))

    assert (found.value, found.low, found.high) == (5.0, 2.5, 97.5)


def test_monthly_figures_are_those_of_the_evaluation_by_month():
    found = monthly_figures(CONVERTED, {"smartbank": SCORES}, PERIOD, DAY, n_draws=20, seed=(0,))["smartbank"]

    expected = within_month(by_month(CONVERTED, SCORES, PERIOD))
    late = PERIOD >= "2010-03"
    expected["auc_2010"] = within_month(by_month(CONVERTED[late], SCORES[late], PERIOD[late]))["auc_within_month"]
    for name in ("auc_month_mean", "auc_within_month", "auc_2010", "lift_20"):
        assert found[name].value == pytest.approx(expected[name])
        assert found[name].low < found[name].value < found[name].high


def test_leads_of_one_market_are_compared_pair_by_pair_and_no_others():
    found = monthly_figures(CONVERTED, {"smartbank": SCORES}, PERIOD, DAY, n_draws=20, seed=(0,))["smartbank"]

    sold, others = np.flatnonzero(CONVERTED), np.flatnonzero(~CONVERTED)
    pairs = [(a, b) for a in sold for b in others if DAY[a] == DAY[b]]
    right = [np.sign(SCORES[a] - SCORES[b]) / 2 + 0.5 for a, b in pairs]
    assert found["auc_same_market"].value == pytest.approx(np.mean(right))
    assert found["auc_same_market"].low < found["auc_same_market"].value < found["auc_same_market"].high


def test_sorting_the_days_of_a_month_is_nothing_on_a_list_of_one_day():
    knows_the_day = (DAY % 2).astype(float)
    converted = RNG.random(300) < np.where(DAY % 2 == 1, 0.8, 0.1)

    found = monthly_figures(converted, {"smartbank": knows_the_day}, PERIOD, DAY, n_draws=5, seed=(0,))["smartbank"]

    assert found["auc_month_mean"].value > 0.7
    assert (found["auc_same_market"].value, found["auc_same_market"].high) == (0.5, 0.5)


def test_a_model_is_ahead_of_itself_by_nothing_on_any_draw():
    found = monthly_figures(CONVERTED, {"smartbank": SCORES, "twin": SCORES}, PERIOD, DAY, n_draws=20, seed=(0,))

    ahead = [figure for name, figure in found["twin"].items() if name.startswith("smartbank_ahead_")]
    assert len(ahead) == 4
    assert {(figure.value, figure.low, figure.high) for figure in ahead} == {(0.0, 0.0, 0.0)}
    assert not any(name.startswith("smartbank_ahead_") for name in found["smartbank"])


def test_a_model_is_ahead_of_a_worse_one_by_the_difference_of_their_figures():
    found = monthly_figures(CONVERTED, {"smartbank": SCORES, "worse": -SCORES}, PERIOD, DAY, n_draws=20, seed=(0,))

    ahead = found["worse"]["smartbank_ahead_auc_month_mean"]
    assert ahead.value == pytest.approx(
        found["smartbank"]["auc_month_mean"].value - found["worse"]["auc_month_mean"].value
    )
    assert ahead.low > 0


def test_pooled_figures_are_those_of_all_leads_with_the_base_rate_beside_them():
    found = pooled_figures(CONVERTED, {"one": SCORES}, n_draws=20, seed=(0,))["one"]

    assert found["auc"].value == pytest.approx(auc(CONVERTED, SCORES))
    assert found["base_rate"].value == pytest.approx(CONVERTED.mean())
    assert found["brier"].value == pytest.approx(np.square(1 / (1 + np.exp(-SCORES)) - CONVERTED).mean())


def test_of_all_leads_too_a_model_is_ahead_by_the_difference_of_their_figures_on_the_same_draws():
    scores = {"smartbank": SCORES, "twin": SCORES, "worse": -SCORES}

    found = pooled_figures(CONVERTED, scores, n_draws=20, seed=(0,))

    twin, worse = (found[name]["smartbank_ahead_auc"] for name in ("twin", "worse"))
    assert (twin.value, twin.low, twin.high) == (0.0, 0.0, 0.0)
    assert worse.value == pytest.approx(found["smartbank"]["auc"].value - found["worse"]["auc"].value)
    assert worse.low > 0
    assert "smartbank_ahead_auc" not in found["smartbank"]
