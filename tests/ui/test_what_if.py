from datetime import UTC, datetime

import pytest

from smartbank.core.people import Role
from smartbank.services.demo import DEMO_SOURCE
from smartbank.services.runs import queue_run
from tests.actors import ANA
from tests.bank import EVERYONE
from tests.stubs import stub_leads
from tests.ui.what_ifs import metrics, texts


def test_at_first_nothing_is_asked_and_the_figures_are_those_of_the_prediction(open_what_if, services):
    page = open_what_if(role=Role.AGENT)

    stored = services.predictions.history("lead-0")[0]
    assert page.subheader[0].value == "Change a field or the market below, and see what it does."
    assert metrics(page)["Propensity"].value == f"{100 * stored['propensity']:.1f} %"
    assert metrics(page)["Rank of 3"].value == "3"
    assert not any(metric.delta for metric in metrics(page).values())
    assert page.button(key="if_reset").disabled
    assert page.button(key="if_keep").disabled


def test_a_changed_field_changes_propensity_rank_band_and_waterfall(open_what_if):
    page = open_what_if()
    before = metrics(page)["Propensity"].value

    page.number_input(key="if_age").set_value(70).run()

    assert not page.exception
    after = metrics(page)
    assert page.subheader[0].value == f"{after['Propensity'].value} instead of {before}."
    assert "If Age were 70." in texts(page)
    assert (after["Rank of 3"].value, after["Rank of 3"].delta) == ("1", "+2 places")
    assert after["Propensity"].delta.startswith("+")
    assert f"**What if: {after['Propensity'].value}**" in texts(page)
    assert f"**As the customer is: {before}**" in texts(page)
    table = next(each.value for each in page.dataframe if "Points now" in each.value.columns)
    assert table.iloc[0][["Field", "Now", "What if"]].tolist() == ["Age", "30", "70"]


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("job", "retired", "Job were retired"),
        ("job", "unknown", "Job were unknown"),
        ("marital", "single", "Marital status were single"),
        ("education", "illiterate", "Education were"),
        ("default", "yes", "Credit in default were yes"),
        ("housing", "yes", "Housing loan were yes"),
        ("loan", "no", "Personal loan were no"),
        ("contact", "cellular", "Channel were"),
        ("poutcome", "success", "Outcome of the last campaign were"),
    ],
)
def test_every_category_can_be_asked_about(open_what_if, key, value, said):
    page = open_what_if()

    page.selectbox(key=f"if_{key}").set_value(value).run()

    assert not page.exception
    assert f"If {said}" in texts(page)


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("age", None, "Age were unknown"),
        ("attempt", 5, "Attempt were 5"),
        ("previous", 1, "Contacts in earlier campaigns were 1"),
        ("days_since_contact", 6, "Days since last contact were 6"),
    ],
)
def test_every_number_can_be_asked_about(open_what_if, key, value, said):
    page = open_what_if()

    page.number_input(key=f"if_{key}").set_value(value).run()

    assert not page.exception
    assert f"If {said}" in texts(page)


def test_calls_that_were_made_cannot_be_taken_back(open_what_if):
    assert open_what_if().number_input(key="if_attempt").min == 2


@pytest.mark.parametrize(("name", "value"), [("euribor3m", 4.0), ("emp_var_rate", -1.0), ("cpi_yoy", 1.0)])
def test_each_market_figure_moves_the_propensity_and_no_rank(open_what_if, name, value):
    page = open_what_if()

    page.slider(key=f"if_{name}").set_value(value).run()

    assert not page.exception
    assert "the market were Euribor" in texts(page)
    assert metrics(page)["Rank of 3"].value == "3"


def test_a_market_beyond_what_the_model_has_seen_is_flagged(open_what_if):
    page = open_what_if()

    page.slider(key="if_euribor3m").set_value(7.5).run()

    assert "7.50 % is outside what the model has seen" in texts(page)


def test_values_that_contradict_each_other_are_said_and_scored_all_the_same(open_what_if):
    page = open_what_if()
    page.number_input(key="if_previous").set_value(0).run()

    page.selectbox(key="if_poutcome").set_value("success").run()

    assert page.warning[-1].value == "The last campaign has an outcome, so there were contacts in it."
    assert metrics(page)["Propensity"].value


def test_back_to_the_customer_as_they_are(open_what_if):
    page = open_what_if()
    page.number_input(key="if_age").set_value(70).run()
    page.slider(key="if_euribor3m").set_value(4.0).run()

    page.button(key="if_reset").click().run()

    assert page.number_input(key="if_age").value == 30
    assert page.subheader[0].value.startswith("Change a field")


def test_a_link_opens_the_same_what_if(open_what_if):
    page = open_what_if(if_age="70", if_job="retired", if_euribor3m="4.0")

    assert "If Age were 70, Job were retired and the market were Euribor 4.00 %" in texts(page)


@pytest.mark.parametrize(
    "query",
    [
        {"if_age": "16"},
        {"if_age": "abc"},
        {"if_job": "astronaut"},
        {"if_euribor3m": "99"},
        {"if_attempt": "1"},
        {"if_job": "<script>"},
    ],
)
def test_what_cannot_be_in_a_link_is_left_out(open_what_if, query):
    assert open_what_if(**query).subheader[0].value.startswith("Change a field")


def test_the_next_customer_begins_with_their_own_figures(open_what_if):
    page = open_what_if()
    page.number_input(key="if_age").set_value(70).run()
    page.button(key="if_keep").click().run()

    page.text_input(key="customer").set_value("lead-1").run()

    assert not page.exception
    assert page.number_input(key="if_age").value == 60
    assert page.subheader[0].value.startswith("Change a field")
    assert not [each for each in page.dataframe if "If" in each.value.columns]


def test_a_list_that_is_no_longer_kept_gets_a_sentence(open_page, three_ranked, services):
    (run,) = [each["run_id"] for each in services.predictions.history("lead-0")]
    services.frames.delete(f"run:{run}")

    page = open_page("customer.py", customer="lead-0", section="What if")

    assert not page.exception
    assert "no longer kept" in page.error[0].value


def test_a_list_that_was_ranked_again_begins_with_the_customer_as_they_are(open_what_if, services, work):
    page = open_what_if()
    page.number_input(key="if_age").set_value(70).run()
    leads = stub_leads([35, 60, 40]).assign(job="student", attempt=4.0)
    services.customers.save_many(leads, source=DEMO_SOURCE, saved_at=datetime.now(UTC))
    queue_run(EVERYONE, market="snapshot", queue=services.queue, audit=services.audit, by=ANA, now=datetime.now(UTC))
    work()

    page.run()

    assert not page.exception
    assert (page.number_input(key="if_age").value, page.number_input(key="if_attempt").value) == (35, 4)
    assert page.subheader[0].value.startswith("Change a field")


def test_who_was_locked_out_moves_no_control(open_what_if, services):
    page = open_what_if()
    services.users.end_sessions_of("ana")

    page.number_input(key="if_age").set_value(70).run()

    assert "if_age" not in [each.key for each in page.number_input]
