"""Operators of the database in every text a client sends: a text stays a text, and what is none is refused."""

import pytest

from tests.api.conftest import SEED

OPERATORS = ({"$ne": None}, {"$gt": ""}, {"$where": "sleep(1000)"}, {"$regex": ".*"}, ["$ne"])
WORDS = ("$ne", "$where", "';return true;'", '{"$gt": ""}', "a\x00b", "$$ROOT", "customers.name")
CUSTOMER = {"customer_id": "C-1", "personal_info": {"age": 45}, "financial_info": {}}


def paths(body, before=()):
    """Yield the way to every value of a body."""
    for name, value in body.items():
        yield (*before, name)
        if isinstance(value, dict):
            yield from paths(value, (*before, name))


def with_value(body, path, value):
    name, *rest = path
    return body | {name: with_value(body.get(name, {}), rest, value) if rest else value}


@pytest.mark.parametrize("operator", OPERATORS, ids=str)
@pytest.mark.parametrize("path", list(paths(SEED | {"customer_id": "C-1"})), ids="/".join)
def test_an_operator_in_the_place_of_any_value_of_a_lead_is_refused(program, services, path, operator):
    response = program.post("/v1/predictions", json=with_value(SEED | {"customer_id": "C-1"}, path, operator))

    assert response.status_code == 422
    assert services.customers.count() == 0


@pytest.mark.parametrize("operator", OPERATORS, ids=str)
@pytest.mark.parametrize("path", [("customer_id",), ("contact_details",), ("contact_details", "name"), ("consent",)])
def test_an_operator_in_a_customer_is_refused(program, services, path, operator):
    response = program.post("/v1/customers", json=with_value(CUSTOMER, path, operator))

    assert response.status_code == 422
    assert services.customers.count() == 0


@pytest.mark.parametrize("word", WORDS)
def test_a_search_for_an_operator_finds_what_is_called_so_and_that_is_nobody(program, word):
    program.post("/v1/customers", json=CUSTOMER | {"contact_details": {"name": "Ana Silva"}})

    response = program.get("/v1/customers", params={"text": word})

    assert (response.status_code, response.json()["items"]) == (200, [])


@pytest.mark.parametrize("query", ["text[$ne]=x", "band[$ne]=A", "limit[$gt]=1", "consent[]=objected", "$where=1"])
def test_an_operator_in_the_name_of_a_parameter_is_no_parameter(program, query):
    program.post("/v1/customers", json=CUSTOMER)

    response = program.get(f"/v1/customers?{query}")

    assert response.status_code == 200
    assert [each["customer_id"] for each in response.json()["items"]] == ["C-1"]


@pytest.mark.parametrize("word", WORDS)
def test_an_operator_as_user_name_or_program_is_a_wrong_one(anybody, word):
    for form, status in (
        ({"grant_type": "password", "username": word, "password": word}, 400),
        ({"grant_type": "client_credentials", "client_id": word, "client_secret": word}, 401),
    ):
        assert anybody.post("/v1/token", data=form).status_code == status


@pytest.mark.parametrize("name", ["username[$ne]", "password[$gt]", "username", "password"])
def test_a_form_of_other_fields_signs_nobody_in(anybody, name):
    form = {"grant_type": "password", "username": "ana", "password": "x"} | {name: ""}

    assert anybody.post("/v1/token", data=form).status_code == 400
