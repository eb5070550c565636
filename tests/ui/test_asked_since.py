from datetime import UTC, datetime, timedelta

import pytest

from smartbank.bootstrap import asked_ports
from smartbank.core.asked_leads import AskedLead
from smartbank.services.asked_scores import score_asked
from smartbank.ui.text import when
from tests.actors import ANA


@pytest.fixture
def ask(services):
    def ask(customer, *, later, **more):
        now = datetime.now(UTC) + timedelta(minutes=later)
        score_asked([AskedLead(customer, **more)], by=ANA, ports=asked_ports(services), now=now)
        return now

    return ask


def asked_lines(page):
    assert not page.exception
    return [each.value for each in page.caption if "A program asked" in each.value]


def test_what_a_program_was_told_since_the_ranking_stands_below_the_score(open_page, three_ranked, ask):
    at = ask("lead-1", later=1, said={"age": 35.0})

    page = open_page("customer.py", customer="lead-1")

    (line,) = asked_lines(page)
    assert line.startswith(f":material/smart_toy: A program asked on {when(at)}: ")
    assert line.endswith(" %. The score above is that of the newest ranking, where it has its rank.")
    assert page.metric[0].value not in line


def test_what_a_program_was_told_before_the_ranking_is_history(open_page, three_ranked, ask):
    ask("lead-1", later=-60)

    assert asked_lines(open_page("customer.py", customer="lead-1")) == []


def test_of_a_customer_nobody_ranked_the_page_says_what_a_program_was_told(open_page, ask):
    ask("C1", later=0, said={"age": 50.0}, market={"euribor3m": 2.0})

    page = open_page("customer.py", customer="C1")

    assert page.title[0].value == "C1: not scored yet."
    (line,) = asked_lines(page)
    assert line.endswith(" %, in a market the program gave.")
