"""The model page as a manager meets it: at a desk and on a phone, in light and dark."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.driving import LOOKS, click_once_still, serious_violations, wait_until_drawn

SECTIONS = {
    "Next list": "As months differ",
    "How good": "Against the standard models",
    "Ranking": "Conversion of each band, month by month",
    "Calibration": "Was the level of the next month foreseen?",
    "What it looks at": "What each value does",
    "Fairness": "What a least or a largest share costs",
    "Drift": "Over the last rankings",
    "Card": "Sources",
}


@pytest.mark.parametrize(("viewport", "scheme"), LOOKS)
def test_no_section_breaks_an_accessibility_rule_or_is_wider_than_the_screen(
    open_page, signed_in_state, address, viewport, scheme
):
    page = open_page(storage_state=signed_in_state, viewport=viewport, color_scheme=scheme)
    for section, awaited in SECTIONS.items():
        page.goto(f"{address}/model?section={section}")
        expect(page.get_by_role("heading", level=1)).to_contain_text("Among next month's leads")
        expect(page.get_by_role("radio", name=section)).to_be_checked()
        expect(page.get_by_text(awaited).first).to_be_visible()
        page.wait_for_timeout(1_500)  # axe looks at what is drawn

        assert serious_violations(page) == [], section
        assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"], section


def test_a_manager_goes_from_what_the_list_brings_to_the_list(signed_in, address):
    signed_in.goto(f"{address}/model")

    button = signed_in.get_by_role("button", name=re.compile(r"See these \d+ leads"))
    wait_until_drawn(signed_in)
    leads = re.search(r"\d+", button.text_content() or "").group()
    button.click()

    expect(signed_in.get_by_role("heading", level=1)).to_contain_text(f"The best {leads} of ")


def test_a_table_is_saved_as_a_file(signed_in, address):
    signed_in.goto(f"{address}/model?section=Ranking")
    signed_in.get_by_text("The same as a table").first.wait_for()
    wait_until_drawn(signed_in)
    signed_in.get_by_text("The same as a table").first.click()
    signed_in.get_by_test_id("stDataFrame").locator("canvas").first.wait_for()

    with signed_in.expect_download() as saved:
        click_once_still(signed_in.get_by_role("button", name="Download the table").first)

    assert saved.value.suggested_filename == "smartbank-model-deciles.csv"
    lines = saved.value.path().read_text(encoding="utf-8-sig").splitlines()
    assert lines[0] == "decile,leads,conversions,conversion_rate,lift,gain"
    assert len(lines) == 11
