"""Every repository of programs must pass these, whatever it is built on."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from smartbank.adapters import mongo
from smartbank.adapters.mongo.programs import BELIEVED_FOR_S
from smartbank.core.people import Right, Role
from smartbank.core.programs import Program, ProgramKey

NINE = datetime(2026, 1, 5, 9, tzinfo=UTC)
CRM = Program("crm", Role.MANAGER, frozenset({Right.SEE_LEADS, Right.EXPORT}), "shows leads", NINE, "boss")
KEY = ProgramKey("0123456789ab", "crm", "f" * 64, NINE, "boss", expires_at=NINE + timedelta(days=90))


@pytest.fixture
def programs(build):
    return build("ProgramRepository")


def test_a_program_comes_back_as_it_was_added(programs):
    assert programs.find("crm") is None

    assert programs.add(CRM)

    assert programs.find("crm") == CRM


def test_a_name_is_taken_once(programs):
    programs.add(CRM)

    assert not programs.add(replace(CRM, role=Role.ADMIN))
    assert programs.find("crm") == CRM


def test_programs_come_in_order_of_name(programs):
    for name in ("nightly", "crm", "dialler"):
        programs.add(replace(CRM, name=name))

    assert [program.name for program in programs.all()] == ["crm", "dialler", "nightly"]


def test_a_change_replaces_the_program_that_was_seen_and_no_other(programs):
    programs.add(CRM)
    other = replace(CRM, rights=frozenset({Right.SEE_LEADS}), disabled=True, purpose="sleeps")

    assert programs.change(CRM, other)
    assert not programs.change(CRM, replace(CRM, purpose="late"))
    assert not programs.change(replace(CRM, name="nobody"), CRM)

    assert programs.all() == [other]


def test_of_many_changes_at_once_one_wins(programs):
    programs.add(CRM)

    with ThreadPoolExecutor(8) as pool:
        won = list(pool.map(lambda number: programs.change(CRM, replace(CRM, purpose=f"{number}")), range(8)))

    assert won.count(True) == 1
    assert programs.find("crm").purpose == str(won.index(True))


def test_a_key_comes_back_as_it_was_added(programs):
    forever = replace(KEY, key_id="aaaaaaaaaaaa", created_at=NINE + timedelta(hours=1), expires_at=None)
    for key in (KEY, forever):
        programs.add_key(key)

    assert programs.find_key("0123456789ab") == KEY
    assert programs.keys() == [forever, KEY]
    assert programs.find_key("") is None


def test_a_key_and_its_program_are_read_at_once(programs):
    programs.add_key(KEY)
    assert programs.holder("0123456789ab") is None, "there is no such program yet"

    programs.add(CRM)

    assert programs.holder("0123456789ab") == (CRM, KEY)
    assert programs.holder("") is None
    assert programs.holder("aaaaaaaaaaaa") is None


def test_what_another_process_revokes_is_good_for_a_second_at_most_and_here_not_at_all(database):
    now = [100.0]
    here, there = (mongo.MongoProgramRepository(database, clock=lambda: now[0]) for _ in range(2))
    here.add(CRM)
    for number in range(3):
        here.add_key(replace(KEY, key_id=f"{number}" * 12))
    keys = [here.holder(f"{number}" * 12)[1] for number in range(3)]
    disabled = replace(CRM, disabled=True)

    there.revoke_key(keys[0].key_id, at=NINE)
    here.revoke_key(keys[1].key_id, at=NINE)

    assert [here.holder(key.key_id)[1].revoked_at for key in keys] == [NINE, NINE, None]
    there.revoke_key(keys[2].key_id, at=NINE)
    there.change(CRM, disabled)
    assert here.holder(keys[2].key_id) == (CRM, keys[2])
    now[0] += BELIEVED_FOR_S
    assert here.holder(keys[2].key_id) == (disabled, replace(keys[2], revoked_at=NINE))
    here.change(disabled, CRM)
    assert here.holder(keys[2].key_id)[0] == CRM


def test_a_use_that_was_noted_is_known_at_the_next_look(database):
    programs = mongo.MongoProgramRepository(database, clock=lambda: 100.0)
    programs.add(CRM)
    programs.add_key(KEY)

    programs.note_use(programs.holder(KEY.key_id)[1], at=NINE)

    assert programs.holder(KEY.key_id)[1].last_used_at == NINE


def test_a_key_is_revoked_once(programs):
    programs.add_key(KEY)

    assert programs.revoke_key("0123456789ab", at=NINE)
    assert not programs.revoke_key("0123456789ab", at=NINE + timedelta(hours=1))
    assert not programs.revoke_key("nobody's", at=NINE)

    assert programs.find_key("0123456789ab") == replace(KEY, revoked_at=NINE)


def test_the_last_use_of_a_key_is_noted_to_the_minute(programs):
    programs.add_key(KEY)

    for seconds in (0, 59, 61, 100):
        programs.note_use(programs.find_key("0123456789ab"), at=NINE + timedelta(seconds=seconds))

    assert programs.find_key("0123456789ab") == replace(KEY, last_used_at=NINE + timedelta(seconds=61))


def test_a_use_noted_beside_a_revocation_does_not_undo_it(programs):
    programs.add_key(KEY)
    programs.revoke_key("0123456789ab", at=NINE)

    programs.note_use(KEY, at=NINE)

    assert programs.find_key("0123456789ab") == replace(KEY, revoked_at=NINE, last_used_at=NINE)


def test_a_use_of_a_key_that_is_not_there_makes_none(programs):
    programs.note_use(KEY, at=NINE)

    assert programs.keys() == []
