from pathlib import Path

import pytest
from typer.testing import CliRunner

import smartbank.bootstrap
from smartbank.cli import app
from smartbank.errors import TrainingDataError


@pytest.fixture
def runner():
    return CliRunner()


def test_train_passes_on_what_was_asked_and_says_where_the_model_is(monkeypatch, runner):
    asked = {}

    def train_model(data, models_dir, *, seed, report):
        asked.update(data=data, models_dir=models_dir, seed=seed)
        report("Fitting on all rows…")
        return "2026.1-abcdef12"

    monkeypatch.setattr(smartbank.bootstrap, "train_model", train_model)

    result = runner.invoke(app, ["train", "--data", "uci.csv", "--models", "out", "--seed", "3"])

    assert asked == {"data": Path("uci.csv"), "models_dir": Path("out"), "seed": 3}
    assert result.output.splitlines() == ["Fitting on all rows…", "Written to out/2026.1-abcdef12."]


def test_train_explains_a_file_that_is_not_there(runner, tmp_path):
    result = runner.invoke(app, ["train", "--data", str(tmp_path / "absent.csv"), "--models", str(tmp_path)])

    assert isinstance(result.exception, TrainingDataError)
    assert "absent.csv cannot be read" in str(result.exception)


def test_fetch_says_how_to_train_on_what_it_fetched(monkeypatch, runner):
    monkeypatch.setattr(smartbank.bootstrap, "fetch_training_data", lambda target: target / "bank-additional-full.csv")

    result = runner.invoke(app, ["data", "fetch", "--to", "somewhere"])

    assert (
        "somewhere/bank-additional-full.csv is complete. Train a challenger with: python -m smartbank train"
        in result.output
    )
