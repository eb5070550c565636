"""A list handed to a dialler, and its results brought back, each on a page of its own."""

from datetime import UTC, datetime, timedelta

import pytest
from streamlit.testing.v1 import AppTest

from smartbank.core.outcomes import OutcomeKind
from smartbank.core.people import Role, User
from smartbank.core.work import WorkKind
from smartbank.errors import StorageError
from smartbank.services.call_lists import end_list
from smartbank.services.sign_in import token_hash
from smartbank.ui import session_cookie
from smartbank.ui.outcome_upload import unknown_agents_words
from tests.actors import ANA, EVERYBODY, put_user
from tests.call_lists import ListBank

NOW = datetime.now(UTC)


def export_page(list_id, actor):
    from smartbank.ui.list_export import show_list_export  # noqa: PLC0415
    from smartbank.ui.resources import services  # noqa: PLC0415

    show_list_export(services().lists.find(list_id), actor)


def upload_page(list_id, actor):
    from smartbank.ui.notice import show_notice  # noqa: PLC0415
    from smartbank.ui.outcome_upload import show_outcome_upload  # noqa: PLC0415
    from smartbank.ui.resources import services  # noqa: PLC0415

    show_notice(lambda _: "")
    show_outcome_upload(services().lists.find(list_id), actor)


@pytest.fixture
def bank(services, on_services, monkeypatch):
    bank = ListBank(services)
    bank.clock = NOW
    put_user(services.users, User("ana", Role.MANAGER, "no hash", created_at=NOW))
    user = services.users.find("ana")
    services.users.start_session(token_hash("ana's"), user, now=NOW, expires_at=NOW + timedelta(hours=1))
    monkeypatch.setattr(session_cookie, "session_token", lambda: "ana's")
    return bank


@pytest.fixture
def call_list(bank):
    return bank.release()


@pytest.fixture
def open_on(call_list):
    def open_on(page, actor=ANA):
        shown = AppTest.from_function(page, kwargs={"list_id": call_list.list_id, "actor": actor}, default_timeout=30)
        return shown.run()

    return open_on


def links(page):
    return {element.proto.label: element.proto.url for element in page.get("link_button")}


def said(page):
    return " ".join(each.value for each in [*page.markdown, *page.caption, *page.info, *page.warning])


def test_the_csv_and_its_manifest_are_one_click_away(open_on, call_list):
    page = open_on(export_page)

    address = f"/exports/lists/{call_list.list_id}"
    assert links(page) == {"CSV": f"{address}.csv", "Manifest of the CSV": f"{address}.manifest.json"}
    assert "**Take these 10 customers to a dialler**" in said(page)
    assert "Left out" not in said(page)


def test_how_many_are_left_out_is_said_with_why(open_on, bank, call_list):
    first, second, *_ = bank.called(call_list)
    bank.call(call_list, first, OutcomeKind.SUBSCRIBED)
    bank.call(call_list, second, OutcomeKind.NO_ANSWER)

    page = open_on(export_page)

    assert "Take these 8 customers" in said(page)
    assert "Left out: 1 decided, or called often enough; 1 to be called later" in said(page)


def test_excel_is_made_by_the_worker_and_saved_with_its_manifest(open_on, call_list, work, services):
    page = open_on(export_page)

    page.button(key="list_xlsx").click().run()
    work()
    page.run()

    (export,) = services.queue.recent(WorkKind.EXPORT)
    found = links(page)
    assert found["Save the Excel file"] == f"/exports/{export.work_id}"
    assert found["Manifest of the Excel file"].endswith(f"{call_list.list_id}.manifest.json?export={export.work_id}")
    page.button(key="again_list_xlsx").click().run()
    assert page.button(key="list_xlsx")


def test_excel_that_could_not_be_made_says_why(open_on, bank, call_list, work):
    page = open_on(export_page)
    page.button(key="list_xlsx").click().run()
    for customer_id in bank.called(call_list)[1:]:
        bank.call(call_list, customer_id, OutcomeKind.DECLINED)
    bank.call(call_list, bank.called(call_list)[0], OutcomeKind.DECLINED)
    work()

    page.run()

    assert "nothing to take away" in page.error[0].value
    assert "Nobody of this list is to be called now. Left out: 10 decided" in said(page)
    assert "CSV" not in links(page)


@pytest.mark.parametrize("role", [Role.AGENT, Role.AUDITOR])
def test_others_see_neither(open_on, role):
    for page in (export_page, upload_page):
        shown = open_on(page, EVERYBODY[role])

        assert not said(shown)
        assert not links(shown)
        assert not shown.get("file_uploader")


def test_nothing_is_handed_out_of_an_ended_list(open_on, bank, call_list):
    end_list(call_list.list_id, by=ANA, lists=bank.services.lists, audit=bank.services.audit, now=NOW)

    assert not links(open_on(export_page))
    assert open_on(upload_page).get("file_uploader")


def test_a_database_that_does_not_answer_is_said(open_on, bank, monkeypatch):
    def refuse(*_arguments):
        raise StorageError("The database does not answer.")

    monkeypatch.setattr(bank.services.outcomes, "of_list", refuse)

    page = open_on(export_page)

    assert not page.exception
    assert page.info[0].value == "The database does not answer."


def brought(page, *rows):
    """Return the page after a file of results was chosen."""
    text = "\n".join(["customer id,outcome,time of call", *(",".join(row) for row in rows)])
    page.file_uploader[0].upload("results.csv", text.encode(), "text/csv")
    return page.run()


def at(minutes=1):
    return (datetime.now(UTC) + timedelta(minutes=minutes)).replace(microsecond=0).isoformat()


def test_a_file_is_shown_first_and_recorded_at_a_click(open_on, bank, call_list):
    first, second, *_ = bank.called(call_list)
    page = brought(open_on(upload_page), (first, "sale", at()), (second, "busy", at()), ("nobody", "no", at()))
    assert "2 of 3 rows can be recorded. No answer: 1, subscribed: 1." in said(page)
    assert page.dataframe[0].value["Why"].tolist() == ["There is no such customer."]
    assert bank.outcomes(call_list) == []

    page.button(key="record_outcomes").click().run()

    assert page.success[0].value == "2 outcomes recorded, 1 row refused."
    assert len(bank.outcomes(call_list)) == 2
    assert "can be recorded" not in said(page)


@pytest.mark.parametrize(
    ("unknown", "has_agents", "words"),
    [
        ({}, True, ""),
        (
            {"Joana Dialler": 1},
            True,
            "1 row names an agent SmartBank does not know on this list: Joana Dialler. Recorded as brought by you, it "
            "counts with the agent who has the customer.",
        ),
        (
            {f"A{number}": 2 for number in range(7)},
            False,
            "14 rows name agents SmartBank does not know on this list: A0, A1, A2, A3, A4 and 2 more. Recorded as "
            "brought by you, they count with no agent: the list has none.",
        ),
    ],
)
def test_agents_nobody_knows_are_named_with_where_their_calls_count(unknown, has_agents, words):
    assert unknown_agents_words(unknown, has_agents=has_agents) == words


def test_a_row_of_an_agent_nobody_knows_is_said_before_it_is_recorded(open_on, bank, call_list):
    page = open_on(upload_page)
    text = f"customer id,outcome,time of call,agent\n{bank.called(call_list)[0]},sale,{at()},Joana Dialler"
    page.file_uploader[0].upload("results.csv", text.encode(), "text/csv")
    page.run()

    assert "1 row names an agent SmartBank does not know on this list: Joana Dialler." in page.info[0].value


def test_a_file_that_says_nothing_new_has_no_button(open_on, bank, call_list):
    row = (bank.called(call_list)[0], "sale", at())
    page = brought(open_on(upload_page), row)
    page.button(key="record_outcomes").click().run()

    page = brought(open_on(upload_page), row)

    assert "0 of 1 row can be recorded. 1 is recorded already." in said(page)
    assert not page.button


def test_calls_to_who_was_not_to_be_called_are_warned_of(open_on, bank, call_list):
    (control,) = bank.control(call_list)

    page = brought(open_on(upload_page), (control, "no", at()))
    sold = brought(open_on(upload_page), (control, "sale", at()))

    assert "1 row of customers who were not to be called is refused" in page.warning[0].value
    assert "1 customer who was not to be called bought without a call." in said(sold)


def test_what_is_no_table_is_said_in_words(open_on):
    page = open_on(upload_page)
    page.file_uploader[0].upload("results.csv", b"%PDF-1.7", "text/csv")
    page.run()

    assert "PDF" in page.error[0].value
    assert not page.exception
