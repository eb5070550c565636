"""Who is barred is remembered in the process, and never once somebody changed it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from pymongo.collection import Collection
from pymongo.errors import AutoReconnect

from smartbank.adapters import mongo
from smartbank.adapters.mongo.barred_customers import BarredCustomers
from smartbank.errors import ConflictError, StorageError
from tests.contract.test_consent import BY_HAND, FEBRUARY, JANUARY, MONDAY, OBJECTED, TUESDAY, leads
from tests.database import VAULT

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def here(database):
    """The customers as this process sees them."""
    return mongo.MongoCustomerRepository(database, vault=VAULT)


@pytest.fixture
def elsewhere(database):
    """The customers as another process writes them."""
    return mongo.MongoCustomerRepository(database, vault=VAULT)


@pytest.fixture
def corrections(database):
    return mongo.MongoCustomerCorrections(database, vault=VAULT)


@pytest.fixture
def reads(monkeypatch):
    """Every reading of all who are barred so far."""
    done = []

    def find(self, *arguments, ask=Collection.find, **options):
        if arguments and "consent_state" in arguments[0]:
            done.append(arguments[0])
        return ask(self, *arguments, **options)

    monkeypatch.setattr(Collection, "find", find)
    return done


def test_while_nobody_changes_a_customer_all_who_are_barred_are_read_once(here, elsewhere, reads):
    elsewhere.save_many(leads(customer_id=["a", "b"], consent=["yes", None]), source=JANUARY, saved_at=MONDAY)

    answers = [here.barred(require_consent=True) for _ in range(3)]

    assert answers == [{"b": "unknown"}] * 3
    assert len(reads) == 1
    assert here.barred(require_consent=False) == {}
    assert len(reads) == 2


def test_an_answer_is_not_to_be_changed_by_who_gets_it(here):
    with pytest.raises(TypeError):
        here.barred(require_consent=True)["a"] = "objected"


def test_whatever_changes_a_customer_elsewhere_is_seen_at_once(here, elsewhere, corrections):
    def barred():
        return dict(here.barred(require_consent=False))

    assert barred() == {}
    elsewhere.save_many(leads(customer_id=["a", "b"], objected=["yes", None]), source=JANUARY, saved_at=MONDAY)
    assert barred() == {"a": "objected"}
    elsewhere.save_many(leads(customer_id=["b"], do_not_call=["yes"]), source=FEBRUARY, saved_at=TUESDAY)
    assert barred() == {"a": "objected", "b": "do_not_call"}
    corrections.record_consent("b", {}, version=2, source=BY_HAND, saved_at=TUESDAY)
    assert barred() == {"a": "objected"}
    corrections.record_consent("b", OBJECTED, version=3, source=BY_HAND, saved_at=TUESDAY)
    assert barred() == {"a": "objected", "b": "objected"}
    corrections.delete(["a"], upload_id="u1")
    assert barred() == {"b": "objected"}
    elsewhere.save_many(leads(customer_id=["c"]), source=JANUARY, saved_at=TUESDAY)
    elsewhere.set_marks(leads(customer_id=["c"], do_not_call=["yes"]), source=FEBRUARY, saved_at=TUESDAY)
    assert barred() == {"b": "objected", "c": "do_not_call"}


def test_while_somebody_writes_nothing_is_remembered(here, database, reads):
    with BarredCustomers(database).changing():
        assert here.barred(require_consent=False) == {}
        database["customers"].insert_one({"_id": "a", "consent_state": "objected"})
        assert here.barred(require_consent=False) == {"a": "objected"}
        database["customers"].delete_one({"_id": "a"})

    assert here.barred(require_consent=False) == {}
    assert len(reads) == 3


def test_what_was_written_while_it_was_read_is_read_again(here, elsewhere, monkeypatch):
    """An objection that falls between the look at the note and the end of the reading is not lost."""
    elsewhere.save_many(leads(customer_id=["a"]), source=JANUARY, saved_at=MONDAY)

    def find(self, *arguments, ask=Collection.find, **options):
        found = ask(self, *arguments, **options)
        if "consent_state" not in arguments[0]:
            return found
        read = list(found)
        monkeypatch.undo()
        elsewhere.save_many(leads(customer_id=["a"], objected=["yes"]), source=FEBRUARY, saved_at=TUESDAY)
        return read

    monkeypatch.setattr(Collection, "find", find)

    assert here.barred(require_consent=False) == {}
    assert here.barred(require_consent=False) == {"a": "objected"}


def test_after_a_writer_died_half_way_nothing_is_remembered_for_a_while(here, elsewhere, database, monkeypatch):
    elsewhere.save_many(leads(customer_id=["a"]), source=JANUARY, saved_at=MONDAY)
    assert here.barred(require_consent=False) == {}

    def written_but_not_said(self, *arguments, ask=Collection.bulk_write, **options):
        ask(self, *arguments, **options)
        raise AutoReconnect("gone")

    with monkeypatch.context() as broken:
        broken.setattr(Collection, "bulk_write", written_but_not_said)
        with pytest.raises(StorageError):
            elsewhere.save_many(leads(customer_id=["a"], objected=["yes"]), source=FEBRUARY, saved_at=TUESDAY)

    assert here.barred(require_consent=False) == {"a": "objected"}
    database["counters"].update_one({"_id": "consent"}, {"$set": {"at": LONG_AGO}})
    assert here.barred(require_consent=False) == {"a": "objected"}
    assert database["counters"].find_one({"_id": "consent"})["writers"] == 0


def test_a_refused_change_leaves_nobody_at_work(here, elsewhere, corrections, reads):
    elsewhere.save_many(leads(customer_id=["a"]), source=JANUARY, saved_at=MONDAY)

    with pytest.raises(ConflictError):
        corrections.record_consent("a", OBJECTED, version=7, source=BY_HAND, saved_at=TUESDAY)

    assert [here.barred(require_consent=False) for _ in range(2)] == [{}, {}]
    assert len(reads) == 1


def test_of_many_who_object_at_once_each_is_seen_when_it_is_saved(here, corrections):
    ids = [f"c{number}" for number in range(16)]
    here.save_many(leads(customer_id=ids), source=JANUARY, saved_at=MONDAY)

    def objects(customer_id):
        corrections.record_consent(customer_id, OBJECTED, version=1, source=BY_HAND, saved_at=TUESDAY)
        return customer_id in here.barred(require_consent=False)

    with ThreadPoolExecutor(4) as pool:
        seen = list(pool.map(objects, ids))

    assert seen == [True] * 16
    assert set(here.barred(require_consent=False)) == set(ids)
