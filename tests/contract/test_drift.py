"""How the leads of a run compare with the training rows is kept with the run: in memory and in the database."""

from datetime import UTC, datetime

import pytest

from smartbank import worker
from smartbank.core.customers import CustomerQuery
from smartbank.core.drift import DriftVerdict
from smartbank.core.people import COMMAND_LINE
from smartbank.errors import ModelArtifactError
from smartbank.services.demo import DEMO_SOURCE
from smartbank.services.drift import drift_of, speaks_for_the_bank, told_runs
from smartbank.services.runs import Run, RunSource, load_run, load_runs, queue_run
from smartbank.services.uploads import queue_upload
from tests.services import memory_services
from tests.stubs import ScorerByAgeAndChannel, TrainedOnTheYoung, stub_leads

NOW = datetime(2026, 1, 5, 9, tzinfo=UTC)
KEPT = ("customers", "queue", "frames", "files", "predictions", "settings")
PORTS = ("CustomerRepository", "WorkQueue", "FrameStore", "FileStore", "PredictionRepository", "SettingsRepository")
EVERYONE = RunSource.of_query(CustomerQuery(), "all customers")


@pytest.fixture
def services(build):
    stores = {name: build(port) for name, port in zip(KEPT, PORTS, strict=True)}
    return memory_services(scorer=ScorerByAgeAndChannel(), training_rows=TrainedOnTheYoung(), **stores)


def work_all(services):
    while worker.run_once(services):
        pass


def ranked(services, source):
    run_id = queue_run(
        source, market="snapshot", by=COMMAND_LINE, queue=services.queue, audit=services.audit, now=datetime.now(UTC)
    )
    work_all(services)
    return load_run(run_id, queue=services.queue)


def uploaded(services, lines):
    upload_id = queue_upload(
        ["\n".join(lines).encode()],
        "leads.csv",
        by=COMMAND_LINE,
        files=services.files,
        queue=services.queue,
        audit=services.audit,
        now=datetime.now(UTC),
    )
    work_all(services)
    return RunSource("upload", "leads.csv", upload_id=upload_id)


def save(services, ages, source):
    services.customers.save_many(stub_leads(ages).assign(contact="cellular"), source=source, saved_at=NOW)


def test_a_run_keeps_its_leads_by_group_beside_the_training_rows(services):
    save(services, [25] * 120 + [70] * 280, {"synthetic": False})

    run = ranked(services, EVERYONE)

    drift = drift_of(run)
    age, _education, channel = drift.fields
    assert age.groups == (("17-29", 500, 120), ("30-59", 400, 0), ("60+", 100, 280), ("unknown", 0, 0))
    assert channel.groups == (("cellular", 600, 400), ("telephone", 400, 0), ("unknown", 0, 0))
    assert (age.verdict, age.used, channel.used) == (DriftVerdict.SHIFTED, True, True)
    assert drift.margin.n_now == 400
    assert speaks_for_the_bank(run, drift)


def test_words_nobody_knows_come_in_as_unknown_and_are_counted_but_not_kept(services):
    lines = [f"c{i},40,student,{'pigeon post' if i < 90 else 'mobile'}" for i in range(300)]

    run = ranked(services, uploaded(services, ["customer_id,age,job,channel", *lines]))

    *_others, channel = drift_of(run).fields
    assert channel.groups == (("cellular", 600, 210), ("telephone", 400, 0), ("unknown", 0, 90))
    assert (channel.strange, channel.unseen, channel.is_spoilt) == (90, {}, True)
    assert "pigeon" not in str(run.result)


def test_demo_customers_and_selections_do_not_speak_for_the_bank(services):
    save(services, [25] * 300, DEMO_SOURCE)
    demo = ranked(services, EVERYONE)
    services.customers.save_many(
        stub_leads([30] * 300).assign(customer_id=[f"own-{i}" for i in range(300)]),
        source={"synthetic": False},
        saved_at=NOW,
    )
    some, everyone = (
        ranked(services, RunSource.of_query(CustomerQuery(max_age=40, origin="real"), "young")),
        ranked(services, EVERYONE),
    )

    told = [(run.run_id, speaks_for_the_bank(run, drift)) for run, drift in told_runs([everyone, some, demo])]

    assert told == [(everyone.run_id, True), (some.run_id, False), (demo.run_id, False)]


def test_a_run_made_before_drift_was_computed_has_none(services):
    save(services, [30, 60], {"synthetic": False})
    run = ranked(services, EVERYONE)
    older = {name: value for name, value in run.result.items() if name != "drift"}
    work = type(run.work)(**{**run.work.__dict__, "result": older})

    assert drift_of(Run(work)) is None
    assert told_runs([Run(work)]) == []
    assert len(told_runs(load_runs(queue=services.queue, limit=5))) == 1


def test_leads_are_ranked_also_where_the_training_rows_cannot_be_read(services):
    def unreadable():
        raise ModelArtifactError("The model is missing.")

    services.models.current().training_rows.bins = unreadable
    save(services, [30, 60], {"synthetic": False})

    run = ranked(services, EVERYONE)

    assert drift_of(run).fields == ()
    assert drift_of(run).largest.name == "margin"
