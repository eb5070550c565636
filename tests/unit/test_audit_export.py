"""The audit log taken away: what is in the file, what is on record of it, and the commands that make and check it."""

import csv
import hashlib
import io
import stat
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
import typer
from typer.testing import CliRunner

from smartbank import bootstrap
from smartbank.adapters.memory import MemoryAuditLog, MemorySettingsRepository
from smartbank.cli import audit, audit_files
from smartbank.core.audit import AuditAction, AuditEvent, AuditResult, BrokenEntry
from smartbank.core.audit_filter import AuditFilter
from smartbank.core.people import COMMAND_LINE, Role
from smartbank.errors import ForbiddenError
from smartbank.services.audit_export import open_audit_export, verify_file
from tests.actors import EVERYBODY

NINE = datetime(2026, 1, 5, 9, 0, 0, 120_000, tzinfo=UTC)
EVERYTHING = AuditFilter()


@pytest.fixture
def log():
    log = MemoryAuditLog()
    for day in range(6):
        who = "ana" if day % 2 else "=cmd()"
        log.append(
            AuditEvent(
                NINE + timedelta(days=day), who, "local", AuditAction.RUN, "run", f"run-{day}", AuditResult.DONE,
                {"leads": day, "b": "é"},
            )
        )  # fmt: skip
    return log


def export(log, wanted=EVERYTHING, kind="jsonl", *, by=COMMAND_LINE):
    return open_audit_export(wanted, kind, by=by, audit=log, settings=MemorySettingsRepository(), now=NINE)


def content(download):
    return b"".join(download.chunks)


def verify(data, **more):
    return verify_file(data.splitlines(keepends=True), by=COMMAND_LINE, **more).chain


def test_lines_of_json_hold_every_entry_down_to_the_newest_and_check_out(log):
    head = log.head()

    data = content(export(log))

    assert verify(data, noted=head).faults == ()
    assert verify(data).entries == 6
    assert (
        data.splitlines()[0]
        == (
            '{"action":"run","at":"2026-01-05T09:00:00.120Z","details":{"b":"é","leads":0},'
            f'"hash":"{log.kept[0].hash}","number":1,"object_id":"run-0","object_kind":"run","place":"local",'
            f'"previous":"{"0" * 64}","result":"done","who":"=cmd()"}}'
        ).encode()
    )


def test_what_is_written_while_a_file_leaves_is_not_in_it(log):
    download = export(log)
    log.append(replace(log.kept[0].event, object_id="later"))

    assert b"later" not in content(download)


def test_beyond_the_newest_entry_nothing_is_read(log, monkeypatch):
    download = export(log)
    for _ in range(3):
        log.append(replace(log.kept[0].event, object_id="later"))
    log.kept[8] = BrokenEntry("9", "who is missing.")
    read = []
    entries = log.entries
    monkeypatch.setattr(log, "entries", lambda: (read.append(str(entry.number)) or entry for entry in entries()))

    data = content(download)

    assert read == ["1", "2", "3", "4", "5", "6", "7"]
    assert verify(data).entries == 6
    assert b"who is missing." not in data


def test_a_table_has_every_value_and_no_formula(log):
    rows = list(csv.DictReader(io.StringIO(content(export(log, kind="csv")).decode("utf-8-sig"))))

    assert [row["Number"] for row in rows] == ["1", "2", "3", "4", "5", "6"]
    assert rows[0] == {
        "Number": "1", "Time (UTC)": "2026-01-05T09:00:00.120Z", "Who": "'=cmd()", "From": "local", "Action": "run",
        "Kind of object": "run", "Object id": "run-0", "Result": "done", "Details": '{"b":"é","leads":0}',
        "Hash": log.kept[0].hash, "Previous hash": "0" * 64,
    }  # fmt: skip


def test_a_filter_leaves_out_what_it_does_not_mean_and_the_rest_is_a_part_that_checks_out(log):
    data = content(export(log, AuditFilter(who="ana", first_day=date(2026, 1, 7), last_day=date(2026, 1, 10))))

    checked = verify(data, is_part=True)
    assert (checked.entries, checked.number, checked.faults) == (2, 6, ())
    assert not verify(data).is_intact


def test_a_file_is_on_record_before_its_first_byte_and_with_its_hash_after_its_last(log):
    download = export(log, AuditFilter(who="ana", result=AuditResult.DONE))
    begun = log.kept[-1].event
    assert (begun.action, begun.object_kind, begun.result) == ("export", "audit log", "done")
    assert begun.details["step"] == "handed out"
    assert begun.details["newest"] == 6
    assert begun.details["who"].startswith("mark ")

    data = content(download)

    assert log.kept[-1].event.details == {
        "step": "ended", "format": "jsonl", "newest": 6, "entries": 3, "sha256": hashlib.sha256(data).hexdigest(),
        "who": "ana", "result": "done",
    }  # fmt: skip
    assert len(log.kept) == 8


def test_a_file_that_breaks_off_has_no_end_on_record(log):
    download = export(log)

    next(download.chunks)
    download.chunks.close()

    assert [entry.event.details.get("step") for entry in log.kept[6:]] == ["handed out"]


def test_a_name_typed_into_a_filter_that_finds_nothing_never_comes_on_record(log):
    content(export(log, AuditFilter(object="Ana Silva")))

    assert "Silva" not in str([entry.event.details for entry in log.kept])


@pytest.mark.parametrize("kind", ["csv", "jsonl"])
def test_an_entry_that_cannot_be_read_is_in_the_file_whatever_the_filter(log, kind):
    log.kept[2] = BrokenEntry("3", "who is missing.")

    data = content(export(log, AuditFilter(who="nobody"), kind))

    assert b"who is missing." in data
    assert not verify(data).is_intact


def test_who_may_not_see_the_log_takes_nothing_and_that_is_on_record(log):
    with pytest.raises(ForbiddenError):
        export(log, by=EVERYBODY[Role.MANAGER])

    assert log.kept[-1].event.result == "refused"


@pytest.fixture
def run(log, monkeypatch):
    @contextmanager
    def open_bank_settings(_settings):
        yield MemorySettingsRepository(), None, log

    monkeypatch.setattr(bootstrap, "open_bank_settings", open_bank_settings)
    app = typer.Typer()
    audit.register(app)
    audit_files.register(app)

    def run(*arguments):
        return CliRunner().invoke(app, ["audit", *map(str, arguments)])

    return run


def test_the_command_writes_a_file_of_ones_own_that_the_other_command_finds_intact(run, log, tmp_path):
    file, head = tmp_path / "log.jsonl", log.head()

    made = run("export", file)
    checked = run("verify-file", file, "--head", f"{head[0]}:{head[1]}")

    assert made.exit_code == checked.exit_code == 0
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert "The file is intact: 6 entries, from 1 to 6, none missing." in checked.output
    assert log.kept[-1].event.details["sha256"] in checked.output


def test_the_command_takes_filters_and_the_part_is_checked_as_one(run, tmp_path):
    file = tmp_path / "log.jsonl"
    run("export", file, "--who", "ana", "--from", "2026-01-07", "--kind", "run", "--action", "run")

    whole, part = run("verify-file", file), run("verify-file", file, "--part")

    assert whole.exit_code == 1
    assert "check it with --part" in whole.output
    assert part.exit_code == 0
    assert "Each of 2 entries, from 4 to 6, is as it was written." in part.output


def test_a_changed_file_is_told_with_its_fault_and_exit_code_1(run, tmp_path):
    file = tmp_path / "log.jsonl"
    run("export", file)
    file.write_bytes(file.read_bytes().replace(b'"who":"ana"', b'"who":"eve"', 1))

    checked = run("verify-file", file)

    assert checked.exit_code == 1
    assert "Entry 2 was changed after it was written." in checked.output
    assert "The file is not as the audit log was written: 1 fault." in checked.output


def test_a_file_that_is_there_is_never_written_over_and_one_that_breaks_off_does_not_stay(run, log, tmp_path):
    file, there = tmp_path / "new.csv", tmp_path / "there.csv"
    there.write_text("mine")
    log.entries = lambda: iter([1 / 0])

    results = [run("export", there), run("export", file), run("export", tmp_path / "log.txt")]

    assert [result.exit_code for result in results] == [1, 1, 2]
    assert there.read_text() == "mine"
    assert not file.exists()


@pytest.mark.parametrize("name", ["log.csv", "LOG.CSV"])
def test_a_table_of_the_log_is_said_to_be_none_that_can_be_verified(run, tmp_path, name):
    run("export", tmp_path / "log.csv")
    (tmp_path / "log.csv").rename(tmp_path / name)

    checked = run("verify-file", tmp_path / name)

    assert checked.exit_code == 2
    said = " ".join(checked.output.replace("│", " ").split())
    assert "A CSV of the audit log cannot be verified" in said
    assert "python -m smartbank audit export FILE.jsonl" in said
    assert "fault" not in said
