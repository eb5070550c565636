import pytest

from smartbank.core.columns import IGNORE, lacking, plan_columns, recognised
from smartbank.core.fields import FIELD, MARKET_COLUMNS
from smartbank.errors import LeadValidationError


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("age", "age"),
        (" Age ", "age"),
        ("personal_info.age", "age"),
        ("personal_info_age", "age"),
        ("Marital Status", "marital"),
        ("marital-status", "marital"),
        ('"job"', "job"),
        ("pdays", "days_since_contact"),
        ("campaign", "attempt"),
        ("campaign_info.attempt", "attempt"),
        ("financial_info.housing", "housing"),
        ("cons.price.idx", "cpi"),
        ("emp.var.rate", "emp_var_rate"),
        ("macro_info.euribor3m", "euribor3m"),
        ("Customer ID", "customer_id"),
        ("Idade", "age"),
        ("Profissão", "job"),
        ("Alter", "age"),
        ("Familienstand", "marital"),
        ("Telemóvel", "phone"),
        ("duration", "duration"),
        ("nr.employed", "nr_employed"),
        ("favourite colour", None),
        ("", None),
    ],
)
def test_a_column_is_recognised_by_any_of_its_names(name, field):
    assert recognised(name) == field


def test_every_field_is_recognised_by_its_name_its_label_and_its_aliases():
    for field in FIELD.values():
        for name in (field.name, field.label, *field.aliases):
            assert recognised(name) == field.name


def test_what_is_known_after_the_call_is_left_out_with_a_notice():
    plan = plan_columns(["age", "job", "duration", "y", "month"])

    assert plan.matched == {"age": "age", "job": "job"}
    assert plan.ignored["duration"] == "known only after the call, never scored on"
    assert plan.ignored["month"] == "recognised, not used for scoring"
    assert [notice.split(" is ")[0] for notice in plan.notices] == ['Column "duration"', 'Column "y"']


def test_a_mapping_by_hand_wins_over_what_is_recognised():
    plan = plan_columns(["age", "years", "job", "loan"], {"years": "age", "loan": IGNORE})

    assert plan.matched == {"years": "age", "job": "job"}
    assert plan.ignored == {"age": '"years" is already used as Age', "loan": "left out by hand"}


def test_of_two_columns_for_one_field_the_first_is_used_and_a_notice_says_so():
    plan = plan_columns(["job", "occupation", "age"])

    assert plan.fields["job"] == "job"
    assert plan.notices == ('Column "occupation" is left out: "job" is already used as Job.',)


@pytest.mark.parametrize(
    ("mapping", "said"),
    [
        ({"nothing": "age"}, "does not have"),
        ({"a": "salary"}, '"salary", which does not exist'),
        ({"a": "age", "b": "age"}, '"a" and "b" are both mapped to Age'),
        ({"a": "duration"}, '"duration" is known only after the call'),
        ({"duration": "days_since_contact"}, '"duration" is known only after the call'),
        ({"a": "y"}, '"y" is known only after the call'),
    ],
)
def test_a_mapping_that_cannot_be_is_refused_by_name(mapping, said):
    with pytest.raises(LeadValidationError, match=said):
        plan_columns(["a", "b", "duration"], mapping)


def test_a_file_without_age_or_job_is_told_which_columns_were_found():
    plan = plan_columns(["Jahre", "job"])

    said = lacking(plan)

    assert said.startswith("No column for Age was found")
    assert "Columns in the file: job, Jahre." in said
    assert lacking(plan_columns(["Jahre", "job"], {"Jahre": "age"})) == ""


def test_market_columns_count_only_when_all_three_are_there():
    some, whole = plan_columns(["euribor3m", "cpi"]), plan_columns(list(MARKET_COLUMNS))

    assert not some.has_market
    assert "only 2 of 3 market columns" in some.notices[0]
    assert whole.has_market
    assert not whole.notices


def test_any_column_of_contact_history_counts_as_history():
    assert plan_columns(["age", "job", "poutcome"]).has_history
    assert not plan_columns(["age", "job", "housing"]).has_history
