import json
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from contextlib import nullcontext
from dataclasses import replace

import numpy as np
import pytest

from smartbank.core.evaluation import Interval
from smartbank.errors import StartUpError, WorkCancelledError
from smartbank.ml.backtest import running
from smartbank.ml.backtest.compare import run_backtest
from smartbank.ml.backtest.models import WITHOUT_MARKET
from smartbank.ml.backtest.plan import BacktestSettings

SETTINGS = BacktestSettings(window=300, step=100, tail=93, min_month_rows=60, resamples=20)
A_PARTS, B_PARTS, C_PARTS = 5, 2, 19
ONLY_LOGISTIC = ["logistic"]
LOGISTIC_PARTS = A_PARTS + B_PARTS + 2 * C_PARTS


class Counted:
    """Fits that rank by the attempt and count themselves; the one numbered `stop` breaks the run off."""

    def __init__(self, stop=None):
        self.count, self.stop = 0, stop

    def __call__(self, data, _settings):
        attempt = data.frame["attempt"].to_numpy()

        def fit(fitted, scored):
            if self.count == self.stop:
                raise KeyboardInterrupt
            self.count += 1
            return np.column_stack([-attempt[scored], attempt[scored]]) / 2

        names = ("smartbank", "logistic", "xgboost", "catboost")
        fits = {(protocol, name): fit for protocol in "ABC" for name in names}
        return fits | {("C", name + WITHOUT_MARKET): fit for name in names}


def run(data, work, *, build=None, settings=SETTINGS, only=ONLY_LOGISTIC, **more):
    return run_backtest(data, work=work, settings=settings, only=only, build=build or Counted(), **more)


def test_the_figures_have_the_shape_the_page_reads(training_data, tmp_path):
    found = run(training_data, tmp_path, only=["smartbank", "smartbank_calendar", "xgboost", "catboost"])

    figures = json.loads(json.dumps(found.to_json()))
    assert list(figures) == ["A", "B", "C"]
    assert set(figures["A"]["smartbank"]) == {"auc", "brier", "base_rate"}
    assert set(figures["B"]["catboost"]) == {
        *("auc_last_20", "brier_last_20", "base_rate_last_20", "auc_last_93", "brier_last_93", "base_rate_last_93"),
        *("smartbank_ahead_auc_last_20", "smartbank_ahead_auc_last_93", "step", "iterations"),
    }
    ahead = {f"smartbank_ahead_{name}" for name in ("auc_month_mean", "auc_within_month", "lift_20", "auc_same_market")}
    own = {"auc_month_mean", "auc_within_month", "auc_2010", "lift_20", "auc_same_market", "base_rate"}
    assert set(figures["C"]["smartbank"]) == own
    assert set(figures["C"]["xgboost_without_market"]) == own | ahead
    assert figures["B"]["catboost"]["step"] == {"value": 100.0, "low": 100.0, "high": 100.0}
    for models in figures.values():
        for metrics in models.values():
            for figure in metrics.values():
                assert set(figure) == {"value", "low", "high"}
                assert figure["low"] <= figure["high"]


def test_a_model_made_of_two_is_their_mean(training_data, tmp_path):
    found = run(training_data, tmp_path, only=["smartbank", "smartbank_calendar", "xgboost"]).figures["A"]

    ahead = {"smartbank_ahead_auc": Interval(0.0, 0.0, 0.0)}
    assert found["smartbank_calendar"] == found["xgboost"] == found["smartbank"] | ahead


def test_the_ten_field_contract_is_the_second_output_of_the_same_fit(training_data, tmp_path):
    build = Counted()

    found = run(training_data, tmp_path, build=build, only=["smartbank", "smartbank_ten_fields"]).figures["A"]

    assert found["smartbank_ten_fields"]["auc"].value == pytest.approx(1 - found["smartbank"]["auc"].value)
    assert build.count == A_PARTS + 4 + 1 + C_PARTS


def test_a_run_that_was_broken_off_goes_on_where_it_was(training_data, tmp_path):
    whole = run(training_data, tmp_path / "whole", build=Counted())
    broken, again, third = Counted(stop=7), Counted(), Counted()
    told = []

    with pytest.raises(KeyboardInterrupt):
        run(training_data, tmp_path / "broken", build=broken)
    kept = len(list((tmp_path / "broken").glob("*.npy")))
    found = run(training_data, tmp_path / "broken", build=again, report=lambda *done: told.append(done))
    run(training_data, tmp_path / "broken", build=third)

    fits = A_PARTS + 4 + 1 + 2 * C_PARTS
    assert 0 < kept <= 7
    assert broken.count + again.count in (fits, fits + 3)  # a part of protocol B that was under way is begun again
    assert third.count == 0
    assert (told[0], told[-1]) == ((kept, LOGISTIC_PARTS), (LOGISTIC_PARTS, LOGISTIC_PARTS))
    assert found == whole


@pytest.mark.parametrize(
    "damage", [lambda content: content[:-40], lambda content: content[:200] + b"\1" + content[201:]]
)
def test_a_damaged_part_is_computed_again(damage, training_data, tmp_path):
    whole = run(training_data, tmp_path)
    part = next(tmp_path.glob("C-logistic-005-*.npy"))
    part.write_bytes(damage(part.read_bytes()))
    again = Counted()

    found = run(training_data, tmp_path, build=again)

    assert again.count == 1
    assert found == whole


@pytest.mark.parametrize(
    ("change", "fits"),
    [
        ({"seed": 1}, A_PARTS + 4 + 1 + 2 * C_PARTS),
        ({"step": 50}, 7 + 2),
        ({"tail": 50}, 1),
        ({"resamples": 5}, 0),
        ({"catboost_iterations": 3}, 0),
    ],
)
def test_what_a_changed_setting_does_not_touch_is_not_computed_again(change, fits, training_data, tmp_path):
    run(training_data, tmp_path)
    again = Counted()

    run(training_data, tmp_path, build=again, settings=replace(SETTINGS, **change))

    assert again.count == fits


def test_other_rows_are_computed_anew(training_data, tmp_path):
    run(training_data, tmp_path)
    again = Counted()

    run(replace(training_data, sha256="1" * 64), tmp_path, build=again)

    assert again.count == A_PARTS + 4 + 1 + 2 * C_PARTS


def test_two_processes_give_the_figures_of_one(training_data, tmp_path):
    one, two = (
        run_backtest(training_data, work=tmp_path / str(jobs), settings=SETTINGS, only=ONLY_LOGISTIC, jobs=jobs)
        for jobs in (1, 2)
    )

    assert one == two
    files = [{path.name: path.read_bytes() for path in (tmp_path / jobs).iterdir()} for jobs in ("1", "2")]
    assert len(files[0]) == LOGISTIC_PARTS
    assert files[0] == files[1]


def test_a_process_that_is_ended_from_outside_is_explained(monkeypatch, training_data, tmp_path):
    class Pool:
        def submit(self, _keep, _part):
            ended = Future()
            ended.set_exception(BrokenProcessPool("ended"))
            return ended

    monkeypatch.setattr(running, "_processes", lambda *_ground: nullcontext(Pool()))

    with pytest.raises(WorkCancelledError, match=r"ended from outside.*run the same command again"):
        run(training_data, tmp_path, jobs=2)


def test_a_folder_that_cannot_be_written_is_named(training_data, tmp_path):
    (tmp_path / "taken").write_text("a file")

    with pytest.raises(StartUpError, match=r"taken cannot be written.*--work"):
        run(training_data, tmp_path / "taken")


def test_a_part_lost_during_the_run_is_explained(training_data, tmp_path):
    def lose_all(done, of):
        for part in tmp_path.glob("A-*.npy") if done == of else ():
            part.unlink()

    with pytest.raises(WorkCancelledError, match=r"A-logistic-000-.*was lost"):
        run(training_data, tmp_path, report=lose_all)
