"""What a client gets for an error: problem details as RFC 9457 has them, never a traceback."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from smartbank.core.fields import KNOWN_AFTER_THE_CALL
from smartbank.errors import (
    ConflictError,
    ForbiddenError,
    LeadValidationError,
    MarketGivenError,
    NotFoundError,
    RateLimitError,
    SettingsError,
    SignInError,
    SmartBankError,
    TooManyAttemptsError,
)
from smartbank.web.refusals import MEDIA_TYPE, problem_details
from smartbank.web.request_ids import request_id_of

RETRY_AFTER_S: Final = 5
"""When to try again while the database is away, in seconds."""
MOST_ERRORS: Final = 20
"""Faults of one request that are told; a batch may have thousands."""

STATUS_OF_ERROR: Final[Mapping[type[SmartBankError], tuple[int, str]]] = {
    RateLimitError: (429, "too-many-requests"),
    TooManyAttemptsError: (429, "too-many-attempts"),
    SignInError: (401, "not-signed-in"),
    ForbiddenError: (403, "forbidden"),
    NotFoundError: (404, "not-found"),
    ConflictError: (409, "conflict"),
    LeadValidationError: (422, "invalid"),
    MarketGivenError: (422, "invalid"),
    SettingsError: (422, "invalid"),
    SmartBankError: (503, "unavailable"),
}
"""The first entry an error is an instance of counts; what is none of the others can be tried again later."""


class Fault(BaseModel):
    """One thing that is wrong with a request."""

    pointer: str = Field(description="Where, as a JSON pointer into the body, or `query:` and the parameter's name.")
    detail: str = Field(description="What is wrong, and what to do.")


class Problem(BaseModel):
    """Problem details (RFC 9457)."""

    type: str = Field(description="Names the kind of problem; stays the same over time.")
    title: str = Field(description="The HTTP status in words.")
    status: int = Field(description="The HTTP status.", ge=400, le=599)
    detail: str = Field(description="What happened and what to do, for a person.")
    request_id: str = Field(description="Names this request in SmartBank's log.")
    errors: list[Fault] | None = Field(default=None, description="What is wrong with the request, part by part.")
    error: str | None = Field(default=None, description="The code of OAuth 2, where a token was asked for.")
    error_description: str | None = Field(default=None, description="`detail` in the characters OAuth 2 allows.")


def problem(
    request: Request,
    status: int,
    kind: str,
    detail: str,
    *,
    errors: Sequence[Fault] | None = None,
    more: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    """Return a problem as an answer, with `more` members beside those every problem has."""
    content = problem_details(status, detail, kind=kind, request_id=request_id_of(request.scope)) | dict(more or {})
    if errors:
        content["errors"] = [each.model_dump() for each in errors]
    return JSONResponse(content, status_code=status, media_type=MEDIA_TYPE, headers=dict(headers or {}))


def explain_errors(api: FastAPI) -> None:
    """Have every error of an application answered as a problem."""

    def own(request: Request, exc: Exception) -> JSONResponse:
        status, kind = next(said for error, said in STATUS_OF_ERROR.items() if isinstance(exc, error))
        errors = (
            [Fault(pointer=f"/macro_info/{exc.name}", detail=str(exc))] if isinstance(exc, MarketGivenError) else []
        )
        return problem(request, status, kind, str(exc), errors=errors, headers=_headers(status, exc))

    def invalid(request: Request, exc: Exception) -> JSONResponse:
        if not isinstance(exc, RequestValidationError):
            raise exc
        if any(each["type"] == "json_invalid" for each in exc.errors()):
            return problem(request, 400, "malformed", _HTTP_WORDS[400])
        faults = faults_of(exc)
        more = f" The first {MOST_ERRORS} of {len(faults)} are told." if len(faults) > MOST_ERRORS else ""
        said = f"The request is not right: {faults[0].detail}{more}" if faults else "The request is not right."
        return problem(request, 422, "invalid", said, errors=faults[:MOST_ERRORS])

    def http(request: Request, exc: Exception) -> JSONResponse:
        status = exc.status_code if isinstance(exc, HTTPException) else 500
        headers = exc.headers if isinstance(exc, HTTPException) else None
        said = _HTTP_WORDS.get(status) or (str(exc.detail) if isinstance(exc, HTTPException) else "")
        return problem(request, status, "", said, headers=headers)

    def unexpected(request: Request, _exc: Exception) -> JSONResponse:
        return problem(request, 500, "internal", "Something went wrong in SmartBank. Its log says more.")

    api.add_exception_handler(SmartBankError, own)
    api.add_exception_handler(RequestValidationError, invalid)
    api.add_exception_handler(HTTPException, http)
    api.add_exception_handler(Exception, unexpected)


_HTTP_WORDS: Final = {
    400: "The body cannot be read as JSON. Send valid JSON in UTF-8.",
    404: "There is nothing at this address. See openapi.json for what there is.",
    405: "This address does not answer this method. See openapi.json for what it does.",
}


def faults_of(exc: RequestValidationError) -> list[Fault]:
    """Return what is wrong with a request, part by part."""
    return [Fault(pointer=_pointer(each["loc"]), detail=_detail(each)) for each in exc.errors()]


def _headers(status: int, exc: Exception) -> dict[str, str]:
    if status == HTTPStatus.UNAUTHORIZED:
        return {"WWW-Authenticate": 'Bearer realm="SmartBank"'}
    if isinstance(exc, TooManyAttemptsError):
        return {"Retry-After": str(exc.wait_s)}
    if isinstance(exc, RateLimitError):
        return {"Retry-After": str(exc.retry_after_s)}
    return {"Retry-After": str(RETRY_AFTER_S)} if status == HTTPStatus.SERVICE_UNAVAILABLE else {}


def _pointer(location: Sequence[str | int]) -> str:
    where, *names = location or ("body",)
    if where != "body":
        return f"{where}:{'.'.join(map(str, names))}"
    return "".join(f"/{str(name).replace('~', '~0').replace('/', '~1')}" for name in names)


def _detail(error: Mapping[str, Any]) -> str:
    """Return what is wrong in words of ours where a library's would not do; the value sent is never repeated."""
    names, kind = error["loc"][1:], error["type"]
    name = str(names[-1]) if names else ""
    if kind == "extra_forbidden":
        if name in KNOWN_AFTER_THE_CALL:
            return f"“{name}” is known only after the call, so it is never an input. Leave it out."
        return f"“{name[:60]}” is not a field SmartBank knows here. Leave it out, or correct its name."
    if kind == "missing":
        return f"“{name}” is missing." if name else "A body is missing."
    if kind in ("model_attributes_type", "dict_type"):
        if name:
            return f"“{name[:60]}” must be a JSON object."
        return "The body must be a JSON object, sent with “Content-Type: application/json”."
    said = str(error["msg"]).removeprefix("Value error, ")
    return f"“{name[:60]}”: {said}." if name else f"{said[:1].upper()}{said[1:]}."
