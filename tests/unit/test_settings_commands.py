from contextlib import contextmanager

import pytest
from typer.testing import CliRunner

from smartbank.adapters.memory import MemoryAuditLog, MemorySettingsRepository
from smartbank.cli import settings as commands
from smartbank.cli.operating import operator
from smartbank.core.audit import AuditResult
from smartbank.errors import SettingsError
from tests.services import bundled_market


@pytest.fixture
def opened(monkeypatch):
    opened = MemorySettingsRepository(), bundled_market(), MemoryAuditLog()

    @contextmanager
    def open_bank_settings():
        yield opened

    monkeypatch.setattr(commands, "open_bank_settings", open_bank_settings)
    return opened


def run(*arguments):
    return CliRunner().invoke(commands.settings_app, arguments)


def test_every_setting_is_shown_by_name_with_what_they_come_to(opened):
    lines = run("show").output.splitlines()

    assert lines[0].split() == ["base_rate", "11.3", "%", "(Portugal", "2008-10)", "Base", "rate"]
    assert lines[-2] == "A call pays from 10 %. Band A begins at 33.9 %, B at 17 %, C at 8.5 %."
    assert lines[-1] == "Version 0, the defaults, nothing was saved."


def test_a_setting_is_changed_said_and_audited(opened):
    settings, _market, audit = opened

    result = run("set", "base_rate", "3 %")

    event = audit.newest()[0].event
    assert result.output.splitlines()[0] == "Base rate: 11.3 % before, 3 % now."
    assert settings.current().base_rate == 0.03
    assert settings.current().base_rate_source.startswith("your bank, asked on ")
    assert (event.who, event.place, event.result) == ("command line", operator().place, AuditResult.DONE)
    assert event.details["changed"] == ["base_rate", "base_rate_source", "base_rate_market"]


def test_the_default_base_rate_can_be_said_to_be_the_banks_own(opened):
    run("set", "base_rate", "11.3 %")

    assert opened[0].current().has_own_base_rate


def test_a_value_that_is_not_allowed_is_not_saved(opened):
    result = run("set", "keep_backups", "366")

    assert isinstance(result.exception, SettingsError)
    assert opened[0].history() == []


@pytest.mark.parametrize(
    ("name", "value", "asked"),
    [
        ("base_rate", "0.0001 %", "Of 100 calls 0.0001 sold? That is one sale in 1,000,000 calls."),
        ("base_rate", "61 %", "Of 100 calls 61 sold? More than 60 is rare."),
        (
            "cost_of_call",
            "80",
            "A call costs 80 EUR and a sale brings 80 EUR? Then every call that does not sell loses",
        ),
        ("keep_backups", "0", "SmartBank makes no backups any more? Then something else has to back up"),
    ],
)
def test_what_is_hardly_meant_is_saved_only_with_yes(opened, name, value, asked):
    refused = run("set", name, value)
    saved = run("set", name, value, "--yes")

    assert str(refused.exception).startswith(asked)
    assert str(refused.exception).endswith("say it again with --yes.")
    assert saved.exit_code == 0
    assert len(opened[0].history()) == 1


@pytest.mark.parametrize("value", ["0.1 %", "60 %"])
def test_a_base_rate_that_occurs_is_not_asked_back_about(opened, value):
    assert run("set", "base_rate", value).exit_code == 0


def test_a_doubtful_value_that_holds_already_stops_no_other_change(opened):
    run("set", "base_rate", "0.01 %", "--yes")

    assert run("set", "keep_backups", "7").exit_code == 0


def test_the_history_says_who_changed_what_newest_first(opened):
    run("set", "base_rate", "3 %")
    run("set", "currency", "gbp")

    lines = run("history").output.splitlines()

    assert [line.split()[:2] for line in lines] == [["version", "2"], ["version", "1"]]
    assert lines[0].endswith("command line  Currency: EUR → GBP")
    measured = "measured in: Euribor 2.64 %, employment 3.7 %, consumer prices 3.30 %"
    assert lines[1].endswith(f"command line  Base rate: 11.3 % → 3 % ({measured})")
    assert run("history", "--limit", "1").output.splitlines() == lines[:1]


def test_an_empty_history_says_that_the_defaults_hold(opened):
    assert run("history").output == "Nothing was changed yet: the defaults hold.\n"
