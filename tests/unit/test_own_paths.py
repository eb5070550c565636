import pytest

from smartbank.core.own_paths import own_path, own_path_of


@pytest.mark.parametrize("path", ["/", "/leads", "/leads?view=Stored+customers&text=a%2Fb", "/customer?customer=c-1"])
def test_a_page_and_its_question_are_kept(path):
    assert own_path(path) == path
    assert own_path_of(f"https://smartbank.bank.example{path}", host="smartbank.bank.example") == path


@pytest.mark.parametrize(
    "path",
    [
        None,
        "",
        "leads",
        "//elsewhere.example",
        "/\\elsewhere.example",
        "/leads\r\nSet-Cookie: x",
        "/ leads",
        "/leãds",
        "https://elsewhere.example",
        "/auth/login?provider=x",
        "/oauth2callback?code=x",
        "/api/v1/customers",
        "/" + "x" * 2_000,
    ],
)
def test_what_is_no_page_leads_to_the_overview(path):
    assert own_path(path) == "/"


@pytest.mark.parametrize(
    "address",
    ["", "https://elsewhere.example/leads", "https://smartbank.bank.example:81/leads", "https://[/leads", "%"],
)
def test_an_address_at_another_host_leads_to_the_overview(address):
    assert own_path_of(address, host="smartbank.bank.example") == "/"
