"""`python -m smartbank models ...` and `train` on services in memory."""

from contextlib import contextmanager

import pytest
from typer.testing import CliRunner

import smartbank.bootstrap
from smartbank.cli import app
from smartbank.core.model_versions import TrainedModel
from smartbank.errors import ConflictError, NotFoundError, TrainingDataError, WorkCancelledError
from tests.model_versions import CHALLENGER, CHAMPION, NINE, compared
from tests.services import memory_services
from tests.stubs import stub_model

WHY = "It ranks the calls of autumn better."


@pytest.fixture
def services():
    services = memory_services()
    services.shelf.models[CHALLENGER] = stub_model(CHALLENGER)
    return services


@pytest.fixture
def run(services, monkeypatch):
    @contextmanager
    def open_services(_settings):
        yield services

    monkeypatch.setattr(smartbank.bootstrap, "open_services", open_services)
    return lambda *words: CliRunner().invoke(app, list(words))


def test_the_versions_are_listed_with_the_champion_first(run, services):
    services.registry.add(TrainedModel(CHALLENGER, NINE, "ada", 2_400, 240))
    services.registry.keep_comparison(compared())

    lines = run("models", "list").output.splitlines()

    assert lines[0] == f"{CHAMPION}  shipped with SmartBank, calls until 2010-11  in force"
    assert lines[1].startswith(f"{CHALLENGER}  trained 2026-11-02 by ada on 2,400 own calls too, calls until 2010-11")
    assert "It passes" in lines[1]


def test_the_fields_are_switched_and_switched_back(run, services):
    services.shelf.models["2026.2-10000001"] = stub_model("2026.2-10000001", twin_of=CHAMPION)
    services.registry.add(TrainedModel("2026.2-10000001", NINE, "ada", 0, 0))

    done = run("models", "switch", "--reason", WHY)

    assert done.output == "Leads are ranked without age and marital status, by model 2026.2-10000001.\n"
    assert services.scorer.version == "2026.2-10000001"
    first = run("models", "list").output.splitlines()[0]
    assert "calls until 2010-11, without age and marital status  in force" in first
    back = run("models", "switch", "--reason", WHY)
    assert back.output == f"Leads are ranked with age and marital status again, by model {CHAMPION}.\n"


def test_a_model_without_a_twin_is_not_switched(run):
    assert isinstance(run("models", "switch", "--reason", WHY).exception, NotFoundError)


def test_a_version_is_compared_put_in_force_and_reverted(run, services):
    assert "Not enough outcomes: 0" in run("models", "compare", CHALLENGER).output
    services.registry.keep_comparison(compared())

    assert run("models", "promote", CHALLENGER, "--reason", WHY).output == (
        f"Model {CHALLENGER} is in force in place of {CHAMPION}.\n"
    )
    assert services.scorer.version == CHALLENGER
    assert run("models", "revert").output == f"Model {CHAMPION} is in force again in place of {CHALLENGER}.\n"
    assert services.scorer.version == CHAMPION
    history = run("models", "list").output.splitlines()[-1]
    assert history.endswith(f"{CHALLENGER} in place of {CHAMPION}, command line: {WHY}")


def test_what_did_not_pass_is_refused_with_the_reason(run, services):
    assert isinstance(run("models", "promote", CHALLENGER, "--reason", WHY).exception, ConflictError)
    assert isinstance(run("models", "revert").exception, NotFoundError)
    assert run("models", "promote", CHALLENGER).exit_code == 2
    assert services.scorer.version == CHAMPION


def test_train_makes_a_challenger_and_changes_nothing_in_force(run, services):
    result = run("train")

    assert result.exit_code == 0
    assert f"Trained {CHALLENGER}. Not enough outcomes: 0 decided calls" in result.output
    assert services.scorer.version == CHAMPION
    assert f"Nothing new: {CHALLENGER}." in run("train").output


def test_train_if_due_says_that_none_is(run, services):
    result = run("train", "--if-due")

    assert (result.exit_code, result.output) == (
        0,
        "No training is due: the last one is young, or too few calls were decided since.\n",
    )
    assert services.registry.trained() == []


def test_a_training_that_fails_says_why(run, services):
    def fail(_own, **_how):
        raise TrainingDataError("bank-additional-full.csv cannot be read.")

    services.trainer.train = fail

    result = run("train")

    assert isinstance(result.exception, WorkCancelledError)
    assert str(result.exception) == "bank-additional-full.csv cannot be read."


def test_a_challenger_takes_the_file_every_process_takes(run):
    result = run("train", "--data", "uci.csv")

    assert result.exit_code == 2
    assert "SMARTBANK_TRAINING_DATA" in result.output


def test_the_shipped_model_needs_the_training_file(run):
    result = run("train", "--models", "out")

    assert result.exit_code == 2
    assert "--models needs --data" in result.output
