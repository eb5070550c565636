"""Releases that break off, fail, or are refused."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from smartbank.bootstrap import list_ports
from smartbank.core.audit import AuditAction
from smartbank.core.call_lists import ListState, list_from, request_from
from smartbank.core.fair_list import ShareBounds
from smartbank.core.hold_out import HoldOut
from smartbank.core.list_entries import list_owner
from smartbank.core.work import WorkKind, WorkState
from smartbank.errors import ListConstraintError, NotFoundError, StorageError
from smartbank.services.eligible import eligible_leads
from smartbank.services.list_release import give_up_broken_off, release_list
from tests.releasing import asked, bank, entries_of, queue, release

__all__ = ["bank"]


def test_a_release_that_a_worker_broke_off_is_done_again_from_the_start(bank):
    list_id = queue(bank, asked(bank))
    lists, services = bank.services.lists, bank.services
    lists.claim(list_id, ["lead-0", "lead-1"])  # what the first try had claimed, of a plan that is another by now

    bank.work()

    claimed = {customer_id for customer_id, holder in lists.claimed().items() if holder == list_id}
    assert claimed == set(entries_of(bank, lists.find(list_id))["customer_id"])
    assert "lead-0" not in claimed
    work = services.queue.find(list_id)
    assert release_list(work, lambda _: None, ports=list_ports(services)) == dict(work.result)


def test_a_release_that_was_cancelled_gives_its_customers_up(bank):
    list_id = queue(bank, asked(bank))
    work = bank.services.queue.claim("w", now=bank.clock, work_id=list_id)

    def cancel(progress):
        if progress.step == "Keeping the list":
            bank.services.queue.cancel(list_id, now=bank.clock)
        bank.services.queue.report(list_id, "w", progress, now=bank.clock)

    with pytest.raises(Exception, match="cancelled"):
        release_list(work, cancel, ports=list_ports(bank.services))

    assert bank.services.lists.find(list_id).state is ListState.FAILED
    assert bank.services.lists.claimed() == {}
    assert bank.services.frames.load(list_owner(list_id)).empty


def test_a_release_that_is_cancelled_in_its_last_moment_is_taken_back(bank, monkeypatch):
    list_id = queue(bank, asked(bank))
    lists, cancelled = bank.services.lists, bank.services.queue.cancel
    move = lists.move

    def released_and_cancelled(changed, *, seen):
        done = move(changed, seen=seen)
        if changed.state is ListState.RELEASED:
            assert cancelled(list_id, now=bank.clock)
        return done

    monkeypatch.setattr(lists, "move", released_and_cancelled)

    bank.work()

    assert bank.services.queue.find(list_id).state is WorkState.CANCELLED
    assert lists.find(list_id).state is ListState.FAILED
    assert lists.claimed() == {}
    assert bank.services.frames.load(list_owner(list_id)).empty


def test_a_database_that_does_not_answer_leaves_the_release_to_be_tried_again(bank, monkeypatch):
    list_id = queue(bank, asked(bank))
    work = bank.services.queue.claim("w", now=bank.clock, work_id=list_id)
    whole = bank.services.frames.append
    monkeypatch.setattr(bank.services.frames, "append", refuse)

    with pytest.raises(StorageError):
        release_list(work, lambda _: None, ports=list_ports(bank.services))

    assert bank.services.lists.find(list_id).state is ListState.RELEASING
    monkeypatch.setattr(bank.services.frames, "append", whole)
    release_list(work, lambda _: None, ports=list_ports(bank.services))
    assert bank.services.lists.find(list_id).state is ListState.RELEASED


def refuse(*_arguments, **_more):
    raise StorageError("The database does not answer.")


def test_a_release_that_ended_badly_without_a_word_is_given_up(bank):
    ports = list_ports(bank.services)
    list_id = queue(bank, asked(bank))
    bank.services.lists.claim(list_id, ["lead-0"])
    assert give_up_broken_off(ports=ports) == 0

    bank.services.queue.cancel(list_id, now=bank.clock)

    assert [give_up_broken_off(ports=ports), give_up_broken_off(ports=ports)] == [1, 0]
    assert bank.services.lists.claimed() == {}


def test_a_release_is_on_record_with_its_seed_and_what_came_of_it(bank):
    call_list = release(bank)

    said = [each.event for each in bank.services.audit.entries() if each.event.action is AuditAction.RELEASE_LIST]

    assert [each.details["step"] for each in said] == ["queued", "done"]
    assert said[0].details["seed"] == "seed"
    assert said[1].details["data_hash"] == call_list.figures.data_hash
    assert {each.object_id for each in said} == {call_list.list_id}


def test_an_agent_who_is_none_any_more_is_named(bank):
    with pytest.raises(ListConstraintError, match="nobody cannot sign in as an agent any more"):
        queue(bank, asked(bank, agents=("nobody",)))
    assert bank.services.queue.recent(WorkKind.LIST) == []
    assert bank.services.lists.recent() == []


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"name": "  "}, "Give the list a name"),
        ({"name": "two\nlines"}, "on one line"),
        ({"attempts": 0}, "called 1 to 10 times"),
        ({"wait_days": 366}, "waits 1 to 365 days"),
        ({"share_field": "education", "bounds": {"x": ShareBounds(0.1)}}, "by age, marital status or job"),
    ],
)
def test_a_list_nobody_can_make_is_refused_in_words(bank, more, said):
    with pytest.raises(ListConstraintError, match=said):
        asked(bank, **more)


def test_a_list_reads_back_as_it_was_asked_for(bank):
    request = asked(
        bank, agents=("eva", "rui"), hold_out=HoldOut(0.1, 0), share_field="age", bounds={"under 30": ShareBounds(0.2)}
    )

    assert request_from(request.to_json()) == request
    call_list = release(bank)
    assert list_from(call_list.to_json()) == call_list


def test_a_run_of_a_market_of_the_past_is_no_list(bank):
    work = bank.services.queue.find(bank.run_id)
    bank.services.queue.add(replace(work, work_id="replay", request=work.request | {"market": "file"}))

    with pytest.raises(NotFoundError, match="market of the past"):
        eligible_leads("replay", ports=list_ports(bank.services), now=datetime.now(UTC))
