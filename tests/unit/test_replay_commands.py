from contextlib import contextmanager

import pytest
from typer.testing import CliRunner

from smartbank import bootstrap
from smartbank.cli import app
from tests.replays import Replays
from tests.services import memory_services


@pytest.fixture
def replays():
    return Replays(memory_services())


@pytest.fixture
def call(replays, monkeypatch):
    """Call the command on the services in memory."""

    @contextmanager
    def open_services(_settings):
        yield replays.services

    monkeypatch.setattr(bootstrap, "open_services", open_services)

    def call(*arguments):
        return CliRunner().invoke(app, ["audit", "replay", *map(str, arguments)])

    return call


def test_the_command_says_part_by_part_that_a_prediction_is_equal(replays, call):
    result = call(f"{replays.run_id}:1")

    assert result.exit_code == 0
    assert "equal    contributions" in result.output
    assert result.output.splitlines()[-1] == f"{replays.run_id}:1 is equal bit for bit."


def test_the_command_shows_what_is_stored_and_what_was_made_again(replays, call):
    replays.prediction(2)["margin"] = 0.25

    result = call("lead-2", "--run", replays.run_id)

    assert result.exit_code == 1
    assert "DIFFERS  margin" in result.output
    assert "stored     0.25\n         made again 0.0\n" in result.output
    assert "first part that differs is the margin" in result.output


def test_the_command_counts_the_equal_ones_of_a_run(replays, call):
    assert call("--run", replays.run_id).output == (
        f"Run {replays.run_id}: 3 of 3 predictions are equal bit for bit.\n"
    )

    replays.prediction(2)["margin"] = 0.25
    result = call("--run", replays.run_id)

    assert result.exit_code == 1
    assert "2 of 3 predictions are equal" in result.output
    assert f"{replays.run_id}:2 differs in the margin: stored 0.25, made again 0.0" in result.output


@pytest.mark.parametrize("arguments", [["--sample", "2"], ["--sample", "2", "--run", "{run}"]])
def test_the_command_draws_a_sample(replays, call, arguments):
    result = call(*(each.format(run=replays.run_id) for each in arguments))

    assert result.exit_code == 0
    assert "2 of 2 predictions are equal" in result.output


def test_the_command_says_what_it_cannot_make_again(replays, call):
    replays.services.customers.kept.clear()

    assert call(f"{replays.run_id}:1").exit_code == 2
    assert call("--run", replays.run_id).exit_code == 2
    assert call("nonsense").exit_code == 2
    assert call().exit_code == 2
    assert call("x:1", "--sample", "3").exit_code == 2
