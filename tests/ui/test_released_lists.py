import re
from dataclasses import replace
from datetime import UTC, datetime

from smartbank.bootstrap import call_ports
from smartbank.core.bank_settings import BankSettings
from smartbank.core.call_lists import ListState
from smartbank.core.outcomes import OutcomeKind
from smartbank.services.calling import Call
from smartbank.services.my_calls import record_outcome
from tests.actors import ANA
from tests.stubs import UnsureScorer, model_with
from tests.ui.list_page import NOW, agents, ranked, release

__all__ = ["agents", "ranked", "release"]


def expected_range(page):
    return next(each.delta for each in page.metric if each.label == "Sales expected")


def test_a_released_list_shows_the_range_it_was_planned_with(open_page, ranked, services, work, agents):
    services.shelf.models["stub-1"] = model_with(UnsureScorer())
    page = open_page("call_lists.py", plan_hours="1", plan_minutes="6")
    planned = re.search(r"\((\d+ to \d+)\)", page.title[0].value)[1]

    page.checkbox(key="release_sure").set_value(True).run()
    page.button(key="release_list").click().run()
    work()
    page.run()

    assert expected_range(page) == f"{planned} in 4 of 5 lists"


def test_a_list_released_before_its_range_held_the_level_still_says_so(open_page, release):
    list_id = release()

    page = open_page("call_lists.py", section="Released lists", list=list_id)

    assert expected_range(page).endswith("if the level is right")


def test_a_released_list_says_who_released_what_and_keeps_the_rest_for_the_record(open_page, release, services):
    list_id = release()
    found = services.lists.find(list_id)

    page = open_page("call_lists.py", section="Released lists", list=list_id)

    moment = r"\d+ \w+ \d{4}, \d\d:\d\d"
    [line] = [each.value for each in page.caption if each.value.startswith("Released by")]
    assert re.fullmatch(
        rf"Released by ana, {moment}, from the ranking of {moment}, in the market of \w+ \d{{4}}\.", line
    )
    [record] = [each for each in page.expander if each.label == "For the record"]
    said = "\n".join(each.value for each in record.markdown)
    assert f"**Fingerprint** `{found.figures.data_hash}` of who is on the list" in said
    assert "**Model** stub-1 ranked these leads." in said
    assert "**Rules on calling**: as SmartBank brings them, never changed." in said
    assert f"list `{list_id}`, ranking `{found.request.run_id}`" in said
    assert found.figures.data_hash[:12] not in " ".join(each.value for each in page.caption)


def test_the_record_of_a_list_names_versions_and_money_as_they_were(open_page, ranked, release, services):
    services.settings.save(BankSettings(cost_of_call=6.5, currency="GBP"), by="ana", at=NOW)
    list_id = release()
    services.settings.save(replace(services.settings.current(), currency="EUR"), by="ana", at=NOW)

    page = open_page("call_lists.py", section="Released lists", list=list_id)

    [record] = [each for each in page.expander if each.label == "For the record"]
    assert "**Settings**: version 1." in record.markdown[0].value
    assert "a call counted as 6.50 GBP and a sale as 80 GBP" in record.markdown[0].value


def test_a_released_list_shows_where_each_customer_stands(open_page, release, services):
    list_id = release()
    first = services.frames.load(f"list:{list_id}").query("place == 1")["customer_id"].item()
    record_outcome(
        Call(list_id, first, 1), OutcomeKind.SUBSCRIBED, by=ANA, ports=call_ports(services), now=datetime.now(UTC)
    )

    page = open_page("call_lists.py", section="Released lists", list=list_id)

    assert page.title[0].value == "Monday: 1 call made, 1 sold, 9 customers left."
    page.selectbox(key="standing").set_value("done").run()
    shown = page.dataframe[-1].value
    assert shown["Outcome"].tolist() == ["subscribed"]
    assert shown.columns.tolist()[:3] == ["Name", "Standing", "Outcome"]
    page.selectbox(key="standing").set_value("call back").run()
    assert "Nobody stands like this." in [each.value for each in page.caption]


def test_a_list_says_how_many_customers_changed_since(open_page, release, services):
    list_id = release()
    entry = services.frames.load(f"list:{list_id}").iloc[0]
    changed = services.customers.load([entry["customer_id"]])
    services.customers.save_many(changed.assign(job="retired"), source={"synthetic": False}, saved_at=NOW)

    page = open_page("call_lists.py", section="Released lists", list=list_id)

    assert page.info[0].value.startswith("1 customer changed since they were scored.")


def test_a_list_is_ended_and_its_customers_are_free(open_page, release, services):
    list_id = release()
    page = open_page("call_lists.py", section="Released lists", list=list_id)
    page.checkbox(key=f"end_sure_{list_id}").set_value(True).run()

    page.button(key="end_list").click().run()

    assert services.lists.find(list_id).state is ListState.ENDED
    assert services.lists.claimed() == {}
    assert "has ended" in page.success[0].value
    assert page.title[0].value.startswith("Monday has ended: ")


def test_who_was_kept_off_is_listed_by_reason(open_page, release):
    release("Morning", calls=10)
    second = release("Noon", calls=10, later=1)
    page = open_page("call_lists.py", section="Released lists", list=second)
    page.session_state[f"kept_off_{second}_who"] = True

    page.run()

    table = next(table.value for table in page.dataframe if "Why" in table.value)
    assert len(table) == 11
    assert set(table["Why"]) == {"on the list “Morning” of ana"}
