from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from threadpoolctl import threadpool_limits

from smartbank.core.evaluation import auc
from smartbank.core.training_data import TrainingData
from smartbank.errors import SettingsError
from smartbank.ml.backtest import models
from smartbank.ml.backtest.columns import all_columns, lead_columns
from smartbank.ml.backtest.own import own_fits
from smartbank.ml.backtest.plan import BacktestSettings
from smartbank.ml.backtest.rivals import Ground, month_nuisance_fit, standard_fits
from smartbank.ml.backtest.times import call_times
from smartbank.ml.months import recency_weights
from smartbank.ml.protocols import fold_splits
from smartbank.ml.training import Training

SETTINGS = BacktestSettings(window=300, step=100, tail=93, min_month_rows=60, catboost_iterations=5)


@pytest.fixture(scope="module")
def data(training_data):
    """The made-up rows with the other market columns beside them."""
    rows = training_data.frame.index
    return replace(training_data, beside=pd.DataFrame({"cons_conf_idx": 1.5, "nr_employed": 5_000.0}, index=rows))


@pytest.fixture(scope="module")
def split(data):
    return fold_splits(data.frame["y"].to_numpy())[0]


def test_standard_models_see_every_column_of_uci_s_but_the_length_of_the_call(data):
    names = set(all_columns(data).codes.columns)

    assert len(names) == 19
    assert {"month", "weekday", "euribor3m", "cpi", "emp_var_rate", "cons_conf_idx", "nr_employed"} < names
    assert not {"duration", "y", "year", "period", "day"} & names


def test_without_market_they_see_the_twelve_fields_of_a_lead(data):
    names = set(lead_columns(data).codes.columns)

    assert len(names) == 12
    assert not {"month", "weekday", "euribor3m"} & names


def test_unknown_is_a_category_and_never_contacted_is_999_days(data):
    columns = lead_columns(data)

    assert not columns.codes.isna().to_numpy().any()
    assert (columns.codes["days_since_contact"] == 999).tolist() == data.frame["days_since_contact"].isna().tolist()
    assert columns.codes["default"].nunique() == 3


def test_numbers_are_standardised_on_the_rows_fitted_on(data, split):
    wide = lead_columns(data).one_hot(split[0])

    assert wide[split[0], -1].mean() == pytest.approx(0, abs=1e-9)
    assert wide[split[1], -1].mean() != pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize("name", models.STANDARD)
def test_a_standard_model_finds_who_buys_and_gives_the_same_bits_again(name, data, split):
    pytest.importorskip(name) if name in ("lightgbm", "catboost") else None
    converted = data.frame["y"].to_numpy()
    fit = standard_fits(Ground(all_columns(data), converted, seed=0, catboost_iterations=5))[name]

    with threadpool_limits(1):
        log_odds, again = (fit(*split, np.ones(len(split[0]))) for _ in range(2))

    assert log_odds.shape == (len(split[1]),)
    assert auc(converted[split[1]], log_odds) > 0.6
    assert (log_odds == again).all()


def test_the_month_as_a_nuisance_is_dropped_when_it_ranks(data, split):
    month = np.arange(len(data.frame)) // 60
    fit = month_nuisance_fit(Ground(lead_columns(data), data.frame["y"].to_numpy(), 0, 5), month)

    log_odds = fit(*split, np.ones(len(split[0])))

    assert auc(data.frame["y"].to_numpy()[split[1]], log_odds) > 0.6


def test_of_the_level_folds_and_windows_know_calls_of_the_day_and_the_next_month_weekdays_alone(
    data, split, small_settings
):
    fits = own_fits(data, SETTINGS, small_settings)
    leads = data.frame.iloc[split[1]]

    scored = {protocol: fit(*split) for protocol, fit in fits.items()}

    assert {values.shape for values in scored.values()} == {(len(split[1]), 3)}
    level = {protocol: pd.Series(values[:, 0] - values[:, 2]).round(9) for protocol, values in scored.items()}
    day, weekday = leads["day"].to_numpy(), leads["weekday"].to_numpy()
    approach = (leads["contact"] + leads["poutcome"]).to_numpy()
    for protocol, known_by in {"A": [day, weekday], "B": [day, weekday, approach], "C": [weekday]}.items():
        assert (level[protocol].groupby(known_by).nunique() == 1).all()
    assert level["B"].groupby(day).nunique().max() > level["A"].groupby(day).nunique().max()
    assert (level["A"].nunique() > 60, level["C"].nunique()) == (True, 5)
    assert sum(level["C"].groupby(weekday).first()) == pytest.approx(0, abs=1e-8)
    assert auc(leads["y"].to_numpy(), scored["C"][:, 0]) > auc(leads["y"].to_numpy(), scored["C"][:, 1])


def test_margins_are_as_the_ranking_gives_them_and_a_window_s_are_those_of_newer_calls(data, split, small_settings):
    fits = own_fits(data, SETTINGS, small_settings)

    def margins(ranking):
        training = Training(data.frame, ranking, seed=SETTINGS.seed, n_threads=1, min_month_rows=60)
        return training.fit_and_score(*split)

    newer, alike = margins(small_settings), margins(replace(small_settings, half_life_months=np.inf))
    assert (newer != alike).any()
    for protocol, expected in {"A": alike, "B": newer, "C": newer}.items():
        assert (fits[protocol](*split)[:, 2] == expected[:, 0]).all()
    bare = pd.Series(fits["B"](*split)[:, 1] - newer[:, 3]).round(9)
    leads = data.frame.iloc[split[1]]
    assert (bare.groupby([leads["day"].to_numpy(), leads["weekday"].to_numpy()]).nunique() == 1).all()


def test_no_outcome_of_a_call_that_is_scored_or_later_is_known(data, small_settings):
    fitted, scored = np.arange(800), np.arange(800, 900)
    told = data.frame["y"].to_numpy().copy()
    told[800:] = ~told[800:]
    knowing = replace(data, frame=data.frame.assign(y=told))

    for protocol in ("B", "C"):
        before, after = (own_fits(each, SETTINGS, small_settings)[protocol](fitted, scored) for each in (data, knowing))
        assert (before == after).all()


def test_a_week_begins_where_the_weekday_is_not_after_that_of_the_day_before(data):
    days = [("2008-05", "thu", "a"), ("2008-05", "thu", "a"), ("2008-05", "fri", "b"), ("2008-06", "mon", "c")]
    days += [("2008-06", "wed", "d"), ("2008-06", "wed", "e"), ("2008-06", "thu", "f")]
    frame = pd.DataFrame(days, columns=["period", "weekday", "day"])

    month, week, day = call_times(TrainingData(frame, "0" * 64))

    assert month.tolist() == [0, 0, 0, 1, 1, 1, 1]
    assert week.tolist() == [0, 0, 0, 1, 1, 2, 2]
    assert day.tolist() == [0, 0, 1, 2, 3, 4, 5]


def test_each_protocol_has_its_models():
    chosen, _ = models.chosen_models(["logistic", "smartbank_calendar", "logistic_month_nuisance"])

    assert (
        list(models.terms_of(chosen, "A")) == list(models.terms_of(chosen, "B")) == ["smartbank_calendar", "logistic"]
    )
    assert list(models.terms_of(chosen, "C")) == [
        *("smartbank_calendar", "logistic", "logistic_month_nuisance", "logistic_without_market")
    ]


def test_newer_rows_weigh_more_in_the_next_month_by_a_half_life_of_six_months():
    assert recency_weights(np.array([0, 6, 12]), half_life=models.HALF_LIFE_MONTHS).tolist() == [0.25, 0.5, 1.0]


def test_an_unknown_model_is_refused_with_those_that_are_known():
    with pytest.raises(SettingsError, match=r"no model called neural\. Choose from smartbank, .*catboost"):
        models.chosen_models(["logistic", "neural"])


def test_models_whose_library_is_missing_are_left_out_by_name(monkeypatch):
    monkeypatch.setattr(models, "find_spec", lambda _name: None)

    chosen, left_out = models.chosen_models([])

    assert left_out == ["lightgbm", "catboost"]
    assert chosen == [name for name in models.NAMES if name not in left_out]
    with pytest.raises(SettingsError, match=r"lightgbm cannot be compared.*requirements-dev\.txt"):
        models.chosen_models(["lightgbm"])
