"""Programs on the admin page: who may see and change them, and that a key is on the screen once."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from smartbank.core.audit import AuditAction
from smartbank.core.people import ROLE_RIGHTS, Right, Role
from smartbank.core.programs import Program, hash_secret, key_parts, make_key
from smartbank.ui.scope_words import WHAT_SCOPES_ALLOW, scope_words

NOW = datetime.now(UTC)
CRM = Program("crm", Role.MANAGER, frozenset({Right.SEE_LEADS, Right.EXPORT}), "shows leads", NOW, "boss")


@pytest.fixture
def programs_page(open_page):
    return lambda role=Role.ADMIN, **query: open_page("admin.py", role=role, section="Programs", **query)


@pytest.fixture
def crm(services):
    """A program with a good key, which was used, and an expired one."""
    services.programs.add(CRM)
    kept = services.programs.find("crm")
    good, _ = make_key("crm", by="boss", now=NOW)
    services.programs.add_key(good)
    services.programs.note_use(good, at=NOW)
    expired, _ = make_key("crm", by="boss", now=NOW - timedelta(days=9), expires_at=NOW - timedelta(days=2))
    services.programs.add_key(expired)
    return kept


def texts(elements):
    return [element.value for element in elements]


def test_with_no_program_the_page_says_what_one_is_for(programs_page):
    page = programs_page()

    assert not page.exception
    assert page.info[0].value.startswith("No program uses SmartBank yet. A program is software of your bank")
    assert not page.dataframe
    assert "add_program" in {button.key for button in page.button}


def test_the_tables_say_role_scopes_purpose_and_how_each_key_stands(programs_page, crm):
    page = programs_page()

    [row] = page.dataframe[0].value.to_dict("records")
    assert (row["Program"], row["Role"], row["State"], row["For"]) == ("crm", "manager", "active", "shows leads")
    assert (row["Limited to"], row["Good keys"]) == ("export and see_leads", "1 key")
    keys = page.dataframe[1].value
    assert keys["State"].tolist() == ["good", "expired"]
    assert (keys["Last used"] == "never").tolist() == [False, True]
    assert (keys["Expires"] == "no end").tolist() == [True, False]


def test_no_hash_of_a_key_reaches_the_page(programs_page, crm, services):
    page = programs_page()

    shown = str([table.value.to_dict() for table in page.dataframe])
    assert not any(key.secret_hash in shown for key in services.programs.keys())  # noqa: SIM118  no dictionary


def test_an_auditor_sees_programs_and_changes_none(programs_page, crm):
    page = programs_page(Role.AUDITOR)

    assert not page.exception
    assert len(page.dataframe) == 2
    assert not page.button
    assert "You see programs and change none: that takes an administrator." in texts(page.caption)


def test_a_program_is_added_with_the_scopes_that_were_chosen(programs_page, services):
    page = programs_page()

    page.text_input(key="program_name").input("nightly-scores")
    page.text_input(key="program_purpose").input("scores customers at night")
    page.multiselect(key="program_scope_manager").select(Right.BRING_IN).select(Right.SEE_LEADS)
    page.button(key="add_program").click().run()

    program = services.programs.find("nightly-scores")
    assert (program.role, program.rights) == (Role.MANAGER, {Right.BRING_IN, Right.SEE_LEADS})
    assert (program.created_by, program.purpose) == ("ana", "scores customers at night")
    assert page.dataframe[0].value["Good keys"].tolist() == ["none"]


def test_another_role_offers_its_own_scopes(programs_page):
    page = programs_page()

    page.selectbox(key="program_role").select(Role.AGENT).run()

    offered = {option.split(":")[0] for option in page.multiselect(key="program_scope_agent").options}
    assert offered == ROLE_RIGHTS[Role.AGENT]


def test_without_a_scope_nothing_is_added_and_that_is_said_in_place(programs_page, services):
    page = programs_page()

    page.text_input(key="program_name").input("crm")
    page.text_input(key="program_purpose").input("shows leads")
    page.button(key="add_program").click().run()

    assert texts(page.error) == ["Choose at least one scope: a program without any can do nothing."]
    assert services.programs.all() == []


def test_a_key_is_shown_once_with_where_to_keep_it(programs_page, crm, services):
    page = programs_page()

    page.selectbox(key="key_end").select("90 days")
    page.button(key="make_key").click().run()

    [clear] = texts(page.code)
    key_id, secret = key_parts(clear)
    key = services.programs.find_key(key_id)
    assert key.secret_hash == hash_secret(secret)
    assert (key.expires_at - key.created_at).days == 90
    assert any(text.startswith("It is shown this once: copy it now, and put it") for text in texts(page.caption))
    assert key_id in page.dataframe[1].value["Key"].tolist()
    assert texts(page.run().code) == []


def test_a_key_is_revoked(programs_page, crm, services):
    page = programs_page()
    key_id = page.selectbox(key="revoke_of_crm").value

    page.button(key="revoke_key").click().run()

    assert services.programs.find_key(key_id).revoked_at is not None
    assert page.dataframe[1].value["State"].tolist() == ["revoked", "expired"]
    assert "revoke_key" not in {button.key for button in page.button}
    assert services.audit.kept[-1].event.action is AuditAction.REVOKE_PROGRAM_KEY


def test_the_key_that_was_chosen_is_revoked_and_no_other(programs_page, crm, services):
    page = programs_page()
    chosen = page.selectbox(key="revoke_of_crm").value
    another, _ = make_key("crm", by="boss", now=NOW)
    services.programs.add_key(another)
    services.programs.revoke_key(chosen, at=NOW)

    page.button(key="revoke_key").click().run()

    assert not page.exception
    assert services.programs.find_key(another.key_id).revoked_at is None


def test_disabling_is_taken_back(programs_page, crm, services):
    page = programs_page()

    page.button(key="disable_program").click().run()
    assert services.programs.find("crm").disabled
    assert page.dataframe[0].value["State"].tolist() == ["disabled"]
    assert page.button(key="make_key").disabled

    page.button(key="undo").click().run()
    assert not services.programs.find("crm").disabled
    assert texts(page.success) == ["**crm** may use SmartBank again."]


def test_enabling_is_taken_back(programs_page, crm, services):
    services.programs.change(crm, replace(crm, disabled=True))
    page = programs_page()

    page.button(key="enable_program").click().run()
    assert not services.programs.find("crm").disabled

    page.button(key="undo").click().run()
    assert services.programs.find("crm").disabled


def limit_to(page, program, *rights):
    [box] = [each for each in page.multiselect if each.key.startswith(f"scope_of_{program}_")]
    return box.set_value(list(rights))


def test_scopes_and_purpose_are_changed(programs_page, crm, services):
    page = programs_page()
    assert page.button(key="save_program").disabled

    limit_to(page, "crm", Right.SEE_LEADS)
    page.text_input(key="purpose_of_crm_shows leads").input("shows the best leads").run()
    page.button(key="save_program").click().run()

    changed = services.programs.find("crm")
    assert (changed.rights, changed.purpose) == ({Right.SEE_LEADS}, "shows the best leads")
    assert texts(page.success) == ["**crm** is changed. Its keys and tokens follow at their next use."]
    assert page.button(key="save_program").disabled


def test_a_change_of_what_somebody_else_changed_meanwhile_is_refused_and_shown_afresh(programs_page, crm, services):
    page = programs_page()
    limit_to(page, "crm", Right.SEE_LEADS).run()
    theirs = replace(crm, rights=frozenset({Right.EXPORT}))
    services.programs.change(crm, theirs)

    page.button(key="save_program").click().run()

    assert texts(page.error) == ["Somebody else changed crm meanwhile. Look at it again, then repeat this."]
    assert services.programs.find("crm") == theirs
    page.run()
    [box] = [each for each in page.multiselect if each.key.startswith("scope_of_crm_")]
    assert box.value == [Right.EXPORT]


def test_what_somebody_else_changed_is_shown_while_nothing_was_typed_here(programs_page, crm, services):
    page = programs_page()
    services.programs.change(crm, replace(crm, rights=frozenset({Right.EXPORT})))

    page.run()

    [box] = [each for each in page.multiselect if each.key.startswith("scope_of_crm_")]
    assert box.value == [Right.EXPORT]


def test_each_of_two_programs_is_changed_by_itself(programs_page, crm, services):
    services.programs.add(replace(CRM, name="dialler", purpose="calls"))
    page = programs_page(program="dialler")

    limit_to(page, "dialler", Right.SEE_LEADS).run()
    page.button(key="save_program").click().run()

    assert services.programs.find("dialler").rights == {Right.SEE_LEADS}
    assert services.programs.find("crm") == crm


def test_an_administrator_who_lost_the_role_meanwhile_changes_nothing(programs_page, crm, services):
    page = programs_page()
    ana = services.users.find("ana")
    services.users.change(ana, replace(ana, role=Role.MANAGER))

    page.button(key="disable_program").click().run()

    assert not services.programs.find("crm").disabled
    assert page.warning[0].value.startswith("Your role (manager) does not include this page.")


def test_every_scope_is_said_in_words():
    assert set(WHAT_SCOPES_ALLOW) == set(Right)


@pytest.mark.parametrize("role", Role)
def test_a_program_with_all_of_its_role_says_so(role):
    assert scope_words(ROLE_RIGHTS[role], role=role) == f"all of {role}"
