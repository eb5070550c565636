"""Driving SmartBank as a user does, in Debian's Chromium."""

import subprocess
import sys
from contextlib import contextmanager

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from smartbank.bootstrap import open_database
from smartbank.config import Settings, child_environment
from tests.start.edge import NAME
from tests.start.processes import ROOT, free_port, listens, wait_for

CHROMIUM = "/usr/bin/chromium"
DESK, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
LOOKS = (
    pytest.param(DESK, "light", id="desk-light"),
    pytest.param(PHONE, "dark", id="phone-dark"),
    pytest.param(DESK, "dark", id="desk-dark", marks=pytest.mark.soak),
    pytest.param(PHONE, "light", id="phone-light", marks=pytest.mark.soak),
)
"""Each screen and each scheme once; every pair of them in `make soak`, for pages with many sections."""
ARGUMENTS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    f"--host-resolver-rules=MAP {NAME} 127.0.0.1",
)
PASSWORD = "correct horse battery"
PAGES = ("", "leads", "customer", "call_lists", "my_calls", "results", "market", "model", "admin")
COOKIE = "smartbank_session"
WITHIN_MS = 30_000
_STILL_FOR_MS = """
(element, wanted) => new Promise((resolve) => {
  let top = null, since = 0;
  const look = (now) => {
    const here = element.getBoundingClientRect().top;
    if (here !== top) { top = here; since = now; }
    now - since >= wanted ? resolve() : requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
})
"""


def sign_in(page, username="admin", password=PASSWORD):
    """Fill the sign-in form on the page and send it; does not wait for what comes of it."""
    page.get_by_label("User name").fill(username)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in").click()


def wait_until_signed_in(page):
    """Wait for the sidebar of somebody who is signed in."""
    page.get_by_role("button", name="Sign out").wait_for()


def wait_until_drawn(page):
    """Wait until the page is drawn to its end: what is read before is a mixture, what is typed before is lost."""
    expect(page.locator("[data-test-script-state='notRunning']")).to_have_count(1)
    expect(page.locator("[data-stale='true']")).to_have_count(0)


def click_once_still(button):
    """Click what no longer moves: pressed while a grid above it grows, it is gone before the pointer is let go."""
    button.scroll_into_view_if_needed()
    button.evaluate(_STILL_FOR_MS, 500)
    button.click()


def choose_password(page, password):
    """Choose a password at the first sign-in with a made-up one, and wait until signed in."""
    page.get_by_label("New password", exact=True).fill(password)
    page.get_by_label("New password again").fill(password)
    page.get_by_role("button", name="Save password").click()
    page.get_by_label("New password again").wait_for(state="detached")
    wait_until_signed_in(page)


def say_base_rate(page, sold="11.3"):
    """Answer the first question to an administrator, for everybody and for good."""
    page.get_by_label("Sales of 100 calls").fill(sold)
    page.get_by_label("Sales of 100 calls").press("Enter")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_label("Sales of 100 calls").wait_for(state="detached")


def session_cookie(page):
    """Return the session cookie of the page's browser context, or None."""
    return next((cookie for cookie in page.context.cookies() if cookie["name"] == COOKIE), None)


def serious_violations(page):
    """Return what axe finds serious or critical, once the page is drawn: rule, and the elements.

    What is left of the run before is dimmed, and may hold a button twice.
    """
    if page.locator("[data-test-script-state]").count():
        wait_until_drawn(page)
    found = Axe().run(page).response["violations"]
    return [
        (rule["id"], [node["target"] for node in rule["nodes"]])
        for rule in found
        if rule["impact"] in ("serious", "critical")
    ]


@contextmanager
def fresh_screens(folder):
    """Start the screens alone, in a new process on the database of a folder, and yield their address."""
    port = free_port()
    settings = Settings(var_dir=folder, port=port)
    with open_database(settings) as uri, (folder.parent / f"web-{port}.log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "smartbank", "web"],
            cwd=ROOT,
            env=child_environment(settings.on_database(uri)),
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            wait_for(lambda: listens(port) or process.poll() is not None)
            yield f"http://localhost:{port}"
        finally:
            process.terminate()
            process.wait(30)
