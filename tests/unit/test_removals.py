from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from smartbank import worker
from smartbank.core.customers import CustomerQuery
from smartbank.core.people import Actor, Role
from smartbank.core.work import WorkKind, WorkState
from smartbank.errors import ConflictError, ForbiddenError, NotFoundError
from smartbank.services import removals
from smartbank.services.demo import load_demo
from smartbank.services.latest_scores import latest_scores
from smartbank.services.recent_uploads import recent_uploads
from smartbank.services.removal_plans import wait_for_rankings, wait_for_removals
from smartbank.services.removals import queue_demo_removal, queue_undo
from smartbank.services.runs import RunSource, queue_run
from smartbank.services.uploads import Owners, queue_remapped, queue_upload
from tests.actors import ANA
from tests.services import memory_services
from tests.stubs import stub_leads

NOW = datetime(2026, 1, 5, 9, tzinfo=UTC)
EVERYONE = RunSource.of_query(CustomerQuery(), "all customers")
JANUARY = "customer_id,age,job\na,30,student\nb,40,student\n"
FEBRUARY = "customer_id,age,job\nb,41,retired\nc,50,student\nd,60,student\n"


class Bank:
    """A bank in memory with a worker that works when it is told to."""

    def __init__(self):
        self.services = memory_services()
        self.queue = self.services.queue
        self.clock = NOW

    def ports(self):
        self.clock += timedelta(seconds=1)
        return {"by": ANA, "queue": self.queue, "audit": self.services.audit, "now": self.clock}

    def work(self):
        while worker.run_once(self.services):
            pass

    def score(self, source):
        run_id = queue_run(source, market="snapshot", **self.ports())
        self.work()
        return run_id

    def bring(self, text, name="file.csv"):
        upload_id = queue_upload([text.encode()], name, files=self.services.files, **self.ports())
        self.work()
        return upload_id, self.score(RunSource("upload", name, upload_id=upload_id))

    def undo(self, upload_id):
        work_id = queue_undo(upload_id, **self.ports())
        self.work()
        return self.queue.find(work_id)

    def ages(self):
        found = self.services.customers.load(self.services.customers.ids(CustomerQuery()))
        return dict(zip(found["customer_id"], found["age"], strict=True))


@pytest.fixture
def bank():
    return Bank()


def test_undoing_an_upload_brings_back_what_was(bank):
    bank.bring(JANUARY)
    february, run_id = bank.bring(FEBRUARY)
    assert bank.ages() == {"a": 30, "b": 41, "c": 50, "d": 60}

    removal = bank.undo(february)

    assert removal.state is WorkState.DONE
    assert bank.ages() == {"a": 30, "b": 40}
    assert {name: removal.result[name] for name in ("deleted", "restored", "kept", "runs")} == {
        "deleted": 2,
        "restored": 1,
        "kept": 0,
        "runs": 1,
    }
    assert bank.queue.find(run_id).state is WorkState.EXPIRED
    assert bank.services.predictions.history("c") == []
    assert set(latest_scores(frames=bank.services.frames)["customer_id"]) == {"a"}
    assert bank.services.frames.load(Owners(february).rows).empty


def test_a_ranking_that_holds_removed_customers_goes_and_is_made_again(bank):
    bank.bring(JANUARY)
    february, _ = bank.bring(FEBRUARY)
    everyone = bank.score(EVERYONE)

    removal = bank.undo(february)

    assert bank.queue.find(everyone).state is WorkState.EXPIRED
    again = bank.queue.find(removal.result["run_id"])
    assert (again.state, again.result["summary"]["leads"], again.created_by) == (WorkState.DONE, 2, "ana")


def test_a_customer_changed_again_since_is_kept(bank):
    bank.bring(JANUARY)
    february, _ = bank.bring(FEBRUARY)
    bank.bring("customer_id,age,job\nc,51,student\n")

    removal = bank.undo(february)

    assert removal.result["kept"] == 1
    assert bank.ages() == {"a": 30, "b": 40, "c": 51}


def test_what_was_handed_out_is_not_undone(bank):
    january, run_id = bank.bring(JANUARY)
    bank.queue.mark_handed_out(run_id, by="ben", at=NOW)

    with pytest.raises(ConflictError, match="ben took leads of it away on 05 Jan 2026"):
        bank.undo(january)

    assert bank.ages() == {"a": 30, "b": 40}
    assert bank.services.audit.kept[-1].event.result == "failed"


def test_customers_handed_out_with_a_later_ranking_are_not_undone(bank):
    january, _ = bank.bring(JANUARY)
    everyone = bank.score(EVERYONE)
    bank.queue.mark_handed_out(everyone, by="ben", at=NOW)

    removal = bank.undo(january)

    assert (removal.state, "ben took leads" in removal.error) == (WorkState.FAILED, True)
    assert bank.ages() == {"a": 30, "b": 40}


def test_an_upload_being_scored_is_not_undone(bank):
    upload_id = queue_upload([JANUARY.encode()], "file.csv", files=bank.services.files, **bank.ports())
    bank.work()
    queue_run(RunSource("upload", "file.csv", upload_id=upload_id), market="snapshot", **bank.ports())

    with pytest.raises(ConflictError, match="being scored right now"):
        queue_undo(upload_id, **bank.ports())


def test_only_who_may_undoes_and_the_refusal_is_on_record(bank):
    january, _ = bank.bring(JANUARY)
    agent = {**bank.ports(), "by": Actor("gil", Role.AGENT, "192.0.2.9")}

    with pytest.raises(ForbiddenError):
        queue_undo(january, **agent)
    with pytest.raises(ForbiddenError):
        queue_demo_removal(**agent)
    with pytest.raises(NotFoundError):
        queue_undo("nothing", **bank.ports())

    results = [entry.event.result for entry in bank.services.audit.kept[-3:]]
    assert results == ["refused", "refused", "failed"]


def test_undoing_again_after_it_broke_off_ends_the_same(bank, monkeypatch):
    bank.bring(JANUARY)
    february, _ = bank.bring(FEBRUARY)
    bank.score(EVERYONE)
    monkeypatch.setattr("smartbank.services.removals.BATCH_ROWS", 1)
    delete, calls = bank.services.corrections.delete, []

    def dies_at_the_second(ids, **about):
        calls.append(ids)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return delete(ids, **about)

    monkeypatch.setattr(bank.services.corrections, "delete", dies_at_the_second)
    work_id = queue_undo(february, **bank.ports())
    with pytest.raises(KeyboardInterrupt):
        bank.work()
    assert bank.ages() == {"a": 30, "b": 40, "d": 60}

    bank.queue._leases[work_id] = replace(bank.queue._leases[work_id], until=NOW - timedelta(days=1))
    bank.work()

    removal = bank.queue.find(work_id)
    assert removal.state is WorkState.DONE
    assert bank.ages() == {"a": 30, "b": 40}
    assert [removal.result[name] for name in ("deleted", "restored", "kept", "runs")] == [2, 1, 0, 2]
    assert bank.queue.find(removal.result["run_id"]).state is WorkState.DONE
    assert bank.services.frames.load(f"removal:{work_id}").empty


def test_demo_data_goes_in_one_step_and_the_others_are_ranked_again(bank):
    bank.services.customers.save_many(stub_leads([30, 40]), source={"kind": "demo", "synthetic": True}, saved_at=NOW)
    bank.bring(JANUARY)
    mixed = bank.score(EVERYONE)

    work_id = queue_demo_removal(**bank.ports())
    bank.work()

    removal = bank.queue.find(work_id)
    assert (removal.kind, removal.state, removal.result["deleted"]) == (WorkKind.REMOVAL, WorkState.DONE, 2)
    assert bank.ages() == {"a": 30, "b": 40}
    assert bank.queue.find(mixed).state is WorkState.EXPIRED
    assert bank.queue.find(removal.result["run_id"]).result["synthetic_leads"] == 0


def test_of_a_mixed_ranking_that_was_handed_out_the_real_leads_stay(bank):
    bank.services.customers.save_many(stub_leads([30, 45]), source={"kind": "demo", "synthetic": True}, saved_at=NOW)
    bank.bring(JANUARY)
    mixed = bank.score(EVERYONE)
    bank.queue.mark_handed_out(mixed, by="ben", at=NOW)

    queue_demo_removal(**bank.ports())
    bank.work()

    kept = bank.services.frames.load(f"run:{mixed}")
    assert kept[["rank", "customer_id"]].values.tolist() == [[2, "b"], [3, "a"]]
    assert len(bank.services.predictions.history("b")) >= 1


def test_an_upload_being_read_is_not_undone(bank):
    upload_id = queue_upload([JANUARY.encode()], "file.csv", files=bank.services.files, **bank.ports())

    with pytest.raises(ConflictError, match="being read right now"):
        queue_undo(upload_id, **bank.ports())


def test_leads_handed_out_while_a_removal_begins_stop_it(bank, monkeypatch):
    january, run_id = bank.bring(JANUARY)
    made = removals.undo_plan

    def hand_out_meanwhile(*args, **about):
        plan = made(*args, **about)
        bank.queue.mark_handed_out(run_id, by="ben", at=NOW)
        return plan

    monkeypatch.setattr(removals, "undo_plan", hand_out_meanwhile)

    removal = bank.undo(january)

    assert (removal.state, "took leads away just now" in removal.error) == (WorkState.FAILED, True)
    assert bank.ages() == {"a": 30, "b": 40}
    assert len(bank.services.frames.load(f"run:{run_id}")) == 2


def test_a_run_that_went_is_handed_out_to_nobody(bank):
    january, run_id = bank.bring(JANUARY)
    bank.undo(january)

    assert not bank.queue.mark_handed_out(run_id, by="ben", at=NOW)


def test_a_removal_and_a_ranking_wait_for_the_older_one_of_them(bank, monkeypatch):
    older = queue_run(EVERYONE, market="snapshot", **bank.ports())
    removal = queue_demo_removal(**bank.ports())
    newer = queue_run(EVERYONE, market="snapshot", **bank.ports())
    monkeypatch.setattr("smartbank.services.removal_plans._PAUSE_S", 0.0)
    for work_id in (older, removal, newer):
        bank.queue.claim("w", now=NOW, work_id=work_id)
    steps = []

    def end_when_waited_for(work_id):
        def report(progress):
            steps.append(progress.step)
            bank.queue.finish(work_id, "w", {}, now=NOW)

        return report

    wait_for_removals(older, steps.append, queue=bank.queue)
    assert steps == []
    wait_for_rankings(removal, end_when_waited_for(older), queue=bank.queue)
    wait_for_removals(newer, end_when_waited_for(removal), queue=bank.queue)
    assert steps == ["Waiting for a ranking that is under way", "Waiting for a removal that is under way"]


def test_a_ranking_that_never_ends_stops_a_removal(bank):
    older = queue_run(EVERYONE, market="snapshot", **bank.ports())
    bank.queue.claim("w", now=NOW, work_id=older)

    with pytest.raises(ConflictError, match="does not end"):
        wait_for_rankings("9", lambda _progress: None, queue=bank.queue, patience_s=-1)


def test_a_file_read_twice_stays_until_its_last_reading_goes(bank):
    first, _ = bank.bring(JANUARY)
    again = queue_remapped(bank.queue.find(first), {}, **bank.ports())
    bank.work()

    bank.undo(first)

    assert b"".join(bank.services.files.open(first)) == JANUARY.encode()
    bank.undo(again)
    with pytest.raises(NotFoundError):
        list(bank.services.files.open(first))


def test_demo_customers_beside_real_ones_are_ranked_by_themselves(bank):
    bank.bring(JANUARY)

    loaded = load_demo(stub_leads([50, 60]), customers=bank.services.customers, **bank.ports())
    bank.work()

    assert bank.queue.find(loaded.run_id).result["synthetic_leads"] == 2
    assert bank.queue.find(loaded.run_id).result["summary"]["leads"] == 2


def test_an_upload_whose_scoring_failed_is_offered_for_undoing(bank):
    upload_id, run_id = bank.bring("customer_id,age,job,objected\na,30,student,yes\n")

    (upload,) = recent_uploads(by=ANA, queue=bank.queue)

    assert (upload.upload_id, [run.run_id for run in upload.runs]) == (upload_id, [run_id])
    assert upload.state == "scoring did not end well"
    assert bank.undo(upload_id).result["deleted"] == 1
    assert recent_uploads(by=ANA, queue=bank.queue)[0].state == "undone"
