"""Erasing a customer on their page, to the end, and letting the id come back."""

import pytest

from smartbank.core.people import Role
from smartbank.core.work import WorkKind


@pytest.fixture
def asked(open_page, three_ranked):
    """An administrator's page of the best customer, with the form filled and sent."""

    def asked(customer="lead-1", typed="lead-1", reason="asked for it by letter of 3 May"):
        page = open_page("customer.py", customer=customer, role=Role.ADMIN)
        page.text_input(key="erase_typed").set_value(typed)
        page.text_area(key="erase_reason").set_value(reason)
        page.button(key="erase_customer").click().run()
        assert not page.exception
        return page

    return asked


def test_an_erasure_is_seen_through_on_the_page_and_then_there_is_nobody(asked, work, services):
    page = asked()
    (removal,) = services.queue.recent(WorkKind.REMOVAL)
    assert f"cancel_{removal.work_id}" not in [button.key for button in page.button]

    work()
    page.run()

    assert page.success[0].value.startswith("The customer is erased; 1 score and 0 outcomes of calls stay as figures")
    assert page.title[0].value == "There is no such customer."
    assert "was erased on" in page.info[0].value
    assert services.customers.count() == 2
    assert "lead-1" not in page.session_state["recent_customers"]


def test_the_figures_of_a_ranking_stay_and_say_so_once_somebody_of_it_is_erased(asked, open_page, work):
    asked()  # the first of three
    work()

    page = open_page("leads.py")

    assert page.title[0].value.startswith("3 leads: ")
    assert any(
        each.value.endswith(
            "1 lead of this ranking was erased since. The others keep their ranks, and the figures are still those of "
            "the day they were ranked."
        )
        for each in page.caption
    )
    assert page.dataframe[0].value["Rank"].tolist() == [2, 3]
    page.number_input(key="best").set_value(2).run()
    assert page.title[0].value.startswith("The best 1 of 3 leads holds ")


def test_ranks_on_a_customers_page_are_of_all_who_were_ranked_once_somebody_is_erased(asked, open_page, work):
    asked()
    work()

    page = open_page("customer.py", customer="lead-2", role=Role.MANAGER)

    assert page.title[0].value.endswith("rank 2 of 3.")
    assert [page.button(key=f"neighbour_{key}").label for key in ("better", "worse")] == ["Start of the list", "Rank 3"]
    page.radio(key="section").set_value("What if").run()
    assert "Rank of 3" in [each.label for each in page.metric]


@pytest.mark.parametrize(
    ("filled", "said"),
    [
        ({"typed": "lead-2"}, "is not this customer's"),
        ({"reason": "because"}, "Say why"),
        ({"reason": "lead-1 asked for it"}, "must not name the customer"),
    ],
)
def test_a_form_that_is_not_right_erases_nobody_and_says_why(asked, services, filled, said):
    page = asked(**filled)

    assert said in page.error[0].value
    assert services.queue.recent(WorkKind.REMOVAL) == []


def test_a_colleague_who_opens_an_erased_customer_is_told_and_offered_nothing(asked, open_page, work):
    asked()
    work()

    page = open_page("customer.py", customer="lead-1", role=Role.MANAGER)

    assert page.title[0].value == "There is no such customer."
    assert [button.key for button in page.button] == []


def test_an_administrator_lets_the_id_come_back(asked, open_page, work, services):
    asked()
    work()
    page = open_page("customer.py", customer="lead-1", role=Role.ADMIN)

    page.button(key="lift_erasure").click().run()

    assert "again" in page.success[0].value
    assert "Nobody was found" in page.warning[0].value
    assert services.erased.among(["lead-1"]) == {}


def test_what_the_process_remembers_is_forgotten_once_somebody_was_erased(asked, open_page, work):
    before = open_page("leads.py").dataframe[0].value["Customer"].tolist()
    asked()
    work()

    page = open_page("leads.py")

    assert before == ["lead-1", "lead-2", "lead-0"]
    assert page.dataframe[0].value["Customer"].tolist() == ["lead-2", "lead-0"]
