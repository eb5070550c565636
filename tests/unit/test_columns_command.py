import pytest
from typer.testing import CliRunner

import smartbank.bootstrap
from smartbank.cli import app
from smartbank.core.leaks import Finding, Verdict
from smartbank.errors import TrainingDataError

PASSES = Finding("income", Verdict.PASSES, "income alone ranks no better than the whole model.")
DOUBTFUL = Finding("talk_seconds", Verdict.DOUBTFUL, "talk_seconds alone ranks better than the whole model.")


@pytest.fixture
def check(monkeypatch):
    def check(*more, found=(PASSES, DOUBTFUL)):
        monkeypatch.setattr(smartbank.bootstrap, "check_columns", lambda *_files, **_report: iter(found))
        return CliRunner().invoke(app, ["columns", "check", "--data", "uci.csv", "--columns", "new.csv", *more])

    return check


def test_columns_that_pass_are_named(check):
    result = check(found=(PASSES,))

    assert result.exit_code == 0
    assert result.output.splitlines() == [
        "income: passes. income alone ranks no better than the whole model.",
        "May be used: income.",
    ]


def test_a_doubtful_column_stops_the_command_until_it_is_allowed_by_name(check):
    refused = check()
    assert isinstance(refused.exception, TrainingDataError)
    assert "talk_seconds: doubtful." in refused.output

    assert check("--allow-column", "talk_seconds").output.endswith("May be used: income, talk_seconds.\n")
