"""Attempts to sign in: counted, limited for a while once too many failed, and on record whatever came of them."""

import hashlib
from bisect import bisect_left
from datetime import datetime, timedelta
from typing import Final

from smartbank.core.audit import AuditAction, AuditEvent, AuditResult
from smartbank.core.ports import AuditLog, UserRepository
from smartbank.core.wording import plural
from smartbank.errors import SignInError, TooManyAttemptsError

FAILURE_WINDOW: Final = timedelta(minutes=15)
FAILURES_PER_USER: Final = 5
FAILURES_PER_ADDRESS: Final = 30
UNKNOWN: Final = "unknown"
"""Who signs in under a name nobody has, in the audit log."""


class Attempt:
    """One attempt to sign in, which counts as failed until it is forgiven.

    Parameters
    ----------
    kind, object_id, known : str
        What somebody signs in as, for the audit log: "user" or "program" and its name, and what it acts as; both empty
        where nobody has the name, which is on record as a hash then, for it may be a password in the wrong field.
    name_key : str
        What the attempts are counted under, beside the address: see `failure_key`.
    about : str
        Details that go into every entry.
    """

    def __init__(
        self,
        kind: str,
        object_id: str,
        *,
        known: str,
        name_key: str,
        address: str,
        users: UserRepository,
        audit: AuditLog,
        now: datetime,
        **about: str,
    ) -> None:
        self._kind = kind
        self._who, self._object_id = (known, object_id) if known else (UNKNOWN, name_key)
        self._name_key, self._address_key = name_key, failure_key("address", address)
        self._address = address
        self._users, self._audit, self._now = users, audit, now
        self._about = about

    def count(self) -> None:
        """Count it before the slow check, so that attempts made side by side count too.

        Raises
        ------
        TooManyAttemptsError
            Too many failed under this name or from this address. The first such refusal in a while is on record.
        """
        try:
            count_guess(self._name_key, users=self._users, now=self._now, also=self._address_key)
        except TooManyAttemptsError:
            if self._is_first_refusal():
                self.record(AuditResult.REFUSED, reason="too many failures")
            raise

    def failed(self, reason: str, said: str) -> SignInError:
        """Count it against the address too, put it on record, and return what to raise."""
        self._users.record_failure(self._address_key, now=self._now)
        self.record(AuditResult.REFUSED, reason=reason)
        return SignInError(said)

    def forgive(self) -> None:
        """Forget the failures under the name: the password was right."""
        self._users.clear_failures(self._name_key)

    def record(self, result: AuditResult, **details: str) -> None:
        """Put on record what came of it."""
        said = self._about | details
        self._audit.append(
            AuditEvent(
                self._now, self._who, self._address, AuditAction.SIGN_IN, self._kind, self._object_id, result, said
            )
        )

    def _is_first_refusal(self) -> bool:
        """Whether the name (or else the address) is refused first in this window: more would only fill the log."""
        is_full = self._lately(self._name_key) >= FAILURES_PER_USER
        key = f"refused {self._name_key if is_full else self._address_key}"
        known = self._lately(key) > 0
        if not known:
            self._users.record_failure(key, now=self._now)
        return not known

    def _lately(self, key: str) -> int:
        return failures_lately(key, users=self._users, now=self._now)


def failure_key(kind: str, value: str) -> str:
    """Return the key failures are counted under; it does not show what was typed, which may be a password."""
    return f"{kind}:{hashlib.sha256(value.encode('utf-8', 'replace')).hexdigest()[:32]}"


def count_guess(name_key: str, *, users: UserRepository, now: datetime, also: str = "") -> None:
    """Count a guess of what belongs to a name before it is looked at; `also` is the key of the address it comes from.

    Raises
    ------
    TooManyAttemptsError
        Either has used up its failures; the guess is not to be looked at then.
    """
    refuse_if_limited(name_key, FAILURES_PER_USER, users=users, now=now)
    if also:
        refuse_if_limited(also, FAILURES_PER_ADDRESS, users=users, now=now)
    users.record_failure(name_key, now=now)
    refuse_if_limited(name_key, FAILURES_PER_USER + 1, users=users, now=now)


def failures_lately(key: str, *, users: UserRepository, now: datetime, since: datetime | None = None) -> int:
    """Count the failures of a key in the window, or since a moment in it.

    Those of a clock that was ahead and has been set back are none of them: they would keep somebody out until it is
    that time again.
    """
    return users.failures(key, since=since or now - FAILURE_WINDOW) - users.failures(key, since=now + FAILURE_WINDOW)


def refuse_if_limited(key: str, limit: int, *, users: UserRepository, now: datetime) -> None:
    """Raise `TooManyAttemptsError` with the time to wait when a key has used up its failures."""
    start = now - FAILURE_WINDOW
    if failures_lately(key, users=users, now=now) < limit:
        return
    minutes = range(1, int(FAILURE_WINDOW.total_seconds()) // 60 + 1)
    wait = minutes[
        bisect_left(
            minutes[:-1],
            True,
            key=lambda minute: (
                failures_lately(key, users=users, now=now, since=start + timedelta(minutes=minute)) < limit
            ),
        )
    ]
    said = f"Too many failed sign-ins. Try again in {plural(wait, 'minute')}."
    raise TooManyAttemptsError(said, wait_s=60 * wait)
