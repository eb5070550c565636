"""How a request is refused before it reaches a route: a sentence, and to programs as problem details (RFC 9457)."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import Scope

from smartbank.web.request_ids import request_id_of

PROGRAMS: Final = "/api/"
"""Where programs ask."""
MEDIA_TYPE: Final = "application/problem+json"
TYPE: Final = "urn:smartbank:problem:"


def refusal(scope: Scope, status: int, said: str, *, headers: Mapping[str, str] | None = None) -> Response:
    """Return the answer to a request that is not let through."""
    sent = dict(headers or {})
    if not scope.get("path", "").startswith(PROGRAMS):
        return PlainTextResponse(said, status_code=status, headers=sent)
    content = problem_details(status, said, request_id=request_id_of(scope))
    return JSONResponse(content, status_code=status, headers=sent, media_type=MEDIA_TYPE)


def problem_details(status: int, detail: str, *, kind: str = "", request_id: str) -> dict[str, Any]:
    """Return a problem as JSON values; without a kind it is that of its status."""
    title = HTTPStatus(status).phrase
    slug = kind or title.lower().replace(" ", "-")
    return {"type": f"{TYPE}{slug}", "title": title, "status": status, "detail": detail, "request_id": request_id}
