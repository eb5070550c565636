import csv
import io
from dataclasses import replace
from datetime import UTC, datetime

import openpyxl
import pandas as pd
import phonenumbers
import pytest

from smartbank.bootstrap import export_ports
from smartbank.core.audit import AuditAction, AuditResult
from smartbank.core.hand_over import HandOver
from smartbank.core.list_exports import LIST_COLUMNS, best_weekday
from smartbank.core.manifests import read_manifest
from smartbank.core.outcomes import OutcomeKind
from smartbank.core.work import WorkState
from smartbank.errors import ConflictError, ForbiddenError, NotFoundError, WorkCancelledError
from smartbank.services.call_lists import end_list
from smartbank.services.downloads import open_workbook
from smartbank.services.list_downloads import is_list_export, open_list_csv, open_list_workbook, open_manifest
from smartbank.services.list_exporting import make_list_workbook, queue_list_workbook, whom_to_take_away
from smartbank.services.manifests import verify_export
from tests import call_lists
from tests.actors import ANA, EVERYBODY

HEADERS = [column.header for column in LIST_COLUMNS]
bank, call_list = call_lists.bank, call_lists.call_list
BEN = replace(ANA, username="ben")


def about(bank, by=ANA):
    return {"by": by, "ports": bank.export_ports, "now": bank.later()}


def saved(bank, call_list, by=ANA):
    return b"".join(open_list_csv(call_list.list_id, **about(bank, by)).chunks)


def rows_of(data):
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))


def manifest(bank, call_list, export="", by=ANA):
    return b"".join(open_manifest(call_list.list_id, export, **about(bank, by)).chunks)


def check(bank, data, said):
    signer = bank.services.signer
    return verify_export(
        [data], said, name="list.csv", manifest_name="its manifest", by=EVERYBODY["admin"], signer=signer
    )


def bar(bank, customer_id):
    marks = pd.DataFrame({"customer_id": [customer_id], "do_not_call": [None], "objected": ["yes"], "consent": [None]})
    bank.services.customers.set_marks(marks, source={"kind": "upload"}, saved_at=bank.clock)


def test_the_file_has_whom_to_call_in_order_and_nothing_that_says_why_anybody_is_listed(bank, call_list):
    rows = rows_of(saved(bank, call_list))

    assert list(rows[0]) == HEADERS
    assert [row["Customer id"] for row in rows] == bank.called(call_list)
    assert [row["Place"] for row in rows] == [str(place) for place in range(1, 11)]
    assert {row["Attempt"] for row in rows} == {"1"}
    assert {row["List id"] for row in rows} == {call_list.list_id}
    assert {row["Data hash"] for row in rows} == {call_list.figures.data_hash}
    assert {row["Market date"] for row in rows} == {call_list.ground.market_date}
    assert rows[0]["Reason 1"].startswith("Customers aged 40 to 49")
    assert all(phonenumbers.is_valid_number(phonenumbers.parse(row["Phone"])) for row in rows)
    assert not {"exploration", "control", "best"} & {value for row in rows for value in row.values()}


def test_who_is_decided_barred_or_called_later_is_left_out_and_counted(bank, call_list):
    sold, objected, silent, *_ = bank.called(call_list)
    bank.call(call_list, sold, OutcomeKind.SUBSCRIBED)
    bank.call(call_list, silent, OutcomeKind.NO_ANSWER, at=bank.later())
    bar(bank, objected)

    whom = whom_to_take_away(call_list.list_id, **about(bank))
    rows = rows_of(saved(bank, call_list))

    assert whom.left_out == {"done": 1, "must not be called": 1, "to be called later": 1}
    assert [row["Customer id"] for row in rows] == bank.called(call_list)[3:]
    entry = bank.services.audit.kept[-1].event
    assert (entry.object_kind, entry.object_id, entry.details["leads"]) == ("call list", call_list.list_id, 7)
    assert entry.details["left_out"] == 3


def test_who_did_not_answer_three_hours_ago_is_called_again_as_the_next_attempt(bank, call_list):
    silent = bank.called(call_list)[0]
    bank.call(call_list, silent, OutcomeKind.NO_ANSWER, at=bank.clock)
    bank.clock = bank.clock.replace(hour=bank.clock.hour + 4)

    assert rows_of(saved(bank, call_list))[0]["Attempt"] == "2"


def test_who_was_deleted_since_is_not_in_the_file(bank, call_list):
    gone = bank.called(call_list)[0]
    bank.services.corrections.delete([gone], upload_id="u1")

    data = saved(bank, call_list)

    assert gone not in {row["Customer id"] for row in rows_of(data)}
    assert read_manifest(manifest(bank, call_list))[0].rows == 9


def test_the_best_weekday_is_said_only_where_the_channel_is_known():
    assert [best_weekday(contact) for contact in ("cellular", "telephone", None, float("nan"))] == [
        "Wednesday", "Wednesday", "", "",
    ]  # fmt: skip


def test_the_same_list_in_the_same_state_gives_the_same_bytes(bank, call_list):
    first = saved(bank, call_list)
    bank.clock = bank.clock.replace(minute=50)

    assert saved(bank, call_list, by=BEN) == first


def test_a_file_as_it_was_handed_out_is_known_and_one_that_was_changed_is_named(bank, call_list):
    data = saved(bank, call_list)
    said = manifest(bank, call_list)

    assert check(bank, data, said).is_intact
    shorter = check(bank, b"".join(data.splitlines(keepends=True)[:-1]), said)
    assert not shorter.is_intact
    assert "it has 9 rows, not 10" in shorter.said
    other = check(bank, data.replace(b'"Phone"', b'"Fax"'), said)
    assert "its columns are others" in other.said


def test_a_manifest_says_what_the_list_stands_on(bank, call_list):
    data = saved(bank, call_list)

    found, _ = read_manifest(manifest(bank, call_list))

    assert (found.list_id, found.list_name, found.released_by) == (call_list.list_id, "Monday", "ana")
    assert (found.rows, found.size, found.columns) == (10, len(data), tuple(HEADERS))
    assert (found.data_hash, found.rules_version) == (call_list.figures.data_hash, call_list.ground.rules_version)
    assert (found.made_by, found.key_id) == ("ana", bank.services.signer.sealing_key())


def test_a_manifest_is_of_the_file_its_user_took(bank, call_list):
    mine = saved(bank, call_list)
    bar(bank, bank.called(call_list)[0])
    bens = saved(bank, call_list, by=BEN)

    assert check(bank, mine, manifest(bank, call_list)).is_intact
    assert check(bank, bens, manifest(bank, call_list, by=BEN)).is_intact
    assert not check(bank, bens, manifest(bank, call_list)).is_intact


def test_there_is_no_manifest_before_there_is_a_file(bank, call_list):
    with pytest.raises(NotFoundError, match="Export the list first"):
        manifest(bank, call_list)


def workbook(bank, call_list):
    work_id = queue_list_workbook(call_list.list_id, **about(bank))
    bank.work()
    return work_id


def test_a_workbook_is_made_by_the_worker_with_its_manifest(bank, call_list):
    work_id = workbook(bank, call_list)

    data = b"".join(open_list_workbook(work_id, **about(bank)).chunks)

    sheet = openpyxl.load_workbook(io.BytesIO(data)).active
    assert [cell.value for cell in sheet[1]] == HEADERS
    assert [row[3].value for row in sheet.iter_rows(min_row=2)] == bank.called(call_list)
    assert check(bank, data, manifest(bank, call_list, work_id)).is_intact
    assert not check(bank, data + b" ", manifest(bank, call_list, work_id)).is_intact
    again = workbook(bank, call_list)
    assert b"".join(open_list_workbook(again, **about(bank)).chunks) == data


def test_a_workbook_made_before_somebody_objected_is_not_handed_out(bank, call_list):
    work_id = workbook(bank, call_list)
    bank.call(call_list, bank.called(call_list)[0], OutcomeKind.OBJECTED)

    with pytest.raises(ConflictError, match="Make it again"):
        open_list_workbook(work_id, **about(bank))


def test_a_workbook_made_before_calls_were_handed_over_is_not_handed_out(bank, call_list):
    work_id = workbook(bank, call_list)
    lists = bank.services.lists
    handed = HandOver("eva", ("rui",), (1,), "ana", bank.later())
    assert lists.move(replace(call_list, handed_over=(handed,)), seen=call_list)

    with pytest.raises(ConflictError, match=r"Calls were handed over since this file was made\. Make it again"):
        open_list_workbook(work_id, **about(bank))
    assert "rui" in saved(bank, call_list).decode()


def test_a_cancelled_workbook_leaves_no_file(bank, call_list):
    def cancel(_progress):
        raise WorkCancelledError("cancelled")

    work_id = queue_list_workbook(call_list.list_id, **about(bank))

    with pytest.raises(WorkCancelledError):
        make_list_workbook(bank.queue.find(work_id), cancel, ports=bank.export_ports)
    with pytest.raises(NotFoundError):
        list(bank.services.files.open(work_id))


def test_nothing_of_a_list_that_ended_is_handed_out(bank, call_list):
    work_id = workbook(bank, call_list)
    queued = queue_list_workbook(call_list.list_id, **about(bank))
    services = bank.services
    end_list(call_list.list_id, by=ANA, lists=services.lists, audit=services.audit, now=bank.later())

    for take in (
        lambda: saved(bank, call_list),
        lambda: open_list_workbook(work_id, **about(bank)),
        lambda: queue_list_workbook(call_list.list_id, **about(bank)),
    ):
        with pytest.raises(NotFoundError, match="not running"):
            take()
    bank.work()
    assert bank.queue.find(queued).state is WorkState.FAILED


def test_a_list_of_which_nobody_is_left_to_call_is_not_exported(bank, call_list):
    for customer_id in bank.called(call_list):
        bank.call(call_list, customer_id, OutcomeKind.DECLINED)

    with pytest.raises(NotFoundError, match="nothing to take away"):
        saved(bank, call_list)


def test_another_export_is_not_taken_for_one_of_a_list(bank, call_list):
    work_id = workbook(bank, call_list)
    other = bank.release(calls=5, name="Other")

    assert [is_list_export(each, queue=bank.queue) for each in (work_id, bank.run_id, "none")] == [True, False, False]
    with pytest.raises(NotFoundError):
        open_list_workbook(bank.run_id, **about(bank))
    with pytest.raises(NotFoundError, match="no manifest"):
        manifest(bank, other, work_id)
    with pytest.raises(NotFoundError, match="not ready"):
        open_workbook(work_id, by=ANA, ports=export_ports(bank.services), now=datetime.now(UTC))


def test_who_may_not_export_is_refused_on_record(bank, call_list):
    with pytest.raises(ForbiddenError):
        saved(bank, call_list, by=EVERYBODY["agent"])

    entry = bank.services.audit.kept[-1].event
    assert (entry.action, entry.result) == (AuditAction.EXPORT, AuditResult.REFUSED)
