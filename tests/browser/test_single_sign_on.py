"""Signing in at an identity provider, which is another site to the browser, in a SmartBank of its own."""

import os
import re
import subprocess
import sys

import pytest
from playwright.sync_api import expect

from tests.browser.driving import serious_violations, session_cookie, wait_until_signed_in
from tests.oidc_provider import started_provider
from tests.start.processes import ROOT, Started

BUTTON = "Sign in with Test bank"


@pytest.fixture(scope="module")
def provider(tmp_path_factory):
    with started_provider(tmp_path_factory.mktemp("provider")) as provider:
        yield provider


@pytest.fixture(scope="module")
def started(chromium, provider, tmp_path_factory):
    started = Started(
        tmp_path_factory.mktemp("single-sign-on") / "var",
        SMARTBANK_OIDC_METADATA_URL=provider.metadata_url,
        SMARTBANK_OIDC_CLIENT_ID="smartbank",
        SMARTBANK_OIDC_CLIENT_SECRET="a secret for the tests alone",
        SMARTBANK_OIDC_ROLES="bank-admins=admin,bank-managers=manager,bank-agents=agent",
        SMARTBANK_OIDC_NAME="Test bank",
    )
    try:
        yield started.wait_until_ready()
    finally:
        started.stop()


@pytest.fixture
def address(started):
    return f"http://localhost:{started.port}"


def command(started, *words):
    """Say `python -m smartbank user ...` on the folder of the started one."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SMARTBANK_")}
    subprocess.run(
        [sys.executable, "-m", "smartbank", "user", *words],
        cwd=ROOT,
        env=kept | {"SMARTBANK_VAR_DIR": str(started.folder)},
        check=True,
        capture_output=True,
    )


def come_by_provider(page, subject):
    """Press the button on the page, and agree at the provider."""
    page.get_by_role("button", name=BUTTON).click()
    page.wait_for_url(re.compile("/oauth2/authorize"))
    page.get_by_placeholder("sub").fill(subject)
    page.get_by_role("button", name="Authorize").click()


def test_a_day_of_single_sign_on(open_page, provider, address, started):
    provider.put_person("s-1", preferred_username="ana", roles=["bank-managers"])
    page = open_page()
    page.goto(f"{address}/leads?view=Stored+customers")
    page.get_by_role("button", name=BUTTON).wait_for()
    assert serious_violations(page) == []

    come_by_provider(page, "s-1")
    wait_until_signed_in(page)
    assert page.url == f"{address}/leads?view=Stored+customers"
    expect(page.get_by_text("ana · manager")).to_be_visible()
    assert not [cookie for cookie in page.context.cookies() if cookie["name"].startswith("_streamlit_user")]
    page.reload()
    wait_until_signed_in(page)
    copied = page.context.storage_state()

    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("button", name=BUTTON).wait_for()
    assert session_cookie(page) is None
    thief = open_page(storage_state=copied)
    thief.goto(f"{address}/leads")
    thief.get_by_role("button", name=BUTTON).wait_for()

    provider.put_person("s-1", preferred_username="ana", roles=["bank-agents"])
    come_by_provider(page, "s-1")
    wait_until_signed_in(page)
    expect(page.get_by_text("ana · agent")).to_be_visible()

    command(started, "disable", "ana")
    page.reload()
    page.get_by_role("button", name=BUTTON).wait_for()
    come_by_provider(page, "s-1")
    expect(page.get_by_role("alert").filter(has_text="An administrator of SmartBank disabled")).to_be_visible()
    expect(page.get_by_role("button", name="Sign out")).to_have_count(0)


def test_somebody_without_a_group_reads_which_ones_have_a_role(open_page, provider, address):
    provider.put_person("s-2", preferred_username="bea", roles=["canteen"])
    page = open_page()
    page.goto(f"{address}/customer")

    come_by_provider(page, "s-2")

    expect(page.get_by_role("alert")).to_contain_text("one of these: bank-admins (admin)")
    assert page.url == f"{address}/customer"
    assert session_cookie(page) is None
