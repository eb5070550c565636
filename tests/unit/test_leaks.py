import pytest

from smartbank.core.fields import CONSENT_FIELDS, LEAD_FIELDS, MARKET_FIELDS, NOT_USED
from smartbank.core.leaks import Finding, Verdict, is_known_after_the_call, refused_by_name, usable_columns
from smartbank.core.training_data import require_features
from smartbank.errors import TrainingDataError

KNOWN_BEFORE = [
    name for field in (*LEAD_FIELDS, *CONSENT_FIELDS, *MARKET_FIELDS) for name in (field.name, *field.aliases)
]


@pytest.mark.parametrize(
    "name",
    [
        *("duration", "Duration", "call_duration", "callDuration", "last call duration", "DURATION (sec)"),
        *("duration_minutes", "last_call_length", "length of call", "call seconds", "talk_time", "Handle Time"),
        *("Gesprächsdauer", "Dauer", "duração da chamada", "call_end", "call_ended_at", "end of call", "wrap-up code"),
        *("hang_up", "y", "Y", "target", "label", "outcome", "call_outcome", "call result", "contact_status"),
        *("disposition_code", "subscribed", "is_converted", "term_deposit", "deposit", "sale_made", "Ergebnis"),
    ],
)
def test_what_is_set_after_the_call_is_refused_by_name(name):
    found = refused_by_name(name)

    assert found.verdict is Verdict.REFUSED
    assert f"{name} is known only after the call" in found.why


@pytest.mark.parametrize(
    "name",
    [
        *KNOWN_BEFORE,
        *NOT_USED,
        *("talk_seconds", "mortgage_duration", "length_of_employment", "income", "balance", "has_deposit", "branch"),
        *("previous_call_duration", "customer_status", "sales_region", "call_centre", "campaign_start", "years", ""),
    ],
)
def test_what_may_be_known_before_the_call_is_not(name):
    assert not is_known_after_the_call(name)


@pytest.mark.parametrize("name", ["duration", "Call Duration", "subscribed"])
def test_a_feature_of_the_model_is_refused_under_any_alias(name):
    with pytest.raises(TrainingDataError, match=f"{name} cannot be a feature: it is known only after the call"):
        require_features(("age", name))


PASSES = Finding("income", Verdict.PASSES, "income is fine.")
DOUBTFUL = Finding("talk", Verdict.DOUBTFUL, "talk alone beats the model.")
REFUSED = Finding("duration", Verdict.REFUSED, "duration is known only after the call.")
NOTHING = Finding("row", Verdict.SAYS_NOTHING, "row says nothing.")


def test_columns_that_pass_are_usable_and_those_that_say_nothing_are_left_out():
    assert usable_columns([PASSES, NOTHING]) == ("income",)


def test_a_doubtful_column_is_refused_until_somebody_names_it():
    with pytest.raises(TrainingDataError, match="Better alone than the whole model: talk"):
        usable_columns([PASSES, DOUBTFUL])

    assert usable_columns([PASSES, DOUBTFUL], ["talk"]) == ("income", "talk")


def test_a_column_refused_by_name_cannot_be_allowed():
    with pytest.raises(TrainingDataError, match="Known only after the call, leave out: duration"):
        usable_columns([REFUSED], ["duration"])


def test_a_name_that_is_no_column_is_said():
    with pytest.raises(TrainingDataError, match="There is no column tlak to allow"):
        usable_columns([DOUBTFUL], ["tlak"])
