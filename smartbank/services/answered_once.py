"""Use case: a request that comes again under its key is not done again, and answered as it was."""

import hashlib
from collections.abc import Callable
from datetime import datetime

from smartbank.core.people import Actor
from smartbank.core.ports import AnswerRepository
from smartbank.errors import ConflictError, LeadValidationError


def answered_once(
    key: str,
    asked: str,
    make: Callable[[], str],
    *,
    where: str,
    by: Actor,
    answers: AnswerRepository,
    now: datetime,
) -> tuple[str, bool]:
    """Return the answer of a request, and whether it is one that was kept.

    What `make` raises goes through, and nothing is kept: the request may be made again under its key.

    Parameters
    ----------
    key : str
        The client's name for the request; of two users, or at two addresses, the same key means two requests.
    asked : str
        What the request says.
    make : callable
        Does what is asked, and returns the answer as JSON.
    where : str
        The address asked.

    Raises
    ------
    LeadValidationError
        The key was used for another request.
    ConflictError
        The same request is being done.
    """
    name = hashlib.sha256("\n".join((by.username, where, key)).encode()).hexdigest()
    known = answers.begin(name, asked, now=now)
    if known is None:
        try:
            body = make()
        except BaseException:
            answers.forget(name)
            raise
        answers.finish(name, body)
        return body, False
    if not known.is_same:
        raise LeadValidationError("This idempotency key was used for another request. Use a new one for each request.")
    if known.body is None:
        raise ConflictError("The same request is being done. Ask again in a moment, with the same key.")
    return known.body, True
