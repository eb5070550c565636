import io
from datetime import UTC, datetime, timedelta

import pandas as pd
import pytest

from smartbank.core.audit import AuditAction
from smartbank.core.outcome_checks import NOT_TO_BE_CALLED
from smartbank.core.outcome_rows import TEMPLATE
from smartbank.core.outcomes import OutcomeKind
from smartbank.core.people import Role, User
from smartbank.errors import ConflictError, ForbiddenError, LeadValidationError
from smartbank.services import outcome_upload
from smartbank.services.call_lists import end_list, progress_of
from smartbank.services.my_calls import correct_outcome, take_back_outcome
from smartbank.services.outcome_expiry import expire_outcomes
from smartbank.services.outcome_upload import RecordedFile, check_outcomes, record_outcomes
from tests import call_lists
from tests.actors import ANA, EVERYBODY, put_user

bank, call_list = call_lists.bank, call_lists.call_list
NOW = datetime.now(UTC).replace(microsecond=0)
SALE, NO, SILENT = OutcomeKind.SUBSCRIBED, OutcomeKind.DECLINED, OutcomeKind.NO_ANSWER


@pytest.fixture(autouse=True)
def now(monkeypatch):
    """Count minutes from the beginning of each test, when its list is released."""
    monkeypatch.setitem(globals(), "NOW", datetime.now(UTC).replace(microsecond=0))


def minute(number):
    """Return a moment after the release, as a file writes it."""
    return (NOW + timedelta(minutes=number)).isoformat(timespec="seconds")


LATER = NOW + timedelta(days=1)


def table(*rows, columns="customer id,outcome,time of call"):
    return "\r\n".join([columns, *(",".join(map(str, row)) for row in rows)]).encode()


def look(bank, call_list, data, *, by=ANA, now=LATER):
    return check_outcomes(call_list.list_id, [data], "results.csv", by=by, ports=bank.upload_ports, now=now)


def record(bank, call_list, data, *, by=ANA, now=LATER):
    return record_outcomes(call_list.list_id, [data], "results.csv", by=by, ports=bank.upload_ports, now=now)


def refused(report):
    return [(each.row, each.why) for each in report.refused]


def test_a_file_is_looked_at_first_and_recorded_then(bank, call_list):
    first, second, *_ = bank.called(call_list)
    data = table((first, "sale", minute(5)), (second, "not interested", minute(6)))

    report = look(bank, call_list, data)

    assert (report.rows, report.right, report.by_outcome) == (2, 2, {SALE: 1, NO: 1})
    assert bank.outcomes(call_list) == []
    assert record(bank, call_list, data) == RecordedFile(2, 0, ())
    kept = bank.outcomes(call_list)
    assert [(each.customer_id, each.outcome, each.attempt, each.by) for each in kept] == [
        (first, SALE, 1, "ana"),
        (second, NO, 1, "ana"),
    ]
    assert kept[0].run_id == bank.run_id
    assert kept[0].base_rate == call_list.ground.base_rate


def test_the_same_file_again_records_nothing(bank, call_list):
    silent, sold, *_ = bank.called(call_list)
    data = table((silent, "busy", minute(1)), (silent, "voicemail", minute(90)), (sold, "yes", minute(2)))
    record(bank, call_list, data)

    again = record(bank, call_list, data)

    assert again == RecordedFile(0, 3, ())
    assert [each.attempt for each in bank.outcomes(call_list) if each.customer_id == silent] == [1, 2]


def test_calls_come_in_the_order_they_were_made_whatever_the_order_of_the_file(bank, call_list):
    customer = bank.called(call_list)[0]

    record(bank, call_list, table((customer, "sale", minute(60)), (customer, "busy", minute(5))))

    assert [(each.attempt, each.outcome) for each in bank.outcomes(call_list)] == [(1, SILENT), (2, SALE)]


def test_each_refused_row_says_why(bank, call_list):
    first, second, third, *_ = bank.called(call_list)
    bank.call(call_list, third, NO)
    before = (call_list.released_at - timedelta(hours=1)).isoformat()
    data = table(
        (first, "sale", minute(5), ""),
        ("nobody", "sale", minute(5), ""),
        ("lead-0", "sale", minute(5), ""),
        (first, "", minute(6), ""),
        (first, "perhaps", minute(6), ""),
        (first, "no", "", ""),
        (first, "no", "soon", ""),
        (first, "no", (LATER + timedelta(hours=1)).isoformat(), ""),
        (first, "no", before, ""),
        (first, "sale", minute(5), ""),
        (first, "no", minute(7), ""),
        (second, "busy", minute(5), 2),
        (second, "busy", minute(5), 0),
        (second, "busy", minute(5), "many"),
        (third, "sale", minute(200), 1),
        ("", "sale", minute(5), ""),
        columns="customer id,outcome,time of call,attempt",
    )

    assert refused(look(bank, call_list, data)) == [
        (3, "There is no such customer."),
        (4, "The customer is not on this list."),
        (5, "There is no outcome."),
        (6, "“perhaps” is no outcome SmartBank knows."),
        (7, "There is no time of the call."),
        (8, "“soon” is no date with a time of day."),
        (9, "The call lies in the future."),
        (10, "The call was made before the list was released."),
        (11, "The same call stands in row 2."),
        (12, "“subscribed” is recorded already. Correct it there if it is wrong."),
        (13, "The attempts before number 2 are missing."),
        (14, "An attempt is 1 or more."),
        (15, "“many” is no number of an attempt."),
        (16, "“declined” is recorded of this call. Correct it there if it is wrong."),
        (17, "There is no customer id."),
    ]


def test_rows_are_found_by_list_and_rank_too(bank, call_list):
    entries = bank.entries(call_list)
    rank = entries.loc[entries["place"] == 1, "rank"].item()
    columns = "list id,rank,outcome,called at,agent,call back at"
    rows = [
        (call_list.list_id, rank, "callback", minute(5), "RUI", minute(500)),
        ("another", rank, "sale", minute(5), "", ""),
        (call_list.list_id, 999, "sale", minute(5), "", ""),
    ]

    report = look(bank, call_list, table(*rows, columns=columns))

    assert [(each.customer_id, each.by) for each in report.new] == [(bank.called(call_list)[0], "ana")]
    assert report.new[0].call_again_at.isoformat() == minute(500)
    assert refused(report) == [(3, "The row is of another list."), (4, "The customer is not on this list.")]


def test_an_agent_of_the_list_is_who_called_and_anybody_else_is_not_kept(bank):
    put_user(bank.services.users, User("rui", Role.AGENT, "no hash", created_at=NOW))
    call_list = bank.release(agents=("rui",))
    first, second, *_ = bank.called(call_list)
    rows = [(first, "no", minute(5), "RUI"), (second, "no", minute(6), "Ana Silva")]

    report = look(bank, call_list, table(*rows, columns="customer id,outcome,time of call,agent"))

    assert [each.by for each in report.new] == ["rui", "ana"]


def test_an_objection_bars_at_once(bank, call_list):
    customer = bank.called(call_list)[0]

    record(bank, call_list, table((customer, "DNC", minute(5))))

    assert bank.services.customers.barred(require_consent=False) == {customer: "objected"}
    (outcome,) = bank.outcomes(call_list)
    assert (outcome.outcome, outcome.customer_version) == (OutcomeKind.OBJECTED, 2)


def test_of_who_was_not_to_be_called_only_a_sale_counts(bank, call_list):
    (control,) = bank.control(call_list)
    data = table((control, "sale", minute(5)))

    wrong = look(bank, call_list, table((control, "no", minute(5)), (control, "busy", minute(6))))
    assert refused(wrong) == [(2, NOT_TO_BE_CALLED), (3, NOT_TO_BE_CALLED)]
    assert wrong.control_refused == 2
    assert look(bank, call_list, data).without_call == 1
    assert record(bank, call_list, data) == RecordedFile(1, 0, ())
    assert record(bank, call_list, data) == RecordedFile(0, 1, ())
    (sale,) = bank.outcomes(call_list)
    assert (sale.attempt, sale.is_call, sale.outcome) == (0, False, SALE)
    progress = progress_of(call_list, bank.entries(call_list), by=ANA, ports=bank.upload_ports.calls, now=LATER)
    assert progress["calls"].sum() == 0
    assert progress.loc[progress["customer_id"] == control, "outcome"].item() == "subscribed"


def test_a_late_result_takes_the_place_of_an_assumed_no(bank):
    call_list = bank.release(wait_days=1)
    customer = bank.called(call_list)[0]
    later = call_list.released_at + timedelta(days=2)
    expire_outcomes(later, ports=bank.upload_ports.calls, go_on=lambda: None)
    data = table((customer, "sale", minute(60)))

    assert record(bank, call_list, data, now=later) == RecordedFile(1, 0, ())
    assert record(bank, call_list, data, now=later) == RecordedFile(0, 1, ())

    (kept,) = [each for each in bank.outcomes(call_list) if each.customer_id == customer]
    assert (kept.outcome, kept.assumed, kept.version, kept.by) == (SALE, False, 2, "ana")
    assert kept.at.isoformat(timespec="seconds") == minute(60)


def test_what_was_taken_back_may_be_recorded_anew(bank, call_list):
    data = table((bank.called(call_list)[0], "sale", minute(5)))
    record(bank, call_list, data)
    take_back_outcome(bank.outcomes(call_list)[0], by=ANA, ports=bank.upload_ports.calls, now=LATER)

    assert record(bank, call_list, data).recorded == 1


def test_what_a_manager_corrected_stays_corrected(bank, call_list):
    data = table((bank.called(call_list)[0], "sale", minute(5)))
    record(bank, call_list, data)
    correct_outcome(bank.outcomes(call_list)[0], NO, by=ANA, ports=bank.upload_ports.calls, now=LATER)

    assert len(record(bank, call_list, data).refused) == 1
    assert [each.outcome for each in bank.outcomes(call_list)] == [NO]


def test_results_of_an_ended_list_are_taken_for_thirty_days(bank, call_list):
    data = table((bank.called(call_list)[0], "sale", minute(5)))
    services = bank.services
    end_list(call_list.list_id, by=ANA, lists=services.lists, audit=services.audit, now=LATER)

    assert look(bank, call_list, data, now=LATER + timedelta(days=30)).right == 1
    with pytest.raises(ConflictError, match="more than 30 days ago"):
        look(bank, call_list, data, now=LATER + timedelta(days=31))


def test_a_file_that_is_none_or_too_long_is_refused_in_words(bank, call_list, monkeypatch):
    with pytest.raises(LeadValidationError, match="empty"):
        look(bank, call_list, b"")
    with pytest.raises(LeadValidationError, match="PDF"):
        look(bank, call_list, b"%PDF-1.7")
    monkeypatch.setattr(outcome_upload, "MOST_ROWS", 2)
    with pytest.raises(LeadValidationError, match=r"more than 2 rows\. Split it"):
        look(bank, call_list, table(*[("a", "no", minute(1))] * 3))


def test_the_template_is_read_and_its_customers_are_nobody(bank, call_list):
    assert [why for _, why in refused(look(bank, call_list, TEMPLATE))] == ["There is no such customer."] * 2


@pytest.mark.parametrize("kind", ["xlsx", "parquet"])
def test_excel_and_parquet_are_read_too(bank, call_list, kind):
    customer = bank.called(call_list)[0]
    at = (call_list.released_at + timedelta(minutes=5)).replace(microsecond=0)
    frame = pd.DataFrame({"Customer id": [customer], "Outcome": ["Sale"], "Time of call": [at], "Attempt": [1]})
    file = io.BytesIO()
    if kind == "parquet":
        frame.to_parquet(file)
    else:
        frame.assign(**{"Time of call": [at.replace(tzinfo=None)]}).to_excel(file, index=False)
    in_force = bank.services.settings.current()
    bank.services.settings.save(type(in_force)(**in_force.__dict__ | {"time_zone": "UTC"}), by="ada", at=NOW)

    (outcome,) = look(bank, call_list, file.getvalue()).new

    assert (outcome.customer_id, outcome.at, outcome.attempt) == (customer, at, 1)


def test_what_was_recorded_is_on_record_in_counts_and_who_objected_by_id(bank, call_list):
    first, second, *_ = bank.called(call_list)

    record(bank, call_list, table((first, "sale", minute(5)), (second, "dnc", minute(6)), ("nobody", "no", minute(7))))

    entry = bank.services.audit.kept[-1].event
    assert (entry.action, entry.object_kind, entry.object_id) == (
        AuditAction.RECORD_OUTCOME, "call list", call_list.list_id,
    )  # fmt: skip
    assert entry.details == {
        **{"rows": 3, "again": 0, "refused": 1, "recorded": 2, "objected": 1, "subscribed": 1},
        **{"objected_ids": [second], "objected_ids_more": 0},
    }


def test_an_agent_brings_no_file(bank, call_list):
    with pytest.raises(ForbiddenError):
        look(bank, call_list, TEMPLATE, by=EVERYBODY["agent"])
    with pytest.raises(ForbiddenError):
        record(bank, call_list, TEMPLATE, by=EVERYBODY["agent"])
    assert bank.services.audit.kept[-1].event.result == "refused"


def test_five_thousand_rows_are_recorded_while_somebody_waits(bank, call_list):
    names = list(enumerate(bank.called(call_list)))
    rows = [(name, "busy", minute(place * 10 + turn)) for turn in range(500) for place, name in names]
    done = record(bank, call_list, table(*rows[:5_000]), now=NOW + timedelta(days=30))

    assert done.recorded == 5_000
