"""A large file is asked whether its customers were picked."""

import pytest

from smartbank.core.work import WorkKind

FEW = b"customer_id,age,job\nc1,30,student\n"


@pytest.mark.parametrize("picked", [False, True])
def test_a_large_file_is_asked_whether_its_customers_were_picked(open_page, services, work, picked):
    page = open_page("leads.py", view="Bring customers in")
    rows = "".join(f"c{number},{20 + number % 60},student\n" for number in range(200))
    page.file_uploader(key="leads_upload").upload("best.csv", f"customer_id,age,job\n{rows}".encode(), "text/csv")
    page.button(key="check_file").click().run()
    work()
    page.run()

    page.checkbox(key="picked").set_value(picked).run()
    page.button(key="score_upload").click().run()

    (run,) = services.queue.recent(WorkKind.RUN)
    assert run.request["source"].get("picked", False) is picked


def test_a_small_file_is_not_asked_whether_its_customers_were_picked(open_page, services, work):
    page = open_page("leads.py", view="Bring customers in")
    page.file_uploader(key="leads_upload").upload("mine.csv", FEW, "text/csv")
    page.button(key="check_file").click().run()
    work()
    page.run()

    assert "picked" not in [box.key for box in page.checkbox]
