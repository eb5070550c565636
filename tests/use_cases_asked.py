"""Use cases of programs, for the walks over roles."""

from contextlib import suppress
from datetime import UTC

from smartbank.bootstrap import asked_ports, call_ports, explaining_ports
from smartbank.core.asked_leads import AskedLead
from smartbank.core.customers import CustomerQuery
from smartbank.core.outcome_rows import OutcomeRow
from smartbank.core.outcomes import OutcomeKind
from smartbank.core.people import Right
from smartbank.core.work_ids import new_work_id
from smartbank.errors import NotFoundError
from smartbank.services import asked_scores, customers, explained, my_work, new_customers, outcome_upload
from tests.use_cases import RUN, UseCase, see


def score(world, actor):
    asked = [AskedLead(said={"age": 50.0})]
    about = {name: value for name, value in world.about(actor).items() if name != "audit"}
    asked_scores.score_asked(asked, ports=asked_ports(world.services), **about)


def create(world, actor):
    new = new_customers.NewCustomer(new_work_id(world.clock.astimezone(UTC)), {"age": 50.0})
    new_customers.create_customer(
        new, **world.ports("customers", "corrections", "erased", "settings"), **world.about(actor)
    )


def page(world, actor):
    asked = {"after": "", "limit": 5, "require_consent": False}
    customers.page_of_customers(CustomerQuery(), by=actor, **asked, **world.ports("customers", "frames"))


def rows(world, actor):
    called = OutcomeRow(0, customer_id="lead-1", kind=OutcomeKind.DECLINED, at=world.clock)
    about = {name: value for name, value in world.about(actor).items() if name != "audit"}
    outcome_upload.record_rows(world.list_id, [called], calls=call_ports(world.services), **about)


def own_progress(world, actor):
    with suppress(NotFoundError):  # who has the right and no calls
        my_work.own_progress(world.list_id, by=actor, ports=call_ports(world.services), now=world.clock)


def explaining(world):
    return explaining_ports(world.services)


SEE = Right.SEE_CUSTOMER
ASKED = [
    UseCase(asked_scores.score_asked, Right.BRING_IN, score),
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
    see(my_work.own_progress, Right.RECORD_OUTCOMES, own_progress),
    UseCase(outcome_upload.record_rows, Right.RELEASE_LISTS, rows),
]
