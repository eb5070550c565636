"""One customer in a real browser: what if, the next of the list, and the page for who asks why."""

import re

from playwright.sync_api import expect

from tests.browser.driving import serious_violations, wait_until_drawn

CUSTOMER = "DEMO-000012"
RANK_OF_ALL = "Rank of 198"
"""Of 200 demo customers the rules on calling leave two out."""


def open_view(page, address, view, query=""):
    page.goto(f"{address}/customer?customer={CUSTOMER}&section={view}{query}")
    expect(page.get_by_role("heading", level=1)).to_contain_text("likely, rank", timeout=60_000)
    wait_until_drawn(page)


def figure(page, label):
    """Return the last figure of this name: those of the what-if come after those of the first line."""
    tile = page.get_by_test_id("stMetric").filter(has=page.get_by_text(label)).last
    return tile.get_by_test_id("stMetricValue")


def test_a_changed_field_moves_propensity_rank_and_waterfall_alike_and_its_link_opens_the_same(
    signed_in, open_page, signed_in_state, address
):
    open_view(signed_in, address, "What if")
    before = figure(signed_in, "Propensity").inner_text()
    rank = int(figure(signed_in, RANK_OF_ALL).inner_text())

    signed_in.get_by_label("Attempt", exact=True).fill("9")
    signed_in.get_by_label("Attempt", exact=True).press("Enter")

    headline = signed_in.get_by_role("heading", level=3).first
    expect(headline).to_contain_text(f"instead of {before}.")
    wait_until_drawn(signed_in)
    after = figure(signed_in, "Propensity").inner_text()
    assert headline.inner_text().startswith(f"{after} instead of")
    expect(signed_in.get_by_text(f"What if: {after}")).to_be_visible()
    expect(signed_in.get_by_text("If Attempt were 9.")).to_be_visible()
    charts = signed_in.get_by_test_id("stPlotlyChart")
    expect(charts.nth(1).get_by_text(after, exact=True)).to_be_visible()
    expect(charts.nth(0).get_by_text(before, exact=True)).to_be_visible()
    assert int(figure(signed_in, RANK_OF_ALL).inner_text()) > rank
    signed_in.wait_for_url("**if_attempt=9*")
    assert serious_violations(signed_in) == []

    colleague = open_page(storage_state=signed_in_state, viewport={"width": 390, "height": 844})
    colleague.goto(signed_in.url)
    expect(colleague.get_by_role("heading", level=3).first).to_have_text(headline.inner_text(), timeout=60_000)
    assert colleague.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    colleague.get_by_role("button", name="Back to the customer as they are").click()
    expect(colleague.get_by_text("Change a field or the market below")).to_be_visible()


def sheets(page):
    """Return how many sheets of A4 the page prints on, once it is drawn."""
    expect(page.get_by_text("You may object.")).to_be_visible()
    wait_until_drawn(page)
    page.wait_for_timeout(1_000)  # the rules for paper come with a component of their own
    return len(re.findall(rb"/Type\s*/Page\b(?!s)", page.pdf(format="A4")))


def test_the_page_for_who_asks_why_prints_alone_on_one_sheet(signed_in, address):
    open_view(signed_in, address, "Summary")
    found = [sheets(signed_in)]
    for customer in ("DEMO-000001", "DEMO-000002", "DEMO-000003"):
        signed_in.goto(f"{address}/customer?customer={customer}&section=Summary")
        found.append(sheets(signed_in))
    signed_in.emulate_media(media="print")

    assert found == [1, 1, 1, 1]
    expect(signed_in.get_by_text("You may object.")).to_be_visible()
    expect(signed_in.get_by_text("What the customer allows", exact=True)).to_be_hidden()
    signed_in.emulate_media(media="screen")


def test_the_next_of_the_list_is_one_click_away(signed_in, address):
    open_view(signed_in, address, "Why")
    title = signed_in.get_by_role("heading", level=1)
    rank = int(re.search(r"rank (\d+)", title.inner_text()).group(1))

    signed_in.get_by_role("button", name=f"Rank {rank + 1}").click()

    expect(title).to_contain_text(f"rank {rank + 1} of 198")
