from datetime import UTC, datetime

import numpy as np
import pandas as pd
import pytest

from smartbank.adapters.memory import (
    MemoryAuditLog,
    MemoryCustomerRepository,
    MemoryErasedCustomers,
    MemoryFrameStore,
    MemoryOutcomeRepository,
    MemoryPredictionRepository,
    MemoryRuleBookRepository,
    MemorySettingsRepository,
    MemoryWorkQueue,
)
from smartbank.core.customers import CustomerQuery
from smartbank.core.work import Progress, Work, WorkKind
from smartbank.errors import LeadValidationError, WorkCancelledError
from smartbank.services.customer_view import newest_of_today
from smartbank.services.first_run import first_run
from smartbank.services.forgetting import tidy_run
from smartbank.services.latest_scores import latest_scores
from smartbank.services.runs import RunSource, find_run, queue_run, ranked_leads, recent_runs
from smartbank.services.scoring import ScoringPorts, score_run
from tests.actors import ANA
from tests.services import bundled_market
from tests.stubs import NothingTrainedOn, StubScorer, stub_leads

MORNING = datetime(2026, 1, 5, 9, tzinfo=UTC)


@pytest.fixture
def ports():
    return ScoringPorts(
        scorer=StubScorer(),
        training_rows=NothingTrainedOn(),
        customers=MemoryCustomerRepository(),
        frames=MemoryFrameStore(),
        erased=MemoryErasedCustomers(),
        predictions=MemoryPredictionRepository(),
        outcomes=MemoryOutcomeRepository(),
        settings=MemorySettingsRepository(),
        rules=MemoryRuleBookRepository(),
        queue=MemoryWorkQueue(),
        market=bundled_market(),
    )


def score(ports, source, *, market="snapshot", report=lambda _progress: None, now=MORNING):
    run_id = queue_run(source, market=market, queue=ports.queue, audit=MemoryAuditLog(), by=ANA, now=now)
    work = ports.queue.claim("w", now=now)
    try:
        ports.queue.finish(run_id, "w", score_run(work, report, ports=ports), now=now)
    finally:
        tidy_run(ports.queue.find(run_id), frames=ports.frames, predictions=ports.predictions)
    return find_run(run_id, by=ANA, queue=ports.queue)


def upload(ports, leads, *, upload_id="u1", **market):
    ports.frames.delete(f"upload:{upload_id}:rows")
    ports.frames.append(f"upload:{upload_id}:rows", 0, leads.assign(**market) if market else leads)
    return RunSource("upload", "customers.csv", upload_id=upload_id)


def test_a_run_ranks_the_uploaded_leads_best_first_and_keeps_one_prediction_each(ports):
    source = upload(ports, stub_leads([30, 60, 40]))

    run = score(ports, source)

    ranked = ranked_leads(run.run_id, by=ANA, frames=ports.frames)
    assert ranked["customer_id"].tolist() == ["lead-1", "lead-2", "lead-0"]
    assert run.result["saved"] == {"added": 3, "changed": 0, "unchanged": 0}
    (prediction,) = ports.predictions.history("lead-1")
    assert (prediction["rank"], prediction["customer_version"], prediction["model_version"]) == (1, 1, "stub-1")
    assert prediction["contributions"] == [2.0] + [0.0] * 11


def test_a_whole_upload_has_the_rate_of_the_level_in_force_on_average(ports):
    source = upload(ports, stub_leads(list(range(20, 80)) * 4).assign(customer_id=[f"c{i:03}" for i in range(240)]))

    run = score(ports, source)

    assert (run.level.anchor, run.level.base_rate, run.level.market_shift) == ("run", 0.113, -0.4)
    assert run.level.rate == pytest.approx(0.0787, abs=1e-4)  # odds of 113 to 887, times exp(-0.4)
    mean = ranked_leads(run.run_id, by=ANA, frames=ports.frames)["propensity"].mean()
    assert mean == pytest.approx(run.level.rate, abs=1e-12)


def test_a_small_run_takes_the_level_of_the_last_whole_one(ports):
    everyone = score(
        ports, upload(ports, stub_leads(list(range(20, 70)) * 5).assign(customer_id=[f"c{i:03}" for i in range(250)]))
    )

    best = score(ports, RunSource.of_query(CustomerQuery(text="c249"), "one"))

    assert best.result["level"] == everyone.result["level"]


def test_a_small_first_run_is_anchored_on_the_reference_leads(ports):
    run = score(ports, upload(ports, stub_leads([40])))

    assert run.result["level"]["anchor"] == "reference"


def test_a_replay_moves_each_lead_to_its_own_market(ports):
    source = upload(ports, stub_leads([40, 40]), euribor3m=[4.0, 1.0], cpi=[93.994, 93.994], emp_var_rate=[1.1, 1.1])

    run = score(ports, source, market="file")

    ranked = ranked_leads(run.run_id, by=ANA, frames=ports.frames)
    assert ranked["customer_id"].tolist() == ["lead-0", "lead-1"]
    assert ranked["level"].diff().iloc[1] == pytest.approx(-3.0)
    assert ranked["propensity"].mean() == pytest.approx(0.113)
    assert run.result["not_own_market"] == {}


def test_rows_of_a_replay_whose_market_is_of_no_use_are_counted_and_take_the_one_in_force(ports):
    source = upload(
        ports,
        stub_leads([40, 40, 40, 40]),
        euribor3m=[4.0, 4.0, 4.0, None],
        cpi=[93.994, 128.02, None, 128.02],
        emp_var_rate=[1.1, 1.1, 1.1, 1.1],
    )

    run = score(ports, source, market="file")

    ranked = ranked_leads(run.run_id, by=ANA, frames=ports.frames).set_index("customer_id")
    today = run.snapshot
    assert run.result["not_own_market"] == {"euribor3m": 1, "cpi": 1, "unknown cpi": 2}
    assert ranked["cpi_yoy"].sort_index().tolist() == [2.78, today.cpi_yoy, today.cpi_yoy, today.cpi_yoy]
    assert ranked.loc["lead-3", "euribor3m"] == today.euribor3m


def test_scoring_in_chunks_or_at_once_gives_the_same_bits(ports, monkeypatch):
    score(ports, upload(ports, stub_leads(list(range(20, 80)))))
    everyone = RunSource.of_query(CustomerQuery(), "all customers")
    at_once = ranked_leads(score(ports, everyone).run_id, by=ANA, frames=ports.frames)

    monkeypatch.setattr("smartbank.services.populations.CHUNK_ROWS", 7)
    in_chunks = ranked_leads(score(ports, everyone).run_id, by=ANA, frames=ports.frames)

    pd.testing.assert_frame_equal(at_once, in_chunks)


def test_a_cancelled_run_leaves_nothing_behind(ports):
    def cancel(progress: Progress) -> None:
        if progress.step == "Keeping the predictions":
            ports.queue.cancel(recent_runs(by=ANA, queue=ports.queue)[0].run_id, now=MORNING)
            raise WorkCancelledError("cancelled")

    with pytest.raises(WorkCancelledError):
        score(ports, upload(ports, stub_leads([30, 60])), report=cancel)

    run_id = recent_runs(by=ANA, queue=ports.queue)[0].run_id
    assert ranked_leads(run_id, by=ANA, frames=ports.frames).empty
    assert ports.predictions.history("lead-0") == []


def test_a_run_cancelled_after_its_last_report_leaves_nothing_behind_either(ports):
    def cancel(progress: Progress) -> None:
        if progress.step == "Keeping the predictions" and progress.share == 1:
            ports.queue.cancel(recent_runs(by=ANA, queue=ports.queue)[0].run_id, now=MORNING)

    with pytest.raises(WorkCancelledError):
        score(ports, upload(ports, stub_leads([30, 60])), report=cancel)

    assert ports.predictions.history("lead-0") == []
    assert latest_scores(frames=ports.frames).empty


def test_a_worker_that_lost_its_lease_leaves_the_results_of_the_next_one_alone(ports):
    first = score(ports, upload(ports, stub_leads([30, 60])))
    work = find_run(first.run_id, by=ANA, queue=ports.queue).work

    def lost(progress: Progress) -> None:
        if progress.step == "Keeping the predictions":
            raise WorkCancelledError("another worker holds it")

    with pytest.raises(WorkCancelledError):
        score_run(work, lost, ports=ports)

    assert len(ranked_leads(first.run_id, by=ANA, frames=ports.frames)) == 2


def test_a_replay_is_no_latest_score(ports):
    today = score(ports, upload(ports, stub_leads([40, 40])))
    source = upload(ports, stub_leads([40, 40]), euribor3m=[4.0, 1.0], cpi=[93.994, 93.994], emp_var_rate=[1.1, 1.1])

    replay = score(ports, source, market="file", now=datetime(2026, 1, 6, tzinfo=UTC))

    assert latest_scores(frames=ports.frames)["run_id"].unique().tolist() == [today.run_id]
    newest = newest_of_today(ports.predictions.history("lead-0"))
    assert newest["run_id"] == today.run_id
    assert first_run([replay, today]) is today


def test_a_query_that_finds_nobody_is_refused_in_words(ports):
    work = Work(
        "r1",
        WorkKind.RUN,
        "ana",
        MORNING,
        {"source": RunSource.of_query(CustomerQuery(), "all").__dict__, "market": "snapshot"},
    )

    with pytest.raises(LeadValidationError, match="no lead to score"):
        score_run(work, lambda _progress: None, ports=ports)


def test_the_latest_scores_hold_each_customer_once_with_the_newest_band(ports):
    score(ports, upload(ports, stub_leads([30, 60])))

    score(ports, RunSource.of_query(CustomerQuery(text="lead-1"), "one"))

    latest = latest_scores(frames=ports.frames).set_index("customer_id")
    assert sorted(latest.index) == ["lead-0", "lead-1"]
    assert latest["rank"].to_dict() == {"lead-0": 2, "lead-1": 1}


def test_a_query_by_band_finds_the_leads_of_that_band(ports):
    first = score(ports, upload(ports, stub_leads([20, 80])))
    bands = ranked_leads(first.run_id, by=ANA, frames=ports.frames).set_index("customer_id")["band"]

    found = score(ports, RunSource.of_query(CustomerQuery(bands=(bands["lead-1"],)), "band"))

    assert ranked_leads(found.run_id, by=ANA, frames=ports.frames)["customer_id"].tolist() == ["lead-1"]


def test_progress_never_goes_past_the_number_of_leads(ports):
    seen: list[Progress] = []

    score(ports, upload(ports, stub_leads([30, 60, 40])), report=seen.append)

    steps = [progress.step for progress in seen]
    assert steps == [*["Saving and scoring"] * 2, *["Keeping the predictions"] * 2]
    assert all(0 <= progress.done <= progress.total == 3 for progress in seen)
    assert np.isclose(seen[-1].share, 1.0)


def test_an_uploaded_customer_that_is_synthetic_already_stays_so(ports):
    leads = stub_leads([30, 60])
    ports.customers.save_many(
        leads.head(1), source={"kind": "demo", "name": "demo", "synthetic": True}, saved_at=MORNING
    )

    run = score(ports, upload(ports, leads))

    assert run.result["synthetic_leads"] == 1


def test_the_level_of_made_up_customers_is_none_for_a_banks_own(ports):
    whole = stub_leads(list(range(20, 70)) * 5).assign(customer_id=[f"c{i:03}" for i in range(250)])
    ports.customers.save_many(whole, source={"kind": "demo", "name": "demo", "synthetic": True}, saved_at=MORNING)
    score(ports, RunSource.of_query(CustomerQuery(), "all"))

    own = score(ports, upload(ports, stub_leads([40]).assign(customer_id=["own-1"])))

    assert own.result["level_source"] == "reference"


def test_a_run_says_whose_level_it_took_and_how_many_leads_are_synthetic(ports):
    first = score(ports, upload(ports, stub_leads([40])))
    whole = stub_leads(list(range(20, 70)) * 5).assign(customer_id=[f"c{i:03}" for i in range(250)])
    ports.customers.save_many(whole, source={"kind": "demo", "name": "demo", "synthetic": True}, saved_at=MORNING)
    everyone = score(ports, RunSource.of_query(CustomerQuery(), "all"))
    selected = score(ports, RunSource.of_query(CustomerQuery(text="c249"), "one"))

    sources = [run.result["level_source"] for run in (first, everyone, selected)]
    assert sources == ["reference", "this run", "earlier run"]
    assert [run.result["synthetic_leads"] for run in (first, everyone, selected)] == [0, 250, 1]
