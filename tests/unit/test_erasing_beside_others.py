"""An erasure beside everything else: work under way, lists that run, scores that are made again."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from smartbank.bootstrap import call_ports, replay_ports
from smartbank.core.people import COMMAND_LINE, Actor, Role
from smartbank.core.work import WorkState
from smartbank.errors import (
    ForbiddenError,
)
from smartbank.services.list_comparison import compare_lists
from smartbank.services.my_work import my_work
from smartbank.services.replay_made import CUSTOMER_ERASED
from smartbank.services.replaying import replay_prediction, replay_run
from smartbank.services.runs import RunSource, queue_run
from smartbank.services.uploads import queue_upload
from tests.actors import ANA
from tests.erasures import HER, NAME, ErasureBank

BACK = f"customer_id,name,age,job,objected\n{HER},{NAME},79,retired,yes\nlead-3,Ana 3,23,student,no\n"


@pytest.fixture
def bank():
    return ErasureBank()


def test_a_file_read_before_and_scored_after_brings_nobody_back(bank):
    upload_id = queue_upload([BACK.encode()], "back.csv", files=bank.services.files, **bank.ports())
    bank.work()
    bank.services.erased.begin(HER, on=bank.clock.date())

    bank.score(RunSource("upload", "back.csv", upload_id=upload_id))

    assert bank.services.customers.load([HER])["customer_version"].tolist() == [3]


def test_who_calls_has_them_no_more_and_cannot_record_anything(bank):
    bank.erase()
    entries = bank.services.frames.load(f"list:{bank.list.list_id}")
    agent = Actor("rui", Role.AGENT, "192.0.2.8")
    mine = entries.assign(agent="rui", synthetic=False)
    bank.services.frames.append(f"list:{bank.list.list_id}", 0, mine)

    work = my_work(by=agent, ports=call_ports(bank.services), now=bank.clock, since=bank.clock)

    standing = work.progress.set_index("place")["standing"]
    assert (standing[1], standing[2]) == ("done", "done")
    assert not work.queue["customer_id"].str.startswith("erased~").any()
    with pytest.raises(ForbiddenError, match="not among your calls"):
        bank.call(bank.list, HER, "subscribed", attempt=3)


def test_lists_that_held_them_are_compared_all_the_same(bank):
    second = bank.release(name="Wednesday", calls=5, control=0.0, exploration=0.0)
    bank.erase()
    ids = bank.list.list_id, second.list_id

    compared = compare_lists(*ids, old_scorer=None, by=ANA, lists=bank.services.lists, frames=bank.services.frames)

    gone = compared.table[compared.table["customer_id"].str.startswith("erased~")]
    assert gone["change"].astype(str).tolist() == ["left"]
    assert gone["rank_before"].isna().all()


def test_an_entry_nobody_called_is_not_to_be_called_either(bank):
    called = bank.called(bank.list)[4]

    bank.erase(called)

    left = bank.called(bank.list)
    assert left[4].startswith("erased~")
    with_agent = bank.entries(bank.list).assign(agent="ana")
    bank.services.frames.append(f"list:{bank.list.list_id}", 0, with_agent)
    work = my_work(by=ANA, ports=call_ports(bank.services), now=bank.clock, since=bank.clock)
    assert work.progress.set_index("place")["standing"][5] == "must not be called"


def test_a_prediction_of_theirs_is_not_made_again_and_the_run_is_still_intact(bank):
    bank.erase()

    again = replay_prediction(f"{bank.run_id}:1", by=COMMAND_LINE, ports=replay_ports(bank.services))
    whole = replay_run(bank.run_id, by=COMMAND_LINE, ports=replay_ports(bank.services))

    assert again.obstacle == CUSTOMER_ERASED
    assert whole.obstacles == {CUSTOMER_ERASED: 1}
    assert (whole.tried, whole.faults, whole.n_different) == (60, [], 0)


def test_work_under_way_is_waited_for_and_later_work_waits(bank, monkeypatch):
    monkeypatch.setattr("smartbank.services.removal_plans._PAUSE_S", 0.0)
    older = queue_upload([BACK.encode()], "older.csv", files=bank.services.files, **bank.ports())
    bank.queue.claim("w", now=datetime.now(UTC), work_id=older)
    erasure = bank.ask()
    seen = []
    report = bank.queue.report

    def end_the_older(work_id, worker, progress, *, now):
        seen.append(progress.step)
        if progress.step.startswith("Waiting for a piece of work"):
            bank.queue.finish(older, "w", {}, now=now)
        report(work_id, worker, progress, now=now)

    monkeypatch.setattr(bank.queue, "report", end_the_older)
    bank.work()

    assert seen[0] == "Waiting for a piece of work that is under way"
    assert bank.queue.find(erasure).state is WorkState.DONE
    assert bank.queue.find(older).state is WorkState.EXPIRED


def test_work_that_never_ends_stops_an_erasure_which_stays_under_way(bank, monkeypatch):
    monkeypatch.setattr("smartbank.services.erasure_steps.PATIENCE_S", -1.0)
    older = queue_run(RunSource("upload", "a"), market="snapshot", **bank.ports())
    bank.queue.claim("w", now=datetime.now(UTC), work_id=older)

    removal = bank.erase()

    assert (removal.state, "does not end" in removal.error) == (WorkState.FAILED, True)
    assert bank.services.erased.is_under_way(HER)


def test_an_outcome_recorded_while_they_are_erased_is_met_by_the_next_pass(bank, monkeypatch):
    forget, recorded = bank.services.predictions.forget_customer, []
    (first, *_) = bank.services.outcomes.of_customer(HER)

    def record_meanwhile(customer_id, *, salt):
        if not recorded:
            recorded.append(bank.services.outcomes.record(replace(first, attempt=9, version=1)))
        return forget(customer_id, salt=salt)

    monkeypatch.setattr(bank.services.predictions, "forget_customer", record_meanwhile)

    bank.erase()

    assert bank.services.outcomes.every_version(HER) == []
    stays = [each for each in bank.services.outcomes.of_list(bank.list.list_id) if "~" in each.customer_id]
    assert len({each.customer_id for each in stays}) == 1
    assert [each.attempt for each in stays] == [1, 2, 9]
