"""What the content security policy and the guarded paths must leave working; `open_page` fails on any violation."""

from tests.browser.driving import wait_until_signed_in


def test_tables_draw_under_the_policy(signed_in, address):
    signed_in.goto(f"{address}/leads")
    wait_until_signed_in(signed_in)

    signed_in.get_by_test_id("stDataFrame").first.wait_for()


def test_a_signed_in_user_may_upload(signed_in, address):
    signed_in.goto(f"{address}/leads?view=Bring+customers+in")
    wait_until_signed_in(signed_in)
    field = signed_in.locator("input[type=file]")
    field.wait_for(state="attached")

    with signed_in.expect_response(lambda answer: "/upload_file/" in answer.url) as answer:
        field.set_input_files({"name": "leads.csv", "mimeType": "text/csv", "buffer": b"age,job\n30,admin.\n"})

    assert answer.value.status == 204


def test_charts_draw_under_the_policy(signed_in, address):
    signed_in.goto(f"{address}/leads")
    wait_until_signed_in(signed_in)

    signed_in.locator(".js-plotly-plot").first.wait_for()
