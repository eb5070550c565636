import numpy as np
import pytest

from smartbank.core.training_data import require_features
from smartbank.errors import TrainingDataError
from smartbank.ml.encoding import Encoder
from smartbank.ml.months import recency_weights
from smartbank.ml.ranking import RankingSettings, fit_ranking, month_sizes


@pytest.mark.parametrize("late", ["duration", "y"])
def test_what_is_known_after_the_call_is_refused_by_name(late):
    with pytest.raises(TrainingDataError, match=f"{late} cannot be a feature: it is known only after the call"):
        require_features(("age", late))


@pytest.mark.parametrize(("features", "named"), [(("age", "euribor3m"), "euribor3m"), ((), "nothing was chosen")])
def test_a_feature_that_is_no_field_of_a_lead_is_refused_by_name(features, named):
    with pytest.raises(TrainingDataError, match=named):
        require_features(features)


def test_trees_are_never_grown_on_the_duration_of_a_call(training_data):
    encoder = Encoder.fitted(training_data.frame)
    settings = RankingSettings(features=("age", "duration"))

    with pytest.raises(TrainingDataError, match="duration"):
        fit_ranking(
            encoder.codes(training_data.frame),
            training_data.frame["y"].to_numpy(),
            *np.zeros((2, len(training_data.frame)), dtype=np.int64),
            settings=settings,
            encoder=encoder,
            seed=0,
        )


def test_a_row_of_half_a_year_ago_weighs_half():
    assert recency_weights(np.array([0, 6, 12]), half_life=6).tolist() == [0.25, 0.5, 1.0]


def test_months_count_alike_at_full_balance():
    settings = RankingSettings(month_balance=1)

    sizes = month_sizes(np.array([0, 1, 1, 1, 1]), settings)

    assert sizes.tolist() == pytest.approx([1.0, 4.0, 4.0, 4.0, 4.0])
