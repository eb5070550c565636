import re
from datetime import UTC, datetime

import pytest

from smartbank.core.bank_settings import BankSettings
from smartbank.core.market.scenarios import Scenario
from smartbank.core.people import Role
from smartbank.services.runs import RunSource, queue_run
from smartbank.services.uploads import queue_upload
from smartbank.ui.scenario_words import ASSOCIATION
from tests.actors import ANA
from tests.bank import EVERYONE
from tests.stubs import stub_leads
from tests.unit.test_scenarios import REPLAY, TODAY

NOW = datetime.now(UTC)
LOWER = "2.3350455"
"""Three tenths of a point less Euribor than today, which the stub takes for as many log-odds."""


@pytest.fixture
def run_id(services, work):
    """A run of 30 leads in the market in which the base rate was said."""
    said = BankSettings(base_rate=0.2, base_rate_source="our calls of last month", base_rate_market=TODAY)
    services.settings.save(said, by="ana", at=NOW)
    services.customers.save_many(stub_leads(list(range(30, 60))), source={}, saved_at=NOW)
    return score(services, work, EVERYONE)


@pytest.fixture
def replay_id(services, work):
    ports = {"queue": services.queue, "audit": services.audit, "by": ANA, "now": datetime.now(UTC)}
    upload_id = queue_upload([REPLAY.encode()], "replay.csv", files=services.files, **ports)
    work()
    return score(services, work, RunSource("upload", "replay.csv", upload_id=upload_id), market="file")


def score(services, work, source, market="snapshot"):
    run_id = queue_run(source, market=market, by=ANA, queue=services.queue, audit=services.audit, now=datetime.now(UTC))
    work()
    return run_id


@pytest.fixture
def open_scenarios(open_page):
    return lambda **query: open_page("market.py", section="Scenarios", **query)


def first_line(page):
    assert not page.exception, page.exception
    return page.subheader[0].value


def figures(page):
    return page.table[0].value


def said(page):
    return " ".join(each.value for each in page.markdown)


def test_without_a_run_the_section_says_what_to_do(open_scenarios):
    page = open_scenarios()

    assert first_line(page) == "There is no run to ask about yet."
    assert "Rank some leads first" in said(page) + " ".join(each.value for each in page.info)


def test_todays_market_leaves_a_run_made_in_it_as_it_is(open_scenarios, run_id):
    page = open_scenarios()

    assert re.fullmatch(
        r"In the market this run was scored in, [\d.]+ % would say yes: [\d.]+ sales expected among all 30 leads\.",
        first_line(page),
    )
    assert set(figures(page)["Difference"]) == {"0.0 points", "0.0", "0"}
    assert "euribor" not in page.query_params
    assert page.button(key="scenario_reset").disabled


def test_that_it_is_association_is_said_on_the_page_itself(open_scenarios, run_id):
    page = open_scenarios()

    assert ASSOCIATION in [each.value for each in page.caption]
    assert ASSOCIATION not in [each.value for expander in page.expander for each in expander.caption]


@pytest.mark.parametrize(
    ("name", "value", "said_as"),
    [
        ("euribor3m", 2.5, "With Euribor at 2.50 %, "),
        ("emp_var_rate", 1.0, "With employment at 1.0 %, "),
        ("cpi_yoy", 2.0, "With consumer prices at 2.00 %, "),
    ],
)
def test_each_figure_can_be_moved_and_the_first_line_and_the_address_say_it(
    open_scenarios, run_id, name, value, said_as
):
    page = open_scenarios()

    page.number_input(key=f"scenario_{name}").set_value(value).run()

    assert first_line(page).startswith(said_as)
    held = {"euribor3m": "euribor", "emp_var_rate": "emp", "cpi_yoy": "cpi"}
    expected = dict(zip(held.values(), TODAY, strict=True)) | {held[name]: value}
    assert {each: float(page.query_params[each]) for each in expected} == expected


def test_less_euribor_means_fewer_sales_in_the_table_as_in_the_sentence(open_scenarios, run_id):
    page = open_scenarios(euribor=LOWER)

    sales = figures(page).loc["Sales expected"]
    assert float(sales["In the scenario"]) < float(sales["As scored"])
    assert "instead of" in first_line(page)
    assert "would no longer be" in said(page)


def test_the_best_leads_alone_may_be_asked_about_and_the_address_says_how_many(open_scenarios, run_id):
    page = open_scenarios(euribor=LOWER)

    page.number_input(key="scenario_best").set_value(5).run()

    assert first_line(page).endswith("among the best 5.")
    assert page.query_params["best"] == "5"


def test_a_training_month_is_taken_as_a_whole_and_known_again(open_scenarios, run_id):
    page = open_scenarios()

    page.selectbox(key="scenario_from").set_value("2010-10").run()

    assert first_line(page).startswith("With Euribor at 1.00 %, employment at -1.1 % and consumer prices at 2.35 %, ")
    assert page.selectbox(key="scenario_from").value == "2010-10"
    page.number_input(key="scenario_cpi_yoy").set_value(2.3).run()
    assert page.selectbox(key="scenario_from").value == "Figures of your own"


def test_reset_goes_back_to_todays_market(open_scenarios, run_id):
    page = open_scenarios(euribor="1.0", emp="0", cpi="0")

    page.button(key="scenario_reset").click().run()

    assert first_line(page).startswith("In the market this run was scored in, ")
    assert "euribor" not in page.query_params


def test_a_colleagues_link_opens_the_same(open_scenarios, services, work, run_id):
    score(services, work, EVERYONE)
    link = {"run": run_id, "euribor": LOWER, "emp": "1.0", "cpi": "2.5", "best": "7"}

    page = open_scenarios(**link)

    assert first_line(page).startswith("With Euribor at 2.34 %, employment at 1.0 % and consumer prices at 2.50 %, ")
    assert first_line(page).endswith("among the best 7.")
    assert {name: page.query_params[name] for name in link} == link


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"euribor": "abc"}, "Euribor 3 months in the link is no figure between -1 and 8 percent"),
        ({"emp": "1e9"}, "Employment, year on year in the link is no figure between -10 and 10 percent"),
        ({"cpi": "nan"}, "Consumer prices, year on year in the link is no figure between -5 and 15 percent"),
        ({"best": "-3"}, "cannot be read: all leads are shown"),
        ({"run": "20200101-000000-000-abcdef"}, "The run in the link is not there, or not done"),
        ({"run": "<script>"}, "The run in the link is not there, or not done"),
    ],
)
def test_a_bad_value_in_a_link_gets_a_sentence_and_is_left_out(open_scenarios, run_id, query, sentence):
    page = open_scenarios(**query)

    assert any(sentence in each.value for each in page.warning)
    assert first_line(page).startswith("In the market this run was scored in, ")
    assert not set(query) & set(page.query_params)


def test_what_the_model_has_not_seen_is_said_with_what_is_used_instead(open_scenarios, run_id):
    page = open_scenarios(euribor="2.5", emp="9.9", cpi="3.3")

    assert "9.9 % is outside what the model has seen; it is scored as 1.4 %, the highest seen." in said(page)
    assert "2.50 % lies where the model has seen nothing" in said(page)
    assert "No training month was like this market as a whole" in said(page)


def test_the_guard_is_said_where_it_bites_and_nowhere_else(open_scenarios, run_id):
    held = said(open_scenarios(euribor="1.0"))

    assert (
        "From a level of 20.0 % the model alone would go down to 4.6 %. "
        "No scoring trusts a market that far; the guard that stops it there stops it here too."
    ) in held
    assert "log-odds" not in held
    assert "the guard" not in said(open_scenarios(euribor=LOWER))


def test_no_lead_of_a_run_changes_rank_and_the_count_is_said(open_scenarios, run_id):
    page = open_scenarios(euribor="1.0")

    assert "Leads that change rank: 0 of 30 leads." in said(page)
    assert "Changing rank" not in page.radio(key="scenario_list").options


def test_leads_of_a_replay_change_rank_and_the_biggest_moves_are_listed(open_scenarios, replay_id):
    page = open_scenarios(euribor="1.0", emp="1.1", cpi="2.35", best="2")
    page.radio(key="scenario_list").set_value("Changing rank").run()

    assert " for everybody, " in first_line(page)
    assert "1 of the best 2 would give their place to others." in said(page)
    moves = page.dataframe[0].value
    assert moves[["Customer", "Rank", "Rank in the scenario"]].to_numpy().tolist() == [["young", 1, 3], ["old", 2, 1]]


def test_a_lead_that_crosses_the_threshold_is_listed_with_before_and_after(open_scenarios, run_id):
    page = open_scenarios(euribor="1.0")

    crossing = page.dataframe[0].value
    assert set(crossing["Worth a call"]) == {"yes → no"}
    assert len(crossing) == -int(figures(page).loc["Worth a call", "Difference"])


def save(page, name):
    page.text_input(key="scenario_name").set_value(name)
    page.button(key="save_scenario").click().run()
    assert not page.exception


def test_a_saved_scenario_is_opened_again(open_scenarios, services, run_id):
    page = open_scenarios(euribor=LOWER)
    save(page, "A *little* lower")
    assert [each.value for each in page.success] == [
        r"**A \*little\* lower** is saved, and everybody who sees leads can open it."
    ]
    page.button(key="scenario_reset").click().run()

    page.button(key="open_scenario").click().run()

    assert first_line(page).startswith("With Euribor at 2.34 %, ")
    assert services.scenarios.all()[0].market == (float(LOWER), *TODAY[1:])


@pytest.mark.parametrize(("name", "sentence"), [("lower", "saved already by ben"), (" ", "a name of 1 to 60 letters")])
def test_a_name_that_is_taken_or_none_is_said_beside_the_form(open_scenarios, services, run_id, name, sentence):
    services.scenarios.add(Scenario("Lower", (1.0, 0.0, 0.0), "ben", NOW))
    page = open_scenarios()

    save(page, name)

    assert sentence in page.error[0].value
    assert [each.by for each in services.scenarios.all()] == ["ben"]
    assert page.multiselect(key="compared_scenarios")


def test_a_deleted_scenario_can_be_put_back(open_scenarios, services, run_id):
    kept = Scenario("Lower", (1.0, 0.0, 0.0), "ben", NOW)
    services.scenarios.add(kept)
    kept = services.scenarios.all()[0]
    page = open_scenarios()

    page.button(key="delete_scenario").click().run()
    assert services.scenarios.all() == []
    page.button(key="undo").click().run()

    assert services.scenarios.all() == [kept]
    assert page.success[0].value == "**Lower** is back."


def test_saved_scenarios_are_compared_side_by_side_on_the_run(open_scenarios, services, run_id):
    services.scenarios.add(Scenario("=Lower", (float(LOWER), *TODAY[1:]), "ben", NOW))
    services.scenarios.add(Scenario("today", TODAY, "ben", NOW))
    page = open_scenarios()

    keys = [each.scenario_id for each in services.scenarios.all()]
    page.multiselect(key="compared_scenarios").set_value(keys).run()

    table = page.dataframe[-1].value
    assert table["Scenario"].tolist() == ["As scored", "'=Lower", "today"]
    as_scored, lower, today = table["Sales expected"].astype(float)
    assert lower < as_scored == today


def test_an_auditor_sees_scenarios_and_saves_none(open_page, services, run_id):
    services.scenarios.add(Scenario("Lower", (1.0, 0.0, 0.0), "ben", NOW))

    page = open_page("market.py", role=Role.AUDITOR, section="Scenarios")

    assert first_line(page)
    assert page.button(key="open_scenario")
    assert not {"save_scenario", "delete_scenario"} & {each.key for each in page.button}


def test_going_to_another_section_and_back_keeps_the_scenario(open_scenarios, run_id):
    page = open_scenarios(euribor=LOWER)

    page.radio(key="section").set_value("Indicators").run()
    page.radio(key="section").set_value("Scenarios").run()

    assert first_line(page).startswith("With Euribor at 2.34 %, ")
