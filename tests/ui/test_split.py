"""Market and customer on the customer page and the ranked list."""

from datetime import UTC, datetime

import pytest

from smartbank.core.customers import CustomerQuery
from smartbank.core.people import Role
from smartbank.core.work import WorkKind
from smartbank.services.demo import DEMO_SOURCE
from smartbank.services.runs import RunSource, queue_run
from smartbank.services.uploads import queue_upload
from tests.actors import ANA
from tests.stubs import stub_leads

REPLAY = (
    b"customer_id,age,job,euribor3m,cpi,emp_var_rate\nc1,40,student,4.857,93.994,1.1\nc2,40,retired,0.857,93.994,1.1\n"
)


@pytest.fixture
def ranked(services, work):
    def ranked(ages):
        services.customers.save_many(stub_leads(ages), source=DEMO_SOURCE, saved_at=datetime.now(UTC))
        source = RunSource.of_query(CustomerQuery(), "all customers")
        queue_run(source, market="snapshot", by=ANA, queue=services.queue, audit=services.audit, now=datetime.now(UTC))
        work()

    return ranked


def table(page, first, second):
    (found,) = [each.value for each in page.dataframe if each.value.columns.tolist()[:2] == [first, second]]
    return found.set_index(first)


def captions(page):
    assert not page.exception
    return " ".join(each.value for each in page.caption)


@pytest.mark.parametrize("role", [Role.AGENT, Role.MANAGER])
def test_the_customer_page_says_what_is_bank_market_and_customer(open_page, services, ranked, role):
    ranked([40, 62])

    page = open_page("customer.py", customer="lead-1", role=role)

    (said,) = [each.value for each in page.markdown if each.value.startswith("How ")]
    assert "the market of September 2026 takes 2.2 points away, what is known of the customer adds " in said
    parts = table(page, "Part", "Percentage points")["Percentage points"]
    assert (parts["Market of September 2026"], parts["of it, earlier contacts"]) == ("-2.2", "0.0")
    assert parts["What is known of the customer"] == parts["of it, the person"]
    (newest,) = services.predictions.history("lead-1")
    assert parts["This lead"] == f"{100 * newest['propensity']:.1f} %"


def words(page):
    return " ".join([captions(page), *(each.value for each in page.markdown)])


def test_the_ranked_list_says_that_the_market_moves_all_alike_and_is_unlike_the_training(open_page, services, ranked):
    ranked([30, 60, 40])

    page = open_page("leads.py")

    said = words(page)
    (work,) = services.queue.recent(WorkKind.RUN)
    mean = f"{100 * work.result['summary']['expected_sales'] / 3:.1f} %"
    assert f"All leads on average {mean}: the model's average lead would stand at " in said
    assert "The market moves all leads alike; it explains none of the order." in said
    assert "Market: Employment outside what the model has seen, Euribor and consumer prices in a gap of it." in said
    assert table(page, "Part", "All leads, mean").loc["Mean propensity", "All leads, mean"] == mean
    assert table(page, "Market", "Value").loc["Employment, year on year", ["Value", "Scored as"]].tolist() == [
        "3.7 %",
        "1.4 %",
    ]
    assert any("it is scored as 1.4 %, the highest seen" in each.value for each in page.markdown)


def test_the_chosen_part_of_a_list_has_its_own_means(open_page, ranked):
    ranked([30, 60, 40])

    page = open_page("leads.py", best="1")

    assert "These leads on average " in words(page)
    parts = table(page, "Part", "All leads, mean")
    assert parts.loc["What is known of the customers", "Chosen leads, mean"].startswith("+")
    assert parts.loc["What is known of the customers", "Highest"].startswith("+")


def test_nobody_chosen_shows_no_split(open_page, ranked):
    ranked([30, 60])

    page = open_page("leads.py", **{"from": "99.0"})

    assert "leads on average" not in words(page)


def test_a_replay_says_of_how_many_leads_the_market_of_the_file_was_of_no_use(open_page, services, work):
    about = {"by": ANA, "queue": services.queue, "audit": services.audit, "now": datetime.now(UTC)}
    elsewhere = REPLAY.replace(b"93.994", b"128.02", 1)
    upload_id = queue_upload([elsewhere], "past.csv", files=services.files, **about)
    work()
    queue_run(RunSource("upload", "past.csv", upload_id=upload_id), market="file", **about)
    work()

    page = open_page("leads.py")

    assert (
        "Market: For 1 lead the file has consumer prices of no month the model knows: 3.30 %, the figure in force, "
        "stood in. These leads may stand in the wrong place."
    ) in captions(page)


def test_a_replay_says_how_much_of_the_differences_is_the_markets(open_page, services, work):
    about = {"by": ANA, "queue": services.queue, "audit": services.audit, "now": datetime.now(UTC)}
    upload_id = queue_upload([REPLAY], "past.csv", files=services.files, **about)
    work()
    queue_run(RunSource("upload", "past.csv", upload_id=upload_id), market="file", **about)
    work()

    page = open_page("leads.py")

    assert "The market explains 100 % of the differences between leads." in words(page)
    assert "Market: " not in captions(page).split("Model stub-1.")[1]
    history = open_page("customer.py", customer="c1", section="History").dataframe[-1].value
    assert history["Market"].tolist() == [
        "its file's own (a replay): Euribor 4.86 %, employment 1.1 %, consumer prices 2.78 %"
    ]
