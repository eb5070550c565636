from datetime import UTC, datetime

from smartbank.core.bank_settings import BankSettings
from smartbank.core.people import Role
from tests.ui.what_ifs import metrics, texts


def test_what_ifs_stand_side_by_side_until_they_are_removed(open_what_if):
    page = open_what_if()
    for age in (50, 70):
        page.number_input(key="if_age").set_value(age).run()
        page.button(key="if_keep").click().run()

    assert not page.exception
    table = next(each.value for each in page.dataframe if "If" in each.value.columns)
    assert table["If"].tolist() == ["As they are", "Age were 50", "Age were 70"]
    assert table["Rank"].tolist() == ["3", "2", "1"]
    assert page.button(key="if_keep").disabled
    page.button(key="if_remove").click().run()
    assert not [each for each in page.dataframe if "If" in each.value.columns]


def test_four_what_ifs_are_the_most(open_what_if):
    page = open_what_if()
    for age in (50, 51, 52, 53, 54):
        page.number_input(key="if_age").set_value(age).run()
        if not page.button(key="if_keep").disabled:
            page.button(key="if_keep").click().run()

    table = next(each.value for each in page.dataframe if "If" in each.value.columns)
    assert len(table) == 5


def test_nothing_of_it_is_stored(open_what_if, services):
    before = (len(services.predictions.history("lead-0")), len(services.audit.kept))
    page = open_what_if()
    page.number_input(key="if_age").set_value(70).run()
    page.button(key="if_keep").click().run()

    assert (len(services.predictions.history("lead-0")), len(services.audit.kept)) == before
    assert services.customers.load(["lead-0"])["age"].tolist() == [30.0]


def test_a_what_if_is_kept_as_a_note_that_opens_it_again(open_what_if, open_page, services):
    page = open_what_if(role=Role.AGENT)
    assert "if_note_keep" not in [button.key for button in page.button]
    page.number_input(key="if_age").set_value(70).run()
    page.slider(key="if_euribor3m").set_value(4.0).run()

    page.text_input(key="if_note_text").set_value("Ask about the pension.")
    page.button(key="if_note_keep").click().run()

    assert not page.exception
    (note,) = services.notes.of_customer("lead-0")
    assert note.text.startswith("If Age were 70 and the market were Euribor 4.00 %")
    assert note.text.endswith("rank 1 instead of 3. Ask about the pension.")
    again = open_page("customer.py", customer="lead-0", section="What if", **note.link)
    assert metrics(again)["Propensity"].value == metrics(page)["Propensity"].value
    assert "If Age were 70 and the market were Euribor 4.00 %" in texts(again)


def test_an_auditor_keeps_no_note_of_a_what_if(open_what_if):
    page = open_what_if(role=Role.AUDITOR)

    page.number_input(key="if_age").set_value(70).run()

    assert "if_note_keep" not in [button.key for button in page.button]


def test_a_number_that_was_emptied_stays_so_in_the_link_of_a_note(open_what_if, open_page, services):
    page = open_what_if()
    page.number_input(key="if_age").set_value(None).run()
    page.selectbox(key="if_job").set_value("unknown").run()
    page.selectbox(key="if_contact").set_value("telephone").run()
    page.button(key="if_note_keep").click().run()

    (note,) = services.notes.of_customer("lead-0")
    again = open_page("customer.py", customer="lead-0", section="What if", **note.link)

    assert note.link == {"if_age": "", "if_job": "unknown", "if_contact": "landline"}
    assert "If Age were unknown, Job were unknown and Channel were landline" in texts(again)


def test_a_what_if_of_everything_still_has_room_for_words(open_what_if, services):
    services.settings.save(BankSettings(number_format="pt"), by="ana", at=datetime.now(UTC))
    page = open_what_if()
    for name, value in {
        "job": "self-employed",
        "marital": "divorced",
        "education": "professional.course",
        "default": "yes",
        "housing": "yes",
        "loan": "yes",
        "contact": "telephone",
        "poutcome": "nonexistent",
    }.items():
        page.selectbox(key=f"if_{name}").set_value(value)
    for name, value in {"age": 66, "attempt": 99, "previous": 99, "days_since_contact": 19_999}.items():
        page.number_input(key=f"if_{name}").set_value(value)
    page.slider(key="if_euribor3m").set_value(4.0).run()

    page.text_input(key="if_note_text").set_value("Ask about the pension.")
    page.button(key="if_note_keep").click().run()

    assert not page.exception
    (note,) = services.notes.of_customer("lead-0")
    assert note.text.endswith("… Ask about the pension.")
    assert page.text_input(key="if_note_text").value == ""
