"""What is taken for a backtest, and what is not."""

import json

import pytest

from smartbank.adapters.backtest_files import BacktestFiles
from smartbank.core.backtest_report import Figure, backtest_report
from smartbank.errors import BacktestError
from tests.backtests import backtest_values


def test_every_figure_is_found_by_protocol_model_and_metric():
    report = backtest_report(backtest_values())

    found = report.find("C", "logistic", "lift_20")
    assert (found.value, found.low, found.high) == pytest.approx((1.64, 1.62, 1.66))
    assert list(report.of("A", "auc")) == ["smartbank", "smartbank_without_market", "logistic", "xgboost"]
    assert report.find("C", "forest", "lift_20") is None


@pytest.mark.parametrize(("step", "is_quick"), [(50, False), (500, True)])
def test_the_step_of_protocol_b_tells_a_quick_one(step, is_quick):
    report = backtest_report(backtest_values(step=step))

    assert (report.step, report.is_quick) == (step, is_quick)


def test_a_step_may_be_a_bare_number_and_a_figure_may_lack_its_interval():
    report = backtest_report({"B": {"smartbank": {"step": 500, "auc_last_20": {"value": 0.78}}}})

    assert report.step == 500
    assert report.find("B", "smartbank", "auc_last_20") == Figure(0.78)


def test_what_stands_beside_the_protocols_is_left_alone():
    values = {
        "A": {"smartbank": {"auc": 0.8, "note": "text", "brier": {"value": "?"}}},
        "version": "2026.1",
        "quick": {},
    }

    assert backtest_report(values).of("A", "auc") == {"smartbank": Figure(0.8)}


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ([], "no figures"),
        ({}, "no figures"),
        ({"A": {}}, "no figures"),
        ({"A": {"smartbank": {}}}, "no figures"),
        ({"A": [1]}, "protocol A does not hold figures by model"),
        ({"A": {"smartbank": 0.8}}, "protocol A does not hold figures by model"),
        ({"A": {"smartbank": {"auc": "high"}}}, "A.smartbank.auc is not a number"),
        ({"A": {"smartbank": {"auc": {"low": 0.7}}}}, "A.smartbank.auc is not a number"),
        ({"A": {"smartbank": {"auc": float("nan")}}}, "A.smartbank.auc is not a number"),
        ({"A": {"smartbank": {"auc": True}}}, "A.smartbank.auc is not a number"),
        ({"A": {"smartbank": {"auc": 80.0}}}, "outside what such a figure can be"),
        ({"C": {"smartbank": {"lift_20": -1.0}}}, "outside what such a figure can be"),
        ({"A": {"smartbank": {"auc": {"value": 0.7, "low": 0.8, "high": 0.6}}}}, "upside down"),
    ],
)
def test_a_file_of_another_shape_is_refused_with_the_place(values, said):
    with pytest.raises(BacktestError, match=said):
        backtest_report(values)


def test_no_file_is_no_backtest(tmp_path):
    assert BacktestFiles(tmp_path).load("2026.1") is None
    assert BacktestFiles(tmp_path).load("../2026.1") is None


def test_the_file_of_a_version_is_read(tmp_path):
    (tmp_path / "backtests").mkdir()
    (tmp_path / "backtests" / "v1.json").write_text(json.dumps(backtest_values()))

    assert BacktestFiles(tmp_path).load("v1").step == 50
    assert BacktestFiles(tmp_path).load("v2") is None


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("{", "v1.json is not readable JSON. Make it again with `python -m smartbank backtest --data bank-additional-"),
        ("\xff", "not readable JSON"),
        ("[" * 100_000, "not readable JSON"),
        ('{"A": 3}', "v1.json is not used: protocol A does not hold figures by model"),
        ('{"A": {"m": {"auc": NaN}}}', "A.m.auc is not a number"),
        ('{"C": {"m": {"lift_20": 1' + "0" * 400 + "}}}", "C.m.lift_20 is not a number"),
        ("[" + " " * 5_000_001, "far too large"),
    ],
)
def test_a_spoilt_file_is_a_sentence_with_the_way_out(tmp_path, content, said):
    (tmp_path / "backtests").mkdir()
    (tmp_path / "backtests" / "v1.json").write_bytes(content.encode("latin-1"))

    with pytest.raises(BacktestError, match=said):
        BacktestFiles(tmp_path).load("v1")


def test_a_folder_in_its_place_is_a_sentence(tmp_path):
    (tmp_path / "backtests" / "v1.json").mkdir(parents=True)

    with pytest.raises(BacktestError, match="cannot be read"):
        BacktestFiles(tmp_path).load("v1")


def test_a_folder_nobody_may_look_into_is_a_sentence(tmp_path, monkeypatch):
    def refuse(path, **_options):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr("pathlib.Path.stat", refuse)

    with pytest.raises(BacktestError, match="cannot be read"):
        BacktestFiles(tmp_path).load("v1")
