"""The use cases on users, sessions, settings, keys and data that ask for a right, each with a call that does it."""

from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

from smartbank.bootstrap import replay_ports
from smartbank.bootstrap.bulk import hand_over_ports
from smartbank.core.audit_filter import AuditFilter
from smartbank.core.people import Right, Role
from smartbank.services import (
    audit_export,
    audit_log,
    audit_search,
    backups,
    base_rate,
    keys,
    level_in_force,
    linking,
    migrating,
    passwords,
    people,
    replaying,
    sessions,
    settings,
)
from smartbank.services.bulk import handing_over
from tests.use_cases import BRINGING_IN, CONSENT, LEADS, RUN, UseCase, see
from tests.use_cases_asked import ASKED
from tests.use_cases_calling import CALLING
from tests.use_cases_customer import CUSTOMER
from tests.use_cases_exporting import EXPORTING
from tests.use_cases_list_files import LIST_FILES
from tests.use_cases_lists import LISTS
from tests.use_cases_market import MARKET
from tests.use_cases_model import MODEL
from tests.use_cases_privacy import PRIVACY
from tests.use_cases_programs import PROGRAMS
from tests.use_cases_results import RESULTS
from tests.use_cases_scenarios import SCENARIOS

PASSWORD = "correct horse battery"


def users(world, actor):
    return world.about(actor) | {"users": world.services.users}


def hashed(world, actor):
    return users(world, actor) | {"hash_password": lambda _password: "hash"}


def changed_settings(world, actor):
    now = world.services.settings.current()
    return settings.change_settings(
        replace(now, cost_of_call=now.cost_of_call + 1), **world.ports("settings", "market"), **world.about(actor)
    )


ADMINISTERING = [
    see(audit_log.verify_log, Right.SEE_ADMIN, lambda w, a: audit_log.verify_log(by=a, **w.ports("audit"))),
    see(
        audit_log.newest_entries,
        Right.SEE_ADMIN,
        lambda w, a: audit_log.newest_entries(by=a, limit=5, **w.ports("audit")),
    ),
    see(
        audit_search.find_entries,
        Right.SEE_ADMIN,
        lambda w, a: audit_search.find_entries(AuditFilter(), by=a, **w.ports("audit", "settings")),
    ),
    UseCase(
        audit_export.open_audit_export,
        Right.SEE_ADMIN,
        lambda w, a: audit_export.open_audit_export(AuditFilter(), "csv", **w.ports("settings"), **w.about(a)),
    ),
    see(audit_export.verify_file, Right.SEE_ADMIN, lambda _w, a: audit_export.verify_file([], by=a)),
    see(
        people.list_accounts,
        Right.SEE_ADMIN,
        lambda w, a: people.list_accounts(by=a, now=w.clock, **w.ports("users")),
    ),
    see(
        sessions.live_sessions,
        Right.SEE_ADMIN,
        lambda w, a: sessions.live_sessions(by=a, now=w.clock, **w.ports("users")),
    ),
    see(
        replaying.replay_prediction,
        Right.SEE_ADMIN,
        lambda w, a: replaying.replay_prediction(f"{w.done[RUN]}:1", by=a, ports=replay_ports(w.services)),
    ),
    see(
        replaying.replay_customer,
        Right.SEE_ADMIN,
        lambda w, a: replaying.replay_customer("lead-1", w.done[RUN], by=a, ports=replay_ports(w.services)),
    ),
    see(
        replaying.replay_run,
        Right.SEE_ADMIN,
        lambda w, a: replaying.replay_run(w.done[RUN], by=a, ports=replay_ports(w.services)),
    ),
    see(
        replaying.replay_sample,
        Right.SEE_ADMIN,
        lambda w, a: list(replaying.replay_sample(1, by=a, ports=replay_ports(w.services))),
    ),
    UseCase(settings.change_settings, Right.CHANGE_SETTINGS, changed_settings),
]
MANAGING_USERS = [
    UseCase(function, Right.MANAGE_USERS, call)
    for function, call in [
        (people.add_user, lambda w, a: people.add_user("new", Role.AGENT, PASSWORD, **hashed(w, a))),
        (people.invite_user, lambda w, a: people.invite_user("new", Role.AGENT, **hashed(w, a))),
        (people.change_role, lambda w, a: people.change_role("gil", Role.MANAGER, **users(w, a))),
        (linking.link_user, lambda w, a: linking.link_user("gil", **users(w, a))),
        (linking.emergency_code, lambda w, a: linking.emergency_code("gil", **users(w, a))),
        (people.disable_user, lambda w, a: people.disable_user("gil", **users(w, a))),
        (people.enable_user, lambda w, a: people.enable_user("gil", **users(w, a))),
        (passwords.set_password, lambda w, a: passwords.set_password("gil", PASSWORD, **hashed(w, a))),
        (passwords.force_new_password, lambda w, a: passwords.force_new_password("gil", **hashed(w, a))),
        (sessions.end_session, lambda w, a: sessions.end_session("gil", "unknown", **users(w, a))),
        (sessions.end_sessions, lambda w, a: sessions.end_sessions("gil", **users(w, a))),
    ]
]
SETTINGS = [
    see(
        level_in_force.level_in_force,
        Right.SEE_LEADS,
        lambda w, a: level_in_force.level_in_force(
            w.services.settings.current().rules, by=a, now=w.clock, **w.ports("scorer", "market", "outcomes")
        ),
    ),
    UseCase(
        base_rate.say_base_rate,
        Right.CHANGE_SETTINGS,
        lambda w, a: base_rate.say_base_rate(0.03, **w.ports("settings", "market", "queue"), **w.about(a)),
    ),
    see(
        settings.settings_history,
        Right.SEE_ADMIN,
        lambda w, a: settings.settings_history(5, by=a, **w.ports("settings")),
    ),
]
RING = SimpleNamespace(
    is_kept_here=True,
    key_ids=lambda: ["k1"],
    add_key=lambda: "k2",
    alone=nullcontext,
    given_ids=list,
    retire_keys=lambda _ids, **_at: (),
    retired_keys=dict,
)
SEALED = SimpleNamespace(sealed_with=lambda _key: {}, reseal=lambda *_args, **_more: 0)
KEYS = [
    see(keys.key_uses, Right.SEE_ADMIN, lambda _world, a: keys.key_uses(by=a, ring=RING, data=SEALED)),
    see(
        keys.retired_keys,
        Right.SEE_ADMIN,
        lambda w, a: keys.retired_keys(by=a, ring=RING, shelf=w.services.backups),
    ),
    UseCase(
        keys.rotate_keys,
        Right.CHANGE_SETTINGS,
        lambda w, a: keys.rotate_keys(ring=RING, data=SEALED, report=lambda *_: None, **w.about(a)),
    ),
    UseCase(
        keys.rewrap_keys,
        Right.CHANGE_SETTINGS,
        lambda w, a: keys.rewrap_keys(wrapper=SimpleNamespace(rewrap=lambda: 1), **w.about(a)),
    ),
]


def hand_over(world, actor):
    ports = replace(hand_over_ports(world.services), write=lambda *_args, **_more: None)
    return handing_over.hand_over_in_force("in-force", by=actor, ports=ports, now=world.clock)


SCHEMA = SimpleNamespace(newest=1, standing=lambda: (1, True))
MANAGING_DATA = [
    see(backups.last_backup, Right.SEE_ADMIN, lambda w, a: backups.last_backup(by=a, **w.ports("jobs"))),
    UseCase(
        backups.export_data,
        Right.MANAGE_DATA,
        lambda w, a: backups.export_data(Path("backup"), store=w.store, **w.about(a)),
    ),
    UseCase(handing_over.hand_over_in_force, Right.MANAGE_DATA, hand_over),
    UseCase(
        backups.import_data,
        Right.MANAGE_DATA,
        lambda w, a: backups.import_data(Path("backup"), known_keys=(), store=w.store, **w.about(a)),
        is_audited=False,
    ),
    UseCase(
        migrating.migrate,
        Right.MANAGE_DATA,
        lambda w, a: migrating.migrate(None, backup=False, schema=SCHEMA, shelf=w.services.backups, **w.about(a)),
        is_audited=False,
    ),
    UseCase(
        backups.back_up,
        Right.MANAGE_DATA,
        lambda w, a: backups.back_up(kept=1, shelf=w.services.backups, go_on=lambda: None, **w.about(a)),
    ),
]
USE_CASES = [
    *SCENARIOS,
    *LEADS,
    *BRINGING_IN,
    *CONSENT,
    *EXPORTING,
    *LIST_FILES,
    *LISTS,
    *ADMINISTERING,
    *SETTINGS,
    *KEYS,
    *MANAGING_USERS,
    *PROGRAMS,
    *MANAGING_DATA,
    *MARKET,
    *MODEL,
    *CUSTOMER,
    *CALLING,
    *RESULTS,
    *ASKED,
    *PRIVACY,
]
