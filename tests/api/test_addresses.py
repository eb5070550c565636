"""Every address but three asks who is there, and the table of docs/api.md says for which right."""

import re
from pathlib import Path

import pytest

from tests.roles.addresses import NEEDED, alternatives

API = Path(__file__).parents[2] / "docs" / "api.md"


@pytest.mark.parametrize(("method", "path"), list(NEEDED), ids=lambda part: part)
def test_without_a_token_nothing_is_answered(client_of, method, path):
    names = {"prediction_id": "ask-20260302-090000-123-abcdef:1", "customer_id": "C-9", "list_id": "20260101-000000-0"}
    body = NEEDED[method, path][1]

    response = client_of().request(method, path.format(**names), json=body, params={"reason": "asked by letter"})

    assert response.status_code == 401


def test_the_table_of_the_docs_says_what_the_addresses_ask_for():
    rows = re.findall(r"^\| `(GET|POST|DELETE) /api(/[^`]+)`.*\| ([a-z_ ]*)\|$", API.read_text(), re.MULTILINE)

    said = {(method, path): rights.strip() for method, path, rights in rows}
    for (method, path), (rights, _) in NEEDED.items():
        short = path.replace("prediction_id", "id").replace("customer_id", "id").replace("list_id", "id")
        if (method, short) in said:
            assert alternatives(said[method, short]) == alternatives(rights)
    assert len(said) >= 14
