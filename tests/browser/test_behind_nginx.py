"""Two web processes behind the nginx of `deploy/`, in production: a file goes to the process of its page."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import expect

from smartbank.bootstrap import new_data_key
from smartbank.ml.synthetic import load_demo_tables, synthetic_customers
from tests.browser.driving import choose_password, say_base_rate, sign_in, wait_until_drawn
from tests.database import open_database, open_server
from tests.start.edge import NAME, OF, Edge
from tests.start.processes import ROOT, Started, free_port, listens, wait_for

DATABASE = "two_web_processes"
OWN = "seven grey herons over the harbour"


@pytest.fixture(scope="module")
def processes(chromium, tmp_path_factory):
    """SmartBank in production, and a second web process on its database."""
    with open_server(tmp_path_factory) as uri, open_database(uri, DATABASE):
        folder = tmp_path_factory.mktemp("two") / "var"
        named = {
            "SMARTBANK_PRODUCTION": "true",
            "SMARTBANK_ALLOWED_HOSTS": NAME,
            "SMARTBANK_MONGODB_URI": uri,
            "SMARTBANK_MONGODB_DATABASE": DATABASE,
            "SMARTBANK_DATA_KEYS": new_data_key(),
            "SMARTBANK_DEMO_CUSTOMERS": "0",
        }
        first = Started(folder, **named)
        port, second = free_port(), None
        try:
            first.wait_until_ready()
            kept = {name: value for name, value in os.environ.items() if not name.startswith("SMARTBANK_")}
            with (folder.parent / "second.log").open("w") as log:
                second = subprocess.Popen(
                    [sys.executable, "-m", "smartbank", "web"],
                    cwd=ROOT,
                    env=kept | named | {"PORT": str(port), "SMARTBANK_VAR_DIR": str(folder)},
                    stdout=log,
                    stderr=subprocess.STDOUT,
                )
            wait_for(lambda: listens(port) or second.poll() is not None)
            yield first, second, port
        finally:
            if second is not None:
                second.kill()
                second.wait(30)
            first.stop()


@pytest.fixture(scope="module")
def edge(processes, tmp_path_factory):
    first, _, port = processes
    edge = Edge(tmp_path_factory.mktemp("edge"), port=first.port, other=port)
    yield edge
    edge.stop()


def route_to(edge, port):
    """Return the cookie that leads to a process."""
    for number in range(100):
        if edge.ask("/healthz", Cookie=f"smartbank_route=r{number}").headers[OF] == f"127.0.0.1:{port}":
            return {"name": "smartbank_route", "value": f"r{number}", "domain": NAME, "path": "/", "secure": True}
    raise AssertionError(f"no route leads to {port}")


def is_file(answer):
    """Whether an answer is that to the bytes of a file."""
    return answer.request.method == "PUT" and "/_stcore/upload_file/" in answer.url


def customers(name, number):
    """Return made-up customers as CSV."""
    rows = synthetic_customers(load_demo_tables(ROOT / "models"), n=number, seed=7)
    rows["customer_id"] = [f"{name}-{i:04}" for i in range(number)]
    return rows.to_csv(index=False).encode()


def upload_and_score(page, origin, name):
    """Bring a file of 40 customers in and score them."""
    page.goto(f"{origin}/leads?view=Bring+customers+in")
    file = {"name": f"{name}.csv", "mimeType": "text/csv", "buffer": customers(name, 40)}
    wait_until_drawn(page)
    page.locator("input[type=file]").set_input_files(file)
    expect(page.get_by_text(file["name"])).to_be_visible()
    wait_until_drawn(page)
    page.get_by_role("button", name="Check the file").click()
    page.get_by_role("button", name="Score 40 leads").click()
    expect(page.get_by_role("link", name="CSV")).to_be_visible(timeout=120_000)


def test_files_are_uploaded_at_both_processes_and_one_that_dies_takes_nobody_with_it(processes, edge, open_page):
    first, second, port = processes
    here = open_page(ignore_https_errors=True)
    here.context.add_cookies([route_to(edge, first.port)])
    here.goto(edge.origin)
    sign_in(here, password=first.password())
    choose_password(here, OWN)
    say_base_rate(here)
    signed_in = [cookie for cookie in here.context.cookies() if "session" in cookie["name"]]

    there = open_page(ignore_https_errors=True)
    there.context.add_cookies([*signed_in, route_to(edge, port)])
    took = {here: [], there: []}
    for page, of in took.items():
        page.on("response", lambda answer, of=of: of.append(answer.headers[OF.lower()]) if is_file(answer) else None)
    upload_and_score(here, edge.origin, "HERE")
    upload_and_score(there, edge.origin, "THERE")

    assert took == {here: [f"127.0.0.1:{first.port}"], there: [f"127.0.0.1:{port}"]}

    second.kill()
    second.wait(30)
    there.get_by_test_id("stSidebarNav").get_by_role("link", name="Results").click()  # of the page that was open
    there.wait_for_url("**/results")
    wait_until_drawn(there)
    expect(there.get_by_role("heading", level=1)).to_be_visible()
    there.go_back()
    with there.expect_download() as download:
        there.get_by_role("link", name="CSV").click()
    assert Path(download.value.path()).read_bytes().count(b"THERE-") == 40
    upload_and_score(there, edge.origin, "AGAIN")  # signed in still

    assert took[there][1].endswith(f"127.0.0.1:{first.port}")
