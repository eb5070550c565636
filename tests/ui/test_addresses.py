"""A link opens for a colleague what it was copied from."""

from datetime import UTC, datetime

import pytest

from smartbank.core.customers import CustomerQuery
from smartbank.core.people import Role
from smartbank.services.demo import DEMO_SOURCE
from smartbank.services.runs import RunSource, queue_run
from tests.actors import ANA
from tests.stubs import stub_leads

FILE = b"age,job,euribor3m,cons.price.idx,emp.var.rate\n30,student,4.857,93.994,1.1\n60,retired,1.3,92.893,-1.8\n"
NOW = datetime.now(UTC)


def customers(services, n):
    leads = stub_leads([18 + i % 70 for i in range(n)])
    jobs = ["retired" if i % 2 else "student" for i in range(n)]
    services.customers.save_many(leads.assign(job=jobs), source=DEMO_SOURCE, saved_at=NOW)


def ranked(services, work):
    source = RunSource.of_query(CustomerQuery(), "all customers")
    run_id = queue_run(
        source, market="snapshot", by=ANA, queue=services.queue, audit=services.audit, now=datetime.now(UTC)
    )
    work()
    return run_id


def test_ranked_leads(open_page, services, work):
    customers(services, 350)
    first = ranked(services, work)
    ranked(services, work)
    address = {
        "run": first,
        "band": ["A", "D"],
        "from": "0.1",
        "best": "330",
        "sort": "Oldest first",
        "leads_page": "2",
    }

    page = open_page("leads.py", view="Ranked leads", **address)

    assert not page.exception
    assert page.radio(key="view").value == "Ranked leads"
    assert page.selectbox(key="run_choice").value == first
    assert page.multiselect(key="band").value == ["A", "D"]
    assert (page.number_input(key="from").value, page.number_input(key="best").value) == (0.1, 330)
    assert page.selectbox(key="sort").value == "Oldest first"
    assert page.session_state["leads_page"] == 2
    assert any(caption.value.startswith("Rows 101 to ") for caption in page.caption)


def test_stored_customers(open_page, services):
    customers(services, 300)
    address = {
        "q": "lead",
        "job": "retired",
        "marital": "married",
        "education": "high school",
        "housing": "yes",
        "loan": "no",
        "bands": "B",
        "age_from": "30",
        "age_to": "60",
        "contacted": "Within 30 days",
        "customer_sort": "Oldest first",
    }

    page = open_page("leads.py", view="Stored customers", **address)

    assert not page.exception
    chosen = {widget.key: widget.value for widget in (*page.multiselect, *page.number_input, *page.selectbox)}
    assert page.text_input(key="q").value == "lead"
    assert {name: chosen[name] for name in ("job", "marital", "education", "housing", "loan", "bands")} == {
        "job": ["retired"],
        "marital": ["married"],
        "education": ["high.school"],
        "housing": ["yes"],
        "loan": ["no"],
        "bands": ["B"],
    }
    assert (chosen["age_from"], chosen["age_to"]) == (30, 60)
    assert (chosen["contacted"], chosen["customer_sort"]) == ("Within 30 days", "Oldest first")


def test_a_page_of_stored_customers(open_page, services):
    customers(services, 500)

    page = open_page("leads.py", view="Stored customers", job="retired", customers_page="3")

    assert page.session_state["customers_page"] == 3
    assert any(caption.value == "Rows 201 to 250 of 250" for caption in page.caption)
    assert len(page.dataframe[0].value) == 50


@pytest.mark.parametrize("number", ["9", "0", "-1", "nonsense"])
def test_a_page_there_is_not_is_the_first(open_page, services, number):
    customers(services, 300)

    page = open_page("leads.py", view="Stored customers", customers_page=number)

    assert not page.exception
    assert any(caption.value == "Rows 1 to 100 of 300" for caption in page.caption)


def test_an_upload_and_its_market(open_page, work):
    page = open_page("leads.py", view="Bring customers in")
    page.file_uploader(key="leads_upload").upload("past.csv", FILE, "text/csv")
    page.button(key="check_file").click().run()
    work()
    page.run()
    upload_id = page.query_params["upload"]
    replay = "The market in the file (a replay)"

    colleague = open_page("leads.py", view="Bring customers in", upload=upload_id, market_choice=replay)

    assert colleague.title[0].value == "past.csv: 2 of 2 rows can be scored."
    assert colleague.radio(key="market_choice").value == replay


def test_a_customer(open_page, services):
    customers(services, 3)

    page = open_page("customer.py", customer="lead-1")

    assert page.text_input(key="customer").value == "lead-1"
    assert page.title[0].value.startswith("lead-1: ")


def test_the_overview_shows_the_same_to_everyone_and_asks_nothing(open_page, services, work):
    customers(services, 3)
    ranked(services, work)

    page = open_page("overview.py", nonsense="x")

    assert not page.exception
    assert not [*page.selectbox, *page.multiselect, *page.number_input, *page.text_input, *page.radio]


@pytest.mark.parametrize(("role", "said"), [(Role.AUDITOR, 1), (Role.MANAGER, 0)])
def test_a_link_to_bring_customers_in_says_so_where_the_role_does_not_include_it(open_page, role, said):
    page = open_page("leads.py", role=role, view="Bring customers in")

    refused = [
        caption.value for caption in page.caption if "which your role (auditor) does not include" in caption.value
    ]
    assert len(refused) == said
    assert not page.exception
