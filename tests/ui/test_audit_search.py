"""The audit log on the admin page is searched as a whole, a page at a time, from the address."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from smartbank.core.audit import AuditAction, AuditEvent, AuditResult
from smartbank.core.people import Role
from smartbank.services.audit_search import find_entries

NOON = datetime(2026, 6, 2, 12, 0, tzinfo=UTC)


@pytest.fixture
def audit_page(open_page):
    """Return a function that opens the log as an auditor."""

    def audit_page(**query):
        return open_page("admin.py", role=Role.AUDITOR, section="Audit log", **query)

    return audit_page


def event(who, object_id="u-1"):
    return AuditEvent(NOON, who, "local", AuditAction.CHANGE_USER, "user", object_id, AuditResult.DONE, {})


def texts(elements):
    return [element.value for element in elements]


def test_the_whole_log_is_searched_by_object_place_and_days(audit_page, services):
    services.audit.append(event("gil", object_id="old-one"))
    for number in range(120):
        services.audit.append(event("ana", object_id=f"u-{number}"))
    address = {
        "kind": "user",
        "object": "old-one",
        "place": "local",
        "from_day": "2026-06-01",
        "until_day": "2026-06-02",
    }

    page = audit_page(**address)

    assert page.dataframe[0].value["No."].tolist() == ["1"]
    assert page.caption[0].value == (
        "1 entry that matches, newest first, looked for among No. 121 to 1. Customers are named by id alone."
    )
    nothing = audit_page(**address | {"until_day": "2026-06-01"})
    assert texts(nothing.info) == ["No entry matches. Choose fewer filters."]


def test_details_within_details_are_words(audit_page, services):
    services.audit.append(replace(event("gil"), details={"entries": {"you": 1, "earlier_versions": 0}}))

    page = audit_page()

    assert page.dataframe[0].value["Details"].tolist() == ["entries: you 1, earlier versions 0"]


def test_older_entries_are_a_click_away_and_a_filter_begins_at_the_newest_again(audit_page, services):
    for number in range(150):
        services.audit.append(event("ana" if number else "gil"))
    page = audit_page()
    assert page.dataframe[0].value["No."].tolist()[::99] == ["150", "51"]

    page.button(key="audit_older").click().run()

    assert page.dataframe[0].value["No."].tolist()[::49] == ["50", "1"]
    assert "audit_older" not in {button.key for button in page.button}
    page.text_input(key="place").set_value("local").run()
    assert page.dataframe[0].value["No."].tolist()[0] == "150"


def test_a_link_to_older_entries_opens_them(audit_page, services):
    for _ in range(5):
        services.audit.append(event("ana"))

    page = audit_page(before="3")

    assert page.dataframe[0].value["No."].tolist() == ["2", "1"]
    page.button(key="audit_newest").click().run()
    assert page.dataframe[0].value["No."].tolist()[0] == "5"


def test_whoever_is_no_longer_a_user_is_found_by_the_name_in_the_address(audit_page, services):
    services.audit.append(event("gone"))
    services.audit.append(event("ana"))

    assert audit_page(who="gone").dataframe[0].value["Who"].tolist() == ["gone"]


def test_a_search_that_is_cut_says_how_far_back_it_looked(audit_page, services, monkeypatch):
    monkeypatch.setitem(find_entries.__kwdefaults__, "most", 4)
    for number in range(10):
        services.audit.append(event("ana", object_id="new" if number else "old"))

    page = audit_page(object="old")

    assert "among No. 10 to 7. One search looks no further back" in page.info[0].value
    page.button(key="audit_older").click().run().button(key="audit_older").click().run()
    assert page.dataframe[0].value["No."].tolist() == ["1"]


def test_the_files_offered_are_of_what_the_filters_mean(audit_page, services):
    services.audit.append(event("ana"))

    page = audit_page(who="ana", action="Change user", object="u 1&2", until_day="2026-06-02", before="2")

    links = [element.proto.url for element in page.get("link_button")]
    query = "who=ana&action=change_user&object=u+1%262&until=2026-06-02"
    assert links == [f"/exports/audit.csv?{query}", f"/exports/audit.jsonl?{query}"]


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"action": "Sing"}, "action “Sing”"),
        ({"colour": "red", "result": "refused"}, "colour “red”"),
        ({"from_day": "yesterday", "before": "many"}, "from day “yesterday” and before “many”"),
    ],
)
def test_what_the_address_asks_for_in_vain_is_named_until_other_filters_are_chosen(audit_page, services, query, said):
    services.audit.append(event("gil"))

    page = audit_page(**query)

    assert not page.exception
    (warning,) = page.warning
    assert f"cannot look for: {said}. It is left out" in warning.value
    assert not set(page.query_params) & {"colour", "before"}
    assert not page.selectbox(key="who").set_value("ana").run().warning


def test_an_address_whose_filters_are_known_needs_no_word(audit_page, services):
    services.audit.append(event("gil"))

    page = audit_page(who="gil", action="Change user", result="done", from_day="2026-06-01", before="9", kind="")

    assert not page.warning
    assert page.selectbox(key="action").value == "Change user"
