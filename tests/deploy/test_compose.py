import re

import pytest

from smartbank.bootstrap.production import settings_refusals
from smartbank.config import Settings
from tests.deploy.files import DEPLOY, PINNED, documents, image_variables

COMPOSE = documents(DEPLOY / "compose.yaml")[0]
SERVICES = COMPOSE["services"]
MEMBERS = {"mongo-1", "mongo-2", "mongo-3"}
OURS = {"setup", "web-1", "web-2", "worker"}
ONCE = {"setup", "replica-set"}
EXAMPLE = dict(
    line.split("=", 1) for line in (DEPLOY / "compose.env.example").read_text().splitlines() if re.match(r"[A-Z]", line)
)


def interpolated(value):
    """Return a value as compose passes it on, with the variables of the example."""
    given = re.sub(r"\$\{(\w+):[?-]([^}]*)\}", lambda found: EXAMPLE.get(found[1], found[2]), str(value))
    return given.replace("$$", "$")


def variables(service):
    return {name: interpolated(value) for name, value in SERVICES[service].get("environment", {}).items()}


def test_there_are_a_set_of_three_two_web_processes_a_worker_and_a_proxy():
    assert set(SERVICES) == MEMBERS | OURS | {"replica-set", "nginx"}


@pytest.mark.parametrize("name", SERVICES)
def test_a_container_is_read_only_without_rights_and_without_root(name):
    service = SERVICES[name]

    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert "cap_add" not in service
    assert "privileged" not in service
    assert name in OURS or int(service["user"].split(":")[0]) > 0  # the image of SmartBank names its own user
    assert PINNED.fullmatch(service["image"])


@pytest.mark.parametrize("name", SERVICES)
def test_what_a_container_waits_for_is_there_and_can_be_waited_for(name):
    for other, waits in SERVICES[name].get("depends_on", {}).items():
        if waits["condition"] == "service_healthy":
            assert other in {"web-1", "web-2"} or "test" in SERVICES[other]["healthcheck"]  # the image has a check
        else:
            assert waits["condition"] == "service_completed_successfully"
            assert other in ONCE


@pytest.mark.parametrize("name", sorted(OURS))
def test_production_mode_accepts_what_smartbank_is_started_with(name, monkeypatch, tmp_path):
    for secret in SERVICES[name]["secrets"]:
        (tmp_path / secret["target"]).touch()
    said = image_variables() | variables(name)
    ours = {key: value for key, value in said.items() if key.startswith("SMARTBANK_")}
    for key, value in ours.items():
        monkeypatch.setenv(key, value.replace("/run/secrets", str(tmp_path)))

    settings = Settings(_env_file=None)

    assert set(ours) <= {f"SMARTBANK_{field.upper()}" for field in Settings.model_fields}
    assert settings.production
    assert settings_refusals(settings) == []


def test_nothing_secret_stands_in_a_variable_and_every_secret_is_a_file_git_never_sees():
    secret = {
        f"SMARTBANK_{name.upper()}"
        for name, field in Settings.model_fields.items()
        if "Secret" in str(field.annotation)
    }

    said = {name for service in SERVICES for name in variables(service)}

    assert said & secret == {"SMARTBANK_MONGODB_URI"}
    assert "@" not in variables("worker")["SMARTBANK_MONGODB_URI"]  # a certificate signs in, no password
    assert not secret & EXAMPLE.keys()
    assert all(re.fullmatch(r"secrets/[\w.-]+", where["file"]) for where in COMPOSE["secrets"].values())
    assert "deploy/secrets/" in (DEPLOY.parent / ".gitignore").read_text().splitlines()


def test_a_container_is_given_the_secrets_it_names_and_nobody_is_given_the_others():
    given = {one["source"] for service in SERVICES.values() for one in service.get("secrets", [])}

    assert given == set(COMPOSE["secrets"])


def test_files_of_this_folder_are_mounted_to_be_read_alone():
    mounted = [one.split(":") for service in SERVICES.values() for one in service.get("volumes", []) if one[0] == "."]

    assert {path for path, *_ in mounted} == {"./nginx.conf", "./compose.sed", "./replica-set.js"}
    assert all((DEPLOY / path).is_file() and mode == "ro" for path, _, mode in mounted)


def test_a_folder_in_memory_is_given_no_owner_as_not_every_engine_can():
    options = [set(one.split(":")[1].split(",")) for service in SERVICES.values() for one in service.get("tmpfs", [])]

    assert {name.split("=")[0] for each in options for name in each} == {"mode", "size"}


def test_only_members_and_smartbank_reach_the_database_and_only_nginx_is_reached_from_outside():
    joined = {name: set(service.get("networks", ())) for name, service in SERVICES.items()}

    assert COMPOSE["networks"]["database"]["internal"] is True
    assert {name for name, networks in joined.items() if "database" in networks} == MEMBERS | OURS
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["nginx"]
    assert SERVICES["replica-set"]["network_mode"] == "service:mongo-1"


def test_the_word_of_nginx_on_who_asks_is_believed_and_nobody_elses():
    address = SERVICES["nginx"]["networks"]["edge"]["ipv4_address"]

    believed = {variables(name)["FORWARDED_ALLOW_IPS"] for name in ("web-1", "web-2")}

    assert believed == {address}
    assert "FORWARDED_ALLOW_IPS" not in variables("worker")


def test_backups_and_the_database_outlive_their_containers():
    mounts = {name: [one for one in service.get("volumes", []) if one[0] != "."] for name, service in SERVICES.items()}
    kept = {name: volumes for name, volumes in mounts.items() if volumes}

    assert kept.pop("worker") == [f"backups:{image_variables()['SMARTBANK_VAR_DIR']}"]
    assert kept == {name: [f"{name}:/data/db"] for name in MEMBERS}


@pytest.mark.parametrize("name", sorted(MEMBERS))
def test_a_member_speaks_tls_alone_and_knows_the_others_by_their_certificates(name):
    service = SERVICES[name]
    options = set(service["command"])

    assert {"--replSet=smartbank", "--tlsMode=requireTLS", "--clusterAuthMode=x509"} <= options
    assert {secret["source"] for secret in service["secrets"]} == {"ca", name.replace("-", "_")}
