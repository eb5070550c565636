from datetime import UTC, datetime, timedelta

from smartbank.core.customers import CustomerQuery
from smartbank.core.fields import FIELD, LEAD_COLUMNS
from smartbank.core.outcomes import Outcome, OutcomeKind
from smartbank.core.people import Role
from smartbank.services.demo import DEMO_SOURCE
from smartbank.services.runs import RunSource, queue_run
from smartbank.ui.text import when
from tests.actors import ANA
from tests.model_cards import CardScorer, FewRows
from tests.stubs import model_with, stub_leads

NOW = datetime.now(UTC)


def customers(services, ages, names):
    leads = stub_leads(ages).assign(name=names)
    services.customers.save_many(leads, source=DEMO_SOURCE, saved_at=datetime.now(UTC))


def rank_all(services, work):
    source = RunSource.of_query(CustomerQuery(), "all customers")
    queue_run(source, market="snapshot", queue=services.queue, audit=services.audit, by=ANA, now=datetime.now(UTC))
    work()


def test_without_a_customer_the_page_says_how_to_find_one(open_page):
    page = open_page("customer.py", role=Role.AGENT)

    assert not page.exception
    assert "Type an id, a name or a phone number" in page.info[0].value


def test_a_customer_is_shown_with_propensity_rank_and_reasons(open_page, services, work):
    customers(services, [30, 60], ["Ana Silva", "Bruno Costa"])
    rank_all(services, work)

    page = open_page("customer.py", customer="lead-1", role=Role.AGENT)

    assert not page.exception
    assert page.title[0].value.startswith("Bruno Costa: ")
    assert page.title[0].value.endswith("rank 1 of 2.")
    assert any("Customers aged 40 to 49" in text.value for text in page.markdown)
    assert page.get("plotly_chart")


def test_a_reason_that_moves_less_than_half_a_point_is_not_said_to_move_minus_zero(open_page, services, work):
    customers(services, [39.7, 90], ["Ana Silva", "Bruno Costa"])
    rank_all(services, work)

    young, old = open_page("customer.py", customer="lead-0"), open_page("customer.py", customer="lead-1")

    assert not any("percentage points." in each.value for each in young.markdown)
    assert any(each.value.endswith(") percentage points.") for each in old.markdown)


def test_a_customer_never_scored_is_shown_all_the_same(open_page, services):
    customers(services, [30], ["Ana Silva"])

    page = open_page("customer.py", customer="lead-0")

    assert page.title[0].value == "Ana Silva: not scored yet."
    assert not page.exception


def test_a_changed_customer_is_said_to_have_an_older_score(open_page, services, work):
    customers(services, [30, 60], ["Ana Silva", "Bruno Costa"])
    rank_all(services, work)
    customers(services, [31, 60], ["Ana Silva", "Bruno Costa"])

    page = open_page("customer.py", customer="lead-0")

    assert "changed after this score" in page.warning[0].value


def test_who_bought_since_the_ranking_is_said_not_to_be_called_now(open_page, services, work):
    customers(services, [30, 60], ["Ana Silva", "Bruno Costa"])
    rank_all(services, work)
    services.outcomes.record(Outcome("lead-1", NOW, OutcomeKind.SUBSCRIBED, "r", 0.2, 0.1))

    bought, other = open_page("customer.py", customer="lead-1"), open_page("customer.py", customer="lead-0")

    assert bought.warning[0].value.startswith("Whoever bought within the last 365 days is not called. A ranking")
    assert {each.label: each.value for each in bought.metric}["Decision"] == "On no new list"
    assert not other.warning
    assert {each.label: each.value for each in other.metric}["Decision"] in ("Worth a call", "Not worth a call")


def test_who_was_never_scored_and_is_not_called_now_is_not_sent_to_the_ranking(open_page, services):
    customers(services, [30], ["Ana Silva"])
    services.outcomes.record(Outcome("lead-0", datetime.now(UTC), OutcomeKind.WRONG_NUMBER, "r", 0.2, 0.1))

    page = open_page("customer.py", customer="lead-0")

    assert page.warning[0].value.startswith("Whoever has a wrong number is not called")
    assert not any("Rank this customer" in each.value for each in page.info)


def test_a_name_finds_the_customers_who_have_it(open_page, services):
    customers(services, [30, 60], ["Ana Silva", "Bruno Costa"])

    page = open_page("customer.py", customer="bru")

    assert page.title[0].value == "1 customer found."
    assert page.dataframe[0].value["Name"].tolist() == ["Bruno Costa (demo)"]


def test_nobody_found_is_said_with_what_to_type(open_page):
    page = open_page("customer.py", customer="nobody")

    assert not page.exception
    assert "Nobody was found" in page.warning[0].value


def test_two_runs_give_a_history_with_calls_a_trend_and_what_changed(open_page, services, work):
    customers(services, [30, 60], ["Ana Silva", "Bruno Costa"])
    rank_all(services, work)
    customers(services, [50, 60], ["Ana Silva", "Bruno Costa"])
    rank_all(services, work)
    newest, before = services.predictions.history("lead-0")
    call = Outcome(
        "lead-0", newest["scored_at"] + timedelta(hours=1), OutcomeKind.NO_ANSWER, newest["run_id"], 0.1, 0.1
    )
    services.outcomes.record_many([call])

    page = open_page("customer.py", customer="lead-0", section="History", role=Role.AGENT)

    assert not page.exception
    timeline = page.dataframe[-1].value
    assert timeline["What"].tolist() == ["No answer", "Scored", "Scored"]
    assert timeline["Rank"].tolist() == ["", "2", "2"]
    assert timeline["When"].tolist()[1] == when(newest["scored_at"])
    assert timeline["Propensity"].tolist()[1] == f"{100 * newest['propensity']:.1f} %"
    moved = f"{100 * (newest['propensity'] - before['propensity']):+.1f}"
    assert page.metric[0].delta == f"{moved} points"
    assert any("Age was 30 and is 50" in text.value for text in page.markdown)
    parts = page.dataframe[0].value["Percentage points"].tolist()
    assert parts[0] == f"{100 * before['propensity']:.1f} %"
    assert parts[-1] == timeline["Propensity"].tolist()[1]


def test_one_score_is_not_enough_to_say_what_changed(open_page, services, work):
    customers(services, [30, 60], ["Ana Silva", "Bruno Costa"])
    rank_all(services, work)

    page = open_page("customer.py", customer="lead-0", section="History")

    assert not page.exception
    assert any("Not enough information" in text.value for text in page.caption)
    assert page.metric[0].delta == ""


def test_the_same_score_twice_is_no_difference(open_page, services, work):
    customers(services, [30, 60], ["Ana Silva", "Bruno Costa"])
    rank_all(services, work)
    rank_all(services, work)
    page = open_page("customer.py", customer="lead-0", section="History")

    page.selectbox(key="score_earlier").set_value(page.selectbox(key="score_later").value).run()

    assert any(text.value == "Choose two different scores." for text in page.caption)


def test_a_name_is_text_never_markdown(open_page, services):
    customers(services, [30], ["[Ana](https://example.com) **b**"])

    page = open_page("customer.py", customer="lead-0")

    harmless = r"\[Ana\]\(https\:" + "\u2060" + r"//example.com\) \*\*b\*\*"
    assert page.title[0].value == f"{harmless}: not scored yet."


def test_past_calls_like_the_customer_are_counted_with_what_came_of_them(open_page, services, work):
    services.shelf.models["stub-1"] = model_with(CardScorer(), FewRows())
    customers(services, [30, 69], ["Ana Silva", "Bruno Costa"])
    rank_all(services, work)

    page = open_page("customer.py", customer="lead-1")

    assert not page.exception
    assert any("Of the 80 past calls most like this one, **40 sold**" in text.value for text in page.markdown)
    nearest = next(each.value for each in page.dataframe if "Distance" in each.value.columns)
    assert nearest["Sold"].tolist() == ["yes"] * 10
    assert set(nearest["Age"]) == {"70"}
    (sure,) = [text.value for text in page.caption if "As months differ" in text.value]
    assert "the rank is surer than the number" in sure


def test_an_agent_reads_how_many_like_the_customer_bought_and_no_single_call(open_page, services, work):
    services.shelf.models["stub-1"] = model_with(CardScorer(), FewRows())
    customers(services, [30, 69], ["Ana Silva", "Bruno Costa"])
    rank_all(services, work)

    page = open_page("customer.py", customer="lead-1", role=Role.AGENT)

    assert any("Of the 80 past calls most like this one, **40 sold**" in text.value for text in page.markdown)
    assert not [each for each in page.dataframe if "Distance" in each.value.columns]


def test_a_model_that_does_not_say_how_far_levels_were_off_and_keeps_no_rows_is_no_hindrance(open_page, services, work):
    customers(services, [30, 60], ["Ana Silva", "Bruno Costa"])
    rank_all(services, work)

    page = open_page("customer.py", customer="lead-0")

    captions = [text.value for text in page.caption]
    assert not page.exception
    assert not any("As months differ" in text for text in captions)
    assert "No past calls are kept beside this model." in captions


def test_a_phone_number_finds_its_customer_with_and_without_the_country_code(open_page, services):
    customers(services, [30, 60], ["Ana Silva", "Bruno Costa"])
    leads = stub_leads([40]).assign(customer_id="c9", name="Carla Reis", phone="+351912345678")
    services.customers.save_many(leads, source=DEMO_SOURCE, saved_at=NOW)

    for text in ("+351 912 345 678", "912 345 678", "00351912345678"):
        page = open_page("customer.py", customer=text, role=Role.AGENT)
        assert page.dataframe[0].value["Customer"].tolist() == ["c9"]


def test_the_next_and_the_previous_of_the_list_are_one_click_away(open_page, services, work):
    customers(services, [30, 60, 40], ["Ana Silva", "Bruno Costa", "Carla Reis"])
    rank_all(services, work)
    page = open_page("customer.py", customer="lead-2")
    assert page.button(key="neighbour_better").label == "Rank 1"

    page.button(key="neighbour_worse").click().run()

    assert not page.exception
    assert page.title[0].value.startswith("Ana Silva: ")
    assert page.button(key="neighbour_worse").disabled
    page.button(key="neighbour_better").click().run()
    page.button(key="neighbour_better").click().run()
    assert page.title[0].value.startswith("Bruno Costa: ")
    assert page.button(key="neighbour_better").disabled


def test_who_was_looked_at_before_is_offered_again(open_page, services):
    customers(services, [30, 60], ["Ana Silva", "Bruno Costa"])
    page = open_page("customer.py", customer="lead-0")
    page.text_input(key="customer").set_value("lead-1").run()

    page.text_input(key="customer").set_value("").run()

    assert [button.label for button in page.button if button.key.startswith("recent_")] == ["Bruno Costa", "Ana Silva"]
    page.button(key="recent_lead-0").click().run()
    assert page.title[0].value == "Ana Silva: not scored yet."


def test_a_list_that_is_gone_has_no_neighbours(open_page, services, work):
    customers(services, [30, 60], ["Ana Silva", "Bruno Costa"])
    rank_all(services, work)
    services.frames.delete(f"run:{services.predictions.history('lead-0')[0]['run_id']}")

    page = open_page("customer.py", customer="lead-0")

    assert not page.exception
    assert not [button for button in page.button if str(button.key).startswith("neighbour_")]


def test_the_summary_says_to_the_customer_what_was_used_where_it_came_from_and_what_they_may_do(
    open_page, services, work
):
    customers(services, [30, 60], ["Ana Silva", "Bruno Costa"])
    rank_all(services, work)

    page = open_page("customer.py", customer="lead-1", section="Summary", role=Role.AGENT)

    assert not page.exception
    said = " ".join(text.value for text in page.markdown)
    stored = services.predictions.history("lead-1")[0]
    assert "Why Bruno Costa was ranked for a call" in said
    assert f"**{100 * stored['propensity']:.1f} %**, place 1 of 2" in said
    assert "You may object." in said
    assert "not used for credit decisions" in said
    assert "ana answers for the decision" in said
    used = page.table[0].value
    assert used.loc["Age", "Value"] == "60"
    assert set(used.index) == {FIELD[name].label for name in LEAD_COLUMNS}
    page.text_input(key="summary_who").set_value("Maria [x](y)").run()
    assert r"Maria \[x\]\(y\) answers for the decision" in " ".join(text.value for text in page.markdown)


def test_no_two_controls_of_the_page_have_one_name(open_page, three_ranked):
    page = open_page("customer.py", customer="lead-1", role=Role.ADMIN)

    controls = [*page.selectbox, *page.text_input, *page.text_area]
    names = [each.label for each in controls if each.label != "View"] + list(page.radio(key="section").options)
    assert len(names) == len(set(names))
    assert "Why" in names
