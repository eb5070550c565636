"""The bank's own decided calls as rows to learn from, on memory and on MongoDB."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from smartbank import worker
from smartbank.core.customers import CustomerQuery
from smartbank.core.fields import LEAD_COLUMNS
from smartbank.core.outcomes import Outcome, OutcomeKind
from smartbank.core.own_calls import OWN_COLUMNS
from smartbank.core.people import COMMAND_LINE
from smartbank.errors import ForbiddenError
from smartbank.services import own_calls
from smartbank.services.demo import DEMO_SOURCE
from smartbank.services.own_calls import load_own_calls
from smartbank.services.runs import RunSource, queue_run
from tests.actors import ANA
from tests.services import memory_services
from tests.stubs import stub_leads

NINE = datetime(2026, 10, 31, 9, tzinfo=UTC)
EVERYONE = RunSource.of_query(CustomerQuery(), "all customers")
STORES = {
    "customers": "CustomerRepository",
    "queue": "WorkQueue",
    "frames": "FrameStore",
    "predictions": "PredictionRepository",
    "outcomes": "OutcomeRepository",
}


@pytest.fixture
def services(build):
    stores = {name: build(kind) for name, kind in STORES.items()}
    return memory_services(**stores)


def save(services, ages, **columns):
    leads = stub_leads(ages).assign(**columns)
    services.customers.save_many(leads, source={"kind": "upload", "name": "a.csv", "synthetic": False}, saved_at=NINE)


def ranked(services):
    run_id = queue_run(
        EVERYONE, market="snapshot", by=ANA, queue=services.queue, audit=services.audit, now=datetime.now(UTC)
    )
    assert worker.run_once(services)
    return run_id


def called(run_id, lead, outcome, *, hours=0):
    return Outcome(f"lead-{lead}", NINE + timedelta(hours=hours), outcome, run_id, 0.2, 0.11)


def own(services, by=COMMAND_LINE):
    ports = {"outcomes": services.outcomes, "predictions": services.predictions, "customers": services.customers}
    return load_own_calls(by=by, **ports)


def test_without_outcomes_there_are_no_rows_but_every_column(services):
    found = own(services)

    assert (len(found.frame), found.left_out) == (0, 0)
    assert list(found.frame.columns) == list(OWN_COLUMNS)
    assert found.frame["y"].dtype == bool


def test_a_decided_call_is_a_row_with_the_fields_its_prediction_saw(services):
    save(services, [30, 60, 45], job=["admin.", None, "retired"])
    first = ranked(services)
    save(services, [31, 61, 46], job=["student", "student", "student"])
    second = ranked(services)
    services.outcomes.record_many(
        [
            called(first, 0, OutcomeKind.SUBSCRIBED),
            called(first, 1, OutcomeKind.DECLINED, hours=15),
            called(second, 2, OutcomeKind.OBJECTED, hours=16),
            called(second, 0, OutcomeKind.NO_ANSWER, hours=17),
        ]
    )

    found = own(services)

    assert found.left_out == 0
    assert found.frame["age"].tolist() == [30.0, 60.0, 46.0]
    assert found.frame["job"].tolist()[0::2] == ["admin.", "student"]
    assert found.frame["job"].isna().tolist() == [False, True, False]
    assert found.frame["y"].tolist() == [True, False, False]
    assert found.frame["period"].tolist() == ["2026-10", "2026-11", "2026-11"]
    assert {str(found.frame[name].dtype) for name in LEAD_COLUMNS} <= {"str", "float64"}


def test_of_who_objected_nothing_is_learned(services):
    save(services, [30, 40, 50])
    run_id = ranked(services)
    for lead, outcome in enumerate((OutcomeKind.SUBSCRIBED, OutcomeKind.DECLINED, OutcomeKind.OBJECTED)):
        services.outcomes.record(called(run_id, lead, outcome))
    save(services, [40, 50], customer_id=["lead-1", "lead-2"], objected="yes")

    found = own(services)

    assert (len(found.frame), found.left_out) == (1, 2)


def test_calls_of_synthetic_customers_teach_nothing_and_are_not_missed(services):
    save(services, [30])
    demo = stub_leads([60]).assign(customer_id="demo-1")
    services.customers.save_many(demo, source=DEMO_SOURCE, saved_at=NINE)
    run_id = ranked(services)
    of_demo = Outcome("demo-1", NINE, OutcomeKind.SUBSCRIBED, run_id, 0.2, 0.11)
    services.outcomes.record_many([called(run_id, 0, OutcomeKind.DECLINED), of_demo])

    found = own(services)

    assert (found.frame["age"].tolist(), found.left_out) == ([30.0], 0)


def test_a_customer_called_twice_by_one_run_is_two_rows(services):
    save(services, [30])
    run_id = ranked(services)
    services.outcomes.record_many(
        [called(run_id, 0, OutcomeKind.DECLINED), called(run_id, 0, OutcomeKind.SUBSCRIBED, hours=5)]
    )

    assert own(services).frame["y"].tolist() == [False, True]


def test_who_was_erased_and_what_is_not_kept_any_more_is_left_out_and_counted(services):
    save(services, [30, 60, 45])
    run_id = ranked(services)
    services.outcomes.record_many(
        [called(run_id, lead, OutcomeKind.DECLINED) for lead in range(3)]
        + [called("20260101-090000-000-abcdef", 0, OutcomeKind.SUBSCRIBED, hours=1)]
    )
    services.customers.load_versions = without("lead-1", services.customers.load_versions)

    found = own(services)

    assert (len(found.frame), found.left_out) == (2, 2)
    assert sorted(found.frame["age"]) == [30.0, 45.0]


def without(customer_id, load):
    def load_versions(wanted):
        return load([key for key in wanted if key[0] != customer_id])

    return load_versions


def test_small_batches_give_the_same_rows(services, monkeypatch):
    save(services, [30 + number for number in range(25)])
    run_id = ranked(services)
    kinds = [OutcomeKind.SUBSCRIBED, OutcomeKind.DECLINED]
    services.outcomes.record_many([called(run_id, lead, kinds[lead % 2], hours=lead) for lead in range(25)])
    whole = own(services).frame

    monkeypatch.setattr(own_calls, "_BATCH", 4)

    assert own(services).frame.equals(whole)
    assert np.array_equal(whole["age"], 30.0 + np.arange(25))


def test_a_manager_may_not_take_the_rows(services):
    with pytest.raises(ForbiddenError):
        own(services, by=ANA)
