"""A number that stands in many rows of a file is left out by a click that outlives a reload of the page."""

import re

from playwright.sync_api import expect

from tests.browser.test_main_job import SCORED_WITHIN_MS, downloaded, rows_of

BRANCH = "+351210000001"
FILE = "customer_id,age,job,phone\n" + "".join(f"BRANCH-{place},4{place},admin.,{BRANCH}\n" for place in range(6))


def test_a_box_ticked_before_a_reload_leaves_the_number_out_of_what_is_taken_away(signed_in, address):
    signed_in.goto(f"{address}/leads?view=Bring+customers+in")
    content = {"name": "branch.csv", "mimeType": "text/csv", "buffer": FILE.encode()}
    signed_in.locator("input[type=file]").set_input_files(content)
    expect(signed_in.get_by_text("branch.csv")).to_be_visible()
    signed_in.get_by_role("button", name="Check the file").click()
    box = signed_in.get_by_role("checkbox", name="Leave this number out: 6 customers are kept and ranked")
    expect(box).not_to_be_checked(timeout=SCORED_WITHIN_MS)
    signed_in.get_by_text("Leave this number out").click()
    expect(signed_in).to_have_url(re.compile("without_shared_"))

    signed_in.reload()
    expect(box).to_be_checked(timeout=SCORED_WITHIN_MS)
    signed_in.get_by_role("button", name="Score 6 leads").click()
    signed_in.get_by_role("link", name="CSV").wait_for(timeout=SCORED_WITHIN_MS)

    rows = rows_of(downloaded(signed_in, "CSV"))
    assert sorted(row["Customer id"] for row in rows) == [f"BRANCH-{place}" for place in range(6)]
    assert {row["Phone"] for row in rows} == {""}
    assert "without_shared_" not in signed_in.url
