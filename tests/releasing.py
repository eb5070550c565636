"""A bank that releases lists, for the tests of what comes after."""

from dataclasses import replace
from datetime import timedelta

import pytest

from smartbank.bootstrap import list_ports
from smartbank.core.call_lists import ListRequest
from smartbank.core.capacity import Capacity
from smartbank.core.list_entries import list_owner, off_owner
from smartbank.core.people import Role, User
from smartbank.services.call_lists import end_list
from smartbank.services.list_release import queue_release
from tests.actors import ANA, put_user
from tests.bank import EVERYONE, Bank
from tests.stubs import stub_leads

AGES = list(range(20, 80))
BEN = replace(ANA, username="ben")


@pytest.fixture
def bank():
    """A bank with sixty ranked customers and two agents; the stub puts the oldest first."""
    bank = Bank()
    bank.services.customers.save_many(stub_leads(AGES), source={"synthetic": False}, saved_at=bank.clock)
    for name in ("rui", "eva"):
        put_user(bank.services.users, User(name, Role.AGENT, "no hash", created_at=bank.clock))
    bank.run_id = bank.score(EVERYONE)
    return bank


def asked(bank, *, calls=20, agents=(), **more):
    number = len(agents) or 1
    return ListRequest(
        **{"run_id": bank.run_id, "name": "Monday", "seed": "seed"} | more,
        capacity=Capacity(number, calls / 10 / number, 6.0),
        agents=agents,
    )


def queue(bank, request, by=ANA):
    bank.clock += timedelta(seconds=1)
    services = bank.services
    return queue_release(
        request, by=by, ports=list_ports(services), users=services.users, audit=services.audit, now=bank.clock
    )


def release(bank, by=ANA, **more):
    list_id = queue(bank, asked(bank, **more), by)
    bank.work()
    return bank.services.lists.find(list_id)


def entries_of(bank, call_list):
    return bank.services.frames.load(list_owner(call_list.list_id))


def kept_off(bank, call_list):
    off = bank.services.frames.load(off_owner(call_list.list_id))
    return dict(zip(off["customer_id"], off["reason"], strict=True))


def end(bank, call_list):
    services = bank.services
    return end_list(call_list.list_id, by=ANA, lists=services.lists, audit=services.audit, now=bank.clock)
