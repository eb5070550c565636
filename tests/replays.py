"""A run whose predictions are made again."""

from smartbank import worker
from smartbank.bootstrap import replay_ports
from smartbank.core.bank_settings import BankSettings
from smartbank.core.customers import CustomerQuery
from smartbank.core.fingerprint import fingerprint
from smartbank.core.level import anchored_intercept, propensity
from smartbank.core.people import COMMAND_LINE
from smartbank.core.rules import rules_from
from smartbank.services.replaying import replay_prediction, replay_run
from smartbank.services.runs import RunSource, load_run, queue_run
from tests.stubs import stub_leads
from tests.unit.test_scoring import MORNING


class Replays:
    """A run of three customers, ranked 60, 40, 30 years old, whose stored parts a test may change."""

    def __init__(self, services):
        self.services = services
        if not services.settings.history():
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

    @property
    def level(self):
        return load_run(self.run_id, queue=self.services.queue).level

    def prediction(self, rank):
        return self.services.predictions._predictions[self.run_id, rank]

    def first(self, rank=1):
        return next(iter(self.differences(rank)), None)

    def differences(self, rank=1):
        return replay_prediction(f"{self.run_id}:{rank}", by=COMMAND_LINE, ports=self.ports).differences

    def whole(self):
        return replay_run(self.run_id, by=COMMAND_LINE, ports=self.ports)


def as_version_1_left_it(replays):
    """Store the run and its predictions as a version did that measured the market from the bundled snapshot alone."""
    result, services = replays.result, replays.services
    intercept = anchored_intercept(services.scorer.reference_margins(), 0.2)
    names = ("base_rate", "model_version", "anchor")
    level = {
        "intercept": intercept,
        "market_shift": 0.0,
        **{name: result["level"][name] for name in names},
        "snapshot_id": "bundled-2010-10",
    }
    result["level"] = level
    result["snapshot"] = {
        "snapshot_id": "bundled-2010-10",
        "as_of": "2010-10-31",
        "source": "Banco de Portugal",
        "euribor3m": 1.0,
        "emp_var_rate": -1.1,
        "cpi_yoy": 2.35,
    }
    for name in ("base_rate_market", "follow_outcomes"):
        del result["rules"][name]
    del result["correction"]
    stored = {"level": intercept, "intercept": intercept, "snapshot_id": "bundled-2010-10"}
    rules = rules_from(result["rules"])
    lines = services.frames.load(f"run:{replays.run_id}")
    propensities = propensity(intercept + lines["margin"].to_numpy())
    bands = rules.bands(propensities)
    made = {"propensity": propensities, "band": bands, "call": propensities >= rules.threshold}
    services.frames.append(f"run:{replays.run_id}", 0, lines.assign(level=intercept, **made))
    for at in range(len(lines)):
        own = {name: values[at].item() for name, values in made.items()}
        replays.prediction(at + 1).update(stored | own | {"level_id": "level-" + fingerprint(level)})
