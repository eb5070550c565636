from datetime import UTC, datetime

import pytest

from smartbank.core.customers import CustomerQuery
from smartbank.core.work import WorkState
from smartbank.errors import ConflictError, NotFoundError
from smartbank.services import removals
from smartbank.services.demo import load_demo
from smartbank.services.recent_uploads import recent_uploads
from smartbank.services.removal_plans import wait_for_rankings, wait_for_removals
from smartbank.services.removals import queue_demo_removal, queue_undo
from smartbank.services.runs import RunSource, queue_run
from smartbank.services.uploads import queue_remapped, queue_upload
from tests.actors import ANA
from tests.bank import Bank
from tests.stubs import stub_leads

NOW = datetime(2026, 1, 5, 9, tzinfo=UTC)
EVERYONE = RunSource.of_query(CustomerQuery(), "all customers")
JANUARY = "customer_id,age,job\na,30,student\nb,40,student\n"
FEBRUARY = "customer_id,age,job\nb,41,retired\nc,50,student\nd,60,student\n"


@pytest.fixture
def bank():
    return Bank()


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
