"""Draws anybody can make again, and how much of a list may be left to chance."""

import hashlib
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartbank.core.hold_out import HoldOut, Role, draws, seed_after
from smartbank.errors import ListConstraintError

IDS = st.lists(st.text(max_size=8), unique=True, max_size=12)
MANY = [f"lead-{number}" for number in range(10_000)]


def test_an_auditor_makes_the_draw_again_with_any_sha_256():
    digest = hashlib.sha256(b"00ff:lead-1").hexdigest()

    assert digest.startswith("24605e10fc1eb257")  # printf %s 00ff:lead-1 | sha256sum
    assert draws(["lead-1"], seed="00ff").tolist() == [pytest.approx(0x24605E10FC1EB257 / 2**64, abs=2**-53)]


def test_a_draw_stays_what_it_was_from_one_version_to_the_next():
    assert draws(["lead-1", "lead-2", "Zoë"], seed="00ff").tolist() == [
        0.14209545054120087,
        0.8298653195303614,
        0.278655128044099,
    ]


@given(ids=IDS, seed=st.text(max_size=8), data=st.data())
def test_a_customer_draws_the_same_in_any_order_and_company(ids, seed, data):
    drawn = dict(zip(ids, draws(ids, seed=seed).tolist(), strict=True))
    others = data.draw(st.permutations(ids).map(lambda order: order[: len(order) // 2]))

    assert draws(others, seed=seed).tolist() == [drawn[customer_id] for customer_id in others]
    assert all(0 <= draw < 1 for draw in drawn.values())


def test_the_highest_hash_is_still_below_1(monkeypatch):
    monkeypatch.setattr(hashlib, "sha256", lambda _: type("Highest", (), {"digest": lambda _: b"\xff" * 32})())

    assert draws(["lead-1"], seed="00ff")[0] == 1 - 2**-53


def test_draws_are_spread_evenly_and_those_of_two_seeds_have_nothing_in_common():
    one, other = draws(MANY, seed=seed_after("list-1")), draws(MANY, seed=seed_after("list-2"))

    tenths = np.histogram(one, bins=10, range=(0, 1))[0]
    assert tenths.min() > 1_000 - 120  # 4 times the 30 that chance makes of 1,000
    assert tenths.max() < 1_000 + 120
    assert abs(np.corrcoef(one, other)[0, 1]) < 0.04  # 4 times the 0.01 that chance makes


def test_nobody_draws_nothing():
    assert draws([], seed="00ff").shape == (0,)


def test_a_seed_is_16_hex_digits_the_same_after_one_list_and_another_after_the_next():
    seeds = {seed_after(newest) for newest in ("", *(f"list-{number}" for number in range(99)))}

    assert len(seeds) == 100
    assert all(re.fullmatch("[0-9a-f]{16}", seed) for seed in seeds)
    assert seed_after("list-7") in seeds


def test_a_role_is_stored_as_its_word():
    assert [str(role) for role in Role] == ["best", "exploration", "control"]


def test_5_percent_are_left_uncalled_and_2_percent_explore_unless_somebody_says_otherwise():
    assert HoldOut() == HoldOut(control=0.05, exploration=0.02)


@pytest.mark.parametrize("share", [0, 0.5])
def test_both_ends_of_the_range_are_allowed(share):
    assert HoldOut(share, share).control == share


@pytest.mark.parametrize("share", [-0.01, 0.51, float("nan"), float("inf")])
@pytest.mark.parametrize("name", ["control", "exploration"])
def test_a_share_outside_the_range_is_refused_with_what_to_enter(name, share):
    with pytest.raises(ListConstraintError, match=f"^The {name} share must lie between 0 and 50 %. Enter one"):
        HoldOut(**{name: share})
