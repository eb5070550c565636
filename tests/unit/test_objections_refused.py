"""An objection in a file of results holds although its row is not recorded."""

from datetime import UTC, datetime, timedelta

import pytest

from smartbank.core.customers import CustomerQuery
from smartbank.core.outcome_checks import NOT_TO_BE_CALLED
from smartbank.core.outcomes import OutcomeKind
from smartbank.errors import StorageError
from smartbank.services import outcome_upload
from smartbank.services.outcome_upload import check_outcomes, record_outcomes
from tests import call_lists
from tests.actors import ANA

bank, call_list = call_lists.bank, call_lists.call_list
LATER = timedelta(days=1)


def results(*rows, columns="customer id,outcome,time of call,attempt"):
    at = (datetime.now(UTC) + timedelta(minutes=5)).isoformat(timespec="seconds")
    return "\r\n".join([columns, *(row.format(at=at) for row in rows)]).encode()


def about(bank):
    return {"by": ANA, "ports": bank.upload_ports, "now": datetime.now(UTC) + LATER}


def objected(bank, customer_id):
    return bank.services.customers.standing([customer_id])["objected"].tolist() == ["yes"]


def test_of_a_call_of_which_something_else_is_recorded(bank, call_list):
    customer = bank.called(call_list)[0]
    bank.call(call_list, customer, OutcomeKind.DECLINED)
    data = results(f"{customer},dnc,{{at}},1")

    report = check_outcomes(call_list.list_id, [data], "r.csv", **about(bank))

    assert (report.right, report.objections) == (0, (customer,))
    assert not objected(bank, customer)  # looked at only
    done = record_outcomes(call_list.list_id, [data], "r.csv", **about(bank))
    assert objected(bank, customer)
    assert [each.told.endswith("The objection holds all the same.") for each in done.refused] == [True]
    assert [each.outcome for each in bank.outcomes(call_list)] == [OutcomeKind.DECLINED]


def test_whose_objection_came_with_results_is_on_record_and_of_many_how_many_more(bank, call_list, monkeypatch):
    first, second, third, *_ = bank.called(call_list)
    bank.call(call_list, first, OutcomeKind.DECLINED)
    monkeypatch.setattr(outcome_upload, "MOST_NAMED", 2)
    data = results(f"{first},dnc,{{at}},1", f"{second},dnc,{{at}},1", f"{third},dnc,{{at}},1")

    record_outcomes(call_list.list_id, [data], "r.csv", **about(bank))

    said = bank.services.audit.kept[-1].event.details
    assert (said["objected_ids"], said["objected_ids_more"]) == ([first, second], 1)


def test_an_objection_that_holds_is_on_record_though_the_rest_broke_off(bank, call_list, monkeypatch):
    first, second, *_ = bank.called(call_list)
    set_mark = outcome_upload.objected_in_call

    def away_for_the_second(customer_id, **more):
        if customer_id == second:
            raise StorageError("away")
        return set_mark(customer_id, **more)

    monkeypatch.setattr(outcome_upload, "objected_in_call", away_for_the_second)
    with pytest.raises(StorageError):
        record_outcomes(
            call_list.list_id, [results(f"{first},dnc,{{at}},1", f"{second},dnc,{{at}},1")], "r.csv", **about(bank)
        )

    said = bank.services.audit.kept[-1].event
    assert (said.result, said.details["objected_ids"], objected(bank, first)) == ("failed", [first], True)


@pytest.mark.parametrize("row", ["{who},dnc,,", "{who},dnc,{{at}},7", "{who},dnc,2020-01-01 09:00,1"])
def test_of_a_row_that_lacks_something_or_is_of_another_time(bank, call_list, row):
    customer = bank.called(call_list)[0]

    record_outcomes(call_list.list_id, [results(row.format(who=customer))], "r.csv", **about(bank))

    assert objected(bank, customer)
    assert bank.outcomes(call_list) == []


def test_of_a_customer_who_is_not_on_the_list_or_was_not_to_be_called(bank, call_list):
    on_it = set(bank.entries(call_list)["customer_id"])
    elsewhere = next(each for each in bank.services.customers.ids(CustomerQuery()) if each not in on_it)
    held = bank.control(call_list)[0]
    data = results(f"{elsewhere},dnc,{{at}},", f"{held},dnc,{{at}},")

    done = record_outcomes(call_list.list_id, [data], "r.csv", **about(bank))

    assert objected(bank, elsewhere)
    assert objected(bank, held)
    assert NOT_TO_BE_CALLED in [each.why for each in done.refused]


def test_a_row_of_another_list_that_says_a_rank_alone_names_nobody_here(bank, call_list):
    data = results("other,1,dnc,{at}", columns="list id,rank,outcome,time of call")

    report = check_outcomes(call_list.list_id, [data], "r.csv", **about(bank))

    assert report.objections == ()
    assert [(each.customer, each.why) for each in report.refused] == [("", "The row is of another list.")]


def test_nobody_who_is_not_stored_objects(bank, call_list):
    report = check_outcomes(call_list.list_id, [results("nobody,dnc,{at},")], "r.csv", **about(bank))

    assert (report.objections, report.refused[0].objects) == ((), False)
