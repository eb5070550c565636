from datetime import UTC, datetime, timedelta

import pandas as pd
import pytest

from smartbank.adapters.memory import (
    MemoryAuditLog,
    MemoryFileStore,
    MemoryFrameStore,
    MemoryPredictionRepository,
    MemoryWorkQueue,
)
from smartbank.core.bank_settings import BankSettings
from smartbank.core.work import Work, WorkKind, WorkState
from smartbank.errors import NotFoundError
from smartbank.services import housekeeping
from smartbank.services.housekeeping import forget_old_files, forget_old_lists, forget_old_versions
from smartbank.services.latest_scores import latest_scores, merge_latest
from smartbank.services.runs import RunSource, queue_run, run_owner
from smartbank.services.uploads import Owners, queue_remapped, queue_upload
from smartbank.worker import timed_jobs
from tests.actors import ANA
from tests.services import memory_services
from tests.stubs import stub_leads

NOW = datetime.now(UTC)
"""The file store looks at the clock itself, so these tests are told in hours from now."""


def hours(number):
    return NOW + timedelta(hours=number)


@pytest.fixture
def stores():
    return {
        "queue": MemoryWorkQueue(),
        "files": MemoryFileStore(),
        "frames": MemoryFrameStore(),
        "audit": MemoryAuditLog(),
    }


def finish(stores, work_id, now, result=None):
    stores["queue"].claim("w", now=now, work_id=work_id)
    stores["queue"].finish(work_id, "w", result or {"rows": 1}, now=now)


def read_file(stores, now=NOW):
    """An upload that was read: its file, its clean rows, and its rows set aside."""
    upload_id = queue_upload(
        [b"age\n30\n"], "a.csv", files=stores["files"], queue=stores["queue"], audit=stores["audit"], by=ANA, now=now
    )
    for owner in (Owners(upload_id).rows, Owners(upload_id).aside):
        stores["frames"].append(owner, 0, pd.DataFrame({"age": [30]}))
    finish(stores, upload_id, now)
    return upload_id


def is_kept(stores, upload_id):
    file_id = stores["queue"].find(upload_id).request["file_id"]
    try:
        stores["files"].open(file_id)
    except NotFoundError:
        return False
    return True


def test_an_upload_is_forgotten_a_day_after_it_was_read_and_says_so(stores):
    upload_id = read_file(stores)

    assert forget_old_files(hours(23.9), **stores) == 0
    assert is_kept(stores, upload_id)
    assert forget_old_files(hours(30), **stores) == 1

    upload = stores["queue"].find(upload_id)
    assert (upload.state, upload.result) == (WorkState.EXPIRED, {})
    assert not is_kept(stores, upload_id)
    assert stores["frames"].load(Owners(upload_id).rows).empty
    assert stores["frames"].load(Owners(upload_id).aside).empty
    assert forget_old_files(hours(30), **stores) == 0


@pytest.mark.parametrize("state", [WorkState.FAILED, WorkState.CANCELLED])
def test_an_upload_that_came_to_nothing_is_forgotten_too(stores, state):
    upload_id = queue_upload(
        [b"x"], "a.csv", files=stores["files"], queue=stores["queue"], audit=stores["audit"], by=ANA, now=NOW
    )
    if state is WorkState.FAILED:
        stores["queue"].claim("w", now=NOW)
        stores["queue"].fail(upload_id, "w", "The file is not a table.", now=NOW)
    else:
        stores["queue"].cancel(upload_id, now=NOW)

    assert forget_old_files(hours(25), **stores) == 1

    assert not is_kept(stores, upload_id)


def test_an_upload_that_waits_is_kept_however_long(stores):
    upload_id = queue_upload(
        [b"x"], "a.csv", files=stores["files"], queue=stores["queue"], audit=stores["audit"], by=ANA, now=NOW
    )

    assert forget_old_files(hours(1_000), **stores) == 0

    assert is_kept(stores, upload_id)


def test_an_upload_is_kept_while_a_run_of_it_waits_or_runs(stores):
    upload_id = read_file(stores)
    source = RunSource("upload", "a.csv", upload_id=upload_id)
    run_id = queue_run(source, market="snapshot", queue=stores["queue"], audit=stores["audit"], by=ANA, now=NOW)

    assert forget_old_files(hours(25), **stores) == 0
    stores["queue"].claim("w", now=hours(25))
    assert forget_old_files(hours(26), **stores) == 0
    assert is_kept(stores, upload_id)
    stores["frames"].append(run_owner(run_id), 0, pd.DataFrame({"rank": [1]}))
    stores["queue"].finish(run_id, "w", {"leads": 1}, now=hours(25))
    assert forget_old_files(hours(26), **stores) == 1

    assert not is_kept(stores, upload_id)
    assert stores["queue"].find(run_id).result == {"leads": 1}
    assert len(stores["frames"].load(run_owner(run_id))) == 1


def test_a_file_stays_for_its_newer_reading_with_another_mapping(stores):
    first = read_file(stores)
    second = queue_remapped(
        stores["queue"].find(first), {"x": "age"}, queue=stores["queue"], audit=stores["audit"], by=ANA, now=hours(20)
    )
    finish(stores, second, hours(20))

    assert forget_old_files(hours(25), **stores) == 1
    assert is_kept(stores, second)
    assert forget_old_files(hours(45), **stores) == 1

    assert not is_kept(stores, second)


def test_an_export_is_forgotten_a_day_after_it_was_made(stores):
    stores["queue"].add(Work("e1", WorkKind.EXPORT, "ana", NOW, {"run_id": "r1"}))
    stores["files"].save("e1", [b"PK"])
    finish(stores, "e1", NOW, {"file_id": "e1", "file_name": "leads.xlsx"})

    assert forget_old_files(hours(23), **stores) == 0
    assert forget_old_files(hours(25), **stores) == 1

    assert stores["files"].saved_before(hours(99)) == []


def test_a_file_of_no_piece_of_work_is_deleted(stores):
    stores["files"].save("left behind", [b"Ana Silva"])

    forget_old_files(hours(23), **stores)
    assert stores["files"].saved_before(hours(99)) == ["left behind"]
    forget_old_files(hours(25), **stores)

    assert stores["files"].saved_before(hours(99)) == []


def test_what_was_deleted_is_on_record_once_and_only_when_something_was(stores):
    read_file(stores)
    stores["files"].save("left behind", [b"Ana Silva"])

    for number in (23, 25, 26):
        forget_old_files(hours(number), **stores)

    [event] = [entry.event for entry in stores["audit"].kept if entry.event.action == "delete_old_data"]
    assert (event.who, event.place, event.result) == ("smartbank", "worker", "done")
    assert event.details == {"uploads_and_exports": 1, "files": 2}


def test_the_worker_forgets_old_files_every_hour(stores):
    services = memory_services(**stores)
    [sweep] = [job for job in timed_jobs(services) if job.name == "old files"]
    stores["files"].save("left behind", [b"Ana Silva"])

    assert sweep.every == timedelta(hours=1)
    assert sweep.run(lambda: None) == {"expired": 0}


def test_the_worker_forgets_failed_sign_ins_after_30_days_whatever_name_was_tried():
    services = memory_services()
    for key, days in (("user:ana", 31), ("user:nobody", 31), ("user:nobody", 29)):
        services.users.record_failure(key, now=NOW - timedelta(days=days))

    [job] = [job for job in timed_jobs(services) if job.name == "failed sign-ins"]

    assert job.run(lambda: None) == {"deleted": 2}
    assert job.run(lambda: None) == {"deleted": 0}
    assert services.users.failures("user:nobody", since=NOW - timedelta(days=60)) == 1
    assert [entry.event.details for entry in services.audit.kept] == [{"failures": 2}]


def test_the_worker_keeps_files_and_lists_as_long_as_the_settings_say(stores):
    services = memory_services(**stores)
    services.settings.save(BankSettings(keep_files_hours=720, keep_lists_days=1), by="ana", at=NOW)
    upload_id = read_file(stores, now=hours(-48))
    run_id = ranked(stores, services.predictions, ["ana"], hours(-48))

    done = {job.name: job.run(lambda: None) for job in timed_jobs(services) if job.name.startswith("old")}

    assert done == {"old files": {"expired": 0}, "old lists": {"expired": 1}, "old versions": {"deleted": 0}}
    assert stores["queue"].find(upload_id).state is WorkState.DONE
    assert stores["queue"].find(run_id).state is WorkState.EXPIRED


def ranked(stores, predictions, customers, now):
    """A run that ranked customers: its ranked leads, their predictions, and their latest scores."""
    source = RunSource("customers", "all customers", query={})
    run_id = queue_run(source, market="snapshot", queue=stores["queue"], audit=MemoryAuditLog(), by=ANA, now=now)
    leads = pd.DataFrame(
        {"customer_id": customers, "propensity": 0.1, "band": "C", "rank": range(1, len(customers) + 1)}
    )
    stores["frames"].append(run_owner(run_id), 0, leads)
    merge_latest(leads, {"run_id": run_id, "scored_at": now}, frames=stores["frames"])
    predictions.save_many([{"run_id": run_id, "scored_at": now, **row} for row in leads.to_dict("records")])
    finish(stores, run_id, now)
    return run_id


def test_a_ranked_list_goes_after_its_days_with_its_predictions_and_latest_scores(stores):
    predictions = MemoryPredictionRepository()
    old = ranked(stores, predictions, ["ana", "rui"], NOW)
    new = ranked(stores, predictions, ["rui"], hours(24))
    kept = {**{name: stores[name] for name in ("queue", "frames", "audit")}, "predictions": predictions}

    assert forget_old_lists(hours(47), **kept, kept_for=timedelta(days=2)) == 0
    assert forget_old_lists(hours(49), **kept, kept_for=timedelta(days=2)) == 1

    latest = latest_scores(frames=stores["frames"])
    assert stores["queue"].find(old).state is WorkState.EXPIRED
    assert stores["frames"].load(run_owner(old)).empty
    assert len(stores["frames"].load(run_owner(new))) == 1
    assert predictions.history("ana") == []
    assert [row["run_id"] for row in predictions.history("rui")] == [new]
    assert latest[["customer_id", "run_id"]].to_numpy().tolist() == [["rui", new]]
    [event] = [entry.event for entry in stores["audit"].kept]
    assert event.details == {"ranked_lists": 1}
    assert forget_old_lists(hours(49), **kept, kept_for=timedelta(days=2)) == 0


def test_earlier_versions_go_after_the_days_of_lists_once_no_run_before_is_kept(stores, monkeypatch):
    monkeypatch.setattr(housekeeping, "_VERSIONS_AT_ONCE", 1)
    services = memory_services(**stores)
    for number, age in ((0, 30), (3, 31), (24, 32), (30, 33)):
        leads = stub_leads([age]).assign(customer_id="ana")
        services.customers.save_many(leads, source={"kind": "upload", "name": "x"}, saved_at=hours(number))
    run_id = ranked(stores, services.predictions, ["ana"], hours(1))
    kept = {"corrections": services.corrections, "queue": services.queue, "audit": services.audit}
    began = []

    def forget(number):
        return forget_old_versions(
            hours(number), **kept, kept_for=timedelta(days=2), go_on=lambda: began.append(number)
        )

    assert (forget(52), forget(90)) == (0, 0), "the run that read the first version is kept"
    services.queue.expire(run_id)
    assert (forget(50), forget(52), forget(90)) == (0, 1, 2)

    assert began == [52, 90, 90]
    assert services.customers.load_versions([("ana", at) for at in (1, 2, 3, 4)])["age"].tolist() == [33]
    assert [entry.event.details for entry in services.audit.kept] == [{"versions": 1}, {"versions": 2}]
