"""Versions of the model for tests: evidence that passes and that does not, and promotions."""

from datetime import UTC, datetime
from functools import cache

import numpy as np

from smartbank.core.model_versions import Comparison, Promotion
from smartbank.core.promotion import compare

NINE = datetime(2026, 11, 2, 9, tzinfo=UTC)
CHAMPION, CHALLENGER = "stub-1", "2026.2-00000001"
ENOUGH = 2_400


@cache
def evidence(*, calls=ENOUGH, better=True):
    """Return plain values of a comparison on so many calls of two months, in which a tenth bought."""
    rng = np.random.default_rng(0)
    converted = np.arange(calls) % 10 == 0
    noise = rng.normal(size=calls)
    knowing = noise + 2.0 * converted
    champion, challenger = (noise, knowing) if better else (knowing, noise)
    period = np.where(np.arange(calls) % 2 == 0, "2026-09", "2026-10").astype(object)
    return compare(converted, champion, challenger, period).to_json()


def compared(challenger=CHALLENGER, champion=CHAMPION, **how):
    return Comparison(challenger, champion, NINE, "ada", evidence(**how))


def promoted(version=CHALLENGER, before=CHAMPION, number=1):
    return Promotion(number, version, before, NINE, "ada", "It ranks the calls of autumn better.", evidence())
