"""Lists released on a database, by processes that do not know of each other."""

import signal
import subprocess
import sys
import textwrap
from datetime import UTC, datetime

import pytest

from smartbank.bootstrap import list_ports
from smartbank.core.call_lists import ListRequest, ListState
from smartbank.core.capacity import Capacity
from smartbank.core.hold_out import HoldOut
from smartbank.core.list_entries import data_hash, list_owner
from smartbank.services.list_release import queue_release, release_list
from tests.actors import ANA
from tests.bank import Bank
from tests.database import repositories_on
from tests.services import memory_services
from tests.start.processes import ROOT

ON_DATABASE = ("customers", "queue", "frames", "settings", "rules", "lists", "outcomes")
LEADS = 3_000
CALLS = 2_000
SCRIPT = """
    import os, signal, sys, time
    from pathlib import Path
    from smartbank.adapters import mongo
    from smartbank.bootstrap import list_ports
    from smartbank.errors import ListConstraintError
    from smartbank.services.list_release import release_list
    from tests.contract.test_list_release import services_on

    services = services_on(mongo.connect({uri!r}, {name!r}, timeout_ms=20_000))
    while not Path({start!r}).exists():
        time.sleep(0.005)
    work = services.queue.claim({list_id!r}, now=__import__("datetime").datetime.now(__import__("datetime").UTC),
                                work_id={list_id!r})

    def report(progress):
        if {dies} and progress.step == "Keeping the list":
            os.kill(os.getpid(), signal.SIGKILL)

    try:
        release_list(work, report, ports=list_ports(services))
    except ListConstraintError:
        pass  # the others were faster with everybody
"""


def services_on(database):
    """Return services whose lists, customers and queue are in a database."""
    return memory_services(**repositories_on(database, *ON_DATABASE))


@pytest.fixture
def bank(database):
    bank = Bank()
    bank.services = services_on(database)
    bank.queue = bank.services.queue
    return bank


@pytest.fixture
def ranked(bank):
    from tests.bank import EVERYONE  # noqa: PLC0415
    from tests.stubs import stub_leads  # noqa: PLC0415

    ages = [20 + place % 60 for place in range(LEADS)]
    bank.services.customers.save_many(stub_leads(ages), source={"synthetic": False}, saved_at=bank.clock)
    return bank.score(EVERYONE)


def queued(bank, run_id, name, calls=CALLS):
    request = ListRequest(run_id, name, Capacity(1, 24, 24 * 60 * 1 / calls), seed=name, hold_out=HoldOut(0.05, 0.02))
    services = bank.services
    return queue_release(
        request, by=ANA, ports=list_ports(services), users=services.users, audit=services.audit, now=datetime.now(UTC)
    )


def start(server_uri, database, list_id, signal_file, *, dies=False):
    lines = textwrap.dedent(SCRIPT).format(
        uri=server_uri, name=database.name, start=str(signal_file), list_id=list_id, dies=dies
    )
    return subprocess.Popen([sys.executable, "-c", lines], cwd=ROOT, stderr=subprocess.PIPE, text=True)


def ended(process):
    """Wait for a process, and return how it ended and what it complained of."""
    _, said = process.communicate(timeout=120)
    return process.returncode, said[-600:]


def entries_of(bank, list_id):
    return bank.services.frames.load(list_owner(list_id))


def test_managers_who_release_at_once_never_share_a_customer(bank, ranked, database, server_uri, tmp_path):
    list_ids = [queued(bank, ranked, name) for name in ("Ana's", "Ben's", "Eva's")]
    processes = [start(server_uri, database, list_id, tmp_path / "go") for list_id in list_ids]

    (tmp_path / "go").touch()

    assert [ended(process) for process in processes] == [(0, "")] * 3
    states = [bank.services.lists.find(list_id).state for list_id in list_ids]
    released = [list_id for list_id, state in zip(list_ids, states, strict=True) if state is ListState.RELEASED]
    customers = [set(entries_of(bank, list_id)["customer_id"]) for list_id in released]
    assert sum(map(len, customers)) == len(set().union(*customers))
    claimed = bank.services.lists.claimed()
    assert claimed == {name: list_id for list_id, mine in zip(released, customers, strict=True) for name in mine}
    figures = [bank.services.lists.find(list_id).figures for list_id in released]
    assert all(each.data_hash == data_hash(entries_of(bank, i)) for each, i in zip(figures, released, strict=True))


def test_a_release_that_is_killed_is_done_again_and_loses_and_repeats_nobody(
    bank, ranked, database, server_uri, tmp_path
):
    list_id = queued(bank, ranked, "Ana's", calls=500)
    (tmp_path / "go").touch()
    killed = start(server_uri, database, list_id, tmp_path / "go", dies=True)
    assert ended(killed)[0] == -signal.SIGKILL
    lists = bank.services.lists
    assert lists.find(list_id).state is ListState.RELEASING
    assert len(lists.claimed()) > 500

    release_list(bank.services.queue.find(list_id), lambda _: None, ports=list_ports(bank.services))

    assert lists.find(list_id).state is ListState.RELEASED
    entries = entries_of(bank, list_id)
    assert entries["customer_id"].is_unique
    assert set(lists.claimed()) == set(entries["customer_id"])
    assert int((entries["place"] > 0).sum()) == 500
