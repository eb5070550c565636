"""What is exported here and imported into an empty store makes every prediction again."""

from datetime import UTC, datetime
from pathlib import Path

from smartbank import worker
from smartbank.adapters.memory import MemoryRuleBookRepository
from smartbank.bootstrap import replay_ports
from smartbank.config import Settings
from smartbank.core.call_rules import RuleBook
from smartbank.core.customers import CustomerQuery
from smartbank.core.people import COMMAND_LINE
from smartbank.ml.demo_population import demo_population
from smartbank.ml.shelf import ArtifactShelf
from smartbank.ml.synthetic import load_demo_tables
from smartbank.services.replaying import replay_run
from smartbank.services.runs import RunSource, queue_run
from tests.contract.backups import export_from, import_into
from tests.database import repositories_on
from tests.services import memory_services

MODELS = Path(__file__).parents[2] / "models"
LEADS = 1_000


def services_on(database):
    return memory_services(
        configuration=Settings(models_dir=MODELS),
        shelf=ArtifactShelf(MODELS),
        rules=MemoryRuleBookRepository(RuleBook(rules=())),
        **repositories_on(database, "customers", "queue", "frames", "predictions", "settings"),
    )


def test_a_thousand_predictions_are_made_again_after_export_and_import(database, empty, tmp_path):
    here, now = services_on(database), datetime.now(UTC)
    people = demo_population(load_demo_tables(MODELS), n=LEADS, seed=5)
    here.customers.save_many(people, source={"kind": "upload"}, saved_at=now)
    source = RunSource.of_query(CustomerQuery(), "all customers")
    run_id = queue_run(source, market="snapshot", by=COMMAND_LINE, queue=here.queue, audit=here.audit, now=now)
    assert worker.run_once(here)
    here.customers.save_many(people.head(100).assign(age=33.0), source={"kind": "upload"}, saved_at=now)

    export_from(database, tmp_path / "backup")
    import_into(empty, tmp_path / "backup")

    replayed = replay_run(run_id, by=COMMAND_LINE, ports=replay_ports(services_on(empty)))
    assert (replayed.tried, replayed.equal, replayed.faults) == (LEADS, LEADS, [])
