import re
import shutil
import socket
import ssl
import subprocess
from base64 import b64decode
from threading import Thread

import pytest

from smartbank.adapters.mongo import connect, database_link
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


def shaken_hands(folder, *, name, client):
    """Return what goes wrong when a client speaks to the first member by a name; None if nothing does."""
    member = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=folder / "ca.pem")
    member.verify_mode = ssl.CERT_REQUIRED
    member.load_cert_chain(folder / "mongo-1.pem")
    asking = ssl.create_default_context(cafile=folder / "ca.pem")
    if client:
        asking.load_cert_chain(folder / f"{client}.pem")
    here, there = socket.socketpair()
    said = []

    def answer():
        try:
            with member.wrap_socket(there, server_side=True) as stream:
                stream.sendall(b"hello")
        except OSError as exc:  # of ssl, or the other end is gone
            said.append(exc)

    thread = Thread(target=answer)
    thread.start()
    try:
        with asking.wrap_socket(here, server_hostname=name) as stream:
            stream.recv(5)
    except OSError as exc:
        said.append(exc)
    thread.join(30)
    return said[0] if said else None


@pytest.mark.parametrize("client", ["smartbank", "administrator", "mongo-2"])
def test_whoever_has_a_certificate_and_the_members_name_gets_through(made, client):
    assert shaken_hands(made, name="mongo-1", client=client) is None


@pytest.mark.parametrize(
    ("name", "client"), [("mongo-1", None), ("mongo-2", "smartbank"), ("mongo-1.elsewhere", "smartbank")]
)
def test_nobody_gets_through_without_a_certificate_or_to_another_name(made, name, client):
    assert isinstance(shaken_hands(made, name=name, client=client), OSError)


def test_smartbank_signs_in_with_its_certificate_over_tls_and_the_driver_can_read_the_files(made):
    uri = documents(DEPLOY / "compose.yaml")[0]["x-smartbank"]["environment"]["SMARTBANK_MONGODB_URI"]
    here = uri.replace("/run/secrets", str(made)).replace("$$", "$")

    link = database_link(here)
    database = connect(here, "smartbank", timeout_ms=100)

    assert (link.local, link.encrypted, link.signed_in) == (False, True, True)
    assert database.name == "smartbank"
    database.client.close()


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
    databases = re.search(r"const DATABASES = \[(.*)\]", script)[1].replace('"', "").split(", ")
    variable = documents(DEPLOY / "compose.yaml")[0]["x-smartbank"]["environment"]["SMARTBANK_MONGODB_DATABASE"]
    assert variable == f"${{SMARTBANK_MONGODB_DATABASE:-{databases[0]}}}"
    assert databases[1] in (DEPLOY / "compose.env.example").read_text()
