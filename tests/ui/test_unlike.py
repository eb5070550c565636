"""A list of customers far unlike those ranked before says so, and is ranked again by either answer."""

from datetime import UTC, datetime

import pytest

from smartbank.core.people import Role
from smartbank.core.work import WorkKind
from smartbank.services.runs import Run, RunSource, queue_run
from smartbank.services.uploads import queue_upload
from tests.actors import ANA
from tests.unit.test_whole_runs import EVERYBODY, THE_BEST

SAID = (
    "These customers are far more likely to buy than those ranked before (about 3.4 times as likely). If they were "
    "picked from a larger number, rank them again as picked: their percentages are too low."
)


@pytest.fixture
def bring(services, work):
    def bring(text, name):
        about = {"by": ANA, "queue": services.queue, "audit": services.audit, "now": datetime.now(UTC)}
        upload_id = queue_upload([text.encode()], name, files=services.files, **about)
        work()
        run_id = queue_run(RunSource("upload", name, upload_id=upload_id), market="snapshot", **about)
        work()
        return run_id

    return bring


@pytest.fixture
def best(bring):
    bring(EVERYBODY, "everybody.csv")
    return bring(THE_BEST, "best.csv")


@pytest.fixture
def opened(open_page, best):
    return open_page("leads.py", run=best)


@pytest.fixture
def newest_run(services):
    return lambda: Run(services.queue.recent(WorkKind.RUN)[0])


@pytest.mark.parametrize(("key", "picked"), [("rank_picked", True), ("rank_whole", False)])
def test_the_list_says_it_and_is_ranked_again_by_a_click(opened, work, newest_run, key, picked):
    page = opened
    (warning,) = page.warning
    assert warning.value.startswith(SAID)

    page.button(key=key).click().run()
    work()
    page.run()

    again = newest_run()
    assert not page.exception
    assert page.query_params["run"] == again.run_id
    assert (again.source.picked, again.source.said_whole) == (picked, not picked)
    assert not page.warning


def test_whoever_brings_nothing_in_reads_it_without_buttons(open_page, best):
    page = open_page("leads.py", role=Role.AUDITOR, run=best)

    assert page.warning[0].value.startswith(SAID)
    assert not {"rank_picked", "rank_whole"} & {button.key for button in page.button}


def test_the_overview_begins_on_the_ranking_before_and_leads_to_the_other(open_page, best):
    page = open_page("overview.py")

    (said,) = [caption.value for caption in page.caption if "The newest of all" in caption.value]
    assert "everybody.csv" in said
    assert "is of customers far unlike those ranked before." in said
    assert page.button(key="go_newer_run")


def test_a_first_list_unlike_the_reference_asks_for_nothing_where_it_is_everybody(open_page, bring):
    page = open_page("leads.py", run=bring(THE_BEST, "all.csv"))

    assert "than those the model learned from" in page.warning[0].value
    assert [button.key for button in page.button if button.key in ("rank_picked", "rank_whole")] == ["rank_picked"]
