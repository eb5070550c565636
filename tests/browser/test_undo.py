"""An upload that was a mistake, and a customer who objects, as a manager meets them."""

from playwright.sync_api import expect

FILE = (
    b"customer_id,name,age,job,objected\n"
    b"undo-1,Ana Sousa,30,student,no\nundo-2,Bruno Reis,60,retired,yes\nundo-3,Carla Dias,40,student,\n"
)


def bring(page, address, content=FILE):
    page.goto(f"{address}/leads?view=Bring+customers+in")
    page.locator("input[type=file]").set_input_files({"name": "mistake.csv", "mimeType": "text/csv", "buffer": content})
    page.get_by_role("button", name="Check the file").click()
    page.get_by_role("button", name="Score").wait_for(timeout=60_000)


def test_an_upload_is_undone_as_a_whole_after_it_said_what_goes(signed_in, address):
    bring(signed_in, address)
    expect(signed_in.get_by_role("button", name="Score 2 leads")).to_be_visible()
    signed_in.get_by_role("button", name="Score").click()
    expect(signed_in.get_by_text("1 objected to calls → 2 scored.")).to_be_visible(timeout=60_000)

    signed_in.goto(f"{address}/leads?view=Bring+customers+in")
    signed_in.get_by_role("button", name="Undo this upload").click()
    expect(signed_in.get_by_text("3 customers it added will be removed")).to_be_visible()
    signed_in.get_by_role("button", name="Undo the upload").click()

    expect(signed_in.get_by_text("3 customers removed").first).to_be_visible(timeout=60_000)
    signed_in.goto(f"{address}/customer?customer=undo-1")
    expect(signed_in.get_by_text("Nobody was found.")).to_be_visible()


def test_an_objection_recorded_on_the_page_is_said_first(signed_in, address):
    signed_in.goto(f"{address}/customer?customer=DEMO-000007")
    signed_in.get_by_text("What the customer allows", exact=True).click()
    objected = signed_in.get_by_role("radiogroup", name="Objected to calls")

    objected.get_by_text("yes", exact=True).click()
    signed_in.get_by_role("button", name="Save what the customer allows").click()

    expect(signed_in.get_by_text("This customer objected to calls.")).to_be_visible()
    save = signed_in.get_by_role("button", name="Save what the customer allows")
    expect(save).to_be_hidden()  # the page was drawn again: a click before that would be lost
    signed_in.get_by_text("What the customer allows", exact=True).click()
    signed_in.get_by_role("radiogroup", name="Objected to calls").get_by_text("no", exact=True).click()
    save.click()
    expect(signed_in.get_by_text("This customer objected to calls.")).to_be_hidden()
