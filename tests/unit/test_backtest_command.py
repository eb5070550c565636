import json
from dataclasses import replace

import pytest
from typer.testing import CliRunner

import smartbank.bootstrap
from smartbank.adapters.backtest_files import BacktestFiles
from smartbank.cli import app
from smartbank.cli.backtest_table import backtest_lines
from smartbank.core.backtest import Backtest
from smartbank.core.evaluation import Interval
from smartbank.errors import TrainingDataError, WorkCancelledError


def figure(value):
    return Interval(value, value - 0.01, value + 0.01)


def month_figures(value):
    names = ("auc_month_mean", "auc_within_month", "auc_2010", "base_rate")
    return {name: figure(value) for name in names} | {"lift_20": figure(1 + value)}


FOUND = Backtest(
    figures={
        "A": {
            "smartbank": {"auc": figure(0.79), "brier": figure(0.08), "base_rate": figure(0.113)},
            "smartbank_calendar": {
                **{"auc": figure(0.81), "brier": figure(0.08), "base_rate": figure(0.113)},
                **{"smartbank_ahead_auc": figure(-0.02)},
            },
        },
        "B": {
            "smartbank": {
                **{"auc_last_20": figure(0.77), "base_rate_last_20": figure(0.308)},
                **{"auc_last_1293": figure(0.75), "base_rate_last_1293": figure(0.5)},
            },
            "forest": {
                **{"auc_last_20": figure(0.73), "smartbank_ahead_auc_last_20": figure(0.04)},
                **{"auc_last_1293": figure(0.72), "smartbank_ahead_auc_last_1293": figure(0.03)},
            },
        },
        "C": {
            "logistic": month_figures(0.63) | {"smartbank_ahead_auc_month_mean": figure(0.02)},
            "smartbank": month_figures(0.65),
        },
    },
    left_out=(),
    step=50,
    catboost_iterations=1_000,
    half_life_calls=250,
)


@pytest.fixture
def runner():
    return CliRunner()


@pytest.fixture
def asked(monkeypatch):
    """What the command asked for; it gets the figures above."""
    asked = {}

    def run_backtest(data, *, report, **more):
        asked.update(more, data=data.name)
        report(0, 2)
        report(2, 2)
        return FOUND

    monkeypatch.setattr(smartbank.bootstrap, "run_backtest", run_backtest)
    return asked


def test_each_protocol_has_a_table_with_the_best_model_first_and_the_base_rate():
    lines = backtest_lines(FOUND)

    assert lines[0] == "Protocol A: five random folds, all months together. Base rate 11.3 %."
    assert lines[2].split()[:2] == ["smartbank_calendar", ".810"]
    assert lines[2].endswith("(not used)")
    assert lines[3].startswith("> smartbank ")
    assert "Base rate 30.8 % in the last 20 %, 50.0 % in the last 1,293." in "\n".join(lines)
    assert [line.split()[:2] for line in lines if "logistic" in line or line.startswith("> smartbank")][-2:] == [
        [">", "smartbank"],
        ["logistic", ".630"],
    ]


def test_a_figure_stands_with_its_interval():
    text = "\n".join(backtest_lines(FOUND))

    assert ".650 .640 to .660" in text
    assert "1.65 (1.64 to 1.66)" in text
    assert ".020 .010 to .030" in text
    assert [title.strip() for title in text.splitlines()[1].split("  ") if title.strip()] == [
        "model",
        "AUC",
        "Brier",
        "SmartBank ahead",
    ]
    assert "-.020 -.030 to -.010" in text
    level = {"smartbank_calendar": {"auc": figure(0.79), "smartbank_ahead_auc": Interval(0.002, -0.0002, 0.004)}}
    assert " .002 -.000 to .004" in "\n".join(backtest_lines(replace(FOUND, figures={"A": level})))
    ahead = ".730 .720 to .740  .040 .030 to .050  .720 .710 to .730  .030 .020 to .040"
    assert " ".join(ahead.split()) in " ".join(text.split())


def test_the_lines_say_why_the_protocols_differ_and_what_not_to_compare():
    text = "\n".join(backtest_lines(FOUND))

    assert "C orders the leads of one month nobody has seen" in text
    assert "Other data, not comparable: the paper's rolling AUC of .794" in text
    assert "AUC above .82 in random folds is a leak" in text
    assert "half-life 250 calls" in text
    assert "quick" not in text
    assert "Left out" not in text


def test_a_quick_run_and_models_left_out_are_said():
    text = "\n".join(backtest_lines(replace(FOUND, quick=True, step=500, left_out=("lightgbm", "catboost"))))

    assert "This was a quick run: protocol B in steps of 500 rows instead of 50, CatBoost with" in text
    assert "Left out, as not installed: lightgbm and catboost." in text
    assert "requirements-dev.txt" in text


def test_backtest_passes_on_what_was_asked_and_writes_the_figures(asked, runner, tmp_path):
    options = [
        "--json",
        str(tmp_path / "b.json"),
        "--quick",
        "--only",
        "smartbank",
        "--only",
        "logistic",
        "--jobs",
        "1",
    ]

    result = runner.invoke(app, ["backtest", "--data", "uci.csv", *options, "--work", str(tmp_path), "--seed", "3"])

    assert result.exit_code == 0
    assert asked == {
        **{"data": "uci.csv", "work": tmp_path, "only": ["smartbank", "logistic"]},
        **{"quick": True, "jobs": 1, "seed": 3},
    }
    assert "> smartbank" in result.output
    assert json.loads((tmp_path / "b.json").read_text()) == FOUND.to_json()
    assert [path.name for path in tmp_path.iterdir()] == ["b.json"]


def test_the_folder_the_model_page_reads_is_made_where_it_is_missing(asked, runner, tmp_path):
    result = runner.invoke(app, ["backtest", "--data", "uci.csv", "--json", str(tmp_path / "backtests" / "v1.json")])

    assert result.exit_code == 0
    assert BacktestFiles(tmp_path).load("v1") is not None


@pytest.mark.parametrize("place", ["missing/further/b.json", ""])
def test_a_place_for_the_figures_that_cannot_be_written_is_refused_before_any_work(place, asked, runner, tmp_path):
    result = runner.invoke(app, ["backtest", "--data", "uci.csv", "--json", str(tmp_path / place)])

    assert result.exit_code == 2
    assert asked == {}


def test_ctrl_c_says_that_the_same_command_goes_on(monkeypatch, runner, tmp_path):
    def interrupted(_data, **_more):
        raise KeyboardInterrupt

    monkeypatch.setattr(smartbank.bootstrap, "run_backtest", interrupted)

    result = runner.invoke(app, ["backtest", "--data", "uci.csv", "--work", str(tmp_path)])

    assert isinstance(result.exception, WorkCancelledError)
    assert str(result.exception) == (
        f"Stopped. What is finished is kept in {tmp_path}: the same command goes on from there."
    )


def test_backtest_explains_a_file_that_is_not_there(runner, tmp_path):
    result = runner.invoke(app, ["backtest", "--data", str(tmp_path / "absent.csv")])

    assert isinstance(result.exception, TrainingDataError)
    assert "absent.csv cannot be read" in str(result.exception)
