import numpy as np
import pytest

from smartbank.core.bulk.grid import STEPS, anchored_on_steps, counted, lowest_steps, steps_of, summed
from smartbank.core.level import anchored_intercept


def test_counts_of_pieces_add_up_to_those_of_the_whole_and_can_be_taken_away():
    scores = np.random.default_rng(0).normal(-2, 1, 1_000)
    whole = counted(steps_of(scores))

    pieces = [counted(steps_of(part)) for part in (scores[600:], scores[:100], scores[100:600])]
    again = counted(steps_of(scores[:10]))
    without = summed([*pieces, (again[0], -again[1])])

    assert all(np.array_equal(*pair) for pair in zip(summed(pieces), whole, strict=True))
    assert all(np.array_equal(*pair) for pair in zip(without, counted(steps_of(scores[10:])), strict=True))
    assert len(summed([])[0]) == 0


def test_a_level_on_the_grid_is_within_half_a_step_of_the_exact_one():
    scores = np.random.default_rng(1).choice(np.random.default_rng(2).normal(-2, 1, 50), 5_000)

    found = anchored_on_steps(*counted(steps_of(scores)), 0.05)

    assert abs(found - anchored_intercept(scores, 0.05)) <= 0.5 / STEPS


@pytest.mark.parametrize(("leads", "rate"), [(0, 0.1), (1, 0.0), (1, 1.0)])
def test_there_is_no_level_without_leads_or_at_an_impossible_rate(leads, rate):
    with pytest.raises(ValueError, match="Anchoring needs leads"):
        anchored_on_steps(np.array([0]), np.array([leads]), rate)


def test_parts_end_between_steps_and_hold_about_as_many_leads_as_asked():
    steps, leads = np.array([9, 7, 5, 3, 1]), np.array([4, 4, 30, 1, 1])

    assert lowest_steps(steps, leads, rows_per_part=10).tolist() == [7, 1]
    assert lowest_steps(steps, leads, rows_per_part=100).tolist() == [1]
    assert lowest_steps(steps, leads, rows_per_part=1).tolist() == [9, 7, 5, 3, 1]
