"""The schema is made once, whoever starts first, and mended after a start that was killed."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from smartbank.adapters.mongo import ensure_schema, schema
from smartbank.errors import StorageError


def indexes(database):
    return {name: sorted(set(database[name].index_information()) - {"_id_"}) for name in schema.INDEXES}


EXPECTED = {name: sorted(index.document["name"] for index in made) for name, made in schema.INDEXES.items()}


def test_every_index_is_made(empty):
    ensure_schema(empty)
    ensure_schema(empty)

    assert indexes(empty) == EXPECTED
    assert empty["schema"].find_one({"_id": "schema"})["state"] == "ready"


def test_what_was_added_since_is_made_where_it_is_empty(empty):
    ensure_schema(empty)
    for name in ("customer_notes", "outcomes", "sessions"):
        empty[name].drop_indexes()
    empty["customer_notes"].drop()
    empty["sessions"].insert_one({"_id": "s1", "username": "ana"})

    ensure_schema(empty)

    assert indexes(empty) == EXPECTED | {"sessions": []}


def test_failed_sign_ins_are_found_by_key_and_by_age(empty):
    ensure_schema(empty)

    found = empty["sign_in_failures"].index_information()
    assert [found[name]["key"] for name in ("key_at", "at")] == [[("key", 1), ("at", 1)], [("at", 1)]]


def test_customers_without_a_number_are_found_without_reading_all(empty):
    ensure_schema(empty)
    empty["customers"].insert_many(
        [{"_id": f"C{i}", "contact_details": {"phone": "+44" if i else None}} for i in range(3)]
    )

    found = empty["customers"].find({"contact_details.phone": None}, {"_id": 1})

    assert "no_number" in str(found.explain()["queryPlanner"]["winningPlan"])
    assert list(found) == [{"_id": "C0"}]


def test_several_processes_may_start_at_once(empty):
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: ensure_schema(empty), range(4)))

    assert indexes(empty) == EXPECTED


def test_what_a_killed_start_left_is_made_again(empty):
    empty["customers"].create_index("wrong", name="name_tokens")
    stale = datetime.now(UTC) - timedelta(minutes=1)
    mark = {"_id": "schema", "version": 1, "state": "in progress", "token": "dead", "at": stale}
    empty["schema"].insert_one(mark)

    ensure_schema(empty)

    assert indexes(empty) == EXPECTED
    assert empty["customers"].index_information()["name_tokens"]["key"] == [("name_tokens", 1)]


def test_a_start_waits_for_one_that_is_still_at_work_and_says_so(empty, monkeypatch):
    monkeypatch.setattr(schema, "_PATIENCE_S", 0.2)
    mark = {"_id": "schema", "version": 1, "state": "in progress", "token": "busy", "at": datetime.now(UTC)}
    empty["schema"].insert_one(mark)

    with pytest.raises(StorageError, match="preparing the database"):
        ensure_schema(empty)


def test_a_database_of_another_version_is_refused(empty):
    empty["schema"].insert_one({"_id": "schema", "version": 99, "state": "ready"})

    with pytest.raises(StorageError, match="schema version 99"):
        ensure_schema(empty)
