"""The model page: its first line, what the next list brings, its card, and who may do what."""

from datetime import UTC, datetime

import pytest

from smartbank.core.customers import CustomerQuery
from smartbank.core.people import Role
from smartbank.errors import StorageError
from smartbank.services.demo import DEMO_SOURCE
from smartbank.services.runs import RunSource, queue_run
from tests.actors import ANA
from tests.model_cards import CardScorer, model_card, said, services_with_card, tables
from tests.model_versions import promoted
from tests.stubs import StubScorer, stub_leads, stub_model

VIEWS = ("Next list", "How good", "Ranking", "Calibration", "What it looks at", "Fairness", "Drift", "Card")


@pytest.fixture
def services(request):
    return services_with_card(**getattr(request, "param", {}))


@pytest.fixture
def ranked(services, work):
    ages = [20 + place % 50 for place in range(100)]
    services.customers.save_many(stub_leads(ages), source=DEMO_SOURCE, saved_at=datetime.now(UTC))
    source = RunSource.of_query(CustomerQuery(), "all customers")
    queue_run(source, market="snapshot", by=ANA, queue=services.queue, audit=services.audit, now=datetime.now(UTC))
    work()


def test_the_first_line_says_how_much_better_than_average_with_an_interval(open_page):
    page = open_page("model.py")

    assert not page.exception
    assert page.title[0].value.replace("\u00a0", " ") == (
        "Among next month's leads, the best 20 % convert 1.5 times as often as average (1.4 to 1.6)."
    )
    assert page.caption[0].value.replace("\u00a0", " ") == (
        "Judged on 2 months the model had not seen: March 2009 to April 2009, 1,000 leads. Weighted by leads "
        "it is 1.7 times (1.6 to 1.8): April 2009 alone has 60.0 % of them."
    )


@pytest.mark.parametrize("services", [{"scorer": StubScorer()}], indirect=True)
@pytest.mark.parametrize("view", VIEWS)
def test_a_card_without_figures_is_said_in_words_in_every_view(open_page, view):
    page = open_page("model.py", section=view)

    assert not page.exception
    assert not page.error
    assert page.title[0].value == "Nothing is known yet of how good model stub-1 is."


def test_without_a_ranking_the_next_list_says_what_to_do(open_page):
    page = open_page("model.py")

    assert "No leads are ranked yet." in page.info[0].value
    assert not page.metric


@pytest.mark.usefixtures("ranked")
def test_the_next_list_says_what_it_brings_and_how_sure_that_is_both_ways(open_page):
    page = open_page("model.py")

    tiles = {tile.label: tile.value for tile in page.metric}
    assert list(tiles) == ["Best 20 %", "Expected sales", "If the level is right", "As months differ"]
    assert tiles["Best 20 %"] == "20 leads"
    right, differ = ([int(end) for end in tiles[name].split(" to ")] for name in list(tiles)[2:])
    assert differ[0] < right[0] < float(tiles["Expected sales"]) < right[1] < differ[1]
    words = said(page)
    assert "**If the level is right**, the best 20 leads of 100 (all customers) bring" in words
    assert "**As months differ**, it is" in words
    assert "in 1 of 2 months the model had not seen" in words
    random = float(page.metric[1].delta.removeprefix("at random "))
    assert 1.45 * random < float(page.warning[0].value.split("go by ")[1].split(" sales")[0]) < 1.55 * random
    assert f"rather than {tiles['Expected sales']}.**" in page.warning[0].value  # the stub ranks far too boldly
    assert "the best 20 % did 1.5 times (1.4 to 1.6)." in page.warning[0].value


BARE = {"lift_20_month_mean": 1.07}


@pytest.mark.usefixtures("ranked")
@pytest.mark.parametrize("services", [{"scorer": CardScorer(model_card(without_contact_history=BARE))}], indirect=True)
def test_the_next_list_says_what_is_left_without_contact_history(open_page):
    page = open_page("model.py")

    assert "Where all of that is unknown, the best 20 % bought 1.07 times as often as average." in said(page)


@pytest.mark.usefixtures("ranked")
@pytest.mark.parametrize("services", [{"scorer": CardScorer(model_card(level={}))}], indirect=True)
def test_without_a_level_on_the_card_there_is_one_interval_and_a_word_on_it(open_page):
    page = open_page("model.py")

    assert "As months differ" not in [tile.label for tile in page.metric]
    assert "the true range is wider" in said(page)


def test_a_link_opens_the_view_with_what_was_chosen_in_it(open_page):
    page = open_page("model.py", section="What it looks at", segment="Age", field="Job")

    assert not page.exception
    assert page.radio(key="section").value == "What it looks at"
    assert (page.selectbox(key="segment").value, page.selectbox(key="field").value) == ("Age", "Job")


@pytest.mark.parametrize("name", ["segment", "field"])
def test_a_choice_there_is_not_is_the_first(open_page, name):
    page = open_page("model.py", **{"section": "What it looks at", name: "nonsense"})

    assert not page.exception
    assert page.selectbox(key=name).value == {"segment": "everyone", "field": "Age"}[name]


def test_the_card_is_in_sentences_with_its_sources(open_page):
    page = open_page("model.py", section="Card")

    assert not page.exception
    words = said(page)
    assert "Trained on 1,000 calls from May 2008 to November 2010, of which 110 sold (11.0 %)." in words
    assert "* One bank only." in words
    assert "* UCI, CC BY 4.0." in words
    assert page.table[0].value["In the training rows"].to_dict() == {
        "Age": "17 to 98",
        "Job": "administration, student",
        "Education": "basic, 4 years; high school",
        "Consumer prices, year on year": "-1.67 to 3.35",
    }
    assert tables(page)[0].to_numpy().tolist() == [
        ["Trees", "200"],
        ["Where more can only raise or only lower", "Attempt falling"],
        ["xgboost", "3.2.0"],
    ]


@pytest.mark.parametrize(("role", "may_take"), [(Role.MANAGER, True), (Role.ADMIN, True), (Role.AUDITOR, False)])
@pytest.mark.parametrize(
    ("view", "files"),
    [
        ("How good", ["csv_protocols", "csv_baselines"]),
        ("Ranking", ["csv_deciles", "csv_bands"]),
        ("Calibration", ["csv_reliability", "csv_levels"]),
        ("What it looks at", ["csv_weights", "csv_values"]),
        ("Card", ["csv_parameters"]),
    ],
)
def test_tables_are_taken_away_only_by_those_who_may_export(open_page, role, may_take, view, files):
    page = open_page("model.py", role=role, section=view)

    assert [button.key for button in page.get("download_button")] == (files if may_take else [])


def test_every_chart_has_its_table(open_page):
    for view in ("Ranking", "Calibration", "What it looks at"):
        page = open_page("model.py", section=view)

        charts = len(page.get("plotly_chart"))
        assert charts == {"Ranking": 3, "Calibration": 2, "What it looks at": 2}[view]
        assert len([box for box in page.expander if box.label == "The same as a table"]) == 2


def test_an_agent_is_told_that_the_page_is_not_for_them(open_page):
    page = open_page("model.py", role=Role.AGENT)

    assert page.warning[0].value.startswith("Your role (agent) does not include this page.")
    assert not page.title


def test_a_database_that_is_away_is_said_in_words(open_page, services, monkeypatch):
    def away(*_args, **_more):
        raise StorageError("The database does not answer. Try again in a moment.")

    monkeypatch.setattr(services.queue, "recent", away)

    page = open_page("model.py")

    assert not page.exception
    assert "does not answer" in page.error[0].value
    assert page.title[0].value.startswith("Among next month's leads")


OWN_CARD = model_card()
OWN_CARD["data"] |= {"own_calls": 240, "own_sales": 20, "own_first_period": "2026-09"}


@pytest.mark.parametrize("services", [{"scorer": CardScorer(OWN_CARD)}], indirect=True)
def test_the_card_tells_the_banks_own_calls_from_those_smartbank_came_with(open_page):
    page = open_page("model.py", section="Card")

    told = said(page)
    assert "240 of these calls are your own, from September 2026 on; the others came with SmartBank." in told
    assert "SHA-256 of the calls: ab." in told


def test_what_the_model_looked_at_in_the_newest_list_is_shown_as_well(open_page, ranked, services):
    page = open_page("model.py", section="What it looks at", effects_in="Your ranked leads", field="Age")

    assert not page.exception
    assert "in 100 ranked leads" in said(page)
    values = tables(page)[1]
    assert sum(int(number) for number in values["Leads"]) == 100
    page.radio(key="effects_in").set_value("Past calls").run()
    assert "in 80 training rows" in said(page)


def test_a_list_of_another_model_is_not_offered(open_page, ranked, services):
    services.shelf.models["2026.2-00000009"] = stub_model("2026.2-00000009")
    services.registry.promote(promoted("2026.2-00000009", before="stub-1"))

    page = open_page("model.py", section="What it looks at")

    assert not page.exception
    assert "effects_in" not in [each.key for each in page.radio]
