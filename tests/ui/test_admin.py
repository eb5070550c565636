from datetime import UTC, datetime, timedelta

import pytest

from smartbank.core.audit import AuditAction, AuditEvent, AuditResult
from smartbank.core.people import Role, User, session_id
from smartbank.services.backups import BACKUP_JOB
from smartbank.services.sign_in import token_hash
from tests.actors import put_user

NOW = datetime.now(UTC)


@pytest.fixture
def admin_page(open_page, services):
    """Return a function that opens the admin page as Ana, with Gil (an agent with a session) and Boss beside her."""
    put_user(services.users, User("boss", Role.ADMIN, "no hash", created_at=NOW))
    put_user(services.users, User("gil", Role.AGENT, "no hash", created_at=NOW))
    services.users.start_session(
        "gil's",
        services.users.find("gil"),
        now=NOW,
        expires_at=NOW + timedelta(hours=1),
        address="10.0.0.7",
        browser="Firefox on Linux",
    )

    def admin_page(role=Role.ADMIN, **query):
        return open_page("admin.py", role=role, **query)

    return admin_page


def event(who, action=AuditAction.EXPORT, result=AuditResult.DONE, **details):
    return AuditEvent(NOW, who, "10.0.0.7", action, "run", "run-1", result, details)


def texts(elements):
    return [element.value for element in elements]


@pytest.mark.parametrize("role", [Role.MANAGER, Role.AGENT])
def test_the_page_is_not_for_managers_and_agents(admin_page, role):
    page = admin_page(role)

    assert page.warning[0].value.startswith(f"Your role ({role}) does not include this page.")
    assert not page.title
    assert not page.dataframe


def test_the_first_line_counts_users_and_sessions(admin_page, services):
    page = admin_page()

    assert not page.exception
    assert page.title[0].value == "3 users, 2 signed in now."
    assert page.dataframe[0].value["User"].tolist() == ["ana", "boss", "gil"]
    assert page.dataframe[0].value["Signed in"].tolist() == ["1 session", "no", "1 session"]


@pytest.mark.parametrize(
    ("section", "begins"),
    [
        ("Sessions", "2 sessions of 2 users are open now."),
        ("Programs", "No program uses SmartBank."),
        ("Settings", "A call pays from 10.0 % at a base rate of 11.3 %; nothing was changed yet."),
        ("Rules", "5 of 5 rules are on. Calling hours: Every day, 00:00 to 24:00, also on public holidays."),
        ("Audit log", "1 entry is on record, the newest of "),
        ("Backups", "No backup was made yet."),
    ],
)
def test_each_view_says_in_its_first_line_what_it_says_today(admin_page, services, section, begins):
    services.audit.append(event("gil"))

    page = admin_page(section=section)

    assert not page.exception
    assert page.title[0].value.startswith(begins)


@pytest.mark.parametrize("section", ["Users", "Sessions", "Audit log"])
def test_an_auditor_sees_everything_and_can_change_nothing(admin_page, services, section):
    services.audit.append(event("gil"))

    page = admin_page(Role.AUDITOR, section=section)

    assert not page.exception
    assert len(page.dataframe) == 1
    assert {button.key for button in page.button} <= {"check_audit"}
    assert {field.key for field in page.text_input} <= {"kind", "object", "place"}  # filters


def test_no_password_hash_reaches_the_page(admin_page):
    page = admin_page()

    assert "no hash" not in str(page.dataframe[0].value.to_dict())


def test_an_invited_user_gets_a_password_that_is_shown_once(admin_page, services):
    page = admin_page()

    page.text_input(key="invite_name").input("Rui")
    page.selectbox(key="invite_role").select(Role.AUDITOR)
    page.button(key="invite_submit").click().run()

    assert services.users.find("rui").role is Role.AUDITOR
    assert services.users.find("rui").must_change_password
    [password] = texts(page.code)
    assert len(password) == 19
    assert "rui" in page.dataframe[0].value["User"].tolist()
    assert texts(page.run().code) == []


def test_a_name_that_is_taken_is_refused_in_place(admin_page, services):
    page = admin_page()

    page.text_input(key="invite_name").input("gil")
    page.button(key="invite_submit").click().run()

    assert texts(page.error) == ["There is already a user gil. Choose another name."]
    assert not page.code


def test_a_role_is_changed_and_the_change_taken_back(admin_page, services):
    page = admin_page(user="gil")

    page.selectbox(key="role_of_gil_agent").select(Role.MANAGER).run()
    page.button(key="save_role").click().run()
    assert services.users.find("gil").role is Role.MANAGER
    assert texts(page.success) == ["**gil** is manager from now on."]

    page.button(key="undo").click().run()
    assert services.users.find("gil").role is Role.AGENT
    assert texts(page.success) == ["**gil** is agent again."]


def test_a_notice_that_was_passed_by_can_no_longer_be_taken_back(admin_page, services):
    page = admin_page(user="gil")
    page.button(key="disable").click().run()

    page.run()

    assert "undo" not in {button.key for button in page.button}
    assert services.users.find("gil").disabled


def test_disabling_says_what_it_ends_and_is_taken_back(admin_page, services):
    page = admin_page(user="gil")
    assert page.button(key="disable").label == "Disable (ends 1 session)"

    page.button(key="disable").click().run()
    assert services.users.find("gil").disabled
    assert services.users.session_user("gil's", now=NOW) is None
    assert texts(page.success) == ["**gil** is disabled; 1 session ended."]

    page.button(key="undo").click().run()
    assert not services.users.find("gil").disabled


def test_a_new_password_is_shown_once_and_ends_sessions(admin_page, services):
    page = admin_page(user="gil")

    page.button(key="new_password_for").click().run()

    assert len(page.code[0].value) == 19
    assert services.users.find("gil").must_change_password
    assert services.users.session_user("gil's", now=NOW) is None


def test_the_last_administrator_stays_one(admin_page, services):
    put_user(services.users, User("boss", Role.ADMIN, "no hash", created_at=NOW, disabled=True))
    page = admin_page(user="ana")

    page.button(key="disable").click().run()

    assert texts(page.error) == ["ana is the last administrator. Add another one first."]
    assert not services.users.find("ana").disabled


def test_an_administrator_who_lost_the_role_meanwhile_changes_nothing_more(admin_page, services):
    page = admin_page(user="gil")

    put_user(services.users, User("ana", Role.MANAGER, "no hash", created_at=NOW))
    page.button(key="disable").click().run()

    assert not services.users.find("gil").disabled
    assert page.warning[0].value.startswith("Your role (manager) does not include this page.")


def test_sessions_say_who_where_and_in_what_and_one_is_ended(admin_page, services):
    page = admin_page(section="Sessions")
    rows = page.dataframe[0].value
    assert rows.query("User == 'gil'")[["Where", "Browser", "Session"]].values.tolist() == [
        ["10.0.0.7", "Firefox on Linux", session_id("gil's")]
    ]
    assert rows.query("User == 'ana'")["Session"].str.endswith("(this one)").all()

    page.button(key="end_session").click().run()

    assert services.users.session_user("gil's", now=NOW) is None
    assert page.dataframe[0].value["User"].tolist() == ["ana"]
    assert services.audit.kept[-1].event.object_id == session_id("gil's")


def test_the_session_that_was_chosen_is_ended_and_no_other(admin_page, services):
    put_user(services.users, User("rui", Role.AGENT, "no hash", created_at=NOW))
    page = admin_page(section="Sessions")
    services.users.start_session(
        "rui's", services.users.find("rui"), now=NOW, expires_at=NOW + timedelta(hours=1), address="", browser=""
    )
    services.users.end_session("gil's")

    page.button(key="end_session").click().run()

    assert services.users.session_user("rui's", now=NOW) is not None
    assert page.success[0].value == "That session of **gil** had ended already."


def test_neither_tokens_nor_their_hashes_are_on_the_page(admin_page):
    page = admin_page(section="Sessions")

    shown = str(page.dataframe[0].value.to_dict())
    assert token_hash("ana's") not in shown
    assert "gil's" not in shown


def test_the_log_is_filtered_by_person_action_and_result(admin_page, services):
    services.audit.append(event("gil"))
    services.audit.append(event("gil", AuditAction.CHANGE_PASSWORD, AuditResult.REFUSED, must_change=True))
    services.audit.append(event("boss", AuditAction.CHANGE_PASSWORD))

    everything = admin_page(section="Audit log").dataframe[0].value
    filtered = admin_page(section="Audit log", who="gil", action="Change password", result="refused").dataframe[0].value

    assert everything["No."].tolist() == ["3", "2", "1"]
    assert filtered[["No.", "What", "Result", "Details"]].values.tolist() == [
        ["2", "Change password", "Refused", "must change: yes"]
    ]


def test_filters_nothing_passes_are_said(admin_page, services):
    services.audit.append(event("gil"))
    services.audit.append(event("boss", result=AuditResult.FAILED))

    page = admin_page(section="Audit log", who="gil", result="failed")

    assert texts(page.info) == ["No entry matches. Choose fewer filters."]


def test_checking_an_intact_log_gives_number_and_hash_to_note(admin_page, services):
    entry = services.audit.append(event("gil"))
    page = admin_page(section="Audit log")

    page.button(key="check_audit").click().run()

    assert page.success[0].value.startswith("The 1 entry is there")
    assert texts(page.code) == [f"1:{entry.hash}"]


def test_checking_finds_an_entry_that_was_changed(admin_page, services):
    services.audit.append(event("gil"))
    entry = services.audit.kept[0]
    object.__setattr__(entry.event, "who", "eve")
    page = admin_page(section="Audit log")

    page.button(key="check_audit").click().run()

    assert "Entry 1 was changed" in page.error[0].value
    assert not page.code


def test_the_last_backup_and_one_that_failed_since_are_told(admin_page, services):
    assert "No backup was made yet." in admin_page(section="Backups").info[0].value
    made = {"name": "smartbank-20260602T030000Z", "documents": 1_234, "size": 5_600_000}
    services.jobs.take(BACKUP_JOB, "w", now=NOW, first_at=NOW)
    services.jobs.finish(BACKUP_JOB, "w", made, now=NOW, next_at=NOW)
    services.jobs.take(BACKUP_JOB, "w", now=NOW, first_at=NOW)
    services.jobs.fail(BACKUP_JOB, "w", "The disk is full.", now=NOW, next_at=NOW)

    page = admin_page(section="Backups")

    assert "1,234 documents, 5.6 MB" in page.success[0].value
    assert "The disk is full. It is tried again at" in page.error[0].value
    assert "smartbank-20260602T030000Z" in page.caption[0].value


def test_that_no_backups_are_made_is_told_until_one_is_tried_again(admin_page, services):
    services.jobs.take(BACKUP_JOB, "w", now=NOW, first_at=NOW)
    services.jobs.finish(BACKUP_JOB, "w", {"left_out": True}, now=NOW, next_at=NOW)

    assert "Something else has to back up the database." in admin_page(section="Backups").warning[0].value

    services.jobs.take(BACKUP_JOB, "w", now=NOW, first_at=NOW)
    services.jobs.fail(BACKUP_JOB, "w", "The disk is full.", now=NOW, next_at=NOW)
    page = admin_page(section="Backups")
    assert not page.warning
    assert "The disk is full." in page.error[0].value
    assert "No backup was made yet." in page.info[0].value
