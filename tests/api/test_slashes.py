"""A customer whose id has slashes is read by it, alone, beside the screens and behind the web server that is used."""

import socket
from contextlib import ExitStack, contextmanager
from threading import Thread

import httpx2
import pytest
import uvicorn
from fastapi.testclient import TestClient
from starlette.applications import Starlette

from smartbank import server
from smartbank.api.app import create_api
from smartbank.api.asgi import create_app
from smartbank.config import Settings
from smartbank.core.people import Role
from smartbank.web.server_limits import server_limits

IDS = ("X", "X/data", "X/predictions", "X/data/predictions", "X//Y", "2026/03/02 A+B:1@x")
SETTINGS = Settings(requests_per_minute=0)


@contextmanager
def served(app):
    """Serve an application on this computer as SmartBank serves itself, and give a client of it."""
    listener = socket.create_server(("127.0.0.1", 0))
    web = uvicorn.Server(uvicorn.Config(app, **server_limits(SETTINGS)))
    thread = Thread(target=web.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        with httpx2.Client(base_url=f"http://127.0.0.1:{listener.getsockname()[1]}/api", timeout=20) as client:
            yield client
    finally:
        web.should_exit = True
        thread.join()
        listener.close()


@pytest.fixture(params=["within", "alone", "beside the screens", "alone and served", "beside the screens and served"])
def asked(request, services, key_of):
    """Return a client of the API, which is reached in each of the ways there are."""
    beside = Starlette(
        routes=server.build_routes(lambda: services, SETTINGS),
        middleware=server.build_middleware(lambda: services, SETTINGS),
    )
    app = beside if "screens" in request.param else create_app(lambda: services, SETTINGS)
    with ExitStack() as stack:
        if "served" in request.param:
            client = stack.enter_context(served(app))
        elif request.param == "within":
            client = TestClient(create_api(lambda: services))
        else:
            client = TestClient(app, base_url="http://localhost/api")
        client.headers["X-API-Key"] = key_of(Role.ADMIN)
        yield client


@pytest.fixture
def customers(asked):
    """Bring customers in, and return the addresses they are at by id."""
    body = {"personal_info": {"age": 45}, "financial_info": {}}
    made = {each: asked.post("/v1/customers", json=body | {"customer_id": each}) for each in IDS}
    return {each: answer.headers["Location"].removeprefix("/api") for each, answer in made.items()}


def test_each_customer_is_at_the_address_they_were_told_at(asked, customers):
    for customer_id, address in customers.items():
        assert asked.get(address).json()["customer_id"] == customer_id
        assert asked.get(address.replace("%2F", "%2f")).json()["customer_id"] == customer_id
        assert asked.get(f"{address}/predictions").json() == {"items": []}
        assert asked.get(f"{address}/data").json()["Customer id"] == customer_id


def test_who_is_erased_is_the_one_whose_address_it_is(asked, customers, services):
    for customer_id in ("X/data", "X//Y"):
        erased = asked.delete(customers[customer_id], params={"reason": "asked for by letter"})
        assert erased.status_code == 202

    begun = {work.request["customer_id"] for work in services.queue.unfinished(limit=10)}
    assert begun == {"X/data", "X//Y"}


@pytest.mark.parametrize("address", ["X/data/predictions/data", "X/Y", "X%252Fdata", "X%EF%B7%90data", "X%2F", "%2FX"])
def test_an_address_that_is_nobodys_finds_nobody(asked, customers, address):
    assert asked.get(f"/v1/customers/{address}").status_code in (404, 422)


@pytest.mark.parametrize("address", ["/v1/call-lists/a%2Fentries", "/v1/predictions/a:1%2Freplay", "/v1%2Fcustomers"])
def test_a_slash_that_is_encoded_separates_nothing_elsewhere_either(asked, address):
    assert asked.get(address).status_code in (404, 422)
    assert "%2F" not in asked.get(address).text
