"""Use case: have tokens signed with a new key."""

from datetime import datetime

from smartbank.core.audit import AuditAction
from smartbank.core.people import Actor, Right
from smartbank.core.ports import AuditLog, TokenSigner
from smartbank.services.auditing import audited


def rotate_token_keys(*, by: Actor, signer: TokenSigner, audit: AuditLog, now: datetime, end_all: bool = False) -> str:
    """Make a new key that signs tokens from now on, and return its id; with `end_all` every token so far is refused.

    Raises
    ------
    ForbiddenError
        Whoever asks may not change settings.
    """
    with audited(AuditAction.ROTATE_TOKEN_KEYS, "token keys", by=by, audit=audit, now=now) as said:
        by.require(Right.CHANGE_SETTINGS)
        said.details["end_all"] = end_all
        said.object_id = signer.rotate(now=now, end_all=end_all)
        return said.object_id
