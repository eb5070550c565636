"""The settings section as an administrator meets it."""

import pytest
from playwright.sync_api import expect

from tests.browser.driving import serious_violations


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_settings_have_no_serious_accessibility_violation(open_page, signed_in_state, address, scheme):
    page = open_page(storage_state=signed_in_state, color_scheme=scheme)
    page.goto(f"{address}/admin?section=Settings")
    page.get_by_role("button", name="Save settings").wait_for()
    page.wait_for_timeout(1_500)

    assert serious_violations(page) == []


def test_a_saved_value_is_in_force_on_another_page_and_in_the_history(signed_in, address):
    signed_in.goto(f"{address}/admin?section=Settings")
    cost = signed_in.get_by_role("spinbutton", name="Cost of a call, EUR")
    cost.fill("4")
    cost.press("Enter")
    expect(signed_in.get_by_text("A call pays from 5 %.")).to_be_visible()

    signed_in.get_by_role("button", name="Save settings").click()
    expect(signed_in.get_by_role("button", name="Save settings")).to_be_disabled()
    signed_in.goto(f"{address}/leads")

    expect(signed_in.get_by_text("Settings changed since this ranking: rank again")).to_be_visible()
    signed_in.goto(f"{address}/admin?section=Settings")
    cost.fill("8")
    cost.press("Enter")
    signed_in.get_by_role("button", name="Save settings").click()
    expect(signed_in.get_by_role("button", name="Save settings")).to_be_disabled()


def test_ranking_again_from_the_ranked_list_stays_on_the_new_ranking(signed_in, address):
    signed_in.goto(f"{address}/admin?section=Settings")
    _set_cost_of_a_call(signed_in, "4")
    signed_in.goto(f"{address}/leads")
    changed = signed_in.get_by_text("Settings changed since this ranking: rank again")
    expect(changed).to_be_visible()

    signed_in.get_by_role("button", name="Rank again").click()

    expect(signed_in.get_by_text("A call pays from 5.0 %")).to_be_visible()
    expect(changed).to_have_count(0)
    assert "run=" in signed_in.url
    signed_in.goto(f"{address}/admin?section=Settings")
    _set_cost_of_a_call(signed_in, "8")


def test_whoever_comes_second_is_told_so_beside_save(signed_in, open_page, signed_in_state, address):
    other = open_page(storage_state=signed_in_state)
    for page, value in ((signed_in, "20"), (other, "21")):
        page.goto(f"{address}/admin?section=Settings")
        backups = page.get_by_role("spinbutton", name="Keep backups")
        backups.fill(value)
        backups.press("Enter")
        expect(page.get_by_text("Changed and not saved yet: Keep backups.")).to_be_visible()

    signed_in.get_by_role("button", name="Save settings").click()
    expect(signed_in.get_by_role("button", name="Save settings")).to_be_disabled()
    other.get_by_role("button", name="Save settings").click()

    notice = other.get_by_role("alert").filter(has_text="Somebody else changed the settings")
    expect(notice).to_be_in_viewport()
    expect(other.get_by_role("button", name="Drop my changes")).to_be_in_viewport()
    expect(other.get_by_role("button", name="Save settings")).to_be_disabled()


def _set_cost_of_a_call(page, euros):
    page.get_by_text("Who changed what").wait_for()  # the last line of the page: it is drawn whole
    cost = page.get_by_role("spinbutton", name="Cost of a call, EUR")
    cost.fill(euros)
    cost.press("Enter")
    page.get_by_role("button", name="Save settings").click()
    expect(page.get_by_role("button", name="Save settings")).to_be_disabled()
