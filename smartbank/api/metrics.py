"""Figures for Prometheus: requests by route, and at each look the state of model, market and work."""

import logging
import time
from collections import Counter as Tally
from datetime import datetime
from typing import Final

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from smartbank.bootstrap import Services
from smartbank.core.work import WorkKind, WorkState

NO_ROUTE: Final = "none"
"""Stands for every address there is nothing at, so that strangers cannot make names up."""
METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT"})
OTHER: Final = "other"
"""Stands for every method that is none of HTTP's own, for the same reason."""
POLLED: Final = frozenset({"/health", "/ready", "/metrics"})
"""Asked for every few seconds by machines; in the log at the level `debug` only."""
_BUCKETS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


logger = logging.getLogger(__name__)


class Metrics:
    """The figures of one process, in a registry of its own."""

    def __init__(self) -> None:
        self.registry = registry = CollectorRegistry()
        self.requests = Counter(
            "smartbank_requests", "Requests answered.", ("method", "route", "status"), registry=registry
        )
        self.seconds = Histogram(
            "smartbank_request_seconds", "Time to answer.", ("route",), registry=registry, buckets=_BUCKETS
        )
        self._model = Gauge("smartbank_model_info", "The model in force.", ("version",), registry=registry)
        self._market = Gauge(
            "smartbank_market_age_days",
            "Days since the end of a figure's period.",
            ("indicator",),
            registry=registry,
        )
        self._stale = Gauge("smartbank_market_stale", "Whether a figure is old.", ("indicator",), registry=registry)
        self._work = Gauge("smartbank_work", "Work that waits or runs.", ("kind", "state"), registry=registry)

    def text(self, services: Services, *, now: datetime) -> tuple[bytes, str]:
        """Return all figures as Prometheus reads them, and their media type. Raises `StorageError`."""
        self._model.clear()
        self._model.labels(services.scorer.version).set(1)
        for reading in services.market.look().readings:
            today = now.date()
            self._market.labels(reading.indicator.value).set((today - reading.period.end).days)
            self._stale.labels(reading.indicator.value).set(reading.is_stale(today=today))
        counts = Tally((work.kind, work.state) for work in services.queue.unfinished(limit=10_000))
        for kind in WorkKind:
            for state in (WorkState.QUEUED, WorkState.RUNNING):
                self._work.labels(kind.value, state.value).set(counts[kind, state])
        return generate_latest(self.registry), CONTENT_TYPE_LATEST


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
