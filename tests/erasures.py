"""A bank in which everything there is was done to one customer, who is then erased; on any storage."""

from datetime import UTC, datetime

from smartbank.adapters import memory
from smartbank.bootstrap import call_ports, export_ports, list_export_ports
from smartbank.core.call_rules import CallRule, RuleBook, RuleKind
from smartbank.core.customers import CustomerQuery
from smartbank.core.notes import Note
from smartbank.core.outcomes import OutcomeKind
from smartbank.core.people import Actor, Role
from smartbank.core.ranking import RankFilter
from smartbank.services.erasing import queue_erasure
from smartbank.services.exporting import queue_workbook
from smartbank.services.list_exporting import queue_list_workbook
from smartbank.services.my_calls import correct_outcome, take_back_outcome
from smartbank.services.runs import RunSource
from tests.actors import ANA
from tests.bank import EVERYONE
from tests.call_lists import ListBank
from tests.database import VAULT, repositories_on
from tests.services import ALWAYS, memory_services

ADA = Actor("ada", Role.ADMIN, "192.0.2.3")
HER, NAME, PHONE = "lead-59", "Ana 59", "+442079460059"
"""The oldest of sixty, so the first of every ranking."""
REASON = "asked for it by letter of 3 May"
FILE = f"customer_id,name,phone,age,job\n{HER},{NAME},{PHONE},79,retired\nlead-7,Ana 7,,27,student\n"
ASIDE = f"customer_id,age,job\n{HER},not known,student\nlead-8,28,student\n"
OTHERS = "customer_id,age,job\nlead-9,29,student\n"
_ON_DATABASE = (
    *("customers", "corrections", "marked", "erased", "queue", "frames", "files", "mappings", "notes"),
    *("predictions", "outcomes", "lists", "audit", "inbox"),
)


def services_on(database=None):
    """Return services in memory, or with all that is kept of customers on a database."""
    if database is None:
        customers = memory.MemoryCustomerRepository(vault=VAULT)
        return memory_services(
            customers=customers,
            corrections=memory.MemoryCustomerCorrections(customers),
            marked=memory.MemoryMarkedByUploads(customers),
            erased=memory.MemoryErasedCustomers(vault=VAULT),
        )
    return memory_services(**repositories_on(database, *_ON_DATABASE))


class ErasureBank(ListBank):
    """Everything was done to `HER`; some was done to others only."""

    def __init__(self, services=None):
        super().__init__(services or services_on())
        held = self.services
        self.others_upload, _ = self.bring(OTHERS, "others.csv")
        self.uploads = [self.bring(FILE, f"{NAME}.csv")[0], self.bring(ASIDE, "aside.csv")[0]]
        self.by_name = self.score(RunSource.of_query(CustomerQuery(text=NAME), f"“{NAME}”"))
        self.under_rules(CallRule("old", RuleKind.SEGMENT, name="old", segment_field="age", low=79, high=120))
        self.without_her = self.score(EVERYONE)
        self.under_rules()
        self.list = self.release(control=0.0, exploration=0.0)
        self.kept_off = self.release(name="Tuesday", control=0.0, exploration=0.0)
        self._call()
        held.notes.add(Note("n1", HER, self.clock, "ana", f"Ring {NAME} after six.", {"if_age": "30"}))
        self.export = queue_workbook(self.run_id, RankFilter(), by=ANA, ports=export_ports(held), now=self.later())
        self.list_export = queue_list_workbook(
            self.list.list_id, by=ANA, ports=list_export_ports(held), now=self.later()
        )
        self.work()

    def under_rules(self, *rules):
        book = RuleBook(self.services.rules.current().version, rules, ALWAYS)
        self.services.rules.save(book, by="ada", at=self.later())

    def _call(self):
        """Call her twice, once by mistake, and others."""
        ports = call_ports(self.services)
        first = self.call(self.list, HER, OutcomeKind.NO_ANSWER)
        take_back_outcome(first, by=ANA, ports=ports, now=datetime.now(UTC))
        first = self.call(self.list, HER, OutcomeKind.NO_ANSWER)
        second = self.call(self.list, HER, OutcomeKind.SUBSCRIBED, attempt=2)
        correct_outcome(second, OutcomeKind.DECLINED, by=ANA, ports=ports, now=datetime.now(UTC))
        self.call(self.list, self.called(self.list)[1], OutcomeKind.SUBSCRIBED)

    def ask(self, customer_id=HER, *, typed=None, reason=REASON, by=ADA):
        held = self.services
        return queue_erasure(
            customer_id,
            typed=typed or customer_id,
            reason=reason,
            customers=held.customers,
            erased=held.erased,
            **self.ports() | {"by": by},
        )

    def erase(self, customer_id=HER):
        work_id = self.ask(customer_id)
        self.work()
        return self.queue.find(work_id)
