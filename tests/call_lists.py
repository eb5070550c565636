"""A released list in a bank in memory, with everything its files need."""

from datetime import UTC, datetime, timedelta

import pytest

from smartbank.bootstrap import call_ports, list_export_ports, list_ports, outcome_upload_ports
from smartbank.core.call_lists import ListRequest
from smartbank.core.capacity import Capacity
from smartbank.core.hold_out import HoldOut
from smartbank.core.list_entries import list_owner
from smartbank.services.calling import Call
from smartbank.services.list_release import queue_release
from smartbank.services.my_calls import record_outcome
from tests.actors import ANA
from tests.bank import EVERYONE, Bank
from tests.stubs import stub_leads


@pytest.fixture
def bank():
    """A bank that releases lists."""
    return ListBank()


@pytest.fixture
def call_list(bank):
    """A list it released."""
    return bank.release()


class ListBank(Bank):
    """Sixty customers with phones, ranked, and lists of ten calls; the stub puts the oldest first."""

    def __init__(self, services=None):
        super().__init__()
        if services is not None:
            self.services, self.queue = services, services.queue
        leads = stub_leads(list(range(20, 80))).assign(
            name=[f"Ana {number}" for number in range(60)],
            phone=[f"+4420794600{number:02d}" for number in range(60)],
            contact=["cellular", *["telephone"] * 58, None],
        )
        self.services.customers.save_many(leads, source={"synthetic": False, "upload_id": "u1"}, saved_at=self.clock)
        self.run_id = self.score(EVERYONE)

    def release(self, calls=10, *, control=0.1, exploration=0.2, **more):
        request = ListRequest(
            **{"run_id": self.run_id, "name": "Monday", "seed": "seed"} | more,
            capacity=Capacity(1, calls / 10, 6.0),
            hold_out=HoldOut(control, exploration),
        )
        services = self.services
        list_id = queue_release(
            request, by=ANA, ports=list_ports(services), users=services.users, audit=services.audit, now=self.later()
        )
        self.work()
        return services.lists.find(list_id)

    def later(self):
        self.clock += timedelta(seconds=1)
        return self.clock

    def entries(self, call_list):
        return self.services.frames.load(list_owner(call_list.list_id)).sort_values("place", ignore_index=True)

    def called(self, call_list):
        entries = self.entries(call_list)
        return entries.loc[entries["place"] > 0, "customer_id"].tolist()

    def control(self, call_list):
        entries = self.entries(call_list)
        return entries.loc[entries["place"] == 0, "customer_id"].tolist()

    def call(self, call_list, customer_id, kind, *, attempt=1, at=None, by=ANA):
        return record_outcome(
            Call(call_list.list_id, customer_id, attempt),
            kind,
            by=by,
            ports=call_ports(self.services),
            now=at or datetime.now(UTC),
        )

    def outcomes(self, call_list):
        return self.services.outcomes.of_list(call_list.list_id)

    @property
    def export_ports(self):
        return list_export_ports(self.services)

    @property
    def upload_ports(self):
        return outcome_upload_ports(self.services)
