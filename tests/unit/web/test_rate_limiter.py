import pytest

from smartbank.errors import RateLimitError
from smartbank.web import rate_limiter
from smartbank.web.rate_limiter import RateLimiter


class Clock:
    def __init__(self):
        self.now = 1_000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


def test_as_many_as_are_allowed_pass_at_once_and_the_next_one_waits_for_one_to_be_regained(clock):
    limiter = RateLimiter(6, clock=clock)

    waits = [limiter.wait_s("a") for _ in range(7)]

    assert waits == [0, 0, 0, 0, 0, 0, 10.0]


def test_a_refusal_is_not_counted_and_waiting_as_long_as_was_said_is_enough(clock):
    limiter = RateLimiter(6, clock=clock)
    waits = [limiter.wait_s("a") for _ in range(20)]

    clock.now += waits[-1]

    assert [limiter.wait_s("a"), limiter.wait_s("a")] == [0, 10.0]


def test_after_a_minute_all_of_it_is_regained_and_no_more(clock):
    limiter = RateLimiter(6, clock=clock)
    for _ in range(6):
        limiter.wait_s("a")

    clock.now += 3_600

    assert [limiter.wait_s("a") for _ in range(7)] == [0, 0, 0, 0, 0, 0, 10.0]


def test_at_the_pace_of_the_limit_nobody_ever_waits(clock):
    limiter = RateLimiter(7, clock=clock)

    waits = []
    for _ in range(1_000):
        waits.append(limiter.wait_s("a"))
        clock.now += 60 / 7

    assert set(waits) == {0.0}


def test_keys_do_not_use_up_each_others(clock):
    limiter = RateLimiter(1, clock=clock)

    assert [limiter.wait_s(key) for key in ("a", "b", "a")] == [0, 0, 60.0]


def test_more_keys_than_are_kept_push_out_the_one_that_asked_least_lately(clock, monkeypatch):
    monkeypatch.setattr(rate_limiter, "MOST_KEYS", 2)
    limiter = RateLimiter(2, clock=clock)
    for key in ("a", "b", "a", "c"):
        limiter.wait_s(key)

    assert limiter.wait_s("a") == 30.0
    assert limiter.wait_s("b") == 0


def test_who_has_to_wait_is_told_for_how_many_whole_seconds(clock):
    limiter = RateLimiter(60, clock=clock)
    for _ in range(60):
        limiter.require("a")

    with pytest.raises(RateLimitError, match=r"Try again in 2 seconds\.") as refused:
        limiter.require("a")

    assert refused.value.retry_after_s == 2
