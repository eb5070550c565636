"""The browser is closed while leads are scored: the run goes on, and whoever comes back finds it."""

import re

from playwright.sync_api import expect

from tests.browser.test_main_job import SCORED_WITHIN_MS, downloaded, synthetic_file

__all__ = ["synthetic_file"]


def test_a_run_goes_on_without_its_browser_and_is_found_by_whoever_comes_back(
    open_page, signed_in, signed_in_state, address, synthetic_file
):
    signed_in.goto(f"{address}/leads?view=Bring+customers+in")
    file = {"name": "closed.csv", "mimeType": "text/csv", "buffer": synthetic_file.replace(b"NEW-", b"SHUT-")}
    signed_in.locator("input[type=file]").set_input_files(file)
    expect(signed_in.get_by_text("closed.csv")).to_be_visible()
    signed_in.get_by_role("button", name="Check the file").click()
    score = signed_in.get_by_role("button", name="Score 1,000 leads")
    score.click(timeout=SCORED_WITHIN_MS)
    signed_in.wait_for_url(re.compile(r"[?&]run="))
    run = re.search(r"run=([\w-]+)", signed_in.url)[1]

    signed_in.context.close()
    again = open_page(storage_state=signed_in_state)
    again.goto(f"{address}/leads?run={run}")

    again.get_by_role("link", name="CSV").wait_for(timeout=SCORED_WITHIN_MS)
    assert downloaded(again, "CSV").count(b"SHUT-") > 990  # the rules on calling leave some out
