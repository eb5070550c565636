"""The market page as a manager meets it: at a desk and on a phone, in light and dark, with a figure set by hand."""

import pytest
from playwright.sync_api import expect

from tests.browser.driving import LOOKS, serious_violations

SECTIONS = ("Indicators", "Level", "Sources", "Set by hand")


@pytest.mark.parametrize(("viewport", "scheme"), LOOKS)
def test_no_section_breaks_an_accessibility_rule_or_is_wider_than_the_screen(
    open_page, signed_in_state, address, viewport, scheme
):
    page = open_page(storage_state=signed_in_state, viewport=viewport, color_scheme=scheme)
    for section in SECTIONS:
        page.goto(f"{address}/market?section={section}")
        expect(page.get_by_role("heading", level=1)).to_contain_text("Euribor")
        expect(page.get_by_role("radio", name=section)).to_be_checked()
        page.wait_for_timeout(1_500)  # axe looks at what is drawn

        assert serious_violations(page) == [], section
        assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"], section


def test_a_figure_set_by_hand_is_warned_of_until_it_is_taken_back(signed_in, address):
    signed_in.goto(f"{address}/market?section=Set by hand")
    value = signed_in.get_by_role("spinbutton", name="Value, % (-1 to 8)")
    value.fill("2.9")
    value.press("Enter")
    expect(signed_in.get_by_text("With Euribor at 2.90 %")).to_be_visible()
    save = signed_in.get_by_role("button", name="Set by hand")
    expect(save).to_be_disabled()
    why = signed_in.get_by_role("textbox", name="Why")
    why.fill("the ECB is late this month")
    why.press("Control+Enter")
    save.click()

    warning = signed_in.get_by_role("alert").filter(has_text="Euribor is set by hand to 2.90 % by admin until ")
    expect(warning).to_be_visible()
    expect(signed_in.get_by_role("heading", level=1)).to_contain_text("set by hand by admin")
    for path in ("", "leads"):
        signed_in.goto(f"{address}/{path}")
        expect(warning).to_contain_text("the ECB is late this month")

    signed_in.goto(f"{address}/market?section=Set by hand")
    signed_in.get_by_role("button", name="Take back").click()
    expect(warning).to_have_count(0)
    expect(signed_in.get_by_role("button", name="Take back")).to_have_count(0)


def test_a_section_of_another_page_does_not_stick_to_the_market(signed_in, address):
    signed_in.goto(f"{address}/admin?section=Settings")
    signed_in.get_by_role("button", name="Save settings").wait_for()

    signed_in.get_by_test_id("stSidebarNav").get_by_role("link", name="Market").click()

    expect(signed_in.get_by_role("heading", level=1)).to_contain_text("Euribor")
    expect(signed_in.get_by_role("radio", name="Indicators")).to_be_checked()
    expect(signed_in.get_by_test_id("stPlotlyChart")).to_have_count(4)


def test_the_notice_in_the_inbox_leads_to_where_the_figures_come_from(signed_in):
    signed_in.get_by_role("button", name="Inbox").click()
    notice = signed_in.get_by_text("old. Levels may be off; the order is not.")
    expect(notice.last).to_be_visible()

    signed_in.get_by_test_id("stPopoverBody").get_by_role("button", name="See the market").click()

    expect(signed_in.get_by_role("heading", name="What was tried")).to_be_visible()
