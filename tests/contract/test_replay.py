"""Predictions of the model in force are made again bit for bit, from memory and from the database."""

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from smartbank.adapters.memory import MemoryRuleBookRepository
from smartbank.bootstrap import executors, replay_ports
from smartbank.config import Settings
from smartbank.core.call_rules import RuleBook
from smartbank.core.customers import CustomerQuery
from smartbank.core.fields import LEAD_COLUMNS
from smartbank.core.people import COMMAND_LINE
from smartbank.ml.demo_population import demo_population
from smartbank.ml.shelf import ArtifactShelf
from smartbank.ml.synthetic import load_demo_tables
from smartbank.services.replaying import replay_run, replay_sample
from smartbank.services.runs import RunSource, queue_run
from smartbank.services.uploads import queue_upload
from tests.services import memory_services

MODELS = Path(__file__).parents[2] / "models"
NOW = datetime(2026, 1, 5, 9, tzinfo=UTC)
LEADS = 1_200
HOLES = ("age", "job", "education", "default", "contact", "attempt", "previous", "days_since_contact")


@pytest.fixture
def services(build):
    return memory_services(
        configuration=Settings(models_dir=MODELS),
        shelf=ArtifactShelf(MODELS),
        rules=MemoryRuleBookRepository(RuleBook(rules=())),
        **{
            name: build(kind)
            for name, kind in {
                "customers": "CustomerRepository",
                "queue": "WorkQueue",
                "frames": "FrameStore",
                "files": "FileStore",
                "predictions": "PredictionRepository",
                "settings": "SettingsRepository",
            }.items()
        },
    )


@pytest.fixture
def do(services):
    """Do a piece of work, as the worker would, and return its id."""

    def do(work_id):
        work = services.queue.claim("w", now=NOW, work_id=work_id)
        result = executors(services)[work.kind](work, lambda _progress: None)
        services.queue.finish(work_id, "w", result, now=NOW)
        return work_id

    return do


def people_of_a_file():
    """Made-up customers with holes, zeros written as -0, and a market of their own, some of it not known."""
    rng = np.random.default_rng(0)
    people = demo_population(load_demo_tables(MODELS), n=LEADS, seed=3).astype(object)
    for name in HOLES:
        people.loc[rng.random(LEADS) < 0.1, name] = ""
    people.loc[people["previous"] == 0, "previous"] = "-0"
    people["euribor3m"] = rng.choice([4.857, 1.313, 0.634, 0.1234567890123], LEADS)
    people["cons.price.idx"] = rng.choice(["93.994", "92.893", "94.767", "77"], LEADS)
    people["emp.var.rate"] = rng.choice(["1.1", "-1.8", "-0.1", ""], LEADS)
    return people


def queued(services, source, market="snapshot"):
    return queue_run(
        source, market=market, by=COMMAND_LINE, queue=services.queue, audit=services.audit, now=datetime.now(UTC)
    )


def test_every_prediction_is_made_again_bit_for_bit_also_of_customers_who_changed_since(services, do):
    content = people_of_a_file().to_csv(index=False).encode()
    upload_id = do(
        queue_upload(
            [content],
            "past.csv",
            by=COMMAND_LINE,
            files=services.files,
            queue=services.queue,
            audit=services.audit,
            now=NOW,
        )
    )
    upload = RunSource("upload", "past.csv", upload_id=upload_id)
    stored = RunSource.of_query(CustomerQuery(), "all customers")
    runs = [do(queued(services, upload)), do(queued(services, stored)), do(queued(services, upload, "file"))]
    changed = services.customers.load(services.customers.ids(CustomerQuery())[:300])
    services.customers.save_many(changed.assign(age=changed["age"] + 1, job="student"), source={}, saved_at=NOW)

    replayed = [replay_run(run_id, by=COMMAND_LINE, ports=replay_ports(services)) for run_id in runs]

    assert services.queue.find(upload_id).result["clean"] == LEADS
    assert all(len(services.queue.find(run_id).result["drift"]["fields"]) == len(LEAD_COLUMNS) for run_id in runs)
    assert [(run.tried, run.equal, run.faults) for run in replayed] == [(LEADS, LEADS, [])] * 3
    assert services.predictions.in_run(runs[2], 1, 1)[0].keys() >= {"market", "lead_hash"}


def test_a_sample_of_all_runs_is_drawn_from_each_by_its_size(services, do):
    people = demo_population(load_demo_tables(MODELS), n=300, seed=0)
    services.customers.save_many(people, source={"synthetic": True}, saved_at=NOW)
    for query in (CustomerQuery(), CustomerQuery(max_age=40)):
        do(queued(services, RunSource.of_query(query, "customers")))

    found = list(replay_sample(60, by=COMMAND_LINE, ports=replay_ports(services)))

    assert sum(run.tried for run in found) == sum(run.equal for run in found) == 60
    assert found[0].tried > found[1].tried > 0
