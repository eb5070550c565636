"""Since when a phone number is a customer's: another one rights a wrong number, another change does not."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.contract.test_customers import leads

FIRST = datetime(2026, 1, 5, 9, tzinfo=UTC)
UPLOAD = {"kind": "upload", "name": "a.csv", "upload_id": "u1"}


def day(number):
    return FIRST + timedelta(days=number)


@pytest.fixture
def customers(build):
    return build("CustomerRepository")


@pytest.fixture
def corrections(request, customers, build):
    if type(customers).__name__.startswith("Memory"):
        return build("CustomerCorrections", customers=customers)
    return build("CustomerCorrections")


@pytest.fixture
def save(customers):
    def save(number, *, upload="u1", **said):
        frame = leads(**{name: [value] for name, value in ({"customer_id": "c1", "age": 30} | said).items()})
        customers.save_many(frame, source=UPLOAD | {"upload_id": upload}, saved_at=day(number))

    return save


def since(customers):
    frame, rows = customers.load(["c1"])["phone_since"].tolist(), customers.load_rows(["c1"])
    [standing] = customers.standing(["c1"])["phone_since"].tolist()
    assert frame == [standing] == [rows[0]["phone_since"]]
    return standing


def test_another_change_leaves_it_and_another_number_moves_it(customers, save):
    save(0, phone="+351210000001")
    assert since(customers) == day(0)

    save(1, phone="+351210000001", days_since_contact=9)
    assert since(customers) == day(0)

    save(2, phone="+351210000002", days_since_contact=9)
    assert since(customers) == day(2)

    save(3, phone="+351210000002", days_since_contact=10)
    assert since(customers) == day(2)


def test_without_a_number_every_change_counts(customers, save):
    save(0)
    save(1, days_since_contact=9)
    assert since(customers) == day(1)

    save(2, phone="+351210000001", days_since_contact=9)
    assert since(customers) == day(2)


def test_what_a_program_says_leaves_the_number_and_its_moment(customers, save):
    save(0, phone="+351210000001")
    [row] = customers.load_rows(["c1"])

    customers.save_rows([row | {"age": 31.0}], source=UPLOAD | {"kind": "api"}, saved_at=day(1))

    assert customers.load_rows(["c1"])[0]["age"] == 31.0
    assert since(customers) == day(0)


def test_an_undone_upload_gives_the_number_back_from_now_on(customers, corrections, save):
    save(0, phone="+351210000001", upload="u1")
    save(1, phone="+351210000002", upload="u2")

    corrections.restore(["c1"], "u2", saved_at=day(2))

    assert since(customers) == day(2)


def test_a_mark_leaves_the_number_and_its_moment(customers, corrections, save):
    save(0, phone="+351210000001")

    corrections.record_consent("c1", {"objected": "no"}, version=1, source=UPLOAD, saved_at=day(1))

    assert since(customers) == day(0)
