"""Use cases of programs, for the walks over roles."""

from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime

from smartbank.bootstrap import asked_ports, call_ports, explaining_ports, unkept_ports
from smartbank.core.asked_leads import AskedLead
from smartbank.core.customers import CustomerQuery
from smartbank.core.outcome_rows import OutcomeRow
from smartbank.core.outcomes import OutcomeKind
from smartbank.core.people import Right
from smartbank.core.work_ids import new_work_id
from smartbank.errors import NotFoundError
from smartbank.services import (
    asked_left_out,
    asked_scores,
    customers,
    explained,
    my_work,
    new_customers,
    outcome_upload,
    seen_lists,
    unkept_scores,
)
from tests.use_cases import RUN, UseCase, see


def score(world, actor):
    asked = [AskedLead(said={"age": 50.0})]
    about = {name: value for name, value in world.about(actor).items() if name != "audit"}
    asked_scores.score_asked(asked, ports=asked_ports(world.services), **about)


def score_without_keeping(world, actor):
    asked = AskedLead(said={"age": 50.0})
    unkept_scores.score_unkept(asked, by=actor, ports=unkept_ports(world.services), now=world.clock)


def create(world, actor):
    new = new_customers.NewCustomer(new_work_id(world.clock.astimezone(UTC)), {"age": 50.0})
    new_customers.create_customer(
        new, **world.ports("customers", "corrections", "erased", "scored", "settings"), **world.about(actor)
    )


def page(world, actor):
    asked = {"after": "", "limit": 5, "require_consent": False}
    customers.page_of_customers(CustomerQuery(), by=actor, **asked, **world.ports("customers", "frames"))


def rows(world, actor):
    called = OutcomeRow(0, customer_id="lead-1", kind=OutcomeKind.DECLINED, at=world.clock)
    about = {name: value for name, value in world.about(actor).items() if name != "audit"}
    outcome_upload.record_rows(world.list_id, [called], calls=call_ports(world.services), **about)


def on_list(module, name, right, **more):
    """Return a use case on a list, called by who has one right and no more than that."""

    def call(world, actor):
        by = replace(actor, limited_to=frozenset({right}))
        with suppress(NotFoundError):  # who may make calls and has none
            getattr(module, name)(world.list_id, by=by, ports=call_ports(world.services), **more)

    return see(getattr(module, name), right, call)


def all_lists(right):
    def call(world, actor):
        by = replace(actor, limited_to=frozenset({right}))
        seen_lists.seen_lists(limit=5, by=by, ports=call_ports(world.services))

    return call


def explaining(world):
    return explaining_ports(world.services)


NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
PAGE = {"start": 0, "limit": 5, "now": NOW}
SEE, CALLS, LEADS = Right.SEE_CUSTOMER, Right.RECORD_OUTCOMES, Right.SEE_LEADS
ASKED = [
    see(unkept_scores.score_unkept, Right.BRING_IN, score_without_keeping),
    UseCase(asked_scores.score_asked, Right.BRING_IN, score),
    see(
        asked_left_out.barred_since,
        Right.BRING_IN,
        lambda w, a: asked_left_out.barred_since(
            ["lead-1"], by=a, customers=w.services.customers, settings=w.services.in_force
        ),
    ),
    UseCase(new_customers.create_customer, Right.BRING_IN, create),
    see(customers.page_of_customers, Right.SEE_LEADS, page),
    see(
        explained.find_prediction,
        SEE,
        lambda w, a: explained.find_prediction(f"{w.done[RUN]}:1", by=a, ports=explaining(w)),
    ),
    see(
        explained.predictions_of,
        SEE,
        lambda w, a: explained.predictions_of("lead-1", limit=5, by=a, ports=explaining(w)),
    ),
    on_list(my_work, "own_list", CALLS),
    on_list(my_work, "own_progress", CALLS, now=NOW),
    see(seen_lists.seen_lists, CALLS, all_lists(CALLS)),
    see(seen_lists.seen_lists, LEADS, all_lists(LEADS)),
    on_list(seen_lists, "seen_list", CALLS),
    on_list(seen_lists, "seen_list", LEADS),
    on_list(seen_lists, "entries_page", CALLS, **PAGE),
    on_list(seen_lists, "entries_page", LEADS, **PAGE),
    UseCase(outcome_upload.record_rows, Right.RELEASE_LISTS, rows),
]
