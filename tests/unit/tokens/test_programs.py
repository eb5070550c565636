from datetime import timedelta

import pytest

from smartbank.core.audit import AuditAction, AuditResult
from smartbank.core.people import Actor, Right, Role
from smartbank.core.programs import key_parts
from smartbank.errors import AccountError, ConflictError, ForbiddenError, NotFoundError
from smartbank.services import programs
from smartbank.services.token_keys import rotate_token_keys
from tests.services import memory_services
from tests.unit.tokens.conftest import HERE, NOON

BOSS = Actor("boss", Role.ADMIN, HERE)
LEADS = frozenset({Right.SEE_LEADS})


@pytest.fixture
def services():
    return memory_services()


@pytest.fixture
def call(services):
    """Call a use case as the administrator."""

    def call(use_case, *arguments, by=BOSS, **more):
        return use_case(*arguments, by=by, programs=services.programs, audit=services.audit, now=NOON, **more)

    return call


@pytest.fixture
def crm(call):
    return call(programs.add_program, "crm", Role.MANAGER, LEADS, "shows leads")


def newest(services):
    event = services.audit.kept[-1].event
    return event.action, event.result, event.object_id, dict(event.details)


def test_a_program_is_added_with_who_added_it_and_is_on_record(call, services):
    program = call(programs.add_program, " crm ", Role.MANAGER, LEADS, " shows  leads ")

    assert services.programs.find("crm") == program
    assert (program.purpose, program.created_at, program.created_by) == ("shows leads", NOON, "boss")
    assert not program.disabled
    details = {"role": "manager", "scope": "see_leads"}
    assert newest(services) == (AuditAction.ADD_PROGRAM, AuditResult.DONE, "crm", details)


def test_a_taken_name_is_refused(call, crm):
    with pytest.raises(AccountError, match="already a program crm"):
        call(programs.add_program, "crm", Role.AGENT, frozenset({Right.SEE_CUSTOMER}), "another")


@pytest.mark.parametrize(
    ("name", "rights", "purpose"),
    [("x", LEADS, "shows leads"), ("new", frozenset(), "shows leads"), ("new", LEADS, " "), ("new", set(Right), "all")],
)
def test_what_is_not_allowed_adds_nothing(call, services, name, rights, purpose):
    with pytest.raises(AccountError):
        call(programs.add_program, name, Role.MANAGER, frozenset(rights), purpose)

    assert services.programs.all() == []
    assert newest(services)[1] is AuditResult.FAILED


def test_rights_and_purpose_are_changed_and_what_was_before_is_on_record(call, crm, services):
    rights = frozenset({Right.SEE_LEADS, Right.EXPORT})

    changed = call(programs.change_program, crm, rights=rights, purpose="exports leads")

    assert (changed.rights, changed.purpose) == (rights, "exports leads")
    assert services.programs.find("crm") == changed
    details = {"scope": "export see_leads", "scope_before": "see_leads"}
    assert newest(services) == (AuditAction.CHANGE_PROGRAM, AuditResult.DONE, "crm", details)


def test_a_change_of_what_somebody_else_changed_is_refused(call, crm, services):
    first = call(programs.change_program, crm, rights=frozenset({Right.EXPORT}), purpose="exports")

    with pytest.raises(ConflictError, match="Somebody else changed crm"):
        call(programs.change_program, crm, rights=LEADS, purpose="late")

    assert services.programs.find("crm") == first


def test_a_change_beyond_the_role_is_refused(call, crm, services):
    with pytest.raises(AccountError, match="does not have manage_users"):
        call(programs.change_program, crm, rights=frozenset({Right.MANAGE_USERS}), purpose="more")

    assert services.programs.find("crm") == crm


def test_a_program_is_disabled_and_enabled_again(call, crm, services):
    call(programs.disable_program, "crm")
    disabled = services.programs.find("crm").disabled
    call(programs.enable_program, "crm")

    assert disabled
    assert not services.programs.find("crm").disabled
    switched = [entry.event.details["disabled"] for entry in services.audit.kept[1:]]
    assert switched == [True, False]


def test_a_key_is_shown_once_and_its_secret_is_nowhere(call, crm, services):
    key, clear = call(programs.add_key, "crm", days=90)

    assert key_parts(clear)[0] == key.key_id
    assert services.programs.find_key(key.key_id).expires_at == NOON + timedelta(days=90)
    assert newest(services) == (
        AuditAction.ADD_PROGRAM_KEY,
        AuditResult.DONE,
        "crm",
        {"key": key.key_id, "days": 90},
    )
    kept = str(vars(services.programs)) + str(services.audit.kept) + str(key)
    assert key_parts(clear)[1] not in kept
    assert key.secret_hash not in kept


def test_a_key_may_have_no_end(call, crm):
    key, _ = call(programs.add_key, "crm", days=None)

    assert key.expires_at is None


@pytest.mark.parametrize("days", [0, -1, 731])
def test_a_number_of_days_nobody_means_is_refused(call, crm, services, days):
    with pytest.raises(AccountError, match="1 to 730 days"):
        call(programs.add_key, "crm", days=days)

    assert services.programs.keys() == []


def test_a_disabled_program_gets_no_key(call, crm):
    call(programs.disable_program, "crm")

    with pytest.raises(AccountError, match="Enable it first"):
        call(programs.add_key, "crm", days=90)


def test_a_key_is_revoked_once_and_that_is_on_record(call, crm, services):
    key, _ = call(programs.add_key, "crm", days=90)

    assert call(programs.revoke_key, key.key_id)
    assert not call(programs.revoke_key, key.key_id)

    assert services.programs.find_key(key.key_id).revoked_at == NOON
    assert newest(services)[::2] == (AuditAction.REVOKE_PROGRAM_KEY, "crm")


def test_who_is_unknown_is_said_without_repeating_what_was_typed(call):
    for use_case, more in [
        (programs.disable_program, {}),
        (programs.enable_program, {}),
        (programs.add_key, {"days": 90}),
        (programs.revoke_key, {}),
    ]:
        with pytest.raises(NotFoundError) as refusal:
            call(use_case, "sbk_0123456789ab_secret", **more)
        assert "secret" not in str(refusal.value)


def test_programs_are_listed_with_their_keys_and_without_hashes(call, crm, services):
    other = call(programs.add_program, "another", Role.AGENT, frozenset({Right.SEE_CUSTOMER}), "looks up")
    good, _ = call(programs.add_key, "crm", days=90)
    revoked, _ = call(programs.add_key, "crm", days=None)
    call(programs.revoke_key, revoked.key_id)

    listed = programs.list_programs(by=BOSS, programs=services.programs, now=NOON)

    assert [account.program for account in listed] == [other, crm]
    assert listed[0].keys == ()
    assert {key.key_id: key.is_good for key in listed[1].keys} == {good.key_id: True, revoked.key_id: False}
    assert good.secret_hash not in str([vars(key) for account in listed for key in account.keys])


def test_a_program_limited_to_other_rights_cannot_manage_programs(call, services):
    limited = Actor("program:crm", Role.ADMIN, HERE, LEADS)

    with pytest.raises(ForbiddenError, match="needs the scope manage_users"):
        call(programs.add_program, "new", Role.ADMIN, frozenset(Right), "takes over", by=limited)

    assert newest(services)[:2] == (AuditAction.ADD_PROGRAM, AuditResult.REFUSED)


def test_a_rotation_of_the_keys_of_tokens_is_on_record_with_the_new_one(services):
    key_id = rotate_token_keys(by=BOSS, signer=services.tokens, audit=services.audit, now=NOON, end_all=True)

    assert newest(services) == (AuditAction.ROTATE_TOKEN_KEYS, AuditResult.DONE, key_id, {"end_all": True})
