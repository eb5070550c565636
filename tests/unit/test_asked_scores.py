"""Scores a program asks for: what is scored, what is kept, and who is left out."""

from datetime import UTC, datetime, timedelta

import pytest

from smartbank.bootstrap import asked_ports, replay_ports
from smartbank.core.asked_leads import AskedLead
from smartbank.core.audit import AuditAction, AuditResult
from smartbank.core.bank_settings import BankSettings
from smartbank.core.level import propensity
from smartbank.core.outcomes import Outcome, OutcomeKind
from smartbank.core.people import COMMAND_LINE
from smartbank.errors import ForbiddenError, LeadValidationError, MarketGivenError
from smartbank.services.asked_left_out import DO_NOT_CALL
from smartbank.services.asked_scores import score_asked
from smartbank.services.replaying import replay_prediction
from tests.actors import ANA, EVERYBODY
from tests.services import memory_services
from tests.stubs import stub_leads

NOW = datetime(2026, 3, 2, 9, 0, 0, 123_000, tzinfo=UTC)


@pytest.fixture
def services():
    return memory_services()


@pytest.fixture
def ask(services):
    def ask(*leads, by=ANA, now=NOW):
        return score_asked(leads, by=by, ports=asked_ports(services), now=now)

    return ask


def test_a_new_lead_is_scored_kept_as_a_customer_and_its_prediction_is_made_again_bit_for_bit(services, ask):
    (score,) = ask(AskedLead(said={"age": 60.0, "job": "retired"}))

    stored = services.customers.load([score.customer_id]).iloc[0]
    again = replay_prediction(f"{score.prediction['run_id']}:1", by=COMMAND_LINE, ports=replay_ports(services))
    assert (stored["age"], stored["job"], stored["source_name"]) == (60.0, "retired", "ana")
    assert score.prediction["margin"] == 2.0
    assert services.predictions.history(score.customer_id) == [score.prediction]
    assert again.is_equal, again.differences


def test_leads_come_back_in_their_order_and_rank_within_the_request(ask):
    young, old = ask(AskedLead("C1", {"age": 20.0}), AskedLead("C2", {"age": 70.0}))

    assert (young.customer_id, young.prediction["rank"]) == ("C1", 2)
    assert (old.customer_id, old.prediction["rank"]) == ("C2", 1)


def test_what_a_request_leaves_out_stays_as_it_is_stored(services, ask):
    ask(AskedLead("C1", {"age": 50.0, "job": "student"}))

    ask(AskedLead("C1", {"job": None}))

    stored = services.customers.load(["C1"]).iloc[0]
    assert (stored["age"], stored["customer_version"]) == (50.0, 2)
    assert stored.isna()["job"]


def test_a_stored_customer_is_asked_for_by_id_alone_and_gets_no_new_version(services, ask):
    services.customers.save_many(stub_leads([45]), source={}, saved_at=NOW)

    (score,) = ask(AskedLead("lead-0"))

    assert score.prediction["margin"] == 0.5
    assert services.customers.load(["lead-0"]).iloc[0]["customer_version"] == 1


def test_days_since_the_last_contact_go_on_where_something_else_of_the_customer_changes(services, ask):
    ask(AskedLead("C1", {"age": 50.0, "days_since_contact": 3.0}))

    ask(AskedLead("C1", {"age": 51.0}), now=NOW + timedelta(days=10))

    assert services.customers.load(["C1"]).iloc[0]["days_since_contact"] == 13.0


def test_who_objected_is_kept_and_not_scored(services, ask):
    services.customers.save_many(stub_leads([45]).assign(customer_id="C1", objected="yes"), source={}, saved_at=NOW)

    (score,) = ask(AskedLead("C1", {"age": 46.0}))

    stored = services.customers.load(["C1"]).iloc[0]
    assert score.prediction is None
    assert (score.left_out.rule, score.left_out.sentence) == (
        DO_NOT_CALL,
        "This customer objected to calls, so there is no score.",
    )
    assert (stored["age"], stored["objected"]) == (46.0, "yes")


def test_who_gave_no_consent_is_scored_only_where_the_bank_does_not_ask_for_it(services, ask):
    (without,) = ask(AskedLead("C1", {"age": 46.0}))
    services.settings.save(BankSettings(require_consent=True), by="ana", at=NOW)

    (asked_for,) = ask(AskedLead("C1"))

    assert without.prediction is not None
    assert asked_for.left_out.sentence == "This customer gave no consent, so there is no score."


def test_a_rule_on_calling_leaves_out_and_says_so(services):
    services = memory_services(rules=type(services.rules)())
    services.outcomes.record(Outcome("C1", NOW - timedelta(days=1), OutcomeKind.SUBSCRIBED, "r1", 0.2, 0.1))

    (score,) = score_asked([AskedLead("C1", {"age": 30.0})], by=ANA, ports=asked_ports(services), now=NOW)

    assert score.prediction is None
    assert score.left_out.rule == "subscribed"
    assert score.left_out.sentence.startswith("Left out by a rule on calling: ")


def test_a_market_of_its_own_moves_the_level_and_not_the_margin(services, ask):
    plain, other = ask(AskedLead("C1", {"age": 40.0}), AskedLead("C2", {"age": 40.0}, {"euribor3m": 3.5}))

    again = replay_prediction(f"{other.prediction['run_id']}:1", by=COMMAND_LINE, ports=replay_ports(services))
    assert plain.prediction["margin"] == other.prediction["margin"] == 0.0
    assert other.prediction["level"] > plain.prediction["level"]
    assert other.prediction["propensity"] == propensity(other.prediction["level"])
    assert other.prediction["market"]["euribor3m"] == 3.5
    assert again.is_equal, again.differences


def test_nothing_is_kept_of_a_request_with_a_market_nobody_believes(services, ask):
    with pytest.raises(MarketGivenError, match="base 2012 = 100"):
        ask(AskedLead("C1", {"age": 40.0}), AskedLead("C2", {"age": 40.0}, {"cpi": 60.0}))

    assert services.customers.count() == 0


def test_a_customer_is_asked_for_once_and_a_request_has_a_lead(services, ask):
    with pytest.raises(LeadValidationError, match="C1 is asked for twice"):
        ask(AskedLead("C1"), AskedLead("C1"))
    with pytest.raises(LeadValidationError, match="Ask for 1 to 1,000 leads"):
        ask()

    assert services.customers.count() == 0


def test_a_request_is_on_record_with_counts_and_without_persons(services, ask):
    ask(AskedLead("C1", {"age": 40.0}), AskedLead("C2", {"age": 40.0}))

    event = services.audit.newest(limit=1)[0].event
    assert (event.action, event.object_kind, event.result) == (AuditAction.RUN, "request", AuditResult.DONE)
    assert event.details["leads"] == event.details["scored"] == 2
    assert "C1" not in str(event.details)


def test_who_may_not_bring_customers_in_is_refused_on_record(services, ask):
    agent = next(actor for role, actor in EVERYBODY.items() if role == "agent")

    with pytest.raises(ForbiddenError):
        ask(AskedLead("C1", {"age": 40.0}), by=agent)

    assert services.audit.newest(limit=1)[0].event.result is AuditResult.REFUSED
    assert services.customers.count() == 0


def test_somebody_who_is_brought_in_elsewhere_meanwhile_is_scored_as_they_are_stored_then(services, ask):
    class Late:
        def add_new(self, *_, **__):
            theirs = stub_leads([70]).assign(customer_id="C1", name="Ana One", phone="+442079460001")
            services.customers.save_many(theirs, source={"synthetic": True}, saved_at=NOW)
            return False

    object.__setattr__(services, "scored", Late())

    (score,) = ask(AskedLead("C1", {"age": 50.0}))

    assert (score.prediction["customer_version"], score.prediction["margin"]) == (2, 1.0)
    assert services.predictions.history("C1") == [score.prediction]
    (stored,) = services.customers.load_rows(["C1"])
    assert (stored["age"], stored["name"], stored["phone"]) == (50.0, "Ana One", "+442079460001")
    assert stored["synthetic"]
