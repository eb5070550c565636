import re
import shutil
import subprocess
from base64 import b64decode

import pytest

from tests.deploy.files import DEPLOY, documents

WRAPPING_KEY_BYTES = 96
FROM_THE_BANK = {"smartbank.crt", "smartbank.key"}


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed: apt-get install openssl")
    folder = tmp_path_factory.mktemp("made") / "secrets"
    make(folder)
    return folder


def make(folder):
    return subprocess.run(
        ["sh", str(DEPLOY / "make-secrets.sh"), str(folder)], capture_output=True, text=True, check=True
    ).stdout


def openssl(*words):
    return subprocess.run(["openssl", *words], capture_output=True, text=True, check=True).stdout.strip()


def subject(certificate):
    return openssl("x509", "-in", str(certificate), "-noout", "-subject", "-nameopt", "RFC2253").removeprefix(
        "subject="
    )


def test_every_file_compose_asks_for_is_made_but_the_banks_certificate(made):
    files = {
        where["file"].removeprefix("secrets/") for where in documents(DEPLOY / "compose.yaml")[0]["secrets"].values()
    }

    assert {name for name in files if not (made / name).exists()} == FROM_THE_BANK
    assert len(b64decode((made / "wrapping-key").read_text(), validate=True)) == WRAPPING_KEY_BYTES


def test_only_the_owner_gets_into_the_folder_and_containers_are_given_no_key_of_the_ca(made):
    modes = {path.name: oct(path.stat().st_mode & 0o777) for path in made.iterdir()}

    assert oct(made.stat().st_mode & 0o777) == "0o700"
    assert modes["ca.key"] == "0o600"
    assert "PRIVATE KEY" not in (made / "ca.pem").read_text()
    assert {modes[name] for name in ("ca.pem", "mongo-1.pem", "smartbank.pem", "wrapping-key")} == {"0o444"}


def test_certificates_are_signed_by_the_ca_and_those_of_clients_make_no_member(made):
    certificates = {path.stem: path for path in made.glob("*.pem") if path.stem != "ca"}

    checked = {openssl("verify", "-CAfile", str(made / "ca.pem"), str(path)) for path in certificates.values()}

    assert checked == {f"{path}: OK" for path in certificates.values()}
    units = {name: re.search(r"OU=(\w+)", subject(path))[1] for name, path in certificates.items()}
    assert {name for name, unit in units.items() if unit == "members"} == {"mongo-1", "mongo-2", "mongo-3"}
    assert units["smartbank"] == units["administrator"] == "clients"


@pytest.mark.parametrize("name", ["smartbank", "administrator"])
def test_the_replica_set_makes_a_user_for_the_name_in_a_certificate(made, name):
    script = (DEPLOY / "replica-set.js").read_text()

    assert f'const {name.upper()} = "{subject(made / f"{name}.pem")}";' in script


def test_made_again_nothing_changes(made):
    before = {path.name: path.read_bytes() for path in made.iterdir()}

    make(made)

    assert {path.name: path.read_bytes() for path in made.iterdir()} == before


def test_smartbank_and_the_set_name_the_same_members_and_database():
    script = (DEPLOY / "replica-set.js").read_text()
    uri = documents(DEPLOY / "compose.yaml")[0]["x-smartbank"]["environment"]["SMARTBANK_MONGODB_URI"]

    hosts = re.search(r"const HOSTS = \[(.*)\]", script)[1].replace('"', "").replace(":27017", "").split(", ")

    assert f"mongodb://{','.join(hosts)}/" in uri
    assert 'db: "smartbank"' in script
