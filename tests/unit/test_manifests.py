"""A manifest and its file: any byte that is changed in either is found, and a key that was retired still tells."""

import json
import threading
from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, datetime

import pytest
import typer
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from smartbank import bootstrap
from smartbank.adapters.key_file import KeyFile
from smartbank.adapters.vault import Vault
from smartbank.cli import audit
from smartbank.config import Settings
from smartbank.core.manifests import FileSums, Manifest, manifest_bytes, read_manifest
from smartbank.core.people import COMMAND_LINE
from smartbank.errors import NotFoundError, StartUpError
from smartbank.services.manifests import verify_export

OLD, NEW = bytes(range(32)), bytes(range(32, 64))
VAULT = Vault([OLD])
FILE = b'\xef\xbb\xbf"Rank","Name"\r\n1,"Ana"\r\n2,"Jo\xc3\xa3o"\r\n'


def made(data=FILE, signer=VAULT, **changes):
    """Return the manifest of a file as it is handed out."""
    sums = FileSums()
    list(sums.passing([data]))
    said = Manifest(
        file="call-list.csv",
        sha256=sums.sha256,
        size=sums.size,
        rows=2,
        columns=("Rank", "Name"),
        list_id="l1",
        list_name="Monday “früh”",
        released_by="ana",
        released_at="2026-11-02T09:00:00+00:00",
        model_version="stub-1",
        market_date="2026-10",
        data_hash="0" * 64,
        rules_version=1,
        made_at="2026-11-02T10:00:00+00:00",
        made_by="ana",
        key_id=signer.sealing_key(),
    )
    said = replace(said, **changes)
    return manifest_bytes(said, signer.sign(said.signed_bytes, key_id=signer.sealing_key()))


def check(data, manifest, signer=VAULT):
    return verify_export(
        [data], manifest, name="call-list.csv", manifest_name="its manifest", by=COMMAND_LINE, signer=signer
    )


def test_a_file_and_its_manifest_fit_together():
    checked = check(FILE, made())

    assert checked.is_intact
    assert checked.said == (
        "call-list.csv is as it was handed out: 2 rows of the list “Monday “früh””, made for ana at "
        "2026-11-02T10:00:00+00:00."
    )


@given(place=st.integers(0, len(FILE) - 1), byte=st.integers(1, 255))
def test_any_changed_byte_of_the_file_is_found(place, byte):
    changed = bytearray(FILE)
    changed[place] ^= byte

    checked = check(bytes(changed), made())

    assert not checked.is_intact
    assert checked.said.startswith("call-list.csv is not as it was handed out: ")


@given(data=st.data(), byte=st.integers(1, 255))
def test_any_changed_byte_of_the_manifest_is_found(data, byte):
    manifest = bytearray(made())
    manifest[data.draw(st.integers(0, len(manifest) - 1))] ^= byte

    checked = check(FILE, bytes(manifest))

    assert not checked.is_intact
    assert checked.said.startswith("its manifest is") or checked.said.startswith("its manifest was")


@given(data=st.data())
def test_any_byte_cut_out_or_put_in_is_found(data):
    manifest = made()
    place = data.draw(st.integers(0, len(manifest) - 1))
    extra = data.draw(st.binary(min_size=1, max_size=3))

    assert not check(FILE, manifest[:place] + manifest[place + 1 :]).is_intact
    assert not check(FILE, manifest[:place] + extra + manifest[place:]).is_intact


@given(
    junk=st.binary()
    | st.text().map(str.encode)
    | st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    ).map(lambda value: json.dumps(value).encode())
)
def test_what_is_no_manifest_is_none_and_never_an_error(junk):
    assert read_manifest(junk) is None
    assert not check(FILE, junk).is_intact


@pytest.mark.parametrize("name", ["rows", "columns", "key_id", "sha256", "signature", "made_by"])
@pytest.mark.parametrize("value", [None, True, 1.5, -1, "x", [], [1], {}, "\ud800", 10**400])
def test_a_field_of_another_kind_makes_it_no_manifest(name, value):
    said = json.loads(made()) | {name: value}

    assert not check(FILE, json.dumps(said, indent=2).encode("utf-8", "surrogatepass")).is_intact


def test_deeply_nested_json_is_no_manifest():
    assert read_manifest(b"[" * 90_000) is None
    assert read_manifest(b" " * 200_000) is None


def test_another_installations_manifest_names_its_key():
    other = Vault([NEW])

    assert f"signed with the key {other.sealing_key()}, which is not here" in check(FILE, made(signer=other)).said


def test_a_manifest_signed_in_the_name_of_our_key_is_forged():
    forged = made(signer=Vault([NEW]), key_id=VAULT.sealing_key())

    assert "its signature does not fit" in check(FILE, forged).said


def test_the_key_of_the_data_signs_nothing_itself():
    import hashlib  # noqa: PLC0415
    import hmac  # noqa: PLC0415

    said, signature = read_manifest(made())

    assert signature != hmac.new(OLD, said.signed_bytes, hashlib.sha256).hexdigest()


def test_after_a_rotation_older_manifests_still_verify(tmp_path):
    kept = KeyFile(tmp_path)
    vault = Vault(kept.load_or_make(), kept_in=kept)
    before, old = made(signer=vault), vault.sealing_key()
    vault.add_key()
    assert check(FILE, before, vault).is_intact

    vault.retire_keys([old], at=datetime(2026, 11, 2, tzinfo=UTC))

    assert check(FILE, before, Vault(kept.load(), kept_in=kept)).is_intact
    assert check(FILE, made(signer=vault), Vault(kept.load(), kept_in=kept)).is_intact


def test_many_readers_at_once_take_the_same_sums():
    found = []

    def take():
        found.append(check(FILE, made()).is_intact)

    threads = [threading.Thread(target=take) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert found == [True] * 8


@pytest.fixture
def files(tmp_path, monkeypatch):
    """A file and its manifest in a folder, and the key that signed."""
    monkeypatch.setattr(bootstrap, "open_signer", lambda _settings: nullcontext(VAULT))
    file = tmp_path / "call-list.csv"
    file.write_bytes(FILE)
    (tmp_path / "call-list.csv.manifest.json").write_bytes(made())
    return file


def run(*arguments):
    app = typer.Typer()
    audit.register(app)
    return CliRunner().invoke(app, ["audit", "verify-export", *map(str, arguments)])


def test_the_command_says_that_a_file_is_as_it_was_handed_out(files):
    result = run(files)

    assert result.exit_code == 0
    assert result.output.startswith("call-list.csv is as it was handed out: 2 rows of")


def test_the_command_says_what_differs_and_ends_with_1(files, tmp_path):
    files.write_bytes(FILE + b'3,"Eve"\r\n')

    result = run(files)

    assert result.exit_code == 1
    assert "it has 3 rows, not 2" in result.output
    other = tmp_path / "other.json"
    other.write_bytes(made(FILE + b'3,"Eve"\r\n'))
    assert run(files, "--manifest", other).exit_code == 0
    other.write_bytes(b"{}")
    assert "other.json is no manifest" in run(files, "--manifest", other).output


def test_a_manifest_that_is_not_there_is_asked_for(files):
    files.with_name("call-list.csv.manifest.json").unlink()

    result = run(files)

    assert isinstance(result.exception, NotFoundError)
    assert "name the manifest with --manifest" in str(result.exception)
    assert run(files.with_name("none.csv")).exit_code == 2


def test_the_keys_are_found_in_the_settings_or_in_the_folder(tmp_path):
    from base64 import b64encode  # noqa: PLC0415

    given_keys = Settings(data_keys=f"{b64encode(NEW).decode()},{b64encode(OLD).decode()}", var_dir=tmp_path)
    with bootstrap.open_signer(given_keys) as signer:
        assert check(FILE, made(), signer).is_intact
    in_folder = Settings(var_dir=tmp_path)
    with pytest.raises(StartUpError, match="no keys to check a signature with"), bootstrap.open_signer(in_folder):
        pass
    KeyFile(tmp_path).save([OLD])
    with bootstrap.open_signer(in_folder) as signer:
        assert check(FILE, made(), signer).is_intact
