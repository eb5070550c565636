"""A ranking made under other settings says so, on the overview too, and is made again with a click."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from smartbank.core.market.indicators import Indicator
from smartbank.core.market.points import point_of
from smartbank.core.market.snapshot import BUNDLED_SNAPSHOT
from smartbank.core.people import Role
from smartbank.core.work import WorkKind
from smartbank.services.demo import load_demo
from smartbank.services.runs import RunSource, queue_run
from smartbank.services.uploads import queue_upload
from tests.actors import ANA
from tests.markets import observed
from tests.model_versions import CHALLENGER, promoted
from tests.stubs import stub_leads, stub_model

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
def test_a_list_of_another_model_than_the_one_in_force_says_so(open_page, services, ranked_file, script):
    services.shelf.models[CHALLENGER] = stub_model(CHALLENGER)
    services.registry.promote(promoted())

    page = open_page(script)

    said = f"Model {CHALLENGER} is in force, and another one ranked this list: the order may change."
    assert page.warning[0].value == said


@pytest.mark.parametrize("script", ["overview.py", "leads.py"])
def test_a_list_ranked_before_the_fields_were_switched_says_so(open_page, services, ranked_file, work, script):
    services.shelf.models[CHALLENGER] = stub_model(CHALLENGER, twin_of="stub-1")
    services.registry.promote(promoted())

    page = open_page(script)
    assert page.warning[0].value.startswith("Age and marital status no longer count, and this list was ranked with")
    page.button(key="rank_again").click().run()
    work()
    services.registry.promote(promoted("stub-1", before=CHALLENGER, number=2))

    assert open_page(script).warning[0].value.startswith("Age and marital status count again")


@pytest.mark.parametrize("script", ["overview.py", "leads.py"])
def test_who_ranks_nobody_reads_that_settings_changed_without_a_button(open_page, services, ranked_file, script):
    change(services)

    page = open_page(script, role=Role.AUDITOR)

    assert len(page.warning) == 1
    assert "rank_again" not in [button.key for button in page.button]


def move_market(services, euribor):
    today = datetime.now(UTC)
    services.observations.record_many([observed(Indicator.EURIBOR, euribor, f"{today:%Y-%m}", fetched_at=today)])


@pytest.fixture
def own_base_rate(services):
    """A base rate of 10 % said in the bundled market, so that the guard leaves the market room."""
    rules = {"base_rate": 0.1, "base_rate_source": "you", "base_rate_market": point_of(BUNDLED_SNAPSHOT)}
    services.settings.save(replace(services.settings.current(), **rules), by="ben", at=datetime.now(UTC))


@pytest.mark.parametrize("script", ["overview.py", "leads.py"])
def test_a_market_that_moved_is_said_with_what_the_level_would_be(
    open_page, services, own_base_rate, ranked_file, script
):
    assert not open_page(script).warning
    move_market(services, 2.5350455)

    page = open_page(script)

    assert not page.exception
    assert page.warning[0].value == (
        "Euribor 3 months 2.64 % then, 2.54 % now; the level would be 9.1 %, 0.9 points less than 10.0 %. "
        "The order stays right, the percentages and bands do not."
    )
    assert page.button(key="rank_again")


@pytest.mark.usefixtures("own_base_rate", "ranked_file", "gone")
def test_ranked_again_the_market_moved_today(open_page, services, work):
    move_market(services, 2.5350455)
    page = open_page("overview.py")
    assert page.title[0].value.endswith("; the market moved since that ranking.")

    page.button(key="rank_again").click().run()
    work()
    page = open_page("overview.py")

    assert not page.warning
    assert page.title[0].value.endswith("; the market moved today.")


def test_a_market_that_leaves_the_level_where_it_is_asks_for_nothing(open_page, services, ranked_file):
    move_market(services, 2.5)  # the default's base rate was measured at 3.6, so both are beyond the guard

    page = open_page("overview.py")

    assert not page.warning


def test_settings_and_market_are_said_together(open_page, services, own_base_rate, ranked_file):
    change(services)
    move_market(services, 2.5350455)

    (warning,) = open_page("overview.py").warning

    assert warning.value.startswith("Base rate 10 % then, 3 % now; Euribor 3 months 2.64 % then")


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"follow_outcomes": False}, "Follow own outcomes yes then, no now."),
        (
            {"base_rate_market": (2.0, 3.7, 3.3), "base_rate_source": "your bank, asked on 5 Jan 2026"},
            "The base rate is the same figure, but now it is of your bank, asked on 5 Jan 2026, measured in: Euribor",
        ),
    ],
)
def test_a_list_says_that_its_level_would_be_another_now(open_page, services, ranked_file, values, said):
    settings = replace(services.settings.current(), **values)
    services.settings.save(settings, by="ben", at=datetime.now(UTC))

    page = open_page("overview.py")

    assert page.warning[0].value.startswith(said)


def test_while_leads_are_being_ranked_ranking_again_is_not_offered(open_page, services, work, about):
    load_demo(stub_leads([30, 60]), customers=services.customers, **about())
    work()
    change(services)
    queue_run(RunSource("customers", "everybody", query={}), market="snapshot", **about())

    page = open_page("overview.py")

    assert page.warning[0].value.startswith("Base rate 11.3 % then, 3 % now.")
    assert not [button for button in page.button if button.key == "rank_again"]
    assert any("being ranked right now" in caption.value for caption in page.caption)
