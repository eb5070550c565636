"""Numbers that stand in many rows are left out by one click on the report, which a reload of the page keeps."""

import pytest

from smartbank.core.customers import CustomerQuery
from smartbank.core.work import WorkKind

BRANCH = "+351210000001"
LABEL = "Leave this number out: 6 customers are kept and ranked without a number"


def report_on(open_page, work, phones):
    rows = "".join(f"c{place},{40 + place},student,{phone}\n" for place, phone in enumerate(phones))
    page = open_page("leads.py", view="Bring customers in")
    content = f"customer_id,age,job,phone\n{rows}".encode()
    page.file_uploader(key="leads_upload").upload("mine.csv", content, "text/csv")
    page.button(key="check_file").click().run()
    work()
    return page.run()


def boxes(page):
    return [box for box in page.checkbox if box.key.startswith("without_shared_")]


@pytest.mark.parametrize("ticked", [False, True])
def test_nothing_is_left_out_unless_the_box_is_ticked(open_page, services, work, ticked):
    page = report_on(open_page, work, [BRANCH] * 6)
    (box,) = boxes(page)
    assert (box.label, box.value) == (LABEL, False)
    assert any("One phone number, ending in 0001, stands in 6 rows." in each.value for each in page.markdown)

    box.set_value(ticked).run()
    page.button(key="score_upload").click().run()
    work()

    (run,) = services.queue.recent(WorkKind.RUN)
    assert run.request["source"].get("phones_from", 0) == (6 if ticked else 0)
    kept = services.customers.load(services.customers.ids(CustomerQuery()))["phone"].dropna().tolist()
    assert kept == ([] if ticked else [BRANCH] * 6)
    said = [each.value for each in page.run().caption if "6 rows or more of the file were left out" in each.value]
    assert len(said) == ticked


def test_the_choice_stands_in_the_address_for_its_upload_alone(open_page, work):
    page = report_on(open_page, work, [BRANCH] * 6)
    about = {"view": "Bring customers in", "upload": page.query_params["upload"]}

    reloaded = open_page("leads.py", **about, **{boxes(page)[0].key: "true"})
    of_another = open_page("leads.py", **about, without_shared_another="true")

    assert [box.value for box in boxes(reloaded)] == [True]
    assert [box.value for box in boxes(of_another)] == [False]


def test_what_scoring_changes_is_said_as_the_box_stands(open_page, services, work):
    page = report_on(open_page, work, [BRANCH] * 6)
    page.button(key="score_upload").click().run()
    work()

    page = report_on(open_page, work, [BRANCH] * 6)
    with_it = [each.value for each in page.markdown if "Scoring saves" in each.value]
    boxes(page)[0].set_value(True).run()
    without = [each.value for each in page.markdown if "Scoring saves" in each.value]

    assert with_it == ["Scoring saves these customers: **0 new**, **0 changed**, 6 as they are."]
    assert without == ["Scoring saves these customers: **0 new**, **6 changed**, 0 as they are."]
    assert [table.value["Now"].tolist() for table in page.dataframe if "Now" in table.value] == [[BRANCH] * 6]


def test_where_no_number_stands_in_many_rows_nothing_is_asked(open_page, work):
    assert not boxes(report_on(open_page, work, [BRANCH] * 5))


def test_several_numbers_are_left_out_by_one_click(open_page, services, work):
    page = report_on(open_page, work, [BRANCH] * 6 + ["+351210000002"] * 7 + ["+351912345678"])
    (box,) = boxes(page)
    assert box.label == "Leave these 2 numbers out: 13 customers are kept and ranked without a number"

    box.set_value(True).run()
    page.button(key="score_upload").click().run()
    work()

    kept = services.customers.load(services.customers.ids(CustomerQuery()))
    assert kept["phone"].dropna().tolist() == ["+351912345678"]
