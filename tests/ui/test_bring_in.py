import pytest

from smartbank.services.demo import DEMO_SOURCE
from tests.stubs import stub_leads
from tests.ui.test_leads import NOW, title


def bring(open_page, work, content):
    page = open_page("leads.py", view="Bring customers in")
    page.file_uploader(key="leads_upload").upload("mine.csv", content, "text/csv")
    page.button(key="check_file").click().run()
    work()
    return page.run()


def test_a_mapping_by_hand_holds_for_the_next_such_file_until_it_is_forgotten(open_page, services, work):
    page = bring(open_page, work, b"ref,years,job\nc1,30,student\n")
    page.selectbox(key="map_1_years").set_value("age")
    page.button(key="read_again").click().run()
    work()

    page = bring(open_page, work, b"ref,years,job\nc2,40,retired\n")

    assert title(page) == "mine.csv: 1 of 1 row can be scored."
    assert any("Columns matched by hand as on " in each.value and "by ana" in each.value for each in page.markdown)
    assert page.selectbox(key="map_0_years").value == "age"

    page.button(key="forget_mapping").click().run()
    work()
    page.run()

    assert title(page) == "mine.csv cannot be read yet."
    assert title(bring(open_page, work, b"ref,years,job\nc2,40,retired\n")) == "mine.csv cannot be read yet."


def test_real_and_demo_customers_are_not_ranked_together_unwarned(open_page, services):
    services.customers.save_many(stub_leads([30, 60]), source=DEMO_SOURCE, saved_at=NOW)
    real = stub_leads([40]).assign(customer_id="c1")
    services.customers.save_many(real, source={"synthetic": False}, saved_at=NOW)
    page = open_page("leads.py", view="Stored customers")
    assert page.warning[0].value.startswith("2 demo customers and 1 real one are found.")

    page.button(key="leave_demo_out").click().run()

    assert title(page) == "1 customer found."
    assert page.query_params["origin"] == "Real customers"
    assert not page.warning


@pytest.mark.parametrize(
    ("ids", "warned"),
    [
        (("SAMPLE-1", "SAMPLE-000250", "c1"), "2 sample customers and 1 real one are in this file."),
        (("SAMPLE-1", "SAMPLE-2"), None),
        (("SAMPLE-999999", "c1"), None),
    ],
)
def test_sample_rows_among_real_ones_are_warned_of_before_they_are_scored(open_page, work, ids, warned):
    content = "customer_id,age,job\n" + "".join(f"{each},30,student\n" for each in ids)

    page = bring(open_page, work, content.encode())

    said = [each.value for each in page.warning if "sample" in each.value]
    assert [text.partition(" Ranked")[0] for text in said] == ([warned] if warned else [])


def test_whether_a_customer_may_be_called_stands_beside_the_name(open_page, services):
    services.customers.save_many(stub_leads([30, 60]), source=DEMO_SOURCE, saved_at=NOW)

    page = open_page("leads.py", view="Stored customers")

    assert page.dataframe[0].value.columns[:2].tolist() == ["Name", "May be called"]
