"""Figures for Prometheus: requests by route, those of the process, and at each look those of the database."""

import logging
import time
from datetime import datetime
from typing import Final

from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, Counter, Histogram, generate_latest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from smartbank.api.figures import Figures
from smartbank.bootstrap import Services

NO_ROUTE: Final = "none"
"""Stands for every address there is nothing at, so that strangers cannot make names up."""
METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT"})
OTHER: Final = "other"
"""Stands for every method that is none of HTTP's own, for the same reason."""
POLLED: Final = frozenset({"/health", "/ready", "/metrics"})
"""Asked for every few seconds by machines; in the log at the level `debug` only."""
PREDICTIONS: Final = Counter(
    "smartbank_predictions", "Leads programs asked to score: scored, left_out or not_kept.", ("result",)
)
_BUCKETS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


logger = logging.getLogger(__name__)


class Metrics:
    """What one application answered, in a registry of its own."""

    def __init__(self) -> None:
        self.registry = registry = CollectorRegistry()
        self.requests = Counter(
            "smartbank_requests", "Requests answered.", ("method", "route", "status"), registry=registry
        )
        self.seconds = Histogram(
            "smartbank_request_seconds", "Time to answer.", ("route",), registry=registry, buckets=_BUCKETS
        )

    def text(self, services: Services, *, now: datetime) -> tuple[bytes, str]:
        """Return all figures as Prometheus reads them, and their media type. Raises `StorageError`.

        Beside what the application answered they are those of the process (database commands, lines of the log, memory)
        and those of all processes together, looked up.
        """
        looked_up = CollectorRegistry()
        looked_up.register(Figures(services, now=now))
        said = [generate_latest(registry) for registry in (self.registry, REGISTRY, looked_up)]
        return b"".join(said), CONTENT_TYPE_LATEST


class Measured:
    """ASGI middleware that counts and times requests."""

    def __init__(self, app: ASGIApp, *, metrics: Metrics) -> None:
        self.app = app
        self.metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and note how it was answered."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        begun, status = time.perf_counter(), 500

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, noting)
        finally:
            route = getattr(scope.get("route"), "path", NO_ROUTE)
            method = scope["method"] if scope["method"] in METHODS else OTHER
            self.metrics.requests.labels(method, route, str(status)).inc()
            took_s = time.perf_counter() - begun
            self.metrics.seconds.labels(route).observe(took_s)
            said = {"method": method, "route": route, "status": status, "seconds": round(took_s, 4)}
            level = logging.DEBUG if route in POLLED else logging.INFO
            logger.log(level, "%s %s was answered with %s.", method, route, status, extra=said)
