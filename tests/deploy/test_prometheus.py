"""Dashboard and alerts ask for figures SmartBank gives, by labels these have; in `tests/start` a Prometheus asks."""

import json
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import promql_parser
import pytest
from prometheus_client.core import REGISTRY
from prometheus_client.parser import text_string_to_metric_families

from smartbank import logs  # noqa: F401  counts lines
from smartbank.adapters import mongo  # noqa: F401  counts database commands
from smartbank.api.figures import Figures
from smartbank.api.metrics import Metrics
from smartbank.config import Settings
from smartbank.core.drift import Drift, FieldDrift
from smartbank.core.people import Role
from smartbank.core.programs import Program, make_key
from smartbank.core.work import Work, WorkKind, WorkState
from smartbank.services.backups import BACKUP_JOB
from tests.certificates import write_certificate
from tests.deploy.files import DEPLOY, documents
from tests.services import memory_services

NOW = datetime.now(UTC)
OF_JOB, OF_DISK, OF_CLAIM = {"namespace", "cronjob"}, {"fstype", "mountpoint"}, {"namespace", "persistentvolumeclaim"}
OF_OTHERS = {
    "up": set(),
    "kube_cronjob_created": OF_JOB,
    "kube_cronjob_status_last_successful_time": OF_JOB,
    "node_filesystem_avail_bytes": OF_DISK,
    "node_filesystem_size_bytes": OF_DISK,
    "kubelet_volume_stats_available_bytes": OF_CLAIM,
    "kubelet_volume_stats_capacity_bytes": OF_CLAIM,
}
"""Figures of Prometheus itself, of kube-state-metrics, node_exporter and the kubelet."""
TARGET = {"job", "instance"}
"""Labels Prometheus gives to whatever it scrapes; a figure's own ones of that name would be renamed."""
DASHBOARD = json.loads((DEPLOY / "grafana" / "dashboard.json").read_text())
[SCRAPED] = documents(DEPLOY / "prometheus.yml")
[RULES] = documents(DEPLOY / "prometheus-rules.yml")
PANELS = [panel for panel in DASHBOARD["panels"] if panel["type"] != "row"]
ALERTS = [rule for group in RULES["groups"] for rule in group["rules"]]
QUESTIONS = {
    **{panel["title"]: [target["expr"] for target in panel["targets"]] for panel in PANELS},
    **{alert["alert"]: [alert["expr"]] for alert in ALERTS},
}


def nodes_of(question):
    """Return every part of a question, as its parser knows them."""
    nodes = []
    promql_parser.walk(promql_parser.parse(question.replace("$__rate_interval", "5m")), pre_visit=nodes.append)
    return nodes


def selectors(question):
    """Return [(name, {label: value it is compared with})]."""
    found = [node for node in nodes_of(question) if isinstance(node, promql_parser.VectorSelector)]
    return [(one.name, {each.name: each.value for each in one.matchers.matchers}) for one in found]


def absences(question):
    """Return the names of the figures whose absence is asked for."""
    calls = [node for node in nodes_of(question) if isinstance(node, promql_parser.Call)]
    return {call.args[0].name for call in calls if call.func.name == "absent"}


@pytest.fixture(scope="module")
def services(tmp_path_factory):
    """Return the services of a SmartBank that has something of everything."""
    certificate, _ = write_certificate(tmp_path_factory.mktemp("tls"), host="127.0.0.1")
    services = memory_services(
        configuration=Settings(mongodb_uri=f"mongodb://db.bank.example/?tlsCAFile={certificate}")
    )
    services.programs.add(Program("dialler", Role.MANAGER, frozenset(), "It dials.", NOW, "ada"))
    services.programs.add_key(make_key("dialler", by="ada", now=NOW, expires_at=NOW + timedelta(days=9))[0])
    services.jobs.take(BACKUP_JOB, "w", now=NOW, first_at=NOW)
    services.jobs.finish(BACKUP_JOB, "w", {}, now=NOW, next_at=NOW)
    groups = (("a", 500, 500), ("b", 500, 500))
    drift = Drift(True, (FieldDrift("age", groups),), FieldDrift("margin", groups)).to_json()
    summary = {"leads": 1_000, "expected_sales": 1.0, "worth_calling": 1}
    result = {"drift": drift, "synthetic_leads": 0, "summary": summary}
    request = {"source": {"kind": "customers", "label": "all"}, "market": "snapshot"}
    services.queue.add(Work("1", WorkKind.RUN, "ana", NOW - timedelta(1), request, WorkState.DONE, result=result))
    return services


def stored(services):
    """Return {name: labels} of the figures that are looked up and have a value."""
    return {each.name: set(each.samples[0].labels) for each in Figures(services, now=NOW).collect() if each.samples}


@pytest.fixture(scope="module")
def given(services):
    """Return {name of a figure as it is asked for: its labels}."""
    labels = stored(services)
    counted = [*REGISTRY._collector_to_names, *(metrics := Metrics()).registry._collector_to_names]
    labels |= {one._name: set(one._labelnames) for one in counted if hasattr(one, "_labelnames")}
    text, _ = metrics.text(services, now=NOW)
    found = {}
    for family in text_string_to_metric_families(text.decode()):
        endings = {"counter": ["_total"], "histogram": ["_bucket", "_sum", "_count"]}.get(family.type, [""])
        for ending in endings:
            bucket = {"le"} if ending == "_bucket" else set()
            found[f"{family.name}{ending}"] = labels.get(family.name, set()) | bucket
    return found


@pytest.mark.parametrize("name", QUESTIONS)
def test_what_is_asked_for_is_given_with_the_labels_it_is_asked_by(given, name):
    asked = [one for question in QUESTIONS[name] for one in selectors(question)]

    assert asked
    for figure, matched in asked:
        assert set(matched) - TARGET <= (given | OF_OTHERS)[figure]
        if "timed_job" in matched:
            assert matched["timed_job"] == BACKUP_JOB


def test_no_figure_has_a_label_of_the_target(given):
    assert {name for name, labels in given.items() if labels & TARGET} == set()


def test_what_a_legend_or_a_sentence_names_is_left_by_the_question():
    for panel in PANELS:
        for target in panel["targets"]:
            for label in target["legendFormat"].replace("{{", "\0").split("\0")[1:]:
                name = label.split("}}")[0]
                assert name in target["expr"] or name in TARGET | {"version"}
    for alert in ALERTS:
        for part in alert["annotations"]["summary"].split("$labels.")[1:]:
            name = part.split()[0]
            assert name in alert["expr"] or name in TARGET


def test_every_figure_of_work_market_and_model_is_watched_by_somebody(given):
    asked = {figure for questions in QUESTIONS.values() for one in questions for figure, _ in selectors(one)}

    unwatched = {
        name.removesuffix("_bucket").removesuffix("_sum").removesuffix("_count").removesuffix("_total")
        for name in given.keys() - asked
        if name.startswith("smartbank_") and not name.endswith("_created")  # the library's own, when a series began
    } - {name.removesuffix("_bucket").removesuffix("_total") for name in asked}
    assert unwatched == {"smartbank_drift_run_timestamp_seconds"}


def test_a_critical_alert_is_raised_too_where_a_worker_a_backup_or_a_head_never_was(services):
    never = stored(services).keys() - stored(memory_services()).keys()
    never |= {"smartbank_audit_entries"}  # which is left out where the head was changed
    critical = [alert for alert in ALERTS if alert["labels"]["severity"] == "critical"]
    asked = {alert["alert"]: {figure for figure, _ in selectors(alert["expr"])} & never for alert in critical}

    assert {name for name, figures in asked.items() if figures} == {
        "SmartBankWorkerNotSeen",
        "SmartBankBackupOld",
        "SmartBankAuditLogChanged",
    }
    for alert in critical:
        assert absences(alert["expr"]) == asked[alert["alert"]]


def test_what_may_be_so_for_a_moment_is_told_of_once_it_lasts():
    for alert in ALERTS:
        if absences(alert["expr"]) or alert["labels"]["severity"] == "info":
            assert alert["for"]


def test_prometheus_asks_each_web_process_with_a_key_from_a_file_and_reads_the_rules():
    [job] = SCRAPED["scrape_configs"]

    assert job["job_name"] == "smartbank"  # the alerts ask for it
    assert job["metrics_path"] == "/api/metrics"
    assert set(job["authorization"]) == {"type", "credentials_file"}
    assert all((DEPLOY / name).is_file() for name in SCRAPED["rule_files"])


def test_panels_stand_beside_and_below_each_other_and_name_the_chosen_source():
    taken = set()
    for panel in DASHBOARD["panels"]:
        at = panel["gridPos"]
        cells = {(at["x"] + x, at["y"] + y) for x in range(at["w"]) for y in range(at["h"])}
        assert not cells & taken
        assert at["x"] + at["w"] <= 24
        taken |= cells
    assert len({panel["id"] for panel in DASHBOARD["panels"]}) == len(DASHBOARD["panels"])
    assert {target["datasource"]["uid"] for panel in PANELS for target in panel["targets"]} == {"${source}"}
    assert all(panel["description"] for panel in PANELS)


def test_an_alert_says_how_bad_it_is_and_what_happened():
    assert {alert["labels"]["severity"] for alert in ALERTS} == {"critical", "warning", "info"}
    assert len({alert["alert"] for alert in ALERTS}) == len(ALERTS)


def test_each_alert_is_raised_by_what_it_is_for_and_by_nothing_less():
    file = Path(__file__).with_name("prometheus-rules.test.yml")
    [cases] = documents(file)
    asked = [one for case in cases["tests"] for one in case["alert_rule_test"]]
    for raised in (True, False):
        assert {one["alertname"] for one in asked if bool(one.get("exp_alerts")) is raised} == {
            alert["alert"] for alert in ALERTS
        }

    if shutil.which("promtool") is None:
        pytest.skip("promtool is not installed: apt-get install prometheus")
    said = subprocess.run(["promtool", "test", "rules", file], capture_output=True, text=True, check=False)
    assert said.returncode == 0, said.stdout + said.stderr
