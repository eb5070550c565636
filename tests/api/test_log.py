"""What the API writes into the log: which request it was, and nothing of whom it was about."""

import json

import pytest

from smartbank import logs
from smartbank.core.people import Role

NAME, PHONE = "Xylanthia Quørwennick", "+351 912 345 678"
CUSTOMER = {
    "customer_id": "C-1",
    "contact_details": {"name": NAME, "phone": PHONE},
    "personal_info": {"age": 40},
    "financial_info": {},
}


@pytest.fixture
def log(caplog):
    """Return a function that returns the lines written so far."""
    caplog.set_level("DEBUG", logger="smartbank")
    caplog.handler.addFilter(logs._add_fields)
    caplog.handler.setFormatter(logs.JsonLines("api"))
    yield lambda: [json.loads(line) for line in caplog.text.splitlines()]
    caplog.handler.removeFilter(logs._add_fields)


def test_a_request_is_a_line_with_its_name_who_asked_and_how_long_it_took(client, log):
    client.get("/v1/customers/C-4711", headers={"X-Request-ID": "order-4711-1"})

    [said] = log()
    assert 0 <= said.pop("seconds") < 60
    assert {name: said[name] for name in ("request_id", "by", "method", "route", "status", "role")} == {
        "request_id": "order-4711-1",
        "by": "program:some-manager",
        "method": "GET",
        "route": "/customers/{customer_id}",
        "status": 404,
        "role": "api",
    }
    assert "4711" not in said["message"]


def test_what_machines_poll_is_a_line_at_the_lowest_level_only(client, log):
    client.get("/health")

    assert [said["level"] for said in log()] == ["DEBUG"]


def test_neither_a_name_nor_a_phone_nor_a_key_is_in_the_log_whatever_comes_of_it(
    client, client_of, services, log, monkeypatch
):
    created = client.post("/v1/customers", json=CUSTOMER)
    scored = client.post("/v1/predictions", json={"customer_id": "C-1"})
    client.get("/v1/customers", params={"text": NAME})
    client.post("/v1/customers", json=CUSTOMER | {"personal_info": {"age": NAME}})
    client_of().get("/v1/customers", headers={"X-API-Key": f"sbk_{PHONE}"})

    def broken(*_args, **_more):
        raise ValueError(f"{NAME}, {PHONE}")

    monkeypatch.setattr(services.customers, "load", broken)
    failed = client.get("/v1/customers/C-1", headers={"X-Request-ID": "order-4711-2"})

    said = log()
    text = json.dumps(said, ensure_ascii=False)
    assert (created.status_code, failed.status_code) == (201, 500)
    assert scored.status_code in (200, 409)
    assert [word for word in (*NAME.split(), PHONE, PHONE[-7:], client.headers["X-API-Key"]) if word in text] == []
    [failure] = [each for each in said if each["level"] == "ERROR"]
    assert failure["exception"].startswith("ValueError at ")
    assert failure["request_id"] == "order-4711-2" == failed.json()["request_id"]
    assert failure["by"] == "program:some-manager"


def test_the_figures_of_an_auditor_name_nobody_either(client_of, log):
    client_of(Role.AUDITOR).get("/metrics")

    assert {said["route"] for said in log()} == {"/metrics"}
