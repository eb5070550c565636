"""A search reads the log backwards, finds what is meant however old, and says how far it looked."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from smartbank.adapters.memory import MemoryAuditLog, MemorySettingsRepository
from smartbank.core.audit import AuditAction, AuditEvent, AuditResult, BrokenEntry
from smartbank.core.audit_filter import AuditFilter, audit_filter_from
from smartbank.core.people import Role
from smartbank.errors import ForbiddenError, NotFoundError
from smartbank.services.audit_search import find_entries
from tests.actors import EVERYBODY

ANY = AuditFilter()
LISBON = ZoneInfo("Europe/Lisbon")
NOON = datetime(2026, 7, 1, 12, 0, tzinfo=UTC)
EVENT = AuditEvent(NOON, "ana", "192.0.2.7", AuditAction.RUN, "call list", "run-1", AuditResult.DONE, {})


def log_of(*who):
    log = MemoryAuditLog()
    for hours, name in enumerate(who):
        log.append(AuditEvent(**EVENT.__dict__ | {"who": name, "at": NOON + timedelta(hours=hours)}))
    return log


def find(log, wanted=ANY, *, role=Role.AUDITOR, **more):
    return find_entries(wanted, by=EVERYBODY[role], audit=log, settings=MemorySettingsRepository(), **more)


def numbers(found):
    return [entry.number for entry in found.entries]


@pytest.mark.parametrize(
    ("wanted", "other"),
    [
        (AuditFilter(who="ana"), AuditFilter(who="an")),
        (AuditFilter(action=AuditAction.RUN), AuditFilter(action=AuditAction.EXPORT)),
        (AuditFilter(result=AuditResult.DONE), AuditFilter(result=AuditResult.FAILED)),
        (AuditFilter(kind=" Call_List "), AuditFilter(kind="list")),
        (AuditFilter(object="run-1"), AuditFilter(object="run-10")),
        (AuditFilter(place="192.0.2.7"), AuditFilter(place="192.0.2.70")),
        (AuditFilter(first_day=date(2026, 7, 1)), AuditFilter(first_day=date(2026, 7, 2))),
        (AuditFilter(last_day=date(2026, 7, 1)), AuditFilter(last_day=date(2026, 6, 30))),
    ],
)
def test_each_filter_means_what_equals_it_and_nothing_else(wanted, other):
    assert wanted.means(EVENT, zone=LISBON)
    assert not other.means(EVENT, zone=LISBON)


def test_a_customer_whose_objection_came_with_results_is_found_as_an_object_of_their_entry():
    results = replace(EVENT, action=AuditAction.RECORD_OUTCOME, details={"rows": 2, "objected_ids": ["C-1", "C-2"]})

    assert AuditFilter(object="C-2").means(results, zone=LISBON)
    assert not AuditFilter(object="C-3").means(results, zone=LISBON)


def test_a_day_is_one_of_the_banks_time_zone():
    after_midnight_in_lisbon = AuditEvent(**EVENT.__dict__ | {"at": datetime(2026, 7, 1, 23, 30, tzinfo=UTC)})

    second = AuditFilter(first_day=date(2026, 7, 2), last_day=date(2026, 7, 2))

    assert second.means(after_midnight_in_lisbon, zone=LISBON)
    assert not second.means(after_midnight_in_lisbon, zone=ZoneInfo("UTC"))


def test_what_was_typed_is_on_record_in_clear_only_where_it_was_found():
    wanted = AuditFilter(who="Ana Silva", action=AuditAction.RUN, object="912345678", first_day=date(2026, 7, 1))

    unfound, found = wanted.on_record(was_found=False), wanted.on_record(was_found=True)

    assert {name: value.split()[0] for name, value in unfound.items()} == {
        "who": "mark", "action": "run", "object": "mark", "from": "2026-07-01",
    }  # fmt: skip
    assert found == {"who": "Ana Silva", "action": "run", "object": "912345678", "from": "2026-07-01"}


def test_a_filter_reads_back_from_its_address():
    wanted = AuditFilter("ana", AuditAction.RUN, AuditResult.DONE, "run", "r1", "local", date(2026, 7, 1), NOON.date())

    assert audit_filter_from(wanted.to_query()) == wanted
    assert audit_filter_from({}) == AuditFilter()


@pytest.mark.parametrize("query", [{"action": "fly"}, {"result": "maybe"}, {"from": "1 July"}, {"until": "2026-02-30"}])
def test_an_address_that_names_no_filter_is_refused_in_a_sentence(query):
    with pytest.raises(NotFoundError, match="has no such filter"):
        audit_filter_from(query)


def test_the_oldest_entry_is_found_behind_a_thousand_others():
    found = find(log_of("gil", *["ana"] * 1_000), AuditFilter(who="gil"))

    assert numbers(found) == [1]
    assert (found.newest, found.oldest, found.older, found.is_cut) == (1_001, 1, None, False)


def test_pages_follow_each_other_without_a_gap_to_the_end():
    log = log_of(*["ana", "gil"] * 5)

    first = find(log, AuditFilter(who="gil"), page=2)
    second = find(log, AuditFilter(who="gil"), page=2, before=first.older)
    third = find(log, AuditFilter(who="gil"), page=2, before=second.older)

    assert [numbers(page) for page in (first, second, third)] == [[10, 8], [6, 4], [2]]
    assert third.older is None
    assert not third.is_cut


def test_a_page_that_is_just_full_at_the_end_of_the_log_has_none_behind_it():
    assert find(log_of("gil", "gil"), page=2).older is None


def test_a_search_that_is_cut_says_how_far_it_looked_and_goes_on_from_there():
    log = log_of("gil", *["ana"] * 9)

    cut = find(log, AuditFilter(who="gil"), most=6)
    rest = find(log, AuditFilter(who="gil"), most=6, before=cut.older)

    assert (numbers(cut), cut.newest, cut.oldest, cut.is_cut) == ([], 10, 5, True)
    assert (numbers(rest), rest.newest, rest.oldest, rest.is_cut) == ([1], 4, 1, False)


@pytest.mark.parametrize("before", [1, 2, 3, 99])
def test_a_search_from_any_number_looks_below_it(before):
    assert numbers(find(log_of("ana", "gil"), before=before)) == [n for n in (2, 1) if n < before]


def test_what_cannot_be_read_is_told_whatever_is_looked_for():
    log = log_of("ana", "ana")
    log.kept[0] = BrokenEntry("1", "who is missing.")

    found = find(log, AuditFilter(who="gil"))

    assert (found.entries, found.broken) == ((), (BrokenEntry("1", "who is missing."),))


def test_an_empty_log_has_nothing_to_find():
    found = find(log_of())

    assert (found.entries, found.newest, found.older) == ((), 0, None)


def test_who_may_not_see_the_log_searches_nothing():
    with pytest.raises(ForbiddenError):
        find(log_of("ana"), role=Role.MANAGER)
