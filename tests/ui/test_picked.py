"""A large file is asked whether its customers were picked."""

import io

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from smartbank.adapters.files.parquet import PICKED
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


@pytest.mark.parametrize(("leads", "asked"), [(200, True), (3, False)])
def test_a_file_that_says_its_customers_were_picked_is_taken_at_its_word(open_page, services, work, leads, asked):
    page = open_page("leads.py", view="Bring customers in")
    page.file_uploader(key="leads_upload").upload("_best.parquet", best(leads), "application/octet-stream")
    page.button(key="check_file").click().run()
    work()
    page.run()

    assert [(box.value, box.label) for box in page.checkbox if box.key == "picked"] == [
        (True, "These customers were picked, as the file says")
    ] * asked
    page.button(key="score_upload").click().run()
    (run,) = services.queue.recent(WorkKind.RUN)
    assert run.request["source"]["picked"] is True


def best(leads):
    """Return a file of the best leads as `score --best` writes it."""
    table = pa.Table.from_pandas(
        pd.DataFrame({"customer_id": [f"c{number}" for number in range(leads)], "age": 40, "job": "student"})
    )
    content = io.BytesIO()
    pq.write_table(table.replace_schema_metadata({PICKED: b"true"}), content)
    return content.getvalue()


def test_a_small_file_is_not_asked_whether_its_customers_were_picked(open_page, services, work):
    page = open_page("leads.py", view="Bring customers in")
    page.file_uploader(key="leads_upload").upload("mine.csv", FEW, "text/csv")
    page.button(key="check_file").click().run()
    work()
    page.run()

    assert "picked" not in [box.key for box in page.checkbox]
