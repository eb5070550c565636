"""A request that comes again under its key, after something happened to whom it is about."""

import pytest

KEY = {"Idempotency-Key": "nightly-0001"}
WHO = {"personal_info": {"age": 45}, "financial_info": {}}
MARKS = {
    "objected": {"do_not_call": None, "objected": "yes", "consent": None},
    "must not be called": {"do_not_call": "yes", "objected": None, "consent": None},
    "withdrew consent": {"do_not_call": None, "objected": None, "consent": "no"},
}


@pytest.fixture
def now_is(services):
    """Have a customer say something since."""

    def now_is(customer_id, marks):
        stored = services.customers.load([customer_id]).iloc[0]
        services.corrections.record_consent(
            customer_id,
            marks,
            version=int(stored["customer_version"]),
            source={"kind": "edit"},
            saved_at=stored["updated_at"],
        )

    return now_is


@pytest.mark.parametrize("said", list(MARKS))
def test_a_score_is_not_told_again_of_who_must_not_be_called_since(client, now_is, said):
    body = WHO | {"customer_id": "C-1"}
    first = client.post("/v1/predictions", json=body, headers=KEY)
    now_is("C-1", MARKS[said])

    again = client.post("/v1/predictions", json=body, headers=KEY)

    assert (first.status_code, again.status_code) == (200, 409)
    assert said in again.json()["detail"]


def test_in_a_batch_that_is_told_again_only_they_are_left_out(client, now_is):
    body = {"items": [WHO | {"customer_id": name} for name in ("C-1", "C-2", "C-3")]}
    first = client.post("/v1/predictions/batch", json=body, headers=KEY).json()
    now_is("C-2", MARKS["objected"])

    again = client.post("/v1/predictions/batch", json=body, headers=KEY)

    said = again.json()
    assert again.headers["Idempotent-Replayed"] == "true"
    assert (said["scored"], said["left_out"]) == (2, 1)
    assert said["items"][1]["prediction"] is None
    assert said["items"][1]["left_out"]["rule"] == "consent"
    assert [said["items"][0], said["items"][2]] == [first["items"][0], first["items"][2]]


def test_a_batch_of_which_nobody_was_scored_is_told_again_as_it_was(client, now_is):
    client.post("/v1/customers", json=WHO | {"customer_id": "C-1"})
    now_is("C-1", MARKS["objected"])
    body = {"items": [{"customer_id": "C-1"}]}

    first, again = (client.post("/v1/predictions/batch", json=body, headers=KEY).json() for _ in range(2))

    assert (first["scored"], first["left_out"]) == (0, 1)
    assert first == again
