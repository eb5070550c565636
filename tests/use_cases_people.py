"""The use cases on users, sessions, settings and data that ask for a right, each with a call that does it."""

from pathlib import Path

from smartbank.core.people import Right, Role
from smartbank.services import backups, base_rate, passwords, people, sessions, settings
from tests.use_cases import ADMINISTERING, BRINGING_IN, CONSENT, EXPORTING, LEADS, UseCase, see

PASSWORD = "correct horse battery"


def users(world, actor):
    return world.about(actor) | {"users": world.services.users}


def hashed(world, actor):
    return users(world, actor) | {"hash_password": lambda _password: "hash"}


MANAGING_USERS = [
    UseCase(function, Right.MANAGE_USERS, call)
    for function, call in [
        (people.add_user, lambda w, a: people.add_user("new", Role.AGENT, PASSWORD, **hashed(w, a))),
        (people.invite_user, lambda w, a: people.invite_user("new", Role.AGENT, **hashed(w, a))),
        (people.change_role, lambda w, a: people.change_role("gil", Role.MANAGER, **users(w, a))),
        (people.disable_user, lambda w, a: people.disable_user("gil", **users(w, a))),
        (people.enable_user, lambda w, a: people.enable_user("gil", **users(w, a))),
        (passwords.set_password, lambda w, a: passwords.set_password("gil", PASSWORD, **hashed(w, a))),
        (passwords.force_new_password, lambda w, a: passwords.force_new_password("gil", **hashed(w, a))),
        (sessions.end_session, lambda w, a: sessions.end_session("gil", "unknown", **users(w, a))),
        (sessions.end_sessions, lambda w, a: sessions.end_sessions("gil", **users(w, a))),
    ]
]
SETTINGS = [
    UseCase(
        base_rate.say_base_rate,
        Right.CHANGE_SETTINGS,
        lambda w, a: base_rate.say_base_rate(0.03, **w.ports("settings", "queue"), **w.about(a)),
    ),
    see(
        settings.settings_history,
        Right.SEE_ADMIN,
        lambda w, a: settings.settings_history(5, by=a, **w.ports("settings")),
    ),
]
MANAGING_DATA = [
    UseCase(
        backups.export_data,
        Right.MANAGE_DATA,
        lambda w, a: backups.export_data(Path("backup"), store=w.store, **w.about(a)),
    ),
    UseCase(
        backups.import_data,
        Right.MANAGE_DATA,
        lambda w, a: backups.import_data(Path("backup"), store=w.store, **w.about(a)),
        is_audited=False,
    ),
    UseCase(
        backups.back_up,
        Right.MANAGE_DATA,
        lambda w, a: backups.back_up(kept=1, shelf=w.services.backups, go_on=lambda: None, **w.about(a)),
    ),
]
USE_CASES = [*LEADS, *BRINGING_IN, *CONSENT, *EXPORTING, *ADMINISTERING, *SETTINGS, *MANAGING_USERS, *MANAGING_DATA]
