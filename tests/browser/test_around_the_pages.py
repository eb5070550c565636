"""What is around the pages: the inbox, keyboard shortcuts, links to a colleague, paper."""

import re
from contextlib import suppress

import pytest
from playwright.sync_api import TimeoutError as PlaywrightTimeout
from playwright.sync_api import expect

from tests.browser.driving import serious_violations, wait_until_signed_in


def open_leads(page, address, query=""):
    page.goto(f"{address}/leads{query}")
    page.get_by_role("link", name="CSV").wait_for(timeout=60_000)


def test_what_ends_behind_the_readers_back_is_announced_and_opened_from_the_inbox(signed_in, address):
    open_leads(signed_in, address, "?best=7")
    signed_in.get_by_role("button", name="Excel").click()
    signed_in.get_by_role("button", name="Excel").wait_for(state="detached")
    signed_in.get_by_role("link", name="Overview").click()

    inbox = signed_in.get_by_role("button", name=re.compile(r"Inbox \(\d+\)"))
    inbox.wait_for(timeout=60_000)
    inbox.click()
    save = signed_in.get_by_role("link", name="Save the file").first
    save.wait_for()
    assert serious_violations(signed_in) == []
    with signed_in.expect_download() as download:
        save.click()

    assert download.value.suggested_filename.endswith(".xlsx")
    signed_in.get_by_role("button", name="Mark all as read").or_(
        signed_in.get_by_role("button", name="Inbox", exact=True)
    ).first.wait_for()


def test_on_a_phone_the_inbox_opens_by_keyboard(open_page, signed_in_state, address):
    page = open_page(storage_state=signed_in_state, viewport={"width": 390, "height": 844})
    page.goto(address)
    page.get_by_test_id("stExpandSidebarButton").click()
    inbox = page.get_by_role("button", name="Inbox")

    press_until_shown(page, inbox, page.get_by_test_id("stPopoverBody").get_by_text("Levels may be off").first)

    assert serious_violations(page) == []


def press_until_shown(page, button, shown):
    """Press Enter on a button, again where it was lost because the page was just being drawn, as a person would."""
    for _ in range(6):
        button.focus()
        page.keyboard.press("Enter")
        with suppress(PlaywrightTimeout):
            shown.wait_for(timeout=5_000)
            return
    expect(shown).to_be_visible()


def press_until_there(page, keys, url):
    """Press keys, again where they were lost because the page was just being drawn, as a person would."""
    for _ in range(6):
        page.keyboard.press(keys)
        with suppress(PlaywrightTimeout):
            page.wait_for_url(url, timeout=5_000)
            return
    page.wait_for_url(url)


def test_the_main_ways_go_by_keyboard(signed_in, address):
    press_until_there(signed_in, "Alt+Shift+L", "**/leads*")
    signed_in.get_by_role("link", name="CSV").wait_for(timeout=60_000)

    press_until_there(signed_in, "Alt+Shift+N", "**leads_page=2*")
    expect(signed_in.get_by_text("Rows 101 to ")).to_be_visible()
    press_until_there(signed_in, "Alt+Shift+P", lambda url: "leads_page" not in url)
    expect(signed_in.get_by_text("Rows 1 to 100 of ")).to_be_visible()  # the address changes first
    with signed_in.expect_download() as download:
        signed_in.keyboard.press("Alt+Shift+V")
    assert download.value.suggested_filename.endswith(".csv")

    press_until_there(signed_in, "Alt+Shift+U", "**/customer*")
    expect(signed_in.get_by_label("Customer id, name or phone")).to_be_focused()
    signed_in.keyboard.type("DEMO-000012")
    signed_in.keyboard.press("Enter")
    signed_in.wait_for_url("**/customer?customer=DEMO-000012")
    press_until_there(signed_in, "Alt+Shift+O", f"{address}/")


def test_a_copied_address_opens_the_same_list_for_a_colleague(signed_in, open_page, signed_in_state, address):
    open_leads(signed_in, address)
    best = signed_in.get_by_label("Only the best (0 = all)")
    best.fill("150")
    best.press("Enter")
    title = signed_in.get_by_role("heading", level=1)
    expect(title).to_contain_text("The best 150 of ")
    signed_in.get_by_role("button", name="Next page").click()
    signed_in.wait_for_url("**leads_page=2*")
    expect(signed_in.get_by_text("Rows 101 to 150 of 150")).to_be_visible()

    colleague = open_page(storage_state=signed_in_state)
    colleague.goto(signed_in.url)

    expect(colleague.get_by_role("heading", level=1)).to_have_text(title.inner_text(), timeout=60_000)
    expect(colleague.get_by_text("Rows 101 to 150 of 150")).to_be_visible()
    expect(colleague.get_by_label("Only the best (0 = all)")).to_have_value("150")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", ["", "leads", "customer?customer=DEMO-000001"])
def test_paper_has_what_a_page_says_black_on_white_and_none_of_its_controls(
    open_page, signed_in_state, address, path, scheme
):
    page = open_page(storage_state=signed_in_state, color_scheme=scheme)
    page.goto(f"{address}/{path}")
    wait_until_signed_in(page)
    page.get_by_role("heading", level=1).wait_for(timeout=60_000)
    if path:
        page.locator(".js-plotly-plot").first.wait_for()

    pdf = page.pdf(prefer_css_page_size=True)
    page.emulate_media(media="print")

    assert pdf.startswith(b"%PDF")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert page.get_by_role("heading", level=1).evaluate("title => getComputedStyle(title).color") == "rgb(0, 0, 0)"
    assert page.locator(".stApp").evaluate("app => getComputedStyle(app).backgroundColor") == "rgb(255, 255, 255)"
    for control in ("stSidebar", "stButton", "stLinkButton", "stSelectbox", "stTextInput", "stPagination"):
        assert page.get_by_test_id(control).filter(visible=True).count() == 0


def test_the_list_prints_as_a_table_and_the_call_sheet_alone(signed_in, address):
    open_leads(signed_in, address)
    listed, sheet = signed_in.locator(".st-key-on_paper_only table"), signed_in.locator(".st-key-alone_on_paper table")
    expect(listed).to_be_hidden()

    signed_in.emulate_media(media="print")
    expect(listed.locator("tbody tr")).to_have_count(50)
    expect(listed).to_be_visible()
    expect(signed_in.get_by_test_id("stDataFrame").first).to_be_hidden()
    assert "+" not in listed.inner_text()

    signed_in.emulate_media(media="screen")
    signed_in.get_by_role("button", name="Call sheet").click()
    expect(sheet.locator("tbody tr")).to_have_count(50)
    signed_in.emulate_media(media="print")
    expect(sheet).to_be_visible()
    expect(listed).to_be_hidden()
    expect(signed_in.locator(".js-plotly-plot").first).to_be_hidden()
    assert sheet.get_by_text(re.compile(r"^\+\d{7,15}$")).count() == 50
