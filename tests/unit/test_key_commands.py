"""The commands on keys: a key for the environment, a list without keys, and a rotation that says what is left to do."""

import stat
from base64 import b64decode
from contextlib import contextmanager
from types import SimpleNamespace

import pytest
from typer.testing import CliRunner

from smartbank import bootstrap
from smartbank.adapters.key_file import KeyFile, new_key
from smartbank.adapters.memory import MemoryAuditLog
from smartbank.adapters.vault import Vault
from smartbank.cli import app
from smartbank.errors import BackupError


class Sealed:
    """Numbers of documents by key, in place of a database."""

    def __init__(self, vault, **customers):
        self.vault = vault
        self.customers = customers
        self.stuck = 0

    def sealed_with(self, key_id):
        return {"customers": self.customers.get(key_id, 0), "uploads": 2 if self.customers.get(key_id) else 0}

    def reseal(self, key_id, *, report):
        moved = self.customers.pop(key_id, 0) - self.stuck
        if self.stuck:
            self.customers[key_id] = self.stuck
        newest = self.vault.key_ids()[0]
        self.customers[newest] = self.customers.get(newest, 0) + moved
        report(moved)
        return moved


@pytest.fixture
def shelf():
    """Two backups that open with any key."""
    names = ["smartbank-20260601T030000Z", "smartbank-20260602T030000Z"]
    return SimpleNamespace(names=names, needing=lambda _key_id: names)


@pytest.fixture
def run(monkeypatch, shelf):
    """Return a function that runs a command on a vault and what it sealed."""

    def run(sealed, *arguments):
        @contextmanager
        def open_keys(_settings):
            yield sealed.vault, sealed, MemoryAuditLog(), shelf

        monkeypatch.setattr(bootstrap, "open_keys", open_keys)
        return CliRunner().invoke(app, ["keys", *arguments])

    return run


@pytest.fixture
def kept(tmp_path):
    file = KeyFile(tmp_path)
    file.load_or_make()
    return Vault(file.load(), kept_in=file)


def test_a_new_key_is_printed_alone_and_never_the_same_twice():
    first, second = (CliRunner().invoke(app, ["keys", "make"]).output.strip() for _ in range(2))

    assert len(b64decode(first, validate=True)) == 32
    assert first != second


def test_a_new_wrapping_key_is_a_line_for_its_file():
    line = CliRunner().invoke(app, ["keys", "make", "--wrapping"]).output.strip()

    assert len(b64decode(line, validate=True)) == 96


def test_a_key_written_to_a_file_is_for_its_owner_alone_and_is_not_printed(tmp_path):
    file = tmp_path / "wrapping-key"

    result = CliRunner().invoke(app, ["keys", "make", "--wrapping", "--out", str(file)])

    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert len(b64decode(file.read_text().removesuffix("\n"), validate=True)) == 96
    assert file.read_text().strip() not in result.output


def test_a_key_is_not_written_over_a_file_that_is_there(tmp_path):
    file = tmp_path / "wrapping-key"
    file.write_text("the one in use")

    result = CliRunner().invoke(app, ["keys", "make", "--wrapping", "--out", str(file)])

    assert isinstance(result.exception, BackupError)
    assert file.read_text() == "the one in use"


def test_a_rotation_of_wrapped_keys_says_when_to_run_it_again(run, monkeypatch):
    monkeypatch.setenv("SMARTBANK_WRAPPING_KEY", "file:wrapping-key")
    vault = Vault([new_key(), new_key()])
    newest, older = vault.key_ids()
    answers = iter([[], [older]])
    vault.given_ids = list
    vault.retire_keys = lambda _key_ids, **_at: next(answers)

    first = run(Sealed(vault, **{older: 10}), "rotate").output
    second = run(Sealed(vault, **{newest: 10}), "rotate").output

    assert f"{older} seals nothing any more. Another computer may not know that yet:" in first
    assert "run this again in ten minutes" in first
    assert f"Retired: {older}; it stays in the database, wrapped, without" in second
    assert "data-keys" not in first + second


def test_rewrapping_says_how_many_keys_it_wrapped(monkeypatch):
    @contextmanager
    def open_wrapper(_settings):
        yield SimpleNamespace(rewrap=lambda: 2), MemoryAuditLog()

    monkeypatch.setattr(bootstrap, "open_wrapper", open_wrapper)

    said = CliRunner().invoke(app, ["keys", "rewrap"]).output

    assert "2 keys are wrapped with the key that is set now." in said


def test_without_a_wrapping_key_there_is_nothing_to_rewrap(monkeypatch):
    monkeypatch.delenv("SMARTBANK_WRAPPING_KEY", raising=False)

    result = CliRunner().invoke(app, ["keys", "rewrap"])

    assert "No wrapping key is set" in str(result.exception)


def test_the_list_shows_ids_and_numbers_newest_first(run):
    vault = Vault([new_key(), new_key()])
    newest, older = vault.key_ids()

    shown = run(Sealed(vault, **{newest: 12, older: 3_000}), "list").output.splitlines()

    assert [line.split() for line in shown] == [
        [newest, "seals", "now", "12", "customers", "2", "other", "values"],
        [older, "older", "3,000", "customers", "2", "other", "values"],
    ]


def test_a_rotation_says_what_was_removed_and_which_backups_need_it_still(run, kept, tmp_path):
    old = kept.sealing_key()

    result = run(Sealed(kept, **{old: 3_000}), "rotate")

    assert result.exit_code == 0
    assert "3,000 values were sealed again" in result.output
    assert f"Removed: {old}." in result.output
    [file] = (tmp_path / "data-keys-retired").iterdir()
    assert f"The retired key {old} is kept in {file}." in result.output
    assert "2 backups kept here, smartbank-20260601T030000Z to smartbank-20260602T030000Z, need it" in result.output
    assert kept.key_ids() == [kept.sealing_key()] != [old]


def test_the_list_says_when_a_retired_key_may_be_deleted(run, kept, shelf):
    sealed = Sealed(kept, **{kept.sealing_key(): 10})
    run(sealed, "rotate")

    shelf.names.pop()
    one = run(sealed, "list").output
    shelf.names.clear()
    none = run(sealed, "list").output

    assert "smartbank-20260601T030000Z needs it: once those" in one
    assert "No backup kept here needs it any more" in none


def test_what_does_not_open_is_said_and_its_key_stays(run, kept):
    sealed = Sealed(kept, **{kept.sealing_key(): 10})
    sealed.stuck = 3

    result = run(sealed, "rotate")

    assert "do not open, so that key stays" in result.output
    assert len(kept.key_ids()) == 2


def test_one_key_from_outside_cannot_be_rotated_and_the_way_is_said(run):
    vault = Vault([new_key()])

    result = run(Sealed(vault, **{vault.sealing_key(): 10}), "rotate")

    assert result.exit_code == 1
    assert "Put a new one (`python -m smartbank keys make`)" in result.output


def test_keys_from_outside_that_nothing_needs_are_named(run):
    vault = Vault([new_key(), new_key()])
    newest, older = vault.key_ids()

    result = run(Sealed(vault, **{older: 10}), "rotate")

    assert result.exit_code == 0
    assert f"Nothing is sealed any more with {older}" in result.output
    assert f"The retired key {older} is in SMARTBANK_DATA_KEYS only." in result.output
    assert "need it: once those and every copy of them elsewhere are gone, it may be deleted" in result.output
    assert vault.key_ids() == [newest, older]
