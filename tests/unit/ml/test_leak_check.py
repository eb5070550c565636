import numpy as np
import pandas as pd
import pytest

from smartbank.adapters.uci import read_uci
from smartbank.bootstrap import models
from smartbank.core.leaks import Verdict
from smartbank.errors import TrainingDataError
from smartbank.ml.leak_check import check_column, model_scores

N = 1_000
CONVERTED = np.arange(N) % 5 == 0
PERIOD = np.where(np.arange(N) < N // 2, "2010-03", "2010-04").astype(object)
NOISE = np.random.default_rng(0).normal(size=N)
MODEL = CONVERTED + NOISE
"""Log-odds of a model with an AUC of about .76."""


def checked(values, *, name="new", model=MODEL):
    return check_column(name, pd.Series(values), CONVERTED, PERIOD, model)


def test_what_is_known_after_the_call_is_refused_whatever_its_values():
    found = checked(np.zeros(N), name="Call duration")

    assert found.verdict is Verdict.REFUSED
    assert found.auc is None


@pytest.mark.parametrize("direction", [1, -1])
def test_a_number_that_alone_beats_the_model_is_doubtful_in_both_directions(direction):
    found = checked(direction * (3 * CONVERTED + NOISE), name="talk_seconds")

    assert found.verdict is Verdict.DOUBTFUL
    assert found.auc > 0.95
    assert found.model_auc < 0.8
    assert found.within_month > found.model_within_month
    assert "--allow-column talk_seconds" in found.why


def test_a_number_that_is_special_for_buyers_without_rising_or_falling_is_doubtful():
    values = np.where(CONVERTED, 5.5, np.arange(N) % 11)

    assert checked(values).verdict is Verdict.DOUBTFUL


def test_a_text_is_compared_by_the_rate_of_its_levels_in_other_folds():
    assert checked(np.where(CONVERTED, "red", "blue")).auc == 1.0
    assert checked(np.where(CONVERTED, "red", "blue")).verdict is Verdict.DOUBTFUL
    assert checked(np.where(np.arange(N) % 2, "red", "blue")).verdict is Verdict.PASSES


def test_a_value_that_is_there_for_buyers_only_is_doubtful():
    assert checked(np.where(CONVERTED, "abc", "")).verdict is Verdict.DOUBTFUL
    assert checked(np.where(CONVERTED, 7.25, np.nan)).verdict is Verdict.DOUBTFUL


def test_a_column_that_wins_within_the_month_only_is_doubtful():
    model = np.where(PERIOD == "2010-03", 100.0, 0.0) + NOISE  # a calendar that knows nothing else
    converted = np.where(PERIOD == "2010-03", np.arange(N) % 10 < 9, np.arange(N) % 10 < 1)
    values = converted + 2 * np.random.default_rng(1).normal(size=N)

    found = check_column("hint", pd.Series(values), converted, PERIOD, model)

    assert found.auc < found.model_auc
    assert found.within_month > found.model_within_month
    assert found.verdict is Verdict.DOUBTFUL


def test_a_calendar_is_doubtful_and_called_one():
    converted = np.where(PERIOD == "2010-03", np.arange(N) % 10 < 9, np.arange(N) % 10 < 1)
    calendar = np.where(PERIOD == "2010-03", 0.7, 4.9)

    found = check_column("euribor", pd.Series(calendar), converted, PERIOD, converted + 2 * NOISE)

    assert found.verdict is Verdict.DOUBTFUL
    assert found.within_month == 0.5
    assert "It says in which month a call was" in found.why


def test_an_honest_column_passes_with_its_figures():
    found = checked(0.3 * CONVERTED + NOISE[::-1], name="income")

    assert found.verdict is Verdict.PASSES
    assert 0.5 < found.auc < found.model_auc
    assert "no better than the whole model" in found.why


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ([np.nan] * N, "has no value in any row"),
        (["", " unknown "] * (N // 2), "has no value in any row"),
        ([3] * N, "has the same value in every row"),
        (["x"] * N, "has the same value in every row"),
        (range(N), "has another value in every row"),
        ([str(i) for i in range(N)], "has another value in every row"),
        ([f"customer {i}" for i in range(N)], "has another value in every row"),
    ],
)
def test_a_column_that_cannot_tell_leads_apart_says_nothing(values, why):
    found = checked(values)

    assert found.verdict is Verdict.SAYS_NOTHING
    assert why in found.why


def test_amounts_that_happen_to_be_all_different_are_no_ids():
    assert checked(NOISE[::-1]).verdict is Verdict.PASSES


def test_one_value_where_it_is_known_at_all_is_compared():
    assert checked(np.where(np.arange(N) % 3, "x", "")).verdict is Verdict.PASSES


def test_numbers_written_as_text_are_numbers():
    values = 3 * CONVERTED + NOISE

    assert checked([f"{value:.6f}" for value in values]).auc == pytest.approx(checked(values).auc, abs=1e-4)


def test_another_number_of_rows_and_too_few_conversions_are_said():
    with pytest.raises(TrainingDataError, match="new has 3 values for 1,000 training rows"):
        checked([1, 2, 3])
    few = np.arange(N) < 4
    with pytest.raises(TrainingDataError, match="at least 5 leads that bought"):
        check_column("new", pd.Series(NOISE), few, PERIOD, MODEL)


def test_columns_of_a_file_are_checked_against_the_model_trained_on_the_rows(monkeypatch, tmp_path, training_data):
    frame = training_data.frame
    new = pd.DataFrame({"call_result": frame["y"], "talk": frame["y"] * 300 + frame["age"], "years": frame["age"]})
    new.to_csv(tmp_path / "new.csv", index=False)
    monkeypatch.setattr(models, "read_uci", lambda _path: training_data)

    found = models.check_columns(tmp_path / "uci.csv", tmp_path / "new.csv", report=lambda _line: None)

    verdicts = {each.name: each.verdict for each in found}
    assert verdicts == {"call_result": Verdict.REFUSED, "talk": Verdict.DOUBTFUL, "years": Verdict.PASSES}


@pytest.mark.soak
def test_on_ucis_file_the_length_of_the_call_is_found_under_another_name_and_age_passes(uci_file):
    data = read_uci(uci_file)
    raw = pd.read_csv(uci_file, sep=";")
    converted, period = data.frame["y"].to_numpy(), data.frame["period"].to_numpy(dtype=object)
    scores = model_scores(data)

    found = check_column("talk_seconds", raw["duration"], converted, period, scores)
    age = check_column("age_again", raw["age"], converted, period, scores)

    assert found.verdict is Verdict.DOUBTFUL
    assert found.auc == pytest.approx(0.818, abs=0.002)
    assert age.verdict is Verdict.PASSES
