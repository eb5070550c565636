"""Use cases: tell whoever queued work how it ended; a user's own messages.

A user reads and marks nobody's messages but their own, so no right is asked for.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from smartbank.core.inbox import Message, message_of
from smartbank.core.people import Actor
from smartbank.core.ports import Inbox, WorkQueue
from smartbank.core.work import Work, WorkKind

_TOLD_LATE: Final = timedelta(days=1)


def tell(work: Work, *, inbox: Inbox) -> None:
    """Tell whoever queued a piece of work how it ended; one that was cancelled or goes on is passed over."""
    message = message_of(work)
    if message is not None:
        inbox.add(message)


def tell_late(now: datetime, *, queue: WorkQueue, inbox: Inbox) -> None:
    """Tell of work that ended within a day and of which nobody was told, as its worker was killed. Safe to repeat."""
    for kind in WorkKind:
        for work in queue.recent(kind):
            if work.finished_at is not None and work.finished_at > now - _TOLD_LATE:
                tell(work, inbox=inbox)


def forget_old_messages(now: datetime, *, inbox: Inbox, kept_for: timedelta) -> int:
    """Delete messages that are older than they are kept, and return how many there were."""
    return inbox.delete_before(now - kept_for)


def messages(*, by: Actor, inbox: Inbox) -> list[Message]:
    """Return the user's own messages, newest first."""
    return inbox.newest(by.username)


def mark_read(message_ids: Iterable[str], *, by: Actor, inbox: Inbox, now: datetime) -> None:
    """Note that the user read some of their own messages."""
    inbox.mark_read(by.username, message_ids, now=now)
