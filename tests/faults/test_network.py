"""The network between SmartBank and its database is slow, silent or cut: every answer comes, or a sentence does."""

import pytest

from smartbank.core.work import WorkState
from smartbank.errors import StorageError
from smartbank.services.runs import run_owner
from tests.faults.embedded import NO_ANSWER, customers, working
from tests.faults.proxy import order
from tests.start.processes import wait_for

LEAD = {"personal_info": {"age": 45, "job": "admin"}, "financial_info": {}}


def test_a_slow_database_makes_everything_slow_and_nothing_wrong(bank, proxy, services, api):
    proxy.delay_s = 0.03

    answer = api.post("/v1/predictions", json=LEAD)
    with working(services):
        run_id = bank.ranked(40, "SLOW")

    assert answer.status_code == 200
    assert services.frames.load(run_owner(run_id))["rank"].tolist() == list(range(1, 41))


@pytest.mark.parametrize("fault", ["cut", "silence"])
def test_without_a_network_a_sentence_comes_within_seconds_and_with_it_the_answer(proxy, api, open_page, fault):
    api.get("/v1/call-lists")
    getattr(proxy, fault)()

    refused = api.get("/v1/call-lists")
    page = open_page("leads.py")

    assert (refused.status_code, refused.json()["detail"]) == (503, NO_ANSWER)
    assert [each.value for each in page.error] == [NO_ANSWER]
    assert not page.exception
    proxy.mend()
    assert wait_for(lambda: api.get("/v1/call-lists").status_code == 200)
    assert not open_page("leads.py").error


@pytest.mark.parametrize("fault", ["cut", "silence"])
def test_a_run_whose_network_goes_away_is_done_once_it_is_back(bank, proxy, services, fault):
    with working(services):
        upload_id = bank.upload(customers(60, prefix=fault.upper()))
        bank.done(upload_id)
        proxy.at(order("insert", "predictions"), getattr(proxy, fault))
        run_id = bank.score(upload_id)
        wait_for(lambda: proxy.has_happened)
        with pytest.raises(StorageError, match="does not answer"):
            services.queue.find(run_id)
        proxy.mend()
        run = bank.done(run_id)

    assert run.state is WorkState.DONE
    assert services.frames.load(run_owner(run_id))["rank"].tolist() == list(range(1, 61))
    assert len(services.predictions.in_run(run_id, 1, 100)) == 60
