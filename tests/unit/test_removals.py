from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from smartbank.core.customers import CustomerQuery
from smartbank.core.people import Actor, Role
from smartbank.core.work import WorkKind, WorkState
from smartbank.errors import ConflictError, ForbiddenError, NotFoundError
from smartbank.services import removals
from smartbank.services.latest_scores import latest_scores
from smartbank.services.removal_plans import load_plan
from smartbank.services.removals import queue_demo_removal, queue_undo
from smartbank.services.runs import RunSource, queue_run, run_owner
from smartbank.services.uploads import Owners, queue_upload
from tests.bank import Bank
from tests.stubs import stub_leads

NOW = datetime(2026, 1, 5, 9, tzinfo=UTC)
EVERYONE = RunSource.of_query(CustomerQuery(), "all customers")
JANUARY = "customer_id,age,job\na,30,student\nb,40,student\n"
FEBRUARY = "customer_id,age,job\nb,41,retired\nc,50,student\nd,60,student\n"


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


def scored_four_times(bank):
    """Return an upload and its four rankings."""
    january, first = bank.bring(JANUARY)
    return january, [first, *(bank.score(RunSource("upload", "a.csv", upload_id=january)) for _ in range(3))]


def test_leads_taken_away_once_the_undo_began_keep_every_ranking(bank, monkeypatch):
    january, runs = scored_four_times(bank)
    planned = removals.save_plan

    def planned_and_taken(*args, **more):
        planned(*args, **more)
        bank.queue.mark_handed_out(runs[-1], by="ben", at=NOW)

    monkeypatch.setattr(removals, "save_plan", planned_and_taken)

    removal = bank.undo(january)

    assert (removal.state, "Nothing was removed." in removal.error) == (WorkState.FAILED, True)
    assert {bank.queue.find(run_id).state for run_id in runs} == {WorkState.DONE}
    assert load_plan(removal.work_id, frames=bank.services.frames) is None


def test_leads_taken_away_while_rankings_are_withdrawn_leave_no_half_of_one(bank, monkeypatch):
    january, runs = scored_four_times(bank)
    withdraw = bank.queue.withdraw

    def taken_meanwhile(run_id):
        if run_id == runs[2]:
            bank.queue.mark_handed_out(run_id, by="ben", at=NOW)
        return withdraw(run_id)

    monkeypatch.setattr(bank.queue, "withdraw", taken_meanwhile)

    removal = bank.undo(january)

    gone = [run_id for run_id in runs if bank.queue.find(run_id).state is WorkState.EXPIRED]
    assert (removal.state, len(gone)) == (WorkState.FAILED, len(set(runs)) - 2)
    assert f"No customer was removed, {len(gone)} other rankings were." in removal.error
    assert all(bank.services.frames.load(run_owner(run_id)).empty for run_id in gone)
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
