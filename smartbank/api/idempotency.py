"""`Idempotency-Key`: a POST that is sent again is answered as it was, and done once."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated, Final, TypeVar

from fastapi import Depends, Header, Request, Response
from pydantic import BaseModel

from smartbank.api.access import Caller, Provided
from smartbank.bootstrap import Services
from smartbank.core.idempotency import KEY_PATTERN
from smartbank.core.people import Actor, Right
from smartbank.services.answered_once import answered_once

REPLAYED: Final = "Idempotent-Replayed"
KEY: Final = "Idempotency-Key"
"""The header; an operation that takes one changes something."""
Answer = TypeVar("Answer", bound=BaseModel)
Key = Annotated[
    str | None,
    Header(
        alias=KEY,
        pattern=KEY_PATTERN,
        description="Another one for each request. Sent again within 24 hours, the request is answered as it was.",
    ),
]


class _Once:
    """Does a request once for its key; without one every time."""

    def __init__(
        self, request: Request, out: Response, *, asked: str, key: str | None, by: Actor, services: Services
    ) -> None:
        self._where = f"{request.method} {request.url.path}"
        self._out, self._asked, self._key, self._by, self._services = out, asked, key, by, services

    def __call__(
        self,
        make: Callable[[], Answer],
        kind: type[Answer],
        *rights: Right,
        now_told: Callable[[Answer], Answer] | None = None,
    ) -> Answer:
        """Return what `make` returns, or the answer of a `kind` it once returned.

        Who asks again needs the rights still, and nothing is begun without them. Raises `ForbiddenError`.

        Parameters
        ----------
        now_told : callable or None
            Takes an answer that was kept and returns what of it may still be told, or raises.
        """
        for right in rights:
            self._by.require(right)
        if self._key is None:
            return make()
        body, is_kept = answered_once(
            self._key,
            self._asked,
            lambda: make().model_dump_json(),
            where=self._where,
            by=self._by,
            answers=self._services.answers,
            now=datetime.now(UTC),
        )
        answer = kind.model_validate_json(body)
        if not is_kept:
            return answer
        self._out.headers[REPLAYED] = "true"
        return answer if now_told is None else now_told(answer)


async def _once(request: Request, response: Response, caller: Caller, services: Provided, key: Key = None) -> _Once:
    asked = (await request.body()).decode("utf-8", "replace") if key is not None else ""
    return _Once(request, response, asked=asked, key=key, by=caller, services=services)


Once = Annotated[_Once, Depends(_once)]
