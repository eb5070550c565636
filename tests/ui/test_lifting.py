"""Lifting the marks of an upload, as a manager meets it."""

from datetime import UTC, datetime

import pytest

from smartbank.core.people import Role
from smartbank.core.work import WorkKind
from smartbank.services.lifting import queue_lifting
from smartbank.services.uploads import queue_upload
from tests.actors import ANA
from tests.stubs import stub_leads

NOTES = b"customer_id,objected\nlead-0,likes tea\nlead-1,call late\n"
VIEW = {"view": "Bring customers in"}


@pytest.fixture
def about(services):
    return lambda: {"by": ANA, "queue": services.queue, "audit": services.audit, "now": datetime.now(UTC)}


@pytest.fixture
def notes(services, work, about):
    services.customers.save_many(stub_leads([30, 60, 40]), source={"kind": "upload"}, saved_at=datetime.now(UTC))
    upload_id = queue_upload([NOTES], "notes.csv", files=services.files, **about())
    work()
    return upload_id


@pytest.fixture
def upload_page(open_page, notes):
    """Return a function that opens the page of the upload, or the one with all of them."""
    return lambda own: open_page("leads.py", **VIEW, **({"upload": notes} if own else {}))


@pytest.mark.parametrize("on_its_own_page", [True, False])
def test_the_marks_of_an_upload_are_lifted_after_it_said_how_many(upload_page, services, work, about, on_its_own_page):
    page = upload_page(on_its_own_page)

    page.button(key="lift_marks").click().run()
    assert any("to be lifted.** Objected to calls: 2 customers." in each.value for each in page.markdown)
    assert page.button(key="lift_confirmed").label == "Lift the marks of 2 customers"
    (upload,) = services.queue.recent(WorkKind.UPLOAD)
    lifting = queue_lifting(upload.work_id, marked=services.marked, **about())  # not by a click in the dialog
    page.session_state["watched_removal"] = lifting
    work()
    page.run()

    assert page.success[0].value == "The marks of 2 customers are lifted."
    assert services.customers.barred(require_consent=False) == {}


@pytest.mark.parametrize(("role", "offered"), [(Role.MANAGER, True), (Role.ADMIN, True), (Role.AUDITOR, False)])
def test_only_who_may_take_objections_back_is_offered_to(open_page, notes, role, offered):
    page = open_page("leads.py", role=role, **VIEW)

    assert ("lift_marks" in [button.key for button in page.button]) is offered


def test_of_older_uploads_it_says_that_nobody_noted_whom_they_marked(open_page, services, notes):
    (upload,) = services.queue.recent(WorkKind.UPLOAD)
    del upload.request["notes_marks"]

    page = open_page("leads.py", **VIEW)

    assert any(each.value.startswith("Of 1 older upload it was not noted whom it marked") for each in page.caption)
