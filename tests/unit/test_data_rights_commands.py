"""Commands on what a customer may ask for."""

import json
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from typer.testing import CliRunner

from smartbank import bootstrap
from smartbank.cli import app
from smartbank.core.customers import CustomerQuery
from smartbank.errors import BackupError, LeadValidationError, NotFoundError, SettingsError
from tests.services import memory_services
from tests.stubs import stub_leads

NOW = datetime(2026, 1, 5, 9, tzinfo=UTC)


@pytest.fixture
def services(monkeypatch):
    services = memory_services()
    services.customers.save_many(stub_leads([30, 60]), source={"kind": "upload"}, saved_at=NOW)

    @contextmanager
    def open_services(_settings):
        yield services

    monkeypatch.setattr(bootstrap, "open_services", open_services)
    return services


WHY = ("--reason", "asked for it by letter")


def run(*arguments, typed=None):
    return CliRunner().invoke(app, ["data", *map(str, arguments)], input=typed)


def test_everything_kept_of_a_customer_is_written_for_its_owner_alone(services, tmp_path):
    file = tmp_path / "one.json"

    done = run("access", "lead-1", "--output", file)

    assert done.exit_code == 0
    assert json.loads(file.read_text())["you"]["entries"][0]["Age"] == 60
    assert file.stat().st_mode & 0o777 == 0o600
    assert services.audit.kept[-1].event.who == "command line"


def test_a_file_that_is_there_is_not_overwritten_and_nothing_goes_on_record(services, tmp_path):
    file = tmp_path / "one.json"
    file.write_text("mine")

    done = run("access", "lead-1", "--output", file)
    nowhere = run("access", "lead-1", "--output", tmp_path / "no" / "one.json")

    assert isinstance(done.exception, BackupError)
    assert isinstance(nowhere.exception, BackupError)
    assert file.read_text() == "mine"
    assert services.audit.kept == []


def test_of_nobody_no_file_is_written(services, tmp_path):
    done = run("access", "nobody", "--output", tmp_path / "one.json")

    assert isinstance(done.exception, NotFoundError)
    assert list(tmp_path.iterdir()) == []


def ids(services):
    return services.customers.ids(CustomerQuery())


def test_a_customer_is_erased_when_the_id_is_typed_again(services):
    done = run("erase", "lead-1", typed="lead-1\nasked for it by letter\n")

    assert done.exit_code == 0
    assert "The customer is erased" in done.output
    assert ids(services) == ["lead-0"]
    assert run("erase", "lead-0", "--yes", "lead-0", *WHY).exit_code == 0
    assert ids(services) == []


def test_another_id_or_no_reason_erases_nobody(services):
    wrong = run("erase", "lead-1", "--yes", "lead-0", *WHY)
    silent = run("erase", "lead-1", "--yes", "lead-1", typed="so\n")
    neither, both = run("erase"), run("erase", "lead-1", "--again", "list.json")

    assert isinstance(wrong.exception, LeadValidationError)
    assert isinstance(silent.exception, SettingsError)
    assert (neither.exit_code, both.exit_code) == (2, 2)
    assert ids(services) == ["lead-0", "lead-1"]


def test_in_an_older_copy_whoever_is_on_the_list_is_erased_again(services, tmp_path):
    before = services.customers.load(["lead-1"])
    run("erase", "lead-1", "--yes", "lead-1", *WHY)
    written = run("erasures", tmp_path / "erasures.json")
    services.erased.lift("lead-1")
    services.customers.save_many(before, source={"kind": "upload"}, saved_at=NOW)
    assert ids(services) == ["lead-0", "lead-1"]

    again = run("erase", "--again", tmp_path / "erasures.json")

    assert "1 erasure written" in written.output
    assert "lead-1" not in (tmp_path / "erasures.json").read_text()
    assert (tmp_path / "erasures.json").stat().st_mode & 0o777 == 0o600
    assert "1 erasure on the list, 1 not known here before." in again.output
    assert "1 customer erased again." in again.output
    assert ids(services) == ["lead-0"]


@pytest.mark.parametrize(
    "content", ["", "[]", "{}", '{"format": 2}', '{"format": 1, "secrets": {}, "erased": {"a": 3}}']
)
def test_what_is_no_list_of_erasures_is_refused(services, tmp_path, content):
    (tmp_path / "list.json").write_text(content)

    done = run("erase", "--again", tmp_path / "list.json")

    assert isinstance(done.exception, BackupError)
    assert ids(services) == ["lead-0", "lead-1"]
