import urllib.error
import urllib.request

import pytest
from playwright.sync_api import expect

from tests.browser.driving import (
    COOKIE,
    PAGES,
    fresh_screens,
    serious_violations,
    session_cookie,
    sign_in,
    wait_until_signed_in,
)


@pytest.mark.parametrize("path", PAGES)
def test_a_signed_out_visitor_asking_a_fresh_server_for_a_page_sees_only_the_sign_in_form(
    open_page, signed_in_state, smartbank, path
):
    page = open_page()
    with fresh_screens(smartbank.folder) as address:
        page.goto(f"{address}/{path}")
        page.get_by_label("User name").wait_for()
        page.wait_for_timeout(500)

        expect(page.get_by_role("heading")).to_have_text(["SmartBank"])
        expect(page.get_by_role("textbox")).to_have_count(2)
        expect(page.get_by_test_id("stSidebarNav")).to_have_count(0)
        expect(page.get_by_test_id("stDataFrame")).to_have_count(0)


def test_a_wrong_password_is_refused_in_place(visitor, address):
    visitor.goto(address)

    sign_in(visitor, password="not the password")

    expect(visitor.get_by_role("alert")).to_contain_text("User name or password is not right.")
    assert session_cookie(visitor) is None


def test_the_made_up_password_no_longer_works_once_it_was_changed(visitor, smartbank, address):
    visitor.goto(address)

    sign_in(visitor, password=smartbank.password())

    expect(visitor.get_by_role("alert")).to_contain_text("not right")


def test_the_sixth_attempt_has_to_wait(visitor, address):
    visitor.goto(address)
    for _ in range(5):
        sign_in(visitor, "mallory", "a guess")
        expect(visitor.get_by_role("alert")).to_contain_text("not right")
        visitor.reload()

    sign_in(visitor, "mallory", "another guess")

    expect(visitor.get_by_role("alert")).to_contain_text("Too many failed sign-ins. Try again in 15 minutes.")


@pytest.mark.parametrize("path", ["leads?view=Stored+customers", "customer"])
def test_a_link_to_a_page_leads_there_after_sign_in(visitor, address, path):
    visitor.goto(f"{address}/{path}")

    sign_in(visitor)
    wait_until_signed_in(visitor)

    assert visitor.url == f"{address}/{path}"
    expect(visitor.get_by_role("textbox", name="Password", exact=True)).to_have_count(0)


def test_a_reload_and_a_new_tab_stay_signed_in(signed_in, address):
    signed_in.goto(f"{address}/leads")
    signed_in.reload()
    wait_until_signed_in(signed_in)

    tab = signed_in.context.new_page()
    tab.goto(f"{address}/leads")
    wait_until_signed_in(tab)

    assert [signed_in.url, tab.url] == [f"{address}/leads"] * 2


def test_no_script_and_no_other_site_gets_at_the_cookie(signed_in):
    cookie = session_cookie(signed_in)

    assert cookie["httpOnly"]
    assert cookie["sameSite"] == "Strict"
    assert COOKIE not in signed_in.evaluate("document.cookie")


def test_a_copied_cookie_is_dead_after_sign_out(visitor, open_page, address):
    visitor.goto(f"{address}/leads")
    sign_in(visitor)
    wait_until_signed_in(visitor)
    copied = visitor.context.storage_state()

    visitor.get_by_role("button", name="Sign out").click()
    visitor.get_by_label("User name").wait_for()
    thief = open_page(storage_state=copied)
    thief.goto(f"{address}/leads")

    thief.get_by_label("User name").wait_for()
    assert session_cookie(visitor) is None
    assert visitor.url == f"{address}/leads"


def test_signing_out_in_one_tab_closes_the_other_by_itself(visitor, address):
    visitor.goto(address)
    sign_in(visitor)
    wait_until_signed_in(visitor)
    other = visitor.context.new_page()
    other.goto(address)
    wait_until_signed_in(other)

    visitor.get_by_role("button", name="Sign out").click()
    visitor.get_by_label("User name").wait_for()

    other.get_by_label("User name").wait_for()


@pytest.mark.parametrize("path", ["/exports/anything", "/exports/runs/anything.csv", "/media/anything.csv"])
def test_a_signed_out_visitor_downloads_nothing(smartbank, path):
    with pytest.raises(urllib.error.HTTPError) as refusal:
        urllib.request.urlopen(f"http://127.0.0.1:{smartbank.port}{path}", timeout=10)

    with refusal.value as answer:
        assert answer.status == 401


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_axe_finds_nothing_serious_on_the_sign_in_page(open_page, address, scheme, width):
    page = open_page(color_scheme=scheme, viewport={"width": width, "height": 900})

    page.goto(address)
    page.get_by_role("button", name="Sign in").wait_for()

    assert serious_violations(page) == []


def test_a_visitor_loads_nothing_from_elsewhere(visitor, address):
    asked = []
    visitor.on("request", lambda request: asked.append(request.url))

    visitor.goto(address)
    sign_in(visitor)
    wait_until_signed_in(visitor)
    visitor.wait_for_load_state("networkidle")

    assert [url for url in asked if not url.startswith((address, "data:", "blob:"))] == []
