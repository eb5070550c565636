"""A request that fails behind the web server that is used is one line of the log, with its name."""

import logging

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Route

from smartbank.core.log_context import log_fields
from smartbank.web.quiet_logs import STREAMLITS_SIGN_IN, keep_data_out_of_logs
from smartbank.web.request_ids import RequestIds
from tests.api.test_slashes import served


@pytest.fixture
def failures(monkeypatch, caplog):
    """Return a list of (logger, request id) that every line of an error is added to."""
    access, error, sign_in = map(logging.getLogger, ("uvicorn.access", "uvicorn.error", STREAMLITS_SIGN_IN))
    for name in ("uvicorn.access", "uvicorn.error", "uvicorn.asgi"):
        caplog.set_level(logging.WARNING, name)  # is as it was at the end
    for log, name in ((access, "disabled"), (access, "handlers"), (access, "propagate")):
        monkeypatch.setattr(log, name, getattr(log, name))
    for log in (error, sign_in):
        monkeypatch.setattr(log, "filters", [])
    lines = []

    def note(record):
        if record.levelno >= logging.ERROR:
            lines.append((record.name, log_fields().get("request_id")))
        return True

    caplog.handler.addFilter(note)
    yield lines
    caplog.handler.removeFilter(note)


def fails(_request):
    raise ValueError("Ana Silva")


@pytest.mark.parametrize(
    ("middleware", "expected"),
    [
        ([Middleware(RequestIds)], ("smartbank.web.request_ids", "order-4711-1")),
        ([], ("uvicorn.error", None)),
    ],
)
def test_what_fails_is_one_line_by_whoever_knows_most(failures, middleware, expected):
    with served(Starlette(routes=[Route("/api/fails", fails)], middleware=middleware)) as client:
        keep_data_out_of_logs()

        answer = client.get("/fails", headers={"X-Request-ID": "order-4711-1"})

    assert answer.status_code == 500
    assert failures == [expected]
