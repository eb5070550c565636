"""The database is killed in the middle of something: what was acknowledged is there, and the rest is done once."""

import pytest

from smartbank.core.audit_chain import check_chain
from smartbank.core.call_lists import ListState
from smartbank.core.list_entries import data_hash, list_owner
from smartbank.core.outcomes import OutcomeKind
from smartbank.core.readiness import ReadinessReport
from smartbank.core.work import WorkKind, WorkState
from smartbank.errors import NotFoundError, StorageError
from smartbank.services.runs import run_owner
from tests.faults.embedded import NO_ANSWER, FaultyBank, customers, working
from tests.faults.proxy import order
from tests.start.processes import wait_for


def shown(page):
    """Return what a page says went wrong; it never shows an exception."""
    assert not page.exception
    return [each.value for each in page.error]


def test_while_a_file_is_saved_the_user_is_told_and_no_half_file_is_ever_read(bank, server, proxy, services):
    waiting = len(services.queue.every(WorkKind.UPLOAD))
    proxy.at(order("insert", "file_chunks"), server.kill, nth=2)

    with pytest.raises(StorageError, match="does not answer"):
        bank.upload(9_000_000 * b"x")
    server.revive()

    assert proxy.has_happened
    assert len(services.queue.every(WorkKind.UPLOAD)) == waiting
    [half] = services.files.saved_before(bank.now())[-1:]
    with pytest.raises(NotFoundError):
        services.files.open(half)
    services.files.delete(half)


def test_while_a_file_is_read_the_page_says_so_and_the_reading_begins_again(bank, server, proxy, services, open_page):
    upload_id = bank.upload(customers(300, prefix="READ"))
    proxy.at(order("insert", "run_frame_chunks"), server.kill)

    with working(services):
        wait_for(lambda: proxy.has_happened)
        said = shown(open_page("leads.py", view="Bring customers in", upload=upload_id))
        server.revive()
        upload = bank.done(upload_id)

    assert said == [NO_ANSWER]
    assert upload.state is WorkState.DONE
    report = ReadinessReport.from_json(upload.result)
    assert (report.rows, report.clean, report.aside) == (300, 300, 0)


def test_while_leads_are_scored_the_run_begins_again_and_ranks_as_if_nothing_had_been(
    bank, server, proxy, services, open_page
):
    upload_id = bank.upload(customers(1_100, prefix="SCORE"))
    with working(services):
        assert bank.done(upload_id).state is WorkState.DONE
        undisturbed = bank.score(upload_id)
        assert bank.done(undisturbed).state is WorkState.DONE
        proxy.at(order("insert", "predictions"), server.kill, nth=2)
        run_id = bank.score(upload_id)
        wait_for(lambda: proxy.has_happened)
        said = shown(open_page("leads.py", run=run_id))
        server.revive()
        run = bank.done(run_id)

    assert said == [NO_ANSWER]
    assert run.state is WorkState.DONE
    ranked, expected = (services.frames.load(run_owner(each)) for each in (run_id, undisturbed))
    same = ["rank", "customer_id", "margin", "propensity", "band"]
    assert ranked[same].equals(expected[same])
    assert ranked["rank"].tolist() == list(range(1, len(ranked) + 1))
    stored = services.predictions.in_run(run_id, 1, len(ranked))
    assert [each["customer_id"] for each in stored] == ranked["customer_id"].tolist()


def test_while_a_list_is_released_the_release_begins_again_and_claims_nobody_twice(bank, server, proxy, services):
    with working(services):
        run_id = bank.ranked(300, "LIST")
        proxy.at(order("insert", "call_list_claims"), server.kill, is_answered=True)
        list_id = bank.release(run_id)
        wait_for(lambda: proxy.has_happened)
        server.revive()
        release = bank.done(list_id)

    assert release.state is WorkState.DONE
    call_list = services.lists.find(list_id)
    entries = services.frames.load(list_owner(list_id))
    assert call_list.state is ListState.RELEASED
    assert entries["customer_id"].is_unique
    claimed = {customer for customer, holder in services.lists.claimed().items() if holder == list_id}
    assert claimed == set(entries["customer_id"])
    assert call_list.figures.data_hash == data_hash(entries)


@pytest.fixture(scope="module")
def list_id(faulty):
    """A released list."""
    bank = FaultyBank(faulty[2])
    with working(bank.services):
        released = bank.release(bank.ranked(100, "CALL"), name="Calls")
        bank.done(released)
    return released


@pytest.mark.parametrize("is_answered", [False, True], ids=["before it is kept", "after it is kept"])
def test_an_outcome_is_refused_in_a_sentence_and_recorded_once_when_it_is_sent_again(
    list_id, bank, proxy, api, is_answered
):
    services = bank.services
    entries = services.frames.load(list_owner(list_id)).set_index("place")
    customer_id = entries["customer_id"].loc[1 + is_answered]
    said = {"customer_id": customer_id, "attempt": 1, "outcome": "no_answer"}
    proxy.at(order("insert", "outcomes"), bank.server.kill, is_answered=is_answered)

    refused = api.post(f"/v1/call-lists/{list_id}/outcomes", json=said)
    bank.server.revive()
    kept = services.outcomes.of_customer(customer_id)
    again = api.post(f"/v1/call-lists/{list_id}/outcomes", json=said)

    assert proxy.has_happened
    assert (refused.status_code, refused.json()["detail"]) == (503, NO_ANSWER)
    assert refused.headers["Retry-After"] == "5"
    assert len(kept) == int(is_answered)
    assert again.status_code == 201
    assert [each.outcome for each in services.outcomes.of_customer(customer_id)] == [OutcomeKind.NO_ANSWER]
    assert not check_chain(services.audit.entries()).faults
