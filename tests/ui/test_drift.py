"""Drift on the overview and in its panel, with a model that learned from 1,000 people, mostly young."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from streamlit.testing.v1 import AppTest

from smartbank.core.customers import CustomerQuery
from smartbank.core.drift import Drift, FieldDrift
from smartbank.services.demo import DEMO_SOURCE
from smartbank.services.runs import RunSource, queue_run
from smartbank.ui.drift_words import verdict_sentence
from tests.actors import ANA
from tests.services import memory_services
from tests.stubs import ScorerByAgeAndChannel, TrainedOnTheYoung, stub_leads

OWN = {"kind": "upload", "name": "leads.csv", "synthetic": False}
ALIKE = [25] * 200 + [45] * 160 + [65] * 40
OLDER = [25] * 80 + [45] * 120 + [70] * 200
EVERYONE = RunSource.of_query(CustomerQuery(), "all customers")
THE_YOUNG = RunSource.of_query(CustomerQuery(max_age=30), "the young")
PANEL = "from smartbank.ui.drift import show_drift\nfrom tests.actors import ANA\nshow_drift(ANA)"
STABLE = ":material/check_circle: The leads look like those the model learned from."


@pytest.fixture
def services():
    scorer = ScorerByAgeAndChannel()
    scorer.reference_margins = lambda: scorer.margins(leads(ALIKE))
    return memory_services(scorer=scorer, training_rows=TrainedOnTheYoung())


@pytest.fixture
def rank(services, work):
    """Keep customers and rank a selection of all."""

    def rank(people, *, source=OWN, of=EVERYONE):
        services.customers.save_many(people, source=source, saved_at=datetime.now(UTC))
        queue_run(of, market="snapshot", by=ANA, queue=services.queue, audit=services.audit, now=datetime.now(UTC))
        work()

    return rank


@pytest.fixture
def panel(on_services):
    """Show the panel."""

    def panel():
        shown = AppTest.from_string(PANEL, default_timeout=30).run()
        assert not shown.exception
        return shown

    return panel


def leads(ages, channels=("cellular", "cellular", "cellular", "telephone", "telephone")):
    people = stub_leads(ages)
    return people.assign(contact=[channels[i % len(channels)] for i in range(len(ages))]).astype({"contact": "str"})


def said(page):
    return [text.value for text in (*page.error, *page.markdown, *page.caption)]


def test_leads_like_the_training_rows_get_one_calm_line(open_page, rank):
    rank(leads(ALIKE))

    page = open_page("overview.py")

    assert STABLE in [text.value for text in page.caption]
    assert not page.error


def test_a_shift_is_said_with_its_figures_and_is_not_red(open_page, rank):
    rank(leads(OLDER))

    page = open_page("overview.py")

    assert (
        ":material/warning: Age has shifted. Age 60+: 50 % of these leads, 10 % of those the model learned from. "
        "Check that these are the leads you meant." in said(page)
    )
    assert not page.error


def test_a_column_whose_values_were_lost_is_red_and_says_what_to_do(open_page, rank):
    rank(leads(OLDER, channels=("cellular", None, "telephone", None, None)))

    page = open_page("overview.py")

    assert [error.value for error in page.error] == [
        "Many values of channel are unknown. Channel unknown: 60 % of these leads, 0 % of those the model learned "
        "from. Check this column of the file. Age has shifted too."
    ]


def test_few_leads_are_too_few_to_say(open_page, rank):
    rank(leads([70] * 30))

    assert (
        ":material/hourglass_empty: 30 leads: too few to say whether they look like those the model learned from."
        in said(open_page("overview.py"))
    )


def test_demo_customers_say_nothing_on_the_overview(open_page, rank):
    rank(leads(OLDER), source=DEMO_SOURCE)

    assert not [text for text in said(open_page("overview.py")) if "learned from" in text]


def test_a_selection_leaves_the_verdict_to_the_last_whole_ranking(open_page, rank):
    rank(leads(ALIKE))
    rank(leads(ALIKE), of=THE_YOUNG)

    (line,) = [text for text in said(open_page("overview.py")) if "learned from" in text]

    assert line == STABLE


def test_before_anything_is_ranked_the_panel_says_what_to_do(panel):
    assert panel().info[0].value.startswith("Rank leads first")


def test_the_verdict_is_no_small_print_on_the_panel(panel, rank):
    rank(leads(ALIKE))

    page = panel()

    assert page.subheader[0].value == "Do the leads look like those the model learned from?"
    assert page.markdown[0].value == STABLE


def test_the_panel_is_about_the_ranking_to_begin_on_however_many_selections_are_newer(panel, rank, services):
    rank(leads(ALIKE))
    rank(leads(ALIKE), of=THE_YOUNG)
    (selection,) = services.queue.recent("run", limit=1)
    for number in range(20):
        services.queue.add(replace(selection, work_id=f"{selection.work_id}-{number:02}"))

    page = panel()

    assert page.markdown[0].value == STABLE
    assert page.caption[0].value.startswith("400 leads of all customers, ")


def test_where_the_ranking_to_begin_on_is_older_than_drift_it_is_the_newest_of_the_banks_own(panel, rank, services):
    for of in (EVERYONE, EVERYONE, THE_YOUNG):
        rank(leads(ALIKE), of=of)
    del services.queue.recent("run", limit=2)[1].result["drift"]

    page = panel()

    assert page.markdown[0].value == STABLE
    assert page.caption[0].value.startswith("400 leads of all customers, ")


def test_rankings_older_than_drift_are_said_to_be(panel, rank, services):
    rank(leads(ALIKE))
    (run,) = services.queue.recent("run", limit=1)
    del run.result["drift"]

    assert panel().info[0].value.startswith("The rankings so far were made before")


def test_the_panel_shows_each_field_with_a_verdict_in_words(panel, rank):
    rank(leads(OLDER))

    shown = panel()

    fields = shown.dataframe[0].value.set_index("Field")
    assert fields.index.tolist() == ["Score, without the level", "Age", "Education", "Channel"]
    assert fields["Verdict"].tolist() == ["▲ shifted", "▲ shifted", "✓ stable", "✓ stable"]
    assert fields.loc["Age", ["Index (PSI)", "Missing in training", "Missing now", "Ranked by"]].tolist() == [
        "0.947",
        "0.0 %",
        "0.0 %",
        "yes",
    ]


def test_the_largest_shift_is_drawn_first_and_any_field_can_be(panel, rank):
    rank(leads(OLDER))

    shown = panel()
    first = shown.dataframe[1].value
    shown.selectbox(key="drift_field").set_value("Channel").run()
    second = shown.dataframe[1].value

    assert first.to_numpy().tolist()[2] == ["60+", "10.0 %", "50.0 %"]
    assert second.to_numpy().tolist()[0] == ["mobile", "60.0 %", "60.0 %"]


def test_values_that_were_not_seen_are_named_with_their_leads(panel, rank):
    rank(leads(ALIKE).assign(education=["university.degree"] * 12 + ["high.school"] * 388))

    fields = panel().dataframe[0].value

    assert fields["Values not seen in training"].tolist() == ["none", "none", "university degree: 12", "none"]


def test_the_trend_has_every_ranking_newest_first(panel, rank):
    rank(leads(ALIKE))
    rank(leads(OLDER))
    rank(leads(OLDER), of=THE_YOUNG)

    trend = panel().dataframe[2].value

    assert trend["Kind"].tolist() == ["selection", "all", "all"]
    assert trend["Score, verdict"].tolist()[1:] == ["▲ shifted", "✓ stable"]
    assert trend["Largest field"].tolist()[:2] == ["Age", "Age"]


@pytest.mark.parametrize(
    ("n_moved", "said"),
    [
        (1, "Age has moved a little. Age b: 70 % of these leads, 50 % of those the model learned from."),
        (2, "Age and job have moved a little."),
        (5, "Age, job, marital status and 2 more have moved a little."),
    ],
)
def test_fields_that_moved_are_named_three_at_most(on_services, n_moved, said):
    groups = (("a", 500, 300), ("b", 500, 700))
    fields = tuple(FieldDrift(name, groups) for name in ("age", "job", "marital", "education", "default")[:n_moved])

    found = verdict_sentence(Drift(True, fields, FieldDrift("margin", (("2", 500, 500), ("1", 500, 500)))))

    assert found.text.startswith(said)
    assert found.text.endswith(" Nothing needs doing.")
    assert found.tone == "calm"


def test_scores_that_shift_while_no_field_does_are_said_to(on_services):
    drift = Drift(True, (), FieldDrift("margin", (("2", 500, 200), ("1", 500, 800))))

    assert verdict_sentence(drift).text == (
        "The scores have shifted, though no field alone has. Best tenth of the scores: 80 % of these leads, 50 % of "
        "those the model learned from."
    )
