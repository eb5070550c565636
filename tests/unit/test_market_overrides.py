from datetime import UTC, datetime, timedelta

import pytest

from smartbank.core.market.indicators import Indicator
from smartbank.core.people import Role
from smartbank.errors import ConflictError, ForbiddenError, NotFoundError, SettingsError, StorageError
from smartbank.services.market_overrides import end_override, list_overrides, set_override
from tests.actors import ANA, EVERYBODY
from tests.markets import put_override
from tests.services import memory_services

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
WHY = "the source is late"


@pytest.fixture
def bank():
    return memory_services()


def set_it(bank, indicator=Indicator.EURIBOR, value=2.9, *, reason=WHY, days=9, seen="", by=ANA, now=NOW):
    ports = {"overrides": bank.overrides, "audit": bank.audit}
    return set_override(indicator, value, reason=reason, days=days, seen=seen, by=by, now=now, **ports)


def end_it(bank, override_id, *, by=ANA, now=NOW):
    return end_override(override_id, by=by, overrides=bank.overrides, audit=bank.audit, now=now)


def test_a_value_set_by_hand_is_the_market_from_then_on_and_on_record(bank):
    override = set_it(bank, now=datetime.now(UTC))

    assert bank.market.look().euribor3m == 2.9
    event = bank.audit.kept[-1].event
    assert (event.who, event.action, event.object_id, event.result) == ("ana", "set_override", "euribor3m", "done")
    assert (event.details["value"], event.details["reason"]) == (2.9, WHY)
    assert event.details["until"] == override.expires_at.isoformat(timespec="minutes")


def test_it_ends_by_itself_after_its_days(bank):
    override = set_it(bank, days=9)

    assert override.is_in_force(NOW + timedelta(days=9, seconds=-1))
    assert not override.is_in_force(NOW + timedelta(days=9))


def test_what_is_taken_back_gives_way_to_the_sources_and_says_who_did(bank):
    now = datetime.now(UTC)
    override = set_it(bank, now=now - timedelta(hours=1))

    end_it(bank, override.override_id, by=EVERYBODY[Role.ADMIN], now=now)

    assert bank.market.look().euribor3m == 2.6350455
    assert bank.overrides.recent()[0].ended_by == "some_admin"
    event = bank.audit.kept[-1].event
    assert (event.action, event.object_id) == ("end_override", "euribor3m")
    assert event.details == {"value": 2.9, "set_by": "ana"}


def test_a_new_value_ends_the_one_before_so_that_taking_it_back_leads_to_the_sources(bank):
    first = set_it(bank, value=2.9)
    second = set_it(bank, value=3.1, seen=first.override_id, now=NOW + timedelta(hours=1))

    end_it(bank, second.override_id, now=NOW + timedelta(hours=2))

    assert not any(each.is_in_force(NOW + timedelta(hours=3)) for each in bank.overrides.recent())


def test_two_who_set_a_value_side_by_side_leave_one_that_leads_to_the_sources(bank):
    set_it(bank, value=2.9)
    second = set_beside(bank, value=3.1, now=NOW + timedelta(hours=1))

    end_it(bank, second.override_id, now=NOW + timedelta(hours=2))

    assert not any(each.is_in_force(NOW + timedelta(hours=3)) for each in bank.overrides.recent())


def test_taking_a_value_back_ends_one_before_it_that_a_crash_left_open_too(bank):
    first, second = set_it(bank, value=2.9), set_it(memory_services(), value=3.1, now=NOW + timedelta(hours=1))
    bank.overrides._overrides[second.override_id] = second

    end_it(bank, second.override_id, now=NOW + timedelta(hours=2))

    assert bank.overrides.in_force(NOW + timedelta(hours=3)) == []
    assert {each.override_id for each in bank.overrides.recent()} == {first.override_id, second.override_id}


def test_a_value_without_its_entry_in_the_audit_log_is_not_in_force(bank):
    bank.audit.append = away

    with pytest.raises(StorageError, match="away"):
        set_it(bank)

    assert bank.overrides.recent() == []


def away(_event):
    raise StorageError("The audit log is away.")


def set_beside(bank, **values):
    """Set a value as somebody who looked before any other was kept."""
    kept, bank.overrides.in_force = bank.overrides.in_force, lambda _at: []
    try:
        return set_it(bank, **values)
    finally:
        bank.overrides.in_force = kept


def test_a_value_somebody_set_meanwhile_is_not_overwritten_unseen(bank):
    put_override(bank.overrides, now=NOW, by="ben")

    with pytest.raises(ConflictError, match="ben set Euribor 3 months by hand meanwhile"):
        set_it(bank, value=3.1, now=NOW + timedelta(hours=1))

    assert [each.value for each in bank.overrides.recent()] == [2.9]


def test_a_value_stays_in_force_and_can_be_taken_back_however_often_another_figure_is_set(bank):
    now = datetime.now(UTC)
    cpi = set_it(bank, Indicator.CPI, value=2.0, now=now - timedelta(hours=2))
    seen = ""
    for minute in range(51):
        seen = set_it(bank, seen=seen, now=now - timedelta(minutes=60 - minute)).override_id

    assert bank.market.take(now=now).cpi_yoy == 2.0
    assert list_overrides(by=ANA, overrides=bank.overrides)[-1].override_id == cpi.override_id
    end_it(bank, cpi.override_id, now=now)
    assert bank.market.take(now=now).cpi_yoy == 3.3


def test_a_value_that_was_taken_back_meanwhile_is_not_replaced_unseen(bank):
    with pytest.raises(ConflictError, match="took the value set by hand back"):
        set_it(bank, seen="20261101-080000-000-abcdef")


@pytest.mark.parametrize(
    ("instead", "said"),
    [
        ({"value": 8.01}, "between -1 and 8 %"),
        ({"value": float("nan")}, "between -1 and 8 %"),
        ({"reason": "   late   "}, "in 10 to 300 characters"),
        ({"reason": "x" * 301}, "in 10 to 300 characters"),
        ({"days": 91}, "for 1 to 90 days"),
        ({"days": 0}, "for 1 to 90 days"),
        ({"indicator": Indicator.CONFIDENCE}, "never scored"),
    ],
)
def test_what_is_not_allowed_is_refused_with_the_limit_and_nothing_is_kept(bank, instead, said):
    with pytest.raises(SettingsError, match=said):
        set_it(bank, **instead)

    assert bank.overrides.recent() == []
    assert bank.audit.kept[-1].event.result == "failed"


def test_what_ended_cannot_be_taken_back_again(bank):
    override = set_it(bank)
    end_it(bank, override.override_id)

    with pytest.raises(NotFoundError, match="not in force any more"):
        end_it(bank, override.override_id)


def test_an_auditor_sees_who_set_what_and_sets_nothing(bank):
    set_it(bank)

    seen = list_overrides(by=EVERYBODY[Role.AUDITOR], overrides=bank.overrides)
    with pytest.raises(ForbiddenError):
        set_it(bank, by=EVERYBODY[Role.AUDITOR])

    assert [(each.by, each.value) for each in seen] == [("ana", 2.9)]
