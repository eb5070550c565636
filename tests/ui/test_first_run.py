from dataclasses import asdict, replace
from datetime import UTC, datetime

import pytest

from smartbank.core.customers import CustomerQuery
from smartbank.services.demo import DEMO_SOURCE
from smartbank.services.runs import RunSource, queue_run
from tests.actors import ANA
from tests.bank import EVERYONE
from tests.stubs import stub_leads

OWN_FILE = RunSource("upload", "own.csv", upload_id="u1")
THE_OLDEST = RunSource.of_query(CustomerQuery(min_age=60), "customers from 60")


@pytest.fixture
def runs(services, work):
    """Three customers ranked, then one of them alone: the ids of both runs."""
    leads = stub_leads([30, 60, 40]).assign(job="student", attempt=2.0)
    services.customers.save_many(leads, source=DEMO_SOURCE, saved_at=datetime.now(UTC))
    ids = []
    for source in (EVERYONE, THE_OLDEST):
        now = datetime.now(UTC)
        ids.append(queue_run(source, market="snapshot", queue=services.queue, audit=services.audit, by=ANA, now=now))
        work()
    return ids


def captions(page):
    assert not page.exception
    return " ".join(text.value for text in page.caption)


@pytest.mark.parametrize(
    ("script", "query"),
    [
        ("leads.py", {}),
        ("call_lists.py", {"section": "Plan a list"}),
        ("market.py", {"section": "Scenarios"}),
    ],
)
def test_pages_with_a_choice_begin_on_the_whole_and_name_the_newer_run(open_page, runs, script, query):
    whole, _ = runs

    page = open_page(script, **query)

    assert page.selectbox(key="run_choice").value == whole
    said = captions(page)
    assert "The newest of all, **customers from 60** (1 lead, " in said
    assert "), is only a selection. Choose it under **Run**." in said


@pytest.fixture
def own_row(services, runs):
    """The bank's own file of a single row, ranked after three demo customers."""
    made_up = services.queue.find(runs[0])
    own = made_up.result | {"synthetic_leads": 0, "summary": made_up.result["summary"] | {"leads": 1}}
    request = {"source": asdict(OWN_FILE), "market": "snapshot"}
    services.queue.add(replace(made_up, work_id=f"{runs[1]}-own", request=request, result=own))


def test_of_made_up_customers_it_is_not_said_that_they_speak_for_the_banks(open_page, own_row):
    said = captions(open_page("overview.py"))

    assert (
        "Shown is the newest large ranking, of made-up customers: all customers, 3 leads. The newest of all, "
        "**own.csv** (1 lead, " in said
    )
    assert "), is too small to begin on." in said
    assert "speaks for your customers" not in said


def test_of_the_banks_own_customers_it_is_said(open_page, services, runs):
    everyone = services.queue.find(runs[0])
    own = everyone.result | {"synthetic_leads": 2}
    services.queue.add(replace(everyone, work_id=f"{runs[0]}-own", result=own))

    assert "Shown is the newest ranking that speaks for your customers as a whole" in captions(open_page("overview.py"))


def test_nothing_is_said_where_the_newer_run_was_chosen(open_page, runs):
    _, selection = runs

    page = open_page("leads.py", run=selection)

    assert page.selectbox(key="run_choice").value == selection
    assert "The newest of all" not in captions(page)


@pytest.mark.parametrize(("script", "query"), [("overview.py", {}), ("model.py", {"section": "Next list"})])
def test_pages_without_a_choice_have_the_newer_run_a_click_away(open_page, runs, monkeypatch, script, query):
    gone = []
    monkeypatch.setattr("streamlit.switch_page", lambda page, *, query_params: gone.append((page, query_params)))
    page = open_page(script, **query)
    assert "all customers, 3 leads. The newest of all, **customers from 60** (1 lead, " in captions(page)

    page.button(key="go_newer_run").click().run()

    assert gone == [("pages/leads.py", {"view": "Ranked leads", "run": runs[1]})]


def test_the_overview_counts_the_whole(open_page, runs):
    page = open_page("overview.py")

    assert " of 3 leads " in page.title[0].value
    assert page.metric[0].value == "3"
