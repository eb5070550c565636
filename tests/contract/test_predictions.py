"""Every prediction repository must pass these, whatever it is built on."""

from datetime import UTC, datetime, timedelta

import pytest

MONDAY = datetime(2026, 1, 5, 9, tzinfo=UTC)


def prediction(run_id, rank, customer_id, *, day=0, propensity=0.2):
    return {
        "prediction_id": f"{run_id}-{rank}",
        "run_id": run_id,
        "rank": rank,
        "customer_id": customer_id,
        "scored_at": MONDAY + timedelta(days=day),
        "propensity": propensity,
        "contributions": {"job": 0.25},
    }


@pytest.fixture
def predictions(build):
    return build("PredictionRepository")


def test_a_customer_never_scored_has_no_history(predictions):
    assert predictions.history("c1") == []


def test_history_is_newest_first_and_of_one_customer(predictions):
    predictions.save_many([prediction("r1", 1, "c1", day=0), prediction("r1", 2, "c2", day=0)])
    predictions.save_many([prediction("r2", 1, "c1", day=2)])
    predictions.save_many([prediction("r3", 5, "c1", day=1)])

    assert predictions.history("c1") == [
        prediction("r2", 1, "c1", day=2),
        prediction("r3", 5, "c1", day=1),
        prediction("r1", 1, "c1", day=0),
    ]
    assert [found["run_id"] for found in predictions.history("c1", limit=2)] == ["r2", "r3"]


def test_the_same_predictions_again_change_nothing(predictions):
    predictions.save_many([prediction("r1", 1, "c1", propensity=0.2)])

    predictions.save_many([prediction("r1", 1, "c1", propensity=0.9), prediction("r1", 2, "c2")])

    assert [found["propensity"] for found in predictions.history("c1")] == [0.2]
    assert len(predictions.history("c2")) == 1


def test_saving_nothing_is_no_error(predictions):
    predictions.save_many([])

    assert predictions.history("c1") == []


def test_saving_does_not_change_what_it_is_given(predictions):
    given = prediction("r1", 1, "c1")

    predictions.save_many([given])

    assert given == prediction("r1", 1, "c1")


def test_deleting_a_run_leaves_the_others(predictions):
    predictions.save_many([prediction("r1", rank, f"c{rank}") for rank in range(1, 30)])
    predictions.save_many([prediction("r2", 1, "c1")])

    predictions.delete_run("r1")
    predictions.delete_run("r1")

    assert [found["run_id"] for found in predictions.history("c1")] == ["r2"]
    assert predictions.history("c29") == []


def test_predictions_of_a_run_are_found_by_their_ranks_best_first(predictions):
    predictions.save_many([prediction("r1", rank, f"c{rank}") for rank in (3, 1, 2, 5, 4)])
    predictions.save_many([prediction("r2", 2, "c1")])

    assert predictions.in_run("r1", 2, 4) == [prediction("r1", rank, f"c{rank}") for rank in (2, 3, 4)]
    assert [found["rank"] for found in predictions.in_run("r1", 5, 9)] == [5]
    assert predictions.in_run("r1", 6, 9) == []
    assert predictions.in_run("r3", 1, 9) == []


def test_predictions_are_found_by_run_and_customer(predictions):
    predictions.save_many([prediction("r1", 1, "c1"), prediction("r1", 2, "c2"), prediction("r2", 1, "c1")])

    found = predictions.of_leads([("r1", "c1"), ("r2", "c1"), ("r2", "c2"), ("r9", "c1")])

    assert sorted((row["run_id"], row["customer_id"]) for row in found) == [("r1", "c1"), ("r2", "c1")]
    assert predictions.of_leads([]) == []
