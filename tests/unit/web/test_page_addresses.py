import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from smartbank.server import PAGES
from smartbank.web.page_addresses import PageAddresses


@pytest.fixture
def client():
    async def page(_request):
        return PlainTextResponse("the page")

    return TestClient(
        Starlette(
            routes=[Route("/{rest:path}", page, methods=["GET", "POST"])],
            middleware=[Middleware(PageAddresses, pages=["admin", "call_lists"])],
        ),
        follow_redirects=False,
    )


@pytest.mark.parametrize(
    ("typed", "leads_to"),
    [
        ("/Admin", "/admin"),
        ("/ADMIN/", "/admin"),
        ("/admin/", "/admin"),
        ("/Call_Lists?section=Released%20lists", "/call_lists?section=Released%20lists"),
    ],
)
def test_an_address_in_another_case_leads_to_the_page(client, typed, leads_to):
    answer = client.get(typed)

    assert (answer.status_code, answer.headers["location"]) == (307, leads_to)


@pytest.mark.parametrize("path", ["/", "/admin", "/nobody", "/Admin/x", "//elsewhere.example/admin"])
def test_what_is_a_page_already_or_names_none_is_passed_on(client, path):
    assert client.get(path).text == "the page"


def test_what_is_sent_is_passed_on(client):
    assert client.post("/Admin").text == "the page"


def test_the_pages_are_those_of_the_folder():
    assert {"admin", "leads", "customer"} <= PAGES
