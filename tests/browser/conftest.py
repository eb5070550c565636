"""One really started SmartBank and one Chromium for all browser tests."""

from pathlib import Path

import pytest
from playwright.sync_api import expect, sync_playwright

from tests.browser.driving import (
    ARGUMENTS,
    CHROMIUM,
    PASSWORD,
    WITHIN_MS,
    choose_password,
    say_base_rate,
    sign_in,
    wait_until_signed_in,
)
from tests.start.processes import Started

HERE = Path(__file__).parent
expect.set_options(timeout=WITHIN_MS)


def pytest_collection_modifyitems(items):
    """Mark the tests of this folder; `tests/conftest.py` keeps them on one worker, as they share the server."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="package")
def chromium():
    if not Path(CHROMIUM).exists():
        pytest.skip("Chromium is not installed: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def smartbank(chromium, tmp_path_factory):
    """Start SmartBank on a new folder."""
    started = Started(tmp_path_factory.mktemp("browser") / "var", SMARTBANK_DEMO_CUSTOMERS="200")
    try:
        yield started.wait_until_ready()
    finally:
        started.stop()


@pytest.fixture(scope="package")
def address(smartbank):
    """Where the browser finds SmartBank."""
    return f"http://localhost:{smartbank.port}"


@pytest.fixture(scope="package")
def signed_in_state(chromium, smartbank, address):
    """Sign in with the made-up password, choose one, answer the first question, and return the cookies that follow."""
    page = _new_page(chromium)
    page.goto(address)
    sign_in(page, password=smartbank.password())
    choose_password(page, PASSWORD)
    say_base_rate(page)
    state = page.context.storage_state()
    page.context.close()
    return state


@pytest.fixture
def open_page(chromium):
    """Return a function that opens a page in a browser context of its own, and check what it said in the end."""
    pages, problems = [], []

    def open_page(**options):
        page = _new_page(chromium, **options)
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("console", lambda said: problems.append(said.text) if "Content Security" in said.text else None)
        pages.append(page)
        return page

    yield open_page
    for page in pages:
        page.context.close()
    assert problems == []


@pytest.fixture
def visitor(open_page, signed_in_state):
    """A page of somebody who is not signed in, when the administrator's password is `PASSWORD`."""
    return open_page()


@pytest.fixture
def signed_in(open_page, signed_in_state, address):
    """A page of the administrator, at the overview."""
    page = open_page(storage_state=signed_in_state)
    page.goto(address)
    wait_until_signed_in(page)
    return page


def _new_page(chromium, **options):
    context = chromium.new_context(**{"viewport": {"width": 1440, "height": 900}, **options})
    page = context.new_page()
    page.set_default_timeout(WITHIN_MS)
    return page
