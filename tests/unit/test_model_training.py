from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from smartbank import worker
from smartbank.adapters.memory import MemoryWorkQueue
from smartbank.bootstrap import training_ports
from smartbank.core.audit import AuditAction, AuditResult
from smartbank.core.outcomes import Outcome, OutcomeKind
from smartbank.core.people import Actor, Role
from smartbank.core.work import WorkKind, WorkState
from smartbank.errors import ConflictError, ModelArtifactError, TrainingDataError
from smartbank.services.model_training import (
    MIN_NEW_CALLS,
    compare_with_champion,
    queue_training,
    training_is_due,
)
from smartbank.worker_jobs import timed_jobs
from tests.bank import EVERYONE, Bank
from tests.model_versions import CHALLENGER, CHAMPION, NINE, promoted
from tests.stubs import ScorerByAgeAndChannel, StubTrainer, model_with, stub_leads, stub_model

ADA = Actor("ada", Role.ADMIN, "192.0.2.9")
LEADS = 40


@pytest.fixture
def bank():
    """A bank that ranked forty customers and called all of them: the older half bought."""
    bank = Bank()
    leads = stub_leads([30 + number for number in range(LEADS)]).assign(contact="cellular")
    bank.services.customers.save_many(leads, source={"kind": "upload", "name": "a"}, saved_at=NINE)
    run_id = bank.score(EVERYONE)
    bank.services.outcomes.record_many(
        Outcome(
            f"lead-{lead}",
            NINE + timedelta(minutes=lead),
            OutcomeKind.SUBSCRIBED if lead >= LEADS // 2 else OutcomeKind.DECLINED,
            run_id,
            0.1,
            0.11,
        )
        for lead in range(LEADS)
    )
    return bank


def train(bank, by=ADA):
    about = {"queue": bank.queue, "audit": bank.services.audit, "now": datetime.now(UTC)}
    work_id = queue_training(by=by, **about)
    assert worker.run_once(bank.services)
    return bank.queue.find(work_id)


def compare(bank, version):
    return compare_with_champion(version, by=ADA, ports=training_ports(bank.services), now=NINE)


def test_a_challenger_is_trained_kept_judged_and_told_of(bank):
    work = train(bank)

    assert work.state is WorkState.DONE
    assert work.result["version"] == CHALLENGER
    assert (work.result["is_new"], work.result["own_calls"], work.result["passes"]) == (True, LEADS, False)
    assert work.result["verdict"].startswith("Not enough outcomes: 40 decided calls")
    trained = bank.services.registry.trained()
    assert {each.version for each in trained} == {CHALLENGER, StubTrainer.twin}
    assert {(each.by, each.own_calls, each.own_sales) for each in trained} == {("ada", LEADS, LEADS // 2)}
    assert bank.services.shelf.card(StubTrainer.twin)["twin_of"] == CHALLENGER
    (comparison,) = bank.services.registry.comparisons(CHAMPION)
    assert comparison.evidence["outcomes"] == LEADS
    assert comparison.evidence["champion_auc"] == 1.0
    assert comparison.evidence["challenger_auc"] == 0.0
    assert bank.services.scorer.version == CHAMPION
    (message,) = [each for each in bank.services.inbox.newest("ada") if "trained" in each.kind]
    assert message.query == {"section": "Versions"}
    steps = [entry.event.details.get("step") for entry in of(bank, AuditAction.TRAIN_MODEL)]
    assert steps == ["queued", "done"]


def test_where_age_and_marital_status_are_left_out_the_challenger_leaves_them_out_too(bank):
    bank.services.shelf.models["blind"] = stub_model("blind", twin_of=CHAMPION)
    bank.services.registry.promote(promoted("blind"))

    work = train(bank)

    assert work.result["version"] == StubTrainer.twin
    assert [each.challenger for each in bank.services.registry.comparisons("blind")] == [StubTrainer.twin]
    assert {each.version for each in bank.services.registry.trained()} == {CHALLENGER, StubTrainer.twin}


def of(bank, action):
    return [entry for entry in bank.services.audit.kept if entry.event.action is action]


def test_the_same_outcomes_again_are_nothing_new(bank):
    train(bank)
    kept = bank.services.registry.trained()

    assert train(bank).result["is_new"] is False
    assert bank.services.registry.trained() == kept


def test_a_training_that_cannot_begin_says_why_and_leaves_nothing(bank):
    def fail(_own, **_how):
        raise TrainingDataError("bank-additional-full.csv cannot be read.")

    bank.services.trainer.train = fail

    work = train(bank)

    assert (work.state, work.error) == (WorkState.FAILED, "bank-additional-full.csv cannot be read.")
    assert bank.services.registry.trained() == []
    assert bank.services.registry.comparisons(CHAMPION) == []


def test_one_training_waits_at_a_time(bank):
    about = {"queue": MemoryWorkQueue(), "audit": bank.services.audit, "now": NINE}
    queue_training(by=ADA, **about)

    with pytest.raises(ConflictError, match="being trained already"):
        queue_training(by=ADA, **about)
    assert [entry.event.result for entry in of(bank, AuditAction.TRAIN_MODEL)] == [
        AuditResult.DONE,
        AuditResult.FAILED,
    ]


def test_versions_that_saw_none_of_the_calls_are_compared_on_all_of_them(bank):
    other = ScorerByAgeAndChannel()
    other.version = "2026.2-00000003"
    bank.services.shelf.models[other.version] = model_with(other)

    done = compare(bank, other.version)

    assert done.evidence["outcomes"] == LEADS
    assert done.evidence["champion_auc"] == done.evidence["challenger_auc"] == 1.0
    assert bank.services.registry.comparisons(CHAMPION) == [done]
    (entry,) = of(bank, AuditAction.COMPARE_MODELS)
    assert entry.event.details["champion"] == CHAMPION


def learned_until(version, month):
    """Return a model whose card says until when it was trained."""
    loaded = stub_model(version)

    class Scorer(type(loaded.scorer)):
        card = loaded.scorer.card | {"version": version, "data": {"last_period": month}}

    scorer = Scorer()
    scorer.version = version
    return model_with(scorer)


def test_one_that_learned_from_later_calls_is_not_compared_with_them(bank):
    bank.services.shelf.models[CHALLENGER] = learned_until(CHALLENGER, "2026-11")

    with pytest.raises(ConflictError, match="learned from calls after the champion's"):
        compare(bank, CHALLENGER)
    assert bank.services.registry.comparisons(CHAMPION) == []


def test_calls_the_champion_learned_from_judge_nobody(bank):
    bank.services.shelf.models[CHALLENGER] = learned_until(CHALLENGER, "2026-11")
    bank.services.registry.promote(promoted())

    done = compare(bank, CHAMPION)

    assert done.evidence["outcomes"] == 0


def test_the_champion_is_not_compared_with_itself_nor_one_that_is_gone(bank):
    with pytest.raises(ConflictError, match="is in force"):
        compare(bank, CHAMPION)
    with pytest.raises(ModelArtifactError):
        compare(bank, "2026.2-00000009")


@pytest.fixture
def due(bank):
    def due(*, every=30, now=NINE + timedelta(days=60), queue=None):
        return training_is_due(
            every=timedelta(days=every),
            outcomes=bank.services.outcomes,
            queue=queue or bank.queue,
            now=now,
        )

    return due


def call_again(bank, number, *, at):
    bank.services.outcomes.record_many(
        Outcome(f"lead-{lead}", at, OutcomeKind.DECLINED, "r", 0.1, 0.11) for lead in range(number)
    )


def test_a_training_is_due_from_500_decided_calls_on(bank, due):
    assert MIN_NEW_CALLS == 500
    call_again(bank, 459, at=NINE + timedelta(days=1))
    assert not due()
    call_again(bank, 460, at=NINE + timedelta(days=1))
    assert due()


def test_calls_before_the_last_training_do_not_count_and_a_young_training_is_enough(bank, due):
    call_again(bank, 600, at=NINE + timedelta(days=1))
    trained_at = train(bank).created_at

    call_again(bank, 600, at=trained_at + timedelta(days=1))
    assert not due(now=trained_at + timedelta(days=29, hours=23))
    assert due(now=trained_at + timedelta(days=30))
    assert not due(every=0, now=trained_at + timedelta(days=300))


def test_none_is_due_while_one_waits(bank, due):
    call_again(bank, 600, at=NINE + timedelta(days=1))
    queue = MemoryWorkQueue()
    queue_training(by=ADA, queue=queue, audit=bank.services.audit, now=NINE)

    assert not due(queue=queue)


def test_the_worker_queues_what_is_due_in_its_own_name(bank):
    call_again(bank, 600, at=NINE + timedelta(days=1))
    (job,) = [job for job in timed_jobs(bank.services) if job.name == "training"]

    queued = job.run(lambda: None)["queued"]

    work = bank.queue.find(queued)
    assert (work.kind, work.created_by) == (WorkKind.TRAINING, "smartbank")
    assert job.run(lambda: None) == {"queued": ""}


def test_never_means_never(bank):
    call_again(bank, 600, at=NINE + timedelta(days=1))
    never = replace(bank.services.settings.current(), retrain_days=0)
    bank.services.settings.save(never, by="ada", at=NINE)
    (job,) = [job for job in timed_jobs(bank.services) if job.name == "training"]

    assert job.run(lambda: None) == {"queued": ""}
