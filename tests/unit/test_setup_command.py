import pytest
from typer.testing import CliRunner

from smartbank import bootstrap
from smartbank.adapters import memory
from smartbank.cli import app, serving
from smartbank.config import Settings
from smartbank.errors import StartUpError
from tests.services import memory_services


@pytest.fixture
def users():
    return memory.MemoryUserRepository()


@pytest.fixture
def run(monkeypatch, tmp_path, users):
    """Return a function that runs `setup` under variables and nothing else, on a database in memory."""
    monkeypatch.chdir(tmp_path)
    services = memory_services(users=users)
    monkeypatch.setattr(bootstrap, "build_services", lambda _settings: services)
    monkeypatch.setattr(serving, "start_log", lambda *_, **__: None)  # it holds for the whole process
    for name in Settings.model_fields:
        monkeypatch.delenv(f"SMARTBANK_{name.upper()}", raising=False)

    def run(**variables):
        for name, value in variables.items():
            monkeypatch.setenv(f"SMARTBANK_{name.upper()}", value)
        return CliRunner().invoke(app, ["setup"])

    return run


def test_setting_up_makes_the_first_administrator_and_says_the_password_once(run, users):
    named = {"mongodb_uri": "mongodb://127.0.0.1:1/", "demo_customers": "0"}

    first, again = run(**named), run(**named)

    assert first.exit_code == again.exit_code == 0
    assert [user.username for user in users.all()] == ["admin"]
    assert "Sign in as admin with the password" in first.output
    assert "password" not in again.output


def test_setting_up_keeps_a_given_password_to_itself(run, users):
    result = run(mongodb_uri="mongodb://127.0.0.1:1/", demo_customers="0", admin_password="k7mp-x2fa-9wqe-hd4t")

    assert result.exit_code == 0
    assert users.find("admin").must_change_password
    assert "k7mp" not in result.output


def test_setting_up_needs_a_database_that_is_named(run, users):
    result = run()

    assert isinstance(result.exception, StartUpError)
    assert "SMARTBANK_MONGODB_URI" in str(result.exception)
    assert users.all() == []


def test_setting_up_refuses_what_production_mode_refuses_before_it_writes(run, users):
    result = run(production="true", mongodb_uri="mongodb://db.bank.example/", demo_customers="0")

    assert isinstance(result.exception, StartUpError)
    assert "SMARTBANK_ALLOWED_HOSTS is not set" in str(result.exception)
    assert users.all() == []
