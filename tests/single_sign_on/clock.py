"""The clock of the server under test, which no test can set."""

from datetime import UTC, datetime


def now():
    return datetime.now(UTC)
