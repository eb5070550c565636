from datetime import UTC, datetime

import pytest

from smartbank.core.customers import CustomerQuery
from smartbank.core.people import Role
from smartbank.core.work import WorkKind, WorkState
from smartbank.services.demo import DEMO_SOURCE
from smartbank.services.runs import RunSource, queue_run
from smartbank.ui.text import plain
from tests.actors import ANA
from tests.stubs import stub_leads

NOW = datetime.now(UTC)
FILE = b"customer_id,age,job,name\nc1,30,student,Ana\nc2,60,retired,Bruno\nc3,40,wizard,Carla\nc4,abc,student,Duarte\n"


def customers(services, ages):
    services.customers.save_many(stub_leads(ages), source=DEMO_SOURCE, saved_at=NOW)


def ranked(services, work, ages):
    customers(services, ages)
    source = RunSource.of_query(CustomerQuery(), "all customers")
    run_id = queue_run(
        source, market="snapshot", queue=services.queue, audit=services.audit, by=ANA, now=datetime.now(UTC)
    )
    work()
    return run_id


def title(page):
    assert not page.exception
    return page.title[0].value


def test_without_a_run_the_page_says_what_to_do(open_page):
    page = open_page("leads.py")

    assert title(page) == "No leads are ranked yet."
    assert "Bring customers in" in page.info[0].value


def test_the_newest_run_is_shown_best_lead_first(open_page, services, work):
    ranked(services, work, [30, 60, 40])

    page = open_page("leads.py")

    assert title(page).startswith("3 leads: ")
    table = page.dataframe[0].value
    assert table.columns[:4].tolist() == ["Rank", "Band", "Propensity", "Name"]  # what fits on a phone
    assert table["Customer"].tolist() == ["lead-1", "lead-2", "lead-0"]
    assert table["Rank"].tolist() == [1, 2, 3]
    assert table["Strongest reason"].tolist()[0].startswith("Customers aged 40 to 49: 8 % bought")


def test_the_best_leads_filter_says_what_they_hold(open_page, services, work):
    ranked(services, work, [30, 60, 40])
    page = open_page("leads.py")

    page.number_input(key="best").set_value(1).run()

    assert title(page).startswith("The best 1 of 3 leads holds ")
    assert page.dataframe[0].value["Customer"].tolist() == ["lead-1"]


def test_a_propensity_nobody_reaches_shows_how_to_go_on(open_page, services, work):
    ranked(services, work, [30, 60, 40])
    page = open_page("leads.py")

    page.number_input(key="from").set_value(99.0).run()

    assert title(page) == "None of 3 leads matches."
    assert "Lower the propensity" in page.info[0].value


def test_bands_narrow_the_list(open_page, services, work):
    ranked(services, work, [20, 80])
    page = open_page("leads.py")

    page.multiselect(key="band").set_value(["A"]).run()

    assert page.dataframe[0].value["Band"].unique().tolist() == ["A"]


def test_the_sort_orders_all_leads_not_the_page(open_page, services, work):
    ranked(services, work, [30, 60, 40])
    page = open_page("leads.py")

    page.selectbox(key="sort").set_value("Youngest first").run()

    assert page.dataframe[0].value["Age"].tolist() == [30, 40, 60]


def test_a_link_opens_the_run_and_filter_it_names(open_page, services, work):
    first = ranked(services, work, [30, 60, 40])
    ranked(services, work, [20, 25])

    page = open_page("leads.py", run=first, best="2")

    assert title(page).startswith("The best 2 of 3 leads")


def test_choosing_another_run_puts_its_id_in_the_address(open_page, services, work):
    first = ranked(services, work, [30, 60, 40])
    ranked(services, work, [20, 25])
    page = open_page("leads.py")
    choice = page.selectbox(key="run_choice")

    choice.set_value(choice.options[1]).run()

    assert page.query_params["run"] == first
    assert title(page).startswith("3 leads")


def test_a_link_to_a_run_that_is_gone_says_so(open_page, services, work):
    ranked(services, work, [30, 60, 40])

    page = open_page("leads.py", run="20200101-000000-000-abcdef")

    assert not page.exception
    assert page.error


def test_a_run_that_waits_shows_its_progress_and_can_be_cancelled(open_page, services):
    customers(services, [30])
    source = RunSource.of_query(CustomerQuery(), "all customers")
    run_id = queue_run(source, market="snapshot", queue=services.queue, audit=services.audit, by=ANA, now=NOW)
    page = open_page("leads.py")

    page.button(key=f"cancel_{run_id}").click().run()

    assert services.queue.find(run_id).state == WorkState.CANCELLED
    assert "was cancelled" in page.info[0].value


def test_a_failed_run_says_why(open_page, services, work):
    source = RunSource.of_query(CustomerQuery(text="nobody"), "a selection")
    queue_run(source, market="snapshot", queue=services.queue, audit=services.audit, by=ANA, now=NOW)
    work()

    page = open_page("leads.py")

    assert "no lead to score" in page.error[0].value


def test_who_may_not_export_is_not_offered_to(open_page, services, work):
    ranked(services, work, [30, 60])

    page = open_page("leads.py", role=Role.AUDITOR)

    assert title(page).startswith("2 leads")
    assert not page.get("link_button")


def test_an_agent_is_told_the_page_is_not_for_the_role(open_page):
    page = open_page("leads.py", role=Role.AGENT)

    assert not page.title
    assert "does not include this page" in page.warning[0].value


def test_an_upload_is_read_reported_on_and_scored(open_page, services, work):
    page = open_page("leads.py", view="Bring customers in")
    page.file_uploader(key="leads_upload").upload("mine.csv", FILE, "text/csv")
    page.button(key="check_file").click().run()
    assert [upload.state for upload in services.queue.recent(WorkKind.UPLOAD)] == [WorkState.QUEUED]

    work()
    page.run()

    assert title(page) == "mine.csv: 3 of 4 rows can be scored."
    assert [metric.value for metric in page.metric] == ["4", "3", "1", "0"]

    page.button(key="score_upload").click().run()
    work()
    page.run()

    assert title(page).startswith("3 leads: ")
    assert page.dataframe[0].value["Name"].tolist() == ["Bruno", "Carla", "Ana"]


def test_a_file_with_its_own_market_can_be_replayed(open_page, services, work):
    page = open_page("leads.py", view="Bring customers in")
    content = (
        b"age,job,euribor3m,cons.price.idx,emp.var.rate\n30,student,4.857,93.994,1.1\n60,retired,1.3,92.893,-1.8\n"
    )
    page.file_uploader(key="leads_upload").upload("past.csv", content, "text/csv")
    page.button(key="check_file").click().run()
    work()
    page.run()
    assert page.radio(key="market_choice").value.startswith("The market in force")

    page.radio(key="market_choice").set_value("The market in the file (a replay)").run()
    page.button(key="score_upload").click().run()
    work()
    page.run()

    (run,) = services.queue.recent(WorkKind.RUN)
    assert run.request["market"] == "file"
    assert any(plain("the file's own (a replay)") in caption.value for caption in page.caption)


def test_asking_to_check_without_a_file_says_so(open_page, services):
    page = open_page("leads.py", view="Bring customers in")

    page.button(key="check_file").click().run()

    assert page.warning[0].value == "Choose a file first."
    assert services.queue.recent(WorkKind.UPLOAD) == []


def test_a_file_that_is_no_table_is_explained(open_page, work):
    page = open_page("leads.py", view="Bring customers in")
    page.file_uploader(key="leads_upload").upload("mine.csv", b"%PDF-1.4 no table", "text/csv")
    page.button(key="check_file").click().run()

    work()
    page.run()

    assert not page.exception
    assert "PDF" in page.error[0].value


def test_a_column_mapped_by_hand_is_read_again(open_page, services, work):
    page = open_page("leads.py", view="Bring customers in")
    page.file_uploader(key="leads_upload").upload("mine.csv", b"ref,years,job\nc1,30,student\n", "text/csv")
    page.button(key="check_file").click().run()
    work()
    page.run()

    page.selectbox(key="map_0_ref").set_value("customer_id")
    page.selectbox(key="map_1_years").set_value("age")
    page.button(key="read_again").click().run()
    work()
    page.run()

    assert title(page) == "mine.csv: 1 of 1 row can be scored."


def test_another_file_can_be_brought_instead(open_page, work):
    page = open_page("leads.py", view="Bring customers in")
    page.file_uploader(key="leads_upload").upload("mine.csv", FILE, "text/csv")
    page.button(key="check_file").click().run()
    work()

    page.button(key="another_file").click().run()

    assert title(page).startswith("Bring a file of customers")


@pytest.mark.parametrize("upload", ["nonsense", "../../etc/passwd"])
def test_a_link_to_an_upload_that_is_gone_says_so(open_page, upload):
    page = open_page("leads.py", view="Bring customers in", upload=upload)

    assert not page.exception
    assert page.error


def test_stored_customers_are_found_by_a_filter_and_ranked(open_page, services, work):
    customers(services, [30, 60, 40])
    page = open_page("leads.py", view="Stored customers")
    assert title(page) == "3 customers found."

    page.number_input(key="age_from").set_value(35).run()
    assert title(page) == "2 customers found."
    page.button(key="rank_found").click().run()
    work()
    page.run()

    assert title(page).startswith("2 leads: ")


def test_stored_customers_are_found_by_job(open_page, services):
    services.customers.save_many(
        stub_leads([30, 60]).assign(job=["student", "retired"]), source=DEMO_SOURCE, saved_at=NOW
    )
    page = open_page("leads.py", view="Stored customers")

    page.multiselect(key="job").set_value(["retired"]).run()

    assert page.dataframe[0].value["Customer"].tolist() == ["lead-1"]
