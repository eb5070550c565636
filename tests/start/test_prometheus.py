"""A Prometheus by the files of `deploy/` scrapes a started SmartBank and answers what dashboard and alerts ask."""

import json
import re
import shutil
import subprocess
from contextlib import suppress
from http import HTTPStatus
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import urlopen

import pytest

from tests.start.documented import blocks
from tests.start.processes import ROOT, free_port, wait_for

pytestmark = pytest.mark.xdist_group("start")

PROMETHEUS = shutil.which("prometheus")
DEPLOY = ROOT / "deploy"
[MAKES_THE_KEY] = blocks("operations.md", under="## Figures for Prometheus")
QUESTIONS = {
    panel["title"]: [target["expr"].replace("$__rate_interval", "1m") for target in panel["targets"]]
    for panel in json.loads((DEPLOY / "grafana" / "dashboard.json").read_text())["panels"]
    if panel["type"] != "row"
}
NOTHING_TO_SHOW = {
    "Last backup",
    "Queue",
    "Ended in an hour",
    "Time a piece of work takes",
    "Timed jobs that fail",
    "Drift of the leads",
    "Database commands that fail",
    "Refused in the audit log",
}
"""Panels that are empty in the first minutes of a SmartBank with demo customers alone, where all is well."""


class Prometheus:
    """A started Prometheus, and what it says."""

    def __init__(self, folder, *, scraped, key):
        if PROMETHEUS is None:
            pytest.skip("Prometheus is not installed: apt-get install prometheus")
        self.port = free_port()
        self.config = folder / "prometheus.yml"
        self.config.write_text(configuration(scraped=scraped, key=key))
        self.log = (folder / "prometheus.log").open("w")
        self.process = subprocess.Popen(
            [
                PROMETHEUS,
                f"--config.file={self.config}",
                f"--storage.tsdb.path={folder}/data",
                f"--web.listen-address=127.0.0.1:{self.port}",
            ],
            stdout=self.log,
            stderr=subprocess.STDOUT,
        )

    def asked(self, what, **parameters):
        """Return what Prometheus answers, nothing while it starts; fails where it does not take the question."""
        address = f"http://127.0.0.1:{self.port}/api/v1/{what}?{urlencode(parameters)}"
        try:
            with urlopen(address, timeout=30) as answer:
                return json.load(answer)["data"]
        except OSError as exc:
            if isinstance(exc, HTTPError) and exc.code < HTTPStatus.INTERNAL_SERVER_ERROR:
                raise AssertionError(exc.read().decode()) from exc
            return {}

    def found(self, question):
        """Return the series a question finds."""
        return self.asked("query", query=question).get("result", [])

    def alerts(self):
        """Return {name: rule as Prometheus evaluates it}."""
        groups = self.asked("rules", type="alert").get("groups", [])
        return {rule["name"]: rule for group in groups for rule in group["rules"]}

    def state(self, alert):
        """Return whether an alert is inactive, pending or firing; nothing while Prometheus starts."""
        return self.alerts().get(alert, {}).get("state")

    def stop(self):
        self.process.terminate()
        self.process.wait(30)
        self.log.close()


def configuration(*, scraped, key):
    """Return the configuration of `deploy/` with another target, key and interval, and nothing else changed."""
    text = (DEPLOY / "prometheus.yml").read_text()
    for ours, here in (
        ('["web-1:8501", "web-2:8501"]', f'["{scraped}"]'),
        ("/run/secrets/smartbank-metrics-key", str(key)),
        ("prometheus-rules.yml", str(DEPLOY / "prometheus-rules.yml")),
        ("scrape_interval: 30s", "scrape_interval: 3s\n  evaluation_interval: 1s"),
    ):
        assert ours in text, ours
        text = text.replace(ours, here)
    return text


@pytest.fixture(scope="module")
def smartbank(started):
    return started().wait_until_ready()


@pytest.fixture(scope="module")
def prometheus(smartbank, tmp_path_factory):
    folder = tmp_path_factory.mktemp("prometheus")
    key = folder / "smartbank-metrics-key"
    smartbank.run(["bash", "-ec", MAKES_THE_KEY.replace("> smartbank-metrics-key", f"> {key}")])
    one = Prometheus(folder, scraped=f"127.0.0.1:{smartbank.port}", key=key)
    yield one
    one.stop()


def test_promtool_finds_nothing_wrong_with_configuration_and_rules(prometheus):
    checked = subprocess.run(
        ["promtool", "check", "config", prometheus.config], capture_output=True, text=True, check=False
    )

    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert "FAILED" not in checked.stdout + checked.stderr


def test_smartbank_is_scraped_with_the_key_that_may_only_look(prometheus):
    def targets():
        return [
            (one["health"], one["lastError"])
            for one in prometheus.asked("targets", state="active").get("activeTargets", [])
        ]

    wait_for(lambda: targets() == [("up", "")])
    wait_for(lambda: prometheus.found('up{job="smartbank"} == 1'))
    assert prometheus.found("smartbank_build_info")


def test_every_panel_of_the_dashboard_has_something_to_show(smartbank, prometheus):
    made, ask, *_ = blocks("api.md", language="bash")
    [key] = re.findall(r"sbk_\S+", smartbank.run(["bash", "-ec", made]))
    smartbank.run(["bash", "-ec", ask], SMARTBANK=f"http://localhost:{smartbank.port}", KEY=key)

    def empty():
        return {title for title, asked in QUESTIONS.items() if not all(prometheus.found(each) for each in asked)}

    with suppress(AssertionError):
        wait_for(lambda: empty() <= NOTHING_TO_SHOW)  # a rate needs two looks
    assert empty() - NOTHING_TO_SHOW == set()


def test_every_alert_is_evaluated_and_none_is_raised_where_all_is_well(prometheus):
    wait_for(lambda: (rules := prometheus.alerts()) and all(rule["health"] != "unknown" for rule in rules.values()))

    rules = prometheus.alerts()
    assert {name: rule.get("lastError", "") for name, rule in rules.items() if rule["health"] != "ok"} == {}
    assert [name for name, rule in rules.items() if rule["state"] == "firing"] == []


def test_a_smartbank_that_ends_is_noticed(smartbank, prometheus):
    wait_for(lambda: prometheus.state("SmartBankDoesNotAnswer") == "inactive")

    smartbank.stop()

    wait_for(lambda: prometheus.state("SmartBankDoesNotAnswer") == "pending")
