"""The proxy of compose: `nginx.conf` with its changes, started before two servers that say who they are."""

import http.client
import re
import subprocess
from http.server import BaseHTTPRequestHandler

import pytest

from tests.deploy.files import DEPLOY, documents
from tests.start.edge import NAME, Edge

OTHER_NAME = "leads.bank.example"


def changed(name=OTHER_NAME):
    """Return `nginx.conf` as the command of the container changes it."""
    [command] = documents(DEPLOY / "compose.yaml")[0]["services"]["nginx"]["command"]
    here = command.split(">")[0].replace("$$", "$").replace("/etc/nginx/smartbank.conf", str(DEPLOY / "nginx.conf"))
    here = here.replace("/etc/nginx/compose.sed", str(DEPLOY / "compose.sed"))
    done = subprocess.run(
        ["sh", "-c", here], check=False, env={"NAME": name, "PATH": "/usr/bin:/bin"}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def behind(listening):
    """Return a function that starts a server which answers with its name, and returns its port."""

    def start(name):
        class Named(BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(200)
                self.end_headers()
                self.wfile.write(name.encode())

            def log_message(self, *arguments):
                pass

        return listening(Named)

    return start


@pytest.fixture
def edge(behind, monkeypatch, tmp_path):
    """Start nginx on the changed configuration, its two names leading to two servers on this computer."""
    first, second = behind("web-1"), behind("web-2")
    text = changed(NAME).replace("web-1:8501", "127.0.0.1:8501").replace("web-2:8501", f"127.0.0.1:{second}")
    text = text.replace("/tmp/nginx.pid", "/run/nginx.pid").replace(" /tmp/", f" {tmp_path}/")  # noqa: S108  not here
    (tmp_path / "deploy").mkdir()
    (tmp_path / "deploy" / "nginx.conf").write_text(text)
    monkeypatch.setattr("tests.start.edge.ROOT", tmp_path)
    edge = Edge(tmp_path, port=first)
    yield edge
    edge.stop()


def test_both_web_processes_are_behind_pages_and_programs_under_the_name_that_was_set():
    text = changed()

    servers = [line.split()[1] for line in text.splitlines() if line.strip().startswith("server ") and "fails" in line]
    assert servers == ["web-1:8501", "web-2:8501"] * 2
    assert text.count(f"server_name {OTHER_NAME};") == 2
    assert NAME not in text


def test_all_that_nginx_writes_goes_where_the_container_may_write():
    text = changed()
    nginx = documents(DEPLOY / "compose.yaml")[0]["services"]["nginx"]

    written = re.findall(r"^ *(pid|\w+_temp_path) (\S+);", text, re.MULTILINE)
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    assert {what for what, _ in written} == {"pid", *(f"{kind}_temp_path" for kind in kinds)}
    [writable] = [one.split(":")[0] for one in nginx["tmpfs"]]
    assert all(path.startswith(f"{writable}/") for _, path in written)


def test_whoever_has_a_route_stays_with_one_process_and_all_routes_use_both(edge):
    routes = [f"route-{number}" for number in range(12)]

    reached = {route: {edge.ask("/", Cookie=f"smartbank_route={route}").text for _ in range(4)} for route in routes}

    assert all(len(names) == 1 for names in reached.values())
    assert set.union(*reached.values()) == {"web-1", "web-2"}


def test_plain_http_leads_to_the_name_over_https(edge):
    connection = http.client.HTTPConnection("127.0.0.1", edge.plain, timeout=30)
    connection.request("GET", "/leads", headers={"Host": NAME})

    answer = connection.getresponse()

    assert (answer.status, answer.headers["Location"]) == (301, f"https://{NAME}/leads")
    connection.close()
