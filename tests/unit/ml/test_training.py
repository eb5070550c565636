from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from smartbank.core.fields import LEAD_COLUMNS
from smartbank.core.training_data import TrainingData
from smartbank.errors import ModelArtifactError, TrainingDataError
from smartbank.ml.artifact import load_scorer
from smartbank.ml.artifact_files import champion_version
from smartbank.ml.artifact_training import train_artifact


def files_of(models_dir):
    return {path.relative_to(models_dir): path.read_bytes() for path in models_dir.rglob("*") if path.is_file()}


def train(data, models_dir, settings, **more):
    return train_artifact(data, models_dir, settings=settings, min_month_rows=60, resamples=5, **more)


def test_training_again_on_more_threads_gives_the_same_bytes(training_data, small_models, small_settings, tmp_path):
    version = train(training_data, tmp_path, small_settings, n_threads=2)

    assert version == champion_version(small_models)
    assert files_of(tmp_path) == files_of(small_models)


def test_another_seed_gives_another_version_and_says_so(training_data, small_models, small_settings, tmp_path):
    lines = []

    version = train(training_data, tmp_path, small_settings, seed=1, report=lines.append)

    assert version == champion_version(tmp_path) != champion_version(small_models)
    assert "1,560 rows" in lines[0]
    assert lines[-1].startswith(f"Model {version} is in force; ")


def test_the_card_says_what_was_trained_on_what_and_how_good_it_is(training_data, small_models):
    card = load_scorer(small_models).card

    assert card["data"]["rows"] == len(training_data.frame)
    assert card["data"]["sha256"] == training_data.sha256
    assert card["base_rate"] == pytest.approx(training_data.frame["y"].mean(), abs=1e-6)
    assert 0.6 < card["metrics"]["A"]["auc"] < 0.82
    assert 0.6 < card["metrics"]["C"]["auc_month_mean"]["value"] < 0.82
    assert set(card["metrics"]["baselines"]) == {"logistic", "trees_with_market"}
    assert card["threshold"] == 0.1
    assert {"duration", "y"}.isdisjoint(card["features"])


def test_the_card_knows_no_time_and_no_place(small_models):
    text = (small_models / champion_version(small_models) / "card.json").read_text(encoding="utf-8")

    assert str(Path.home()) not in text
    assert str(small_models) not in text


def test_the_reference_table_holds_the_training_rows_coded(training_data, small_models):
    reference = pd.read_parquet(small_models / champion_version(small_models) / "reference.parquet")

    assert list(reference.columns) == [*LEAD_COLUMNS, "y", "period"]
    assert reference["y"].tolist() == training_data.frame["y"].tolist()
    assert reference["age"].tolist() == training_data.frame["age"].tolist()
    assert reference["job"].isna().tolist() == training_data.frame["job"].isna().tolist()


def test_duration_is_refused_before_anything_is_trained(training_data, small_settings, tmp_path):
    with pytest.raises(TrainingDataError, match="duration cannot be a feature"):
        train(training_data, tmp_path, replace(small_settings, features=("age", "duration")))

    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_written_is_said_before_anything_is_fitted(training_data, small_settings, tmp_path):
    (tmp_path / "models").write_bytes(b"")
    lines = []

    with pytest.raises(ModelArtifactError, match="could not be written to models"):
        train(training_data, tmp_path / "models", small_settings, report=lines.append)

    assert lines == []


def test_rows_that_cannot_be_judged_on_a_next_month_are_refused(training_data, small_settings, tmp_path):
    with pytest.raises(TrainingDataError, match="No month from 2009-03 on has 150 rows"):
        train_artifact(training_data, tmp_path, settings=small_settings)


def test_rows_of_which_hardly_any_bought_are_refused(training_data, small_settings, tmp_path):
    nobody = training_data.frame.assign(y=np.arange(len(training_data.frame)) < 3)

    with pytest.raises(TrainingDataError, match="at least 5 leads that bought"):
        train(TrainingData(nobody, "0" * 64), tmp_path, small_settings)


def test_a_row_with_the_consumer_prices_of_another_month_is_refused(training_data, small_settings, tmp_path):
    moved = training_data.frame.assign(cpi=93.994)

    with pytest.raises(TrainingDataError, match=r"consumer price index of 93\.994 in 2008-06"):
        train(TrainingData(moved, "0" * 64), tmp_path, small_settings)
