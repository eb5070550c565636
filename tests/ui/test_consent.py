"""What customers allow, on the screens: said first, changed by who may, left out of lists."""

from datetime import UTC, datetime

from smartbank.core.people import Role
from smartbank.core.work import WorkKind
from smartbank.services.removals import queue_demo_removal, queue_undo
from smartbank.services.runs import RunSource, queue_run
from tests.actors import ANA
from tests.stubs import stub_leads

NOW = datetime.now(UTC)
FILE = (
    b"customer_id,age,job,name,objected,consent\n"
    b"c1,30,student,Ana,no,yes\nc2,60,retired,Bruno,yes,\nc3,40,student,Carla,,no\n"
)


def upload(page, work, content=FILE, name="mine.csv"):
    page.file_uploader(key="leads_upload").upload(name, content, "text/csv")
    page.button(key="check_file").click().run()
    work()
    return page.run()


def scored(open_page, work, content=FILE, name="mine.csv"):
    page = upload(open_page("leads.py", view="Bring customers in"), work, content, name)
    page.button(key="score_upload").click().run()
    work()
    return page.run()


def test_the_report_says_who_is_never_called_before_anyone_is_scored(open_page, work):
    page = upload(open_page("leads.py", view="Bring customers in"), work)

    said = " ".join(text.value for text in page.markdown)
    assert "Never scored or exported: 1 objected to calls, 1 refused or withdrew consent" in said.replace("\\", "")
    assert "**3 new**" in said
    assert page.button(key="score_upload").label == "Score 1 lead"


def test_the_ranked_list_counts_who_was_left_out(open_page, work):
    page = scored(open_page, work)

    assert page.dataframe[0].value["Customer"].tolist() == ["c1"]
    assert any(
        "3 customers → 1 objected to calls, 1 refused or withdrew consent → 1 scored." in line.value
        for line in page.caption
    )


def test_what_would_change_is_shown_before_it_is_saved(open_page, services, work):
    scored(open_page, work)

    page = upload(
        open_page("leads.py", view="Bring customers in"), work, b"customer_id,age,job,name\nc1,31,student,Ana\n"
    )

    assert any("**1 changed**" in text.value for text in page.markdown)
    changes = next(table.value for table in page.dataframe if "Afterwards" in table.value)
    assert changes.values.tolist() == [["c1", "Age", "30", "31"]]
    assert services.customers.load(["c1"])["age"].tolist() == [30]


def test_a_list_of_marks_is_taken_and_offers_nothing_to_score(open_page, services, work):
    services.customers.save_many(stub_leads([30, 60]), source={"kind": "upload"}, saved_at=NOW)

    page = upload(
        open_page("leads.py", view="Bring customers in"), work, b"customer_id,do_not_call\nlead-0,yes\nx,yes\n"
    )

    assert page.title[0].value.replace("\\", "").endswith("mine.csv says who must not be called.")
    assert "1 stored customer was marked now and 0 before. Ids that are not stored: 1." in page.warning[0].value
    assert [(metric.label, metric.value) for metric in page.metric][:2] == [("Rows read", "2"), ("Used for marks", "2")]
    assert "score_upload" not in [button.key for button in page.button]
    assert services.customers.barred(require_consent=False) == {"lead-0": "do_not_call"}


def test_an_objection_recorded_on_the_page_holds_at_once(open_page, services, work):
    services.customers.save_many(stub_leads([30, 60]), source={"kind": "upload"}, saved_at=NOW)
    everyone = RunSource("customers", "all customers", query={})
    queue_run(everyone, market="snapshot", by=ANA, queue=services.queue, audit=services.audit, now=NOW)
    work()
    page = open_page("customer.py", customer="lead-1", role=Role.AGENT)
    assert not page.error

    page.radio(key="consent_objected_1").set_value("yes")
    page.button(key="save_consent").click().run()

    assert page.error[0].value.startswith("This customer objected to calls.")
    leads = open_page("leads.py")
    assert leads.dataframe[0].value["Customer"].tolist() == ["lead-0"]
    assert any("1 lead may not be called since this ranking" in line.value for line in leads.caption)


def test_an_agent_cannot_take_an_objection_back_and_a_manager_can(open_page, services):
    objected = stub_leads([30]).assign(objected="yes")
    services.customers.save_many(objected, source={"kind": "upload"}, saved_at=NOW)

    page = open_page("customer.py", customer="lead-0", role=Role.AGENT)
    page.radio(key="consent_objected_1").set_value("no")
    page.button(key="save_consent").click().run()
    assert "Only a manager can take back an objection" in page.error[-1].value
    refused = services.audit.kept[-1].event
    assert (refused.action, refused.object_id, refused.result) == ("edit_customer", "lead-0", "refused")
    assert (refused.details["before"]["objected"], refused.details["after"]["objected"]) == ("yes", "no")

    page = open_page("customer.py", customer="lead-0", role=Role.MANAGER)
    page.radio(key="consent_objected_1").set_value("no")
    page.button(key="save_consent").click().run()
    assert not page.error
    assert services.customers.barred(require_consent=False) == {}


def test_an_auditor_sees_the_marks_and_no_form(open_page, services):
    objected = stub_leads([30]).assign(objected="yes")
    services.customers.save_many(objected, source={"kind": "upload"}, saved_at=NOW)

    page = open_page("customer.py", customer="lead-0", role=Role.AUDITOR)

    assert page.error[0].value.startswith("This customer objected")
    assert [button.key for button in page.button] == []


def test_an_upload_is_undone_from_the_list_of_recent_ones(open_page, services, work):
    scored(open_page, work)
    page = open_page("leads.py", view="Bring customers in")
    uploads = next(table.value for table in page.dataframe if "File" in table.value)
    assert uploads[["File", "Brought by", "State"]].values.tolist() == [["mine.csv", "ana", "scored"]]

    page.button(key="undo_upload").click().run()
    assert any("3 customers it added will be removed" in text.value for text in page.markdown)
    page.session_state["watched_removal"] = queue_undo(  # a click inside a dialog runs a fragment, which AppTest cannot
        services.queue.recent(WorkKind.UPLOAD)[0].work_id,
        by=ANA,
        queue=services.queue,
        audit=services.audit,
        now=datetime.now(UTC),
    )
    work()
    page.run()

    assert any("3 customers removed" in message.value for message in page.success)
    assert services.customers.count() == 0
    uploads = next(table.value for table in page.dataframe if "File" in table.value)
    assert uploads["State"].tolist() == ["undone"]


def test_demo_data_is_removed_in_one_step(open_page, services, work):
    services.customers.save_many(stub_leads([30, 60]), source={"kind": "demo", "synthetic": True}, saved_at=NOW)
    page = open_page("overview.py")

    page.button(key="remove_demo").click().run()
    assert page.button(key="remove_demo_confirmed").label == "Remove them"
    page.session_state["watched_removal"] = queue_demo_removal(
        by=ANA, queue=services.queue, audit=services.audit, now=datetime.now(UTC)
    )
    work()
    page.run()

    assert any("2 customers removed" in message.value for message in page.success)
    assert services.customers.count() == 0
    assert not [button for button in page.button if button.key == "remove_demo"]
