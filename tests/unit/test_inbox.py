from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from smartbank import worker
from smartbank.core.customers import CustomerQuery
from smartbank.core.drift import Drift, FieldDrift
from smartbank.core.inbox import SENTENCES, MessageKind, market_notice, message_of, sentence
from smartbank.core.market.indicators import Indicator
from smartbank.core.market.periods import Period
from smartbank.core.market.snapshot import Origin, Reading, named_snapshot
from smartbank.core.people import Role
from smartbank.core.work import Work, WorkKind, WorkState
from smartbank.errors import StorageError
from smartbank.services.demo import DEMO_SOURCE
from smartbank.services.inbox import forget_old_messages, mark_read, messages, tell_late
from smartbank.services.runs import RunSource, queue_run
from smartbank.worker_jobs import timed_jobs
from tests.actors import ANA, EVERYBODY
from tests.services import memory_services
from tests.stubs import stub_leads

NINE = datetime(2026, 1, 5, 9, tzinfo=UTC)
READINGS = tuple(
    Reading(indicator, 1.0, Period.parse(period), source, "a series", Origin.FIRST, NINE)
    for indicator, period, source in (
        (Indicator.EURIBOR, "2026-09", "ECB"),
        (Indicator.EMPLOYMENT, "2026-Q2", "Eurostat"),
        (Indicator.CPI, "2026-09", "INE"),
    )
)
RESULTS = {
    WorkKind.UPLOAD: {"clean": 1_907, "rows": 2_000, "barred": {"objected": 7}},
    WorkKind.RUN: {"summary": {"worth_calling": 500, "leads": 2_000}},
    WorkKind.REMOVAL: {"deleted": 3, "restored": 1, "kept": 0, "runs": 2, "run_id": ""},
    WorkKind.MARKET: {"new_figures": 3, "failed": []},
    WorkKind.TRAINING: {"passes": True},
    WorkKind.LIST: {"called": 20, "control": 1, "exploration": 0, "on_other_lists": 3, "data_hash": "ab"},
}


def ended(kind, state=WorkState.DONE):
    result = RESULTS.get(kind, {}) if state is WorkState.DONE else {}
    request = {"run_id": "r0", "filename": "ana silva.csv"}
    if kind is WorkKind.REMOVAL:
        request |= {"what": "upload", "upload_id": "u1"}
    return Work("w1", kind, "ana", NINE, request, state=state, result=result, finished_at=NINE)


@pytest.fixture
def services():
    services = memory_services()
    services.customers.save_many(stub_leads([30, 60]), source=DEMO_SOURCE, saved_at=NINE)
    return services


def queued(services, query=CustomerQuery()):  # noqa: B008  frozen
    source = RunSource.of_query(query, "all customers")
    return queue_run(
        source, market="snapshot", by=ANA, queue=services.queue, audit=services.audit, now=datetime.now(UTC)
    )


@pytest.mark.parametrize(
    ("kind", "said", "page", "query"),
    [
        (
            WorkKind.UPLOAD,
            "Your file was read: 1,900 of 2,000 rows can be scored.",
            "leads",
            {"view": "Bring customers in", "upload": "w1"},
        ),
        (
            WorkKind.RUN,
            "Leads ranked: 500 of 2,000 are worth a call.",
            "leads",
            {"view": "Ranked leads", "run": "w1"},
        ),
        (WorkKind.EXPORT, "Your Excel file is ready.", "/exports/w1", {}),
        (
            WorkKind.LIST,
            "Your list is released: 20 customers to call.",
            "call_lists",
            {"section": "Released lists", "list": "w1"},
        ),
        (
            WorkKind.REMOVAL,
            "Your upload is undone: 3 customers removed; 1 customer as before; 2 rankings gone.",
            "leads",
            {"view": "Bring customers in"},
        ),
    ],
)
def test_finished_work_is_told_with_its_numbers_and_where_to_look(kind, said, page, query):
    message = message_of(ended(kind))

    assert sentence(message) == said
    assert (message.username, message.page, message.query) == ("ana", page, query)
    assert not message.kind.is_bad


def test_the_end_of_the_demo_data_is_told_with_how_many():
    work = Work("w1", WorkKind.REMOVAL, "ana", NINE, {"what": "demo"}, state=WorkState.DONE, finished_at=NINE)
    counts = {"deleted": 2_000, "restored": 0, "kept": 1, "runs": 0, "run_id": ""}
    message = message_of(replace(work, result=counts))

    said = "2,000 customers removed; 1 customer left alone, as it was changed again since."
    assert sentence(message) == f"The demo data is gone: {said}"
    assert sentence(replace(message, counts={})) == "What you removed is gone."


@pytest.mark.parametrize("kind", WorkKind)
def test_work_that_failed_is_told_and_leads_to_the_reason_not_to_a_file(kind):
    message = message_of(ended(kind, WorkState.FAILED))

    assert message.kind.is_bad
    assert sentence(message)
    assert not message.page.startswith("/")


@pytest.mark.parametrize("state", [WorkState.QUEUED, WorkState.RUNNING, WorkState.CANCELLED, WorkState.EXPIRED])
def test_of_work_that_goes_on_or_was_cancelled_nothing_is_told(state):
    assert message_of(ended(WorkKind.RUN, state)) is None


def test_no_name_of_a_file_is_kept_in_a_message():
    told = [message_of(ended(kind, state)) for kind in WorkKind for state in (WorkState.DONE, WorkState.FAILED)]

    assert "silva" not in str(told)


def test_every_kind_has_a_sentence():
    assert set(SENTENCES) == set(MessageKind)


@pytest.mark.parametrize(
    ("today", "said"),
    [
        (date(2026, 11, 14), None),
        (date(2026, 11, 15), "1 market figure is old. Levels may be off; the order is not."),
    ],
)
def test_figures_older_than_their_publishers_calendar_are_a_standing_notice(today, said):
    notice = market_notice(named_snapshot(READINGS), today=today)

    assert (notice is None) if said is None else notice.text.startswith(said)


def test_the_worker_tells_whoever_queued_the_run(services):
    run_id = queued(services)

    worker.run_once(services)

    (message,) = messages(by=ANA, inbox=services.inbox)
    assert (message.kind, message.query["run"], message.read_at) == (MessageKind.RUN_DONE, run_id, None)
    assert message.counts["leads"] == 2


def test_the_worker_tells_of_a_run_that_failed(services):
    queued(services, CustomerQuery(text="nobody"))

    worker.run_once(services)

    assert [message.kind for message in messages(by=ANA, inbox=services.inbox)] == [MessageKind.RUN_FAILED]


def test_a_run_stays_done_when_nobody_can_be_told(services, monkeypatch, caplog):
    def away(_message):
        raise StorageError("The database does not answer.")

    monkeypatch.setattr(services.inbox, "add", away)
    run_id = queued(services)

    worker.run_once(services)

    assert services.queue.find(run_id).state is WorkState.DONE
    assert "Nobody could be told" in caplog.text


def test_what_a_killed_worker_left_untold_is_told_late_and_once(services):
    run_id = queued(services)
    worker.Worker(services.queue, worker.bootstrap.executors(services)).work_once()
    now = datetime.now(UTC)
    assert messages(by=ANA, inbox=services.inbox) == []

    tell_late(now, queue=services.queue, inbox=services.inbox)
    tell_late(now, queue=services.queue, inbox=services.inbox)
    tell_late(now + timedelta(days=2), queue=services.queue, inbox=services.inbox)

    assert [message.query["run"] for message in messages(by=ANA, inbox=services.inbox)] == [run_id]


def test_housekeeping_tells_late_and_forgets_messages_after_90_days(services):
    queued(services)
    worker.Worker(services.queue, worker.bootstrap.executors(services)).work_once()

    [keep] = [job.run for job in timed_jobs(services) if job.name == "inbox"]
    keep(lambda: None)

    assert len(messages(by=ANA, inbox=services.inbox)) == 1
    kept_for = timedelta(days=90)
    assert forget_old_messages(datetime.now(UTC) + timedelta(days=89), inbox=services.inbox, kept_for=kept_for) == 0
    assert forget_old_messages(datetime.now(UTC) + timedelta(days=91), inbox=services.inbox, kept_for=kept_for) == 1


def test_a_user_marks_only_their_own_messages(services):
    queued(services)
    worker.run_once(services)
    (message,) = messages(by=ANA, inbox=services.inbox)

    mark_read([message.message_id], by=EVERYBODY[Role.ADMIN], inbox=services.inbox, now=NINE)
    assert messages(by=ANA, inbox=services.inbox)[0].read_at is None

    mark_read([message.message_id], by=ANA, inbox=services.inbox, now=NINE)
    assert messages(by=ANA, inbox=services.inbox)[0].read_at == NINE


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({}, "worth a call. Many values of 1 field are unknown: see the overview."),
        ({"synthetic_leads": 2_000}, "worth a call."),  # demo customers alone
        ({"whole": False}, "worth a call."),  # a selection
        ({"market": "file"}, "worth a call."),  # a replay
    ],
)
def test_a_run_whose_file_lost_a_column_says_so(changed, said):
    lost = FieldDrift("age", (("17-29", 500, 400), ("30+", 500, 400), ("unknown", 0, 1_200)))
    drift = Drift(changed.get("whole", True), (lost,), lost).to_json()
    run = ended(WorkKind.RUN)
    result = run.result | {"drift": drift, "synthetic_leads": changed.get("synthetic_leads", 0)}

    told = message_of(replace(run, request={"market": changed.get("market", "snapshot")}, result=result))

    assert sentence(told).endswith(said)
