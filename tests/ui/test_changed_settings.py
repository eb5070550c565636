"""A ranking made under other settings says so, on the overview too, and is made again with a click."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from smartbank.core.people import Role
from smartbank.core.work import WorkKind
from smartbank.services.demo import load_demo
from smartbank.services.runs import RunSource, queue_run
from smartbank.services.uploads import queue_upload
from tests.actors import ANA
from tests.stubs import stub_leads

FILE = b"customer_id,age,job\nc1,30,student\nc2,60,retired\n"


@pytest.fixture
def about(services):
    return lambda: {"by": ANA, "queue": services.queue, "audit": services.audit, "now": datetime.now(UTC)}


@pytest.fixture
def ranked_file(services, work, about):
    upload_id = queue_upload([FILE], "mine.csv", files=services.files, **about())
    work()
    queue_run(RunSource("upload", "mine.csv", upload_id=upload_id), market="snapshot", **about())
    work()


@pytest.fixture
def gone(monkeypatch):
    gone = []
    monkeypatch.setattr("streamlit.switch_page", lambda page, *, query_params: gone.append((page, query_params)))
    return gone


def change(services):
    settings = replace(services.settings.current(), base_rate=0.03)
    services.settings.save(settings, by="ben", at=datetime.now(UTC))


def test_the_overview_says_that_settings_changed_and_leads_to_the_new_ranking(open_page, services, work, about, gone):
    load_demo(stub_leads([30, 60]), customers=services.customers, **about())
    work()
    assert not open_page("overview.py").warning
    change(services)
    page = open_page("overview.py")
    assert page.warning[0].value.startswith("Base rate 11.3 % then, 3 % now.")

    page.button(key="rank_again").click().run()

    (run, _) = services.queue.recent(WorkKind.RUN)
    assert gone == [("pages/leads.py", {"view": "Ranked leads"})]
    assert page.session_state["show_run"] == run.work_id


def test_a_list_made_of_a_file_is_ranked_again_without_it(open_page, services, work, ranked_file):
    change(services)
    page = open_page("leads.py")

    page.button(key="rank_again").click().run()
    work()
    page = open_page("leads.py")

    (run, _) = services.queue.recent(WorkKind.RUN)
    assert run.request["source"]["kind"] == "uploaded"
    assert not page.warning
    assert page.dataframe[0].value["Customer"].tolist() == ["c2", "c1"]


@pytest.mark.parametrize("script", ["overview.py", "leads.py"])
def test_who_ranks_nobody_reads_that_settings_changed_without_a_button(open_page, services, ranked_file, script):
    change(services)

    page = open_page(script, role=Role.AUDITOR)

    assert len(page.warning) == 1
    assert "rank_again" not in [button.key for button in page.button]
