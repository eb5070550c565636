"""The OpenAPI document: what FastAPI makes of the routes, with the problems every one of them may answer."""

from collections.abc import Mapping
from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from smartbank.api.problems import Problem
from smartbank.web.refusals import MEDIA_TYPE

_WORDS: Final = {
    "400": "The body cannot be read, or a scope is not one the caller has.",
    "401": "No token or key, or one that is no longer good.",
    "403": "The role does not allow this.",
    "404": "There is no such thing, or no longer.",
    "409": "It cannot be done as things stand.",
    "413": "The body is too large.",
    "422": "The request is not right; `errors` says where.",
    "429": "Too many requests or attempts; `Retry-After` says when to come again.",
    "500": "Something went wrong; the log says more.",
    "503": "The database or the model is away; try again.",
}
_OPEN: Final = ("401", "429", "500", "503")
"""What any address may answer."""
_WITH_BODY: Final = ("400", "413", "422")
_ANY: Final = ("404", "409")


def describe(api: FastAPI) -> None:
    """Have an application describe itself with problem details for its errors."""

    def document() -> dict[str, Any]:
        if api.openapi_schema is None:
            made = get_openapi(
                title=api.title,
                version=api.version,
                summary=api.summary,
                description=api.description,
                routes=api.routes,
                servers=api.servers,
                tags=api.openapi_tags,
            )
            _add_problems(made)
            api.openapi_schema = made
        return api.openapi_schema

    api.openapi = document  # type: ignore[method-assign]


def _add_problems(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    said = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas.update(said.pop("$defs"))
    schemas["Problem"] = said
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    for methods in document["paths"].values():
        for operation in methods.values():
            answers = operation["responses"]
            answers.pop("422", None)
            for status in _statuses(operation):
                answers[status] = _answer(status)
            operation["responses"] = dict(sorted(answers.items()))


def _statuses(operation: Mapping[str, Any]) -> set[str]:
    has_input = "requestBody" in operation or "parameters" in operation
    guarded = ("403", *_ANY) if "security" in operation else ()
    return {*_OPEN, *guarded, *(_WITH_BODY if has_input else ())}


def _answer(status: str) -> dict[str, Any]:
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {"description": _WORDS[status], "content": content}
