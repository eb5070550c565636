"""A second person: invited, signed in with a role, stopped where the role ends, and locked out."""

import pytest
from playwright.sync_api import expect

from tests.browser.driving import choose_password, serious_violations, sign_in, wait_until_drawn, wait_until_signed_in

OWN_PASSWORD = "another good one"


@pytest.fixture
def invited(signed_in, address):
    """Invite Gil as an agent, and return his password."""
    signed_in.goto(f"{address}/admin")
    signed_in.get_by_role("heading", name="Change a user").wait_for()
    wait_until_drawn(signed_in)
    signed_in.get_by_role("textbox", name="User name").fill("gil")
    signed_in.get_by_role("button", name="Invite").click()
    expect(signed_in.get_by_text("may sign in as agent")).to_be_visible()
    return signed_in.get_by_test_id("stCode").inner_text().strip()


@pytest.fixture
def auditor(signed_in, open_page, address):
    """Invite Eve as an auditor, and return her page."""
    signed_in.goto(f"{address}/admin")
    signed_in.get_by_role("heading", name="Change a user").wait_for()
    wait_until_drawn(signed_in)
    signed_in.get_by_role("textbox", name="User name").fill("eve")
    signed_in.locator(".st-key-invite_role").get_by_role("combobox").fill("auditor")
    signed_in.keyboard.press("Enter")
    signed_in.get_by_role("button", name="Invite").click()
    expect(signed_in.get_by_text("may sign in as auditor")).to_be_visible()
    page = open_page()
    page.goto(address)
    sign_in(page, "eve", signed_in.get_by_test_id("stCode").inner_text().strip())
    choose_password(page, OWN_PASSWORD)
    return page


def test_an_invited_agent_chooses_a_password_does_what_an_agent_may_and_is_locked_out(
    signed_in, invited, open_page, address
):
    agent = open_page()
    agent.goto(address)
    sign_in(agent, "gil", invited)
    expect(agent.get_by_role("heading", level=1)).to_have_text("Choose your password")
    choose_password(agent, OWN_PASSWORD)

    links = agent.get_by_test_id("stSidebarNav").get_by_role("link")
    expect(links).to_contain_text(["Overview", "Customer"])
    for path in ("leads", "admin"):
        agent.goto(f"{address}/{path}")
        expect(agent.get_by_text("This page is not for your role")).to_be_visible()
        expect(agent.get_by_test_id("stDataFrame")).to_have_count(0)
    agent.goto(f"{address}/customer?customer=DEMO-000001")
    expect(agent.get_by_role("heading", level=1)).to_be_visible()
    wait_until_drawn(agent)

    signed_in.goto(f"{address}/admin?user=gil")
    signed_in.get_by_role("button", name="Disable (ends 1 session)").click()
    expect(signed_in.get_by_text("is disabled; 1 session ended.")).to_be_visible()

    expect(agent.get_by_label("User name")).to_be_visible()  # nobody clicked: the open page asked by itself
    expect(agent.get_by_role("status")).to_contain_text(
        "An administrator disabled your account, so you were signed out."
    )
    assert serious_violations(agent) == []
    sign_in(agent, "gil", OWN_PASSWORD)
    expect(agent.get_by_role("alert")).to_contain_text("not right")


def test_no_table_offers_an_auditor_its_rows_as_a_file(auditor, address):
    auditor.goto(f"{address}/leads?view=Stored+customers")
    table = auditor.get_by_test_id("stDataFrame").first
    table.wait_for()

    table.hover()

    toolbar = auditor.get_by_test_id("stElementToolbarButton")
    expect(toolbar.get_by_role("button", name="Search").first).to_be_visible()
    expect(auditor.get_by_role("button", name="Download as CSV")).to_have_count(0)


def test_the_account_opens_from_the_sidebar_and_breaks_no_accessibility_rule(signed_in):
    signed_in.get_by_role("button", name="Your account").click()

    signed_in.get_by_label("Password now").wait_for()
    assert serious_violations(signed_in) == []


def test_another_password_is_saved_from_the_sidebar_and_the_page_stays_signed_in(signed_in, open_page, address):
    signed_in.goto(f"{address}/admin")
    signed_in.get_by_role("heading", name="Change a user").wait_for()
    wait_until_drawn(signed_in)
    signed_in.get_by_role("textbox", name="User name").fill("rui")
    signed_in.get_by_role("button", name="Invite").click()
    password = signed_in.get_by_test_id("stCode").inner_text().strip()
    page = open_page()
    page.goto(address)
    sign_in(page, "rui", password)
    choose_password(page, OWN_PASSWORD)
    other = open_page()
    other.goto(address)
    sign_in(other, "rui", OWN_PASSWORD)
    wait_until_signed_in(other)

    page.get_by_role("button", name="Your account").click()
    page.get_by_label("Password now").fill(OWN_PASSWORD)
    page.get_by_label("New password", exact=True).fill("yet another good one")
    page.get_by_label("New password again").fill("yet another good one")
    page.get_by_role("button", name="Save password").click()
    expect(page.get_by_text("Your password is changed; 1 session elsewhere ended.")).to_be_visible()
    expect(page.get_by_label("Password now")).to_have_count(0)
    page.get_by_role("button", name="Close").click()
    page.get_by_role("button", name="Your account").click()
    for field in ("Password now", "New password", "New password again"):
        expect(page.get_by_label(field, exact=True)).to_have_value("")
    page.reload()
    wait_until_signed_in(page)

    expect(other.get_by_text("Your password was changed, which signed you out here.")).to_be_visible()
    sign_in(other, "rui", "yet another good one")
    wait_until_signed_in(other)
