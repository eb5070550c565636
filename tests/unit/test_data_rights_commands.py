"""Commands on what a customer may ask for."""

import json
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from typer.testing import CliRunner

from smartbank import bootstrap
from smartbank.cli import app
from smartbank.errors import BackupError, NotFoundError
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


def run(*arguments):
    return CliRunner().invoke(app, ["data", *map(str, arguments)])


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
