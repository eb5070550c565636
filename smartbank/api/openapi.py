"""The OpenAPI document: what FastAPI makes of the routes, and what else each of them may answer."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from smartbank.api.idempotency import KEY
from smartbank.api.problems import Problem
from smartbank.web.defences import ANY_NAME, OPEN_PATHS
from smartbank.web.refusals import MEDIA_TYPE

_WORDS: Final = {
    "304": "Nothing changed since the answer whose `ETag` came as `If-None-Match`.",
    "400": "The body cannot be read; where a token is asked for, also what is wrong with the request.",
    "401": "No token or key, or one that is no longer good; where a token is asked for, a wrong key.",
    "403": "The role or the scope does not allow this.",
    "404": "There is no such thing, or no longer.",
    "408": "The body came too slowly.",
    "409": "It cannot be done as things stand, or the same request is being done.",
    "413": "The body is too large.",
    "421": "SmartBank does not answer to this host name.",
    "422": "The request is not right; `errors` says where.",
    "429": "Too many requests or attempts; `Retry-After` says when to come again.",
    "500": "Something went wrong; the log says more.",
    "503": "The database or the model is away; try again.",
}
_SIGN_IN: Final = "sign-in"
_ASKS_NOTHING: Final = "/health"


@dataclass(frozen=True)
class _Asked:
    """An operation, as far as it decides what it may answer."""

    method: str
    path: str
    said: Mapping[str, Any]
    address: str

    @property
    def is_guarded(self) -> bool:
        return "security" in self.said

    @property
    def is_sign_in(self) -> bool:
        return _SIGN_IN in self.said["tags"]

    @property
    def has_body(self) -> bool:
        return "requestBody" in self.said

    @property
    def has_input(self) -> bool:
        return self.has_body or "parameters" in self.said

    @property
    def changes_something(self) -> bool:
        return self.method in ("delete", "put") or any(each["name"] == KEY for each in self.said.get("parameters", ()))

    @property
    def answers_json(self) -> bool:
        return "application/json" in self.said["responses"].get("200", {}).get("content", {})


_WHEN: Final[Sequence[tuple[tuple[str, ...], Callable[[_Asked], bool]]]] = (
    (("304",), lambda asked: asked.method == "get" and asked.answers_json),
    (("400", "408", "413"), lambda asked: asked.has_body),
    (("401",), lambda asked: asked.is_guarded or asked.is_sign_in),
    (("403",), lambda asked: asked.is_guarded),
    (("404",), lambda asked: "{" in asked.path),
    (("409",), lambda asked: asked.is_guarded and asked.changes_something),
    (("421",), lambda asked: asked.address not in ANY_NAME),
    (("429",), lambda asked: asked.address not in OPEN_PATHS),
    (("422",), lambda asked: asked.has_input and not asked.is_sign_in),
    (("500", "503"), lambda asked: asked.path != _ASKS_NOTHING),
)
"""Which statuses beside those of success an operation may answer, and when: what it asks for and how decides it.

A request that is no HTTP to speak of (a host that cannot be read, two lengths) is refused with 400 whatever it is for.
"""


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
    (server,) = document["servers"]
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            asked = _Asked(method, path, operation, address=f"{server['url']}{path}")
            answers = {status: said for status, said in operation["responses"].items() if status != "422"}
            answers |= {status: _answer(status) for statuses, may in _WHEN if may(asked) for status in statuses}
            operation["responses"] = dict(sorted(answers.items()))


def _answer(status: str) -> dict[str, Any]:
    if status < "400":
        return {"description": _WORDS[status]}
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {"description": _WORDS[status], "content": content}
