import subprocess

import pytest

from smartbank.bootstrap.production import settings_refusals
from smartbank.config import Settings
from smartbank.web.defences import OPEN_PATHS
from tests.deploy.files import DEPLOY, PINNED, documents, image_variables, pod_of, tool

FILES = sorted((DEPLOY / "kubernetes").glob("*.yaml"))
EVERYTHING = [document for path in FILES for document in documents(path)]
PODS = {one["metadata"]["name"]: pod_of(one) for one in EVERYTHING if one["kind"] in ("Deployment", "Job", "CronJob")}


def found(kind, name=None):
    return [one for one in EVERYTHING if one["kind"] == kind and name in (None, one["metadata"]["name"])]


def container(name):
    [only] = PODS[name]["spec"]["containers"]
    return only


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_kubernetes_knows_every_field_of_a_manifest(path):
    checked = subprocess.run(
        [tool("kubernetes-validate"), "--strict", str(path)], capture_output=True, text=True, check=False
    )

    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_there_are_two_web_processes_a_worker_and_what_sets_the_database_up():
    words = ("web", "worker", "setup")
    assert set(PODS) == {"smartbank-in-force", "smartbank-bring-in", *(f"smartbank-{word}" for word in words)}
    assert [container(f"smartbank-{word}")["args"] for word in words] == [[word] for word in words]
    assert found("Deployment", "smartbank-web")[0]["spec"]["replicas"] == 2
    assert found("PodDisruptionBudget")[0]["spec"]["minAvailable"] == 1


@pytest.mark.parametrize("name", PODS)
def test_a_pod_asks_for_nothing_the_restricted_standard_refuses(name):
    pod, [only] = PODS[name]["spec"], PODS[name]["spec"]["containers"]

    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert pod["automountServiceAccountToken"] is False
    assert pod["enableServiceLinks"] is False
    assert only["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert {next(iter(volume.keys() - {"name"})) for volume in pod["volumes"]} <= {
        "emptyDir",
        "secret",
        "persistentVolumeClaim",
    }
    assert found("Namespace")[0]["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"


@pytest.mark.parametrize("name", PODS)
def test_a_pod_runs_a_version_of_the_image_as_its_user_with_limits(name):
    user = PODS[name]["spec"]["securityContext"]

    assert PINNED.fullmatch(container(name)["image"])
    assert f"{user['runAsUser']}:{user['runAsGroup']}" == "10001:10001"
    assert container(name)["resources"].keys() == {"requests", "limits"}


@pytest.mark.parametrize("name", PODS)
def test_every_volume_is_mounted_and_what_smartbank_writes_to_is_one(name):
    mounted = {mount["name"]: mount["mountPath"] for mount in container(name)["volumeMounts"]}

    assert set(mounted) == {volume["name"] for volume in PODS[name]["spec"]["volumes"]}
    assert mounted["tmp"] == image_variables()["HOME"]
    assert mounted.get("var") == (image_variables()["SMARTBANK_VAR_DIR"] if name == "smartbank-worker" else None)


def test_what_one_manifest_names_another_one_is():
    everywhere = {(one["kind"], one["metadata"]["name"]) for one in EVERYTHING}
    [ingress], [service] = found("Ingress"), found("Service")
    [path] = ingress["spec"]["rules"][0]["http"]["paths"]

    assert {one["metadata"].get("namespace", "smartbank") for one in EVERYTHING} == {"smartbank"}
    assert path["backend"]["service"] == {"name": service["metadata"]["name"], "port": {"name": "http"}}
    assert service["spec"]["selector"].items() <= PODS["smartbank-web"]["metadata"]["labels"].items()
    for name, pod in PODS.items():
        assert {("ConfigMap", "smartbank"), ("Secret", "smartbank")} <= everywhere
        assert container(name)["envFrom"] == [
            {"configMapRef": {"name": "smartbank"}},
            {"secretRef": {"name": "smartbank"}},
        ]
        for volume in pod["spec"]["volumes"]:
            assert "secret" not in volume or ("Secret", volume["secret"]["secretName"]) in everywhere
            claim = volume.get("persistentVolumeClaim")
            assert claim is None or ("PersistentVolumeClaim", claim["claimName"]) in everywhere


def test_health_is_asked_where_any_name_is_answered_and_the_database_away_kills_no_pod():
    web = container("smartbank-web")

    assert web["readinessProbe"]["httpGet"]["path"] == web["startupProbe"]["httpGet"]["path"] == "/healthz"
    assert "/healthz" in OPEN_PATHS
    assert "httpGet" not in web["livenessProbe"]
    assert web["ports"] == [{"name": "http", "containerPort": int(image_variables()["PORT"])}]


def test_whoever_came_to_one_process_stays_with_it():
    [service], [ingress] = found("Service"), found("Ingress")

    assert service["spec"]["sessionAffinity"] == "ClientIP"
    assert ingress["metadata"]["annotations"]["nginx.ingress.kubernetes.io/affinity"] == "cookie"
    assert service["metadata"]["annotations"]["traefik.ingress.kubernetes.io/service.sticky.cookie"] == "true"


def test_nothing_passes_but_what_a_policy_names():
    closed = found("NetworkPolicy", "nothing-by-itself")[0]["spec"]
    opened = [one["spec"] for one in found("NetworkPolicy") if one["metadata"]["name"] != "nothing-by-itself"]

    assert closed == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    inward = [rule for policy in opened for rule in policy.get("ingress", [])]
    outward = [rule for policy in opened for rule in policy.get("egress", [])]
    assert [port["port"] for rule in inward for port in rule["ports"]] == [8501]
    assert {port["port"] for rule in outward for port in rule["ports"]} == {53, 443, 27017}
    assert all(rule.get("from") or rule.get("to") for rule in inward + outward)


def test_the_example_of_a_secret_holds_no_value_and_the_filled_in_one_is_not_kept():
    values = {value for secret in found("Secret") for value in secret["stringData"].values()}

    assert values == {""}
    assert "deploy/kubernetes/secret.yaml" in (DEPLOY.parent / ".gitignore").read_text().splitlines()


def test_production_mode_accepts_the_settings_once_the_secret_is_filled_in(monkeypatch):
    [given] = [one["data"] for one in found("ConfigMap")]
    [secret] = [one["stringData"] for one in found("Secret", "smartbank")]
    filled = dict.fromkeys(secret, "mongodb+srv://smartbank:k7mp@cluster.bank.example/")
    ours = {
        name: value for name, value in (image_variables() | given | filled).items() if name.startswith("SMARTBANK_")
    }
    for name, value in ours.items():
        monkeypatch.setenv(name, value)

    refusals = settings_refusals(Settings(_env_file=None))

    assert refusals == []
    assert set(ours) <= {f"SMARTBANK_{field.upper()}" for field in Settings.model_fields}
    assert all(isinstance(value, str) for value in given.values())
