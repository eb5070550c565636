from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime

import pytest
import typer
from typer.testing import CliRunner

from smartbank import bootstrap
from smartbank.adapters.memory import MemoryAuditLog
from smartbank.cli import audit
from smartbank.core.audit import AuditAction, AuditEvent, AuditResult, BrokenEntry

NINE = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


@pytest.fixture
def log(monkeypatch):
    log = MemoryAuditLog()
    for number in (1, 2):
        log.append(
            AuditEvent(
                NINE, "ana", "local", AuditAction.EXPORT, "run", f"run-{number}", AuditResult.DONE, {"leads": number}
            )
        )

    @contextmanager
    def open_audit(_settings):
        yield log

    monkeypatch.setattr(bootstrap, "open_audit", open_audit)
    return log


def run(*arguments):
    app = typer.Typer()
    audit.register(app)
    return CliRunner().invoke(app, ["audit", *arguments])


def test_an_intact_log_says_how_many_entries_and_what_to_note_down(log):
    result = run("verify")

    assert result.exit_code == 0
    assert "2 entries read." in result.output
    assert result.output.strip().endswith(f"--head: 2:{log.kept[1].hash}")
    assert run("verify", "--head", f"2:{log.kept[1].hash}").exit_code == 0


def test_a_damaged_log_names_every_fault_and_exits_with_1(log):
    for place in (0, 1):
        log.kept[place] = replace(log.kept[place], event=replace(log.kept[place].event, who="bea"))

    result = run("verify")

    assert result.exit_code == 1
    assert "Entry 1 was changed after it was written." in result.output
    assert "Entry 2 was changed after it was written." in result.output
    assert "--head" not in result.output


def test_a_noted_entry_that_is_gone_is_a_fault(log):
    noted = f"2:{log.kept.pop().hash}"

    result = run("verify", "--head", noted)

    assert result.exit_code == 1
    assert "The log ends at entry 1, but entry 2 was written" in result.output


@pytest.mark.parametrize("head", ["2", "2:abc", "x:" + "0" * 64, "-1:" + "0" * 64])
def test_a_head_that_is_none_is_an_argument_that_is_wrong(log, head):
    assert run("verify", f"--head={head}").exit_code == 2


def test_the_newest_entries_are_listed_one_line_each(log):
    log.kept.append(BrokenEntry("3", "who is missing."))

    result = run("list", "--limit", "2")

    assert result.output.splitlines() == [
        "       3  cannot be read: who is missing.",
        "       2  2026-01-05 09:00:00 UTC  ana (local)  export done  run run-2  leads=2",
    ]
