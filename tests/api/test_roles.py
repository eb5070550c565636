"""Every address asks for a right: each role gets what docs/security.md and docs/api.md give it, and nothing else."""

import re
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from smartbank.api.access import known
from smartbank.api.app import create_api
from smartbank.core.people import ROLE_RIGHTS, Right, Role
from tests.actors import EVERYBODY
from tests.api.conftest import SEED
from tests.services import memory_services

LEAD = {"customer_id": "C-1", "personal_info": {"age": 40}, "financial_info": {}}
OUTCOME = {"customer_id": "C-1", "attempt": 1, "outcome": "declined"}
RESULT = {"customer_id": "C-1", "outcome": "declined", "at": "2026-01-05T09:00:00Z"}
OPEN = {("GET", "/health"), ("GET", "/ready"), ("POST", "/v1/token")}
NEEDED = {
    ("POST", "/v1/predictions"): ("bring_in", SEED),
    ("POST", "/v1/predictions/batch"): ("bring_in", {"items": [SEED]}),
    ("GET", "/v1/predictions/{prediction_id}"): ("see_customer", None),
    ("GET", "/v1/predictions/{prediction_id}/replay"): ("see_admin", None),
    ("POST", "/v1/customers"): ("bring_in and see_customer", LEAD),
    ("GET", "/v1/customers"): ("see_leads", None),
    ("GET", "/v1/customers/{customer_id}"): ("see_customer", None),
    ("GET", "/v1/customers/{customer_id}/predictions"): ("see_customer", None),
    ("GET", "/v1/customers/{customer_id}/data"): ("give_access", None),
    ("DELETE", "/v1/customers/{customer_id}"): ("erase_customers", None),
    ("GET", "/v1/market/snapshot"): ("see_customer", None),
    ("GET", "/v1/model-card"): ("see_customer", None),
    ("GET", "/v1/call-lists"): ("see_leads or record_outcomes", None),
    ("GET", "/v1/call-lists/{list_id}"): ("see_leads or record_outcomes", None),
    ("GET", "/v1/call-lists/{list_id}/entries"): ("see_leads or record_outcomes", None),
    ("POST", "/v1/call-lists/{list_id}/outcomes"): ("record_outcomes", OUTCOME),
    ("POST", "/v1/call-lists/{list_id}/outcomes/batch"): ("release_lists", {"items": [RESULT]}),
    ("GET", "/metrics"): ("see_admin", None),
}
"""Which right each address asks for, and what is sent to it."""
NAMES = {
    "prediction_id": "ask-20260302-090000-123-abcdef:1",
    "customer_id": "C-9",
    "list_id": "20260101-000000-000-abc",
}


def alternatives(said):
    """Return the sets of rights of which any one is enough: `a or b and c`."""
    return {frozenset(Right(right) for right in every.split(" and ")) for every in said.split(" or ")}


@pytest.fixture(scope="module")
def api():
    services = memory_services()
    return create_api(lambda: services)


def test_every_address_of_the_document_is_walked(api):
    paths = api.openapi()["paths"].items()
    found = {(method.upper(), path) for path, methods in paths for method in methods}

    assert found == set(NEEDED) | OPEN


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize(("method", "path"), list(NEEDED), ids=lambda part: part)
def test_a_role_gets_what_its_rights_give_it(api, method, path, role):
    rights, body = NEEDED[method, path]
    api.dependency_overrides[known] = lambda: EVERYBODY[role]

    response = TestClient(api, raise_server_exceptions=False).request(
        method, path.format(**NAMES), json=body, params={"reason": "asked for by letter"}
    )

    is_allowed = any(every <= ROLE_RIGHTS[role] for every in alternatives(rights))
    assert (response.status_code != 403) is is_allowed
    assert response.status_code < 500


@pytest.mark.parametrize(("method", "path"), list(NEEDED), ids=lambda part: part)
def test_without_a_token_nothing_is_answered(api, method, path):
    api.dependency_overrides.clear()

    response = TestClient(api).request(
        method, path.format(**NAMES), json=NEEDED[method, path][1], params={"reason": "asked by letter"}
    )

    assert response.status_code == 401


def test_the_table_of_the_docs_says_the_same():
    text = (Path(__file__).parents[2] / "docs" / "api.md").read_text()
    rows = re.findall(r"^\| `(GET|POST|DELETE) /api(/[^`]+)`.*\| ([a-z_ ]*)\|$", text, re.MULTILINE)

    said = {(method, path): rights.strip() for method, path, rights in rows}
    for (method, path), (rights, _) in NEEDED.items():
        short = path.replace("prediction_id", "id").replace("customer_id", "id").replace("list_id", "id")
        if (method, short) in said:
            assert alternatives(said[method, short]) == alternatives(rights)
    assert len(said) >= 14
