"""How long the database takes for each command, for Prometheus."""

from typing import Final

from prometheus_client import Counter, Histogram
from pymongo.monitoring import CommandFailedEvent, CommandListener, CommandStartedEvent, CommandSucceededEvent

_BUCKETS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
COMMAND_SECONDS: Final = Histogram(
    "smartbank_database_command_seconds", "Time the database took for a command.", ("command",), buckets=_BUCKETS
)
COMMAND_FAILURES: Final = Counter(
    "smartbank_database_command_failures", "Commands the database refused or did not answer.", ("command",)
)


class CommandTimes(CommandListener):
    """Times every command of a client by its name; what is asked and answered is not looked at."""

    def started(self, event: CommandStartedEvent) -> None:
        """Do nothing: the end of a command knows how long it took."""

    def succeeded(self, event: CommandSucceededEvent) -> None:
        """Note how long a command took."""
        COMMAND_SECONDS.labels(event.command_name).observe(event.duration_micros / 1e6)

    def failed(self, event: CommandFailedEvent) -> None:
        """Note that a command failed, and how long it took."""
        COMMAND_SECONDS.labels(event.command_name).observe(event.duration_micros / 1e6)
        COMMAND_FAILURES.labels(event.command_name).inc()
