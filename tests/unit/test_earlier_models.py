"""Models of earlier versions: each that is shipped loads, and what it predicted is made again with it."""

from dataclasses import replace
from pathlib import Path

import pytest

from smartbank import worker
from smartbank.bootstrap import replay_ports
from smartbank.config import Settings
from smartbank.core.customers import CustomerQuery
from smartbank.core.fields import LEAD_COLUMNS
from smartbank.core.model_versions import Promotion
from smartbank.core.people import COMMAND_LINE
from smartbank.ml.artifact import load_version
from smartbank.ml.artifact_files import champion_version
from smartbank.ml.shelf import ArtifactShelf
from smartbank.ml.synthetic import load_demo_tables, synthetic_customers
from smartbank.services.replaying import replay_run
from smartbank.services.runs import RunSource, queue_run
from tests.services import memory_services
from tests.stubs import stub_leads
from tests.unit.test_scoring import MORNING

MODELS = Path(__file__).parents[2] / "models"
EARLIER = sorted({path.parent.name for path in MODELS.glob("*/manifest.json")} - {champion_version(MODELS)})
LEADS = 250


@pytest.mark.parametrize("version", EARLIER)
def test_predictions_of_an_earlier_model_are_made_again_while_another_is_in_force(version):
    services = memory_services(shelf=ArtifactShelf(MODELS), configuration=Settings(models_dir=MODELS))
    promotion = Promotion(1, version, champion_version(MODELS), MORNING, "ada", "It is the one of last year.")
    assert services.registry.promote(promotion)
    known = synthetic_customers(load_demo_tables(MODELS), n=LEADS, seed=0)
    leads = stub_leads([40] * LEADS).assign(**{name: known[name].to_numpy() for name in LEAD_COLUMNS})
    services.customers.save_many(leads, source={}, saved_at=MORNING)
    ports = {"queue": services.queue, "audit": services.audit, "now": MORNING}
    run_id = queue_run(RunSource.of_query(CustomerQuery(), "all"), market="snapshot", by=COMMAND_LINE, **ports)
    assert worker.run_once(services)

    assert services.registry.promote(replace(promotion, number=2, version=champion_version(MODELS), before=version))
    found = replay_run(run_id, by=COMMAND_LINE, ports=replay_ports(services))

    assert services.scorer.version == champion_version(MODELS)
    assert services.queue.find(run_id).result["model_version"] == version
    assert (found.equal, found.faults, found.obstacles) == (LEADS, [], {})


def test_the_first_format_is_among_those_tried():
    assert any(load_version(MODELS, version).ranking.linear is None for version in EARLIER)
