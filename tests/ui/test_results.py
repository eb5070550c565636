"""The results page: what calling brought, how sure that is, and what it says where nothing can be said."""

from datetime import timedelta

from smartbank.core.people import Role
from tests.ui.results_page import NOW, ONE_LOOK, ranked, record, release, said, table, tiles

__all__ = ["ranked", "record", "release"]


def test_without_a_list_the_way_to_one_is_shown(open_page, monkeypatch):
    gone = []
    monkeypatch.setattr("streamlit.switch_page", lambda page, *, query_params: gone.append((page, query_params)))

    page = open_page("results.py")
    page.button(key="go_call_lists").click().run()

    assert page.title[0].value == "No list is released yet, so there is nothing to judge."
    assert gone == [("pages/call_lists.py", {})]


def test_a_list_without_outcomes_says_how_many_there_are_to_call(open_page, release, monkeypatch):
    gone = []
    monkeypatch.setattr("streamlit.switch_page", lambda page, *, query_params: gone.append((page, query_params)))
    list_id = release()

    page = open_page("results.py", list=list_id)
    page.button(key="go_call_lists").click().run()

    assert page.title[0].value == "No call for this list is recorded yet."
    assert page.info[0].value.startswith("100 customers to call, ")
    assert gone == [("pages/call_lists.py", {"section": "Released lists", "list": list_id})]
    assert not page.metric


def test_more_sales_than_without_calls(open_page, release, record):
    record(release(), sold=50, alone=10)

    page = open_page("results.py")

    assert page.title[0].value.startswith("Calling brought 40 more sales than not calling (")
    assert page.title[0].value.endswith(" a day after costs.")
    assert "**Calling brings more sales: sure, 19 times out of 20.**" in said(page)
    assert "50 of 100 customers on the lists bought. Without a call about 10 would have" in said(page)
    assert "all 100 customers that were to be called, reached or not, with 100 drawn at random" in said(page)
    assert ONE_LOOK in said(page)
    assert tiles(page) | {"Expected sales": ""} == {
        "Calls": "100",
        "Sold": "50",
        "Expected sales": "",
        "Profit so far": "3,200 EUR",
    }


def test_too_early_to_tell(open_page, release, record):
    record(release(), sold=12, alone=10)

    page = open_page("results.py")

    assert page.title[0].value.startswith("Not enough calls yet to tell what calling brings: 2 more sales than without")
    assert "**No difference can be told yet.**" in said(page)


def test_fewer_sales_than_without_calls(open_page, release, record):
    record(release(), sold=10, alone=50)

    page = open_page("results.py")

    assert page.title[0].value.startswith("Calling brought 40 fewer sales than not calling (")
    assert page.title[0].value.endswith("a day lost after costs.")
    assert "**Calling brings fewer sales: sure, 19 times out of 20.**" in said(page)


def test_without_anybody_held_out_it_says_what_to_do_next_time(open_page, release, record):
    record(release(control=0.0), sold=30)

    page = open_page("results.py")

    assert page.title[0].value.startswith("What calling brought cannot be told")
    assert "Plan the next list with a few customers who are not called" in page.info[0].value
    assert table(page, "List")["Extra sales"].tolist() == ["nobody held out"]


def test_while_nobody_knows_who_bought_without_a_call_nothing_is_compared(open_page, release, record, services):
    list_id = release()
    record(list_id, sold=30)

    page = open_page("results.py")

    assert page.title[0].value == (
        "30 of 100 customers bought so far. "
        "What calling brought can be told once it is known who bought without a call."
    )
    assert "not called, and nobody said yet which of them bought by themselves" in said(page)
    assert "19 times out of 20.**" not in said(page)
    page.button(key="bank_data_in").click().run()
    assert page.title[0].value.startswith("Calling brought 30 more sales than not calling")
    assert services.lists.find(list_id).bank_data_until is not None


def test_only_who_releases_lists_says_that_all_sales_are_in(open_page, release, record):
    record(release(), sold=30)

    page = open_page("results.py", role=Role.AUDITOR)

    assert "bank_data_in" not in {button.key for button in page.button}


def test_a_list_of_which_nobody_knows_is_not_compared_and_the_others_are(open_page, release, record):
    record(release("One"), sold=30, alone=5)
    release("Two", later=1, days=1)

    page = open_page("results.py")

    assert page.title[0].value.startswith("Calling brought")
    assert f"known up to {NOW - timedelta(hours=1):%-d %B %Y}" in said(page)
    assert "on 1 list are not called, and nobody said yet" in said(page)
