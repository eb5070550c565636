"""Scenarios in a real browser: moved, named, sent to a colleague."""

from playwright.sync_api import expect

from tests.browser.driving import serious_violations, wait_until_drawn


def open_scenarios(page, address, query=""):
    page.goto(f"{address}/market?section=Scenarios{query}")
    page.get_by_label("Euribor 3 months, %").wait_for(timeout=60_000)


def first_line(page):
    return page.get_by_role("heading", level=3).first


def test_a_scenario_is_moved_saved_and_opened_by_a_colleague(signed_in, open_page, signed_in_state, address):
    open_scenarios(signed_in, address)
    expect(first_line(signed_in)).to_contain_text("In the market this run was scored in,")
    euribor = signed_in.get_by_label("Euribor 3 months, %")

    euribor.fill("1")
    euribor.press("Enter")

    expect(first_line(signed_in)).to_contain_text("With Euribor at 1.00 %, ")
    signed_in.wait_for_url("**euribor=1.0*")
    expect(signed_in.get_by_text("This is association in the calls of 2008 to 2010, not cause")).to_be_visible()
    signed_in.get_by_label("Name", exact=True).fill("Rates at 1 percent")
    signed_in.get_by_role("button", name="Save this scenario").click()
    expect(signed_in.get_by_text("is saved, and everybody who sees leads can open it.")).to_be_visible()
    assert serious_violations(signed_in) == []

    colleague = open_page(storage_state=signed_in_state, viewport={"width": 390, "height": 844})
    colleague.goto(signed_in.url)
    expect(first_line(colleague)).to_have_text(first_line(signed_in).inner_text(), timeout=60_000)
    colleague.get_by_role("button", name="Back to today's market").click()
    expect(first_line(colleague)).to_contain_text("In the market this run was scored in,")
    colleague.wait_for_url(lambda url: "euribor" not in url)
    wait_until_drawn(colleague)
    colleague.get_by_role("button", name="Open scenario").click()
    expect(first_line(colleague)).to_contain_text("With Euribor at 1.00 %, ")
    assert serious_violations(colleague) == []
    assert colleague.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_a_link_with_a_figure_nobody_believes_opens_with_a_sentence(signed_in, address):
    open_scenarios(signed_in, address, "&euribor=lots&best=-1")

    expect(signed_in.get_by_text("Euribor 3 months in the link is no figure between -1 and 8 percent")).to_be_visible()
    expect(signed_in.get_by_text("cannot be read: all leads are shown.")).to_be_visible()
    expect(first_line(signed_in)).to_contain_text("In the market this run was scored in,")
