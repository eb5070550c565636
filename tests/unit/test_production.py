import secrets
from base64 import b64encode
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from smartbank import bootstrap
from smartbank.adapters import memory
from smartbank.adapters.mongo import connect, database_link
from smartbank.bootstrap.production import refuse_in_production, settings_refusals
from smartbank.cli import app
from smartbank.config import Settings
from smartbank.core.passwords import validate_password
from smartbank.core.people import Role, User
from smartbank.core.production import EXAMPLE_PASSWORDS, DatabaseLink, looks_made_up
from smartbank.errors import StartUpError, StorageError
from smartbank.services.example_passwords import example_password_refusals
from tests.actors import put_user

SAFE = {
    "production": True,
    "mongodb_uri": "mongodb://smartbank:pw@db.bank.example/?tls=true",
    "data_keys": b64encode(secrets.token_bytes(32)).decode(),
    "allowed_hosts": "smartbank.bank.example",
}


def settings(**instead):
    return Settings(**(SAFE | instead))


@pytest.fixture
def run(monkeypatch, tmp_path):
    """Return a function that runs `check` under variables and nothing else."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(bootstrap, "database_refusals", lambda _settings: [])

    def run(**variables):
        for name in Settings.model_fields:
            monkeypatch.delenv(f"SMARTBANK_{name.upper()}", raising=False)
        for name, value in variables.items():
            monkeypatch.setenv(f"SMARTBANK_{name.upper()}", str(value))
        return CliRunner().invoke(app, ["check"])

    return run


def test_safe_settings_are_not_refused():
    assert settings_refusals(settings()) == []


@pytest.mark.parametrize(
    ("instead", "variable"),
    [
        ({"mongodb_uri": None}, "SMARTBANK_MONGODB_URI is not set"),
        ({"embedded_database": True}, "SMARTBANK_MONGODB_URI is not set"),
        ({"mongodb_uri": "mongodb://u:p@db.bank.example/"}, "SMARTBANK_MONGODB_URI reaches another computer without"),
        ({"mongodb_uri": "mongodb://db.bank.example/?tls=true"}, "SMARTBANK_MONGODB_URI names no user"),
        ({"data_keys": None}, "SMARTBANK_WRAPPING_KEY and SMARTBANK_DATA_KEYS are not set"),
        ({"data_keys": b64encode(bytes(32)).decode()}, "SMARTBANK_DATA_KEYS holds a key that is no random one"),
        ({"admin_password": "Correct horse battery"}, "SMARTBANK_ADMIN_PASSWORD is an example"),
        ({"allowed_hosts": ""}, "SMARTBANK_ALLOWED_HOSTS is not set"),
    ],
)
def test_each_unsafe_setting_is_refused_in_one_sentence_that_names_it_and_what_to_do(instead, variable):
    [refusal] = settings_refusals(settings(**instead))

    assert refusal.startswith(variable)
    assert refusal.count(". ") == 1
    assert "p@db" not in refusal


def test_a_wrapping_key_is_as_good_as_keys_in_a_secret_store():
    wrapped = settings(data_keys=None, wrapping_key="aws:arn:aws:kms:eu-west-1:111122223333:key/abc")

    assert settings_refusals(wrapped) == []


def test_production_mode_refuses_everything_at_once_and_without_it_nothing_is_refused():
    unsafe = settings(mongodb_uri=None, data_keys=None, allowed_hosts="")

    with pytest.raises(StartUpError) as refused:
        refuse_in_production(unsafe)
    refuse_in_production(unsafe.model_copy(update={"production": False}))

    assert str(refused.value).count("\n* ") == 3


@pytest.mark.parametrize(
    ("uri", "link"),
    [
        ("mongodb://127.0.0.1:27017,localhost:27018/", DatabaseLink(local=True, encrypted=False, signed_in=False)),
        ("mongodb://%2Ftmp%2Fmongodb-27017.sock/", DatabaseLink(local=True, encrypted=False, signed_in=False)),
        ("mongodb://localhost,db/", DatabaseLink(local=False, encrypted=False, signed_in=False)),
        ("mongodb://u:p@db/?ssl=true", DatabaseLink(local=False, encrypted=True, signed_in=True)),
        ("mongodb://u:p@db/?tls=true&tlsInsecure=true", DatabaseLink(local=False, encrypted=False, signed_in=True)),
        ("mongodb+srv://u:p@cluster.bank.example/", DatabaseLink(local=False, encrypted=True, signed_in=True)),
        ("mongodb+srv://u:p@c.bank.example/?tls=false", DatabaseLink(local=False, encrypted=False, signed_in=True)),
        (
            "mongodb://db/?tls=true&authMechanism=MONGODB-X509",
            DatabaseLink(local=False, encrypted=True, signed_in=True),
        ),
    ],
)
def test_how_a_database_is_reached_is_read_off_its_address(uri, link):
    assert database_link(uri) == link


@pytest.mark.parametrize(
    "uri",
    [
        "mongodb://user:s3cret@",
        "mongodb://user:s3cret@db:99999/",
        "mongodb://user:s3cret:x@db:x/",
        "mongodb://user:s3cret@db/?tls=true&ssl=false",
    ],
)
def test_an_address_that_cannot_be_used_is_a_sentence_without_it(uri):
    said = []
    for read in (database_link, lambda uri: connect(uri, "smartbank", timeout_ms=100)):
        with pytest.raises(StorageError) as refused:
            read(uri)
        said.append(str(refused.value))

    assert said == 2 * ["The database address cannot be used. Check SMARTBANK_MONGODB_URI."]


def test_a_certificate_that_is_missing_is_a_sentence_with_what_to_do():
    uri = "mongodb://u:s3cret@db/?tls=true&tlsCAFile=/nowhere/ca.pem"
    said = []
    for read in (database_link, lambda uri: connect(uri, "smartbank", timeout_ms=100)):
        with pytest.raises(StorageError) as refused:
            read(uri)
        said.append(str(refused.value))

    assert said[0] == said[1]
    assert said[0].startswith("A file of certificates in SMARTBANK_MONGODB_URI is missing")
    assert "s3cret" not in said[0]


@pytest.mark.parametrize(
    "key", [bytes(32), b"\xff" * 32, bytes(range(32)), b"change-me-change-me-change-me-ok", bytes([1, 2, 3, 4]) * 8]
)
def test_a_key_that_is_no_random_one_is_known(key):
    assert looks_made_up(key)


def test_random_keys_are_never_taken_for_examples():
    assert not any(looks_made_up(secrets.token_bytes(32)) for _ in range(5_000))


def test_only_an_administrator_who_was_given_an_example_and_still_has_it_is_refused():
    users = memory.MemoryUserRepository()
    now = datetime.now(UTC)
    given = User("admin", Role.ADMIN, EXAMPLE_PASSWORDS[0], created_at=now, must_change_password=True)
    for user in (
        given,
        replace(given, username="ana", must_change_password=False),
        replace(given, username="eva", role=Role.AGENT),
        replace(given, username="gil", password_hash="k7mp-x2fa-9wqe-hd4t"),
        replace(given, username="out", disabled=True),
    ):
        put_user(users, user)

    refusals = example_password_refusals(users=users, verify_password=lambda given, kept: given == kept)

    assert [refusal.split(" can ")[0] for refusal in refusals] == ["The user admin"]
    assert EXAMPLE_PASSWORDS[0] not in refusals[0]


def test_the_examples_are_passwords_one_could_be_given_and_those_of_the_scripts_are_among_them():
    root = Path(__file__).parents[2]
    scripts = (root / "scripts" / "screenshots.py").read_text() + (root / "tests/browser/driving.py").read_text()

    for password in EXAMPLE_PASSWORDS:
        validate_password(password, username="admin")

    used = {line.split('"')[1] for line in scripts.splitlines() if "PASSWORD" in line and ' = "' in line}
    assert used <= set(EXAMPLE_PASSWORDS)


def test_check_lists_what_would_be_refused_whether_production_mode_is_on_or_not(run):
    answer = run()

    assert answer.exit_code == 1
    assert [line for line in answer.output.splitlines() if line.startswith("* SMARTBANK_")] != []
    assert "would not start: 3 to put right" in answer.output


def test_check_says_when_nothing_would_be_refused(run):
    answer = run(**{name: value for name, value in SAFE.items() if name != "production"})

    assert answer.exit_code == 0
    assert "Production mode would start. It is off; SMARTBANK_PRODUCTION=true turns it on." in answer.output


def test_check_says_that_the_database_cannot_be_asked(run, monkeypatch):
    def away(_settings):
        raise StorageError("The database does not answer.")

    monkeypatch.setattr(bootstrap, "database_refusals", away)

    answer = run(**SAFE)

    assert answer.exit_code == 1
    assert "The MongoDB in SMARTBANK_MONGODB_URI cannot be used. The database does not answer." in answer.output
