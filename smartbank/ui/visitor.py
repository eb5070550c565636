"""Who looks at a page: looked up in the store once a run, and never known in the next one."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

import streamlit as st

from smartbank.core.people import ROLE_RIGHTS, Actor, Right, User
from smartbank.errors import SignInError, SmartBankError
from smartbank.services.sign_in import session_user
from smartbank.ui import session_cookie
from smartbank.ui.remembered import forget_erased
from smartbank.ui.resources import services


@dataclass(frozen=True)
class Visitor:
    """What one look-up found.

    Attributes
    ----------
    user : User or None
        Who holds the session of the browser's cookie.
    error : SmartBankError or None
        Why nobody knows.
    """

    user: User | None = None
    error: SmartBankError | None = None

    @property
    def rights(self) -> frozenset[Right]:
        """What the visitor may do, to draw the navigation by; nothing before the first password is changed."""
        known = self.user is not None and not self.user.must_change_password
        return ROLE_RIGHTS[self.user.role] if self.user is not None and known else frozenset()

    def sees(self, right: Right) -> Literal["visible", "hidden"]:
        """Whether the navigation shows a page that asks for a right."""
        return "visible" if right in self.rights else "hidden"


_of_this_run: ContextVar[Visitor | None] = ContextVar("visitor_of_this_run", default=None)


def look_up_visitor() -> Visitor:
    """Ask the store who holds the session of this browser's cookie; without a cookie nothing is asked.

    Before anybody is shown anything, what this process remembers of customers erased since is forgotten.
    """
    token = session_cookie.session_token()
    if not token:
        return Visitor()
    try:
        user = session_user(token, users=services().users, now=datetime.now(UTC))
    except SmartBankError as exc:
        return Visitor(error=exc)
    if user is not None:
        forget_erased()
    return Visitor(user)


@contextmanager
def handed_on(visitor: Visitor) -> Generator[None]:
    """Let the page that runs inside use what was looked up for it in the same run."""
    reset = _of_this_run.set(visitor)
    try:
        yield
    finally:
        _of_this_run.reset(reset)


def current_visitor() -> Visitor:
    """Return what `app.py` looked up in this run, else look it up."""
    return _of_this_run.get() or look_up_visitor()


def require_still(actor: Actor) -> None:
    """Run the whole page again when an actor is no longer signed in, or not in this role.

    For the parts of a page that run by themselves, in which `app.py` does not ask. Raises `StorageError`.
    """
    visitor = current_visitor()
    if visitor.error is not None:
        raise visitor.error
    if visitor.user is None or visitor.user.must_change_password or visitor.user.at(actor.place) != actor:
        st.rerun()


def asking_later(actor: Actor) -> Callable[[], Actor]:
    """Return a function that looks up who asks by then, for a file that is made when somebody asks for it.

    The page that offers it may have been drawn long before, when its visitor was signed in, or in another role; and
    the file is asked for in a thread of its own, which knows no session. Raises `SignInError`, `StorageError`.
    """
    token, users = session_cookie.session_token(), services().users

    def asker() -> Actor:
        user = session_user(token, users=users, now=datetime.now(UTC))
        if user is None or user.must_change_password:
            raise SignInError("You are signed out. Sign in to SmartBank again, then take this file.")
        return user.at(actor.place)

    return asker
