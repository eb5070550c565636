"""Whatever is done to an exported audit log is found: a byte, a line, an order, an end."""

import hashlib
import json
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartbank.adapters.memory import MemoryAuditLog
from smartbank.core.audit import AuditAction, AuditEvent, AuditResult, BrokenEntry
from smartbank.core.audit_lines import AUDIT_COLUMNS, entry_line, read_line
from smartbank.core.people import COMMAND_LINE
from smartbank.services.audit_export import verify_file
from tests.audit_logs import DETAILS, NINE, log_of

LOG = log_of(10)
LINES = tuple(entry_line(entry) for entry in LOG.kept)
HEAD = LOG.head()


def check(lines, *, noted=HEAD, **more):
    """Check lines as they are read from a file: cut after each line feed."""
    return verify_file(b"".join(lines).splitlines(keepends=True), by=COMMAND_LINE, noted=noted, **more).chain


def is_intact(lines, **more):
    return check(lines, **more).is_intact


def test_an_untouched_file_is_intact_and_ends_with_the_newest_entry():
    checked = check(LINES)

    assert checked.faults == ()
    assert (checked.entries, checked.number, checked.head) == (10, *HEAD)


def test_a_line_reads_back_as_the_entry_it_was():
    assert [read_line(line, 1) for line in LINES] == LOG.kept


@given(st.data())
def test_one_flipped_bit_in_any_field_of_any_line_is_found(data):
    place = data.draw(st.integers(0, len(LINES) - 1))
    name = data.draw(st.sampled_from([column.name for column in AUDIT_COLUMNS]))
    line = bytearray(LINES[place])
    begin = line.index(f'"{name}":'.encode())
    end = next((at for at in range(begin + 1, len(line)) if line[at : at + 2] == b',"'), len(line))
    at = data.draw(st.integers(begin, end - 1))

    line[at] ^= 1 << data.draw(st.integers(0, 7))

    assert not is_intact([*LINES[:place], bytes(line), *LINES[place + 1 :]])
    assert not is_intact([*LINES[:place], bytes(line), *LINES[place + 1 :]], is_part=True)


@pytest.mark.parametrize("place", range(len(DETAILS)))
def test_no_byte_of_a_line_can_be_replaced(place):
    line, alone = LINES[place], {"noted": None, "is_part": True}
    assert is_intact([line], **alone)

    unnoticed = [
        at for at in range(len(line)) for byte in b'0a"}\n ' if line[at] != byte
        if is_intact([line[:at] + bytes([byte]) + line[at + 1 :]], **alone)
    ]  # fmt: skip

    assert unnoticed == []


@given(st.integers(0, len(b"".join(LINES)) - 1))
def test_a_file_that_is_cut_off_anywhere_is_found(length):
    assert not is_intact([b"".join(LINES)[:length]])


@given(st.integers(0, len(LINES) - 1))
def test_a_deleted_line_is_found(place):
    assert not is_intact([*LINES[:place], *LINES[place + 1 :]])


@given(st.integers(0, len(LINES) - 1), st.integers(0, len(LINES)), st.booleans())
def test_a_doubled_line_is_found_wherever_it_is_put(place, where, is_part):
    assert not is_intact([*LINES[:where], LINES[place], *LINES[where:]], is_part=is_part)


@given(st.permutations(LINES), st.booleans())
def test_another_order_is_found(lines, is_part):
    assert is_intact(lines, is_part=is_part) == (tuple(lines) == LINES)


@given(st.sets(st.integers(0, len(LINES) - 1), min_size=1))
def test_a_part_is_held_to_the_chain_where_entries_stand_side_by_side(places):
    part = [LINES[place] for place in sorted(places)]

    assert is_intact(part, noted=None, is_part=True)
    assert is_intact(part, noted=None) == (sorted(places) == list(range(len(places))))


def test_an_entry_that_was_made_anew_in_a_part_does_not_follow_the_one_before():
    other = [entry_line(entry) for entry in log_of(4).kept[:3]]
    anew = MemoryAuditLog()
    anew.append(AuditEvent(NINE, "eve", "", AuditAction.RUN, "run", "r", AuditResult.DONE, {}))
    for entry in LOG.kept[1:3]:
        anew.append(entry.event)

    faults = check([*other[:2], entry_line(anew.kept[2])], noted=None, is_part=True).faults

    assert faults == ("Entry 3 does not follow the entry before it: one of them was changed or moved.",)


@pytest.mark.parametrize(("number", "is_right"), [(5, True), (6, True), (9, True), (3, False), (10, False)])
def test_a_part_is_held_to_a_noted_entry_in_it_or_before_its_first(number, is_right):
    part, noted = LINES[5:9], (number, LOG.kept[number - 1].hash)

    assert is_intact(part, noted=noted, is_part=True) == is_right
    assert not is_intact(part, noted=(number, "0" * 64), is_part=True)


@pytest.mark.parametrize(
    "line",
    [b"", b"\n", b"[]\n", b"null\n", b"{}\n", b"\xff\n", b"[" * 9_999 + b"\n", b"9" * 9_999 + b"\n", b"NaN\n",
     b'{"number":"7","cannot_be_read":"who is missing."}\n', LINES[0].replace(b'"number":1', b'"number":true'),
     LINES[0].replace(b'"number":1', b'"number":1e999'), LINES[0].replace(b'"leads":3', b'"leads":NaN'),
     LINES[0].replace(b'"who":"ana"', b'"who":"\\ud800"'), LINES[0].replace(b"\n", b"\r\n"),
     b"\xef\xbb\xbf" + LINES[0]],
)  # fmt: skip
def test_what_is_no_entry_is_told_by_its_place_and_never_raised(line):
    assert read_line(line, 7) == BrokenEntry("on line 7", "it is not as SmartBank writes one, or was cut off.")


def test_an_empty_file_is_not_intact():
    assert check([], noted=None).faults == ("The file holds no entry.",)


@pytest.mark.parametrize("place", range(len(DETAILS)))
def test_anybody_can_make_a_hash_again_as_the_guide_to_security_says(place):
    values = json.loads(LINES[place])
    hashed, at = values.pop("hash"), datetime.fromisoformat(values.pop("at"))

    values |= {"before": values.pop("previous"), "at_ms": round(at.timestamp() * 1_000)}
    text = json.dumps(values, sort_keys=True, separators=(",", ":"), ensure_ascii=False)

    assert hashlib.sha256(text.encode()).hexdigest() == hashed
