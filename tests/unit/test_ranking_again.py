"""The customers of an upload are ranked again as they are stored, whether or not the file is still there."""

from dataclasses import replace
from datetime import timedelta

import pytest

from smartbank.core.work import WorkState
from smartbank.services.housekeeping import forget_old_files
from smartbank.services.runs import RunSource, find_run, ranked_leads
from tests.actors import ANA
from tests.bank import JANUARY, NOW, Bank

MANY = "customer_id,age,job\n" + "".join(f"c{i:03},{20 + i % 60},student\n" for i in range(240))


@pytest.fixture
def bank():
    return Bank()


def rank_again(bank, run_id):
    return find_run(bank.score(find_run(run_id, by=ANA, queue=bank.queue).source_again), by=ANA, queue=bank.queue)


def forget_files(bank):
    held = {"files": bank.services.files, "frames": bank.services.frames, "audit": bank.services.audit}
    forget_old_files(NOW + timedelta(days=3_650), queue=bank.queue, **held)


def ranked(bank, run_id):
    return ranked_leads(run_id, by=ANA, frames=bank.services.frames)


def test_customers_of_a_file_that_is_gone_are_ranked_by_what_is_stored_now(bank):
    _, first = bank.bring(JANUARY)
    forget_files(bank)
    bank.bring("customer_id,age,job\na,50,student\nz,60,student\n")

    again = rank_again(bank, first)

    assert ranked(bank, again.run_id)["customer_id"].tolist() == ["a", "b"]
    assert ranked(bank, first)["customer_id"].tolist() == ["b", "a"]
    assert again.result["saved"] == {"added": 0, "changed": 0, "unchanged": 0}


def test_a_whole_upload_ranked_again_and_again_sets_its_own_level_as_the_file_would(bank):
    upload_id, first = bank.bring(MANY)
    settings = bank.services.settings.current()
    bank.services.settings.save(replace(settings, base_rate=0.03), by="ana", at=NOW)
    of_the_file = bank.score(RunSource("upload", "file.csv", upload_id=upload_id))
    forget_files(bank)

    again = rank_again(bank, rank_again(bank, first).run_id)

    assert (again.result["level"]["anchor"], again.result["level_source"]) == ("run", "this run")
    propensities = [ranked(bank, run_id)["propensity"].tolist() for run_id in (again.run_id, of_the_file, first)]
    assert propensities[0] == propensities[1] != propensities[2]


def test_who_may_be_called_since_is_ranked_too_while_the_rows_of_the_file_are_kept(bank):
    _, first = bank.bring("customer_id,age,job,objected\na,30,student,\nb,40,student,yes\n")
    allowed = dict.fromkeys(("do_not_call", "objected", "consent"))
    bank.services.corrections.record_consent("b", allowed, version=1, source={"kind": "edit"}, saved_at=NOW)

    again = rank_again(bank, first)

    assert ranked(bank, first)["customer_id"].tolist() == ["a"]
    assert ranked(bank, again.run_id)["customer_id"].tolist() == ["b", "a"]


def test_undoing_the_upload_takes_the_ranking_made_again_back_too(bank):
    upload_id, first = bank.bring(JANUARY)
    again = rank_again(bank, first)

    bank.undo(upload_id)

    assert bank.queue.find(again.run_id).state is WorkState.EXPIRED
