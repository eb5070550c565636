"""A run under the rules on calling: whom it leaves out, what it keeps of that, and when they come back."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from smartbank.core.call_rules import RuleBook
from smartbank.core.exclusion import EXCLUDED_COLUMNS
from smartbank.core.outcomes import Outcome, OutcomeKind
from smartbank.core.people import Role
from smartbank.core.work import WorkState
from smartbank.errors import ForbiddenError
from smartbank.services.forgetting import forget_customers_in_run, forget_run, run_holds
from smartbank.services.housekeeping import forget_old_files
from smartbank.services.left_out import left_out, ruled_out, rules_of_run
from smartbank.services.runs import RunSource, find_run, left_out_owner, queue_run, ranked_leads
from tests.actors import ANA, EVERYBODY
from tests.bank import EVERYONE, FEBRUARY, JANUARY, NOW, Bank

PAST = (
    "customer_id,age,job,euribor3m,cons.price.idx,emp.var.rate\n"
    "a,30,student,4.857,93.994,1.1\nb,60,retired,1.3,92.893,-1.8\n"
)


@pytest.fixture
def bank():
    return Bank()


def called(bank, customer, outcome=OutcomeKind.NO_ANSWER, *, days=0.1):
    at = datetime.now(UTC) - timedelta(days=days)
    bank.services.outcomes.record(Outcome(customer, at, outcome, "some run", 0.1, 0.1))


def run_of(bank, run_id):
    return find_run(run_id, by=ANA, queue=bank.queue)


def ranked(bank, run_id):
    return sorted(ranked_leads(run_id, by=ANA, frames=bank.services.frames)["customer_id"])


def who(bank, run_id):
    found = left_out(run_id, by=ANA, frames=bank.services.frames)
    return dict(zip(found["customer_id"], found["rule"], strict=True))


def switch_off(bank, *rule_ids):
    book = bank.services.rules.current()
    for rule_id in rule_ids:
        book = book.with_rule(replace(book.rule(rule_id), on=False))
    bank.services.rules.save(book, by="ada", at=NOW)


def test_whom_a_rule_leaves_out_is_not_scored_but_counted_and_kept_by_rule(bank):
    bank.bring(JANUARY)
    bank.bring(FEBRUARY)
    called(bank, "a")
    called(bank, "d", OutcomeKind.SUBSCRIBED, days=100)

    run_id = bank.score(EVERYONE)

    run = run_of(bank, run_id)
    assert ranked(bank, run_id) == ["b", "c"]
    assert ruled_out(run) == {"cool_down": 1, "subscribed": 1}
    assert who(bank, run_id) == {"a": "cool_down", "d": "subscribed"}
    assert [each for each in bank.services.predictions.history("a") if each["run_id"] == run_id] == []


def test_customers_of_a_file_are_saved_also_where_a_rule_leaves_them_out(bank):
    called(bank, "a")

    _, run_id = bank.bring(JANUARY)

    assert bank.ages() == {"a": 30, "b": 40}
    assert (ranked(bank, run_id), who(bank, run_id)) == (["b"], {"a": "cool_down"})


def test_a_run_keeps_the_rules_it_was_made_under(bank):
    _, first = bank.bring(JANUARY)
    switch_off(bank, "cool_down")
    second = bank.score(EVERYONE)

    assert [rules_of_run(run_of(bank, run_id)).version for run_id in (first, second)] == [0, 1]
    assert rules_of_run(run_of(bank, second)) == bank.services.rules.current()


def test_a_run_that_left_nobody_out_has_an_empty_table_of_the_same_columns(bank):
    _, run_id = bank.bring(JANUARY)

    found = left_out(run_id, by=ANA, frames=bank.services.frames)

    assert (list(found.columns), len(found)) == (list(EXCLUDED_COLUMNS), 0)
    assert ruled_out(run_of(bank, run_id)) == {}


def test_who_objected_is_counted_as_such_and_under_no_rule(bank):
    called(bank, "a")

    _, run_id = bank.bring("customer_id,age,job,objected\na,30,student,yes\nb,40,student,\n")

    assert (run_of(bank, run_id).result["barred"], ruled_out(run_of(bank, run_id))) == ({"objected": 1}, {})


def test_a_run_in_which_nobody_is_left_says_which_rules_were_the_reason(bank):
    for customer in ("a", "b"):
        called(bank, customer)

    _, run_id = bank.bring(JANUARY)

    run = bank.queue.find(run_id)
    assert run.state is WorkState.FAILED
    assert run.error == ("The customers are saved, but nobody is left to score: 2 called within the last 3 days.")
    assert bank.services.frames.load(left_out_owner(run_id)).empty


def test_a_run_of_customers_who_are_all_gone_says_so(bank):
    upload_id, first = bank.bring(JANUARY)
    bank.services.corrections.delete(["a", "b"], upload_id=upload_id)

    again = bank.queue.find(bank.score(run_of(bank, first).source_again))

    assert again.error == "Nobody is left to score: none of them is stored any more."


def test_a_wrong_number_ends_when_the_customer_is_brought_anew(bank):
    bank.bring(JANUARY)
    called(bank, "a", OutcomeKind.WRONG_NUMBER, days=0)
    switch_off(bank, "cool_down")
    assert who(bank, bank.score(EVERYONE)) == {"a": "wrong_number"}

    _, run_id = bank.bring("customer_id,age,job\na,31,student\nb,40,student\n")

    assert ranked(bank, run_id) == ["a", "b"]
    assert ranked(bank, bank.score(EVERYONE)) == ["a", "b"]


@pytest.mark.parametrize("file_is_kept", [True, False])
def test_ranking_an_upload_again_brings_back_whom_a_rule_no_longer_leaves_out(bank, file_is_kept):
    called(bank, "a")
    _, first = bank.bring(JANUARY)
    assert ranked(bank, first) == ["b"]
    if not file_is_kept:
        held = {"files": bank.services.files, "frames": bank.services.frames, "audit": bank.services.audit}
        forget_old_files(NOW + timedelta(days=3_650), queue=bank.queue, **held)

    once_more = bank.score(run_of(bank, first).source_again)
    switch_off(bank, "cool_down")
    again = bank.score(run_of(bank, once_more).source_again)

    assert (ranked(bank, once_more), ranked(bank, again)) == (["b"], ["a", "b"])
    assert who(bank, again) == {}


def test_a_replay_has_no_rules(bank):
    upload_id, _ = bank.bring(PAST)
    called(bank, "a")

    source = RunSource("upload", "file.csv", upload_id=upload_id)
    run_id = queue_run(source, market="file", **bank.ports())
    bank.work()

    assert ranked(bank, run_id) == ["a", "b"]
    assert (ruled_out(run_of(bank, run_id)), who(bank, run_id)) == ({}, {})


def test_a_customer_who_is_forgotten_is_taken_out_of_those_left_out_too(bank):
    for customer in ("a", "c"):
        called(bank, customer)
    bank.bring(JANUARY)
    bank.bring(FEBRUARY)
    run_id = bank.score(EVERYONE)
    frames = bank.services.frames
    assert run_holds(run_id, ["a"], frames=frames)

    forget_customers_in_run(run_id, ["a"], frames=frames)

    assert not run_holds(run_id, ["a"], frames=frames)
    assert (who(bank, run_id), ranked(bank, run_id)) == ({"c": "cool_down"}, ["b", "d"])


def test_a_run_that_is_forgotten_leaves_nobody_behind(bank):
    called(bank, "a")
    _, run_id = bank.bring(JANUARY)

    forget_run(run_id, queue=bank.queue, frames=bank.services.frames, predictions=bank.services.predictions)

    assert who(bank, run_id) == {}
    assert bank.services.frames.load(left_out_owner(run_id)).empty


def test_undoing_an_upload_takes_the_ranking_with_whom_it_left_out(bank):
    called(bank, "a")
    upload_id, run_id = bank.bring(JANUARY)

    bank.undo(upload_id)

    assert bank.queue.find(run_id).state is WorkState.EXPIRED
    assert who(bank, run_id) == {}


def test_a_run_made_before_there_were_rules_has_the_defaults_and_left_nobody_out(bank):
    _, run_id = bank.bring(JANUARY)
    work = bank.queue.find(run_id)
    known = {name: value for name, value in work.result.items() if name not in ("ruled_out", "rule_book")}
    run = type(run_of(bank, run_id))(replace(work, result=known))

    assert (rules_of_run(run), ruled_out(run)) == (RuleBook(), {})


def test_an_agent_may_not_see_who_was_left_out(bank):
    with pytest.raises(ForbiddenError):
        left_out("any", by=EVERYBODY[Role.AGENT], frames=bank.services.frames)
