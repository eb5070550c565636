"""A run whose predictions are made again."""

from smartbank import worker
from smartbank.bootstrap import replay_ports
from smartbank.core.bank_settings import BankSettings
from smartbank.core.customers import CustomerQuery
from smartbank.core.people import COMMAND_LINE
from smartbank.services.replaying import replay_prediction, replay_run
from smartbank.services.runs import RunSource, queue_run
from tests.stubs import stub_leads
from tests.unit.test_scoring import MORNING


class Replays:
    """A run of three customers, ranked 60, 40, 30 years old, whose stored parts a test may change."""

    def __init__(self, services):
        self.services = services
        services.settings.save(BankSettings(base_rate=0.2), by="ana", at=MORNING)
        services.customers.save_many(stub_leads([30, 60, 40]), source={}, saved_at=MORNING)
        self.run_id = self.run(RunSource.of_query(CustomerQuery(), "all customers"))

    def run(self, source, market="snapshot"):
        run_id = queue_run(
            source,
            market=market,
            by=COMMAND_LINE,
            queue=self.services.queue,
            audit=self.services.audit,
            now=MORNING,
        )
        assert worker.run_once(self.services)
        return run_id

    @property
    def ports(self):
        return replay_ports(self.services)

    @property
    def result(self):
        return self.services.queue.find(self.run_id).result

    def prediction(self, rank):
        return self.services.predictions._predictions[self.run_id, rank]

    def first(self, rank=1):
        replayed = replay_prediction(f"{self.run_id}:{rank}", by=COMMAND_LINE, ports=self.ports)
        return replayed.differences[0] if replayed.differences else None

    def whole(self):
        return replay_run(self.run_id, by=COMMAND_LINE, ports=self.ports)
