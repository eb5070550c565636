"""What a process knows for some seconds."""

import pytest

from smartbank.services.lately import Lately
from tests.clocks import Clock


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def lately(clock):
    return Lately(max_age_s=5.0, clock=clock)


def test_a_value_is_believed_for_its_seconds_and_known_longer(lately, clock):
    assert lately.keep("first") == "first"
    clock.now += 4.9
    assert lately.fresh() == "first"

    clock.now += 0.1

    assert lately.fresh() is None
    assert lately.last() == "first"


def test_a_value_may_be_believed_some_seconds_longer(lately, clock):
    lately.keep("first")

    clock.now += 7.9
    assert (lately.fresh(), lately.fresh(longer_s=3.0)) == (None, "first")

    clock.now += 0.1
    assert lately.fresh(longer_s=3.0) is None


def test_before_the_first_look_nothing_is_known(lately):
    assert lately.fresh() is None
    assert lately.last() is None


def test_a_doubted_value_is_looked_up_again_and_still_known(lately):
    lately.keep("first")

    lately.doubt()

    assert (lately.fresh(), lately.last()) == (None, "first")


def test_a_forgotten_value_is_gone(lately):
    lately.keep("first")

    lately.forget()

    assert (lately.fresh(), lately.last()) == (None, None)
