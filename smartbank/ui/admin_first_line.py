"""The first line of each view of the admin page: what it says today, in a sentence with numbers."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Final

from smartbank.core.audit import BrokenEntry
from smartbank.core.people import Actor
from smartbank.core.wording import agreeing
from smartbank.services.audit_log import newest_entries
from smartbank.services.backups import are_left_out, is_made, last_backup
from smartbank.services.call_rules import rules_in_force
from smartbank.services.people import list_accounts
from smartbank.services.programs import list_programs
from smartbank.services.sessions import live_sessions
from smartbank.services.settings import settings_history
from smartbank.ui.resources import services
from smartbank.ui.rule_text import hours_words
from smartbank.ui.text import count, percent, plain, plural, when


def admin_first_line(view: str, actor: Actor) -> str:
    """Return what a view of the admin page says today."""
    return _FIRST_LINES[view](actor)


def _users(actor: Actor) -> str:
    accounts = list_accounts(by=actor, users=services().users, now=datetime.now(UTC))
    signed_in, disabled = sum(each.n_sessions > 0 for each in accounts), sum(each.disabled for each in accounts)
    out = f", {count(disabled)} disabled" if disabled else ""
    return f"{plural(len(accounts), 'user')}, {count(signed_in)} signed in now{out}."


def _sessions(actor: Actor) -> str:
    sessions = live_sessions(by=actor, users=services().users, now=datetime.now(UTC))
    people = len({each.username for each in sessions})
    are = agreeing(len(sessions), "is", "are")
    return f"{plural(len(sessions), 'session')} of {plural(people, 'user')} {are} open now."


def _programs(actor: Actor) -> str:
    accounts = list_programs(by=actor, programs=services().programs, now=datetime.now(UTC))
    if not accounts:
        return "No program uses SmartBank."
    able = sum(not each.program.disabled and any(key.is_good for key in each.keys) for each in accounts)
    return f"{count(able)} of {plural(len(accounts), 'program')} may use SmartBank now."


def _settings(actor: Actor) -> str:
    current = services().settings.current()
    newest = settings_history(1, by=actor, settings=services().settings)
    since = f"changed last by {plain(newest[0].by)} on {when(newest[0].at)}" if newest else "nothing was changed yet"
    rates = f"A call pays from {percent(current.rules.threshold)} at a base rate of {percent(current.base_rate)}"
    return f"{rates}; {since}."


def _rules(actor: Actor) -> str:
    book = rules_in_force(by=actor, rules=services().rules)
    on, hours = len(book.in_force), hours_words(book.hours)
    return f"{count(on)} of {plural(len(book.rules), 'rule')} {agreeing(on, 'is', 'are')} on. Calling hours: {hours}."


def _audit_log(actor: Actor) -> str:
    for entry in newest_entries(limit=1, by=actor, audit=services().audit):
        if isinstance(entry, BrokenEntry):
            return "The audit log is damaged: check it."
        are = agreeing(entry.number, "is", "are")
        return f"{plural(entry.number, 'entry')} {are} on record, the newest of {when(entry.event.at)}."
    return "Nothing is on record yet."


def _backups(actor: Actor) -> str:
    job = last_backup(by=actor, jobs=services().jobs)
    if job is not None and job.failed_at is not None:
        return f"The backup of {when(job.failed_at)} failed."
    if are_left_out(job):
        return "SmartBank makes no backups: the setting Keep backups is 0."
    if job is None or job.done_at is None or not is_made(job):
        return "No backup was made yet."
    return f"The last backup was made on {when(job.done_at)}."


_FIRST_LINES: Final[Mapping[str, Callable[[Actor], str]]] = {
    "Users": _users,
    "Sessions": _sessions,
    "Programs": _programs,
    "Settings": _settings,
    "Rules": _rules,
    "Audit log": _audit_log,
    "Backups": _backups,
}
