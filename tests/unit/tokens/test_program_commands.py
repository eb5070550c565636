"""The commands on programs and on the keys of tokens: what they print, and that a key is printed once."""

from contextlib import contextmanager

import pytest
from typer.testing import CliRunner

from smartbank import bootstrap
from smartbank.cli import app
from smartbank.core.people import ROLE_RIGHTS, Right, Role
from smartbank.core.programs import hash_secret, key_parts
from smartbank.errors import AccountError, NotFoundError, ScopeError
from tests.services import memory_services


@pytest.fixture
def services():
    return memory_services()


@pytest.fixture
def run(services, monkeypatch):
    def opening(*ports):
        @contextmanager
        def opened(_settings):
            yield ports

        return opened

    monkeypatch.setattr(bootstrap, "open_programs", opening(services.programs, services.audit))
    monkeypatch.setattr(bootstrap, "open_tokens", opening(services.tokens, services.audit))
    return lambda *arguments: CliRunner().invoke(app, arguments)


def added(run, name="crm"):
    return run("program", "add", name, "--role", "manager", "--scope", "see_leads", "--purpose", "shows leads")


def test_a_program_is_added_with_the_scopes_that_are_named(run, services):
    result = run("program", "add", "crm", "--role", "manager", "--scope", "see_leads", "--scope", "export")

    program = services.programs.find("crm")
    assert program.rights == {Right.SEE_LEADS, Right.EXPORT}
    assert (program.created_by, program.purpose) == ("command line", "added on the command line")
    assert "crm may use the API as manager, limited to: export see_leads." in result.output
    assert "python -m smartbank program key crm" in result.output


def test_without_scopes_a_program_has_all_of_its_role(run, services):
    run("program", "add", "crm", "--role", "agent")

    assert services.programs.find("crm").rights == ROLE_RIGHTS[Role.AGENT]


def test_a_scope_beyond_the_role_or_unknown_is_refused(run, services):
    beyond = run("program", "add", "crm", "--role", "agent", "--scope", "export")
    unknown = run("program", "add", "crm", "--role", "agent", "--scope", "everything")

    assert isinstance(beyond.exception, AccountError)
    assert isinstance(unknown.exception, ScopeError)
    assert services.programs.all() == []


def test_a_key_is_alone_on_standard_output_and_kept_as_a_hash(run, services):
    added(run)

    result = run("program", "key", "crm", "--days", "90")

    clear = result.stdout.removesuffix("\n")
    [key] = services.programs.keys()
    assert key_parts(clear)[0] == key.key_id
    assert key.secret_hash == hash_secret(key_parts(clear)[1])
    assert (key.expires_at - key.created_at).days == 90
    assert "This is the only time it is shown" in result.stderr
    assert clear not in result.stderr


def test_a_key_ends_after_a_year_unless_it_is_asked_to_have_no_end(run, services):
    added(run)

    run("program", "key", "crm")
    run("program", "key", "crm", "--no-end")

    made = [(key.created_at, key.expires_at) for key in services.programs.keys()]  # noqa: SIM118  no dictionary
    ends = {None if expires_at is None else (expires_at - created_at).days for created_at, expires_at in made}
    assert ends == {365, None}


def test_programs_are_listed_with_scope_state_and_keys_and_no_secret(run, services):
    added(run)
    clear = run("program", "key", "crm").stdout.strip()
    added(run, "nightly")
    run("program", "disable", "nightly")
    run("program", "revoke", run("program", "key", "crm", "--no-end").stdout[4:16])

    output = run("program", "list").output

    lines = output.splitlines()
    assert [line.split()[:3] for line in lines if line[0] != " "] == [
        ["crm", "manager", "active"],
        ["nightly", "manager", "disabled"],
    ]
    assert "    scope: see_leads" in lines
    assert lines[-1] == "    no key"
    assert {line.split()[2] for line in lines if "key " in line} == {"good", "revoked"}
    assert "never used" in output
    key_id, secret = key_parts(clear)
    assert key_id in output
    assert secret not in output
    assert services.programs.find_key(key_id).secret_hash not in output


def test_with_no_program_the_list_says_how_to_add_one(run):
    assert run("program", "list").output.startswith("There is no program.")


def test_a_program_is_disabled_and_enabled(run, services):
    added(run)

    run("program", "disable", "crm")
    disabled = services.programs.find("crm").disabled
    run("program", "enable", "crm")

    assert disabled
    assert not services.programs.find("crm").disabled


def test_a_key_is_revoked_once(run, services):
    added(run)
    key_id = run("program", "key", "crm").stdout[4:16]

    first, second = (run("program", "revoke", key_id).output for _ in range(2))

    assert first == f"The key {key_id} is revoked.\n"
    assert second == f"The key {key_id} was revoked before.\n"
    assert services.programs.find_key(key_id).revoked_at is not None


@pytest.mark.parametrize("command", [["disable", "x"], ["enable", "x"], ["key", "x"], ["revoke", "x"]])
def test_who_is_not_there_is_said(run, command):
    assert isinstance(run("program", *command).exception, NotFoundError)


def test_a_name_that_is_not_allowed_is_refused(run):
    assert isinstance(added(run, "CRM").exception, AccountError)


def test_tokens_are_signed_with_a_new_key_from_a_rotation_on(run, services):
    result = run("keys", "rotate-tokens")

    assert "Those signed before are good until they expire." in result.output
    assert services.audit.kept[-1].event.object_id in result.output


def test_a_rotation_can_refuse_every_token_so_far(run, services):
    result = run("keys", "rotate-tokens", "--end-all")

    assert "refused, by every process within half a minute" in result.output
    assert services.audit.kept[-1].event.details == {"end_all": True}
