"""Lists with outcomes, for the tests of the results page."""

from datetime import UTC, datetime, timedelta

import pytest

from smartbank.bootstrap import list_ports
from smartbank.core.call_lists import ListRequest
from smartbank.core.capacity import Capacity
from smartbank.core.hold_out import HoldOut
from smartbank.core.list_entries import list_owner
from smartbank.core.outcomes import Outcome, OutcomeKind
from smartbank.core.people import Role, User
from smartbank.services.list_release import queue_release
from smartbank.services.runs import queue_run
from tests.actors import ANA, put_user
from tests.bank import EVERYONE
from tests.stubs import stub_leads

NOW = datetime.now(UTC)
SOLD, NO = OutcomeKind.SUBSCRIBED, OutcomeKind.DECLINED
ONE_LOOK = "Looked at every day, one in five campaigns without any effect"


@pytest.fixture
def ranked(services, work):
    leads = stub_leads([18 + place % 70 for place in range(400)])
    services.customers.save_many(leads, source={"synthetic": False}, saved_at=NOW)
    for name in ("rui", "eva"):
        put_user(services.users, User(name, Role.AGENT, "no hash", created_at=NOW))
    run_id = queue_run(EVERYONE, market="snapshot", queue=services.queue, audit=services.audit, by=ANA, now=NOW)
    work()
    return run_id


@pytest.fixture
def release(services, work, ranked):
    """Release a list of a hundred calls, with as many held out unless told otherwise."""

    def release(name="Monday", *, control=0.5, exploration=0.0, agents=("eva", "rui"), days=5, later=0):
        capacity = Capacity(2, 1.0, 6.0, days=days)
        hold_out = HoldOut(control, exploration)
        request = ListRequest(ranked, name, capacity, "seed", hold_out=hold_out, agents=agents)
        list_id = queue_release(
            request,
            by=ANA,
            ports=list_ports(services),
            users=services.users,
            audit=services.audit,
            now=NOW + timedelta(seconds=later),
        )
        work()
        return list_id

    return release


@pytest.fixture
def record(services):
    """Record that of the called and of the held out so many, the first ones, bought; the other calls are declined."""

    def record(list_id, *, sold, alone=0, role="best", decline=True, assume=0):
        entries = services.frames.load(list_owner(list_id))
        ground = services.lists.find(list_id).ground
        called = entries.loc[entries["role"] == role, ["customer_id", "propensity"]].itertuples(index=False)
        held_out = entries.loc[entries["role"] == "control", ["customer_id", "propensity"]].head(alone)

        def made(entry, kind, attempt, **more):
            return Outcome(
                entry.customer_id,
                NOW - timedelta(hours=1),
                kind,
                "run",
                entry.propensity,
                ground.base_rate,
                list_id=list_id,
                attempt=attempt,
                **more,
            )

        outcomes = [
            made(entry, SOLD if place < sold else NO, 1, assumed=sold <= place < sold + assume)
            for place, entry in enumerate(called)
            if decline or place < sold
        ]
        outcomes += [made(entry, SOLD, 0) for entry in held_out.itertuples(index=False)]
        services.outcomes.record_many(outcomes)

    return record


def said(page):
    return "\n".join(each.value for each in [*page.markdown, *page.caption, *page.info])


def tiles(page):
    return {each.label: each.value for each in page.metric}


def table(page, title):
    """Return the last table whose first column has a title."""
    return [each.value for each in page.dataframe if each.value.columns[0] == title][-1]
