import re
import shlex
import shutil
import subprocess

import pytest
from distributed.cli import dask_scheduler, dask_worker

from tests.deploy.files import DEPLOY, PINNED, dockerfile, documents, image_variables, pod_of, tool

COMPOSE = documents(DEPLOY / "scores.yaml")[0]
SERVICES = COMPOSE["services"]
MANIFEST = DEPLOY / "kubernetes" / "scores" / "scores.yaml"
EVERYTHING = documents(MANIFEST)
MODULES = {"distributed.cli.dask_scheduler": dask_scheduler.main, "distributed.cli.dask_worker": dask_worker.main}
CERTIFICATES = {f"DASK_DISTRIBUTED__COMM__TLS__{who}__CERT" for who in ("SCHEDULER", "WORKER", "CLIENT")}


PODS = {one["metadata"]["name"]: pod_of(one) for one in EVERYTHING if one["kind"] in ("Deployment", "CronJob")}


def container(name):
    [only] = PODS[name]["spec"]["containers"]
    return only


def started():
    """Return what starts each scheduler and worker: the module and its arguments."""
    by_compose = [(SERVICES[name]["entrypoint"], SERVICES[name]["command"]) for name in ("scheduler", "worker")]
    by_kubernetes = [(container(name)["command"], container(name)["args"]) for name in ("scheduler", "worker")]
    return [(command[-1], arguments) for command, arguments in by_compose + by_kubernetes]


@pytest.mark.parametrize(("module", "arguments"), started())
def test_dask_knows_the_arguments_and_speaks_tls_alone(module, arguments):
    parsed = MODULES[module].make_context(module, list(arguments)).params

    assert parsed["dashboard"] is False
    assert parsed.get("protocol") == "tls" or parsed["scheduler"] == "tls://scheduler:8786"
    assert parsed.get("nthreads", "1") in (1, "1")


def test_every_process_demands_encryption_and_shows_its_certificate():
    [config] = [one["data"] for one in EVERYTHING if one["kind"] == "ConfigMap"]

    for variables in [config, *(service["environment"] for service in SERVICES.values())]:
        assert variables["DASK_DISTRIBUTED__COMM__REQUIRE_ENCRYPTION"] == "true"
        assert {name for name in variables if name.endswith("__CERT")} == CERTIFICATES
        assert "DASK_DISTRIBUTED__COMM__TLS__CA_FILE" in variables
    assert all(container(name)["envFrom"] == [{"configMapRef": {"name": "cluster"}}] for name in PODS)


@pytest.mark.parametrize("name", SERVICES)
def test_a_container_is_read_only_without_rights_without_ports_and_without_the_database(name):
    service = SERVICES[name]

    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["networks"] == ["scores"]
    assert COMPOSE["networks"]["scores"]["internal"] is True
    assert "ports" not in service
    assert not [variable for variable in service["environment"] if variable.startswith("SMARTBANK_")]
    assert PINNED.fullmatch(service["image"])


def folders_of_the_user():
    """Return the folders the image makes for the user it runs as."""
    made = [words for name, words in dockerfile() if name == "RUN" and "install --directory" in words]
    [(group, owner)] = [words.split(":")[::-1] for name, words in dockerfile() if name == "USER"]
    return {
        folder
        for words in made
        for command in words.split("&&")
        if {f"--owner={owner}", f"--group={group}"} <= set(shlex.split(command))
        for folder in shlex.split(command)
        if folder.startswith("/")
    }


def test_what_is_mounted_belongs_to_the_user_of_the_image_and_the_command_of_the_heading_writes_there():
    mounts = [volume.partition(":")[2] for service in SERVICES.values() for volume in service.get("volumes", [])]
    text = (DEPLOY / "scores.yaml").read_text()

    named = re.findall(r"--(?:in|out)put (\S+)", text)

    assert len(mounts) == 2
    assert set(mounts) <= folders_of_the_user()
    assert len(named) == 2
    assert {path.rpartition("/")[0] for path in named} == set(mounts)


@pytest.mark.parametrize("name", PODS)
def test_a_pod_asks_for_nothing_the_restricted_standard_refuses(name):
    pod, only = PODS[name]["spec"], container(name)

    assert pod["securityContext"]["runAsNonRoot"] is True
    assert {pod["securityContext"][name] for name in ("runAsUser", "runAsGroup", "fsGroup")} == {10001}
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert (pod["automountServiceAccountToken"], pod["enableServiceLinks"]) == (False, False)
    assert only["securityContext"]["readOnlyRootFilesystem"] is True
    assert only["securityContext"]["capabilities"] == {"drop": ["ALL"]}
    assert only["resources"].keys() == {"requests", "limits"}
    assert PINNED.fullmatch(only["image"])
    assert {mount["name"]: mount["mountPath"] for mount in only["volumeMounts"]}["tmp"] == image_variables()["HOME"]


def test_kubernetes_knows_every_field_and_one_namespace_holds_all():
    checked = subprocess.run(
        [tool("kubernetes-validate"), "--strict", str(MANIFEST)], capture_output=True, text=True, check=False
    )

    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert {one["metadata"].get("namespace", "smartbank-scores") for one in EVERYTHING} == {"smartbank-scores"}


def test_a_night_ends_before_the_next_one_begins():
    (job,) = [one for one in EVERYTHING if one["kind"] == "CronJob"]

    assert job["spec"]["concurrencyPolicy"] == "Forbid"
    assert 0 < job["spec"]["jobTemplate"]["spec"]["activeDeadlineSeconds"] < 24 * 3600


def nightly(one):
    """Return when a job begins and must have ended, in seconds of a day, and its command as words."""
    minute, hour, *every_day = one["spec"]["schedule"].split()
    assert (every_day, one["spec"]["timeZone"]) == (["*", "*", "*"], "Etc/UTC")
    begins = int(hour) * 3600 + int(minute) * 60
    [command] = pod_of(one)["spec"]["containers"][0]["args"]
    return begins, begins + one["spec"]["jobTemplate"]["spec"]["activeDeadlineSeconds"], shlex.split(command)


def test_each_step_of_the_night_ends_before_the_next_one_and_leaves_what_it_reads_where_it_reads_it():
    (ranking,) = [one for one in EVERYTHING if one["kind"] == "CronJob"]
    (writing,) = documents(MANIFEST.parent.parent / "in-force.yaml")
    (bringing,) = documents(MANIFEST.parent.parent / "bring-in.yaml")
    begins, ranked_by, scoring = nightly(ranking)
    _, written_by, handing_over = nightly(writing)
    brought_in_from, _, bringing_in = nightly(bringing)

    assert written_by < begins < ranked_by < brought_in_from
    assert bringing_in[-2:] == [f"{scoring[scoring.index('--output') + 1]}/_best.parquet", "--picked"]
    assert handing_over[:-1] == ["exec", "python", "-m", "smartbank", "data", "in-force"]
    assert scoring[scoring.index("--in-force") + 1] == handing_over[-1]


def test_nobody_outside_the_namespace_reaches_a_pod():
    policies = {one["metadata"]["name"]: one["spec"] for one in EVERYTHING if one["kind"] == "NetworkPolicy"}

    assert policies["nothing-by-itself"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    assert policies["among-each-other"]["ingress"] == [{"from": [{"podSelector": {}}]}]
    assert {one["kind"] for one in EVERYTHING}.isdisjoint({"Ingress"})


def test_the_certificate_is_signed_by_a_ca_of_the_clusters_own_and_made_once(tmp_path):
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed: apt-get install openssl")
    make = ["sh", str(DEPLOY / "make-cluster-secrets.sh"), str(tmp_path / "cluster")]
    subprocess.run(make, capture_output=True, check=True)
    before = {path.name: path.read_bytes() for path in (tmp_path / "cluster").iterdir()}
    subprocess.run(make, capture_output=True, check=True)

    checked = subprocess.run(
        ["openssl", "verify", "-CAfile", "ca.pem", "cluster.pem"],
        cwd=tmp_path / "cluster",
        capture_output=True,
        text=True,
        check=True,
    )

    assert checked.stdout == "cluster.pem: OK\n"
    assert {path.name: path.read_bytes() for path in (tmp_path / "cluster").iterdir()} == before
    assert {where["file"] for where in COMPOSE["secrets"].values()} == {
        f"secrets/cluster/{name}.pem" for name in ("ca", "cluster")
    }
    assert (tmp_path / "cluster").stat().st_mode & 0o077 == 0
