"""Who may be given calls of a list."""

from collections.abc import Sequence

from smartbank.core.people import Actor, Right, Role
from smartbank.core.ports import UserRepository
from smartbank.errors import ListConstraintError


def calling_agents(*, by: Actor, users: UserRepository) -> list[str]:
    """Return the names of the agents who may sign in, in order."""
    by.require(Right.SEE_LEADS)
    return _agents(users)


def require_agents(names: Sequence[str], *, users: UserRepository) -> None:
    """Raise `ListConstraintError` unless all of these are agents who may sign in, each named once."""
    known = set(_agents(users))
    gone = [name for name in names if name not in known]
    if gone:
        raise ListConstraintError(
            f"{', '.join(gone)} cannot sign in as an agent any more. Choose other agents, and try again."
        )
    if len(names) > len(set(names)):
        raise ListConstraintError("An agent is named twice. Choose each one once.")


def _agents(users: UserRepository) -> list[str]:
    return [user.username for user in users.all() if user.role is Role.AGENT and not user.disabled]
