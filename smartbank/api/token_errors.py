"""Why there is no token, as OAuth 2 says it (RFC 6749, section 5.2), beside what every problem says."""

from collections.abc import Callable, Coroutine, Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final, Literal

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException

from smartbank.api.problems import Fault, faults_of, problem
from smartbank.errors import ScopeError, SignInError, TooManyAttemptsError

Code = Literal["invalid_request", "invalid_client", "invalid_grant", "unsupported_grant_type", "invalid_scope"]

UNKNOWN_GRANT: Final = "This is no grant SmartBank knows. Send grant_type=client_credentials, or grant_type=password."
NO_FORM: Final = "The body cannot be read. Send a form (application/x-www-form-urlencoded)."
_PLAIN: Final = str.maketrans({"“": "'", "”": "'", '"': "'", "’": "'", "…": "...", "\\": "/"})


class TokenRefusedError(Exception):
    """There is no token, for a reason OAuth 2 has a code for; the text says it to a person."""

    def __init__(self, code: Code, said: str) -> None:
        super().__init__(said)
        self.code = code


class TokenRoute(APIRoute):
    """The route of tokens: what is wrong with a request for one is told by OAuth's codes."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return what answers a request."""
        answer = super().get_route_handler()

        async def explained(request: Request) -> Response:
            try:
                return await answer(request)
            except HTTPException as exc:
                if exc.status_code != HTTPStatus.BAD_REQUEST:
                    raise
                return _problem(request, 400, "invalid_request", NO_FORM)
            except RequestValidationError as exc:
                return _not_right(request, exc)
            except (TokenRefusedError, SignInError) as exc:
                return _refusal(request, exc)

        return explained


def _refusal(request: Request, exc: TokenRefusedError | SignInError) -> JSONResponse:
    if isinstance(exc, TooManyAttemptsError):
        return _problem(request, 429, "slow_down", str(exc), {"Retry-After": str(exc.wait_s)})
    if isinstance(exc, TokenRefusedError | ScopeError):
        code = "invalid_scope" if isinstance(exc, ScopeError) else exc.code
        return _problem(request, 400, code, str(exc))
    return _problem(request, 401, "invalid_client", str(exc), {"WWW-Authenticate": 'Basic realm="SmartBank"'})


def _not_right(request: Request, exc: RequestValidationError) -> JSONResponse:
    faults = faults_of(exc)
    if any(each["type"] == "literal_error" for each in exc.errors()):  # there is one choice in the form
        return _problem(request, 400, "unsupported_grant_type", UNKNOWN_GRANT, errors=faults)
    return _problem(request, 400, "invalid_request", faults[0].detail, errors=faults)


def _problem(
    request: Request,
    status: int,
    code: str,
    said: str,
    headers: Mapping[str, str] | None = None,
    *,
    errors: Sequence[Fault] = (),
) -> JSONResponse:
    more = {"error": code, "error_description": _plain(said)}
    kind = "too-many-attempts" if status == HTTPStatus.TOO_MANY_REQUESTS else code.replace("_", "-")
    kept_nowhere = {"Cache-Control": "no-store"}
    return problem(request, status, kind, said, errors=errors, more=more, headers=kept_nowhere | dict(headers or {}))


def _plain(said: str) -> str:
    """Return a sentence in the characters OAuth allows in a description."""
    return said.translate(_PLAIN).encode("ascii", "replace").decode()
