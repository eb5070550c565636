"""Scores a program asks for are kept, made again by the model in force, and forgotten, on both storages."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from smartbank.adapters.memory import MemoryRuleBookRepository
from smartbank.bootstrap import asked_ports, replay_ports
from smartbank.config import Settings
from smartbank.core.asked_leads import AskedLead
from smartbank.core.call_rules import RuleBook
from smartbank.core.people import COMMAND_LINE
from smartbank.core.work_ids import new_request_id
from smartbank.ml.shelf import ArtifactShelf
from smartbank.services.asked_scores import score_asked
from smartbank.services.ground_in_force import GroundInForce
from smartbank.services.replaying import replay_prediction
from tests.services import memory_services

MODELS = Path(__file__).parents[2] / "models"
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
SEED = {"age": 45.0, "job": "admin.", "marital": "married", "education": "university.degree", "housing": "yes"}


@pytest.fixture
def services(build):
    names = {"customers": "CustomerRepository", "predictions": "PredictionRepository", "outcomes": "OutcomeRepository"}
    kept = build("GroundRepository")
    services = memory_services(
        configuration=Settings(models_dir=MODELS),
        shelf=ArtifactShelf(MODELS),
        rules=MemoryRuleBookRepository(RuleBook(rules=())),
        kept_grounds=kept,
        **{name: build(kind) for name, kind in names.items()},
    )
    grounds = GroundInForce(
        grounds=kept,
        settings=services.in_force,
        market=services.market,
        outcomes=services.outcomes,
        queue=services.queue,
    )
    object.__setattr__(services, "grounds", grounds)
    return services


@pytest.mark.parametrize("market", [{}, {"euribor3m": 1.2, "cpi": 93.2, "emp_var_rate": -1.8}])
def test_a_score_is_made_again_bit_for_bit_alone_and_in_a_batch(services, market):
    leads = [AskedLead(f"C{age}", SEED | {"age": float(age)}, market) for age in range(20, 90, 7)]
    alone = [AskedLead(f"A{age}", SEED | {"age": float(age)}, market) for age in range(20, 90, 7)]

    batch = score_asked(leads, by=COMMAND_LINE, ports=asked_ports(services), now=NOW)
    single = [score_asked([each], by=COMMAND_LINE, ports=asked_ports(services), now=NOW)[0] for each in alone]

    for one, other in zip(batch, single, strict=True):
        name = f"{one.prediction['run_id']}:{one.prediction['rank']}"
        assert replay_prediction(name, by=COMMAND_LINE, ports=replay_ports(services)).is_equal
        same = ("margin", "level", "propensity", "contributions", "band", "lead_hash")
        assert [one.prediction[part] for part in same] == [other.prediction[part] for part in same]


def test_a_kept_prediction_is_what_was_answered(services):
    (score,) = score_asked([AskedLead("C1", SEED)], by=COMMAND_LINE, ports=asked_ports(services), now=NOW)

    assert services.predictions.history("C1") == [score.prediction]


def test_predictions_of_requests_are_forgotten_by_age_and_those_of_runs_are_not(services):
    for days in (0, 10, 20):
        at = NOW + timedelta(days=days)
        score_asked([AskedLead(f"C{days}", SEED)], by=COMMAND_LINE, ports=asked_ports(services), now=at)
    of_run = services.predictions.history("C0")[0] | {"run_id": "20260101-000000-000-abcdef"}
    services.predictions.save_many([of_run])

    assert services.predictions.delete_asked_before(NOW + timedelta(days=15)) == 2

    left = [each["run_id"] for name in ("C0", "C10", "C20") for each in services.predictions.history(name)]
    assert left[0] == of_run["run_id"]
    assert left[1] > new_request_id(NOW + timedelta(days=19))
    assert len(left) == 2


def test_a_ground_is_kept_once_and_found_as_it_was(services):
    ground = services.grounds.take(services.scorer, now=NOW)
    services.kept_grounds.keep(ground, now=NOW)

    assert services.kept_grounds.find(ground.ground_id) == ground
    assert services.kept_grounds.find("ground-0") is None
