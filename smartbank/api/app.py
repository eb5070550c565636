"""The API as one application: routes, errors as problem details, request names, ETags and figures."""

import re
from collections.abc import Callable
from typing import Final

from fastapi import APIRouter, FastAPI
from starlette.routing import Mount

from smartbank import __version__
from smartbank.api import consent, customers, health, lists, market, model, predictions, privacy, scores, token
from smartbank.api.etags import ETags
from smartbank.api.metrics import Measured, Metrics
from smartbank.api.openapi import describe
from smartbank.api.problems import explain_errors
from smartbank.api.slashes import SlashesApart
from smartbank.bootstrap import Services
from smartbank.core.score_purpose import SCORE_PURPOSE
from smartbank.web.rate_limiter import RateLimiter
from smartbank.web.request_ids import RequestIds

PREFIX: Final = "/api"
"""Where the API is mounted, beside the screens and alone."""
_DESCRIPTION: Final = """
Whom a bank calls next, why, and what it is worth.

Every request but `health`, `ready` and `token` shows a token (`Authorization: Bearer …`) or a key (`X-API-Key: …`).
Errors are problem details (RFC 9457). A POST with an `Idempotency-Key` is done once, however often it is sent.
"""
_TAGS: Final = [
    {"name": "predictions", "description": "Score leads and read what was predicted."},
    {"name": "customers", "description": "The bank's customers as SmartBank knows them."},
    {"name": "privacy", "description": "What the law gives a customer."},
    {"name": "call lists", "description": "Released lists, and what came of the calls."},
    {"name": "market", "description": "The market in force."},
    {"name": "model", "description": "The model in force."},
    {"name": "sign-in", "description": "Tokens for programs and users."},
    {"name": "operations", "description": "For whoever runs SmartBank."},
]


def create_api(provide_services: Callable[[], Services], *, per_minute: int = 0) -> FastAPI:
    """Build the API around a provider of the services, so that a test can hand it others.

    Its addresses begin with `PREFIX` by way of how it is mounted; its own routes begin with `/v1`, but for those of
    whoever runs it.

    Parameters
    ----------
    per_minute : int
        Requests of one program or user that are answered in a minute; 0 counts none.
    """
    api = FastAPI(
        title="SmartBank",
        version=__version__,
        summary="Lead scoring for a bank's sales teams",
        description=f"{SCORE_PURPOSE}\n{_DESCRIPTION}",
        openapi_url="/v1/openapi.json",
        openapi_tags=_TAGS,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        servers=[{"url": PREFIX}],
        telemetry={"tracing": False},
    )
    api.state.provide_services, api.state.is_wired = provide_services, False
    api.state.metrics = Metrics()
    api.state.limiter = RateLimiter(per_minute) if per_minute else None
    versioned = APIRouter(prefix="/v1")
    for part in (token, predictions, scores, privacy, customers, consent, market, lists, model):
        versioned.include_router(part.router)
    api.include_router(versioned)
    api.include_router(health.router)
    explain_errors(api)
    describe(api)
    api.add_middleware(ETags)
    api.add_middleware(Measured, metrics=api.state.metrics)
    api.add_middleware(SlashesApart)
    api.add_middleware(RequestIds)
    return api


def mounted(api: FastAPI) -> Mount:
    """Return the route under which everything below `PREFIX` is the API's, line breaks in an address included."""
    route = Mount(PREFIX, app=api)
    route.path_regex = re.compile(route.path_regex.pattern, re.DOTALL)
    return route
