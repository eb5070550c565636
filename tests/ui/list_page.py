"""Ranked leads, agents and a release, for the tests of the page of call lists."""

from datetime import UTC, datetime, timedelta

import pytest

from smartbank.bootstrap import list_ports
from smartbank.core.call_lists import ListRequest
from smartbank.core.capacity import Capacity
from smartbank.core.people import Role, User
from smartbank.services.list_release import queue_release
from smartbank.services.runs import queue_run
from tests.actors import ANA, put_user
from tests.bank import EVERYONE
from tests.stubs import stub_leads

NOW = datetime.now(UTC)
AGES = list(range(20, 80))


@pytest.fixture
def ranked(services, work):
    """Sixty customers, ranked; the stub puts the oldest first."""
    leads = stub_leads(AGES).assign(phone=[f"+4420794600{number:02d}" for number in range(60)])
    services.customers.save_many(leads, source={"synthetic": False}, saved_at=NOW)
    run_id = queue_run(EVERYONE, market="snapshot", queue=services.queue, audit=services.audit, by=ANA, now=NOW)
    work()
    return run_id


@pytest.fixture
def agents(services):
    for name in ("rui", "eva"):
        put_user(services.users, User(name, Role.AGENT, "no hash", created_at=NOW))


@pytest.fixture
def release(services, work, ranked):
    def release(name="Monday", *, calls=10, agents=(), later=0, **more):
        capacity = Capacity(len(agents) or 1, calls / 10 / (len(agents) or 1), 6.0)
        request = ListRequest(ranked, name, capacity, "seed", agents=tuple(agents), **more)
        now = NOW + timedelta(minutes=later)
        list_id = queue_release(
            request, by=ANA, ports=list_ports(services), users=services.users, audit=services.audit, now=now
        )
        work()
        return list_id

    return release
